/*
 * The bundle: made, measured, and checked from its bytes as they stream by. See envelope.h. What
 * the checker says is the verdict `defect` or its absence; it trusts the cover alone, which was
 * judged before. The seeds are secret and wiped by deinit.
 */
#include "envelope.h"

#include "hex.h"
#include "rd.h"
#include "wipe.h"

enum { BUNDLE_PAPER, BUNDLE_SUMS, BUNDLE_SEEDS, BUNDLE_SIGNATURE, BUNDLE_ATTACHMENTS };

#define NAME_MAX_ 32u /* attachments/99.extension */

static ch_span ch_bundle_name(uint8_t buf[NAME_MAX_], ch_span file)
{
	struct ch_wr w = ch_wr_of(buf, NAME_MAX_);

	CH_WR_LIT(&w, "attachments/");
	ch_wr_put(&w, file);
	return ch_wr_span(&w);
}

/* ---- sizes and making ---- */

static void ch_sums_put_line(struct ch_wr *w, const ch_hash *h, ch_span name)
{
	ch_hex_put(w, ch_span_of(h->b, sizeof h->b));
	CH_WR_LIT(w, "  ");
	ch_wr_put(w, name);
	CH_WR_LIT(w, "\n");
}

ch_err ch_sums_format(struct ch_wr *w, const ch_stmt *head, const ch_hash *paper_txt)
{
	struct ch_rd r = ch_rd_of(head->v[CH_H_ATTACHMENTS]);
	uint8_t name[NAME_MAX_];
	ch_item it;

	ch_sums_put_line(w, paper_txt, CH_LIT("paper.txt"));
	for (uint32_t i = 0; i < head->count[CH_H_ATTACHMENTS]; i++) {
		ch_err e = ch_stmt_next_item(&it, NULL, &r, CH_K_PAPER_TEXT, CH_H_ATTACHMENTS);
		ch_hash h = ch_val_hash(it.v[CH_AT_DIGEST]);

		if (e != CH_OK)
			ch_wr_fail(w, e);
		ch_sums_put_line(w, &h, ch_bundle_name(name, it.v[CH_AT_FILE]));
	}
	return w->err;
}

ch_err ch_bundle_size(uint64_t *out, const ch_stmt *head, uint64_t n_paper, uint64_t n_signature)
{
	static const struct ch_seeds none;
	static const ch_hash zero;
	struct ch_wr sums = ch_wr_measure(), seeds = ch_wr_measure();
	struct ch_rd r = ch_rd_of(head->v[CH_H_ATTACHMENTS]);
	uint64_t n;
	ch_item it;
	ch_err e = ch_sums_format(&sums, head, &zero);

	*out = 0;
	if (e == CH_OK)
		e = ch_seeds_format(&seeds, head, &none);
	if (e != CH_OK)
		return e;
	if (n_paper > CH_PAPER_MAX || n_signature > CH_SIGNATURE_MAX || sums.n > CH_SUMS_MAX)
		return CH_E_LIMIT;
	n = ch_tar_member_size(n_paper) + ch_tar_member_size(sums.n) + ch_tar_member_size(seeds.n) +
	    ch_tar_member_size(n_signature) + CH_TAR_END_SIZE;
	for (uint32_t i = 0; i < head->count[CH_H_ATTACHMENTS]; i++) {
		e = ch_stmt_next_item(&it, NULL, &r, CH_K_PAPER_TEXT, CH_H_ATTACHMENTS);
		uint64_t size = ch_val_dec(it.v[CH_AT_SIZE]);

		if (e != CH_OK || size > CH_TAR_SIZE_MAX)
			return e != CH_OK ? e : CH_E_LIMIT;
		n += ch_tar_member_size(size);
	}
	*out = n;
	return CH_OK;
}

static ch_err ch_bundle_put_seeds(struct ch_tar_writer *w, const ch_stmt *head,
    const struct ch_seeds *seeds)
{
	uint8_t text[CH_SEEDS_TEXT_MAX];
	struct ch_wr t = ch_wr_of(text, sizeof text);
	ch_err e = ch_seeds_format(&t, head, seeds);

	if (e == CH_OK)
		e = ch_tar_writer_member(w, CH_LIT("seeds"), ch_wr_span(&t));
	ch_wipe(text, sizeof text);
	return e;
}

/* SHA256SUMS may be larger than a frame: its lines are written one by one. */
static ch_err ch_bundle_put_sums(struct ch_tar_writer *w, const ch_stmt *head,
    const ch_hash *paper_txt)
{
	struct ch_rd r = ch_rd_of(head->v[CH_H_ATTACHMENTS]);
	struct ch_wr n = ch_wr_measure();
	uint8_t name[NAME_MAX_], line[128];
	ch_item it;
	ch_err e = ch_sums_format(&n, head, paper_txt);

	if (e == CH_OK)
		e = ch_tar_writer_begin(w, CH_LIT("SHA256SUMS"), n.n);
	for (uint32_t i = 0; i <= head->count[CH_H_ATTACHMENTS] && e == CH_OK; i++) {
		struct ch_wr l = ch_wr_of(line, sizeof line);
		ch_span file = CH_LIT("paper.txt");
		ch_hash h = *paper_txt;

		if (i > 0) {
			e = ch_stmt_next_item(&it, NULL, &r, CH_K_PAPER_TEXT, CH_H_ATTACHMENTS);
			h = ch_val_hash(it.v[CH_AT_DIGEST]);
			file = ch_bundle_name(name, it.v[CH_AT_FILE]);
		}
		ch_sums_put_line(&l, &h, file);
		if (e == CH_OK)
			e = ch_wr_done(&l);
		if (e == CH_OK)
			e = ch_tar_writer_write(w, ch_wr_span(&l));
	}
	return e == CH_OK ? ch_tar_writer_end(w) : e;
}

ch_err ch_bundle_put_texts(struct ch_tar_writer *w, ch_span paper_txt, const ch_stmt *head,
    const struct ch_seeds *seeds, ch_span signature)
{
	ch_hash h;
	ch_err e = ch_tar_writer_member(w, CH_LIT("paper.txt"), paper_txt);

	ch_sha256(&h, paper_txt);
	if (e == CH_OK)
		e = ch_bundle_put_sums(w, head, &h);
	if (e == CH_OK)
		e = ch_bundle_put_seeds(w, head, seeds);
	return e == CH_OK ? ch_tar_writer_member(w, CH_LIT("signature"), signature) : e;
}

ch_err ch_bundle_begin_attachment(struct ch_tar_writer *w, const ch_stmt *head, uint32_t i)
{
	uint8_t name[NAME_MAX_];
	ch_item it;
	ch_err e = ch_stmt_item(&it, head, CH_H_ATTACHMENTS, i);

	if (e != CH_OK)
		return e;
	return ch_tar_writer_begin(w, ch_bundle_name(name, it.v[CH_AT_FILE]),
	    ch_val_dec(it.v[CH_AT_SIZE]));
}

/* ---- checking ---- */

static ch_err ch_bundle_defect(struct ch_bundle_reader *r, ch_defect cause)
{
	if (r->cause == CH_DEFECT_NONE)
		r->cause = cause;
	return CH_E_AUTH;
}

/* An error that is no verdict on the bundle. */
static ch_err ch_bundle_foreign(struct ch_bundle_reader *r, ch_err e)
{
	if (e != CH_OK && r->foreign == CH_OK)
		r->foreign = e;
	return e;
}

static ch_err ch_bundle_begin_file(struct ch_bundle_reader *r, ch_span name, uint64_t size)
{
	const ch_stmt *head = &r->paper.head;
	uint32_t i = r->member - BUNDLE_ATTACHMENTS;
	uint8_t buf[NAME_MAX_];
	ch_item it;

	if (ch_stmt_item(&it, head, CH_H_ATTACHMENTS, i) != CH_OK)
		return ch_bundle_defect(r, CH_DEFECT_BUNDLE_MALFORMED);
	if (!ch_span_eq(name, ch_bundle_name(buf, it.v[CH_AT_FILE])) ||
	    size != ch_val_dec(it.v[CH_AT_SIZE]))
		return ch_bundle_defect(r, CH_DEFECT_ATTACHMENT_DIFFERS);
	r->want = ch_val_hash(it.v[CH_AT_DIGEST]);
	ch_sha256_init(&r->sha);
	return r->events ? ch_bundle_foreign(r, r->events->begin(r->ctx, i, &it)) : CH_OK;
}

static ch_err ch_bundle_begin(void *ctx, ch_span name, uint64_t size)
{
	static const struct {
		ch_span name;
		size_t max;
		ch_defect missing, large;
	} member[BUNDLE_ATTACHMENTS] = {
		{ { (const uint8_t *)"paper.txt", 9 }, CH_PAPER_MAX, CH_DEFECT_BUNDLE_MALFORMED,
		    CH_DEFECT_PAPER_MALFORMED },
		{ { (const uint8_t *)"SHA256SUMS", 10 }, CH_SUMS_MAX, CH_DEFECT_BUNDLE_MALFORMED,
		    CH_DEFECT_SUMS_DIFFER },
		{ { (const uint8_t *)"seeds", 5 }, CH_SEEDS_TEXT_MAX, CH_DEFECT_BUNDLE_MALFORMED,
		    CH_DEFECT_SEEDS_MALFORMED },
		{ { (const uint8_t *)"signature", 9 }, CH_SIGNATURE_MAX,
		    CH_DEFECT_SIGNATURE_MISSING,
		    CH_DEFECT_SIGNATURE_WRONG },
	};
	struct ch_bundle_reader *r = ctx;

	r->n = 0;
	if (r->member >= BUNDLE_ATTACHMENTS)
		return ch_bundle_begin_file(r, name, size);
	if (!ch_span_eq(name, member[r->member].name))
		return ch_bundle_defect(r, member[r->member].missing);
	if (size > member[r->member].max)
		return ch_bundle_defect(r, member[r->member].large);
	if (r->member == BUNDLE_PAPER && size > r->room->paper_cap)
		return ch_bundle_foreign(r, CH_E_LIMIT);
	return CH_OK;
}

static ch_err ch_bundle_data(void *ctx, ch_span bytes)
{
	struct ch_bundle_reader *r = ctx;
	uint8_t *to = r->member == BUNDLE_PAPER ? r->room->paper_txt :
	    r->member == BUNDLE_SUMS            ? r->sums :
	    r->member == BUNDLE_SEEDS           ? r->seeds_text :
	                                          r->signature;

	if (r->member >= BUNDLE_ATTACHMENTS) {
		ch_sha256_update(&r->sha, bytes);
		return r->events ? ch_bundle_foreign(r, r->events->data(r->ctx, bytes)) : CH_OK;
	}
	memcpy(&to[r->n], bytes.p, bytes.n); /* begin() saw that the whole member has room */
	r->n += bytes.n;
	return CH_OK;
}

/* The head says what the cover said. */
static bool ch_bundle_fits_cover(const struct ch_bundle_reader *r)
{
	for (unsigned i = 0; i < CH_H_KEYS; i++)
		if (ch_head_is_cover(i) && !ch_span_eq(r->paper.head.v[i], r->cover->v[i]))
			return false;
	return true;
}

static ch_err ch_bundle_end_paper(struct ch_bundle_reader *r)
{
	ch_err e = ch_paper_parse(&r->paper, r->room->passage,
	    ch_span_of(r->room->paper_txt, r->n), r->cover->paper.exercise);

	r->n_paper = r->n;
	if (e != CH_OK)
		return ch_bundle_defect(r, CH_DEFECT_PAPER_MALFORMED);
	return ch_bundle_fits_cover(r) ? CH_OK : ch_bundle_defect(r, CH_DEFECT_COVER_DIFFERS);
}

static ch_err ch_bundle_end_sums(struct ch_bundle_reader *r)
{
	struct ch_rd sums = ch_rd_of(ch_span_of(r->sums, r->n));
	struct ch_rd items = ch_rd_of(r->paper.head.v[CH_H_ATTACHMENTS]);
	uint8_t line[128], name[NAME_MAX_];
	ch_span file = CH_LIT("paper.txt");
	ch_item it;
	ch_hash h;

	r->n_sums = r->n;
	ch_sha256(&h, ch_span_of(r->room->paper_txt, r->n_paper));
	for (uint32_t i = 0; i <= r->paper.head.count[CH_H_ATTACHMENTS]; i++) {
		struct ch_wr w = ch_wr_of(line, sizeof line);

		if (i > 0) {
			if (ch_stmt_next_item(&it, NULL, &items, CH_K_PAPER_TEXT,
			    CH_H_ATTACHMENTS) != CH_OK)
				return ch_bundle_foreign(r, CH_E_INTERNAL);
			h = ch_val_hash(it.v[CH_AT_DIGEST]);
			file = ch_bundle_name(name, it.v[CH_AT_FILE]);
		}
		ch_sums_put_line(&w, &h, file);
		ch_rd_lit(&sums, ch_wr_span(&w));
	}
	return ch_rd_done(&sums) == CH_OK ? CH_OK : ch_bundle_defect(r, CH_DEFECT_SUMS_DIFFER);
}

static ch_err ch_bundle_end_seeds(struct ch_bundle_reader *r)
{
	ch_err e = ch_seeds_parse(&r->seeds, ch_span_of(r->seeds_text, r->n), &r->paper.head);

	r->n_seeds = r->n;
	return e == CH_OK ? CH_OK : ch_bundle_defect(r, CH_DEFECT_SEEDS_MALFORMED);
}

/* All texts are here: recompute what they commit to, from the bytes. */
static ch_err ch_bundle_end_texts(struct ch_bundle_reader *r)
{
	const ch_stmt *d = &r->cover->paper;
	ch_hash head, body, text;
	ch_hash want_head = ch_val_hash(d->v[CH_PAPER_HEAD]);
	ch_hash want_body = ch_val_hash(d->v[CH_PAPER_BODY]);
	ch_hash want_text = ch_val_hash(r->paper.head.v[CH_H_TEXT]);

	r->n_signature = r->n;
	if (!ch_span_eq(ch_span_of(r->signature, r->n), r->cover->signature))
		return ch_bundle_defect(r, CH_DEFECT_SIGNATURE_WRONG);
	if (ch_paper_roots(&head, &body, &r->paper, &r->seeds, r->room->work) != CH_OK)
		return ch_bundle_foreign(r, CH_E_INTERNAL);
	if (!ch_hash_eq(&head, &want_head) || !ch_hash_eq(&body, &want_body))
		return ch_bundle_defect(r, CH_DEFECT_COMMITMENT_DIFFERS);
	ch_paper_text_line(&text, &r->paper.head, r->paper.body, &r->seeds.text);
	return ch_hash_eq(&text, &want_text) ? CH_OK :
	                                       ch_bundle_defect(r, CH_DEFECT_TEXT_DIFFERS);
}

static ch_err ch_bundle_end_file(struct ch_bundle_reader *r)
{
	ch_hash got;

	ch_sha256_final(&r->sha, &got);
	if (!ch_hash_eq(&got, &r->want))
		return ch_bundle_defect(r, CH_DEFECT_ATTACHMENT_DIFFERS);
	return r->events ? ch_bundle_foreign(r, r->events->end(r->ctx)) : CH_OK;
}

static ch_err ch_bundle_end(void *ctx)
{
	struct ch_bundle_reader *r = ctx;

	switch (r->member++) {
	case BUNDLE_PAPER:
		return ch_bundle_end_paper(r);
	case BUNDLE_SUMS:
		return ch_bundle_end_sums(r);
	case BUNDLE_SEEDS:
		return ch_bundle_end_seeds(r);
	case BUNDLE_SIGNATURE:
		return ch_bundle_end_texts(r);
	default:
		return ch_bundle_end_file(r);
	}
}

static const ch_tar_events bundle_events = { ch_bundle_begin, ch_bundle_data, ch_bundle_end };

void ch_bundle_reader_init(struct ch_bundle_reader *r, const ch_bundle_room *room,
    const ch_cover *cover, const ch_attachment_events *events, void *ctx)
{
	memset(r, 0, sizeof *r);
	ch_tar_reader_init(&r->tar, &bundle_events, r, CH_TAR_NOTHING);
	r->room = room;
	r->cover = cover;
	r->events = events;
	r->ctx = ctx;
}

void ch_bundle_reader_deinit(struct ch_bundle_reader *r)
{
	ch_wipe(r, sizeof *r);
}

/* Turn what the archive reader says into the verdict. */
static ch_err ch_bundle_verdict(struct ch_bundle_reader *r, ch_err e)
{
	if (e == CH_OK || r->foreign != CH_OK)
		return e == CH_OK ? CH_OK : r->foreign;
	return ch_bundle_defect(r, CH_DEFECT_BUNDLE_MALFORMED);
}

ch_err ch_bundle_reader_write(struct ch_bundle_reader *r, ch_span bytes)
{
	return ch_bundle_verdict(r, ch_tar_reader_write(&r->tar, bytes));
}

ch_err ch_bundle_reader_emit(void *ctx, ch_span bytes)
{
	return ch_bundle_reader_write(ctx, bytes);
}

bool ch_bundle_reader_has_texts(const struct ch_bundle_reader *r)
{
	return r->member >= BUNDLE_ATTACHMENTS && r->cause == CH_DEFECT_NONE &&
	    r->foreign == CH_OK;
}

ch_err ch_bundle_reader_finish(struct ch_bundle_reader *r)
{
	ch_err e = ch_tar_reader_finish(&r->tar);

	if (e != CH_OK)
		return ch_bundle_verdict(r, e);
	if (r->member == BUNDLE_SIGNATURE)
		return ch_bundle_defect(r, CH_DEFECT_SIGNATURE_MISSING);
	if (r->member != BUNDLE_ATTACHMENTS + r->paper.head.count[CH_H_ATTACHMENTS])
		return ch_bundle_defect(r, CH_DEFECT_BUNDLE_MALFORMED);
	return CH_OK;
}
