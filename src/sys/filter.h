/*
 * Bytes through another program: its whole input, its whole output, within bounds. The input is a
 * file in memory (memfd) on its standard input, so that it may seek and nothing lies on a disk; its
 * complaints go nowhere; default signals, "/" as its folder, no descriptor of ours.
 */
#ifndef CH_FILTER_H
#define CH_FILTER_H

#include "file.h"

#define CH_FILTER_ARGS 14u

/*
 * argv: words behind the program's own name, NULL behind the last. The output is appended to `out`.
 * LIMIT: more than out's max, or longer than `ms`        FORMAT: it ended with an error
 * IO, NOMEM, INTERNAL (too many words). The program has ended in any case.
 */
CH_MUST_USE ch_err ch_filter(struct ch_buf *out, const char *path, const char *const *argv,
    ch_span in, unsigned ms);

#endif
