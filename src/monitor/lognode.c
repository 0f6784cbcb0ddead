/*
 * Single nodes of a log's tree, from its tiles: for proofs. Tiles are believed only as far as the
 * proofs made of them lead to signed roots.
 */
#include <string.h>

#include "logcheck.h"
#include "split_file.h"

/* A proof goes down two edges of the tree at most: two tiles a level. */
#define TILES_MAX ((size_t)2 * CH_LOG_LEVELS)

struct tiles {
	struct ch_log *log;
	size_t n, next;
	struct {
		ch_tile t;
		uint8_t bytes[CH_TILE_BYTES];
	} tile[TILES_MAX];
};

static bool is_same(const ch_tile *a, const ch_tile *b)
{
	return a->level == b->level && a->index == b->index && a->width == b->width;
}

static ch_err tile_bytes(void *ctx, const ch_tile *t, ch_span *out)
{
	struct tiles *c = ctx;
	char path[CH_TILE_PATH_MAX + 1];
	struct ch_problem unsaid = { 0 };
	size_t i = 0;
	ch_err e;

	while (i < c->n && !is_same(&c->tile[i].t, t))
		i++;
	if (i == c->n) {
		e = ch_log_get_tile(c->log, path, t, &unsaid);
		if (e != CH_OK || c->log->body.n != (size_t)t->width * 32)
			return e != CH_OK ? e : CH_E_AUTH;
		i = c->next++ % TILES_MAX;
		c->tile[i].t = *t;
		memcpy(c->tile[i].bytes, c->log->body.p, c->log->body.n);
		c->n = c->n < TILES_MAX ? c->n + 1 : c->n;
	}
	*out = ch_span_of(c->tile[i].bytes, (size_t)t->width * 32);
	return CH_OK;
}

static ch_err split(struct ch_log *l, const char *path, uint64_t size, ch_span theirs)
{
	struct tiles *c = ch_alloc(sizeof *c);
	struct ch_tile_reader r = { .size = size, .fetch = tile_bytes, .ctx = c };
	ch_err e = CH_E_NOMEM;

	if (c) {
		c->log = l;
		e = ch_split_file(path, &l->key, ch_buf_span(&l->note), theirs, ch_tile_node, &r);
	}
	ch_free(c, sizeof *c);
	return e;
}

/* From the copy: a log that took entries back no longer serves what it had. */
static ch_err split_from_copy(struct ch_log *l, const char *path, uint64_t size, ch_span theirs)
{
	struct ch_place at = l->place;
	ch_err e = ch_place_open(&l->place, l->copy);

	if (e == CH_OK)
		e = split(l, path, size, theirs);
	ch_place_close(&l->place);
	l->place = at;
	return e;
}

ch_err ch_log_split(struct ch_log *l, const char *path, ch_span theirs)
{
	ch_checkpoint cp;
	ch_note note;
	ch_err e = ch_checkpoint_open(&cp, &note, theirs, &l->key);
	uint64_t size = cp.size > l->edge.size ? cp.size : l->edge.size;

	if (e == CH_OK)
		e = split(l, path, size, theirs);
	if (e != CH_OK && l->copy)
		e = split_from_copy(l, path, size, theirs);
	return e;
}
