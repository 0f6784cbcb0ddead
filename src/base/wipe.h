/* Erase secrets so that no compiler leaves them behind; compare them in constant time. */
#ifndef CH_WIPE_H
#define CH_WIPE_H

#include <stdbool.h>
#include <stddef.h>

/* Zero n bytes at p; the store is never optimised away. */
void ch_wipe(void *p, size_t n);

/* True if the n bytes are equal. Time depends on n alone. */
bool ch_ct_equal(const void *a, const void *b, size_t n);

/* True if all n bytes are zero. Time depends on n alone. */
bool ch_ct_is_zero(const void *p, size_t n);

/* Copy n bytes over those at `to` if `yes`; time depends on n alone. */
void ch_ct_move(void *to, const void *from, size_t n, bool yes);

#endif
