/* What the two judges share: see evidence.h. Trusts the keys of the trust, nothing else. */
#include "evidence.h"

#include "dec.h"

#define CH_EVIDENCE_NAME_MAX 320

void ch_fact_fail(ch_fact *f, const char *why)
{
	if (!f->why)
		f->why = why;
}

ch_span ch_evidence_find(const ch_evidence *ev, ch_span name)
{
	for (size_t i = 0; i < ev->n; i++)
		if (ch_span_eq(ev->part[i].name, name))
			return ev->part[i].bytes;
	return (ch_span){ 0 };
}

static bool ch_evidence_has(const ch_evidence *ev, ch_span name)
{
	for (size_t i = 0; i < ev->n; i++)
		if (ch_span_eq(ev->part[i].name, name))
			return true;
	return false;
}

bool ch_origin_is_exercise(ch_span origin)
{
	struct ch_rd r = ch_rd_of(origin);

	return ch_rd_starts(&r, CH_LIT("exercise."));
}

/* ---- times ---- */

const char *ch_by_name(ch_by by)
{
	static const char *const name[CH_BY_COUNT] = {
		"the registry's own cosigner", "a cosigner of the author",
		"a cosigner of the addressee", "a neutral cosigner of the charter",
		"a cosigner of your policy",
	};

	CH_ASSERT(by < CH_BY_COUNT);
	return name[by];
}

int64_t ch_times_latest(const ch_times *t, ch_by *by)
{
	unsigned best = 0;

	for (unsigned i = 1; i < CH_BY_COUNT; i++)
		if (t->t[i] > t->t[best])
			best = i;
	if (by)
		*by = (ch_by)best;
	return t->t[best];
}

int64_t ch_times_earliest(const ch_times *t, ch_by *by)
{
	unsigned best = 0;

	for (unsigned i = 1; i < CH_BY_COUNT; i++)
		if (t->t[i] && (!t->t[best] || t->t[i] < t->t[best]))
			best = i;
	if (by)
		*by = (ch_by)best;
	return t->t[best];
}

bool ch_times_quorum(const ch_times *x, int64_t t)
{
	return x->t[CH_BY_REGISTRY] >= t &&
	    (x->t[CH_BY_AUTHOR] >= t || x->t[CH_BY_NEUTRAL] >= t);
}

static bool ch_fact_both(const ch_fact *f)
{
	return f->before.t[CH_BY_AUTHOR] && f->before.t[CH_BY_ADDRESSEE];
}

ch_level ch_fact_level(const ch_fact *f)
{
	if (!f->logged)
		return CH_LEVEL_NONE;
	return ch_fact_both(f) || f->before.t[CH_BY_NEUTRAL] || f->before.t[CH_BY_WITNESS] ?
	    CH_LEVEL_WITNESSED : CH_LEVEL_PUBLISHED;
}

const char *ch_level_name(ch_level l)
{
	static const char *const name[] = { "none", "published", "witnessed" };

	return name[l];
}

const char *ch_level_text(const ch_fact *f)
{
	if (!f->logged)
		return "not shown to be in the register";
	if (f->before.t[CH_BY_WITNESS])
		return "published, and cosigned as your policy asks";
	if (f->before.t[CH_BY_NEUTRAL])
		return "published, and cosigned by a neutral of the charter";
	return ch_fact_both(f) ? "published, and cosigned by both sides" :
	    "published, not yet cosigned by both sides or a neutral";
}

/* Which cosignature of one key counts: the latest or the earliest. */
struct ch_evidence_cosigners {
	ch_times times;
	uint32_t lines; /* bits of the lines that were verified, but for those of the policy */
	bool latest;
};

static void ch_evidence_cosigned_by(struct ch_evidence_cosigners *c, const ch_note *note,
    const ch_vkey *key, ch_by by)
{
	int64_t *t = &c->times.t[by];
	uint64_t when;

	for (size_t i = 0; i < note->n; i++) {
		if (ch_cosignature_line_verify(&when, note, i, key) != CH_OK)
			continue;
		c->lines |= (uint32_t)1 << i;
		if (*t == 0 || (c->latest ? (int64_t)when > *t : (int64_t)when < *t))
			*t = (int64_t)when;
	}
}

/* The delegates of a roster, as far as it was opened and they are not recalled. */
static void ch_evidence_cosigned_roster(struct ch_evidence_cosigners *c, const ch_note *note,
    const ch_roster *r, ch_by by)
{
	ch_delegate d;
	uint32_t at;

	for (size_t i = 0; i < note->n && r->n > 0; i++)
		if (ch_roster_find(&d, &at, r, note->line[i].name) == CH_OK && !d.recalled)
			ch_evidence_cosigned_by(c, note, &d.cosign, by);
}

static void ch_evidence_cosigners(struct ch_evidence_cosigners *c,
    const struct ch_evidence_work *w, const ch_evidence *ev, const ch_note *note)
{
	const uint32_t neutrals = w->has_charter ? w->charter.stmt.count[CH_CHARTER_NEUTRALS] : 0;
	const ch_policy *p = ev->trust->policy;
	ch_vkey key;

	if (w->has_cosigner)
		ch_evidence_cosigned_by(c, note, &w->cosigner, CH_BY_REGISTRY);
	ch_evidence_cosigned_roster(c, note, &w->author, CH_BY_AUTHOR);
	ch_evidence_cosigned_roster(c, note, &w->addressee, CH_BY_ADDRESSEE);
	for (uint32_t i = 0; i < neutrals; i++) {
		ch_charter_neutral_at(&key, &w->charter, i);
		ch_evidence_cosigned_by(c, note, &key, CH_BY_NEUTRAL);
	}
	uint32_t lines = c->lines;

	for (size_t i = 0; p && i < p->n_witnesses; i++)
		ch_evidence_cosigned_by(c, note, &p->witness[i].key, CH_BY_WITNESS);
	c->lines = lines;
}

/* `name` and a number, as a part's name. */
static ch_span ch_evidence_numbered(struct ch_wr *w, const char *stem, ch_span mid, uint64_t n)
{
	ch_wr_str(w, stem);
	ch_wr_put(w, mid);
	if (mid.n)
		CH_WR_LIT(w, ".");
	ch_dec_put(w, n);
	return ch_wr_span(w);
}

ch_err ch_evidence_seen(ch_times *out, bool *known, struct ch_evidence_work *w,
    const ch_evidence *ev, ch_span value)
{
	uint8_t buf[CH_EVIDENCE_NAME_MAX];
	struct ch_wr name = ch_wr_of(buf, sizeof buf);
	struct ch_evidence_cosigners c = { .latest = true };
	ch_seen seen = ch_val_seen(value);
	ch_checkpoint cp;
	ch_hash h;

	*out = (ch_times){ 0 };
	*known = false;
	if (value.n == 0)
		return CH_E_ABSENT;
	ch_span bytes = ch_evidence_find(ev,
	    ch_evidence_numbered(&name, "checkpoint.", (ch_span){ 0 }, seen.size));

	if (bytes.n == 0 || !w->has_registry)
		return CH_E_ABSENT;
	ch_sha256(&h, bytes);
	if (!ch_hash_eq(&h, &seen.note) ||
	    ch_checkpoint_open(&cp, &w->cp_note, bytes, &w->registry) != CH_OK ||
	    cp.size != seen.size || !ch_hash_eq(&cp.root, &seen.root))
		return CH_E_AUTH;
	ch_places_tree(&w->places, cp.size, &cp.root);
	ch_evidence_cosigners(&c, w, ev, &w->cp_note);
	for (size_t i = 0; i < w->cp_note.n; i++)
		if (ch_note_line_is_by(&w->cp_note.line[i], &w->registry))
			c.lines |= (uint32_t)1 << i;
	*known = w->has_cosigner && w->has_charter && w->author.n > 0 &&
	    c.lines == (uint32_t)(((uint64_t)1 << w->cp_note.n) - 1);
	*out = c.times;
	return CH_OK;
}

/* ---- signatures ---- */

ch_err ch_evidence_open(ch_fact *f, struct ch_evidence_work *w, const ch_evidence *ev,
    const char *name, ch_kind kind)
{
	ch_span bytes = ch_evidence_find(ev, ch_span_str(name));
	ch_err e;

	*f = (ch_fact){ 0 };
	if (!ch_evidence_has(ev, ch_span_str(name)))
		return CH_E_ABSENT;
	e = ch_note_parse(&w->note, bytes, CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_stmt_parse_as(&w->stmt, w->note.text, kind, ev->exercise);
	if (e != CH_OK)
		return e;
	f->present = true;
	ch_stmt_hash(&f->hash, w->note.text);
	return CH_OK;
}

static bool ch_evidence_is_roster(const ch_roster *r, ch_span party, const ch_ref *ref)
{
	return r->n > 0 && ch_span_eq(r->party, party) && r->version == ref->n &&
	    ch_hash_eq(&r->hash, &ref->hash);
}

ch_err ch_evidence_open_roster(ch_roster *out, struct ch_evidence_work *w, ch_span part,
    const ch_vkey *pin)
{
	ch_err e;

	for (unsigned i = 0; i < w->n_opened; i++)
		if (w->opened[i].bytes == part.p && w->opened[i].pin == pin)
			return ch_roster_reopen(out, part);
	e = ch_roster_open(out, part, pin, NULL);
	if (e == CH_OK && w->n_opened < CH_EVIDENCE_OPENED) {
		w->opened[w->n_opened].bytes = part.p;
		w->opened[w->n_opened++].pin = pin;
	}
	return e;
}

bool ch_evidence_roster(ch_roster *slot, ch_fact *f, struct ch_evidence_work *w,
    const ch_evidence *ev, ch_span party, const ch_ref *ref)
{
	uint8_t buf[CH_EVIDENCE_NAME_MAX];
	struct ch_wr name = ch_wr_of(buf, sizeof buf);
	const ch_vkey *pin = ch_trust_party_key(ev->trust, party);

	if (ch_evidence_is_roster(slot, party, ref))
		return true;
	ch_span bytes = ch_evidence_find(ev, ch_evidence_numbered(&name, "roster.", party, ref->n));

	memset(slot, 0, sizeof *slot);
	if (!pin)
		ch_fact_fail(f, "the party's key is not in the trust file");
	else if (bytes.n == 0)
		ch_fact_fail(f, "the roster it is judged by is not here");
	else if (ch_evidence_open_roster(slot, w, bytes, pin) != CH_OK)
		ch_fact_fail(f, "the roster it is judged by is not sound, or under another key");
	else if (!ch_evidence_is_roster(slot, party, ref) || slot->exercise != ev->exercise)
		ch_fact_fail(f, "the roster here is not the one it names");
	if (f->why)
		memset(slot, 0, sizeof *slot);
	return !f->why;
}

bool ch_evidence_by_party(ch_fact *f, ch_roster *slot, struct ch_evidence_work *w,
    const ch_evidence *ev)
{
	f->roster = ch_val_ref(w->stmt.v[CH_ANY_ROSTER]);
	if (!ch_evidence_roster(slot, f, w, ev, w->stmt.v[CH_ANY_PARTY], &f->roster))
		return false;
	switch (ch_roster_judge(&f->who, &w->note, &w->stmt, slot, ch_kind_power(w->stmt.kind))) {
	case CH_OK:
		f->signed_ = true;
		break;
	case CH_E_ABSENT:
		ch_fact_fail(f, "fewer delegates signed than the roster asks");
		break;
	case CH_E_DENIED:
		ch_fact_fail(f, "signed by a delegate without that power, or recalled");
		break;
	case CH_E_FORMAT:
		ch_fact_fail(f, "a signature line is unknown, spare or out of order");
		break;
	default:
		ch_fact_fail(f, "a signature does not verify");
		break;
	}
	return true;
}

void ch_evidence_by_registry(ch_fact *f, const struct ch_evidence_work *w)
{
	if (!w->has_registry)
		ch_fact_fail(f, "the registry's key is not in the trust file");
	else if (w->note.n != 1 || ch_note_line_verify(&w->note, 0, &w->registry) != CH_OK)
		ch_fact_fail(f, "not signed by the registry");
	else
		f->signed_ = true;
}

ch_err ch_evidence_proof(ch_fact *f, struct ch_evidence_work *w, const ch_evidence *ev,
    ch_span part)
{
	uint8_t buf[CH_EVIDENCE_NAME_MAX];
	struct ch_wr name = ch_wr_of(buf, sizeof buf);
	struct ch_evidence_cosigners c = { 0 };
	uint8_t extra[sizeof(ch_salt)];
	ch_hash entry;
	ch_salt salt;
	size_t n;

	ch_wr_put(&name, part);
	CH_WR_LIT(&name, ".proof");
	ch_span in = ch_evidence_find(ev, ch_wr_span(&name));

	if (in.n == 0)
		return CH_E_ABSENT;
	ch_err e = w->has_registry ? ch_proof_parse(&w->proof.proof, in) : CH_E_LOCKED;

	if (e == CH_OK)
		e = ch_proof_extra(extra, &n, sizeof extra, &w->proof.proof);
	if (e == CH_OK && n != sizeof extra)
		e = CH_E_FORMAT;
	if (e == CH_OK) {
		memcpy(salt.b, extra, sizeof salt.b);
		ch_entry_of_hash(&entry, &salt, &f->hash, ev->exercise);
		e = ch_proof_verify(&w->proof, in, ch_span_of(entry.b, sizeof entry.b),
		    &w->registry, ev->trust->policy);
	}
	if (e == CH_E_LOCKED)
		ch_fact_fail(f, "the registry's key is not in the trust file");
	else if (e == CH_E_ABSENT)
		ch_fact_fail(f, "its checkpoint lacks the cosigners that your policy asks");
	else if (e != CH_OK)
		ch_fact_fail(f, "its proof of place does not fit");
	if (e != CH_OK)
		return e;
	f->logged = true;
	f->index = w->proof.proof.index;
	ch_places_tree(&w->places, w->proof.tree.size, &w->proof.tree.root);
	ch_places_entry(&w->places, f->index, &entry);
	ch_evidence_cosigners(&c, w, ev, &w->proof.note);
	f->before = c.times;
	return CH_OK;
}

bool ch_evidence_same_signers(const ch_stmt *handover, const ch_roster *r, const ch_signers *who)
{
	uint32_t at = 0;
	ch_delegate d;
	ch_item it;

	if (handover->count[CH_HO_SIGNERS] != who->n)
		return false;
	for (uint32_t i = 0; i < r->n; i++) {
		ch_vkey key;

		if (!(who->who >> i & 1))
			continue;
		ch_roster_delegate(&d, r, i);
		if (ch_stmt_item(&it, handover, CH_HO_SIGNERS, at++) != CH_OK ||
		    ch_vkey_parse(&key, it.v[0]) != CH_OK || key.type != d.key.type ||
		    !ch_span_eq(key.name, d.key.name) ||
		    !ch_edkey_eq(&key.key, &d.key.key))
			return false;
	}
	return at == who->n;
}

/* ---- registry and charter ---- */

/* The registry's own statement names its cosigner. */
static void ch_evidence_own_cosigner(struct ch_evidence_work *w, const ch_evidence *ev)
{
	ch_fact f;
	ch_vkey own;
	ch_err e = ch_evidence_open(&f, w, ev, "registry", CH_K_REGISTRY);

	if (e == CH_E_ABSENT)
		return;
	w->bad_registry = true;
	if (e != CH_OK)
		return;
	ch_evidence_by_registry(&f, w);
	if (!f.signed_ || ch_vkey_parse(&own, w->stmt.v[CH_RG_VKEY]) != CH_OK ||
	    !ch_edkey_eq(&own.key, &w->registry.key))
		return;
	w->has_cosigner = ch_vkey_parse(&w->cosigner, w->stmt.v[CH_RG_COSIGNER]) == CH_OK &&
	    w->cosigner.type == CH_VKEY_COSIGNATURE;
	w->own_cosigner = w->has_cosigner;
	w->bad_registry = !w->has_cosigner;
}

void ch_evidence_begin(struct ch_evidence_work *w, const ch_evidence *ev, ch_span origin)
{
	const ch_vkey *key = ch_trust_registry(ev->trust, origin);

	memset(w, 0, sizeof *w);
	if (!key)
		return;
	w->registry = *key;
	w->has_registry = true;
	ch_evidence_own_cosigner(w, ev);
}

/* The lines of party i; false when it did not sign as it must. */
static bool ch_evidence_charter_party(ch_fact *f, size_t *at, struct ch_evidence_work *w,
    const ch_evidence *ev, uint32_t i)
{
	ch_charter_party p;
	ch_signers who;
	const ch_vkey *pin;

	ch_charter_party_at(&p, &w->charter, i);
	pin = ch_trust_party_key(ev->trust, p.handle);
	if (pin && !ch_edkey_eq(&pin->key, &p.key.key)) {
		ch_fact_fail(f, "the charter pins another party key than the trust file");
		return false;
	}
	if (!ch_evidence_roster(&w->other, f, w, ev, p.handle, &p.roster))
		return false;
	if (!ch_roster_serves(&w->other, w->charter.stmt.v[CH_CHARTER_TALKS])) {
		ch_fact_fail(f, "the charter names a roster of other talks");
		return false;
	}
	if (ch_roster_lines(&who, at, &w->note, &w->other, CH_POW_BIND) != CH_OK ||
	    who.n < w->other.quorum[CH_POW_BIND]) {
		ch_fact_fail(f, "not signed by every party");
		return false;
	}
	return true;
}

/* Of the talks of L, and between its author and its addressee: others may sign what they like. */
static bool ch_evidence_charter_is_of(const ch_charter *c, const ch_stmt *l)
{
	ch_hash talks = ch_val_hash(l->v[CH_L_TALKS]);
	ch_charter_party p;

	return ch_hash_eq(&c->talks, &talks) &&
	    ch_charter_find(&p, NULL, c, l->v[CH_L_PARTY]) == CH_OK &&
	    ch_charter_find(&p, NULL, c, l->v[CH_L_ADDRESSEE]) == CH_OK;
}

void ch_evidence_charter(ch_fact *f, struct ch_evidence_work *w, const ch_evidence *ev,
    const ch_stmt *l)
{
	ch_charter_registry g;
	size_t at = 0;
	ch_err e = ch_evidence_open(f, w, ev, "charter", CH_K_CHARTER);

	if (e == CH_E_ABSENT)
		return;
	if (e == CH_OK)
		e = ch_charter_parse(&w->charter, w->note.text, NULL);
	if (e != CH_OK || !ch_evidence_charter_is_of(&w->charter, l)) {
		ch_fact_fail(f, "not a sound charter of these talks and parties");
		return;
	}
	for (uint32_t i = 0; i < w->charter.n; i++)
		if (!ch_evidence_charter_party(f, &at, w, ev, i))
			return;
	if (at != w->note.n) {
		ch_fact_fail(f, "a signature line is unknown, spare or out of order");
		return;
	}
	f->signed_ = w->has_charter = true;
	f->claimed = ch_val_when(w->charter.stmt.v[CH_CHARTER_TIME]);
	if (w->has_registry && !w->has_cosigner &&
	    ch_charter_find_registry(&g, &w->charter, w->registry.name) == CH_OK &&
	    ch_edkey_eq(&g.key.key, &w->registry.key) && g.has_cosigner) {
		w->cosigner = g.cosigner;
		w->has_cosigner = true;
	}
	e = ch_evidence_proof(f, w, ev, CH_LIT("charter"));
	if (e == CH_E_ABSENT)
		f->logged = false;
}
