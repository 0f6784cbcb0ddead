/* The 22 raw requests, judged by the head reader and the chunk reader alone. */
#include "check.h"

#include <stdio.h>

#include "http1.h"
#include "vectors.h"

#define N_CASES 22

/* How many whole requests the bytes hold, or 0 when any is refused. */
static unsigned count_requests(ch_span in, unsigned *status)
{
	struct ch_rd r = ch_rd_of(in);
	unsigned n = 0;

	while (!ch_rd_at_end(&r)) {
		struct ch_rd probe = r;
		ch_http1_head h;
		bool end = false;

		if (ch_http1_parse(&h, status, ch_rd_rest(&probe)) != CH_OK)
			return 0;
		(void)ch_rd_take(&r, h.n_head + (size_t)h.length);
		struct ch_http1_chunks c = { 0 };
		while (h.chunked && !end) {
			ch_span data;
			size_t used;

			probe = r;
			*status = 400;
			if (ch_http1_chunk(&data, &used, &end, &c, ch_rd_rest(&probe)) != CH_OK)
				return 0;
			if (used == 0)
				return 0;
			(void)ch_rd_take(&r, used);
		}
		if (r.err != CH_OK)
			return 0;
		n++;
	}
	*status = 200;
	return n;
}

static void test_cases(void **state)
{
	size_t n_tsv, n_seen = 0;
	char *tsv = (char *)vec_read(&n_tsv, "http-requests/cases.tsv");
	struct ch_rd r = ch_rd_of(ch_span_of(tsv, n_tsv));

	(void)state;
	while (!ch_rd_at_end(&r)) {
		struct ch_rd line = ch_rd_of(ch_rd_line(&r));
		ch_span name = ch_rd_until(&line, '\t'), expect = ch_rd_until(&line, '\t');
		char rel[256];
		size_t n;
		unsigned status = 0;

		if (line.err != CH_OK || name.p[0] == '#')
			continue;
		snprintf(rel, sizeof rel, "http-requests/%.*s", (int)name.n, (const char *)name.p);
		uint8_t *raw = vec_read(&n, rel);
		unsigned k = count_requests(ch_span_of(raw, n), &status);
		printf("%-28s %u requests, %u\n", rel + 14, k, status);
		if (ch_span_eq(expect, CH_LIT("serve"))) {
			assert_int_equal(k, strstr(rel, "x3") ? 3 : 1);
		} else {
			assert_true(ch_span_eq(expect, CH_LIT("refuse")));
			assert_int_equal(k, 0);
			assert_true(status == 400 || status == 413 || status == 431 ||
			    status == 501 || status == 505);
		}
		free(raw);
		n_seen++;
	}
	free(tsv);
	assert_int_equal(n_seen, N_CASES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	vec_require("http-requests/cases.tsv");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
