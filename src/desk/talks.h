/*
 * Talks: their charter from draft to force, and what other commands need to know of it. On file
 * under talks/<name>/: draft.txt and invited.txt until the charter is made; charter.txt (the note
 * with the lines so far), charter.proof.txt once in force.
 */
#ifndef CH_TALKS_H
#define CH_TALKS_H

#include "charter.h"
#include "pack.h"
#include "party.h"

#define CH_TALKS_PARTIES_MAX 64
#define CH_TALKS_NAME_MAX    64u

typedef enum {
	CH_TALKS_DRAFT,   /* only here; answers are awaited        */
	CH_TALKS_INVITED, /* we said we would join                  */
	CH_TALKS_SIGNING, /* the charter exists, lines are missing  */
	CH_TALKS_FORCE,   /* all have signed                        */
} ch_talks_state;

/* Talks on file; spans point into `bytes`. */
struct ch_talks {
	char name[CH_TALKS_NAME_MAX + 1];
	ch_talks_state state;
	struct ch_buf bytes;   /* charter.txt, or draft.txt */
	ch_note note;          /* of charter.txt; zero for a draft */
	ch_stmt charter;
	ch_hash id;            /* of the first charter's text; zero for a draft */
	char id_text[65];
};

/* By name, or the only talks of the home (name NULL; CONFLICT lists them). ABSENT. */
CH_MUST_USE ch_err ch_talks_load(struct ch_talks *t, const struct ch_home *h, const char *name,
    struct ch_problem *why);
/* By talks id, as it stands in statements. ABSENT. */
CH_MUST_USE ch_err ch_talks_find(struct ch_talks *t, const struct ch_home *h, const ch_hash *id,
    struct ch_problem *why);
void ch_talks_deinit(struct ch_talks *t);

/* The names of all talks of the home, sorted. */
CH_MUST_USE ch_err ch_talks_names(struct ch_dir *d, const struct ch_home *h);

/* Keep evidence against the registry beside a talks' papers, as alarm-<about>.txt: it says it to
 * whoever does not sync. `about` is a party's handle or a paper's folder. Errors as of files. */
CH_MUST_USE ch_err ch_talks_keep_alarm(char path[CH_PATH_MAX], const struct ch_home *h,
    const char *name, ch_span about, ch_span evidence);

/* The first file of evidence against the registry that lies beside a talks' papers: what it counts,
 * or signed about one of them. ABSENT: none; IO as of a folder that cannot be listed. */
CH_MUST_USE ch_err ch_talks_alarm(char path[CH_PATH_MAX], const struct ch_home *h,
    const char *name);

/* A party of the charter by handle or by code. ABSENT. */
CH_MUST_USE ch_err ch_talks_party(ch_item *out, const struct ch_talks *t, ch_span who);
/* The deciding registry: the first of the charter. */
CH_MUST_USE ch_err ch_talks_registry(ch_item *out, const struct ch_talks *t);

/* `ALPHA-BRAVO/2026/0001` as the name of a folder, and that folder's path. FORMAT. */
CH_MUST_USE ch_err ch_talks_paper_dir(char out[CH_PATH_MAX], const struct ch_home *h,
    const struct ch_talks *t, ch_span number);

/* ---- from draft to force ---- */

typedef struct {
	ch_span name, title, code, basis, confirm, word_set, languages;
	uint64_t answer_days, lapse_days; /* 0: none; the charter's default */
	size_t n;
	struct {
		ch_span handle, code;
	} with[CH_TALKS_PARTIES_MAX - 1];
	ch_span origin, url, vkey, cosigner; /* of the registry, pinned before */
} ch_talks_ask;

/* draft.txt and invited.txt. CONFLICT: the name is taken. */
CH_MUST_USE ch_err ch_talks_open(const struct ch_home *h, const ch_talks_ask *ask,
    struct ch_problem *why);

/* The invitation for one invited party (a pack) and its letter in plain language. */
CH_MUST_USE ch_err ch_talks_invite(struct ch_buf *pack, struct ch_buf *letter,
    const struct ch_home *h, const struct ch_talks *t, ch_span handle, struct ch_problem *why);

/* Who was invited, while there is no charter: lines `<handle> <CODE>`. ABSENT. */
CH_MUST_USE ch_err ch_talks_invited(struct ch_buf *out, const struct ch_home *h,
    const struct ch_talks *t);

/* What an invitation says, checked in itself; spans into the pack. */
struct ch_invitation {
	ch_stmt charter;            /* the terms, with the opener as the only party */
	ch_span draft, invited, roster, roster_proof, card, url;
	ch_vkey opener_key;
	ch_span code;               /* ours */
};
CH_MUST_USE ch_err ch_invitation_read(struct ch_invitation *out, const struct ch_home *h,
    ch_span pack, struct ch_problem *why);

/* Take it up: keep the terms, pin the opener's roster. The person has compared the words. */
CH_MUST_USE ch_err ch_talks_join(const struct ch_home *h, const struct ch_invitation *in,
    struct ch_problem *why);

/* Our answer: a pack with our newest roster. */
CH_MUST_USE ch_err ch_talks_answer(struct ch_buf *pack, const struct ch_home *h,
    struct ch_problem *why);

/* The opener: from the answers of all who were invited, pin their rosters and make the charter,
 * unsigned, into `text`. ABSENT: an answer is missing. */
CH_MUST_USE ch_err ch_talks_build(struct ch_wr *text, const struct ch_home *h,
    const struct ch_talks *t, const ch_span *answers, size_t n, struct ch_problem *why);

/* An invited party: fetch the charter from the registry and check that its terms are those of the
 * invitation. AUTH: they differ; the sentence names the key. */
CH_MUST_USE ch_err ch_talks_fetch(struct ch_buf *note, struct ch_watch *w,
    const struct ch_talks *t, struct ch_problem *why);

/* Sign a charter's text, post it, keep what comes back. The state tells whether it is in force. */
CH_MUST_USE ch_err ch_talks_sign(ch_talks_state *state, struct ch_watch *w, const char *name,
    ch_span text, struct ch_problem *why);

/* Fetch the newest charter note of talks we signed: the others' lines, the proof. */
CH_MUST_USE ch_err ch_talks_refresh(ch_talks_state *state, struct ch_watch *w,
    const struct ch_talks *t, struct ch_problem *why);

/*
 * Talks in force by their id in hex, whose charter another home of our party signed: its word pins
 * the keys of the others. `name` is set when they were taken in.
 * AUTH, FORMAT: they do not hold        CONFLICT: there are others of that name here
 */
CH_MUST_USE ch_err ch_talks_take(char name[CH_TALKS_NAME_MAX + 1], struct ch_watch *w, ch_span id,
    struct ch_problem *why);

/* Write a charter and its proof into the folder of talks; the proof last, for it says that the
 * charter is in force. Without a proof it is not yet. Errors as of files. */
CH_MUST_USE ch_err ch_talks_keep_charter(const struct ch_home *h, const char *name,
    ch_span charter, ch_span proof);

/* Who has signed the charter on file, by the rosters on file; bits as in charter.h. ABSENT: a
 * roster that it names is not on file, so nobody can say. */
CH_MUST_USE ch_err ch_talks_signed(ch_charter_signed *out, const struct ch_home *h,
    const struct ch_talks *t);

/* The terms in plain words, for a person, one thing a line. */
CH_MUST_USE ch_err ch_talks_words(struct ch_buf *out, const ch_stmt *charter);

#endif
