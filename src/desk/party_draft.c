/*
 * Rosters under construction, and the keys of a new home: see party_draft.h. What one home says of
 * itself is written here alone, for the first roster and for a request.
 */
#include "party_draft.h"

#include <string.h>

#include "b64.h"
#include "hex.h"
#include "rng.h"
#include "text.h"
#include "wipe.h"

#define DAY 86400

struct ch_party_draft *ch_party_draft_new(const struct ch_home *h,
    const struct ch_roster_file *last)
{
	struct ch_party_draft *d = ch_alloc(sizeof *d);

	if (!d)
		return NULL;
	d->s = last ? last->roster.stmt : (ch_stmt){ .kind = CH_K_ROSTER, .exercise = h->exercise };
	d->s.text = (ch_span){ 0 };
	d->small = ch_wr_of(d->small_b, sizeof d->small_b);
	d->list = ch_wr_of(d->list_b, sizeof d->list_b);
	if (last) {
		d->s.v[CH_ROSTER_VERSION] = ch_val_put_dec(&d->small, last->version + 1);
		d->s.v[CH_ROSTER_PREVIOUS] = ch_val_put_hash(&d->small, &last->hash);
	}
	return d;
}

void ch_party_draft_free(struct ch_party_draft *d)
{
	ch_free(d, d ? sizeof *d : 0);
}

/* What was written to w by the last call, as a span that stays. */
ch_span ch_party_since(const struct ch_wr *w, size_t from)
{
	struct ch_rd r = ch_rd_of(ch_wr_span(w));

	(void)ch_rd_take(&r, from);
	return ch_rd_rest(&r);
}

static ch_span put_vkey(struct ch_wr *w, ch_span name, uint8_t type, const ch_edkey *key)
{
	size_t from = w->n;
	ch_vkey v;

	ch_vkey_make(&v, name, type, key);
	ch_vkey_put(w, &v);
	return ch_party_since(w, from);
}

/* The date-limited part and the signature; keeps the roster on file. */
ch_err ch_party_draft_sign(struct ch_party_draft *d, const struct ch_home *h,
    const struct ch_secret32 *seed, struct ch_problem *why)
{
	uint8_t *text = ch_alloc(CH_NOTE_TEXT_MAX_ROSTER);
	struct ch_wr w = ch_wr_of(text, text ? CH_NOTE_TEXT_MAX_ROSTER : 0);
	struct ch_wr note = ch_wr_of(d->note_b, sizeof d->note_b);
	struct ch_edsecret sec;
	ch_edkey pub;
	int64_t now = 0;
	ch_err e = text ? ch_home_now(&now, h) : CH_E_NOMEM;

	d->s.v[CH_ROSTER_TIME] = ch_val_put_when(&d->small, now);
	d->s.v[CH_ROSTER_VALID_UNTIL] = ch_val_put_when(&d->small,
	    now + (int64_t)CH_ROSTER_DAYS * DAY);
	ch_ed25519_keypair(&pub, &sec, seed);
	if (d->s.v[CH_ROSTER_PARTY_KEY].n == 0)
		d->s.v[CH_ROSTER_PARTY_KEY] = put_vkey(&d->small, ch_span_str(h->handle),
		    CH_VKEY_ED25519, &pub);
	if (e == CH_OK)
		e = ch_stmt_format(&w, &d->s);
	if (e == CH_OK) {
		ch_note_put_text(&note, ch_wr_span(&w));
		ch_note_sign_line(&note, ch_span_str(h->handle), ch_wr_span(&w), &sec);
		e = ch_wr_done(&note);
	}
	ch_wipe(&sec, sizeof sec);
	ch_free(text, CH_NOTE_TEXT_MAX_ROSTER);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the roster could not be written: %s",
		    ch_err_text(e));
	return ch_party_keep(h, ch_span_of(d->note_b, note.n), (ch_span){ 0 }, true, why);
}

/* ---- the first delegate ---- */

/* A key that signs its own enrolment: vkey and proof. */
static ch_err put_enrolled(ch_span *vkey, ch_span *proof, struct ch_party_draft *d,
    const struct ch_home *h, const char *purpose, const struct ch_secret32 *seed, uint8_t type)
{
	uint8_t text[1024];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_edsecret sec;
	ch_edkey pub;
	ch_sig sig;
	size_t from;
	ch_err e;

	ch_ed25519_keypair(&pub, &sec, seed);
	*vkey = put_vkey(&d->small, ch_span_str(h->delegate), type, &pub);
	e = ch_roster_put_enrolment(&w, h->exercise, (ch_span){ 0 }, ch_span_str(h->handle),
	    purpose, *vkey);
	if (e == CH_OK)
		ch_ed25519_sign(&sig, ch_wr_span(&w), &sec);
	ch_wipe(&sec, sizeof sec);
	if (e != CH_OK)
		return e;
	from = d->small.n;
	ch_b64_put(&d->small, ch_span_of(sig.b, sizeof sig.b), CH_B64_PADDED);
	*proof = ch_party_since(&d->small, from);
	return CH_OK;
}

ch_err ch_party_draft_own(ch_item *it, struct ch_party_draft *d, const struct ch_home *h,
    const ch_party_new_ask *ask)
{
	ch_xkey auth;
	size_t from;
	ch_err e;

	*it = (ch_item){ 0 };
	it->v[CH_DEL_NAME] = ch_span_str(h->delegate);
	it->v[CH_DEL_PERSON] = ask->person;
	it->v[CH_DEL_TITLE] = ask->delegate_title;
	e = put_enrolled(&it->v[CH_DEL_KEY], &it->v[CH_DEL_KEY_PROOF], d, h, "statements",
	    &h->keys.statement, CH_VKEY_ED25519);
	if (e == CH_OK)
		e = put_enrolled(&it->v[CH_DEL_SIGN_IN], &it->v[CH_DEL_SIGN_IN_PROOF], d, h,
		    "sign-in", &h->keys.sign_in, CH_VKEY_ED25519);
	if (e == CH_OK)
		e = put_enrolled(&it->v[CH_DEL_COSIGN], &it->v[CH_DEL_COSIGN_PROOF], d, h, "cosign",
		    &h->keys.cosign, CH_VKEY_COSIGNATURE);
	from = d->small.n;
	ch_age_recipient_put(&d->small, ask->token ? &ask->token->to :
	    &h->keys.seal.recipient);
	it->v[CH_DEL_SEAL] = ch_party_since(&d->small, from);
	from = d->small.n;
	ch_x25519_base(&auth, &h->keys.auth);
	ch_b64_put(&d->small, ch_span_of(auth.b, sizeof auth.b), CH_B64_PADDED);
	it->v[CH_DEL_AUTH] = ch_party_since(&d->small, from);
	return e;
}

/* ---- a home ---- */

ch_age_type ch_party_age_type(bool hybrid)
{
	return hybrid ? CH_AGE_HYBRID : CH_AGE_X25519;
}

static ch_err fresh_keys(struct ch_home_keys *k, ch_age_type type, const struct ch_token *token)
{
	struct ch_secret32 *const seed[] = { &k->statement, &k->sign_in, &k->cosign, &k->auth };
	struct ch_secret32 r;
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < CH_COUNT(seed); i++)
		e = ch_random(seed[i], sizeof *seed[i]);
	if (e == CH_OK && token) {
		memcpy(&k->token[k->n_tokens++], &token->key, sizeof token->key);
		k->by_token = true;
	} else if (e == CH_OK && (e = ch_random(&r, sizeof r)) == CH_OK) {
		e = ch_age_identity_make(&k->seal, type, &r);
	}
	if (e == CH_OK && (e = ch_random(&r, sizeof r)) == CH_OK)
		e = ch_age_identity_make(&k->archive, type, &r);
	ch_wipe(&r, sizeof r);
	return e;
}

static ch_err name_delegate(struct ch_home *h, ch_span handle)
{
	struct ch_wr w = ch_wr_of(h->delegate, sizeof h->delegate - 1);
	uint8_t id[4];
	ch_err e = ch_random(id, sizeof id);

	if (e != CH_OK)
		return e;
	memcpy(h->handle, handle.p, handle.n);
	ch_wr_put(&w, handle);
	CH_WR_LIT(&w, "/");
	ch_hex_put(&w, ch_span_of(id, sizeof id));
	return ch_wr_done(&w);
}

/* Of a run that was cut off, of whichever command. */
static ch_err sweep(const struct ch_home *h)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "rosters/%s", h->handle);

	if (e == CH_OK)
		e = ch_dir_remove(path);
	if (e == CH_OK)
		e = ch_home_path(path, h, "request.txt");
	if (e == CH_OK && (e = ch_file_unlink(path)) == CH_E_ABSENT)
		e = CH_OK;
	return e;
}

ch_err ch_party_make_home(struct ch_home *h, const ch_party_new_ask *ask, ch_span pass,
    struct ch_problem *why)
{
	char dir[CH_PATH_MAX];
	ch_err e;

	*h = (struct ch_home){ .exercise = ask->exercise, .lock = { .fd = -1 } };
	if (!ch_text_is_handle(ask->handle))
		return ch_problem_about(why, CH_E_FORMAT, "\"", ask->handle, "\" is no handle; it "
		    "looks like a lower-case domain name: alpha.example");
	if (!ch_text_is_token(ask->person))
		return ch_problem_about(why, CH_E_FORMAT, "\"", ask->person, "\" is no person id; "
		    "it is made of a-z, 0-9, . and -");
	e = name_delegate(h, ask->handle);
	if (e == CH_OK)
		e = fresh_keys(&h->keys, ch_party_age_type(!ask->classic), ask->token);
	if (e == CH_OK)
		e = ask->dir ? ch_path(dir, "%s", ask->dir)
		    : ch_home_default(dir, h->handle, h->delegate, why);
	if (e == CH_OK)
		e = ch_home_make(h, dir, pass, ask->work, why);
	return e == CH_OK ? sweep(h) : e;
}
