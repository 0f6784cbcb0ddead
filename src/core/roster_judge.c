/* Whether a statement was signed as its roster asks: see roster.h. */
#include "roster.h"

/* The persons who signed so far. */
struct ch_roster_persons {
	ch_span who[CH_NOTE_LINES_MAX];
};

static bool ch_roster_line_is_of(const ch_note_line *line, const ch_delegate *d)
{
	return ch_note_line_is_by(line, &d->key);
}

/* Which delegate a line claims to be by; r->n when none. */
static uint32_t ch_roster_claims(ch_delegate *out, const ch_roster *r, const ch_note_line *line)
{
	uint32_t i = r->n;

	if (ch_roster_find(out, &i, r, line->name) != CH_OK || !ch_roster_line_is_of(line, out))
		return r->n;
	return i;
}

/* One line by delegate i counts once, for one person. */
static ch_err ch_roster_count(ch_signers *out, struct ch_roster_persons *p, const ch_delegate *d,
    uint32_t i, ch_power power)
{
	if (out->who >> i)
		return CH_E_FORMAT; /* repeated, or not in roster order */
	if (d->recalled || !(d->powers >> power & 1))
		return CH_E_DENIED;
	for (uint32_t k = 0; k < out->n; k++)
		if (ch_span_eq(p->who[k], d->person))
			return CH_E_FORMAT;
	p->who[out->n++] = d->person;
	out->who |= (uint64_t)1 << i;
	return CH_OK;
}

static bool ch_roster_is_known(const ch_known_lines *known, const ch_note_line *line,
    const ch_vkey *key)
{
	ch_sig sig;
	size_t n = 0;

	if (!known || known->n == 0 || key->type != CH_VKEY_ED25519 ||
	    ch_note_line_sig(sig.b, &n, sizeof sig.b, line) != CH_OK || n != sizeof sig.b)
		return false;
	for (size_t i = 0; i < known->n; i++)
		if (ch_edkey_eq(&known->line[i].key, &key->key) &&
		    ch_span_eq(ch_span_of(known->line[i].sig.b, sizeof sig.b),
			ch_span_of(sig.b, sizeof sig.b)))
			return true;
	return false;
}

void ch_roster_know(ch_known_lines *out, const ch_note *note, const ch_roster *r)
{
	*out = (ch_known_lines){ 0 };
	ch_sha256(&out->text, note->text);
	for (size_t i = 0; i < note->n; i++) {
		ch_known_line *l = &out->line[out->n];
		ch_delegate d;
		size_t n = 0;

		if (ch_roster_claims(&d, r, &note->line[i]) == r->n ||
		    ch_note_line_sig(l->sig.b, &n, sizeof l->sig.b, &note->line[i]) != CH_OK ||
		    n != sizeof l->sig.b)
			continue;
		l->key = d.key.key;
		out->n++;
	}
}

static ch_err ch_roster_stretch(ch_signers *out, size_t *at, const ch_note *note,
    const ch_roster *r, ch_power power, const ch_known_lines *known)
{
	struct ch_roster_persons persons = { 0 };
	size_t start = *at;
	ch_hash text = { 0 };
	ch_err e = CH_OK;

	if (known)
		ch_sha256(&text, note->text);
	if (known && !ch_hash_eq(&known->text, &text))
		known = NULL;
	CH_ASSERT(power < CH_POW_DRAFT);
	*out = (ch_signers){ 0 };
	for (; *at < note->n; (*at)++) {
		ch_delegate d;
		uint32_t i = ch_roster_claims(&d, r, &note->line[*at]);

		if (i == r->n)
			break;
		e = ch_roster_count(out, &persons, &d, i, power);
		if (e == CH_OK && !ch_roster_is_known(known, &note->line[*at], &d.key))
			e = ch_note_line_verify(note, *at, &d.key);
		if (e != CH_OK)
			break;
	}
	if (e != CH_OK) {
		*out = (ch_signers){ 0 };
		*at = start;
	}
	return e;
}

ch_err ch_roster_lines(ch_signers *out, size_t *at, const ch_note *note, const ch_roster *r,
    ch_power power)
{
	return ch_roster_stretch(out, at, note, r, power, NULL);
}

ch_err ch_roster_judge(ch_signers *out, const ch_note *note, const ch_stmt *s,
    const ch_roster *r, ch_power power)
{
	return ch_roster_judge_known(out, note, s, r, power, NULL);
}

ch_err ch_roster_judge_known(ch_signers *out, const ch_note *note, const ch_stmt *s,
    const ch_roster *r, ch_power power, const ch_known_lines *known)
{
	ch_ref ref = ch_val_ref(s->v[CH_ANY_ROSTER]);
	size_t at = 0;
	ch_err e;

	*out = (ch_signers){ 0 };
	if (ch_kind_power(s->kind) >= CH_POW_DRAFT && s->kind != CH_K_SIGN_IN)
		return CH_E_FORMAT;
	if (s->kind == CH_K_CHARTER || power >= CH_POW_DRAFT || !ch_span_eq(s->text, note->text))
		return CH_E_FORMAT;
	if (s->exercise != r->exercise || !ch_span_eq(s->v[CH_ANY_PARTY], r->party) ||
	    ref.n != r->version || !ch_hash_eq(&ref.hash, &r->hash) ||
	    !ch_roster_serves(r, s->v[CH_ANY_TALKS]))
		return CH_E_CONFLICT;
	e = ch_roster_stretch(out, &at, note, r, power, known);
	if (e == CH_OK && at != note->n)
		e = CH_E_FORMAT;
	if (e == CH_OK && out->n < r->quorum[power])
		e = CH_E_ABSENT;
	if (e != CH_OK)
		*out = (ch_signers){ 0 };
	return e;
}
