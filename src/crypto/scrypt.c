/* scrypt by OpenSSL: see crypto.h. */
#include "crypto.h"

#include "wipe.h"

#include <openssl/err.h>
#include <openssl/evp.h>

ch_err ch_scrypt(struct ch_secret32 *out, ch_span pass, ch_span salt, unsigned log_n)
{
	CH_ASSERT(log_n >= 1 && log_n <= 40);
	uint64_t n = UINT64_C(1) << log_n;
	/* 128 r bytes a block: N of them, and a few more of work area that the library counts. */
	uint64_t max = (n << 10) + (UINT64_C(1) << 16);

	/* OpenSSL takes a NULL passphrase for an empty one, and a NULL salt too. */
	if (EVP_PBE_scrypt(pass.n ? (const char *)pass.p : NULL, pass.n, salt.p, salt.n, n, 8, 1,
		max, out->b, sizeof out->b) == 1)
		return CH_OK;
	ERR_clear_error();
	ch_wipe(out, sizeof *out);
	return CH_E_NOMEM;
}
