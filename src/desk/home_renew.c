/*
 * New sealing and archive keys for a home: see ch_home_renew() in home.h. Each file is replaced
 * whole, in an order in which a home cut off at any place still opens: home.txt first (an older
 * program must not meet keys it does not know), then keys.age (which has the old keys too), then
 * archive.txt (the old one of which is still known to keys.age).
 */
#include "age_header.h"
#include "dec.h"
#include "home.h"
#include "rng.h"
#include "wipe.h"

unsigned ch_home_work_of(const char *path)
{
	uint8_t head[512];
	size_t n = 0, got = 0, seen = 0;
	struct ch_infile f = { 0 };
	ch_age_header h;
	ch_age_stanza s;
	uint64_t work = CH_HOME_WORK;
	ch_err e = ch_infile_open(&f, path);

	if (e == CH_OK)
		e = ch_infile_read(head, &got, &f, sizeof head);
	ch_infile_close(&f);
	if (e == CH_OK)
		e = ch_age_header_find(&n, &seen, ch_span_of(head, got));
	if (e == CH_OK)
		e = ch_age_header_parse(&h, ch_span_of(head, n));
	if (e == CH_OK) {
		struct ch_rd r = ch_rd_of(h.stanzas);

		ch_age_stanza_rd(&s, &r);
		if (s.n_args == 2)
			e = ch_dec_parse(&work, ch_age_stanza_arg(&s, 1), CH_HOME_WORK_MAX);
	}
	return e == CH_OK && work > 0 ? (unsigned)work : CH_HOME_WORK;
}

static ch_err fresh(struct ch_age_identity *out, ch_age_type type)
{
	struct ch_secret32 r;
	ch_err e = ch_random(&r, sizeof r);

	if (e == CH_OK)
		e = ch_age_identity_make(out, type, &r);
	ch_wipe(&r, sizeof r);
	return e;
}

/* Whether the sealing key is the one that is wanted. */
static bool has(const struct ch_home_keys *k, ch_age_type type, const struct ch_home_token *token)
{
	const struct ch_home_token *now = k->by_token ? &k->token[k->n_tokens - 1] : NULL;

	if (!token || !now)
		return !token && !now && k->seal.type == type;
	return ch_span_eq(ch_span_of(token->text, token->n), ch_span_of(now->text, now->n));
}

static ch_err new_archive(struct ch_home_keys *k, ch_age_type type)
{
	if (k->archive.type == type)
		return CH_OK;
	memcpy(&k->archives[k->n_archives++], &k->archive, sizeof k->archive);
	return fresh(&k->archive, type);
}

static ch_err retire(struct ch_home_keys *k, ch_age_type type, const struct ch_home_token *token,
    struct ch_problem *why)
{
	ch_err e = CH_OK;

	if (k->n_retired == CH_HOME_RETIRED_MAX || k->n_archives == CH_HOME_ARCHIVES_MAX ||
	    (token && k->n_tokens == CH_HOME_TOKENS_MAX))
		return ch_problem_set(why, CH_E_LIMIT, "as many keys are retired here as a home "
		    "can hold; nothing was changed");
	if (!k->by_token)
		memcpy(&k->retired[k->n_retired++], &k->seal, sizeof k->seal);
	k->by_token = token != NULL;
	ch_age_identity_wipe(&k->seal);
	if (token)
		memcpy(&k->token[k->n_tokens++], token, sizeof *token);
	else
		e = fresh(&k->seal, type);
	return e == CH_OK ? new_archive(k, type) : e;
}

ch_err ch_home_renew(struct ch_home *h, ch_age_type type, const struct ch_home_token *token,
    ch_span pass, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "keys.age");

	CH_ASSERT(h->unlocked && h->lock.held);
	if (e == CH_OK && !has(&h->keys, type, token)) {
		e = retire(&h->keys, type, token, why);
		h->version = CH_HOME_VERSION;
		if (e == CH_OK)
			e = ch_home_write_text(h);
		if (e == CH_OK)
			e = ch_home_write_keys(h, pass, ch_home_work_of(path), why);
	}
	if (e == CH_OK && !ch_age_recipient_eq(&h->archive, &h->keys.archive.recipient)) {
		h->archive = h->keys.archive.recipient;
		e = ch_home_write_archive(h);
	}
	if (e != CH_OK)
		ch_problem_set(why, e, "new keys could not be written to %s (%s); what was sealed "
		    "before still opens; mend that and repeat", h->dir, ch_err_text(e));
	return e;
}
