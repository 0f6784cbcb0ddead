/*
 * paper.txt: head and passages, see paper.h. Parsing only; what the text commits to stands in
 * commit.c. Trusts nothing.
 */
#include "paper.h"

#include "dec.h"
#include "tar.h"
#include "text.h"
#include "value.h"

unsigned ch_passage_level(ch_span text)
{
	unsigned n = 0;

	while (n < 7 && n < text.n && text.p[n] == '#')
		n++;
	return n >= 1 && n <= 6 && n < text.n && text.p[n] == ' ' ? n : 0;
}

/* Lines up to an empty one or the end, without the last LF. */
static ch_span ch_paper_rd_passage(struct ch_rd *r)
{
	struct ch_rd start = *r;

	while (r->err == CH_OK && !ch_rd_at_end(r) && !ch_rd_starts(r, CH_LIT("\n")))
		(void)ch_rd_line(r);
	ch_rd_need(r, r->at > start.at, CH_E_FORMAT);
	if (r->err != CH_OK)
		return (ch_span){ 0 };
	ch_span text = ch_rd_take(&start, r->at - start.at - 1);
	ch_err e = ch_text_check_passage(text, CH_PASSAGE_MAX);

	ch_rd_need(r, e == CH_OK, e);
	return text;
}

/* The enclosing heading + 1, given the last heading + 1 of every level. */
static uint32_t ch_paper_parent(const uint32_t last[7], unsigned level)
{
	uint32_t parent = 0;

	for (unsigned k = 1; k < (level ? level : 7); k++)
		if (last[k] > parent)
			parent = last[k];
	return parent;
}

ch_err ch_paper_split(uint32_t *n, ch_passage passage[CH_PASSAGES_MAX], ch_span body)
{
	struct ch_rd r = ch_rd_of(body);
	uint32_t last[7] = { 0 }, i = 0;
	ch_err e;

	*n = 0;
	memset(passage, 0, CH_PASSAGES_MAX * sizeof passage[0]);
	do {
		if (i > 0)
			CH_RD_LIT(&r, "\n");
		ch_span text = ch_paper_rd_passage(&r);

		ch_rd_need(&r, i < CH_PASSAGES_MAX, CH_E_LIMIT);
		if (r.err != CH_OK)
			break;
		unsigned level = ch_passage_level(text);

		passage[i] = (ch_passage){ text, level, ch_paper_parent(last, level) };
		i++;
		last[level] = level ? i : 0;
	} while (!ch_rd_at_end(&r));
	e = ch_rd_done(&r);
	if (e == CH_OK)
		*n = i;
	else
		memset(passage, 0, CH_PASSAGES_MAX * sizeof passage[0]);
	return e;
}

bool ch_attachment_is_named(ch_span name, uint32_t index)
{
	struct ch_rd r = ch_rd_of(name);
	uint8_t digits[2];
	struct ch_wr w = ch_wr_of(digits, sizeof digits);

	if (index >= CH_ATTACHMENTS_MAX)
		return false;
	ch_dec_put_fixed(&w, index + 1, 2);
	ch_rd_lit(&r, ch_wr_span(&w));
	CH_RD_LIT(&r, ".");
	ch_span ext = ch_rd_rest(&r);

	if (ch_rd_done(&r) != CH_OK)
		return false;
	for (size_t k = 0; k < ext.n; k++)
		if (!((ext.p[k] >= 'a' && ext.p[k] <= 'z') || (ext.p[k] >= '0' && ext.p[k] <= '9')))
			return false;
	return ext.n >= 1 && ext.n <= 8;
}

/* Names in order, and sizes that one archive member may have. */
static ch_err ch_paper_check_files(const ch_stmt *head)
{
	struct ch_rd r = ch_rd_of(head->v[CH_H_ATTACHMENTS]);
	ch_item it;

	for (uint32_t i = 0; i < head->count[CH_H_ATTACHMENTS]; i++) {
		ch_err e = ch_stmt_next_item(&it, NULL, &r, CH_K_PAPER_TEXT, CH_H_ATTACHMENTS);

		if (e != CH_OK)
			return e;
		if (!ch_attachment_is_named(it.v[CH_AT_FILE], i))
			return CH_E_FORMAT;
		if (ch_val_dec(it.v[CH_AT_SIZE]) > CH_TAR_SIZE_MAX)
			return CH_E_LIMIT;
	}
	return ch_rd_done(&r);
}

ch_err ch_paper_parse(ch_paper *out, ch_passage passage[CH_PASSAGES_MAX], ch_span in,
    bool exercise)
{
	struct ch_rd r = ch_rd_of(in);
	ch_err e;

	memset(out, 0, sizeof *out);
	memset(passage, 0, CH_PASSAGES_MAX * sizeof passage[0]);
	if (in.n > CH_PAPER_MAX)
		return CH_E_LIMIT;
	e = ch_stmt_read(&out->head, &r, CH_K_PAPER_TEXT, exercise);
	CH_RD_LIT(&r, "\n");
	out->body = ch_rd_rest(&r);
	out->passage = passage;
	if (e == CH_OK)
		e = r.err;
	if (e == CH_OK)
		e = ch_paper_check_files(&out->head);
	if (e == CH_OK)
		e = ch_paper_split(&out->n_passages, passage, out->body);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

/* The passages of a body that is about to be written: the rules of ch_paper_split(), uncounted. */
static ch_err ch_paper_check_body(ch_span body)
{
	struct ch_rd r = ch_rd_of(body);

	for (uint32_t i = 0; i == 0 || (r.err == CH_OK && !ch_rd_at_end(&r)); i++) {
		if (i > 0)
			CH_RD_LIT(&r, "\n");
		(void)ch_paper_rd_passage(&r);
		ch_rd_need(&r, i < CH_PASSAGES_MAX, CH_E_LIMIT);
	}
	return ch_rd_done(&r);
}

ch_err ch_paper_format(struct ch_wr *w, const ch_stmt *head, ch_span body)
{
	size_t start = w->n;
	ch_err e = head->kind == CH_K_PAPER_TEXT ? ch_paper_check_files(head) : CH_E_FORMAT;

	if (e == CH_OK)
		e = ch_paper_check_body(body);
	if (e != CH_OK)
		ch_wr_fail(w, e);
	if (ch_stmt_format(w, head) != CH_OK)
		return w->err;
	CH_WR_LIT(w, "\n");
	ch_wr_put(w, body);
	if (w->err == CH_OK && w->n - start > CH_PAPER_MAX)
		ch_wr_fail(w, CH_E_LIMIT);
	return w->err;
}

static ch_err ch_paper_conflict(struct ch_diag *diag, const char *what, size_t key)
{
	if (diag)
		*diag = (struct ch_diag){ what, key };
	return CH_E_CONFLICT;
}

/* Nobody gets the paper twice, and not its author. */
static bool ch_paper_info_is_sound(const ch_stmt *head)
{
	struct ch_rd r = ch_rd_of(head->v[CH_H_INFO]);
	uint32_t n = head->count[CH_H_INFO];
	ch_item it, other;

	for (uint32_t i = 0; i < n; i++) {
		if (ch_stmt_next_item(&it, NULL, &r, CH_K_PAPER_TEXT, CH_H_INFO) != CH_OK)
			return false;
		if (ch_span_eq(it.v[0], head->v[CH_H_FROM]) ||
		    ch_span_eq(it.v[0], head->v[CH_H_TO]))
			return false;
		struct ch_rd q = r;

		for (uint32_t j = i + 1; j < n; j++)
			if (ch_stmt_next_item(&other, NULL, &q, CH_K_PAPER_TEXT,
			    CH_H_INFO) != CH_OK ||
			    ch_span_eq(it.v[0], other.v[0]))
				return false;
	}
	return true;
}

static bool ch_paper_files_fit(const ch_stmt *head)
{
	struct ch_rd r = ch_rd_of(head->v[CH_H_ATTACHMENTS]);
	uint64_t sum = CH_PAPER_MAX + ((uint64_t)1 << 20); /* the texts, at their largest */
	ch_item it;

	for (uint32_t i = 0; i < head->count[CH_H_ATTACHMENTS]; i++) {
		if (ch_stmt_next_item(&it, NULL, &r, CH_K_PAPER_TEXT, CH_H_ATTACHMENTS) != CH_OK)
			return false;
		uint64_t n = ch_val_dec(it.v[CH_AT_SIZE]);

		if (n > CH_TAR_SIZE_MAX)
			return false;
		sum += ch_tar_member_size(n);
	}
	/* Sealing adds 16 bytes to each 64 KiB, and body.age must itself be a member. */
	return sum + sum / 4096 + 4096 <= CH_TAR_SIZE_MAX;
}

ch_err ch_paper_check_head(struct ch_diag *diag, const ch_stmt *head)
{
	struct ch_rd by = ch_rd_of(head->v[CH_H_BY]);
	ch_number n;

	if (diag)
		*diag = (struct ch_diag){ 0 };
	CH_ASSERT(head->kind == CH_K_PAPER_TEXT);
	if (ch_number_parse(&n, head->v[CH_H_NUMBER]) != CH_OK || ch_span_eq(n.from, n.to))
		return ch_paper_conflict(diag, "the two codes of the number are the same",
		    CH_H_NUMBER);
	if (!ch_span_eq(ch_rd_until(&by, '/'), head->v[CH_H_FROM]))
		return ch_paper_conflict(diag, "by is no delegate of from", CH_H_BY);
	if (ch_span_eq(head->v[CH_H_FROM], head->v[CH_H_TO]))
		return ch_paper_conflict(diag, "from and to are the same", CH_H_TO);
	if (!ch_paper_info_is_sound(head))
		return ch_paper_conflict(diag, "info names a party twice", CH_H_INFO);
	if (!ch_paper_files_fit(head))
		return ch_paper_conflict(diag, "the attachments are too large in all",
		    CH_H_ATTACHMENTS);
	return CH_OK;
}
