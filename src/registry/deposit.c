/*
 * Deposits: K comes sealed to the epoch's key, deposits/<epoch>/key. Once it is found to fit L it
 * is kept in a slot of deposits/slots, sealed under a key that the epoch's secret and L give: a
 * receipt then costs no post-quantum opening, and an end one write. Erased, at every end, is
 * overwritten; the key of a past epoch goes with its last deposit. What a disk may keep: TRUST.md.
 */
#include "deposit.h"

#include "rng.h"
#include "warm.h"
#include "wipe.h"

#define REST_LEN (1 + sizeof(struct ch_secret32)) /* the type, and K's secret */

static ch_err epoch_dir(char out[CH_PATH_MAX], const struct ch_reg *reg, uint64_t n)
{
	return ch_path(out, "%s/deposits/%llu", reg->folder.dir, (unsigned long long)n);
}

ch_err ch_deposit_load_epoch(struct ch_age_identity *id, const struct ch_reg *reg, uint64_t n)
{
	char path[CH_PATH_MAX];
	uint8_t text[CH_AGE_IDENTITY_MAX + 1];
	size_t len;
	ch_err e;

	memset(id, 0, sizeof *id);
	if ((e = ch_path(path, "%s/deposits/%llu/key", reg->folder.dir,
		 (unsigned long long)n)) != CH_OK ||
	    (e = ch_file_read_into(text, &len, sizeof text, path)) != CH_OK)
		return e;
	if (len == 0 || text[len - 1] != '\n')
		e = CH_E_FORMAT;
	else
		e = ch_age_identity_parse(id, ch_span_of(text, len - 1));
	ch_wipe(text, sizeof text);
	return e;
}

static ch_err make_epoch(struct ch_age_identity *id, const struct ch_reg *reg, uint64_t n)
{
	char path[CH_PATH_MAX];
	uint8_t text[CH_AGE_IDENTITY_MAX + 1];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_secret32 seed = { 0 };
	ch_err e;

	memset(id, 0, sizeof *id);
	if ((e = epoch_dir(path, reg, n)) != CH_OK || (e = ch_dir_make(path)) != CH_OK ||
	    (e = ch_path(path, "%s/deposits/%llu/key", reg->folder.dir,
		 (unsigned long long)n)) != CH_OK ||
	    (e = ch_random(seed.b, sizeof seed.b)) != CH_OK ||
	    (e = ch_age_identity_make(id, CH_AGE_HYBRID, &seed)) != CH_OK)
		goto out;
	ch_age_identity_put(&w, id);
	CH_WR_LIT(&w, "\n");
	if ((e = ch_wr_done(&w)) == CH_OK)
		e = ch_file_create(path, ch_span_of(text, w.n), 0600);
	if (e != CH_OK)
		ch_age_identity_wipe(id);
out:
	ch_wipe(&seed, sizeof seed);
	ch_wipe(text, sizeof text);
	return e;
}

/* Remove the key of a past epoch that nothing lies under, and its folder. */
ch_err ch_deposit_destroy(struct ch_reg *reg, uint64_t n)
{
	char path[CH_PATH_MAX];
	ch_err e;

	if (reg->epoch.open && reg->epoch.n == n)
		return CH_OK;
	if ((e = ch_store_deposit_under(reg->store, n)) != CH_E_ABSENT)
		return e;
	if ((e = ch_path(path, "%s/deposits/%llu/key", reg->folder.dir,
		 (unsigned long long)n)) != CH_OK)
		return e;
	e = ch_file_unlink(path);
	return e == CH_E_ABSENT ? CH_OK : e;
}

bool ch_deposit_epoch(struct ch_reg *reg, struct ch_op *op, int64_t now)
{
	uint64_t n = now < 0 ? 0 : (uint64_t)now / CH_EPOCH_S, past = reg->epoch.n;
	struct ch_age_identity id;
	bool had = reg->epoch.open;
	ch_age_ready ready;
	ch_err e;

	if (had && past == n)
		return true;
	e = ch_deposit_load_epoch(&id, reg, n);
	if (e == CH_E_ABSENT)
		e = make_epoch(&id, reg, n);
	if (e == CH_OK)
		e = ch_age_ready_make(&ready, &id.recipient);
	if (e != CH_OK) {
		ch_age_identity_wipe(&id);
		return ch_fault(op, ch_err_is_fault(e) ? e : CH_E_INTERNAL);
	}
	ch_crew_settle(reg->crew); /* which reads it */
	ch_age_identity_wipe(&reg->epoch.id);
	reg->epoch = (struct ch_epoch){ .open = true, .n = n, .id = id, .ready = ready };
	ch_age_identity_wipe(&id);
	if (had && (e = ch_deposit_destroy(reg, past)) != CH_OK)
		return ch_fault(op, e);
	return true;
}

ch_err ch_deposit_open(struct ch_age_identity *k, const struct ch_reg *reg,
    const struct ch_open_keys *epoch, ch_span sealed, const ch_hash *l, ch_span party)
{
	uint8_t text[CH_DEPOSIT_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_stmt s;
	ch_hash named;
	ch_err e;

	memset(k, 0, sizeof *k);
	if ((e = ch_open_buffer(&w, NULL, sealed, epoch)) == CH_OK &&
	    (e = ch_stmt_parse_as(&s, ch_wr_span(&w), CH_K_DEPOSIT, reg->folder.exercise)) ==
		CH_OK) {
		named = ch_val_hash(s.v[CH_DEP_SUBMISSION]);
		if (!ch_hash_eq(&named, l) || !ch_span_eq(s.v[CH_DEP_PARTY], party))
			e = CH_E_AUTH;
		else
			e = ch_age_identity_parse(k, s.v[CH_DEP_IDENTITY]);
	}
	ch_wipe(&s, sizeof s);
	ch_wipe(text, sizeof text);
	return e;
}

/* The hash of K's recipient, as it stands in L. */
static ch_err key_hash(ch_hash *out, const struct ch_age_identity *k)
{
	uint8_t text[CH_AGE_RECIPIENT_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_age_recipient_put(&w, &k->recipient);
	ch_sha256(out, ch_wr_span(&w));
	return w.err;
}

/* ---- at rest ---- */

/* A key for each L, so that a nonce is never used twice: what is sealed under it is K, which L
 * names. */
static ch_err rest_open(struct ch_aead *a, const struct ch_age_identity *epoch, const ch_hash *l)
{
	struct ch_secret32 key;
	ch_err e = ch_aead_init(a);

	if (e != CH_OK)
		return e;
	ch_hkdf(key.b, sizeof key.b, ch_span_of(epoch->secret.b, sizeof epoch->secret.b),
	    ch_span_of(l->b, sizeof l->b), CH_LIT("chancery deposit at rest"));
	ch_aead_key(a, &key);
	ch_wipe(&key, sizeof key);
	return CH_OK;
}

static const uint8_t rest_nonce[12];

ch_err ch_deposit_to_rest(ch_slot *out, const struct ch_age_identity *epoch, const ch_hash *l,
    const struct ch_age_identity *k)
{
	uint8_t text[REST_LEN];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_aead a;
	ch_err e = rest_open(&a, epoch, l);

	memset(out, 0, sizeof *out);
	if (e != CH_OK)
		return e;
	ch_wr_u8(&w, (uint8_t)k->type);
	ch_wr_put(&w, ch_span_of(k->secret.b, sizeof k->secret.b));
	e = ch_aead_seal(&a, out->b, rest_nonce, ch_wr_span(&w));
	ch_wipe(text, sizeof text);
	ch_aead_deinit(&a);
	return e;
}

static ch_err from_rest(struct ch_age_identity *k, const struct ch_age_identity *epoch,
    const ch_hash *l, const ch_slot *slot)
{
	uint8_t text[REST_LEN];
	struct ch_aead a;
	ch_err e = rest_open(&a, epoch, l);

	if (e != CH_OK)
		return e;
	e = ch_aead_open(&a, text, rest_nonce, ch_span_of(slot->b, sizeof text + CH_AEAD_TAG));
	if (e == CH_OK && text[0] != CH_AGE_X25519 && text[0] != CH_AGE_HYBRID)
		e = CH_E_FORMAT;
	if (e == CH_OK) {
		struct ch_rd r = ch_rd_of(ch_span_of(text, sizeof text));

		k->type = (ch_age_type)ch_rd_u8(&r);
		ch_rd_copy(&r, k->secret.b, sizeof k->secret.b);
	}
	ch_wipe(text, sizeof text);
	ch_aead_deinit(&a);
	return e;
}

/* ---- a deposit comes ---- */

/* The verdict, or a fault. */
static ch_err look(ch_deposit_seen *out, const struct ch_reg *reg, ch_span sealed,
    const ch_hash *l, ch_span party)
{
	const struct ch_epoch *by = &reg->epoch;
	const struct ch_open_keys keys = { .ids = &by->id, .ready = &by->ready.m, .n_ids = 1 };
	struct ch_age_identity k;

	*out = (ch_deposit_seen){ .epoch = by->n, .sealed = sealed, .l = *l };
	out->e = ch_deposit_open(&k, reg, &keys, sealed, l, party);
	if (out->e == CH_OK) {
		out->hybrid = ch_age_is_hybrid(k.type);
		out->e = key_hash(&out->key, &k);
	}
	if (out->e == CH_OK)
		out->e = ch_deposit_to_rest(&out->slot, &by->id, l, &k);
	ch_age_identity_wipe(&k);
	out->known = !ch_err_is_fault(out->e);
	return out->e;
}

void ch_deposit_look(ch_deposit_seen *out, const struct ch_reg *reg, ch_span sealed,
    const ch_hash *l, ch_span party)
{
	*out = (ch_deposit_seen){ 0 };
	if (reg->epoch.open && sealed.n <= CH_DEPOSIT_MAX)
		(void)look(out, reg, sealed, l, party);
}

/* What the crew saw, if it was this. The party stands in L, so L's hash holds it too. */
static bool was_seen(ch_deposit_seen *out, const struct ch_reg *reg, const struct ch_op *op,
    ch_span sealed, const ch_hash *l)
{
	const ch_deposit_seen *had = op->warm ? &op->warm->deposit : NULL;

	if (!had || !had->known || had->epoch != reg->epoch.n || had->sealed.p != sealed.p ||
	    had->sealed.n != sealed.n || !ch_hash_eq(&had->l, l))
		return false;
	*out = *had;
	return true;
}

/* Kept until the batch is durable or undone: then it is known which. */
static ch_err keep(struct ch_reg *reg, ch_row_submission *sub, const ch_slot *slot)
{
	struct ch_taken t = { .epoch = sub->epoch };
	ch_err e = ch_slots_put(&t.slot, &reg->slots, slot);

	if (e != CH_OK)
		return e;
	sub->slot = t.slot;
	if ((e = ch_buf_put(&reg->taken, ch_span_of(&t, sizeof t))) == CH_OK)
		return CH_OK;
	return ch_slots_let_go(&reg->slots, t.slot) == CH_OK ? e : CH_E_IO;
}

bool ch_deposit_take(struct ch_reg *reg, struct ch_op *op, ch_span sealed,
    ch_row_submission *sub, bool hybrid, int64_t now)
{
	ch_deposit_seen seen;
	bool known;
	ch_err e;

	if (sealed.n > CH_DEPOSIT_MAX)
		return ch_refuse(op, 413, "too-large", "A deposit is smaller than this");
	if (!ch_deposit_epoch(reg, op, now))
		return false;
	sub->epoch = reg->epoch.n;
	known = was_seen(&seen, reg, op, sealed, &sub->l);
	reg->metrics.used[CH_USED_DEPOSIT] += known;
	if (!known && ch_err_is_fault(e = look(&seen, reg, sealed, &sub->l, sub->author)))
		return ch_fault(op, e);
	if (seen.e != CH_OK || seen.hybrid != hybrid || !ch_hash_eq(&seen.key, &sub->key))
		return ch_refuse(op, 422, "key-does-not-fit",
		    "The deposit does not open to this submission's key; ask for the deposit key "
		    "again");
	e = keep(reg, sub, &seen.slot);
	return e == CH_OK ? true : ch_fault(op, e);
}

/* ---- and goes ---- */

static ch_err let_go(struct ch_reg *reg, uint64_t epoch, uint64_t slot)
{
	ch_err e = ch_slots_let_go(&reg->slots, slot);

	return e == CH_OK ? ch_deposit_destroy(reg, epoch) : e;
}

ch_err ch_deposit_undo(struct ch_reg *reg, size_t mark)
{
	ch_err e = CH_OK;

	while (e == CH_OK && reg->taken.n > mark) {
		struct ch_taken t;
		size_t at = reg->taken.n - sizeof t;

		memcpy(&t, &reg->taken.p[at], sizeof t);
		if ((e = let_go(reg, t.epoch, t.slot)) == CH_OK)
			reg->taken.n = at;
	}
	return e;
}

ch_err ch_deposit_erase(struct ch_reg *reg, uint64_t epoch, uint64_t slot)
{
	return slot == CH_SLOT_NONE ? CH_OK : let_go(reg, epoch, slot);
}

/* The epoch's key is at hand while it lasts; one of a past day is read. */
static ch_err open_under(struct ch_age_identity *k, const struct ch_reg *reg,
    const ch_row_submission *sub, const ch_slot *slot)
{
	struct ch_age_identity past;
	ch_err e;

	if (reg->epoch.open && reg->epoch.n == sub->epoch)
		return from_rest(k, &reg->epoch.id, &sub->l, slot);
	if ((e = ch_deposit_load_epoch(&past, reg, sub->epoch)) == CH_OK)
		e = from_rest(k, &past, &sub->l, slot);
	ch_age_identity_wipe(&past);
	return e;
}

ch_err ch_deposit_key(struct ch_age_identity *k, const struct ch_reg *reg,
    const ch_row_submission *sub)
{
	ch_slot slot;
	ch_err e;

	memset(k, 0, sizeof *k);
	if ((e = ch_slots_get(&slot, &reg->slots, sub->slot)) == CH_OK &&
	    (e = open_under(k, reg, sub, &slot)) == CH_OK)
		return CH_OK;
	ch_age_identity_wipe(k);
	return ch_err_is_fault(e) ? e : CH_E_INTERNAL;
}
