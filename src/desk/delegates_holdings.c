/* Reading holdings: see delegates_holdings.h. Trusts nothing in them; who signed them is judged by
 * the caller. */
#include "delegates_holdings.h"

#include <stdio.h>
#include <string.h>

/* "roster", 3, ".proof" -> the part; NULL when there is none. */
static const ch_part *part_of(const struct ch_holdings *in, const char *what, size_t number,
    const char *ending)
{
	char name[64];
	int n = snprintf(name, sizeof name, "%s.%zu%s", what, number, ending);

	CH_ASSERT(n > 0 && (size_t)n < sizeof name);
	return ch_pack_find(in->part, in->n, ch_span_of(name, (size_t)n));
}

ch_span ch_holdings_part(const struct ch_holdings *in, const char *what, size_t number,
    const char *ending)
{
	const ch_part *p = part_of(in, what, number, ending);

	return p ? p->bytes : (ch_span){ 0 };
}

static size_t count(const struct ch_holdings *in, const char *what)
{
	size_t n = 0;

	while (part_of(in, what, n + 1, ""))
		n++;
	return n;
}

/* How many of 1 to n have this ending. */
static size_t endings(const struct ch_holdings *in, const char *what, size_t n, const char *ending)
{
	size_t found = 0;

	for (size_t i = 1; i <= n; i++)
		found += part_of(in, what, i, ending) != NULL;
	return found;
}

enum fault { PARTS, ROSTERS, REGISTRIES, CHARTERS };

static ch_err say(struct ch_problem *why, ch_err e, enum fault f)
{
	return ch_problem_set(why, e, "the welcome does not fit together: %s; nothing was changed; "
	    "tell whoever holds the party key", f == PARTS ? "a part of it is missing or not "
	    "known" :
	    f == ROSTERS ? "its rosters are no unbroken chains, or not proven" : f == REGISTRIES ?
	    "what it says of a registry does not hold" :
	    "a charter in it is not signed by all its parties, not proven, or not ours");
}

/* ---- rosters ---- */

static bool is_new_party(const struct ch_holdings *in, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (ch_span_eq(in->roster[i].party, in->roster[at].party))
			return false;
	return true;
}

/* Ours from version 1 on, then each other party's in one piece, chained. */
static ch_err judge_order(struct ch_holdings *in, const struct ch_home *h, struct ch_problem *why)
{
	for (size_t i = 0; i < in->n_rosters; i++) {
		const ch_roster *r = &in->roster[i];

		if (r->exercise != h->exercise)
			return say(why, CH_E_CONFLICT, ROSTERS);
		if (i == 0 && (!ch_span_eq(r->party, ch_span_str(h->handle)) || r->version != 1))
			return say(why, CH_E_CONFLICT, ROSTERS);
		if (i > 0 && ch_roster_follows(r, &in->roster[i - 1], NULL) == CH_OK)
			continue;
		if (!is_new_party(in, i))
			return say(why, CH_E_CONFLICT, ROSTERS);
		in->n_parties++;
	}
	return CH_OK;
}

static ch_err judge_rosters(struct ch_holdings *in, const struct ch_home *h,
    struct ch_problem *why)
{
	ch_err e = CH_OK;

	in->n_rosters = count(in, "roster");
	in->roster = ch_alloc_array(in->n_rosters, sizeof *in->roster);
	if (!in->roster)
		return in->n_rosters ? CH_E_NOMEM : say(why, CH_E_FORMAT, ROSTERS);
	for (size_t i = 0; e == CH_OK && i < in->n_rosters; i++)
		e = ch_roster_open(&in->roster[i], ch_holdings_part(in, "roster", i + 1, ""), NULL,
		    NULL);
	return e == CH_OK ? judge_order(in, h, why) : say(why, e, ROSTERS);
}

/* ---- registries ---- */

static ch_err judge_registry(const struct ch_holdings *in, const struct ch_home *h, size_t i,
    struct ch_problem *why)
{
	ch_span cp = ch_holdings_part(in, "checkpoint", i, "");
	struct ch_rd url = ch_rd_of(ch_holdings_part(in, "url", i, ""));
	ch_watch_card *card = &in->card[i - 1];
	ch_checkpoint seen;
	ch_note note;
	ch_err e = ch_watch_read_card(card, ch_holdings_part(in, "registry", i, ""), h->exercise,
	    why);

	(void)ch_rd_line1(&url);
	if (e == CH_OK)
		e = ch_rd_done(&url);
	if (e == CH_OK && cp.n > 0)
		e = ch_checkpoint_open(&seen, &note, cp, &card->vkey);
	return e == CH_OK ? e : say(why, e, REGISTRIES);
}

static ch_err judge_registries(struct ch_holdings *in, const struct ch_home *h,
    struct ch_problem *why)
{
	ch_err e = CH_OK;

	in->card = ch_alloc_array(in->n_registries, sizeof *in->card);
	if (!in->card && in->n_registries > 0)
		return CH_E_NOMEM;
	for (size_t i = 1; e == CH_OK && i <= in->n_registries; i++)
		e = judge_registry(in, h, i, why);
	return e;
}

/* The card of an origin has this key. */
static bool has_registry(const struct ch_holdings *in, const ch_charter_registry *want)
{
	for (size_t i = 0; i < in->n_registries; i++)
		if (ch_span_eq(in->card[i].stmt.v[CH_RG_REGISTRY], want->origin))
			return ch_edkey_eq(&in->card[i].vkey.key, &want->key.key);
	return false;
}

/* Whether it stands in the register of one of them: what we keep we must be able to show. */
static bool is_proven(const struct ch_holdings *in, const struct ch_home *h, ch_span proof,
    ch_span text)
{
	struct ch_proof_facts facts;
	ch_proof p;
	ch_hash entry;
	ch_salt salt;
	size_t n = 0;

	if (ch_proof_parse(&p, proof) != CH_OK ||
	    ch_proof_extra(salt.b, &n, sizeof salt.b, &p) != CH_OK || n != sizeof salt.b)
		return false;
	ch_entry_make(&entry, &salt, text, h->exercise);
	for (size_t i = 0; i < in->n_registries; i++)
		if (ch_proof_verify(&facts, proof, ch_span_of(entry.b, sizeof entry.b),
		    &in->card[i].vkey, NULL) == CH_OK)
			return true;
	return false;
}

static ch_err judge_proofs(const struct ch_holdings *in, const struct ch_home *h,
    struct ch_problem *why)
{
	for (size_t i = 1; i <= in->n_rosters; i++) {
		ch_span proof = ch_holdings_part(in, "roster", i, ".proof");

		if (proof.n > 0 && !is_proven(in, h, proof, in->roster[i - 1].stmt.text))
			return say(why, CH_E_AUTH, ROSTERS);
	}
	return CH_OK;
}

/* ---- charters ---- */

static const ch_roster *roster_of(const struct ch_holdings *in, ch_span handle, const ch_ref *ref)
{
	for (size_t i = 0; i < in->n_rosters; i++)
		if (ch_span_eq(in->roster[i].party, handle) && in->roster[i].version == ref->n &&
		    ch_hash_eq(&in->roster[i].hash, &ref->hash))
			return &in->roster[i];
	return NULL;
}

static ch_err judge_charter(const struct ch_holdings *in, const struct ch_home *h, size_t i,
    struct ch_problem *why)
{
	const ch_roster *roster[CH_CHARTER_PARTIES_MAX] = { NULL };
	ch_charter_signed is = { 0 };
	ch_charter_registry reg;
	ch_charter_party p;
	ch_charter c;
	ch_note note;
	ch_err e = ch_note_parse(&note, ch_holdings_part(in, "charter", i, ""), CH_NOTE_TEXT_MAX);

	if (e == CH_OK)
		e = ch_charter_parse(&c, note.text, NULL);
	if (e != CH_OK)
		return say(why, e, CHARTERS);
	for (uint32_t k = 0; k < c.n; k++) {
		ch_charter_party_at(&p, &c, k);
		roster[k] = roster_of(in, p.handle, &p.roster);
	}
	e = ch_charter_find(&p, NULL, &c, ch_span_str(h->handle));
	if (e == CH_OK)
		e = ch_charter_judge(&is, &c, &note, roster);
	ch_charter_registry_at(&reg, &c, 0);
	if (e == CH_OK && (c.exercise != h->exercise || !is.complete || !has_registry(in, &reg) ||
	    c.stmt.v[CH_CHARTER_NAME].n > CH_TALKS_NAME_MAX))
		e = CH_E_CONFLICT;
	if (e == CH_OK &&
	    !is_proven(in, h, ch_holdings_part(in, "charter", i, ".proof"), note.text))
		e = CH_E_AUTH;
	return e == CH_OK ? e : say(why, e, CHARTERS);
}

/* ---- all ---- */

static ch_err judge(struct ch_holdings *in, const struct ch_home *h, struct ch_problem *why)
{
	size_t known;
	ch_err e = judge_rosters(in, h, why);

	in->n_registries = count(in, "registry");
	in->n_charters = count(in, "charter");
	known = in->n_rosters + endings(in, "roster", in->n_rosters, ".proof") +
	    2 * in->n_registries + endings(in, "checkpoint", in->n_registries, "") +
	    2 * in->n_charters;
	if (e == CH_OK && (known != in->n || endings(in, "url", in->n_registries, "") !=
	    in->n_registries || endings(in, "charter", in->n_charters, ".proof") !=
	    in->n_charters))
		e = say(why, CH_E_FORMAT, PARTS);
	if (e == CH_OK)
		e = judge_registries(in, h, why);
	if (e == CH_OK)
		e = judge_proofs(in, h, why);
	for (size_t i = 1; e == CH_OK && i <= in->n_charters; i++)
		e = judge_charter(in, h, i, why);
	return e;
}

ch_err ch_holdings_open(struct ch_holdings **out, const struct ch_home *h, ch_span in,
    struct ch_problem *why)
{
	struct ch_holdings *x = *out = ch_alloc(sizeof *x);
	ch_err e;

	if (!x)
		return ch_problem_set(why, CH_E_NOMEM, "%s", ch_err_text(CH_E_NOMEM));
	e = ch_pack_parse(x->part, &x->n, CH_COUNT(x->part), in, CH_PACK_HOLDINGS, h->exercise);
	e = e == CH_OK ? judge(x, h, why) : say(why, e, PARTS);
	if (e != CH_OK) {
		ch_holdings_free(x);
		*out = NULL;
	}
	return e;
}

void ch_holdings_free(struct ch_holdings *in)
{
	if (!in)
		return;
	ch_free(in->roster, in->n_rosters * sizeof *in->roster);
	ch_free(in->card, in->n_registries * sizeof *in->card);
	ch_free(in, sizeof *in);
}

ch_err ch_holdings_newest(struct ch_roster_file *out, const struct ch_holdings *in)
{
	size_t n = 1;
	ch_err e;

	while (n < in->n_rosters && ch_span_eq(in->roster[n].party, in->roster[0].party))
		n++;
	*out = (struct ch_roster_file){ 0 };
	ch_buf_init(&out->bytes, CH_ROSTER_NOTE_MAX);
	e = ch_buf_put(&out->bytes, ch_holdings_part(in, "roster", n, ""));
	if (e == CH_OK)
		e = ch_roster_reopen(&out->roster, ch_buf_span(&out->bytes));
	if (e == CH_OK) {
		out->version = out->roster.version;
		out->hash = out->roster.hash;
	} else {
		ch_roster_file_deinit(out);
	}
	return e;
}
