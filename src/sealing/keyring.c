/* Key rings: filling them. See keyring.h; ring_open.c has what is done with them. */
#include "keyring.h"

#include <stdio.h>

#include "armor.h"
#include "bech32.h"
#include "ring_inner.h"
#include "wipe.h"

void ch_ring_init(struct ch_ring *r, const ch_ring_ui *ui)
{
	*r = (struct ch_ring){ .ui = *ui };
}

void ch_ring_deinit(struct ch_ring *r)
{
	for (size_t i = 0; i < r->n_locked; i++)
		ch_free(r->locked[i].sealed, r->locked[i].n);
	ch_free(r->to, r->cap_to * sizeof *r->to);
	ch_free(r->ids, r->cap_ids * sizeof *r->ids);
	ch_free(r->plugins, r->cap_plugins * sizeof *r->plugins);
	ch_free(r->locked, r->cap_locked * sizeof *r->locked);
	*r = (struct ch_ring){ 0 };
}

/* ---- room ---- */

/* Room for one more element of `size` bytes; outgrown blocks are wiped. */
static ch_err more(void **p, size_t n, size_t *cap, size_t size)
{
	size_t want = *cap ? 2 * *cap : 4;
	void *grown;

	if (n < *cap)
		return CH_OK;
	if (n >= CH_RING_MAX)
		return CH_E_LIMIT;
	grown = *p ? ch_realloc(*p, *cap * size, want * size) : ch_alloc(want * size);
	if (!grown)
		return CH_E_NOMEM;
	*p = grown;
	*cap = want;
	return CH_OK;
}

ch_err ch_ring_add(struct ch_ring *r, const ch_age_recipient *one)
{
	void *p = r->to;
	ch_err e = more(&p, r->n_to, &r->cap_to, sizeof *r->to);

	r->to = p;
	if (e == CH_OK)
		r->to[r->n_to++] = *one;
	return e;
}

/* The next free place; it counts only once n_ids says so. */
static ch_err new_id(struct ch_age_identity **out, struct ch_ring *r)
{
	void *p = r->ids;
	ch_err e = more(&p, r->n_ids, &r->cap_ids, sizeof *r->ids);

	r->ids = p;
	*out = e == CH_OK ? &r->ids[r->n_ids] : NULL;
	return e;
}

static ch_err add_plugin(struct ch_ring *r, const ch_age_key_text *key, bool identity)
{
	void *p = r->plugins;
	ch_err e = more(&p, r->n_plugins, &r->cap_plugins, sizeof *r->plugins);
	struct ch_ring_plugin *one;

	r->plugins = p;
	if (e != CH_OK)
		return e;
	CH_ASSERT(key->text.n <= sizeof one->text);
	one = &r->plugins[r->n_plugins++];
	one->identity = identity;
	one->n = key->text.n;
	memcpy(one->text, key->text.p, key->text.n);
	memcpy(one->name, key->plugin, sizeof one->name);
	return CH_OK;
}

/* ---- text ---- */

/* The sentence for a key that is none; `path` NULL: it was given by itself. */
static ch_err no_key(struct ch_problem *why, ch_err e, const struct ch_diag *d, const char *path,
    size_t line)
{
	const char *what = d->what ? d->what : ch_err_text(e);

	if (path && line == 0)
		return ch_problem_set(why, e, "%s: %s; nothing was done", path, what);
	if (path)
		return ch_problem_set(why, e, "%s, line %zu: %s; nothing was done", path, line,
		    what);
	return ch_problem_set(why, e, "that is %s; nothing was done", what);
}

static ch_err take_recipient(struct ch_ring *r, const ch_age_key_text *key,
    const ch_age_recipient *native)
{
	return key->plugin[0] ? add_plugin(r, key, false) : ch_ring_add(r, native);
}

ch_err ch_ring_recipient(struct ch_ring *r, ch_span text, struct ch_problem *why)
{
	ch_age_recipient native;
	ch_age_key_text key;
	struct ch_diag d;
	ch_err e = ch_age_recipient_text(&key, &native, &d, text);

	if (e != CH_OK)
		return no_key(why, e, &d, NULL, 0);
	return take_recipient(r, &key, &native);
}

static ch_err walk_recipients(struct ch_ring *r, ch_span text, const char *path,
    struct ch_problem *why)
{
	struct ch_age_file f = ch_age_file_of(text);
	ch_age_recipient native;
	ch_age_key_text key;
	struct ch_diag d = { 0 };
	ch_err e;

	while ((e = ch_age_file_recipient(&key, &native, &d, &f)) == CH_OK)
		if ((e = take_recipient(r, &key, &native)) != CH_OK)
			return ch_problem_set(why, e, "%s holds too many recipients", path);
	return e == CH_E_ABSENT ? CH_OK : no_key(why, e, &d, path, f.line);
}

ch_err ch_ring_walk(struct ch_ring *r, ch_span text, const char *path, struct ch_problem *why)
{
	struct ch_age_file f = ch_age_file_of(text);
	struct ch_age_identity *id;
	ch_age_key_text key;
	struct ch_diag d = { 0 };
	ch_err e;

	for (;;) {
		if ((e = new_id(&id, r)) != CH_OK)
			return ch_problem_set(why, e, "%s holds too many identities", path);
		e = ch_age_file_identity(&key, id, &d, &f);
		if (e == CH_E_ABSENT)
			return CH_OK;
		if (e != CH_OK)
			return no_key(why, e, &d, path, f.line);
		if (!key.plugin[0])
			r->n_ids++;
		else if ((e = add_plugin(r, &key, true)) != CH_OK)
			return ch_problem_set(why, e, "%s holds too many identities", path);
	}
}

/* ---- files ---- */

static ch_err slurp(struct ch_buf *out, bool *open_to_all, struct ch_ring *r, const char *path,
    struct ch_problem *why)
{
	bool in = strcmp(path, "-") == 0;
	ch_err e;

	ch_buf_init(out, CH_RING_FILE_MAX);
	if (in && r->stdin_used)
		return ch_problem_set(why, CH_E_FORMAT, "standard input is wanted for two things; "
		    "name a file for one of them; nothing was done");
	r->stdin_used = r->stdin_used || in;
	e = ch_file_read_named(out, open_to_all, path);
	if (e == CH_E_ABSENT)
		return ch_problem_set(why, CH_E_FORMAT, "there is no file %s; nothing was done",
		    path);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s could not be read: %s; nothing was done", path,
		    ch_err_text(e));
	return CH_OK;
}

ch_err ch_ring_recipients(struct ch_ring *r, const char *path, struct ch_problem *why)
{
	struct ch_buf text;
	bool all;
	ch_err e = slurp(&text, &all, r, path, why);

	if (e == CH_OK)
		e = walk_recipients(r, ch_buf_span(&text), path, why);
	ch_buf_deinit(&text);
	return e;
}

static ch_err to_buf(void *ctx, ch_span bytes)
{
	return ch_buf_put(ctx, bytes);
}

static ch_err dearmor(struct ch_buf *out, ch_span in)
{
	struct ch_dearmor_sink *s = ch_alloc(sizeof *s);
	ch_err e;

	if (!s)
		return CH_E_NOMEM;
	ch_dearmor_sink_init(s, to_buf, out);
	e = ch_dearmor_sink_write(s, in);
	if (e == CH_OK)
		e = ch_dearmor_sink_finish(s);
	ch_free(s, sizeof *s);
	return e;
}

/* Keep a protected file, out of its armor. */
static ch_err add_locked(struct ch_ring *r, ch_span bytes, const char *path)
{
	void *p = r->locked;
	ch_err e = more(&p, r->n_locked, &r->cap_locked, sizeof *r->locked);
	struct ch_ring_locked one = { 0 };
	struct ch_buf plain;

	r->locked = p;
	ch_buf_init(&plain, CH_RING_FILE_MAX);
	if (e == CH_OK)
		e = ch_armor_is(bytes) ? dearmor(&plain, bytes) : ch_buf_put(&plain, bytes);
	if (e == CH_OK)
		e = ch_path(one.path, "%s", path);
	if (e == CH_OK) {
		one.sealed = ch_alloc(plain.n);
		e = one.sealed ? CH_OK : CH_E_NOMEM;
	}
	if (e == CH_OK) {
		memcpy(one.sealed, plain.p, plain.n);
		one.n = plain.n;
		r->locked[r->n_locked++] = one; /* moved */
	}
	ch_buf_deinit(&plain);
	return e;
}

ch_err ch_ring_identities(struct ch_ring *r, const char *path, struct ch_problem *why)
{
	struct ch_buf text;
	bool all = false;
	ch_err e = slurp(&text, &all, r, path, why);

	if (e == CH_OK && ch_age_file_is_sealed(ch_buf_span(&text))) {
		e = add_locked(r, ch_buf_span(&text), path);
		if (e != CH_OK)
			ch_problem_set(why, e, "%s is a protected file, and damaged: %s; nothing "
			    "was done", path, ch_err_text(e));
	} else if (e == CH_OK) {
		e = ch_ring_walk(r, ch_buf_span(&text), path, why);
		if (e == CH_OK && all) {
			char line[CH_PATH_MAX + 80];

			(void)snprintf(line, sizeof line, "%s can be read by every user of this "
			    "machine; chmod 600 ends that", path);
			r->ui.say(r->ui.ctx, line);
		}
	}
	ch_buf_deinit(&text);
	return e;
}

/* ---- plugins ---- */

/* "AGE-PLUGIN-NAME-1…" without data, judged by the one reader of such texts. */
ch_err ch_ring_plugin(struct ch_ring *r, const char *name, struct ch_problem *why)
{
	char hrp[CH_AGE_PLUGIN_NAME_MAX + 16], text[CH_AGE_PLUGIN_NAME_MAX + 32];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_age_identity *none = ch_alloc(sizeof *none);
	ch_age_key_text key = { 0 };
	struct ch_diag d;
	ch_err e = none ? CH_OK : CH_E_NOMEM;
	int n = snprintf(hrp, sizeof hrp, "age-plugin-%s-", name);

	for (char *c = hrp; e == CH_OK && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	for (const char *c = name; *c; c++)
		if (*c < '!' || *c > '~' || *c == '/')
			e = CH_E_FORMAT;
	if (e == CH_OK && (n < 0 || (size_t)n >= sizeof hrp || name[0] == '\0'))
		e = CH_E_FORMAT;
	if (e == CH_OK) {
		ch_bech32_put(&w, ch_span_str(hrp), (ch_span){ 0 }, CH_BECH32_UPPER);
		e = w.err;
	}
	if (e == CH_OK)
		e = ch_age_identity_text(&key, none, &d, ch_wr_span(&w));
	if (e == CH_OK)
		e = add_plugin(r, &key, true);
	ch_free(none, sizeof *none);
	if (e == CH_OK)
		return e;
	return ch_problem_set(why, e, "-j wants the name of a plugin: letters, digits and - _ . +; "
	    "nothing was done");
}

bool ch_ring_has_identities(const struct ch_ring *r)
{
	if (r->n_ids > 0 || r->n_locked > 0)
		return true;
	for (size_t i = 0; i < r->n_plugins; i++)
		if (r->plugins[i].identity)
			return true;
	return false;
}
