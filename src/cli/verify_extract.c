/* An extract or a public statement in plain sentences: what is shown, by whom, and what is not. */
#include "verify.h"

static struct ch_extract_work extract_work;
static ch_extract extract;

/* ---- what is shown of the paper ---- */

static void ch_extract_say_head(const ch_extract *x)
{
	const struct ch_schema *head = ch_kind_schema(CH_K_PAPER_TEXT);
	ch_span value;

	for (unsigned i = 0; i < CH_H_KEYS; i++) {
		if (ch_leaves_head(&value, &x->leaves, i) != CH_OK)
			continue;
		ch_say("  ");
		ch_say(head->field[i].key);
		ch_say(": ");
		if (value.n)
			ch_say_span(value);
		else
			ch_say("(left empty)");
		ch_say("\n");
	}
}

static void ch_extract_say_total(const ch_extract *x, ch_leaf_kind kind)
{
	if (x->leaves.total[kind] != CH_TOTAL_HIDDEN) {
		ch_say(" of ");
		ch_say_dec(x->leaves.total[kind]);
	}
}

static void ch_extract_say_items(const ch_extract *x)
{
	ch_leaf leaf;

	for (struct ch_rd r = ch_rd_of(x->leaves.block); ch_leaves_next(&leaf, &r);) {
		if (leaf.kind == CH_LEAF_HEAD)
			continue;
		ch_say("  ");
		ch_say(ch_leaf_kind_name(leaf.kind));
		ch_say(" ");
		ch_say_dec((uint64_t)leaf.index + 1);
		ch_extract_say_total(x, leaf.kind);
		ch_say(":\n");
		ch_say_lines(leaf.bytes);
	}
}

static void ch_extract_say_range(uint32_t from, uint32_t to, bool *first)
{
	ch_say(*first ? " " : ", ");
	*first = false;
	ch_say_dec((uint64_t)from + 1);
	if (to > from) {
		ch_say(" to ");
		ch_say_dec((uint64_t)to + 1);
	}
}

/* Every gap among the items of a kind whose total is known. */
static void ch_extract_say_gaps(const ch_extract *x, ch_leaf_kind kind, const char *many)
{
	uint32_t total = x->leaves.total[kind], from = 0;
	bool first = true, open = false;

	if (total == CH_TOTAL_HIDDEN || x->leaves.n_shown[kind] >= total)
		return;
	ch_say("  - ");
	ch_say(many);
	for (uint32_t i = 0; i <= total; i++) {
		bool missing = i < total && !ch_selection_has(&x->leaves.shown, kind, i);

		if (missing && !open)
			from = i;
		else if (!missing && open)
			ch_extract_say_range(from, i - 1, &first);
		open = missing;
	}
	ch_say(", of ");
	ch_say_dec(total);
	ch_say(" in all\n");
}

static void ch_extract_say_hidden_keys(const ch_extract *x)
{
	const struct ch_schema *head = ch_kind_schema(CH_K_PAPER_TEXT);
	bool first = true;

	for (unsigned i = 0; i < CH_H_KEYS; i++) {
		if (ch_selection_has(&x->leaves.shown, CH_LEAF_HEAD, i))
			continue;
		ch_say(first ? "  - the lines " : ", ");
		first = false;
		ch_say(head->field[i].key);
	}
	if (!first)
		ch_say("\n");
}

static void ch_extract_say_copy(const ch_extract *x)
{
	ch_span copy;

	if (ch_leaves_head(&copy, &x->leaves, CH_H_COPY) != CH_OK || copy.n == 0)
		return;
	struct ch_rd r = ch_rd_of(copy);

	ch_say("  - other copies: this is copy ");
	ch_say_span(ch_rd_until(&r, ','));
	ch_say(" of ");
	ch_say_span(ch_rd_rest(&r));
	ch_say(" only. A mark names a copy, not who passed it on\n");
}

/* Whoever knows D can sign a receipt over it: without the line to nobody is its addressee. */
static bool ch_extract_names_addressee(const ch_extract *x)
{
	return ch_selection_has(&x->leaves.shown, CH_LEAF_HEAD, CH_H_TO);
}

static void ch_extract_say_receipt(const ch_extract *x)
{
	const ch_fact *f = &x->step[CH_XS_RECEIPT];

	ch_say_fact(f, ch_extract_names_addressee(x) ? "The addressee signed for it"
						     : "A party signed for it", false);
	if (!f->signed_)
		return;
	ch_say("    in the name of ");
	ch_say_span(x->addressee);
	ch_say("\n");
}

static void ch_extract_not_shown_of_paper(const ch_extract *x)
{
	ch_extract_say_hidden_keys(x);
	if (x->leaves.n_shown[CH_LEAF_PASSAGE] == 0)
		ch_say("  - the text: no passage of it, nor how long it is\n");
	ch_extract_say_gaps(x, CH_LEAF_PASSAGE, "passages");
	ch_extract_say_gaps(x, CH_LEAF_INFO, "parties informed, numbers");
	ch_extract_say_gaps(x, CH_LEAF_POSITION, "positions, numbers");
	ch_extract_say_gaps(x, CH_LEAF_ATTACHMENT, "attachments, numbers");
	ch_extract_say_copy(x);
	if (ch_selection_has(&x->leaves.shown, CH_LEAF_HEAD, CH_H_DATE))
		ch_say("  - when it was written: the date is the author's claim\n");
	if (!x->delivered)
		ch_say("  - delivery\n");
	if (x->step[CH_XS_RECEIPT].signed_ && !ch_extract_names_addressee(x))
		ch_say("  - that the party which signed for it is its addressee: the line to is"
		    " not shown\n");
}

/* ---- statements ---- */

static void ch_extract_say_sentence(const ch_extract *x)
{
	if (ch_span_eq(x->sentence, CH_LIT("received")))
		ch_say("    \"We confirm that we received this paper and signed for it.\"\n");
	else if (ch_span_eq(x->sentence, CH_LIT("sent")))
		ch_say("    \"We confirm that we sent this paper and hold the receipt.\"\n");
	else if (x->sentence.n)
		ch_say("    a sentence that this version does not know\n");
	if (x->text.n)
		ch_say_lines(x->text);
	if (x->note.n) {
		ch_say("    with the note:\n");
		ch_say_lines(x->note);
	}
}

static const char *ch_extract_statement(const ch_extract *x)
{
	switch (x->kind) {
	case CH_K_CONFIRMATION:
		return "This confirmation";
	case CH_K_DISCLOSURE:
		return "This disclosure";
	case CH_K_CONTESTATION:
		return "This contestation";
	default:
		return "This statement";
	}
}

static const ch_fact *ch_extract_public(const ch_extract *x)
{
	if (x->step[CH_XS_CONFIRMATION].present)
		return &x->step[CH_XS_CONFIRMATION];
	if (x->step[CH_XS_DISCLOSURE].present)
		return &x->step[CH_XS_DISCLOSURE];
	return &x->step[CH_XS_STATEMENT];
}

static void ch_extract_say_statement(const ch_extract *x)
{
	const ch_fact *f = ch_extract_public(x);

	if (!f->present)
		return;
	ch_say_fact(f, ch_extract_statement(x), false);
	ch_say("    ");
	ch_say(f->signed_ ? "said by " : "said in the name of ");
	ch_say_span(x->speaker);
	ch_say("\n");
	ch_extract_say_sentence(x);
}

static bool ch_extract_has_time(const ch_extract *x)
{
	for (unsigned i = 0; i < CH_XS_COUNT; i++)
		if (ch_times_earliest(&x->step[i].before, NULL))
			return true;
	return false;
}

static void ch_extract_say_findings(const ch_extract *x)
{
	for (unsigned i = 0; i < CH_XF_COUNT; i++)
		if (x->findings >> i & 1) {
			ch_say("  - note: ");
			ch_say(ch_extract_finding_text((ch_extract_finding)i));
			ch_say("\n");
		}
}

bool ch_verify_extract_holds(const ch_extract *x)
{
	if (x->findings & ~((uint64_t)1 << CH_XF_MAY_CONFIRM_HIDDEN))
		return false;
	for (unsigned i = 0; i < CH_XS_COUNT; i++)
		if (x->step[i].why || (x->step[i].present && !x->step[i].signed_))
			return false;
	if (x->step[CH_XS_HANDOVER].present && !x->step[CH_XS_HANDOVER].logged)
		return false;
	return !x->step[CH_XS_RECEIPT].present || x->delivered;
}

static void ch_extract_say(const struct ch_verify *v, const char *path, const ch_extract *x)
{
	if (x->exercise)
		ch_say("EXERCISE: this is a drill. It proves nothing about real talks.\n");
	ch_say_path(path);
	if (x->has_paper) {
		ch_say(": part of a paper by ");
		ch_say_span(x->author);
		ch_say(",\n  ");
		ch_say(ch_extract_shown_by(x));
		ch_say("\nShown:\n");
		ch_extract_say_head(x);
		ch_extract_say_items(x);
		ch_say_fact(&x->step[CH_XS_PAPER], "The author's signature covers all of this",
		    false);
		ch_extract_say_receipt(x);
		ch_say_fact(&x->step[CH_XS_HANDOVER],
		    "The registry states that it handed over the unlock key", true);
	} else {
		ch_say(": a public statement\nShown:\n");
	}
	ch_extract_say_statement(x);
	ch_say("Not shown:\n");
	if (x->has_paper)
		ch_extract_not_shown_of_paper(x);
	if (!ch_extract_has_time(x))
		ch_say("  - the time: no cosigned checkpoint stands behind it\n");
	ch_say("  - that any person agrees with what stands there\n");
	ch_extract_say_findings(x);
	if (v->own_trust)
		ch_say("  - that the keys are those of these parties: they come from the folder"
		    " itself\n");
	ch_say(ch_verify_extract_holds(x) ? "PROVEN as far as said above.\n"
					  : "NOT PROVEN in every point: see above.\n");
}

int ch_verify_extract(struct ch_verify *v, const struct ch_verify_item *it,
    struct ch_verify_place *place, bool quiet)
{
	ch_evidence ev = { it->part, it->n, it->exercise, v->trust };
	struct ch_diag diag;
	ch_err e = ch_extract_judge(&extract, &extract_work, &ev, &diag);
	const ch_fact *f;
	bool holds;

	if (e != CH_OK) {
		if (!quiet)
			ch_verify_complain(it->path, diag.what ? diag.what : ch_err_text(e),
			    e == CH_E_AUTH ? "the file was altered; ask for it again"
					   : "the file is not sound; ask for it again");
		return e == CH_E_AUTH ? CH_EXIT_NOT : CH_EXIT_INPUT;
	}
	holds = ch_verify_extract_holds(&extract);
	f = ch_extract_public(&extract);
	if (!f->logged)
		f = &extract.step[CH_XS_HANDOVER];
	place->paper = extract.paper;
	place->exercise = extract.exercise;
	place->proven = holds;
	place->has_index = f->logged;
	place->index = f->index;
	if (extract_work.ev.has_registry)
		ch_sha256(&place->registry, extract_work.ev.registry.name);
	if (quiet && v->brief)
		ch_story(&extract, holds);
	else if (!quiet && v->json)
		ch_json_extract(v, it->path, &extract, holds);
	else if (!quiet)
		ch_extract_say(v, it->path, &extract);
	return holds && (!extract.exercise || v->exercise_ok) ? CH_EXIT_PROVEN : CH_EXIT_NOT;
}
