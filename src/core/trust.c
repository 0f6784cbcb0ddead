/* The verifier's trust file: see trust.h. */
#include "trust.h"

#include "text.h"

static void ch_trust_fail(struct ch_diag *diag, struct ch_rd *r, size_t at, const char *what,
    ch_err e)
{
	if (r->err == CH_OK && diag)
		*diag = (struct ch_diag){ what, at };
	ch_rd_fail(r, e);
}

static bool ch_trust_key_is_fit(const ch_vkey *k)
{
	return k->type == CH_VKEY_ED25519 && ch_ed25519_key_is_sound(&k->key);
}

static void ch_trust_rd_registry(ch_trust *t, struct ch_rd *r, ch_span vkey, size_t at,
    struct ch_diag *diag)
{
	ch_vkey *k = &t->registry[t->n_registries < CH_TRUST_REGISTRIES_MAX ? t->n_registries : 0];

	if (t->n_registries == CH_TRUST_REGISTRIES_MAX) {
		ch_trust_fail(diag, r, at, "too many registries", CH_E_LIMIT);
		return;
	}
	if (ch_vkey_parse(k, vkey) != CH_OK || !ch_trust_key_is_fit(k))
		ch_trust_fail(diag, r, at, "not a registry's verifier key", CH_E_FORMAT);
	else if (ch_trust_registry(t, k->name))
		ch_trust_fail(diag, r, at, "this registry stands here twice", CH_E_FORMAT);
	else
		t->n_registries++;
}

static void ch_trust_rd_party(ch_trust *t, struct ch_rd *r, ch_span rest, size_t at,
    struct ch_diag *diag)
{
	ch_trust_party p = { 0 };
	struct ch_rd l = ch_rd_of(rest);
	ch_span handle = ch_rd_until(&l, ' '), vkey = ch_rd_rest(&l);

	if (t->n_parties == CH_TRUST_PARTIES_MAX) {
		ch_trust_fail(diag, r, at, "too many parties", CH_E_LIMIT);
		return;
	}
	p.handle = handle;
	if (l.err != CH_OK || !ch_text_is_handle(handle) || ch_vkey_parse(&p.key, vkey) != CH_OK ||
	    !ch_trust_key_is_fit(&p.key) || !ch_span_eq(p.key.name, handle))
		ch_trust_fail(diag, r, at, "not `party <handle> <its verifier key>`", CH_E_FORMAT);
	else if (ch_trust_party_key(t, handle))
		ch_trust_fail(diag, r, at, "this party stands here twice", CH_E_FORMAT);
	else
		t->party[t->n_parties++] = p;
}

static void ch_trust_rd_line(ch_trust *t, struct ch_rd *r, struct ch_diag *diag)
{
	size_t at = r->at;
	ch_span line = ch_rd_line(r);
	struct ch_rd l = ch_rd_of(line);

	if (r->err != CH_OK || line.n == 0 || ch_rd_starts(&l, CH_LIT("#")))
		return;
	ch_span word = ch_rd_until(&l, ' '), rest = ch_rd_rest(&l);

	if (ch_span_eq(word, CH_LIT("registry")))
		ch_trust_rd_registry(t, r, rest, at, diag);
	else if (ch_span_eq(word, CH_LIT("party")))
		ch_trust_rd_party(t, r, rest, at, diag);
	else
		ch_trust_fail(diag, r, at, "neither `registry` nor `party`", CH_E_FORMAT);
}

ch_err ch_trust_parse(ch_trust *out, ch_span text, struct ch_diag *diag)
{
	struct ch_rd r = ch_rd_of(text);

	memset(out, 0, sizeof *out);
	if (diag)
		*diag = (struct ch_diag){ 0 };
	if (text.n > CH_TRUST_TEXT_MAX)
		ch_trust_fail(diag, &r, 0, "the trust file is too long", CH_E_LIMIT);
	while (r.err == CH_OK && !ch_rd_at_end(&r)) {
		size_t at = r.at;

		ch_trust_rd_line(out, &r, diag);
		if (r.err != CH_OK && diag && !diag->what)
			*diag = (struct ch_diag){ "a line without its end, or with CR or NUL", at };
	}
	ch_err e = ch_rd_done(&r);

	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

void ch_trust_put_registry(struct ch_wr *w, const ch_vkey *key)
{
	CH_WR_LIT(w, "registry ");
	ch_vkey_put(w, key);
	CH_WR_LIT(w, "\n");
}

void ch_trust_put_party(struct ch_wr *w, ch_span handle, const ch_vkey *key)
{
	CH_WR_LIT(w, "party ");
	ch_wr_put(w, handle);
	CH_WR_LIT(w, " ");
	ch_vkey_put(w, key);
	CH_WR_LIT(w, "\n");
}

const ch_vkey *ch_trust_registry(const ch_trust *t, ch_span origin)
{
	for (size_t i = 0; i < t->n_registries; i++)
		if (ch_span_eq(t->registry[i].name, origin))
			return &t->registry[i];
	return NULL;
}

const ch_vkey *ch_trust_party_key(const ch_trust *t, ch_span handle)
{
	for (size_t i = 0; i < t->n_parties; i++)
		if (ch_span_eq(t->party[i].handle, handle))
			return &t->party[i].key;
	return NULL;
}
