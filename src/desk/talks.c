/* Talks on file: finding, loading, looking up. See talks.h. */
#include "talks.h"

#include <stdio.h>
#include <string.h>

#include "hex.h"
#include "text.h"
#include "value.h"

#define TALKS_MAX 1000
#define FOLDER_MAX 200000u /* papers of one talks, and what lies beside them */
#define CHARTER_FILE_MAX ((size_t)1 << 20)

ch_err ch_talks_names(struct ch_dir *d, const struct ch_home *h)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "talks");

	*d = (struct ch_dir){ 0 };
	return e == CH_OK ? ch_dir_list(d, path, TALKS_MAX) : e;
}

ch_err ch_talks_keep_alarm(char path[CH_PATH_MAX], const struct ch_home *h, const char *name,
    ch_span about, ch_span evidence)
{
	ch_err e = ch_home_path(path, h, "talks/%s/alarm-%.*s.txt", name, (int)about.n,
	    (const char *)about.p);

	return e == CH_OK ? ch_file_write(path, evidence, 0600) : e;
}

ch_err ch_talks_alarm(char path[CH_PATH_MAX], const struct ch_home *h, const char *name)
{
	char dir[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = ch_home_path(dir, h, "talks/%s", name), found = CH_E_ABSENT;

	path[0] = '\0';
	if (e == CH_OK)
		e = ch_dir_list(&d, dir, FOLDER_MAX);
	for (size_t i = 0; e == CH_OK && found == CH_E_ABSENT && i < d.n; i++)
		if (strncmp(d.names[i], "alarm-", 6) == 0)
			found = ch_path(path, "%s/%s", dir, d.names[i]);
	ch_dir_deinit(&d);
	return e == CH_OK ? found : e;
}

void ch_talks_deinit(struct ch_talks *t)
{
	ch_buf_deinit(&t->bytes);
	*t = (struct ch_talks){ 0 };
}

static ch_err only_name(char out[CH_TALKS_NAME_MAX + 1], const struct ch_home *h,
    struct ch_problem *why)
{
	char list[400] = "";
	struct ch_dir d;
	size_t at = 0;
	ch_err e = ch_talks_names(&d, h);

	if (e == CH_OK && d.n == 0)
		e = ch_problem_set(why, CH_E_ABSENT, "this home has no talks yet; open some with "
		    "chancery talks open, or join with chancery talks join");
	if (e == CH_OK && d.n == 1 && strlen(d.names[0]) <= CH_TALKS_NAME_MAX)
		memcpy(out, d.names[0], strlen(d.names[0]) + 1);
	for (size_t i = 0; e == CH_OK && d.n > 1 && i < d.n; i++) {
		int n = snprintf(&list[at], sizeof list - at, "%s%s", at ? ", " : "", d.names[i]);

		if (n < 0 || (size_t)n >= sizeof list - at)
			break;
		at += (size_t)n;
	}
	if (e == CH_OK && d.n > 1)
		e = ch_problem_set(why, CH_E_CONFLICT, "there are several talks: %s; choose with "
		    "--talks NAME", list);
	ch_dir_deinit(&d);
	return e;
}

static ch_err load_charter(struct ch_talks *t, const char *path, struct ch_problem *why)
{
	struct ch_wr w = ch_wr_of(t->id_text, sizeof t->id_text - 1);
	ch_charter c;
	ch_err e = ch_note_parse(&t->note, ch_buf_span(&t->bytes), CH_NOTE_TEXT_MAX);

	if (e == CH_OK)
		e = ch_charter_parse(&c, t->note.text, NULL);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s is damaged; put it back from a backup", path);
	t->charter = c.stmt;
	t->id = c.talks;
	ch_hex_put(&w, ch_span_of(t->id.b, sizeof t->id.b));
	return CH_OK;
}

static ch_err load_draft(struct ch_talks *t, const struct ch_home *h, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "talks/%s/draft.txt", t->name);

	if (e == CH_OK)
		e = ch_file_read(&t->bytes, path);
	if (e == CH_E_ABSENT)
		return ch_problem_set(why, e, "there are no talks called %s here", t->name);
	if (e == CH_OK)
		e = ch_stmt_parse_as(&t->charter, ch_buf_span(&t->bytes), CH_K_CHARTER,
		    h->exercise);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s is damaged; put it back from a backup", path);
	t->state = ch_span_eq(t->charter.v[CH_CHARTER_PARTY], ch_span_str(h->handle))
	    ? CH_TALKS_DRAFT : CH_TALKS_INVITED;
	return CH_OK;
}

static ch_err load_files(struct ch_talks *t, const struct ch_home *h, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	uint64_t size;
	ch_err e = ch_home_path(path, h, "talks/%s/charter.txt", t->name);

	if (e == CH_OK)
		e = ch_file_read(&t->bytes, path);
	if (e == CH_E_ABSENT)
		return load_draft(t, h, why);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s could not be read: %s", path, ch_err_text(e));
	e = load_charter(t, path, why);
	if (e == CH_OK)
		e = ch_home_path(path, h, "talks/%s/charter.proof.txt", t->name);
	if (e == CH_OK)
		t->state = ch_file_size(&size, path) == CH_OK ? CH_TALKS_FORCE : CH_TALKS_SIGNING;
	return e;
}

ch_err ch_talks_load(struct ch_talks *t, const struct ch_home *h, const char *name,
    struct ch_problem *why)
{
	ch_err e = CH_OK;

	*t = (struct ch_talks){ 0 };
	ch_buf_init(&t->bytes, CHARTER_FILE_MAX);
	if (!name)
		e = only_name(t->name, h, why);
	else if (!ch_text_is_token(ch_span_str(name)))
		e = ch_problem_about(why, CH_E_FORMAT, "\"", ch_span_str(name), "\" is no name of "
		    "talks; it is made of a-z, 0-9, . and -");
	else
		memcpy(t->name, name, strlen(name) + 1);
	if (e == CH_OK)
		e = load_files(t, h, why);
	if (e != CH_OK)
		ch_talks_deinit(t);
	return e;
}

ch_err ch_talks_find(struct ch_talks *t, const struct ch_home *h, const ch_hash *id,
    struct ch_problem *why)
{
	struct ch_dir d;
	ch_err e = ch_talks_names(&d, h);
	bool found = false;

	*t = (struct ch_talks){ 0 };
	for (size_t i = 0; e == CH_OK && !found && i < d.n; i++) {
		e = ch_talks_load(t, h, d.names[i], why);
		found = e == CH_OK && t->state >= CH_TALKS_SIGNING && ch_hash_eq(&t->id, id);
		if (!found)
			ch_talks_deinit(t);
	}
	ch_dir_deinit(&d);
	if (e == CH_OK && !found)
		e = ch_problem_set(why, CH_E_ABSENT, "this home is not in those talks");
	return e;
}

ch_err ch_talks_party(ch_item *out, const struct ch_talks *t, ch_span who)
{
	for (uint32_t i = 0; i < t->charter.count[CH_CHARTER_PARTIES]; i++)
		if (ch_stmt_item(out, &t->charter, CH_CHARTER_PARTIES, i) == CH_OK &&
		    (ch_span_eq(out->v[CH_CP_HANDLE], who) || ch_span_eq(out->v[CH_CP_CODE], who)))
			return CH_OK;
	*out = (ch_item){ 0 };
	return CH_E_ABSENT;
}

ch_err ch_talks_registry(ch_item *out, const struct ch_talks *t)
{
	*out = (ch_item){ 0 };
	if (t->charter.count[CH_CHARTER_REGISTRIES] == 0)
		return CH_E_ABSENT;
	return ch_stmt_item(out, &t->charter, CH_CHARTER_REGISTRIES, 0);
}

ch_err ch_talks_paper_dir(char out[CH_PATH_MAX], const struct ch_home *h,
    const struct ch_talks *t, ch_span number)
{
	char name[128] = "";
	ch_number parsed;
	ch_err e = ch_number_parse(&parsed, number);

	out[0] = '\0';
	if (e != CH_OK || number.n >= sizeof name)
		return CH_E_FORMAT;
	for (size_t i = 0; i < number.n; i++)
		name[i] = number.p[i] == '/' ? '-' : (char)number.p[i];
	return ch_home_path(out, h, "talks/%s/%s", t->name, name);
}
