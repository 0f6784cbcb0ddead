/* age keys, headers and stanzas: the twins that the CCTV files do not show. */
#include "check.h"

#include "bech32.h"
#include "seal.h"

#define RECIPIENT "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
#define IDENTITY "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
#define MAC "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define V1 "age-encryption.org/v1\n"
/* The p256tag stanza of the specification, in parts. */
#define ENC65 \
	"BOqTylUtZFwkMTxd6UENg8kopiMhRJBOUXMv5w2xVOmJu7eezoALGXiNtq5Vka+UQvaYbQvAdwjIJEDaoBaq7So"
#define BODY "bZQpLsV8uGqGPs70J6dVodiHejsZ5BODjaRsB0RcBqI\n"

/* The example of the specification: the identity is 32 bytes of 0x42. */
static void test_keys(void **state)
{
	struct ch_age_identity id;
	ch_age_recipient r;
	uint8_t text[CH_AGE_RECIPIENT_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	(void)state;
	check_ok(ch_age_identity_parse(&id, CH_LIT(IDENTITY)));
	for (size_t i = 0; i < 32; i++)
		assert_int_equal(id.secret.b[i], 0x42);
	check_ok(ch_age_recipient_parse(&r, CH_LIT(RECIPIENT)));
	assert_true(ch_age_recipient_eq(&r, &id.recipient));
	ch_age_recipient_put(&w, &id.recipient);
	check_span(ch_wr_span(&w), RECIPIENT);
	w = ch_wr_of(text, sizeof text);
	ch_age_identity_put(&w, &id);
	check_span(ch_wr_span(&w), IDENTITY);
	ch_age_identity_wipe(&id);
	assert_true(check_is_zero(&id, sizeof id));
}

static void refuse_key(const char *s, ch_err want)
{
	struct ch_age_identity id;
	ch_age_recipient r;

	memset(&id, 0xaa, sizeof id);
	memset(&r, 0xaa, sizeof r);
	check_err(ch_age_recipient_parse(&r, ch_span_str(s)), want);
	check_err(ch_age_identity_parse(&id, ch_span_str(s)), want);
	assert_true(check_is_zero(&r, sizeof r) && check_is_zero(&id, sizeof id));
}

static void test_key_twins(void **state)
{
	static char big[CH_AGE_RECIPIENT_MAX + 2];
	ch_age_recipient r;
	struct ch_age_identity id;

	(void)state;
	refuse_key("", CH_E_FORMAT);
	refuse_key("age1", CH_E_FORMAT);
	refuse_key("AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ", CH_E_FORMAT);
	refuse_key("age-secret-key-1gfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpq4egaex",
	    CH_E_FORMAT);
	refuse_key(RECIPIENT " ", CH_E_FORMAT);
	refuse_key("a12uel5l", CH_E_FORMAT);
	check_err(ch_age_recipient_parse(&r, CH_LIT(IDENTITY)), CH_E_FORMAT);
	check_err(ch_age_identity_parse(&id, CH_LIT(RECIPIENT)), CH_E_FORMAT);
	memset(big, 'a', sizeof big - 1);
	refuse_key(big, CH_E_LIMIT);
}

/* Keys of 31 and 33 bytes with a good checksum. */
static void test_key_sizes(void **state)
{
	uint8_t bytes[33] = { 1 }, text[128];

	(void)state;
	for (size_t n = 0; n <= sizeof bytes; n++) {
		struct ch_wr w = ch_wr_of(text, sizeof text);
		ch_age_recipient r;

		ch_bech32_put(&w, CH_LIT("age"), ch_span_of(bytes, n), CH_BECH32_LOWER);
		check_err(ch_age_recipient_parse(&r, ch_wr_span(&w)),
		    n == 32 ? CH_OK : CH_E_FORMAT);
	}
}

static void header(const char *s, ch_err want, size_t n_stanzas)
{
	uint8_t *p = check_copy(s, strlen(s));
	ch_span in = ch_span_of(p, strlen(s));
	ch_age_header h;
	size_t n, seen = 0;

	if (ch_age_header_parse(&h, in) != want)
		fail_msg("%s", s);
	assert_int_equal(h.n_stanzas, n_stanzas);
	if (want == CH_OK) {
		check_ok(ch_age_header_find(&n, &seen, in));
		assert_int_equal(n, in.n);
		for (size_t k = 0; k < in.n; k++) {
			seen = 0;
			check_err(ch_age_header_find(&n, &seen, ch_span_of(p, k)), CH_E_TRUNCATED);
			assert_int_equal(n, 0);
			check_err(ch_age_header_parse(&h, ch_span_of(p, k)), CH_E_FORMAT);
		}
	} else {
		assert_true(check_is_zero(&h, sizeof h));
	}
	free(p);
}

#define LINE64 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void test_headers(void **state)
{
	(void)state;
	header(V1 "-> a\n\n" MAC, CH_OK, 1);
	header(V1 "-> a ~ !\n\n-> b\nAA\n" MAC, CH_OK, 2);
	header(V1 "-> a\n" LINE64 "\n\n" MAC, CH_OK, 1);
	header(V1 "-> a\n" LINE64 "\n" LINE64 "\nAAA\n" MAC, CH_OK, 1);
	header("", CH_E_FORMAT, 0);
	header(V1, CH_E_FORMAT, 0);
	header(V1 MAC, CH_E_FORMAT, 0);
	header("age-encryption.org/v2\n-> a\n\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> \n\n" MAC, CH_E_FORMAT, 0);
	header(V1 "->\n\n" MAC, CH_E_FORMAT, 0);
	header(V1 "->a\n\n" MAC, CH_E_FORMAT, 0);
	header(V1 "->  a\n\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> a \n\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> a  b\n\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> a\tb\n\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> a\x7f\n\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> \xc3\xa9\n\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> a\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> a\n" LINE64 "\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> a\n" LINE64 "A\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> a\nA\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> a\nAB\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> a\nAA==\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> a\n\n\n" MAC, CH_E_FORMAT, 0);
	header(V1 "-> a\n\n" MAC "\n", CH_E_FORMAT, 0);
	header(V1 "-> a\n\n--- AAAA\n", CH_E_FORMAT, 0);
	header(V1 "-> a\n\n---\n", CH_E_FORMAT, 0);
	header(V1 "-> a\n\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n", CH_E_FORMAT, 0);
}

/* At every place of a long argument: no control character, no DEL, nothing above. */
static void test_printable(void **state)
{
	static const char bad[] = { 0x1f, 0x7f, (char)0x80, (char)0xff };
	char text[300] = V1 "-> ";
	size_t from = strlen(text), n = 150;

	(void)state;
	memset(&text[from], 'a', n);
	memcpy(&text[from + n], "\n\n" MAC, sizeof "\n\n" MAC);
	header(text, CH_OK, 1);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < sizeof bad; k++) {
			text[from + i] = bad[k];
			header(text, CH_E_FORMAT, 0);
		}
		text[from + i] = 'a';
	}
}

static void test_stanza_args(void **state)
{
	struct ch_rd r = ch_rd_of(CH_LIT("-> type one two three\nAAAA\n"));
	uint8_t body[4];
	ch_age_stanza s;

	(void)state;
	ch_age_stanza_rd(&s, &r);
	check_ok(ch_rd_done(&r));
	check_span(s.type, "type");
	assert_int_equal(s.n_args, 3);
	check_span(ch_age_stanza_arg(&s, 0), "one");
	check_span(ch_age_stanza_arg(&s, 1), "two");
	check_span(ch_age_stanza_arg(&s, 2), "three");
	check_ok(ch_age_stanza_body(body, 3, &s));
	check_err(ch_age_stanza_body(body, 2, &s), CH_E_FORMAT);
	check_err(ch_age_stanza_body(body, 4, &s), CH_E_FORMAT);
}

/* The bound: 131,072 bytes are taken, one more is not; other files are refused at once. */
static void test_header_bound(void **state)
{
	static uint8_t b[CH_AGE_HEADER_MAX + 64];
	struct ch_wr w = ch_wr_of(b, sizeof b);
	size_t n, seen = 0, pad = CH_AGE_HEADER_MAX - (sizeof(V1 "-> \n\n" MAC) - 1);
	ch_age_header h;

	(void)state;
	for (size_t more = 0; more <= 1; more++) {
		w = ch_wr_of(b, sizeof b);
		ch_age_version_put(&w);
		CH_WR_LIT(&w, "-> ");
		for (size_t i = 0; i < pad + more; i++)
			ch_wr_u8(&w, 'a');
		CH_WR_LIT(&w, "\n\n" MAC);
		check_ok(ch_wr_done(&w));
		seen = 0;
		check_err(ch_age_header_find(&n, &seen, ch_wr_span(&w)), more ? CH_E_LIMIT : CH_OK);
		check_err(ch_age_header_parse(&h, ch_wr_span(&w)), more ? CH_E_LIMIT : CH_OK);
	}
	seen = 0;
	check_err(ch_age_header_find(&n, &seen, ch_span_of(b, CH_AGE_HEADER_MAX)), CH_E_LIMIT);
	seen = 0;
	check_err(ch_age_header_find(&n, &seen, ch_span_of(b, CH_AGE_HEADER_MAX - 1)),
	    CH_E_TRUNCATED);
	check_err(ch_age_header_find(&n, &seen, CH_LIT("agX")), CH_E_FORMAT);
}

static void test_low_order_recipient(void **state)
{
	static const ch_age_recipient low = { .type = CH_AGE_X25519 };
	static const struct ch_secret64 wrap = { { 9 } };
	const struct ch_seal_random random = { .wrap = &wrap };
	uint8_t out[512];
	struct ch_wr w = ch_wr_of(out, sizeof out);

	(void)state;
	check_err(ch_seal_buffer(&w, CH_LIT("x"), &low, 1, &random), CH_E_FORMAT);
	assert_true(check_is_zero(out, sizeof out) || w.n == 0);
	w = ch_wr_of(out, sizeof out);
	check_err(ch_seal_buffer(&w, CH_LIT("x"), &low, 0, &random), CH_E_ABSENT);
}

/* Stanzas of plugins go in as they are; what is none, or must stand alone, does not. */
static void test_foreign(void **state)
{
	const ch_span whole = CH_LIT("-> example.com/token a\nAAAA\n");
	static const struct { const char *text; ch_err want; } bad[] = {
		{ "-> example.com/token a\nAAAA", CH_E_FORMAT },
		{ "-> example.com/token a\nAAAA\n\n", CH_E_FORMAT },
		{ "-> example.com/token a\nAAB\n", CH_E_FORMAT },
		{ "-> scrypt ajMFur+EJLGaohv/dLRGnw 18\nAAAA\n", CH_E_FORMAT },
		{ "", CH_E_ABSENT },
	};
	const struct ch_seal_random random = { .file_key = { { 4 } } };
	uint8_t out[512];
	struct ch_wr w = ch_wr_of(out, sizeof out);
	struct ch_seal s;
	struct ch_open o;
	ch_age_header h;
	size_t n, seen = 0;

	(void)state;
	check_ok(ch_seal_init(&s));
	check_ok(ch_open_init(&o));
	check_ok(ch_seal_start_with(&s, &w, NULL, 0, whole, &random));
	check_ok(ch_age_header_find(&n, &seen, ch_wr_span(&w)));
	check_ok(ch_age_header_parse(&h, ch_span_of(out, n)));
	assert_true(ch_span_eq(h.stanzas, whole));
	check_ok(ch_open_with_file_key(&o, ch_span_of(out, n), &out[n], &random.file_key));
	for (size_t i = 0; i < CH_COUNT(bad); i++) {
		w = ch_wr_of(out, sizeof out);
		check_err(ch_seal_start_with(&s, &w, NULL, 0, ch_span_str(bad[i].text), &random),
		    bad[i].want);
	}
	ch_seal_deinit(&s);
	ch_open_deinit(&o);
}

/* Nobody here opens them, so that even a crooked one does not spoil the header for the others: the
 * plugin of the hardware judges it. Those of our own types do, wherever they stand. */
static void test_tag_form(void **state)
{
	static const struct { const char *stanza; ch_err want; } t[] = {
		{ "", CH_OK },
		{ "-> p256tag CXBuUw " ENC65 "\n" BODY, CH_OK },
		{ "-> p256tag CXBuUx " ENC65 "\n" BODY, CH_OK },
		{ "-> p256tag CXBu " ENC65 "\n" BODY, CH_OK },
		{ "-> p256tag CXBuUw A" ENC65 "\n" BODY, CH_OK },
		{ "-> p256tag\n" BODY, CH_OK },
		{ "-> p256tag CXBuUw " ENC65 " a\n" BODY, CH_OK },
		{ "-> p256tag CXBuUw " ENC65 "\nAAAA\n", CH_OK },
		{ "-> mlkem768p256tag CXBuUw " ENC65 "\n" BODY, CH_OK },
		{ "-> mlkem768x25519 CXBuUw\n" BODY, CH_E_FORMAT },
		{ "-> X25519 CXBuUw\n" BODY, CH_E_FORMAT },
	};
	static struct ch_age_identity id;
	const struct ch_open_keys keys = { .ids = &id, .n_ids = 1 };
	struct ch_secret64 wrap;
	const struct ch_seal_random random = { .wrap = &wrap };
	struct ch_file_key key;
	uint8_t text[2048];
	struct ch_seal s;
	struct ch_open o;

	(void)state;
	memset(&wrap, 7, sizeof wrap);
	check_ok(ch_age_identity_parse(&id, CH_LIT(IDENTITY)));
	check_ok(ch_seal_init(&s));
	check_ok(ch_open_init(&o));
	for (size_t i = 0; i < CH_COUNT(t); i++) {
		struct ch_wr w = ch_wr_of(text, sizeof text);
		size_t n, seen = 0;

		check_ok(ch_seal_start_with(&s, &w, &id.recipient, 1, ch_span_str(t[i].stanza),
		    &random));
		check_ok(ch_age_header_find(&n, &seen, ch_wr_span(&w)));
		check_err(ch_open_start(&o, &key, ch_span_of(text, n), &text[n], &keys), t[i].want);
	}
	ch_seal_deinit(&s);
	ch_open_deinit(&o);
}

static void test_sizes(void **state)
{
	(void)state;
	assert_true(ch_seal_size(100, 0) == 100 + 16 + 16);
	assert_true(ch_seal_size(100, 1) == 100 + 16 + 16 + 1);
	assert_true(ch_seal_size(100, 65536) == 100 + 16 + 16 + 65536);
	assert_true(ch_seal_size(100, 65537) == 100 + 16 + 32 + 65537);
	assert_true(ch_seal_size(100, UINT64_MAX) == UINT64_MAX);
	assert_true(ch_seal_size(100, UINT64_MAX - 200) == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_header_bound),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_key_sizes),
		cmocka_unit_test(test_key_twins),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_low_order_recipient),
		cmocka_unit_test(test_printable),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_stanza_args),
		cmocka_unit_test(test_tag_form),
	};

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
