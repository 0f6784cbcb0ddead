/* The cover: see cover.h. It is judged against D alone here, then against L. Trusts nothing. */
#include "cover.h"

#include "pack.h"
#include "value.h"

/* Where the leaves will stand: their length must be known first, so they are written twice. */
ch_err ch_cover_format(struct ch_wr *w, const ch_paper *p, const struct ch_seeds *seeds,
    ch_span signature, struct ch_paper_work *work)
{
	ch_selection which = ch_selection_cover();
	struct ch_wr len = ch_wr_measure();
	size_t start = w->n;
	ch_err e = ch_leaves_format(&len, p, seeds, &which, work);

	if (e != CH_OK)
		ch_wr_fail(w, e);
	ch_wr_put(w, p->head.exercise ? CH_LIT("chancery-exercise/") : CH_LIT("chancery/"));
	CH_WR_LIT(w, "extract@v1\nparts 2\npart paper ");
	ch_val_put_dec(w, signature.n);
	CH_WR_LIT(w, "\n");
	ch_wr_put(w, signature);
	CH_WR_LIT(w, "\npart leaves ");
	ch_val_put_dec(w, len.n);
	CH_WR_LIT(w, "\n");
	if (w->err == CH_OK && ch_leaves_format(w, p, seeds, &which, work) != CH_OK)
		return w->err;
	CH_WR_LIT(w, "\n");
	if (w->err == CH_OK && w->n - start > CH_COVER_MAX)
		ch_wr_fail(w, CH_E_LIMIT);
	return w->err;
}

/* `by` is a delegate of `from`: nobody puts words into another party's mouth. */
static bool ch_cover_by_fits(const ch_cover *c)
{
	struct ch_rd r = ch_rd_of(c->v[CH_H_BY]);

	return ch_span_eq(ch_rd_until(&r, '/'), c->v[CH_H_FROM]);
}

static ch_err ch_cover_values(ch_cover *c)
{
	ch_selection want = ch_selection_cover();

	if (!ch_selection_eq(&want, &c->leaves.shown))
		return CH_E_FORMAT;
	for (unsigned i = 0; i < CH_H_KEYS; i++)
		if (ch_head_is_cover(i) && ch_leaves_head(&c->v[i], &c->leaves, i) != CH_OK)
			return CH_E_INTERNAL;
	if (!ch_span_eq(c->v[CH_H_TALKS], c->paper.v[CH_PAPER_TALKS]) ||
	    !ch_span_eq(c->v[CH_H_FROM], c->paper.v[CH_PAPER_PARTY]) || !ch_cover_by_fits(c))
		return CH_E_CONFLICT;
	return CH_OK;
}

static ch_err ch_cover_read(ch_cover *c, ch_span in, bool exercise)
{
	ch_part part[2];
	size_t n;
	ch_err e = ch_pack_parse(part, &n, CH_COUNT(part), in, CH_PACK_EXTRACT, exercise);

	if (e != CH_OK)
		return e;
	if (n != 2 || !ch_span_eq(part[0].name, CH_LIT("paper")) ||
	    !ch_span_eq(part[1].name, CH_LIT("leaves")))
		return CH_E_FORMAT;
	c->text = in;
	c->signature = part[0].bytes;
	e = ch_note_parse(&c->note, c->signature, CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_stmt_parse_as(&c->paper, c->note.text, CH_K_PAPER, exercise);
	if (e == CH_OK)
		e = ch_leaves_verify(&c->leaves, part[1].bytes, &c->paper);
	if (e == CH_OK)
		e = ch_cover_values(c);
	if (e == CH_OK)
		ch_stmt_hash(&c->d, c->note.text);
	return e;
}

ch_err ch_cover_parse(ch_cover *out, ch_span in, bool exercise)
{
	ch_err e;

	memset(out, 0, sizeof *out);
	if (in.n > CH_COVER_MAX)
		return CH_E_LIMIT;
	e = ch_cover_read(out, in, exercise);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

ch_err ch_cover_check(const ch_cover *c, const ch_stmt *submission, ch_span from_code,
    ch_span to_code)
{
	const ch_span *l = submission->v;
	ch_hash h, want_cover = ch_val_hash(l[CH_L_COVER]), want_d = ch_val_hash(l[CH_L_PAPER]);
	ch_number n;

	CH_ASSERT(submission->kind == CH_K_SUBMISSION);
	ch_sha256(&h, c->text);
	if (!ch_hash_eq(&h, &want_cover) || !ch_hash_eq(&c->d, &want_d))
		return CH_E_AUTH;
	if (submission->exercise != c->paper.exercise ||
	    !ch_span_eq(c->v[CH_H_TALKS], l[CH_L_TALKS]) ||
	    !ch_span_eq(c->v[CH_H_FROM], l[CH_L_PARTY]) ||
	    !ch_span_eq(c->v[CH_H_TO], l[CH_L_ADDRESSEE]))
		return CH_E_CONFLICT;
	if (ch_number_parse(&n, c->v[CH_H_NUMBER]) != CH_OK ||
	    n.serial != ch_val_dec(l[CH_L_SERIAL]) || ch_span_eq(n.from, n.to))
		return CH_E_CONFLICT;
	if ((from_code.n && !ch_span_eq(n.from, from_code)) ||
	    (to_code.n && !ch_span_eq(n.to, to_code)))
		return CH_E_CONFLICT;
	return CH_OK;
}
