/* Counting bits, without a call into the compiler's library. */
#ifndef CH_BITS_H
#define CH_BITS_H

#include <stdint.h>

/* How many bits of v are set. */
static inline unsigned ch_bits_count(uint64_t v)
{
	unsigned n = 0;

	for (; v != 0; v &= v - 1)
		n++;
	return n;
}

#endif
