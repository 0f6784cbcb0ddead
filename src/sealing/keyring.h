/*
 * A key ring: for whom to seal, and who can open, gathered from what a person names (recipients,
 * files of them, identities, plugins), as age's own tools take it. Identity files may be sealed
 * under a passphrase themselves: it is asked for once each, and only when nothing else fits.
 *
 * Errors come with a sentence: FORMAT for a file that holds something else (with its line), LOCKED
 * for a wrong passphrase, CONFLICT for recipients that must not stand together, LIMIT for too many
 * or too long, DENIED for a plugin that failed; and those of file.h.
 */
#ifndef CH_KEYRING_H
#define CH_KEYRING_H

#include "age_file.h"
#include "age_header.h"
#include "file.h"
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
	/* One line: what to mind, what a plugin says. */
	void (*say)(void *ctx, const char *line);
	unsigned patience; /* with plugins: see plugin_run.h */
} ch_ring_ui;

/* A key that a plugin has: its name and the text it wants. */
struct ch_ring_plugin {
	bool identity;
	char name[CH_AGE_PLUGIN_NAME_MAX + 1];
	size_t n;
	uint8_t text[CH_AGE_LINE_MAX];
};

/* An identity file under a passphrase. */
struct ch_ring_locked {
	bool opened;
	char path[CH_PATH_MAX];
	size_t n;
	uint8_t *sealed; /* the binary file */
};

struct ch_ring {
	ch_ring_ui ui;
	bool stdin_used;
	ch_age_recipient *to;
	struct ch_age_identity *ids;
	struct ch_ring_plugin *plugins;
	struct ch_ring_locked *locked;
	size_t n_to, cap_to, n_ids, cap_ids, n_plugins, cap_plugins, n_locked, cap_locked;
};

void ch_ring_init(struct ch_ring *r, const ch_ring_ui *ui);
/* Wipes and releases. */
void ch_ring_deinit(struct ch_ring *r);

/* One recipient as text; all of a file ("-": standard input). */
CH_MUST_USE ch_err ch_ring_recipient(struct ch_ring *r, ch_span text, struct ch_problem *why);
CH_MUST_USE ch_err ch_ring_recipients(struct ch_ring *r, const char *path, struct ch_problem *why);
/* All identities of a file; that of a plugin which needs no data (age's -j). */
CH_MUST_USE ch_err ch_ring_identities(struct ch_ring *r, const char *path, struct ch_problem *why);
CH_MUST_USE ch_err ch_ring_plugin(struct ch_ring *r, const char *name, struct ch_problem *why);
bool ch_ring_has_identities(const struct ch_ring *r);

/* Add the recipients of all identities; protected files are opened for it. */
CH_MUST_USE ch_err ch_ring_to_own(struct ch_ring *r, struct ch_problem *why);

/*
 * Before sealing: the stanzas of all plugins for this file key, ready for ch_seal_start(), into
 * `out`. CONFLICT: hybrid and classic recipients, or others that refuse each other's company.
 */
CH_MUST_USE ch_err ch_ring_foreign(struct ch_buf *out, struct ch_ring *r,
    const struct ch_file_key *key, struct ch_problem *why);

/* Whether a header is that of a file under a passphrase. FORMAT, LIMIT: no good header. */
CH_MUST_USE ch_err ch_ring_wants_pass(bool *pass, ch_span header);

/*
 * The file key of a file with this exact header: by identities, then by protected files, then by
 * plugins. The caller wipes it. ABSENT: none fits. Further errors of ch_open_start().
 */
CH_MUST_USE ch_err ch_ring_file_key(struct ch_file_key *out, struct ch_ring *r, ch_span header,
    struct ch_problem *why);

#endif
