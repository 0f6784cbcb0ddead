/*
 * A load generator for HTTP/1.1 on loopback: many connections, each with its own list of prepared
 * requests or with requests that are made as it goes, one under way at a time. One thread, so that
 * it takes at most one core.
 */
#ifndef CH_BENCH_LOAD_H
#define CH_BENCH_LOAD_H

#include "bench.h"

struct load_ask {
	ch_span bytes;   /* head and body, malloc'd by load_ask() */
	unsigned want;   /* the status it must be answered with   */
	unsigned kind;   /* the caller's                          */
	double from, to; /* seconds: sent, answered               */
};

struct load_line {
	struct load_ask *ask;
	size_t n;
	/* load.c's own */
	int fd;
	struct load_ask *now;
	size_t at, n_in, left;
	bool in_body;
	char in[4096];
	uint8_t *body; /* LOAD_BODY bytes; NULL: answers are thrown away */
	size_t n_body;
};

/* A request; token may be NULL. */
struct load_ask load_ask(const char *method, const char *path, const char *token, ch_span body,
    unsigned want);
void load_free(struct load_ask *a);

/* Run all lines to their end; the seconds it took. An answer of another status aborts. */
double load_run(struct load_line *line, size_t n, uint16_t port);

#define LOAD_BODY 65536u

/* Requests that are made as it goes. */
struct load_live {
	void *ctx;
	/* Line i was answered with this. */
	void (*take)(void *ctx, size_t i, ch_span body);
	/* After all that came at once was taken, before anything more is sent. */
	void (*flush)(void *ctx);
	/* The next request of line i; NULL: it has come to its end. */
	struct load_ask *(*next)(void *ctx, size_t i);
};
double load_run_live(struct load_line *line, size_t n, uint16_t port, const struct load_live *live);

#endif
