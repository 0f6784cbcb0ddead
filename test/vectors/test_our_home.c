/*
 * doc/formats/vectors/home/: the files of a small home with published keys, under a published
 * passphrase at work factor 2, and the texts in them; texts of keys.age with one fault each.
 */
#include "published.h"

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

static void fill(struct ch_home *h)
{
	struct ch_secret32 seal, archive, retired;

	memset(h, 0, sizeof *h);
	h->version = 1;
	snprintf(h->handle, sizeof h->handle, "alpha.example");
	snprintf(h->delegate, sizeof h->delegate, "alpha.example/0123abcd");
	memset(&h->keys.statement, 0x71, 32);
	memset(&h->keys.sign_in, 0x72, 32);
	memset(&h->keys.cosign, 0x73, 32);
	memset(&h->keys.auth, 0x74, 32);
	memset(&archive, 0x75, 32);
	memset(&seal, 0x76, 32);
	memset(&retired, 0x77, 32);
	check_ok(ch_age_identity_make(&h->keys.archive, CH_AGE_X25519, &archive));
	check_ok(ch_age_identity_make(&h->keys.seal, CH_AGE_X25519, &seal));
	check_ok(ch_age_identity_make(&h->keys.retired[0], CH_AGE_X25519, &retired));
	h->keys.n_retired = 1;
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

/* Keys' text with one fault each. */
struct fault {
	const char *name, *comment, *find, *replace;
	const char *expect;
};

static const struct fault faults[] = {
	{ "other-delegate", "of another delegate than home.txt names", "/0123abcd", "/0123abce",
	    "conflict" },
	{ "version", "a version that is not there yet", "@v1", "@v2", "format failure" },
	{ "exercise", "no such prefix: home.txt says what is an exercise", "chancery/",
	    "chancery-exercise/", "format failure" },
	{ "keys-swapped", "`cosign` for `sign-in`", "\nsign-in ", "\ncosign ", "format failure" },
	{ "seed-short", "29 bytes in `auth`", "\nauth dHR0", "\nauth ", "format failure" },
	{ "identity-lower-case", "`age-secret-key-1…`", "\nseal AGE-SECRET-KEY-1",
	    "\nseal age-secret-key-1", "format failure" },
	{ "retired-missing", "`retired 2` and one key", "\nretired 1", "\nretired 2",
	    "truncated" },
	{ "retired-more", "`retired 0` and one key", "\nretired 1", "\nretired 0",
	    "format failure" },
	{ "line-behind", "a line behind the last", NULL, "note -\n", "format failure" },
};
#define N_FAULTS 9u
_Static_assert(CH_COUNT(faults) == N_FAULTS, "the number that the page gives");

static void put_fault(const struct fault *f, const char *keys)
{
	const char *p = f->find ? strstr(keys, f->find) : keys + strlen(keys);
	size_t from = out.n, cut = f->find ? strlen(f->find) : 0;
	char name[64];

	assert_non_null(p);
	CH_WR_LIT(&out, "expect: ");
	ch_wr_str(&out, f->expect);
	CH_WR_LIT(&out, "\nbase: keys.txt\ncomment: ");
	ch_wr_str(&out, f->comment);
	CH_WR_LIT(&out, "\n\n");
	ch_wr_put(&out, ch_span_of(keys, (size_t)(p - keys)));
	ch_wr_str(&out, f->replace);
	ch_wr_str(&out, p + cut);
	snprintf(name, sizeof name, "bad/%s.txt", f->name);
	pub_put(name, since(from));
}

static void made(void **state)
{
	static char keys[CH_HOME_KEYS_TEXT];
	ch_span text;
	size_t from;

	(void)state;
	out = ch_wr_of(arena, sizeof arena);
	fill(&home);
	check_ok(ch_home_keys_format(&out, &home));
	text = since(0);
	snprintf(keys, sizeof keys, "%.*s", (int)text.n, (const char *)text.p);
	pub_put("keys.txt", text);
	pub_put("home/keys.age", seal_pass(0x10, text));
	text = CH_LIT("chancery/party-key@v1\nparty alpha.example\n"
	    "key eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=\n");
	pub_put("party-key.txt", text);
	pub_put("home/party-key.age", seal_pass(0x20, text));
	pub_put("home/home.txt", CH_LIT("chancery/home@v1\nparty alpha.example\n"
	    "delegate alpha.example/0123abcd\nexercise no\n"));
	from = out.n;
	ch_age_recipient_put(&out, &home.keys.archive.recipient);
	CH_WR_LIT(&out, "\n");
	pub_put("home/archive.txt", since(from));
	pub_put("passphrase", PASS);
	for (size_t i = 0; i < N_FAULTS; i++)
		put_fault(&faults[i], keys);
	pub_all(7 + N_FAULTS);
}

/* ---- what the code makes of the files ---- */

static void unlocked(void **state)
{
	static struct ch_home h;
	static uint8_t buf[CH_HOME_KEYS_TEXT];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);
	ch_span keys = pub_read("keys.txt"), pass = pub_read("passphrase");
	struct ch_secret32 seed;

	(void)state;
	check_ok(ch_home_open(&h, pub_path("home"), &why));
	assert_string_equal(h.delegate, "alpha.example/0123abcd");
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
		ch_err e;

		snprintf(name, sizeof name, "bad/%s.txt", faults[i].name);
		file = pub_read(name);
		text = strstr((const char *)file.p, "\n\n");
		assert_non_null(text);
		e = ch_home_keys_parse(&k, &home, ch_span_str(text + 2));
		got = e == CH_E_CONFLICT ? "conflict" : pub_expect(e);
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
		cmocka_unit_test(made), cmocka_unit_test(unlocked), cmocka_unit_test(refused),
	};

	pub_begin("home", argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
