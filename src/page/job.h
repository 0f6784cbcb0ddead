/*
 * Work that waits: the network, sealing, scrypt. A page makes a job, fills in what it needs and
 * starts it; it runs on the one worker thread of its home, in turn, with a copy of the home and its
 * keys of its own, holding the home's lock, so that the command works beside it. The person sees
 * its progress at /h/<n>/jobs/<id> and is led to `go` when it ended well.
 *
 *   page's thread    ch_job_new -> fill arg, go, said -> ch_page_job()
 *   worker           kind->run(j): j->home, j->talks, j->watch as `wants` says; j->why on errors
 *   page's thread    kind->end(j), in any case; then everything is wiped and only the outcome stays
 */
#ifndef CH_JOB_H
#define CH_JOB_H

#include <stdatomic.h>

#include "home.h"
#include "lang.h"
#include "link.h"
#include "talks.h"
#include "watch.h"

#define CH_JOB_GO   512u
#define CH_JOB_SAID 256u

enum {
	CH_JOB_LOCK = 1,       /* hold the home's lock                                    */
	CH_JOB_UNLOCKED = 2,   /* needs the keys; fails calmly when the home was locked   */
	CH_JOB_TALKS = 4,      /* j->talks: those of j->talks_name, in any state          */
	CH_JOB_SIGN_IN = 8,    /* j->watch: their registry, looked at and signed in       */
	CH_JOB_BACKGROUND = 16, /* not a person's: no page, no notice                      */
	CH_JOB_ASKS_AGAIN = 32  /* a wrong passphrase leads to `back` at once             */
};

struct ch_job;
struct ch_desk_home;

typedef struct {
	ch_msg title;    /* "Signing for the paper"                       */
	ch_msg done;     /* "You signed for {0}." with j->said            */
	unsigned wants;  /* a sum of the above                            */
	size_t arg_size; /* j->arg: zeroed, wiped at the end              */
	ch_err (*run)(struct ch_job *j);
	void (*end)(struct ch_job *j); /* may be NULL */
} ch_job_kind;

typedef enum { CH_JOB_WAITS, CH_JOB_RUNS, CH_JOB_ENDED } ch_job_state;

struct ch_job {
	unsigned id;
	const ch_job_kind *kind;
	struct ch_desk_home *at;
	struct ch_job *next;
	ch_job_state state;          /* of the page's thread */
	void *arg;
	char talks_name[CH_TALKS_NAME_MAX + 1];
	char go[CH_JOB_GO];          /* where to when it ended well; empty: the job's page */
	char back[CH_JOB_GO];        /* where to when it did not                          */
	char said[4][CH_JOB_SAID];   /* arguments of kind->done                           */
	ch_err err;
	struct ch_problem why;
	/* progress: run() writes, the page reads */
	_Atomic uint64_t n_done, n_total;
	_Atomic int stage;           /* a ch_msg: what is being done now; -1: the title   */
	_Atomic bool cancelled;      /* run() may look, and answer CH_E_ABSENT            */
	/* of the worker while it runs */
	struct ch_home home;
	struct ch_talks talks;
	struct ch_link link;
	struct ch_watch watch;
	bool fresh_keys;             /* run() put keys into home: the desk takes them over */
};

/* NULL: no memory. */
struct ch_job *ch_job_new(struct ch_desk_home *at, const ch_job_kind *kind);
/* One that was not started after all. */
void ch_job_free(struct ch_job *j);
/* Hand it over; it belongs to the home from now on. Its number. */
unsigned ch_job_start(struct ch_job *j);
/* One of this home that is not forgotten yet (the last 32 that ended are kept), or NULL. */
struct ch_job *ch_job_find(struct ch_desk_home *at, unsigned id);
/* One of a person's that waits or runs, or NULL. */
struct ch_job *ch_job_at_work(struct ch_desk_home *at);
/* Whether one of that kind waits or runs. */
bool ch_job_is_under_way(const struct ch_desk_home *at, const ch_job_kind *kind);

/* For run(): how far it is. */
void ch_job_stage(struct ch_job *j, ch_msg what, uint64_t total);
void ch_job_step(struct ch_job *j, uint64_t done);

/* The workers; of the desk only. */
struct ch_worker;
CH_MUST_USE ch_err ch_worker_new(struct ch_worker **out, struct ch_desk_home *at);
/* Take in what ended: on the page's thread. */
void ch_worker_collect(struct ch_worker *w);
/* No more work: what waits ends as if cancelled, what runs is asked to end. */
void ch_worker_stop(struct ch_worker *w);
/* Whether it does nothing any more. */
bool ch_worker_is_done(struct ch_worker *w);
/* Waits for a job that runs; those that wait end as if cancelled. */
void ch_worker_free(struct ch_worker *w);

#endif
