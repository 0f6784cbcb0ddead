/* Entries, the tree, checkpoints and their cosignatures. */
#include "store_sql.h"

#include "rd.h"

ch_err ch_store_entry_add(struct ch_store *s, const ch_row_entry *r)
{
	return ch_sql_run(s, "INSERT INTO entry VALUES(?,?,?,?,?,?,?)", "ihhhibn", r->index,
	    &r->entry, &r->salt, &r->hash, (uint64_t)r->kind, r->note,
	    r->is_about ? &r->about : NULL);
}

static void entry_row(ch_row_entry *out, sqlite3_stmt *q)
{
	*out = (ch_row_entry){
		.index = ch_sql_u64(q, 0),
		.entry = ch_sql_hash(q, 1),
		.salt = ch_sql_hash(q, 2),
		.hash = ch_sql_hash(q, 3),
		.kind = (ch_kind)ch_sql_u64(q, 4),
		.note = ch_sql_span(q, 5),
		.is_about = sqlite3_column_type(q, 6) != SQLITE_NULL,
		.about = ch_sql_u64(q, 6),
	};
}

/* The row that q stands on, copied into the arena. */
static ch_err entry_take(ch_row_entry *out, sqlite3_stmt *q, struct ch_arena *a)
{
	entry_row(out, q);
	out->note = ch_arena_copy(a, out->note);
	ch_sql_end(q);
	if (a->err != CH_OK)
		*out = (ch_row_entry){ 0 };
	return a->err;
}

ch_err ch_store_entry(ch_row_entry *out, struct ch_store *s, struct ch_arena *a, uint64_t index)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s, "SELECT * FROM entry WHERE idx = ?", "i", index);

	*out = (ch_row_entry){ 0 };
	return e == CH_OK ? entry_take(out, q, a) : e;
}

ch_err ch_store_raw_add(struct ch_store *s, uint64_t first, ch_span entries)
{
	return ch_sql_run(s, "INSERT INTO raw VALUES(?,?)", "ib", first, entries);
}

/* A row ends where the next one begins, or before. */
ch_err ch_store_raw_drop(struct ch_store *s, uint64_t tiled)
{
	return ch_sql_run(s,
	    "DELETE FROM raw WHERE first < (SELECT max(first) FROM raw WHERE first <= ?)", "i",
	    tiled);
}

/* The entries [from, from + n) that are gathered from both tables. */
struct gather {
	ch_hash *out;
	uint64_t from;
	size_t n, got;
	bool have[256];
};

static ch_err gather_one(struct gather *g, uint64_t index, const ch_hash *entry)
{
	size_t at;

	if (index < g->from || index - g->from >= g->n)
		return CH_OK;
	at = (size_t)(index - g->from);
	if (g->have[at])
		return CH_E_DB; /* two for one place */
	g->have[at] = true;
	g->out[at] = *entry;
	g->got++;
	return CH_OK;
}

static ch_err gather_stated(struct gather *g, struct ch_store *s)
{
	sqlite3_stmt *q;
	ch_hash entry;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT idx, entry FROM entry WHERE idx >= ? ORDER BY idx LIMIT ?", "ii", g->from,
	    (uint64_t)g->n);

	for (; e == CH_OK; e = ch_sql_next(q)) {
		entry = ch_sql_hash(q, 1);
		if ((e = gather_one(g, ch_sql_u64(q, 0), &entry)) != CH_OK)
			break;
	}
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}

static ch_err gather_raw(struct gather *g, struct ch_store *s)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT first, entries FROM raw WHERE first < ?1 AND first >="
	    " coalesce((SELECT max(first) FROM raw WHERE first <= ?2), 0) ORDER BY first", "ii",
	    g->from + g->n, g->from);

	for (; e == CH_OK; e = ch_sql_next(q)) {
		uint64_t index = ch_sql_u64(q, 0);
		struct ch_rd r = ch_rd_of(ch_sql_span(q, 1));
		ch_hash entry;

		while (e == CH_OK && ch_rd_left(&r) >= sizeof entry) {
			ch_rd_copy(&r, &entry, sizeof entry);
			e = gather_one(g, index++, &entry);
		}
		if (e != CH_OK)
			break;
	}
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}

ch_err ch_store_entries(ch_hash *out, struct ch_store *s, uint64_t from, size_t n)
{
	struct gather g = { .out = out, .from = from, .n = n };
	ch_err e;

	CH_ASSERT(n <= CH_COUNT(g.have));
	if ((e = gather_stated(&g, s)) == CH_OK)
		e = gather_raw(&g, s);
	if (e == CH_OK && g.got == n)
		return CH_OK;
	memset(out, 0, n * sizeof *out);
	return e == CH_OK ? CH_E_ABSENT : e;
}

ch_err ch_store_entry_count(uint64_t *n, struct ch_store *s)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT max(coalesce((SELECT max(idx) + 1 FROM entry), 0), coalesce((SELECT first +"
	    " length(entries) / 32 FROM raw ORDER BY first DESC LIMIT 1), 0))", "");

	*n = 0;
	if (e == CH_OK)
		*n = ch_sql_u64(q, 0);
	ch_sql_end(q);
	return e;
}

ch_err ch_store_entry_of(ch_row_entry *out, struct ch_store *s, struct ch_arena *a,
    uint64_t submission, ch_kind kind)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT * FROM entry WHERE about = ? AND kind = ? ORDER BY idx LIMIT 1", "ii",
	    submission, (uint64_t)kind);

	*out = (ch_row_entry){ 0 };
	return e == CH_OK ? entry_take(out, q, a) : e;
}

/* ---- the tree ---- */

ch_err ch_store_tree(struct ch_row_tree *out, struct ch_store *s)
{
	sqlite3_stmt *q;
	ch_span edge;
	ch_err e = ch_sql_first(&q, s, "SELECT size, tiled, root, edge FROM tree", "");

	memset(out, 0, sizeof *out);
	if (e != CH_OK)
		return e;
	out->size = ch_sql_u64(q, 0);
	out->tiled = ch_sql_u64(q, 1);
	out->root = ch_sql_hash(q, 2);
	edge = ch_sql_span(q, 3);
	if (edge.n % 32 == 0 && edge.n <= sizeof out->edge) {
		out->n_edge = edge.n / 32;
		if (edge.n)
			memcpy(out->edge, edge.p, edge.n);
	} else {
		memset(out, 0, sizeof *out);
		e = CH_E_DB;
	}
	ch_sql_end(q);
	return e;
}

ch_err ch_store_tree_put(struct ch_store *s, const struct ch_row_tree *t)
{
	return ch_sql_run(s, "INSERT OR REPLACE INTO tree VALUES(1,?,?,?,?)", "iihb", t->size,
	    t->tiled, &t->root, ch_span_of(t->edge, t->n_edge * 32));
}

/* ---- checkpoints ---- */

ch_err ch_store_checkpoint_add(struct ch_store *s, const ch_row_checkpoint *r)
{
	return ch_sql_run(s, "INSERT INTO checkpoint VALUES(?,?,?)", "ihb", r->size, &r->root,
	    r->note);
}

static ch_err checkpoint_take(ch_row_checkpoint *out, sqlite3_stmt *q, struct ch_arena *a)
{
	*out = (ch_row_checkpoint){
		.size = ch_sql_u64(q, 0),
		.root = ch_sql_hash(q, 1),
		.note = ch_arena_copy(a, ch_sql_span(q, 2)),
	};
	ch_sql_end(q);
	if (a->err != CH_OK)
		*out = (ch_row_checkpoint){ 0 };
	return a->err;
}

ch_err ch_store_checkpoint_above(ch_row_checkpoint *out, struct ch_store *s, struct ch_arena *a,
    uint64_t index)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT * FROM checkpoint WHERE size > ? ORDER BY size LIMIT 1", "i", index);

	*out = (ch_row_checkpoint){ 0 };
	return e == CH_OK ? checkpoint_take(out, q, a) : e;
}

ch_err ch_store_checkpoint_cosigned(ch_row_checkpoint *out, struct ch_store *s,
    struct ch_arena *a, uint64_t index)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT * FROM checkpoint WHERE size ="
	    " (SELECT min(size) FROM cosign WHERE size > ?)", "i", index);

	*out = (ch_row_checkpoint){ 0 };
	return e == CH_OK ? checkpoint_take(out, q, a) : e;
}

ch_err ch_store_cosign_put(struct ch_store *s, uint64_t size, ch_span name, int64_t time,
    ch_span line)
{
	return ch_sql_run(s,
	    "INSERT INTO cosign VALUES(?,?,?,?) ON CONFLICT(size, name) DO UPDATE"
	    " SET time = excluded.time, line = excluded.line WHERE excluded.time > cosign.time",
	    "itsb", size, name, time, line);
}

ch_err ch_store_cosigns(struct ch_store *s, uint64_t size, ch_store_on_line on, void *ctx)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT name, time, line FROM cosign WHERE size = ? ORDER BY name", "i", size);

	while (e == CH_OK) {
		e = on(ctx, ch_sql_span(q, 0), (int64_t)ch_sql_u64(q, 1), ch_sql_span(q, 2));
		if (e != CH_OK)
			break;
		e = ch_sql_next(q);
	}
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}
