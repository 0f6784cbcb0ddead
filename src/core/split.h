/*
 * Split views: two checkpoints that one log signed and that cannot both be of one log which only
 * grows, in one file that anybody checks without the log. Of one size, two roots say it. Of two
 * sizes, the file holds the hashes from which the larger root is made; they give the root that the
 * larger tree has for the smaller one's entries, and no other can be found without breaking
 * SHA-256.
 *
 * Format: doc/formats/split-view.md. Public data, variable time, no allocation.
 */
#ifndef CH_SPLIT_H
#define CH_SPLIT_H

#include "evidence.h"

#define CH_SPLIT_MAX ((size_t)262144) /* what we write */

/* What a file of this kind says. */
typedef struct {
	bool exercise;
	ch_vkey log;           /* the trusted key of that name; none: as the file claims      */
	ch_checkpoint tree[2]; /* the smaller first; of one size the lower root first         */
	ch_hash prefix;        /* of the second tree, over as many entries as the first has   */
	uint64_t cosigned[2];  /* earliest time by a witness of the trust's policy; 0: none   */
	const char *why;       /* what is not proven, a phrase; NULL: the log shows two trees */
} ch_split;

/* The caller's (about 6 KiB, any content). */
struct ch_split_work {
	ch_note note;
	ch_policy_cosigners cosigners;
	size_t n;                              /* hashes, the prefix among them */
	ch_hash hash[CH_MERKLE_PROOF_MAX + 1]; /* the prefix first              */
	uint8_t key[CH_VKEY_MAX + 1], path[(CH_MERKLE_PROOF_MAX + 1) * 45 + 1];
};

/*
 * Judge the parts of such a file (ch_pack_parse) by the key that the trust has for its log.
 * FORMAT …: not such a file, or not in its one form; diag (may be NULL) says what. All else is
 * CH_OK and said in out->why.
 */
CH_MUST_USE ch_err ch_split_judge(ch_split *out, struct ch_split_work *work,
    const ch_evidence *ev, struct ch_diag *diag);

/*
 * Write the file for two checkpoints as they came, in any order.
 *   log          whose signature both must bear
 *   fetch, ctx   nodes of the larger tree (merkle.h); NULL: only one size can be shown
 * ABSENT: they do not contradict each other, or the nodes are not those of the larger tree: nothing
 * can be shown to others        AUTH …: not two checkpoints of this log; errors of fetch pass
 */
CH_MUST_USE ch_err ch_split_put(struct ch_wr *w, struct ch_split_work *work, const ch_vkey *log,
    ch_span a, ch_span b, ch_merkle_fetch fetch, void *ctx);

#endif
