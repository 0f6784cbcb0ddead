/* Staging a paper whole, before anything is sent: step 1 of outbox.h. */
#include "outbox.h"

#include <stdio.h>

#include "hex.h"
#include "rng.h"
#include "sign.h"
#include "when.h"
#include "wipe.h"

#define DEPOSIT_MAX 4096u

/* ---- the deposit ---- */

/* The registry's signed recipient, checked. */
static ch_err deposit_key(ch_age_recipient *out, struct ch_watch *w, struct ch_problem *why)
{
	ch_span body;
	ch_note note;
	ch_stmt s;
	ch_err e = ch_link_get(&body, w->link, "/v1/deposit-key", why);

	if (e != CH_OK)
		return e;
	e = ch_note_parse(&note, body, CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_note_verify(&note, &w->vkey);
	if (e == CH_OK)
		e = ch_stmt_parse_as(&s, note.text, CH_K_DEPOSIT_KEY, w->home->exercise);
	if (e == CH_OK && !ch_span_eq(s.v[CH_DK_REGISTRY], ch_span_str(w->link->origin)))
		e = CH_E_AUTH;
	if (e == CH_OK)
		e = ch_age_recipient_parse(out, s.v[CH_DK_RECIPIENT]);
	if (e != CH_OK)
		ch_problem_set(why, e, "the deposit key of %s is not signed by the key that we "
		    "pinned; nothing was sent", w->link->origin);
	return e;
}

static ch_err deposit_text(struct ch_wr *w, const struct ch_home *home, const ch_hash *l,
    ch_span talks, const struct ch_age_identity *k)
{
	uint8_t id[CH_AGE_IDENTITY_MAX], hash[64];
	struct ch_wr i = ch_wr_of(id, sizeof id), h = ch_wr_of(hash, sizeof hash);
	ch_stmt s = { .kind = CH_K_DEPOSIT, .exercise = home->exercise };

	ch_age_identity_put(&i, k);
	s.v[CH_DEP_TALKS] = talks;
	s.v[CH_DEP_PARTY] = ch_span_str(home->handle);
	s.v[CH_DEP_SUBMISSION] = ch_val_put_hash(&h, l);
	s.v[CH_DEP_IDENTITY] = ch_wr_span(&i);
	ch_err e = ch_stmt_format(w, &s);
	ch_wipe(id, sizeof id);
	return e;
}

ch_err ch_outbox_deposit(const char *path, struct ch_watch *w, const ch_hash *l, ch_span talks,
    const struct ch_age_identity *k, struct ch_problem *why)
{
	uint8_t text[1024], sealed[DEPOSIT_MAX];
	struct ch_wr t = ch_wr_of(text, sizeof text), out = ch_wr_of(sealed, sizeof sealed);
	struct ch_seal_random random = { 0 };
	struct ch_secret64 wrap = { 0 };
	ch_age_recipient to;
	ch_err e = deposit_key(&to, w, why);

	if (e == CH_OK && ch_age_is_hybrid(k->type) && !ch_age_is_hybrid(to.type))
		return ch_problem_set(why, CH_E_DENIED, "the deposit key of %s is classic, and the "
		    "addressee hybrid: the key to the paper would not be safe on its way; nothing "
		    "was sent; try again after the next midnight UTC", w->link->origin);
	random.wrap = &wrap;
	if (e == CH_OK)
		e = deposit_text(&t, w->home, l, talks, k);
	if (e == CH_OK)
		e = ch_random(&random.file_key, sizeof random.file_key);
	if (e == CH_OK)
		e = ch_random(random.nonce, sizeof random.nonce);
	if (e == CH_OK)
		e = ch_random(&wrap, sizeof wrap);
	if (e == CH_OK)
		e = ch_seal_buffer(&out, ch_wr_span(&t), &to, 1, &random);
	if (e == CH_OK)
		e = ch_file_write(path, ch_wr_span(&out), 0600);
	ch_wipe(text, sizeof text);
	ch_wipe(&random, sizeof random);
	ch_wipe(&wrap, sizeof wrap);
	return e;
}

/* ---- the submission ---- */

static ch_span registry_list(struct ch_wr *w, ch_span origin)
{
	ch_item it = { 0 };
	size_t from = w->n;

	it.v[0] = origin;
	if (ch_stmt_put_item(w, CH_K_SUBMISSION, CH_L_REGISTRIES, &it) != CH_OK)
		return (ch_span){ 0 };
	return ch_span_of(&w->p[from], w->n - from);
}

static ch_err submission(struct ch_buf *note, const struct ch_letter *l,
    const struct ch_sealed *sealed, const ch_hash *nonce)
{
	uint8_t scratch[4096], recipient[CH_AGE_RECIPIENT_MAX];
	struct ch_wr w = ch_wr_of(scratch, sizeof scratch);
	struct ch_wr r = ch_wr_of(recipient, sizeof recipient);
	ch_ref own = { l->own.version, l->own.hash }, other = { l->other.version, l->other.hash };
	ch_stmt s = { .kind = CH_K_SUBMISSION, .exercise = l->home->exercise };
	ch_hash key, cover;
	ch_seen seen;

	ch_age_recipient_put(&r, &sealed->k.recipient);
	ch_sha256(&key, ch_wr_span(&r));
	ch_sha256(&cover, l->cover);
	s.v[CH_L_TALKS] = ch_span_str(l->talks->id_text);
	s.v[CH_L_PARTY] = ch_span_str(l->home->handle);
	s.v[CH_L_ROSTER] = ch_val_put_ref(&w, &own);
	s.v[CH_L_ADDRESSEE] = l->to.v[CH_CP_HANDLE];
	s.v[CH_L_ADDRESSEE_ROSTER] = ch_val_put_ref(&w, &other);
	s.v[CH_L_REGISTRIES] = registry_list(&w, l->origin);
	s.count[CH_L_REGISTRIES] = 1;
	s.v[CH_L_MAILBOX] = l->mailbox;
	s.v[CH_L_SERIAL] = ch_val_put_dec(&w, l->serial);
	s.v[CH_L_ENVELOPE] = ch_val_put_hash(&w, &sealed->hash);
	s.v[CH_L_SIZE] = ch_val_put_dec(&w, sealed->size);
	s.v[CH_L_KEY] = ch_val_put_hash(&w, &key);
	s.v[CH_L_PAPER] = ch_val_put_hash(&w, &l->d);
	s.v[CH_L_COVER] = ch_val_put_hash(&w, &cover);
	s.v[CH_L_LAPSE] = ch_val_put_when(&w, l->lapse);
	if (ch_watch_seen(&seen, l->watch))
		s.v[CH_L_CHECKPOINT] = ch_val_put_seen(&w, &seen);
	if (l->pair.n > 0)
		s.v[CH_L_PAIR] = ch_val_put_ref(&w, &l->pair);
	s.v[CH_L_NONCE] = ch_val_put_hash(&w, nonce);
	return w.err == CH_OK ? ch_sign_stmt(note, l->home, &s) : w.err;
}

/* ---- the folder ---- */

static ch_err put(const char *dir, const char *name, ch_span bytes)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/%s", dir, name);

	return e == CH_OK ? ch_file_write(path, bytes, 0600) : e;
}

static ch_err put_sealed(const struct ch_home *home, const char *dir, const char *name,
    ch_span bytes)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/%s", dir, name);

	return e == CH_OK ? ch_home_seal(home, path, bytes) : e;
}

/* K's identity first, so that stock age takes the opened file as it is. */
static ch_err put_key(const struct ch_home *home, const char *dir, const struct ch_sealed *s)
{
	uint8_t text[256];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_age_identity_put(&w, &s->k);
	CH_WR_LIT(&w, "\n# file-key ");
	ch_hex_put(&w, ch_span_of(s->file_key.b, sizeof s->file_key.b));
	CH_WR_LIT(&w, "\n");
	ch_err e = w.err == CH_OK ? put_sealed(home, dir, "key.age", ch_wr_span(&w)) : w.err;
	ch_wipe(text, sizeof text);
	return e;
}

ch_err ch_outbox_put_number(const char *dir, const ch_outbox_item *item)
{
	char text[1024];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	CH_WR_LIT(&w, "number ");
	ch_wr_str(&w, item->number);
	CH_WR_LIT(&w, "\ntalks ");
	ch_wr_str(&w, item->talks);
	CH_WR_LIT(&w, "\nto ");
	ch_wr_str(&w, item->to);
	CH_WR_LIT(&w, "\nnot-before ");
	ch_when_put(&w, item->not_before);
	CH_WR_LIT(&w, "\n");
	ch_err e = ch_wr_done(&w);
	return e == CH_OK ? put(dir, "number.txt", ch_wr_span(&w)) : e;
}

static ch_err put_checkpoint(const char *dir, const struct ch_watch *w)
{
	char name[40];
	ch_seen seen;

	if (!ch_watch_seen(&seen, w))
		return CH_OK;
	(void)snprintf(name, sizeof name, "checkpoint.%llu.txt", (unsigned long long)seen.size);
	return put(dir, name, ch_buf_span(&w->note));
}

static ch_err fill(const char *dir, const struct ch_letter *l, const ch_hash *nonce,
    const ch_outbox_item *item, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_sealed sealed = { 0 };
	struct ch_buf note = { 0 };
	ch_note parsed;
	ch_hash hash;
	ch_err e = ch_path(path, "%s/envelope.age", dir);

	if (e == CH_OK)
		e = ch_letter_seal(&sealed, l, path, why);
	if (e == CH_OK)
		e = submission(&note, l, &sealed, nonce);
	if (e == CH_OK)
		e = ch_note_parse(&parsed, ch_buf_span(&note), CH_NOTE_TEXT_MAX);
	if (e == CH_OK) {
		ch_stmt_hash(&hash, parsed.text);
		e = ch_path(path, "%s/deposit.age", dir);
	}
	if (e == CH_OK)
		e = ch_outbox_deposit(path, l->watch, &hash, ch_span_str(l->talks->id_text),
		    &sealed.k, why);
	if (e == CH_OK && (e = put(dir, "submission.txt", ch_buf_span(&note))) == CH_OK &&
	    (e = put_sealed(l->home, dir, "cover.age", l->cover)) == CH_OK &&
	    (e = put_key(l->home, dir, &sealed)) == CH_OK &&
	    (e = put_checkpoint(dir, l->watch)) == CH_OK)
		e = ch_outbox_put_number(dir, item);
	ch_wipe(&sealed, sizeof sealed);
	ch_buf_deinit(&note);
	return e;
}

ch_err ch_outbox_stage(ch_outbox_item *out, const struct ch_letter *l, uint64_t delay,
    const ch_hash *given, struct ch_problem *why)
{
	char fresh[CH_PATH_MAX] = "", path[CH_PATH_MAX];
	struct ch_wr w = ch_wr_of(out->id, 64);
	ch_hash nonce;
	ch_err e = ch_random(&nonce, sizeof nonce);

	if (given)
		nonce = *given;
	*out = (ch_outbox_item){ 0 };
	ch_hex_put(&w, ch_span_of(nonce.b, sizeof nonce.b));
	out->not_before = l->now + (int64_t)delay;
	(void)snprintf(out->number, sizeof out->number, "%s", l->number);
	(void)snprintf(out->talks, sizeof out->talks, "%s", l->talks->name);
	(void)snprintf(out->to, sizeof out->to, "%.*s", (int)l->to.v[CH_CP_HANDLE].n,
	    (const char *)l->to.v[CH_CP_HANDLE].p);
	if (e == CH_OK)
		e = ch_home_path(fresh, l->home, "outbox/.new-%s", out->id);
	if (e == CH_OK)
		e = ch_home_path(path, l->home, "outbox/%s", out->id);
	if (e == CH_OK)
		e = ch_dir_make(fresh);
	if (e == CH_OK)
		e = fill(fresh, l, &nonce, out, why);
	if (e == CH_OK)
		e = ch_file_rename(path, fresh);
	if (e != CH_OK) {
		*out = (ch_outbox_item){ 0 };
		ch_problem_set(why, e, "%s could not be put into the outbox (%s); nothing was "
		    "sent; "
		    "mend that and send it again", l->number, ch_err_text(e));
		ch_err left = fresh[0] ? ch_dir_remove(fresh) : CH_OK;
		(void)left; /* the next listing sweeps it */
	}
	return e;
}
