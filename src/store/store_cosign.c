/* What one cosigner did last. */
#include "store_sql.h"

ch_err ch_store_cosign_last(uint64_t *size, int64_t *time, struct ch_store *s, ch_span name)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT size, time FROM cosign WHERE name = ? ORDER BY size DESC LIMIT 1", "t", name);

	*size = 0;
	*time = 0;
	if (e == CH_OK) {
		*size = ch_sql_u64(q, 0);
		*time = (int64_t)ch_sql_u64(q, 1);
	}
	ch_sql_end(q);
	return e;
}
