/* The passphrase stanza: see age_scrypt.h. Spec: c2sp.org/age, "scrypt recipient stanza". */
#include "age_scrypt.h"

#include "b64.h"
#include "ct.h"
#include "dec.h"
#include "wipe.h"

#define CH_AGE_WRAPPED (sizeof(struct ch_file_key) + CH_AEAD_TAG)
#define CH_AGE_LABEL "age-encryption.org/v1/scrypt"

static const uint8_t ch_age_scrypt_nonce[12]; /* "fixed as 12 0x00 bytes" */

/* Key `a` with scrypt(N, r = 8, p = 1, S = label | salt, P = passphrase). */
static ch_err ch_age_scrypt_key(struct ch_aead *a, ch_span pass,
    const uint8_t salt[CH_AGE_SCRYPT_SALT], unsigned log_n)
{
	uint8_t text[sizeof CH_AGE_LABEL - 1 + CH_AGE_SCRYPT_SALT];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_secret32 wrap;
	ch_err e;

	CH_WR_LIT(&w, CH_AGE_LABEL);
	ch_wr_put(&w, ch_span_of(salt, CH_AGE_SCRYPT_SALT));
	e = ch_scrypt(&wrap, pass, ch_wr_span(&w), log_n);
	if (e == CH_OK)
		ch_aead_key(a, &wrap);
	ch_wipe(&wrap, sizeof wrap);
	return e;
}

void ch_age_scrypt_wrap(struct ch_wr *w, struct ch_aead *a, const struct ch_file_key *key,
    ch_span pass, const uint8_t salt[CH_AGE_SCRYPT_SALT], unsigned log_n)
{
	uint8_t text[48], body[CH_AGE_WRAPPED];
	struct ch_wr args = ch_wr_of(text, sizeof text);
	ch_err e;

	CH_ASSERT(log_n >= 1 && log_n <= CH_AGE_SCRYPT_MAX);
	e = ch_age_scrypt_key(a, pass, salt, log_n);
	if (e == CH_OK)
		e = ch_aead_seal(a, body, ch_age_scrypt_nonce, ch_span_of(key->b, sizeof key->b));
	if (e != CH_OK) {
		ch_wr_fail(w, e);
		return;
	}
	CH_WR_LIT(&args, "scrypt ");
	ch_b64_put(&args, ch_span_of(salt, CH_AGE_SCRYPT_SALT), CH_B64_RAW);
	CH_WR_LIT(&args, " ");
	ch_dec_put(&args, log_n);
	ch_age_stanza_put(w, ch_wr_span(&args), ch_span_of(body, sizeof body));
}

/*
 * "MUST reject any scrypt stanza that has more or less than three arguments, where the second
 * argument is not a canonical base64 encoding of a 16-byte value, or where the third argument is
 * not a decimal number composed of only digits with no leading zeroes"; the body as for X25519.
 */
static ch_err ch_age_scrypt_parse(uint8_t salt[CH_AGE_SCRYPT_SALT], uint64_t *log_n,
    uint8_t body[CH_AGE_WRAPPED], const ch_age_stanza *s, uint64_t max)
{
	ch_err e;

	if (s->n_args != 2)
		return CH_E_FORMAT;
	e = ch_b64_parse_n(salt, CH_AGE_SCRYPT_SALT, ch_age_stanza_arg(s, 0), CH_B64_RAW);
	if (e == CH_OK)
		e = ch_age_stanza_body(body, CH_AGE_WRAPPED, s);
	if (e == CH_OK)
		e = ch_dec_parse(log_n, ch_age_stanza_arg(s, 1), max);
	return e == CH_OK && *log_n == 0 ? CH_E_FORMAT : e;
}

ch_err ch_age_scrypt_unwrap(struct ch_file_key *out, struct ch_aead *a, const ch_age_stanza *s,
    ch_span pass, unsigned max_log_n)
{
	uint8_t salt[CH_AGE_SCRYPT_SALT], body[CH_AGE_WRAPPED];
	uint64_t log_n, max = max_log_n < CH_AGE_SCRYPT_MAX ? max_log_n : CH_AGE_SCRYPT_MAX;
	ch_err e = ch_age_scrypt_parse(salt, &log_n, body, s, max);

	memset(out, 0, sizeof *out);
	if (e == CH_OK)
		e = ch_age_scrypt_key(a, pass, salt, (unsigned)log_n);
	if (e != CH_OK)
		return e;
	e = ch_aead_open(a, out->b, ch_age_scrypt_nonce, ch_span_of(body, sizeof body));
	return e == CH_E_AUTH ? CH_E_ABSENT : e;
}
