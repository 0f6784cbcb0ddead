/* The walk over a log: bundles, tiles of every level, root; each file read once. */
#include "logcheck.h"

#include <string.h>

#define AHEAD (CH_AHEAD_MAX / 2) /* bundles, each with its tile */

ch_err ch_log_open(struct ch_log *l, const char *where, const char *vkey, struct ch_problem *why)
{
	ch_err e;

	ch_buf_init(&l->body, CH_LOG_BUNDLE_MAX);
	ch_buf_init(&l->note, CH_LOG_NOTE_MAX);
	e = ch_place_open(&l->place, where);
	if (e == CH_E_LIMIT)
		return ch_problem_set(why, e, "the address of the log is empty or too long");
	if (e != CH_OK)
		return e;
	e = ch_vkey_parse(&l->key, ch_span_str(vkey));
	if (e != CH_OK)
		return ch_problem_set(why, CH_E_FORMAT, "--key wants the log's verifier key, "
		    "name+id+key, of the Ed25519 kind");
	return CH_OK;
}

void ch_log_close(struct ch_log *l)
{
	ch_place_close(&l->place);
	ch_buf_deinit(&l->body);
	ch_buf_deinit(&l->note);
}

/* A log need not keep a partial tile once it is full: its beginning is the same. */
static ch_err get_full(struct ch_log *l, const ch_tile *t, struct ch_problem *why)
{
	ch_tile full = *t;
	char path[CH_TILE_PATH_MAX + 1] = { 0 };
	struct ch_wr w = ch_wr_of(path, CH_TILE_PATH_MAX);
	struct ch_rd r;
	ch_err e;

	full.width = CH_TILE_WIDTH;
	ch_tile_put(&w, &full);
	e = ch_wr_done(&w);
	if (e == CH_OK)
		e = ch_log_get(l, path, why);
	if (e != CH_OK)
		return e;
	r = ch_rd_of(ch_buf_span(&l->body));
	for (unsigned i = 0; i < t->width; i++)
		(void)(t->entries ? ch_bundle_next(&r) : ch_rd_take(&r, 32));
	if (r.err != CH_OK)
		return ch_problem_set(why, CH_E_AUTH, "%s/%s is shorter than a full one",
		    l->place.at, path);
	l->body.n = r.at;
	return CH_OK;
}

ch_err ch_log_get_tile(struct ch_log *l, char path[CH_TILE_PATH_MAX + 1], const ch_tile *t,
    struct ch_problem *why)
{
	struct ch_wr w = ch_wr_of(path, CH_TILE_PATH_MAX);
	struct ch_problem first = { 0 };
	ch_err e;

	ch_tile_put(&w, t);
	e = ch_wr_done(&w);
	if (e != CH_OK)
		return e;
	path[w.n] = '\0';
	e = ch_log_get(l, path, t->width < CH_TILE_WIDTH ? &first : why);
	if (e == CH_E_ABSENT && t->width < CH_TILE_WIDTH)
		e = get_full(l, t, why);
	else if (e != CH_OK && why->err == CH_OK)
		*why = first;
	l->files += e == CH_OK;
	return e;
}

/* Whether a tile above the entries still begins as it did when it was checked before. */
static bool is_as_known(const struct ch_log *l, const ch_tile *t)
{
	size_t n = (size_t)32 * ch_tile_width(l->edge.size, t->level, t->index);

	return l->body.n >= n &&
	    ch_span_eq(ch_span_of(l->body.p, n), ch_span_of(l->next.h[t->level], n));
}

/* The served tile must be what lies below it. */
static ch_err check_tile(struct ch_log *l, unsigned level, uint64_t index, size_t n,
    struct ch_problem *why)
{
	const ch_tile t = { .level = (uint8_t)level, .width = (uint16_t)n, .index = index };
	char path[CH_TILE_PATH_MAX + 1];
	ch_err e = ch_log_get_tile(l, path, &t, why);

	if (e != CH_OK || (l->source && l->body.n == 0))
		return e;
	if (level > 0 && !is_as_known(l, &t))
		return ch_problem_set(why, CH_E_CONFLICT, "%s/%s has other hashes than it had when "
		    "they were checked before", l->place.at, path);
	if (!ch_span_eq(ch_buf_span(&l->body), ch_span_of(l->next.h[level], n * 32)))
		return ch_problem_set(why, CH_E_AUTH, level == 0 ?
		    "%s/%s is not the hashes of the entries below it: one of the two is wrong" :
		    "%s/%s is not the hashes of the tiles below it", l->place.at, path);
	return ch_log_copy(l, path, ch_buf_span(&l->body), why);
}

/* A full tile counts as one hash in the tile above. */
static ch_err climb(struct ch_log *l, uint64_t index, struct ch_problem *why)
{
	for (unsigned k = 1; k < CH_LOG_LEVELS; k++, index /= CH_TILE_WIDTH) {
		ch_err e;

		ch_merkle_root(&l->next.h[k][index % CH_TILE_WIDTH], l->next.h[k - 1],
		    CH_TILE_WIDTH);
		if (index % CH_TILE_WIDTH != CH_TILE_WIDTH - 1)
			return CH_OK;
		e = check_tile(l, k, index / CH_TILE_WIDTH, CH_TILE_WIDTH, why);
		if (e != CH_OK)
			return e;
	}
	return CH_OK;
}

static ch_err check_bundle(struct ch_log *l, uint64_t index, size_t n, struct ch_problem *why)
{
	const ch_tile t = { .entries = true, .width = (uint16_t)n, .index = index };
	const size_t had = (size_t)(l->next.size - index * CH_TILE_WIDTH);
	char path[CH_TILE_PATH_MAX + 1];
	ch_hash known[CH_TILE_WIDTH];
	ch_err e = ch_log_get_tile(l, path, &t, why);

	if (e != CH_OK)
		return e;
	memcpy(known, l->next.h[0], had * sizeof known[0]);
	e = ch_bundle_leaves(l->next.h[0], n, ch_buf_span(&l->body));
	if (e != CH_OK)
		return ch_problem_set(why, CH_E_AUTH, "%s/%s is not a bundle of %zu entries",
		    l->place.at, path, n);
	if (!ch_span_eq(ch_span_of(known, had * 32), ch_span_of(l->next.h[0], had * 32)))
		return ch_problem_set(why, CH_E_CONFLICT, "%s/%s has other entries than it had "
		    "when they were checked before", l->place.at, path);
	e = ch_log_copy(l, path, ch_buf_span(&l->body), why);
	if (e == CH_OK)
		e = check_tile(l, 0, index, n, why);
	l->entries += n - had;
	l->next.size = index * CH_TILE_WIDTH + n;
	return e == CH_OK && n == CH_TILE_WIDTH ? climb(l, index, why) : e;
}

/* Whole bundles and their tiles, as far as they will be asked for next. */
static void hint(struct ch_log *l, uint64_t index, uint64_t to)
{
	for (uint64_t i = index; i < index + AHEAD && i < to / CH_TILE_WIDTH; i++) {
		ch_log_ahead(l, &(ch_tile){ .entries = true, .width = CH_TILE_WIDTH, .index = i });
		ch_log_ahead(l, &(ch_tile){ .width = CH_TILE_WIDTH, .index = i });
	}
}

static ch_err grow(struct ch_log *l, uint64_t to, struct ch_problem *why)
{
	ch_err e = CH_OK;

	while (e == CH_OK && l->next.size < to) {
		uint64_t index = l->next.size / CH_TILE_WIDTH;

		hint(l, index, to);
		e = check_bundle(l, index, ch_tile_width(to, 0, index), why);
		if (e == CH_OK && l->on_step)
			e = l->on_step(l->on_step_ctx, l, to);
	}
	for (unsigned k = 1; e == CH_OK && k < CH_LOG_LEVELS; k++) {
		uint64_t nodes = to >> (8 * k);

		if (nodes % CH_TILE_WIDTH > 0)
			e = check_tile(l, k, nodes / CH_TILE_WIDTH, nodes % CH_TILE_WIDTH, why);
	}
	return e;
}

static ch_err edge_tile(void *ctx, const ch_tile *tile, ch_span *out)
{
	const struct ch_log_edge *edge = ctx;

	if (tile->level >= CH_LOG_LEVELS)
		return CH_E_LIMIT;
	*out = ch_span_of(edge->h[tile->level], sizeof edge->h[tile->level]);
	return CH_OK;
}

ch_err ch_log_edge_root(ch_hash *out, struct ch_log_edge *edge)
{
	struct ch_tile_reader r = { .size = edge->size, .fetch = edge_tile, .ctx = edge };

	if (edge->size == 0) {
		ch_merkle_empty(out);
		return CH_OK;
	}
	return ch_merkle_fetch_root(out, edge->size, ch_tile_node, &r);
}

static ch_err check_tree(struct ch_log *l, const ch_checkpoint *cp, struct ch_problem *why)
{
	ch_hash root;
	ch_err e;

	l->next = l->edge;
	e = cp->size > l->next.size ? grow(l, cp->size, why) : CH_OK;
	ch_place_forget(&l->place);
	if (e == CH_OK)
		e = ch_log_edge_root(&root, &l->next);
	if (e == CH_OK && !ch_hash_eq(&root, &cp->root))
		return ch_problem_set(why, CH_E_CONFLICT, "the log %.*s signed a tree of %llu "
		    "entries that is not the one it serves, or does not continue the one before",
		    (int)cp->origin.n, (const char *)cp->origin.p, (unsigned long long)cp->size);
	return e;
}

static ch_err open_checkpoint(ch_checkpoint *cp, struct ch_log *l, ch_span in,
    struct ch_problem *why)
{
	ch_policy_cosigners who;
	ch_note note;
	ch_err e = ch_checkpoint_open(cp, &note, in, &l->key);

	if (e != CH_OK)
		return ch_problem_set(why, CH_E_AUTH, "the checkpoint of %s is not one that this "
		    "key signed", l->place.at);
	if (l->policy && ch_policy_check(&who, l->policy, &note) != CH_OK)
		return ch_problem_set(why, CH_E_AUTH, "the checkpoint of %s has not the "
		    "cosignatures that the policy asks for", l->place.at);
	l->when = l->clock && ch_policy_cosigned(&who, l->clock, &note) == CH_OK
	    ? ch_policy_time(l->clock, &who) : 0;
	if (cp->size < l->edge.size)
		return ch_problem_set(why, CH_E_CONFLICT, "the log at %s shrank: it shows %llu "
		    "entries and had %llu", l->place.at, (unsigned long long)cp->size,
		    (unsigned long long)l->edge.size);
	return CH_OK;
}

ch_err ch_log_head(ch_checkpoint *cp, struct ch_log *l, struct ch_buf *text,
    struct ch_problem *why)
{
	ch_err e = ch_log_get(l, "checkpoint", why);

	*cp = (ch_checkpoint){ 0 };
	if (e == CH_OK)
		e = ch_buf_put(text, ch_buf_span(&l->body));
	return e == CH_OK ? open_checkpoint(cp, l, ch_buf_span(text), why) : e;
}

/* The offending note, back where the caller looks for it. */
static ch_err offend(struct ch_log *l, const struct ch_buf *text)
{
	ch_buf_reset(&l->body);
	return ch_buf_put(&l->body, ch_buf_span(text));
}

ch_err ch_log_check(struct ch_log *l, struct ch_problem *why)
{
	struct ch_buf text;
	ch_checkpoint cp;
	ch_err e, kept = CH_OK;

	ch_buf_init(&text, CH_LOG_NOTE_MAX);
	e = ch_log_head(&cp, l, &text, why);
	if (e == CH_OK)
		e = check_tree(l, &cp, why);
	if (e == CH_OK)
		e = ch_log_copy(l, "checkpoint", ch_buf_span(&text), why);
	if (e == CH_OK) {
		l->edge = l->next;
		ch_buf_reset(&l->note);
		e = ch_buf_put(&l->note, ch_buf_span(&text));
	} else if (e == CH_E_CONFLICT) {
		kept = offend(l, &text);
	}
	ch_buf_deinit(&text);
	return kept != CH_OK ? kept : e;
}
