/* Challenges that prove themselves, and tokens that end. */
#include <stdio.h>

#include "check.h"

#include "auth.h"

#define NOW 1700000000

static struct ch_auth *start(void)
{
	struct ch_auth *a;

	assert_int_equal(ch_auth_new(&a), CH_OK);
	return a;
}

static void test_challenge(void **state)
{
	struct ch_auth *a = start(), *other = start();
	ch_hash c, bent, many;

	(void)state;
	assert_int_equal(ch_auth_challenge(&c, a, NOW), CH_OK);
	for (int i = 0; i < 3 * CH_CHALLENGES; i++) /* a stranger's flood takes nothing away */
		assert_int_equal(ch_auth_challenge(&many, a, NOW), CH_OK);
	for (unsigned i = 0; i < 32; i++) {
		bent = c;
		bent.b[i] ^= 1;
		assert_int_equal(ch_auth_use(a, &bent, NOW), CH_E_ABSENT);
	}
	assert_int_equal(ch_auth_use(other, &c, NOW), CH_E_ABSENT);
	assert_int_equal(ch_auth_use(a, &c, NOW + CH_CHALLENGE_S + 1), CH_E_ABSENT);
	assert_int_equal(ch_auth_use(a, &c, NOW + CH_CHALLENGE_S), CH_OK);
	assert_int_equal(ch_auth_use(a, &c, NOW), CH_E_ABSENT);
	ch_auth_free(a);
	ch_auth_free(other);
}

/* A token as the header that brings it. */
static void sign_in(char out[72], struct ch_auth *a, const char *delegate)
{
	memcpy(out, "Bearer ", 8);
	assert_int_equal(ch_auth_token((uint8_t *)&out[7], a, CH_LIT("alpha.example"),
	    ch_span_str(delegate), NOW), CH_OK);
	out[71] = 0;
}

static ch_err who(struct ch_auth *a, const char *header, int64_t now)
{
	ch_who w;

	return ch_auth_who(&w, a, ch_span_str(header), now);
}

static void test_tokens(void **state)
{
	struct ch_auth *a = start();
	char one[72], two[72], more[72];

	(void)state;
	sign_in(one, a, "alpha.example/00000001");
	sign_in(two, a, "alpha.example/00000002");
	assert_int_equal(who(a, one, NOW + CH_TOKEN_S), CH_OK);
	assert_int_equal(who(a, one, NOW + CH_TOKEN_S + 1), CH_E_ABSENT);
	for (int i = 0; i < 2 * CH_TOKENS; i++) /* a greedy delegate crowds nobody out but itself */
		sign_in(more, a, "alpha.example/00000002");
	assert_int_equal(who(a, one, NOW), CH_OK);
	assert_int_equal(who(a, two, NOW), CH_E_ABSENT);
	assert_int_equal(who(a, more, NOW), CH_OK);
	ch_auth_forget(a, CH_LIT("alpha.example/00000002"));
	assert_int_equal(who(a, more, NOW), CH_E_ABSENT);
	assert_int_equal(who(a, one, NOW), CH_OK);
	ch_auth_free(a);
}

/* The table filled twice over: whoever is still in it is found, whoever gave way is not. */
static void test_many_tokens(void **state)
{
	enum { MANY = 2 * CH_TOKENS + 7 };
	static char token[MANY][72];
	struct ch_auth *a = start();
	char name[32];
	int found = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof name, "alpha.example/%08d", i / CH_TOKENS_EACH);
		sign_in(token[i], a, name);
		assert_int_equal(who(a, token[i], NOW), CH_OK);
	}
	for (int i = 0; i < MANY; i++)
		found += who(a, token[i], NOW) == CH_OK;
	assert_int_equal(found, CH_TOKENS);
	assert_int_equal(who(a, token[MANY - CH_TOKENS - 1], NOW), CH_E_ABSENT);
	for (int i = 0; i <= MANY / CH_TOKENS_EACH; i++) {
		(void)snprintf(name, sizeof name, "alpha.example/%08d", i);
		ch_auth_forget(a, ch_span_str(name));
	}
	for (int i = 0; i < MANY; i++)
		assert_int_equal(who(a, token[i], NOW), CH_E_ABSENT);
	ch_auth_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_challenge),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_many_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
