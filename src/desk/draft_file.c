/* Attachments of a draft: streamed in, sealed to the archive key on their way to the disk, hashed
 * in the clear, so that the paper can name what is in them without opening them again. */
#include "draft.h"

#include <stdio.h>

#include "hex.h"
#include "rng.h"
#include "seal_sink.h"
#include "text.h"
#include "wipe.h"

#define LARGEST ((uint64_t)8 << 30)

struct ch_draft_taking {
	const struct ch_home *home;
	char id[CH_DRAFT_ID + 1];
	ch_draft_file file;
	struct ch_outfile out;
	struct ch_sha256 sha;
	struct ch_seal_random random;
	struct ch_secret64 wrap;
	struct ch_seal_sink sink;
	bool live;
	ch_err err;
};

static ch_err to_disk(void *ctx, ch_span bytes)
{
	struct ch_draft_taking *t = ctx;

	return ch_outfile_write(&t->out, bytes);
}

static ch_err start(struct ch_draft_taking *t)
{
	char path[CH_PATH_MAX];
	uint8_t raw[CH_DRAFT_ID / 2];
	struct ch_wr w = ch_wr_of(t->file.file, CH_DRAFT_ID + 4);
	ch_err e;

	if ((e = ch_random(raw, sizeof raw)) != CH_OK ||
	    (e = ch_random(&t->random.file_key, sizeof t->random.file_key)) != CH_OK ||
	    (e = ch_random(t->random.nonce, sizeof t->random.nonce)) != CH_OK ||
	    (e = ch_random(&t->wrap, sizeof t->wrap)) != CH_OK)
		return e;
	t->random.wrap = &t->wrap;
	ch_hex_put(&w, ch_span_of(raw, sizeof raw));
	CH_WR_LIT(&w, ".age");
	ch_sha256_init(&t->sha);
	if ((e = ch_home_path(path, t->home, "drafts/%s/%s", t->id, t->file.file)) != CH_OK ||
	    (e = ch_outfile_open(&t->out, path, 0600)) != CH_OK ||
	    (e = ch_seal_sink_init(&t->sink, to_disk, t)) != CH_OK)
		return e;
	t->live = true;
	return ch_seal_sink_start(&t->sink, &t->home->archive, 1, &t->random);
}

void ch_draft_take_drop(struct ch_draft_taking *t)
{
	if (!t)
		return;
	ch_outfile_abort(&t->out);
	if (t->live)
		ch_seal_sink_deinit(&t->sink);
	ch_wipe(&t->random, sizeof t->random);
	ch_wipe(&t->wrap, sizeof t->wrap);
	ch_free(t, sizeof *t);
}

ch_err ch_draft_take(struct ch_draft_taking **out, const struct ch_home *h, const char *id,
    struct ch_problem *why)
{
	struct ch_draft_taking *t = *out = ch_alloc(sizeof *t);
	ch_err e = t ? CH_OK : CH_E_NOMEM;

	if (e == CH_OK) {
		t->home = h;
		(void)snprintf(t->id, sizeof t->id, "%s", id);
		e = start(t);
	}
	if (e == CH_OK)
		return CH_OK;
	ch_draft_take_drop(t);
	*out = NULL;
	return ch_problem_set(why, e, "the file could not be taken in (%s); the draft is as it was",
	    ch_err_text(e));
}

ch_err ch_draft_take_more(struct ch_draft_taking *t, ch_span bytes)
{
	if (t->err == CH_OK && t->file.size + bytes.n > LARGEST)
		t->err = CH_E_LIMIT;
	if (t->err == CH_OK)
		t->err = ch_seal_sink_write(&t->sink, bytes);
	if (t->err == CH_OK) {
		t->file.size += bytes.n;
		ch_sha256_update(&t->sha, bytes);
	}
	return t->err;
}

ch_err ch_draft_name(struct ch_wr *out, ch_span name)
{
	size_t from = 0;

	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '/' || name.p[i] == '\\')
			from = i + 1;
	if (from == name.n)
		return CH_E_FORMAT;
	if (name.n - from > CH_DRAFT_NAME_MAX)
		return CH_E_LIMIT;
	ch_err e = ch_text_to_nfc(out, ch_span_of(&name.p[from], name.n - from));
	return e == CH_OK ? ch_text_check_line(ch_wr_span(out), CH_DRAFT_NAME_MAX) : e;
}

static ch_err into_list(struct ch_draft_taking *t, ch_span name, struct ch_problem *why)
{
	struct ch_draft *d = ch_alloc(sizeof *d);
	ch_err e = d ? ch_draft_load(d, t->home, ch_span_str(t->id), why) : CH_E_NOMEM;

	if (e == CH_OK && d->n_files == CH_ATTACHMENTS_MAX)
		e = ch_problem_set(why, CH_E_LIMIT, "a paper has at most %u attachments; this one "
		    "was not added", CH_ATTACHMENTS_MAX);
	if (e == CH_OK) {
		t->file.name = name;
		d->file[d->n_files++] = t->file;
		e = ch_draft_save(d, t->home, why);
	}
	if (d)
		ch_draft_deinit(d);
	ch_free(d, sizeof *d);
	return e;
}

ch_err ch_draft_take_end(struct ch_draft_taking *t, ch_span name, struct ch_problem *why)
{
	uint8_t clean[4 * CH_DRAFT_NAME_MAX];
	char path[CH_PATH_MAX];
	struct ch_wr w = ch_wr_of(clean, sizeof clean);
	ch_err e = t->err;

	if (e == CH_OK && ch_draft_name(&w, name) != CH_OK)
		e = ch_problem_set(why, CH_E_FORMAT, "the name of the file has characters that may "
		    "not stand in a paper, or is too long; it was not added; rename it");
	if (e == CH_OK)
		e = ch_seal_sink_finish(&t->sink);
	if (e == CH_OK)
		e = ch_outfile_commit(&t->out);
	if (e == CH_OK) {
		ch_sha256_final(&t->sha, &t->file.digest);
		e = into_list(t, ch_wr_span(&w), why);
		if (e != CH_OK && ch_home_path(path, t->home, "drafts/%s/%s", t->id,
		    t->file.file) == CH_OK)
			(void)!ch_file_unlink(path);
	}
	if (e != CH_OK)
		ch_problem_set(why, e, "the file could not be kept (%s); the draft is as it was",
		    ch_err_text(e));
	ch_draft_take_drop(t);
	return e;
}

ch_err ch_draft_remove_file(const struct ch_home *h, ch_span id, ch_span file,
    struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_draft *d = ch_alloc(sizeof *d);
	ch_err e = d ? ch_draft_load(d, h, id, why) : CH_E_NOMEM;
	size_t i = 0;

	while (e == CH_OK && i < d->n_files && !ch_span_eq(file, ch_span_str(d->file[i].file)))
		i++;
	if (e == CH_OK && i >= d->n_files)
		e = ch_problem_set(why, CH_E_ABSENT, "that file is not there any more");
	if (e == CH_OK)
		e = ch_home_path(path, h, "drafts/%s/%s", d->id, d->file[i].file);
	if (e == CH_OK) {
		d->n_files--;
		for (size_t k = i; k < d->n_files; k++)
			d->file[k] = d->file[k + 1];
		e = ch_draft_save(d, h, why);
	}
	/* Off the list first: what a crash leaves is a file that nobody names. */
	if (e == CH_OK)
		(void)!ch_file_unlink(path);
	if (d)
		ch_draft_deinit(d);
	ch_free(d, sizeof *d);
	return e;
}

/* ---- after a crash ---- */

static bool is_named(const struct ch_draft *d, const char *file)
{
	for (size_t i = 0; i < d->n_files; i++)
		if (strcmp(d->file[i].file, file) == 0)
			return true;
	return false;
}

static void sweep_one(struct ch_draft *d, const struct ch_home *h, const char *id)
{
	char path[CH_PATH_MAX];
	struct ch_dir files = { 0 };
	struct ch_problem quiet = { 0 };

	if (ch_home_path(path, h, "drafts/%s", id) != CH_OK || ch_dir_sweep(path) != CH_OK ||
	    ch_draft_load(d, h, ch_span_str(id), &quiet) != CH_OK)
		return; /* one that does not open keeps all it has */
	if (ch_dir_list(&files, path, CH_DRAFTS_MAX) != CH_OK)
		files.n = 0;
	for (size_t i = 0; i < files.n; i++) {
		const char *name = files.names[i];

		if (strlen(name) == CH_DRAFT_ID + 4 && !is_named(d, name) &&
		    ch_home_path(path, h, "drafts/%s/%s", id, name) == CH_OK)
			(void)!ch_file_unlink(path);
	}
	ch_dir_deinit(&files);
	ch_draft_deinit(d);
}

void ch_draft_sweep(const struct ch_home *h)
{
	char path[CH_PATH_MAX];
	struct ch_dir ids = { 0 };
	struct ch_draft *d = ch_alloc(sizeof *d);

	if (d && ch_home_path(path, h, "drafts") == CH_OK && ch_dir_sweep(path) == CH_OK &&
	    ch_draft_list(&ids, h) == CH_OK)
		for (size_t i = 0; i < ids.n; i++)
			sweep_one(d, h, ids.names[i]);
	ch_dir_deinit(&ids);
	ch_free(d, sizeof *d);
}
