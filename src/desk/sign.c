/* Signing as our delegate: see sign.h. The secret key is made, used and wiped in one place. */
#include "sign.h"

#include "colleagues.h"
#include "wipe.h"

#define NOTE_MAX (CH_NOTE_TEXT_MAX + 4096u)

static ch_err put_note(struct ch_wr *w, const struct ch_home *home, ch_span text)
{
	struct ch_edsecret sec;
	ch_edkey pub;

	ch_home_statement_key(&pub, &sec, home);
	ch_note_put_text(w, text);
	ch_note_sign_line(w, ch_span_str(home->delegate), text, &sec);
	ch_wipe(&sec, sizeof sec);
	return ch_wr_done(w);
}

ch_err ch_sign_stmt(struct ch_buf *note, const struct ch_home *home, const ch_stmt *s)
{
	uint8_t *text = ch_alloc(CH_NOTE_TEXT_MAX), *out = NULL;
	struct ch_wr w;
	ch_err e = text ? CH_OK : CH_E_NOMEM;

	ch_buf_init(note, NOTE_MAX);
	if (!home->unlocked)
		e = CH_E_LOCKED;
	w = ch_wr_of(text, text ? CH_NOTE_TEXT_MAX : 0);
	if (e == CH_OK)
		e = ch_stmt_format(&w, s);
	if (e == CH_OK)
		e = ch_buf_reserve(&out, note, NOTE_MAX);
	if (e == CH_OK) {
		struct ch_wr n = ch_wr_of(out, NOTE_MAX);

		e = put_note(&n, home, ch_wr_span(&w));
		ch_buf_commit(note, e == CH_OK ? n.n : 0);
	}
	ch_free(text, CH_NOTE_TEXT_MAX);
	return e;
}

/* The hash of a part's text; ABSENT. `pair` may be NULL. */
static ch_err of_part(ch_hash *hash, ch_span *pair, const struct ch_dossier *d, const char *name,
    ch_kind kind, unsigned pair_field)
{
	ch_span bytes = ch_dossier_part(d, name);
	ch_note note;
	ch_stmt s;
	ch_err e = bytes.n ? ch_note_parse(&note, bytes, CH_NOTE_TEXT_MAX) : CH_E_ABSENT;

	if (e == CH_OK)
		e = ch_stmt_parse_as(&s, note.text, kind, d->home->exercise);
	if (e != CH_OK)
		return e;
	ch_stmt_hash(hash, note.text);
	if (pair)
		*pair = s.v[pair_field];
	return CH_OK;
}

static ch_err fill(ch_stmt *s, struct ch_wr *w, const struct ch_dossier *d,
    const struct ch_watch *watch, ch_span extra)
{
	struct ch_roster_file own = { 0 };
	ch_seen seen;
	ch_hash h;
	ch_err e = ch_party_roster(&own, d->home, ch_span_str(d->home->handle), 0, NULL);
	ch_ref roster = { own.version, own.hash };
	bool late = s->kind == CH_K_OPENED || s->kind == CH_K_DEFECT ||
	    s->kind == CH_K_KEY_MISSING;

	ch_roster_file_deinit(&own);
	if (e != CH_OK)
		return e;
	s->v[CH_D_TALKS] = d->l->v[CH_L_TALKS];
	s->v[CH_D_PARTY] = ch_span_str(d->home->handle);
	s->v[CH_D_ROSTER] = ch_val_put_ref(w, &roster);
	s->v[CH_D_REGISTRY] = ch_span_str(watch->link->origin);
	s->v[CH_D_SUBMISSION] = ch_val_put_hash(w, &d->l_hash);
	s->v[CH_D_PAPER] = d->l->v[CH_L_PAPER];
	s->v[CH_D_COVER] = d->l->v[CH_L_COVER];
	if (ch_watch_seen(&seen, watch)) {
		s->v[CH_D_CHECKPOINT] = ch_val_put_seen(w, &seen);
		e = ch_dossier_put_checkpoint(d, seen.size, ch_buf_span(&watch->note), NULL);
	}
	if (e == CH_OK)
		e = of_part(&h, &s->v[CH_D_PAIR], d, "registered", CH_K_REGISTERED, CH_RGD_PAIR);
	if (!late) {
		if (s->kind != CH_K_RECEIPT)
			s->v[CH_D_REASON] = extra;
		return e;
	}
	if (e == CH_OK)
		e = of_part(&h, NULL, d, "handover", CH_K_HANDOVER, 0);
	s->v[CH_D_HANDOVER] = ch_val_put_hash(w, &h);
	if (s->kind != CH_K_OPENED)
		s->v[CH_D_CAUSE] = extra;
	return e;
}

ch_err ch_sign_about(struct ch_buf *note, const struct ch_dossier *d, const struct ch_watch *w,
    ch_kind kind, ch_span extra, struct ch_problem *why)
{
	uint8_t scratch[1024];
	struct ch_wr values = ch_wr_of(scratch, sizeof scratch);
	ch_stmt s = { .kind = kind, .exercise = d->home->exercise };
	ch_err e = ch_colleagues_may(d->home, ch_kind_power(kind), why);

	if (e == CH_OK)
		e = fill(&s, &values, d, w, extra);

	ch_buf_init(note, NOTE_MAX);
	if (e == CH_OK)
		e = ch_sign_stmt(note, d->home, &s);
	if (e != CH_OK)
		ch_problem_set(why, e, "the %s for %s could not be signed (%s); nothing was sent; "
		    "run chancery sync and try again", ch_kind_schema(kind)->name, d->number,
		    ch_err_text(e));
	return e;
}
