/* See known.h. */
#include "known.h"

#include "reg.h"

#define LOOK_AT 8 /* places, before one counts as taken */

ch_err ch_known_init(struct ch_known *k)
{
	ch_arena_init(&k->mem, (size_t)32 << 20);
	return ch_monitor_init(&k->lock);
}

void ch_known_deinit(struct ch_known *k)
{
	ch_arena_deinit(&k->mem);
	ch_monitor_deinit(&k->lock);
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

/* Where the key is, or could be; CH_KNOWN_PLACES: all places near it are taken. */
static unsigned place_of(const struct ch_known_place table[CH_KNOWN_PLACES], const ch_hash *key)
{
	for (unsigned i = 0; i < LOOK_AT; i++) {
		unsigned at = ((key->b[0] | (unsigned)key->b[1] << 8) + i) % CH_KNOWN_PLACES;

		if (!table[at].what || ch_hash_eq(&table[at].key, key))
			return at;
	}
	return CH_KNOWN_PLACES;
}

static const void *find(const struct ch_known_place table[CH_KNOWN_PLACES], const ch_hash *key)
{
	unsigned at = place_of(table, key);

	return at < CH_KNOWN_PLACES ? table[at].what : NULL;
}

/* No room is no harm: it is opened again, and the tables are emptied after the batch. */
static void keep(struct ch_known *k, struct ch_known_place table[CH_KNOWN_PLACES],
    const ch_hash *key, const void *what)
{
	unsigned at = place_of(table, key);

	ch_monitor_enter(&k->lock);
	if (at < CH_KNOWN_PLACES)
		table[at] = (struct ch_known_place){ .key = *key, .what = what };
	else
		k->full = true;
	ch_monitor_leave(&k->lock);
}

const struct ch_known_roster *ch_known_find(struct ch_known *k, const ch_hash *hash)
{
	const struct ch_known_roster *found;

	ch_monitor_enter(&k->lock);
	found = find(k->roster, hash);
	ch_monitor_leave(&k->lock);
	return found;
}

/* ---- rosters ---- */

ch_err ch_delegate_ready(ch_age_ready *out, const ch_delegate *d)
{
	ch_age_recipient seal;
	ch_err e = ch_age_recipient_parse(&seal, d->seal);

	return e == CH_OK ? ch_age_ready_make(out, &seal) : e;
}

/* Its delegates and their sealing keys, for all who ask later. */
static ch_err read_delegates(struct ch_known_roster *k, struct ch_arena *a)
{
	ch_age_ready *to = ch_arena_alloc(a, (k->r.n + 1) * sizeof *to);
	ch_delegate *d = ch_arena_alloc(a, (k->r.n + 1) * sizeof *d);

	if (!to || !d)
		return CH_E_NOMEM;
	for (uint32_t i = 0; i < k->r.n; i++) {
		ch_err e;

		ch_roster_delegate(&d[i], &k->r, i);
		if (!d[i].recalled && (e = ch_delegate_ready(&to[i], &d[i])) != CH_OK)
			return e;
	}
	k->seal = to;
	k->r.read = d;
	return CH_OK;
}

static ch_err open_into(struct ch_known_roster *o, struct ch_arena *a, const ch_row_roster *row,
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
	return ch_hash_eq(&o->r.hash, &row->hash) ? read_delegates(o, a) : CH_E_DB;
}

/* For want of room it is opened where its bytes lie, for once. */
static ch_err open_roster(ch_roster *out, const struct ch_known_roster **known, struct ch_known *k,
    const ch_row_roster *row, ch_span pin)
{
	const struct ch_known_roster *had = ch_known_find(k, &row->hash);
	struct ch_known_roster *o;
	ch_vkey key;
	ch_err e;

	if (had && ch_span_eq(had->note, row->note) && ch_span_eq(had->pin, pin)) {
		*known = had;
		*out = had->r;
		return CH_OK;
	}
	if (!had && (o = ch_arena_alloc(&k->mem, sizeof *o)) &&
	    (e = open_into(o, &k->mem, row, pin)) != CH_E_NOMEM) {
		if (e == CH_OK) {
			keep(k, k->roster, &row->hash, *known = o);
			*out = o->r;
		}
		return e;
	}
	k->full = true;
	if (ch_vkey_parse(&key, pin) != CH_OK)
		return CH_E_DB;
	return ch_roster_open(out, row->note, &key, NULL);
}

static bool load_roster(ch_roster *out, const struct ch_known_roster **known, struct ch_reg *reg,
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
	const struct ch_known_roster *known = NULL;
	ch_hash whose;

	if (reg->in_batch) {
		ch_sha256(&whose, party);
		known = find(reg->known.newest, &whose);
	}
	if (known && (version == 0 || version == known->r.version)) {
		*out = known->r;
		return true;
	}
	known = NULL;
	memset(out, 0, sizeof *out);
	if (!load_roster(out, &known, reg, op, party, version))
		return false;
	if (reg->in_batch && version == 0 && known)
		keep(&reg->known, reg->known.newest, &whose, known);
	return true;
}

/* ---- charters ---- */

/* Its parties and registries, for all who ask later. */
static void read_charter(ch_charter *c, struct ch_known *k)
{
	uint32_t n = c->stmt.count[CH_CHARTER_REGISTRIES];
	ch_charter_party *party = ch_arena_alloc(&k->mem, c->n * sizeof *party);
	ch_charter_registry *registry = ch_arena_alloc(&k->mem, n * sizeof *registry);

	if (!party || !registry) {
		k->full = true;
		return;
	}
	for (uint32_t i = 0; i < c->n; i++)
		ch_charter_party_at(&party[i], c, i);
	for (uint32_t i = 0; i < n; i++)
		ch_charter_registry_at(&registry[i], c, i);
	c->party = party;
	c->registry = registry;
}

/* In the memory of what is known; for want of room there, in the request's, for once. */
static ch_err open_charter(ch_charter **out, struct ch_known *k, struct ch_op *op, ch_span text)
{
	ch_span own = ch_arena_copy(&k->mem, text);
	ch_err e;

	*out = ch_arena_alloc(&k->mem, sizeof **out);
	if (k->mem.err != CH_OK) {
		k->full = true;
		own = text;
		if (!(*out = ch_arena_alloc(op->arena, sizeof **out)))
			return CH_E_NOMEM;
	}
	e = ch_charter_parse(*out, own, NULL);
	if (e == CH_OK && !k->full)
		read_charter(*out, k);
	return e == CH_OK || ch_err_is_fault(e) ? e : CH_E_DB;
}

bool ch_reg_charter(const ch_charter **out, struct ch_reg *reg, struct ch_op *op,
    const ch_hash *talks)
{
	ch_charter *c = NULL;
	ch_row_charter row;
	ch_note note;
	ch_err e;

	CH_ASSERT(reg->in_batch);
	if ((*out = find(reg->known.charter, talks)))
		return true;
	e = ch_store_charter_newest(&row, reg->store, op->arena, talks, true);
	if (e == CH_E_ABSENT)
		return true;
	if (e == CH_OK && ch_note_parse(&note, row.note, CH_NOTE_TEXT_MAX) != CH_OK)
		e = CH_E_DB;
	if (e == CH_OK)
		e = open_charter(&c, &reg->known, op, note.text);
	if (e != CH_OK)
		return ch_fault(op, e);
	if (!reg->known.full)
		keep(&reg->known, reg->known.charter, talks, c);
	*out = c;
	return true;
}
