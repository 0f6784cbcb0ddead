/*
 * Delegates of our party, besides the one who made it: how one comes in, and is recalled. Formats:
 * doc/formats/home.md, "Request, welcome".
 *
 *   ask     on the new machine: keys, and a request to whoever holds the party key
 *   add     at the home with the party key: a new roster, and a welcome sealed to them
 *   join    on the new machine: the welcome is opened, judged, and taken in whole
 *   recall  at the home with the party key: a new roster that says they act no more
 *
 * "prepare" changes nothing and fills in what a person must see before it counts; "finish" does it,
 * and may be repeated after whatever cut it off. Request and roster are public; a welcome opens
 * with the new delegate's sealing key alone.
 *
 * What is compared by voice: at `add` the words of the request's statement key (they bind all its
 * keys), at `join` the words of the party key (it signed all that the welcome holds).
 */
#ifndef CH_DELEGATES_H
#define CH_DELEGATES_H

#include "party.h"
#include "request.h"

/* What a new delegate may do when nobody says otherwise: send, sign for, draft. */
#define CH_DELEGATE_DAILY \
	(1u << CH_POW_SEND | 1u << CH_POW_SIGN_FOR | 1u << CH_POW_DRAFT)

/* How publishing goes, registry by registry: `not_yet` is NULL, or says why it must wait: its
 * operator has not enrolled us, or it was not reached. May be NULL as a whole. */
typedef struct {
	void (*published)(void *ctx, ch_span origin, const char *not_yet);
	void *ctx;
	bool strict; /* not to be enrolled is a failure like others */
} ch_delegate_ears;

/* Bring our rosters to every registry that the newest one names; one that fails keeps none of the
 * others from it. *some: one has them now, or none is named. The error is that of the first that
 * failed, as of ch_visit() and ch_party_publish(); not to be enrolled is none, unless strict or
 * without `ears`. */
CH_MUST_USE ch_err ch_delegates_publish(bool *some, struct ch_watch *w, struct ch_link *l,
    struct ch_home *h, const ch_delegate_ears *ears, struct ch_problem *why);

/* ---- ask ---- */

typedef struct {
	ch_span handle, person, title; /* the title may be empty */
	const char *dir;               /* NULL: the usual place */
	unsigned work;
	bool exercise, classic;        /* as the party is */
	const struct ch_token *token;  /* the sealing key in hardware, of that suite; or NULL */
} ch_delegate_ask;

/*
 * A home that waits to be added: its own keys, request.txt, no roster. Open and unlocked
 * afterwards, with h->waits. Errors as ch_party_new().
 */
CH_MUST_USE ch_err ch_delegate_ask_new(struct ch_home *h, const ch_delegate_ask *ask, ch_span pass,
    struct ch_problem *why);

/* The request of a home that waits (request.txt), and the words of its key, as it shows them.
 * ABSENT: this home does not wait. */
CH_MUST_USE ch_err ch_delegate_request(struct ch_buf *out, char words[CH_WORDS_LEN + 1],
    const struct ch_home *h, struct ch_problem *why);

/* DENIED with its sentence ("this home waits to be added to alpha.example; give its request, …, to
 * whoever holds the party key, then: chancery delegate join WELCOME"), CH_OK for a home that does
 * not wait: before whatever needs a roster of ours. Every command but these asks it. */
ch_err ch_delegate_must_not_wait(const struct ch_home *h, struct ch_problem *why);

/* DENIED with its sentence when our newest roster on file recalls this home's delegate ("…was
 * recalled on …: it can no longer sign in, send or sign for; what it holds still opens"). */
ch_err ch_delegate_must_stand(const struct ch_home *h, struct ch_problem *why);

/* ---- add ---- */

struct ch_delegate_add {
	struct ch_buf bytes;         /* the request; owned */
	ch_request request;          /* who asks: request.who; spans into bytes */
	char words[CH_WORDS_LEN + 1]; /* of its statement key: compare by voice */
	unsigned powers;             /* bits 1 << ch_power: asked for, or those they have already */
	bool there;                  /* in our newest roster already: only the welcome is new */
	uint64_t version;            /* of the roster that names, or will name, them */
	unsigned n_same;             /* delegates of ours that are the same person, not recalled */
};

/*
 * Read a request. `powers` 0: the daily ones.
 * FORMAT, AUTH, TRUNCATED: it is none, or was altered
 * CONFLICT: of another party; exercise and real; another suite; a delegate of that name with other
 *     keys; in our roster already with other powers than those asked for
 * DENIED: in our roster and recalled        LIMIT: the roster is full
 */
CH_MUST_USE ch_err ch_delegate_add_prepare(struct ch_delegate_add *a, const struct ch_home *h,
    ch_span request, unsigned powers, struct ch_problem *why);

/*
 * Sign the roster (unless a->there), bring it to every registry that it names, and write the
 * welcome, sealed. The home is locked (its lock held) and unlocked; `pass` opens the party key. A
 * registry that fails is told to `ears`, and is a failure only when none has the roster.
 * NET, and others of ch_delegates_publish(): the roster is signed and nowhere yet, there is no
 * welcome; repeat
 * LIMIT: what a new delegate must have does not fit into a welcome
 */
CH_MUST_USE ch_err ch_delegate_add_finish(struct ch_buf *welcome, struct ch_delegate_add *a,
    struct ch_home *h, struct ch_watch *w, struct ch_link *l, ch_span pass,
    const ch_delegate_ears *ears, struct ch_problem *why);
void ch_delegate_add_deinit(struct ch_delegate_add *a);

/* ---- join ---- */

struct ch_delegate_join {
	struct ch_buf pack;           /* the welcome, opened; owned */
	struct ch_roster_file roster; /* our newest: roster.party, its title; owned */
	ch_delegate who;              /* this home in it: person, powers */
	char words[CH_WORDS_LEN + 1]; /* of the party key: compare by voice */
	size_t n_talks, n_registries, n_parties; /* what it brings; n_parties: other parties */
	bool again;                   /* this home is in already: it takes in what is new */
	struct ch_holdings *holds;    /* judged, for finish; owned */
};

/*
 * Open and judge a welcome; the home is unlocked, a hardware key may be asked for.
 * ABSENT: sealed to somebody else        LOCKED: the hardware key did not open
 * FORMAT, AUTH, TRUNCATED: it is none, or was altered
 * CONFLICT: of another party than the one that this home asked (or belongs to); exercise and real;
 *     it does not name this home with exactly its keys; something in it does not fit together
 * DENIED: it recalls this home
 */
CH_MUST_USE ch_err ch_delegate_join_prepare(struct ch_delegate_join *j, const struct ch_home *h,
    ch_span welcome, struct ch_problem *why);

/* Take it in: all or nothing, h->waits is false afterwards. The person has compared the words; the
 * home's lock is held. */
CH_MUST_USE ch_err ch_delegate_join_finish(struct ch_delegate_join *j, struct ch_home *h,
    struct ch_problem *why);
void ch_delegate_join_deinit(struct ch_delegate_join *j);

/* ---- recall ---- */

struct ch_delegate_recall {
	struct ch_roster_file roster; /* our newest; owned */
	ch_delegate who;              /* spans into it */
	uint64_t version;             /* of the roster that recalls, or will recall, them */
	bool there;                   /* recalled already: it is only published again */
	bool self;                    /* the delegate of this very home */
	unsigned n_left;              /* delegates that remain */
};

/*
 * `who` is a delegate's name (alpha.example/0123abcd), its last 8 digits, or a person with one
 * delegate. Before finish, say: papers sealed to them before and signed for stay open to them, and
 * what they hold they keep; from the moment a registry has the new roster no new paper is sealed to
 * them, no keybox is theirs, and they cannot sign in there. The other parties see it in the roster.
 * ABSENT: nobody of that name        CONFLICT: several delegates of that person
 * DENIED: a power would have fewer persons than its quorum; the sentence names it
 */
CH_MUST_USE ch_err ch_delegate_recall_prepare(struct ch_delegate_recall *r,
    const struct ch_home *h, ch_span who, struct ch_problem *why);

/* Sign and publish. Errors of ch_delegates_publish(): the recall is signed, and stands where it
 * could be published; a registry that lacks it goes on as before; repeat. */
CH_MUST_USE ch_err ch_delegate_recall_finish(struct ch_delegate_recall *r, struct ch_home *h,
    struct ch_watch *w, struct ch_link *l, ch_span pass, const ch_delegate_ears *ears,
    struct ch_problem *why);
void ch_delegate_recall_deinit(struct ch_delegate_recall *r);

#endif
