/*
 * The outbox: papers that are sealed and signed and not yet registered, as outbox/<nonce>/ with
 *
 *   envelope.age  submission.txt  deposit.age  cover.age  key.age  number.txt
 *
 * Order of writes, so that a crash at any place loses nothing and sends nothing twice:
 *   1. all of it is written into outbox/.new-<nonce>/ and synced, then the folder is renamed into
 *      place and its parent synced: from here on the paper exists, whole, and not before;
 *   2. the envelope is put and the submission posted: the same bytes however often;
 *   3. `registered` is verified, and put with its proof into the paper's folder;
 *   4. the files move there one by one, number.txt stays to the last: what is found half moved is
 *      moved on without asking the registry again;
 *   5. the folder in the outbox goes.
 * What the registry rejects moves to outbox/rejected-<nonce>/ with its signed reason.
 */
#ifndef CH_OUTBOX_H
#define CH_OUTBOX_H

#include "letter.h"

#define CH_OUTBOX_MAX 1000u

typedef struct {
	char id[80]; /* the folder's name: the nonce in hex, or rejected-<nonce> */
	char number[CH_NUMBER_MAX + 1];
	char talks[CH_TALKS_NAME_MAX + 1];
	char to[CH_HANDLE_MAX + 1];
	int64_t not_before;
	bool rejected;
	bool maybe_sent; /* the registry may have it already: taken back, not cancelled */
} ch_outbox_item;

/* Stage a written letter. Nothing is sent before `delay` seconds. The deposit goes to the
 * registry's recipient now. `nonce` NULL: a fresh one. */
CH_MUST_USE ch_err ch_outbox_stage(ch_outbox_item *out, const struct ch_letter *l,
    uint64_t delay, const ch_hash *nonce, struct ch_problem *why);

/*
 * Send one, or carry on where it stopped. CH_OK: it is registered and its folder is complete.
 * NET: not known yet, ask again        CONFLICT, DENIED: rejected, the sentence says why
 */
CH_MUST_USE ch_err ch_outbox_submit(const ch_outbox_item *item, struct ch_watch *w,
    const struct ch_talks *talks, struct ch_problem *why);

/* All items, oldest number first; *n of at most CH_OUTBOX_MAX, in `a`. */
CH_MUST_USE ch_err ch_outbox_list(ch_outbox_item **out, size_t *n, struct ch_arena *a,
    const struct ch_home *home, struct ch_problem *why);

/* Take one back before it was sent. CONFLICT: it was sent, or may have been. */
CH_MUST_USE ch_err ch_outbox_cancel(const struct ch_home *home, const char *id,
    struct ch_problem *why);

/* Its delay ends now. ABSENT. */
CH_MUST_USE ch_err ch_outbox_hasten(const struct ch_home *home, const char *id,
    struct ch_problem *why);

/* number.txt, in the item's folder `dir`. */
CH_MUST_USE ch_err ch_outbox_put_number(const char *dir, const ch_outbox_item *item);

/* The deposit for this submission, sealed to the registry's recipient of now, into a file. */
CH_MUST_USE ch_err ch_outbox_deposit(const char *path, struct ch_watch *w, const ch_hash *l,
    ch_span talks, const struct ch_age_identity *k, struct ch_problem *why);

#endif
