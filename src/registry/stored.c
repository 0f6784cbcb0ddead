/* See stored.h. */
#include "stored.h"

#include "store.h"
#include "tiler.h"

#define BUNDLE_MAX ((size_t)CH_TILE_WIDTH * (2 + sizeof(ch_hash)))

struct ch_stored {
	struct ch_folder folder;
	struct ch_store *store;
	struct ch_row_tree tree; /* when the checkpoint was read */
	char vkey[CH_VKEY_MAX + 1];
};

static ch_err open_all(struct ch_stored *s, const char *dir, const char **why)
{
	char path[CH_PATH_MAX];
	struct ch_wr w = ch_wr_of(s->vkey, CH_VKEY_MAX);
	uint64_t size;
	ch_err e;

	*why = "The folder's name is too long.";
	if ((e = ch_path(path, "%s/registry.txt", dir)) != CH_OK)
		return e;
	if (ch_file_size(&size, path) != CH_OK)
		return CH_E_ABSENT;
	*why = "The registry in this folder was made by a newer program, or is damaged.";
	if ((e = ch_folder_open(&s->folder, dir)) != CH_OK)
		return e == CH_E_ABSENT ? CH_E_FORMAT : e;
	ch_vkey_put(&w, &s->folder.vkey);
	*why = "The database cannot be opened, or was written by a newer program.";
	if ((e = ch_wr_done(&w)) == CH_OK && (e = ch_path(path, "%s/db.sqlite", dir)) == CH_OK)
		e = ch_store_open(&s->store, path);
	return e == CH_E_ABSENT ? CH_E_FORMAT : e;
}

ch_err ch_stored_open(struct ch_stored **out, const char *dir, const char **why)
{
	struct ch_stored *s = *out = ch_alloc(sizeof *s);
	ch_err e = s ? open_all(s, dir, why) : CH_E_NOMEM;

	if (!s)
		*why = "No memory.";
	if (e != CH_OK) {
		ch_stored_close(s);
		*out = NULL;
	}
	return e;
}

void ch_stored_close(struct ch_stored *s)
{
	if (!s)
		return;
	ch_store_close(s->store);
	ch_folder_close(&s->folder);
	ch_free(s, sizeof *s);
}

const char *ch_stored_vkey(const struct ch_stored *s)
{
	return s->vkey;
}

static ch_err get_checkpoint(struct ch_stored *s, struct ch_buf *out)
{
	ch_row_checkpoint row;
	struct ch_arena a;
	ch_err e = ch_store_tree(&s->tree, s->store);

	if (e == CH_OK && s->tree.size == 0)
		e = CH_E_ABSENT;
	if (e != CH_OK)
		return e;
	ch_arena_init(&a, 65536);
	e = ch_store_checkpoint_above(&row, s->store, &a, s->tree.size - 1);
	if (e == CH_OK)
		e = row.size == s->tree.size ? ch_buf_put(out, row.note) : CH_E_CONFLICT;
	ch_arena_deinit(&a);
	return e;
}

static ch_err get_file(struct ch_stored *s, struct ch_buf *out, const ch_tile *t)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_tile_file(path, &s->folder, t);

	return e == CH_OK ? ch_file_read(out, path) : e;
}

/* Entries of a bundle that is not full, or no file yet. */
static ch_err get_entries(struct ch_stored *s, struct ch_buf *out, const ch_tile *t)
{
	ch_hash entry[CH_TILE_WIDTH];
	struct ch_wr w;
	uint8_t *at;
	ch_err e = ch_store_entries(entry, s->store, t->index * CH_TILE_WIDTH, t->width);

	if (e == CH_OK)
		e = ch_buf_reserve(&at, out, BUNDLE_MAX);
	if (e != CH_OK)
		return e;
	w = ch_wr_of(at, BUNDLE_MAX);
	for (unsigned i = 0; i < t->width; i++)
		ch_bundle_put(&w, ch_span_of(entry[i].b, sizeof entry[i].b));
	if ((e = ch_wr_done(&w)) == CH_OK)
		ch_buf_commit(out, w.n);
	return e;
}

/* How many leaves complete it; bundles are of level 0. */
static bool is_kept(const struct ch_stored *s, const ch_tile *t)
{
	return t->width == CH_TILE_WIDTH && t->level < 7 &&
	    t->index < s->tree.tiled >> (8 * (t->level + 1));
}

ch_err ch_stored_get(void *ctx, struct ch_buf *out, const char *path)
{
	struct ch_stored *s = ctx;
	ch_tile t;
	ch_err e;

	if (ch_span_eq(ch_span_str(path), CH_LIT("checkpoint")))
		return get_checkpoint(s, out);
	if (ch_tile_parse(&t, ch_span_str(path)) != CH_OK)
		return CH_E_ABSENT;
	e = t.width == CH_TILE_WIDTH ? get_file(s, out, &t) : CH_E_ABSENT;
	if (e != CH_E_ABSENT || is_kept(s, &t))
		return e;
	if (!t.entries)
		return CH_OK;
	e = get_entries(s, out, &t);
	/* Beside a running registry: written and let go of since the checkpoint was read. */
	return e == CH_E_ABSENT && t.width == CH_TILE_WIDTH ? get_file(s, out, &t) : e;
}
