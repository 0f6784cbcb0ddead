/*
 * After a restored backup. The log can go on: what is missing lies in any copy of it, and is taken
 * only when it leads from our own tree to a root that our own key signed. What the lost statements
 * said cannot be had from it, so a registry that lost some takes no more of them: it might say two
 * things about one paper. Nothing is written before all of it was checked.
 */
#include "clock.h"
#include "dec.h"
#include "guard.h"
#include "place.h"
#include "registry.h"
#include "slots.h"

struct restoring {
	struct ch_folder folder;
	struct ch_store *store;
	struct ch_place copy;
	struct ch_row_tree tree;   /* as restored */
	struct ch_frontier f;
	struct ch_buf note, bundle;
	ch_note parsed;
	ch_checkpoint cp;          /* to be reached */
	struct ch_guard guard;
	const char **why;
};

#define SIGNED_OTHERWISE "What this register signed and the copy contradict each other. Nothing " \
    "was changed. Keep the folder: it is proof"

/* ---- the copy ---- */

static ch_err get(struct ch_buf *out, struct restoring *x, const char *path)
{
	unsigned status;
	ch_err e = ch_place_get(out, &status, &x->copy, path, 30000);

	return status && e != CH_OK ? CH_E_ABSENT : e;
}

static ch_err get_checkpoint(struct restoring *x)
{
	ch_err e;

	*x->why = "The copy has no `checkpoint`, or was not reached. Nothing was changed.";
	if ((e = get(&x->note, x, "checkpoint")) != CH_OK)
		return e;
	*x->why = "The checkpoint of the copy is not signed by this register. Nothing was changed.";
	e = ch_checkpoint_open(&x->cp, &x->parsed, ch_buf_span(&x->note), &x->folder.vkey);
	if (e != CH_OK)
		return e;
	*x->why = "The copy is older than this folder. Nothing was changed.";
	return x->cp.size < x->tree.size ? CH_E_CONFLICT : CH_OK;
}

/* A copy that does not reach what others saw would leave a second history. */
static ch_err reaches_all(struct restoring *x)
{
	*x->why = "Others hold a larger state of this register than the copy. Nothing was changed. "
		  "Find a newer copy; without one this register is at its end: make another, "
		  "under another name.";
	for (size_t i = 0; i <= CH_WITNESSES_MAX; i++)
		if (x->guard.seen[i].n > 0 && x->guard.seen[i].size > x->cp.size)
			return CH_E_CONFLICT;
	return CH_OK;
}

/* Checkpoints that others hold, on the way: the root at their size must be theirs. */
static ch_err compare_seen(struct restoring *x)
{
	ch_checkpoint cp;
	ch_note note;
	ch_hash root;

	for (size_t i = 0; i <= CH_WITNESSES_MAX; i++) {
		const struct ch_guard_seen *s = &x->guard.seen[i];

		if (s->n == 0 || s->size != x->f.size ||
		    ch_checkpoint_open(&cp, &note, ch_span_of(s->note, s->n), &x->folder.vkey) !=
			CH_OK)
			continue;
		ch_frontier_root(&root, &x->f);
		if (!ch_hash_eq(&root, &cp.root))
			return CH_E_CONFLICT;
	}
	return CH_OK;
}

/* One bundle: entries that we have must be the same, the others are kept. */
CH_OWN_FRAME static ch_err take_bundle(struct restoring *x, uint64_t index)
{
	ch_tile t = { .entries = true, .index = index,
		.width = (uint16_t)ch_tile_width(x->cp.size, 0, index) };
	char path[CH_TILE_PATH_MAX + 1] = { 0 };
	ch_hash entry[CH_TILE_WIDTH], leaf;
	struct ch_wr w = ch_wr_of(path, CH_TILE_PATH_MAX);
	uint64_t first = x->f.size;
	struct ch_rd r;
	size_t n = 0;
	ch_err e;

	ch_tile_put(&w, &t);
	if ((e = ch_wr_done(&w)) != CH_OK || (e = get(&x->bundle, x, path)) != CH_OK)
		return e;
	r = ch_rd_of(ch_buf_span(&x->bundle));
	for (unsigned i = 0; i < t.width; i++) {
		ch_span one = ch_bundle_next(&r);

		if (one.n != sizeof entry[n].b)
			return CH_E_FORMAT;
		if (index * CH_TILE_WIDTH + i < first)
			continue;
		memcpy(entry[n++].b, one.p, sizeof entry[0].b);
		ch_merkle_leaf(&leaf, one);
		(void)ch_frontier_append(&x->f, &leaf);
		if ((e = compare_seen(x)) != CH_OK)
			return e;
	}
	if ((e = ch_rd_done(&r)) != CH_OK)
		return e;
	return ch_store_raw_add(x->store, first, ch_span_of(entry, n * sizeof entry[0]));
}

/* ---- what is written ---- */

/* The log's own line of the copy, and our cosigner's of now. */
CH_OWN_FRAME static ch_err put_checkpoint(struct restoring *x)
{
	uint8_t room[CH_REGISTER_NOTE_MAX];
	struct ch_wr w = ch_wr_of(room, sizeof room);
	ch_row_checkpoint row = { .size = x->cp.size, .root = x->cp.root };
	int64_t now;
	ch_err e = ch_clock_now(&now, x->folder.clock, x->folder.exercise);

	if (e != CH_OK)
		return e;
	ch_note_put_text(&w, x->parsed.text);
	for (size_t i = 0; i < x->parsed.n; i++)
		if (ch_note_line_verify(&x->parsed, i, &x->folder.vkey) == CH_OK)
			ch_note_put_line(&w, &x->parsed.line[i]);
	ch_cosignature_put(&w, x->folder.cosigner.name, x->parsed.text, now < 0 ? 0 : (uint64_t)now,
	    &x->folder.cosign_key);
	if ((e = ch_wr_done(&w)) != CH_OK)
		return e;
	row.note = ch_wr_span(&w);
	return ch_store_checkpoint_add(x->store, &row);
}

static ch_err put_tree(struct restoring *x)
{
	struct ch_row_tree t = { .size = x->cp.size, .tiled = x->tree.tiled, .root = x->cp.root };

	t.n_edge = ch_frontier_save(t.edge, &x->f);
	return ch_store_tree_put(x->store, &t);
}

static ch_err roll(struct restoring *x)
{
	ch_hash root;
	ch_err e = CH_OK;

	*x->why = "The copy is not whole. Nothing was changed.";
	for (uint64_t i = x->tree.size / CH_TILE_WIDTH; e == CH_OK && x->f.size < x->cp.size; i++)
		e = take_bundle(x, i);
	if (e == CH_E_CONFLICT)
		*x->why = SIGNED_OTHERWISE ".";
	if (e != CH_OK)
		return e;
	ch_frontier_root(&root, &x->f);
	*x->why = SIGNED_OTHERWISE ".";
	if (!ch_hash_eq(&root, &x->cp.root))
		return CH_E_CONFLICT;
	*x->why = "The database did not take it. Nothing was changed.";
	if ((e = put_checkpoint(x)) != CH_OK)
		return e;
	return put_tree(x);
}

static ch_err erase_slots(const char *path)
{
	struct ch_slots s;
	ch_err e = ch_slots_open(&s, path);

	if (e == CH_OK && (e = ch_slots_sweep(&s)) == CH_OK)
		e = ch_slots_flush(&s);
	ch_slots_close(&s);
	return e == CH_OK ? ch_file_unlink(path) : e;
}

/* Keys of papers that wait: they may have been given out since. */
static ch_err erase_deposits(const struct ch_folder *f)
{
	char root[CH_PATH_MAX], dir[CH_PATH_MAX];
	struct ch_dir d;
	ch_err e;

	if ((e = ch_path(root, "%s/deposits", f->dir)) != CH_OK ||
	    (e = ch_dir_list(&d, root, 1u << 16)) != CH_OK)
		return e == CH_E_ABSENT ? CH_OK : e;
	for (size_t i = 0; e == CH_OK && i < d.n; i++)
		if ((e = ch_path(dir, "%s/%s", root, d.names[i])) == CH_OK)
			e = strcmp(d.names[i], "slots") == 0 ? erase_slots(dir) :
			    ch_dir_remove(dir);
	ch_dir_deinit(&d);
	return e;
}

/* Before the commit: a registry that goes on from here is closed, whatever ends us. */
static ch_err close_deliveries(struct restoring *x)
{
	char path[CH_PATH_MAX];
	uint8_t text[128];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_err e;

	CH_WR_LIT(&w, "chancery/registry-restored@v1\nlost ");
	ch_dec_put(&w, x->tree.size);
	CH_WR_LIT(&w, " ");
	ch_dec_put(&w, x->cp.size);
	CH_WR_LIT(&w, "\n");
	if ((e = ch_wr_done(&w)) != CH_OK ||
	    (e = ch_path(path, "%s/restored", x->folder.dir)) != CH_OK)
		return e;
	return ch_file_write(path, ch_wr_span(&w), 0644);
}

static ch_err restore(struct restoring *x)
{
	ch_err e = ch_store_begin(x->store);

	if (e != CH_OK)
		return e;
	if ((e = roll(x)) == CH_OK) {
		*x->why = "The file `restored` cannot be written, or the database took nothing.";
		if ((e = close_deliveries(x)) == CH_OK)
			e = ch_store_commit(x->store);
	}
	if (e != CH_OK) {
		ch_store_rollback(x->store);
		return e;
	}
	*x->why = "The log was restored; `deposits` could not be emptied. Say it again.";
	return erase_deposits(&x->folder);
}

static ch_err open_all(struct restoring *x, const char *dir)
{
	struct ch_quorum *q = NULL;
	char path[CH_PATH_MAX];
	ch_err e;

	*x->why = "The database cannot be opened, or was written by a newer program.";
	if ((e = ch_path(path, "%s/db.sqlite", dir)) != CH_OK ||
	    (e = ch_store_open(&x->store, path)) != CH_OK ||
	    (e = ch_store_renew(x->store)) != CH_OK)
		return e;
	e = ch_store_tree(&x->tree, x->store);
	if (e == CH_E_ABSENT)
		ch_merkle_empty(&x->tree.root); /* nothing was logged yet */
	else if (e != CH_OK)
		return e;
	*x->why = "The database is damaged. Nothing was changed.";
	e = ch_frontier_load(&x->f, x->tree.size, x->tree.edge, x->tree.n_edge);
	if (e == CH_OK && (e = ch_quorum_read(&q, &x->folder, x->why)) == CH_OK)
		e = ch_guard_ask(&x->guard, &x->folder, q);
	ch_quorum_free(q);
	return e;
}

static ch_err run(struct restoring *x, ch_registry_restored *out)
{
	ch_err e;

	if ((e = get_checkpoint(x)) != CH_OK || (e = reaches_all(x)) != CH_OK)
		return e;
	out->from = x->tree.size;
	out->to = x->cp.size;
	out->n_silent = (unsigned)x->guard.n_silent;
	if (x->cp.size > x->tree.size)
		return restore(x);
	*x->why = SIGNED_OTHERWISE ".";
	return ch_hash_eq(&x->cp.root, &x->tree.root) ? CH_OK : CH_E_CONFLICT;
}

ch_err ch_registry_restore(ch_registry_restored *out, const char *dir, const char *from,
    const char **why)
{
	struct restoring *x = ch_alloc(sizeof *x);
	struct ch_lock lock = { 0 };
	char path[CH_PATH_MAX];
	ch_err e;

	*out = (ch_registry_restored){ 0 };
	*why = "No memory.";
	if (!x)
		return CH_E_NOMEM;
	x->why = why;
	ch_buf_init(&x->note, CH_GUARD_NOTE_MAX);
	ch_buf_init(&x->bundle, (size_t)CH_TILE_WIDTH * 34);
	if ((e = ch_place_open(&x->copy, from)) == CH_E_LIMIT)
		*why = "The address of the copy is empty or too long. Nothing was changed.";
	if (e == CH_OK) {
		*why = "This folder is no registry, or was made by a newer program.";
		e = ch_folder_open(&x->folder, dir);
	}
	if (e == CH_OK) {
		*why = "This registry runs: stop it first.";
		if ((e = ch_path(path, "%s/lock", dir)) == CH_OK)
			e = ch_lock_take(&lock, path, 0);
	}
	if (e == CH_OK && (e = open_all(x, dir)) == CH_OK)
		e = run(x, out);
	if (e != CH_OK)
		*out = (ch_registry_restored){ 0 };
	ch_guard_free(&x->guard);
	ch_place_close(&x->copy);
	ch_store_close(x->store);
	ch_buf_deinit(&x->note);
	ch_buf_deinit(&x->bundle);
	ch_folder_close(&x->folder);
	if (lock.held)
		ch_lock_drop(&lock);
	ch_free(x, sizeof *x);
	return e;
}
