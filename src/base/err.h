/*
 * The one error type of the house.
 *
 * Verdicts are judgements on the input: the caller handles them. Faults are ours or the world's:
 * they pass up unchanged and are reported once, at the top. On any error all outputs are zero.
 */
#ifndef CH_ERR_H
#define CH_ERR_H

#include <stddef.h>

#define CH_MUST_USE __attribute__((warn_unused_result))
/* Keeps large locals out of the caller's frame: the bound on frames is one on each function. */
#define CH_OWN_FRAME __attribute__((noinline))

typedef enum {
	CH_OK = 0,
	/* verdicts on the input */
	CH_E_TRUNCATED = 1, /* ends before it should                              */
	CH_E_FORMAT,        /* not the one canonical spelling                     */
	CH_E_LIMIT,         /* larger than a bound that the format states         */
	CH_E_AUTH,          /* a signature, MAC, hash or proof does not fit       */
	CH_E_ABSENT,        /* well formed, but what was asked for is not there   */
	CH_E_CONFLICT,      /* true and in contradiction with what is known       */
	CH_E_DENIED,        /* the asker lacks the power                          */
	CH_E_LOCKED,        /* wrong passphrase, or no key at hand                */
	/* faults */
	CH_E_NOMEM = 32,
	CH_E_RANDOM,
	CH_E_IO,
	CH_E_FULL,          /* no room on the disk                                */
	CH_E_DB,
	CH_E_NET,           /* not reached, or cut off: safe to retry             */
	CH_E_INTERNAL,
} ch_err;

/* A short English phrase for `e`, static, never empty. */
const char *ch_err_text(ch_err e);

/* True for faults of ours or of the world, false for verdicts and CH_OK. */
static inline int ch_err_is_fault(ch_err e)
{
	return e >= CH_E_NOMEM;
}

/* What was wrong and where: a static string and an offset, never bytes of the input. */
struct ch_diag {
	const char *what;
	size_t at;
};

/* A programmer's error traps, always. Never used to judge input. */
#define CH_ASSERT(x) ((x) ? (void)0 : __builtin_trap())

#define CH_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
