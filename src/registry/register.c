/* Signing and publishing: see register.h. The rule of the house: no size is ever signed with two
 * roots; the store's primary key and the recomputation at the start both stand for it. */
#include "register.h"

#include "checkpoint.h"
#include "entry.h"
#include "proof.h"
#include "rng.h"

#define BATCH_MAX ((size_t)256 << 20)

/* The edge as frontier: within each level the complete subtrees of its hashes, largest first. */
static ch_err edge_frontier(struct ch_frontier *f, const struct ch_register *g, uint64_t size)
{
	ch_hash h[64];
	size_t n = 0;

	for (unsigned level = CH_REGISTER_LEVELS; level-- > 0;) {
		unsigned at = 0;

		for (unsigned bit = 8; bit-- > 0;) {
			unsigned width = 1u << bit;

			if (!(g->n_edge[level] & width))
				continue;
			ch_merkle_root(&h[n++], &g->edge[level][at], width);
			at += width;
		}
	}
	return ch_frontier_load(f, size, h, n);
}

/* Fill the edge from full tiles and the last entries. */
static ch_err load_edge(struct ch_register *g, uint64_t size)
{
	size_t n = (size_t)(size % CH_TILE_WIDTH);
	ch_err e = n ? ch_store_entries(g->entry, g->store, size - n, n) : CH_OK;

	if (e != CH_OK)
		return e;
	for (size_t i = 0; i < n; i++)
		ch_merkle_leaf(&g->edge[0][i], ch_span_of(g->entry[i].b, sizeof g->entry[i].b));
	g->n_edge[0] = (unsigned)n;
	for (unsigned level = 1; level < CH_REGISTER_LEVELS; level++) {
		uint64_t tiles = size >> (8 * level), first = tiles & ~(uint64_t)255;

		g->n_edge[level] = (unsigned)(tiles - first);
		for (unsigned i = 0; i < g->n_edge[level]; i++)
			if ((e = ch_register_tile_root(&g->edge[level][i], g->folder, level - 1,
				 first + i)) != CH_OK)
				return e;
	}
	return CH_OK;
}

ch_err ch_register_cosign(struct ch_wr *w, const struct ch_register *g, ch_span text, int64_t now)
{
	ch_cosignature_put(w, g->folder->cosigner.name, text, now < 0 ? 0 : (uint64_t)now,
	    &g->folder->cosign_key);
	return w->err;
}

/* The note of `next`: log's line, our cosigner's line. */
static ch_err sign(struct ch_register *g, ch_hash *root, int64_t now)
{
	struct ch_wr w = ch_wr_of(g->next_note, sizeof g->next_note);
	ch_checkpoint cp = { .origin = g->folder->origin, .size = g->next.size };
	uint8_t text[CH_CHECKPOINT_TEXT_MAX];
	struct ch_wr t = ch_wr_of(text, sizeof text);
	ch_err e;

	ch_frontier_root(&cp.root, &g->next);
	*root = cp.root;
	ch_checkpoint_put(&t, &cp);
	if ((e = ch_wr_done(&t)) != CH_OK)
		return e;
	ch_checkpoint_sign(&w, &cp, &g->folder->log_key);
	if ((e = ch_register_cosign(&w, g, ch_span_of(text, t.n), now)) != CH_OK)
		return e;
	g->n_next_note = w.n;
	return ch_wr_done(&w);
}

static ch_err persist(struct ch_register *g, const ch_hash *root)
{
	struct ch_row_tree t = { .size = g->next.size, .tiled = g->tiled, .root = *root };
	ch_row_checkpoint cp = {
		.size = g->next.size,
		.root = *root,
		.note = ch_span_of(g->next_note, g->n_next_note),
	};
	ch_err e = ch_store_checkpoint_add(g->store, &cp);

	if (e != CH_OK)
		return e;
	t.n_edge = ch_frontier_save(t.edge, &g->next);
	if ((e = ch_store_tree_put(g->store, &t)) != CH_OK)
		return e;
	if (g->dropped == g->tiled)
		return CH_OK;
	g->dropped = g->tiled; /* undone with the batch, they go with the next tile */
	return ch_store_raw_drop(g->store, g->tiled);
}

/* One more entry of the batch; what an undone batch had added is overwritten. */
static ch_err take(struct ch_register *g, const ch_hash *entry, const ch_hash *leaf,
    const ch_hash *salt)
{
	size_t at = (size_t)(g->next.size - g->done.size) * sizeof *entry;
	ch_err e;

	g->entries.n = g->leaves.n = g->salts.n = at;
	if ((e = ch_buf_put(&g->entries, ch_span_of(entry, sizeof *entry))) != CH_OK ||
	    (e = ch_buf_put(&g->leaves, ch_span_of(leaf, sizeof *leaf))) != CH_OK ||
	    (e = ch_buf_put(&g->salts, ch_span_of(salt, sizeof *salt))) != CH_OK)
		return e;
	/* Statements as well: a place that an undone raw entry had is theirs now. */
	ch_recent_add(g->recent, entry, g->next.size);
	(void)ch_frontier_append(&g->next, leaf);
	return CH_OK;
}

ch_err ch_register_place(ch_row_entry *row, struct ch_register *g, ch_kind kind, ch_span text,
    const uint64_t *about)
{
	ch_salt salt;
	ch_hash leaf;
	ch_err e = ch_random(salt.b, sizeof salt.b);

	*row = (ch_row_entry){ .index = g->next.size, .kind = kind };
	if (e != CH_OK)
		return e;
	memcpy(row->salt.b, salt.b, sizeof row->salt.b);
	ch_sha256(&row->hash, text);
	ch_entry_of_hash(&row->entry, &salt, &row->hash, g->folder->exercise);
	if (about) {
		row->is_about = true;
		row->about = *about;
	}
	ch_merkle_leaf(&leaf, ch_span_of(row->entry.b, sizeof row->entry.b));
	return take(g, &row->entry, &leaf, &row->salt);
}

ch_err ch_register_add(uint64_t *index, struct ch_register *g, ch_kind kind, ch_span note,
    ch_span text, const uint64_t *about)
{
	ch_row_entry row;
	ch_err e = ch_register_place(&row, g, kind, text, about);

	*index = e == CH_OK ? row.index : 0;
	row.note = note;
	return e == CH_OK ? ch_store_entry_add(g->store, &row) : e;
}

/* The row of the raw entries that have none yet. */
static ch_err end_run(struct ch_register *g)
{
	const size_t one = sizeof(ch_hash);
	struct ch_rd r = ch_rd_of(ch_buf_span(&g->entries));
	ch_err e;

	if (g->n_run == 0)
		return CH_OK;
	(void)ch_rd_take(&r, (size_t)(g->run - g->done.size) * one);
	e = ch_store_raw_add(g->store, g->run, ch_rd_take(&r, (size_t)g->n_run * one));
	g->n_run = 0;
	return e;
}

/* The next entry of a run of raw ones. */
static ch_err take_raw(uint64_t *index, struct ch_register *g, const ch_hash *entry,
    const ch_hash *leaf)
{
	static const ch_hash none;
	ch_err e;

	if (g->n_run && g->run + g->n_run != g->next.size && (e = end_run(g)) != CH_OK)
		return e;
	if (g->n_run == 0)
		g->run = g->next.size;
	*index = g->next.size;
	if ((e = take(g, entry, leaf, &none)) != CH_OK)
		return e;
	g->n_run++;
	return CH_OK;
}

ch_err ch_register_append(uint64_t *index, struct ch_register *g, const ch_hash *entry, size_t n)
{
	ch_hash leaf;
	bool found;
	ch_err e;

	for (size_t i = 0; i < n; i++) {
		if (ch_recent_find(&index[i], g->recent, &entry[i], g->next.size))
			continue;
		ch_merkle_leaf(&leaf, ch_span_of(entry[i].b, sizeof entry[i].b));
		if ((e = ch_seen_find(&found, &index[i], g->seen, &leaf)) != CH_OK)
			return e;
		if (!found && (e = take_raw(&index[i], g, &entry[i], &leaf)) != CH_OK)
			return e;
	}
	return CH_OK;
}

bool ch_register_is_behind(const struct ch_register *g)
{
	return g->tiler.n > CH_REGISTER_LATE_MAX ||
	    (g->seen_near && g->done.size - g->seen_to > CH_REGISTER_UNSEEN_MAX);
}

ch_err ch_register_seal(struct ch_register *g, int64_t now)
{
	ch_hash root;
	ch_err e;

	if (g->next.size == g->done.size)
		return CH_OK;
	if ((e = end_run(g)) != CH_OK || (e = sign(g, &root, now)) != CH_OK ||
	    (e = persist(g, &root)) != CH_OK)
		return e;
	g->sealed = true;
	return CH_OK;
}

void ch_register_forget(struct ch_register *g)
{
	g->next = g->done;
	g->n_run = 0;
	g->sealed = false;
}

/* ---- publishing ---- */

static void free_chain(struct ch_late *l)
{
	struct ch_late *next;

	for (; l; l = next) {
		next = l->next;
		ch_free(l, sizeof *l);
	}
}

/* Room for every tile and bundle that the batch completes. */
static ch_err make_late(struct ch_late **out, const struct ch_register *g)
{
	uint64_t n = (g->next.size >> 8) - (g->done.size >> 8);
	struct ch_late *l;

	*out = NULL;
	for (unsigned level = 0; level < CH_REGISTER_LEVELS - 1; level++)
		n += (g->next.size >> (8 * (level + 1))) - (g->done.size >> (8 * (level + 1)));
	for (; n > 0; n--) {
		if (!(l = ch_alloc(sizeof *l))) {
			free_chain(*out);
			*out = NULL;
			return CH_E_NOMEM;
		}
		l->next = *out;
		*out = l;
	}
	return CH_OK;
}

static void fill_late(struct ch_late *l, const struct ch_register *g, const ch_tile *tile,
    uint64_t size)
{
	struct ch_wr w = ch_wr_of(l->bytes, sizeof l->bytes);

	l->tile = *tile;
	l->size = size;
	ch_register_put_edge(&w, g, tile);
	l->n = w.n;
	CH_ASSERT(w.err == CH_OK);
}

/* One more leaf into the edge, which then has `size`; full levels move up, and what they were goes
 * into the next of the late ones. */
static struct ch_late *grow(struct ch_register *g, struct ch_late *late, const ch_hash *entry,
    const ch_hash *leaf, uint64_t size)
{
	ch_tile tile = { .entries = true, .width = CH_TILE_WIDTH };
	ch_hash h = *leaf;

	g->entry[g->n_edge[0]] = *entry;
	for (unsigned level = 0; level < CH_REGISTER_LEVELS; level++) {
		g->edge[level][g->n_edge[level]++] = h;
		if (g->n_edge[level] < CH_TILE_WIDTH)
			break;
		tile.level = (uint8_t)level;
		tile.index = (size >> (8 * (level + 1))) - 1;
		for (tile.entries = level == 0;; tile.entries = false) {
			CH_ASSERT(late); /* make_late() counted them */
			fill_late(late, g, &tile, size);
			late = late->next;
			if (!tile.entries)
				break;
		}
		ch_merkle_root(&h, g->edge[level], CH_TILE_WIDTH);
		g->n_edge[level] = 0;
	}
	return late;
}

ch_err ch_register_publish(struct ch_register *g)
{
	struct ch_rd entries = ch_rd_of(ch_buf_span(&g->entries));
	struct ch_rd leaves = ch_rd_of(ch_buf_span(&g->leaves));
	struct ch_late *chain, *late;
	ch_hash entry, leaf;
	ch_err e;

	if (!g->sealed)
		return CH_OK;
	if ((e = make_late(&chain, g)) != CH_OK)
		return e;
	late = chain;
	for (uint64_t size = g->done.size; size < g->next.size;) {
		ch_rd_copy(&entries, &entry, sizeof entry);
		ch_rd_copy(&leaves, &leaf, sizeof leaf);
		late = grow(g, late, &entry, &leaf, ++size);
	}
	CH_ASSERT(!late && entries.err == CH_OK && leaves.err == CH_OK);
	ch_tiler_give(&g->tiler, chain);
	g->batch = g->done.size;
	g->done = g->next;
	ch_frontier_root(&g->root, &g->done);
	memcpy(g->note, g->next_note, g->n_next_note);
	g->n_note = g->n_next_note;
	g->sealed = false;
	return CH_OK;
}

bool ch_register_salt(ch_hash *out, const struct ch_register *g, uint64_t index)
{
	struct ch_rd r = ch_rd_of(ch_buf_span(&g->salts));

	*out = (ch_hash){ 0 };
	if (g->next.size != g->done.size || index < g->batch || index >= g->done.size)
		return false;
	(void)ch_rd_take(&r, (size_t)(index - g->batch) * sizeof *out);
	ch_rd_copy(&r, out, sizeof *out);
	return r.err == CH_OK;
}

ch_err ch_register_look(struct ch_register *g)
{
	ch_err e = ch_tiler_look(&g->tiled, &g->full, &g->tiler);

	if (e != CH_OK)
		return e;
	e = ch_seen_tell(&g->seen_to, g->seen, g->tiled);
	if (g->done.size - g->seen_to <= CH_REGISTER_UNSEEN_MAX)
		g->seen_near = true;
	return e;
}

/* ---- the start ---- */

static ch_err first(struct ch_register *g, int64_t now)
{
	ch_hash root;
	ch_err e;

	if ((e = ch_store_begin(g->store)) != CH_OK)
		return e;
	if ((e = sign(g, &root, now)) == CH_OK && (e = persist(g, &root)) == CH_OK)
		e = ch_store_commit(g->store);
	if (e != CH_OK) {
		ch_store_rollback(g->store);
		return e;
	}
	g->root = root;
	memcpy(g->note, g->next_note, g->n_next_note);
	g->n_note = g->n_next_note;
	return CH_OK;
}

/* The signed checkpoint of the size at hand, compared with the root that was recomputed. */
static ch_err take_note(struct ch_register *g)
{
	struct ch_arena a;
	ch_row_checkpoint row;
	ch_checkpoint cp;
	ch_note note;
	ch_err e;

	ch_arena_init(&a, 65536);
	e = ch_store_checkpoint_above(&row, g->store, &a, g->done.size ? g->done.size - 1 : 0);
	if (e == CH_OK && g->done.size == 0)
		e = CH_E_CONFLICT; /* signed larger than it is */
	if (e == CH_E_ABSENT && g->done.size == 0)
		e = CH_OK;
	else if (e == CH_OK)
		e = ch_checkpoint_open(&cp, &note, row.note, &g->folder->vkey);
	if (e == CH_OK && g->done.size &&
	    (row.size != g->done.size || !ch_hash_eq(&row.root, &g->root) ||
		!ch_hash_eq(&cp.root, &g->root) || row.note.n > sizeof g->note))
		e = CH_E_CONFLICT;
	if (e == CH_OK && g->done.size) {
		memcpy(g->note, row.note.p, row.note.n);
		g->n_note = row.note.n;
	}
	ch_arena_deinit(&a);
	return e == CH_E_ABSENT || e == CH_E_AUTH || e == CH_E_FORMAT ? CH_E_CONFLICT : e;
}

/* The empty tree's note is signed anew at each start: same size, same root. */
static ch_err sign_empty(struct ch_register *g, int64_t now)
{
	ch_hash root;
	ch_err e = sign(g, &root, now);

	if (e != CH_OK)
		return e;
	memcpy(g->note, g->next_note, g->n_next_note);
	g->n_note = g->n_next_note;
	return CH_OK;
}

/* The newest entries, for those who ask again after a restart. */
static ch_err load_recent(struct ch_register *g, uint64_t size)
{
	ch_hash entry[CH_TILE_WIDTH];
	uint64_t full = size >> 8, first = full > CH_RECENT_MANY / CH_TILE_WIDTH ?
	    full - CH_RECENT_MANY / CH_TILE_WIDTH : 0;
	ch_err e;

	for (uint64_t b = first; b < full; b++) {
		if ((e = ch_register_bundle(entry, g->folder, b)) != CH_OK)
			return e;
		for (unsigned i = 0; i < CH_TILE_WIDTH; i++)
			ch_recent_add(g->recent, &entry[i], b * CH_TILE_WIDTH + i);
	}
	for (uint64_t i = full << 8; i < size; i++)
		ch_recent_add(g->recent, &g->entry[i % CH_TILE_WIDTH], i);
	return CH_OK;
}

/* Tiles, edge and root again from what is stored. */
static ch_err recover(struct ch_register *g, const struct ch_row_tree *t)
{
	ch_err e;

	if ((e = ch_register_write_tiles(g, t->size)) != CH_OK ||
	    (e = load_edge(g, t->size)) != CH_OK ||
	    (e = edge_frontier(&g->done, g, t->size)) != CH_OK)
		return e == CH_E_ABSENT || e == CH_E_FORMAT ? CH_E_CONFLICT : e;
	ch_frontier_root(&g->root, &g->done);
	if (!ch_hash_eq(&g->root, &t->root))
		return CH_E_CONFLICT;
	g->next = g->done;
	if ((e = take_note(g)) != CH_OK || (e = load_recent(g, t->size)) != CH_OK)
		return e == CH_E_ABSENT || e == CH_E_FORMAT ? CH_E_CONFLICT : e;
	return CH_OK;
}

static ch_err take_up(struct ch_register *g, int64_t now)
{
	struct ch_row_tree t;
	uint64_t rows;
	ch_err e;

	if ((e = ch_store_entry_count(&rows, g->store)) != CH_OK)
		return e;
	e = ch_store_tree(&t, g->store);
	if (e == CH_E_ABSENT)
		return rows == 0 ? first(g, now) : CH_E_CONFLICT;
	if (e != CH_OK)
		return e;
	if (rows != t.size || t.tiled > t.size || t.size >> 56)
		return CH_E_CONFLICT;
	g->tiled = t.tiled;
	if ((e = recover(g, &t)) != CH_OK)
		return e;
	return g->done.size ? CH_OK : sign_empty(g, now);
}

ch_err ch_register_open(struct ch_register *g, struct ch_store *store,
    const struct ch_folder *folder, int64_t now)
{
	ch_err e;

	memset(g, 0, sizeof *g);
	g->store = store;
	g->folder = folder;
	ch_buf_init(&g->entries, BATCH_MAX);
	ch_buf_init(&g->leaves, BATCH_MAX);
	ch_buf_init(&g->salts, BATCH_MAX);
	ch_frontier_init(&g->done);
	ch_frontier_init(&g->next);
	if (!(g->recent = ch_alloc(sizeof *g->recent)))
		return CH_E_NOMEM;
	if ((e = take_up(g, now)) == CH_OK &&
	    (e = ch_tiler_start(&g->tiler, folder, g->tiled)) == CH_OK)
		e = ch_seen_open(&g->seen, folder, g->tiled);
	if (e != CH_OK)
		ch_register_close(g);
	return e;
}

ch_err ch_register_close(struct ch_register *g)
{
	ch_err e = ch_tiler_stop(&g->tiler);

	ch_seen_close(g->seen);
	g->seen = NULL;
	if (g->recent)
		ch_free(g->recent, sizeof *g->recent);
	g->recent = NULL;
	ch_buf_deinit(&g->entries);
	ch_buf_deinit(&g->leaves);
	ch_buf_deinit(&g->salts);
	return e;
}
