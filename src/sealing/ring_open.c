/* Key rings: opening and sealing with them. See keyring.h. */
#include <stdio.h>

#include "plugin_run.h"
#include "ring_inner.h"
#include "seal.h"
#include "text.h"
#include "wipe.h"

ch_err ch_ring_wants_pass(bool *pass, ch_span header)
{
	ch_age_header h;
	ch_age_stanza s;
	ch_err e = ch_age_header_parse(&h, header);
	struct ch_rd r = ch_rd_of(h.stanzas);

	*pass = false;
	if (e != CH_OK)
		return e;
	ch_age_stanza_rd(&s, &r);
	*pass = ch_span_eq(s.type, CH_LIT("scrypt"));
	return CH_OK;
}

/* ---- protected files ---- */

static ch_err head_of(ch_span *header, ch_span sealed)
{
	struct ch_rd r = ch_rd_of(sealed);
	size_t n, seen = 0;
	ch_err e = ch_age_header_find(&n, &seen, sealed);

	*header = ch_rd_take(&r, e == CH_OK ? n : 0);
	return e;
}

/* The identities of a protected file join the others. */
static ch_err open_with(struct ch_ring *r, struct ch_ring_locked *l, const struct ch_pass *pass,
    struct ch_problem *why)
{
	const struct ch_open_keys keys = { .pass = ch_pass_span(pass),
		.max_log_n = CH_RING_WORK_MAX };
	uint8_t *text = ch_alloc(l->n);
	struct ch_wr w = ch_wr_of(text, l->n);
	ch_err e = text ? ch_open_buffer(&w, NULL, ch_span_of(l->sealed, l->n), &keys) : CH_E_NOMEM;

	if (e == CH_E_ABSENT)
		e = ch_problem_set(why, CH_E_LOCKED, "that is not the passphrase of %s; nothing "
		    "was done", l->path);
	else if (e != CH_OK)
		ch_problem_set(why, e, "%s could not be opened: %s; nothing was done", l->path,
		    ch_err_text(e));
	if (e == CH_OK)
		e = ch_ring_walk(r, ch_wr_span(&w), l->path, why);
	ch_free(text, l->n);
	l->opened = e == CH_OK;
	return e;
}

static ch_err unlock(struct ch_ring *r, struct ch_ring_locked *l, struct ch_problem *why)
{
	char prompt[CH_PATH_MAX * 4 + 32];
	struct ch_wr w = ch_wr_of(prompt, sizeof prompt - 1);
	struct ch_pass pass = { 0 };
	ch_span header;
	bool by_pass = false;
	ch_err e = head_of(&header, ch_span_of(l->sealed, l->n));

	if (e == CH_OK)
		e = ch_ring_wants_pass(&by_pass, header);
	if (e != CH_OK || !by_pass)
		return ch_problem_set(why, CH_E_FORMAT, "%s is sealed, and not under a "
		    "passphrase: as an identity file it cannot be used; nothing was done", l->path);
	CH_WR_LIT(&w, "Passphrase of ");
	ch_text_mark(&w, ch_span_str(l->path));
	CH_WR_LIT(&w, ": ");
	prompt[w.err == CH_OK ? w.n : 0] = '\0';
	e = r->ui.pass(&pass, r->ui.ctx, prompt, why);
	if (e == CH_OK)
		e = open_with(r, l, &pass, why);
	ch_pass_wipe(&pass);
	return e;
}

/* ---- opening ---- */

static ch_err by_ids(struct ch_file_key *out, const struct ch_ring *r, size_t from, ch_span header)
{
	const uint8_t nonce[CH_AGE_NONCE] = { 0 };
	struct ch_open_keys keys = { .n_ids = r->n_ids - from };
	struct ch_open o;
	ch_err e;

	if (keys.n_ids == 0)
		return CH_E_ABSENT;
	keys.ids = &r->ids[from];
	if ((e = ch_open_init(&o)) != CH_OK)
		return e;
	e = ch_open_start(&o, out, header, nonce, &keys);
	ch_open_deinit(&o);
	return e;
}

static ch_plugin_ask ask_of(const struct ch_ring *r, const struct ch_ring_plugin *p)
{
	return (ch_plugin_ask){ .name = p->name, .patience = r->ui.patience, .say = r->ui.say,
		.ctx = r->ui.ctx };
}

static ch_err by_plugin(struct ch_file_key *out, struct ch_plugin *talk, const struct ch_ring *r,
    const struct ch_ring_plugin *p, const ch_age_header *h, struct ch_problem *why)
{
	const ch_plugin_ask ask = ask_of(r, p);
	ch_err e = ch_plugin_run_unwrap(talk, &ask, ch_span_of(p->text, p->n), h->stanzas, why);

	if (e == CH_OK && !talk->has_key)
		e = CH_E_ABSENT;
	if (e == CH_OK)
		e = ch_age_mac_check(h, &talk->key);
	if (e == CH_OK)
		*out = talk->key;
	ch_plugin_wipe(talk);
	return e;
}

/* "MAY ignore the failure if it occurs during file decryption": the others are tried, and the
 * first failure is told when none fits. */
static ch_err by_plugins(struct ch_file_key *out, const struct ch_ring *r, ch_span header,
    struct ch_problem *why)
{
	struct ch_plugin *talk = ch_alloc(sizeof *talk);
	ch_err e = talk ? CH_E_ABSENT : CH_E_NOMEM, first = CH_E_ABSENT;
	ch_age_header h;

	if (e == CH_E_ABSENT && ch_age_header_parse(&h, header) != CH_OK)
		e = CH_E_FORMAT;
	for (size_t i = 0; e == CH_E_ABSENT && i < r->n_plugins; i++) {
		if (!r->plugins[i].identity)
			continue;
		e = by_plugin(out, talk, r, &r->plugins[i], &h, why);
		if (e != CH_OK && e != CH_E_NOMEM && e != CH_E_AUTH) {
			first = first == CH_E_ABSENT ? e : first;
			e = CH_E_ABSENT;
		}
	}
	ch_free(talk, sizeof *talk);
	return e == CH_E_ABSENT ? first : e;
}

ch_err ch_ring_file_key(struct ch_file_key *out, struct ch_ring *r, ch_span header,
    struct ch_problem *why)
{
	bool pass;
	ch_err e = ch_ring_wants_pass(&pass, header);

	memset(out, 0, sizeof *out);
	if (e != CH_OK)
		return e;
	/* A plugin may know passphrases; identities never open such a file. */
	e = pass ? CH_E_ABSENT : by_ids(out, r, 0, header);
	for (size_t i = 0; e == CH_E_ABSENT && !pass && i < r->n_locked; i++) {
		size_t from = r->n_ids;

		if (r->locked[i].opened)
			continue;
		if ((e = unlock(r, &r->locked[i], why)) == CH_OK)
			e = by_ids(out, r, from, header);
	}
	return e == CH_E_ABSENT ? by_plugins(out, r, header, why) : e;
}

/* ---- sealing ---- */

ch_err ch_ring_to_own(struct ch_ring *r, struct ch_problem *why)
{
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < r->n_locked; i++)
		if (!r->locked[i].opened)
			e = unlock(r, &r->locked[i], why);
	for (size_t i = 0; e == CH_OK && i < r->n_ids; i++)
		e = ch_ring_add(r, &r->ids[i].recipient);
	return e;
}

/* "Clients MUST check that all recipient stanzas wrapping a given file key have the exact same
 * label set." Hybrid recipients of ours have `postquantum`, classic ones none. */
static ch_err same_company(const struct ch_plugin *talk, ch_span labels, const char *name,
    struct ch_problem *why)
{
	ch_span theirs = ch_wr_span(&talk->labels);

	if (ch_plugin_labels_eq(theirs, labels))
		return CH_OK;
	if (ch_plugin_labels_have(theirs, CH_LIT("postquantum")) ||
	    ch_plugin_labels_have(labels, CH_LIT("postquantum")))
		return ch_problem_set(why, CH_E_CONFLICT, "age-plugin-%s: hybrid and classic "
		    "recipients never stand in one file, the classic ones would undo the others; "
		    "nothing was sealed", name);
	return ch_problem_set(why, CH_E_CONFLICT, "age-plugin-%s does not let its recipient stand "
	    "beside the others; seal a file for it alone; nothing was sealed", name);
}

/* One set of labels for all: that of ours, else of the first plugin. */
struct company {
	bool set;
	size_t n;
	uint8_t labels[1024];
};

static ch_err join(struct company *c, const struct ch_plugin *talk, const char *name,
    struct ch_problem *why)
{
	ch_span theirs = ch_wr_span(&talk->labels);

	if (c->set)
		return same_company(talk, ch_span_of(c->labels, c->n), name, why);
	CH_ASSERT(theirs.n <= sizeof c->labels);
	if (theirs.n > 0)
		memcpy(c->labels, theirs.p, theirs.n);
	c->n = theirs.n;
	c->set = true;
	return CH_OK;
}

static ch_err ours(struct company *c, const struct ch_ring *r, struct ch_problem *why)
{
	bool hybrid = r->n_to > 0 && ch_age_is_hybrid(r->to[0].type);

	*c = (struct company){ .set = r->n_to > 0 };
	for (size_t i = 1; i < r->n_to; i++)
		if (ch_age_is_hybrid(r->to[i].type) != hybrid)
			return ch_problem_set(why, CH_E_CONFLICT, "hybrid recipients (age1pq1…, "
			    "age1tagpq1…) and classic ones (age1…, age1tag1…) never stand in one "
			    "file, the classic ones would undo the others; nothing was sealed");
	if (hybrid) {
		struct ch_wr w = ch_wr_of(c->labels, sizeof c->labels);

		CH_WR_LIT(&w, "postquantum");
		c->n = w.n;
	}
	return CH_OK;
}

ch_err ch_ring_foreign(struct ch_buf *out, struct ch_ring *r, const struct ch_file_key *key,
    struct ch_problem *why)
{
	struct ch_plugin *talk = NULL;
	struct company c;
	ch_err e = ours(&c, r, why);

	if (e == CH_OK && r->n_plugins > 0 && !(talk = ch_alloc(sizeof *talk)))
		e = CH_E_NOMEM;
	for (size_t i = 0; e == CH_OK && i < r->n_plugins; i++) {
		const struct ch_ring_plugin *p = &r->plugins[i];
		const ch_plugin_ask ask = ask_of(r, p);

		e = ch_plugin_run_wrap(talk, &ask, ch_span_of(p->text, p->n), p->identity, key,
		    why);
		if (e == CH_OK)
			e = join(&c, talk, p->name, why);
		if (e == CH_OK)
			e = ch_buf_put(out, ch_wr_span(&talk->out));
		ch_plugin_wipe(talk);
	}
	ch_free(talk, sizeof *talk);
	return e;
}
