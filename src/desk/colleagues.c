/* A party with several homes: see colleagues.h. Rosters on file say who is who; nobody is asked. */
#include "colleagues.h"

#include "party.h"

static bool is_here(const struct ch_dossier *d, const char *file)
{
	char path[CH_PATH_MAX];
	uint64_t size;

	return ch_path(path, "%s/%s", d->dir, file) == CH_OK && ch_file_size(&size, path) == CH_OK;
}

/* Whether E was sealed to this home. Nobody can say without that roster: then it was not. */
static bool is_addressee(const struct ch_dossier *d)
{
	ch_ref ref = ch_val_ref(d->l->v[CH_L_ADDRESSEE_ROSTER]);
	struct ch_roster_file r = { 0 };
	ch_delegate own;
	bool yes = ch_party_roster(&r, d->home, ch_span_str(d->home->handle), ref.n, NULL) ==
	    CH_OK && ch_roster_find(&own, NULL, &r.roster, ch_span_str(d->home->delegate)) ==
	    CH_OK && !own.recalled;

	ch_roster_file_deinit(&r);
	return yes;
}

ch_hold ch_colleagues_hold(const struct ch_dossier *d)
{
	if (!d->l)
		return CH_HOLD_WHOLE;
	if (d->ours)
		return is_here(d, "key.age") ? CH_HOLD_WHOLE : CH_HOLD_SENT;
	return is_here(d, "envelope.age") || is_addressee(d) ? CH_HOLD_WHOLE : CH_HOLD_BEFORE;
}

/* ---- persons ---- */

/* A person with two delegates is told apart by their names' last digits. */
static bool is_twice(const ch_roster *r, const ch_delegate *d)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < r->n; i++) {
		ch_delegate other;

		ch_roster_delegate(&other, r, i);
		n += ch_span_eq(other.person, d->person);
	}
	return n > 1;
}

static void add(ch_persons *p, const struct ch_home *h, const ch_roster *r, const ch_delegate *d)
{
	struct ch_wr w = ch_wr_of(&p->text[p->n], sizeof p->text - 1 - p->n);

	if (p->n > 0)
		CH_WR_LIT(&w, ", ");
	ch_wr_put(&w, d->person);
	if (is_twice(r, d) && d->name.n > 8) {
		CH_WR_LIT(&w, " (");
		ch_wr_put(&w, ch_span_of(&d->name.p[d->name.n - 8], 8));
		CH_WR_LIT(&w, ")");
	}
	if (w.err == CH_OK)
		p->n += w.n;
	p->text[p->n] = '\0';
	p->own = p->own || ch_span_eq(d->name, ch_span_str(h->delegate));
}

static ch_err signers(ch_persons *out, const struct ch_dossier *d, ch_span bytes)
{
	struct ch_roster_file r = { 0 };
	ch_signers who = { 0 };
	ch_note note;
	ch_stmt s;
	ch_err e = ch_note_parse(&note, bytes, CH_NOTE_TEXT_MAX);

	if (e == CH_OK)
		e = ch_stmt_parse(&s, note.text);
	if (e == CH_OK && ch_kind_power(s.kind) >= CH_POW_COUNT)
		e = CH_E_FORMAT;
	if (e == CH_OK)
		e = ch_party_roster(&r, d->home, s.v[CH_ANY_PARTY],
		    ch_val_ref(s.v[CH_ANY_ROSTER]).n, NULL);
	if (e == CH_OK)
		e = ch_roster_judge(&who, &note, &s, &r.roster, ch_kind_power(s.kind));
	for (uint32_t i = 0; e == CH_OK && i < r.roster.n; i++) {
		ch_delegate one;

		if (!(who.who >> i & 1))
			continue;
		ch_roster_delegate(&one, &r.roster, i);
		add(out, d->home, &r.roster, &one);
	}
	ch_roster_file_deinit(&r);
	return e;
}

void ch_colleagues_signed(ch_persons *out, const struct ch_dossier *d, const char *part)
{
	ch_span bytes = ch_dossier_part(d, part);

	*out = (ch_persons){ 0 };
	if (bytes.n == 0 || signers(out, d, bytes) != CH_OK)
		*out = (ch_persons){ 0 };
}

const char *ch_colleagues_end(const struct ch_dossier *d)
{
	static const char *const parts[] = { "receipt", "decline", "take-back" };

	for (size_t i = 0; i < CH_COUNT(parts); i++)
		if (ch_dossier_part(d, parts[i]).n > 0)
			return parts[i];
	return NULL;
}

void ch_colleagues_able(ch_persons *out, const struct ch_dossier *d, ch_power power)
{
	ch_ref ref = ch_val_ref(d->l->v[CH_L_ADDRESSEE_ROSTER]);
	struct ch_roster_file then = { 0 }, now = { 0 };
	ch_span us = ch_span_str(d->home->handle);
	ch_err e = ch_party_roster(&then, d->home, us, ref.n, NULL);

	*out = (ch_persons){ 0 };
	if (e == CH_OK)
		e = ch_party_roster(&now, d->home, us, 0, NULL);
	for (uint32_t i = 0; e == CH_OK && i < then.roster.n; i++) {
		ch_delegate was, is;

		ch_roster_delegate(&was, &then.roster, i);
		if (!was.recalled && ch_roster_find(&is, NULL, &now.roster, was.name) == CH_OK &&
		    !is.recalled && (is.powers >> power & 1))
			add(out, d->home, &now.roster, &is);
	}
	ch_roster_file_deinit(&now);
	ch_roster_file_deinit(&then);
}

/* ---- sentences ---- */

static const char *or_party(const ch_persons *who, const struct ch_home *h)
{
	return who->n ? who->text : h->handle;
}

static ch_err say_sent(const struct ch_dossier *d, struct ch_problem *why)
{
	ch_persons by;

	ch_colleagues_signed(&by, d, "submission");
	if (by.own)
		return ch_problem_set(why, CH_E_ABSENT, "%s was sent by this home, and its text is "
		    "not here: either chancery sync completes it, or this home was put back from "
		    "an older copy", d->number);
	return ch_problem_set(why, CH_E_ABSENT, "%s was sent by %s from another home of our party; "
	    "its cover and text are there: ask for an export", d->number, or_party(&by, d->home));
}

static ch_err say_before(const struct ch_dossier *d, const ch_delivery *v, struct ch_problem *why)
{
	const struct ch_home *h = d->home;
	ch_persons who;

	if (v->step[CH_STEP_HANDOVER].present) {
		ch_colleagues_signed(&who, d, "receipt");
		return ch_problem_set(why, CH_E_ABSENT, "%s was delivered to %s; it is sealed to "
		    "its delegates of that time, and this home was none of them: ask %s, who "
		    "signed for it, for an export", d->number, h->handle, or_party(&who, h));
	}
	if (v->state != CH_STATE_REGISTERED && v->state != CH_STATE_NOTICED)
		return ch_problem_set(why, CH_E_ABSENT, "%s was sealed to the delegates of %s of "
		    "that time, and this home was none of them; it was never signed for",
		    d->number, h->handle);
	ch_colleagues_able(&who, d, CH_POW_SIGN_FOR);
	if (who.n > 0)
		return ch_problem_set(why, CH_E_ABSENT, "%s is sealed to the delegates of %s of "
		    "the time when it was sent, and this home was none of them; %s can sign for "
		    "it", d->number, h->handle, who.text);
	return ch_problem_set(why, CH_E_ABSENT, "%s is sealed to the delegates of %s of the time "
	    "when it was sent, and none of them can sign for it any more; decline it, or let it "
	    "lapse, and ask its author to send it again", d->number, h->handle);
}

ch_err ch_colleagues_say(const struct ch_dossier *d, const ch_delivery *v, struct ch_problem *why)
{
	if (d->hold == CH_HOLD_WHOLE)
		return CH_OK;
	return d->hold == CH_HOLD_SENT ? say_sent(d, why) : say_before(d, v, why);
}

ch_err ch_colleagues_must_hold(const struct ch_dossier *d, struct ch_problem *why)
{
	ch_delivery *v;
	ch_err e;

	if (d->hold == CH_HOLD_WHOLE)
		return CH_OK;
	if (!d->trust)
		return CH_E_ABSENT; /* only glanced at: nobody asks why */
	v = ch_alloc(sizeof *v);
	e = v ? ch_dossier_judge(v, d, why) : CH_E_NOMEM;
	if (e == CH_OK)
		e = ch_colleagues_say(d, v, why);
	ch_free(v, sizeof *v);
	return e;
}

/* ---- powers ---- */

/* Who of us has the power; false: this home's delegate has it too, or is none, or was recalled, and
 * then somebody else says so. */
static bool lacks(ch_persons *who, const struct ch_home *h, const ch_roster *r, ch_power power)
{
	ch_delegate d;

	if (ch_roster_find(&d, NULL, r, ch_span_str(h->delegate)) != CH_OK || d.recalled ||
	    (d.powers >> power & 1))
		return false;
	for (uint32_t i = 0; i < r->n; i++) {
		ch_roster_delegate(&d, r, i);
		if (!d.recalled && (d.powers >> power & 1))
			add(who, h, r, &d);
	}
	return true;
}

ch_err ch_colleagues_may(const struct ch_home *h, ch_power power, struct ch_problem *why)
{
	struct ch_roster_file r = { 0 };
	ch_persons who = { 0 };
	bool no = ch_party_roster(&r, h, ch_span_str(h->handle), 0, NULL) == CH_OK &&
	    lacks(&who, h, &r.roster, power);

	ch_roster_file_deinit(&r);
	if (!no)
		return CH_OK;
	return who.n > 0 ? ch_problem_set(why, CH_E_DENIED, "our roster gives the delegate of this "
	    "home no power “%s”; nothing was done; %s has it", ch_power_name(power), who.text) :
	    ch_problem_set(why, CH_E_DENIED, "our roster gives the delegate of this home no power "
	    "“%s”; nothing was done; no delegate of ours has it", ch_power_name(power));
}
