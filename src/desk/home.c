/* A home's folder: finding, opening, locking, making; files sealed to the archive key. */
#include "home.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "dec.h"
#include "rng.h"
#include "seal.h"
#include "text.h"
#include "wipe.h"

#define HOMES_MAX 256
#define HOME_TEXT_MAX 1024
#define HOME_TYPE "chancery/home@v"
#define LOCK_WAIT_MS 10000
#define SEALED_MAX ((size_t)64 << 20)

ch_err ch_home_path(char out[CH_PATH_MAX], const struct ch_home *h, const char *fmt, ...)
{
	char rest[CH_PATH_MAX];
	va_list ap;
	int n;

	out[0] = '\0';
	va_start(ap, fmt);
	n = vsnprintf(rest, sizeof rest, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof rest)
		return CH_E_LIMIT;
	return ch_path(out, "%s/%s", h->dir, rest);
}

/* ---- finding ---- */

static ch_err homes_dir(char out[CH_PATH_MAX], struct ch_problem *why)
{
	ch_err e = ch_dir_of_user(out, "XDG_DATA_HOME", ".local/share");

	if (e == CH_E_ABSENT)
		return ch_problem_set(why, e, "neither HOME nor XDG_DATA_HOME is set; name the "
		    "home with --home DIR");
	return e;
}

static bool is_home(const char *dir)
{
	char path[CH_PATH_MAX];
	uint64_t size;

	return ch_path(path, "%s/home.txt", dir) == CH_OK && ch_file_size(&size, path) == CH_OK;
}

static ch_err say_several(struct ch_problem *why, const char *base, const struct ch_dir *d)
{
	char list[512] = "";
	size_t at = 0;

	for (size_t i = 0; i < d->n; i++) {
		int n = snprintf(&list[at], sizeof list - at, "%s%s", at ? ", " : "", d->names[i]);

		if (n < 0 || (size_t)n >= sizeof list - at)
			break;
		at += (size_t)n;
	}
	return ch_problem_set(why, CH_E_CONFLICT, "there are several homes in %s: %s; choose one "
	    "with --home DIR or CHANCERY_HOME", base, list);
}

ch_err ch_home_list(struct ch_dir *d, char base[CH_PATH_MAX], const char *below,
    struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	size_t n = 0;
	ch_err e = homes_dir(path, why);

	*d = (struct ch_dir){ 0 };
	base[0] = '\0';
	if (e == CH_OK)
		e = ch_path(base, *below ? "%s/%s" : "%s", path, below);
	if (e == CH_OK)
		e = ch_dir_list(d, base, HOMES_MAX);
	for (size_t i = 0; e == CH_OK && i < d->n; i++) {
		e = ch_path(path, "%s/%s", base, d->names[i]);
		if (e == CH_OK && is_home(path))
			d->names[n++] = d->names[i];
	}
	d->n = n;
	return e == CH_E_ABSENT && base[0] ? CH_OK : e;
}

static ch_err find_only(char out[CH_PATH_MAX], struct ch_problem *why)
{
	char base[CH_PATH_MAX];
	struct ch_dir d;
	ch_err e = ch_home_list(&d, base, "", why);

	if (e == CH_OK && d.n == 1)
		e = ch_path(out, "%s/%s", base, d.names[0]);
	else if (e == CH_OK && d.n > 1)
		e = say_several(why, base, &d);
	else if (e == CH_OK)
		e = ch_problem_set(why, CH_E_ABSENT, "there is no home in %s; make one with "
		    "chancery party new, or name one with --home DIR", base);
	ch_dir_deinit(&d);
	if (e != CH_OK)
		out[0] = '\0';
	return e;
}

ch_err ch_home_find(char out[CH_PATH_MAX], const char *dir, struct ch_problem *why)
{
	const char *env = getenv("CHANCERY_HOME");

	if (!dir && env && env[0] != '\0')
		dir = env;
	if (!dir)
		return find_only(out, why);
	if (ch_path(out, "%s", dir) != CH_OK)
		return ch_problem_set(why, CH_E_LIMIT, "the path of the home is empty or too long");
	if (!is_home(out))
		return ch_problem_set(why, CH_E_ABSENT, "there is no home in %s; make one with "
		    "chancery party new --home DIR", out);
	return CH_OK;
}

ch_err ch_home_default(char out[CH_PATH_MAX], const char *handle, const char *delegate,
    struct ch_problem *why)
{
	const char *slash = strrchr(delegate, '/');
	char base[CH_PATH_MAX];
	ch_err e = homes_dir(base, why);

	out[0] = '\0';
	return e == CH_OK ? ch_path(out, "%s/%s-%s", base, handle, slash ? &slash[1] : "0") : e;
}

/* ---- home.txt ---- */

static void put_span(char *out, size_t cap, ch_span s, struct ch_rd *r)
{
	ch_rd_need(r, s.n < cap, CH_E_LIMIT);
	if (r->err == CH_OK)
		memcpy(out, s.p, s.n);
}

static ch_err home_text_parse(struct ch_home *h, ch_span text)
{
	struct ch_rd r = ch_rd_of(text);
	ch_span handle, delegate, v;

	CH_RD_LIT(&r, HOME_TYPE);
	v = ch_rd_line1(&r);
	h->version = ch_span_eq(v, CH_LIT("1")) ? 1 : ch_span_eq(v, CH_LIT("2")) ? 2 : 0;
	ch_rd_need(&r, h->version > 0, CH_E_FORMAT);
	CH_RD_LIT(&r, "party ");
	handle = ch_rd_line1(&r);
	ch_rd_need(&r, ch_text_is_handle(handle), CH_E_FORMAT);
	put_span(h->handle, sizeof h->handle, handle, &r);
	CH_RD_LIT(&r, "delegate ");
	delegate = ch_rd_line1(&r);
	put_span(h->delegate, sizeof h->delegate, delegate, &r);
	ch_rd_need(&r, delegate.n == handle.n + 9 && delegate.p[handle.n] == '/' &&
	    ch_span_eq(ch_span_of(delegate.p, handle.n), handle), CH_E_FORMAT);
	CH_RD_LIT(&r, "exercise ");
	v = ch_rd_line1(&r);
	h->exercise = ch_span_eq(v, CH_LIT("yes"));
	ch_rd_need(&r, h->exercise || ch_span_eq(v, CH_LIT("no")), CH_E_FORMAT);
	return ch_rd_done(&r);
}

static ch_err home_text_format(struct ch_wr *w, const struct ch_home *h)
{
	CH_WR_LIT(w, HOME_TYPE);
	ch_dec_put(w, h->version);
	CH_WR_LIT(w, "\nparty ");
	ch_wr_str(w, h->handle);
	CH_WR_LIT(w, "\ndelegate ");
	ch_wr_str(w, h->delegate);
	ch_wr_str(w, h->exercise ? "\nexercise yes\n" : "\nexercise no\n");
	return ch_wr_done(w);
}

static ch_err read_home_text(struct ch_home *h, struct ch_problem *why)
{
	uint8_t text[HOME_TEXT_MAX];
	char path[CH_PATH_MAX];
	size_t n = 0;
	ch_err e = ch_home_path(path, h, "home.txt");

	if (e == CH_OK)
		e = ch_file_read_into(text, &n, sizeof text, path);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s could not be read: %s", path, ch_err_text(e));
	e = home_text_parse(h, ch_span_of(text, n));
	if (e == CH_OK)
		return CH_OK;
	struct ch_rd r = ch_rd_of(ch_span_of(text, n));
	if (ch_rd_starts(&r, CH_LIT(HOME_TYPE)) && h->version == 0)
		return ch_problem_set(why, CH_E_FORMAT, "the home %s was made by a newer version "
		    "of chancery; nothing was changed; use that version", h->dir);
	return ch_problem_set(why, e, "%s is damaged; put it back from a backup", path);
}

static ch_err read_archive(struct ch_home *h, struct ch_problem *why)
{
	uint8_t text[CH_AGE_RECIPIENT_MAX + 1];
	char path[CH_PATH_MAX];
	size_t n = 0;
	ch_err e = ch_home_path(path, h, "archive.txt");

	if (e == CH_OK)
		e = ch_file_read_into(text, &n, sizeof text, path);
	if (e == CH_OK) {
		struct ch_rd r = ch_rd_of(ch_span_of(text, n));
		ch_span v = ch_rd_line1(&r);

		e = ch_rd_done(&r);
		if (e == CH_OK)
			e = ch_age_recipient_parse(&h->archive, v);
	}
	if (e != CH_OK)
		ch_problem_set(why, e, "%s is missing or damaged; put it back from a backup",
		    path);
	return e;
}

/* A request that no welcome answered yet: one that comes back out of a backup is none. */
static ch_err read_waits(struct ch_home *h, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	uint64_t size;
	ch_err e = ch_home_path(path, h, "request.txt");

	if (e == CH_OK)
		e = ch_file_size(&size, path);
	if (e == CH_OK && (e = ch_home_path(path, h, "joined.txt")) == CH_OK) {
		e = ch_file_size(&size, path);
		h->waits = e == CH_E_ABSENT;
	}
	return e == CH_OK || e == CH_E_ABSENT ? CH_OK : ch_problem_set(why, e, "%s could not be "
	    "read: %s", path, ch_err_text(e));
}

ch_err ch_home_open(struct ch_home *h, const char *dir, struct ch_problem *why)
{
	ch_err e;

	*h = (struct ch_home){ .lock = { .fd = -1 } };
	e = ch_home_find(h->dir, dir, why);
	if (e == CH_OK)
		e = read_home_text(h, why);
	if (e == CH_OK)
		e = read_archive(h, why);
	if (e == CH_OK)
		e = read_waits(h, why);
	if (e != CH_OK)
		*h = (struct ch_home){ .lock = { .fd = -1 } };
	return e;
}

ch_err ch_home_lock(struct ch_home *h, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "lock");

	if (e == CH_OK)
		e = ch_lock_take(&h->lock, path, LOCK_WAIT_MS);
	if (e == CH_E_CONFLICT)
		return ch_problem_set(why, e, "another chancery is at work in %s; nothing was "
		    "done; try again in a moment", h->dir);
	if (e == CH_OK)
		e = ch_home_settle_pass(h);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s cannot be written to (%s); nothing was done; see who "
		    "owns that folder, and that its disk is not read-only", h->dir,
		    ch_err_text(e));
	return e;
}

void ch_home_twin(struct ch_home *twin, const struct ch_home *h)
{
	memcpy(twin, h, sizeof *twin);
	twin->lock = (struct ch_lock){ .fd = -1 };
}

void ch_home_close(struct ch_home *h)
{
	if (h->lock.held)
		ch_lock_drop(&h->lock);
	ch_home_keys_wipe(&h->keys);
	*h = (struct ch_home){ .lock = { .fd = -1 } };
}

/* ---- making ---- */

ch_err ch_home_make_folders(const struct ch_home *h)
{
	static const char *const name[] = { "rosters", "registries", "talks", "outbox" };
	char path[CH_PATH_MAX];
	ch_err e = ch_dir_make(h->dir);

	for (size_t i = 0; e == CH_OK && i < CH_COUNT(name); i++) {
		e = ch_home_path(path, h, "%s", name[i]);
		if (e == CH_OK)
			e = ch_dir_make(path);
	}
	return e;
}

ch_err ch_home_write_archive(const struct ch_home *h)
{
	uint8_t text[CH_AGE_RECIPIENT_MAX + 1];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	char path[CH_PATH_MAX];
	ch_err e;

	ch_age_recipient_put(&w, &h->archive);
	CH_WR_LIT(&w, "\n");
	e = ch_wr_done(&w);
	if (e == CH_OK)
		e = ch_home_path(path, h, "archive.txt");
	return e == CH_OK ? ch_file_write(path, ch_span_of(text, w.n), 0600) : e;
}

ch_err ch_home_write_text(const struct ch_home *h)
{
	uint8_t text[HOME_TEXT_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	char path[CH_PATH_MAX];
	ch_err e = home_text_format(&w, h);

	if (e == CH_OK)
		e = ch_home_path(path, h, "home.txt");
	return e == CH_OK ? ch_file_write(path, ch_span_of(text, w.n), 0600) : e;
}

ch_err ch_home_make(struct ch_home *h, const char *dir, ch_span pass, unsigned work,
    struct ch_problem *why)
{
	ch_err e = ch_path(h->dir, "%s", dir);

	h->lock = (struct ch_lock){ .fd = -1 };
	h->version = CH_HOME_VERSION;
	h->archive = h->keys.archive.recipient;
	if (e == CH_OK && is_home(h->dir))
		return ch_problem_set(why, CH_E_CONFLICT, "there is a home in %s already; nothing "
		    "was changed; choose another --home", h->dir);
	if (e == CH_OK)
		e = ch_home_make_folders(h);
	if (e == CH_OK)
		e = ch_home_write_keys(h, pass, work, why);
	if (e == CH_OK)
		e = ch_home_write_archive(h);
	if (e != CH_OK)
		return ch_problem_set(why, e, "no home could be made in %s: %s", dir,
		    ch_err_text(e));
	h->unlocked = true;
	return CH_OK;
}

/* ---- time and keys ---- */

ch_err ch_home_now(int64_t *out, const struct ch_home *h)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "clock");

	*out = 0;
	return e == CH_OK ? ch_clock_now(out, path, h->exercise) : e;
}

void ch_home_statement_key(ch_edkey *pub, struct ch_edsecret *sec, const struct ch_home *h)
{
	CH_ASSERT(h->unlocked);
	ch_ed25519_keypair(pub, sec, &h->keys.statement);
}

void ch_home_sign_in_key(ch_edkey *pub, struct ch_edsecret *sec, const struct ch_home *h)
{
	CH_ASSERT(h->unlocked);
	ch_ed25519_keypair(pub, sec, &h->keys.sign_in);
}

void ch_home_cosign_key(ch_edkey *pub, struct ch_edsecret *sec, const struct ch_home *h)
{
	CH_ASSERT(h->unlocked);
	ch_ed25519_keypair(pub, sec, &h->keys.cosign);
}

/* ---- files sealed to the archive key ---- */

static ch_err seal_into(struct ch_wr *w, const ch_age_recipient *to, ch_span bytes)
{
	struct ch_secret64 wrap;
	struct ch_seal_random random = { .wrap = &wrap };
	ch_err e = ch_random(&wrap, sizeof wrap);

	if (e == CH_OK)
		e = ch_random(&random.file_key, sizeof random.file_key);
	if (e == CH_OK)
		e = ch_random(random.nonce, sizeof random.nonce);
	if (e == CH_OK)
		e = ch_seal_buffer(w, bytes, to, 1, &random);
	ch_wipe(&wrap, sizeof wrap);
	ch_wipe(&random, sizeof random);
	return e;
}

ch_err ch_home_seal_to(struct ch_buf *out, const ch_age_recipient *to, ch_span bytes)
{
	uint64_t size = ch_seal_size(ch_seal_header_size(to, 1), bytes.n);
	struct ch_wr w;
	uint8_t *at;
	ch_err e = size > SEALED_MAX ? CH_E_LIMIT : ch_buf_reserve(&at, out, (size_t)size);

	if (e != CH_OK)
		return e;
	w = ch_wr_of(at, (size_t)size);
	e = seal_into(&w, to, bytes);
	if (e == CH_OK)
		ch_buf_commit(out, w.n);
	return e;
}

ch_err ch_home_seal(const struct ch_home *h, const char *path, ch_span bytes)
{
	struct ch_buf sealed;
	ch_err e;

	ch_buf_init(&sealed, SEALED_MAX);
	e = ch_home_seal_to(&sealed, &h->archive, bytes);
	if (e == CH_OK)
		e = ch_file_write(path, ch_buf_span(&sealed), 0600);
	ch_buf_deinit(&sealed);
	return e;
}

/* By the archive key of now; what is older, by one of those before. */
static ch_err open_archived(struct ch_wr *w, const struct ch_home *h, ch_span sealed)
{
	struct ch_open_keys keys = { .ids = &h->keys.archive, .n_ids = 1 };
	struct ch_wr again = *w;
	ch_err e = ch_open_buffer(w, NULL, sealed, &keys);

	if (e != CH_E_ABSENT || h->keys.n_archives == 0)
		return e;
	keys = (struct ch_open_keys){ .ids = h->keys.archives, .n_ids = h->keys.n_archives };
	*w = again;
	return ch_open_buffer(w, NULL, sealed, &keys);
}

/* The most that a sealed file can hold: its header may be longer than what is in it. */
static size_t content_most(ch_span sealed)
{
	size_t n, seen = 0;

	return ch_age_header_find(&n, &seen, sealed) == CH_OK ? sealed.n - n : sealed.n;
}

ch_err ch_home_unseal(struct ch_buf *out, const struct ch_home *h, const char *path)
{
	struct ch_buf sealed;
	struct ch_wr w;
	uint8_t *at;
	ch_err e = h->unlocked ? CH_OK : CH_E_LOCKED;

	ch_buf_init(&sealed, SEALED_MAX);
	if (e == CH_OK)
		e = ch_file_read(&sealed, path);
	if (e == CH_OK)
		e = ch_buf_reserve(&at, out, content_most(ch_buf_span(&sealed)));
	if (e == CH_OK) {
		w = ch_wr_of(at, content_most(ch_buf_span(&sealed)));
		e = open_archived(&w, h, ch_buf_span(&sealed));
		if (e == CH_OK)
			ch_buf_commit(out, w.n);
		else if (e == CH_E_ABSENT)
			e = CH_E_AUTH; /* sealed to somebody else: the file was swapped */
	}
	ch_buf_deinit(&sealed);
	return e;
}
