/* A witness's folder, made, and the logs that it follows, added. See keep.h. */
#include <string.h>

#include "clock.h"
#include "hex.h"
#include "keep.h"
#include "rng.h"
#include "when.h"
#include "wipe.h"

static ch_err write_key(const char *path, const struct ch_secret32 *seed)
{
	uint8_t text[256];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_err e;

	CH_WR_LIT(&w, CH_KEEP_SECRET "seed ");
	ch_hex_put(&w, ch_span_of(seed->b, sizeof seed->b));
	CH_WR_LIT(&w, "\n");
	e = ch_wr_done(&w);
	if (e == CH_OK)
		e = ch_file_create(path, ch_wr_span(&w), 0600);
	ch_wipe(text, sizeof text);
	return e;
}

static ch_err write_text(const char *path, const ch_vkey *vkey)
{
	uint8_t text[1024];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_err e;

	CH_WR_LIT(&w, CH_KEEP_TEXT "name ");
	ch_wr_put(&w, vkey->name);
	CH_WR_LIT(&w, "\nvkey ");
	ch_vkey_put(&w, vkey);
	CH_WR_LIT(&w, "\nmade ");
	ch_when_put(&w, ch_clock_wall());
	CH_WR_LIT(&w, "\n");
	e = ch_wr_done(&w);
	return e == CH_OK ? ch_file_create(path, ch_wr_span(&w), 0644) : e;
}

/* The key first: with it alone a start is refused, and so is a second `new`. */
static ch_err make(const char *dir, ch_span name)
{
	char path[CH_PATH_MAX];
	struct ch_secret32 seed = { 0 };
	struct ch_edsecret sec = { 0 };
	ch_edkey pub;
	ch_vkey vkey;
	ch_err e = ch_random(seed.b, sizeof seed.b);

	if (e == CH_OK) {
		ch_ed25519_keypair(&pub, &sec, &seed);
		ch_vkey_make(&vkey, name, CH_VKEY_COSIGNATURE, &pub);
		e = ch_path(path, "%s/key", dir);
	}
	if (e == CH_OK)
		e = write_key(path, &seed);
	if (e == CH_OK && (e = ch_path(path, "%s/state", dir)) == CH_OK)
		e = ch_dir_make(path);
	if (e == CH_OK && (e = ch_path(path, "%s/alarms", dir)) == CH_OK)
		e = ch_dir_make(path);
	if (e == CH_OK && (e = ch_path(path, "%s/logs.txt", dir)) == CH_OK)
		e = ch_file_create(path, CH_LIT(CH_KEEP_LOGS), 0644);
	if (e == CH_OK && (e = ch_path(path, "%s/witness.txt", dir)) == CH_OK)
		e = write_text(path, &vkey);
	ch_wipe(&seed, sizeof seed);
	ch_wipe(&sec, sizeof sec);
	return e;
}

ch_err ch_keep_new(const char *dir, ch_span name, struct ch_problem *why)
{
	struct ch_dir d = { 0 };
	ch_err e;

	if (!ch_name_is_valid(name))
		return ch_problem_set(why, CH_E_FORMAT, "a name is such as witness.example: "
		    "without spaces or plus signs; nothing was made");
	e = ch_dir_make(dir);
	if (e == CH_OK)
		e = ch_dir_list(&d, dir, 100);
	if (e == CH_OK && d.n > 0)
		e = CH_E_CONFLICT;
	ch_dir_deinit(&d);
	if (e == CH_E_CONFLICT || e == CH_E_LIMIT)
		return ch_problem_set(why, CH_E_CONFLICT, "there is something in %s already; "
		    "nothing was changed", dir);
	if (e == CH_OK)
		e = make(dir, name);
	return e == CH_OK ? e : ch_problem_set(why, e, "the folder of the witness could not be "
	    "made: %s", ch_err_text(e));
}

/* ---- adding a log ---- */

static bool has_key(const struct ch_kept *g, ch_span vkey)
{
	for (size_t i = 0; i < g->l.log.n; i++)
		if (ch_span_eq(ch_span_str(g->vkey[i]), vkey))
			return true;
	return false;
}

static ch_err write_logs(const struct ch_keep *k, ch_span vkey, ch_span origin)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e;

	ch_buf_init(&b, CH_KEEP_LOGS_SIZE);
	e = ch_path(path, "%s/logs.txt", k->dir);
	if (e == CH_OK)
		e = ch_file_read(&b, path);
	if (e == CH_OK)
		e = ch_buf_put(&b, vkey);
	if (e == CH_OK)
		e = ch_buf_str(&b, " ");
	if (e == CH_OK)
		e = ch_buf_put(&b, origin);
	if (e == CH_OK)
		e = ch_buf_str(&b, "\n");
	if (e == CH_OK)
		e = ch_file_write(path, ch_buf_span(&b), 0644);
	ch_buf_deinit(&b);
	return e;
}

static ch_err add(struct ch_keep *k, ch_span vkey, ch_span origin)
{
	size_t i = 0;

	while (i < k->n && !ch_span_eq(k->log[i].l.log.origin, origin))
		i++;
	if (i < k->n && has_key(&k->log[i], vkey))
		return CH_OK;
	if (i == CH_KEEP_LOGS_MAX || (i < k->n && k->log[i].l.log.n == CH_WITNESS_KEYS_MAX))
		return CH_E_LIMIT;
	if (i == k->n) {
		/* Only for one that was never followed: a state that was lost is not made anew. */
		ch_err e = ch_keep_put_state(k, origin, (ch_span){ 0 }, true);

		if (e != CH_OK && e != CH_E_CONFLICT)
			return e;
	}
	return write_logs(k, vkey, origin);
}

static bool origin_fits(ch_span origin)
{
	return origin.n > 0 && origin.n <= CH_NAME_MAX && !memchr(origin.p, '\n', origin.n) &&
	    !memchr(origin.p, '\r', origin.n);
}

ch_err ch_keep_add(const char *dir, ch_span vkey, ch_span origin, struct ch_problem *why)
{
	struct ch_keep *k = ch_alloc(sizeof *k);
	struct ch_lock turn = { .fd = -1 };
	char path[CH_PATH_MAX];
	ch_vkey key;
	ch_err e = ch_vkey_parse(&key, vkey);

	if (e != CH_OK || key.type != CH_VKEY_ED25519) {
		ch_free(k, sizeof *k);
		return ch_problem_about(why, CH_E_FORMAT, "not the verifier key of a log: ", vkey,
		    "; nothing was added");
	}
	if (origin.n == 0)
		origin = key.name;
	if (!k)
		return CH_E_NOMEM;
	e = origin_fits(origin) ? ch_path(path, "%s/adding", dir) : CH_E_FORMAT;
	if (e == CH_OK)
		e = ch_lock_take(&turn, path, 10000);
	if (e == CH_OK)
		e = ch_keep_open(k, dir, false, why);
	if (e == CH_OK)
		e = add(k, vkey, origin);
	if (turn.held)
		ch_lock_drop(&turn);
	ch_keep_close(k);
	ch_free(k, sizeof *k);
	return e == CH_OK ? e : ch_problem_set(why, e, "the log could not be added: %s",
	    ch_err_text(e));
}
