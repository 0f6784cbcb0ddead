/* A small world for tests: see world.h. */
#include "world.h"

#include <stdio.h>

#include "b64.h"
#include "cover.h"
#include "pair.h"

/* ---- memory ---- */

static struct ch_wr world_wr(struct world *w)
{
	return ch_wr_of(w->arena + w->used, WORLD_ARENA - w->used);
}

static ch_span world_take(struct world *w, struct ch_wr *wr)
{
	ch_span s = ch_wr_span(wr);

	check_ok(ch_wr_done(wr));
	w->used += s.n;
	return s;
}

ch_span world_keep(struct world *w, ch_span s)
{
	struct ch_wr wr = world_wr(w);

	ch_wr_put(&wr, s);
	return world_take(w, &wr);
}

ch_span world_str(struct world *w, const char *s)
{
	return world_keep(w, ch_span_str(s));
}

ch_span world_hash(struct world *w, const ch_hash *h)
{
	struct ch_wr wr = world_wr(w);

	(void)ch_val_put_hash(&wr, h);
	return world_take(w, &wr);
}

ch_span world_ref(struct world *w, uint64_t n, const ch_hash *h)
{
	struct ch_wr wr = world_wr(w);
	ch_ref r = { n, *h };

	(void)ch_val_put_ref(&wr, &r);
	return world_take(w, &wr);
}

ch_span world_when(struct world *w, int64_t t)
{
	struct ch_wr wr = world_wr(w);

	(void)ch_val_put_when(&wr, t);
	return world_take(w, &wr);
}

ch_span world_dec(struct world *w, uint64_t n)
{
	struct ch_wr wr = world_wr(w);

	(void)ch_val_put_dec(&wr, n);
	return world_take(w, &wr);
}

ch_span world_format(struct world *w, const ch_stmt *s)
{
	struct ch_wr wr = world_wr(w);

	check_ok(ch_stmt_format(&wr, s));
	return world_take(w, &wr);
}

ch_hash world_text_hash(ch_span in)
{
	ch_note note;
	ch_hash h;

	check_ok(ch_note_parse(&note, in, CH_NOTE_TEXT_MAX_ROSTER));
	ch_stmt_hash(&h, note.text);
	return h;
}

/* ---- keys and signatures ---- */

struct world_key world_key_make(struct world *w, ch_span name, uint8_t type, uint8_t a, uint8_t b)
{
	struct ch_secret32 seed = { { a, b, w->exercise, 7, type } };
	struct world_key k;
	ch_edkey pub;
	struct ch_wr wr;

	ch_ed25519_keypair(&pub, &k.secret, &seed);
	ch_vkey_make(&k.vkey, name, type, &pub);
	wr = world_wr(w);
	ch_vkey_put(&wr, &k.vkey);
	k.text = world_take(w, &wr);
	return k;
}

ch_span world_sign(struct world *w, int party, unsigned delegates, ch_span text)
{
	struct ch_wr wr = world_wr(w);

	ch_note_put_text(&wr, text);
	for (unsigned i = 0; i < WORLD_DELEGATES; i++)
		if (delegates >> i & 1)
			ch_note_sign_line(&wr, w->party[party].d[i].name, text,
			    &w->party[party].d[i].key.secret);
	return world_take(w, &wr);
}

ch_span world_sign_key(struct world *w, const struct world_key *k, ch_span text)
{
	struct ch_wr wr = world_wr(w);

	ch_note_put_text(&wr, text);
	ch_note_sign_line(&wr, k->vkey.name, text, &k->secret);
	return world_take(w, &wr);
}

/* ---- parties ---- */

static void world_party_start(struct world *w, int p, const char *handle, const char *code)
{
	static const char *const ids[WORLD_PARTIES][WORLD_DELEGATES] = {
		{ "alpha.example/a0000001", "alpha.example/a0000002" },
		{ "bravo.example/b0000001", "bravo.example/b0000002" },
	};
	struct world_party *x = &w->party[p];
	uint8_t base = (uint8_t)(10 * (p + 1));

	x->handle = world_str(w, handle);
	x->code = world_str(w, code);
	x->key = world_key_make(w, x->handle, CH_VKEY_ED25519, base, 0);
	for (unsigned q = 0; q < CH_POW_COUNT; q++)
		x->quorum[q] = 1;
	x->enrolled = WORLD_DELEGATES;
	for (uint8_t i = 0; i < WORLD_DELEGATES; i++) {
		struct world_delegate *d = &x->d[i];

		d->name = world_str(w, ids[p][i]);
		d->person = i ? "second" : "first";
		d->powers = "send,sign-for,bind,disclose,speak,enrol";
		d->key = world_key_make(w, d->name, CH_VKEY_ED25519, (uint8_t)(base + i + 1), 1);
		d->sign_in = world_key_make(w, d->name, CH_VKEY_ED25519, (uint8_t)(base + i + 1),
		    2);
		d->cosign = world_key_make(w, d->name, CH_VKEY_COSIGNATURE, (uint8_t)(base + i + 1),
		    3);
	}
}

void world_seals(struct world *w, int party, bool hybrid)
{
	struct world_party *x = &w->party[party];

	x->hybrid = hybrid;
	for (uint8_t i = 0; i < WORLD_DELEGATES; i++) {
		struct ch_secret32 r = { { (uint8_t)(10 * (party + 1)), i, 99 } };

		check_ok(ch_age_identity_make(&x->d[i].seal,
		    hybrid ? CH_AGE_HYBRID : CH_AGE_X25519, &r));
	}
}

static ch_span world_enrolment(struct world *w, const struct world_party *p,
    const struct world_key *k, const char *purpose)
{
	uint8_t text[1024];
	struct ch_wr t = ch_wr_of(text, sizeof text), wr;
	ch_sig sig;

	check_ok(ch_roster_put_enrolment(&t, w->exercise, p->talks, p->handle, purpose, k->text));
	ch_ed25519_sign(&sig, ch_wr_span(&t), &k->secret);
	wr = world_wr(w);
	ch_b64_put(&wr, ch_span_of(sig.b, sizeof sig.b), CH_B64_PADDED);
	return world_take(w, &wr);
}

/* Delegate i of those that are there for the number alone. */
static struct world_delegate world_extra(struct world *w, int party, unsigned i)
{
	struct ch_secret32 r = { { (uint8_t)i, (uint8_t)party, 98 } };
	uint8_t a = (uint8_t)(100 + i), b = (uint8_t)(20 + 3 * party);
	struct world_delegate d = { .powers = "draft" };
	char name[300], person[16];

	snprintf(name, sizeof name, "%.*s/%08x", (int)w->party[party].handle.n,
	    (const char *)w->party[party].handle.p, 0xe0000000u + i);
	snprintf(person, sizeof person, "p%u", i);
	d.name = world_str(w, name);
	d.person = (const char *)world_keep(w, ch_span_of(person, strlen(person) + 1)).p;
	d.key = world_key_make(w, d.name, CH_VKEY_ED25519, a, b);
	d.sign_in = world_key_make(w, d.name, CH_VKEY_ED25519, a, (uint8_t)(b + 1));
	d.cosign = world_key_make(w, d.name, CH_VKEY_COSIGNATURE, a, (uint8_t)(b + 2));
	check_ok(ch_age_identity_make(&d.seal,
	    w->party[party].hybrid ? CH_AGE_HYBRID : CH_AGE_X25519, &r));
	return d;
}

static ch_item world_delegate_item(struct world *w, const struct world_party *p,
    const struct world_delegate *d)
{
	ch_item it = { 0 };
	struct ch_wr wr;

	it.v[CH_DEL_NAME] = d->name;
	it.v[CH_DEL_PERSON] = world_str(w, d->person);
	it.v[CH_DEL_POWERS] = world_str(w, d->powers);
	it.v[CH_DEL_KEY] = d->key.text;
	it.v[CH_DEL_KEY_PROOF] = world_enrolment(w, p, &d->key, "statements");
	it.v[CH_DEL_SIGN_IN] = d->sign_in.text;
	it.v[CH_DEL_SIGN_IN_PROOF] = world_enrolment(w, p, &d->sign_in, "sign-in");
	it.v[CH_DEL_COSIGN] = d->cosign.text;
	it.v[CH_DEL_COSIGN_PROOF] = world_enrolment(w, p, &d->cosign, "cosign");
	wr = world_wr(w);
	ch_age_recipient_put(&wr, &d->seal.recipient);
	it.v[CH_DEL_SEAL] = world_take(w, &wr);
	if (d->recalled)
		it.v[CH_DEL_RECALLED] = world_when(w, w->now);
	return it;
}

/* All delegates, one item after another. */
static ch_span world_delegates(struct world *w, int party, unsigned n)
{
	struct world_party *p = &w->party[party];
	ch_item *it = calloc(n, sizeof *it);
	struct world_delegate more;
	struct ch_wr wr;
	ch_span list;

	assert_non_null(it);
	for (unsigned i = 0; i < n; i++) {
		if (i >= p->enrolled)
			more = world_extra(w, party, i);
		it[i] = world_delegate_item(w, p, i < p->enrolled ? &p->d[i] : &more);
	}
	wr = world_wr(w);
	for (unsigned i = 0; i < n; i++)
		check_ok(ch_stmt_put_item(&wr, CH_K_ROSTER, CH_ROSTER_DELEGATES, &it[i]));
	list = world_take(w, &wr);
	free(it);
	return list;
}

ch_item world_asks(struct world *w, int party, unsigned i)
{
	ch_item it = world_delegate_item(w, &w->party[party], &w->party[party].d[i]);

	it.v[CH_DEL_POWERS] = (ch_span){ 0 };
	return it;
}

ch_span world_request(struct world *w, int party, unsigned i, const ch_item *it)
{
	const struct world_party *p = &w->party[party];
	ch_stmt s = { .kind = CH_K_REQUEST, .exercise = w->exercise };
	ch_item own = world_asks(w, party, i);
	struct ch_wr wr;

	s.v[CH_RQ_PARTY] = p->handle;
	s.v[CH_RQ_SUITE] = p->hybrid ? CH_LIT("hybrid") : CH_LIT("classic");
	s.v[CH_RQ_TIME] = world_when(w, w->now);
	wr = world_wr(w);
	check_ok(ch_stmt_put_item(&wr, CH_K_REQUEST, CH_RQ_DELEGATES, it ? it : &own));
	s.v[CH_RQ_DELEGATES] = world_take(w, &wr);
	s.count[CH_RQ_DELEGATES] = 1;
	return world_sign_key(w, &p->d[i].key, world_format(w, &s));
}

void world_enrol(struct world *w, int party)
{
	world_enrol_more(w, party, 0);
}

void world_enrol_more(struct world *w, int party, unsigned more)
{
	struct world_party *p = &w->party[party];
	ch_stmt s = { .kind = CH_K_ROSTER, .exercise = w->exercise };
	ch_item reg = { 0 };
	struct ch_wr wr;

	p->version++;
	s.v[CH_ROSTER_TALKS] = p->talks;
	s.v[CH_ROSTER_PARTY] = p->handle;
	s.v[CH_ROSTER_VERSION] = world_dec(w, p->version);
	if (p->version > 1)
		s.v[CH_ROSTER_PREVIOUS] = world_hash(w, &p->previous);
	s.v[CH_ROSTER_PARTY_KEY] = p->key.text;
	s.v[CH_ROSTER_TIME] = world_when(w, w->now);
	s.v[CH_ROSTER_VALID_UNTIL] = world_when(w, w->now + 90 * 86400);
	s.v[CH_ROSTER_SUITE] = p->hybrid ? CH_LIT("hybrid") : CH_LIT("classic");
	for (unsigned q = 0; q < CH_POW_DRAFT; q++)
		s.v[CH_ROSTER_Q_SEND + q] = world_dec(w, p->quorum[q]);
	reg.v[CH_REG_ORIGIN] = w->origin;
	reg.v[CH_REG_MAILBOX] = world_str(w, party ? "bb0000000000000000000000000000bb"
						   : "aa0000000000000000000000000000aa");
	wr = world_wr(w);
	check_ok(ch_stmt_put_item(&wr, CH_K_ROSTER, CH_ROSTER_REGISTRIES, &reg));
	s.v[CH_ROSTER_REGISTRIES] = world_take(w, &wr);
	s.count[CH_ROSTER_REGISTRIES] = 1;
	s.v[CH_ROSTER_DELEGATES] = world_delegates(w, party, p->enrolled + more);
	s.count[CH_ROSTER_DELEGATES] = p->enrolled + more;
	p->roster = world_sign_key(w, &p->key, world_format(w, &s));
	p->previous = world_text_hash(p->roster);
	p->ref = (ch_ref){ p->version, p->previous };
}

static void world_charter_lists(struct world *w, ch_stmt *s)
{
	ch_item it = { 0 };
	struct ch_wr wr;
	ch_span refs[WORLD_PARTIES];

	for (unsigned i = 0; i < WORLD_PARTIES; i++)
		refs[i] = world_ref(w, w->party[i].ref.n, &w->party[i].ref.hash);
	wr = world_wr(w);
	for (unsigned i = 0; i < WORLD_PARTIES; i++) {
		it = (ch_item){ 0 };
		it.v[CH_CP_HANDLE] = w->party[i].handle;
		it.v[CH_CP_CODE] = w->party[i].code;
		it.v[CH_CP_KEY] = w->party[i].key.text;
		it.v[CH_CP_ROSTER] = refs[i];
		check_ok(ch_stmt_put_item(&wr, CH_K_CHARTER, CH_CHARTER_PARTIES, &it));
	}
	s->v[CH_CHARTER_PARTIES] = world_take(w, &wr);
	s->count[CH_CHARTER_PARTIES] = WORLD_PARTIES;
	it = (ch_item){ 0 };
	it.v[CH_CR_ORIGIN] = w->origin;
	it.v[CH_CR_VKEY] = w->registry.text;
	it.v[CH_CR_COSIGNER] = w->cosigner.text;
	it.v[CH_CR_URL] = CH_LIT("https://register.example");
	wr = world_wr(w);
	check_ok(ch_stmt_put_item(&wr, CH_K_CHARTER, CH_CHARTER_REGISTRIES, &it));
	s->v[CH_CHARTER_REGISTRIES] = world_take(w, &wr);
	s->count[CH_CHARTER_REGISTRIES] = 1;
	it = (ch_item){ 0 };
	it.v[0] = w->neutral.text;
	wr = world_wr(w);
	check_ok(ch_stmt_put_item(&wr, CH_K_CHARTER, CH_CHARTER_NEUTRALS, &it));
	s->v[CH_CHARTER_NEUTRALS] = world_take(w, &wr);
	s->count[CH_CHARTER_NEUTRALS] = 1;
}

void world_charter(struct world *w)
{
	ch_stmt s = { .kind = CH_K_CHARTER, .exercise = w->exercise };
	struct ch_wr wr;

	s.v[CH_CHARTER_PARTY] = w->party[0].handle;
	s.v[CH_CHARTER_VERSION] = CH_LIT("1");
	s.v[CH_CHARTER_NAME] = CH_LIT("strait-2026");
	s.v[CH_CHARTER_TIME] = world_when(w, w->now);
	s.v[CH_CHARTER_WORD_SET] = CH_LIT("diplomacy");
	s.v[CH_CHARTER_MODE] = CH_LIT("signed");
	s.v[CH_CHARTER_BASIS] = CH_LIT("confidential");
	s.v[CH_CHARTER_BASES] = CH_LIT("confidential,open");
	s.v[CH_CHARTER_PACKAGE] = CH_LIT("yes");
	s.v[CH_CHARTER_CONFIRM] = CH_LIT("allowed");
	s.v[CH_CHARTER_LEVEL] = CH_LIT("text-settled");
	s.v[CH_CHARTER_LAPSE_DAYS] = CH_LIT("7");
	s.v[CH_CHARTER_OUTAGE_EXTENDS] = CH_LIT("yes");
	s.v[CH_CHARTER_EFFECTIVE_NOTICE] = CH_LIT("invitation,rejection");
	world_charter_lists(w, &s);

	ch_span text = world_format(w, &s);

	wr = world_wr(w);
	ch_note_put_text(&wr, text);
	for (unsigned p = 0; p < WORLD_PARTIES; p++)
		for (unsigned i = 0; i < w->party[p].quorum[CH_POW_BIND]; i++)
			ch_note_sign_line(&wr, w->party[p].d[i].name, text,
			    &w->party[p].d[i].key.secret);
	w->charter = world_take(w, &wr);
	w->talks = world_text_hash(w->charter);
}

static void world_registry_note(struct world *w)
{
	ch_stmt s = { .kind = CH_K_REGISTRY, .exercise = w->exercise };

	s.v[CH_RG_REGISTRY] = w->origin;
	s.v[CH_RG_VKEY] = w->registry.text;
	s.v[CH_RG_COSIGNER] = w->cosigner.text;
	s.v[CH_RG_TIME] = world_when(w, w->now);
	w->registry_note = world_sign_key(w, &w->registry, world_format(w, &s));
}

static void world_begin(struct world *w, bool exercise, bool hybrid)
{
	memset(w, 0, sizeof *w);
	check_ok(ch_crypto_init());
	w->arena = malloc(WORLD_ARENA);
	assert_non_null(w->arena);
	w->exercise = exercise;
	w->now = WORLD_T0;
	w->origin = world_str(w, exercise ? "exercise.register.example" : "register.example");
	w->registry = world_key_make(w, w->origin, CH_VKEY_ED25519, 200, 1);
	w->cosigner = world_key_make(w, world_str(w, "cosigner.register.example"),
	    CH_VKEY_COSIGNATURE, 201, 1);
	w->neutral = world_key_make(w, world_str(w, "neutral.example"), CH_VKEY_COSIGNATURE, 202,
	    1);
	world_party_start(w, WORLD_ALPHA, "alpha.example", "ALPHA");
	world_party_start(w, WORLD_BRAVO, "bravo.example", "BRAVO");
	for (int p = 0; p < WORLD_PARTIES; p++) {
		world_seals(w, p, hybrid);
		world_enrol(w, p);
		(void)world_log(w, w->party[p].roster);
	}
	world_charter(w);
	(void)world_log(w, w->charter);
	world_registry_note(w);
	w->trust.n_registries = 1;
	w->trust.registry[0] = w->registry.vkey;
	w->trust.n_parties = WORLD_PARTIES;
	for (int p = 0; p < WORLD_PARTIES; p++)
		w->trust.party[p] = (ch_trust_party){ w->party[p].handle, w->party[p].key.vkey };
}

void world_start(struct world *w, bool exercise)
{
	world_begin(w, exercise, false);
}

void world_start_hybrid(struct world *w, bool exercise)
{
	world_begin(w, exercise, true);
}

void world_stop(struct world *w)
{
	free(w->arena);
	memset(w, 0, sizeof *w);
}

/* ---- the register ---- */

size_t world_log(struct world *w, ch_span note)
{
	ch_hash text = world_text_hash(note), entry;
	size_t i = w->n_log++;

	assert_true(i < WORLD_LOG_MAX);
	memset(&w->salt[i], (int)(i + 1), sizeof w->salt[i]);
	ch_entry_of_hash(&entry, &w->salt[i], &text, w->exercise);
	ch_merkle_leaf(&w->leaf[i], ch_span_of(entry.b, sizeof entry.b));
	return i;
}

ch_span world_checkpoint(struct world *w, unsigned by, int64_t when)
{
	const struct world_key *who[] = {
		&w->cosigner, &w->party[0].d[0].cosign, &w->party[1].d[0].cosign, &w->neutral,
	};
	ch_checkpoint cp = { .origin = w->origin, .size = w->n_log };
	struct ch_wr wr;
	ch_span text;

	ch_merkle_root(&cp.root, w->leaf, w->n_log);
	wr = world_wr(w);
	ch_checkpoint_put(&wr, &cp);
	text = world_take(w, &wr);
	wr = world_wr(w);
	ch_checkpoint_sign(&wr, &cp, &w->registry.secret);
	for (unsigned i = 0; i < CH_COUNT(who); i++)
		if (by >> i & 1)
			ch_cosignature_put(&wr, who[i]->vkey.name, text, (uint64_t)when,
			    &who[i]->secret);
	return world_take(w, &wr);
}

ch_span world_seen(struct world *w, ch_span checkpoint)
{
	ch_checkpoint cp;
	ch_note note;
	ch_seen seen = { 0 };
	struct ch_wr wr;

	check_ok(ch_checkpoint_open(&cp, &note, checkpoint, &w->registry.vkey));
	seen.size = cp.size;
	seen.root = cp.root;
	ch_sha256(&seen.note, checkpoint);
	wr = world_wr(w);
	(void)ch_val_put_seen(&wr, &seen);
	return world_take(w, &wr);
}

ch_span world_proof(struct world *w, size_t index, unsigned by, int64_t when)
{
	ch_hash proof[CH_MERKLE_PROOF_MAX];
	ch_span cp = world_checkpoint(w, by, when);
	struct ch_wr wr = world_wr(w);
	size_t n;

	check_ok(ch_merkle_array_inclusion(proof, &n, w->leaf, w->n_log, index));
	ch_proof_put(&wr, ch_span_of(w->salt[index].b, 32), index, proof, n, cp);
	return world_take(w, &wr);
}

ch_span world_registry(struct world *w)
{
	ch_stmt s = { .kind = CH_K_REGISTRY, .exercise = w->exercise };

	s.v[CH_RG_REGISTRY] = w->origin;
	s.v[CH_RG_VKEY] = w->registry.text;
	s.v[CH_RG_COSIGNER] = w->cosigner.text;
	s.v[CH_RG_TIME] = world_when(w, w->now);
	return world_sign_key(w, &w->registry, world_format(w, &s));
}

ch_span world_trust(struct world *w)
{
	struct ch_wr wr = world_wr(w);

	CH_WR_LIT(&wr, "# whom this test believes\n");
	ch_trust_put_registry(&wr, &w->registry.vkey);
	for (int p = 0; p < WORLD_PARTIES; p++)
		ch_trust_put_party(&wr, w->party[p].handle, &w->party[p].key.vkey);
	return world_take(w, &wr);
}
