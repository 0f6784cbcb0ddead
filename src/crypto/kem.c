/* Key encapsulation: see kem.h. */
#include "kem.h"

#include "ct.h"
#include "hpke.h"
#include "sha3.h"
#include "wipe.h"
#include "wr.h"

_Static_assert(sizeof(ch_xwing_pub) == 1216 && sizeof(ch_xwing_enc) == 1120, "as sent");
_Static_assert(sizeof(ch_pq256_pub) == 1249 && sizeof(ch_pq256_enc) == 1153, "as sent");

/* The two halves of what is random for one encapsulation. */
static void ch_kem_halves(struct ch_secret32 *m, struct ch_secret32 *t,
    const struct ch_secret64 *random)
{
	memcpy(m->b, random->b, sizeof m->b);
	memcpy(t->b, &random->b[sizeof m->b], sizeof t->b);
}

/* draft-ietf-hpke-pq, the combiner of both hybrids: SHA3-256(ss_M | ss_T | ct_T | ek_T | label). */
static void ch_kem_combine(struct ch_secret32 *out, const struct ch_secret32 *m,
    const struct ch_secret32 *t, ch_span ct, ch_span ek, const char *label)
{
	uint8_t text[32 + 32 + 65 + 65 + 16];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_wr_put(&w, ch_span_of(m->b, sizeof m->b));
	ch_wr_put(&w, ch_span_of(t->b, sizeof t->b));
	ch_wr_put(&w, ct);
	ch_wr_put(&w, ek);
	ch_wr_str(&w, label);
	CH_ASSERT(w.err == CH_OK);
	ch_sha3_256(out->b, ch_wr_span(&w));
	ch_wipe(text, sizeof text);
}

static void ch_xwing_combine(struct ch_secret32 *out, const struct ch_secret32 *m,
    const struct ch_secret32 *x, const ch_xkey *ct, const ch_xkey *ek)
{
	ch_kem_combine(out, m, x, ch_span_of(ct->b, sizeof ct->b),
	    ch_span_of(ek->b, sizeof ek->b), "\\.//^\\");
}

/* X25519 of low order is a malformed key, not a failed tag. */
static ch_err ch_kem_x25519(struct ch_secret32 *out, const struct ch_secret32 *sec,
    const ch_xkey *pub)
{
	ch_err e = ch_x25519(out, sec, pub);

	return e == CH_E_AUTH ? CH_E_FORMAT : e;
}

static ch_err ch_kem_mlkem(ch_mlkem_ct *ct, struct ch_secret32 *ss, const ch_mlkem_ek *ek,
    const ch_mlkem_ready *ready, const struct ch_secret32 *m)
{
	if (ready)
		return ch_mlkem_encaps_ready(ct, ss, ready, m);
	return ch_mlkem_encaps_derand(ct, ss, ek, m);
}

ch_err ch_xwing_expand(ch_xwing_pub *pub, struct ch_xwing_key *key,
    const struct ch_secret32 *seed)
{
	struct { struct ch_secret64 d_z; struct ch_secret32 x; } s;
	ch_err e;

	memset(pub, 0, sizeof *pub);
	memset(key, 0, sizeof *key);
	ch_shake256((uint8_t *)&s, sizeof s, ch_span_of(seed->b, sizeof seed->b));
	e = ch_mlkem_keygen_derand(&pub->m, &key->m, &s.d_z);
	if (e == CH_OK) {
		key->x = s.x;
		ch_x25519_base(&pub->x, &s.x);
		CH_CT_PUBLIC(pub, sizeof *pub);
	}
	ch_wipe(&s, sizeof s);
	return e;
}

ch_err ch_xwing_public(ch_xwing_pub *pub, const struct ch_secret32 *seed)
{
	struct ch_xwing_key key;
	ch_err e = ch_xwing_expand(pub, &key, seed);

	ch_wipe(&key, sizeof key);
	return e;
}

ch_err ch_xwing_check(const ch_xwing_pub *pub)
{
	ch_err e = ch_mlkem_ek_check(&pub->m);

	return e == CH_OK ? ch_x25519_check(&pub->x) : e;
}

ch_err ch_xwing_encaps(ch_xwing_enc *enc, struct ch_secret32 *shared, const ch_xwing_pub *to,
    const ch_mlkem_ready *ready, const struct ch_secret64 *random)
{
	struct ch_secret32 m, x, ss_m = { { 0 } }, ss_x = { { 0 } };
	ch_err e;

	ch_kem_halves(&m, &x, random);
	memset(shared, 0, sizeof *shared);
	e = ch_kem_mlkem(&enc->m, &ss_m, &to->m, ready, &m);
	if (e == CH_OK)
		e = ch_kem_x25519(&ss_x, &x, &to->x);
	if (e == CH_OK) {
		ch_x25519_base(&enc->x, &x);
		CH_CT_PUBLIC(&enc->x, sizeof enc->x); /* it is sent */
		ch_xwing_combine(shared, &ss_m, &ss_x, &enc->x, &to->x);
	}
	ch_wipe(&m, sizeof m);
	ch_wipe(&x, sizeof x);
	ch_wipe(&ss_m, sizeof ss_m);
	ch_wipe(&ss_x, sizeof ss_x);
	if (e != CH_OK)
		memset(enc, 0, sizeof *enc);
	return e;
}

ch_err ch_xwing_decaps(struct ch_secret32 *shared, const struct ch_xwing_key *key,
    const ch_xwing_pub *own, const ch_mlkem_ready *ready, const ch_xwing_enc *enc)
{
	struct ch_secret32 ss_m = { { 0 } }, ss_x = { { 0 } };
	ch_err e = ready ? ch_mlkem_decaps_ready(&ss_m, &key->m, ready, &enc->m) :
	    ch_mlkem_decaps(&ss_m, &key->m, &enc->m);

	memset(shared, 0, sizeof *shared);
	if (e == CH_OK)
		e = ch_kem_x25519(&ss_x, &key->x, &enc->x);
	if (e == CH_OK)
		ch_xwing_combine(shared, &ss_m, &ss_x, &enc->x, &own->x);
	ch_wipe(&ss_m, sizeof ss_m);
	ch_wipe(&ss_x, sizeof ss_x);
	return e;
}

/* RFC 9180 section 4.1, Encap: ExtractAndExpand(dh, enc | pkRm). */
ch_err ch_p256_encaps(ch_p256 *enc, struct ch_secret32 *shared, const ch_p256 *to,
    const struct ch_secret32 *scalar)
{
	static const uint8_t suite[5] = { 'K', 'E', 'M', CH_KEM_P256 >> 8, CH_KEM_P256 & 0xff };
	struct ch_secret32 dh;
	uint8_t prk[32], context[2 * sizeof(ch_p256)];
	ch_span id = ch_span_of(suite, sizeof suite);
	ch_err e = ch_p256_dh(enc, &dh, to, scalar);

	memset(shared, 0, sizeof *shared);
	if (e == CH_OK) {
		memcpy(context, enc->b, sizeof enc->b);
		memcpy(&context[sizeof enc->b], to->b, sizeof to->b);
		ch_hpke_extract(prk, id, (ch_span){ 0 }, "eae_prk", ch_span_of(dh.b, sizeof dh.b));
		ch_hpke_expand(shared->b, sizeof shared->b, id, prk, "shared_secret",
		    ch_span_of(context, sizeof context));
		ch_wipe(prk, sizeof prk);
	}
	ch_wipe(&dh, sizeof dh);
	return e;
}

ch_err ch_pq256_check(const ch_pq256_pub *pub)
{
	ch_err e = ch_mlkem_ek_check(&pub->m);

	return e == CH_OK ? ch_p256_check(&pub->t) : e;
}

ch_err ch_pq256_encaps(ch_pq256_enc *enc, struct ch_secret32 *shared, const ch_pq256_pub *to,
    const ch_mlkem_ready *ready, const struct ch_secret64 *random)
{
	struct ch_secret32 m, t, ss_m = { { 0 } }, ss_t = { { 0 } };
	ch_err e;

	ch_kem_halves(&m, &t, random);
	memset(shared, 0, sizeof *shared);
	e = ch_kem_mlkem(&enc->m, &ss_m, &to->m, ready, &m);
	if (e == CH_OK)
		e = ch_p256_dh(&enc->t, &ss_t, &to->t, &t);
	if (e == CH_OK)
		ch_kem_combine(shared, &ss_m, &ss_t, ch_span_of(enc->t.b, sizeof enc->t.b),
		    ch_span_of(to->t.b, sizeof to->t.b), "MLKEM768-P256");
	ch_wipe(&m, sizeof m);
	ch_wipe(&t, sizeof t);
	ch_wipe(&ss_m, sizeof ss_m);
	ch_wipe(&ss_t, sizeof ss_t);
	if (e != CH_OK)
		memset(enc, 0, sizeof *enc);
	return e;
}
