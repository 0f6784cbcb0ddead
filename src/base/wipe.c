/* Erasing and constant-time comparison: the only such code of the house. */
#include "wipe.h"

#include <stdint.h>
#include <string.h>

void ch_wipe(void *p, size_t n)
{
	if (n == 0)
		return;
	memset(p, 0, n);
	/* The compiler must believe that someone reads the zeros. */
	__asm__ __volatile__("" : : "r"(p) : "memory");
}

/* Hide a value from the optimiser, so that it cannot turn arithmetic into a branch. */
static uint32_t ch_ct_hide(uint32_t x)
{
	__asm__("" : "+r"(x));
	return x;
}

bool ch_ct_equal(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;
	uint32_t d = 0;

	for (size_t i = 0; i < n; i++)
		d = ch_ct_hide(d | (uint32_t)(x[i] ^ y[i]));
	return ch_ct_hide((d - 1) >> 31) != 0;
}

bool ch_ct_is_zero(const void *p, size_t n)
{
	const uint8_t *x = p;
	uint32_t d = 0;

	for (size_t i = 0; i < n; i++)
		d = ch_ct_hide(d | x[i]);
	return ch_ct_hide((d - 1) >> 31) != 0;
}

void ch_ct_move(void *to, const void *from, size_t n, bool yes)
{
	const uint8_t *x = from;
	uint8_t *out = to;
	uint32_t mask = ch_ct_hide(0 - (uint32_t)yes);

	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(out[i] ^ (ch_ct_hide(mask) & (uint32_t)(out[i] ^ x[i])));
}
