/* age headers: what parses is written again to the same bytes, and is found with its own length. */
#include "age_header.h"
#include "b64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint8_t text[CH_AGE_HEADER_MAX], args[CH_AGE_HEADER_MAX], body[CH_AGE_HEADER_MAX];

static void fuzz_stanza(struct ch_wr *w, const ch_age_stanza *s)
{
	struct ch_wr a = ch_wr_of(args, sizeof args);

	ch_wr_put(&a, s->type);
	for (size_t i = 0; i < s->n_args && i < 100; i++) { /* each argument is looked for anew */
		CH_WR_LIT(&a, " ");
		ch_wr_put(&a, ch_age_stanza_arg(s, i));
	}
	CH_ASSERT(s->n_body <= sizeof body);
	CH_ASSERT(ch_age_stanza_body(body, s->n_body, s) == CH_OK);
	ch_age_stanza_put(w, ch_wr_span(&a), ch_span_of(body, s->n_body));
}

static void fuzz_same(ch_span in, const ch_age_header *h)
{
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_rd r = ch_rd_of(h->stanzas);
	ch_age_stanza s;

	ch_age_version_put(&w);
	for (size_t i = 0; i < h->n_stanzas; i++) {
		ch_age_stanza_rd(&s, &r);
		if (s.n_args > 100)
			return;
		fuzz_stanza(&w, &s);
	}
	CH_ASSERT(ch_rd_done(&r) == CH_OK);
	CH_WR_LIT(&w, "--- ");
	ch_b64_put(&w, ch_span_of(h->mac, sizeof h->mac), CH_B64_RAW);
	CH_WR_LIT(&w, "\n");
	CH_ASSERT(ch_span_eq(ch_wr_span(&w), in));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ch_span in = ch_span_of(data, n);
	size_t len, seen = 0;
	ch_age_header h;

	if (ch_age_header_parse(&h, in) == CH_OK) {
		CH_ASSERT(ch_age_header_find(&len, &seen, in) == CH_OK && len == n);
		fuzz_same(in, &h);
	}
	return 0;
}
