/* What seal, unseal and keygen share: they work on files anywhere, without a home. */
#ifndef CH_FILES_CLI_H
#define CH_FILES_CLI_H

#include "common.h"
#include "flow.h"
#include "keyring.h"

/* Which tools open what: for --help. */
#define CH_FILES_WHO \
	"Classic files (age1…) open with every age, Debian's 1.1.1 too; hybrid ones (age1pq1…),\n" \
	"safe against a quantum computer, with age 1.3 or newer. The two are never mixed in one\n" \
	"file."

/* A ring whose questions go to --passphrase-file, --passphrase-fd or the terminal. `c` stays. */
void ch_files_ring(struct ch_ring *ring, struct ch_cli *c);

/* NULL for "-" and for nothing: the standard streams. */
const char *ch_files_path(const char *named);

/* The sentence for a fault of a flow from `in` to `out` (NULL: the standard streams). */
ch_err ch_files_fault(struct ch_problem *why, const struct ch_flow *f, ch_err e, const char *in,
    const char *out);

/* --plugin-wait as the ring takes it: at most a day. */
unsigned ch_files_patience(uint64_t seconds);

/* FORMAT unless the payload and the JSON go to different places. */
CH_MUST_USE ch_err ch_files_json(struct ch_cli *c, const char *output);

#endif
