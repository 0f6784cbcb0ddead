/*
 * The database itself: opening, versions, transactions, statements. Trusts its own file: a row
 * that contradicts the log is found by the log's recovery, not here.
 */
#include <stdarg.h>
#include <unistd.h>

#include "dir.h"
#include "store_sql.h"

static const char schema[] =
    "CREATE TABLE version(v INTEGER NOT NULL) STRICT;"
    "CREATE TABLE account(party TEXT PRIMARY KEY, vkey TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE roster(party TEXT NOT NULL, version INTEGER NOT NULL, hash BLOB NOT NULL,"
    " note BLOB NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY(party, version)) STRICT;"
    "CREATE TABLE charter(hash BLOB PRIMARY KEY, talks BLOB NOT NULL, version INTEGER NOT NULL,"
    " name TEXT NOT NULL, note BLOB NOT NULL, complete INTEGER NOT NULL, idx INTEGER NOT NULL)"
    " STRICT;"
    "CREATE INDEX charter_talks ON charter(talks, version);"
    "CREATE TABLE member(party TEXT NOT NULL, talks BLOB NOT NULL, PRIMARY KEY(party, talks))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE neutral(name TEXT PRIMARY KEY, vkey TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE entry(idx INTEGER PRIMARY KEY, entry BLOB NOT NULL, salt BLOB NOT NULL,"
    " hash BLOB NOT NULL, kind INTEGER NOT NULL, note BLOB NOT NULL, l BLOB) STRICT;"
    "CREATE INDEX entry_l ON entry(l) WHERE l IS NOT NULL;"
    "CREATE TABLE tree(one INTEGER PRIMARY KEY CHECK(one = 1), size INTEGER NOT NULL,"
    " tiled INTEGER NOT NULL, root BLOB NOT NULL, edge BLOB NOT NULL) STRICT;"
    "CREATE TABLE checkpoint(size INTEGER PRIMARY KEY, root BLOB NOT NULL, note BLOB NOT NULL)"
    " STRICT;"
    "CREATE TABLE cosign(size INTEGER NOT NULL, name TEXT NOT NULL, time INTEGER NOT NULL,"
    " line BLOB NOT NULL, PRIMARY KEY(size, name)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE submission(l BLOB PRIMARY KEY, talks BLOB NOT NULL, author TEXT NOT NULL,"
    " addressee TEXT NOT NULL, serial INTEGER NOT NULL, nonce BLOB NOT NULL UNIQUE,"
    " envelope BLOB NOT NULL UNIQUE, key BLOB NOT NULL UNIQUE, pair BLOB NOT NULL,"
    " mailbox TEXT NOT NULL, size INTEGER NOT NULL, lapse INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL, idx INTEGER NOT NULL, state INTEGER NOT NULL, note BLOB NOT NULL,"
    " UNIQUE(talks, author, addressee, serial)) STRICT;"
    "CREATE INDEX submission_mailbox ON submission(mailbox, idx);"
    "CREATE INDEX submission_sent ON submission(talks, author, idx);"
    "CREATE INDEX submission_open ON submission(lapse) WHERE state = 0;"
    "CREATE TABLE ending(l BLOB PRIMARY KEY, state INTEGER NOT NULL, idx INTEGER NOT NULL,"
    " cause BLOB NOT NULL, keybox BLOB NOT NULL, checkpoint BLOB NOT NULL) STRICT;"
    "CREATE TABLE notice(l BLOB NOT NULL, delegate TEXT NOT NULL, PRIMARY KEY(l, delegate))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE public(hash BLOB PRIMARY KEY, talks BLOB NOT NULL, party TEXT NOT NULL,"
    " kind INTEGER NOT NULL, idx INTEGER NOT NULL) STRICT;"
    "CREATE INDEX public_talks ON public(talks, idx);"
    "INSERT INTO version VALUES(1);";

/* What is kept for whom, by itself: no handler can forget it. 0 is open, 1 delivered. */
#define USE_TRIGGERS                                                                         \
	"CREATE TRIGGER use_begin AFTER INSERT ON submission BEGIN"                              \
	" INSERT INTO use(party, open, bytes) VALUES(new.author, 1, new.size)"                   \
	" ON CONFLICT(party) DO UPDATE SET open = open + 1, bytes = bytes + new.size;"           \
	" DELETE FROM loose WHERE envelope = new.envelope; END;"                                 \
	"CREATE TRIGGER use_end AFTER UPDATE OF state ON submission WHEN old.state = 0 AND"      \
	" new.state > 0 BEGIN UPDATE use SET open = open - 1,"                                   \
	" bytes = bytes - iif(new.state > 1, old.size, 0) WHERE party = old.author; END;"

/* What each version added to the one before; [0] makes 2 of 1. A new database goes the same way. */
static const char *const steps[CH_STORE_VERSION - 1] = {
    "CREATE TABLE raw(first INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;"
    "CREATE TABLE use(party TEXT PRIMARY KEY, open INTEGER NOT NULL, bytes INTEGER NOT NULL,"
    " n_loose INTEGER NOT NULL DEFAULT 0, loose INTEGER NOT NULL DEFAULT 0)"
    " STRICT, WITHOUT ROWID;"
    "INSERT INTO use(party, open, bytes) SELECT author, sum(state = 0),"
    " sum(iif(state < 2, size, 0)) FROM submission"
    " GROUP BY author;"
    USE_TRIGGERS
    /* Envelopes that no paper names yet. */
    "CREATE TABLE loose(envelope BLOB PRIMARY KEY, party TEXT NOT NULL, size INTEGER NOT NULL,"
    " time INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX loose_time ON loose(time);"
    "CREATE TRIGGER loose_begin AFTER INSERT ON loose BEGIN"
    " INSERT INTO use VALUES(new.party, 0, 0, 1, new.size) ON CONFLICT(party) DO UPDATE"
    " SET n_loose = n_loose + 1, loose = loose + new.size; END;"
    "CREATE TRIGGER loose_end AFTER DELETE ON loose BEGIN UPDATE use SET n_loose = n_loose - 1,"
    " loose = loose - old.size WHERE party = old.party; END;"
    "UPDATE version SET v = 2;",
    /* Where K is kept; 0: in a file of its own, until the next start moves it. */
    "ALTER TABLE submission ADD COLUMN slot INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX submission_epoch ON submission(epoch) WHERE state = 0;"
    "UPDATE version SET v = 3;",
    /* What is about a submission is found by its index in the register, not by its hash: what comes
     * together then lies together, and a delivery changes half as many pages. Of a submission, what
     * never changes and is long lies apart from what does and is short. */
    "CREATE TABLE said(submission INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT;"
    "CREATE TABLE keybox(submission INTEGER PRIMARY KEY, keybox BLOB NOT NULL) STRICT;"
    "DROP INDEX entry_l;"
    "ALTER TABLE entry ADD COLUMN about INTEGER;"
    /* A submission's own entry is about itself. */
    "UPDATE entry SET about = (SELECT s.idx FROM submission s WHERE s.l = entry.l"
    " AND s.idx <> entry.idx) WHERE l IS NOT NULL;"
    "ALTER TABLE entry DROP COLUMN l;"
    "CREATE INDEX entry_about ON entry(about) WHERE about IS NOT NULL;"
    "ALTER TABLE ending RENAME TO old_ending;"
    "CREATE TABLE ending(submission INTEGER PRIMARY KEY, state INTEGER NOT NULL,"
    " idx INTEGER NOT NULL, cause BLOB NOT NULL, checkpoint BLOB NOT NULL) STRICT;"
    "INSERT INTO ending SELECT s.idx, e.state, e.idx, e.cause, e.checkpoint FROM old_ending e"
    " JOIN submission s ON s.l = e.l ORDER BY s.idx;"
    "INSERT INTO keybox SELECT s.idx, e.keybox FROM old_ending e"
    " JOIN submission s ON s.l = e.l WHERE e.state = 1 ORDER BY s.idx;"
    "DROP TABLE old_ending;"
    "ALTER TABLE notice RENAME TO old_notice;"
    "CREATE TABLE notice(submission INTEGER NOT NULL, delegate TEXT NOT NULL,"
    " PRIMARY KEY(submission, delegate)) STRICT, WITHOUT ROWID;"
    "INSERT INTO notice SELECT s.idx, n.delegate FROM old_notice n"
    " JOIN submission s ON s.l = n.l ORDER BY s.idx;"
    "DROP TABLE old_notice;"
    "ALTER TABLE submission RENAME TO old_submission;"
    "CREATE TABLE submission(idx INTEGER PRIMARY KEY, l BLOB NOT NULL UNIQUE,"
    " talks BLOB NOT NULL, author TEXT NOT NULL, addressee TEXT NOT NULL,"
    " serial INTEGER NOT NULL, nonce BLOB NOT NULL UNIQUE, envelope BLOB NOT NULL UNIQUE,"
    " key BLOB NOT NULL UNIQUE, pair BLOB NOT NULL, mailbox TEXT NOT NULL,"
    " size INTEGER NOT NULL, lapse INTEGER NOT NULL, epoch INTEGER NOT NULL,"
    " slot INTEGER NOT NULL, state INTEGER NOT NULL,"
    " UNIQUE(talks, author, addressee, serial)) STRICT;"
    "INSERT INTO submission SELECT idx, l, talks, author, addressee, serial, nonce, envelope, key,"
    " pair, mailbox, size, lapse, epoch, slot, state FROM old_submission ORDER BY idx;"
    "INSERT INTO said SELECT idx, note FROM old_submission ORDER BY idx;"
    "DROP TABLE old_submission;"
    "CREATE INDEX submission_mailbox ON submission(mailbox);" /* and idx, as any index */
    "CREATE INDEX submission_sent ON submission(talks, author);"
    "CREATE INDEX submission_open ON submission(lapse) WHERE state = 0;"
    "CREATE INDEX submission_epoch ON submission(epoch) WHERE state = 0;"
    USE_TRIGGERS
    "UPDATE version SET v = 4;",
};

ch_err ch_sql_err(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return CH_OK;
	case SQLITE_CONSTRAINT:
		return CH_E_CONFLICT;
	case SQLITE_FULL:
		return CH_E_FULL;
	case SQLITE_IOERR:
		return CH_E_IO;
	case SQLITE_NOMEM:
		return CH_E_NOMEM;
	case SQLITE_NOTADB:
		return CH_E_FORMAT;
	default:
		return CH_E_DB;
	}
}

static ch_err exec(sqlite3 *db, const char *sql)
{
	return ch_sql_err(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static ch_err open_db(sqlite3 **db, const char *path, int flags)
{
	ch_err e;

	/* Nobody asks how much memory it has: no lock and no count at each piece. Later calls
	 * answer MISUSE and change nothing. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	e = ch_sql_err(sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX, ch_store_vfs()));
	if (e == CH_OK) {
		(void)sqlite3_extended_result_codes(*db, 1);
		(void)sqlite3_busy_timeout(*db, 10000); /* `registry enrol` beside the server */
		e = exec(*db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			      "PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = OFF;"
			      "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
			      "PRAGMA cache_size = -16384;" /* KiB */
			      "PRAGMA temp_store = MEMORY;"); /* no file that is not there yet */
	}
	if (e != CH_OK) {
		(void)sqlite3_close(*db);
		*db = NULL;
	}
	return e;
}

ch_err ch_store_create(const char *path)
{
	sqlite3 *db = NULL;
	ch_err e;

	if (access(path, F_OK) == 0)
		return CH_E_CONFLICT;
	if ((e = open_db(&db, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) != CH_OK)
		return e;
	if ((e = exec(db, "BEGIN IMMEDIATE;")) == CH_OK)
		e = exec(db, schema);
	for (size_t i = 0; i < CH_COUNT(steps) && e == CH_OK; i++)
		e = exec(db, steps[i]);
	if (e == CH_OK)
		e = exec(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE);");
	(void)sqlite3_close(db);
	return e;
}

static ch_err read_version(uint64_t *v, struct ch_store *s)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s, "SELECT v FROM version", "");

	*v = 0;
	if (e != CH_OK)
		return e == CH_E_IO || e == CH_E_NOMEM ? e : CH_E_FORMAT;
	*v = ch_sql_u64(q, 0);
	ch_sql_end(q);
	return *v == 0 ? CH_E_FORMAT : CH_OK;
}

/* An older database becomes one of now in one transaction; the version is asked again inside it,
 * for another program may do the same. */
static ch_err check_version(struct ch_store *s)
{
	uint64_t v;
	ch_err e = read_version(&v, s);

	if (e != CH_OK || v == CH_STORE_VERSION)
		return e;
	if (v > CH_STORE_VERSION)
		return CH_E_LIMIT;
	if ((e = exec(s->db, "BEGIN IMMEDIATE;")) != CH_OK)
		return e;
	if ((e = read_version(&v, s)) == CH_OK && v > CH_STORE_VERSION)
		e = CH_E_LIMIT;
	for (; e == CH_OK && v < CH_STORE_VERSION; v++)
		e = exec(s->db, steps[v - 1]);
	if (e == CH_OK)
		e = exec(s->db, "COMMIT;");
	if (e != CH_OK)
		ch_store_rollback(s);
	return e;
}

ch_err ch_store_open(struct ch_store **out, const char *path)
{
	struct ch_store *s = ch_alloc(sizeof *s);
	ch_err e;

	*out = NULL;
	if (!s)
		return CH_E_NOMEM;
	if ((e = open_db(&s->db, path, SQLITE_OPEN_READWRITE)) == CH_OK)
		e = check_version(s);
	/* It made the WAL, or found it. SQLite syncs the folder as well, at the first commit, and
	 * does not look at the answer. */
	if (e == CH_OK)
		e = ch_dir_sync_above(path);
	if (e != CH_OK) {
		ch_store_close(s);
		return e;
	}
	ch_store_wal_watch(s);
	*out = s;
	return CH_OK;
}

void ch_store_leave(struct ch_store *s)
{
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

void ch_store_close(struct ch_store *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->n; i++)
		(void)sqlite3_finalize(s->stmt[i]);
	(void)sqlite3_close(s->db);
	ch_free(s, sizeof *s);
}

static sqlite3_stmt *prepared(ch_err *e, struct ch_store *s, const char *sql)
{
	*e = CH_OK;
	for (unsigned i = 0; i < s->n; i++)
		if (s->text[i] == sql)
			return s->stmt[i];
	CH_ASSERT(s->n < CH_SQL_MAX);
	*e = ch_sql_err(sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
	    &s->stmt[s->n], NULL));
	if (*e != CH_OK)
		return NULL;
	s->text[s->n] = sql;
	return s->stmt[s->n++];
}

/* Nothing is copied: a statement has let go of its values before its caller returns. */
static int bind_one(sqlite3_stmt *q, int i, char kind, va_list *ap)
{
	ch_span s;
	const ch_hash *h;
	const uint64_t *n;

	switch (kind) {
	case 'h':
		h = va_arg(*ap, const ch_hash *);
		return sqlite3_bind_blob(q, i, h->b, sizeof h->b, SQLITE_STATIC);
	case 'b':
		s = va_arg(*ap, ch_span);
		return sqlite3_bind_blob64(q, i, s.p ? (const void *)s.p : "", s.n,
		    SQLITE_STATIC);
	case 't':
		s = va_arg(*ap, ch_span);
		return sqlite3_bind_text64(q, i, s.p ? (const char *)s.p : "", s.n,
		    SQLITE_STATIC, SQLITE_UTF8);
	case 's':
		return sqlite3_bind_int64(q, i, va_arg(*ap, int64_t));
	case 'n':
		n = va_arg(*ap, const uint64_t *);
		return n ? sqlite3_bind_int64(q, i, (sqlite3_int64)*n) : sqlite3_bind_null(q, i);
	default:
		return sqlite3_bind_int64(q, i, (sqlite3_int64)va_arg(*ap, uint64_t));
	}
}

/* Prepare, bind and step once: CH_OK on a row, ABSENT at the end. */
static ch_err start(sqlite3_stmt **q, struct ch_store *s, const char *sql, const char *fmt,
    va_list *ap)
{
	ch_err e;
	int rc = SQLITE_OK;

	*q = prepared(&e, s, sql);
	if (!*q)
		return e;
	for (int i = 0; fmt[i] && rc == SQLITE_OK; i++)
		rc = bind_one(*q, i + 1, fmt[i], ap);
	if (rc == SQLITE_OK)
		return ch_sql_next(*q);
	return ch_sql_err(rc);
}

ch_err ch_sql_next(sqlite3_stmt *q)
{
	int rc = sqlite3_step(q);

	return rc == SQLITE_DONE ? CH_E_ABSENT : ch_sql_err(rc);
}

void ch_sql_end(sqlite3_stmt *q)
{
	if (!q)
		return;
	(void)sqlite3_reset(q);
	(void)sqlite3_clear_bindings(q);
}

ch_err ch_sql_run(struct ch_store *s, const char *sql, const char *fmt, ...)
{
	sqlite3_stmt *q;
	va_list ap;
	ch_err e;

	va_start(ap, fmt);
	e = start(&q, s, sql, fmt, &ap);
	va_end(ap);
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}

ch_err ch_sql_first(sqlite3_stmt **q, struct ch_store *s, const char *sql, const char *fmt, ...)
{
	va_list ap;
	ch_err e;

	va_start(ap, fmt);
	e = start(q, s, sql, fmt, &ap);
	va_end(ap);
	if (e != CH_OK) {
		ch_sql_end(*q);
		*q = NULL;
	}
	return e;
}

ch_err ch_store_data(uint64_t *v, struct ch_store *s)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s, "PRAGMA data_version", "");

	*v = 0;
	if (e == CH_OK)
		*v = ch_sql_u64(q, 0);
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_E_DB : e;
}

bool ch_store_changed(const struct ch_store *s)
{
	return sqlite3_changes(s->db) > 0;
}

ch_hash ch_sql_hash(sqlite3_stmt *q, int i)
{
	ch_hash h = { 0 };
	ch_span s = ch_sql_span(q, i);

	if (s.n == sizeof h.b)
		memcpy(h.b, s.p, sizeof h.b);
	return h;
}

uint64_t ch_sql_u64(sqlite3_stmt *q, int i)
{
	sqlite3_int64 v = sqlite3_column_int64(q, i);

	return v < 0 ? 0 : (uint64_t)v;
}

ch_span ch_sql_span(sqlite3_stmt *q, int i)
{
	const void *p = sqlite3_column_blob(q, i);
	int n = sqlite3_column_bytes(q, i);

	return p && n > 0 ? ch_span_of(p, (size_t)n) : (ch_span){ 0 };
}

/* ---- transactions ---- */

ch_err ch_store_begin(struct ch_store *s)
{
	ch_err e = ch_sql_run(s, "BEGIN IMMEDIATE", "");

	if (e == CH_OK && (e = ch_store_wal_lay(s)) != CH_OK)
		ch_store_rollback(s);
	return e;
}

ch_err ch_store_commit(struct ch_store *s)
{
	return ch_sql_run(s, "COMMIT", "");
}

void ch_store_rollback(struct ch_store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

uint64_t ch_store_writes(const struct ch_store *s)
{
	return (uint64_t)sqlite3_total_changes64(s->db);
}

ch_err ch_store_tidy(struct ch_store *s)
{
	int rc = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	return rc == SQLITE_BUSY ? CH_OK : ch_sql_err(rc);
}

ch_err ch_store_renew(struct ch_store *s)
{
	return ch_sql_err(sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
	    NULL));
}
