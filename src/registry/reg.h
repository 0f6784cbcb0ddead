/*
 * Inside the registry: the one object of a running server, and operations. An operation is one
 * request on its way to its answer. Reads are answered where they stand; writes wait in a queue
 * and are done together at the end of a turn of the loop: one transaction, one checkpoint.
 */
#ifndef CH_REG_H
#define CH_REG_H

#include "age_key.h"
#include "auth.h"
#include "crew.h"
#include "flush.h"
#include "folder.h"
#include "known.h"
#include "limits.h"
#include "metrics.h"
#include "register.h"
#include "note.h"
#include "pack.h"
#include "roster.h"
#include "server.h"
#include "slots.h"
#include "stmt.h"
#include "store.h"

#define CH_OP_PARTS 20
#define CH_KEY_ID_TEXT 9 /* `+` and eight digits */
#define CH_EPOCH_S 86400
/* The largest statement, `handover`, with 32 signers and 64 recalls; a proof with the lines of all
 * witnesses takes 40 KiB. */
#define CH_OWN_ROOM 49152

struct ch_op;
struct ch_unsigned;
struct ch_warm;

struct ch_epoch {
	bool open;
	uint64_t n;
	struct ch_age_identity id;
	ch_age_ready ready; /* its recipient */
};

/* An end: K's deposit goes, and with drop the envelope. Or a loose envelope alone. */
struct ch_erase {
	ch_hash envelope;
	uint64_t epoch, slot;
	bool drop, loose;
};

#define CH_PATH_PARTS 6

/* A path in its segments: `part` without slashes, `tail` from its beginning to the end. */
struct ch_path {
	unsigned n;
	ch_span part[CH_PATH_PARTS], tail[CH_PATH_PARTS];
};

struct ch_news;
struct ch_quorum;
struct ch_tidy;
struct ch_uploads;
struct ch_witnesses;

struct ch_reg {
	struct ch_folder folder;
	struct ch_store *store;
	struct ch_register *log;
	struct ch_auth *auth;
	struct ch_epoch epoch;
	struct ch_http_server *http;
	struct ch_tls tls;   /* zero: plain HTTP */
	struct ch_op *first, **last;
	struct ch_buf erase; /* of struct ch_erase: what goes when all is answered */
	struct ch_buf noted; /* digests of parties whom the batch at hand concerns */
	struct ch_news *news;
	struct ch_quorum *quorum;       /* the folder's policy, or NULL */
	uint64_t held_by[24];           /* what each witness held at the start */
	struct ch_witnesses *witnesses; /* NULL: no policy */
	struct ch_path *routes; /* the table's paths, split once */
	struct ch_flush flush;
	struct ch_known known;
	bool in_batch;       /* its transaction is open */
	struct ch_crew *crew;
	struct ch_crew *signers;        /* its hands for what is logged: own.c */
	struct ch_unsigned *first_unsigned, **last_unsigned;
	uint8_t own[2][CH_OWN_ROOM]; /* where we write before it is copied: text, note; proof */
	bool closed;         /* restored with a loss: takes no statements */
	bool reserved;       /* the reserve is on the disk */
	bool starved;        /* it is not: no new work is taken */
	uint64_t starved_ms; /* when that was last looked at */
	bool full;           /* the last batch found no room on the disk */
	bool wal_is_old;     /* found at the start: nothing is added before it is renewed */
	struct ch_slots slots; /* deposits */
	struct ch_crew_job slots_job; /* their flush, among the signers' work */
	ch_err slots_err;
	struct ch_uploads *uploads;
	struct ch_tidy *tidy;
	struct ch_buf taken;   /* of struct ch_taken: what the batch at hand took in */
	bool dropped;          /* envelopes went since the last flush */
	ch_span self;        /* the signed statement `registry` */
	struct ch_arena arena;
	ch_err fatal;
	uint64_t turns;
	struct ch_op *letting_go; /* loose.c: an operation of our own */
	uint64_t looked_ms;       /* when it looked last; 0: never, or there is more */
	struct ch_metrics metrics;
	struct ch_limits limits;
	struct ch_limits_place account[CH_LIMITS_PLACES];
};

/* False: op->err or a problem says why, and nothing was written. Either way the handler is done. */
typedef bool (*ch_handler)(struct ch_reg *reg, struct ch_op *op);

typedef enum {
	CH_ANSWER_EMPTY,
	CH_ANSWER_TEXT, /* `text` of type `type` */
	CH_ANSWER_PACK, /* `part`s, logged ones followed by their proofs */
	CH_ANSWER_FILE,
	CH_ANSWER_PROOF, /* of the entry at `index`, under the newest checkpoint */
} ch_answer;

typedef struct {
	const char *name;
	ch_span bytes;
	bool logged;
	uint64_t index;
} ch_op_part;

/* `?level=` of a write: how much its answer is to show. */
typedef enum {
	CH_ASKED_NOTHING,
	CH_ASKED_DURABLE,
	CH_ASKED_PUBLISHED,
	CH_ASKED_WITNESSED,
} ch_asked;

struct ch_op {
	struct ch_op *next;
	struct ch_http_req *req; /* NULL: our own; it is not answered */
	struct ch_arena *arena;
	ch_handler run;
	ch_span arg[2]; /* of the path, by place */
	ch_span body;
	ch_who who;     /* zero when not signed in */
	bool queued;
	ch_asked asked; /* what its answer waits for */
	uint64_t until_size, until_ms; /* held back: see witnesses.h */

	ch_err err;     /* a fault */
	unsigned status;
	const char *kebab, *title;
	ch_span more;   /* further members of a problem: `,"next":7` */

	ch_answer answer;
	ch_span text;
	const char *type, *cache, *extra; /* extra: more lines of the head, or NULL */
	unsigned n_part;
	ch_op_part part[CH_OP_PARTS];
	uint64_t index;
	bool newest;   /* proofs under the newest checkpoint, not the entry's own */
	struct ch_infile file;
	struct ch_warm *warm;     /* what the crew found out; or NULL */
	struct ch_outfile *named; /* an upload's file: see upload.h; or NULL */

	ch_pack_kind pack;
};

/* ---- verdicts of handlers ---- */

/* All answer false, so that `return ch_refuse(…);` reads well. Literals only. Inline, so that an
 * analyzer sees that false as well. */
static inline bool ch_refuse(struct ch_op *op, unsigned status, const char *kebab,
    const char *title)
{
	op->status = status;
	op->kebab = kebab;
	op->title = title;
	return false;
}

static inline bool ch_fault(struct ch_op *op, ch_err e)
{
	op->err = e;
	return false;
}

/* A verdict of a parser or judge as a problem; faults stay faults. */
void ch_op_verdict(struct ch_op *op, ch_err e);
static inline bool ch_refuse_err(struct ch_op *op, ch_err e)
{
	ch_op_verdict(op, e);
	return false;
}

bool ch_give_text(struct ch_op *op, unsigned status, const char *type, ch_span text);
void ch_give_part(struct ch_op *op, const char *name, ch_span bytes);
void ch_give_logged(struct ch_op *op, const char *name, ch_span bytes, uint64_t index);

/* Memory of the request; fault when there is none. */
void *ch_op_alloc(struct ch_op *op, size_t n);

/* ---- batch.c ---- */

/* One more for a batch: by way of the crew if there is cryptography in it. */
void ch_batch_push(struct ch_reg *reg, struct ch_op *op, ch_handler run);
/* For the next batch. */
void ch_batch_append(struct ch_reg *reg, struct ch_op *op);
/* Do all that waits. Sets reg->fatal and stops the server on a fault. */
void ch_batch_turn(struct ch_reg *reg);
/* Within an operation: erase when the batch is durable and answered. */
bool ch_erase_later(struct ch_reg *reg, struct ch_op *op, const ch_row_submission *sub,
    bool drop);
/* No room on the disk, for batches, for tiles or for the reserve. */
bool ch_reg_is_full(const struct ch_reg *reg);
/* A failed write to the disk or the database: neither can be believed any more. */
bool ch_is_fatal(ch_err e);
/* After such a fault nothing may be written: refuse all, stop the server. */
void ch_batch_stop(struct ch_reg *reg, ch_err e);
/* The size of the register that holds all that op's answer proves; 0: it proves nothing. */
uint64_t ch_op_logged(const struct ch_op *op);
/* Give the answer that op holds; op is dead afterwards. */
void ch_op_answer(struct ch_reg *reg, struct ch_op *op);

/* ---- routes.c ---- */

typedef struct {
	ch_http1_method method;
	const char *path;  /* `*` stands for one segment, `**` at the end for the rest */
	bool token, write;
	size_t body_max;
	ch_handler run;
} ch_route;

/* Ends with a NULL path. */
const ch_route *ch_route_table(void);
CH_MUST_USE ch_err ch_route_init(struct ch_reg *reg);
void ch_route_deinit(struct ch_reg *reg);
void ch_route_head(void *ctx, struct ch_http_req *r);

/* ---- json.c: what lists and problems are made of ---- */

void ch_json_key(struct ch_wr *w, const char *key); /* `,"key":` or `{"key":` */
void ch_json_hash(struct ch_wr *w, const char *key, const ch_hash *h);
void ch_json_text(struct ch_wr *w, const char *key, ch_span text);
void ch_json_dec(struct ch_wr *w, const char *key, uint64_t v);

/* ---- statements of ours and of others: own.c, signed.c ---- */

/* The clock of what we sign. */
bool ch_reg_now(int64_t *out, struct ch_reg *reg, struct ch_op *op);

struct ch_own {
	ch_stmt s;
	struct ch_wr w; /* room for values */
};
/* A statement of ours under construction; registry and time are filled in where `ev`. */
bool ch_own_begin(struct ch_own *o, struct ch_reg *reg, struct ch_op *op, ch_kind kind);
bool ch_own_event(struct ch_own *o, struct ch_reg *reg, struct ch_op *op, ch_kind kind,
    const ch_row_submission *sub, const char *etsi);
/* Format and sign; the note lives in the request's memory. */
bool ch_own_sign(ch_span *note, struct ch_own *o, struct ch_reg *reg, struct ch_op *op);

/*
 * Within a batch: format and log it. It is signed at the end of the batch, by all hands, and has
 * its row then; until then the note's last line is blank. Whoever wants an entry by its place asks
 * ch_reg_entry().
 *   about   the index of the submission that it is about; NULL: it is that submission's own
 */
bool ch_own_log(ch_span *note, uint64_t *index, struct ch_own *o, struct ch_reg *reg,
    struct ch_op *op, const uint64_t *about);
CH_MUST_USE ch_err ch_own_start(struct ch_reg *reg, unsigned hands);
/* Sign and store them. Meanwhile deposits become durable, and what was erased since the last
 * batch: before the commit of the rows that count on it. */
CH_MUST_USE ch_err ch_own_finish(struct ch_reg *reg);
/* All of the batch is undone. */
void ch_own_forget(struct ch_reg *reg);
/* As ch_store_entry(), within a batch too. */
CH_MUST_USE ch_err ch_reg_entry(ch_row_entry *out, struct ch_reg *reg, struct ch_op *op,
    uint64_t index);

/* A statement of a party, parsed. */
typedef struct {
	ch_note note;
	ch_stmt s;
	ch_hash hash;
	ch_span from; /* its bytes, the note */
} ch_signed;
bool ch_signed_parse(ch_signed *out, struct ch_reg *reg, struct ch_op *op, ch_span note,
    ch_kind kind);
/* Signed as its party's newest roster asks, which must be current at `now`. The roster stays
 * in `r`. */
bool ch_signed_judge(ch_signers *who, ch_roster *r, const ch_signed *in, struct ch_reg *reg,
    struct ch_op *op, int64_t now);
/* `?name=<index>`; UINT64_MAX when it is not there. */
bool ch_op_after(uint64_t *out, struct ch_op *op, const char *name);
/* A hash in the path. */
bool ch_op_hash(ch_hash *out, struct ch_op *op, unsigned arg);
/* `name+id` of a key, as its vkey begins: what cosigners are called in the store. */
bool ch_op_key_name(ch_span *out, struct ch_op *op, ch_span name, const uint8_t id[4]);
/* The row of L in the path. */
bool ch_op_submission(ch_row_submission *out, struct ch_reg *reg, struct ch_op *op);

/* ---- deposits ---- */

/* Make sure that the epoch of `now` is open. */
bool ch_deposit_epoch(struct ch_reg *reg, struct ch_op *op, int64_t now);
/* What a deposit is found to hold, under the epoch that is open. */
typedef struct {
	bool known;
	ch_err e;       /* it does not open to a deposit of this L and party; never a fault */
	uint64_t epoch;
	ch_span sealed; /* these very bytes */
	ch_hash l, key; /* the hash of K's recipient */
	bool hybrid;
	ch_slot slot;   /* K as it is kept */
} ch_deposit_seen;
/* For the crew; unknown when no epoch is open, or after a fault. */
void ch_deposit_look(ch_deposit_seen *out, const struct ch_reg *reg, ch_span sealed,
    const ch_hash *l, ch_span party);
/* Check a deposit against L, author, `key` of sub and the addressee's suite, and keep K: epoch and
 * slot of sub say where. */
bool ch_deposit_take(struct ch_reg *reg, struct ch_op *op, ch_span sealed,
    ch_row_submission *sub, bool hybrid, int64_t now);
/* What was taken since reg->taken held `mark` bytes goes again. */
CH_MUST_USE ch_err ch_deposit_undo(struct ch_reg *reg, size_t mark);
/* K of an open submission, for the handover alone: so much of the identity as its text needs. The
 * caller wipes. Any error but IO and NOMEM is INTERNAL: it was checked when it came, and one
 * damaged slot is no reason to stop. */
CH_MUST_USE ch_err ch_deposit_key(struct ch_age_identity *k, const struct ch_reg *reg,
    const ch_row_submission *sub);
/* Overwrite; then the epoch's key when it is past and empty. */
CH_MUST_USE ch_err ch_deposit_erase(struct ch_reg *reg, uint64_t epoch, uint64_t slot);
/* At the start, after the store: whatever belongs to no open submission goes. */
CH_MUST_USE ch_err ch_deposit_start(struct ch_reg *reg, int64_t now);

/* ---- envelopes ---- */

CH_MUST_USE ch_err ch_envelope_path(char out[CH_PATH_MAX], const struct ch_reg *reg,
    const ch_hash *h);
void ch_envelope_put(struct ch_reg *reg, struct ch_op *op);

/* loose.c: an envelope came in, or came again; unless a paper names it, it is kept for a time. */
bool ch_loose_keep(struct ch_reg *reg, struct ch_op *op, const ch_hash *envelope, uint64_t size);
/* Before a batch: now and then, those whose time is over. */
void ch_loose_before(struct ch_reg *reg);
/* After a batch that let go of it: the file, if nobody wants it again. */
CH_MUST_USE ch_err ch_loose_erase(struct ch_reg *reg, const ch_hash *envelope);
/* At the start: files that no row knows. */
CH_MUST_USE ch_err ch_loose_sweep(struct ch_reg *reg, int64_t now);

/* ---- ends ---- */

/* Write `ended` for an open submission, log it, and let go of K and E. The statement and its
 * place come back for the answer. */
bool ch_end_write(ch_span *note, uint64_t *index, struct ch_reg *reg, struct ch_op *op,
    const ch_row_submission *sub, const ch_row_end *end, const ch_hash *statement,
    const ch_seen *seen);
/* A statement about a delivery: names this registry, L, D, cover and place of the row. L's own
 * statement comes back; it points into memory of the request. */
bool ch_about_fits(ch_stmt *l, struct ch_reg *reg, struct ch_op *op, const ch_signed *in,
    const ch_row_submission *sub);

/* A checkpoint with the cosignatures that are here, some of each party. */
bool ch_cosigned_note(ch_span *note, struct ch_reg *reg, struct ch_op *op,
    const ch_row_checkpoint *cp);
/* lapse.c: end what lapsed, after cosignatures of this checkpoint came in: of this author, so that
 * nobody's overdue papers stand in the way of others'; empty: of all, the oldest first. */
bool ch_ends_lapse(struct ch_reg *reg, struct ch_op *op, const ch_row_checkpoint *cp,
    ch_span author);
/* `already-ended` with the end. */
bool ch_refuse_ended(struct ch_op *op, ch_end end);

#endif
