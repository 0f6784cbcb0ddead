/*
 * Offline proofs that an entry is in a log (c2sp.org/tlog-proof@v1): index, inclusion proof and
 * checkpoint, with opaque extra data (ours: the salt of the entry). The extra data is never
 * authenticated by the proof.
 */
#ifndef CH_PROOF_H
#define CH_PROOF_H

#include "merkle.h"
#include "policy.h"

#define CH_PROOF_EXTRA_MAX ((size_t)65536) /* bytes of extra data */

typedef struct {
	ch_span extra; /* base64 as written; empty when there is none */
	uint64_t index;
	size_t n;
	ch_hash hash[CH_MERKLE_PROOF_MAX];
	ch_span checkpoint; /* a note, not yet parsed */
} ch_proof;

/* The layout alone; spans into `in`, zero on error. TRUNCATED, FORMAT, LIMIT. Proves nothing. */
CH_MUST_USE ch_err ch_proof_parse(ch_proof *out, ch_span in);

/* The extra data in bytes; n = 0 when there is none. LIMIT: more than cap. */
CH_MUST_USE ch_err ch_proof_extra(uint8_t *out, size_t *n, size_t cap, const ch_proof *proof);

/* From parts; extra is raw bytes, empty for none. checkpoint is a whole note. */
void ch_proof_put(struct ch_wr *w, ch_span extra, uint64_t index, const ch_hash *hash, size_t n,
    ch_span checkpoint);

/* The hashes of a proof as c2sp.org writes them everywhere: a line of base64 each, then an empty
 * line. Taking: how many there were; LIMIT sticks above max, FORMAT for another spelling. */
size_t ch_proof_take_hashes(ch_hash *out, size_t max, struct ch_rd *r);
void ch_proof_put_hashes(struct ch_wr *w, const ch_hash *hash, size_t n);

/* What a verified proof says, and the work space for finding it out. Spans into the proof. */
struct ch_proof_facts {
	ch_proof proof;
	ch_note note;
	ch_checkpoint tree;            /* origin, size, root  */
	ch_policy_cosigners cosigners; /* zero without policy */
};

/*
 * Verify that `entry` is in the log.
 *   log      the key that must have signed the checkpoint, or NULL: any log of the policy
 *   policy   whose quorum must have cosigned it, or NULL: none asked
 * FORMAT and so on: not a proof        AUTH: signature, cosignature or inclusion wrong
 * ABSENT: not this log's, or no quorum. On any error all of `out` is zero.
 */
CH_MUST_USE ch_err ch_proof_verify(struct ch_proof_facts *out, ch_span in, ch_span entry,
    const ch_vkey *log, const ch_policy *policy);

/* The same for an entry of which only the leaf hash is known. */
CH_MUST_USE ch_err ch_proof_verify_leaf(struct ch_proof_facts *out, ch_span in,
    const ch_hash *leaf, const ch_vkey *log, const ch_policy *policy);

#endif
