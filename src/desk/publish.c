/*
 * The published folder: what is public of some talks, as files that an outsider checks with
 * chancery-verify and nothing else. All proofs are made anew under one checkpoint, so that the
 * place in the register orders them. Every file is replaced whole; nothing outside the folder is
 * touched.
 */
#include "public.h"

#include <stdio.h>
#include <string.h>

#include "public_inner.h"
#include "publish_site.h"

#define NAMES_MAX 20000u
#define MODE 0644

/* ---- the folder ---- */

static bool is_numbered(const char *name)
{
	return strlen(name) > 5 && strspn(name, "0123456789") >= 4 &&
	    name[strspn(name, "0123456789")] == '-';
}

static bool is_ours(const char *name)
{
	for (unsigned i = 0; i < CH_PUBLIC_LANGS; i++)
		if (strcmp(name, ch_public_index[i]) == 0 || strcmp(name, ch_public_feed[i]) == 0)
			return true;
	return strcmp(name, "trust.txt") == 0 || strcmp(name, "README.txt") == 0 ||
	    strcmp(name, "checkpoint") == 0 || strcmp(name, "check.html") == 0 ||
	    is_numbered(name);
}

static ch_span first_line(void)
{
	struct ch_rd r = ch_rd_of(ch_public_readme());

	return ch_rd_until(&r, '\n');
}

/* Whether README.txt there is one of ours. */
static bool is_published(const char *dir)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	bool yes = false;

	ch_buf_init(&b, CH_PACK_MAX);
	if (ch_path(path, "%s/README.txt", dir) == CH_OK && ch_file_read(&b, path) == CH_OK) {
		struct ch_rd r = ch_rd_of(ch_buf_span(&b));

		yes = ch_rd_starts(&r, first_line());
	}
	ch_buf_deinit(&b);
	return yes;
}

static ch_err check_folder(const char *dir, struct ch_problem *why)
{
	struct ch_dir d = { 0 };
	ch_err e = ch_dir_make(dir);

	if (e == CH_OK)
		e = ch_dir_list(&d, dir, NAMES_MAX);
	if (e == CH_OK && d.n > 0 && !is_published(dir))
		e = ch_problem_set(why, CH_E_CONFLICT, "%s is not empty and was not made by "
		    "chancery "
		    "publish; nothing was written; choose another folder", dir);
	for (size_t i = 0; e == CH_OK && i < d.n; i++)
		if (!is_ours(d.names[i]))
			e = ch_problem_set(why, CH_E_CONFLICT, "%s/%s is no part of a published "
			    "folder; nothing was written; move it away", dir, d.names[i]);
	ch_dir_deinit(&d);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s cannot be used as a folder: %s", dir, ch_err_text(e));
	return e;
}

/* Replace a file, unless it says the same already. */
static ch_err put(const char *path, ch_span bytes, struct ch_problem *why)
{
	struct ch_buf b;
	ch_err e;

	ch_buf_init(&b, CH_PACK_MAX);
	e = ch_file_read(&b, path);
	if (e != CH_OK || !ch_span_eq(ch_buf_span(&b), bytes))
		e = ch_file_write(path, bytes, MODE);
	ch_buf_deinit(&b);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s could not be written: %s", path, ch_err_text(e));
	return e;
}

/* ---- names ---- */

static ch_err item_name(char out[CH_PATH_MAX], size_t place, const ch_public_item *it)
{
	ch_span party = it->s.v[CH_ANY_PARTY];

	return ch_path(out, "%04u-%s-%.*s.txt", (unsigned)(place + 1),
	    ch_kind_schema(it->kind)->name, (int)party.n, (const char *)party.p);
}

static ch_err files_name(char out[CH_PATH_MAX], size_t place)
{
	return ch_path(out, "%04u-attachments", (unsigned)(place + 1));
}

/* Numbered files that an earlier publication left and that are called otherwise now. */
static ch_err drop_old(const char *dir, const struct ch_public *p, size_t n)
{
	char name[CH_PATH_MAX], path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = ch_dir_list(&d, dir, NAMES_MAX);

	for (size_t i = 0; e == CH_OK && i < d.n; i++) {
		bool keep = !is_numbered(d.names[i]) || strstr(d.names[i], "-attachments");

		for (size_t k = 0; k < n && !keep; k++)
			keep = item_name(name, k, &p->item[k]) == CH_OK &&
			    strcmp(name, d.names[i]) == 0;
		if (!keep)
			e = ch_path(path, "%s/%s", dir, d.names[i]);
		if (e == CH_OK && !keep)
			e = ch_file_unlink(path);
	}
	ch_dir_deinit(&d);
	return e;
}

/* ---- attachments ---- */

static ch_err copy_file(const char *to, const char *from)
{
	struct ch_outfile out = { 0 };
	struct ch_infile in = { .fd = -1 };
	uint8_t buf[4096];
	size_t n = sizeof buf;
	ch_err e = ch_infile_open(&in, from);

	if (e == CH_OK)
		e = ch_outfile_open(&out, to, MODE);
	while (e == CH_OK && n == sizeof buf) {
		e = ch_infile_read(buf, &n, &in, sizeof buf);
		if (e == CH_OK)
			e = ch_outfile_write(&out, ch_span_of(buf, n));
	}
	ch_infile_close(&in);
	if (e == CH_OK)
		return ch_outfile_commit(&out);
	ch_outfile_abort(&out);
	return e;
}

static ch_err put_files(unsigned *n, const char *dir, size_t place, const ch_public_item *it,
    struct ch_problem *why)
{
	char from[CH_PATH_MAX], name[CH_PATH_MAX], to[CH_PATH_MAX], src[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = ch_path(from, "%s/attachments", it->dir);

	if (e == CH_OK)
		e = ch_dir_list(&d, from, CH_ATTACHMENTS_MAX);
	if (e == CH_E_ABSENT)
		return CH_OK;
	if (e == CH_OK)
		e = files_name(name, place);
	if (e == CH_OK)
		e = ch_path(to, "%s/%s", dir, name);
	if (e == CH_OK && d.n > 0)
		e = ch_dir_make(to);
	for (size_t i = 0; e == CH_OK && i < d.n; i++) {
		e = ch_path(to, "%s/%s/%s", dir, name, d.names[i]);
		if (e == CH_OK)
			e = ch_path(src, "%s/%s", from, d.names[i]);
		if (e == CH_OK)
			e = copy_file(to, src);
		*n += e == CH_OK;
	}
	ch_dir_deinit(&d);
	if (e != CH_OK)
		ch_problem_set(why, e, "the attachments of a disclosure could not be copied to %s: "
		    "%s", dir, ch_err_text(e));
	return e;
}

/* ---- the whole ---- */

/* The newest checkpoint, with cosignatures when it has any. */
static ch_err newest(struct ch_buf *note, ch_published *out, struct ch_watch *w,
    struct ch_problem *why)
{
	struct ch_problem quiet = { 0 };
	ch_checkpoint cp;
	ch_note n;
	ch_err e = ch_watch_look(w, why);

	ch_buf_init(note, CH_WATCH_NOTE_MAX);
	if (e != CH_OK || w->size == 0)
		return e;
	e = ch_watch_bound(note, w, w->size - 1, &quiet);
	out->cosigned = e == CH_OK;
	if (e == CH_E_ABSENT)
		e = ch_buf_put(note, ch_buf_span(&w->note));
	if (e == CH_OK)
		e = ch_checkpoint_open(&cp, &n, ch_buf_span(note), &w->vkey);
	if (e == CH_OK)
		out->size = cp.size;
	if (e != CH_OK)
		ch_problem_set(why, e, "%s", quiet.text[0] ? quiet.text : ch_err_text(e));
	return e;
}

/* What the folder is, in every language. */
static ch_err put_readme(const char *path, bool exercise, struct ch_problem *why)
{
	struct ch_buf text;
	ch_err e;

	ch_buf_init(&text, CH_PACK_MAX);
	e = ch_buf_put(&text, ch_public_readme());
	for (unsigned i = 0; e == CH_OK && exercise && i < CH_PUBLIC_LANGS; i++) {
		e = ch_buf_str(&text, "\n");
		if (e == CH_OK)
			e = ch_buf_str(&text, ch_public_texts[i][CH_P_README_DRILL]);
		if (e == CH_OK)
			e = ch_buf_str(&text, "\n");
	}
	if (e == CH_OK)
		e = put(path, ch_buf_span(&text), why);
	ch_buf_deinit(&text);
	return e;
}

static ch_err put_texts(const char *dir, const struct ch_watch *w, const struct ch_talks *talks,
    ch_span checkpoint, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_buf trust;
	ch_err e = ch_trust_file(&trust, talks);

	if (e == CH_OK)
		e = ch_path(path, "%s/README.txt", dir); /* first: it marks the folder */
	if (e == CH_OK)
		e = put_readme(path, w->home->exercise, why);
	if (e == CH_OK)
		e = ch_path(path, "%s/trust.txt", dir);
	if (e == CH_OK)
		e = put(path, ch_buf_span(&trust), why);
	if (e == CH_OK)
		e = ch_path(path, "%s/checkpoint", dir);
	if (e == CH_OK && checkpoint.n)
		e = put(path, checkpoint, why);
	ch_buf_deinit(&trust);
	return e;
}

static ch_err put_item(ch_published *out, const char *dir, size_t place, const ch_public_item *it,
    struct ch_watch *w, struct ch_site *site, ch_span under, struct ch_problem *why)
{
	char name[CH_PATH_MAX], path[CH_PATH_MAX];
	struct ch_buf extract;
	ch_err e = ch_public_extract(&extract, it, w, site->talks, under, why);

	if (e == CH_OK)
		e = item_name(name, place, it);
	if (e == CH_OK)
		e = ch_path(path, "%s/%s", dir, name);
	if (e == CH_OK)
		e = put(path, ch_buf_span(&extract), why);
	if (e == CH_OK)
		ch_site_add(site, it, name, ch_buf_span(&extract));
	ch_buf_deinit(&extract);
	out->n_items += e == CH_OK;
	return e == CH_OK ? put_files(&out->n_files, dir, place, it, why) : e;
}

/* One file of the site; a program without the checker leaves an old checking page no place. */
static ch_err put_page(const char *dir, const char *name, struct ch_buf *page, ch_err e,
    struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err made = ch_path(path, "%s/%s", dir, name);

	if (made == CH_OK && e == CH_OK)
		e = put(path, ch_buf_span(page), why);
	else if (made == CH_OK && e == CH_E_ABSENT)
		e = ch_file_unlink(path);
	if (e == CH_E_ABSENT)
		e = CH_OK;
	ch_buf_deinit(page);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s/%s could not be made: %s", dir, name, ch_err_text(e));
	return e;
}

static ch_err put_site(const char *dir, const struct ch_site *site, const ch_published *done,
    struct ch_problem *why)
{
	struct ch_buf page = { 0 };
	ch_err e = put_page(dir, "check.html", &page, ch_site_check(&page, site), why);

	for (unsigned i = 0; e == CH_OK && i < CH_PUBLIC_LANGS; i++) {
		e = put_page(dir, ch_public_feed[i], &page, ch_site_feed(&page, site, i), why);
		if (e == CH_OK)
			e = put_page(dir, ch_public_index[i], &page,
			    ch_site_index(&page, site, i, done), why);
	}
	return e;
}

ch_err ch_publish(ch_published *out, const char *dir, struct ch_watch *w,
    const struct ch_talks *talks, struct ch_problem *why)
{
	struct ch_public p = { 0 };
	struct ch_buf note = { 0 };
	struct ch_site site;
	size_t n = 0;
	ch_err e = check_folder(dir, why);

	ch_site_begin(&site, talks, w->home->exercise);
	*out = (ch_published){ 0 };
	if (e == CH_OK)
		e = newest(&note, out, w, why);
	if (e == CH_OK)
		e = ch_public_load(&p, w->home, talks, why);
	while (e == CH_OK && n < p.n && p.item[n].proof.n)
		n++;
	if (e == CH_OK)
		e = put_texts(dir, w, talks, ch_buf_span(&note), why);
	if (e == CH_OK)
		e = drop_old(dir, &p, n);
	for (size_t i = 0; e == CH_OK && i < n; i++)
		e = put_item(out, dir, i, &p.item[i], w, &site, ch_buf_span(&note), why);
	if (e == CH_OK)
		e = put_site(dir, &site, out, why);
	ch_site_end(&site);
	ch_public_close(&p);
	ch_buf_deinit(&note);
	return e;
}
