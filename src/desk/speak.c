/* What may be said in public, and the way to it: see speak.h. */
#include "speak.h"

#include "text.h"

#define TEXT_MAX 4096u
#define USUAL "from,to,form,act,date"

struct ch_speaking *ch_speak_new(void)
{
	return ch_alloc(sizeof(struct ch_speaking));
}

void ch_speak_free(struct ch_speaking *s)
{
	if (!s)
		return;
	ch_utterance_end(&s->u);
	ch_public_close(&s->all);
	ch_reading_close(&s->own);
	ch_dossier_close(&s->d);
	ch_free(s, sizeof *s);
}

/* A person's line in NFC, in the utterance's memory. */
static ch_err take_text(ch_span *out, struct ch_utterance *u, ch_span text, struct ch_problem *why)
{
	uint8_t room[TEXT_MAX];
	struct ch_wr w = ch_wr_of(room, sizeof room);
	ch_err e;

	*out = (ch_span){ 0 };
	if (text.n == 0)
		return CH_OK;
	e = ch_text_to_nfc(&w, text);
	if (e == CH_OK)
		e = ch_text_check_line(ch_wr_span(&w), TEXT_MAX);
	if (e == CH_OK) {
		*out = ch_arena_copy(&u->arena, ch_wr_span(&w));
		e = ch_arena_got(&u->arena, out->p);
	}
	if (e != CH_OK)
		ch_problem_set(why, e, "the text has to be one line of at most %u bytes, without "
		    "control or invisible characters; nothing was signed", TEXT_MAX);
	return e;
}

/* ---- about a paper ---- */

static ch_err open_paper(struct ch_speaking *s, const struct ch_home *home,
    const struct ch_talks *talks, ch_span number, struct ch_problem *why)
{
	ch_err e = ch_dossier_open(&s->d, home, talks, number, why);

	return e == CH_OK ? ch_dossier_judge(&s->v, &s->d, why) : e;
}

/* One of the same kind about the same paper waits to be posted. */
static ch_err none_waits(const struct ch_speaking *s, const struct ch_home *home,
    const struct ch_talks *talks, ch_kind kind, struct ch_problem *why)
{
	struct ch_public p;
	bool waits = false;
	ch_err e = ch_public_load(&p, home, talks, why);

	for (size_t i = 0; e == CH_OK && i < p.n; i++) {
		ch_hash paper = ch_val_hash(p.item[i].s.v[CH_CONF_PAPER]);

		/* Confirmation and disclosure have D in the same place. */
		waits = waits || (p.item[i].ours && p.item[i].kind == kind &&
		    p.item[i].proof.n == 0 && ch_hash_eq(&paper, &s->v.paper));
	}
	ch_public_close(&p);
	if (e == CH_OK && waits)
		return ch_problem_set(why, CH_E_CONFLICT, "a %s of this paper is signed already "
		    "and waits to be posted; chancery sync posts it", ch_kind_schema(kind)->name);
	return e;
}

static ch_err open_text(struct ch_speaking *s, const struct ch_reading *opened,
    struct ch_problem *why)
{
	ch_err e = opened ? CH_OK : ch_reading_open(&s->own, &s->d, NULL, why);

	s->reading = opened ? opened : &s->own;
	s->u.d = &s->d;
	s->u.reading = s->reading;
	return e;
}

/* ---- confirmation ---- */

static ch_err may_confirm(const struct ch_speaking *s, const struct ch_talks *talks,
    struct ch_problem *why)
{
	if (ch_span_eq(talks->charter.v[CH_CHARTER_CONFIRM], CH_LIT("never")))
		return ch_problem_set(why, CH_E_DENIED, "the charter of %s says that nobody "
		    "confirms anything in public; nothing was signed", talks->name);
	if (s->v.state != CH_STATE_DELIVERED || !s->v.step[CH_STEP_RECEIPT].present)
		return ch_problem_set(why, CH_E_CONFLICT, s->d.ours ?
		    "%s was not signed for, so there is no receipt to confirm; nothing was signed" :
		    "%s was not signed for here, so there is nothing to confirm; nothing was "
		    "signed", s->d.number);
	return CH_OK;
}

/* What the author allows its addressee to confirm; without a word of the author, the usual keys. */
static ch_err choose_keys(struct ch_speaking *s, const ch_speech *a, struct ch_problem *why)
{
	ch_span may = s->reading->cover.v[CH_H_MAY_CONFIRM];

	if (!a->usual)
		s->u.which = a->which;
	for (unsigned i = 0; i < CH_H_KEYS; i++) {
		if (a->usual && ch_head_may_confirm(i, may))
			ch_selection_add(&s->u.which, CH_LEAF_HEAD, i);
		if (!s->d.ours && ch_selection_has(&s->u.which, CH_LEAF_HEAD, i) &&
		    !ch_head_may_confirm(i, may))
			return ch_problem_set(why, CH_E_DENIED, "the author of %s does not allow "
			    "its %s to be confirmed (%s is); nothing was signed; ask the author",
			    s->d.number, ch_kind_schema(CH_K_PAPER_TEXT)->field[i].key,
			    may.n ? "what its line may-confirm lists" : USUAL);
	}
	return CH_OK;
}

static ch_err confirmation(struct ch_speaking *s, const struct ch_talks *talks, const ch_speech *a,
    const struct ch_reading *opened, struct ch_problem *why)
{
	struct ch_utterance *u = &s->u;
	ch_err e = may_confirm(s, talks, why);

	if (e == CH_OK)
		e = none_waits(s, u->home, talks, a->kind, why);
	if (e == CH_OK)
		e = open_text(s, opened, why);
	if (e == CH_OK)
		e = choose_keys(s, a, why);
	if (e == CH_OK)
		e = take_text(&u->s.v[CH_CONF_NOTE], u, a->text, why);
	if (e != CH_OK)
		return e;
	u->s.v[CH_CONF_RECEIPT] = ch_val_put_hash(&u->vals, &s->v.step[CH_STEP_RECEIPT].hash);
	u->s.v[CH_CONF_SENTENCE] = s->d.ours ? CH_LIT("sent") : CH_LIT("received");
	return ch_utterance_leaves(u, why);
}

/* ---- disclosure ---- */

static ch_err disclosure(struct ch_speaking *s, const struct ch_talks *talks, const ch_speech *a,
    const struct ch_reading *opened, struct ch_problem *why)
{
	struct ch_utterance *u = &s->u;
	ch_err e = s->d.ours ? CH_OK : ch_problem_set(why, CH_E_DENIED, "only its author discloses "
	    "%s; you hold it and can show it to others with chancery export, where its caveats "
	    "allow it", s->d.number);

	if (e == CH_OK)
		e = none_waits(s, u->home, talks, a->kind, why);
	if (e == CH_OK)
		e = open_text(s, opened, why);
	if (e == CH_OK) {
		u->which = a->all ? ch_selection_all(s->reading->paper) : a->which;
		u->files = a->all && s->reading->paper->head.count[CH_H_ATTACHMENTS] > 0;
		e = take_text(&u->s.v[CH_DISC_NOTE], u, a->text, why);
	}
	return e == CH_OK ? ch_utterance_leaves(u, why) : e;
}

/* ---- statement ---- */

/* An addressee speaks of a paper's content only where the author does not forbid it. */
static ch_err may_characterise(const struct ch_speaking *s, struct ch_problem *why)
{
	struct ch_buf text = { 0 };
	ch_cover *cover = ch_alloc(sizeof *cover);
	ch_err e = cover ? ch_dossier_cover(cover, &text, &s->d, why) : CH_E_NOMEM;

	if (e == CH_OK && !s->d.ours &&
	    ch_span_eq(cover->v[CH_H_CHARACTERISE], CH_LIT("no")))
		e = ch_problem_set(why, CH_E_DENIED, "the author of %s does not allow it to be "
		    "characterised in public; nothing was signed; ask the author", s->d.number);
	ch_buf_deinit(&text);
	ch_free(cover, sizeof *cover);
	return e;
}

static ch_err statement(struct ch_speaking *s, const ch_speech *a, struct ch_problem *why)
{
	struct ch_utterance *u = &s->u;
	ch_err e = take_text(&u->s.v[CH_ST_TEXT], u, a->text, why);

	if (e == CH_OK && a->characterises && a->number.n == 0)
		e = ch_problem_set(why, CH_E_FORMAT, "a characterisation is about a paper: say "
		    "which with --about NUMBER; nothing was signed");
	if (e == CH_OK && a->characterises)
		e = may_characterise(s, why);
	if (e != CH_OK)
		return e;
	u->s.v[CH_ST_WHAT] = a->characterises ? CH_LIT("characterisation") : CH_LIT("statement");
	if (a->has_about)
		u->s.v[CH_ST_ABOUT] = ch_val_put_hash(&u->vals, &a->about);
	if (a->number.n > 0)
		u->s.v[CH_ST_PAPER] = ch_val_put_hash(&u->vals, &s->v.paper);
	return u->vals.err;
}

/* ---- contestation ---- */

/* What is contested: the statement named, or the newest confirmation of the paper. */
static ch_err find(const ch_public_item **it, const struct ch_speaking *s, const ch_speech *a,
    struct ch_problem *why)
{
	if (a->has_about && ch_public_find(it, &s->all, &a->about) != CH_OK)
		return ch_problem_set(why, CH_E_ABSENT, "that public statement is not on file; run "
		    "chancery sync");
	if (!a->has_about && ch_public_confirmation(it, &s->all, &s->v.paper) != CH_OK)
		return ch_problem_set(why, CH_E_ABSENT, "the other side has confirmed nothing of "
		    "%s in public; to contest another statement, give its hash", s->d.number);
	if ((*it)->ours)
		return ch_problem_set(why, CH_E_DENIED, "that is our own statement; say more with "
		    "chancery statement");
	return CH_OK;
}

static ch_span paper_of(const ch_public_item *it)
{
	switch (it->kind) {
	case CH_K_CONFIRMATION:
	case CH_K_DISCLOSURE:
		return it->s.v[CH_CONF_PAPER];
	case CH_K_STATEMENT:
		return it->s.v[CH_ST_PAPER];
	default:
		return it->s.v[CH_CON_PAPER];
	}
}

static ch_err contestation(struct ch_speaking *s, const struct ch_talks *talks, const ch_speech *a,
    struct ch_problem *why)
{
	struct ch_utterance *u = &s->u;
	const ch_public_item *it = NULL;
	ch_err e = ch_public_load(&s->all, u->home, talks, why);

	if (e == CH_OK)
		e = find(&it, s, a, why);
	if (e == CH_OK)
		e = take_text(&u->s.v[CH_CON_TEXT], u, a->text, why);
	if (e != CH_OK)
		return e;
	u->s.v[CH_CON_ABOUT] = ch_val_put_hash(&u->vals, &it->hash);
	u->s.v[CH_CON_PAPER] = paper_of(it);
	return u->vals.err;
}

/* ---- all ---- */

ch_err ch_speak_begin(struct ch_speaking *s, struct ch_watch *w, const struct ch_talks *talks,
    const ch_speech *a, const struct ch_reading *opened, struct ch_problem *why)
{
	ch_err e = ch_utterance_begin(&s->u, w, talks, a->kind);

	if (e == CH_OK && a->number.n > 0)
		e = open_paper(s, w->home, talks, a->number, why);
	if (e != CH_OK)
		return e;
	switch (a->kind) {
	case CH_K_CONFIRMATION:
		return confirmation(s, talks, a, opened, why);
	case CH_K_DISCLOSURE:
		return disclosure(s, talks, a, opened, why);
	case CH_K_STATEMENT:
		return statement(s, a, why);
	default:
		return contestation(s, talks, a, why);
	}
}

ch_err ch_speak_finish(uint64_t *index, struct ch_speaking *s, struct ch_problem *why)
{
	ch_err e = ch_utterance_keep(&s->hash, &s->u, why);

	*index = 0;
	return e == CH_OK ? ch_public_post(index, s->u.watch, s->u.talks, &s->hash, why) : e;
}
