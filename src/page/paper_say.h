/* Pieces about papers, for every page that shows one. */
#ifndef CH_PAPER_SAY_H
#define CH_PAPER_SAY_H

#include "page.h"

/* The cover's keys but number and subject, as <dl>. v as in ch_cover.v or in a head. */
void ch_page_cover(struct ch_page *p, const struct ch_talks *t, const ch_span v[CH_H_KEYS]);
/* The same as a sheet whose <header> is still open: caveat, end of the header, subject, cover. */
void ch_page_cover_sheet(struct ch_page *p, const struct ch_talks *t, const ch_span v[CH_H_KEYS]);
/* The passages of an opened paper. `series` names them: p1, p2 …; a second paper has another. */
void ch_page_passages(struct ch_page *p, const ch_paper *paper, char series);
/* A text made to be slow to parse holds the desk up so long, and no longer. */
#define CH_PAGE_MARKDOWN_MS 300u
/* One of them; once end_ms of ch_clock_ms() has come, as it was written. */
void ch_page_passage(struct ch_page *p, char series, ch_span text, uint32_t i, uint64_t end_ms);
/* The whole paper as a sheet, its attachments below. */
void ch_page_paper_sheet(struct ch_page *p, const char *number, const ch_paper *paper, char series);
/* First in a page to be printed: what stands on top of every sheet of it. */
void ch_page_running(struct ch_page *p, const char *number, ch_span copy, ch_span caveat);
/* Whether its text can be read here. */
bool ch_page_is_open(const struct ch_dossier *d, const ch_delivery *v);
/* Bytes of an envelope from which on opening takes long. */
#define CH_PAGE_LARGE ((uint64_t)8 << 20)
/* A paper that takes long to open is opened by a job and kept. True: the page leads there, and back
 * (a form: to the paper). */
CH_MUST_USE bool ch_page_opens_first(struct ch_page *p, const struct ch_dossier *d,
    const ch_delivery *v);
/* The paper of the page's path, if it is kept; else NULL. */
const struct ch_reading *ch_page_kept(const struct ch_page *p);
/* The delivery record in plain words, findings, what its holder can show, "check again". */
void ch_page_record(struct ch_page *p, const struct ch_dossier *d, const ch_delivery *v);
/* "1.4 MB", "312 bytes" */
void ch_page_size(struct ch_page *p, uint64_t bytes);
/* An attachment of a head: its name, or what it is filed under, its type and its size. */
void ch_page_attachment(struct ch_page *p, const ch_item *it);
/* A job about the paper of a path talks/<talks>/papers/<folder>/…: talks, way on and way back are
 * set to that paper's page. NULL: no memory. */
struct ch_job *ch_page_paper_job(struct ch_page *p, const ch_job_kind *kind);

#endif
