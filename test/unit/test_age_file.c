/* Files of keys, and single keys: what is taken, what is refused, and what is said of it. */
#include "check.h"

#include <stdio.h>

#include "age_file.h"
#include "bech32.h"

#define RECIPIENT "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
#define IDENTITY "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
#define HYBRID "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR"
#define TAG "age1tag1qt8lw0ual6avlwmwatk888yqnmdamm7xfd0wak53ut6elz5c4swx2yqdj4e"
#define SSH "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA"

static ch_age_key_text key;
static ch_age_recipient to;
static struct ch_age_identity id;
static struct ch_diag why;

static void dirty(void)
{
	memset(&key, 0xaa, sizeof key);
	memset(&to, 0xaa, sizeof to);
	memset(&id, 0xaa, sizeof id);
	memset(&why, 0xaa, sizeof why);
}

static void says(const char *part)
{
	assert_non_null(why.what);
	if (!strstr(why.what, part))
		fail_msg("it says \"%s\", not \"%s\"", why.what, part);
}

static void no_recipient(ch_span text, ch_err want, const char *part)
{
	dirty();
	check_err(ch_age_recipient_text(&key, &to, &why, text), want);
	says(part);
	assert_true(check_is_zero(&key, sizeof key) && check_is_zero(&to, sizeof to));
}

static void no_identity(ch_span text, ch_err want, const char *part)
{
	dirty();
	check_err(ch_age_identity_text(&key, &id, &why, text), want);
	says(part);
	assert_true(check_is_zero(&key, sizeof key) && check_is_zero(&id, sizeof id));
}

/* A plugin's key: HRP in lower case, three bytes of something. */
static ch_span plugin(const char *hrp, ch_bech32_case kind)
{
	static uint8_t text[256];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_bech32_put(&w, ch_span_str(hrp), CH_LIT("abc"), kind);
	check_ok(ch_wr_done(&w));
	return ch_wr_span(&w);
}

static void test_single(void **state)
{
	(void)state;
	dirty();
	check_ok(ch_age_recipient_text(&key, &to, &why, CH_LIT(RECIPIENT)));
	check_span(key.text, RECIPIENT);
	assert_string_equal(key.plugin, "");
	assert_int_equal(to.type, CH_AGE_X25519);
	check_ok(ch_age_identity_text(&key, &id, &why, CH_LIT(IDENTITY)));
	check_span(key.text, IDENTITY);
	assert_string_equal(key.plugin, "");
	assert_true(ch_age_recipient_eq(&to, &id.recipient));
	ch_age_identity_wipe(&id);
}

/* Names that look like plugins' and are native: age1pq, age1tag. */
static void test_native(void **state)
{
	uint8_t text[CH_AGE_RECIPIENT_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_age_recipient hybrid;

	(void)state;
	check_ok(ch_age_identity_text(&key, &id, &why, CH_LIT(HYBRID)));
	assert_int_equal(id.type, CH_AGE_HYBRID);
	hybrid = id.recipient;
	ch_age_recipient_put(&w, &hybrid);
	check_ok(ch_age_recipient_text(&key, &to, &why, ch_wr_span(&w)));
	assert_string_equal(key.plugin, "");
	assert_true(ch_age_recipient_eq(&to, &hybrid));
	check_ok(ch_age_recipient_text(&key, &to, &why, CH_LIT(TAG)));
	assert_string_equal(key.plugin, "");
	assert_int_equal(to.type, CH_AGE_TAG);
	ch_age_identity_wipe(&id);
}

static void test_single_twins(void **state)
{
	static char big[CH_AGE_LINE_MAX + 2];
	static const uint8_t zero[33];
	uint8_t low[128];
	struct ch_wr w;

	(void)state;
	memset(big, 'a', sizeof big - 1);
	no_recipient(CH_LIT(""), CH_E_FORMAT, "begins with age1");
	no_recipient(CH_LIT(" " RECIPIENT), CH_E_FORMAT, "begins with age1");
	no_recipient(CH_LIT(RECIPIENT " "), CH_E_FORMAT, "not whole");
	no_recipient(CH_LIT("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujw"),
	    CH_E_FORMAT, "not whole");
	no_recipient(CH_LIT("AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ"),
	    CH_E_FORMAT, "begins with age1");
	w = ch_wr_of(low, sizeof low);
	ch_bech32_put(&w, CH_LIT("age"), ch_span_of(zero, 32), CH_BECH32_LOWER);
	no_recipient(ch_wr_span(&w), CH_E_FORMAT, "nobody");
	w = ch_wr_of(low, sizeof low);
	ch_bech32_put(&w, CH_LIT("age1tag"), ch_span_of(zero, 33), CH_BECH32_LOWER);
	no_recipient(ch_wr_span(&w), CH_E_FORMAT, "nobody");
	no_recipient(CH_LIT(IDENTITY), CH_E_FORMAT, "secret, where a recipient");
	no_recipient(CH_LIT(SSH), CH_E_FORMAT, "ssh key");
	no_recipient(CH_LIT("ecdsa-sha2-nistp256 AAAA"), CH_E_FORMAT, "ssh key");
	no_recipient(CH_LIT("sk-ssh-ed25519@openssh.com AAAA"), CH_E_FORMAT, "ssh key");
	no_recipient(CH_LIT("github:alpha"), CH_E_FORMAT, "begins with age1");
	no_recipient(ch_span_of(big, CH_AGE_LINE_MAX + 1), CH_E_LIMIT, "longer");
	no_recipient(ch_span_of(big, CH_AGE_LINE_MAX), CH_E_FORMAT, "begins with age1");
	no_identity(CH_LIT(""), CH_E_FORMAT, "begins with AGE-SECRET-KEY-");
	no_identity(CH_LIT(RECIPIENT), CH_E_FORMAT, "public, where an identity");
	no_identity(CH_LIT(IDENTITY "A"), CH_E_FORMAT, "not whole");
	no_identity(CH_LIT(IDENTITY " "), CH_E_FORMAT, "not whole");
	no_identity(CH_LIT(SSH), CH_E_FORMAT, "ssh key");
	no_identity(CH_LIT("-----BEGIN OPENSSH PRIVATE KEY-----"), CH_E_FORMAT, "ssh key");
	no_identity(ch_span_of(big, CH_AGE_LINE_MAX + 1), CH_E_LIMIT, "longer");
}

/* Names as c2sp.org/age-plugin has them. */
static void test_plugins(void **state)
{
	static const char *const good[] = { "yubikey", "a", "x1y", "a-b_c.d+e", "pq1x", "tag1" };
	static const char *const bad[] = { "", "a/b", "a b", "a~", "..\\x" };
	char hrp[160];

	(void)state;
	for (size_t i = 0; i < CH_COUNT(good); i++) {
		dirty();
		snprintf(hrp, sizeof hrp, "age1%s", good[i]);
		check_ok(ch_age_recipient_text(&key, &to, &why, plugin(hrp, CH_BECH32_LOWER)));
		assert_string_equal(key.plugin, good[i]);
		assert_true(check_is_zero(&to, sizeof to) && key.text.n > 0);
		snprintf(hrp, sizeof hrp, "age-plugin-%s-", good[i]);
		check_ok(ch_age_identity_text(&key, &id, &why, plugin(hrp, CH_BECH32_UPPER)));
		assert_string_equal(key.plugin, good[i]);
		assert_true(check_is_zero(&id, sizeof id));
		no_identity(plugin(hrp, CH_BECH32_LOWER), CH_E_FORMAT, "begins with AGE-");
	}
	for (size_t i = 0; i < CH_COUNT(bad); i++) {
		snprintf(hrp, sizeof hrp, "age1%s", bad[i]);
		no_recipient(plugin(hrp, CH_BECH32_LOWER), CH_E_FORMAT, i == 2 ? "whole" : "name");
		snprintf(hrp, sizeof hrp, "age-plugin-%s-", bad[i]);
		no_identity(plugin(hrp, CH_BECH32_UPPER), CH_E_FORMAT, i == 2 ? "whole" : "name");
	}
	no_identity(plugin("age-plugin-x", CH_BECH32_UPPER), CH_E_FORMAT, "name");
	no_identity(plugin("age-plugin-", CH_BECH32_UPPER), CH_E_FORMAT, "name");
	snprintf(hrp, sizeof hrp, "age1%064d", 0);
	check_ok(ch_age_recipient_text(&key, &to, &why, plugin(hrp, CH_BECH32_LOWER)));
	assert_int_equal(strlen(key.plugin), CH_AGE_PLUGIN_NAME_MAX);
	snprintf(hrp, sizeof hrp, "age1%065d", 0);
	no_recipient(plugin(hrp, CH_BECH32_LOWER), CH_E_FORMAT, "name");
}

/* Comments of any bytes, empty lines, both line ends, no end at the end. */
static void test_walk(void **state)
{
	static const char text[] = "# a comment \xff\r\n\n\r\n" RECIPIENT "\r\n#\n" RECIPIENT;
	struct ch_age_file f = ch_age_file_of(ch_span_str(text));

	(void)state;
	check_ok(ch_age_file_recipient(&key, &to, &why, &f));
	check_span(key.text, RECIPIENT);
	assert_int_equal(why.at, 4);
	check_ok(ch_age_file_recipient(&key, &to, &why, &f));
	check_span(key.text, RECIPIENT);
	assert_int_equal(why.at, 6);
	for (unsigned i = 0; i < 2; i++) {
		dirty();
		check_err(ch_age_file_recipient(&key, &to, &why, &f), CH_E_ABSENT);
		assert_null(why.what);
		assert_true(check_is_zero(&key, sizeof key) && check_is_zero(&to, sizeof to));
	}
	assert_int_equal(f.n_keys, 2);
	f = ch_age_file_of(CH_LIT("# created\n# public key: x\n" IDENTITY "\n"));
	check_ok(ch_age_file_identity(&key, &id, &why, &f));
	assert_int_equal(why.at, 3);
	check_err(ch_age_file_identity(&key, &id, &why, &f), CH_E_ABSENT);
}

static void walk_fails(const char *text, ch_err want, size_t line, const char *part)
{
	struct ch_age_file f = ch_age_file_of(ch_span_str(text)), g = f;
	ch_err e;

	while ((e = ch_age_file_recipient(&key, &to, &why, &f)) == CH_OK)
		;
	check_err(e, want);
	assert_int_equal(why.at, line);
	says(part);
	check_err(ch_age_file_recipient(&key, &to, &why, &f), want); /* it sticks */
	while ((e = ch_age_file_identity(&key, &id, &why, &g)) == CH_OK)
		;
	assert_int_not_equal(e, CH_E_ABSENT);
}

static void test_walk_twins(void **state)
{
	(void)state;
	walk_fails("", CH_E_FORMAT, 0, "no recipient");
	walk_fails("\n#" RECIPIENT "\n\n", CH_E_FORMAT, 3, "no recipient");
	walk_fails(RECIPIENT "\n\n " RECIPIENT "\n", CH_E_FORMAT, 3, "begins with age1");
	walk_fails(RECIPIENT "\n " "\n", CH_E_FORMAT, 2, "begins with age1");
	walk_fails(RECIPIENT "\r\r\n", CH_E_FORMAT, 1, "not whole");
	walk_fails(RECIPIENT " # me\n", CH_E_FORMAT, 1, "not whole");
	walk_fails(RECIPIENT "\n" SSH "\n", CH_E_FORMAT, 2, "ssh key");
	walk_fails("#\n" SSH, CH_E_FORMAT, 2, "ssh key");
}

/* As many keys as are taken, and one more. */
static void test_walk_bounds(void **state)
{
	size_t one = sizeof RECIPIENT, n = (CH_AGE_FILE_KEYS + 1) * one;
	char *text = malloc(n), *p = text;
	struct ch_age_file f;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i <= CH_AGE_FILE_KEYS; i++, p += one)
		memcpy(p, RECIPIENT "\n", one);
	f = ch_age_file_of(ch_span_of(text, n - one));
	for (size_t i = 0; i < CH_AGE_FILE_KEYS; i++)
		check_ok(ch_age_file_recipient(&key, &to, &why, &f));
	check_err(ch_age_file_recipient(&key, &to, &why, &f), CH_E_ABSENT);
	f = ch_age_file_of(ch_span_of(text, n));
	for (size_t i = 0; i < CH_AGE_FILE_KEYS; i++)
		check_ok(ch_age_file_recipient(&key, &to, &why, &f));
	check_err(ch_age_file_recipient(&key, &to, &why, &f), CH_E_LIMIT);
	assert_int_equal(why.at, CH_AGE_FILE_KEYS + 1);
	free(text);
}

static void test_sealed(void **state)
{
	(void)state;
	assert_true(ch_age_file_is_sealed(CH_LIT("age-encryption.org/v1\n")));
	assert_true(ch_age_file_is_sealed(CH_LIT("age-encryption.org/v9\n")));
	assert_true(ch_age_file_is_sealed(CH_LIT("-----BEGIN AGE ENCRYPTED FILE-----\n")));
	assert_true(ch_age_file_is_sealed(CH_LIT("\r\n \n-----BEGIN AGE ENCRYPTED FILE-----\n")));
	assert_false(ch_age_file_is_sealed(CH_LIT("-----BEGIN OPENSSH PRIVATE KEY-----\n")));
	assert_false(ch_age_file_is_sealed(CH_LIT("-----BEGIN")));
	assert_false(ch_age_file_is_sealed(CH_LIT("age-encryption.org")));
	assert_false(ch_age_file_is_sealed(CH_LIT(" age-encryption.org/v1\n")));
	assert_false(ch_age_file_is_sealed(CH_LIT(IDENTITY "\n")));
	assert_false(ch_age_file_is_sealed(CH_LIT("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_native),
		cmocka_unit_test(test_plugins),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_single_twins),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_walk_bounds),
		cmocka_unit_test(test_walk_twins),
	};

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
