/*
 * A play: the small world's parties against a real registry in a process of its own, over HTTP.
 * The registry is an exercise and its clock is the world's.
 */
#ifndef CH_TEST_PLAY_H
#define CH_TEST_PLAY_H

#include <sys/types.h>

#include "world.h"

#define PLAY_BODY ((size_t)4 << 20)

struct play {
	struct world w;
	const char *program; /* registry_main */
	const char *shim;    /* LD_PRELOAD and what it shall do, or NULL */
	const char *shim_does;
	char dir[256];
	pid_t pid;
	int ended; /* its exit status, once play_is_gone() said so */
	unsigned port;
	char token[WORLD_PARTIES][WORLD_DELEGATES][65];
};

struct play_answer {
	int status; /* 0: no answer came */
	ch_span body;
	uint8_t room[PLAY_BODY];
};

/* A new registry in a new folder under dir; the world knows its keys. */
void play_open(struct play *p, const char *program);
void play_close(struct play *p);
/* On the heap, running, both parties admitted with a charter, and all delegates signed in. */
struct play *play_opening(const char *program);
/* Close, and free one of the heap. */
void play_free(struct play *p);
/* Run it; false when it did not come up. */
bool play_start(struct play *p);
/* End it by a signal and wait; its exit status. */
int play_stop(struct play *p, int sig);
/* Whether the process has ended by itself. */
bool play_is_gone(struct play *p);
void play_clock(struct play *p);
/* Take over the keys in the statement `registry`, and write the charter with them. */
void play_learn_keys(struct play *p, ch_span registry);

/* One request on a connection of its own. token may be NULL. */
struct play_answer *play_ask(struct play *p, const char *method, const char *path,
    const char *token, ch_span body);
/* Raw bytes out, what comes back until the peer closes. */
struct play_answer *play_raw(struct play *p, ch_span bytes);
bool play_has(const struct play_answer *a, const char *text);

/* Take part i of an `answer` into memory of the world; a missing one fails the test. */
ch_span play_part(struct play *p, const struct play_answer *a, const char *name);

/* Admit both parties, send rosters and charter; each answers with its status, 0 without answer. */
int play_enrol(struct play *p, int party);
int play_roster(struct play *p, int party);
int play_charter(struct play *p);
int play_sign_in(struct play *p, int party, int delegate);
/* All of that but signing in, of both parties, and it goes well. */
void play_admit(struct play *p);

/* A paper, its envelope and its submission, with the next serial after `last` (NULL: the first). */
void play_write(struct play *p, struct world_delivery *d, const struct world_delivery *last,
    ch_span *envelope, ch_span *pack);
/* Sign a bent L again: text of `d->submission` with field f set to v, and a pack of it. */
ch_span play_bend(struct play *p, struct world_delivery *d, unsigned f, ch_span v);
ch_span play_pack(struct play *p, struct world_delivery *d);
struct play_answer *play_put(struct play *p, ch_span envelope);
struct play_answer *play_say(struct play *p, const struct world_delivery *d, const char *what,
    ch_span note);

/* A proof shows that this note is in the register of the registry. */
void play_check_proof(struct play *p, ch_span note, ch_span proof);

#endif
