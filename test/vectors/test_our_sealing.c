/*
 * doc/formats/vectors/sealing/: age files of ours to published keys with published randomness, and
 * files with one flaw each. `index` says by whom each opens to what.
 */
#include "published.h"

#include "b64.h"
#include "seal.h"
#include "stmt.h"

static uint8_t arena[1 << 16];
static struct ch_wr out;

static ch_span since(size_t from)
{
	check_ok(out.err);
	return ch_span_of(out.p + from, out.n - from);
}

/* ---- keys ---- */

enum { K, FIRST, SECOND, DEPOSIT, STRANGER, HYBRID, HYBRID_2, KEYS };
static const char *const role[KEYS] = {
	"paper", "first", "second", "deposit", "stranger", "hybrid", "hybrid-second",
};
static struct ch_age_identity id[KEYS];
static ch_age_recipient hardware[2]; /* classic, hybrid */

static void make_keys(const char *file, unsigned first, unsigned end, ch_age_type type)
{
	size_t from = out.n;

	for (unsigned i = first; i < end; i++) {
		struct ch_secret32 r;

		memset(&r, (int)(0x61 + i), sizeof r);
		check_ok(ch_age_identity_make(&id[i], type, &r));
		ch_wr_str(&out, role[i]);
		CH_WR_LIT(&out, " ");
		ch_age_identity_put(&out, &id[i]);
		CH_WR_LIT(&out, " ");
		ch_age_recipient_put(&out, &id[i].recipient);
		CH_WR_LIT(&out, "\n");
	}
	pub_put(file, since(from));
}

/* The two fixed recipients of age's own test plugin: given, not made. Lines as those of `keys`. */
static void take_hardware(void)
{
	ch_span file = pub_read("hardware");
	struct ch_rd r = ch_rd_of(file);

	for (unsigned i = 0; i < 2; i++) {
		(void)ch_rd_until(&r, ' ');
		(void)ch_rd_until(&r, ' ');
		check_ok(ch_age_recipient_parse(&hardware[i], ch_rd_line1(&r)));
	}
	check_ok(ch_rd_done(&r));
	pub_put("hardware", file);
	pub_free(file);
}

/* ---- files ---- */

#define PASS CH_LIT("published, never use")
static struct ch_secret64 wrap[2];
static struct ch_seal_random fixed;
static uint8_t salt[CH_AGE_SCRYPT_SALT];

/* What a file is sealed with follows from one byte, as the page says. */
static void fix_random(uint8_t n)
{
	memset(&fixed.file_key, n, sizeof fixed.file_key);
	memset(fixed.nonce, n + 1, sizeof fixed.nonce);
	memset(&wrap[0], n + 2, sizeof wrap[0]);
	memset(&wrap[1], n + 3, sizeof wrap[1]);
	memset(salt, n + 4, sizeof salt);
	fixed.wrap = wrap;
}

static ch_span seal(uint8_t n, ch_span text, unsigned a, unsigned b)
{
	ch_age_recipient to[2] = { id[a].recipient, id[b].recipient };
	size_t from = out.n;

	fix_random(n);
	check_ok(ch_seal_buffer(&out, text, to, a == b ? 1 : 2, &fixed));
	return since(from);
}

static ch_span make_deposit(void)
{
	ch_stmt s = { .kind = CH_K_DEPOSIT };
	size_t from = out.n;

	s.v[CH_DEP_TALKS] =
	    CH_LIT("0101010101010101010101010101010101010101010101010101010101010101");
	s.v[CH_DEP_PARTY] = CH_LIT("alpha.example");
	s.v[CH_DEP_SUBMISSION] =
	    CH_LIT("0202020202020202020202020202020202020202020202020202020202020202");
	ch_age_identity_put(&out, &id[K]);
	s.v[CH_DEP_IDENTITY] = since(from);
	from = out.n;
	check_ok(ch_stmt_format(&out, &s));
	return since(from);
}

static void put_hybrid(void)
{
	ch_span text = CH_LIT("We agree to meet on Thursday at nine.\n");

	pub_put("hybrid.age", seal(0x60, text, HYBRID, HYBRID));
	pub_put("hybrid-two.age", seal(0x70, text, HYBRID, HYBRID_2));
	for (unsigned i = 0; i < 2; i++) {
		size_t from = out.n;

		fix_random((uint8_t)(0x80 + 0x10 * i));
		check_ok(ch_seal_buffer(&out, text, &hardware[i], 1, &fixed));
		pub_put(i == 0 ? "hardware.age" : "hardware-pq.age", since(from));
	}
}

static void make_good(void)
{
	ch_span text = CH_LIT("We agree to meet on Thursday at nine.\n"), inside;
	size_t from;

	pub_put("small.txt", text);
	pub_put("small.age", seal(0x10, text, K, K));
	pub_put("empty.age", seal(0x20, CH_LIT(""), K, K));
	from = out.n;
	ch_age_identity_put(&out, &id[K]);
	CH_WR_LIT(&out, "\n");
	inside = since(from);
	pub_put("keybox.txt", inside);
	pub_put("keybox.age", seal(0x30, inside, FIRST, SECOND));
	inside = make_deposit();
	pub_put("deposit.txt", inside);
	pub_put("deposit.age", seal(0x40, inside, DEPOSIT, DEPOSIT));
	from = out.n;
	fix_random(0x50);
	check_ok(ch_seal_buffer_passphrase(&out, text, PASS, salt, 2, &fixed));
	pub_put("passphrase.age", since(from));
}

/* ---- flaws: of small.age ---- */

struct seen {
	const char *file, *by, *text, *comment;
	ch_err expect;
};

static const struct seen cases[] = {
	{ "small.age", "paper", "small.txt", "one recipient", CH_OK },
	{ "empty.age", "paper", "", "no text at all", CH_OK },
	{ "keybox.age", "first", "keybox.txt", "the first of two delegates", CH_OK },
	{ "keybox.age", "second", "keybox.txt", "the second", CH_OK },
	{ "deposit.age", "deposit", "deposit.txt", "K's identity for the registry", CH_OK },
	{ "passphrase.age", "-", "small.txt", "work factor 2", CH_OK },
	{ "keybox.age", "stranger", "", "no stanza is his", CH_E_ABSENT },
	{ "bad/share.age", "paper", "", "one letter of the share", CH_E_ABSENT },
	{ "bad/wrapped.age", "paper", "", "one letter of the wrapped file key", CH_E_ABSENT },
	{ "bad/mac.age", "paper", "", "one letter of the header's MAC", CH_E_AUTH },
	{ "bad/stanza-more.age", "paper", "", "a second stanza, put in afterwards", CH_E_AUTH },
	{ "bad/nonce.age", "paper", "", "one bit of the nonce", CH_E_AUTH },
	{ "bad/chunk.age", "paper", "", "one bit of the chunk", CH_E_AUTH },
	{ "bad/tag.age", "paper", "", "one bit of the tag", CH_E_AUTH },
	{ "bad/chunk-cut.age", "paper", "", "the last byte is not there", CH_E_AUTH },
	{ "bad/byte-behind.age", "paper", "", "a byte behind the end", CH_E_AUTH },
	{ "bad/header-cut.age", "paper", "", "cut off within the header", CH_E_TRUNCATED },
	{ "bad/no-payload.age", "paper", "", "nothing behind the nonce", CH_E_TRUNCATED },
	{ "bad/version.age", "paper", "", "`age-encryption.org/v2`", CH_E_FORMAT },
	{ "bad/crlf.age", "paper", "", "CR before an LF of the header", CH_E_FORMAT },
	{ "bad/padded.age", "paper", "", "`=` behind the share", CH_E_FORMAT },
	{ "hybrid.age", "hybrid", "small.txt", "one hybrid recipient", CH_OK },
	{ "hybrid-two.age", "hybrid", "small.txt", "the first of two hybrid ones", CH_OK },
	{ "hybrid-two.age", "hybrid-second", "small.txt", "the second", CH_OK },
	{ "hybrid.age", "hybrid-second", "", "no stanza is his", CH_E_ABSENT },
	{ "hybrid.age", "paper", "", "no key of this type", CH_E_ABSENT },
	{ "hardware.age", "paper", "", "opened by age-plugin-tagtest alone", CH_E_ABSENT },
	{ "hardware-pq.age", "hybrid", "", "opened by age-plugin-tagtest alone", CH_E_ABSENT },
	{ "bad/hybrid-mlkem.age", "hybrid", "", "one letter of the ML-KEM half", CH_E_ABSENT },
	{ "bad/hybrid-x25519.age", "hybrid", "", "one letter of the X25519 half", CH_E_ABSENT },
	{ "bad/hybrid-wrapped.age", "hybrid", "", "one letter of the wrapped key", CH_E_ABSENT },
	{ "bad/hybrid-more.age", "hybrid", "", "a classic stanza, put in afterwards", CH_E_AUTH },
	{ "bad/hybrid-low.age", "hybrid", "", "the X25519 half is zero", CH_E_FORMAT },
	{ "bad/hybrid-cut.age", "hybrid", "", "three bytes too few encapsulated", CH_E_FORMAT },
	{ "bad/hybrid-argument.age", "hybrid", "", "a second argument", CH_E_FORMAT },
	{ "bad/hybrid-padded.age", "hybrid", "", "`=` behind the encapsulated key", CH_E_FORMAT },
};
#define N_CASES 36u
_Static_assert(CH_COUNT(cases) == N_CASES, "the number that the page gives");

enum { SHARE = 32, BODY = 76 }; /* where they begin in small.age, behind 22 bytes of version */

static void flip(char *c)
{
	*c = *c == 'A' ? 'B' : 'A';
}

static void put_bent(const char *name, ch_span whole, size_t at, size_t cut, const char *in)
{
	size_t from = out.n;
	char path[64];

	ch_wr_put(&out, ch_span_of(whole.p, at));
	ch_wr_str(&out, in);
	ch_wr_put(&out, ch_span_of(whole.p + at + cut, whole.n - at - cut));
	snprintf(path, sizeof path, "bad/%s.age", name);
	pub_put(path, since(from));
}

static void put_flipped(const char *name, ch_span whole, size_t at)
{
	char path[64];
	uint8_t *c = check_copy(whole.p, whole.n);

	c[at] ^= 1;
	snprintf(path, sizeof path, "bad/%s.age", name);
	pub_put(path, ch_span_of(c, whole.n));
	free(c);
}

static void put_letter(const char *name, ch_span whole, size_t at)
{
	char path[64];
	uint8_t *c = check_copy(whole.p, whole.n);

	flip((char *)&c[at]);
	snprintf(path, sizeof path, "bad/%s.age", name);
	pub_put(path, ch_span_of(c, whole.n));
	free(c);
}

static void make_bad(void)
{
	ch_span s = seal(0x10, CH_LIT("We agree to meet on Thursday at nine.\n"), K, K);
	size_t head = ch_seal_header_size(&id[K].recipient, 1), nonce = head + CH_AGE_NONCE;
	char stanza[128];

	snprintf(stanza, sizeof stanza, "%.98s", (const char *)s.p + 22);
	put_letter("share", s, SHARE);
	put_letter("wrapped", s, BODY);
	put_letter("mac", s, head - 44);
	put_bent("stanza-more", s, 22, 0, stanza);
	put_flipped("nonce", s, head);
	put_flipped("chunk", s, nonce);
	put_flipped("tag", s, s.n - 1);
	put_bent("chunk-cut", s, s.n - 1, 1, "");
	put_bent("byte-behind", s, s.n, 0, "x");
	put_bent("header-cut", s, 60, s.n - 60, "");
	put_bent("no-payload", s, nonce, s.n - nonce, "");
	put_bent("version", s, 20, 1, "2");
	put_bent("crlf", s, BODY - 1, 0, "\r");
	put_bent("padded", s, BODY - 1, 0, "=");
}

/* Where the parts of hybrid.age begin. 1,120 bytes are 1,494 characters, of 1,088 the last is
 * shared: the X25519 half has the last 42 for itself. */
enum { H_ENC = 22 + 18, H_END = H_ENC + 1494, H_X = H_END - 42, H_BODY = H_END + 1 };

static void put_low(ch_span s)
{
	uint8_t enc[1120], text[1494];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	size_t from = out.n;

	check_ok(ch_b64_parse_n(enc, sizeof enc, ch_span_of(s.p + H_ENC, 1494), CH_B64_RAW));
	memset(&enc[1088], 0, 32);
	ch_b64_put(&w, ch_span_of(enc, sizeof enc), CH_B64_RAW);
	ch_wr_put(&out, ch_span_of(s.p, H_ENC));
	ch_wr_put(&out, ch_wr_span(&w));
	ch_wr_put(&out, ch_span_of(s.p + H_END, s.n - H_END));
	pub_put("bad/hybrid-low.age", since(from));
}

static void make_bad_hybrid(void)
{
	ch_span text = CH_LIT("We agree to meet on Thursday at nine.\n");
	ch_span s = seal(0x60, text, HYBRID, HYBRID), small = seal(0x10, text, K, K);
	char stanza[128];

	put_letter("hybrid-mlkem", s, H_ENC);
	put_letter("hybrid-x25519", s, H_X);
	put_letter("hybrid-wrapped", s, H_BODY);
	snprintf(stanza, sizeof stanza, "%.98s", (const char *)small.p + 22);
	put_bent("hybrid-more", s, 22, 0, stanza);
	put_bent("hybrid-cut", s, H_ENC, 4, "");
	put_bent("hybrid-argument", s, H_END, 0, " A");
	put_bent("hybrid-padded", s, H_END, 0, "=");
	put_low(s);
}

static void make_index(void)
{
	size_t from = out.n;

	for (size_t i = 0; i < N_CASES; i++) {
		CH_WR_LIT(&out, "file ");
		ch_wr_str(&out, cases[i].file);
		CH_WR_LIT(&out, "\ncomment ");
		ch_wr_str(&out, cases[i].comment);
		CH_WR_LIT(&out, "\nkey ");
		ch_wr_str(&out, cases[i].by);
		CH_WR_LIT(&out, "\nexpect ");
		ch_wr_str(&out, pub_expect(cases[i].expect));
		CH_WR_LIT(&out, "\ntext ");
		ch_wr_str(&out, cases[i].text[0] ? cases[i].text : "-");
		CH_WR_LIT(&out, "\n\n");
	}
	pub_put("index", since(from));
}

static void made(void **state)
{
	(void)state;
	out = ch_wr_of(arena, sizeof arena);
	make_keys("keys", K, HYBRID, CH_AGE_X25519);
	make_keys("keys-hybrid", HYBRID, KEYS, CH_AGE_HYBRID);
	take_hardware();
	make_good();
	put_hybrid();
	make_bad();
	make_bad_hybrid();
	make_index();
	pub_all(2 + 8 + 14 + 2 + 4 + 8);
}

/* ---- what the code makes of the files ---- */

static bool opens(const struct seen *c)
{
	static uint8_t text[4096];
	struct ch_open_keys keys = { .pass = PASS, .max_log_n = 2 };
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_span file = pub_read(c->file), want;
	bool ok;
	ch_err e;

	for (unsigned i = 0; i < KEYS; i++)
		if (strcmp(role[i], c->by) == 0)
			keys = (struct ch_open_keys){ .ids = &id[i], .n_ids = 1 };
	e = ch_open_buffer(&w, NULL, file, &keys);
	ok = e == c->expect;
	if (c->text[0]) {
		want = pub_read(c->text);
		ok = ok && ch_span_eq(want, ch_wr_span(&w));
		pub_free(want);
	} else {
		ok = ok && w.n == 0;
	}
	if (!ok)
		print_error("%s: %s, %zu bytes\n", c->file, pub_expect(e), w.n);
	pub_free(file);
	return ok;
}

static void opened(void **state)
{
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < N_CASES; i++)
		n += opens(&cases[i]);
	assert_int_equal(n, N_CASES);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(made), cmocka_unit_test(opened) };

	pub_begin("sealing", argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
