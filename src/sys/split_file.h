/* Evidence of a split view, kept in a file: core/split.h on the disk. */
#ifndef CH_SPLIT_FILE_H
#define CH_SPLIT_FILE_H

#include "split.h"

/*
 * Make the file (0600) from two checkpoints in any order; arguments and verdicts as of
 * ch_split_put(). One that is there already stays, and is CH_OK: evidence is not overwritten.
 * ABSENT: nothing can be shown to others; nothing is written        NOMEM, and as of files
 */
CH_MUST_USE ch_err ch_split_file(const char *path, const ch_vkey *log, ch_span a, ch_span b,
    ch_merkle_fetch fetch, void *ctx);

#endif
