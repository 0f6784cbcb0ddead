/* Packs: see pack.h. Lengths come first, so the content is never looked at. Trusts nothing. */
#include "pack.h"

#include "dec.h"
#include "text.h"

static const char *const pack_names[CH_PACK_COUNT] = {
	[CH_PACK_EXTRACT] = "extract",       [CH_PACK_RECORD] = "record",
	[CH_PACK_INVITATION] = "invitation", [CH_PACK_SUBMISSION] = "submission",
	[CH_PACK_ANSWER] = "answer",         [CH_PACK_SPLIT] = "split-view",
	[CH_PACK_WELCOME] = "welcome",       [CH_PACK_HOLDINGS] = "holdings",
};

static size_t ch_pack_parts_max(ch_pack_kind kind)
{
	return kind == CH_PACK_HOLDINGS ? CH_PACK_HOLDINGS_MAX : CH_PACK_PARTS_MAX;
}

static void ch_pack_rd_type(struct ch_rd *r, ch_pack_kind kind, bool exercise)
{
	ch_rd_lit(r, exercise ? CH_LIT("chancery-exercise/") : CH_LIT("chancery/"));
	ch_rd_lit(r, ch_span_str(pack_names[kind]));
	CH_RD_LIT(r, "@v1\n");
}

/* A pack and the statement `submission` share their first line; a pack goes on with `parts`. */
ch_err ch_pack_sniff(ch_pack_kind *kind, bool *exercise, ch_span in)
{
	for (unsigned k = 0; k < 2u * CH_PACK_COUNT; k++) {
		struct ch_rd r = ch_rd_of(in);

		ch_pack_rd_type(&r, (ch_pack_kind)(k / 2), k % 2);
		CH_RD_LIT(&r, "parts ");
		if (r.err == CH_OK) {
			*kind = (ch_pack_kind)(k / 2);
			*exercise = k % 2;
			return CH_OK;
		}
	}
	*kind = CH_PACK_EXTRACT;
	*exercise = false;
	return CH_E_FORMAT;
}

static uint64_t ch_pack_rd_dec(struct ch_rd *r, ch_span digits, uint64_t max)
{
	uint64_t n = 0;
	ch_err e = r->err == CH_OK ? ch_dec_parse(&n, digits, max) : CH_OK;

	ch_rd_need(r, e == CH_OK, e);
	return n;
}

/* The characters of a token. */
static bool ch_pack_is_name(ch_span name)
{
	if (name.n == 0 || name.n > CH_PACK_NAME_MAX || name.p[0] == '-' || name.p[0] == '.')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!ch_text_is_token(ch_span_of(&name.p[i], 1)) && name.p[i] != '-' &&
		    name.p[i] != '.')
			return false;
	return true;
}

static ch_part ch_pack_rd_part(struct ch_rd *r)
{
	ch_part p = { 0 };

	CH_RD_LIT(r, "part ");
	p.name = ch_rd_until(r, ' ');
	ch_rd_need(r, ch_pack_is_name(p.name), CH_E_FORMAT);
	p.bytes = ch_rd_take(r, (size_t)ch_pack_rd_dec(r, ch_rd_line1(r), CH_PACK_MAX));
	CH_RD_LIT(r, "\n");
	return p;
}

const ch_part *ch_pack_find(const ch_part *part, size_t n, ch_span name)
{
	for (size_t i = 0; i < n; i++)
		if (ch_span_eq(part[i].name, name))
			return &part[i];
	return NULL;
}

ch_err ch_pack_parse(ch_part *part, size_t *n, size_t cap, ch_span in, ch_pack_kind kind,
    bool exercise)
{
	struct ch_rd r = ch_rd_of(in);
	size_t most = ch_pack_parts_max(kind);
	uint64_t want;
	ch_err e;

	CH_ASSERT(kind < CH_PACK_COUNT);
	*n = 0;
	memset(part, 0, cap * sizeof part[0]);
	if (in.n > CH_PACK_MAX)
		return CH_E_LIMIT;
	ch_pack_rd_type(&r, kind, exercise);
	CH_RD_LIT(&r, "parts ");
	want = ch_pack_rd_dec(&r, ch_rd_line1(&r), cap < most ? cap : most);
	for (size_t i = 0; i < want && r.err == CH_OK; i++) {
		part[i] = ch_pack_rd_part(&r);
		ch_rd_need(&r, ch_pack_find(part, i, part[i].name) == NULL, CH_E_FORMAT);
	}
	e = ch_rd_done(&r);
	if (e == CH_OK)
		*n = (size_t)want;
	else
		memset(part, 0, cap * sizeof part[0]);
	return e;
}

ch_err ch_pack_format(struct ch_wr *w, const ch_part *part, size_t n, ch_pack_kind kind,
    bool exercise)
{
	size_t start = w->n;

	CH_ASSERT(kind < CH_PACK_COUNT);
	ch_wr_put(w, exercise ? CH_LIT("chancery-exercise/") : CH_LIT("chancery/"));
	ch_wr_str(w, pack_names[kind]);
	CH_WR_LIT(w, "@v1\nparts ");
	ch_dec_put(w, n);
	CH_WR_LIT(w, "\n");
	if (n > ch_pack_parts_max(kind))
		ch_wr_fail(w, CH_E_LIMIT);
	for (size_t i = 0; i < n && w->err == CH_OK; i++) {
		if (!ch_pack_is_name(part[i].name) || ch_pack_find(part, i, part[i].name))
			ch_wr_fail(w, CH_E_FORMAT);
		CH_WR_LIT(w, "part ");
		ch_wr_put(w, part[i].name);
		CH_WR_LIT(w, " ");
		ch_dec_put(w, part[i].bytes.n);
		CH_WR_LIT(w, "\n");
		ch_wr_put(w, part[i].bytes);
		CH_WR_LIT(w, "\n");
	}
	if (w->err == CH_OK && w->n - start > CH_PACK_MAX)
		ch_wr_fail(w, CH_E_LIMIT);
	return w->err;
}
