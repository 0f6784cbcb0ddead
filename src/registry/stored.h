/*
 * A registry's folder, read as the log that it serves, beside a running registry or without: full
 * tiles and bundles from their files, the newest checkpoint and what has no file yet from the
 * database. Nothing is written.
 */
#ifndef CH_STORED_H
#define CH_STORED_H

#include "mem.h"

struct ch_stored;

/* ABSENT: there is no registry in that folder. Other errors: *why says, a whole sentence. */
CH_MUST_USE ch_err ch_stored_open(struct ch_stored **out, const char *dir, const char **why);
void ch_stored_close(struct ch_stored *s); /* NULL is fine */

/* Its log's verifier key, as text. */
const char *ch_stored_vkey(const struct ch_stored *s);

/*
 * The file `path` of its log, appended to out; ctx is the struct ch_stored. Call for `checkpoint`
 * first: it says how large the log is. Of a tile of hashes that is no file yet: CH_OK and nothing,
 * for it follows from what lies below it.
 * ABSENT: it should be a file and is none, or is no part of the log
 */
CH_MUST_USE ch_err ch_stored_get(void *ctx, struct ch_buf *out, const char *path);

#endif
