/*
 * The registry as a client of witnesses (c2sp.org/tlog-witness): who they are stands in the file
 * `policy` of its folder (c2sp.org/tlog-policy; the address of a witness is its submission prefix
 * and its monitoring prefix). Each witness has a thread that asks it, one question at a time; the
 * loop thread decides what is asked, makes the proofs and keeps what came back.
 *
 * All look at one checkpoint at a time, so that a quorum can meet on it: the next one is taken when
 * the quorum has met and those still asked had a moment more, or when nobody is being asked. A log
 * that rests is not shown twice. A witness that fails is named once in the log, is asked again
 * later and later, and stops nothing but the word "witnessed".
 */
#ifndef CH_WITNESSES_H
#define CH_WITNESSES_H

#include "client.h"
#include "folder.h"
#include "mem.h"
#include "policy.h"

#define CH_WITNESSES_MAX 24 /* lines of them that one note holds beside our own */
#define CH_WITNESS_WAIT_MS 5000 /* for an answer that is to be witnessed */

struct ch_reg;
struct ch_op;
struct ch_witnesses;

/* The policy of a folder, with the text that it points into. */
struct ch_quorum {
	struct ch_buf text;
	ch_policy policy;
};

/* *out stays NULL when there is no such file. FORMAT, LIMIT: `why` says what is wrong. */
CH_MUST_USE ch_err ch_quorum_read(struct ch_quorum **out, const struct ch_folder *f,
    const char **why);
void ch_quorum_free(struct ch_quorum *q);

/* `<prefix of the witness>/<what>`. LIMIT: too long   ABSENT: it has no address */
CH_MUST_USE ch_err ch_witness_url(char out[CH_PATH_MAX], const ch_policy_key *w,
    const char *what);

/* The checkpoint that a witness holds of a log, from its monitoring endpoint. `there`: it has one.
 * CH_OK: it answered, be it "never heard of". NET: it did not, or with an error, or `stop` (may be
 * NULL) was set. */
CH_MUST_USE ch_err ch_witness_fetch(struct ch_buf *out, bool *there, struct ch_client *c,
    const ch_policy_key *w, ch_span origin, unsigned ms, const _Atomic bool *stop);

/* Threads begin; nothing is asked before the first turn. q outlives them. known[i]: the size that
 * witness i was seen to hold, or 0. NOMEM */
CH_MUST_USE ch_err ch_witnesses_start(struct ch_reg *reg, const struct ch_quorum *q,
    const uint64_t *known);
/* Questions under way are given up: within half a second. */
void ch_witnesses_stop(struct ch_reg *reg);

/* Loop thread, around a batch: what came back goes into the batch; then what is due is asked, and
 * answers that waited long enough are given. Both do nothing without witnesses. */
void ch_witnesses_before(struct ch_reg *reg);
void ch_witnesses_after(struct ch_reg *reg);

/* A cosignature of size `size` came in by another way: it may complete the quorum. */
void ch_witnesses_heard(struct ch_reg *reg, uint64_t size);

/* A checkpoint that somebody showed us: true, and the end of this run, when our own key signed it
 * and it is not of this history. */
bool ch_witnesses_convict(struct ch_reg *reg, ch_span note);

/* Whether a key of the policy has this name and id. */
bool ch_witnesses_find(ch_vkey *out, const struct ch_reg *reg, const ch_note_line *line);

/* Keep an answer until the quorum has cosigned `size` leaves, but CH_WITNESS_WAIT_MS at most.
 * False: give it at once. */
bool ch_witnesses_hold(struct ch_reg *reg, struct ch_op *op, uint64_t size);

/* The newest checkpoint with its quorum's lines; 0 and empty when there is none. */
uint64_t ch_witnesses_size(const struct ch_reg *reg);
ch_span ch_witnesses_note(const struct ch_reg *reg);

/* ---- what is told of them ---- */

typedef struct {
	ch_span name;      /* of its key */
	bool asked;        /* it has an address */
	unsigned failures; /* since it last answered well */
	const char *why;   /* of the last failure; NULL: none */
	uint64_t size;     /* that it cosigned last */
	int64_t time;      /* when it did, by its clock; 0: not since the start */
} ch_witness_facts;

/* How many there are; `out` has room for CH_WITNESSES_MAX. Loop thread. */
size_t ch_witnesses_facts(ch_witness_facts *out, const struct ch_reg *reg);

#endif
