/* Inside of a flow: its two ends, with or without armor, in order. flow.c has the middle. */
#ifndef CH_FLOW_INSIDE_H
#define CH_FLOW_INSIDE_H

#include "armor.h"
#include "flow.h"

#define CH_FLOW_PIECE 65536 /* of armor read at once */

/* Armor read and not asked for yet. One piece gives less than two of these. */
struct ch_flow_text {
	struct ch_dearmor_sink sink;
	bool ended;
	ch_err err; /* once all before it was asked for */
	size_t n, at;
	uint8_t bytes[2 * CH_FLOW_PIECE];
	uint8_t piece[CH_FLOW_PIECE];
};

/* Remember where an error came from. */
ch_err ch_flow_at(struct ch_flow *f, ch_flow_side side, ch_err e);

/* The next bytes behind the header: fill buf[0..cap) or stop at the end. */
CH_MUST_USE ch_err ch_flow_pull(uint8_t *buf, size_t *n, struct ch_flow *f, size_t cap);
/* Where the error of the last pull came from: what is in the armor, or its reading. */
ch_flow_side ch_flow_pull_side(const struct ch_flow *f);

/* To the output, in armor if asked for. Errors are of the output. */
CH_MUST_USE ch_err ch_flow_put(struct ch_flow *f, ch_span bytes);
/* The last lines of armor. */
CH_MUST_USE ch_err ch_flow_put_end(struct ch_flow *f);

#endif
