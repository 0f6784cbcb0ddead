/* Shared by the commands that speak in public: confirm, contest, statement, disclose. */
#ifndef CH_PUBLIC_CLI_H
#define CH_PUBLIC_CLI_H

#include "common.h"
#include "speak.h"

/* Home, talks, registry; with `fresh` also what others said in public meanwhile. */
CH_MUST_USE ch_err ch_public_cli_open(struct ch_cli *c, bool fresh);
/* Make ready what is to be said; says the number of a paper that is shown. */
CH_MUST_USE ch_err ch_public_cli_begin(struct ch_speaking *s, struct ch_cli *c,
    const ch_speech *what);

/* Head keys `from,to`, into which. FORMAT: there is no such key. */
CH_MUST_USE ch_err ch_public_cli_keys(ch_selection *which, const char *keys,
    struct ch_problem *why);

/* Say exactly what becomes known, leaf by leaf, and by whom and where. */
void ch_public_cli_known(struct ch_cli *c, const struct ch_speaking *s);

/* Ask; sign and keep; post; say where it stands. DENIED: not wanted. */
CH_MUST_USE ch_err ch_public_cli_finish(struct ch_cli *c, struct ch_speaking *s,
    const char *question);

#endif
