/*
 * Writing holdings into a home. A home that waits has nothing of its own but keys, so what an
 * earlier run left half written goes first. Then registries, rosters, talks, each file whole; and
 * at the end joined.txt: until then the home waits, and the same command begins anew. It is never
 * cleared again, whatever backup of request.txt comes back. A home that is in already only takes
 * what it lacks, each thing whole.
 */
#include <stdio.h>
#include <string.h>

#include "delegates_holdings.h"

#define FOLDERS_MAX 4096u

/* The folders in one of the home's folders. */
static ch_err clear_below(const struct ch_home *h, const char *name)
{
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = ch_home_path(path, h, "%s", name);

	if (e == CH_OK)
		e = ch_dir_list(&d, path, FOLDERS_MAX);
	for (size_t i = 0; e == CH_OK && i < d.n; i++) {
		e = ch_home_path(path, h, "%s/%s", name, d.names[i]);
		if (e == CH_OK)
			e = ch_dir_remove(path);
	}
	ch_dir_deinit(&d);
	return e;
}

static ch_err clear(const struct ch_home *h)
{
	static const char *const name[] = { "rosters", "registries", "talks" };
	ch_err e = ch_home_make_folders(h); /* a backup of files alone lacks them */

	for (size_t i = 0; e == CH_OK && i < CH_COUNT(name); i++)
		e = clear_below(h, name[i]);
	return e;
}

static ch_err keep_registry(const struct ch_holdings *in, size_t i, const struct ch_home *h,
    struct ch_problem *why)
{
	struct ch_rd url = ch_rd_of(ch_holdings_part(in, "url", i, ""));
	ch_span card = ch_holdings_part(in, "registry", i, "");
	ch_span cp = ch_holdings_part(in, "checkpoint", i, "");
	ch_span origin = in->card[i - 1].stmt.v[CH_RG_REGISTRY];
	char path[CH_PATH_MAX];
	struct ch_buf old;
	ch_err e;

	ch_buf_init(&old, CH_WATCH_NOTE_MAX);
	if (!h->waits && ch_watch_card_file(&old, h, origin) == CH_OK)
		cp = (ch_span){ 0 }; /* what this home saw itself stays */
	ch_buf_deinit(&old);
	e = ch_watch_pin(h, card, ch_rd_line1(&url), why);
	if (e == CH_OK && cp.n > 0) {
		e = ch_home_path(path, h, "registries/%.*s/checkpoint.txt", (int)origin.n,
		    (const char *)origin.p);
		if (e == CH_OK)
			e = ch_file_write(path, cp, 0600);
	}
	return e;
}

/* Talks that are in force here stay as they are. */
static ch_err is_there(bool *there, const struct ch_home *h, const char *name,
    const ch_charter *c, struct ch_problem *why)
{
	struct ch_talks t;
	ch_err e = ch_talks_load(&t, h, name, NULL);

	*there = e == CH_OK;
	if (e == CH_OK && (t.state != CH_TALKS_FORCE || !ch_hash_eq(&t.id, &c->talks)))
		e = ch_problem_set(why, CH_E_CONFLICT, "there are other talks called %s here; what "
		    "the welcome has of them was not taken in", name);
	ch_talks_deinit(&t);
	return e == CH_E_ABSENT ? CH_OK : e;
}

static ch_err keep_charter(const struct ch_holdings *in, size_t i, const struct ch_home *h,
    struct ch_problem *why)
{
	ch_span charter = ch_holdings_part(in, "charter", i, "");
	char path[CH_PATH_MAX], name[CH_TALKS_NAME_MAX + 1] = "";
	bool there = false;
	ch_charter c;
	ch_note note;
	ch_err e = ch_note_parse(&note, charter, CH_NOTE_TEXT_MAX);

	if (e == CH_OK)
		e = ch_charter_parse(&c, note.text, NULL);
	if (e == CH_OK) {
		memcpy(name, c.stmt.v[CH_CHARTER_NAME].p, c.stmt.v[CH_CHARTER_NAME].n);
		e = is_there(&there, h, name, &c, why);
	}
	if (e != CH_OK || there)
		return e;
	e = ch_home_path(path, h, "talks/%s", name);
	if (e == CH_OK)
		e = ch_dir_make(path);
	return e == CH_OK ? ch_talks_keep_charter(h, name, charter,
	    ch_holdings_part(in, "charter", i, ".proof")) : e;
}

/* From here on it is a home like others. */
static ch_err stop_waiting(struct ch_home *h)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "joined.txt");

	if (e == CH_OK)
		e = ch_file_write(path, CH_LIT("this home was added to its party\n"), 0600);
	if (e != CH_OK)
		return e;
	h->waits = false;
	e = ch_home_path(path, h, "request.txt");
	return e == CH_OK ? ch_file_unlink(path) : e;
}

ch_err ch_holdings_install(const struct ch_holdings *in, struct ch_home *h, struct ch_problem *why)
{
	ch_err e = h->waits ? clear(h) : CH_OK;

	for (size_t i = 1; e == CH_OK && i <= in->n_registries; i++)
		e = keep_registry(in, i, h, why);
	for (size_t i = 1; e == CH_OK && i <= in->n_rosters; i++)
		e = ch_party_keep(h, ch_holdings_part(in, "roster", i, ""),
		    ch_holdings_part(in, "roster", i, ".proof"), true, why);
	for (size_t i = 1; e == CH_OK && i <= in->n_charters; i++)
		e = keep_charter(in, i, h, why);
	if (e == CH_OK && h->waits)
		e = stop_waiting(h);
	return e == CH_OK ? e : ch_problem_set(why, e, "the welcome could not be taken in (%s); "
	    "%s; repeat", ch_err_text(e), h->waits ? "this home still waits" :
	    "what was here is unchanged");
}
