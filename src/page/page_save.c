/*
 * Files for a person to save: a delivery record, an attachment. Never shown in place, whatever they
 * say they are. What takes long or needs the registry is made by a job; it then lies nowhere but
 * behind an open descriptor, until the next one is made or the desk is locked.
 */
#include <stdio.h>

#include "dec.h"
#include "field.h"
#include "pages.h"
#include "save.h"
#include "tar.h"

#define NAMES_MAX 4096u
#define PIECE 65536u

struct saving {
	char folder[CH_NUMBER_MAX + 1];
	uint32_t index;          /* of the attachment */
	bool paper;
	char name[CH_SAVED_NAME];
	struct ch_infile file;
};

static void copy_folder(struct saving *a, const struct ch_page *p)
{
	if (p->arg[1].n < sizeof a->folder)
		memcpy(a->folder, p->arg[1].p, p->arg[1].n);
}

/* ---- in the making ---- */

/* Where it is made: a folder of the home, gone at the end, and at the beginning after a crash. */
static ch_err stage_drop(const struct ch_home *h)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "desk-saving/paper");

	if (e == CH_OK)
		e = ch_dir_remove(path);
	if (e == CH_OK)
		e = ch_home_path(path, h, "desk-saving");
	return e == CH_OK ? ch_dir_remove(path) : e;
}

static ch_err stage_make(char path[CH_PATH_MAX], const struct ch_home *h)
{
	ch_err e = stage_drop(h);

	if (e == CH_OK)
		e = ch_home_path(path, h, "desk-saving");
	return e == CH_OK ? ch_dir_make(path) : e;
}

/* Hold on to the file; its name goes with the folder. */
static ch_err take(struct saving *a, const char *dir, const char *name)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/%s", dir, name);

	return e == CH_OK ? ch_infile_open(&a->file, path) : e;
}

static void saving_end(struct ch_job *j)
{
	struct saving *a = j->arg;
	struct ch_saved *s = &j->at->saved;

	if (j->err != CH_OK || !j->at->home.unlocked) {
		ch_infile_close(&a->file);
		return;
	}
	ch_infile_close(&s->file);
	s->file = a->file; /* moved */
	memcpy(s->name, a->name, sizeof s->name);
	s->id = j->id;
}

/* ---- an attachment ---- */

static ch_err attachment_name(struct saving *a, ch_item *it, const struct ch_reading *r,
    const struct ch_dossier *d, struct ch_problem *why)
{
	ch_err e = CH_E_ABSENT;

	if (a->index < r->paper->head.count[CH_H_ATTACHMENTS])
		e = ch_stmt_item(it, &r->paper->head, CH_H_ATTACHMENTS, a->index);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s has no such attachment", d->number);
	(void)snprintf(a->name, sizeof a->name, "%s-%.*s", a->folder, CH_SPAN(it->v[CH_AT_FILE]));
	return CH_OK;
}

/* All of the paper is verified before a byte of it can be saved. */
static ch_err extract(struct saving *a, const struct ch_home *h, const struct ch_talks *t,
    struct ch_problem *why)
{
	struct ch_reading *r = ch_alloc(sizeof *r);
	struct ch_dossier d = { 0 };
	char dir[CH_PATH_MAX], name[64];
	ch_item it = { 0 };
	ch_err e = r ? stage_make(dir, h) : CH_E_NOMEM, dropped;

	if (e == CH_OK)
		e = ch_dossier_open(&d, h, t, ch_span_str(a->folder), why);
	if (e == CH_OK)
		e = ch_reading_open(r, &d, dir, why);
	if (e == CH_OK)
		e = attachment_name(a, &it, r, &d, why);
	if (e == CH_OK) {
		(void)snprintf(name, sizeof name, "%.*s", CH_SPAN(it.v[CH_AT_FILE]));
		e = take(a, dir, name);
	}
	if (r)
		ch_reading_close(r);
	ch_free(r, sizeof *r);
	ch_dossier_close(&d);
	dropped = stage_drop(h);
	return e == CH_OK ? dropped : e;
}

static ch_err attachment_run(struct ch_job *j)
{
	struct saving *a = j->arg;
	ch_err e = extract(a, &j->home, &j->talks, &j->why);

	memcpy(j->said[0], a->name, sizeof a->name);
	return e;
}

static const ch_job_kind attachment_kind = {
	.title = CH_M_JOB_ATTACHMENT, .done = CH_M_JOB_ATTACHMENT_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_TALKS, .arg_size = sizeof(struct saving),
	.run = attachment_run, .end = saving_end,
};

/* ---- a record ---- */

static ch_err to_file(void *ctx, ch_span bytes)
{
	return ch_outfile_write(ctx, bytes);
}

static ch_err put_file(struct ch_tar_writer *tar, const char *path, const char *name)
{
	uint8_t *room = ch_alloc(PIECE);
	char member[CH_TAR_NAME_MAX + 1];
	struct ch_infile f = { 0 };
	size_t n = 1;
	int len = snprintf(member, sizeof member, "record/%s", name);
	ch_err e = !room ? CH_E_NOMEM : len > 0 && (size_t)len < sizeof member ?
	    ch_infile_open(&f, path) : CH_E_LIMIT;

	if (e == CH_OK)
		e = ch_tar_writer_begin(tar, ch_span_str(member), f.size);
	while (e == CH_OK && n > 0) {
		e = ch_infile_read(room, &n, &f, PIECE);
		if (e == CH_OK && n > 0)
			e = ch_tar_writer_write(tar, ch_span_of(room, n));
	}
	if (e == CH_OK)
		e = ch_tar_writer_end(tar);
	ch_free(room, PIECE);
	ch_infile_close(&f);
	return e;
}

/* The files of a folder; `below` is "" or "paper/". */
static ch_err put_folder(struct ch_tar_writer *tar, const char *dir, const char *below)
{
	char path[CH_PATH_MAX], name[CH_PATH_MAX];
	struct ch_dir list = { 0 };
	uint64_t size;
	ch_err e = ch_path(path, "%s/%s", dir, below);

	if (e == CH_OK)
		e = ch_dir_list(&list, path, NAMES_MAX);
	for (size_t i = 0; e == CH_OK && i < list.n; i++) {
		e = ch_path(path, "%s/%s%s", dir, below, list.names[i]);
		if (e == CH_OK)
			e = ch_path(name, "%s%s", below, list.names[i]);
		if (e == CH_OK && ch_file_size(&size, path) == CH_OK)
			e = put_file(tar, path, name);
	}
	ch_dir_deinit(&list);
	return e;
}

static ch_err pack(struct saving *a, const char *dir)
{
	struct ch_tar_writer tar;
	struct ch_outfile out;
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/record.tar", dir);

	if (e == CH_OK)
		e = ch_outfile_open(&out, path, 0600);
	if (e != CH_OK)
		return e;
	ch_tar_writer_init(&tar, to_file, &out);
	e = put_folder(&tar, dir, "");
	if (e == CH_OK && a->paper)
		e = put_folder(&tar, dir, "paper/");
	if (e == CH_OK)
		e = ch_tar_writer_finish(&tar, 0);
	if (e == CH_OK)
		e = ch_outfile_commit(&out);
	ch_outfile_abort(&out);
	return e == CH_OK ? take(a, dir, "record.tar") : e;
}

static ch_err export_run(struct ch_job *j)
{
	struct saving *a = j->arg;
	struct ch_dossier d = { 0 };
	char dir[CH_PATH_MAX];
	unsigned n;
	ch_err e = stage_make(dir, &j->home), dropped;

	if (e == CH_OK)
		e = ch_dossier_open(&d, &j->home, &j->talks, ch_span_str(a->folder), &j->why);
	if (e == CH_OK)
		e = ch_export(&n, dir, &d, &j->watch, a->paper, &j->why);
	if (e == CH_OK)
		e = pack(a, dir);
	ch_dossier_close(&d);
	dropped = stage_drop(&j->home);
	(void)snprintf(a->name, sizeof a->name, "%s-record.tar", a->folder);
	memcpy(j->said[0], a->name, sizeof a->name);
	return e == CH_OK ? dropped : e;
}

static const ch_job_kind export_kind = {
	.title = CH_M_JOB_EXPORT, .done = CH_M_JOB_EXPORT_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_TALKS | CH_JOB_SIGN_IN,
	.arg_size = sizeof(struct saving), .run = export_run, .end = saving_end,
};

/* ---- the pages ---- */

static void start(struct ch_page *p, const ch_job_kind *kind, const struct saving *what,
    const char *last)
{
	struct ch_job *j = ch_page_paper_job(p, kind);
	size_t n;

	if (j) {
		*(struct saving *)j->arg = *what;
		copy_folder(j->arg, p);
		n = strlen(j->go);
		(void)snprintf(&j->go[n], sizeof j->go - n, "%s?saved=1", last);
	}
	ch_page_job(p, j);
}

void ch_page_saved_note(struct ch_page *p)
{
	const struct ch_saved *s = &p->home->saved;

	if (ch_page_query(p, "saved").n == 0 || !s->file.open)
		return;
	ch_html_put(&p->html, "<p class=\"acts\"><a class=\"button primary\" "
	    "href=\"/h/%u/saved/%u\" download>", p->home->n, s->id);
	ch_html_say_with(&p->html, CH_M_SAVED_SAVE, CH_ARGS(s->name));
	ch_html_put(&p->html, "</a> <span class=\"quiet\">");
	ch_page_size(p, s->file.size);
	ch_html_put(&p->html, "</span></p>");
}

void ch_page_export(struct ch_page *p)
{
	ch_msg provable[] = { CH_M_EXPORT_SENT, CH_M_EXPORT_STEPS, CH_M_EXPORT_PASSED };
	struct ch_html *w = &p->html;
	struct ch_act a;

	if (ch_act_open(p, &a)) {
		ch_act_begin(p, &a, CH_M_EXPORT_TITLE);
		ch_page_saved_note(p);
		ch_act_sentence(p, CH_M_EXPORT_SENTENCE);
		if (a.d.hold != CH_HOLD_WHOLE)
			provable[0] = CH_M_EXPORT_SENT_BARE;
		ch_act_list(p, CH_M_EXPORT_PROVABLE, provable, CH_COUNT(provable), NULL);
		ch_act_form(p, &a, "export");
		if (ch_page_is_open(&a.d, a.v))
			ch_page_tick(p, "paper", a.d.ours ? CH_M_EXPORT_PAPER_OURS :
			    CH_M_EXPORT_PAPER_THEIRS, false, false);
		ch_html_put(w, "<p class=\"acts\">");
		ch_page_button(p, CH_M_EXPORT_BUTTON, true);
		ch_html_put(w, " ");
		ch_act_link(p, &a, "", CH_M_LEAVE_IT, true);
		ch_html_put(w, "</p></form>");
		ch_page_quiet(p, CH_M_EXPORT_CHECK);
	}
	ch_act_close(&a);
}

void ch_page_export_post(struct ch_page *p)
{
	const struct saving what = { .paper = ch_page_form(p, "paper").n > 0 };

	start(p, &export_kind, &what, "/export");
}

void ch_page_attachment_post(struct ch_page *p)
{
	struct saving what = { 0 };
	uint64_t n;

	if (ch_dec_parse(&n, ch_page_form(p, "n"), CH_ATTACHMENTS_MAX) != CH_OK || n == 0) {
		ch_page_not_found(p);
		return;
	}
	what.index = (uint32_t)n - 1;
	start(p, &attachment_kind, &what, "");
}

/* ---- giving it out ---- */

struct giving {
	struct ch_desk_home *home;
	unsigned id;
	uint64_t at;
};

/* Another file took its place, or the desk was locked: the answer breaks off. */
static size_t give_piece(void *arg, uint8_t *out, size_t cap)
{
	struct giving *g = arg;
	struct ch_saved *s = &g->home->saved;
	size_t n = 0;

	if (s->id != g->id || !s->file.open || ch_infile_seek(&s->file, g->at) != CH_OK ||
	    ch_infile_read(out, &n, &s->file, cap) != CH_OK)
		return 0;
	g->at += n;
	return n;
}

static void give_done(void *arg)
{
	ch_free(arg, sizeof(struct giving));
}

void ch_page_saved(struct ch_page *p)
{
	struct ch_saved *s = &p->home->saved;
	struct giving *g;
	uint64_t id;

	if (ch_dec_parse(&id, p->arg[0], UINT32_MAX) != CH_OK || !s->file.open || s->id != id) {
		ch_page_not_found(p);
		return;
	}
	g = ch_alloc(sizeof *g);
	if (!g) {
		ch_page_fault(p, CH_E_NOMEM, NULL);
		return;
	}
	*g = (struct giving){ .home = p->home, .id = (unsigned)id };
	ch_page_file(p, "application/octet-stream", s->name, (ch_span){ 0 });
	p->pull = (ch_http_source){ .pull = give_piece, .done = give_done, .arg = g };
	p->pull_size = s->file.size;
}
