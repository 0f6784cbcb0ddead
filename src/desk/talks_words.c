/* A charter's terms in plain words, for whom is about to sign them. */
#include "talks.h"

#include <stdio.h>

#define LINE_MAX 2048

static ch_err say(struct ch_buf *out, const char *label, const char *fmt, ch_span v)
{
	char line[LINE_MAX], text[LINE_MAX];
	int n = snprintf(text, sizeof text, fmt, (int)v.n, (const char *)v.p);

	if (n < 0 || (size_t)n >= sizeof text)
		return CH_E_LIMIT;
	n = snprintf(line, sizeof line, "%-20s %s\n", label, text);
	if (n < 0 || (size_t)n >= sizeof line)
		return CH_E_LIMIT;
	return ch_buf_put(out, ch_span_of(line, (size_t)n));
}

static ch_err say_if(struct ch_buf *out, const char *label, const char *fmt, ch_span v,
    const char *otherwise)
{
	if (v.n == 0)
		return otherwise ? say(out, label, "%.*s", ch_span_str(otherwise)) : CH_OK;
	return say(out, label, fmt, v);
}

static const char *confirm_words(ch_span v)
{
	if (ch_span_eq(v, CH_LIT("free")))
		return "each side may confirm in public that it received or sent a paper";
	if (ch_span_eq(v, CH_LIT("never")))
		return "nobody confirms anything in public";
	return "a side confirms in public only what the author allows";
}

static ch_err say_rules(struct ch_buf *out, const ch_span *v)
{
	ch_err e = say_if(out, "Clock for answers", "%.*s days after notice",
	    v[CH_CHARTER_ANSWER_DAYS], "none unless a paper sets one");

	if (e == CH_OK)
		e = say_if(out, "Not signed for", "a paper lapses after %.*s days, unopened",
		    v[CH_CHARTER_LAPSE_DAYS], NULL);
	if (e == CH_OK)
		e = say_if(out, "Deemed delivery", "%.*s working days after notice",
		    v[CH_CHARTER_DEEMED_DAYS], "none: only a signed receipt is delivery");
	if (e == CH_OK)
		e = say_if(out, "Effective at once", "%.*s",
		    v[CH_CHARTER_EFFECTIVE_REGISTRATION],
		    "acceptance, rejection, withdrawal, objection, contestation");
	if (e == CH_OK)
		e = say_if(out, "Effective on notice", "%.*s", v[CH_CHARTER_EFFECTIVE_NOTICE],
		    "requests");
	if (e == CH_OK)
		e = say_if(out, "Effective on receipt", "%.*s", v[CH_CHARTER_EFFECTIVE_RECEIPT],
		    "everything else");
	if (e == CH_OK)
		e = say_if(out, "Rounds", "at most %.*s", v[CH_CHARTER_ROUNDS], "no limit");
	if (e == CH_OK)
		e = say(out, "Package", "%.*s", ch_span_str(
		    ch_span_eq(v[CH_CHARTER_PACKAGE], CH_LIT("yes"))
		    ? "nothing is agreed until everything is agreed" : "issue by issue"));
	return e;
}

static ch_err say_parties(struct ch_buf *out, const ch_stmt *c)
{
	char words[CH_WORDS_LEN + 1], label[80], text[512];
	ch_item it;
	ch_err e = CH_OK;

	for (uint32_t i = 0; e == CH_OK && i < c->count[CH_CHARTER_PARTIES]; i++) {
		e = ch_stmt_item(&it, c, CH_CHARTER_PARTIES, i);
		if (e != CH_OK)
			break;
		ch_party_words(words, it.v[CH_CP_KEY]);
		(void)snprintf(label, sizeof label, "Party %.*s", (int)it.v[CH_CP_CODE].n,
		    (const char *)it.v[CH_CP_CODE].p);
		(void)snprintf(text, sizeof text, "%.*s   key: %s",
		    (int)it.v[CH_CP_HANDLE].n, (const char *)it.v[CH_CP_HANDLE].p, words);
		e = say(out, label, "%.*s", ch_span_str(text));
	}
	return e;
}

static ch_err say_registries(struct ch_buf *out, const ch_stmt *c)
{
	char words[CH_WORDS_LEN + 1], text[1400];
	ch_item it;
	ch_err e = CH_OK;

	for (uint32_t i = 0; e == CH_OK && i < c->count[CH_CHARTER_REGISTRIES]; i++) {
		e = ch_stmt_item(&it, c, CH_CHARTER_REGISTRIES, i);
		if (e != CH_OK)
			break;
		ch_party_words(words, it.v[CH_CR_VKEY]);
		(void)snprintf(text, sizeof text, "%.*s at %.*s   key: %s",
		    (int)it.v[CH_CR_ORIGIN].n, (const char *)it.v[CH_CR_ORIGIN].p,
		    (int)it.v[CH_CR_URL].n, (const char *)it.v[CH_CR_URL].p, words);
		e = say(out, i == 0 ? "Registry" : "Further registry", "%.*s",
		    ch_span_str(text));
	}
	return e;
}

ch_err ch_talks_words(struct ch_buf *out, const ch_stmt *c)
{
	const ch_span *v = c->v;
	ch_err e = say(out, "Talks", "%.*s", v[CH_CHARTER_NAME]);

	if (e == CH_OK)
		e = say_if(out, "Title", "%.*s", v[CH_CHARTER_TITLE], NULL);
	if (e == CH_OK && c->exercise)
		e = say(out, "Exercise", "%.*s", ch_span_str("yes: nothing here is real"));
	if (e == CH_OK)
		e = say(out, "Opened by", "%.*s", v[CH_CHARTER_PARTY]);
	if (e == CH_OK)
		e = say_parties(out, c);
	if (e == CH_OK)
		e = say_registries(out, c);
	if (e == CH_OK)
		e = say(out, "Words of", "%.*s", v[CH_CHARTER_WORD_SET]);
	if (e == CH_OK)
		e = say(out, "Basis", "%.*s, unless a paper says otherwise", v[CH_CHARTER_BASIS]);
	if (e == CH_OK)
		e = say(out, "Other bases", "%.*s", v[CH_CHARTER_BASES]);
	if (e == CH_OK)
		e = say(out, "In "
		    "public", "%.*s", ch_span_str(confirm_words(v[CH_CHARTER_CONFIRM])));
	if (e == CH_OK)
		e = say_if(out, "Languages", "%.*s", v[CH_CHARTER_LANGUAGES], NULL);
	return e == CH_OK ? say_rules(out, v) : e;
}
