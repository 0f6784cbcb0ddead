/* Cosigners of a checkpoint: see cosigners.h. A name is believed by nobody: only the key on file
 * under it says whose line it is. */
#include "cosigners.h"

#include "party.h"

ch_err ch_cosigners_open(ch_checkpoint *cp, ch_note *note, struct ch_buf *kept,
    const struct ch_watch *w)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, w->home, "registries/%s/cosigners.txt", w->link->origin);

	ch_buf_init(kept, CH_WATCH_NOTE_MAX);
	if (e == CH_OK)
		e = ch_file_read(kept, path);
	if (e == CH_OK)
		e = ch_checkpoint_open(cp, note, ch_buf_span(kept), &w->vkey);
	if (e == CH_OK)
		return e;
	return w->size > 0 ? ch_checkpoint_open(cp, note, ch_buf_span(&w->note), &w->vkey) :
	    CH_E_ABSENT;
}

/* The party that a key name begins with. */
static ch_span handle_of(ch_span name)
{
	struct ch_rd r = ch_rd_of(name);
	ch_span handle = ch_rd_until(&r, '/');

	return r.err == CH_OK ? handle : name;
}

/* The key of that name in its party's roster. */
static bool party_key(ch_vkey *out, struct ch_roster_file *r, const struct ch_home *h, ch_span name)
{
	ch_delegate d;

	if (ch_party_roster(r, h, handle_of(name), 0, NULL) != CH_OK ||
	    ch_roster_find(&d, NULL, &r->roster, name) != CH_OK)
		return false;
	*out = d.cosign;
	return true;
}

bool ch_cosigner_at(ch_cosigner_who *who, int64_t *time, const struct ch_watch *w,
    const ch_note *note, size_t i)
{
	const ch_note_line *line = &note->line[i];
	struct ch_roster_file r = { 0 };
	uint64_t t = 0;
	ch_vkey key;

	*who = CH_COSIGNER_UNKNOWN;
	*time = 0;
	if (ch_note_line_is_by(line, &w->vkey))
		return false;
	if (w->has_cosigner && ch_note_line_is_by(line, &w->cosigner)) {
		key = w->cosigner;
		*who = CH_COSIGNER_REGISTRY;
	} else if (party_key(&key, &r, w->home, line->name)) {
		*who = ch_span_eq(line->name, ch_span_str(w->home->delegate)) ?
		    CH_COSIGNER_HERE : CH_COSIGNER_PARTY;
	}
	if (*who != CH_COSIGNER_UNKNOWN &&
	    (ch_cosignature_line_verify(&t, note, i, &key) != CH_OK || t > INT64_MAX))
		*who = CH_COSIGNER_FALSE;
	*time = *who > CH_COSIGNER_FALSE ? (int64_t)t : 0;
	ch_roster_file_deinit(&r);
	return true;
}
