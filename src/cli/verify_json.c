/* The same findings for programs: one JSON object an item. ASCII only. */
#include "verify.h"

static void ch_json_key(const char *key, bool first)
{
	ch_say(first ? "\"" : ", \"");
	ch_say(key);
	ch_say("\": ");
}

static void ch_json_bool(const char *key, bool v, bool first)
{
	ch_json_key(key, first);
	ch_say(v ? "true" : "false");
}

static void ch_json_time(const char *key, int64_t t)
{
	ch_json_key(key, false);
	if (t == 0) {
		ch_say("null");
		return;
	}
	ch_say("\"");
	ch_say_when(t);
	ch_say("\"");
}

static void ch_json_fact(const ch_fact *f, const char *step, bool first)
{
	ch_say(first ? "{" : ", {");
	ch_json_key("step", true);
	ch_say_json_string(ch_span_str(step));
	ch_json_bool("present", f->present, false);
	ch_json_bool("signed", f->signed_, false);
	ch_json_bool("logged", f->logged, false);
	if (f->logged) {
		ch_json_key("index", false);
		ch_say_dec(f->index);
	}
	ch_json_time("not_before", ch_times_latest(&f->after, NULL));
	ch_json_time("not_after", ch_times_earliest(&f->before, NULL));
	ch_json_time("claimed", f->claimed);
	ch_json_key("why", false);
	if (f->why)
		ch_say_json_string(ch_span_str(f->why));
	else
		ch_say("null");
	ch_say("}");
}

static void ch_json_begin(struct ch_verify *v, const char *path, const char *kind, bool exercise,
    bool proven)
{
	ch_say(v->n_items++ ? ",\n{" : "[\n{");
	ch_json_key("file", true);
	ch_say_json_string(ch_span_str(path));
	ch_json_key("kind", false);
	ch_say_json_string(ch_span_str(kind));
	ch_json_bool("exercise", exercise, false);
	ch_json_bool("proven", proven, false);
	ch_json_bool("trust_from_folder", v->own_trust, false);
}

static void ch_json_hash(const char *key, const ch_hash *h)
{
	ch_json_key(key, false);
	ch_say_json_hex(h);
}

static void ch_json_span(const char *key, ch_span s)
{
	ch_json_key(key, false);
	if (s.n)
		ch_say_json_string(s);
	else
		ch_say("null");
}

void ch_json_record(struct ch_verify *v, const char *path, const ch_delivery *d, bool proven)
{
	bool first = true;

	ch_json_begin(v, path, "record", d->exercise, proven);
	ch_json_hash("submission", &d->l);
	ch_json_hash("paper", &d->paper);
	ch_json_hash("talks", &d->talks);
	ch_json_span("author", d->author);
	ch_json_span("addressee", d->addressee);
	ch_json_span("registry", d->registry);
	ch_json_key("state", false);
	ch_say_json_string(ch_span_str(ch_state_name(d->state)));
	ch_json_bool("receipt_counts", d->receipt_counts, false);
	ch_json_bool("told", d->told, false);
	ch_json_key("facts", false);
	ch_say("[");
	for (unsigned i = 0; i < CH_STEP_COUNT; i++)
		ch_json_fact(&d->step[i], ch_step_name((ch_step)i), i == 0);
	ch_say("]");
	ch_json_key("findings", false);
	ch_say("[");
	for (unsigned i = 0; i < CH_FIND_COUNT; i++) {
		if (!(d->findings >> i & 1))
			continue;
		ch_say(first ? "{" : ", {");
		first = false;
		ch_json_bool("against_registry", ch_finding_convicts((ch_finding)i), true);
		ch_json_span("text", ch_span_str(ch_finding_text((ch_finding)i)));
		ch_say("}");
	}
	ch_say("]}");
}

static void ch_json_head(const ch_extract *x)
{
	const struct ch_schema *head = ch_kind_schema(CH_K_PAPER_TEXT);
	bool first = true;
	ch_span value;

	ch_json_key("head", false);
	ch_say("{");
	for (unsigned i = 0; i < CH_H_KEYS; i++) {
		if (ch_leaves_head(&value, &x->leaves, i) != CH_OK)
			continue;
		ch_json_key(head->field[i].key, first);
		first = false;
		if (value.n)
			ch_say_json_string(value);
		else
			ch_say("null");
	}
	ch_say("}");
}

static void ch_json_passages(const ch_extract *x)
{
	uint32_t total = x->leaves.total[CH_LEAF_PASSAGE];
	bool first = true;
	ch_leaf leaf;

	ch_json_key("passages_total", false);
	if (total == CH_TOTAL_HIDDEN)
		ch_say("null");
	else
		ch_say_dec(total);
	ch_json_key("items", false);
	ch_say("[");
	for (struct ch_rd r = ch_rd_of(x->leaves.block); ch_leaves_next(&leaf, &r);) {
		if (leaf.kind == CH_LEAF_HEAD)
			continue;
		ch_say(first ? "{" : ", {");
		first = false;
		ch_json_key("kind", true);
		ch_say_json_string(ch_span_str(ch_leaf_kind_name(leaf.kind)));
		ch_json_key("index", false);
		ch_say_dec(leaf.index);
		ch_json_span("text", leaf.bytes);
		ch_say("}");
	}
	ch_say("]");
}

void ch_json_extract(struct ch_verify *v, const char *path, const ch_extract *x, bool proven)
{
	static const char *const step[CH_XS_COUNT] = {
		"paper", "receipt", "handover", "confirmation", "disclosure", "statement",
	};
	bool first = true;

	ch_json_begin(v, path, x->has_paper ? "extract" : "statement", x->exercise, proven);
	ch_json_hash("paper", &x->paper);
	ch_json_hash("talks", &x->talks);
	ch_json_span("author", x->author);
	ch_json_span("speaker", x->speaker);
	ch_json_bool("delivered", x->delivered, false);
	ch_json_bool("disclosed_by_author", x->disclosed, false);
	ch_json_bool("confirmed", x->confirmed, false);
	ch_json_span("sentence", x->sentence);
	ch_json_span("text", x->text);
	ch_json_span("note", x->note);
	if (x->has_paper) {
		ch_json_head(x);
		ch_json_passages(x);
	}
	ch_json_key("facts", false);
	ch_say("[");
	for (unsigned i = 0; i < CH_XS_COUNT; i++)
		ch_json_fact(&x->step[i], step[i], i == 0);
	ch_say("]");
	ch_json_key("findings", false);
	ch_say("[");
	for (unsigned i = 0; i < CH_XF_COUNT; i++) {
		if (!(x->findings >> i & 1))
			continue;
		if (!first)
			ch_say(", ");
		first = false;
		ch_say_json_string(ch_span_str(ch_extract_finding_text((ch_extract_finding)i)));
	}
	ch_say("]}");
}
