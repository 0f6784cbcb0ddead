/* Deposits at the start: what open submissions want is kept, and whatever else lies there goes. */
#include "dec.h"
#include "deposit.h"
#include "hex.h"
#include "log.h"
#include "wipe.h"

#define EPOCHS_MAX 4096

struct start {
	struct ch_reg *reg;
	struct ch_buf old; /* of ch_row_deposit: kept as files by an older program */
};

static ch_err on_open(void *ctx, const ch_row_deposit *row)
{
	struct start *st = ctx;

	if (row->slot == CH_SLOT_NONE)
		return ch_buf_put(&st->old, ch_span_of(row, sizeof *row));
	if (ch_slots_keep(&st->reg->slots, row->slot) != CH_OK && !st->reg->closed)
		ch_log(CH_LOG_ERROR, "deposit-lost", "a key that was deposited is not there", NULL);
	return CH_OK;
}

/* ---- of an older program: deposits/<epoch>/<L>, as they came ---- */

static ch_err move_in(struct ch_reg *reg, const ch_row_deposit *row, ch_span sealed)
{
	struct ch_age_identity epoch, k = { 0 };
	const struct ch_open_keys by = { .ids = &epoch, .n_ids = 1 };
	ch_row_submission sub;
	struct ch_arena a;
	ch_slot slot;
	uint64_t at;
	ch_err e;

	ch_arena_init(&a, 1u << 20);
	if ((e = ch_deposit_load_epoch(&epoch, reg, row->epoch)) == CH_OK &&
	    (e = ch_store_submission(&sub, reg->store, &a, &row->l)) == CH_OK &&
	    (e = ch_deposit_open(&k, reg, &by, sealed, &row->l, sub.author)) == CH_OK &&
	    (e = ch_deposit_to_rest(&slot, &epoch, &row->l, &k)) == CH_OK &&
	    (e = ch_slots_put(&at, &reg->slots, &slot)) == CH_OK)
		e = ch_store_deposit_moved(reg->store, &row->l, at);
	ch_age_identity_wipe(&epoch);
	ch_age_identity_wipe(&k);
	ch_arena_deinit(&a);
	return e;
}

static ch_err move_one(struct ch_reg *reg, const ch_row_deposit *row)
{
	char path[CH_PATH_MAX], hex[65] = { 0 };
	struct ch_wr w = ch_wr_of(hex, 64);
	struct ch_buf sealed;
	ch_err e;

	ch_buf_init(&sealed, CH_DEPOSIT_MAX);
	ch_hex_put(&w, ch_span_of(row->l.b, sizeof row->l.b));
	if ((e = ch_path(path, "%s/deposits/%llu/%s", reg->folder.dir,
		 (unsigned long long)row->epoch, hex)) == CH_OK &&
	    (e = ch_file_read(&sealed, path)) == CH_OK)
		e = move_in(reg, row, ch_buf_span(&sealed));
	ch_buf_deinit(&sealed);
	if (e == CH_OK || ch_err_is_fault(e))
		return e;
	ch_log(CH_LOG_ERROR, "deposit-lost", "a key that was deposited cannot be read", NULL);
	return CH_OK;
}

/* Durable in their slots before the rows say so, and both before the files go. */
static ch_err move_all(struct ch_reg *reg, const struct ch_buf *old)
{
	const ch_row_deposit *row = (const ch_row_deposit *)old->p;
	ch_err e;

	if (old->n == 0)
		return CH_OK;
	if ((e = ch_store_begin(reg->store)) != CH_OK)
		return e;
	for (size_t i = 0; e == CH_OK && i < old->n / sizeof *row; i++)
		e = move_one(reg, &row[i]);
	if (e == CH_OK)
		e = ch_slots_flush(&reg->slots);
	if (e == CH_OK)
		e = ch_store_commit(reg->store);
	if (e != CH_OK)
		ch_store_rollback(reg->store);
	return e;
}

/* ---- folders of epochs ---- */

static ch_err sweep_epoch(struct ch_reg *reg, uint64_t n, bool is_now)
{
	char dir[CH_PATH_MAX], path[CH_PATH_MAX];
	struct ch_dir files;
	ch_err e;

	if ((e = ch_path(dir, "%s/deposits/%llu", reg->folder.dir, (unsigned long long)n)) !=
		CH_OK ||
	    (e = ch_dir_sweep(dir)) != CH_OK || (e = ch_dir_list(&files, dir, 1u << 20)) != CH_OK)
		return e;
	for (size_t i = 0; e == CH_OK && i < files.n; i++)
		if (strcmp(files.names[i], "key") != 0 &&
		    (e = ch_path(path, "%s/%s", dir, files.names[i])) == CH_OK)
			e = ch_file_unlink(path);
	ch_dir_deinit(&files);
	/* Today's key may be in a note that was just given out. */
	return e == CH_OK && !is_now ? ch_deposit_destroy(reg, n) : e;
}

static ch_err sweep_epochs(struct ch_reg *reg, const char *root, int64_t now)
{
	struct ch_dir epochs;
	uint64_t n;
	ch_err e = ch_dir_list(&epochs, root, EPOCHS_MAX);

	for (size_t i = 0; e == CH_OK && i < epochs.n; i++)
		if (ch_dec_parse(&n, ch_span_str(epochs.names[i]), INT64_MAX) == CH_OK)
			e = sweep_epoch(reg, n, now >= 0 && n == (uint64_t)now / CH_EPOCH_S);
	ch_dir_deinit(&epochs);
	return e;
}

ch_err ch_deposit_start(struct ch_reg *reg, int64_t now)
{
	struct start st = { .reg = reg };
	char root[CH_PATH_MAX], path[CH_PATH_MAX];
	ch_err e;

	ch_buf_init(&st.old, 1u << 28);
	if ((e = ch_path(root, "%s/deposits", reg->folder.dir)) == CH_OK &&
	    (e = ch_path(path, "%s/slots", root)) == CH_OK &&
	    (e = ch_slots_open(&reg->slots, path)) == CH_OK &&
	    (e = ch_store_deposits(reg->store, on_open, &st)) == CH_OK &&
	    (e = move_all(reg, &st.old)) == CH_OK && (e = ch_slots_sweep(&reg->slots)) == CH_OK &&
	    (e = ch_slots_flush(&reg->slots)) == CH_OK)
		e = sweep_epochs(reg, root, now);
	if (e == CH_OK && (e = ch_path(path, "%s/spare", root)) == CH_OK)
		e = ch_dir_remove(path);
	ch_buf_deinit(&st.old);
	return e;
}
