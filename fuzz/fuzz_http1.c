/*
 * Request heads and chunked bodies. Beside memory safety: the verdict on the whole equals the
 * verdict on every growing prefix, and spans lie inside the input.
 */
#include "http1.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check_inside(ch_span s, ch_span in)
{
	if (s.n)
		CH_ASSERT(s.p >= in.p && s.n <= in.n && (size_t)(s.p - in.p) <= in.n - s.n);
}

static void check_chunks(ch_span in)
{
	struct ch_http1_chunks whole = { 0 };
	struct ch_rd r = ch_rd_of(in);
	bool end = false;

	while (!end && !ch_rd_at_end(&r)) {
		struct ch_rd probe = r;
		ch_span rest = ch_rd_rest(&probe), data;
		size_t used;

		if (ch_http1_chunk(&data, &used, &end, &whole, rest) != CH_OK)
			return;
		check_inside(data, rest);
		CH_ASSERT(used > 0 && used <= rest.n && data.n <= used);
		(void)ch_rd_take(&r, used);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ch_span in = { p, n };
	ch_http1_head head, early;
	unsigned status, early_status;
	ch_err e = ch_http1_parse(&head, &status, in);

	CH_ASSERT((e == CH_OK || e == CH_E_TRUNCATED) == (status == 0));
	CH_ASSERT(e != CH_E_TRUNCATED || n < CH_HTTP1_HEAD_MAX);
	check_inside(head.path, in);
	check_inside(head.query, in);
	check_inside(head.host, in);
	for (size_t i = 0; i < head.n_fields; i++) {
		check_inside(head.fields[i].name, in);
		check_inside(head.fields[i].value, in);
	}
	for (size_t k = 0; k < n && k < 600; k++) {
		ch_err f = ch_http1_parse(&early, &early_status, ch_span_of(p, k));

		if (f == CH_E_TRUNCATED)
			continue;
		CH_ASSERT(f == e && early_status == status && early.n_head == head.n_head);
		break;
	}
	if (e == CH_OK && head.chunked) {
		struct ch_rd r = ch_rd_of(in);

		(void)ch_rd_take(&r, head.n_head);
		check_chunks(ch_rd_rest(&r));
	}
	check_chunks(in);
	return 0;
}
