/*
 * Putting parts into the folder of a paper, and finding folders. What is on file stays: a part is
 * made once and never replaced, so that no later answer of a registry can rewrite an earlier one.
 */
#include "dossier.h"

#include <stdio.h>

#include "hex.h"

/* What stands in a file; ABSENT. */
static ch_err existing(struct ch_buf *b, const char *path)
{
	ch_buf_init(b, CH_PACK_MAX);
	return ch_file_read(b, path);
}

/* Other bytes than those on file: kept beside them, under a name made of their hash. */
static ch_err keep_conflict(const struct ch_dossier *d, const char *name, ch_span bytes,
    struct ch_problem *why)
{
	char path[CH_PATH_MAX], hex[17] = "";
	ch_hash h;
	struct ch_wr w = ch_wr_of(hex, 16);

	ch_sha256(&h, bytes);
	ch_hex_put(&w, ch_span_of(h.b, 8));
	ch_err e = ch_path(path, "%s/conflict-%s.%s.txt", d->dir, name, hex);
	if (e == CH_OK)
		e = ch_file_write(path, bytes, 0600);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s could not be written: %s", path, ch_err_text(e));
	return ch_problem_set(why, CH_E_CONFLICT, "two different “%s” for %s: the first one stays, "
	    "the other is kept as %s; show both to the operator of the registry and to the other "
	    "party", name, d->number, path);
}

ch_err ch_dossier_put(const struct ch_dossier *d, const char *name, ch_span bytes,
    struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e = ch_dossier_file(path, d, name);

	if (e != CH_OK)
		return e;
	e = existing(&b, path);
	if (e == CH_OK)
		e = ch_span_eq(ch_buf_span(&b), bytes) ? CH_OK :
		    keep_conflict(d, name, bytes, why);
	else if (e == CH_E_ABSENT)
		e = ch_file_create(path, bytes, 0600);
	ch_buf_deinit(&b);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s could not be written (%s); what was on file is "
		    "unchanged; run chancery sync when that is mended", path, ch_err_text(e));
	return e;
}

ch_err ch_dossier_put_proof(const struct ch_dossier *d, const char *name, ch_span proof,
    struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e = ch_dossier_file(path, d, name);

	if (e != CH_OK)
		return e;
	e = existing(&b, path);
	if (e == CH_E_ABSENT || (e == CH_OK && !ch_span_eq(ch_buf_span(&b), proof)))
		e = ch_file_write(path, proof, 0600);
	ch_buf_deinit(&b);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s could not be written: %s", path, ch_err_text(e));
	return e;
}

ch_err ch_dossier_put_checkpoint(const struct ch_dossier *d, uint64_t size, ch_span note,
    struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/checkpoint.%llu.txt", d->dir, (unsigned long long)size);

	if (e == CH_OK)
		e = ch_file_create(path, note, 0600);
	if (e == CH_E_CONFLICT)
		return CH_OK; /* a note of this size is there */
	if (e != CH_OK)
		ch_problem_set(why, e, "%s could not be written: %s", path, ch_err_text(e));
	return e;
}

/* The note on which `ended` rests; false when it rests on none. */
static bool lapse_seen(ch_seen *out, const struct ch_dossier *d, ch_span ended)
{
	ch_note note;
	ch_stmt s;

	*out = (ch_seen){ 0 };
	if (ch_note_parse(&note, ended, CH_NOTE_TEXT_MAX) != CH_OK ||
	    ch_stmt_parse_as(&s, note.text, CH_K_ENDED, d->home->exercise) != CH_OK ||
	    s.v[CH_EN_CHECKPOINT].n == 0)
		return false;
	*out = ch_val_seen(s.v[CH_EN_CHECKPOINT]);
	return true;
}

uint64_t ch_dossier_lapse_size(const struct ch_dossier *d)
{
	ch_seen seen;

	return lapse_seen(&seen, d, ch_dossier_part(d, "ended")) ? seen.size : 0;
}

bool ch_dossier_dates_lapse(const struct ch_dossier *d, ch_span ended, const ch_part *p)
{
	char name[40];
	ch_seen seen;
	ch_hash h;

	if (!lapse_seen(&seen, d, ended))
		return false;
	(void)snprintf(name, sizeof name, "checkpoint.%llu", (unsigned long long)seen.size);
	ch_sha256(&h, p->bytes);
	return ch_span_eq(p->name, ch_span_str(name)) && ch_hash_eq(&h, &seen.note);
}

ch_err ch_dossier_put_lapse(const struct ch_dossier *d, const ch_part *p, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e = ch_path(path, "%s/%.*s.txt", d->dir, (int)p->name.n, (const char *)p->name.p);

	if (e != CH_OK)
		return e;
	e = existing(&b, path);
	if (e == CH_E_ABSENT || (e == CH_OK && !ch_span_eq(ch_buf_span(&b), p->bytes)))
		e = ch_file_write(path, p->bytes, 0600);
	ch_buf_deinit(&b);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s could not be written: %s", path, ch_err_text(e));
	return e;
}

ch_err ch_dossier_list(struct ch_dir *out, const struct ch_home *home,
    const struct ch_talks *talks)
{
	char path[CH_PATH_MAX], number[CH_NUMBER_MAX + 1];
	ch_err e = ch_home_path(path, home, "talks/%s", talks->name);
	size_t n = 0;

	*out = (struct ch_dir){ 0 };
	if (e == CH_OK)
		e = ch_dir_list(out, path, CH_DOSSIER_LIST_MAX);
	if (e == CH_E_ABSENT)
		return CH_OK;
	for (size_t i = 0; e == CH_OK && i < out->n; i++)
		if (ch_dossier_number(number, ch_span_str(out->names[i])) == CH_OK)
			out->names[n++] = out->names[i];
	if (e == CH_OK)
		out->n = n;
	return e;
}

ch_err ch_dossier_l(ch_hash *out, const struct ch_home *home, const struct ch_talks *talks,
    const char *name)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_note note;
	ch_err e = ch_home_path(path, home, "talks/%s/%s/submission.txt", talks->name, name);

	*out = (ch_hash){ 0 };
	ch_buf_init(&b, CH_NOTE_TEXT_MAX * 2);
	if (e == CH_OK)
		e = ch_file_read(&b, path);
	if (e == CH_OK)
		e = ch_note_parse(&note, ch_buf_span(&b), CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		ch_stmt_hash(out, note.text);
	ch_buf_deinit(&b);
	return e;
}
