/*
 * paper.txt and what it commits to: leaves, trees, D. The same code serves author, addressee and
 * judge; whoever recomputes does it from the bytes.
 *
 * Format: doc/formats/paper.md. Seeds and salts are secret until shown; hashing is constant time
 * in them, the rest is variable time.
 */
#ifndef CH_PAPER_H
#define CH_PAPER_H

#include "merkle.h"
#include "stmt.h"

#define CH_PASSAGES_MAX    4096u
#define CH_PASSAGE_MAX     ((size_t)64 << 10)
#define CH_PAPER_MAX       ((size_t)16 << 20)
#define CH_ITEMS_MAX       512u
#define CH_ATTACHMENTS_MAX 99u
#define CH_SALT            16u

typedef enum {
	CH_LEAF_HEAD = 1,
	CH_LEAF_PASSAGE,
	CH_LEAF_INFO,
	CH_LEAF_POSITION,
	CH_LEAF_ATTACHMENT,
	CH_LEAF_KINDS, /* one more than the last */
} ch_leaf_kind;

typedef struct {
	ch_span text;    /* without the LF behind it                     */
	unsigned level;  /* 1 to 6: a heading; 0: none                   */
	uint32_t parent; /* index of the enclosing heading + 1, or 0     */
} ch_passage;

typedef struct {
	ch_stmt head;  /* kind CH_K_PAPER_TEXT                           */
	ch_span body;  /* all passages as in the file, last LF included  */
	const ch_passage *passage;
	uint32_t n_passages;
} ch_paper;

/* Fresh for every copy; `text` is common to the copies of one circular. Wipe after use. */
struct ch_seeds {
	struct ch_secret32 head, body, text;
};

/* Work area for leaf hashes, from the caller. */
struct ch_paper_work {
	ch_hash head[CH_H_KEYS];
	ch_hash item[CH_ITEMS_MAX];
	ch_hash passage[CH_PASSAGES_MAX];
	ch_hash path[CH_MERKLE_PROOF_MAX];
};

/*
 * Parse a whole paper.txt. Spans point into `in`; passages go to passage[0..CH_PASSAGES_MAX).
 * FORMAT: not canonical, or attachments not named 01.ext, 02.ext ...   TRUNCATED, LIMIT as usual
 */
CH_MUST_USE ch_err ch_paper_parse(ch_paper *out, ch_passage passage[CH_PASSAGES_MAX], ch_span in,
    bool exercise);

/* Split the part behind the head (`a\n\nb\n`), finding headings. Same errors. */
CH_MUST_USE ch_err ch_paper_split(uint32_t *n, ch_passage passage[CH_PASSAGES_MAX], ch_span body);

/* Write head, empty line and body. FORMAT and LIMIT stick for what would not parse. */
CH_MUST_USE ch_err ch_paper_format(struct ch_wr *w, const ch_stmt *head, ch_span body);

/*
 * Whether the head agrees with itself: from, by and to, info, the two codes of the number, sizes
 * of the attachments in all. Unknown words are no contradiction.
 * CONFLICT: it does not; diag (may be NULL) names the key and, as `at`, its index.
 */
CH_MUST_USE ch_err ch_paper_check_head(struct ch_diag *diag, const ch_stmt *head);

/* Whether an attachment of that index may be called so: 01.pdf, 02.bin ... */
bool ch_attachment_is_named(ch_span name, uint32_t index);

/* The level of a passage as a heading, 0 when it is none. */
unsigned ch_passage_level(ch_span text);

/* The list that the items of a leaf kind belong to, as a head field; CH_H_KEYS for none. */
unsigned ch_leaf_field(ch_leaf_kind kind);
const char *ch_leaf_kind_name(ch_leaf_kind kind);

void ch_leaf_salt(uint8_t out[CH_SALT], const struct ch_seeds *seeds, ch_leaf_kind kind,
    uint32_t index, bool exercise);
void ch_body_salt(uint8_t out[CH_SALT], const struct ch_seeds *seeds, bool exercise);
/* Hash of a leaf: RFC 6962 over label, kind, index, parent, salt, bytes. */
void ch_leaf_hash(ch_hash *out, ch_leaf_kind kind, uint32_t index, uint32_t parent,
    const uint8_t salt[CH_SALT], ch_span bytes, bool exercise);
void ch_body_commitment(ch_hash *out, const uint8_t salt[CH_SALT], uint32_t count,
    const ch_hash *root, bool exercise);

/* The bytes of head leaf i: `key value`; a list needs the root of its items. */
void ch_head_leaf_put(struct ch_wr *w, const ch_stmt *head, unsigned i, const ch_hash *root);

/* Value of the line `text`, from a head in which it may still be unset. */
void ch_paper_text_line(ch_hash *out, const ch_stmt *head, ch_span body,
    const struct ch_secret32 *common);

/* Leaf hashes into work (work->item is the list last hashed) and the two commitments. */
CH_MUST_USE ch_err ch_paper_roots(ch_hash *head_root, ch_hash *body, const ch_paper *p,
    const struct ch_seeds *seeds, struct ch_paper_work *work);
/* Leaf hashes of one list into work->item and its root (zero for an empty list). */
CH_MUST_USE ch_err ch_paper_list_root(ch_hash *root, const ch_stmt *head, ch_leaf_kind kind,
    const struct ch_seeds *seeds, struct ch_paper_work *work);

/*
 * Write the statement `paper` of this paper: its hash is D, its signed note the signature.
 *   roster   by which the signers are judged        mode   `signed` or `off-record`
 */
CH_MUST_USE ch_err ch_paper_commit(struct ch_wr *statement, ch_hash *d, const ch_paper *p,
    const struct ch_seeds *seeds, const ch_ref *roster, ch_span mode, struct ch_paper_work *work);

/* The statement `seeds`. The text is secret: the caller wipes it. */
#define CH_SEEDS_TEXT_MAX 1024u
CH_MUST_USE ch_err ch_seeds_format(struct ch_wr *w, const ch_stmt *head,
    const struct ch_seeds *seeds);
/* FORMAT: not canonical        CONFLICT: talks or author are not those of the head */
CH_MUST_USE ch_err ch_seeds_parse(struct ch_seeds *out, ch_span text, const ch_stmt *head);

#endif
