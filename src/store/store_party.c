/* Parties, rosters, charters, public statements. */
#include "store_sql.h"

ch_err ch_store_account_add(struct ch_store *s, ch_span party, ch_span vkey)
{
	return ch_sql_run(s, "INSERT INTO account VALUES(?,?)", "tt", party, vkey);
}

/* The one text of a query, copied. */
static ch_err one_text(ch_span *out, sqlite3_stmt *q, struct ch_arena *a, ch_err e)
{
	*out = (ch_span){ 0 };
	if (e != CH_OK)
		return e;
	*out = ch_arena_copy(a, ch_sql_span(q, 0));
	ch_sql_end(q);
	if (a->err != CH_OK)
		*out = (ch_span){ 0 };
	return a->err;
}

ch_err ch_store_account(ch_span *vkey, struct ch_store *s, struct ch_arena *a, ch_span party)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s, "SELECT vkey FROM account WHERE party = ?", "t", party);

	return one_text(vkey, q, a, e);
}

ch_err ch_store_neutral_add(struct ch_store *s, ch_span name, ch_span vkey)
{
	return ch_sql_run(s, "INSERT OR IGNORE INTO neutral VALUES(?,?)", "tt", name, vkey);
}

ch_err ch_store_neutral(ch_span *vkey, struct ch_store *s, struct ch_arena *a, ch_span name)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s, "SELECT vkey FROM neutral WHERE name = ?", "t", name);

	return one_text(vkey, q, a, e);
}

/* ---- rosters ---- */

ch_err ch_store_roster_add(struct ch_store *s, const ch_row_roster *r)
{
	return ch_sql_run(s, "INSERT INTO roster VALUES(?,?,?,?,?)", "tihbi", r->party,
	    r->version, &r->hash, r->note, r->index);
}

ch_err ch_store_roster(ch_row_roster *out, struct ch_store *s, struct ch_arena *a, ch_span party,
    uint64_t version)
{
	sqlite3_stmt *q;
	ch_err e;

	*out = (ch_row_roster){ 0 };
	if (version)
		e = ch_sql_first(&q, s, "SELECT * FROM roster WHERE party = ? AND version = ?",
		    "ti", party, version);
	else
		e = ch_sql_first(&q, s,
		    "SELECT * FROM roster WHERE party = ? ORDER BY version DESC LIMIT 1", "t",
		    party);
	if (e != CH_OK)
		return e;
	*out = (ch_row_roster){
		.party = ch_arena_copy(a, ch_sql_span(q, 0)),
		.version = ch_sql_u64(q, 1),
		.hash = ch_sql_hash(q, 2),
		.note = ch_arena_copy(a, ch_sql_span(q, 3)),
		.index = ch_sql_u64(q, 4),
	};
	ch_sql_end(q);
	if (a->err != CH_OK)
		*out = (ch_row_roster){ 0 };
	return a->err;
}

/* ---- charters ---- */

ch_err ch_store_charter_put(struct ch_store *s, const ch_row_charter *r)
{
	return ch_sql_run(s, "INSERT OR REPLACE INTO charter VALUES(?,?,?,?,?,?,?)", "hhitbii",
	    &r->hash, &r->talks, r->version, r->name, r->note, (uint64_t)r->complete, r->index);
}

ch_err ch_store_charter_party(struct ch_store *s, const ch_hash *talks, ch_span party)
{
	return ch_sql_run(s, "INSERT OR IGNORE INTO member VALUES(?,?)", "th", party, talks);
}

static ch_err charter_take(ch_row_charter *out, sqlite3_stmt *q, struct ch_arena *a)
{
	*out = (ch_row_charter){
		.hash = ch_sql_hash(q, 0),
		.talks = ch_sql_hash(q, 1),
		.version = ch_sql_u64(q, 2),
		.name = ch_arena_copy(a, ch_sql_span(q, 3)),
		.note = ch_arena_copy(a, ch_sql_span(q, 4)),
		.complete = ch_sql_u64(q, 5) != 0,
		.index = ch_sql_u64(q, 6),
	};
	ch_sql_end(q);
	if (a->err != CH_OK)
		*out = (ch_row_charter){ 0 };
	return a->err;
}

ch_err ch_store_charter(ch_row_charter *out, struct ch_store *s, struct ch_arena *a,
    const ch_hash *hash)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s, "SELECT * FROM charter WHERE hash = ?", "h", hash);

	*out = (ch_row_charter){ 0 };
	return e == CH_OK ? charter_take(out, q, a) : e;
}

ch_err ch_store_charter_newest(ch_row_charter *out, struct ch_store *s, struct ch_arena *a,
    const ch_hash *talks, bool complete)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT * FROM charter WHERE talks = ? AND complete >= ?"
	    " ORDER BY version DESC, complete DESC LIMIT 1", "hi", talks, (uint64_t)complete);

	*out = (ch_row_charter){ 0 };
	return e == CH_OK ? charter_take(out, q, a) : e;
}

ch_err ch_store_in_talks(struct ch_store *s, const ch_hash *talks, ch_span party)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s, "SELECT 1 FROM member WHERE party = ? AND talks = ?",
	    "th", party, talks);

	ch_sql_end(q);
	return e;
}

ch_err ch_store_charters_of(struct ch_store *s, ch_span party, ch_store_on_charter on, void *ctx)
{
	sqlite3_stmt *q;
	ch_hash talks;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT c.talks, c.name, max(c.complete) FROM member m JOIN charter c"
	    " ON c.talks = m.talks WHERE m.party = ? GROUP BY c.talks ORDER BY c.talks", "t",
	    party);

	while (e == CH_OK) {
		talks = ch_sql_hash(q, 0);
		if ((e = on(ctx, &talks, ch_sql_span(q, 1), ch_sql_u64(q, 2) != 0)) != CH_OK)
			break;
		e = ch_sql_next(q);
	}
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}

/* ---- public statements ---- */

ch_err ch_store_public_add(struct ch_store *s, const ch_row_public *r)
{
	return ch_sql_run(s, "INSERT INTO public VALUES(?,?,?,?,?)", "hhtii", &r->hash,
	    &r->talks, r->party, (uint64_t)r->kind, r->index);
}

static void public_row(ch_row_public *out, sqlite3_stmt *q)
{
	*out = (ch_row_public){
		.hash = ch_sql_hash(q, 0),
		.talks = ch_sql_hash(q, 1),
		.party = ch_sql_span(q, 2),
		.kind = (ch_kind)ch_sql_u64(q, 3),
		.index = ch_sql_u64(q, 4),
	};
}

ch_err ch_store_public(ch_row_public *out, struct ch_store *s, struct ch_arena *a,
    const ch_hash *hash)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s, "SELECT * FROM public WHERE hash = ?", "h", hash);

	*out = (ch_row_public){ 0 };
	if (e != CH_OK)
		return e;
	public_row(out, q);
	out->party = ch_arena_copy(a, out->party);
	ch_sql_end(q);
	if (a->err != CH_OK)
		*out = (ch_row_public){ 0 };
	return a->err;
}

ch_err ch_store_publics(struct ch_store *s, const ch_hash *talks, uint64_t after, unsigned max,
    ch_store_on_public on, void *ctx)
{
	sqlite3_stmt *q;
	ch_row_public row;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT * FROM public WHERE talks = ? AND idx > ? ORDER BY idx LIMIT ?", "hsi", talks,
	    after > INT64_MAX ? (int64_t)-1 : (int64_t)after, (uint64_t)max);

	while (e == CH_OK) {
		public_row(&row, q);
		if ((e = on(ctx, &row)) != CH_OK)
			break;
		e = ch_sql_next(q);
	}
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}
