/*
 * A home: the folder of one delegate. Layout and file formats: doc/formats/home.md.
 *
 * A command opens the home, takes the lock for its one operation, unlocks once if it needs a
 * secret, and closes. Other processes (the desk) may work in between.
 */
#ifndef CH_HOME_H
#define CH_HOME_H

#include "age_key.h"
#include "dir.h"
#include "file.h"
#include "problem.h"
#include "term.h"
#include "vkey.h"

#define CH_HOME_VERSION     2u  /* 1: classic keys alone, and no retired archive keys */
#define CH_HOME_RETIRED_MAX 32
#define CH_HOME_ARCHIVES_MAX 8
#define CH_HOME_WORK        18u /* scrypt, when nothing else is asked */
#define CH_HOME_WORK_MAX    22u /* what an unlock is willing to do: 4 GiB */
#define CH_HANDLE_MAX       253u
#define CH_KEYNAME_MAX      (CH_HANDLE_MAX + 9u)
#define CH_HOME_TOKENS_MAX  4
#define CH_HOME_TOKEN_MAX   1024u /* characters of a plugin's identity */
/* What a file sealed by ch_home_seal() is longer than its content. */
#define CH_HOME_SEAL_OVER   4096u

/* The identity of a key in hardware, as its plugin wants it: AGE-PLUGIN-… */
struct ch_home_token {
	size_t n;
	uint8_t text[CH_HOME_TOKEN_MAX];
};

/* What is done when a hardware key is wanted. Zero: it is not tried. */
typedef struct {
	enum {
		CH_TOKEN_LATER,
		CH_TOKEN_QUIET, /* tried for a short while, and its questions are not answered */
		CH_TOKEN_ASK,   /* with a person at the terminal                               */
	} mode;
	void (*say)(void *ctx, const char *line); /* of ASK */
	void *ctx;
} ch_token_ui;

/* All secrets of a delegate. Wiped by ch_home_close(). */
struct ch_home_keys {
	struct ch_secret32 statement, sign_in, cosign; /* seeds of Ed25519 */
	struct ch_secret32 auth;                       /* X25519, off the record */
	struct ch_age_identity seal, archive;          /* seal is zero when by_token */
	unsigned n_retired;                            /* earlier sealing keys, newest last */
	struct ch_age_identity retired[CH_HOME_RETIRED_MAX];
	unsigned n_archives;                           /* earlier archive keys, newest last */
	struct ch_age_identity archives[CH_HOME_ARCHIVES_MAX];
	bool by_token;                                 /* the newest token is the sealing key */
	unsigned n_tokens;                             /* newest last */
	struct ch_home_token token[CH_HOME_TOKENS_MAX];
};

void ch_home_keys_wipe(struct ch_home_keys *k);

struct ch_home {
	char dir[CH_PATH_MAX];
	char handle[CH_HANDLE_MAX + 1];
	char delegate[CH_KEYNAME_MAX + 1]; /* alpha.example/0123abcd */
	unsigned version; /* of the files; 0 until open */
	bool exercise, unlocked;
	bool waits; /* for a welcome: it has no roster yet (delegates.h) */
	ch_token_ui token;
	ch_age_recipient archive;
	struct ch_lock lock;
	struct ch_home_keys keys;          /* zero until unlocked */
};

/*
 * Which folder: `dir` when given, else CHANCERY_HOME, else the only one under
 * $XDG_DATA_HOME/chancery (~/.local/share/chancery).
 * ABSENT: there is none        CONFLICT: several; the sentence lists them
 */
CH_MUST_USE ch_err ch_home_find(char out[CH_PATH_MAX], const char *dir, struct ch_problem *why);

/* All homes in $XDG_DATA_HOME/chancery, or in its folder `below` when that is not empty: the folder
 * and the names in it, sorted. None is fine. ABSENT: there is no such place, said so. */
CH_MUST_USE ch_err ch_home_list(struct ch_dir *d, char base[CH_PATH_MAX], const char *below,
    struct ch_problem *why);

/*
 * Open a home and read what is not sealed. No lock yet. FORMAT also: made by a newer version,
 * which is refused with a sentence. On error `h` is zero; close is fine in any case.
 */
CH_MUST_USE ch_err ch_home_open(struct ch_home *h, const char *dir, struct ch_problem *why);

/* Wait at most ten seconds for another process to finish (CONFLICT), then hold until close. */
CH_MUST_USE ch_err ch_home_lock(struct ch_home *h, struct ch_problem *why);

/* Open keys.age into h->keys. LOCKED: wrong passphrase. AUTH, FORMAT: the file is damaged. */
CH_MUST_USE ch_err ch_home_unlock(struct ch_home *h, ch_span pass, struct ch_problem *why);

/* Where a new home goes when nobody says: $XDG_DATA_HOME/chancery/<handle>-<8 hex>. */
CH_MUST_USE ch_err ch_home_default(char out[CH_PATH_MAX], const char *handle,
    const char *delegate, struct ch_problem *why);

/* The same home for another thread: its own copy of the keys, no lock. Closed on its own. */
void ch_home_twin(struct ch_home *twin, const struct ch_home *h);

/* Wipes the keys, drops the lock. */
void ch_home_close(struct ch_home *h);

/*
 * Make what a home is made of in `dir`, which must not hold one yet (CONFLICT): keys.age,
 * archive.txt, folders. `h` carries handle, delegate, exercise and keys (unlocked), and is open
 * afterwards. It becomes a home by ch_home_write_text(), when all else is there: what was half made
 * is none.
 */
CH_MUST_USE ch_err ch_home_make(struct ch_home *h, const char *dir, ch_span pass, unsigned work,
    struct ch_problem *why);

/* The folders of a home; those that are there stay. A backup of files alone lacks them. */
CH_MUST_USE ch_err ch_home_make_folders(const struct ch_home *h);

/* Write keys.age anew (another passphrase, a new sealing key). */
CH_MUST_USE ch_err ch_home_write_keys(const struct ch_home *h, ch_span pass, unsigned work,
    struct ch_problem *why);
/* home.txt and archive.txt, whole or not at all. */
CH_MUST_USE ch_err ch_home_write_text(const struct ch_home *h);
CH_MUST_USE ch_err ch_home_write_archive(const struct ch_home *h);

/*
 * A new sealing key for an unlocked home, of a type or (not NULL) in hardware; a new archive key of
 * that type unless it is one; those before are retired and go on opening what was sealed to them. A
 * home of an older version becomes one of this version first. Nothing new is made when the sealing
 * key is the one wanted, so that a broken run can be repeated.
 * LIMIT: as many keys are retired here as a home can hold
 */
CH_MUST_USE ch_err ch_home_renew(struct ch_home *h, ch_age_type type,
    const struct ch_home_token *token, ch_span pass, struct ch_problem *why);

/* party-key.age: the key that signs rosters. ABSENT: it was taken away, the sentence says so. */
CH_MUST_USE ch_err ch_home_write_party_key(const struct ch_home *h,
    const struct ch_secret32 *seed, ch_span pass, unsigned work, struct ch_problem *why);
CH_MUST_USE ch_err ch_home_party_key(struct ch_secret32 *seed, const struct ch_home *h,
    ch_span pass, struct ch_problem *why);

/* The same under another name in the home, for a change of passphrase. */
CH_MUST_USE ch_err ch_home_write_keys_as(const struct ch_home *h, const char *file, ch_span pass,
    unsigned work, struct ch_problem *why);
CH_MUST_USE ch_err ch_home_write_party_key_as(const struct ch_home *h, const char *file,
    const struct ch_secret32 *seed, ch_span pass, unsigned work, struct ch_problem *why);

/*
 * Another passphrase for keys.age and, where it is here, party-key.age: `now` opens the first,
 * `party_now` the second (empty: `now` does). Cut off anywhere, both open with the old one or both
 * with the new one: home_pass.c says how. Needs the lock; the home is unlocked afterwards.
 * LOCKED: one of the two is wrong, the sentence says which; nothing was changed
 */
typedef struct {
	ch_span now, party_now, fresh;
} ch_home_pass;
CH_MUST_USE ch_err ch_home_change_pass(bool *party_key_too, struct ch_home *h,
    const ch_home_pass *ask, struct ch_problem *why);
/* What a change that was cut off left behind; by ch_home_lock(). */
CH_MUST_USE ch_err ch_home_settle_pass(const struct ch_home *h);
/* Where the party key lies that goes with keys.age. */
CH_MUST_USE ch_err ch_home_party_key_path(char out[CH_PATH_MAX], const struct ch_home *h);
/*
 * keys.age and the party key that goes with it, for a backup, also without the lock; `party` stays
 * empty when it is not here. Both under one passphrase, or CONFLICT: it is being changed just now.
 */
CH_MUST_USE ch_err ch_home_read_sealed(struct ch_buf *keys, struct ch_buf *party,
    const struct ch_home *h);
/* The work factor of a file under a passphrase, so that the next one asks for as much. */
unsigned ch_home_work_of(const char *path);

/* The text in keys.age, reader and writer; secret, wiped by the caller. */
#define CH_HOME_KEYS_TEXT 10240u
CH_MUST_USE ch_err ch_home_keys_format(struct ch_wr *w, const struct ch_home *h);
CH_MUST_USE ch_err ch_home_keys_parse(struct ch_home_keys *out, const struct ch_home *h,
    ch_span text);

/* Seal a short secret text under a passphrase into a file, and open one. As ch_home_unlock(). */
CH_MUST_USE ch_err ch_home_seal_pass(const char *path, ch_span secret, ch_span pass, unsigned work,
    struct ch_problem *why);
CH_MUST_USE ch_err ch_home_open_pass(uint8_t *out, size_t *n, size_t cap, const char *path,
    ch_span pass, struct ch_problem *why);

/* A path below the home. LIMIT: too long. */
CH_MUST_USE ch_err ch_home_path(char out[CH_PATH_MAX], const struct ch_home *h,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The time to write: the wall clock, or in an exercise the file `clock`. */
CH_MUST_USE ch_err ch_home_now(int64_t *out, const struct ch_home *h);

/* Key pairs and public halves of an unlocked home. */
void ch_home_statement_key(ch_edkey *pub, struct ch_edsecret *sec, const struct ch_home *h);
void ch_home_sign_in_key(ch_edkey *pub, struct ch_edsecret *sec, const struct ch_home *h);
void ch_home_cosign_key(ch_edkey *pub, struct ch_edsecret *sec, const struct ch_home *h);

/* Seal bytes to one recipient. LIMIT: larger than what a home opens. */
CH_MUST_USE ch_err ch_home_seal_to(struct ch_buf *out, const ch_age_recipient *to, ch_span bytes);

/*
 * Seal bytes to the archive key and write them durably (covers, subjects, drafts): works on a
 * locked home. Open them again: needs an unlocked one (LOCKED), AUTH when altered.
 */
CH_MUST_USE ch_err ch_home_seal(const struct ch_home *h, const char *path, ch_span bytes);
CH_MUST_USE ch_err ch_home_unseal(struct ch_buf *out, const struct ch_home *h, const char *path);

#endif
