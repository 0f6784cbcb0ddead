/* The manual, made HTML by the build (tools/make-manual): of our own files, never of anything from
 * outside. */
#ifndef CH_MANUAL_H
#define CH_MANUAL_H

#include "span.h"

typedef struct {
	const char *name, *title; /* "first-run", "First run" */
	ch_span html;
} ch_manual_page;

extern const ch_manual_page ch_manual[]; /* ended by a NULL name; the first is the index */

#endif
