/* The one reader and writer of statements: see stmt.h. Trusts nothing but the table of kinds. */
#include "stmt.h"

#include "dec.h"
#include "hex.h"
#include "value.h"
#include "when.h"

static const ch_span type_real = { (const uint8_t *)"chancery/", 9 };
static const ch_span type_exercise = { (const uint8_t *)"chancery-exercise/", 18 };

/* One `key value` line of field f; `-` leaves an optional value empty. */
static ch_span ch_stmt_rd_field(struct ch_rd *r, const struct ch_field *f)
{
	ch_rd_lit(r, ch_span_str(f->key));
	CH_RD_LIT(r, " ");
	ch_span v = ch_rd_line1(r);

	ch_rd_need(r, v.n <= CH_STMT_LINE_MAX, CH_E_LIMIT);
	if (r->err != CH_OK)
		return (ch_span){ 0 };
	if (ch_span_eq(v, CH_LIT("-"))) {
		ch_rd_need(r, f->optional, CH_E_FORMAT);
		return (ch_span){ 0 };
	}
	ch_err e = ch_value_check(f, v);

	ch_rd_need(r, e == CH_OK, e);
	return v;
}

static void ch_stmt_rd_item(ch_item *out, struct ch_rd *r, const struct ch_schema *s)
{
	*out = (ch_item){ 0 };
	for (unsigned i = 0; i < s->n && r->err == CH_OK; i++)
		out->v[i] = ch_stmt_rd_field(r, &s->field[i]);
}

/* `key count`, then count items; the span of all their lines. */
static ch_span ch_stmt_rd_list(struct ch_rd *r, const struct ch_field *f, uint32_t *count)
{
	uint64_t n = 0;
	ch_item it;

	ch_rd_lit(r, ch_span_str(f->key));
	CH_RD_LIT(r, " ");
	ch_err e = ch_dec_parse(&n, ch_rd_line1(r), f->max);

	ch_rd_need(r, e == CH_OK, e);
	if (r->err != CH_OK)
		return (ch_span){ 0 };

	struct ch_rd start = *r;

	for (uint64_t i = 0; i < n && r->err == CH_OK; i++)
		ch_stmt_rd_item(&it, r, f->item);
	if (r->err != CH_OK)
		return (ch_span){ 0 };
	*count = (uint32_t)n;
	return ch_rd_take(&start, r->at - start.at);
}

static void ch_stmt_rd_fields(ch_stmt *s, struct ch_rd *r)
{
	const struct ch_schema *k = ch_kind_schema(s->kind);

	for (unsigned i = 0; i < k->n && r->err == CH_OK; i++) {
		const struct ch_field *f = &k->field[i];

		if (f->type == CH_T_LIST)
			s->v[i] = ch_stmt_rd_list(r, f, &s->count[i]);
		else
			s->v[i] = ch_stmt_rd_field(r, f);
	}
}

static size_t ch_stmt_max(ch_kind kind)
{
	return kind == CH_K_ROSTER || kind == CH_K_PAPER_TEXT ? CH_STMT_ROSTER_MAX : CH_STMT_MAX;
}

static void ch_stmt_rd_type(struct ch_rd *r, ch_kind kind, bool exercise)
{
	ch_rd_lit(r, exercise ? type_exercise : type_real);
	ch_rd_lit(r, ch_span_str(ch_kind_schema(kind)->name));
	CH_RD_LIT(r, "@v1\n");
}

ch_err ch_stmt_read(ch_stmt *out, struct ch_rd *r, ch_kind kind, bool exercise)
{
	struct ch_rd start = *r;

	*out = (ch_stmt){ .kind = kind, .exercise = exercise };
	ch_stmt_rd_type(r, kind, exercise);
	ch_stmt_rd_fields(out, r);
	ch_rd_need(r, r->at - start.at <= ch_stmt_max(kind), CH_E_LIMIT);
	if (r->err == CH_OK)
		out->text = ch_rd_take(&start, r->at - start.at);
	else
		*out = (ch_stmt){ 0 };
	return r->err;
}

ch_err ch_stmt_parse_as(ch_stmt *out, ch_span text, ch_kind kind, bool exercise)
{
	struct ch_rd r = ch_rd_of(text);
	ch_err e;

	*out = (ch_stmt){ 0 };
	if (text.n > ch_stmt_max(kind))
		return CH_E_LIMIT;
	e = ch_stmt_read(out, &r, kind, exercise);
	if (e == CH_OK)
		e = ch_rd_done(&r);
	if (e != CH_OK)
		*out = (ch_stmt){ 0 };
	return e;
}

/* The kind and flag that the first line names. */
static ch_err ch_stmt_sniff(ch_kind *kind, bool *exercise, ch_span text)
{
	struct ch_rd r = ch_rd_of(text);

	*exercise = ch_rd_starts(&r, type_exercise);
	for (unsigned k = 0; k < CH_K_COUNT; k++) {
		struct ch_rd probe = r;

		ch_stmt_rd_type(&probe, (ch_kind)k, *exercise);
		if (probe.err == CH_OK) {
			*kind = (ch_kind)k;
			return CH_OK;
		}
	}
	return CH_E_FORMAT;
}

ch_err ch_stmt_parse(ch_stmt *out, ch_span text)
{
	ch_kind kind = CH_K_ROSTER;
	bool exercise = false;

	*out = (ch_stmt){ 0 };
	if (ch_stmt_sniff(&kind, &exercise, text) != CH_OK)
		return CH_E_FORMAT;
	return ch_stmt_parse_as(out, text, kind, exercise);
}

void ch_stmt_put_line(struct ch_wr *w, const ch_stmt *s, unsigned f)
{
	const struct ch_field *fd = &ch_kind_schema(s->kind)->field[f];

	ch_wr_str(w, fd->key);
	CH_WR_LIT(w, " ");
	if (fd->type == CH_T_LIST)
		ch_dec_put(w, s->count[f]);
	else if (s->v[f].n == 0)
		CH_WR_LIT(w, "-");
	else
		ch_wr_put(w, s->v[f]);
}

/* Every value must obey its rule, or what is written would say something else. */
static ch_err ch_stmt_check(const ch_stmt *s)
{
	const struct ch_schema *k = ch_kind_schema(s->kind);

	for (unsigned i = 0; i < k->n; i++) {
		const struct ch_field *f = &k->field[i];
		struct ch_rd r = ch_rd_of(s->v[i]);
		ch_err e = CH_OK;
		ch_item it;

		if (f->type == CH_T_LIST) {
			if (s->count[i] > f->max)
				return CH_E_LIMIT;
			for (uint32_t j = 0; j < s->count[i]; j++)
				ch_stmt_rd_item(&it, &r, f->item);
			e = ch_rd_done(&r);
		} else if (s->v[i].n == 0) {
			e = f->optional ? CH_OK : CH_E_FORMAT;
		} else {
			e = ch_span_eq(s->v[i], CH_LIT("-")) ? CH_E_FORMAT
			    : ch_value_check(f, s->v[i]);
		}
		if (e != CH_OK)
			return e;
	}
	return CH_OK;
}

ch_err ch_stmt_format(struct ch_wr *w, const ch_stmt *s)
{
	const struct ch_schema *k = ch_kind_schema(s->kind);
	size_t start = w->n;
	ch_err e = ch_stmt_check(s);

	if (e != CH_OK)
		ch_wr_fail(w, e);
	ch_wr_put(w, s->exercise ? type_exercise : type_real);
	ch_wr_str(w, k->name);
	CH_WR_LIT(w, "@v1\n");
	for (unsigned i = 0; i < k->n; i++) {
		ch_stmt_put_line(w, s, i);
		CH_WR_LIT(w, "\n");
		if (k->field[i].type == CH_T_LIST)
			ch_wr_put(w, s->v[i]);
	}
	if (w->n - start > ch_stmt_max(s->kind))
		ch_wr_fail(w, CH_E_LIMIT);
	return w->err;
}

ch_err ch_stmt_item(ch_item *out, const ch_stmt *s, unsigned f, uint32_t i)
{
	struct ch_rd r = ch_rd_of(s->v[f]);
	const struct ch_schema *item = ch_kind_schema(s->kind)->field[f].item;

	*out = (ch_item){ 0 };
	CH_ASSERT(item != NULL);
	if (i >= s->count[f])
		return CH_E_ABSENT;
	for (uint32_t j = 0; j <= i; j++)
		ch_stmt_rd_item(out, &r, item);
	if (r.err != CH_OK)
		*out = (ch_item){ 0 };
	return r.err;
}

ch_err ch_stmt_next_item(ch_item *out, ch_span *lines, struct ch_rd *r, ch_kind kind, unsigned f)
{
	const struct ch_schema *item = ch_kind_schema(kind)->field[f].item;
	struct ch_rd start = *r;

	CH_ASSERT(item != NULL);
	ch_stmt_rd_item(out, r, item);
	if (r->err != CH_OK)
		*out = (ch_item){ 0 };
	if (lines)
		*lines = r->err == CH_OK ? ch_rd_take(&start, r->at - start.at) : (ch_span){ 0 };
	return r->err;
}

ch_err ch_stmt_put_item(struct ch_wr *w, ch_kind kind, unsigned f, const ch_item *it)
{
	const struct ch_schema *s = ch_kind_schema(kind)->field[f].item;

	CH_ASSERT(s != NULL);
	for (unsigned i = 0; i < s->n; i++) {
		ch_err e = it->v[i].n ? ch_value_check(&s->field[i], it->v[i]) : CH_OK;

		if (ch_span_eq(it->v[i], CH_LIT("-")))
			e = CH_E_FORMAT; /* it would read as unset */
		if (e != CH_OK || (it->v[i].n == 0 && !s->field[i].optional))
			ch_wr_fail(w, e != CH_OK ? e : CH_E_FORMAT);
		ch_wr_str(w, s->field[i].key);
		CH_WR_LIT(w, " ");
		ch_wr_put(w, it->v[i].n ? it->v[i] : CH_LIT("-"));
		CH_WR_LIT(w, "\n");
	}
	return w->err;
}

void ch_stmt_hash(ch_hash *out, ch_span text)
{
	ch_sha256(out, text);
}

/* Views. The values were checked when they were parsed, so failures cannot happen; zero then. */

static ch_hash ch_val_rd_hash(ch_span v)
{
	ch_hash h;

	if (ch_hex_parse(h.b, sizeof h.b, v) != CH_OK)
		memset(&h, 0, sizeof h);
	return h;
}

ch_hash ch_val_hash(ch_span v)
{
	return ch_val_rd_hash(v);
}

uint64_t ch_val_dec(ch_span v)
{
	uint64_t n = 0;

	return ch_dec_parse(&n, v, UINT64_MAX) == CH_OK ? n : 0;
}

int64_t ch_val_when(ch_span v)
{
	int64_t t = 0;

	return ch_when_parse(&t, v) == CH_OK ? t : 0;
}

ch_ref ch_val_ref(ch_span v)
{
	struct ch_rd r = ch_rd_of(v);
	uint64_t n = ch_val_dec(ch_rd_until(&r, ' '));

	return (ch_ref){ .n = n, .hash = ch_val_rd_hash(ch_rd_rest(&r)) };
}

ch_seen ch_val_seen(ch_span v)
{
	struct ch_rd r = ch_rd_of(v);
	uint64_t n = ch_val_dec(ch_rd_until(&r, ' '));
	ch_hash root = ch_val_rd_hash(ch_rd_until(&r, ' '));

	return (ch_seen){ .size = n, .root = root, .note = ch_val_rd_hash(ch_rd_rest(&r)) };
}

ch_re ch_val_re(ch_span v)
{
	struct ch_rd r = ch_rd_of(v);
	ch_span number = ch_rd_until(&r, ' ');

	return (ch_re){ .number = number, .paper = ch_val_rd_hash(ch_rd_rest(&r)) };
}

ch_span ch_val_next(ch_span v, size_t *at)
{
	struct ch_rd r = ch_rd_of(v);

	(void)ch_rd_take(&r, *at);
	struct ch_rd probe = r;
	ch_span t = ch_rd_until(&probe, ',');

	if (probe.err != CH_OK) {
		t = ch_rd_rest(&r);
		*at = v.n;
	} else {
		*at = probe.at;
	}
	return t;
}

bool ch_val_has(ch_span v, ch_span token)
{
	for (size_t at = 0; at < v.n;)
		if (ch_span_eq(ch_val_next(v, &at), token))
			return true;
	return false;
}

/* The bytes that a put added to w since `from`. */
static ch_span ch_val_since(const struct ch_wr *w, size_t from)
{
	struct ch_rd r = ch_rd_of(ch_wr_span(w));

	(void)ch_rd_take(&r, from);
	return ch_rd_rest(&r);
}

ch_span ch_val_put_hash(struct ch_wr *w, const ch_hash *h)
{
	size_t from = w->n;

	ch_hex_put(w, ch_span_of(h->b, sizeof h->b));
	return ch_val_since(w, from);
}

ch_span ch_val_put_dec(struct ch_wr *w, uint64_t n)
{
	size_t from = w->n;

	ch_dec_put(w, n);
	return ch_val_since(w, from);
}

ch_span ch_val_put_when(struct ch_wr *w, int64_t t)
{
	size_t from = w->n;

	ch_when_put(w, t);
	return ch_val_since(w, from);
}

ch_span ch_val_put_ref(struct ch_wr *w, const ch_ref *r)
{
	size_t from = w->n;

	ch_dec_put(w, r->n);
	CH_WR_LIT(w, " ");
	ch_hex_put(w, ch_span_of(r->hash.b, sizeof r->hash.b));
	return ch_val_since(w, from);
}

ch_span ch_val_put_seen(struct ch_wr *w, const ch_seen *s)
{
	size_t from = w->n;

	ch_dec_put(w, s->size);
	CH_WR_LIT(w, " ");
	ch_hex_put(w, ch_span_of(s->root.b, sizeof s->root.b));
	CH_WR_LIT(w, " ");
	ch_hex_put(w, ch_span_of(s->note.b, sizeof s->note.b));
	return ch_val_since(w, from);
}

ch_span ch_val_put_re(struct ch_wr *w, const ch_re *r)
{
	size_t from = w->n;

	ch_wr_put(w, r->number);
	CH_WR_LIT(w, " ");
	ch_hex_put(w, ch_span_of(r->paper.b, sizeof r->paper.b));
	return ch_val_since(w, from);
}
