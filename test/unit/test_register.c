/* The register over its borders: tiles, proofs, recovery, and what it refuses to sign. */
#include "register_fixture.h"

#include "checkpoint.h"
#include "entry.h"
#include "proof.h"

/* Until the tiles are files. */
static void settle(struct fixture *f)
{
	for (unsigned i = 0; i < 2000 && f->g->tiled >> 8 < f->g->done.size >> 8; i++) {
		(void)usleep(1000);
		check_ok(ch_register_look(f->g));
	}
	assert_int_equal(f->g->tiled, f->g->done.size & ~(uint64_t)255);
}

/* Entry `index` under the newest checkpoint, or the one of its batch. */
static void prove(struct fixture *f, uint64_t index, bool newest)
{
	static uint8_t out[16384];
	static struct ch_proof_facts facts;
	struct ch_wr w = ch_wr_of(out, sizeof out);
	struct ch_arena a;
	ch_row_entry row;
	ch_row_checkpoint cp;

	ch_arena_init(&a, 65536);
	check_ok(ch_store_entry(&row, f->store, &a, index));
	check_ok(ch_store_checkpoint_above(&cp, f->store, &a,
	    newest ? f->g->done.size - 1 : index));
	check_ok(ch_register_prove(&w, f->g, index, &row.salt, cp.size, cp.note));
	check_ok(ch_proof_verify(&facts, ch_wr_span(&w), ch_span_of(row.entry.b, 32),
	    &f->folder.vkey, NULL));
	assert_int_equal(facts.proof.index, index);
	ch_arena_deinit(&a);
}

static void test_grows(void **state)
{
	static const size_t sizes[] = { 1, 2, 252, 1, 1, 300, 5, 207 };
	struct fixture *f = start();
	ch_hash root;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(sizes); i++) {
		batch(f, sizes[i]);
		root = f->g->root;
		check_ok(reopen(f));
		assert_true(ch_hash_eq(&root, &f->g->root));
		for (uint64_t j = 0; j < f->g->done.size; j += 37) {
			prove(f, j, true);
			prove(f, j, false);
		}
		prove(f, f->g->done.size - 1, true);
	}
	stop(f);
}

/* Beyond 65,536 leaves there is a full tile of the second level. */
static void test_high(void **state)
{
	struct fixture *f = start();
	char path[CH_PATH_MAX];
	ch_tile t = { .level = 1, .width = 256, .index = 0 };
	uint64_t size;

	(void)state;
	for (size_t i = 0; i < 11; i++)
		batch(f, 6000);
	settle(f);
	check_ok(ch_tile_file(path, &f->folder, &t));
	check_ok(ch_file_size(&size, path));
	assert_int_equal(size, CH_TILE_BYTES);
	prove(f, 0, true);
	prove(f, 65535, true);
	prove(f, 65536, true);
	prove(f, 59999, false);
	check_ok(reopen(f));
	assert_int_equal(f->g->done.size, 66000);
	prove(f, 12345, true);
	stop(f);
}

/* A tile or entry that was changed, a tile that is gone, an older database: nothing is signed. */
static void test_refuses(void **state)
{
	struct fixture *f = start();
	char path[CH_PATH_MAX], kept[CH_PATH_MAX];
	ch_tile t = { .width = 256 };
	uint8_t tile[CH_TILE_BYTES];
	size_t n;

	(void)state;
	batch(f, 300);
	settle(f);
	batch(f, 1); /* the tile is known to be a file */
	check_ok(ch_tile_file(path, &f->folder, &t));
	check_ok(ch_path(kept, "%s.kept", path));
	check_ok(ch_file_rename(kept, path));
	check_err(reopen(f), CH_E_CONFLICT);
	check_ok(ch_file_read_into(tile, &n, sizeof tile, kept));
	tile[100] ^= 1;
	check_ok(ch_file_create(path, ch_span_of(tile, n), 0644));
	check_err(reopen(f), CH_E_CONFLICT);
	check_ok(ch_file_rename(path, kept));
	check_ok(reopen(f));
	stop(f);
}

/* A batch that was undone leaves no trace; the next one takes its places. */
static void test_forgets(void **state)
{
	struct fixture *f = start();
	uint64_t index;

	(void)state;
	batch(f, 3);
	check_ok(ch_store_begin(f->store));
	check_ok(ch_register_add(&index, f->g, CH_K_STATEMENT, CH_LIT("x\n"), CH_LIT("x\n"), NULL));
	check_ok(ch_register_seal(f->g, 1795600000));
	ch_store_rollback(f->store);
	ch_register_forget(f->g);
	assert_int_equal(f->g->next.size, 3);
	batch(f, 2);
	check_ok(reopen(f));
	assert_int_equal(f->g->done.size, 5);
	prove(f, 4, true);
	stop(f);
}

/* ---- raw entries ---- */

static ch_hash raw(uint64_t i)
{
	ch_hash h;

	ch_sha256(&h, ch_span_of(&i, sizeof i));
	return h;
}

/* In one batch: raw ones from `from` on, n of them, and every `stated`-th time a statement. */
static void mixed(struct fixture *f, uint64_t from, size_t n, size_t stated, uint64_t *place)
{
	uint64_t index;

	check_ok(ch_store_begin(f->store));
	for (size_t i = 0; i < n; i++) {
		ch_hash h = raw(from + i);

		if (stated && i % stated == 0)
			check_ok(ch_register_add(&index, f->g, CH_K_STATEMENT, CH_LIT("s\n"),
			    CH_LIT("s\n"), NULL));
		check_ok(ch_register_append(&place[from + i], f->g, &h, 1));
	}
	check_ok(ch_register_seal(f->g, 1795600000));
	check_ok(ch_store_commit(f->store));
	check_ok(ch_register_publish(f->g));
}

/* Every raw entry is proved at its place, and appended again it keeps that place. */
static void prove_raw(struct fixture *f, uint64_t i, uint64_t place)
{
	static uint8_t out[16384];
	static struct ch_proof_facts facts;
	struct ch_wr w = ch_wr_of(out, sizeof out);
	ch_hash h = raw(i);
	uint64_t index;

	check_ok(ch_register_prove(&w, f->g, place, NULL, f->g->done.size,
	    ch_register_checkpoint(f->g)));
	check_ok(ch_proof_verify(&facts, ch_wr_span(&w), ch_span_of(h.b, 32), &f->folder.vkey,
	    NULL));
	assert_int_equal(facts.proof.index, place);
	check_ok(ch_register_append(&index, f->g, &h, 1));
	assert_int_equal(index, place);
	assert_int_equal(f->g->next.size, f->g->done.size);
}

static void test_raw(void **state)
{
	static const struct { size_t n, stated; bool settled; } step[] = {
		{ 1, 0, false }, { 300, 0, true }, { 7, 3, false }, { 1000, 250, false },
		{ 248, 0, true }, { 1, 1, false }, { 5000, 0, false }, { 3, 0, true },
	};
	static uint64_t place[8192];
	struct fixture *f = start();
	uint64_t n = 0;
	ch_hash root;

	(void)state;
	for (size_t s = 0; s < CH_COUNT(step); s++) {
		mixed(f, n, step[s].n, step[s].stated, place);
		n += step[s].n;
		if (step[s].settled)
			settle(f);
		for (uint64_t i = 0; i < n; i += 61)
			prove_raw(f, i, place[i]);
		root = f->g->root;
		check_ok(reopen(f));
		assert_true(ch_hash_eq(&root, &f->g->root));
		for (uint64_t i = 0; i < n; i += 43)
			prove_raw(f, i, place[i]);
		prove_raw(f, n - 1, place[n - 1]);
	}
	stop(f);
}

/* The same entry twice in one call, in a batch that is undone, and in the next. */
static void test_raw_again(void **state)
{
	struct fixture *f = start();
	ch_hash e[3] = { raw(1), raw(2), raw(1) };
	uint64_t index[3], one;

	(void)state;
	for (int i = 0; i < 2; i++) { /* the first time undone */
		check_ok(ch_store_begin(f->store));
		check_ok(ch_register_add(&one, f->g, CH_K_STATEMENT, CH_LIT("s\n"), CH_LIT("s\n"),
		    NULL));
		check_ok(ch_register_append(index, f->g, e, 3));
		assert_true(index[0] == 1 && index[1] == 2 && index[2] == 1);
		check_ok(ch_register_seal(f->g, 1795600000));
		if (i == 0) {
			ch_store_rollback(f->store);
			ch_register_forget(f->g);
			assert_int_equal(f->g->next.size, 0);
			continue;
		}
		check_ok(ch_store_commit(f->store));
		check_ok(ch_register_publish(f->g));
	}
	check_ok(reopen(f));
	assert_int_equal(f->g->done.size, 3);
	prove_raw(f, 1, 1);
	prove_raw(f, 2, 2);
	stop(f);
}

/* A statement takes the place that an undone raw entry had: that one again gets another. */
static void test_raw_undone(void **state)
{
	struct fixture *f = start();
	ch_hash a = raw(0);
	uint64_t index;

	(void)state;
	check_ok(ch_store_begin(f->store));
	check_ok(ch_register_append(&index, f->g, &a, 1));
	ch_store_rollback(f->store);
	ch_register_forget(f->g);
	batch(f, 1);
	check_ok(ch_store_begin(f->store));
	check_ok(ch_register_append(&index, f->g, &a, 1));
	assert_int_equal(index, 1);
	ch_store_rollback(f->store);
	ch_register_forget(f->g);
	stop(f);
}

/* Torn files of tiles that were never reported are written anew; the database keeps what is not
 * yet a file. */
static void test_torn(void **state)
{
	static uint64_t place[2048];
	struct fixture *f = start();
	char path[CH_PATH_MAX];
	ch_tile t = { .entries = true, .width = 256, .index = 2 };
	ch_hash have[256];

	(void)state;
	mixed(f, 0, 700, 0, place);
	settle(f);
	mixed(f, 700, 300, 0, place); /* persists that 512 are files */
	check_ok(ch_store_entries(have, f->store, 700, 256));
	settle(f);
	check_ok(ch_tile_file(path, &f->folder, &t));
	check_ok(ch_file_write(path, CH_LIT("torn"), 0644));
	check_ok(reopen(f));
	for (uint64_t i = 0; i < 1000; i += 9)
		prove_raw(f, i, place[i]);
	mixed(f, 1000, 1, 0, place);
	check_err(ch_store_entries(have, f->store, 0, 256), CH_E_ABSENT); /* let go of */
	check_ok(reopen(f));
	prove_raw(f, 5, place[5]);
	stop(f);
}

/* Older than the newest that are known in memory, also after a restart: the index of older ones
 * says where they stand. */
static void test_raw_old(void **state)
{
	enum { MANY = CH_RECENT_MANY + 3 * CH_SEEN_STEP };
	static uint64_t place[MANY];
	struct fixture *f = start();
	uint64_t n = 0, covered = 0;

	(void)state;
	while (n < MANY) {
		mixed(f, n, 8192, 0, place);
		n += 8192;
		if (n % 65536 == 0 || n >= MANY) /* many tiles in one flush */
			settle(f);
	}
	for (int again = 0; again < 2; again++) {
		for (unsigned i = 0; i < 20000 && covered < MANY - CH_RECENT_MANY; i++) {
			(void)usleep(1000);
			check_ok(ch_seen_tell(&covered, f->g->seen, f->g->tiled));
		}
		for (uint64_t i = 0; i < n; i += 1009)
			prove_raw(f, i, place[i]);
		check_ok(ch_register_look(f->g));
		assert_false(ch_register_is_behind(f->g));
		f->g->seen_to = 0; /* an index that fell behind */
		assert_true(ch_register_is_behind(f->g));
		check_ok(reopen(f));
		assert_false(ch_register_is_behind(f->g)); /* made anew: nobody waits for it */
		covered = 0;
	}
	stop(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_high),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_forgets),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_raw_again),
		cmocka_unit_test(test_raw_undone),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_raw_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
