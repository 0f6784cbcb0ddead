/* The same findings for programs: one JSON object an item. ASCII only. */
#include "verdict.h"

static void ch_json_key(struct ch_tell *o, const char *key, bool first)
{
	ch_tell(o, first ? "\"" : ", \"");
	ch_tell(o, key);
	ch_tell(o, "\": ");
}

static void ch_json_bool(struct ch_tell *o, const char *key, bool v, bool first)
{
	ch_json_key(o, key, first);
	ch_tell(o, v ? "true" : "false");
}

static void ch_json_time(struct ch_tell *o, const char *key, int64_t t)
{
	ch_json_key(o, key, false);
	if (t == 0) {
		ch_tell(o, "null");
		return;
	}
	ch_tell(o, "\"");
	ch_tell_when(o, t);
	ch_tell(o, "\"");
}

/* On whose word, and when: every cosigner of one checkpoint. */
static void ch_json_times(struct ch_tell *o, const char *key, const ch_times *t)
{
	static const char *const by[CH_BY_COUNT] = {
		"registry", "author", "addressee", "neutral", "witness",
	};
	bool first = true;

	ch_json_key(o, key, false);
	ch_tell(o, "{");
	for (unsigned i = 0; i < CH_BY_COUNT; i++) {
		if (t->t[i] == 0)
			continue;
		ch_json_key(o, by[i], first);
		first = false;
		ch_tell(o, "\"");
		ch_tell_when(o, t->t[i]);
		ch_tell(o, "\"");
	}
	ch_tell(o, "}");
}

static void ch_json_fact(struct ch_tell *o, const ch_fact *f, const char *step, bool first)
{
	ch_tell(o, first ? "{" : ", {");
	ch_json_key(o, "step", true);
	ch_tell_json_string(o, ch_span_str(step));
	ch_json_bool(o, "present", f->present, false);
	ch_json_bool(o, "signed", f->signed_, false);
	ch_json_bool(o, "logged", f->logged, false);
	if (f->logged) {
		ch_json_key(o, "index", false);
		ch_tell_dec(o, f->index);
	}
	ch_json_key(o, "level", false);
	ch_tell_json_string(o, ch_span_str(ch_level_name(ch_fact_level(f))));
	ch_json_time(o, "not_before", ch_times_latest(&f->after, NULL));
	ch_json_time(o, "not_after", ch_times_earliest(&f->before, NULL));
	ch_json_times(o, "seen_by", &f->after);
	ch_json_times(o, "cosigned_by", &f->before);
	ch_json_time(o, "claimed", f->claimed);
	if (f->who.n > 0) {
		ch_json_key(o, "delegates", false);
		ch_tell_dec(o, f->who.n);
		ch_json_key(o, "roster", false);
		ch_tell_dec(o, f->roster.n);
	}
	ch_json_key(o, "why", false);
	if (f->why)
		ch_tell_json_string(o, ch_span_str(f->why));
	else
		ch_tell(o, "null");
	ch_tell(o, "}");
}

static void ch_json_begin(struct ch_tell *o, const struct ch_verdict *v, ch_span name,
    const char *kind)
{
	ch_tell(o, "{");
	ch_json_key(o, "file", true);
	ch_tell_json_string(o, name);
	ch_json_key(o, "kind", false);
	ch_tell_json_string(o, ch_span_str(kind));
	ch_json_bool(o, "exercise", v->exercise, false);
	ch_json_bool(o, "proven", v->holds, false);
	ch_json_bool(o, "trust_from_folder", v->own_trust, false);
}

static void ch_json_hash(struct ch_tell *o, const char *key, const ch_hash *h)
{
	ch_json_key(o, key, false);
	ch_tell_json_hex(o, h);
}

static void ch_json_span(struct ch_tell *o, const char *key, ch_span s)
{
	ch_json_key(o, key, false);
	if (s.n)
		ch_tell_json_string(o, s);
	else
		ch_tell(o, "null");
}

static void ch_json_record(struct ch_tell *o, const struct ch_verdict *v, ch_span name)
{
	const ch_delivery *d = &v->record;
	bool first = true;

	ch_json_begin(o, v, name, "record");
	ch_json_hash(o, "submission", &d->l);
	ch_json_hash(o, "paper", &d->paper);
	ch_json_hash(o, "talks", &d->talks);
	ch_json_span(o, "author", d->author);
	ch_json_span(o, "addressee", d->addressee);
	ch_json_span(o, "registry", d->registry);
	ch_json_key(o, "state", false);
	ch_tell_json_string(o, ch_span_str(ch_state_name(d->state)));
	ch_json_bool(o, "receipt_counts", d->receipt_counts, false);
	ch_json_bool(o, "told", d->told, false);
	ch_json_key(o, "facts", false);
	ch_tell(o, "[");
	for (unsigned i = 0; i < CH_STEP_COUNT; i++)
		ch_json_fact(o, &d->step[i], ch_step_name((ch_step)i), i == 0);
	ch_tell(o, "]");
	ch_json_key(o, "findings", false);
	ch_tell(o, "[");
	for (unsigned i = 0; i < CH_FIND_COUNT; i++) {
		if (!(d->findings >> i & 1))
			continue;
		ch_tell(o, first ? "{" : ", {");
		first = false;
		ch_json_bool(o, "against_registry", ch_finding_convicts((ch_finding)i), true);
		ch_json_span(o, "text", ch_span_str(ch_finding_text((ch_finding)i)));
		ch_tell(o, "}");
	}
	ch_tell(o, "]}");
}

static void ch_json_head(struct ch_tell *o, const ch_extract *x)
{
	const struct ch_schema *head = ch_kind_schema(CH_K_PAPER_TEXT);
	bool first = true;
	ch_span value;

	ch_json_key(o, "head", false);
	ch_tell(o, "{");
	for (unsigned i = 0; i < CH_H_KEYS; i++) {
		if (ch_leaves_head(&value, &x->leaves, i) != CH_OK)
			continue;
		ch_json_key(o, head->field[i].key, first);
		first = false;
		if (value.n)
			ch_tell_json_string(o, value);
		else
			ch_tell(o, "null");
	}
	ch_tell(o, "}");
}

static void ch_json_passages(struct ch_tell *o, const ch_extract *x)
{
	uint32_t total = x->leaves.total[CH_LEAF_PASSAGE];
	bool first = true;
	ch_leaf leaf;

	ch_json_key(o, "passages_total", false);
	if (total == CH_TOTAL_HIDDEN)
		ch_tell(o, "null");
	else
		ch_tell_dec(o, total);
	ch_json_key(o, "items", false);
	ch_tell(o, "[");
	for (struct ch_rd r = ch_rd_of(x->leaves.block); ch_leaves_next(&leaf, &r);) {
		if (leaf.kind == CH_LEAF_HEAD)
			continue;
		ch_tell(o, first ? "{" : ", {");
		first = false;
		ch_json_key(o, "kind", true);
		ch_tell_json_string(o, ch_span_str(ch_leaf_kind_name(leaf.kind)));
		ch_json_key(o, "index", false);
		ch_tell_dec(o, leaf.index);
		ch_json_span(o, "text", leaf.bytes);
		ch_tell(o, "}");
	}
	ch_tell(o, "]");
}

/* By kind: how many the paper has, null where that is not shown. */
static void ch_json_totals(struct ch_tell *o, const ch_extract *x)
{
	ch_json_key(o, "totals", false);
	ch_tell(o, "{");
	for (unsigned i = CH_LEAF_HEAD + 1; i < CH_LEAF_KINDS; i++) {
		ch_json_key(o, ch_leaf_kind_name((ch_leaf_kind)i), i == CH_LEAF_HEAD + 1);
		if (x->leaves.total[i] == CH_TOTAL_HIDDEN)
			ch_tell(o, "null");
		else
			ch_tell_dec(o, x->leaves.total[i]);
	}
	ch_tell(o, "}");
}

static void ch_json_statement(struct ch_tell *o, const struct ch_verdict *v)
{
	const ch_extract *x = &v->extract;
	bool present = ch_verdict_statement(x)->present;

	ch_json_span(o, "registry", ch_verdict_registry(v));
	ch_json_span(o, "addressee", x->addressee);
	ch_json_span(o, "public", ch_span_str(present ? ch_kind_schema(x->kind)->name : ""));
	ch_json_span(o, "sentence", x->sentence);
	ch_json_span(o, "what", x->what);
	ch_json_span(o, "text", x->text);
	ch_json_span(o, "note", x->note);
}

static void ch_json_extract(struct ch_tell *o, const struct ch_verdict *v, ch_span name)
{
	const ch_extract *x = &v->extract;
	static const char *const step[CH_XS_COUNT] = {
		"paper", "receipt", "handover", "confirmation", "disclosure", "statement",
	};
	bool first = true;

	ch_json_begin(o, v, name, x->has_paper ? "extract" : "statement");
	ch_json_hash(o, "paper", &x->paper);
	ch_json_hash(o, "talks", &x->talks);
	ch_json_span(o, "author", x->author);
	ch_json_span(o, "speaker", x->speaker);
	ch_json_bool(o, "delivered", x->delivered, false);
	ch_json_bool(o, "disclosed_by_author", x->disclosed, false);
	ch_json_bool(o, "confirmed", x->confirmed, false);
	ch_json_statement(o, v);
	if (x->has_paper) {
		ch_json_head(o, x);
		ch_json_totals(o, x);
		ch_json_passages(o, x);
	}
	ch_json_key(o, "facts", false);
	ch_tell(o, "[");
	for (unsigned i = 0; i < CH_XS_COUNT; i++)
		ch_json_fact(o, &x->step[i], step[i], i == 0);
	ch_tell(o, "]");
	ch_json_key(o, "findings", false);
	ch_tell(o, "[");
	for (unsigned i = 0; i < CH_XF_COUNT; i++) {
		if (!(x->findings >> i & 1))
			continue;
		if (!first)
			ch_tell(o, ", ");
		first = false;
		ch_tell_json_string(o, ch_span_str(ch_extract_finding_text((ch_extract_finding)i)));
	}
	ch_tell(o, "]}");
}

static void ch_json_tree(struct ch_tell *o, const ch_split *s, unsigned i)
{
	ch_tell(o, i == 0 ? "{" : ", {");
	ch_json_key(o, "size", true);
	ch_tell_dec(o, s->tree[i].size);
	ch_json_hash(o, "root", &s->tree[i].root);
	ch_json_time(o, "cosigned", (int64_t)s->cosigned[i]);
	ch_tell(o, "}");
}

/* `prefix`: the root that the second tree has for the entries of the first. */
static void ch_json_split(struct ch_tell *o, const struct ch_verdict *v, ch_span name)
{
	const ch_split *s = &v->split;
	uint8_t text[CH_VKEY_MAX];
	struct ch_wr key = ch_wr_of(text, sizeof text);

	ch_vkey_put(&key, &s->log);
	ch_json_begin(o, v, name, "split-view");
	ch_json_span(o, "registry", s->log.name);
	ch_json_span(o, "key", ch_wr_span(&key));
	ch_json_key(o, "trees", false);
	ch_tell(o, "[");
	ch_json_tree(o, s, 0);
	ch_json_tree(o, s, 1);
	ch_tell(o, "]");
	ch_json_hash(o, "prefix", &s->prefix);
	ch_json_span(o, "why", ch_span_str(s->why ? s->why : ""));
	ch_json_key(o, "facts", false);
	ch_tell(o, "[]");
	ch_json_key(o, "findings", false);
	ch_tell(o, "[");
	if (v->holds) {
		ch_tell(o, "{");
		ch_json_bool(o, "against_registry", true, true);
		ch_json_span(o, "text", CH_LIT(CH_SPLIT_TEXT));
		ch_tell(o, "}");
	}
	ch_tell(o, "]}");
}

void ch_verdict_json(struct ch_tell *o, const struct ch_verdict *v, ch_span name)
{
	if (v->kind == CH_PACK_RECORD)
		ch_json_record(o, v, name);
	else if (v->kind == CH_PACK_SPLIT)
		ch_json_split(o, v, name);
	else
		ch_json_extract(o, v, name);
}
