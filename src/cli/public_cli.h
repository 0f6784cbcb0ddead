/* Shared by the commands that speak in public: confirm, contest, statement, disclose. */
#ifndef CH_PUBLIC_CLI_H
#define CH_PUBLIC_CLI_H

#include "common.h"
#include "public.h"

/* Everything of one such command; zeroed, on the heap. */
struct ch_public_cli {
	struct ch_dossier d;
	ch_delivery v;
	struct ch_reading r;
	struct ch_utterance u;
};

struct ch_public_cli *ch_public_cli_new(void);
void ch_public_cli_free(struct ch_public_cli *p);

/* Home, talks, registry; then the paper and what its record says. */
CH_MUST_USE ch_err ch_public_cli_paper(struct ch_public_cli *p, struct ch_cli *c,
    const char *number);

/* A line of the person, brought into NFC, in the utterance's memory. FORMAT: it may not stand in a
 * statement; `what` names it. NULL stays empty. */
CH_MUST_USE ch_err ch_public_cli_text(ch_span *out, struct ch_utterance *u, const char *text,
    const char *what, struct ch_problem *why);

/* Head keys `from,to`, into which. FORMAT: there is no such key. */
CH_MUST_USE ch_err ch_public_cli_keys(ch_selection *which, const char *keys,
    struct ch_problem *why);

/* CONFLICT: one of the same kind about the same paper waits to be posted. */
CH_MUST_USE ch_err ch_public_cli_waiting(const struct ch_cli *c, ch_kind kind, const ch_hash *d,
    struct ch_problem *why);

/* Say exactly what becomes known, leaf by leaf, and by whom and where. */
void ch_public_cli_known(struct ch_cli *c, const struct ch_public_cli *p);

/* Ask; sign and keep; post; say where it stands. DENIED: not wanted. */
CH_MUST_USE ch_err ch_public_cli_finish(struct ch_cli *c, struct ch_public_cli *p,
    const char *question);

#endif
