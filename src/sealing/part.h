/*
 * A part of a sealed file, without opening the rest: the last chunk, which proves the length, and
 * the chunks in which the part lies. Only of a plain file (not a pipe, not armor).
 */
#ifndef CH_PART_H
#define CH_PART_H

#include "flow.h"

/*
 * After ch_flow_header() and ch_flow_output(), in place of ch_flow_open(): text [from, from + n),
 * as much of it as there is; *size is the length of the whole text.
 * FORMAT, side INPUT: it can only be read in order      LIMIT: `from` lies behind the end
 * Others as ch_flow_open().
 */
CH_MUST_USE ch_err ch_part_open(uint64_t *size, struct ch_flow *f, const struct ch_file_key *key,
    uint64_t from, uint64_t n);

#endif
