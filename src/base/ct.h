/*
 * Marks for the constant-time check (test/ct): what is secret, and which secret-derived value may
 * be branched on because it becomes public at that place. They are nothing in an ordinary build.
 */
#ifndef CH_CT_H
#define CH_CT_H

#ifdef CH_CT_CHECK
#include <valgrind/memcheck.h>
#define CH_CT_SECRET(p, n) ((void)VALGRIND_MAKE_MEM_UNDEFINED((p), (n)))
#define CH_CT_PUBLIC(p, n) ((void)VALGRIND_MAKE_MEM_DEFINED((p), (n)))
#else
#define CH_CT_SECRET(p, n) ((void)(p), (void)(n))
#define CH_CT_PUBLIC(p, n) ((void)(p), (void)(n))
#endif

#endif
