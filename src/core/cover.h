/*
 * The cover: what an addressee sees before signing for a paper. An extract with `paper` and
 * `leaves`, the latter exactly the cover keys.
 *
 * Format: doc/formats/paper.md, "Body, cover, envelope"; extract.md.
 */
#ifndef CH_COVER_H
#define CH_COVER_H

#include "leaves.h"
#include "note.h"

#define CH_COVER_MAX ((size_t)128 << 10)

typedef struct {
	ch_span text;           /* all of it                                   */
	ch_span signature;      /* the signed note over D's text, as it stands */
	ch_note note;           /* the same, parsed: not verified here         */
	ch_stmt paper;          /* D's statement                               */
	ch_hash d;              /* its hash                                    */
	ch_leaves leaves;
	ch_span v[CH_H_KEYS];   /* values of the cover keys, empty for `-`     */
} ch_cover;

/* Write it; `signature` is the signed note over what ch_paper_commit() wrote. */
CH_MUST_USE ch_err ch_cover_format(struct ch_wr *w, const ch_paper *p,
    const struct ch_seeds *seeds, ch_span signature, struct ch_paper_work *work);

/*
 * Parse, and judge the leaves against D. Whether the signature is the author's is asked of the
 * roster, elsewhere.
 * FORMAT, TRUNCATED, LIMIT: not canonical, or not exactly the cover keys
 * AUTH: leaves that D does not commit to
 * CONFLICT: talks or author differ between D's statement and the head, or `by` is not of `from`
 */
CH_MUST_USE ch_err ch_cover_parse(ch_cover *out, ch_span in, bool exercise);

/*
 * Whether the cover is the one that L (kind CH_K_SUBMISSION) names and says the same.
 *   from_code, to_code   the two parties' codes by the charter; empty: not compared
 * AUTH: its hash or D is another        CONFLICT: talks, from, to, serial or codes differ
 */
CH_MUST_USE ch_err ch_cover_check(const ch_cover *c, const ch_stmt *submission,
    ch_span from_code, ch_span to_code);

#endif
