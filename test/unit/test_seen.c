/* The index of older entries: every leaf of durable tiles is found at its place, also after a
 * restart, a lost folder, a damaged file and a foreign one; what was never there is not. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "seen.h"
#include "tiler.h"

#define STEPS 21u /* one merged of four merged, one merged, one by itself */
#define LEAVES (STEPS * CH_SEEN_STEP)

struct fixture {
	char root[200];
	struct ch_folder folder;
	struct ch_seen *s;
	uint64_t tiled;
};

/* Leaves 7 and 70,000 begin alike, as do 8 and 9. */
static ch_hash leaf(uint64_t i)
{
	uint64_t of = i == 70000 ? 7 : i == 9 ? 8 : i;
	ch_hash h;

	ch_sha256(&h, ch_span_of(&of, sizeof of));
	if (of != i)
		h.b[31] ^= 1;
	return h;
}

static void write_tiles(struct fixture *f, uint64_t to)
{
	static struct ch_late l;

	for (; f->tiled < to; f->tiled += CH_TILE_WIDTH) {
		struct ch_wr w = ch_wr_of(l.bytes, sizeof l.bytes);

		l.tile = (ch_tile){ .width = CH_TILE_WIDTH, .index = f->tiled / CH_TILE_WIDTH };
		for (uint64_t i = 0; i < CH_TILE_WIDTH; i++) {
			ch_hash h = leaf(f->tiled + i);

			ch_wr_put(&w, ch_span_of(h.b, sizeof h.b));
		}
		l.n = w.n;
		check_ok(ch_tile_lay(&f->folder, &l));
	}
}

static void settle(struct fixture *f)
{
	uint64_t want = f->tiled - f->tiled % CH_SEEN_STEP, covered = 0;

	for (unsigned i = 0; i < 20000 && covered < want; i++) {
		check_ok(ch_seen_tell(&covered, f->s, f->tiled));
		(void)usleep(1000);
	}
	assert_int_equal(covered, want);
}

static void open_settled(struct fixture *f)
{
	ch_seen_close(f->s);
	check_ok(ch_seen_open(&f->s, &f->folder, f->tiled));
	settle(f);
}

static bool find(struct fixture *f, uint64_t *index, const ch_hash *h)
{
	bool found;

	check_ok(ch_seen_find(&found, index, f->s, h));
	return found;
}

static void check_all(struct fixture *f, uint64_t stride)
{
	uint64_t index, covered = f->tiled - f->tiled % CH_SEEN_STEP;
	ch_hash h;

	for (uint64_t i = 0; i < covered; i += i < 16 ? 1 : stride) {
		h = leaf(i);
		assert_true(find(f, &index, &h));
		assert_int_equal(index, i);
	}
	for (uint64_t i = 0; i < 2000; i++) {
		h = leaf(LEAVES + 1 + i);
		assert_false(find(f, &index, &h));
		assert_int_equal(index, 0);
	}
	h = leaf(11); /* begins as one that is there */
	h.b[8] ^= 1;
	assert_false(find(f, &index, &h));
}

static struct fixture *start(void)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	check_ok(ch_crypto_init());
	check_folder(f->root, sizeof f->root, "seen");
	check_ok(ch_path(f->folder.dir, "%s/r", f->root));
	return f;
}

static void stop(struct fixture *f)
{
	char cmd[256];

	ch_seen_close(f->s);
	(void)snprintf(cmd, sizeof cmd, "rm -rf %s", f->root);
	assert_int_equal(system(cmd), 0);
	free(f);
}

static void run_path(char path[CH_PATH_MAX], const struct fixture *f, const char *name)
{
	check_ok(ch_path(path, "%s/seen/%s", f->folder.dir, name));
}

static bool is_there(const struct fixture *f, const char *name)
{
	char path[CH_PATH_MAX];
	uint64_t size;

	run_path(path, f, name);
	return ch_file_size(&size, path) == CH_OK;
}

/* The thread merges in its own time. */
static void wait_for(const struct fixture *f, const char *name)
{
	for (unsigned i = 0; i < 20000 && !is_there(f, name); i++)
		(void)usleep(1000);
	assert_true(is_there(f, name));
}

static void test_grows(void **state)
{
	static const unsigned steps[] = { 0, 1, 2, 4, 5, 20, STEPS };
	struct fixture *f = start();
	uint64_t index;
	ch_hash h;

	(void)state;
	open_settled(f);
	for (size_t i = 0; i < CH_COUNT(steps); i++) {
		write_tiles(f, (uint64_t)steps[i] * CH_SEEN_STEP);
		settle(f);
		check_all(f, 211);
	}
	h = leaf(70000);
	assert_true(find(f, &index, &h));
	assert_int_equal(index, 70000);
	open_settled(f);
	check_all(f, 97);
	wait_for(f, "0-262144");
	ch_seen_close(f->s);
	f->s = NULL;
	assert_true(is_there(f, "262144-65536"));
	assert_true(is_there(f, "327680-16384"));
	assert_false(is_there(f, "0-16384"));
	stop(f);
}

/* Flip a byte, cut a piece off, leave a piece of another, lose all: it is made anew. */
static void test_hurt(void **state)
{
	struct fixture *f = start();
	char path[CH_PATH_MAX], other[CH_PATH_MAX];
	struct ch_buf b;

	(void)state;
	ch_buf_init(&b, 1u << 24);
	write_tiles(f, (uint64_t)6 * CH_SEEN_STEP + 512);
	open_settled(f);
	check_all(f, 61);
	wait_for(f, "0-65536");
	ch_seen_close(f->s);
	f->s = NULL;
	run_path(path, f, "0-65536");
	run_path(other, f, "81920-16384");
	for (unsigned i = 0; i < 5; i++) {
		ch_buf_reset(&b);
		check_ok(ch_file_read(&b, path));
		if (i == 0)
			b.p[5000] ^= 1;
		else if (i == 1)
			b.n -= 12;
		else if (i == 2)
			b.p[b.n - 1] ^= 1;
		else if (i == 3)
			check_ok(ch_file_unlink(other));
		if (i < 4)
			check_ok(ch_file_write(path, ch_buf_span(&b), 0600));
		else
			check_ok(ch_file_unlink(path));
		run_path(path, f, "stray");
		check_ok(ch_file_write(path, CH_LIT("x"), 0600));
		run_path(path, f, "16384-16384");
		check_ok(ch_file_write(path, CH_LIT("x"), 0600));
		run_path(path, f, "0-65536");
		open_settled(f);
		check_all(f, 61);
		wait_for(f, "0-65536");
		ch_seen_close(f->s);
		f->s = NULL;
		assert_false(is_there(f, "stray"));
		assert_false(is_there(f, "16384-16384"));
	}
	ch_buf_deinit(&b);
	stop(f);
}

/* An index that knows more than the register, as after a backup was laid back: it is not used. */
static void test_behind(void **state)
{
	struct fixture *f = start();

	(void)state;
	write_tiles(f, (uint64_t)5 * CH_SEEN_STEP);
	open_settled(f);
	f->tiled = (uint64_t)2 * CH_SEEN_STEP;
	open_settled(f);
	check_all(f, 31);
	assert_false(is_there(f, "0-65536"));
	stop(f);
}

/* No tile where there should be one: said, and nothing is found that cannot be compared. */
static void test_gone(void **state)
{
	struct fixture *f = start();
	ch_tile t = { .width = CH_TILE_WIDTH, .index = 3 };
	char path[CH_PATH_MAX];
	uint64_t index;
	bool found;
	ch_hash h = leaf(3 * 256 + 5);
	ch_err e = CH_OK;

	(void)state;
	write_tiles(f, CH_SEEN_STEP);
	open_settled(f);
	check_ok(ch_tile_file(path, &f->folder, &t));
	check_ok(ch_file_unlink(path));
	check_err(ch_seen_find(&found, &index, f->s, &h), CH_E_CONFLICT);
	assert_false(found);
	ch_seen_close(f->s);
	run_path(path, f, "0-16384");
	check_ok(ch_file_unlink(path));
	check_ok(ch_seen_open(&f->s, &f->folder, f->tiled));
	for (unsigned i = 0; i < 5000 && e == CH_OK; i++) {
		e = ch_seen_tell(NULL, f->s, f->tiled);
		(void)usleep(1000);
	}
	check_err(e, CH_E_ABSENT);
	stop(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_hurt),
		cmocka_unit_test(test_behind),
		cmocka_unit_test(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
