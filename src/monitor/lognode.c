/*
 * Single nodes of a log's tree, from its tiles: for proofs. Tiles are believed only as far as the
 * proofs made of them lead to signed roots.
 */
#include <string.h>

#include "logcheck.h"
#include "proof.h"
#include "split_file.h"

#define PROOF_MAX (CH_LOG_NOTE_MAX + 4096)

/* A proof goes down two edges of the tree at most: two tiles a level. */
#define TILES_MAX ((size_t)2 * CH_LOG_LEVELS)

struct tiles {
	struct ch_log *log;
	struct ch_problem *why;
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
	size_t i = 0;
	ch_err e;

	while (i < c->n && !is_same(&c->tile[i].t, t))
		i++;
	if (i == c->n) {
		e = ch_log_get_tile(c->log, path, t, c->why);
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

/* ---- split views ---- */

static ch_err split(struct ch_log *l, const char *path, uint64_t size, ch_span theirs)
{
	struct tiles *c = ch_alloc(sizeof *c);
	struct ch_tile_reader r = { .size = size, .fetch = tile_bytes, .ctx = c };
	struct ch_problem unsaid = { 0 };
	ch_err e = CH_E_NOMEM;

	if (c) {
		c->log = l;
		c->why = &unsaid;
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

/* ---- proofs of place ---- */

/* The first place of either leaf, by the tiles; what was found is proved after. */
static ch_err find(uint64_t *index, struct ch_log *l, const ch_log_which *which, uint64_t size,
    struct ch_problem *why)
{
	char path[CH_TILE_PATH_MAX + 1];

	for (uint64_t i = 0; i * CH_TILE_WIDTH < size; i++) {
		const ch_tile t = { .index = i, .width = (uint16_t)ch_tile_width(size, 0, i) };
		struct ch_rd r;
		ch_err e;

		for (uint64_t k = i; k < i + CH_AHEAD_MAX && k < size / CH_TILE_WIDTH; k++)
			ch_log_ahead(l, &(ch_tile){ .index = k, .width = CH_TILE_WIDTH });
		if ((e = ch_log_get_tile(l, path, &t, why)) != CH_OK)
			return e;
		r = ch_rd_of(ch_buf_span(&l->body));
		for (unsigned k = 0; k < t.width; k++) {
			ch_hash h;

			ch_rd_copy(&r, h.b, sizeof h.b);
			*index = i * CH_TILE_WIDTH + k;
			if (ch_hash_eq(&h, &which->leaf[0]) || ch_hash_eq(&h, &which->leaf[1]))
				return CH_OK;
		}
	}
	*index = 0;
	return ch_problem_set(why, CH_E_ABSENT, "the log at %s has no such entry among its %llu",
	    l->place.at, (unsigned long long)size);
}

static ch_err make_proof(struct ch_buf *out, ch_hash *leaf, uint64_t index,
    const ch_checkpoint *cp, ch_span note, struct ch_tile_reader *r)
{
	ch_hash hash[CH_MERKLE_PROOF_MAX];
	struct ch_wr w;
	uint8_t *at;
	size_t n;
	ch_err e = ch_tile_node(r, 0, index, leaf);

	if (e == CH_OK)
		e = ch_merkle_prove_inclusion(hash, &n, index, cp->size, ch_tile_node, r);
	if (e == CH_OK)
		e = ch_buf_reserve(&at, out, PROOF_MAX);
	if (e != CH_OK)
		return e;
	w = ch_wr_of(at, PROOF_MAX);
	ch_proof_put(&w, (ch_span){ 0 }, index, hash, n, note);
	e = ch_wr_done(&w);
	if (e == CH_OK)
		ch_buf_commit(out, w.n);
	return e;
}

/* By place alone the leaf is the log's word: its entry must be there, too. */
static ch_err check_entry(struct ch_log *l, uint64_t size, uint64_t index, const ch_hash *leaf,
    struct ch_problem *why)
{
	const ch_tile t = { .entries = true, .index = index / CH_TILE_WIDTH,
		.width = (uint16_t)ch_tile_width(size, 0, index / CH_TILE_WIDTH) };
	char path[CH_TILE_PATH_MAX + 1];
	ch_hash leaves[CH_TILE_WIDTH];
	ch_err e = ch_log_get_tile(l, path, &t, why);

	if (e != CH_OK)
		return e;
	if (ch_bundle_leaves(leaves, t.width, ch_buf_span(&l->body)) != CH_OK ||
	    !ch_hash_eq(&leaves[index % CH_TILE_WIDTH], leaf))
		return ch_problem_set(why, CH_E_AUTH, "%s/%s does not hold the entry that its tile "
		    "has at %llu", l->place.at, path, (unsigned long long)index);
	return CH_OK;
}

static ch_err prove(struct ch_buf *out, ch_log_place *at, struct ch_log *l,
    const ch_log_which *which, const ch_checkpoint *cp, ch_span note, struct ch_problem *why)
{
	struct tiles *c = ch_alloc(sizeof *c);
	struct ch_tile_reader r = { .size = cp->size, .fetch = tile_bytes, .ctx = c };
	struct ch_proof_facts facts;
	ch_err e = c ? CH_OK : CH_E_NOMEM;

	at->size = cp->size;
	at->index = which->index;
	if (e == CH_OK && which->by_leaf)
		e = find(&at->index, l, which, cp->size, why);
	else if (e == CH_OK && at->index >= cp->size)
		e = ch_problem_set(why, CH_E_ABSENT, "the log at %s has %llu entries, numbered "
		    "from 0", l->place.at, (unsigned long long)cp->size);
	if (e == CH_OK) {
		c->log = l;
		c->why = why;
		e = make_proof(out, &at->leaf, at->index, cp, note, &r);
		if (e == CH_OK)
			e = ch_proof_verify_leaf(&facts, ch_buf_span(out), &at->leaf, &l->key,
			    l->policy);
		if (e != CH_OK)
			ch_problem_set(why, e, "the tiles at %s do not lead from that entry to the "
			    "root it signed", l->place.at);
	}
	if (e == CH_OK && !which->by_leaf)
		e = check_entry(l, cp->size, at->index, &at->leaf, why);
	ch_free(c, sizeof *c);
	return e;
}

ch_err ch_log_prove(struct ch_buf *out, ch_log_place *at, struct ch_log *l,
    const ch_log_which *which, struct ch_problem *why)
{
	struct ch_buf text;
	ch_checkpoint cp;
	ch_err e;

	*at = (ch_log_place){ 0 };
	ch_buf_init(&text, CH_LOG_NOTE_MAX);
	e = ch_log_head(&cp, l, &text, why);
	if (e == CH_OK)
		e = prove(out, at, l, which, &cp, ch_buf_span(&text), why);
	if (e != CH_OK) {
		ch_buf_reset(out);
		*at = (ch_log_place){ 0 };
	}
	ch_buf_deinit(&text);
	return e;
}
