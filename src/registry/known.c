/* See known.h. */
#include "known.h"

#include "reg.h"

#define LOOK_AT 8 /* places, before one counts as taken */

void ch_known_init(struct ch_known *k)
{
	ch_arena_init(&k->mem, (size_t)16 << 20);
}

void ch_known_deinit(struct ch_known *k)
{
	ch_arena_deinit(&k->mem);
}

void ch_known_tidy(struct ch_known *k)
{
	if (!k->full)
		return;
	ch_known_forget(k);
	memset(k->roster, 0, sizeof k->roster);
	ch_arena_reset(&k->mem);
	k->full = false;
}

void ch_known_forget(struct ch_known *k)
{
	memset(k->newest, 0, sizeof k->newest);
	memset(k->charter, 0, sizeof k->charter);
}

ch_err ch_known_begin(struct ch_known *k, struct ch_store *s)
{
	uint64_t data;
	ch_err e = ch_store_data(&data, s);

	if (e == CH_OK && data != k->data)
		ch_known_forget(k);
	k->data = data;
	return e;
}

static unsigned place(const ch_hash *h, unsigned i)
{
	return ((h->b[0] | (unsigned)h->b[1] << 8) + i) % CH_KNOWN_PLACES;
}

/* Where it is or could be; CH_KNOWN_PLACES: all places near it are taken. */
static unsigned roster_place(const struct ch_known *k, const ch_hash *hash)
{
	for (unsigned i = 0; i < LOOK_AT; i++) {
		unsigned at = place(hash, i);

		if (!k->roster[at] || ch_hash_eq(&k->roster[at]->r.hash, hash))
			return at;
	}
	return CH_KNOWN_PLACES;
}

static struct ch_known_roster **newest_place(struct ch_known *k, ch_span party)
{
	ch_hash h;

	ch_sha256(&h, party);
	for (unsigned i = 0; i < LOOK_AT; i++) {
		struct ch_known_roster **p = &k->newest[place(&h, i)];

		if (!*p || ch_span_eq((*p)->r.party, party))
			return p;
	}
	return NULL;
}

static struct ch_known_charter **charter_place(struct ch_known *k, const ch_hash *talks)
{
	for (unsigned i = 0; i < LOOK_AT; i++) {
		struct ch_known_charter **p = &k->charter[place(talks, i)];

		if (!*p || ch_hash_eq(&(*p)->c.talks, talks))
			return p;
	}
	return NULL;
}

const struct ch_known_roster *ch_known_find(const struct ch_known *k, const ch_hash *hash)
{
	unsigned at = roster_place(k, hash);

	return at < CH_KNOWN_PLACES ? k->roster[at] : NULL;
}

/* ---- rosters ---- */

static ch_err read_seals(struct ch_known_roster *k, struct ch_arena *a)
{
	ch_age_recipient *to = ch_arena_alloc(a, (k->r.n + 1) * sizeof *to);

	if (!to)
		return CH_E_NOMEM;
	for (uint32_t i = 0; i < k->r.n; i++) {
		ch_delegate d;
		ch_err e;

		ch_roster_delegate(&d, &k->r, i);
		if (!d.recalled && (e = ch_age_recipient_parse(&to[i], d.seal)) != CH_OK)
			return e;
	}
	k->seal = to;
	return CH_OK;
}

static ch_err keep_roster(struct ch_known_roster *o, struct ch_arena *a, const ch_row_roster *row,
    ch_span pin)
{
	ch_vkey key;
	ch_err e;

	*o = (struct ch_known_roster){ .note = ch_arena_copy(a, row->note),
		.pin = ch_arena_copy(a, pin) };
	if (a->err != CH_OK)
		return CH_E_NOMEM;
	if (ch_vkey_parse(&key, o->pin) != CH_OK)
		return CH_E_DB;
	if ((e = ch_roster_open(&o->r, o->note, &key, NULL)) != CH_OK)
		return e;
	return ch_hash_eq(&o->r.hash, &row->hash) ? read_seals(o, a) : CH_E_DB;
}

/* For want of room it is opened where its bytes lie, for once. */
static ch_err open_roster(ch_roster *out, struct ch_known_roster **known, struct ch_known *k,
    const ch_row_roster *row, ch_span pin)
{
	unsigned at = roster_place(k, &row->hash);
	struct ch_known_roster *o = at < CH_KNOWN_PLACES ? k->roster[at] : NULL;
	ch_vkey key;
	ch_err e;

	if (o && ch_span_eq(o->note, row->note) && ch_span_eq(o->pin, pin)) {
		*known = o;
		*out = o->r;
		return CH_OK;
	}
	if (at < CH_KNOWN_PLACES && !o && (o = ch_arena_alloc(&k->mem, sizeof *o)) &&
	    (e = keep_roster(o, &k->mem, row, pin)) != CH_E_NOMEM) {
		if (e == CH_OK) {
			k->roster[at] = *known = o;
			*out = o->r;
		}
		return e;
	}
	k->full = true;
	if (ch_vkey_parse(&key, pin) != CH_OK)
		return CH_E_DB;
	return ch_roster_open(out, row->note, &key, NULL);
}

static bool load_roster(ch_roster *out, struct ch_known_roster **known, struct ch_reg *reg,
    struct ch_op *op, ch_span party, uint64_t version)
{
	ch_row_roster row;
	ch_span pin;
	ch_err e = ch_store_account(&pin, reg->store, op->arena, party);

	if (e == CH_OK)
		e = ch_store_roster(&row, reg->store, op->arena, party, version);
	if (e == CH_E_ABSENT)
		return ch_refuse(op, 403, "not-enrolled",
		    "This party has no roster here: enrol it, then send its roster");
	if (e != CH_OK)
		return ch_fault(op, e);
	e = open_roster(out, known, &reg->known, &row, pin);
	return e == CH_OK ? true : ch_fault(op, ch_err_is_fault(e) ? e : CH_E_DB);
}

bool ch_reg_roster(ch_roster *out, struct ch_reg *reg, struct ch_op *op, ch_span party,
    uint64_t version)
{
	struct ch_known_roster **p = reg->in_batch ? newest_place(&reg->known, party) : NULL;
	struct ch_known_roster *known = NULL;

	if (p && *p && (version == 0 || version == (*p)->r.version)) {
		*out = (*p)->r;
		return true;
	}
	memset(out, 0, sizeof *out);
	if (!load_roster(out, &known, reg, op, party, version))
		return false;
	if (p && version == 0)
		*p = known;
	return true;
}

/* ---- charters ---- */

static ch_err read_charter(ch_charter *out, ch_span text)
{
	ch_err e = ch_charter_parse(out, text, NULL);

	return e == CH_OK || ch_err_is_fault(e) ? e : CH_E_DB;
}

/* For want of room it is opened in the request's memory, for once. */
static ch_err open_charter(struct ch_known_charter **out, struct ch_known *k, struct ch_op *op,
    ch_span text)
{
	struct ch_known_charter *o = ch_arena_alloc(&k->mem, sizeof *o);
	ch_span own = ch_arena_copy(&k->mem, text);

	if (k->mem.err != CH_OK) {
		k->full = true;
		own = text;
		if (!(o = ch_arena_alloc(op->arena, sizeof *o)))
			return CH_E_NOMEM;
	}
	*out = o;
	return read_charter(&o->c, own);
}

bool ch_reg_charter(const ch_charter **out, struct ch_reg *reg, struct ch_op *op,
    const ch_hash *talks)
{
	struct ch_known_charter **p = charter_place(&reg->known, talks), *o = NULL;
	ch_row_charter row;
	ch_note note;
	ch_err e;

	CH_ASSERT(reg->in_batch);
	*out = NULL;
	if (p && *p) {
		*out = &(*p)->c;
		return true;
	}
	e = ch_store_charter_newest(&row, reg->store, op->arena, talks, true);
	if (e == CH_E_ABSENT)
		return true;
	if (e == CH_OK && ch_note_parse(&note, row.note, CH_NOTE_TEXT_MAX) != CH_OK)
		e = CH_E_DB;
	if (e == CH_OK)
		e = open_charter(&o, &reg->known, op, note.text);
	if (e != CH_OK)
		return ch_fault(op, e);
	reg->known.full = reg->known.full || !p;
	if (!reg->known.full)
		*p = o;
	*out = &o->c;
	return true;
}
