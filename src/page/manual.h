/* The manual, made HTML by the build (tools/make-manual): of our own files, never of anything from
 * outside. */
#ifndef CH_MANUAL_H
#define CH_MANUAL_H

#include "span.h"

typedef struct {
	const char *title; /* NULL: not in this language */
	ch_span html;
} ch_manual_text;

typedef struct {
	const char *name;     /* "first-run" */
	ch_manual_text in[2]; /* English, French */
} ch_manual_page;

extern const ch_manual_page ch_manual[]; /* ended by a NULL name; the first is the index */

#endif
