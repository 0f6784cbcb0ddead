/* An extract or a public statement in plain sentences: what is shown, by whom, and what is not. */
#include "verdict.h"

/* ---- what is shown of the paper ---- */

static void ch_extract_tell_head(struct ch_tell *o, const ch_extract *x)
{
	const struct ch_schema *head = ch_kind_schema(CH_K_PAPER_TEXT);
	ch_span value;

	for (unsigned i = 0; i < CH_H_KEYS; i++) {
		if (ch_leaves_head(&value, &x->leaves, i) != CH_OK)
			continue;
		ch_tell(o, "  ");
		ch_tell(o, head->field[i].key);
		ch_tell(o, ": ");
		if (value.n)
			ch_tell_span(o, value);
		else
			ch_tell(o, "(left empty)");
		ch_tell(o, "\n");
	}
}

static void ch_extract_tell_total(struct ch_tell *o, const ch_extract *x, ch_leaf_kind kind)
{
	if (x->leaves.total[kind] != CH_TOTAL_HIDDEN) {
		ch_tell(o, " of ");
		ch_tell_dec(o, x->leaves.total[kind]);
	}
}

static void ch_extract_tell_items(struct ch_tell *o, const ch_extract *x)
{
	ch_leaf leaf;

	for (struct ch_rd r = ch_rd_of(x->leaves.block); ch_leaves_next(&leaf, &r);) {
		if (leaf.kind == CH_LEAF_HEAD)
			continue;
		ch_tell(o, "  ");
		ch_tell(o, ch_leaf_kind_name(leaf.kind));
		ch_tell(o, " ");
		ch_tell_dec(o, (uint64_t)leaf.index + 1);
		ch_extract_tell_total(o, x, leaf.kind);
		ch_tell(o, ":\n");
		ch_tell_lines(o, leaf.bytes);
	}
}

static void ch_extract_tell_range(struct ch_tell *o, uint32_t from, uint32_t to, bool *first)
{
	ch_tell(o, *first ? " " : ", ");
	*first = false;
	ch_tell_dec(o, (uint64_t)from + 1);
	if (to > from) {
		ch_tell(o, " to ");
		ch_tell_dec(o, (uint64_t)to + 1);
	}
}

/* Every gap among the items of a kind whose total is known. */
static void ch_extract_tell_gaps(struct ch_tell *o, const ch_extract *x, ch_leaf_kind kind,
    const char *many)
{
	uint32_t total = x->leaves.total[kind], from = 0;
	bool first = true, open = false;

	if (total == CH_TOTAL_HIDDEN || x->leaves.n_shown[kind] >= total)
		return;
	ch_tell(o, "  - ");
	ch_tell(o, many);
	for (uint32_t i = 0; i <= total; i++) {
		bool missing = i < total && !ch_selection_has(&x->leaves.shown, kind, i);

		if (missing && !open)
			from = i;
		else if (!missing && open)
			ch_extract_tell_range(o, from, i - 1, &first);
		open = missing;
	}
	ch_tell(o, ", of ");
	ch_tell_dec(o, total);
	ch_tell(o, " in all\n");
}

static void ch_extract_tell_hidden_keys(struct ch_tell *o, const ch_extract *x)
{
	const struct ch_schema *head = ch_kind_schema(CH_K_PAPER_TEXT);
	bool first = true;

	for (unsigned i = 0; i < CH_H_KEYS; i++) {
		if (ch_selection_has(&x->leaves.shown, CH_LEAF_HEAD, i))
			continue;
		ch_tell(o, first ? "  - the lines " : ", ");
		first = false;
		ch_tell(o, head->field[i].key);
	}
	if (!first)
		ch_tell(o, "\n");
}

static void ch_extract_tell_copy(struct ch_tell *o, const ch_extract *x)
{
	ch_span copy;

	if (ch_leaves_head(&copy, &x->leaves, CH_H_COPY) != CH_OK || copy.n == 0)
		return;
	struct ch_rd r = ch_rd_of(copy);

	ch_tell(o, "  - other copies: this is copy ");
	ch_tell_span(o, ch_rd_until(&r, ','));
	ch_tell(o, " of ");
	ch_tell_span(o, ch_rd_rest(&r));
	ch_tell(o, " only. A mark names a copy, not who passed it on\n");
}

/* Whoever knows D can sign a receipt over it: without the line to nobody is its addressee. */
static bool ch_extract_names_addressee(const ch_extract *x)
{
	return ch_selection_has(&x->leaves.shown, CH_LEAF_HEAD, CH_H_TO);
}

static void ch_extract_tell_receipt(struct ch_tell *o, const ch_extract *x)
{
	const ch_fact *f = &x->step[CH_XS_RECEIPT];

	ch_tell_fact(o, f, ch_extract_names_addressee(x) ? "The addressee signed for it"
						     : "A party signed for it", false);
	if (!f->signed_)
		return;
	ch_tell(o, "    in the name of ");
	ch_tell_span(o, x->addressee);
	ch_tell(o, "\n");
}

static void ch_extract_not_shown_of_paper(struct ch_tell *o, const ch_extract *x)
{
	ch_extract_tell_hidden_keys(o, x);
	if (x->leaves.n_shown[CH_LEAF_PASSAGE] == 0)
		ch_tell(o, "  - the text: no passage of it, nor how long it is\n");
	ch_extract_tell_gaps(o, x, CH_LEAF_PASSAGE, "passages");
	ch_extract_tell_gaps(o, x, CH_LEAF_INFO, "parties informed, numbers");
	ch_extract_tell_gaps(o, x, CH_LEAF_POSITION, "positions, numbers");
	ch_extract_tell_gaps(o, x, CH_LEAF_ATTACHMENT, "attachments, numbers");
	ch_extract_tell_copy(o, x);
	if (ch_selection_has(&x->leaves.shown, CH_LEAF_HEAD, CH_H_DATE))
		ch_tell(o, "  - when it was written: the date is the author's claim\n");
	if (!x->delivered)
		ch_tell(o, "  - delivery\n");
	if (x->step[CH_XS_RECEIPT].signed_ && !ch_extract_names_addressee(x))
		ch_tell(o, "  - that the party which signed for it is its addressee: the line to is"
		    " not shown\n");
}

/* ---- statements ---- */

static void ch_extract_tell_sentence(struct ch_tell *o, const ch_extract *x)
{
	if (ch_span_eq(x->sentence, CH_LIT("received")))
		ch_tell(o, "    \"We confirm that we received this paper and signed for it.\"\n");
	else if (ch_span_eq(x->sentence, CH_LIT("sent")))
		ch_tell(o, "    \"We confirm that we sent this paper and hold the receipt.\"\n");
	else if (x->sentence.n)
		ch_tell(o, "    a sentence that this version does not know\n");
	if (x->text.n)
		ch_tell_lines(o, x->text);
	if (x->note.n) {
		ch_tell(o, "    with the note:\n");
		ch_tell_lines(o, x->note);
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

static void ch_extract_tell_statement(struct ch_tell *o, const ch_extract *x)
{
	const ch_fact *f = ch_verdict_statement(x);

	if (!f->present)
		return;
	ch_tell_fact(o, f, ch_extract_statement(x), false);
	ch_tell(o, "    ");
	ch_tell(o, f->signed_ ? "said by " : "said in the name of ");
	ch_tell_span(o, x->speaker);
	ch_tell(o, "\n");
	ch_extract_tell_sentence(o, x);
}

static bool ch_extract_has_time(const ch_extract *x)
{
	for (unsigned i = 0; i < CH_XS_COUNT; i++)
		if (ch_times_earliest(&x->step[i].before, NULL))
			return true;
	return false;
}

static void ch_extract_tell_findings(struct ch_tell *o, const ch_extract *x)
{
	for (unsigned i = 0; i < CH_XF_COUNT; i++)
		if (x->findings >> i & 1) {
			ch_tell(o, "  - note: ");
			ch_tell(o, ch_extract_finding_text((ch_extract_finding)i));
			ch_tell(o, "\n");
		}
}

bool ch_verdict_extract_holds(const ch_extract *x)
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

void ch_verdict_tell_extract(struct ch_tell *o, const struct ch_verdict *v)
{
	const ch_extract *x = &v->extract;

	if (x->has_paper) {
		ch_tell(o, ": part of a paper by ");
		ch_tell_span(o, x->author);
		ch_tell(o, ",\n  ");
		ch_tell(o, ch_extract_shown_by(x));
		ch_tell(o, "\nShown:\n");
		ch_extract_tell_head(o, x);
		ch_extract_tell_items(o, x);
		ch_tell_fact(o, &x->step[CH_XS_PAPER],
		    "The author's signature covers all of this", false);
		ch_extract_tell_receipt(o, x);
		ch_tell_fact(o, &x->step[CH_XS_HANDOVER],
		    "The registry states that it handed over the unlock key", true);
	} else {
		ch_tell(o, ": a public statement\nShown:\n");
	}
	ch_extract_tell_statement(o, x);
	ch_tell(o, "Not shown:\n");
	if (x->has_paper)
		ch_extract_not_shown_of_paper(o, x);
	if (!ch_extract_has_time(x))
		ch_tell(o, "  - the time: no cosigned checkpoint stands behind it\n");
	ch_tell(o, "  - that any person agrees with what stands there\n");
	ch_extract_tell_findings(o, x);
}
