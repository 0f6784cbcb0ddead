/*
 * A session with one registry: where it is, who we are to it, requests and their answers. What it
 * says is believed by nobody: signatures are checked by whoever asked.
 *
 * Every write may be repeated with the same bytes: the registry gives the same answer. So a call
 * that ended with NET is not a failure but an open question, to be asked again.
 */
#ifndef CH_LINK_H
#define CH_LINK_H

#include "client.h"
#include "home.h"

#define CH_LINK_URL_MAX  512u
#define CH_LINK_BODY_MAX (17u << 20) /* a pack of 16 MiB and its answer */

struct ch_link {
	const struct ch_home *home; /* borrowed; unlocked before sign-in */
	struct ch_client client;
	struct ch_buf body;
	bool open, signed_in;
	const _Atomic bool *stop;   /* of whoever waits: client.h; borrowed, may be NULL */
	unsigned status;            /* of the last answer */
	char url[CH_LINK_URL_MAX];  /* without a slash at the end */
	char origin[CH_NAME_MAX + 1];
	char token[CH_LINK_URL_MAX];
};

/* To the registry of this origin, by registries/<origin>/url.txt. ABSENT: not added. */
CH_MUST_USE ch_err ch_link_open(struct ch_link *l, const struct ch_home *home, ch_span origin,
    struct ch_problem *why);

/* To an address of which the origin is not known yet; the caller fills `origin` in. FORMAT. */
CH_MUST_USE ch_err ch_link_open_url(struct ch_link *l, const struct ch_home *home, ch_span url,
    struct ch_problem *why);

/* Wipes the token. */
void ch_link_close(struct ch_link *l);

/* Sign in by challenge, as our delegate under our newest roster; afterwards every request carries
 * the token, and one that has run out is renewed by itself. LOCKED: unlock first. */
CH_MUST_USE ch_err ch_link_sign_in(struct ch_link *l, struct ch_problem *why);

/*
 * Ask. `path` begins with a slash. `body` is valid until the next request. Answers of 200 to 299
 * are CH_OK; else `why` holds the problem type, a sentence and the ch_err it maps to:
 *   401 403 DENIED   404 410 ABSENT   409 422 CONFLICT   413 LIMIT   400 405 FORMAT
 *   429 503 NET      507 FULL         other 5xx NET (safe to repeat)
 * and `body` is zero.
 */
CH_MUST_USE ch_err ch_link_get(ch_span *body, struct ch_link *l, const char *path,
    struct ch_problem *why);
CH_MUST_USE ch_err ch_link_post(ch_span *body, struct ch_link *l, const char *path, ch_span send,
    struct ch_problem *why);

/* Wait, at most so many seconds, for the register to hold something new of our party beyond the
 * size `after`; *size is where it stands (not above: nothing came). Signed in.
 * FORMAT: no number */
CH_MUST_USE ch_err ch_link_news(uint64_t *size, struct ch_link *l, uint64_t after,
    unsigned seconds, struct ch_problem *why);

/* An envelope, streamed from a file, and into one (committed by the caller). */
CH_MUST_USE ch_err ch_link_put_file(struct ch_link *l, const char *path, const char *file,
    struct ch_problem *why);
CH_MUST_USE ch_err ch_link_get_file(struct ch_link *l, const char *path, struct ch_outfile *f,
    uint64_t max, struct ch_problem *why);

/* After an error: a string or number beside the problem type (`next`, `end`, `rejected`), out of
 * the answer, which is still at hand. ABSENT, FORMAT, LIMIT. */
CH_MUST_USE ch_err ch_link_problem_string(char *out, size_t cap, const struct ch_link *l,
    const char *key);
CH_MUST_USE ch_err ch_link_problem_number(uint64_t *out, const struct ch_link *l,
    const char *key);

/* A JSON list of objects, or an object with one list in it. */
struct ch_link_list {
	void *root, *items;
	size_t n;
};

CH_MUST_USE ch_err ch_link_get_list(struct ch_link_list *out, struct ch_link *l,
    const char *path, struct ch_problem *why);
/* Strings live until deinit; empty when the key is absent or no string. */
ch_span ch_link_list_string(const struct ch_link_list *list, size_t i, const char *key);
/* FORMAT: no such key, or no number of 0 or more. */
CH_MUST_USE ch_err ch_link_list_number(uint64_t *out, const struct ch_link_list *list, size_t i,
    const char *key);
/* Move *after (UINT64_MAX: at the start) to the index of item i. AUTH: it does not lie behind, and
 * a registry could have us ask for ever. */
CH_MUST_USE ch_err ch_link_list_go(uint64_t *after, const struct ch_link_list *list, size_t i,
    struct ch_problem *why);
bool ch_link_list_true(const struct ch_link_list *list, size_t i, const char *key);
void ch_link_list_deinit(struct ch_link_list *list);

#endif
