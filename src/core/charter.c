/* Charters: see charter.h. Trusts nothing but the rosters handed in, whose keys it compares. */
#include "charter.h"

static ch_err ch_charter_say(struct ch_diag *diag, const char *what, size_t at)
{
	if (diag)
		*diag = (struct ch_diag){ what, at };
	return CH_E_FORMAT;
}

static void ch_charter_vkey(ch_vkey *out, ch_span v)
{
	if (ch_vkey_parse(out, v) != CH_OK)
		*out = (ch_vkey){ 0 };
}

void ch_charter_party_at(ch_charter_party *out, const ch_charter *c, uint32_t i)
{
	ch_item it;
	ch_err e;

	CH_ASSERT(i < c->n);
	if (c->party) {
		*out = c->party[i];
		return;
	}
	e = ch_stmt_item(&it, &c->stmt, CH_CHARTER_PARTIES, i);
	CH_ASSERT(e == CH_OK);
	*out = (ch_charter_party){
		.handle = it.v[CH_CP_HANDLE],
		.code = it.v[CH_CP_CODE],
		.title = it.v[CH_CP_TITLE],
		.tie = it.v[CH_CP_TIE],
		.roster = ch_val_ref(it.v[CH_CP_ROSTER]),
	};
	ch_charter_vkey(&out->key, it.v[CH_CP_KEY]);
}

void ch_charter_registry_at(ch_charter_registry *out, const ch_charter *c, uint32_t i)
{
	ch_item it;
	ch_err e;

	CH_ASSERT(i < c->stmt.count[CH_CHARTER_REGISTRIES]);
	if (c->registry) {
		*out = c->registry[i];
		return;
	}
	e = ch_stmt_item(&it, &c->stmt, CH_CHARTER_REGISTRIES, i);
	CH_ASSERT(e == CH_OK);
	*out = (ch_charter_registry){
		.origin = it.v[CH_CR_ORIGIN],
		.url = it.v[CH_CR_URL],
		.has_cosigner = it.v[CH_CR_COSIGNER].n > 0,
	};
	ch_charter_vkey(&out->key, it.v[CH_CR_VKEY]);
	if (out->has_cosigner)
		ch_charter_vkey(&out->cosigner, it.v[CH_CR_COSIGNER]);
}

void ch_charter_neutral_at(ch_vkey *out, const ch_charter *c, uint32_t i)
{
	ch_item it;
	ch_err e = ch_stmt_item(&it, &c->stmt, CH_CHARTER_NEUTRALS, i);

	CH_ASSERT(e == CH_OK);
	ch_charter_vkey(out, it.v[0]);
}

/* ---- parsing ---- */

static ch_err ch_charter_check_parties(const ch_charter *c, struct ch_diag *diag)
{
	ch_charter_party a, b;

	if (c->n < 2)
		return ch_charter_say(diag, "fewer than two parties", 0);
	for (uint32_t i = 0; i < c->n; i++) {
		ch_charter_party_at(&a, c, i);
		if (a.key.type != CH_VKEY_ED25519 || !ch_span_eq(a.key.name, a.handle) ||
		    !ch_ed25519_key_is_sound(&a.key.key) || a.roster.n == 0)
			return ch_charter_say(diag, "a party's key or roster", i);
		for (uint32_t j = 0; j < i; j++) {
			ch_charter_party_at(&b, c, j);
			if (ch_span_cmp(b.handle, a.handle) >= 0)
				return ch_charter_say(diag, "parties are not sorted by handle", i);
			if (ch_span_eq(a.code, b.code))
				return ch_charter_say(diag, "a code stands twice", i);
			if (ch_edkey_eq(&a.key.key, &b.key.key))
				return ch_charter_say(diag, "a party key stands twice", i);
		}
	}
	return CH_OK;
}

static bool ch_charter_is_exercise_origin(ch_span origin)
{
	struct ch_rd r = ch_rd_of(origin);

	return ch_rd_starts(&r, CH_LIT("exercise."));
}

static bool ch_charter_registry_is_sound(const ch_charter *c, const ch_charter_registry *g)
{
	return g->key.type == CH_VKEY_ED25519 && ch_span_eq(g->key.name, g->origin) &&
	    ch_ed25519_key_is_sound(&g->key.key) &&
	    (!g->has_cosigner || (g->cosigner.type == CH_VKEY_COSIGNATURE &&
	    ch_ed25519_key_is_sound(&g->cosigner.key))) &&
	    ch_charter_is_exercise_origin(g->origin) == c->exercise;
}

static ch_err ch_charter_check_registries(const ch_charter *c, struct ch_diag *diag)
{
	ch_charter_registry a, b;

	if (c->stmt.count[CH_CHARTER_REGISTRIES] == 0)
		return ch_charter_say(diag, "no registry", 0);
	for (uint32_t i = 0; i < c->stmt.count[CH_CHARTER_REGISTRIES]; i++) {
		ch_charter_registry_at(&a, c, i);
		if (!ch_charter_registry_is_sound(c, &a))
			return ch_charter_say(diag, "a registry's key or origin", i);
		for (uint32_t j = 0; j < i; j++) {
			ch_charter_registry_at(&b, c, j);
			if (ch_span_eq(a.origin, b.origin) ||
			    ch_edkey_eq(&a.key.key, &b.key.key))
				return ch_charter_say(diag, "a registry stands twice", i);
		}
	}
	return CH_OK;
}

static ch_err ch_charter_check_neutrals(const ch_charter *c, struct ch_diag *diag)
{
	ch_charter_registry g;
	ch_vkey a, b;

	for (uint32_t i = 0; i < c->stmt.count[CH_CHARTER_NEUTRALS]; i++) {
		ch_charter_neutral_at(&a, c, i);
		if (a.type != CH_VKEY_COSIGNATURE || !ch_ed25519_key_is_sound(&a.key))
			return ch_charter_say(diag, "a neutral's key", i);
		for (uint32_t j = 0; j < i; j++) {
			ch_charter_neutral_at(&b, c, j);
			if (ch_edkey_eq(&a.key, &b.key))
				return ch_charter_say(diag, "a neutral stands twice", i);
		}
		for (uint32_t j = 0; j < c->stmt.count[CH_CHARTER_REGISTRIES]; j++) {
			ch_charter_registry_at(&g, c, j);
			if (ch_edkey_eq(&a.key, &g.cosigner.key))
				return ch_charter_say(diag, "a registry's own cosigner as neutral",
				    i);
		}
	}
	return CH_OK;
}

/* No act takes effect twice. */
static ch_err ch_charter_check_effects(const ch_charter *c, struct ch_diag *diag)
{
	const ch_span *v = c->stmt.v;

	for (unsigned f = CH_CHARTER_EFFECTIVE_REGISTRATION; f < CH_CHARTER_EFFECTIVE_RECEIPT; f++)
		for (unsigned g = f + 1; g <= CH_CHARTER_EFFECTIVE_RECEIPT; g++)
			for (size_t at = 0; at < v[f].n;)
				if (ch_val_has(v[g], ch_val_next(v[f], &at)))
					return ch_charter_say(diag, "an act has two effects", g);
	return CH_OK;
}

static ch_err ch_charter_fields(ch_charter *c, struct ch_diag *diag)
{
	const ch_span *v = c->stmt.v;
	bool first;

	c->exercise = c->stmt.exercise;
	c->version = ch_val_dec(v[CH_CHARTER_VERSION]);
	c->n = c->stmt.count[CH_CHARTER_PARTIES];
	first = c->version == 1;
	if (c->version == 0 || first != (v[CH_CHARTER_TALKS].n == 0) ||
	    first != (v[CH_CHARTER_PREVIOUS].n == 0))
		return ch_charter_say(diag, "version, talks and previous", 0);
	c->talks = first ? c->hash : ch_val_hash(v[CH_CHARTER_TALKS]);
	return CH_OK;
}

static ch_err ch_charter_parse_into(ch_charter *c, ch_span text, struct ch_diag *diag)
{
	ch_charter_party opener;
	ch_err e = ch_stmt_parse(&c->stmt, text);

	if (e != CH_OK || c->stmt.kind != CH_K_CHARTER) {
		(void)ch_charter_say(diag, "not a charter", 0);
		return e != CH_OK ? e : CH_E_FORMAT;
	}
	ch_stmt_hash(&c->hash, text);
	if ((e = ch_charter_fields(c, diag)) != CH_OK)
		return e;
	if ((e = ch_charter_check_parties(c, diag)) != CH_OK)
		return e;
	if (ch_charter_find(&opener, NULL, c, c->stmt.v[CH_CHARTER_PARTY]) != CH_OK)
		return ch_charter_say(diag, "opened by one who is no party", 0);
	if ((e = ch_charter_check_registries(c, diag)) != CH_OK)
		return e;
	if ((e = ch_charter_check_neutrals(c, diag)) != CH_OK)
		return e;
	return ch_charter_check_effects(c, diag);
}

ch_err ch_charter_parse(ch_charter *out, ch_span text, struct ch_diag *diag)
{
	ch_err e;

	memset(out, 0, sizeof *out);
	if (diag)
		*diag = (struct ch_diag){ 0 };
	e = ch_charter_parse_into(out, text, diag);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

/* ---- look-ups ---- */

static ch_err ch_charter_look(ch_charter_party *out, uint32_t *at, const ch_charter *c,
    ch_span want, bool by_code)
{
	for (uint32_t i = 0; i < c->n; i++) {
		ch_charter_party_at(out, c, i);
		if (!ch_span_eq(by_code ? out->code : out->handle, want))
			continue;
		if (at)
			*at = i;
		return CH_OK;
	}
	*out = (ch_charter_party){ 0 };
	if (at)
		*at = 0;
	return CH_E_ABSENT;
}

ch_err ch_charter_find(ch_charter_party *out, uint32_t *at, const ch_charter *c, ch_span handle)
{
	return ch_charter_look(out, at, c, handle, false);
}

ch_err ch_charter_find_code(ch_charter_party *out, uint32_t *at, const ch_charter *c, ch_span code)
{
	return ch_charter_look(out, at, c, code, true);
}

ch_err ch_charter_find_registry(ch_charter_registry *out, const ch_charter *c, ch_span origin)
{
	for (uint32_t i = 0; i < c->stmt.count[CH_CHARTER_REGISTRIES]; i++) {
		ch_charter_registry_at(out, c, i);
		if (ch_span_eq(out->origin, origin))
			return CH_OK;
	}
	*out = (ch_charter_registry){ 0 };
	return CH_E_ABSENT;
}

/* ---- judging ---- */

static bool ch_charter_roster_fits(const ch_charter *c, const ch_charter_party *p,
    const ch_roster *r)
{
	ch_hash own = ch_val_hash(r->stmt.v[CH_ROSTER_TALKS]);

	/* A first charter's rosters are older than the id of its talks. */
	if (r->stmt.v[CH_ROSTER_TALKS].n && !ch_hash_eq(&own, &c->talks))
		return false;
	return r->exercise == c->exercise && ch_span_eq(r->party, p->handle) &&
	    r->version == p->roster.n && ch_hash_eq(&r->hash, &p->roster.hash) &&
	    ch_edkey_eq(&r->party_key.key, &p->key.key);
}

static ch_err ch_charter_check_rosters(const ch_charter *c, const ch_roster *const *rosters)
{
	ch_charter_party p;

	for (uint32_t i = 0; i < c->n; i++) {
		if (!rosters[i])
			continue;
		ch_charter_party_at(&p, c, i);
		if (!ch_charter_roster_fits(c, &p, rosters[i]))
			return CH_E_CONFLICT;
		for (uint32_t j = 0; j < i; j++)
			if (rosters[j] && ch_roster_distinct(rosters[i], rosters[j]) != CH_OK)
				return CH_E_CONFLICT;
	}
	return CH_OK;
}

ch_err ch_charter_judge(ch_charter_signed *out, const ch_charter *c, const ch_note *note,
    const ch_roster *const *rosters)
{
	ch_charter_signed s = { 0 };
	size_t at = 0;
	ch_err e = ch_charter_check_rosters(c, rosters);

	*out = (ch_charter_signed){ 0 };
	if (e == CH_OK && !ch_span_eq(note->text, c->stmt.text))
		e = CH_E_FORMAT;
	for (uint32_t i = 0; i < c->n && e == CH_OK; i++) {
		ch_signers who = { 0 };
		uint64_t bit = (uint64_t)1 << i;

		if (rosters[i])
			e = ch_roster_lines(&who, &at, note, rosters[i], CH_POW_BIND);
		if (rosters[i] && who.n >= rosters[i]->quorum[CH_POW_BIND])
			s.signed_ |= bit;
		else
			s.missing |= bit;
	}
	if (e == CH_OK && at != note->n)
		e = CH_E_FORMAT;
	if (e != CH_OK)
		return e;
	s.complete = s.missing == 0;
	*out = s;
	return CH_OK;
}

ch_err ch_charter_follows(const ch_charter *next, const ch_charter *last)
{
	ch_charter_party a, b;

	if (next->exercise != last->exercise || !ch_hash_eq(&next->talks, &last->talks) ||
	    last->version == UINT64_MAX || next->version != last->version + 1 || next->n != last->n)
		return CH_E_CONFLICT;
	ch_hash previous = ch_val_hash(next->stmt.v[CH_CHARTER_PREVIOUS]);

	if (!ch_hash_eq(&previous, &last->hash))
		return CH_E_CONFLICT;
	for (uint32_t i = 0; i < next->n; i++) {
		ch_charter_party_at(&a, next, i);
		ch_charter_party_at(&b, last, i);
		if (!ch_span_eq(a.handle, b.handle) || !ch_span_eq(a.code, b.code) ||
		    !ch_edkey_eq(&a.key.key, &b.key.key))
			return CH_E_CONFLICT;
	}
	return CH_OK;
}

/* ---- effects ---- */

ch_effect ch_charter_effect(const ch_charter *c, ch_span act)
{
	static const char *const at_registration[] = {
		"acceptance", "rejection", "withdrawal", "objection", "contestation",
	};
	const ch_span *v = c->stmt.v;

	if (ch_val_has(v[CH_CHARTER_EFFECTIVE_REGISTRATION], act))
		return CH_EFFECT_REGISTRATION;
	if (ch_val_has(v[CH_CHARTER_EFFECTIVE_NOTICE], act))
		return CH_EFFECT_NOTICE;
	if (ch_val_has(v[CH_CHARTER_EFFECTIVE_RECEIPT], act))
		return CH_EFFECT_RECEIPT;
	for (size_t i = 0; i < CH_COUNT(at_registration); i++)
		if (ch_span_eq(act, ch_span_str(at_registration[i])))
			return CH_EFFECT_REGISTRATION;
	return ch_span_eq(act, CH_LIT("request")) ? CH_EFFECT_NOTICE : CH_EFFECT_RECEIPT;
}

const char *ch_effect_name(ch_effect e)
{
	static const char *const name[] = { "registration", "notice", "receipt" };

	CH_ASSERT(e < CH_COUNT(name));
	return name[e];
}
