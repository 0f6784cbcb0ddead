/*
 * Watching a register: it only ever grows, and we say so. Every look fetches the checkpoint, proves
 * from tiles that the one seen before is a prefix of it, stores it, and cosigns it with a time.
 * A register that shrank or forked is never forgotten: both notes are kept as evidence, and this
 * registry is not used any more until a person has looked.
 */
#ifndef CH_WATCH_H
#define CH_WATCH_H

#include "checkpoint.h"
#include "entry.h"
#include "link.h"
#include "proof.h"
#include "stmt.h"

#define CH_WATCH_NOTE_MAX  16384u
#define CH_WATCH_PROOF_MAX 32768u

struct ch_watch {
	struct ch_home *home; /* borrowed */
	struct ch_link *link; /* borrowed */
	char vkey_text[CH_VKEY_MAX + 1], cosigner_text[CH_VKEY_MAX + 1];
	ch_vkey vkey, cosigner; /* spans into this struct: it must not move */
	bool has_cosigner;
	uint64_t size;          /* 0: nothing was seen yet */
	ch_hash root;
	struct ch_buf note;     /* the last verified checkpoint, whole */
	struct ch_buf before;   /* the one on file when the watch was opened */
	uint64_t before_size;
	int64_t before_time;    /* by the registry's own cosigner; 0: it has no line of it */
	uint64_t newest;        /* the largest tree that tiles are asked for */
	struct ch_arena tiles;
	struct ch_watch_tile *cache; /* tiles fetched by this command */
	bool open, cosigned;    /* cosigned: the registry took our cosignature at the last look */
};

/*
 * Read the pinned card and the last verified checkpoint of the link's registry. Nothing is fetched.
 * ABSENT: no card        CONFLICT: there is an alarm on file; the sentence names it
 */
CH_MUST_USE ch_err ch_watch_open(struct ch_watch *w, struct ch_home *home, struct ch_link *link,
    struct ch_problem *why);
void ch_watch_close(struct ch_watch *w);

/*
 * Look: fetch, verify, prove consistency, store, cosign (with an unlocked home; else not).
 * CONFLICT: forked or shrunk, evidence is kept        AUTH: not signed by the pinned key
 */
CH_MUST_USE ch_err ch_watch_look(struct ch_watch *w, struct ch_problem *why);

/* For a home that cosigns as a witness, under the home's lock: make a checkpoint that continues
 * ours durable, and that this home cosigned; before the cosignature leaves. FULL: as before. */
CH_MUST_USE ch_err ch_watch_keep(struct ch_watch *w, const ch_checkpoint *cp, ch_span note);
/* Keep a signed note that contradicts ours beside it. CONFLICT, with its sentence. */
ch_err ch_watch_alarm(struct ch_watch *w, ch_span theirs, struct ch_problem *why);

/* What to write into `checkpoint` of a statement. False when nothing was seen yet. */
bool ch_watch_seen(ch_seen *out, const struct ch_watch *w);

/*
 * Take in a checkpoint that came another way (a tlog-proof, the other side's last one): verified
 * with the pinned key and proved consistent with ours, whichever is older. Not stored.
 * CONFLICT: a fork; both are kept as evidence.
 */
CH_MUST_USE ch_err ch_watch_compare(struct ch_watch *w, ch_span note, struct ch_problem *why);

/* The same for the `checkpoint` key of a statement. CONFLICT: `said`, the signed statement, is kept
 * beside ours; also when it saw a register that is larger than the one that is shown to us now. */
CH_MUST_USE ch_err ch_watch_compare_seen(struct ch_watch *w, const ch_seen *seen, ch_span said,
    struct ch_problem *why);

/*
 * Verify a tlog-proof as the registry gives it beside statement text `text`; looks again when it
 * is newer than what was seen, so neither may lie in the link's buffer. CH_OK means: in this
 * register, at *index, under *salt, and the checkpoint is consistent with all we know.
 */
CH_MUST_USE ch_err ch_watch_check_proof(uint64_t *index, ch_salt *salt, struct ch_watch *w,
    ch_span proof, ch_span text, struct ch_problem *why);

/*
 * Make a tlog-proof of an entry from tiles, under the last verified checkpoint, or under `note`
 * when it is not empty (a cosigned one of time bounds, compared before).
 * ABSENT: index is not in that tree        AUTH: the entry is not there: evidence, not stored
 */
CH_MUST_USE ch_err ch_watch_prove(struct ch_buf *out, struct ch_watch *w, ch_span text,
    const ch_salt *salt, uint64_t index, ch_span note, struct ch_problem *why);

/* The first cosigned checkpoint above index, verified and compared; ABSENT: not yet. */
CH_MUST_USE ch_err ch_watch_bound(struct ch_buf *out, struct ch_watch *w, uint64_t index,
    struct ch_problem *why);

/* Fetch the newest checkpoint with the cosignatures it has by now, and keep it as cosigners.txt,
 * for a person to see. CH_OK as well when nobody cosigned yet. */
CH_MUST_USE ch_err ch_watch_keep_cosigners(struct ch_watch *w, struct ch_problem *why);

/*
 * What a registry says of itself (note `registry`), checked to be signed by its own key; spans into
 * the card. FORMAT, AUTH; CONFLICT: exercise and real do not mix.
 */
typedef struct {
	ch_stmt stmt;
	ch_vkey vkey, cosigner;
} ch_watch_card;
CH_MUST_USE ch_err ch_watch_read_card(ch_watch_card *out, ch_span card, bool exercise,
    struct ch_problem *why);

/* Pin it with its address. CONFLICT: another key is pinned under this origin. */
CH_MUST_USE ch_err ch_watch_pin(const struct ch_home *home, ch_span card, ch_span url,
    struct ch_problem *why);
/* The pinned card of an origin, and the address. ABSENT. */
CH_MUST_USE ch_err ch_watch_card_file(struct ch_buf *out, const struct ch_home *home,
    ch_span origin);
CH_MUST_USE ch_err ch_watch_url_file(struct ch_buf *out, const struct ch_home *home,
    ch_span origin);

#endif
