/* Homes: one form of every file, wrong passphrases, damage, locks. In a folder of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "hex.h"
#include "home.h"
#include "party.h"
#include "token.h"

#define PASS CH_LIT("correct horse battery")

static char folder[] = "/tmp/chancery-home-XXXXXX";
static char dir[CH_PATH_MAX];
static struct ch_home home;
static struct ch_problem why;

static void fresh(void)
{
	memset(&why, 0, sizeof why);
}

static void make(struct ch_home *h, const char *path)
{
	fresh();
	check_ok(ch_party_new(h, &(ch_party_new_ask){ .handle = CH_LIT("alpha.example"),
	    .title = CH_LIT("Alpha"), .person = CH_LIT("a.jones"), .dir = path, .work = 1 }, PASS,
	    &why));
}

static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	check_ok(ch_crypto_init());
	check_ok(ch_path(dir, "%s/home", folder));
	make(&home, dir);
	return 0;
}

static int teardown(void **state)
{
	char cmd[CH_PATH_MAX + 16];

	(void)state;
	ch_home_close(&home);
	(void)snprintf(cmd, sizeof cmd, "rm -rf %s", folder);
	return system(cmd) == 0 ? 0 : -1;
}

static void test_open_and_unlock(void **state)
{
	static struct ch_home h;

	(void)state;
	fresh();
	check_ok(ch_home_open(&h, dir, &why));
	assert_string_equal(h.handle, "alpha.example");
	assert_string_equal(h.delegate, home.delegate);
	assert_false(h.exercise);
	assert_true(check_is_zero(&h.keys, sizeof h.keys));
	check_ok(ch_home_unlock(&h, PASS, &why));
	assert_memory_equal(h.keys.statement.b, home.keys.statement.b, 32);
	assert_memory_equal(h.keys.auth.b, home.keys.auth.b, 32);
	ch_home_close(&h);
	assert_true(check_is_zero(&h.keys, sizeof h.keys));
}

static void test_wrong_passphrase(void **state)
{
	static struct ch_home h;
	struct ch_secret32 seed;

	(void)state;
	fresh();
	check_ok(ch_home_open(&h, dir, &why));
	check_err(ch_home_unlock(&h, CH_LIT("wrong"), &why), CH_E_LOCKED);
	assert_true(strstr(why.text, "wrong passphrase") != NULL);
	assert_false(h.unlocked);
	assert_true(check_is_zero(&h.keys, sizeof h.keys));
	fresh();
	check_err(ch_home_party_key(&seed, &h, CH_LIT("wrong"), &why), CH_E_LOCKED);
	assert_true(check_is_zero(&seed, sizeof seed));
	check_ok(ch_home_party_key(&seed, &h, PASS, &why));
	ch_home_close(&h);
}

static void test_second_home_refused(void **state)
{
	static struct ch_home h;

	(void)state;
	fresh();
	check_err(ch_party_new(&h, &(ch_party_new_ask){ .handle = CH_LIT("alpha.example"),
	    .person = CH_LIT("x"), .dir = dir, .work = 1 }, PASS, &why), CH_E_CONFLICT);
	fresh();
	check_err(ch_party_new(&h, &(ch_party_new_ask){ .handle = CH_LIT("Alpha"),
	    .person = CH_LIT("x"), .dir = dir, .work = 1 }, PASS, &why), CH_E_FORMAT);
	check_ok(ch_home_open(&h, dir, &why));
	check_ok(ch_home_unlock(&h, PASS, &why));
	ch_home_close(&h);
}

/* Every cut and every flipped bit of keys.age: never unlocked, nothing left behind. */
static void test_damaged_keys(void **state)
{
	char path[CH_PATH_MAX];
	static struct ch_home h;
	struct ch_buf whole;
	ch_err e;

	(void)state;
	fresh();
	check_ok(ch_path(path, "%s/keys.age", dir));
	ch_buf_init(&whole, 65536);
	check_ok(ch_file_read(&whole, path));
	check_ok(ch_home_open(&h, dir, &why));
	for (size_t i = 0; i < whole.n; i += i < 200 ? 1 : 37) {
		uint8_t *bytes = check_copy(whole.p, whole.n);

		check_ok(ch_file_write(path, ch_span_of(bytes, i), 0600));
		assert_int_not_equal(ch_home_unlock(&h, PASS, NULL), CH_OK);
		bytes[i] ^= 1;
		check_ok(ch_file_write(path, ch_span_of(bytes, whole.n), 0600));
		e = ch_home_unlock(&h, PASS, NULL);
		free(bytes);
		assert_true(e == CH_E_LOCKED || e == CH_E_AUTH || e == CH_E_FORMAT ||
		    e == CH_E_LIMIT || e == CH_E_TRUNCATED);
		assert_true(check_is_zero(&h.keys, sizeof h.keys));
	}
	check_ok(ch_file_write(path, ch_buf_span(&whole), 0600));
	check_ok(ch_home_unlock(&h, PASS, &why));
	ch_buf_deinit(&whole);
	ch_home_close(&h);
}

static void test_keys_text(void **state)
{
	static uint8_t text[CH_HOME_KEYS_TEXT], again[CH_HOME_KEYS_TEXT];
	struct ch_wr w = ch_wr_of(text, sizeof text), v = ch_wr_of(again, sizeof again);
	static struct ch_home other;

	(void)state;
	memcpy(&home.keys.retired[0], &home.keys.archive, sizeof home.keys.archive);
	home.keys.n_retired = 1;
	check_ok(ch_home_keys_format(&w, &home));
	memcpy(other.delegate, home.delegate, sizeof other.delegate);
	other.version = home.version;
	check_ok(ch_home_keys_parse(&other.keys, &other, ch_span_of(text, w.n)));
	check_ok(ch_home_keys_format(&v, &other));
	assert_true(ch_span_eq(ch_wr_span(&w), ch_wr_span(&v)));
	for (size_t n = 0; n < w.n; n++) {
		assert_int_not_equal(ch_home_keys_parse(&other.keys, &other,
		    ch_span_of(text, n)), CH_OK);
		assert_true(check_is_zero(&other.keys, sizeof other.keys));
	}
	other.delegate[0] = 'b';
	check_err(ch_home_keys_parse(&other.keys, &other, ch_span_of(text, w.n)), CH_E_CONFLICT);
	home.keys.n_retired = 0;
	memset(&home.keys.retired[0], 0, sizeof home.keys.retired[0]);
}

static void test_versions(void **state)
{
	char path[CH_PATH_MAX], newer[CH_PATH_MAX];
	static struct ch_home h;
	struct ch_buf whole;

	(void)state;
	check_ok(ch_path(path, "%s/home.txt", dir));
	ch_buf_init(&whole, 65536);
	check_ok(ch_file_read(&whole, path));
	whole.p[whole.n - 1] = 0;
	(void)snprintf(newer, sizeof newer, "chancery/home@v3\n%s\n", (const char *)whole.p + 17);
	whole.p[whole.n - 1] = '\n';
	check_ok(ch_file_write(path, ch_span_str(newer), 0600));
	fresh();
	check_err(ch_home_open(&h, dir, &why), CH_E_FORMAT);
	assert_true(strstr(why.text, "newer version") != NULL);
	check_ok(ch_file_write(path, ch_span_of(whole.p, whole.n - 1), 0600));
	fresh();
	assert_int_not_equal(ch_home_open(&h, dir, &why), CH_OK);
	assert_true(strstr(why.text, "damaged") != NULL);
	check_ok(ch_file_write(path, ch_buf_span(&whole), 0600));
	check_ok(ch_home_open(&h, dir, &why));
	ch_home_close(&h);
	ch_buf_deinit(&whole);
}

/* New keys for a home: whatever was sealed to the old ones still opens. */
static void renew(struct ch_home *h, ch_age_type from, ch_age_type to)
{
	unsigned retired = h->keys.n_retired, archives = h->keys.n_archives;
	char path[CH_PATH_MAX];
	struct ch_buf out;

	assert_int_equal(h->keys.seal.type, from);
	check_ok(ch_home_path(path, h, "before.age"));
	check_ok(ch_home_seal(h, path, CH_LIT("from before")));
	check_ok(ch_home_renew(h, to, NULL, PASS, &why));
	assert_int_equal(h->keys.seal.type, to);
	assert_int_equal(h->keys.archive.type, to);
	ch_home_close(h);
	check_ok(ch_home_open(h, dir, &why));
	assert_int_equal(h->archive.type, to);
	check_ok(ch_home_unlock(h, PASS, &why));
	assert_int_equal(h->keys.n_retired, retired + 1);
	assert_int_equal(h->keys.n_archives, archives + 1);
	assert_int_equal(h->keys.seal.type, to);
	assert_int_equal(h->keys.retired[retired].type, from);
	ch_buf_init(&out, 65536);
	check_ok(ch_home_unseal(&out, h, path));
	check_span(ch_buf_span(&out), "from before");
	ch_buf_deinit(&out);
}

static void test_renew(void **state)
{
	static struct ch_home h;
	char path[CH_PATH_MAX];
	uint8_t old[CH_AGE_RECIPIENT_MAX + 1];
	size_t n;

	(void)state;
	fresh();
	check_ok(ch_home_open(&h, dir, &why));
	check_ok(ch_home_lock(&h, &why));
	check_ok(ch_home_unlock(&h, PASS, &why));
	check_ok(ch_home_path(path, &h, "archive.txt"));
	check_ok(ch_file_read_into(old, &n, sizeof old, path));
	renew(&h, CH_AGE_HYBRID, CH_AGE_X25519);

	/* Cut off between keys.age and archive.txt: it opens, and the next run mends it. */
	check_ok(ch_file_write(path, ch_span_of(old, n), 0600));
	ch_home_close(&h);
	check_ok(ch_home_open(&h, dir, &why));
	check_ok(ch_home_lock(&h, &why));
	check_ok(ch_home_unlock(&h, PASS, &why));
	assert_int_equal(h.archive.type, CH_AGE_HYBRID);
	check_ok(ch_home_renew(&h, CH_AGE_X25519, NULL, PASS, &why));
	assert_int_equal(h.keys.n_retired, 1);
	assert_int_equal(h.archive.type, CH_AGE_X25519);
	ch_home_close(&h);
	check_ok(ch_home_open(&h, dir, &why));
	assert_int_equal(h.archive.type, CH_AGE_X25519);
	ch_home_close(&h);
}

/* As many as fit, then a refusal that changes nothing. */
static void test_renew_limit(void **state)
{
	static struct ch_home h;
	static const ch_age_type type[2] = { CH_AGE_X25519, CH_AGE_HYBRID };
	char path[CH_PATH_MAX], full[CH_PATH_MAX];
	struct ch_buf before, after;

	(void)state;
	fresh();
	check_ok(ch_path(full, "%s/full", folder));
	make(&h, full);
	check_ok(ch_home_lock(&h, &why));
	for (unsigned i = 0; i < CH_HOME_ARCHIVES_MAX; i++)
		check_ok(ch_home_renew(&h, type[i % 2], NULL, PASS, &why));
	check_ok(ch_home_path(path, &h, "keys.age"));
	ch_buf_init(&before, 65536);
	ch_buf_init(&after, 65536);
	check_ok(ch_file_read(&before, path));
	check_err(ch_home_renew(&h, CH_AGE_X25519, NULL, PASS, &why), CH_E_LIMIT);
	assert_true(strstr(why.text, "nothing was changed") != NULL);
	check_ok(ch_file_read(&after, path));
	assert_true(ch_span_eq(ch_buf_span(&before), ch_buf_span(&after)));
	ch_home_close(&h);
	check_ok(ch_home_open(&h, full, &why));
	check_ok(ch_home_unlock(&h, PASS, &why));
	ch_home_close(&h);
	ch_buf_deinit(&before);
	ch_buf_deinit(&after);
}

static void test_lock(void **state)
{
	struct ch_lock other = { .fd = -1 };
	static struct ch_home h;
	char path[CH_PATH_MAX];

	(void)state;
	fresh();
	check_ok(ch_home_open(&h, dir, &why));
	check_ok(ch_home_lock(&h, &why));
	check_ok(ch_path(path, "%s/lock", dir));
	check_err(ch_lock_take(&other, path, 0), CH_E_CONFLICT);
	ch_home_close(&h);
	check_ok(ch_lock_take(&other, path, 0));
	ch_lock_drop(&other);
}

static void test_seal(void **state)
{
	static struct ch_home h;
	struct ch_buf out;
	char path[CH_PATH_MAX];

	(void)state;
	fresh();
	check_ok(ch_home_open(&h, dir, &why));
	check_ok(ch_home_path(path, &h, "cover.age"));
	check_ok(ch_home_seal(&h, path, CH_LIT("a cover")));
	ch_buf_init(&out, 65536);
	check_err(ch_home_unseal(&out, &h, path), CH_E_LOCKED);
	check_ok(ch_home_unlock(&h, PASS, &why));
	check_ok(ch_home_unseal(&out, &h, path));
	check_span(ch_buf_span(&out), "a cover");
	ch_buf_reset(&out);
	check_ok(ch_file_read(&out, path));
	out.p[out.n - 1] ^= 1;
	check_ok(ch_file_write(path, ch_buf_span(&out), 0600));
	ch_buf_reset(&out);
	check_err(ch_home_unseal(&out, &h, path), CH_E_AUTH);
	assert_int_equal(out.n, 0);
	ch_buf_deinit(&out);
	ch_home_close(&h);
}

static void test_find(void **state)
{
	char base[CH_PATH_MAX], path[CH_PATH_MAX], out[CH_PATH_MAX];
	static struct ch_home h;

	(void)state;
	fresh();
	check_ok(ch_path(base, "%s/data", folder));
	check_ok(ch_path(path, "%s/chancery/one", base));
	assert_int_equal(setenv("XDG_DATA_HOME", base, 1), 0);
	unsetenv("CHANCERY_HOME");
	check_err(ch_home_find(out, NULL, &why), CH_E_ABSENT);
	make(&h, path);
	ch_home_close(&h);
	check_ok(ch_home_find(out, NULL, &why));
	assert_string_equal(out, path);
	check_ok(ch_path(path, "%s/chancery/two", base));
	make(&h, path);
	ch_home_close(&h);
	check_err(ch_home_find(out, NULL, &why), CH_E_CONFLICT);
	assert_true(strstr(why.text, "one, two") != NULL);
	assert_int_equal(setenv("CHANCERY_HOME", path, 1), 0);
	check_ok(ch_home_find(out, NULL, &why));
	assert_string_equal(out, path);
	unsetenv("CHANCERY_HOME");
}

/* ---- keys in hardware ---- */

#define TAG "age1tag1qwe0kafsjrar4txm6heqnhpfuggzr0gvznz7fvygxrlq90u5mq2pysxtw6h"
#define PLUGIN "AGE-PLUGIN-TAGTEST-1CXM4UC"

static void token_file(const char *text, bool hybrid, ch_err want, const char *says)
{
	static struct ch_token t;
	struct ch_problem p = { 0 };
	ch_err e = ch_token_parse(&t, ch_span_str(text), hybrid, &p);

	assert_int_equal(e, want);
	if (want == CH_OK) {
		assert_int_equal(t.to.type, CH_AGE_TAG);
		check_span(ch_span_of(t.key.text, t.key.n), PLUGIN);
	} else {
		assert_non_null(strstr(p.text, says));
		assert_int_equal(t.key.n, 0);
	}
}

static void test_token_file(void **state)
{
	static char big[2048];

	(void)state;
	token_file("# a comment\n#  Recipient: " TAG "\n" PLUGIN "\n", false, CH_OK, "");
	token_file("# public key: " TAG "\r\n\r\n" PLUGIN "\r\n", false, CH_OK, "");
	token_file(TAG "\n" PLUGIN, false, CH_OK, "");
	token_file("# " TAG "\n# the same: " TAG "\n" PLUGIN "\n", false, CH_OK, "");
	token_file("# " TAG "\n" PLUGIN "\n", true, CH_E_FORMAT, "--suite classic");
	token_file("# " TAG "\n", false, CH_E_FORMAT, "no identity");
	token_file(PLUGIN "\n", false, CH_E_FORMAT, "no recipient");
	token_file("", false, CH_E_FORMAT, "no identity");
	token_file("# " TAG "\n" PLUGIN "\n" PLUGIN "\n", false, CH_E_FORMAT, "several identities");
	token_file("# " TAG "h\n" PLUGIN "\n", false, CH_E_FORMAT, "not whole");
	token_file("# " TAG "\n" PLUGIN "X\n", false, CH_E_FORMAT, "copy it again");
	token_file("# " TAG "\nssh-ed25519 AAAA\n", false, CH_E_FORMAT, "ssh");
	token_file("# " TAG "\nwords\n", false, CH_E_FORMAT, "not an identity");
	token_file("# " TAG "\nAGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZ"
	    "GFPQ4EGAEX\n", false, CH_E_FORMAT, "AGE-PLUGIN-");
	memset(big, 'A', sizeof big - 1);
	token_file(big, false, CH_E_FORMAT, "not an identity");
}

/* Into hardware and back: the text of the keys comes back as it went, and nothing is lost. */
static void test_token_keys(void **state)
{
	static struct ch_home h;
	static struct ch_home_token t = { .n = sizeof PLUGIN - 1 };
	static uint8_t text[CH_HOME_KEYS_TEXT], again[CH_HOME_KEYS_TEXT];
	struct ch_wr w = ch_wr_of(text, sizeof text), x = ch_wr_of(again, sizeof again);
	char path[CH_PATH_MAX];

	(void)state;
	memcpy(t.text, PLUGIN, t.n);
	fresh();
	check_ok(ch_path(path, "%s/token", folder));
	make(&h, path);
	check_ok(ch_home_lock(&h, &why));
	check_ok(ch_home_renew(&h, CH_AGE_HYBRID, &t, PASS, &why));
	assert_true(h.keys.by_token && h.keys.n_tokens == 1 && h.keys.n_retired == 1);
	assert_int_equal(h.keys.n_archives, 0);
	check_ok(ch_home_renew(&h, CH_AGE_HYBRID, &t, PASS, &why)); /* nothing new */
	assert_true(h.keys.n_tokens == 1 && h.keys.n_retired == 1);
	check_ok(ch_home_renew(&h, CH_AGE_X25519, NULL, PASS, &why));
	assert_true(!h.keys.by_token && h.keys.n_tokens == 1 && h.keys.n_retired == 1);
	assert_int_equal(h.keys.seal.type, CH_AGE_X25519);
	check_ok(ch_home_renew(&h, CH_AGE_X25519, &t, PASS, &why));
	assert_true(h.keys.by_token && h.keys.n_tokens == 2 && h.keys.n_retired == 2);
	ch_home_close(&h);

	check_ok(ch_home_open(&h, path, &why));
	check_ok(ch_home_lock(&h, &why));
	check_ok(ch_home_unlock(&h, PASS, &why));
	assert_true(h.keys.by_token && h.keys.n_tokens == 2 && h.keys.n_retired == 2);
	check_ok(ch_home_keys_format(&w, &h));
	static struct ch_home_keys keys;
	check_ok(ch_home_keys_parse(&keys, &h, ch_wr_span(&w)));
	memcpy(&h.keys, &keys, sizeof keys);
	check_ok(ch_home_keys_format(&x, &h));
	assert_true(ch_span_eq(ch_wr_span(&w), ch_wr_span(&x)));
	/* Every cut text is refused, and so is the one with the hardware key before ours. */
	for (size_t n = 0; n < w.n; n++)
		assert_int_not_equal(ch_home_keys_parse(&keys, &h, ch_span_of(text, n)), CH_OK);

	check_ok(ch_home_renew(&h, CH_AGE_HYBRID, NULL, PASS, &why));
	check_ok(ch_home_renew(&h, CH_AGE_HYBRID, &t, PASS, &why));
	check_ok(ch_home_renew(&h, CH_AGE_HYBRID, NULL, PASS, &why));
	check_ok(ch_home_renew(&h, CH_AGE_HYBRID, &t, PASS, &why));
	assert_int_equal(h.keys.n_tokens, CH_HOME_TOKENS_MAX);
	check_ok(ch_home_renew(&h, CH_AGE_HYBRID, NULL, PASS, &why));
	check_err(ch_home_renew(&h, CH_AGE_HYBRID, &t, PASS, &why), CH_E_LIMIT);
	ch_home_close(&h);
}

static void read_into(struct ch_buf *b, const char *fmt, const char *x)
{
	char path[CH_PATH_MAX];

	check_ok(ch_path(path, fmt, dir, x));
	ch_buf_reset(b);
	check_ok(ch_file_read(b, path));
}

/* A change of passphrase cut off between its two renames: a backup has the party key that goes with
 * the keys, and after the lock both are in their places. */
static void test_read_sealed(void **state)
{
	static struct ch_home h;
	char at[CH_PATH_MAX], to[CH_PATH_MAX], hex[17] = "";
	struct ch_buf old, keys, party, wanted;
	struct ch_wr w = ch_wr_of(hex, 16);
	ch_hash hash;
	bool both;

	(void)state;
	fresh();
	ch_buf_init(&old, 1u << 16);
	ch_buf_init(&keys, 1u << 16);
	ch_buf_init(&party, 1u << 16);
	ch_buf_init(&wanted, 1u << 16);
	read_into(&old, "%s/%s", "party-key.age");
	check_ok(ch_home_open(&h, dir, &why));
	check_ok(ch_home_read_sealed(&keys, &party, &h));
	assert_true(ch_span_eq(ch_buf_span(&party), ch_buf_span(&old)));
	check_ok(ch_home_lock(&h, &why));
	check_ok(ch_home_change_pass(&both, &h, &(ch_home_pass){ .now = PASS,
	    .fresh = CH_LIT("another one") }, &why));
	assert_true(both);
	read_into(&wanted, "%s/%s", "party-key.age");
	read_into(&keys, "%s/%s", "keys.age");
	ch_sha256(&hash, ch_buf_span(&keys));
	ch_hex_put(&w, ch_span_of(hash.b, 8));
	check_ok(ch_path(at, "%s/party-key.age", dir));
	check_ok(ch_path(to, "%s/party-key.age.%s", dir, hex));
	check_ok(ch_file_rename(to, at));
	check_ok(ch_file_write(at, ch_buf_span(&old), 0600));

	check_ok(ch_home_read_sealed(&keys, &party, &h));
	assert_true(ch_span_eq(ch_buf_span(&party), ch_buf_span(&wanted)));
	check_ok(ch_home_settle_pass(&h));
	check_err(ch_file_size(&(uint64_t){ 0 }, to), CH_E_ABSENT);
	check_ok(ch_file_unlink(at));
	check_ok(ch_home_read_sealed(&keys, &party, &h));
	assert_int_equal(party.n, 0); /* kept elsewhere */
	check_ok(ch_file_write(at, ch_buf_span(&wanted), 0600));
	check_ok(ch_home_change_pass(&both, &h, &(ch_home_pass){ .now = CH_LIT("another one"),
	    .fresh = PASS }, &why));
	ch_home_close(&h);
	ch_buf_deinit(&old);
	ch_buf_deinit(&keys);
	ch_buf_deinit(&party);
	ch_buf_deinit(&wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_and_unlock),
		cmocka_unit_test(test_wrong_passphrase),
		cmocka_unit_test(test_second_home_refused),
		cmocka_unit_test(test_keys_text),
		cmocka_unit_test(test_damaged_keys),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_renew),
		cmocka_unit_test(test_renew_limit),
		cmocka_unit_test(test_token_file),
		cmocka_unit_test(test_token_keys),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_seal),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_read_sealed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
