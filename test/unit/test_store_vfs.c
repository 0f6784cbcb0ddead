/* The VFS that gathers a commit's frames, over one below that counts, remembers and fails. */
#include "check.h"

#include <unistd.h>

#include "store_sql.h"

#define FRAME 4120
#define HELD 31 /* frames */

/* ---- what lies below ---- */

static struct {
	sqlite3_vfs vfs, *real;
	sqlite3_io_methods own;
	const sqlite3_io_methods *methods;
	unsigned n_writes, n_syncs, fail_at; /* the write that fails, counted from 1; 0: none */
	int fail_as, last_n;
	bool fail_sync;
	sqlite3_int64 last_at;
} below;

static int below_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	if (++below.n_writes == below.fail_at)
		return below.fail_as;
	below.last_n = n;
	below.last_at = at;
	return below.methods->xWrite(f, p, n, at);
}

static int below_sync(sqlite3_file *f, int flags)
{
	below.n_syncs++;
	return below.fail_sync ? SQLITE_IOERR_FSYNC : below.methods->xSync(f, flags);
}

static int below_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
	int rc = below.real->xOpen(below.real, name, f, flags, out);

	(void)v;
	if (rc != SQLITE_OK || !(flags & SQLITE_OPEN_WAL))
		return rc;
	below.methods = f->pMethods;
	below.own = *f->pMethods;
	below.own.xWrite = below_write;
	below.own.xSync = below_sync;
	f->pMethods = &below.own;
	return rc;
}

static void fail_at(unsigned nth, int as)
{
	below.n_writes = below.n_syncs = 0;
	below.fail_at = nth;
	below.fail_as = as;
}

/* ---- a store, and another program that knows nothing of all this ---- */

static char folder[64], path[80];
static uint8_t pages[4 * HELD * FRAME];

static int run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static struct ch_store *start(void)
{
	struct ch_store *s;

	check_folder(folder, sizeof folder, "vfs");
	(void)snprintf(path, sizeof path, "%s/db", folder);
	fail_at(0, 0);
	check_ok(ch_store_create(path));
	check_ok(ch_store_open(&s, path));
	assert_int_equal(run(s->db, "CREATE TABLE x(n INTEGER, b BLOB)"), SQLITE_OK);
	return s;
}

static sqlite3 *other(void)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "unix"), SQLITE_OK);
	return db;
}

static int number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *q;
	int n;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	n = sqlite3_column_int(q, 0);
	(void)sqlite3_finalize(q);
	return n;
}

/* The other one finds all in order, and so many rows. */
static void expect_rows(int n)
{
	sqlite3 *db = other();

	assert_int_equal(number(db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"),
	    1);
	assert_int_equal(number(db, "SELECT count(*) FROM x"), n);
	assert_int_equal(number(db, "SELECT count(*) FROM x WHERE length(b) = 3000"), n);
	(void)sqlite3_close(db);
}

static void stop(struct ch_store *s)
{
	ch_store_close(s);
	assert_int_equal(unlink(path), 0); /* and nothing stays beside it */
	assert_int_equal(rmdir(folder), 0);
}

static sqlite3_file *wal(struct ch_store *s)
{
	sqlite3_file *f = NULL;

	assert_int_equal(sqlite3_file_control(s->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &f),
	    SQLITE_OK);
	return f;
}

/* A row is a page. */
static int add(struct ch_store *s, unsigned n)
{
	char sql[160];

	(void)snprintf(sql, sizeof sql, "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1"
	    " FROM c WHERE i < %u) INSERT INTO x SELECT i, randomblob(3000) FROM c", n);
	return run(s->db, sql);
}

/* Frames as SQLite writes them. */
static int put(sqlite3_file *f, unsigned from, unsigned to, sqlite3_int64 at)
{
	int rc = SQLITE_OK;

	for (unsigned i = from; i < to && rc == SQLITE_OK; i++) {
		size_t k = (size_t)i * FRAME;

		rc = f->pMethods->xWrite(f, &pages[k], 24, at + (sqlite3_int64)k);
		if (rc == SQLITE_OK)
			rc = f->pMethods->xWrite(f, &pages[k + 24], FRAME - 24,
			    at + (sqlite3_int64)k + 24);
	}
	return rc;
}

static void expect_written(unsigned n_writes, int last_n, sqlite3_int64 last_at)
{
	assert_int_equal(below.n_writes, n_writes);
	assert_int_equal(below.last_n, last_n);
	assert_int_equal(below.last_at, last_at);
}

static void expect_bytes(sqlite3_file *f, size_t from, size_t n, sqlite3_int64 at)
{
	static uint8_t got[sizeof pages];

	assert_int_equal(f->pMethods->xRead(f, got, (int)n, at + (sqlite3_int64)from), SQLITE_OK);
	assert_memory_equal(got, &pages[from], n);
}

/* ---- */

static void test_registered(void **state)
{
	struct ch_store *s = start();
	sqlite3_vfs *v = NULL;

	(void)state;
	assert_int_equal(sqlite3_file_control(s->db, "main", SQLITE_FCNTL_VFS_POINTER, &v),
	    SQLITE_OK);
	assert_string_equal(v->zName, ch_store_vfs());
	assert_ptr_equal(v, sqlite3_vfs_find(ch_store_vfs()));
	assert_ptr_equal(sqlite3_vfs_find(NULL), &below.vfs); /* for all others as before */
	assert_int_equal(wal(s)->pMethods->iVersion, below.own.iVersion);
	assert_ptr_equal(wal(s)->pMethods->xShmMap, below.own.xShmMap);
	assert_ptr_equal(wal(s)->pMethods->xFetch, below.own.xFetch);
	stop(s);
}

/* Who could miss what is held finds it, whoever could not does not cost a write. */
static void test_gathers(void **state)
{
	struct ch_store *s = start();
	sqlite3_int64 at = 200000, size;
	sqlite3_file *f = wal(s);

	(void)state;
	check_ok(ch_store_begin(s));
	fail_at(0, 0);
	assert_int_equal(put(f, 0, 5, at), SQLITE_OK);
	assert_int_equal(f->pMethods->xRead(f, (uint8_t[32]){ 0 }, 32, 0), SQLITE_OK);
	assert_int_equal(below.n_writes, 0);
	expect_bytes(f, 4 * FRAME + 24, FRAME - 24, at);
	expect_written(1, 5 * FRAME, at);
	expect_bytes(f, 0, 5 * FRAME, at);
	assert_int_equal(put(f, 5, 6, at), SQLITE_OK);
	assert_int_equal(f->pMethods->xFileSize(f, &size), SQLITE_OK);
	assert_int_equal(size, at + 6 * FRAME);
	expect_written(2, FRAME, at + 5 * FRAME);
	assert_int_equal(put(f, 6, 8, at), SQLITE_OK);
	assert_int_equal(put(f, 2, 3, at), SQLITE_OK); /* elsewhere */
	expect_written(3, 2 * FRAME, at + 6 * FRAME);
	assert_int_equal(f->pMethods->xSync(f, SQLITE_SYNC_NORMAL), SQLITE_OK);
	expect_written(4, FRAME, at + 2 * FRAME);
	assert_int_equal(below.n_syncs, 1);
	assert_int_equal(f->pMethods->xSync(f, SQLITE_SYNC_NORMAL), SQLITE_OK);
	assert_int_equal(below.n_writes, 4);
	assert_int_equal(put(f, 8, 9, at), SQLITE_OK);
	assert_int_equal(f->pMethods->xTruncate(f, at + 8 * FRAME), SQLITE_OK);
	expect_written(5, FRAME, at + 8 * FRAME);
	assert_int_equal(f->pMethods->xFileSize(f, &size), SQLITE_OK);
	assert_int_equal(size, at + 8 * FRAME);
	expect_bytes(f, 0, 8 * FRAME, at);
	ch_store_rollback(s);
	stop(s);
}

/* What is held is bounded, and a large piece passes it in order. */
static void test_bounded(void **state)
{
	struct ch_store *s = start();
	sqlite3_int64 at = 200000;
	sqlite3_file *f = wal(s);

	(void)state;
	check_ok(ch_store_begin(s));
	fail_at(0, 0);
	assert_int_equal(put(f, 0, HELD, at), SQLITE_OK);
	assert_int_equal(below.n_writes, 0);
	assert_int_equal(put(f, HELD, HELD + 1, at), SQLITE_OK);
	expect_written(1, HELD * FRAME, at);
	assert_int_equal(f->pMethods->xWrite(f, &pages[(HELD + 1) * FRAME], 65536,
			     at + (HELD + 1) * FRAME), SQLITE_OK);
	expect_written(3, 65536, at + (HELD + 1) * FRAME);
	expect_bytes(f, 0, (HELD + 1) * FRAME + 65536, at);
	assert_int_equal(below.n_writes, 3);
	ch_store_rollback(s);
	stop(s);
}

/* A commit is a few writes, and another program finds it whole. */
static void test_commit(void **state)
{
	struct ch_store *s = start();

	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		check_ok(ch_store_begin(s));
		assert_int_equal(add(s, 200), SQLITE_OK);
		fail_at(0, 0);
		check_ok(ch_store_commit(s));
		assert_in_range(below.n_writes, 200 / HELD, 200 / HELD + 3);
		assert_int_equal(below.n_syncs, 1);
		expect_rows((int)(200 * i));
	}
	stop(s);
}

/* A cache too small for the transaction: pages go to the WAL before its end, and are read again. */
static void spill(struct ch_store *s, bool does)
{
	assert_int_equal(run(s->db, does ? "PRAGMA cache_size = 5" : "PRAGMA cache_size = 2000"),
	    SQLITE_OK);
}

static void test_spilled(void **state)
{
	struct ch_store *s = start();
	int now = 0, high;

	(void)state;
	spill(s, true);
	check_ok(ch_store_begin(s));
	assert_int_equal(add(s, 100), SQLITE_OK);
	assert_int_equal(run(s->db, "UPDATE x SET n = n + 1"), SQLITE_OK);
	assert_int_equal(number(s->db, "SELECT sum(n) FROM x WHERE length(b) = 3000"), 5150);
	assert_int_equal(sqlite3_db_status(s->db, SQLITE_DBSTATUS_CACHE_SPILL, &now, &high, 0),
	    SQLITE_OK);
	assert_true(now > 100);
	check_ok(ch_store_commit(s));
	expect_rows(100);
	assert_int_equal(number(s->db, "SELECT sum(n) FROM x"), 5150);
	stop(s);
}

/* What was rolled back is never written, least of all over what another program put there. */
static void test_rolled_back(void **state)
{
	struct ch_store *s = start();
	sqlite3 *db = other();
	int n = 0;

	(void)state;
	for (unsigned i = 1; i < 30; i += 4) {
		unsigned written;

		spill(s, true);
		check_ok(ch_store_begin(s));
		fail_at(0, 0);
		assert_int_equal(add(s, 10 + i), SQLITE_OK);
		written = below.n_writes;
		ch_store_rollback(s);
		assert_int_equal(below.n_writes, written);
		assert_int_equal(run(db, "BEGIN; INSERT INTO x VALUES(1, randomblob(3000));"
					 "INSERT INTO x VALUES(2, randomblob(3000)); COMMIT"),
		    SQLITE_OK);
		n += 2;
		expect_rows(n);
		check_ok(ch_store_begin(s));
		assert_int_equal(add(s, 3), SQLITE_OK);
		check_ok(ch_store_commit(s));
		n += 3;
		expect_rows(n);
	}
	(void)sqlite3_close(db);
	stop(s);
}

/* One transaction whose kth write fails; whether it met that. */
static bool meet(struct ch_store *s, unsigned k, int as, int n)
{
	ch_err want = as == SQLITE_FULL ? CH_E_FULL : CH_E_IO, e;

	check_ok(ch_store_begin(s));
	fail_at(k, as);
	e = ch_sql_err(add(s, 100));
	if (e == CH_OK)
		e = ch_store_commit(s);
	ch_store_rollback(s);
	if (below.n_writes < k) {
		check_ok(e);
		return false;
	}
	check_err(e, want);
	assert_int_equal(below.n_syncs, 0);
	fail_at(0, 0);
	expect_rows(n);
	return true;
}

/* A write that fails is the answer to somebody, always; the transaction is undone, the next is as
 * good as ever. */
static void test_fails(void **state)
{
	static const int as[] = { SQLITE_FULL, SQLITE_IOERR_WRITE };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct ch_store *s = start();
		unsigned k = 1;
		int n = 0;

		spill(s, i & 1);
		for (; meet(s, k, as[i / 2], n); k++) {
			check_ok(ch_store_begin(s));
			assert_int_equal(add(s, 1), SQLITE_OK);
			check_ok(ch_store_commit(s));
			expect_rows(++n);
		}
		assert_in_range(k, 100 / HELD + 1, 400);
		expect_rows(n + 100);
		stop(s);
	}
}

/* The delayed write fails at the sync: then nothing is synced. A sync that fails stays one. */
static void test_fails_at_sync(void **state)
{
	struct ch_store *s = start();

	(void)state;
	assert_int_equal(add(s, 1), SQLITE_OK);
	check_ok(ch_store_begin(s));
	assert_int_equal(add(s, 1), SQLITE_OK);
	fail_at(1, SQLITE_FULL);
	check_err(ch_store_commit(s), CH_E_FULL);
	assert_int_equal(below.n_writes, 1);
	assert_int_equal(below.n_syncs, 0);
	ch_store_rollback(s);
	check_ok(ch_store_begin(s));
	assert_int_equal(add(s, 1), SQLITE_OK);
	below.fail_sync = true;
	check_err(ch_store_commit(s), CH_E_IO);
	below.fail_sync = false;
	ch_store_rollback(s);
	expect_rows(1);
	stop(s);
}

/* SQLite may go on after a full disk was the answer to a read: nothing of what was held is lost. */
static void test_goes_on(void **state)
{
	struct ch_store *s = start();
	sqlite3_int64 at = 200000, size;
	sqlite3_file *f = wal(s);
	uint8_t b[32];

	(void)state;
	check_ok(ch_store_begin(s));
	assert_int_equal(put(f, 0, 3, at), SQLITE_OK);
	fail_at(1, SQLITE_FULL);
	assert_int_equal(f->pMethods->xRead(f, b, sizeof b, at), SQLITE_FULL);
	fail_at(1, SQLITE_FULL);
	assert_int_equal(f->pMethods->xFileSize(f, &size), SQLITE_FULL);
	fail_at(1, SQLITE_FULL);
	assert_int_equal(put(f, 9, 10, at), SQLITE_FULL);
	fail_at(0, 0);
	assert_int_equal(put(f, 3, 4, at), SQLITE_OK);
	expect_bytes(f, 0, 4 * FRAME, at);
	expect_written(1, 4 * FRAME, at);
	ch_store_rollback(s);
	stop(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registered),
		cmocka_unit_test(test_gathers),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_spilled),
		cmocka_unit_test(test_rolled_back),
		cmocka_unit_test(test_fails),
		cmocka_unit_test(test_fails_at_sync),
		cmocka_unit_test(test_goes_on),
	};

	for (size_t i = 0; i < sizeof pages; i++)
		pages[i] = (uint8_t)(i / 7 + i / FRAME);
	if (sqlite3_initialize() != SQLITE_OK)
		return 1;
	below.real = sqlite3_vfs_find(NULL);
	below.vfs = *below.real;
	below.vfs.zName = "below";
	below.vfs.pNext = NULL;
	below.vfs.xOpen = below_open;
	if (sqlite3_vfs_register(&below.vfs, 1) != SQLITE_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
