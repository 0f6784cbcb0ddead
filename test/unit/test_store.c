/* The store: what is unique, what is undone, and versions. */
#include "check.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store.h"

static char path[64];
static struct ch_arena arena;

static struct ch_store *start(void)
{
	struct ch_store *s;

	(void)snprintf(path, sizeof path, "/tmp/chancery-store-%d.sqlite", (int)getpid());
	(void)unlink(path);
	check_ok(ch_store_create(path));
	check_err(ch_store_create(path), CH_E_CONFLICT);
	check_ok(ch_store_open(&s, path));
	ch_arena_init(&arena, 1u << 20);
	return s;
}

static void stop(struct ch_store *s)
{
	ch_store_close(s);
	ch_arena_deinit(&arena);
	(void)unlink(path);
}

static ch_row_submission row(uint8_t i)
{
	ch_row_submission r = {
		.author = CH_LIT("alpha.example"),
		.addressee = CH_LIT("bravo.example"),
		.mailbox = CH_LIT("bb0000000000000000000000000000bb"),
		.note = CH_LIT("note"),
		.serial = i, .size = 16384, .index = i, .lapse = 1000 + i,
	};

	r.l.b[0] = r.nonce.b[0] = r.envelope.b[0] = r.key.b[0] = r.pair.b[0] = i;
	return r;
}

static void test_unique(void **state)
{
	struct ch_store *s = start();
	ch_row_submission a = row(1), b;
	ch_hash seen, none = { { 9 } };

	(void)state;
	check_ok(ch_store_submission_add(s, &a));
	for (int i = 0; i < 6; i++) {
		b = row(2);
		if (i == 0)
			b.l = a.l;
		if (i == 1)
			b.nonce = a.nonce;
		if (i == 2)
			b.envelope = a.envelope;
		if (i == 3)
			b.key = a.key;
		if (i == 4)
			b.serial = a.serial;
		if (i == 5)
			b.index = a.index;
		check_err(ch_store_submission_add(s, &b), CH_E_CONFLICT);
	}
	check_ok(ch_store_seen(&seen, s, &none, &a.envelope, &none));
	assert_true(ch_hash_eq(&seen, &a.l));
	check_err(ch_store_seen(&seen, s, &none, &none, &none), CH_E_ABSENT);
	assert_true(check_is_zero(&seen, sizeof seen));
	check_ok(ch_store_notice_add(s, a.index, CH_LIT("d")));
	check_err(ch_store_notice_add(s, a.index, CH_LIT("d")), CH_E_CONFLICT);
	stop(s);
}

static ch_err count(void *ctx, const ch_row_submission *r)
{
	(void)r;
	(*(unsigned *)ctx)++;
	return CH_OK;
}

static void test_ends(void **state)
{
	struct ch_store *s = start();
	ch_row_submission a = row(1), b = row(2), got;
	ch_row_end end = { .state = CH_END_LAPSED, .index = 7 }, back;
	unsigned n = 0;
	uint64_t open, serial;
	ch_hash head;

	(void)state;
	check_ok(ch_store_submission_add(s, &a));
	check_ok(ch_store_submission_add(s, &b));
	check_ok(ch_store_overdue(s, 1001, (ch_span){ 0 }, 9, count, &n));
	assert_int_equal(n, 1);
	check_ok(ch_store_overdue(s, 1001, CH_LIT("nobody.example"), 9, count, &n));
	assert_int_equal(n, 1);
	check_ok(ch_store_overdue(s, 1001, a.author, 9, count, &n));
	assert_int_equal(n, 2);
	end.submission = a.index;
	check_ok(ch_store_end_add(s, &end));
	check_err(ch_store_end_add(s, &end), CH_E_CONFLICT);
	check_ok(ch_store_end(&back, s, &arena, a.index));
	assert_int_equal(back.index, 7);
	check_ok(ch_store_submission(&got, s, &arena, &a.l));
	assert_int_equal(got.state, CH_END_LAPSED);
	check_span(got.author, "alpha.example");
	check_ok(ch_store_open_count(&open, s));
	assert_int_equal(open, 1);
	check_ok(ch_store_pair(&serial, &head, s, &a.talks, a.author, a.addressee));
	assert_int_equal(serial, 2);
	assert_true(ch_hash_eq(&head, &b.pair));
	n = 0;
	check_ok(ch_store_mailbox(s, a.mailbox, UINT64_MAX, 9, count, &n));
	check_ok(ch_store_mailbox(s, a.mailbox, 1, 9, count, &n));
	assert_int_equal(n, 3);
	stop(s);
}

static void test_undo(void **state)
{
	struct ch_store *s = start();
	ch_row_submission a = row(1), b = row(2), got;

	(void)state;
	check_ok(ch_store_begin(s));
	check_ok(ch_store_submission_add(s, &a));
	check_ok(ch_store_commit(s));
	check_ok(ch_store_submission(&got, s, &arena, &a.l));
	check_err(ch_store_submission(&got, s, &arena, &b.l), CH_E_ABSENT);
	check_ok(ch_store_begin(s));
	check_ok(ch_store_submission_add(s, &b));
	ch_store_rollback(s);
	ch_store_rollback(s);
	check_err(ch_store_submission(&got, s, &arena, &b.l), CH_E_ABSENT);
	check_ok(ch_store_tidy(s));
	stop(s);
}

static void set_version(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
}

static void test_versions(void **state)
{
	struct ch_store *s = start();

	(void)state;
	ch_store_close(s);
	set_version("UPDATE version SET v = v + 1");
	check_err(ch_store_open(&s, path), CH_E_LIMIT);
	assert_null(s);
	set_version("UPDATE version SET v = 0");
	check_err(ch_store_open(&s, path), CH_E_FORMAT);
	set_version("DROP TABLE version");
	check_err(ch_store_open(&s, path), CH_E_FORMAT);
	stop(NULL);
}

/* A database of today as version 3 had it: all about a submission under its hash. The triggers go
 * with their table. */
static const char back_to_3[] =
    "ALTER TABLE ending RENAME TO e;"
    "CREATE TABLE ending(l BLOB PRIMARY KEY, state INTEGER NOT NULL, idx INTEGER NOT NULL,"
    " cause BLOB NOT NULL, keybox BLOB NOT NULL, checkpoint BLOB NOT NULL) STRICT;"
    "INSERT INTO ending SELECT s.l, e.state, e.idx, e.cause, coalesce(k.keybox, x''), e.checkpoint"
    " FROM e JOIN submission s ON s.idx = e.submission"
    " LEFT JOIN keybox k ON k.submission = e.submission;"
    "DROP TABLE e; DROP TABLE keybox;"
    "ALTER TABLE notice RENAME TO n;"
    "CREATE TABLE notice(l BLOB NOT NULL, delegate TEXT NOT NULL, PRIMARY KEY(l, delegate))"
    " STRICT, WITHOUT ROWID;"
    "INSERT INTO notice SELECT s.l, n.delegate FROM n JOIN submission s ON s.idx = n.submission;"
    "DROP TABLE n;"
    "ALTER TABLE entry ADD COLUMN l BLOB;"
    "UPDATE entry SET l = (SELECT s.l FROM submission s WHERE s.idx = coalesce(entry.about,"
    " entry.idx));"
    "DROP INDEX entry_about; ALTER TABLE entry DROP COLUMN about;"
    "CREATE INDEX entry_l ON entry(l) WHERE l IS NOT NULL;"
    "ALTER TABLE submission RENAME TO s;"
    "CREATE TABLE submission(l BLOB PRIMARY KEY, talks BLOB NOT NULL, author TEXT NOT NULL,"
    " addressee TEXT NOT NULL, serial INTEGER NOT NULL, nonce BLOB NOT NULL UNIQUE,"
    " envelope BLOB NOT NULL UNIQUE, key BLOB NOT NULL UNIQUE, pair BLOB NOT NULL,"
    " mailbox TEXT NOT NULL, size INTEGER NOT NULL, lapse INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL, idx INTEGER NOT NULL, state INTEGER NOT NULL, note BLOB NOT NULL,"
    " slot INTEGER NOT NULL DEFAULT 0, UNIQUE(talks, author, addressee, serial)) STRICT;"
    "INSERT INTO submission SELECT l, talks, author, addressee, serial, nonce, envelope, key, pair,"
    " mailbox, size, lapse, epoch, idx, state, note, slot FROM s JOIN said ON submission = idx"
    " ORDER BY l DESC;"
    "DROP TABLE s; DROP TABLE said;"
    "CREATE INDEX submission_mailbox ON submission(mailbox, idx);"
    "CREATE INDEX submission_sent ON submission(talks, author, idx);"
    "CREATE INDEX submission_open ON submission(lapse) WHERE state = 0;"
    "CREATE INDEX submission_epoch ON submission(epoch) WHERE state = 0;"
    "UPDATE version SET v = 3;";

static void put_entry(struct ch_store *s, uint64_t index, ch_kind kind, const uint64_t *about)
{
	ch_row_entry r = { .index = index, .kind = kind, .note = CH_LIT("said") };

	r.is_about = about != NULL;
	r.about = about ? *about : 0;
	check_ok(ch_store_entry_add(s, &r));
}

static void expect_all(struct ch_store *s, const ch_row_submission *a, const ch_row_submission *b)
{
	ch_row_submission got;
	ch_row_entry entry;
	ch_row_end end;
	ch_row_use use;
	unsigned n = 0;

	check_ok(ch_store_submission(&got, s, &arena, &b->l));
	assert_int_equal(got.index, b->index);
	assert_int_equal(got.slot, 9);
	assert_int_equal(got.state, CH_END_OPEN);
	check_span(got.note, "note");
	check_ok(ch_store_end(&end, s, &arena, a->index));
	assert_int_equal(end.index, 7);
	assert_int_equal(end.state, CH_END_DELIVERED);
	check_span(end.cause, "cause");
	check_span(end.keybox, "keybox");
	check_err(ch_store_end(&end, s, &arena, b->index), CH_E_ABSENT);
	check_ok(ch_store_notice(s, b->index, CH_LIT("d")));
	check_err(ch_store_notice(s, a->index, CH_LIT("d")), CH_E_ABSENT);
	check_ok(ch_store_entry_of(&entry, s, &arena, a->index, CH_K_HANDOVER));
	assert_int_equal(entry.index, 7);
	assert_true(entry.is_about && entry.about == a->index);
	check_err(ch_store_entry_of(&entry, s, &arena, a->index, CH_K_REGISTERED), CH_E_ABSENT);
	check_err(ch_store_entry_of(&entry, s, &arena, b->index, CH_K_HANDOVER), CH_E_ABSENT);
	check_ok(ch_store_entry(&entry, s, &arena, a->index));
	assert_false(entry.is_about);
	check_ok(ch_store_mailbox(s, a->mailbox, UINT64_MAX, 9, count, &n));
	check_ok(ch_store_sent(s, &a->talks, a->author, 1, 9, count, &n));
	assert_int_equal(n, 3);
	check_ok(ch_store_use(&use, s, a->author));
	assert_int_equal(use.open, 1);
}

/* Version 3 becomes 4 with all that it knew, and goes on counting. */
static void test_from_3(void **state)
{
	struct ch_store *s = start();
	ch_row_submission a = row(1), b = row(2), c = row(3);
	ch_row_end end = { .submission = a.index, .state = CH_END_DELIVERED, .index = 7,
		.cause = CH_LIT("cause"), .keybox = CH_LIT("keybox") };
	ch_row_use use;

	(void)state;
	b.slot = 9;
	put_entry(s, a.index, CH_K_REGISTERED, NULL);
	put_entry(s, b.index, CH_K_REGISTERED, NULL);
	put_entry(s, 7, CH_K_HANDOVER, &a.index);
	check_ok(ch_store_submission_add(s, &a));
	check_ok(ch_store_submission_add(s, &b));
	check_ok(ch_store_end_add(s, &end));
	check_ok(ch_store_notice_add(s, b.index, CH_LIT("d")));
	expect_all(s, &a, &b);
	ch_store_close(s);
	set_version(back_to_3);
	check_ok(ch_store_open(&s, path));
	expect_all(s, &a, &b);
	check_ok(ch_store_submission_add(s, &c));
	check_ok(ch_store_use(&use, s, a.author));
	assert_int_equal(use.open, 2);
	stop(s);
}

/* What is kept for a party follows its submissions. */
static void expect_use(struct ch_store *s, uint64_t open, uint64_t bytes)
{
	ch_row_use use;

	check_ok(ch_store_use(&use, s, row(1).author));
	assert_int_equal(use.open, open);
	assert_int_equal(use.bytes, bytes);
}

static void test_use(void **state)
{
	struct ch_store *s = start();
	ch_row_submission a = row(1), b = row(2), c = row(3);
	ch_row_end end = { .submission = a.index, .state = CH_END_DELIVERED };

	(void)state;
	a.size = 100, b.size = 20, c.size = 3;
	expect_use(s, 0, 0);
	check_ok(ch_store_submission_add(s, &a));
	check_ok(ch_store_submission_add(s, &b));
	expect_use(s, 2, 120);
	check_ok(ch_store_end_add(s, &end));
	expect_use(s, 1, 120); /* delivered: its envelope stays */
	end.submission = b.index;
	end.state = CH_END_TAKEN_BACK;
	check_ok(ch_store_end_add(s, &end));
	expect_use(s, 0, 100);
	check_ok(ch_store_begin(s));
	check_ok(ch_store_submission_add(s, &c));
	expect_use(s, 1, 103);
	ch_store_rollback(s);
	expect_use(s, 0, 100);
	ch_store_close(s);
	set_version(back_to_3);
	set_version("DROP TABLE raw; DROP TABLE use; DROP TABLE loose; DROP INDEX submission_epoch;"
		    "ALTER TABLE submission DROP COLUMN slot;"
		    "UPDATE version SET v = 1");
	check_ok(ch_store_open(&s, path));
	expect_use(s, 0, 100);
	stop(s);
}

static void expect_loose(struct ch_store *s, uint64_t n, uint64_t bytes)
{
	ch_row_use use;

	check_ok(ch_store_use(&use, s, row(1).author));
	assert_int_equal(use.n_loose, n);
	assert_int_equal(use.loose, bytes);
}

static void count_row(void *ctx, const ch_hash *h)
{
	unsigned *n = ctx;

	(void)h;
	++*n;
}

/* Envelopes without a paper: counted, found by their time, and over with a paper or by a drop. */
static void test_loose(void **state)
{
	struct ch_store *s = start();
	ch_row_submission a = row(1), b = row(2), c = row(3);
	ch_hash old[4];
	unsigned rows = 0;
	bool stays;
	size_t n;

	(void)state;
	a.size = 100;
	check_ok(ch_store_loose_put(s, &a.envelope, a.author, 100, 10));
	check_ok(ch_store_loose_put(s, &b.envelope, a.author, 20, 11));
	check_ok(ch_store_loose_put(s, &b.envelope, CH_LIT("other"), 999, 30)); /* newer alone */
	expect_loose(s, 2, 120);
	check_ok(ch_store_loose_old(old, &n, 4, s, 9));
	assert_int_equal(n, 0);
	check_ok(ch_store_loose_old(old, &n, 4, s, 29));
	assert_int_equal(n, 1);
	assert_true(ch_hash_eq(&old[0], &a.envelope));
	check_ok(ch_store_loose_old(old, &n, 4, s, 30));
	assert_int_equal(n, 2);
	check_ok(ch_store_loose_old(old, &n, 1, s, 30));
	assert_int_equal(n, 1);
	check_ok(ch_store_submission_add(s, &a));
	expect_loose(s, 1, 20);
	check_ok(ch_store_envelope_stays(&stays, s, &a.envelope));
	assert_true(stays);
	check_ok(ch_store_envelopes(s, count_row, &rows));
	assert_int_equal(rows, 2);
	check_ok(ch_store_loose_drop(s, &b.envelope));
	expect_loose(s, 0, 0);
	check_ok(ch_store_envelope_stays(&stays, s, &b.envelope));
	assert_false(stays);
	check_ok(ch_store_envelope_stays(&stays, s, &c.envelope));
	assert_false(stays);
	stop(s);
}

/* A database of version 1 gets what came since, once, with what it holds. */
static void test_migrates(void **state)
{
	struct ch_store *s = start();
	ch_row_submission a = row(1), got;
	uint8_t raw[64] = { 1 };

	(void)state;
	check_ok(ch_store_submission_add(s, &a));
	ch_store_close(s);
	set_version(back_to_3);
	set_version("DROP TABLE raw; DROP TABLE use; DROP TABLE loose; DROP INDEX submission_epoch;"
		    "ALTER TABLE submission DROP COLUMN slot;"
		    "UPDATE version SET v = 1");
	for (int i = 0; i < 2; i++) {
		check_ok(ch_store_open(&s, path));
		check_ok(ch_store_submission(&got, s, &arena, &a.l));
		assert_int_equal(got.slot, i == 0 ? 0 : 7);
		check_ok(ch_store_deposit_moved(s, &a.l, 7));
		check_ok(ch_store_deposit_under(s, a.epoch));
		check_err(ch_store_deposit_under(s, a.epoch + 1), CH_E_ABSENT);
		check_ok(ch_store_raw_add(s, 7 + 2 * (uint64_t)i, ch_span_of(raw, sizeof raw)));
		if (i == 0)
			ch_store_close(s);
	}
	stop(s);
}

static ch_row_entry stated(uint64_t index)
{
	return (ch_row_entry){ .index = index, .entry.b = { 200, (uint8_t)index },
		.kind = CH_K_STATEMENT, .note = CH_LIT("n") };
}

/* Rows of both kinds are one sequence; what is dropped is not found, and gaps are said. */
static void test_raw(void **state)
{
	struct ch_store *s = start();
	static uint8_t raw[10 * 32];
	ch_hash out[256];
	ch_row_entry four = stated(4), nine = stated(9);
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < sizeof raw; i++)
		raw[i] = (uint8_t)(i / 32);
	check_ok(ch_store_entry_count(&n, s));
	assert_int_equal(n, 0);
	check_ok(ch_store_raw_add(s, 0, ch_span_of(raw, 4 * 32)));
	check_ok(ch_store_entry_add(s, &four));
	check_ok(ch_store_raw_add(s, 5, ch_span_of(&raw[5 * 32], 3 * 32)));
	check_ok(ch_store_raw_add(s, 8, ch_span_of(&raw[8 * 32], 32)));
	check_ok(ch_store_entry_count(&n, s));
	assert_int_equal(n, 9);
	check_ok(ch_store_entry_add(s, &nine));
	check_err(ch_store_raw_add(s, 8, ch_span_of(raw, 32)), CH_E_CONFLICT);
	for (size_t from = 0; from < 10; from++) {
		check_ok(ch_store_entries(out, s, from, 10 - from));
		for (size_t i = from; i < 10; i++)
			assert_int_equal(out[i - from].b[0], i == 4 || i == 9 ? 200 : i);
	}
	check_err(ch_store_entries(out, s, 0, 11), CH_E_ABSENT);
	check_ok(ch_store_raw_drop(s, 4)); /* the row of 0 ends there, but none later begins */
	check_ok(ch_store_entries(out, s, 0, 4));
	check_ok(ch_store_raw_drop(s, 6)); /* in the middle of the second */
	check_err(ch_store_entries(out, s, 0, 4), CH_E_ABSENT);
	check_ok(ch_store_entries(out, s, 4, 6));
	check_ok(ch_store_raw_drop(s, 10));
	check_err(ch_store_entries(out, s, 5, 3), CH_E_ABSENT);
	check_ok(ch_store_entries(out, s, 8, 2));
	check_ok(ch_store_entry_count(&n, s));
	assert_int_equal(n, 10);
	check_ok(ch_store_raw_add(s, 3, ch_span_of(raw, 2 * 32))); /* two for one place */
	check_err(ch_store_entries(out, s, 4, 1), CH_E_DB);
	stop(s);
}

static uint64_t size_of_wal(void)
{
	char wal[80];
	struct stat st;

	(void)snprintf(wal, sizeof wal, "%s-wal", path);
	assert_int_equal(stat(wal, &st), 0);
	return (uint64_t)st.st_size;
}

/* A row of 16 KiB at i, in a transaction of its own. */
static void add_one(struct ch_store *s, uint64_t i)
{
	static uint8_t raw[16384];

	memset(raw, (int)i + 1, sizeof raw);
	check_ok(ch_store_begin(s));
	check_ok(ch_store_raw_add(s, 512 * i, ch_span_of(raw, sizeof raw)));
	check_ok(ch_store_commit(s));
}

static void check_rows(struct ch_store *s, uint64_t n)
{
	ch_hash out[2];

	for (uint64_t i = 0; i < n; i++) {
		check_ok(ch_store_entries(out, s, 512 * i + 510, 2));
		assert_int_equal(out[0].b[0], i + 1);
		assert_int_equal(out[1].b[31], i + 1);
	}
	check_err(ch_store_entries(out, s, 512 * n, 1), CH_E_ABSENT);
}

/* What a crash would leave: both files as they are now, elsewhere. */
static void check_after_crash(uint64_t n)
{
	char command[400];
	struct ch_store *s;

	(void)snprintf(command, sizeof command,
	    "cp %s %s-copy && cp %s-wal %s-copy-wal && rm -f %s-copy-shm", path, path, path, path,
	    path);
	assert_int_equal(system(command), 0);
	(void)snprintf(command, sizeof command, "%s-copy", path);
	check_ok(ch_store_open(&s, command));
	check_rows(s, n);
	ch_store_close(s);
	(void)unlink(command);
}

static void test_laid_ahead(void **state)
{
	struct ch_store *s = start(), *other;
	uint64_t n = 0, laid, was = 0, steps = 0;

	(void)state;
	check_ok(ch_store_open(&other, path)); /* `registry enrol` beside the server */
	for (; n < 10; n++)
		add_one(s, n);
	assert_true(size_of_wal() < (uint64_t)10 * 8 * 4120); /* little use: it grows as it must */
	for (; n < 120; n++) {
		add_one(n % 7 == 6 ? other : s, n);
		laid = size_of_wal();
		steps += laid > was;
		was = laid;
	}
	assert_true(was >= (uint64_t)2 << 20 && was <= (uint64_t)8 << 20);
	assert_true(steps < 20); /* mostly overwritten */
	check_rows(s, n);
	check_after_crash(n);
	check_ok(ch_store_tidy(s)); /* and from the beginning: the frames of before lie behind */
	for (; n < 160; n++)
		add_one(s, n);
	assert_int_equal(size_of_wal(), was);
	check_after_crash(n);
	check_rows(other, n);
	check_ok(ch_store_renew(s));
	assert_int_equal(size_of_wal(), 0);
	check_rows(s, n);
	ch_store_close(other);
	stop(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unique),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_undo),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_from_3),
		cmocka_unit_test(test_use),
		cmocka_unit_test(test_loose),
		cmocka_unit_test(test_migrates),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_laid_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
