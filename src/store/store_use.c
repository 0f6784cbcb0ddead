/* What is kept for a party, and envelopes that no paper names. */
#include "store_sql.h"

ch_err ch_store_use(ch_row_use *out, struct ch_store *s, ch_span party)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT open, bytes, n_loose, loose FROM use WHERE party = ?", "t", party);

	*out = (ch_row_use){ 0 };
	if (e == CH_OK)
		*out = (ch_row_use){ .open = ch_sql_u64(q, 0), .bytes = ch_sql_u64(q, 1),
			.n_loose = ch_sql_u64(q, 2), .loose = ch_sql_u64(q, 3) };
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}

ch_err ch_store_loose_put(struct ch_store *s, const ch_hash *envelope, ch_span party,
    uint64_t size, int64_t time)
{
	return ch_sql_run(s, "INSERT INTO loose VALUES(?,?,?,?)"
	    " ON CONFLICT(envelope) DO UPDATE SET time = excluded.time", "htis", envelope, party,
	    size, time);
}

ch_err ch_store_loose_drop(struct ch_store *s, const ch_hash *envelope)
{
	return ch_sql_run(s, "DELETE FROM loose WHERE envelope = ?", "h", envelope);
}

ch_err ch_store_loose_old(ch_hash *out, size_t *n, size_t max, struct ch_store *s, int64_t until)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT envelope FROM loose WHERE time <= ? ORDER BY time LIMIT ?", "si", until,
	    (uint64_t)max);

	for (*n = 0; e == CH_OK && *n < max; e = ch_sql_next(q))
		out[(*n)++] = ch_sql_hash(q, 0);
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}

ch_err ch_store_envelope_stays(bool *stays, struct ch_store *s, const ch_hash *envelope)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT 1 FROM submission WHERE envelope = ? AND state < 2"
	    " UNION ALL SELECT 1 FROM loose WHERE envelope = ?", "hh", envelope, envelope);

	*stays = e == CH_OK;
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}

ch_err ch_store_envelopes(struct ch_store *s, void (*on)(void *ctx, const ch_hash *envelope),
    void *ctx)
{
	sqlite3_stmt *q;
	ch_hash h;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT envelope FROM submission WHERE state < 2"
	    " UNION ALL SELECT envelope FROM loose ORDER BY 1", "");

	for (; e == CH_OK; e = ch_sql_next(q)) {
		h = ch_sql_hash(q, 0);
		on(ctx, &h);
	}
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}
