/* Randomness of the system: see rng.h. */
#include "rng.h"

#include <errno.h>
#include <stdint.h>
#include <sys/random.h>

#include "wipe.h"

ch_err ch_random(void *out, size_t n)
{
	uint8_t *b = out;
	size_t at = 0;

	while (at < n) {
		ssize_t k = getrandom(&b[at], n - at, 0);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0) {
			ch_wipe(out, n);
			return CH_E_RANDOM;
		}
		at += (size_t)k;
	}
	return CH_OK;
}
