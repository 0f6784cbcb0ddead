/*
 * The folder of a witness that stands alone:
 *
 *   witness.txt   name and verifier key                 key      0600, the seed
 *   logs.txt      which logs it follows                 lock     held while it runs
 *   state/        a file a log, by the hash of its origin: the checkpoint last cosigned
 *   alarms/       what contradicts it, signed by the log
 *
 * A file of state names the witness's key, and one that is missing for a log that is followed stops
 * the start: who forgot what it cosigned must not go on under the same key.
 */
#ifndef CH_KEEP_H
#define CH_KEEP_H

#include "cosigner.h"
#include "dir.h"

#define CH_KEEP_LOGS_MAX 1024

struct ch_kept {
	struct ch_cosigner_log l; /* spans into this struct: it must not move */
	char origin[CH_NAME_MAX + 1], vkey[CH_WITNESS_KEYS_MAX][CH_VKEY_MAX + 1];
	ch_hash hash;
};

struct ch_keep {
	char dir[CH_PATH_MAX], name[CH_NAME_MAX + 1], vkey_text[CH_VKEY_MAX + 1];
	ch_vkey vkey;
	struct ch_edsecret sec; /* zero unless opened to run */
	struct ch_lock lock;
	size_t n;
	size_t room;
	struct ch_kept *log;
	int64_t stamp; /* of the folder when the logs were read */
};

/* Make a folder with a new key. CONFLICT: something is there. FORMAT: the name names no key. */
CH_MUST_USE ch_err ch_keep_new(const char *dir, ch_span name, struct ch_problem *why);

/* Follow a log, by a key of it; origin empty: the key's name. The same again is CH_OK; works beside
 * a running witness. FORMAT: no such key   LIMIT: too many logs, or keys of one */
CH_MUST_USE ch_err ch_keep_add(const char *dir, ch_span vkey, ch_span origin,
    struct ch_problem *why);

/* Read the folder; to run: the key too, and hold the lock. CONFLICT: it runs already, or state is
 * lost. `k` must not move. On an error close as well. */
CH_MUST_USE ch_err ch_keep_open(struct ch_keep *k, const char *dir, bool run,
    struct ch_problem *why);
void ch_keep_close(struct ch_keep *k);

/* The logs as they stand in the folder now; on an error those before stay. */
CH_MUST_USE ch_err ch_keep_load(struct ch_keep *k, struct ch_problem *why);

/* Make what was cosigned last of a log durable; first: for one that has no file yet (CONFLICT), an
 * empty note then says that nothing was. */
CH_MUST_USE ch_err ch_keep_put_state(const struct ch_keep *k, ch_span origin, ch_span note,
    bool first);

/* The same folder as the server's keeper. */
ch_cosigner_keeper ch_keep_keeper(struct ch_keep *k);

/* How many alarms are on file. */
CH_MUST_USE ch_err ch_keep_alarms(size_t *n, const struct ch_keep *k);
bool ch_keep_is_running(const struct ch_keep *k);

#define CH_KEEP_TEXT "chancery/witness@v1\n"
#define CH_KEEP_SECRET "chancery/witness-key@v1\n"
#define CH_KEEP_LOGS "chancery/witness-logs@v1\n"
#define CH_KEEP_STATE "chancery/witness-state@v1\n"
#define CH_KEEP_LOGS_SIZE (CH_KEEP_LOGS_MAX * (size_t)600)

#endif
