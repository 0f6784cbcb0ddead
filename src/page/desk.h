/*
 * The desk: one server on loopback, the homes it serves, who is signed in. All of it belongs to the
 * page's thread. A home is locked until its passphrase was given; its keys are then here until
 * somebody locks it or nobody used it for a while.
 */
#ifndef CH_DESK_H
#define CH_DESK_H

#include "index.h"
#include "job.h"
#include "reading.h"
#include "server.h"
#include "trial.h"

#define CH_DESK_HOMES    16u
#define CH_DESK_SESSIONS 8u
#define CH_DESK_REGISTRIES 8u
#define CH_SECRET_TEXT   43u   /* 32 bytes in base64url */

/* How it stands with one registry. */
typedef struct {
	char origin[CH_NAME_MAX + 1];
	uint64_t next_ms;        /* on ch_clock_ms(): when it is tried again      */
	int64_t last_ok, since;  /* wall clock; since: when it began to fail, or 0 */
	unsigned n_failed;
	ch_err err;              /* NET: not reached; else something that a person must see */
	char text[768];          /* the last problem, a sentence */
	char token[CH_NUMBER_MAX + 1]; /* a paper that waits for the hardware key; or empty */
} ch_desk_contact;

/* Who listens to it: listen.h. */
typedef struct {
	struct ch_listener *listener; /* NULL: nobody           */
	bool none;                    /* it has no news to tell */
	int64_t ended;                /* last_ok of the contact when the last one ended by itself */
} ch_desk_ear;

/* What a person is in the middle of: fetched or dropped, and not confirmed yet. */
typedef enum { CH_HELD_NOTHING, CH_HELD_CARD, CH_HELD_INVITATION, CH_HELD_CHARTER,
	CH_HELD_REQUEST, CH_HELD_WELCOME, CH_HELD_WELCOME_MADE } ch_held_kind;
struct ch_held {
	ch_held_kind kind;
	struct ch_buf bytes;
	char name[CH_LINK_URL_MAX];    /* the address of a card; the talks of a charter; the
	                                * powers chosen for a request, as a number; the
	                                * delegate a welcome was made for */
};

/* A file that was made to be saved: without a name on the disk, until the next one or the lock. */
#define CH_SAVED_NAME 160u
struct ch_saved {
	unsigned id;                   /* of the job that made it */
	struct ch_infile file;
	char name[CH_SAVED_NAME];
};

struct ch_desk_home {
	unsigned n;                    /* its pages are /h/<n>/; 0: for jobs without a home */
	struct ch_desk *desk;
	struct ch_home home;           /* keys only while unlocked */
	char title[256];               /* of the party, from its roster */
	struct ch_lock lock;           /* desk.lock: one desk a home    */
	struct ch_worker *worker;
	struct ch_index *index;        /* NULL until the first look     */
	ch_desk_contact contact[CH_DESK_REGISTRIES];
	size_t n_contacts;
	ch_desk_ear ear[CH_DESK_REGISTRIES];
	struct ch_reading opened;      /* a large paper that was opened last; see page_paper.c */
	char opened_path[256];
	struct ch_held held;
	struct ch_saved saved;
	/* The clock that papers are dated by: when a page looked last, on both clocks, and by how
	 * much it was moved (0: not). */
	int64_t clock_seen, clock_moved;
	uint64_t clock_seen_ms, clock_moved_ms;
	bool lock_wanted;              /* the index goes as soon as nobody reads it */
	/* Of papers that go out (outgoing.c): the next look, the next try to seal and after how
	 * long; up to which not-before the registries were asked; what a crash left was swept. */
	uint64_t outgoing_ms, seal_next_ms, seal_wait_ms;
	int64_t due_until;
	bool drafts_swept;
	unsigned news;                 /* counts whatever a list may have to say anew */
	uint64_t used_ms, looked_ms;   /* the last page a person saw; the last look at the files */
	/* For pages that keep something of theirs beside the home (the search's database); called
	 * when the home is locked. */
	void *beside;
	void (*beside_free)(void *beside);
};

struct ch_session {
	char token[CH_SECRET_TEXT + 1], csrf[CH_SECRET_TEXT + 1]; /* empty: free */
	uint64_t used_ms;
	unsigned lang;
	bool lang_chosen;
	bool no_keys; /* no single keys for whoever this is */
};

struct ch_desk {
	struct ch_http_server *http;
	uint16_t port;
	struct ch_desk_home *home[CH_DESK_HOMES];  /* [0] has no folder */
	size_t n_homes;
	struct ch_session session[CH_DESK_SESSIONS];
	char first[CH_SECRET_TEXT + 1];            /* the one-time token; empty once used */
	char link_file[CH_PATH_MAX];               /* the page that the browser is started with */
	uint64_t idle_ms;                          /* lock after; 0: never */
	bool no_background;                        /* for tests */
	struct ch_trial trial;
};

/*
 * Take a home under this desk, or the one that it has already. The same folder for a second desk is
 * CONFLICT, with a sentence.
 */
CH_MUST_USE ch_err ch_desk_add(struct ch_desk_home **out, struct ch_desk *k, const char *dir,
    struct ch_problem *why);
struct ch_desk_home *ch_desk_home_at(struct ch_desk *k, unsigned n); /* NULL: none; never [0] */

void ch_desk_lock(struct ch_desk_home *h);   /* forget keys and index */
/* Keys that a job brought: unlocked from now on. Moves them out of `with`. */
void ch_desk_unlocked(struct ch_desk_home *h, struct ch_home *with);
/* Take over what stands in `bytes`; a buffer without content lets go of what was held. */
void ch_desk_hold(struct ch_desk_home *h, ch_held_kind kind, struct ch_buf *bytes,
    const char *name);
/* Whether the home waits to be added to its party; the command may have done it beside. */
bool ch_desk_waits(struct ch_desk_home *h);
/* The home's clock shows `now`: whether somebody moved it is kept for a while, to be told. */
void ch_desk_clock(struct ch_desk_home *h, int64_t now);
/* How it stands with one registry; NULL: nobody asked it yet. */
ch_desk_contact *ch_desk_contact_find(struct ch_desk_home *h, const char *origin);
/* Look at the files again soon, and ask the registries now. */
void ch_desk_look(struct ch_desk_home *h);
void ch_desk_sync_now(struct ch_desk_home *h);
/* Once a second. */
void ch_desk_tick(struct ch_desk *k);

/* Sessions. begin: the one-time token was right. NULL: none such. */
struct ch_session *ch_session_begin(struct ch_desk *k, ch_span token);
struct ch_session *ch_session_find(struct ch_desk *k, ch_span cookie);
CH_MUST_USE ch_err ch_secret_text(char out[CH_SECRET_TEXT + 1]);

/* Make it, serve until stopped, end it. `ready` is told the link. */
#define CH_DESK_PRACTICE "practice" /* the folder with the two sides of a practice */
typedef struct {
	size_t n;
	char dir[CH_DESK_HOMES - 1][CH_PATH_MAX];
} ch_desk_dirs;
typedef struct {
	const ch_desk_dirs *dirs;
	uint16_t port;
	unsigned idle_minutes;
	bool browser, no_background;
	const char *link_to;   /* write the link into this file instead of saying it; or NULL */
	void (*ready)(void *ctx, const char *link, bool browser_started);
	void *ctx;
} ch_desk_opts;
CH_MUST_USE ch_err ch_desk_run(const ch_desk_opts *o, struct ch_problem *why);

#endif
