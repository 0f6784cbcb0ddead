/* Signing and publishing: see register.h. The rule of the house: no size is ever signed with two
 * roots; the store's primary key and the recomputation at the start both stand for it. */
#include "register.h"

#include "checkpoint.h"
#include "entry.h"
#include "proof.h"
#include "rng.h"

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
	return ch_store_tree_put(g->store, &t);
}

ch_err ch_register_add(uint64_t *index, struct ch_register *g, ch_kind kind, ch_span note,
    ch_span text, const ch_hash *l)
{
	ch_row_entry row = { .index = g->next.size, .kind = kind, .note = note };
	ch_salt salt;
	ch_hash leaf;
	ch_err e = ch_random(salt.b, sizeof salt.b);

	*index = 0;
	if (e != CH_OK)
		return e;
	memcpy(row.salt.b, salt.b, sizeof row.salt.b);
	ch_sha256(&row.hash, text);
	ch_entry_of_hash(&row.entry, &salt, &row.hash, g->folder->exercise);
	if (l) {
		row.has_l = true;
		row.l = *l;
	}
	if ((e = ch_store_entry_add(g->store, &row)) != CH_OK)
		return e;
	ch_merkle_leaf(&leaf, ch_span_of(row.entry.b, sizeof row.entry.b));
	*index = g->next.size;
	(void)ch_frontier_append(&g->next, &leaf);
	return CH_OK;
}

ch_err ch_register_seal(struct ch_register *g, int64_t now)
{
	ch_hash root;
	ch_err e;

	if (g->next.size == g->done.size)
		return CH_OK;
	if ((e = sign(g, &root, now)) != CH_OK || (e = persist(g, &root)) != CH_OK)
		return e;
	g->sealed = true;
	return CH_OK;
}

void ch_register_forget(struct ch_register *g)
{
	g->next = g->done;
	g->sealed = false;
}

/* One more leaf into the edge; full levels move up. */
static void grow(struct ch_register *g, const ch_hash *entry)
{
	ch_hash h;

	if (g->n_edge[0] == CH_TILE_WIDTH)
		g->n_edge[0] = 0;
	g->entry[g->n_edge[0]] = *entry;
	ch_merkle_leaf(&h, ch_span_of(entry->b, sizeof entry->b));
	for (unsigned level = 0; level < CH_REGISTER_LEVELS; level++) {
		g->edge[level][g->n_edge[level]++] = h;
		if (g->n_edge[level] < CH_TILE_WIDTH)
			return;
		ch_merkle_root(&h, g->edge[level], CH_TILE_WIDTH);
		g->n_edge[level] = 0;
	}
}

ch_err ch_register_publish(struct ch_register *g)
{
	ch_hash batch[64];
	ch_err e;

	if (!g->sealed)
		return CH_OK;
	if ((e = ch_register_write_tiles(g, g->next.size)) != CH_OK)
		return e;
	for (uint64_t at = g->done.size; at < g->next.size;) {
		uint64_t left = g->next.size - at;
		size_t n = left < CH_COUNT(batch) ? (size_t)left : CH_COUNT(batch);

		if ((e = ch_store_entries(batch, g->store, at, n)) != CH_OK)
			return e;
		for (size_t i = 0; i < n; i++)
			grow(g, &batch[i]);
		at += n;
	}
	g->done = g->next;
	ch_frontier_root(&g->root, &g->done);
	memcpy(g->note, g->next_note, g->n_next_note);
	g->n_note = g->n_next_note;
	g->sealed = false;
	return CH_OK;
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

ch_err ch_register_open(struct ch_register *g, struct ch_store *store,
    const struct ch_folder *folder, int64_t now)
{
	struct ch_row_tree t;
	uint64_t rows;
	ch_err e;

	memset(g, 0, sizeof *g);
	g->store = store;
	g->folder = folder;
	ch_frontier_init(&g->done);
	ch_frontier_init(&g->next);
	if ((e = ch_store_entry_count(&rows, store)) != CH_OK)
		return e;
	e = ch_store_tree(&t, store);
	if (e == CH_E_ABSENT)
		return rows == 0 ? first(g, now) : CH_E_CONFLICT;
	if (e != CH_OK)
		return e;
	if (rows != t.size || t.tiled > t.size || t.size >> 56)
		return CH_E_CONFLICT;
	g->tiled = t.tiled;
	if ((e = ch_register_write_tiles(g, t.size)) != CH_OK ||
	    (e = load_edge(g, t.size)) != CH_OK ||
	    (e = edge_frontier(&g->done, g, t.size)) != CH_OK)
		return e == CH_E_ABSENT || e == CH_E_FORMAT ? CH_E_CONFLICT : e;
	ch_frontier_root(&g->root, &g->done);
	if (!ch_hash_eq(&g->root, &t.root))
		return CH_E_CONFLICT;
	g->next = g->done;
	if ((e = take_note(g)) != CH_OK)
		return e;
	return g->done.size ? CH_OK : sign_empty(g, now);
}
