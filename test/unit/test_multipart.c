/* Forms with files: good ones in pieces of every size, and their damaged twins. */
#include "check.h"
#include "multipart.h"
#include "wr.h"

struct heard {
	struct ch_multipart m;
	uint8_t text[4096];
	struct ch_wr w;
	ch_err refuse;
};

static struct heard h;

static ch_err on_part(void *ctx, ch_span name, ch_span file)
{
	struct heard *a = ctx;

	CH_WR_LIT(&a->w, "[");
	ch_wr_put(&a->w, name);
	CH_WR_LIT(&a->w, "|");
	ch_wr_put(&a->w, file);
	CH_WR_LIT(&a->w, "]");
	return a->refuse;
}

static ch_err on_bytes(void *ctx, ch_span bytes)
{
	ch_wr_put(&((struct heard *)ctx)->w, bytes);
	return CH_OK;
}

static ch_err hear(const char *type, ch_span in, size_t piece)
{
	ch_err e;

	h.w = ch_wr_of(h.text, sizeof h.text);
	e = ch_multipart_init(&h.m, ch_span_str(type));
	h.m.ctx = &h;
	h.m.on_part = on_part;
	h.m.on_bytes = on_bytes;
	for (size_t i = 0; e == CH_OK && i < in.n; i += piece)
		e = ch_multipart_write(&h.m, ch_span_of(&in.p[i],
		    in.n - i < piece ? in.n - i : piece));
	return e == CH_OK ? ch_multipart_end(&h.m) : e;
}

#define TYPE "multipart/form-data; boundary=xYz"
#define FORM "--xYz\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\nTOKEN\r\n"
#define HEAD "--xYz\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a b.txt\"\r\n" \
	"Content-Type: text/plain\r\n\r\n"
#define TWO "--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n" \
	"Content-Disposition: form-data; name=\"b\"\r\n\r\nz\r\n--xYz--"
#define GOOD FORM HEAD "one\r\n--xY\r\n--xYtwo\r\n--xYz--\r\n"

static void test_good(void **state)
{
	static const struct {
		const char *in, *want;
	} good[] = {
		{ GOOD, "[form|]TOKEN[file|a b.txt]one\r\n--xY\r\n--xYtwo" },
		{ HEAD "\r\n--xYz--", "[file|a b.txt]" },
		{ HEAD "\r\n\r\n--xYz--\r\n", "[file|a b.txt]\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < CH_COUNT(good); i++)
		for (size_t piece = 1; piece < 80; piece++) {
			check_ok(hear(TYPE, ch_span_str(good[i].in), piece));
			assert_true(ch_span_eq(ch_wr_span(&h.w), ch_span_str(good[i].want)));
		}
}

static void test_bad(void **state)
{
	static const char *const types[] = { "", "multipart/form-data",
		"multipart/mixed; boundary=x",
		"multipart/form-data; boundary=", "multipart/form-data; boundary=a b",
		"multipart/form-data; boundary=\"x\"" };
	static const char *const bad[] = {
		"", "x" GOOD, "--xYz", "--xYz\r", "--xYzz", FORM, FORM HEAD "one",
		FORM "--xYz-", FORM "--xYz--x", FORM "--xYz--\r\nmore",
		"--xYz\r\n\r\nno head\r\n--xYz--", "--xYz\r\nX: y\r\n\r\nz\r\n--xYz--",
		"--xYz\r\nContent-Disposition: form-data\r\n\r\nz\r\n--xYz--",
		"--xYz\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nz\r\n--xYz--",
		"--xYz\r\nContent-Disposition: form-data; name=\"a\r\n\r\nz\r\n--xYz--",
		"--xYz\r\nContent-Disposition: form-data; name=\"a\"x\r\n\r\nz\r\n--xYz--",
		TWO,
	};
	static uint8_t many[8192];
	struct ch_wr w = ch_wr_of(many, sizeof many);

	(void)state;
	for (size_t i = 0; i < CH_COUNT(types); i++)
		assert_int_equal(ch_multipart_init(&h.m, ch_span_str(types[i])), CH_E_FORMAT);
	for (size_t i = 0; i < CH_COUNT(bad); i++)
		for (size_t piece = 1; piece < 40; piece += 6)
			assert_int_not_equal(hear(TYPE, ch_span_str(bad[i]), piece), CH_OK);
	for (unsigned i = 0; i <= CH_MULTIPART_PARTS; i++)
		CH_WR_LIT(&w, FORM);
	assert_int_equal(hear(TYPE, ch_wr_span(&w), 100), CH_E_LIMIT);
	memset(many, 'a', sizeof many);
	memcpy(many, "--xYz\r\n", 7);
	assert_int_equal(hear(TYPE, ch_span_of(many, sizeof many), 4096), CH_E_LIMIT);
	h.refuse = CH_E_DENIED;
	assert_int_equal(hear(TYPE, ch_span_str(GOOD), 10), CH_E_DENIED);
	h.refuse = CH_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
