/* The four types of recipient: as text, in one file, against each other. */
#include "check.h"

#include "bech32.h"
#include "seal.h"

enum { MANY = 64, TOO_MANY = 85 };

/* The base point of P-256 is a public key like any other. */
static const ch_p256c base = { {
	0x03, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4,
	0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8,
	0x98, 0xc2, 0x96,
} };
static const ch_age_type types[] = { CH_AGE_X25519, CH_AGE_HYBRID, CH_AGE_TAG, CH_AGE_TAGPQ };
static const char *const hrp[] = { "age", "age1pq", "age1tag", "age1tagpq" };

static struct ch_age_identity id[2][4]; /* classic, hybrid */
static ch_age_recipient to[4];          /* as types[] */
static uint8_t sealed[CH_AGE_HEADER_MAX + 4096];
static ch_age_recipient crowd[TOO_MANY];
static struct ch_secret64 wrap[TOO_MANY];
static struct ch_seal_random fresh = { .file_key = { { 1 } }, .nonce = { 2 }, .wrap = wrap };

static int make(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct ch_secret32 seed;

		memset(&seed, (int)(i + 1), sizeof seed);
		check_ok(ch_age_identity_make(&id[0][i], CH_AGE_X25519, &seed));
		check_ok(ch_age_identity_make(&id[1][i], CH_AGE_HYBRID, &seed));
	}
	to[0] = id[0][0].recipient;
	to[1] = id[1][0].recipient;
	to[2].type = CH_AGE_TAG;
	to[2].tag = base;
	to[3].type = CH_AGE_TAGPQ;
	to[3].tagpq.m = to[1].hybrid.m;
	check_ok(ch_p256_decompress(&to[3].tagpq.t, &base));
	for (unsigned i = 0; i < TOO_MANY; i++) {
		crowd[i] = id[1][i % 4].recipient;
		memset(&wrap[i], (int)(i + 3), sizeof wrap[i]);
	}
	return 0;
}

static void recipients(void **state)
{
	static uint8_t text[CH_AGE_RECIPIENT_MAX], again[CH_AGE_RECIPIENT_MAX];
	ch_age_recipient r;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct ch_wr w = ch_wr_of(text, sizeof text), v = ch_wr_of(again, sizeof again);

		assert_int_equal(to[i].type, types[i]);
		assert_int_equal(ch_age_is_hybrid(types[i]), i == 1 || i == 3);
		ch_age_recipient_put(&w, &to[i]);
		check_ok(ch_wr_done(&w));
		check_ok(ch_age_recipient_parse(&r, ch_wr_span(&w)));
		check_ok(ch_age_recipient_check(&r));
		for (unsigned j = 0; j < 4; j++)
			assert_int_equal(ch_age_recipient_eq(&r, &to[j]), i == j);
		ch_age_recipient_put(&v, &r);
		assert_true(ch_span_eq(ch_wr_span(&v), ch_wr_span(&w)));
		check_err(ch_age_recipient_parse(&r, ch_span_of(text, w.n - 1)), CH_E_FORMAT);
		text[w.n / 2] = text[w.n / 2] == 'q' ? 'p' : 'q';
		check_err(ch_age_recipient_parse(&r, ch_wr_span(&w)), CH_E_FORMAT);
		assert_true(check_is_zero(&r, sizeof r));
	}
}

static void identities(void **state)
{
	static struct ch_age_identity back;
	uint8_t text[CH_AGE_IDENTITY_MAX];
	ch_age_recipient r;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct ch_wr w = ch_wr_of(text, sizeof text);

		ch_age_identity_put(&w, &id[i][1]);
		check_ok(ch_age_identity_parse(&back, ch_wr_span(&w)));
		assert_memory_equal(&back.secret, &id[i][1].secret, sizeof back.secret);
		assert_memory_equal(&back.hybrid, &id[i][1].hybrid, sizeof back.hybrid);
		assert_true(ch_age_recipient_eq(&back.recipient, &id[i][1].recipient));
		check_ok(ch_age_identity_recipient(&r, ch_wr_span(&w)));
		assert_true(ch_age_recipient_eq(&r, &id[i][1].recipient));
		text[w.n - 1] = text[w.n - 1] == 'Q' ? 'P' : 'Q';
		check_err(ch_age_identity_recipient(&r, ch_wr_span(&w)), CH_E_FORMAT);
		assert_true(check_is_zero(&r, sizeof r));
	}
}

/* Bytes with a good checksum, as a recipient of each type. */
static ch_err parse(unsigned type, const void *bytes, size_t n)
{
	static uint8_t text[4096];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_age_recipient r;
	ch_err e;

	ch_bech32_put(&w, ch_span_str(hrp[type]), ch_span_of(bytes, n), CH_BECH32_LOWER);
	check_ok(ch_wr_done(&w));
	e = ch_age_recipient_parse(&r, ch_wr_span(&w));
	assert_true(e == CH_OK || check_is_zero(&r, sizeof r));
	return e;
}

static void refused(void **state)
{
	static const uint8_t modulus[32] = {
		0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};
	static const size_t size[] = { 32, 1216, 33, 1249 };
	ch_age_recipient r;
	unsigned on = 0, off = 0;
	ch_p256c c = base;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		const uint8_t *p = to[i].tagpq.m.b;

		check_ok(parse(i, p, size[i]));
		check_err(parse(i, p, size[i] - 1), CH_E_FORMAT);
		for (unsigned j = 0; j < 4; j++)
			if (j != i && size[j] < size[i])
				check_err(parse(i, to[j].tagpq.m.b, size[j]), CH_E_FORMAT);
	}
	/* About half of all x have a point. */
	for (unsigned i = 0; i < 64; i++) {
		c.b[32] = (uint8_t)i;
		*(parse(2, &c, sizeof c) == CH_OK ? &on : &off) += 1;
	}
	assert_true(on > 16 && off > 16 && on + off == 64);
	memcpy(&c.b[1], modulus, sizeof modulus); /* is zero, written in a second way */
	check_err(parse(2, &c, sizeof c), CH_E_FORMAT);
	for (unsigned form = 0; form < 8; form++) {
		c = base;
		c.b[0] = (uint8_t)form;
		check_err(parse(2, &c, sizeof c), form == 2 || form == 3 ? CH_OK : CH_E_FORMAT);
		r = to[3];
		r.tagpq.t.b[0] = (uint8_t)form;
		check_err(parse(3, &r.tagpq, size[3]), form == 4 ? CH_OK : CH_E_FORMAT);
	}
	r = to[3];
	r.tagpq.t.b[64] ^= 1;
	check_err(parse(3, &r.tagpq, size[3]), CH_E_FORMAT);
	for (unsigned i = 1; i < 4; i += 2) {
		r = to[i];
		r.tagpq.m.b[0] = 0x01; /* 3329, the modulus itself */
		r.tagpq.m.b[1] = (uint8_t)((r.tagpq.m.b[1] & 0xf0) | 0x0d);
		check_err(parse(i, r.tagpq.m.b, size[i]), CH_E_FORMAT);
		r.tagpq.m.b[0] = 0x00; /* 3328 */
		check_ok(parse(i, r.tagpq.m.b, size[i]));
	}
	/* Of low order: stock age takes these, nobody can seal to them. */
	for (unsigned i = 0; i < 2; i++) {
		r = to[i];
		memset(i == 0 ? &r.x : &r.hybrid.x, 0, sizeof r.x);
		check_ok(parse(i, r.tagpq.m.b, size[i]));
		check_err(ch_age_recipient_check(&r), CH_E_FORMAT);
		struct ch_wr w = ch_wr_of(sealed, sizeof sealed);

		check_err(ch_seal_buffer(&w, CH_LIT("x"), &r, 1, &fresh), CH_E_FORMAT);
	}
}

/* The table of keys of low order against the product itself, and what lies beside them. */
static void low_order(void **state)
{
	static const struct ch_secret32 any = { { 1 } };
	struct ch_secret32 out;
	unsigned n_low = 0;

	(void)state;
	for (unsigned first = 0; first < 256; first++)
		for (unsigned high = 0; high < 4; high++) {
			ch_xkey k;

			memset(&k, high & 1 ? 0xff : 0, sizeof k);
			k.b[0] = (uint8_t)first;
			k.b[31] = (uint8_t)((high & 1 ? 0x7f : 0) | (high & 2) << 6);
			bool low = ch_x25519(&out, &any, &k) == CH_E_AUTH;

			n_low += low;
			check_err(ch_x25519_check(&k), low ? CH_E_FORMAT : CH_OK);
		}
	assert_int_equal(n_low, 10); /* 0, 1, p - 1, p, p + 1, each with either last bit */
}

static void mixed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned j = 0; j < 4; j++)
			for (unsigned k = 0; k < 4; k++) {
				ch_age_recipient three[3] = { to[i], to[j], to[k] };
				struct ch_wr w = ch_wr_of(sealed, sizeof sealed);
				bool same = i % 2 == j % 2 && i % 2 == k % 2;
				ch_err e = ch_seal_buffer(&w, CH_LIT("x"), three, 3, &fresh);

				check_err(e, same ? CH_OK : CH_E_CONFLICT);
			}
}

/* For each set of the classic types, and each of the hybrid ones. */
static void header_size(void **state)
{
	struct ch_seal s;

	(void)state;
	check_ok(ch_seal_init(&s));
	for (unsigned n = 1; n <= 6; n++)
		for (unsigned set = 0; set < 1u << n; set++)
			for (unsigned hybrid = 0; hybrid < 2; hybrid++) {
				struct ch_wr w = ch_wr_of(sealed, sizeof sealed);
				ch_age_recipient some[6];

				for (unsigned i = 0; i < n; i++)
					some[i] = to[(set >> i & 1) * 2 + hybrid];
				check_ok(ch_seal_start(&s, &w, some, n, &fresh));
				assert_int_equal(w.n - CH_AGE_NONCE,
				    ch_seal_header_size(some, n));
			}
	ch_seal_deinit(&s);
}

static ch_err open_by(const struct ch_age_identity *by, size_t n, size_t n_sealed)
{
	struct ch_open_keys keys = { .ids = by, .n_ids = n };
	uint8_t text[8];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_err e = ch_open_buffer(&w, NULL, ch_span_of(sealed, n_sealed), &keys);

	assert_true(e == CH_OK ? ch_span_eq(ch_wr_span(&w), CH_LIT("x")) : w.n == 0);
	return e;
}

/* Each of three opens; a stranger does not, nor anyone's key of the other type. */
static void wrapped(void **state)
{
	(void)state;
	for (unsigned h = 0; h < 2; h++) {
		ch_age_recipient three[3] = {
			id[h][0].recipient, id[h][1].recipient, id[h][2].recipient,
		};
		struct ch_wr w = ch_wr_of(sealed, sizeof sealed);

		check_ok(ch_seal_buffer(&w, CH_LIT("x"), three, 3, &fresh));
		for (unsigned i = 0; i < 4; i++) {
			check_err(open_by(&id[h][i], 1, w.n), i < 3 ? CH_OK : CH_E_ABSENT);
			check_err(open_by(&id[!h][i], 1, w.n), CH_E_ABSENT);
			check_err(open_by(id[h], i + 1, w.n), CH_OK);
		}
		for (size_t at = 22; at < w.n; at += 29) {
			sealed[at] ^= 1;
			assert_int_not_equal(open_by(&id[h][0], 1, w.n), CH_OK);
			sealed[at] ^= 1;
		}
		check_ok(open_by(&id[h][0], 1, w.n));
	}
}

/* Recipients and identities made ready: the same file, and the same who opens it. */
static void made_ready(void **state)
{
	static uint8_t again[sizeof sealed];
	static ch_age_ready ready[3];
	static const ch_age_ready *const all[3] = { &ready[0], &ready[1], &ready[2] };
	static ch_mlkem_ready own[4];
	struct ch_seal s;

	(void)state;
	check_ok(ch_seal_init(&s));
	for (unsigned set = 0; set < 1u << 3; set++) {
		struct ch_wr w = ch_wr_of(sealed, sizeof sealed);
		struct ch_wr a = ch_wr_of(again, sizeof again);
		ch_age_recipient some[3];

		for (unsigned i = 0; i < 3; i++) {
			some[i] = to[(set >> i & 1) * 2 + (set & 1)];
			check_ok(ch_age_ready_make(&ready[i], &some[i]));
		}
		check_ok(ch_seal_start(&s, &w, some, 3, &fresh));
		check_ok(ch_seal_start_ready(&s, &a, all, 3, &fresh));
		assert_true(ch_span_eq(ch_wr_span(&w), ch_wr_span(&a)));
	}
	check_ok(ch_age_ready_make(&ready[0], &to[0]));
	check_ok(ch_age_ready_make(&ready[1], &to[1]));
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed);

	check_err(ch_seal_start_ready(&s, &w, all, 2, &fresh), CH_E_CONFLICT);
	w = ch_wr_of(sealed, sizeof sealed);
	check_err(ch_seal_start_ready(&s, &w, all, 0, &fresh), CH_E_ABSENT);
	ch_seal_deinit(&s);

	w = ch_wr_of(sealed, sizeof sealed);
	check_ok(ch_seal_buffer(&w, CH_LIT("x"), &id[1][2].recipient, 1, &fresh));
	for (unsigned i = 0; i < 4; i++)
		check_ok(ch_mlkem_ready_make(&own[i], &id[1][i].recipient.hybrid.m));
	for (unsigned n = 1; n <= 4; n++) {
		struct ch_open_keys keys = { .ids = id[1], .n_ids = n, .ready = own };
		uint8_t text[8];
		struct ch_wr out = ch_wr_of(text, sizeof text);

		check_err(ch_open_buffer(&out, NULL, ch_wr_span(&w), &keys),
		    n > 2 ? CH_OK : CH_E_ABSENT);
	}
}

/* A whole roster of delegates fits; one that does not is refused whole. */
static void crowds(void **state)
{
	struct ch_wr w = ch_wr_of(sealed, sizeof sealed);

	(void)state;
	assert_true(ch_seal_header_size(crowd, MANY) <= CH_AGE_HEADER_MAX);
	check_ok(ch_seal_buffer(&w, CH_LIT("x"), crowd, MANY, &fresh));
	check_ok(open_by(&id[1][3], 1, w.n));
	assert_true(ch_seal_header_size(crowd, TOO_MANY - 1) <= CH_AGE_HEADER_MAX);
	assert_true(ch_seal_header_size(crowd, TOO_MANY) > CH_AGE_HEADER_MAX);
	w = ch_wr_of(sealed, sizeof sealed);
	check_ok(ch_seal_buffer(&w, CH_LIT("x"), crowd, TOO_MANY - 1, &fresh));
	w = ch_wr_of(sealed, sizeof sealed);
	check_err(ch_seal_buffer(&w, CH_LIT("x"), crowd, TOO_MANY, &fresh), CH_E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crowds),
		cmocka_unit_test(header_size),
		cmocka_unit_test(identities),
		cmocka_unit_test(low_order),
		cmocka_unit_test(made_ready),
		cmocka_unit_test(mixed),
		cmocka_unit_test(recipients),
		cmocka_unit_test(refused),
		cmocka_unit_test(wrapped),
	};

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, make, NULL);
}
