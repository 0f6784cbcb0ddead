/* What a registry answers in JSON: every status ends in an error with a sentence, and strings keep
 * their bounds. The first byte chooses the status. */
#include "link_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const unsigned status[] = { 400, 401, 403, 404, 409, 413, 422, 429, 500, 507 };
	struct ch_link l = { .url = "http://127.0.0.1" };
	struct ch_problem why = { 0 };
	char token[65];
	uint64_t number;
	ch_err e;

	if (n == 0)
		return 0;
	l.status = status[data[0] % CH_COUNT(status)];
	ch_buf_init(&l.body, CH_LINK_BODY_MAX);
	if (ch_buf_put(&l.body, ch_span_of(data + 1, n - 1)) != CH_OK)
		return 0;
	CH_ASSERT(ch_link_judge(&l, &why) != CH_OK && why.text[0] != '\0');
	e = ch_link_problem_string(token, sizeof token, &l, "token");
	CH_ASSERT(e == CH_OK ? token[64] == '\0' : token[0] == '\0');
	e = ch_link_problem_number(&number, &l, "next");
	CH_ASSERT(e == CH_OK || number == 0);
	ch_buf_deinit(&l.body);
	return 0;
}
