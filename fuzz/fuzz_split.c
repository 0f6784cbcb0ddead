/* The judge of split views: proven only of two trees that differ, and then told without a trip. */
#include "verdict.h"
#include "judge_trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static ch_err count(void *ctx, ch_span bytes)
{
	*(size_t *)ctx += bytes.n;
	return CH_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct ch_verdict v;
	size_t told = 0;
	struct ch_tell o = { .emit = count, .ctx = &told };
	const ch_split *s = &v.split;

	if (ch_verdict_open(&v, ch_span_of(data, n)) != CH_OK || v.kind != CH_PACK_SPLIT)
		return 0;
	if (ch_verdict_judge(&v, judge_trust()) != CH_OK) {
		CH_ASSERT(!v.holds && v.what && v.advice);
		return 0;
	}
	CH_ASSERT(v.holds == !s->why);
	CH_ASSERT(s->tree[0].size <= s->tree[1].size);
	if (v.holds)
		CH_ASSERT(!ch_hash_eq(&s->prefix, &s->tree[0].root) &&
		    ch_span_eq(s->tree[0].origin, s->tree[1].origin) &&
		    ch_trust_registry(judge_trust(), s->tree[0].origin));
	ch_verdict_tell(&o, &v, CH_LIT("x"));
	ch_verdict_json(&o, &v, CH_LIT("x"));
	ch_verdict_story(&o, &v);
	CH_ASSERT(told > 0 && o.err == CH_OK);
	return 0;
}
