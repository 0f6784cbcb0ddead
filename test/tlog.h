/* What the tests of the log's formats share: keys from a number, names, JSON's base64. */
#ifndef CH_TEST_TLOG_H
#define CH_TEST_TLOG_H

#include "check.h"

#include "b64.h"
#include "vkey.h"

__attribute__((unused)) static void tlog_key(ch_edkey *pub, struct ch_edsecret *sec, uint8_t n)
{
	struct ch_secret32 seed = { { n, 1, 2, 3 } };

	ch_ed25519_keypair(pub, sec, &seed);
}

/* A vkey and its secret from a name and a number. */
__attribute__((unused)) static void tlog_vkey(ch_vkey *out, struct ch_edsecret *sec,
    const char *name, uint8_t type, uint8_t n)
{
	ch_edkey pub;

	tlog_key(&pub, sec, n);
	ch_vkey_make(out, ch_span_str(name), type, &pub);
}

/* Leaf hashes 0..n-1 of the entries "0", "1" … as 4 bytes. */
__attribute__((unused)) static void tlog_entry(uint8_t out[4], uint32_t i)
{
	for (unsigned k = 0; k < 4; k++)
		out[k] = (uint8_t)(i >> 8 * k);
}

#endif
