/*
 * Bundle and envelope: sizes known beforehand, and the two streaming checkers. Each takes
 * plaintext through ch_emit, so that it stands behind an opening sink.
 *
 * Format: doc/formats/paper.md.
 */
#ifndef CH_ENVELOPE_H
#define CH_ENVELOPE_H

#include "cover.h"
#include "defect.h"
#include "seal.h"
#include "tar.h"

#define CH_ENVELOPE_MIN  16384u
#define CH_SIGNATURE_MAX (CH_NOTE_TEXT_MAX + ((size_t)64 << 10))
#define CH_SUMS_MAX      16384u

/* ---- sizes ---- */

/* The Padmé step at or above n (n itself below 2). UINT64_MAX stays. */
uint64_t ch_padme(uint64_t n);
/* The tar of paper.txt (n bytes), SHA256SUMS, seeds, signature and attachments. */
CH_MUST_USE ch_err ch_bundle_size(uint64_t *out, const ch_stmt *head, uint64_t n_paper,
    uint64_t n_signature);
/* body.age for a bundle of that size, sealed to K alone. */
uint64_t ch_body_size(uint64_t bundle, const ch_age_recipient *k);
/* The padded outer archive: what is sealed as E. */
uint64_t ch_outer_size(uint64_t cover, uint64_t body);
/* E itself. */
uint64_t ch_envelope_size(uint64_t cover, uint64_t body, const ch_age_recipient *to,
    size_t n_to);

/* ---- making ---- */

/* `<hex>  <name>` for paper.txt and every attachment of the head. */
CH_MUST_USE ch_err ch_sums_format(struct ch_wr *w, const ch_stmt *head, const ch_hash *paper_txt);
/* The four members before the attachments. `seeds` is secret and stays the caller's to wipe. */
CH_MUST_USE ch_err ch_bundle_put_texts(struct ch_tar_writer *w, ch_span paper_txt,
    const ch_stmt *head, const struct ch_seeds *seeds, ch_span signature);
/* Begin the member of attachment i of the head; its bytes and ch_tar_writer_end() follow. */
CH_MUST_USE ch_err ch_bundle_begin_attachment(struct ch_tar_writer *w, const ch_stmt *head,
    uint32_t i);

/* ---- checking the bundle ---- */

/* Where an attachment's bytes go. Nothing is known of them before end() or the reader's finish. */
typedef struct {
	ch_err (*begin)(void *ctx, uint32_t index, const ch_item *attachment);
	ch_err (*data)(void *ctx, ch_span bytes);
	ch_err (*end)(void *ctx); /* size and digest fitted */
} ch_attachment_events;

/* Memory of the caller. paper_txt has CH_PAPER_MAX bytes, or fewer when the caller refuses larger
 * papers by LIMIT. The seeds' text is wiped by deinit. */
typedef struct {
	uint8_t *paper_txt;
	size_t paper_cap;
	ch_passage *passage; /* CH_PASSAGES_MAX */
	struct ch_paper_work *work;
} ch_bundle_room;

struct ch_bundle_reader {
	struct ch_tar_reader tar;
	const ch_bundle_room *room;
	const ch_cover *cover;
	const ch_attachment_events *events; /* may be NULL */
	void *ctx;
	ch_defect cause;                    /* why; NONE for faults and while all is well */
	ch_err foreign;                     /* what room or events said */
	unsigned member;
	size_t n, n_paper, n_sums, n_seeds, n_signature;
	struct ch_sha256 sha;
	ch_hash want; /* digest of the attachment in hand */
	ch_paper paper;                     /* valid once finish() said OK */
	struct ch_seeds seeds;              /* likewise; wiped by deinit   */
	uint8_t sums[CH_SUMS_MAX];
	uint8_t seeds_text[CH_SEEDS_TEXT_MAX];
	uint8_t signature[CH_SIGNATURE_MAX];
};

/* The cover was parsed and checked against L; it gives D, exercise flag and signature. */
void ch_bundle_reader_init(struct ch_bundle_reader *r, const ch_bundle_room *room,
    const ch_cover *cover, const ch_attachment_events *events, void *ctx);
void ch_bundle_reader_deinit(struct ch_bundle_reader *r);
/* Push plaintext. AUTH with `cause` set: a defect. Other errors: of room, events. All stick. */
CH_MUST_USE ch_err ch_bundle_reader_write(struct ch_bundle_reader *r, ch_span bytes);
CH_MUST_USE ch_err ch_bundle_reader_emit(void *ctx, ch_span bytes);
/* Whether all but the attachments was there, and fits the cover. */
bool ch_bundle_reader_has_texts(const struct ch_bundle_reader *r);
/* The bundle is over: everything was there and fits, or AUTH and `cause`. */
CH_MUST_USE ch_err ch_bundle_reader_finish(struct ch_bundle_reader *r);

/* ---- checking the outer archive ---- */

#define CH_OUTER_HEAD 4096u /* an age header with one stanza is far below */

struct ch_outer_reader {
	struct ch_tar_reader tar;
	ch_emit body;      /* takes body.age; NULL: only its header is checked */
	void *ctx;
	unsigned member;
	bool header_done;
	ch_age_type k_type; /* what body.age is sealed to; NONE: no type of ours */
	size_t n_cover, n_head, seen;
	uint64_t n_body;
	uint8_t cover[CH_COVER_MAX];
	uint8_t head[CH_OUTER_HEAD];
};

void ch_outer_reader_init(struct ch_outer_reader *r, ch_emit body, void *ctx);
/* FORMAT: not exactly cover.txt, body.age (one stanza) and zeros. Else what `body` returned. */
CH_MUST_USE ch_err ch_outer_reader_write(struct ch_outer_reader *r, ch_span bytes);
CH_MUST_USE ch_err ch_outer_reader_emit(void *ctx, ch_span bytes);
/* FORMAT also for another length than the padded one. */
CH_MUST_USE ch_err ch_outer_reader_finish(struct ch_outer_reader *r);
/* cover.txt as captured. */
ch_span ch_outer_reader_cover(const struct ch_outer_reader *r);

#endif
