/* Randomness of the system (getrandom). Everything below F3 gets it as an argument. */
#ifndef CH_RNG_H
#define CH_RNG_H

#include "err.h"

/* RANDOM: none to be had; out is then zero and must not be used. */
CH_MUST_USE ch_err ch_random(void *out, size_t n);

#endif
