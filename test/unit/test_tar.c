/* ustar in one form: headers, streaming in any pieces, what may follow the end. */
#include <stdio.h>

#include "sample.h"

static uint8_t archive[1 << 16], twin[1 << 16];
static char story[1 << 12];

static void say(const char *what, ch_span s)
{
	size_t n = strlen(story);

	assert_true(n + strlen(what) + s.n + 1 < sizeof story);
	memcpy(&story[n], what, strlen(what));
	if (s.n)
		memcpy(&story[n + strlen(what)], s.p, s.n);
	story[n + strlen(what) + s.n] = 0;
}

static ch_err on_begin(void *ctx, ch_span name, uint64_t size)
{
	char line[32];

	(void)ctx;
	say("(", name);
	snprintf(line, sizeof line, " %llu:", (unsigned long long)size);
	say(line, (ch_span){ 0 });
	return CH_OK;
}

static ch_err on_data(void *ctx, ch_span bytes)
{
	assert_true(bytes.n > 0);
	say("", bytes);
	return ctx ? CH_E_FULL : CH_OK;
}

static ch_err on_end(void *ctx)
{
	(void)ctx;
	say(")", (ch_span){ 0 });
	return CH_OK;
}

static const ch_tar_events events = { on_begin, on_data, on_end };

static ch_span make(uint64_t pad)
{
	struct ch_wr out = ch_wr_of(archive, sizeof archive);
	struct ch_tar_writer w;

	ch_tar_writer_init(&w, sample_emit, &out);
	check_ok(ch_tar_writer_member(&w, CH_LIT("paper.txt"), CH_LIT("hello\n")));
	check_ok(ch_tar_writer_member(&w, CH_LIT("attachments/01.pdf"), (ch_span){ 0 }));
	check_ok(ch_tar_writer_begin(&w, CH_LIT("x"), 600));
	for (int i = 0; i < 600; i++)
		check_ok(ch_tar_writer_write(&w, CH_LIT("x")));
	check_ok(ch_tar_writer_end(&w));
	check_ok(ch_tar_writer_finish(&w, pad));
	return ch_wr_span(&out);
}

static ch_err read_all(ch_span in, size_t piece, ch_tar_tail tail)
{
	struct ch_tar_reader r;

	story[0] = 0;
	ch_tar_reader_init(&r, &events, NULL, tail);
	for (size_t at = 0; at < in.n; at += piece) {
		size_t n = in.n - at < piece ? in.n - at : piece;
		uint8_t *c = check_copy(&in.p[at], n);
		ch_err e = ch_tar_reader_write(&r, ch_span_of(c, n));

		free(c);
		if (e != CH_OK)
			return e;
	}
	return ch_tar_reader_finish(&r);
}

static void test_pieces(void **state)
{
	static const size_t piece[] = { 1, 2, 3, 7, 511, 512, 513, 1024, 5000 };
	ch_span in = make(0);

	(void)state;
	assert_int_equal(in.n, ch_tar_member_size(6) + ch_tar_member_size(0) +
	    ch_tar_member_size(600) + CH_TAR_END_SIZE);
	for (unsigned i = 0; i < CH_COUNT(piece); i++) {
		check_ok(read_all(in, piece[i], CH_TAR_NOTHING));
		assert_memory_equal(story, "(paper.txt 6:hello\n)(attachments/01.pdf 0:)(x 600:xxx",
		    53);
	}
}

static void test_tail(void **state)
{
	ch_span in = make(8192);

	(void)state;
	assert_int_equal(in.n, 8192);
	check_ok(read_all(in, 100, CH_TAR_ZEROS));
	check_err(read_all(in, 100, CH_TAR_NOTHING), CH_E_FORMAT);
	archive[8191] = 1;
	check_err(read_all(in, 100, CH_TAR_ZEROS), CH_E_FORMAT);
}

/* Any flipped bit outside the data is refused; any cut is. */
static void test_twins(void **state)
{
	ch_span in = make(0);

	(void)state;
	memcpy(twin, in.p, in.n);
	for (size_t i = 0; i < in.n; i++) {
		bool data = (i >= 512 && i < 518) || (i >= 2048 && i < 2648);

		twin[i] ^= (uint8_t)(1u << i % 8);
		assert_int_equal(read_all(ch_span_of(twin, in.n), 4096, CH_TAR_NOTHING) == CH_OK,
		    data);
		twin[i] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t n = 0; n < in.n; n += 31)
		check_err(read_all(ch_span_of(twin, n), 4096, CH_TAR_NOTHING), CH_E_TRUNCATED);
	twin[in.n] = 0;
	check_err(read_all(ch_span_of(twin, in.n + 1), 4096, CH_TAR_NOTHING), CH_E_FORMAT);
}

static void test_header(void **state)
{
	static const char *const bad[] =
	    { "", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a b",
		"a\\b", "\xc3\xa9", "a\x7f" };
	uint8_t block[CH_TAR_BLOCK];
	char name[101];
	uint64_t size;
	ch_span back;

	(void)state;
	for (unsigned i = 0; i < CH_COUNT(bad); i++) {
		check_err(ch_tar_header_format(block, ch_span_str(bad[i]), 1), CH_E_FORMAT);
		assert_true(check_is_zero(block, sizeof block));
	}
	memset(name, 'n', sizeof name);
	check_err(ch_tar_header_format(block, ch_span_of(name, 100), 1), CH_E_LIMIT);
	check_err(ch_tar_header_format(block, CH_LIT("a"), CH_TAR_SIZE_MAX + 1), CH_E_LIMIT);
	check_ok(ch_tar_header_format(block, ch_span_of(name, 99), CH_TAR_SIZE_MAX));
	check_ok(ch_tar_header_parse(&back, &size, block));
	assert_int_equal(size, CH_TAR_SIZE_MAX);
	assert_int_equal(back.n, 99);
	check_ok(ch_tar_header_format(block, CH_LIT("..a/.b"), 0));
	block[156] = '5';
	check_err(ch_tar_header_parse(&back, &size, block), CH_E_FORMAT);
}

static void test_errors_stick(void **state)
{
	struct ch_wr out = ch_wr_of(archive, sizeof archive);
	struct ch_tar_writer w;
	struct ch_tar_reader r;
	ch_span in = make(0);

	(void)state;
	memcpy(twin, in.p, in.n);
	ch_tar_reader_init(&r, &events, &r, CH_TAR_NOTHING);
	story[0] = 0;
	check_err(ch_tar_reader_write(&r, ch_span_of(twin, in.n)), CH_E_FULL);
	check_err(ch_tar_reader_finish(&r), CH_E_FULL);
	ch_tar_writer_init(&w, sample_emit, &out);
	check_ok(ch_tar_writer_begin(&w, CH_LIT("a"), 3));
	check_err(ch_tar_writer_write(&w, CH_LIT("four")), CH_E_LIMIT);
	check_err(ch_tar_writer_finish(&w, 0), CH_E_LIMIT);
	ch_tar_writer_init(&w, sample_emit, &out);
	check_ok(ch_tar_writer_begin(&w, CH_LIT("a"), 3));
	check_err(ch_tar_writer_end(&w), CH_E_TRUNCATED);
	ch_tar_writer_init(&w, sample_emit, &out);
	check_err(ch_tar_writer_finish(&w, 512), CH_E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_tail),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_errors_stick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
