/* X25519 by libsodium: see crypto.h. */
#include "crypto.h"

#include "ct.h"
#include "wipe.h"

#include <sodium.h>

ch_err ch_x25519(struct ch_secret32 *out, const struct ch_secret32 *sec, const ch_xkey *pub)
{
	int bad = crypto_scalarmult_curve25519(out->b, sec->b, pub->b);

	CH_CT_PUBLIC(&bad, sizeof bad); /* it depends on the public key alone */
	if (bad == 0)
		return CH_OK;
	ch_wipe(out, sizeof *out);
	return CH_E_AUTH;
}
