/*
 * What a registry keeps in its database, by meaning. One file, SQLite in WAL mode with
 * synchronous = FULL; one writer. No secret is ever handed to it: keys, deposits and tokens live
 * elsewhere.
 *
 * Errors: ABSENT no such row   CONFLICT a row that must be unique is there already   FULL no room:
 * nothing was changed, the transaction must be undone   DB, IO a fault: stop the program.
 * Spans in rows point into the arena that was handed in; spans in callbacks live for the call.
 */
#ifndef CH_STORE_H
#define CH_STORE_H

#include "crypto.h"
#include "kinds.h"
#include "mem.h"
#include "merkle.h"

/* 2: raw entries   3: deposits in slots   4: what is about a submission, by its index */
#define CH_STORE_VERSION 4

struct ch_store;

/* Make a new database. CONFLICT: the file exists. */
CH_MUST_USE ch_err ch_store_create(const char *path);
/* LIMIT: written by a newer program   FORMAT: not such a database */
CH_MUST_USE ch_err ch_store_open(struct ch_store **out, const char *path);
void ch_store_close(struct ch_store *s);
/* After a fault: close keeps WAL and database as they are, for the next start to mend. */
void ch_store_leave(struct ch_store *s);

/* One transaction for a batch. */
CH_MUST_USE ch_err ch_store_begin(struct ch_store *s);
CH_MUST_USE ch_err ch_store_commit(struct ch_store *s);
void ch_store_rollback(struct ch_store *s);
/* How many rows were written by us since it was opened, undone ones as well. */
uint64_t ch_store_writes(const struct ch_store *s);
/* Move what is in the WAL into the database; between transactions. */
CH_MUST_USE ch_err ch_store_tidy(struct ch_store *s);
/* Bytes of the WAL in use, after the last commit of ours. */
uint64_t ch_store_wal(const struct ch_store *s);
/* The same with all of it, and begin the WAL anew; nobody else may be at work with it for long. At
 * the start, before anything is added: after a failed sync the WAL may stand whole in the kernel's
 * memory and not on the disk, and what came behind it would be lost with it. */
CH_MUST_USE ch_err ch_store_renew(struct ch_store *s);

/* ---- parties: the pinned party key as a vkey text ---- */

CH_MUST_USE ch_err ch_store_account_add(struct ch_store *s, ch_span party, ch_span vkey);
CH_MUST_USE ch_err ch_store_account(ch_span *vkey, struct ch_store *s, struct ch_arena *a,
    ch_span party);

/* What is kept for a party: as an author, submissions without an end, and bytes of the envelopes of
 * these and of delivered ones; loose: envelopes that no paper names, and their bytes. */
typedef struct {
	uint64_t open, bytes, n_loose, loose;
} ch_row_use;

/* All 0 for one that never sent anything. */
CH_MUST_USE ch_err ch_store_use(ch_row_use *out, struct ch_store *s, ch_span party);

/* An envelope that no paper names, since `time`. The same again only takes the time: it stays with
 * whom it came from first. It ends by itself with a submission that names it. */
CH_MUST_USE ch_err ch_store_loose_put(struct ch_store *s, const ch_hash *envelope, ch_span party,
    uint64_t size, int64_t time);
CH_MUST_USE ch_err ch_store_loose_drop(struct ch_store *s, const ch_hash *envelope);
/* The oldest up to a time. */
CH_MUST_USE ch_err ch_store_loose_old(ch_hash *out, size_t *n, size_t max, struct ch_store *s,
    int64_t until);
/* Whether its file must stay: a paper without an end, a delivered one, or a loose one. */
CH_MUST_USE ch_err ch_store_envelope_stays(bool *stays, struct ch_store *s,
    const ch_hash *envelope);
/* All of which that is so, in order of their hashes. */
CH_MUST_USE ch_err ch_store_envelopes(struct ch_store *s,
    void (*on)(void *ctx, const ch_hash *envelope), void *ctx);

typedef struct {
	ch_span party, note;
	uint64_t version, index;
	ch_hash hash;
} ch_row_roster;

CH_MUST_USE ch_err ch_store_roster_add(struct ch_store *s, const ch_row_roster *r);
/* version 0: the newest. */
CH_MUST_USE ch_err ch_store_roster(ch_row_roster *out, struct ch_store *s, struct ch_arena *a,
    ch_span party, uint64_t version);

/* ---- charters ---- */

typedef struct {
	ch_hash hash, talks;
	ch_span name, note;
	uint64_t version, index; /* index counts only when complete */
	bool complete;
} ch_row_charter;

/* Insert, or replace the one of the same hash. */
CH_MUST_USE ch_err ch_store_charter_put(struct ch_store *s, const ch_row_charter *r);
CH_MUST_USE ch_err ch_store_charter_party(struct ch_store *s, const ch_hash *talks,
    ch_span party);
CH_MUST_USE ch_err ch_store_charter(ch_row_charter *out, struct ch_store *s, struct ch_arena *a,
    const ch_hash *hash);
/* The newest of the talks; with complete, the newest that all have signed. */
CH_MUST_USE ch_err ch_store_charter_newest(ch_row_charter *out, struct ch_store *s,
    struct ch_arena *a, const ch_hash *talks, bool complete);
CH_MUST_USE ch_err ch_store_in_talks(struct ch_store *s, const ch_hash *talks, ch_span party);
typedef ch_err (*ch_store_on_charter)(void *ctx, const ch_hash *talks, ch_span name,
    bool complete);
CH_MUST_USE ch_err ch_store_charters_of(struct ch_store *s, ch_span party,
    ch_store_on_charter on, void *ctx);

/* Cosigners that no roster names: neutrals of complete charters. vkey text by its beginning, key
 * name and id; the first one stays. */
CH_MUST_USE ch_err ch_store_neutral_add(struct ch_store *s, ch_span name, ch_span vkey);
CH_MUST_USE ch_err ch_store_neutral(ch_span *vkey, struct ch_store *s, struct ch_arena *a,
    ch_span name);

/* ---- the log ---- */

typedef struct {
	uint64_t index;
	ch_hash entry, salt, hash; /* hash: of the statement's text */
	ch_kind kind;
	ch_span note;
	bool is_about;
	uint64_t about; /* the index of the submission that it is about, and that is not itself */
} ch_row_entry;

CH_MUST_USE ch_err ch_store_entry_add(struct ch_store *s, const ch_row_entry *r);
CH_MUST_USE ch_err ch_store_entry(ch_row_entry *out, struct ch_store *s, struct ch_arena *a,
    uint64_t index);
/* Raw entries that follow each other, 32 bytes each. CONFLICT: one is there already. */
CH_MUST_USE ch_err ch_store_raw_add(struct ch_store *s, uint64_t first, ch_span entries);
/* Forget rows of raw entries that end at or before `tiled`; the last row stays. */
CH_MUST_USE ch_err ch_store_raw_drop(struct ch_store *s, uint64_t tiled);
/* n <= 256 entries of both kinds from `from` on; ABSENT when there are fewer. Of raw ones, those
 * that were not dropped. */
CH_MUST_USE ch_err ch_store_entries(ch_hash *out, struct ch_store *s, uint64_t from, size_t n);
/* One more than the highest index. */
CH_MUST_USE ch_err ch_store_entry_count(uint64_t *n, struct ch_store *s);
/* The first entry of that kind about the submission of that index, not its own. */
CH_MUST_USE ch_err ch_store_entry_of(ch_row_entry *out, struct ch_store *s, struct ch_arena *a,
    uint64_t submission, ch_kind kind);

/* The tree as last signed. `tiled`: the size up to which full tiles are known to be files. */
struct ch_row_tree {
	uint64_t size, tiled;
	ch_hash root;
	size_t n_edge;
	ch_hash edge[64];
};

/* ABSENT before the first. */
CH_MUST_USE ch_err ch_store_tree(struct ch_row_tree *out, struct ch_store *s);
CH_MUST_USE ch_err ch_store_tree_put(struct ch_store *s, const struct ch_row_tree *t);

typedef struct {
	uint64_t size;
	ch_hash root;
	ch_span note; /* signed by the log and by the registry's cosigner */
} ch_row_checkpoint;

/* CONFLICT: this size was signed already. */
CH_MUST_USE ch_err ch_store_checkpoint_add(struct ch_store *s, const ch_row_checkpoint *r);
/* The first of a size above `index`. */
CH_MUST_USE ch_err ch_store_checkpoint_above(ch_row_checkpoint *out, struct ch_store *s,
    struct ch_arena *a, uint64_t index);
/* The same, among those with a cosignature of someone else. */
CH_MUST_USE ch_err ch_store_checkpoint_cosigned(ch_row_checkpoint *out, struct ch_store *s,
    struct ch_arena *a, uint64_t index);
/* A line `— name base64` with its LF; the newest of one name for one size stays. */
CH_MUST_USE ch_err ch_store_cosign_put(struct ch_store *s, uint64_t size, ch_span name,
    int64_t time, ch_span line);
typedef ch_err (*ch_store_on_line)(void *ctx, ch_span name, int64_t time, ch_span line);
/* Another value when another connection wrote since. */
CH_MUST_USE ch_err ch_store_data(uint64_t *v, struct ch_store *s);
/* Whether the last statement that writes changed anything. */
bool ch_store_changed(const struct ch_store *s);
CH_MUST_USE ch_err ch_store_cosigns(struct ch_store *s, uint64_t size, ch_store_on_line on,
    void *ctx);

/* The largest size that this one cosigned, and when. `name` as it was put. ABSENT: none */
CH_MUST_USE ch_err ch_store_cosign_last(uint64_t *size, int64_t *time, struct ch_store *s,
    ch_span name);

/* ---- deliveries ---- */

typedef enum {
	CH_END_OPEN,
	CH_END_DELIVERED,
	CH_END_DECLINED,
	CH_END_TAKEN_BACK,
	CH_END_LAPSED,
} ch_end;

const char *ch_end_name(ch_end s);

typedef struct {
	ch_hash l, talks, nonce, envelope, key, pair; /* pair: the head at this serial */
	ch_span author, addressee, mailbox, note;
	uint64_t serial, size, index;
	uint64_t epoch, slot; /* where K is kept; slot 0: in a file, by an older program */
	int64_t lapse;
	ch_end state;
} ch_row_submission;

/* CONFLICT: L, nonce, envelope, key or (pair, serial) is there already. */
CH_MUST_USE ch_err ch_store_submission_add(struct ch_store *s, const ch_row_submission *r);
CH_MUST_USE ch_err ch_store_submission(ch_row_submission *out, struct ch_store *s,
    struct ch_arena *a, const ch_hash *l);
/* The one column of it that changes. */
CH_MUST_USE ch_err ch_store_state(ch_end *out, struct ch_store *s, const ch_hash *l);
/* Where the K of each open submission is kept, in no order. */
typedef struct {
	ch_hash l;
	uint64_t epoch, slot;
} ch_row_deposit;
typedef ch_err (*ch_store_on_deposit)(void *ctx, const ch_row_deposit *r);
CH_MUST_USE ch_err ch_store_deposits(struct ch_store *s, ch_store_on_deposit on, void *ctx);
/* Whether some open submission's K is kept under this epoch. ABSENT: none is. */
CH_MUST_USE ch_err ch_store_deposit_under(struct ch_store *s, uint64_t epoch);
CH_MUST_USE ch_err ch_store_deposit_moved(struct ch_store *s, const ch_hash *l, uint64_t slot);
/* The L that used this nonce, envelope or key; ABSENT when all three are new. */
CH_MUST_USE ch_err ch_store_seen(ch_hash *l, struct ch_store *s, const ch_hash *nonce,
    const ch_hash *envelope, const ch_hash *key);
CH_MUST_USE ch_err ch_store_by_envelope(ch_row_submission *out, struct ch_store *s,
    struct ch_arena *a, const ch_hash *envelope);
/* The last place of a pair: serial 0 and a zero head before the first. */
CH_MUST_USE ch_err ch_store_pair(uint64_t *serial, ch_hash *head, struct ch_store *s,
    const ch_hash *talks, ch_span author, ch_span addressee);
/* The head at one serial. */
CH_MUST_USE ch_err ch_store_pair_at(ch_hash *head, struct ch_store *s, const ch_hash *talks,
    ch_span author, ch_span addressee, uint64_t serial);
typedef ch_err (*ch_store_on_pair)(void *ctx, ch_span author, uint64_t serial,
    const ch_hash *head);
/* All pairs of the talks that end at `addressee`, by author. */
CH_MUST_USE ch_err ch_store_pairs_to(struct ch_store *s, const ch_hash *talks,
    ch_span addressee, ch_store_on_pair on, void *ctx);

/* In register order, index above `after` (or all with UINT64_MAX), at most max. */
typedef ch_err (*ch_store_on_submission)(void *ctx, const ch_row_submission *r);
CH_MUST_USE ch_err ch_store_mailbox(struct ch_store *s, ch_span mailbox, uint64_t after,
    unsigned max, ch_store_on_submission on, void *ctx);
CH_MUST_USE ch_err ch_store_sent(struct ch_store *s, const ch_hash *talks, ch_span author,
    uint64_t after, unsigned max, ch_store_on_submission on, void *ctx);
/* Open ones whose lapse time is at or before t, of one author; empty: of all. */
CH_MUST_USE ch_err ch_store_overdue(struct ch_store *s, int64_t t, ch_span author, unsigned max,
    ch_store_on_submission on, void *ctx);
CH_MUST_USE ch_err ch_store_open_count(uint64_t *n, struct ch_store *s);

/* The end of a submission: one row, written in the same transaction as the entry at `index`. */
typedef struct {
	uint64_t submission; /* the index of its entry */
	ch_end state;
	uint64_t index;
	ch_span cause;      /* receipt, decline or take-back; empty when lapsed */
	ch_span keybox;     /* delivered only                                   */
	ch_span checkpoint; /* lapsed only: the note that dates it              */
} ch_row_end;

/* CONFLICT: it has an end. */
CH_MUST_USE ch_err ch_store_end_add(struct ch_store *s, const ch_row_end *r);
CH_MUST_USE ch_err ch_store_end(ch_row_end *out, struct ch_store *s, struct ch_arena *a,
    uint64_t submission);

/* CONFLICT: this delegate has been noticed. */
CH_MUST_USE ch_err ch_store_notice_add(struct ch_store *s, uint64_t submission, ch_span delegate);
/* ABSENT: not yet. */
CH_MUST_USE ch_err ch_store_notice(struct ch_store *s, uint64_t submission, ch_span delegate);

/* ---- public statements ---- */

typedef struct {
	ch_hash hash, talks;
	ch_span party;
	ch_kind kind;
	uint64_t index;
} ch_row_public;

CH_MUST_USE ch_err ch_store_public_add(struct ch_store *s, const ch_row_public *r);
CH_MUST_USE ch_err ch_store_public(ch_row_public *out, struct ch_store *s, struct ch_arena *a,
    const ch_hash *hash);
typedef ch_err (*ch_store_on_public)(void *ctx, const ch_row_public *r);
CH_MUST_USE ch_err ch_store_publics(struct ch_store *s, const ch_hash *talks, uint64_t after,
    unsigned max, ch_store_on_public on, void *ctx);

#endif
