/* Opening a roster: see roster.h. Trusts the pinned key, nothing in the bytes. */
#include "roster_inner.h"

#include "age_key.h"
#include "b64.h"
#include "wipe.h"

static const char *const power_names[CH_POW_COUNT] = {
	"send", "sign-for", "bind", "disclose", "speak", "enrol", "draft",
};

const char *ch_power_name(ch_power p)
{
	CH_ASSERT(p < CH_POW_COUNT);
	return power_names[p];
}

ch_err ch_power_parse(ch_power *out, ch_span word)
{
	for (unsigned p = 0; p < CH_POW_COUNT; p++) {
		*out = (ch_power)p;
		if (ch_span_eq(word, ch_span_str(power_names[p])))
			return CH_OK;
	}
	*out = CH_POW_SEND;
	return CH_E_ABSENT;
}

void ch_powers_put(struct ch_wr *w, unsigned bits, ch_span between)
{
	bool first = true;

	for (unsigned p = 0; p < CH_POW_COUNT; p++) {
		if (!(bits & 1u << p))
			continue;
		if (!first)
			ch_wr_put(w, between);
		ch_wr_str(w, power_names[p]);
		first = false;
	}
}

ch_power ch_kind_power(ch_kind kind)
{
	switch (kind) {
	case CH_K_PAPER:
	case CH_K_SUBMISSION:
	case CH_K_TAKE_BACK:
		return CH_POW_SEND;
	case CH_K_RECEIPT:
	case CH_K_DECLINE:
	case CH_K_OPENED:
	case CH_K_DEFECT:
	case CH_K_KEY_MISSING:
		return CH_POW_SIGN_FOR;
	case CH_K_CHARTER:
		return CH_POW_BIND;
	case CH_K_DISCLOSURE:
		return CH_POW_DISCLOSE;
	case CH_K_CONFIRMATION:
	case CH_K_STATEMENT:
	case CH_K_CONTESTATION:
		return CH_POW_SPEAK;
	default:
		return CH_POW_COUNT;
	}
}

static ch_err ch_roster_say(struct ch_diag *diag, const char *what, size_t at, ch_err e)
{
	if (diag)
		*diag = (struct ch_diag){ what, at };
	return e;
}

/* ---- walking ---- */

void ch_roster_rd_item(ch_item *out, struct ch_rd *r)
{
	*out = (ch_item){ 0 };
	for (unsigned i = 0; i < CH_DEL_COLUMNS; i++) {
		struct ch_rd line = ch_rd_of(ch_rd_line(r));

		(void)ch_rd_until(&line, ' ');
		ch_span v = ch_rd_rest(&line);

		if (!ch_span_eq(v, CH_LIT("-")))
			out->v[i] = v;
	}
}

/* The key at the end of a vkey's text, without a look at its name. */
static void ch_roster_bare_key(ch_edkey *out, ch_span vkey)
{
	uint8_t raw[33] = { 0 };
	struct ch_rd r = ch_rd_of(vkey);

	(void)ch_rd_take(&r, vkey.n < 44 ? 0 : vkey.n - 44);
	ch_err e = ch_b64_parse_n(raw, sizeof raw, ch_rd_rest(&r), CH_B64_PADDED);

	CH_ASSERT(e == CH_OK); /* the statement was parsed */
	memcpy(out->b, raw + 1, sizeof out->b);
}

/* All keys of a roster one after another, the party's first. */
struct ch_roster_walk {
	const ch_roster *r;
	struct ch_rd rd;
	ch_item item;
	uint32_t at; /* keys given so far */
};

static struct ch_roster_walk ch_roster_walk_of(const ch_roster *r)
{
	return (struct ch_roster_walk){ .r = r, .rd = ch_rd_of(r->stmt.v[CH_ROSTER_DELEGATES]) };
}

static bool ch_roster_walk_next(ch_edkey *out, struct ch_roster_walk *w)
{
	static const unsigned column[3] = { CH_DEL_KEY, CH_DEL_SIGN_IN, CH_DEL_COSIGN };
	uint32_t i = w->at;

	if (i >= 1 + 3 * w->r->n)
		return false;
	w->at++;
	if (i == 0) {
		*out = w->r->party_key.key;
		return true;
	}
	if ((i - 1) % 3 == 0)
		ch_roster_rd_item(&w->item, &w->rd);
	ch_roster_bare_key(out, w->item.v[column[(i - 1) % 3]]);
	return true;
}

size_t ch_roster_keys(ch_edkey out[CH_ROSTER_KEYS_MAX], const ch_roster *r)
{
	struct ch_roster_walk w = ch_roster_walk_of(r);
	size_t n = 0;

	while (n < CH_ROSTER_KEYS_MAX && ch_roster_walk_next(&out[n], &w))
		n++;
	return n;
}

/* The texts of the keys of delegate i - 1, in r; of the party, alone, for i = 0. */
static unsigned ch_roster_texts(ch_span out[3], const ch_roster *r, uint32_t i, struct ch_rd *rd)
{
	ch_item it;

	out[0] = r->stmt.v[CH_ROSTER_PARTY_KEY];
	if (i == 0)
		return 1;
	ch_roster_rd_item(&it, rd);
	out[0] = it.v[CH_DEL_KEY];
	out[1] = it.v[CH_DEL_SIGN_IN];
	out[2] = it.v[CH_DEL_COSIGN];
	return 3;
}

/* The last 42 characters hold all of a key but four bits: only where they agree is it decoded. */
static bool ch_roster_same_key(ch_span a, ch_span b)
{
	ch_edkey ka, kb;

	if (a.n < 44 || b.n < 44 ||
	    !ch_span_eq(ch_span_of(&a.p[a.n - 42], 42), ch_span_of(&b.p[b.n - 42], 42)))
		return false;
	ch_roster_bare_key(&ka, a);
	ch_roster_bare_key(&kb, b);
	return ch_edkey_eq(&ka, &kb);
}

static bool ch_roster_shares(const ch_roster *b, const ch_span *key, unsigned n)
{
	struct ch_rd rd = ch_rd_of(b->stmt.v[CH_ROSTER_DELEGATES]);
	ch_span other[3];

	for (uint32_t j = 0; j <= b->n; j++) {
		unsigned m = ch_roster_texts(other, b, j, &rd);

		for (unsigned x = 0; x < n; x++)
			for (unsigned y = 0; y < m; y++)
				if (ch_roster_same_key(key[x], other[y]))
					return true;
	}
	return false;
}

/* By text, an item at a time: a charter may ask this of two thousand pairs of full rosters. */
ch_err ch_roster_distinct(const ch_roster *a, const ch_roster *b)
{
	struct ch_rd rd = ch_rd_of(a->stmt.v[CH_ROSTER_DELEGATES]);
	ch_span key[3];

	if (a->exercise == b->exercise && ch_span_eq(a->party, b->party))
		return CH_OK;
	for (uint32_t i = 0; i <= a->n; i++) {
		unsigned n = ch_roster_texts(key, a, i, &rd);

		if (ch_roster_shares(b, key, n))
			return CH_E_CONFLICT;
	}
	return CH_OK;
}

/* ---- delegates ---- */

static unsigned ch_roster_powers(ch_span words)
{
	unsigned bits = 0;
	ch_power p;

	for (size_t at = 0; at < words.n;)
		if (ch_power_parse(&p, ch_val_next(words, &at)) == CH_OK)
			bits |= 1u << p;
	return bits;
}

static void ch_roster_fill(ch_delegate *out, const ch_item *it)
{
	*out = (ch_delegate){
		.name = it->v[CH_DEL_NAME],
		.person = it->v[CH_DEL_PERSON],
		.title = it->v[CH_DEL_TITLE],
		.powers = ch_roster_powers(it->v[CH_DEL_POWERS]),
		.seal = it->v[CH_DEL_SEAL],
		.auth = it->v[CH_DEL_AUTH],
		.post_quantum = it->v[CH_DEL_PQ],
		.recalled = it->v[CH_DEL_RECALLED].n > 0,
		.recalled_at = ch_val_when(it->v[CH_DEL_RECALLED]),
	};
	ch_err e = ch_vkey_parse(&out->key, it->v[CH_DEL_KEY]);

	if (e == CH_OK)
		e = ch_vkey_parse(&out->sign_in, it->v[CH_DEL_SIGN_IN]);
	if (e == CH_OK)
		e = ch_vkey_parse(&out->cosign, it->v[CH_DEL_COSIGN]);
	CH_ASSERT(e == CH_OK); /* the statement was parsed */
}

void ch_roster_delegate(ch_delegate *out, const ch_roster *r, uint32_t i)
{
	struct ch_rd rd = ch_rd_of(r->stmt.v[CH_ROSTER_DELEGATES]);
	ch_item it = { 0 };

	CH_ASSERT(i < r->n);
	if (r->read) {
		*out = r->read[i];
		return;
	}
	for (uint32_t j = 0; j <= i; j++)
		ch_roster_rd_item(&it, &rd);
	ch_roster_fill(out, &it);
}

ch_err ch_roster_find(ch_delegate *out, uint32_t *at, const ch_roster *r, ch_span name)
{
	struct ch_rd rd = ch_rd_of(r->stmt.v[CH_ROSTER_DELEGATES]);
	ch_item it;

	*out = (ch_delegate){ 0 };
	if (at)
		*at = 0;
	for (uint32_t i = 0; i < r->n; i++) {
		if (!r->read)
			ch_roster_rd_item(&it, &rd);
		if (!ch_span_eq(r->read ? r->read[i].name : it.v[CH_DEL_NAME], name))
			continue;
		if (r->read)
			*out = r->read[i];
		else
			ch_roster_fill(out, &it);
		if (at)
			*at = i;
		return CH_OK;
	}
	return CH_E_ABSENT;
}

/* ---- opening ---- */

ch_span ch_roster_mailbox(const ch_roster *r, ch_span origin)
{
	ch_item it;

	for (uint32_t i = 0; i < r->stmt.count[CH_ROSTER_REGISTRIES]; i++)
		if (ch_stmt_item(&it, &r->stmt, CH_ROSTER_REGISTRIES, i) == CH_OK &&
		    ch_span_eq(it.v[CH_REG_ORIGIN], origin))
			return it.v[CH_REG_MAILBOX];
	return (ch_span){ 0 };
}

ch_err ch_roster_put_enrolment(struct ch_wr *w, bool exercise, ch_span talks, ch_span party,
    const char *purpose, ch_span vkey)
{
	ch_stmt s = { .kind = CH_K_ENROLMENT, .exercise = exercise };

	s.v[CH_ENROL_TALKS] = talks;
	s.v[CH_ENROL_PARTY] = party;
	s.v[CH_ENROL_PURPOSE] = ch_span_str(purpose);
	s.v[CH_ENROL_KEY] = vkey;
	return ch_stmt_format(w, &s);
}

/* One key of a delegate: its name, type, soundness and the proof that its holder wants it. */
static ch_err ch_roster_check_key(const ch_roster *r, const ch_item *it, unsigned column,
    const char *purpose)
{
	uint8_t text[704]; /* 694 is the longest */
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_vkey key;
	ch_sig sig;
	ch_err e = ch_vkey_parse(&key, it->v[column]);

	if (e != CH_OK)
		return e;
	if (!ch_span_eq(key.name, it->v[CH_DEL_NAME]) || !ch_ed25519_key_is_sound(&key.key) ||
	    key.type != (column == CH_DEL_COSIGN ? CH_VKEY_COSIGNATURE : CH_VKEY_ED25519))
		return CH_E_FORMAT;
	e = ch_b64_parse_n(sig.b, sizeof sig.b, it->v[column + 1], CH_B64_PADDED);
	if (e == CH_OK)
		e = ch_roster_put_enrolment(&w, r->exercise, r->stmt.v[CH_ROSTER_TALKS], r->party,
		    purpose, it->v[column]);
	if (e == CH_OK)
		e = ch_ed25519_verify(&sig, ch_wr_span(&w), &key.key);
	return e;
}

/* `<handle>/…`: the rest was judged as a key name. */
static bool ch_roster_is_own_name(const ch_roster *r, ch_span name)
{
	struct ch_rd rd = ch_rd_of(name);

	return ch_span_eq(ch_rd_until(&rd, '/'), r->party);
}

static bool ch_roster_powers_known(ch_span words)
{
	ch_power p;

	for (size_t at = 0; at < words.n;)
		if (ch_power_parse(&p, ch_val_next(words, &at)) != CH_OK)
			return false;
	return true;
}

/* Of the suite, and sound: one other key, and nobody could seal to the party at all. */
static bool ch_roster_seal_fits(const ch_roster *r, ch_span seal)
{
	ch_age_recipient to;

	return ch_age_recipient_parse(&to, seal) == CH_OK &&
	    ch_age_is_hybrid(to.type) == r->hybrid && ch_age_recipient_check(&to) == CH_OK;
}

static bool ch_roster_repeats(const ch_roster *r, unsigned column, ch_span value, uint32_t before)
{
	struct ch_rd rd = ch_rd_of(r->stmt.v[CH_ROSTER_DELEGATES]);
	ch_item it;

	for (uint32_t i = 0; i < before; i++) {
		ch_roster_rd_item(&it, &rd);
		if (ch_span_eq(it.v[column], value))
			return true;
	}
	return false;
}

static ch_err ch_roster_check_delegates(const ch_roster *r, struct ch_diag *diag)
{
	struct ch_rd rd = ch_rd_of(r->stmt.v[CH_ROSTER_DELEGATES]);
	ch_err e = CH_OK;
	ch_item it;

	for (uint32_t i = 0; i < r->n && e == CH_OK; i++) {
		ch_roster_rd_item(&it, &rd);
		if (!ch_roster_is_own_name(r, it.v[CH_DEL_NAME]) ||
		    ch_roster_repeats(r, CH_DEL_NAME, it.v[CH_DEL_NAME], i))
			return ch_roster_say(diag, "a delegate's name", i, CH_E_FORMAT);
		if (!ch_roster_powers_known(it.v[CH_DEL_POWERS]))
			return ch_roster_say(diag, "an unknown power", i, CH_E_FORMAT);
		if (!ch_roster_seal_fits(r, it.v[CH_DEL_SEAL]))
			return ch_roster_say(diag, "a sealing key of another suite", i,
			    CH_E_FORMAT);
		if (ch_roster_repeats(r, CH_DEL_SEAL, it.v[CH_DEL_SEAL], i))
			return ch_roster_say(diag, "a sealing key stands twice", i, CH_E_FORMAT);
		e = ch_roster_check_key(r, &it, CH_DEL_KEY, "statements");
		if (e == CH_OK)
			e = ch_roster_check_key(r, &it, CH_DEL_SIGN_IN, "sign-in");
		if (e == CH_OK)
			e = ch_roster_check_key(r, &it, CH_DEL_COSIGN, "cosign");
		if (e != CH_OK)
			(void)ch_roster_say(diag, "a delegate's key or its enrolment", i, e);
	}
	return e;
}

/* Every key once: each against all before it. */
static ch_err ch_roster_check_unique(const ch_roster *r)
{
	struct ch_roster_walk wa = ch_roster_walk_of(r);
	ch_edkey a, b;

	for (uint32_t i = 0; ch_roster_walk_next(&a, &wa); i++) {
		struct ch_roster_walk wb = ch_roster_walk_of(r);

		for (uint32_t j = 0; j < i && ch_roster_walk_next(&b, &wb); j++)
			if (ch_edkey_eq(&a, &b))
				return CH_E_FORMAT;
	}
	return CH_OK;
}

/* No register twice, and those of exercises by their prefix. */
static bool ch_roster_registries_sound(const ch_roster *r)
{
	ch_item a, b;

	for (uint32_t i = 0; i < r->stmt.count[CH_ROSTER_REGISTRIES]; i++) {
		if (ch_stmt_item(&a, &r->stmt, CH_ROSTER_REGISTRIES, i) != CH_OK)
			return false;
		struct ch_rd rd = ch_rd_of(a.v[CH_REG_ORIGIN]);

		if (ch_rd_starts(&rd, CH_LIT("exercise.")) != r->exercise)
			return false;
		for (uint32_t j = 0; j < i; j++)
			if (ch_stmt_item(&b, &r->stmt, CH_ROSTER_REGISTRIES, j) != CH_OK ||
			    ch_span_eq(a.v[CH_REG_ORIGIN], b.v[CH_REG_ORIGIN]))
				return false;
	}
	return true;
}

/* The plain fields, from a parsed statement. */
static ch_err ch_roster_fields(ch_roster *r, struct ch_diag *diag)
{
	const ch_span *v = r->stmt.v;

	r->exercise = r->stmt.exercise;
	r->party = v[CH_ROSTER_PARTY];
	r->version = ch_val_dec(v[CH_ROSTER_VERSION]);
	r->previous = ch_val_hash(v[CH_ROSTER_PREVIOUS]);
	r->time = ch_val_when(v[CH_ROSTER_TIME]);
	r->valid_until = ch_val_when(v[CH_ROSTER_VALID_UNTIL]);
	r->hybrid = ch_span_eq(v[CH_ROSTER_SUITE], CH_LIT("hybrid"));
	r->n = r->stmt.count[CH_ROSTER_DELEGATES];
	if (r->version == 0 || (r->version == 1) != (v[CH_ROSTER_PREVIOUS].n == 0))
		return ch_roster_say(diag, "version and previous", 0, CH_E_FORMAT);
	if (r->valid_until <= r->time)
		return ch_roster_say(diag, "valid-until is not after time", 0, CH_E_FORMAT);
	if (!r->hybrid && !ch_span_eq(v[CH_ROSTER_SUITE], CH_LIT("classic")))
		return ch_roster_say(diag, "an unknown sealing suite", 0, CH_E_FORMAT);
	for (unsigned p = 0; p < CH_POW_DRAFT; p++) {
		r->quorum[p] = ch_val_dec(v[CH_ROSTER_Q_SEND + p]);
		if (r->quorum[p] == 0 || r->quorum[p] > r->n)
			return ch_roster_say(diag, "a quorum", p, CH_E_FORMAT);
	}
	if (!ch_roster_registries_sound(r))
		return ch_roster_say(diag, "the registries", 0, CH_E_FORMAT);
	return CH_OK;
}

static ch_err ch_roster_party_key(ch_roster *r, const ch_vkey *pin, struct ch_diag *diag)
{
	ch_err e = ch_vkey_parse(&r->party_key, r->stmt.v[CH_ROSTER_PARTY_KEY]);

	if (e != CH_OK)
		return e;
	if (r->party_key.type != CH_VKEY_ED25519 || !ch_span_eq(r->party_key.name, r->party) ||
	    !ch_ed25519_key_is_sound(&r->party_key.key))
		return ch_roster_say(diag, "the party key", 0, CH_E_FORMAT);
	if (pin && (!ch_span_eq(pin->name, r->party) || pin->type != CH_VKEY_ED25519 ||
	    !ch_edkey_eq(&pin->key, &r->party_key.key)))
		return ch_roster_say(diag, "not the party key that is pinned", 0, CH_E_CONFLICT);
	return CH_OK;
}

CH_OWN_FRAME ch_err ch_roster_check(const ch_roster *r, struct ch_diag *diag)
{
	ch_err e = ch_roster_check_delegates(r, diag);

	if (e == CH_OK && (e = ch_roster_check_unique(r)) != CH_OK)
		(void)ch_roster_say(diag, "a key stands twice", 0, e);
	return e;
}

/* Everything that no key is needed for. */
static ch_err ch_roster_read(ch_roster *r, ch_note *note, ch_span in, struct ch_diag *diag)
{
	ch_err e = ch_note_parse(note, in, CH_NOTE_TEXT_MAX_ROSTER);

	if (e == CH_OK)
		e = ch_stmt_parse(&r->stmt, note->text);
	if (e == CH_OK && r->stmt.kind != CH_K_ROSTER)
		e = CH_E_FORMAT;
	if (e != CH_OK)
		return ch_roster_say(diag, "not a roster note", 0, e);
	ch_stmt_hash(&r->hash, note->text);
	return ch_roster_fields(r, diag);
}

static ch_err ch_roster_open_into(ch_roster *r, ch_span in, const ch_vkey *pin,
    struct ch_diag *diag)
{
	ch_note note;
	ch_err e = ch_roster_read(r, &note, in, diag);

	if (e != CH_OK)
		return e;
	if ((e = ch_roster_party_key(r, pin, diag)) != CH_OK)
		return e;
	if (note.n != 1 || ch_note_line_verify(&note, 0, &r->party_key) != CH_OK)
		return ch_roster_say(diag, "not signed by exactly the party key", 0, CH_E_AUTH);
	return ch_roster_check(r, diag);
}

ch_err ch_roster_open(ch_roster *out, ch_span note, const ch_vkey *pin, struct ch_diag *diag)
{
	ch_err e;

	memset(out, 0, sizeof *out);
	if (diag)
		*diag = (struct ch_diag){ 0 };
	e = ch_roster_open_into(out, note, pin, diag);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

ch_err ch_roster_reopen(ch_roster *out, ch_span in)
{
	ch_note note;
	ch_err e;

	memset(out, 0, sizeof *out);
	if ((e = ch_roster_read(out, &note, in, NULL)) == CH_OK)
		e = ch_vkey_parse(&out->party_key, out->stmt.v[CH_ROSTER_PARTY_KEY]);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

ch_err ch_roster_follows(const ch_roster *next, const ch_roster *last, struct ch_diag *diag)
{
	const char *what = NULL;

	if (next->exercise != last->exercise || !ch_span_eq(next->party, last->party))
		what = "a roster of another party";
	else if (!ch_span_eq(next->stmt.v[CH_ROSTER_TALKS], last->stmt.v[CH_ROSTER_TALKS]))
		what = "a roster of other talks";
	else if (last->version == UINT64_MAX || next->version != last->version + 1)
		what = "not the next version";
	else if (!ch_hash_eq(&next->previous, &last->hash))
		what = "chained to another version";
	else if (!ch_edkey_eq(&next->party_key.key, &last->party_key.key))
		what = "under another party key";
	else if (next->time < last->time)
		what = "older than the version before it";
	return what ? ch_roster_say(diag, what, 0, CH_E_CONFLICT) : CH_OK;
}

bool ch_roster_serves(const ch_roster *r, ch_span talks)
{
	ch_span own = r->stmt.v[CH_ROSTER_TALKS];

	return own.n == 0 || talks.n == 0 || ch_span_eq(own, talks);
}

bool ch_roster_is_current(const ch_roster *r, int64_t t)
{
	return t <= r->valid_until;
}
