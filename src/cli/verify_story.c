/* A published folder in short: one sentence an item, in the order of the register. The whole of
 * what is proven and what is not stands below it; this is the page's table of contents. */
#include "verify.h"

/* ` (form letter, act follow-up, answering …)`: what is shown of the head, if anything. */
static void ch_story_head(const ch_extract *x)
{
	static const struct {
		unsigned key;
		const char *words;
	} told[] = {
		{ CH_H_FORM, "form " },
		{ CH_H_ACT, "act " },
		{ CH_H_RE, "answering " },
		{ CH_H_DATE, "dated by its author " },
	};
	bool first = true;
	ch_span v;

	for (size_t i = 0; i < CH_COUNT(told); i++) {
		if (ch_leaves_head(&v, &x->leaves, told[i].key) != CH_OK || v.n == 0)
			continue;
		ch_say(first ? " (" : ", ");
		ch_say(told[i].words);
		if (told[i].key == CH_H_RE)
			ch_say_span(ch_val_re(v).number);
		else
			ch_say_span(v);
		first = false;
	}
	if (!first)
		ch_say(")");
}

static void ch_story_paper(const ch_extract *x, const char *whose)
{
	ch_span number;

	ch_say(whose);
	if (ch_leaves_head(&number, &x->leaves, CH_H_NUMBER) == CH_OK) {
		ch_say(" ");
		ch_say_span(number);
	}
	ch_story_head(x);
}

static void ch_story_confirmation(const ch_extract *x)
{
	if (ch_span_eq(x->sentence, CH_LIT("sent"))) {
		ch_say(" confirmed that it sent a paper");
		ch_story_paper(x, "");
	} else {
		ch_say(" confirmed that it received and signed for a paper of ");
		ch_say_span(x->author);
		ch_story_paper(x, "");
	}
}

static void ch_story_disclosure(const ch_extract *x)
{
	uint32_t n = x->leaves.n_shown[CH_LEAF_PASSAGE], total = x->leaves.total[CH_LEAF_PASSAGE];

	ch_say(x->disclosed ? " disclosed " : " says it discloses ");
	if (total != CH_TOTAL_HIDDEN && n == total) {
		ch_say("the whole text of");
	} else if (n > 0) {
		ch_say_dec(n);
		ch_say(n == 1 ? " passage of" : " passages of");
	} else {
		ch_say("lines of");
	}
	ch_story_paper(x, " its paper");
	if (x->delivered) {
		ch_say("; ");
		ch_say_span(x->addressee);
		ch_say(" had signed for it");
	}
}

static void ch_story_statement(const ch_extract *x)
{
	if (x->kind == CH_K_CONTESTATION)
		ch_say(" contested");
	else if (ch_span_eq(x->what, CH_LIT("characterisation")))
		ch_say(" characterised");
	else
		ch_say(" said");
	ch_say(": \"");
	ch_say_span(x->text);
	ch_say("\"");
}

void ch_story(const ch_extract *x, bool holds)
{
	if (!holds)
		ch_say("NOT PROVEN: ");
	ch_say_span(x->speaker.n ? x->speaker : x->author);
	switch (x->kind) {
	case CH_K_CONFIRMATION:
		ch_story_confirmation(x);
		break;
	case CH_K_DISCLOSURE:
		ch_story_disclosure(x);
		break;
	case CH_K_STATEMENT:
	case CH_K_CONTESTATION:
		ch_story_statement(x);
		break;
	default:
		ch_say(": a part of its paper");
		ch_story_head(x);
		break;
	}
}
