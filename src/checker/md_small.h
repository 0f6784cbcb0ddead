/*
 * Markdown for the checking page, where cmark is not to be had: what plain papers are written with,
 * or nothing. Whatever it sets it sets as md_sheet.c does with cmark (a law of the tests); what it
 * does not know for sure it leaves, and the page then shows the text alone.
 *
 * Known: paragraphs, # headings, lists tight and nested, a passage that is a quotation, *emphasis*,
 * **strong**, `code`, escapes, hard line ends. Left: HTML, entities, links, images, fences, tables,
 * underlined headings, rules, tabs, and emphasis beside characters of unknown kind.
 *
 * For display only: what is signed is the text. Hostile input; pure; bounded by the sizes below.
 */
#ifndef CH_MD_SMALL_H
#define CH_MD_SMALL_H

#include "err.h"
#include "span.h"

#define CH_MD_SMALL_MAX   ((size_t)16 << 10)
#define CH_MD_SMALL_PARTS 1024u
#define CH_MD_SMALL_DEEP  4u  /* lists in lists           */
#define CH_MD_SMALL_TAGS  8u  /* emphases about one place */

typedef enum {
	CH_MDS_P, CH_MDS_H1, CH_MDS_H2, CH_MDS_H3, /* H3: and lower ones */
	CH_MDS_UL, CH_MDS_OL, CH_MDS_LI, CH_MDS_QUOTE, CH_MDS_EM, CH_MDS_STRONG, CH_MDS_CODE,
	CH_MDS_BR,
	CH_MDS_COUNT
} ch_mds_tag;

/* What is told, in order. `start` is of an OL; BR is opened and not closed. */
typedef struct {
	void (*open)(void *ctx, ch_mds_tag tag, uint32_t start);
	void (*close)(void *ctx, ch_mds_tag tag);
	void (*text)(void *ctx, ch_span text);
	void *ctx;
} ch_mds_ear;

/* A piece of a paragraph: text, code, a line's end, or a run of * or _. */
typedef struct {
	uint8_t kind, mark;
	bool opens, closes;
	uint8_t n_before, n_after;          /* ends before what is left of a run, begins behind */
	uint8_t before[CH_MD_SMALL_TAGS], after[CH_MD_SMALL_TAGS];
	uint16_t left, whole;               /* of a run */
	int16_t last, next;                 /* runs that may still match; -1: none */
	ch_span text;
} ch_mds_part;

/* Room to work in; nothing in it is read before it is written. */
struct ch_md_small {
	const ch_mds_ear *ear;
	bool fits;
	uint8_t para[CH_MD_SMALL_MAX + 1];  /* the paragraph that is open */
	size_t n_para;
	bool open;
	struct { uint8_t mark; uint32_t at, body; } list[CH_MD_SMALL_DEEP];
	unsigned n_lists;
	ch_mds_part part[CH_MD_SMALL_PARTS];
	unsigned n_parts;
	int16_t last;
};

/* True: set, from begin to end. False: not known; forget what was told. */
bool ch_md_small(struct ch_md_small *m, const ch_mds_ear *ear, ch_span passage);

#endif
