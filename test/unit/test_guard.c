/* The guard against a second history: what it takes for one, and what it lets pass. */
#include "register_fixture.h"

#include "checkpoint.h"
#include "guard.h"

/* A checkpoint of `size` and `root` in the register's name. */
static ch_span signed_by(const struct ch_folder *f, uint64_t size, const ch_hash *root)
{
	static uint8_t room[2048];
	struct ch_wr w = ch_wr_of(room, sizeof room);
	ch_checkpoint cp = { .origin = f->origin, .size = size, .root = *root };

	ch_checkpoint_sign(&w, &cp, &f->log_key);
	check_ok(ch_wr_done(&w));
	return ch_wr_span(&w);
}

static void test_judges(void **state)
{
	struct fixture *f = start();
	ch_hash root, old;
	ch_span note;

	(void)state;
	batch(f, 300);
	old = f->g->root;
	batch(f, 300);
	root = f->g->root;
	check_ok(ch_guard_judge(f->g, signed_by(&f->folder, 600, &root)));
	check_ok(ch_guard_judge(f->g, signed_by(&f->folder, 300, &old)));
	check_err(ch_guard_judge(f->g, signed_by(&f->folder, 600, &old)), CH_E_CONFLICT);
	check_err(ch_guard_judge(f->g, signed_by(&f->folder, 301, &old)), CH_E_CONFLICT);
	check_err(ch_guard_judge(f->g, signed_by(&f->folder, 601, &root)), CH_E_CONFLICT);
	/* what our key did not sign convicts nobody */
	note = signed_by(&f->folder, 601, &root);
	((uint8_t *)(uintptr_t)note.p)[note.n - 10] ^= 1;
	check_err(ch_guard_judge(f->g, note), CH_E_ABSENT);
	check_err(ch_guard_judge(f->g, CH_LIT("nothing")), CH_E_ABSENT);
	stop(f);
}

static void test_proofs(void **state)
{
	static const uint64_t size[] = { 1, 2, 255, 256, 257, 511, 600 };
	struct fixture *f = start();
	ch_hash root[CH_COUNT(size)], proof[CH_MERKLE_PROOF_MAX];
	size_t n;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(size); i++) {
		batch(f, (size_t)(size[i] - f->g->done.size));
		root[i] = f->g->root;
	}
	for (size_t i = 0; i < CH_COUNT(size); i++)
		for (size_t j = i; j < CH_COUNT(size); j++) {
			check_ok(ch_register_consist(proof, &n, f->g, size[i], size[j]));
			check_ok(ch_merkle_verify_consistency(size[i], &root[i], size[j], &root[j],
			    proof, n));
		}
	check_ok(ch_register_consist(proof, &n, f->g, 0, 600));
	assert_int_equal(n, 0);
	check_err(ch_register_consist(proof, &n, f->g, 1, 601), CH_E_ABSENT);
	check_err(ch_register_consist(proof, &n, f->g, 2, 1), CH_E_ABSENT);
	stop(f);
}

/* The database of yesterday over the tiles of today. */
static void test_tile_beyond(void **state)
{
	struct fixture *f = start();
	struct ch_guard g;
	char cmd[1024];

	(void)state;
	batch(f, 200);
	ch_store_close(f->store);
	f->store = NULL;
	(void)snprintf(cmd, sizeof cmd, "cp -r %s %s/kept", f->dir, f->root);
	assert_int_equal(system(cmd), 0);
	check_ok(reopen(f));
	batch(f, 100);
	check_ok(ch_guard_ask(&g, &f->folder, NULL));
	check_ok(ch_guard_size(&g, f->store));
	ch_store_close(f->store);
	f->store = NULL;
	(void)snprintf(cmd, sizeof cmd, "rm %s/db.sqlite*; cp %s/kept/db.sqlite* %s", f->dir,
	    f->root, f->dir);
	assert_int_equal(system(cmd), 0);
	check_ok(reopen(f)); /* sound by itself */
	check_err(ch_guard_size(&g, f->store), CH_E_CONFLICT);
	ch_guard_free(&g);
	stop(f);
}

/* A checkpoint shown once keeps the register from going on for ever. */
static void test_alarm(void **state)
{
	struct fixture *f = start();
	struct ch_guard g;

	(void)state;
	batch(f, 5);
	check_ok(ch_guard_alarm(&f->folder, signed_by(&f->folder, 6, &f->g->root)));
	check_ok(ch_guard_ask(&g, &f->folder, NULL));
	check_err(ch_guard_size(&g, f->store), CH_E_CONFLICT);
	batch(f, 2);
	check_ok(ch_guard_size(&g, f->store)); /* long enough, and another history */
	check_err(ch_guard_roots(&g, f->g), CH_E_CONFLICT);
	ch_guard_free(&g);
	stop(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judges),
		cmocka_unit_test(test_proofs),
		cmocka_unit_test(test_tile_beyond),
		cmocka_unit_test(test_alarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
