/* What tools/unicode_tables.c writes. */
#ifndef CH_CHECKER_TABLES_H
#define CH_CHECKER_TABLES_H

#include "utf8proc.h"

/* Runs of code points of one property, from << 8 | class; one ends where the next begins. */
typedef uint32_t ch_uni_run;
/* cp decomposes into a, b (b = 0: into a alone); `composes`: and back. Sorted by cp. */
typedef uint64_t ch_uni_pair;
#define CH_UNI_PAIR(cp, a, b, composes) \
	((uint64_t)(cp) << 43 | (uint64_t)(a) << 22 | (uint64_t)(b) << 1 | (composes))
#define CH_UNI_CP(p) ((int32_t)((p) >> 43))
#define CH_UNI_A(p) ((int32_t)((p) >> 22 & 0x1fffff))
#define CH_UNI_B(p) ((int32_t)((p) >> 1 & 0x1fffff))

extern const utf8proc_property_t ch_uni_class[];
extern const ch_uni_run ch_uni_runs[];
extern const unsigned ch_uni_n_runs;
extern const ch_uni_pair ch_uni_pairs[];
extern const unsigned ch_uni_n_pairs;

#endif
