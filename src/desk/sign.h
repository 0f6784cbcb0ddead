/* Signing statements as our delegate: the text, an empty line, our one signature line. */
#ifndef CH_SIGN_H
#define CH_SIGN_H

#include "dossier.h"

/* The signed note over a statement. FORMAT: a value that may not stand. LOCKED. */
CH_MUST_USE ch_err ch_sign_stmt(struct ch_buf *note, const struct ch_home *home,
    const ch_stmt *s);

/*
 * A statement about a delivery: receipt, decline, take-back (`extra` is the reason, may be empty),
 * opened, defect, key-missing (`extra` is the cause). It names our newest roster, the register as
 * last seen (kept in the dossier as checkpoint.<size>) and L's place in the pair chain.
 * ABSENT: the record lacks what must be named
 */
CH_MUST_USE ch_err ch_sign_about(struct ch_buf *note, const struct ch_dossier *d,
    const struct ch_watch *w, ch_kind kind, ch_span extra, struct ch_problem *why);

#endif
