/*
 * A register under random mixes of statements and raw entries, batches that are undone, restarts
 * and crashes, beside a plain list of entries: the same places, roots, tiles and proofs.
 */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "checkpoint.h"
#include "proof.h"
#include "register.h"
#include "registry.h"

#define SEEDS 6u
#define ROUNDS 60u
#define MANY 16384u
#define NOW 1795600000

struct model {
	char root[200], dir[224];
	unsigned crashes;
	uint64_t random;
	struct ch_folder folder;
	struct ch_store *store;
	struct ch_register *g;
	size_t n, n_next;        /* published; with the batch at hand */
	ch_hash entry[MANY], leaf[MANY];
	bool raw[MANY];
	size_t n_offered;
	ch_hash offered[MANY];   /* raw ones, also of batches that were undone */
};

static uint64_t draw(struct model *m, uint64_t below)
{
	m->random = m->random * 6364136223846793005u + 1442695040888963407u;
	return (m->random >> 33) % below;
}

static void command(const char *fmt, const char *a, const char *b)
{
	char cmd[512];

	(void)snprintf(cmd, sizeof cmd, fmt, a, b);
	assert_int_equal(system(cmd), 0);
}

static void reopen(struct model *m)
{
	char path[CH_PATH_MAX];

	ch_register_close(m->g);
	ch_store_close(m->store);
	m->store = NULL;
	check_ok(ch_folder_open(&m->folder, m->dir));
	check_ok(ch_path(path, "%s/db.sqlite", m->dir));
	check_ok(ch_store_open(&m->store, path));
	check_ok(ch_register_open(m->g, m->store, &m->folder, NOW));
}

/* What a kill leaves: the folder as it stands, whatever its thread is doing. */
static void crash(struct model *m)
{
	char dir[sizeof m->dir];

	(void)snprintf(dir, sizeof dir, "%s/r%u", m->root, ++m->crashes);
	command("cp -r %s %s 2>/dev/null || test -d %2$s", m->dir, dir);
	ch_register_close(m->g);
	ch_store_close(m->store);
	m->store = NULL;
	command("rm -rf %s%s", m->dir, "");
	memcpy(m->dir, dir, sizeof dir);
	reopen(m);
}

static void add_model(struct model *m, const ch_hash *entry, bool raw)
{
	assert_true(m->n_next < MANY);
	m->entry[m->n_next] = *entry;
	ch_merkle_leaf(&m->leaf[m->n_next], ch_span_of(entry->b, sizeof entry->b));
	m->raw[m->n_next++] = raw;
}

/* Where the model has a raw entry, or its end. */
static uint64_t place_of(const struct model *m, const ch_hash *entry)
{
	for (size_t i = 0; i < m->n_next; i++)
		if (ch_hash_eq(&m->entry[i], entry))
			return i;
	return m->n_next;
}

static void state_one(struct model *m)
{
	struct ch_arena a;
	ch_row_entry row;
	char text[32];
	uint64_t index;

	(void)snprintf(text, sizeof text, "%llu\n", (unsigned long long)m->random);
	check_ok(ch_register_add(&index, m->g, CH_K_STATEMENT, ch_span_str(text),
	    ch_span_str(text), NULL));
	assert_int_equal(index, m->n_next);
	ch_arena_init(&a, 65536);
	check_ok(ch_store_entry(&row, m->store, &a, index));
	add_model(m, &row.entry, false);
	ch_arena_deinit(&a);
}

static void append_some(struct model *m)
{
	ch_hash e[40];
	uint64_t index[40];
	size_t n = 1 + (size_t)draw(m, CH_COUNT(e));

	for (size_t i = 0; i < n; i++) {
		if (m->n_offered && draw(m, 4) == 0) { /* again */
			e[i] = m->offered[draw(m, m->n_offered)];
			continue;
		}
		ch_sha256(&e[i], ch_span_of(&m->random, sizeof m->random));
		m->offered[m->n_offered++] = e[i];
		(void)draw(m, 2);
	}
	check_ok(ch_register_append(index, m->g, e, n));
	for (size_t i = 0; i < n; i++) {
		uint64_t want = place_of(m, &e[i]);

		assert_int_equal(index[i], want);
		if (want == m->n_next)
			add_model(m, &e[i], true);
	}
	assert_int_equal(m->g->next.size, m->n_next);
}

static void batch(struct model *m)
{
	bool undone = draw(m, 4) == 0;

	check_ok(ch_store_begin(m->store));
	for (uint64_t i = draw(m, 12); i > 0; i--) {
		if (draw(m, 2))
			append_some(m);
		else
			state_one(m);
	}
	if (!undone || draw(m, 2))
		check_ok(ch_register_seal(m->g, NOW));
	if (undone) {
		ch_store_rollback(m->store);
		ch_register_forget(m->g);
		m->n_next = m->n;
	} else {
		check_ok(ch_store_commit(m->store));
		check_ok(ch_register_publish(m->g));
		m->n = m->n_next;
	}
	check_ok(ch_register_look(m->g));
}

static void check_root(struct model *m)
{
	ch_checkpoint cp;
	ch_note note;
	ch_hash root;

	ch_merkle_root(&root, m->leaf, m->n);
	assert_int_equal(m->g->done.size, m->n);
	assert_true(ch_hash_eq(&m->g->root, &root));
	check_ok(ch_checkpoint_open(&cp, &note, ch_register_checkpoint(m->g), &m->folder.vkey));
	assert_int_equal(cp.size, m->n);
	assert_true(ch_hash_eq(&cp.root, &root));
}

/* Each tile and bundle of the published size, from memory or as a file. */
static void check_tiles(struct model *m)
{
	static uint8_t room[CH_TILE_BYTES + 2 * CH_TILE_WIDTH];
	struct ch_tile_walk walk;
	ch_tile t;

	ch_tile_walk_init(&walk, 0, m->n);
	while (ch_tile_walk_next(&t, &walk)) {
		struct ch_wr w = ch_wr_of(room, sizeof room);
		size_t at = (size_t)t.index * CH_TILE_WIDTH, each = (size_t)1 << (8 * t.level);
		ch_hash h, leaves[CH_TILE_WIDTH];
		char path[CH_PATH_MAX];

		if (!ch_register_put_tile(&w, m->g, &t)) {
			check_ok(ch_tile_file(path, &m->folder, &t));
			check_ok(ch_file_read_into(room, &w.n, sizeof room, path));
		}
		check_ok(w.err);
		assert_int_equal(w.n, t.width * (t.entries ? 34u : 32u));
		if (t.entries)
			check_ok(ch_bundle_leaves(leaves, t.width, ch_span_of(room, w.n)));
		else
			memcpy(leaves, room, w.n);
		for (size_t i = 0; i < t.width; i++) {
			ch_merkle_root(&h, &m->leaf[(at + i) * each], each);
			assert_true(ch_hash_eq(&h, &leaves[i]));
		}
	}
}

static void check_proofs(struct model *m)
{
	static uint8_t out[16384];
	static struct ch_proof_facts facts;
	ch_hash old, root, proof[CH_MERKLE_PROOF_MAX];
	size_t n;

	for (unsigned i = 0; i < 8 && m->n > 0; i++) {
		uint64_t index = draw(m, m->n), from = 1 + draw(m, m->n);
		struct ch_wr w = ch_wr_of(out, sizeof out);

		check_ok(ch_register_prove(&w, m->g, index, NULL, m->n,
		    ch_register_checkpoint(m->g)));
		check_ok(ch_proof_verify(&facts, ch_wr_span(&w),
		    ch_span_of(m->entry[index].b, 32), &m->folder.vkey, NULL));
		ch_merkle_root(&old, m->leaf, (size_t)from);
		check_ok(ch_register_root(&root, m->g, from));
		assert_true(ch_hash_eq(&root, &old));
		check_ok(ch_register_consist(proof, &n, m->g, from, m->n));
		check_ok(ch_merkle_verify_consistency(from, &old, m->n, &m->g->root, proof, n));
	}
}

static void play(uint64_t seed)
{
	struct model *m = calloc(1, sizeof *m);
	const char *why;

	assert_non_null(m);
	m->random = seed;
	check_ok(ch_crypto_init());
	check_folder(m->root, sizeof m->root, "prop");
	(void)snprintf(m->dir, sizeof m->dir, "%s/r0", m->root);
	check_ok(ch_registry_init(m->dir, CH_LIT("registry.example"), (ch_span){ 0 }, &why));
	m->g = calloc(1, sizeof *m->g);
	assert_non_null(m->g);
	reopen(m);
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t what = draw(m, 10);

		batch(m);
		if (what == 0)
			reopen(m);
		else if (what == 1)
			crash(m);
		check_root(m);
		if (what < 4)
			check_proofs(m);
		if (what < 2)
			check_tiles(m);
	}
	assert_true(m->n > 1000 && m->crashes > 0);
	ch_register_close(m->g);
	ch_store_close(m->store);
	command("rm -rf %s%s", m->root, "");
	free(m->g);
	free(m);
}

static void test_mixes(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= SEEDS; seed++)
		play(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
