/* A published folder in short: one sentence an item, in the order of the register. The whole of
 * what is proven and what is not stands below it; this is the page's table of contents. */
#include "verdict.h"

/* A token of the head as a word, if the language has one. */
static ch_span ch_story_word(const struct ch_tell *o, ch_span token)
{
	const char *word = ch_phrase_find(o->in, token);

	return word ? ch_span_str(word) : token;
}

/* ` (form letter, act follow-up, answering …)`: what is shown of the head, if anything. */
static void ch_story_head(struct ch_tell *o, const ch_extract *x)
{
	static const struct {
		unsigned key;
		const char *words;
	} told[] = {
		{ CH_H_FORM, "form {0}" },
		{ CH_H_ACT, "act {0}" },
		{ CH_H_RE, "answering {0}" },
		{ CH_H_DATE, "dated by its author {0}" },
	};
	bool first = true;
	ch_span v;

	for (size_t i = 0; i < CH_COUNT(told); i++) {
		if (ch_leaves_head(&v, &x->leaves, told[i].key) != CH_OK || v.n == 0)
			continue;
		if (told[i].key == CH_H_RE)
			v = ch_val_re(v).number;
		else
			v = ch_story_word(o, v);
		ch_tell(o, first ? " (" : ", ");
		ch_tell_say(o, told[i].words, &(const ch_tell_args){ .v = { v } });
		first = false;
	}
	if (!first)
		ch_tell(o, ")");
}

static void ch_story_paper(struct ch_tell *o, const ch_extract *x)
{
	ch_span number;

	if (ch_leaves_head(&number, &x->leaves, CH_H_NUMBER) == CH_OK) {
		ch_tell(o, " ");
		ch_tell_span(o, number);
	}
	ch_story_head(o, x);
}

static const char *ch_story_disclosure(const ch_extract *x)
{
	uint32_t n = x->leaves.n_shown[CH_LEAF_PASSAGE], total = x->leaves.total[CH_LEAF_PASSAGE];

	if (total != CH_TOTAL_HIDDEN && n == total)
		return x->disclosed ? "{0} disclosed the whole text of its paper" :
		    "{0} says it discloses the whole text of its paper";
	if (n == 0)
		return x->disclosed ? "{0} disclosed lines of its paper" :
		    "{0} says it discloses lines of its paper";
	if (n == 1)
		return x->disclosed ? "{0} disclosed 1 passage of its paper" :
		    "{0} says it discloses 1 passage of its paper";
	return x->disclosed ? "{0} disclosed {n} passages of its paper" :
	    "{0} says it discloses {n} passages of its paper";
}

static const char *ch_story_statement(const ch_extract *x)
{
	if (x->kind == CH_K_CONTESTATION)
		return "{0} contested: \"{1}\"";
	return ch_span_eq(x->what, CH_LIT("characterisation")) ? "{0} characterised: \"{1}\"" :
	    "{0} said: \"{1}\"";
}

static const char *ch_story_sentence(const ch_extract *x)
{
	switch (x->kind) {
	case CH_K_CONFIRMATION:
		return ch_span_eq(x->sentence, CH_LIT("sent")) ?
		    "{0} confirmed that it sent a paper" :
		    "{0} confirmed that it received and signed for a paper of {1}";
	case CH_K_DISCLOSURE:
		return ch_story_disclosure(x);
	case CH_K_STATEMENT:
	case CH_K_CONTESTATION:
		return ch_story_statement(x);
	default:
		return "{0}: a part of its paper";
	}
}

void ch_verdict_story(struct ch_tell *o, const struct ch_verdict *v)
{
	const ch_extract *x = &v->extract;
	bool says = x->kind == CH_K_STATEMENT || x->kind == CH_K_CONTESTATION;
	const ch_tell_args args = {
		.v = { x->speaker.n ? x->speaker : x->author, says ? x->text : x->author },
		.n = x->leaves.n_shown[CH_LEAF_PASSAGE],
	};

	if (v->kind == CH_PACK_RECORD)
		return;
	if (!v->holds) {
		ch_tell_say(o, "NOT PROVEN:", &args);
		ch_tell(o, " ");
	}
	if (v->kind == CH_PACK_SPLIT) {
		ch_tell_say(o, "{0} signed two trees that cannot both be of one log",
		    &(const ch_tell_args){ .v = { v->split.log.name } });
		return;
	}
	ch_tell_say(o, ch_story_sentence(x), &args);
	if (!says)
		ch_story_paper(o, x);
	if (x->kind == CH_K_DISCLOSURE && x->delivered)
		ch_tell_say(o, "; {0} had signed for it",
		    &(const ch_tell_args){ .v = { x->addressee } });
}
