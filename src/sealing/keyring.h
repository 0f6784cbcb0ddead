/*
 * A key ring: for whom to seal, and who can open, gathered from what a person names (recipients,
 * files of them, identities, plugins), as age's own tools take it. Identity files may be sealed
 * under a passphrase themselves: it is asked for once each, and only when nothing else fits.
 *
 * Errors come with a sentence: FORMAT for a file that holds something else (with its line), LOCKED
 * for a wrong passphrase, ABSENT for no such file, CONFLICT for recipients that must not stand
 * together, LIMIT for too many or too long; and those of file.h.
 */
#ifndef CH_KEYRING_H
#define CH_KEYRING_H

#include "age_header.h"
#include "age_key.h"
#include "mem.h"
#include "problem.h"
#include "term.h"

#define CH_RING_FILE_MAX ((size_t)1 << 20) /* bytes of one file of keys      */
#define CH_RING_MAX 4096                   /* recipients, or identities      */
#define CH_RING_WORK_MAX 22                /* largest scrypt work we will do */

/* How the ring speaks to a person. */
typedef struct {
	void *ctx;
	/* A passphrase, after a prompt such as "Passphrase of key.age: ". */
	ch_err (*pass)(struct ch_pass *out, void *ctx, const char *prompt, struct ch_problem *why);
	void (*warn)(void *ctx, const char *text);
} ch_ring_ui;

struct ch_ring {
	ch_ring_ui ui;
	bool stdin_used;
	ch_age_recipient *to;
	size_t n_to, cap_to;
	struct ch_age_identity *ids;
	size_t n_ids, cap_ids;
};

void ch_ring_init(struct ch_ring *r, const ch_ring_ui *ui);
/* Wipes and releases. */
void ch_ring_deinit(struct ch_ring *r);

/* One recipient as text; all of a file ("-": standard input). */
CH_MUST_USE ch_err ch_ring_recipient(struct ch_ring *r, ch_span text, struct ch_problem *why);
CH_MUST_USE ch_err ch_ring_recipients(struct ch_ring *r, const char *path, struct ch_problem *why);
/* All identities of a file. */
CH_MUST_USE ch_err ch_ring_identities(struct ch_ring *r, const char *path, struct ch_problem *why);
bool ch_ring_has_identities(const struct ch_ring *r);
/* Add the recipients of all identities. */
CH_MUST_USE ch_err ch_ring_to_own(struct ch_ring *r, struct ch_problem *why);

/*
 * The file key of a file with this exact header: by identities, then by protected files, then by
 * plugins. The caller wipes it. ABSENT: none fits. Further errors of ch_open_start().
 */
CH_MUST_USE ch_err ch_ring_file_key(struct ch_file_key *out, struct ch_ring *r, ch_span header,
    struct ch_problem *why);

#endif
