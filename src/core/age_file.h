/*
 * Files of keys as age reads them (its -R and -i), and single keys from a command line (-r): one
 * key a line, "#" begins a comment, empty lines are nothing, CR LF is taken for LF, the last line
 * may lack its end. A key is a native one, or the name of a plugin that has it: see "Mapping
 * recipients and identities to plugin binaries" of c2sp.org/age-plugin. ssh keys are refused.
 *
 * `why` says what is wrong, and in which line (from 1; 0 for a single key); never what stands
 * there. Nothing secret is copied but into `native`; the spans point into the caller's text.
 */
#ifndef CH_AGE_FILE_H
#define CH_AGE_FILE_H

#include "age_key.h"

#define CH_AGE_LINE_MAX 8192       /* bytes of a line with a key, as in age  */
#define CH_AGE_FILE_KEYS 4096      /* keys of one file                       */
#define CH_AGE_PLUGIN_NAME_MAX 64  /* characters of a plugin's name          */

/* A key as it was written. An identity's text is secret. */
typedef struct {
	ch_span text;
	char plugin[CH_AGE_PLUGIN_NAME_MAX + 1]; /* in lower case; empty: a native key */
} ch_age_key_text;

/*
 * Judge one key. *native is set only when no plugin is named, else zero.
 * FORMAT: no key of that kind, an ssh key, one of the other kind, or one that nobody can seal to
 * LIMIT: too long        NOMEM, INTERNAL: the libraries; why->what is NULL then
 */
CH_MUST_USE ch_err ch_age_recipient_text(ch_age_key_text *out, ch_age_recipient *native,
    struct ch_diag *why, ch_span text);
/* Constant time in a native secret; a plugin's text is not looked after so. */
CH_MUST_USE ch_err ch_age_identity_text(ch_age_key_text *out, struct ch_age_identity *native,
    struct ch_diag *why, ch_span text);

/* A walk over a file. The first error sticks. */
struct ch_age_file {
	struct ch_rd r;
	size_t line, n_keys;
};

static inline struct ch_age_file ch_age_file_of(ch_span text)
{
	return (struct ch_age_file){ .r = ch_rd_of(text) };
}

/*
 * The next key. ABSENT: no more. Errors as above; FORMAT also when the whole file holds none,
 * LIMIT when it holds more than CH_AGE_FILE_KEYS.
 */
CH_MUST_USE ch_err ch_age_file_recipient(ch_age_key_text *out, ch_age_recipient *native,
    struct ch_diag *why, struct ch_age_file *f);
CH_MUST_USE ch_err ch_age_file_identity(ch_age_key_text *out, struct ch_age_identity *native,
    struct ch_diag *why, struct ch_age_file *f);

/*
 * Whether a file of identities is itself an age file, binary or armored, as a passphrase protects
 * it: the shell opens it and walks what comes out. Wants its first CH_ARMOR_PEEK bytes.
 */
bool ch_age_file_is_sealed(ch_span first);

#endif
