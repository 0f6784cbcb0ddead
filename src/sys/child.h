/*
 * Another program, talked to over its standard input and output. It gets no descriptor of ours
 * but those and a pipe for its errors, default signals, and "/" as its folder. It shares our
 * terminal, so Ctrl-C ends both.
 */
#ifndef CH_CHILD_H
#define CH_CHILD_H

#include "file.h"

struct ch_child {
	int pid;
	int to, from, errors; /* our ends; -1 when closed */
};

/* The program of this name in PATH: whole paths only, never the current folder. ABSENT: none;
 * FORMAT: the name is empty or has a slash. */
CH_MUST_USE ch_err ch_child_find(char out[CH_PATH_MAX], const char *name);

/* Start with one argument. IO, NOMEM. After CH_OK ch_child_end() must follow. */
CH_MUST_USE ch_err ch_child_start(struct ch_child *c, const char *path, const char *arg);

typedef enum { CH_CHILD_WAITED, CH_CHILD_SAID, CH_CHILD_COMPLAINED, CH_CHILD_CLOSED } ch_child_did;

/*
 * Push what is left of *out, and read what comes, whichever goes first; so neither side can
 * block the other. At most one of the two is read: `in` when it SAID something, or `err` when it
 * COMPLAINED; *n bytes. CLOSED: its output ended. WAITED: nothing within wait_ms.
 */
CH_MUST_USE ch_err ch_child_talk(ch_child_did *did, size_t *n, struct ch_child *c, ch_span *out,
    uint8_t *in, size_t in_cap, uint8_t err[256], int wait_ms);

/*
 * Start a program that works by itself until it is ended: `argv` ends with NULL, it reads nothing,
 * and what it says goes to the end of the file `log`. IO, NOMEM. Ended as above.
 */
CH_MUST_USE ch_err ch_child_serve(struct ch_child *c, const char *path, const char *const *argv,
    const char *log);

/* Whether it has ended by itself; then it is as if ch_child_end() had been called. */
bool ch_child_is_over(struct ch_child *c);

/* Close the pipes, give it `grace_ms` to end, then end it. `status`: its exit status, or -1. */
void ch_child_end(struct ch_child *c, int *status, unsigned grace_ms);

#endif
