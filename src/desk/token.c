/* Hardware keys of delegates: see token.h. */
#include "token.h"

#include <stdio.h>

#include "plugin_run.h"
#include "seal.h"
#include "wipe.h"

#define QUIET_S 20u /* for a whole conversation, when nobody is asked */

/* ---- the file of a key ---- */

static ch_span line_of(struct ch_rd *r)
{
	struct ch_rd probe = *r;
	ch_span line = ch_rd_until(&probe, '\n');

	if (probe.err == CH_OK)
		*r = probe;
	else
		line = ch_rd_rest(r);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static ch_span last_word(ch_span line)
{
	struct ch_rd r = ch_rd_of(line);

	for (;;) {
		struct ch_rd probe = r;

		(void)ch_rd_until(&probe, ' ');
		if (probe.err != CH_OK)
			return ch_rd_rest(&r);
		r = probe;
	}
}

/* A recipient of the suite, the only one; others are none of ours. */
static ch_err take_recipient(struct ch_token *out, ch_span word, bool hybrid,
    struct ch_problem *why)
{
	struct ch_rd r = ch_rd_of(word);
	ch_age_recipient to;
	ch_age_type want = hybrid ? CH_AGE_TAGPQ : CH_AGE_TAG;

	if (!ch_rd_starts(&r, CH_LIT("age1tag1")) && !ch_rd_starts(&r, CH_LIT("age1tagpq1")))
		return CH_OK;
	if (ch_age_recipient_parse(&to, word) != CH_OK)
		return ch_problem_set(why, CH_E_FORMAT, "its recipient is not whole, or nobody can "
		    "seal to it");
	if (to.type != want)
		return CH_OK;
	if (out->to.type != CH_AGE_NONE && !ch_age_recipient_eq(&out->to, &to))
		return ch_problem_set(why, CH_E_FORMAT, "it names several recipients");
	out->to = to;
	return CH_OK;
}

static ch_err take_identity(struct ch_token *out, ch_span line, struct ch_problem *why)
{
	struct ch_age_identity native;
	ch_age_key_text is;
	struct ch_diag diag;
	ch_err e = ch_age_identity_text(&is, &native, &diag, line);

	ch_age_identity_wipe(&native);
	if (e == CH_OK && !is.plugin[0])
		return ch_problem_set(why, CH_E_FORMAT, "it holds a key that is not in hardware: "
		    "an identity there begins with AGE-PLUGIN-");
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s", diag.what ? diag.what : ch_err_text(e));
	if (out->key.n > 0)
		return ch_problem_set(why, CH_E_FORMAT, "it holds several identities");
	if (line.n > sizeof out->key.text)
		return ch_problem_set(why, CH_E_LIMIT, "its identity is longer than a home keeps");
	memcpy(out->key.text, line.p, line.n);
	out->key.n = line.n;
	return CH_OK;
}

ch_err ch_token_parse(struct ch_token *out, ch_span text, bool hybrid, struct ch_problem *why)
{
	struct ch_rd r = ch_rd_of(text);
	ch_err e = CH_OK;

	memset(out, 0, sizeof *out);
	while (e == CH_OK && !ch_rd_at_end(&r)) {
		ch_span line = line_of(&r);
		struct ch_rd first = ch_rd_of(line);

		if (line.n == 0)
			continue;
		if (ch_rd_starts(&first, CH_LIT("#")) || ch_rd_starts(&first, CH_LIT("age1")))
			e = take_recipient(out, last_word(line), hybrid, why);
		else
			e = take_identity(out, line, why);
	}
	if (e == CH_OK && out->key.n == 0)
		e = ch_problem_set(why, CH_E_FORMAT, "it holds no identity (AGE-PLUGIN-…)");
	if (e == CH_OK && out->to.type == CH_AGE_NONE)
		e = ch_problem_set(why, CH_E_FORMAT, hybrid ? "it names no recipient age1tagpq1…, "
		    "which suite hybrid asks for (one with age1tag1… goes with --suite classic)" :
		    "it names no recipient age1tag1…, which suite classic asks for");
	if (e != CH_OK)
		ch_wipe(out, sizeof *out);
	return e;
}

/* ---- opening ---- */

static ch_err by_own(struct ch_file_key *out, const struct ch_home_keys *k, ch_span header)
{
	const uint8_t nonce[CH_AGE_NONCE] = { 0 }; /* the stream is not looked at here */
	struct ch_open_keys keys = { .ids = &k->seal, .n_ids = 1 };
	struct ch_open o;
	ch_err e = ch_open_init(&o);

	if (e != CH_OK)
		return e;
	e = ch_open_start(&o, out, header, nonce, &keys);
	if (e == CH_E_ABSENT && k->n_retired > 0) {
		keys = (struct ch_open_keys){ .ids = k->retired, .n_ids = k->n_retired };
		e = ch_open_start(&o, out, header, nonce, &keys);
	}
	ch_open_deinit(&o);
	return e;
}

static ch_err ask_plugin(struct ch_file_key *out, struct ch_plugin *talk, const struct ch_home *h,
    const struct ch_home_token *t, const ch_age_header *head, struct ch_problem *why)
{
	const ch_span text = ch_span_of(t->text, t->n);
	const bool ask = h->token.mode == CH_TOKEN_ASK;
	struct ch_age_identity native;
	ch_age_key_text is;
	struct ch_diag diag;
	ch_err e = ch_age_identity_text(&is, &native, &diag, text);

	ch_age_identity_wipe(&native);
	const ch_plugin_ask with = { .name = is.plugin, .patience = ask ? 0 : QUIET_S,
		.silent = !ask, .say = h->token.say, .ctx = h->token.ctx };

	if (e == CH_OK)
		e = ch_plugin_run_unwrap(talk, &with, text, head->stanzas, why);
	if (e == CH_OK && !talk->has_key)
		e = CH_E_ABSENT;
	if (e == CH_OK)
		e = ch_age_mac_check(head, &talk->key);
	if (e == CH_OK)
		*out = talk->key;
	ch_plugin_wipe(talk);
	return e;
}

/* What the plugin says of itself is a cause, never a verdict on what was sealed. */
static ch_err not_opened(const struct ch_home *h, const struct ch_problem *said,
    struct ch_problem *why)
{
	if (h->token.mode == CH_TOKEN_LATER)
		return ch_problem_set(why, CH_E_LOCKED, "it is sealed to your hardware key, which "
		    "was not asked; nothing is lost; chancery show in a terminal asks for it");
	return ch_problem_set(why, CH_E_LOCKED, "the hardware key did not open it: %s; nothing is "
	    "lost; %s", said->text, h->token.mode == CH_TOKEN_ASK ?
	    "plug the key in and repeat the command" :
	    "plug the key in and repeat, or run chancery show in a terminal, where it can ask");
}

/* Newest first. One that fails does not keep the others from being asked. */
static ch_err by_tokens(struct ch_file_key *out, const struct ch_home *h, ch_span header,
    struct ch_problem *why)
{
	struct ch_problem said = { 0 };
	struct ch_plugin *talk;
	ch_age_header head;
	bool failed = h->token.mode == CH_TOKEN_LATER;
	ch_err e = ch_age_header_parse(&head, header);

	if (e != CH_OK)
		return e;
	if (!(talk = ch_alloc(sizeof *talk)))
		return CH_E_NOMEM;
	e = CH_E_ABSENT;
	for (unsigned i = h->keys.n_tokens; e == CH_E_ABSENT && !failed && i > 0; i--) {
		struct ch_problem one = { 0 };

		e = ask_plugin(out, talk, h, &h->keys.token[i - 1], &head, &one);
		if (one.text[0]) {
			ch_problem_set(&said, e, "%s", one.text);
			e = CH_E_ABSENT;
		}
	}
	failed |= said.text[0] != '\0';
	ch_free(talk, sizeof *talk);
	return e == CH_E_ABSENT && failed ? not_opened(h, &said, why) : e;
}

ch_err ch_token_file_key(struct ch_file_key *out, const struct ch_home *h, ch_span head,
    struct ch_problem *why)
{
	struct ch_rd r = ch_rd_of(head);
	size_t n, seen = 0;
	ch_span header;
	ch_err e = ch_age_header_find(&n, &seen, head);

	CH_ASSERT(h->unlocked);
	memset(out, 0, sizeof *out);
	header = ch_rd_take(&r, n);
	if (e == CH_OK)
		e = by_own(out, &h->keys, header);
	if (e == CH_E_ABSENT && h->keys.n_tokens > 0)
		e = by_tokens(out, h, header, why);
	return e;
}
