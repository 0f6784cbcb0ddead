/* A published folder in short: one sentence an item, in the order of the register. The whole of
 * what is proven and what is not stands below it; this is the page's table of contents. */
#include "verdict.h"

/* ` (form letter, act follow-up, answering …)`: what is shown of the head, if anything. */
static void ch_story_head(struct ch_tell *o, const ch_extract *x)
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
		ch_tell(o, first ? " (" : ", ");
		ch_tell(o, told[i].words);
		if (told[i].key == CH_H_RE)
			ch_tell_span(o, ch_val_re(v).number);
		else
			ch_tell_span(o, v);
		first = false;
	}
	if (!first)
		ch_tell(o, ")");
}

static void ch_story_paper(struct ch_tell *o, const ch_extract *x, const char *whose)
{
	ch_span number;

	ch_tell(o, whose);
	if (ch_leaves_head(&number, &x->leaves, CH_H_NUMBER) == CH_OK) {
		ch_tell(o, " ");
		ch_tell_span(o, number);
	}
	ch_story_head(o, x);
}

static void ch_story_confirmation(struct ch_tell *o, const ch_extract *x)
{
	if (ch_span_eq(x->sentence, CH_LIT("sent"))) {
		ch_tell(o, " confirmed that it sent a paper");
		ch_story_paper(o, x, "");
	} else {
		ch_tell(o, " confirmed that it received and signed for a paper of ");
		ch_tell_span(o, x->author);
		ch_story_paper(o, x, "");
	}
}

static void ch_story_disclosure(struct ch_tell *o, const ch_extract *x)
{
	uint32_t n = x->leaves.n_shown[CH_LEAF_PASSAGE], total = x->leaves.total[CH_LEAF_PASSAGE];

	ch_tell(o, x->disclosed ? " disclosed " : " says it discloses ");
	if (total != CH_TOTAL_HIDDEN && n == total) {
		ch_tell(o, "the whole text of");
	} else if (n > 0) {
		ch_tell_dec(o, n);
		ch_tell(o, n == 1 ? " passage of" : " passages of");
	} else {
		ch_tell(o, "lines of");
	}
	ch_story_paper(o, x, " its paper");
	if (x->delivered) {
		ch_tell(o, "; ");
		ch_tell_span(o, x->addressee);
		ch_tell(o, " had signed for it");
	}
}

static void ch_story_statement(struct ch_tell *o, const ch_extract *x)
{
	if (x->kind == CH_K_CONTESTATION)
		ch_tell(o, " contested");
	else if (ch_span_eq(x->what, CH_LIT("characterisation")))
		ch_tell(o, " characterised");
	else
		ch_tell(o, " said");
	ch_tell(o, ": \"");
	ch_tell_span(o, x->text);
	ch_tell(o, "\"");
}

void ch_verdict_story(struct ch_tell *o, const struct ch_verdict *v)
{
	const ch_extract *x = &v->extract;

	if (v->kind == CH_PACK_RECORD)
		return;
	if (!v->holds)
		ch_tell(o, "NOT PROVEN: ");
	if (v->kind == CH_PACK_SPLIT) {
		ch_tell_span(o, v->split.log.name);
		ch_tell(o, " signed two trees that cannot both be of one log");
		return;
	}
	ch_tell_span(o, x->speaker.n ? x->speaker : x->author);
	switch (x->kind) {
	case CH_K_CONFIRMATION:
		ch_story_confirmation(o, x);
		break;
	case CH_K_DISCLOSURE:
		ch_story_disclosure(o, x);
		break;
	case CH_K_STATEMENT:
	case CH_K_CONTESTATION:
		ch_story_statement(o, x);
		break;
	default:
		ch_tell(o, ": a part of its paper");
		ch_story_head(o, x);
		break;
	}
}
