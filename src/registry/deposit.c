/*
 * Deposits: K sealed to the epoch's key, kept as the file that came in, under
 * deposits/<epoch>/<L>; deposits/<epoch>/key is the epoch's identity. Erased, at every end and if
 * nothing came of the submission, is overwritten and shelved as deposits/spare/<n> for the next,
 * or unlinked; the key of a past epoch goes with its last deposit. What a disk may keep: TRUST.md.
 */
#include "dec.h"
#include "hex.h"
#include "reg.h"
#include "rng.h"
#include "seal.h"
#include "warm.h"
#include "wipe.h"

#define DEPOSIT_MAX 8192
#define EPOCHS_MAX 4096
#define SPARES_MAX 4096

static ch_err epoch_dir(char out[CH_PATH_MAX], const struct ch_reg *reg, uint64_t n)
{
	return ch_path(out, "%s/deposits/%llu", reg->folder.dir, (unsigned long long)n);
}

static ch_err deposit_path(char out[CH_PATH_MAX], const struct ch_reg *reg, uint64_t epoch,
    const ch_hash *l)
{
	char hex[65] = { 0 };
	struct ch_wr w = ch_wr_of(hex, 64);

	ch_hex_put(&w, ch_span_of(l->b, sizeof l->b));
	return ch_path(out, "%s/deposits/%llu/%s", reg->folder.dir, (unsigned long long)epoch,
	    hex);
}

static ch_err spare_path(char out[CH_PATH_MAX], const struct ch_reg *reg, unsigned n)
{
	return ch_path(out, "%s/deposits/spare/%u", reg->folder.dir, n);
}

/* ABSENT: it is gone already. There may be no room, where a file system copies on writing, and no
 * descriptor. */
static ch_err let_go(struct ch_reg *reg, const char *path)
{
	char spare[CH_PATH_MAX];
	ch_err e = spare_path(spare, reg, reg->n_spare);

	if (e == CH_OK && reg->n_spare < SPARES_MAX) {
		e = ch_file_shelve(path, spare);
		reg->n_spare += e == CH_OK;
	} else {
		e = ch_file_drop(path);
	}
	if (e == CH_E_FULL || e == CH_E_NOMEM)
		e = ch_file_drop(path);
	reg->laid = reg->laid || e == CH_OK;
	return e;
}

static ch_err lay(struct ch_reg *reg, const char *path, ch_span sealed)
{
	char spare[CH_PATH_MAX];
	ch_err e, gone;

	if (reg->n_spare == 0)
		return ch_file_lay(path, sealed, 0600);
	if ((e = spare_path(spare, reg, --reg->n_spare)) != CH_OK ||
	    (e = ch_file_lay_over(path, spare, sealed)) == CH_OK)
		return e;
	gone = let_go(reg, spare); /* some of it may lie there */
	if (gone != CH_OK && gone != CH_E_ABSENT)
		return gone;
	return e == CH_E_ABSENT ? ch_file_lay(path, sealed, 0600) : e;
}

static ch_err load_epoch(struct ch_age_identity *id, const struct ch_reg *reg, uint64_t n)
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

/* Remove key and folder when nothing else is in it. */
static ch_err destroy_if_empty(struct ch_reg *reg, uint64_t n)
{
	char path[CH_PATH_MAX];
	struct ch_dir d;
	bool alone;
	ch_err e;

	if (reg->epoch.open && reg->epoch.n == n)
		return CH_OK;
	if ((e = epoch_dir(path, reg, n)) != CH_OK)
		return e;
	e = ch_dir_list(&d, path, 1);
	alone = e == CH_OK && (d.n == 0 || strcmp(d.names[0], "key") == 0);
	ch_dir_deinit(&d);
	if (e == CH_E_LIMIT || e == CH_E_ABSENT || (e == CH_OK && !alone))
		return CH_OK;
	if (e != CH_OK)
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
	ch_err e;

	if (had && past == n)
		return true;
	e = load_epoch(&id, reg, n);
	if (e == CH_E_ABSENT)
		e = make_epoch(&id, reg, n);
	if (e != CH_OK) {
		ch_age_identity_wipe(&id);
		return ch_fault(op, ch_err_is_fault(e) ? e : CH_E_INTERNAL);
	}
	ch_age_identity_wipe(&reg->epoch.id);
	reg->epoch = (struct ch_epoch){ .open = true, .n = n, .id = id };
	ch_age_identity_wipe(&id);
	if (had && (e = destroy_if_empty(reg, past)) != CH_OK)
		return ch_fault(op, e);
	return true;
}

/* Open a deposit and read K out of it. Verdicts are the depositor's fault. */
static ch_err open_deposit(struct ch_age_identity *k, const struct ch_reg *reg,
    const struct ch_age_identity *epoch, ch_span sealed, const ch_hash *l, ch_span party)
{
	uint8_t text[DEPOSIT_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_open_keys keys = { .ids = epoch, .n_ids = 1 };
	ch_stmt s;
	ch_hash named;
	ch_err e;

	memset(k, 0, sizeof *k);
	if ((e = ch_open_buffer(&w, NULL, sealed, &keys)) == CH_OK &&
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

/* The verdict, or a fault. */
static ch_err look(ch_deposit_seen *out, const struct ch_reg *reg, ch_span sealed,
    const ch_hash *l, ch_span party)
{
	struct ch_age_identity k;

	*out = (ch_deposit_seen){ .epoch = reg->epoch.n, .sealed = sealed, .l = *l };
	out->e = open_deposit(&k, reg, &reg->epoch.id, sealed, l, party);
	if (out->e == CH_OK) {
		out->hybrid = ch_age_is_hybrid(k.type);
		out->e = key_hash(&out->key, &k);
	}
	ch_age_identity_wipe(&k);
	out->known = !ch_err_is_fault(out->e);
	return out->e;
}

void ch_deposit_look(ch_deposit_seen *out, const struct ch_reg *reg, ch_span sealed,
    const ch_hash *l, ch_span party)
{
	*out = (ch_deposit_seen){ 0 };
	if (reg->epoch.open && sealed.n <= DEPOSIT_MAX)
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

bool ch_deposit_take(uint64_t *epoch, struct ch_reg *reg, struct ch_op *op, ch_span sealed,
    const ch_row_submission *sub, bool hybrid, int64_t now)
{
	ch_deposit_seen seen;
	char path[CH_PATH_MAX];
	bool known;
	ch_err e;

	if (sealed.n > DEPOSIT_MAX)
		return ch_refuse(op, 413, "too-large", "A deposit is smaller than this");
	if (!ch_deposit_epoch(reg, op, now))
		return false;
	*epoch = reg->epoch.n;
	known = was_seen(&seen, reg, op, sealed, &sub->l);
	reg->metrics.used[CH_USED_DEPOSIT] += known;
	if (!known && ch_err_is_fault(e = look(&seen, reg, sealed, &sub->l, sub->author)))
		return ch_fault(op, e);
	if (seen.e != CH_OK || seen.hybrid != hybrid || !ch_hash_eq(&seen.key, &sub->key))
		return ch_refuse(op, 422, "key-does-not-fit",
		    "The deposit does not open to this submission's key; ask for the deposit key "
		    "again");
	op->lays = sub;
	if ((e = deposit_path(path, reg, *epoch, &sub->l)) == CH_OK)
		e = lay(reg, path, sealed);
	reg->laid = true;
	return e == CH_OK ? true : ch_fault(op, e);
}

/* The epoch's key is at hand while it lasts; one of a past day is read. */
static ch_err open_under(struct ch_age_identity *k, const struct ch_reg *reg,
    const ch_row_submission *sub, ch_span sealed)
{
	struct ch_age_identity past;
	ch_err e;

	if (reg->epoch.open && reg->epoch.n == sub->epoch)
		return open_deposit(k, reg, &reg->epoch.id, sealed, &sub->l, sub->author);
	if ((e = load_epoch(&past, reg, sub->epoch)) == CH_OK)
		e = open_deposit(k, reg, &past, sealed, &sub->l, sub->author);
	ch_age_identity_wipe(&past);
	return e;
}

ch_err ch_deposit_key(struct ch_age_identity *k, const struct ch_reg *reg,
    const ch_row_submission *sub)
{
	char path[CH_PATH_MAX];
	uint8_t sealed[DEPOSIT_MAX];
	ch_hash have;
	size_t n;
	ch_err e;

	memset(k, 0, sizeof *k);
	if ((e = deposit_path(path, reg, sub->epoch, &sub->l)) == CH_OK &&
	    (e = ch_file_read_into(sealed, &n, sizeof sealed, path)) == CH_OK &&
	    (e = open_under(k, reg, sub, ch_span_of(sealed, n))) == CH_OK)
		e = key_hash(&have, k);
	if (e == CH_OK && !ch_hash_eq(&have, &sub->key))
		e = CH_E_AUTH;
	if (e == CH_OK)
		return CH_OK;
	ch_age_identity_wipe(k);
	return ch_err_is_fault(e) ? e : CH_E_INTERNAL;
}

ch_err ch_deposit_erase(struct ch_reg *reg, uint64_t epoch, const ch_hash *l)
{
	char path[CH_PATH_MAX];
	ch_err e = deposit_path(path, reg, epoch, l);

	if (e != CH_OK)
		return e;
	e = let_go(reg, path);
	if (e != CH_OK && e != CH_E_ABSENT)
		return e;
	return destroy_if_empty(reg, epoch);
}

ch_err ch_deposit_take_back(struct ch_reg *reg, const struct ch_op *op)
{
	return op->lays ? ch_deposit_erase(reg, op->lays->epoch, &op->lays->l) : CH_OK;
}

/* ---- the start ---- */

/* Each is blanked once more: a kill, or power that failed, may have left a deposit in it. */
static ch_err take_up_spares(struct ch_reg *reg)
{
	char path[CH_PATH_MAX];
	ch_err e = CH_OK;

	reg->n_spare = 0;
	while (e == CH_OK && reg->n_spare < SPARES_MAX)
		if ((e = spare_path(path, reg, reg->n_spare)) == CH_OK)
			e = let_go(reg, path);
	return e == CH_E_ABSENT ? CH_OK : e;
}

ch_err ch_deposit_start(struct ch_reg *reg)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/deposits/spare", reg->folder.dir);

	if (e == CH_OK && (e = ch_dir_make(path)) == CH_OK)
		e = take_up_spares(reg);
	return e == CH_OK ? ch_deposit_sweep(reg) : e;
}

/* One file of an epoch's folder: kept only if an open submission needs it. */
static ch_err sweep_one(struct ch_reg *reg, const char *dir, const char *name)
{
	char path[CH_PATH_MAX];
	struct ch_arena a;
	ch_row_submission sub;
	ch_hash l;
	ch_err e = CH_E_ABSENT;

	if (strcmp(name, "key") == 0)
		return CH_OK;
	ch_arena_init(&a, 1u << 20);
	if (ch_hex_parse(l.b, sizeof l.b, ch_span_str(name)) == CH_OK)
		e = ch_store_submission(&sub, reg->store, &a, &l);
	if (e == CH_OK && sub.state != CH_END_OPEN)
		e = CH_E_ABSENT;
	ch_arena_deinit(&a);
	if (e != CH_E_ABSENT)
		return e;
	if ((e = ch_path(path, "%s/%s", dir, name)) != CH_OK)
		return e;
	return let_go(reg, path);
}

ch_err ch_deposit_sweep(struct ch_reg *reg)
{
	char root[CH_PATH_MAX], dir[CH_PATH_MAX];
	struct ch_dir epochs, files;
	uint64_t n;
	ch_err e;

	if ((e = ch_path(root, "%s/deposits", reg->folder.dir)) != CH_OK ||
	    (e = ch_dir_list(&epochs, root, EPOCHS_MAX)) != CH_OK)
		return e;
	for (size_t i = 0; i < epochs.n && e == CH_OK; i++) {
		if (ch_dec_parse(&n, ch_span_str(epochs.names[i]), INT64_MAX) != CH_OK)
			continue;
		if ((e = epoch_dir(dir, reg, n)) != CH_OK || (e = ch_dir_sweep(dir)) != CH_OK ||
		    (e = ch_dir_list(&files, dir, 1u << 20)) != CH_OK)
			break;
		for (size_t j = 0; j < files.n && e == CH_OK; j++)
			e = sweep_one(reg, dir, files.names[j]);
		ch_dir_deinit(&files);
		/* Today's key may be in a note that was just given out. */
		if (e == CH_OK && reg->epoch.open)
			e = destroy_if_empty(reg, n);
	}
	ch_dir_deinit(&epochs);
	return e;
}
