/*
 * doc/formats/vectors/home/: the files of two small homes with published keys, one of each version,
 * under a published passphrase at work factor 2, and the texts in them; a text with the sealing key
 * in hardware; texts of keys.age with one fault each.
 */
#include "published.h"

#include "bech32.h"
#include "home.h"
#include "seal.h"

#define PASS CH_LIT("published, never use")

static uint8_t arena[1 << 16];
static struct ch_wr out;
static struct ch_home home;
static struct ch_problem why;

static ch_span since(size_t from)
{
	check_ok(out.err);
	return ch_span_of(out.p + from, out.n - from);
}

static void identity(struct ch_age_identity *id, ch_age_type type, int seed)
{
	struct ch_secret32 random;

	memset(&random, seed, sizeof random);
	check_ok(ch_age_identity_make(id, type, &random));
}

static void fill(struct ch_home *h)
{
	memset(h, 0, sizeof *h);
	h->version = 1;
	snprintf(h->handle, sizeof h->handle, "alpha.example");
	snprintf(h->delegate, sizeof h->delegate, "alpha.example/0123abcd");
	memset(&h->keys.statement, 0x71, 32);
	memset(&h->keys.sign_in, 0x72, 32);
	memset(&h->keys.cosign, 0x73, 32);
	memset(&h->keys.auth, 0x74, 32);
	identity(&h->keys.archive, CH_AGE_X25519, 0x75);
	identity(&h->keys.seal, CH_AGE_X25519, 0x76);
	identity(&h->keys.retired[0], CH_AGE_X25519, 0x77);
	h->keys.n_retired = 1;
}

/* An identity of a plugin, with one byte of data. */
static void token(struct ch_home_token *t, uint8_t data)
{
	struct ch_wr w = ch_wr_of(t->text, sizeof t->text);

	ch_bech32_put(&w, CH_LIT("AGE-PLUGIN-ALPHA-"), ch_span_of(&data, 1), CH_BECH32_UPPER);
	check_ok(ch_wr_done(&w));
	t->n = w.n;
}

/* The same home later: it became hybrid, and once had its sealing key in hardware. */
static void fill_2(struct ch_home *h)
{
	fill(h);
	h->version = 2;
	memcpy(&h->keys.archives[0], &h->keys.archive, sizeof h->keys.archive);
	memcpy(&h->keys.retired[1], &h->keys.seal, sizeof h->keys.seal);
	h->keys.n_archives = 1;
	h->keys.n_retired = 2;
	h->keys.n_tokens = 1;
	token(&h->keys.token[0], 1);
	identity(&h->keys.archive, CH_AGE_HYBRID, 0x79);
	identity(&h->keys.seal, CH_AGE_HYBRID, 0x7a);
}

/* And then has it in hardware again. */
static void fill_token(struct ch_home *h)
{
	fill_2(h);
	memcpy(&h->keys.retired[2], &h->keys.seal, sizeof h->keys.seal);
	ch_age_identity_wipe(&h->keys.seal);
	h->keys.n_retired = 3;
	h->keys.n_tokens = 2;
	h->keys.by_token = true;
	token(&h->keys.token[1], 2);
}

/* Salt 16 × n, file key 16 × n + 1, nonce 16 × n + 2. */
static ch_span seal_pass(uint8_t n, ch_span text)
{
	uint8_t salt[CH_AGE_SCRYPT_SALT];
	struct ch_seal_random fixed = { 0 };
	size_t from = out.n;

	memset(salt, n, sizeof salt);
	memset(&fixed.file_key, n + 1, sizeof fixed.file_key);
	memset(fixed.nonce, n + 2, sizeof fixed.nonce);
	check_ok(ch_seal_buffer_passphrase(&out, text, PASS, salt, 2, &fixed));
	return since(from);
}

/* The texts in keys.age. */
static const struct {
	const char *name;
	void (*fill)(struct ch_home *h);
} texts[] = {
	{ "keys.txt", fill }, { "keys-2.txt", fill_2 }, { "keys-token.txt", fill_token },
};
static char text_of[CH_COUNT(texts)][CH_HOME_KEYS_TEXT];

enum { FIRST, SECOND, TOKEN };

/* Keys' text with one fault each. */
struct fault {
	unsigned base;
	const char *name, *comment, *find, *replace;
	const char *expect;
};

static const struct fault faults[] = {
	{ FIRST, "other-delegate", "of another delegate than home.txt names", "/0123abcd",
	    "/0123abce", "conflict" },
	{ FIRST, "version", "a version that is not there yet", "@v1", "@v2", "format failure" },
	{ FIRST, "exercise", "no such prefix: home.txt says what is an exercise", "chancery/",
	    "chancery-exercise/", "format failure" },
	{ FIRST, "keys-swapped", "`cosign` for `sign-in`", "\nsign-in ", "\ncosign ",
	    "format failure" },
	{ FIRST, "seed-short", "29 bytes in `auth`", "\nauth dHR0", "\nauth ", "format failure" },
	{ FIRST, "identity-lower-case", "`age-secret-key-1…`", "\nseal AGE-SECRET-KEY-1",
	    "\nseal age-secret-key-1", "format failure" },
	{ FIRST, "retired-missing", "`retired 2` and one key", "\nretired 1", "\nretired 2",
	    "truncated" },
	{ FIRST, "retired-more", "`retired 0` and one key", "\nretired 1", "\nretired 0",
	    "format failure" },
	{ FIRST, "line-behind", "a line behind the last", NULL, "note -\n", "format failure" },
	{ SECOND, "version-3", "a version that is not there yet", "@v2", "@v3", "format failure" },
	{ SECOND, "archives-in-first", "version 1, and a line that it has not", "@v2", "@v1",
	    "format failure" },
	{ SECOND, "archives-missing", "`archives 2` and one key", "\narchives 1", "\narchives 2",
	    "format failure" },
	{ SECOND, "archives-many", "`archives 9`, where 8 is the most", "\narchives 1",
	    "\narchives 9", "limit" },
	{ SECOND, "hybrid-lower-case", "`age-secret-key-pq-1…`", "\nseal AGE-SECRET-KEY-PQ-1",
	    "\nseal age-secret-key-pq-1", "format failure" },
	{ SECOND, "archive-in-hardware", "a plugin's key as `archive`",
	    "\narchive AGE-SECRET-KEY-PQ-1", "\narchive AGE-PLUGIN-ALPHA-1", "format failure" },
	{ TOKEN, "hardware-altered", "another plugin, and the checksum of the first",
	    "\nseal AGE-PLUGIN-ALPHA-", "\nseal AGE-PLUGIN-ALPHB-", "format failure" },
	{ TOKEN, "hardware-missing", "`retired 5` and four keys", "\nretired 4", "\nretired 5",
	    "truncated" },
};
#define N_FAULTS 17u
_Static_assert(CH_COUNT(faults) == N_FAULTS, "the number that the page gives");

static void put_fault(const struct fault *f)
{
	const char *keys = text_of[f->base];
	const char *p = f->find ? strstr(keys, f->find) : keys + strlen(keys);
	size_t from = out.n, cut = f->find ? strlen(f->find) : 0;
	char name[64];

	assert_non_null(p);
	CH_WR_LIT(&out, "expect: ");
	ch_wr_str(&out, f->expect);
	CH_WR_LIT(&out, "\nbase: ");
	ch_wr_str(&out, texts[f->base].name);
	CH_WR_LIT(&out, "\ncomment: ");
	ch_wr_str(&out, f->comment);
	CH_WR_LIT(&out, "\n\n");
	ch_wr_put(&out, ch_span_of(keys, (size_t)(p - keys)));
	ch_wr_str(&out, f->replace);
	ch_wr_str(&out, p + cut);
	snprintf(name, sizeof name, "bad/%s.txt", f->name);
	pub_put(name, since(from));
}

/* The files of the home that was filled last. */
static void put_home(const char *folder, uint8_t salt, ch_span keys, ch_span party)
{
	char name[64];
	size_t from;

	snprintf(name, sizeof name, "%s/keys.age", folder);
	pub_put(name, seal_pass(salt, keys));
	snprintf(name, sizeof name, "%s/party-key.age", folder);
	pub_put(name, seal_pass((uint8_t)(salt + 0x10), party));
	from = out.n;
	CH_WR_LIT(&out, "chancery/home@v");
	ch_wr_str(&out, home.version == 1 ? "1" : "2");
	CH_WR_LIT(&out, "\nparty alpha.example\ndelegate alpha.example/0123abcd\nexercise no\n");
	snprintf(name, sizeof name, "%s/home.txt", folder);
	pub_put(name, since(from));
	from = out.n;
	ch_age_recipient_put(&out, &home.keys.archive.recipient);
	CH_WR_LIT(&out, "\n");
	snprintf(name, sizeof name, "%s/archive.txt", folder);
	pub_put(name, since(from));
}

static void made(void **state)
{
	const ch_span party = CH_LIT("chancery/party-key@v1\nparty alpha.example\n"
	    "key eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=\n");

	(void)state;
	out = ch_wr_of(arena, sizeof arena);
	for (size_t i = 0; i < CH_COUNT(texts); i++) {
		size_t from = out.n;
		ch_span text;

		texts[i].fill(&home);
		check_ok(ch_home_keys_format(&out, &home));
		text = since(from);
		snprintf(text_of[i], sizeof text_of[i], "%.*s", (int)text.n,
		    (const char *)text.p);
		pub_put(texts[i].name, text);
		if (i != TOKEN)
			put_home(i == FIRST ? "home" : "home-2", i == FIRST ? 0x10 : 0x30, text,
			    party);
	}
	pub_put("party-key.txt", party);
	pub_put("passphrase", PASS);
	for (size_t i = 0; i < N_FAULTS; i++)
		put_fault(&faults[i]);
	pub_all(13 + N_FAULTS);
}

/* ---- what the code makes of the files ---- */

static void unlock(const char *folder, const char *text, unsigned version)
{
	static struct ch_home h;
	static uint8_t buf[CH_HOME_KEYS_TEXT];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);
	ch_span keys = pub_read(text), pass = pub_read("passphrase");
	struct ch_secret32 seed;

	check_ok(ch_home_open(&h, pub_path(folder), &why));
	assert_string_equal(h.delegate, "alpha.example/0123abcd");
	assert_int_equal(h.version, version);
	assert_false(h.exercise);
	check_err(ch_home_unlock(&h, CH_LIT("another"), &why), CH_E_LOCKED);
	check_ok(ch_home_unlock(&h, pass, &why));
	check_ok(ch_home_keys_format(&w, &h));
	assert_true(ch_span_eq(ch_wr_span(&w), keys));
	check_ok(ch_home_party_key(&seed, &h, pass, &why));
	for (size_t i = 0; i < sizeof seed; i++)
		assert_int_equal(seed.b[i], 0x78);
	ch_home_close(&h);
	pub_free(keys);
	pub_free(pass);
}

static void unlocked(void **state)
{
	(void)state;
	unlock("home", "keys.txt", 1);
	unlock("home-2", "keys-2.txt", 2);
}

/* Every text is read and written again as it is. */
static void again(void **state)
{
	static uint8_t buf[CH_HOME_KEYS_TEXT];

	(void)state;
	for (size_t i = 0; i < CH_COUNT(texts); i++) {
		static struct ch_home_keys k;
		struct ch_wr w = ch_wr_of(buf, sizeof buf);
		ch_span text = pub_read(texts[i].name);

		texts[i].fill(&home);
		check_ok(ch_home_keys_parse(&k, &home, text));
		assert_int_equal(k.by_token, i == TOKEN);
		memcpy(&home.keys, &k, sizeof k);
		check_ok(ch_home_keys_format(&w, &home));
		assert_true(ch_span_eq(ch_wr_span(&w), text));
		pub_free(text);
	}
}

static const char *verdict(ch_err e)
{
	return e == CH_E_CONFLICT ? "conflict" : e == CH_E_LIMIT ? "limit" : pub_expect(e);
}

static void refused(void **state)
{
	unsigned n = 0;

	(void)state;
	fill(&home);
	for (size_t i = 0; i < N_FAULTS; i++) {
		static struct ch_home_keys k;
		const char *text, *got;
		char name[64];
		ch_span file;

		snprintf(name, sizeof name, "bad/%s.txt", faults[i].name);
		file = pub_read(name);
		text = strstr((const char *)file.p, "\n\n");
		assert_non_null(text);
		got = verdict(ch_home_keys_parse(&k, &home, ch_span_str(text + 2)));
		assert_true(check_is_zero(&k, sizeof k));
		if (strcmp(got, faults[i].expect) != 0 ||
		    strncmp((const char *)file.p + 8, got, strlen(got)) != 0)
			print_error("%s: %s\n", name, got);
		else
			n++;
		pub_free(file);
	}
	assert_int_equal(n, N_FAULTS);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made), cmocka_unit_test(unlocked), cmocka_unit_test(again),
		cmocka_unit_test(refused),
	};

	pub_begin("home", argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
