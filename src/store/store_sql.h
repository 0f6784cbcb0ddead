/* Inside the store: prepared statements, bound by a format, and columns as rows want them. */
#ifndef CH_STORE_SQL_H
#define CH_STORE_SQL_H

#include <sqlite3.h>

#include "store.h"

#define CH_SQL_MAX 80

struct ch_store {
	sqlite3 *db;
	uint64_t wal_used; /* bytes, after the last commit of ours */
	unsigned n;
	const char *text[CH_SQL_MAX]; /* by address: every text is a literal */
	sqlite3_stmt *stmt[CH_SQL_MAX];
};

/* See store_wal.c. */
void ch_store_wal_watch(struct ch_store *s);
/* With the right to write: zeros behind the end of the file, if the WAL comes near it. IO: a fault;
 * no room is none. */
CH_MUST_USE ch_err ch_store_wal_lay(struct ch_store *s);

/* The name of our VFS (store_vfs.c), of which there is one; NULL: there is only the system's, which
 * does the same by more calls. For connections with synchronous = FULL. */
const char *ch_store_vfs(void);

/* The error of a SQLite answer. */
ch_err ch_sql_err(int rc);

/*
 * Run to the end, or to the first row. fmt: h const ch_hash *, b ch_span as blob, t ch_span as
 * text, i uint64_t, n the same by pointer or NULL, s int64_t, in order of the parameters. `first`
 * leaves *q on its row (ABSENT when there is none, *q is then NULL): read it, go on with next, end
 * with ch_sql_end().
 */
CH_MUST_USE ch_err ch_sql_run(struct ch_store *s, const char *sql, const char *fmt, ...);
CH_MUST_USE ch_err ch_sql_first(sqlite3_stmt **q, struct ch_store *s, const char *sql,
    const char *fmt, ...);
CH_MUST_USE ch_err ch_sql_next(sqlite3_stmt *q);
void ch_sql_end(sqlite3_stmt *q);

/* A column. hash: zero when it has another length. span: borrowed until the next step. */
ch_hash ch_sql_hash(sqlite3_stmt *q, int i);
uint64_t ch_sql_u64(sqlite3_stmt *q, int i);
ch_span ch_sql_span(sqlite3_stmt *q, int i);

#endif
