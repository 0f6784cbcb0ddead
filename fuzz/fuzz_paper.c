/* paper.txt: what parses is written again, commits, and every passage of it can be shown. */
#include "leaves.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint8_t text[1 << 20], statement[1024];
static ch_passage passage[CH_PASSAGES_MAX];
static struct ch_paper_work work;

static void fuzz_leaves(const ch_paper *p, const ch_stmt *d, const struct ch_seeds *seeds)
{
	ch_selection which = { .head = 1u << CH_H_ACT };
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_leaves l;

	ch_selection_add(&which, CH_LEAF_PASSAGE, p->n_passages - 1);
	if (ch_leaves_format(&w, p, seeds, &which, &work) == CH_OK)
		CH_ASSERT(ch_leaves_verify(&l, ch_wr_span(&w), d) == CH_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct ch_seeds seeds = { .head = { { 1 } }, .body = { { 2 } } };
	static const ch_ref roster = { .n = 1 };
	struct ch_wr w = ch_wr_of(text, sizeof text), st = ch_wr_of(statement, sizeof statement);
	ch_span in = ch_span_of(data, n);
	ch_paper p;
	ch_stmt s;
	ch_hash d;

	if (ch_crypto_init() != CH_OK || n > sizeof text)
		return 0;
	if (ch_paper_parse(&p, passage, in, n % 2) != CH_OK &&
	    ch_paper_parse(&p, passage, in, n % 2 == 0) != CH_OK)
		return 0;
	CH_ASSERT(ch_paper_format(&w, &p.head, p.body) == CH_OK &&
	    ch_span_eq(ch_wr_span(&w), in));
	CH_ASSERT(ch_paper_commit(&st, &d, &p, &seeds, &roster, CH_LIT("signed"), &work) == CH_OK);
	CH_ASSERT(ch_stmt_parse_as(&s, ch_wr_span(&st), CH_K_PAPER, p.head.exercise) == CH_OK);
	fuzz_leaves(&p, &s, &seeds);
	return 0;
}
