/* See rules.h and doc/api/README.md. */
#include "rules.h"

#include "age_header.h"
#include "age_stream.h"
#include "envelope.h"

static const ch_rule another_registry = { 422, "bad-request",
	"This registry must be the one and only of the submission" };
static const ch_rule layered = { 422, "bad-request", "Layers need several registries" };
static const ch_rule stale_author = { 409, "stale-roster",
	"The author's newest roster is another one, or past its date" };
static const ch_rule stale_addressee = { 409, "stale-roster",
	"The addressee's newest roster is another one, or past its date" };
static const ch_rule no_talks = { 422, "unknown-talks",
	"No charter of these talks with both parties is in force here" };
static const ch_rule wrong_mailbox = { 422, "bad-request",
	"The mailbox is not the addressee's here" };
static const ch_rule wrong_serial = { 409, "wrong-serial", "Another serial is next" };
static const ch_rule wrong_pair = { 422, "bad-request",
	"The pair chain that the submission saw is not the one here" };
static const ch_rule wrong_checkpoint = { 422, "bad-request",
	"The submission saw a larger register than there is" };
static const ch_rule wrong_lapse = { 422, "lapse-out-of-range",
	"The lapse time must be ahead, by at most 400 days" };
static const ch_rule wrong_size = { 422, "wrong-size",
	"The envelope has not the size of the submission, or is not padded" };
static const ch_rule wrong_about = { 422, "bad-request",
	"The statement does not fit its submission" };

static bool is_ref(ch_span v, const ch_roster *r)
{
	ch_ref ref = ch_val_ref(v);

	return ref.n == r->version && ch_hash_eq(&ref.hash, &r->hash);
}

static bool has_mailbox(const ch_roster *r, ch_span origin, ch_span mailbox)
{
	ch_span have = ch_roster_mailbox(r, origin);

	return have.n > 0 && ch_span_eq(have, mailbox);
}

static bool is_ours_alone(const ch_stmt *l, ch_span origin)
{
	ch_item it;

	return l->count[CH_L_REGISTRIES] == 1 &&
	    ch_stmt_item(&it, l, CH_L_REGISTRIES, 0) == CH_OK && ch_span_eq(it.v[0], origin);
}

static bool in_charter(const ch_charter *c, const ch_stmt *l, ch_span origin)
{
	ch_charter_registry here;
	ch_charter_party party;

	return c && ch_charter_find(&party, NULL, c, l->v[CH_L_PARTY]) == CH_OK &&
	    ch_charter_find(&party, NULL, c, l->v[CH_L_ADDRESSEE]) == CH_OK &&
	    !ch_span_eq(l->v[CH_L_PARTY], l->v[CH_L_ADDRESSEE]) &&
	    ch_charter_find_registry(&here, c, origin) == CH_OK;
}

/* `-` for the first, else a place of this chain. */
static bool pair_fits(const ch_submit_facts *f)
{
	ch_ref pair = ch_val_ref(f->l->v[CH_L_PAIR]);

	if (f->l->v[CH_L_PAIR].n == 0)
		return f->last.n == 0;
	return pair.n > 0 && pair.n <= f->last.n && f->seen && ch_hash_eq(&pair.hash, f->seen);
}

const ch_rule *ch_rule_submission(const ch_submit_facts *f)
{
	const ch_stmt *l = f->l;
	int64_t lapse = ch_val_when(l->v[CH_L_LAPSE]);

	if (!is_ours_alone(l, f->origin))
		return &another_registry;
	if (l->count[CH_L_LAYERS] != 0)
		return &layered;
	if (!is_ref(l->v[CH_L_ROSTER], f->author) || !ch_roster_is_current(f->author, f->now))
		return &stale_author;
	if (!is_ref(l->v[CH_L_ADDRESSEE_ROSTER], f->addressee) ||
	    !ch_roster_is_current(f->addressee, f->now))
		return &stale_addressee;
	if (!in_charter(f->charter, l, f->origin))
		return &no_talks;
	if (!has_mailbox(f->addressee, f->origin, l->v[CH_L_MAILBOX]))
		return &wrong_mailbox;
	if (ch_val_dec(l->v[CH_L_SERIAL]) != f->last.n + 1)
		return &wrong_serial;
	if (!pair_fits(f))
		return &wrong_pair;
	if (l->v[CH_L_CHECKPOINT].n && ch_val_seen(l->v[CH_L_CHECKPOINT]).size > f->log_size)
		return &wrong_checkpoint;
	if (lapse <= f->now || lapse - f->now > CH_LAPSE_MAX_S)
		return &wrong_lapse;
	return NULL;
}

/* What an age payload of that length seals; 0 when none has this length. */
static uint64_t plaintext_of(uint64_t payload)
{
	uint64_t chunks = (payload + CH_AGE_SEALED - 1) / CH_AGE_SEALED;

	return payload > chunks * CH_AEAD_TAG ? payload - chunks * CH_AEAD_TAG : 0;
}

const ch_rule *ch_rule_envelope(const ch_stmt *l, uint64_t size, ch_span head)
{
	size_t n, seen = 0;
	uint64_t plain;

	if (ch_val_dec(l->v[CH_L_SIZE]) != size ||
	    ch_age_header_find(&n, &seen, head) != CH_OK || n + CH_AGE_NONCE >= size)
		return &wrong_size;
	plain = plaintext_of(size - n - CH_AGE_NONCE);
	if (plain < CH_ENVELOPE_LEAST || plain % 512 != 0 || ch_padme(plain) != plain)
		return &wrong_size;
	return NULL;
}

const ch_rule *ch_rule_about(const ch_about_facts *f)
{
	ch_ref place = ch_val_ref(f->s->v[CH_D_PAIR]);
	ch_hash l = ch_val_hash(f->s->v[CH_D_SUBMISSION]);

	if (!ch_hash_eq(&l, f->hash) || !ch_span_eq(f->s->v[CH_D_REGISTRY], f->origin) ||
	    !ch_span_eq(f->s->v[CH_D_TALKS], f->l->v[CH_L_TALKS]) ||
	    !ch_span_eq(f->s->v[CH_D_PAPER], f->l->v[CH_L_PAPER]) ||
	    !ch_span_eq(f->s->v[CH_D_COVER], f->l->v[CH_L_COVER]) || place.n != f->place.n ||
	    !ch_hash_eq(&place.hash, &f->place.hash))
		return &wrong_about;
	return NULL;
}

bool ch_rule_is_enrolled(const ch_roster *r, ch_span delegate)
{
	ch_delegate d;

	return ch_roster_find(&d, NULL, r, delegate) == CH_OK && !d.recalled;
}
