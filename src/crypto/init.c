/* Starting the libraries: see crypto.h. */
#include "crypto.h"

#include <openssl/crypto.h>
#include <sodium.h>

ch_err ch_crypto_init(void)
{
	if (sodium_init() < 0)
		return CH_E_INTERNAL;
	/* We read no openssl.cnf: nobody's configuration may change what a seal is. */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return CH_E_INTERNAL;
	return ch_aead_fetch() == CH_OK ? CH_OK : CH_E_INTERNAL;
}
