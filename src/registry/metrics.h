/*
 * What a running registry counts, and how it says so: /metrics in the text form of Prometheus,
 * version 0.0.4. Counts only; no name of a party, no address, nothing of a paper.
 */
#ifndef CH_METRICS_H
#define CH_METRICS_H

#include "err.h"
#include "span.h"

#define CH_METRICS_BOUNDS 8

/* What the crew found out before a batch, and the batch did not have to do again. */
typedef enum {
	CH_USED_SIGNATURES,
	CH_USED_DEPOSIT,
	CH_USED_ENVELOPE,
	CH_USED_KEYBOX,
	CH_USED_COUNT
} ch_used;

/* The last place counts what is above all bounds. */
struct ch_histogram {
	uint64_t count[CH_METRICS_BOUNDS + 1], sum;
};

struct ch_metrics {
	uint64_t answers[6];       /* by the hundred of their status */
	uint64_t raw;              /* raw entries that were asked to be appended */
	uint64_t used[CH_USED_COUNT];
	struct ch_histogram batch; /* operations in a batch */
	struct ch_histogram flush; /* microseconds from the last write to durable */
};

void ch_metrics_answer(struct ch_metrics *m, unsigned status);
void ch_metrics_batch(struct ch_metrics *m, uint64_t operations);
void ch_metrics_flush(struct ch_metrics *m, uint64_t us);

#endif
