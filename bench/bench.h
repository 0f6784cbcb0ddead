/*
 * What the bench programs share. Each prints its figures as JSON, one object a line; bench/run
 * makes the table. A step that fails aborts: there is no figure for it.
 */
#ifndef CH_BENCH_H
#define CH_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "span.h"

#define BENCH_RUNS 5

static inline double bench_clock(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline double bench_now(void)
{
	return bench_clock(CLOCK_MONOTONIC);
}

/* For loops that only compute: what others do on the machine does not count. */
static inline double bench_cpu(void)
{
	return bench_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static inline void bench_need(bool ok, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static inline int bench_by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The value below which `part` of all lie; sorts v. */
static inline double bench_quantile(double *v, size_t n, double part)
{
	qsort(v, n, sizeof *v, bench_by_size);
	return n ? v[(size_t)(part * (double)(n - 1))] : 0;
}

/* peer may be NULL. */
static inline void bench_row(const char *what, double ours, const char *unit, const char *peer,
    double theirs)
{
	(void)printf("{\"what\": \"%s\", \"ours\": %.6g, \"unit\": \"%s\"", what, ours, unit);
	if (peer)
		(void)printf(", \"peer\": \"%s\", \"theirs\": %.6g", peer, theirs);
	(void)printf("}\n");
	(void)fflush(stdout);
}

#endif
