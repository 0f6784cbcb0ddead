/* Packs into a buffer that grows; all else of packs is in the core's pack.h. */
#ifndef CH_PACK_BUF_H
#define CH_PACK_BUF_H

#include "mem.h"
#include "pack.h"

/* Add a pack of these parts to `out`, which has its bound. NOMEM, and as ch_pack_format(): nothing
 * is added then. LIMIT: more than the bound. */
CH_MUST_USE ch_err ch_pack_put(struct ch_buf *out, const ch_part *part, size_t n,
    ch_pack_kind kind, bool exercise);

#endif
