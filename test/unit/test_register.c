/* The register over its borders: tiles, proofs, recovery, and what it refuses to sign. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "checkpoint.h"
#include "entry.h"
#include "proof.h"
#include "register.h"
#include "registry.h"

struct fixture {
	char root[64], dir[80];
	struct ch_folder folder;
	struct ch_store *store;
	struct ch_register *g;
};

static ch_err reopen(struct fixture *f)
{
	char path[CH_PATH_MAX];

	ch_store_close(f->store);
	f->store = NULL;
	check_ok(ch_path(path, "%s/db.sqlite", f->dir));
	check_ok(ch_store_open(&f->store, path));
	return ch_register_open(f->g, f->store, &f->folder, 1795600000);
}

static struct fixture *start(void)
{
	struct fixture *f = calloc(1, sizeof *f);
	const char *why;

	assert_non_null(f);
	check_ok(ch_crypto_init());
	(void)snprintf(f->root, sizeof f->root, "/tmp/chancery-register-XXXXXX");
	assert_non_null(mkdtemp(f->root));
	(void)snprintf(f->dir, sizeof f->dir, "%s/r", f->root);
	check_ok(ch_registry_init(f->dir, CH_LIT("registry.example"), (ch_span){ 0 }, &why));
	check_err(ch_registry_init(f->dir, CH_LIT("registry.example"), (ch_span){ 0 }, &why),
	    CH_E_CONFLICT);
	check_ok(ch_folder_open(&f->folder, f->dir));
	f->g = calloc(1, sizeof *f->g);
	assert_non_null(f->g);
	check_ok(reopen(f));
	return f;
}

static void stop(struct fixture *f)
{
	char cmd[128];

	ch_store_close(f->store);
	(void)snprintf(cmd, sizeof cmd, "rm -rf %s", f->root);
	assert_int_equal(system(cmd), 0);
	free(f->g);
	free(f);
}

/* One batch of n entries; the text of entry i is its number. */
static void batch(struct fixture *f, size_t n)
{
	uint64_t index;

	check_ok(ch_store_begin(f->store));
	for (size_t i = 0; i < n; i++) {
		char text[32];

		(void)snprintf(text, sizeof text, "%llu\n",
		    (unsigned long long)f->g->next.size);
		check_ok(ch_register_add(&index, f->g, CH_K_STATEMENT, ch_span_str(text),
		    ch_span_str(text), NULL));
		assert_int_equal(index + 1, f->g->next.size);
	}
	check_ok(ch_register_seal(f->g, 1795600000));
	check_ok(ch_store_commit(f->store));
	check_ok(ch_register_publish(f->g));
	assert_int_equal(f->g->done.size, f->g->next.size);
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
	check_ok(ch_register_tile_path(path, &f->folder, &t));
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
	batch(f, 1); /* the tile is known to be a file */
	check_ok(ch_register_tile_path(path, &f->folder, &t));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_high),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
