/*
 * The published folder as a site: index.html (one sentence an item, in register order), check.html
 * (the checking page with the items in it) and feed.xml (Atom); index.html and feed.xml once in
 * every language. No script is needed to see them, nothing remote is asked for, and the same items
 * give the same bytes in every home.
 */
#ifndef CH_PUBLISH_SITE_H
#define CH_PUBLISH_SITE_H

#include "public.h"
#include "sheet.h"
#include "verdict.h"

struct ch_site {
	const struct ch_talks *talks;
	struct ch_buf items[CH_PUBLIC_LANGS], entries[CH_PUBLIC_LANGS]; /* of index and feed */
	struct ch_buf data; /* of check.html */
	struct ch_buf trust_text;
	ch_trust *trust;
	struct ch_verdict *verdict;
	size_t n;
	int64_t newest;                     /* the latest `time` that a signer claims */
	bool exercise;
	ch_err err;                         /* sticky */
};

/* Begin with whom the charter pins. Always end. */
void ch_site_begin(struct ch_site *s, const struct ch_talks *talks, bool exercise);
void ch_site_end(struct ch_site *s);

/* The next item in register order: its file in the folder, and its extract. */
void ch_site_add(struct ch_site *s, const ch_public_item *it, const char *file, ch_span extract);

/* The files, whole; out is set up. ABSENT: the program was built without the checker. */
CH_MUST_USE ch_err ch_site_index(struct ch_buf *out, const struct ch_site *s, unsigned lang,
    const ch_published *done);
CH_MUST_USE ch_err ch_site_feed(struct ch_buf *out, const struct ch_site *s, unsigned lang);
CH_MUST_USE ch_err ch_site_check(struct ch_buf *out, const struct ch_site *s);

/* ---- inside ---- */

/* The item that was judged last, as an entry of the feed in the language of h. */
void ch_site_entry(struct ch_sheet *h, const struct ch_site *s, const ch_public_item *it,
    const char *file);
/* A sentence with the parties of the talks at its place. */
void ch_site_title(struct ch_sheet *h, const struct ch_site *s, ch_public_msg id);

#endif
