/* init, enrol and status: what an operator does beside the server. */
#include <errno.h>
#include <sys/stat.h>

#include "clock.h"
#include "handlers.h"
#include "registry.h"
#include "witnesses.h"

static ch_err make_dirs(const char *dir)
{
	static const char *const sub[] = { "tiles", "envelopes", "deposits" };
	char path[CH_PATH_MAX];
	ch_err e = ch_dir_make(dir);

	for (size_t i = 0; i < CH_COUNT(sub) && e == CH_OK; i++)
		if ((e = ch_path(path, "%s/%s", dir, sub[i])) == CH_OK)
			e = ch_dir_make(path);
	return e;
}

/* What init makes, the last first. */
static const char *const made[] = { "registry.txt", "keys", "db.sqlite-journal", "db.sqlite-wal",
	"db.sqlite-shm", "db.sqlite" };

static ch_err none_made(const char *dir)
{
	char path[CH_PATH_MAX];
	uint64_t size;
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < CH_COUNT(made); i++)
		if ((e = ch_path(path, "%s/%s", dir, made[i])) == CH_OK &&
		    ch_file_size(&size, path) != CH_E_ABSENT)
			e = CH_E_CONFLICT;
	return e;
}

/* After a failure, so that init can be said again. All of it is ours: it was not there before. */
static void take_away(const char *dir)
{
	char path[CH_PATH_MAX];

	for (size_t i = 0; i < CH_COUNT(made); i++)
		if (ch_path(path, "%s/%s", dir, made[i]) == CH_OK) {
			ch_err e = ch_file_unlink(path);

			(void)e; /* most are absent */
		}
}

static ch_err make_all(const char *dir, ch_span origin, ch_span url, const char **why)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/db.sqlite", dir);

	*why = "The database cannot be made; nothing was kept.";
	if (e == CH_OK)
		e = ch_store_create(path);
	if (e != CH_OK)
		return e;
	*why =
	    "The keys cannot be written, or the address is no http or https address; nothing was "
	       "kept.";
	return ch_folder_make(dir, origin, url, ch_clock_wall());
}

ch_err ch_registry_init(const char *dir, ch_span origin, ch_span url, const char **why)
{
	struct ch_folder *f = NULL;
	ch_err e;

	*why = "There is a registry in this folder already, or a part of one; nothing was changed.";
	if ((e = none_made(dir)) != CH_OK)
		return e;
	*why = "An origin is a name such as registry.example: printable, without spaces, not "
	       "beginning with chancery.";
	if (!ch_folder_origin_fits(origin))
		return CH_E_FORMAT;
	*why = "The folder cannot be made.";
	if ((e = make_dirs(dir)) != CH_OK)
		return e;
	if ((e = make_all(dir, origin, url, why)) != CH_OK) {
		take_away(dir);
		return e;
	}
	if (!(f = ch_alloc(sizeof *f)))
		return CH_E_NOMEM;
	e = ch_folder_open(f, dir);
	ch_folder_close(f);
	ch_free(f, sizeof *f);
	return e;
}

/* Folder and database, for a moment. */
static ch_err open_store(struct ch_folder *f, struct ch_store **s, const char *dir,
    const char **why)
{
	char path[CH_PATH_MAX];
	ch_err e;

	*why = "This folder is no registry, or was made by a newer program.";
	if ((e = ch_folder_open(f, dir)) != CH_OK)
		return e;
	*why = "The database cannot be opened, or was written by a newer program.";
	if ((e = ch_path(path, "%s/db.sqlite", dir)) != CH_OK)
		return e;
	return ch_store_open(s, path);
}

static ch_err pin(struct ch_store *s, const ch_roster *r, const char **why)
{
	uint8_t text[CH_VKEY_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_arena a;
	ch_span have;
	ch_err e;

	ch_arena_init(&a, 65536);
	ch_vkey_put(&w, &r->party_key);
	if ((e = ch_wr_done(&w)) != CH_OK)
		goto out;
	e = ch_store_account(&have, s, &a, r->party);
	if (e == CH_E_ABSENT) {
		e = ch_store_account_add(s, r->party, ch_span_of(text, w.n));
	} else if (e == CH_OK && !ch_span_eq(have, ch_span_of(text, w.n))) {
		*why = "This party is admitted with another key; nothing was changed.";
		e = CH_E_CONFLICT;
	}
out:
	ch_arena_deinit(&a);
	return e;
}

ch_err ch_registry_enrol(const char *dir, ch_span roster, const char **why)
{
	struct ch_folder *f = ch_alloc(sizeof *f);
	struct ch_store *s = NULL;
	ch_roster r;
	ch_err e;

	*why = "No memory.";
	if (!f)
		return CH_E_NOMEM;
	if ((e = open_store(f, &s, dir, why)) == CH_OK) {
		*why = "This file is no sound roster.";
		e = ch_roster_open(&r, roster, NULL, NULL);
		if (e == CH_OK && r.exercise != f->exercise) {
			*why = "Exercise and real parties are kept apart.";
			e = CH_E_FORMAT;
		}
		if (e == CH_OK) {
			*why = "The database did not take it.";
			e = pin(s, &r, why);
		}
	}
	ch_store_close(s);
	ch_folder_close(f);
	ch_free(f, sizeof *f);
	return e;
}

static uint64_t disk_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (uint64_t)st.st_blocks * 512 : 0;
}

/* Bytes on the disk of all below a folder; a walk with a list of its own, no recursion. */
static uint64_t disk_below(const char *root)
{
	struct ch_arena a;
	const char *stack[256];
	unsigned n = 0;
	uint64_t sum = 0;

	ch_arena_init(&a, 64u << 20);
	stack[n++] = root;
	while (n > 0) {
		const char *dir = stack[--n];
		struct ch_dir d;

		if (ch_dir_list(&d, dir, 1u << 20) != CH_OK) {
			sum += disk_of(dir);
			continue;
		}
		for (size_t i = 0; i < d.n; i++) {
			char path[CH_PATH_MAX];
			struct stat st;
			ch_span kept;

			if (ch_path(path, "%s/%s", dir, d.names[i]) != CH_OK ||
			    lstat(path, &st) != 0)
				continue;
			sum += (uint64_t)st.st_blocks * 512;
			kept = S_ISDIR(st.st_mode) && n < CH_COUNT(stack) ?
			    ch_arena_copy(&a, ch_span_str(path)) : (ch_span){ 0 };
			if (kept.p)
				stack[n++] = (const char *)kept.p;
		}
		ch_dir_deinit(&d);
	}
	ch_arena_deinit(&a);
	return sum;
}

/* A running server is not asked: what a witness did lies in the database. */
static ch_err witness(ch_registry_witness *out, struct ch_store *s, const ch_vkey *key)
{
	char full[CH_NAME_MAX + CH_KEY_ID_TEXT];
	struct ch_wr n = ch_wr_of(out->name, sizeof out->name - 1);
	struct ch_wr w = ch_wr_of(full, sizeof full);
	ch_err e;

	ch_wr_put(&n, key->name);
	ch_vkey_put_name(&w, key->name, key->id);
	if ((e = ch_wr_done(&w)) == CH_OK)
		e = ch_store_cosign_last(&out->size, &out->time, s, ch_wr_span(&w));
	return e == CH_E_ABSENT ? CH_OK : e;
}

static ch_err witnesses(ch_registry_facts *out, struct ch_store *s, const struct ch_folder *f,
    const char **why)
{
	struct ch_quorum *q = NULL;
	ch_err e = ch_quorum_read(&q, f, why);

	for (size_t i = 0; e == CH_OK && q && i < q->policy.n_witnesses; i++)
		e = witness(&out->witness[out->n_witnesses++], s, &q->policy.witness[i].key);
	ch_quorum_free(q);
	return e;
}

static ch_err facts(ch_registry_facts *out, struct ch_store *s, const struct ch_folder *f)
{
	struct ch_row_tree *t = ch_alloc(sizeof *t);
	struct ch_wr v = ch_wr_of(out->vkey, sizeof out->vkey - 1);
	struct ch_wr c = ch_wr_of(out->cosigner, sizeof out->cosigner - 1);
	ch_err e;

	if (!t)
		return CH_E_NOMEM;
	e = ch_store_tree(t, s);
	if (e == CH_E_ABSENT) {
		ch_merkle_empty(&t->root);
		e = CH_OK;
	}
	out->size = t->size;
	out->root = t->root;
	ch_free(t, sizeof *t);
	if (e == CH_OK)
		e = ch_store_open_count(&out->open, s);
	memcpy(out->origin, f->origin_text, sizeof out->origin);
	out->exercise = f->exercise;
	ch_vkey_put(&v, &f->vkey);
	ch_vkey_put(&c, &f->cosigner);
	if (e == CH_OK)
		e = ch_wr_done(&v);
	return e == CH_OK ? ch_wr_done(&c) : e;
}

ch_err ch_registry_status(ch_registry_facts *out, const char *dir, const char **why)
{
	struct ch_folder *f = ch_alloc(sizeof *f);
	struct ch_store *s = NULL;
	struct ch_lock lock = { 0 };
	char path[CH_PATH_MAX];
	ch_err e;

	memset(out, 0, sizeof *out);
	*why = "No memory.";
	if (!f)
		return CH_E_NOMEM;
	if ((e = open_store(f, &s, dir, why)) == CH_OK)
		e = facts(out, s, f);
	if (e == CH_OK)
		e = witnesses(out, s, f, why);
	if (e == CH_OK && (e = ch_path(path, "%s/lock", dir)) == CH_OK) {
		ch_err held = ch_lock_take(&lock, path, 0);

		out->running = held == CH_E_CONFLICT;
		if (held == CH_OK)
			ch_lock_drop(&lock);
		out->disk = disk_below(dir);
	}
	ch_store_close(s);
	ch_folder_close(f);
	ch_free(f, sizeof *f);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}
