/*
 * From what a person wrote to a signed paper with its cover: see letter.h. Everything that the
 * other side or a judge would refuse later is refused here, before anything is sealed.
 */
#include "letter.h"

#include <stdio.h>

#include "colleagues.h"
#include "hex.h"
#include "rng.h"
#include "sign.h"
#include "text.h"
#include "when.h"
#include "value.h"
#include "wipe.h"
#include "words.h"

#define SCRATCH 16384u

/* A value written by one of the ch_val_put functions, in the letter's arena. */
static struct ch_wr scratch(struct ch_letter *l, size_t n)
{
	uint8_t *p = ch_arena_alloc(&l->arena, n);

	return ch_wr_of(p, p ? n : 0);
}

static ch_span origin_of(const struct ch_letter *l, ch_item *reg, ch_err *e)
{
	*e = ch_talks_registry(reg, l->talks);
	return *e == CH_OK ? reg->v[CH_CR_ORIGIN] : (ch_span){ 0 };
}

/* ---- who ---- */

static ch_err check_roster(const struct ch_roster_file *r, int64_t now, bool own,
    struct ch_problem *why)
{
	ch_span party = r->roster.party;

	if (ch_roster_is_current(&r->roster, now))
		return CH_OK;
	if (own)
		return ch_problem_set(why, CH_E_DENIED, "our own roster is past its date; nothing "
		    "was "
		    "sealed; renew it with chancery roster renew, then publish it");
	return ch_problem_about(why, CH_E_DENIED, "the newest roster of ", party, " is past its "
	    "date; nothing was sealed; ask them to renew it");
}

/* The addressee's delegates that are not recalled, and its mailbox at the deciding registry. */
static ch_err find_recipients(struct ch_letter *l)
{
	const ch_stmt *s = &l->other.roster.stmt;
	ch_item it;
	ch_err e = CH_OK;

	for (uint32_t i = 0; e == CH_OK && i < s->count[CH_ROSTER_DELEGATES]; i++) {
		e = ch_stmt_item(&it, s, CH_ROSTER_DELEGATES, i);
		if (e != CH_OK || it.v[CH_DEL_RECALLED].n > 0)
			continue;
		if (l->n_recipients == CH_LETTER_DELEGATES)
			return CH_E_LIMIT;
		e = ch_age_recipient_parse(&l->recipient[l->n_recipients++], it.v[CH_DEL_SEAL]);
	}
	l->mailbox = ch_roster_mailbox(&l->other.roster, l->origin);
	if (e == CH_OK && (l->n_recipients == 0 || l->mailbox.n == 0))
		e = CH_E_ABSENT;
	return e;
}

/* The parties, by the charter alone. */
static ch_err parties(struct ch_letter *l, struct ch_problem *why)
{
	ch_span me = ch_span_str(l->home->handle);
	ch_item reg;
	ch_err e;

	l->origin = origin_of(l, &reg, &e);
	if (e != CH_OK)
		return e;
	if (ch_talks_party(&l->to, l->talks, l->ask->to) != CH_OK ||
	    ch_talks_party(&l->from, l->talks, me) != CH_OK)
		return ch_problem_about(why, CH_E_FORMAT, "", l->ask->to, " is no party of these "
		    "talks; chancery talks show lists them");
	if (ch_span_eq(l->to.v[CH_CP_HANDLE], me))
		return ch_problem_set(why, CH_E_FORMAT, "a paper goes to another party, not to "
		    "ourselves; nothing was sent");
	return CH_OK;
}

static ch_err who(struct ch_letter *l, struct ch_problem *why)
{
	ch_span me = ch_span_str(l->home->handle);
	ch_err e = parties(l, why);

	if (e != CH_OK || (e = ch_party_fetch(l->watch, l->to.v[CH_CP_HANDLE], why)) != CH_OK ||
	    (e = ch_party_roster(&l->other, l->home, l->to.v[CH_CP_HANDLE], 0, why)) != CH_OK ||
	    (e = ch_party_roster(&l->own, l->home, me, 0, why)) != CH_OK ||
	    (e = check_roster(&l->own, l->now, true, why)) != CH_OK ||
	    (e = check_roster(&l->other, l->now, false, why)) != CH_OK)
		return e;
	e = find_recipients(l);
	if (e != CH_OK)
		ch_problem_about(why, e, "the roster of ", l->to.v[CH_CP_HANDLE], " names no "
		    "delegate "
		    "or no mailbox that could take a paper; ask them to publish a new one");
	return e;
}

/* ---- what ---- */

static ch_err one_line(struct ch_letter *l, unsigned key, ch_span v, size_t max,
    struct ch_problem *why)
{
	struct ch_wr w = scratch(l, v.n * 3 + 1);

	if (v.n == 0)
		return CH_OK;
	if (v.n > max || ch_span_eq(v, CH_LIT("-")) || ch_text_to_nfc(&w, v) != CH_OK ||
	    ch_text_check_line(ch_wr_span(&w), max) != CH_OK)
		return ch_problem_set(why, CH_E_FORMAT, "--%s has characters that may not stand "
		    "in a "
		    "head (or is longer than %zu bytes); nothing was sent",
		    ch_kind_schema(CH_K_PAPER_TEXT)->field[key].key, max);
	l->head.v[key] = ch_wr_span(&w);
	return CH_OK;
}

static ch_err unknown_word(ch_words list, const char *option, ch_span v, struct ch_problem *why)
{
	char known[400] = "";
	size_t n = 0;
	const char *word;

	for (unsigned i = 0; (word = ch_word_at(list, i)) != NULL && n < sizeof known - 80; i++) {
		int k = snprintf(&known[n], sizeof known - n, "%s%s", i ? ", " : "", word);

		n += k > 0 ? (size_t)k : 0;
	}
	return ch_problem_set(why, CH_E_FORMAT, "--%s %.*s is no word of this version; nothing was "
	    "sent; choose one of: %s", option, (int)(v.n < 64 ? v.n : 64), (const char *)v.p,
	    known);
}

static ch_err words(struct ch_letter *l, struct ch_problem *why)
{
	const ch_letter_ask *a = l->ask;
	const ch_stmt *c = &l->talks->charter;
	ch_span basis = a->basis.n ? a->basis : c->v[CH_CHARTER_BASIS];

	if (!ch_form_is_known(a->form))
		return unknown_word(CH_WORDS_FORM, "form", a->form, why);
	if (!ch_act_is_known(a->act))
		return unknown_word(CH_WORDS_ACT, "act", a->act, why);
	if (!ch_val_has(c->v[CH_CHARTER_BASES], basis))
		return ch_problem_about(why, CH_E_FORMAT, "--basis ", basis, " is not among the "
		    "bases "
		    "of the charter; nothing was sent");
	if (a->characterise.n && !ch_span_eq(a->characterise, CH_LIT("yes")) &&
	    !ch_span_eq(a->characterise, CH_LIT("no")))
		return ch_problem_set(why, CH_E_FORMAT, "--characterise is yes or no; nothing was "
		    "sent");
	l->head.v[CH_H_FORM] = a->form;
	l->head.v[CH_H_ACT] = a->act;
	l->head.v[CH_H_BASIS] = basis;
	l->head.v[CH_H_CHARACTERISE] = a->characterise;
	ch_effect effect = ch_charter_effect(&l->charter, a->act);
	l->head.v[CH_H_EFFECTIVE] = ch_span_str(ch_effect_name(effect));
	if (effect == CH_EFFECT_REGISTRATION && a->operative.n == 0)
		return ch_problem_about(why, CH_E_FORMAT, "the act ", a->act, " takes effect on "
		    "registration, unopened: say its operative words with --operative; nothing was "
		    "sent");
	return CH_OK;
}

/* Whether every token names a key of the head. */
static ch_err may_confirm(struct ch_letter *l, struct ch_problem *why)
{
	const struct ch_schema *s = ch_kind_schema(CH_K_PAPER_TEXT);
	size_t at = 0;
	ch_span t;

	while ((t = ch_val_next(l->ask->may_confirm, &at)).n > 0) {
		unsigned i = 0;

		while (i < CH_H_KEYS && !ch_span_eq(ch_span_str(s->field[i].key), t))
			i++;
		if (i == CH_H_KEYS)
			return ch_problem_about(why, CH_E_FORMAT, "--may-confirm: there is no key "
			    "“",
			    t, "” in the head of a paper; nothing was sent");
	}
	l->head.v[CH_H_MAY_CONFIRM] = l->ask->may_confirm;
	return CH_OK;
}

/* An instant, or a day: then its last second. */
static ch_err answer_by(struct ch_letter *l, struct ch_problem *why)
{
	struct ch_wr w = scratch(l, 32);
	int64_t t;

	if (l->ask->answer_by.n == 0)
		return CH_OK;
	if (ch_when_parse(&t, l->ask->answer_by) != CH_OK) {
		if (ch_when_parse_date(&t, l->ask->answer_by) != CH_OK)
			return ch_problem_set(why, CH_E_FORMAT, "--answer-by is a day "
			    "(2026-12-31) or "
			    "an instant (2026-12-31T12:00:00Z); nothing was sent");
		t += 86399;
	}
	if (t <= l->now)
		return ch_problem_set(why, CH_E_FORMAT, "--answer-by lies in the past; nothing was "
		    "sent");
	l->head.v[CH_H_ANSWER_BY] = ch_val_put_when(&w, t);
	return CH_OK;
}

/* What it answers: number and D, out of our own file. */
static ch_err re(struct ch_letter *l, struct ch_problem *why)
{
	struct ch_dossier d;
	struct ch_wr w = scratch(l, 256);
	ch_re v;
	ch_err e;

	if (l->ask->re.n == 0)
		return CH_OK;
	e = ch_dossier_open(&d, l->home, l->talks, l->ask->re, why);
	if (e != CH_OK)
		return e;
	v = (ch_re){ ch_span_str(d.number), ch_val_hash(d.l->v[CH_L_PAPER]) };
	l->head.v[CH_H_RE] = ch_val_put_re(&w, &v);
	ch_dossier_close(&d);
	return w.err;
}

static ch_err number(struct ch_letter *l, struct ch_problem *why)
{
	uint64_t last;
	ch_err e = ch_letter_last(&last, &l->pair, l, why);

	if (e != CH_OK)
		return e;
	l->serial = last + 1;
	int n = snprintf(l->number, sizeof l->number, "%.*s-%.*s/%04u/%04llu",
	    (int)l->from.v[CH_CP_CODE].n, (const char *)l->from.v[CH_CP_CODE].p,
	    (int)l->to.v[CH_CP_CODE].n, (const char *)l->to.v[CH_CP_CODE].p,
	    ch_when_year(l->now), (unsigned long long)l->serial);
	if (n < 0 || (size_t)n >= sizeof l->number)
		return CH_E_LIMIT;
	l->head.v[CH_H_NUMBER] = ch_span_str(l->number);
	return CH_OK;
}

static ch_err date(struct ch_letter *l, struct ch_problem *why)
{
	struct ch_wr w = scratch(l, 32);
	int64_t t;

	if (l->ask->date.n > 0) {
		if (ch_when_parse_date(&t, l->ask->date) != CH_OK)
			return ch_problem_set(why, CH_E_FORMAT, "--date is a day such as "
			    "2026-12-31; "
			    "nothing was sent");
		l->head.v[CH_H_DATE] = l->ask->date;
		return CH_OK;
	}
	ch_when_put_date(&w, l->now);
	l->head.v[CH_H_DATE] = ch_wr_span(&w);
	return w.err;
}

static ch_err say_form(struct ch_problem *why)
{
	return ch_problem_set(why, CH_E_FORMAT, "the head is not in its one form; look at --copy "
	    "(1,3) and --languages (en,fr); nothing was sent");
}

/* What a person typed as the format wants it: known before it is sealed. */
static ch_err typed(const struct ch_letter *l, struct ch_problem *why)
{
	static const unsigned keys[] = { CH_H_COPY, CH_H_LANGUAGES, CH_H_MAY_CONFIRM };
	const struct ch_schema *s = ch_kind_schema(CH_K_PAPER_TEXT);

	for (size_t i = 0; i < CH_COUNT(keys); i++)
		if (l->head.v[keys[i]].n > 0 &&
		    ch_value_check(&s->field[keys[i]], l->head.v[keys[i]]) != CH_OK)
			return say_form(why);
	return CH_OK;
}

static ch_err head(struct ch_letter *l, struct ch_problem *why)
{
	const ch_letter_ask *a = l->ask;
	ch_err e;

	l->head.kind = CH_K_PAPER_TEXT;
	l->head.exercise = l->home->exercise;
	l->head.v[CH_H_TALKS] = ch_span_str(l->talks->id_text);
	l->head.v[CH_H_COPY] = a->copy;
	l->head.v[CH_H_FROM] = l->from.v[CH_CP_HANDLE];
	l->head.v[CH_H_BY] = ch_span_str(l->home->delegate);
	l->head.v[CH_H_TO] = l->to.v[CH_CP_HANDLE];
	l->head.v[CH_H_LANGUAGES] = a->languages.n ? a->languages :
	    l->talks->charter.v[CH_CHARTER_LANGUAGES];
	if ((e = words(l, why)) != CH_OK || (e = may_confirm(l, why)) != CH_OK ||
	    (e = typed(l, why)) != CH_OK ||
	    (e = answer_by(l, why)) != CH_OK || (e = date(l, why)) != CH_OK ||
	    (e = one_line(l, CH_H_SUBJECT, a->subject, 256, why)) != CH_OK ||
	    (e = one_line(l, CH_H_TITLE, a->title, 1024, why)) != CH_OK ||
	    (e = one_line(l, CH_H_CAVEAT, a->caveat, 1024, why)) != CH_OK ||
	    (e = one_line(l, CH_H_OPERATIVE, a->operative, 4096, why)) != CH_OK ||
	    (e = re(l, why)) != CH_OK)
		return e;
	return ch_letter_attachments(&l->head, &l->arena, a, why);
}

/* ---- paper, signature, cover ---- */

static ch_err make_text(struct ch_letter *l)
{
	struct ch_wr t = scratch(l, 80), w;
	ch_passage *p = ch_arena_alloc(&l->arena, CH_PASSAGES_MAX * sizeof *p);
	ch_hash h;
	ch_err e = ch_random(&l->seeds, sizeof l->seeds);

	l->work = ch_arena_alloc(&l->arena, sizeof *l->work);
	if (e == CH_OK && (!p || !l->work))
		e = l->arena.err;
	if (e != CH_OK)
		return e;
	ch_paper_text_line(&h, &l->head, l->body, &l->seeds.text);
	l->head.v[CH_H_TEXT] = ch_val_put_hash(&t, &h);
	w = scratch(l, l->body.n + CH_STMT_MAX + 16);
	e = ch_paper_format(&w, &l->head, l->body);
	if (e == CH_OK)
		e = ch_paper_parse(&l->paper, p, ch_wr_span(&w), l->home->exercise);
	l->paper_txt = ch_wr_span(&w);
	return e;
}

static ch_err make_cover(struct ch_letter *l)
{
	struct ch_wr text = scratch(l, 4096), cover = scratch(l, CH_COVER_MAX);
	ch_ref roster = { l->own.version, l->own.hash };
	struct ch_buf note = { 0 };
	ch_stmt s;
	ch_err e = ch_paper_commit(&text, &l->d, &l->paper, &l->seeds, &roster,
	    CH_LIT("signed"), l->work);

	if (e == CH_OK)
		e = ch_stmt_parse(&s, ch_wr_span(&text));
	if (e == CH_OK)
		e = ch_sign_stmt(&note, l->home, &s);
	if (e == CH_OK) {
		l->signature = ch_arena_copy(&l->arena, ch_buf_span(&note));
		e = l->arena.err;
	}
	ch_buf_deinit(&note);
	if (e == CH_OK)
		e = ch_cover_format(&cover, &l->paper, &l->seeds, l->signature, l->work);
	l->cover = ch_wr_span(&cover);
	return e;
}

static ch_err clocks(struct ch_letter *l, struct ch_problem *why)
{
	uint64_t days = l->ask->lapse_days;
	ch_err e = ch_home_now(&l->now, l->home);

	if (days == 0)
		days = ch_val_dec(l->talks->charter.v[CH_CHARTER_LAPSE_DAYS]);
	if (days == 0 || days > 3660)
		return ch_problem_set(why, CH_E_FORMAT, "--lapse is a number of days from 1 to "
		    "3660; "
		    "nothing was sent");
	l->lapse = l->now + (int64_t)days * 86400;
	return e == CH_OK ? ch_charter_parse(&l->charter, l->talks->note.text, NULL) : e;
}

static ch_err write_all(struct ch_letter *l, struct ch_problem *why)
{
	struct ch_diag diag = { 0 };
	ch_err e = ch_colleagues_may(l->home, CH_POW_SEND, why);

	if (e == CH_OK)
		e = clocks(l, why);

	if (e != CH_OK || (e = who(l, why)) != CH_OK || (e = head(l, why)) != CH_OK ||
	    (e = ch_letter_text(&l->body, &l->arena, l->ask->text, l->ask->text_name,
	    why)) != CH_OK || (e = number(l, why)) != CH_OK)
		return e;
	e = make_text(l);
	if (e == CH_E_FORMAT)
		return say_form(why);
	if (e != CH_OK)
		return e;
	e = ch_paper_check_head(&diag, &l->paper.head);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the head contradicts itself at “%s”; nothing was "
		    "sent",
		    diag.what ? diag.what : "?");
	return make_cover(l);
}

static ch_err ended(struct ch_letter *l, ch_err e, struct ch_problem *why)
{
	if (e == CH_OK)
		return CH_OK;
	ch_problem_set(why, e, "the paper could not be written (%s); nothing was sent",
	    ch_err_text(e));
	ch_letter_close(l);
	return e;
}

ch_err ch_letter_write(struct ch_letter *l, struct ch_watch *w, const struct ch_talks *talks,
    const ch_letter_ask *ask, struct ch_problem *why)
{
	*l = (struct ch_letter){ .watch = w, .home = w->home, .talks = talks, .ask = ask };
	ch_arena_init(&l->arena, CH_LETTER_ARENA);
	return ended(l, write_all(l, why), why);
}

ch_err ch_letter_look(struct ch_letter *l, const struct ch_home *home,
    const struct ch_talks *talks, const ch_letter_ask *ask, struct ch_problem *why)
{
	ch_err e;

	*l = (struct ch_letter){ .home = home, .talks = talks, .ask = ask };
	ch_arena_init(&l->arena, CH_LETTER_ARENA);
	e = clocks(l, why);
	if (e == CH_OK)
		e = parties(l, why);
	if (e == CH_OK)
		e = head(l, why);
	if (e == CH_OK)
		e = ch_letter_text(&l->body, &l->arena, ask->text, ask->text_name, why);
	return ended(l, e, why);
}

void ch_letter_close(struct ch_letter *l)
{
	ch_roster_file_deinit(&l->own);
	ch_roster_file_deinit(&l->other);
	ch_arena_deinit(&l->arena);
	ch_wipe(l, sizeof *l);
}
