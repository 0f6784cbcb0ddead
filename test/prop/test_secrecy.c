/*
 * What a cover, an extract of the whole head, D and the sizes say about a passage that is not
 * shown: nothing that a guess could be held against. The guesser has every public byte and tries
 * every rule of paper.md with every 16-byte window as the salt and every 32-byte window as the
 * hash; the same guesser succeeds as soon as the passage itself is shown.
 */
#include "sample.h"

#include "hex.h"

static struct sample s;
static uint8_t public_[1 << 16], window[1 << 16];
static size_t n_public;

static void publish(ch_span bytes)
{
	assert_true(n_public + bytes.n <= sizeof public_);
	memcpy(&public_[n_public], bytes.p, bytes.n);
	n_public += bytes.n;
}

/* All the hex of the public text as bytes too: runs of at least 32 digits. */
static size_t windows(void)
{
	size_t n = 0;

	for (size_t i = 0, run = 0; i <= n_public; i++) {
		uint8_t c = i < n_public ? public_[i] : 0;

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) {
			run++;
			continue;
		}
		if (run >= 32 && run % 2 == 0 &&
		    ch_hex_parse(&window[n], run / 2, ch_span_of(&public_[i - run], run)) == CH_OK)
			n += run / 2;
		run = 0;
	}
	return n;
}

/* A bit for every three bytes with which something public begins: the guesser asks so often that
 * looking through all of it each time took most of the test. */
static uint8_t begins[1 << 21];

static size_t begin_of(const uint8_t *p, uint8_t *bit)
{
	size_t x = (size_t)p[0] << 16 | (size_t)p[1] << 8 | p[2];

	*bit = (uint8_t)(1 << (x & 7));
	return x >> 3;
}

static void mark(const uint8_t *p)
{
	uint8_t bit;
	size_t at = begin_of(p, &bit);

	begins[at] |= bit;
}

static void mark_all(size_t n)
{
	memset(begins, 0, sizeof begins);
	for (size_t i = 0; i + 32 <= n; i += 16)
		mark(&window[i]);
	for (size_t i = 0; i + 32 <= n_public; i++)
		mark(&public_[i]);
}

static bool is_public(const ch_hash *h, size_t n)
{
	uint8_t bit;
	size_t at = begin_of(h->b, &bit);

	if (!(begins[at] & bit))
		return false;
	for (size_t i = 0; i + 32 <= n; i += 16)
		if (memcmp(&window[i], h->b, 32) == 0)
			return true;
	for (size_t i = 0; i + 32 <= n_public; i++)
		if (public_[i] == h->b[0] && memcmp(&public_[i], h->b, 32) == 0)
			return true;
	return false;
}

/* Whether any rule of the format, with any public salt, ties the guess to a public hash. */
static bool guess_fits(const char *guess)
{
	static const uint8_t zero[CH_SALT];
	size_t n = windows();
	ch_span body = ch_span_str(guess), text = ch_span_of(guess, strlen(guess) - 1);
	ch_hash leaf, h;

	mark_all(n);
	ch_sha256(&h, body);
	if (is_public(&h, n))
		return true;
	ch_sha256(&h, text);
	if (is_public(&h, n))
		return true;
	for (size_t i = 0; i <= n; i += 16) {
		const uint8_t *salt = i + CH_SALT <= n ? &window[i] : zero;

		ch_leaf_hash(&leaf, CH_LEAF_PASSAGE, 0, 0, salt, text, false);
		ch_body_commitment(&h, salt, 1, &leaf, false);
		if (is_public(&leaf, n) || is_public(&h, n))
			return true;
		for (size_t k = 0; k + CH_SALT <= n; k += 16) {
			ch_body_commitment(&h, &window[k], 1, &leaf, false);
			if (is_public(&h, n))
				return true;
		}
		if (i + 32 <= n) {
			struct ch_secret32 common;

			memcpy(common.b, &window[i], 32);
			ch_paper_text_line(&h, &s.paper.head, body, &common);
			if (is_public(&h, n))
				return true;
		}
	}
	return false;
}

static void start(const char *body)
{
	static uint8_t buf[1 << 15];
	ch_selection which = { .head = (1u << CH_H_KEYS) - 1 };
	struct ch_wr w = ch_wr_of(buf, sizeof buf);

	sample_make(&s, ch_span_str(body), false, 0);
	n_public = 0;
	publish(sample_cover(&s));
	check_ok(ch_leaves_format(&w, &s.paper, &s.seeds, &which, &s.work));
	publish(ch_wr_span(&w));
	publish(ch_span_of(s.d.b, sizeof s.d.b));
}

static void test_yes_or_no(void **state)
{
	(void)state;
	start("Yes.\n");
	assert_false(guess_fits("Yes.\n"));
	assert_false(guess_fits("No.\n"));
}

/* The guesser is no straw man: one shown passage, and it finds out. */
static void test_guesser_works(void **state)
{
	static uint8_t buf[1 << 15];
	ch_selection which = { .passage = { 1 } };
	struct ch_wr w = ch_wr_of(buf, sizeof buf);

	(void)state;
	start("Yes.\n");
	check_ok(ch_leaves_format(&w, &s.paper, &s.seeds, &which, &s.work));
	publish(ch_wr_span(&w));
	assert_true(guess_fits("Yes.\n"));
	assert_false(guess_fits("No.\n"));
}

/* Nothing of seeds or hidden salts stands in what is public, as bytes or as hex. */
static void test_no_seed_or_salt(void **state)
{
	uint8_t salt[CH_SALT];
	char hex[65];

	(void)state;
	start("Yes.\n");
	for (unsigned k = 0; k < 4; k++) {
		size_t len = k < 3 ? 32 : CH_SALT;
		const uint8_t *secret = k == 0 ? s.seeds.head.b :
		    k == 1                     ? s.seeds.body.b :
		    k == 2                     ? s.seeds.text.b :
		                                 salt;
		struct ch_wr w = ch_wr_of(hex, sizeof hex);

		ch_leaf_salt(salt, &s.seeds, CH_LEAF_PASSAGE, 0, false);
		ch_hex_put(&w, ch_span_of(secret, len));
		assert_null(memmem(public_, n_public, hex, 2 * len));
		assert_null(memmem(public_, n_public, secret, len));
	}
	ch_body_salt(salt, &s.seeds, false);
	struct ch_wr w = ch_wr_of(hex, sizeof hex);

	ch_hex_put(&w, ch_span_of(salt, CH_SALT));
	assert_null(memmem(public_, n_public, hex, 2 * CH_SALT));
}

/* Two copies, all leaves of both shown: the one hash or salt in common is the line `text`. */
static void test_copies(void **state)
{
	static uint8_t a[1 << 16], b[1 << 16];
	static struct sample other;
	ch_selection all = { .head = (1u << CH_H_KEYS) - 1, .passage = { 0x7f }, .info = { 3 },
		.position = { 7 }, .attachment = { 3 } };
	struct ch_wr wa = ch_wr_of(a, sizeof a), wb = ch_wr_of(b, sizeof b);
	unsigned common = 0;

	(void)state;
	sample_make(&s, CH_LIT(SAMPLE_BODY), false, 0);
	sample_make(&other, CH_LIT(SAMPLE_BODY), false, 1);
	check_ok(ch_leaves_format(&wa, &s.paper, &s.seeds, &all, &s.work));
	check_ok(ch_leaves_format(&wb, &other.paper, &other.seeds, &all, &other.work));
	n_public = 0;
	publish(ch_wr_span(&wa));
	size_t n = windows();

	for (size_t i = 0; i + CH_SALT <= n; i += CH_SALT) {
		char hex[33];
		struct ch_wr w = ch_wr_of(hex, sizeof hex);

		ch_hex_put(&w, ch_span_of(&window[i], CH_SALT));
		common += memmem(b, wb.n, hex, 32) != NULL;
	}
	/* Shown as content: talks, text, two digests of attachments: 32 bytes each. */
	assert_int_equal(common, 2 * 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yes_or_no),
		cmocka_unit_test(test_guesser_works),
		cmocka_unit_test(test_no_seed_or_salt),
		cmocka_unit_test(test_copies),
	};

	check_ok(ch_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
