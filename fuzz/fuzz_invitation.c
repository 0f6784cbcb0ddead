/* Invitations: a file from a stranger. What is taken up can be shown in words, and its parts lie in
 * the file. */
#include "talks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool inside(ch_span part, ch_span whole)
{
	return part.n == 0 || (part.p >= whole.p && part.n <= whole.n &&
	    (size_t)(part.p - whole.p) <= whole.n - part.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct ch_home home = { .handle = "bravo.example",
		.delegate = "bravo.example/0123abcd" };
	static struct ch_invitation in;
	ch_span file = ch_span_of(data, n);
	struct ch_problem why = { 0 };
	struct ch_buf words;

	if (ch_invitation_read(&in, &home, file, &why) != CH_OK) {
		CH_ASSERT(why.text[0] != '\0' && in.draft.n == 0 && in.code.n == 0);
		return 0;
	}
	CH_ASSERT(inside(in.draft, file) && inside(in.roster, file) && inside(in.card, file) &&
	    inside(in.url, file) && inside(in.code, file));
	ch_buf_init(&words, CH_STMT_MAX);
	CH_ASSERT(ch_talks_words(&words, &in.charter) == CH_OK && words.n > 0);
	ch_buf_deinit(&words);
	return 0;
}
