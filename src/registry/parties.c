/* Rosters and charters: who the parties are, and what they agreed on before they began. */
#include "handlers.h"

#include "charter.h"
#include "dec.h"
#include "news.h"

/* ---- rosters ---- */

/* The roster before it, if any: the new one must be its next version. */
static bool follows(struct ch_reg *reg, struct ch_op *op, const ch_roster *next)
{
	ch_roster last;

	if (!ch_reg_roster(&last, reg, op, next->party, 0)) {
		if (op->err != CH_OK)
			return false;
		op->status = 0; /* there is none yet */
		return next->version == 1 ? true :
		    ch_refuse(op, 409, "stale-roster", "The first version is wanted first");
	}
	if (ch_roster_follows(next, &last, NULL) == CH_OK)
		return true;
	return ch_refuse(op, 409, "stale-roster", "This roster does not follow the newest one");
}

static bool open_roster(ch_roster *out, struct ch_reg *reg, struct ch_op *op)
{
	ch_signed in;
	ch_span text = { 0 };
	ch_vkey pin;
	ch_err e;

	if (!ch_signed_parse(&in, reg, op, op->body, CH_K_ROSTER))
		return false;
	e = ch_store_account(&text, reg->store, op->arena, in.s.v[CH_ROSTER_PARTY]);
	if (e == CH_E_ABSENT)
		return ch_refuse(op, 403, "not-enrolled",
		    "The operator has not admitted this party");
	if (e != CH_OK)
		return ch_fault(op, e);
	if (ch_vkey_parse(&pin, text) != CH_OK)
		return ch_fault(op, CH_E_DB);
	e = ch_roster_open(out, op->body, &pin, NULL);
	if (e == CH_E_CONFLICT)
		return ch_refuse(op, 403, "not-permitted",
		    "Another party key than the one that was admitted");
	return e == CH_OK ? true : ch_refuse_err(op, e);
}

/* A recalled delegate's token would live for minutes on. Too early, should the batch fail, is no
 * harm: others of that delegate sign in again. */
static void sign_out(struct ch_reg *reg, const ch_roster *r)
{
	for (uint32_t i = 0; i < r->n; i++) {
		ch_delegate d;

		ch_roster_delegate(&d, r, i);
		if (d.recalled)
			ch_auth_forget(reg->auth, d.name);
	}
}

/* The very bytes that are here: answered without the hundred signatures in them, for rosters are
 * public, and anyone may send one again. */
static bool is_known(struct ch_reg *reg, struct ch_op *op)
{
	ch_row_roster row;
	ch_note note;
	ch_stmt s;
	ch_err e;

	if (ch_note_parse(&note, op->body, CH_NOTE_TEXT_MAX_ROSTER) != CH_OK ||
	    ch_stmt_parse(&s, note.text) != CH_OK || s.kind != CH_K_ROSTER)
		return false;
	e = ch_store_roster(&row, reg->store, op->arena, s.v[CH_ROSTER_PARTY],
	    ch_val_dec(s.v[CH_ROSTER_VERSION]));
	if (e != CH_OK || !ch_span_eq(row.note, op->body))
		return e == CH_OK || e == CH_E_ABSENT ? false : ch_fault(op, e);
	ch_give_logged(op, "roster", row.note, row.index);
	return true;
}

bool ch_post_roster(struct ch_reg *reg, struct ch_op *op)
{
	ch_roster r;
	ch_row_roster row;
	int64_t now;
	ch_err e;

	if (is_known(reg, op))
		return true;
	if (op->err != CH_OK || !open_roster(&r, reg, op) || !ch_reg_now(&now, reg, op))
		return false;
	e = ch_store_roster(&row, reg->store, op->arena, r.party, r.version);
	if (e == CH_OK && ch_hash_eq(&row.hash, &r.hash)) {
		ch_give_logged(op, "roster", row.note, row.index);
		return true;
	}
	if (e != CH_OK && e != CH_E_ABSENT)
		return ch_fault(op, e);
	if (!follows(reg, op, &r))
		return false;
	if (!ch_roster_is_current(&r, now))
		return ch_refuse(op, 409, "stale-roster", "This roster is past its date");
	row = (ch_row_roster){ .party = r.party, .note = op->body, .version = r.version,
		.hash = r.hash };
	e = ch_register_add(&row.index, reg->log, CH_K_ROSTER, op->body, r.stmt.text, NULL);
	if (e == CH_OK)
		e = ch_store_roster_add(reg->store, &row);
	ch_known_forget(&reg->known);
	if (e != CH_OK)
		return ch_fault(op, e);
	sign_out(reg, &r);
	ch_give_logged(op, "roster", op->body, row.index);
	return true;
}

bool ch_get_roster(struct ch_reg *reg, struct ch_op *op)
{
	ch_row_roster row;
	uint64_t version = 0;
	ch_err e;

	if (op->arg[1].n && (ch_dec_parse(&version, op->arg[1], INT64_MAX) != CH_OK || !version))
		return ch_refuse(op, 400, "bad-request", "A version is a number from 1 on");
	e = ch_store_roster(&row, reg->store, op->arena, op->arg[0], version);
	if (e != CH_OK)
		return ch_refuse_err(op, e);
	op->newest = true;
	ch_give_logged(op, "roster", row.note, row.index);
	return true;
}

/* ---- charters ---- */

struct charter_work {
	ch_charter c;
	ch_note note, kept;
	ch_row_charter row;
	bool known;
	const ch_roster *roster[CH_CHARTER_PARTIES_MAX];
	ch_charter_signed who;
};

/* The rosters that the charter names, as far as they are here. */
static bool gather(struct charter_work *w, struct ch_reg *reg, struct ch_op *op)
{
	for (uint32_t i = 0; i < w->c.n; i++) {
		ch_charter_party p;
		ch_roster *r = ch_op_alloc(op, sizeof *r);

		if (!r)
			return false;
		ch_charter_party_at(&p, &w->c, i);
		if (ch_reg_roster(r, reg, op, p.handle, p.roster.n)) {
			w->roster[i] = r;
			continue;
		}
		if (op->err != CH_OK)
			return false;
		op->status = 0;
	}
	return true;
}

static bool judge(struct charter_work *w, struct ch_op *op, const ch_note *note)
{
	ch_err e = ch_charter_judge(&w->who, &w->c, note, w->roster);

	if (e == CH_E_FORMAT)
		return ch_refuse(op, 422, "bad-signature",
		    "A line is by nobody of the rosters that are known here");
	return e == CH_OK ? true : ch_refuse_err(op, e);
}

/* The line of a key in either note. */
static const ch_note_line *line_of(const struct charter_work *w, const ch_vkey *key)
{
	for (size_t i = 0; i < w->note.n; i++)
		if (ch_note_line_is_by(&w->note.line[i], key))
			return &w->note.line[i];
	for (size_t i = 0; i < w->kept.n; i++)
		if (ch_note_line_is_by(&w->kept.line[i], key))
			return &w->kept.line[i];
	return NULL;
}

/* Lines of both, in party order, then roster order. */
static bool merge(ch_span *out, struct charter_work *w, struct ch_op *op)
{
	size_t room = op->body.n + w->row.note.n;
	struct ch_wr to = ch_wr_of(ch_op_alloc(op, room), room);

	if (op->err != CH_OK)
		return false;
	ch_note_put_text(&to, w->note.text);
	for (uint32_t i = 0; i < w->c.n; i++) {
		for (uint32_t j = 0; w->roster[i] && j < w->roster[i]->n; j++) {
			ch_delegate d;
			const ch_note_line *line;

			ch_roster_delegate(&d, w->roster[i], j);
			if ((line = line_of(w, &d.key)))
				ch_note_put_line(&to, line);
		}
	}
	if (to.err != CH_OK)
		return ch_fault(op, CH_E_INTERNAL);
	*out = ch_wr_span(&to);
	return true;
}

/* A later version follows the one in force. */
static bool charter_follows(struct charter_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_row_charter last;
	ch_charter c;
	ch_note note;
	ch_err e;

	if (w->c.version == 1)
		return true;
	e = ch_store_charter_newest(&last, reg->store, op->arena, &w->c.talks, true);
	if (e == CH_E_ABSENT)
		return ch_refuse(op, 422, "unknown-talks", "No charter of these talks is in force");
	if (e == CH_OK)
		e = ch_note_parse(&note, last.note, CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_charter_parse(&c, note.text, NULL);
	if (e != CH_OK)
		return ch_fault(op, ch_err_is_fault(e) ? e : CH_E_DB);
	return ch_charter_follows(&w->c, &c) == CH_OK ? true :
	    ch_refuse(op, 409, "bad-request", "This charter does not follow the one in force");
}

static bool read_charter(struct charter_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_part part[4];
	const ch_part *p;
	ch_charter_registry here;
	size_t n;
	ch_err e;

	e = ch_pack_parse(part, &n, CH_COUNT(part), op->body, CH_PACK_SUBMISSION,
	    reg->folder.exercise);
	if (e != CH_OK)
		return ch_refuse_err(op, e);
	if (n != 1 || !(p = ch_pack_find(part, n, CH_LIT("charter"))))
		return ch_refuse(op, 400, "bad-request",
		    "A pack with one part `charter` is wanted");
	if ((e = ch_note_parse(&w->note, p->bytes, CH_NOTE_TEXT_MAX)) != CH_OK ||
	    (e = ch_charter_parse(&w->c, w->note.text, NULL)) != CH_OK)
		return ch_refuse_err(op, e);
	if (w->c.exercise != reg->folder.exercise)
		return ch_refuse(op, 422, "exercise-mismatch",
		    "Exercise and real statements are kept apart");
	if (ch_charter_find_registry(&here, &w->c, reg->folder.origin) != CH_OK ||
	    !ch_edkey_eq(&here.key.key, &reg->folder.vkey.key))
		return ch_refuse(op, 422, "bad-request", "The charter does not name this registry");
	e = ch_store_charter(&w->row, reg->store, op->arena, &w->c.hash);
	w->known = e == CH_OK;
	if (w->known)
		e = ch_note_parse(&w->kept, w->row.note, CH_NOTE_TEXT_MAX);
	return e == CH_OK || e == CH_E_ABSENT ? true : ch_fault(op, e);
}

/* Parties become members, neutrals known cosigners, the charter an entry. */
static bool complete(struct charter_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_err e = ch_register_add(&w->row.index, reg->log, CH_K_CHARTER, w->row.note,
	    w->note.text, NULL);

	for (uint32_t i = 0; e == CH_OK && i < w->c.stmt.count[CH_CHARTER_NEUTRALS]; i++) {
		uint8_t text[CH_VKEY_MAX];
		struct ch_wr t = ch_wr_of(text, sizeof text);
		ch_vkey key;

		ch_charter_neutral_at(&key, &w->c, i);
		ch_vkey_put(&t, &key);
		if ((e = ch_wr_done(&t)) == CH_OK)
			/* by name and key id: two charters may name two neutrals alike */
			e = ch_store_neutral_add(reg->store,
			    ch_span_of(text, key.name.n + CH_KEY_ID_TEXT), ch_span_of(text, t.n));
	}
	w->row.complete = e == CH_OK;
	return e == CH_OK ? true : ch_fault(op, e);
}

static bool keep(struct charter_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_note merged;
	ch_err e;

	w->row.hash = w->c.hash;
	w->row.talks = w->c.talks;
	w->row.version = w->c.version;
	w->row.name = w->c.stmt.v[CH_CHARTER_NAME];
	if (!merge(&w->row.note, w, op))
		return false;
	if (ch_note_parse(&merged, w->row.note, CH_NOTE_TEXT_MAX) != CH_OK)
		return ch_refuse(op, 422, "bad-signature", "Too many signature lines");
	if (!judge(w, op, &merged) || (w->who.complete && !complete(w, reg, op)))
		return false;
	e = ch_store_charter_put(reg->store, &w->row);
	ch_known_forget(&reg->known);
	for (uint32_t i = 0; e == CH_OK && i < w->c.n; i++) {
		ch_charter_party p;

		ch_charter_party_at(&p, &w->c, i);
		e = ch_store_charter_party(reg->store, &w->row.talks, p.handle);
		if (w->row.complete && !ch_news_for(reg, op, p.handle))
			return false;
	}
	return e == CH_OK ? true : ch_fault(op, e);
}

static void give_charter(struct ch_op *op, const ch_row_charter *row)
{
	if (row->complete)
		ch_give_logged(op, "charter", row->note, row->index);
	else
		ch_give_part(op, "charter", row->note);
}

bool ch_post_charter(struct ch_reg *reg, struct ch_op *op)
{
	struct charter_work *w = ch_op_alloc(op, sizeof *w);

	if (!w || !read_charter(w, reg, op))
		return false;
	if (!gather(w, reg, op) || !judge(w, op, &w->note))
		return false;
	if (!(w->known && w->row.complete) && (!charter_follows(w, reg, op) || !keep(w, reg, op)))
		return false;
	give_charter(op, &w->row);
	return true;
}

bool ch_get_charter(struct ch_reg *reg, struct ch_op *op)
{
	ch_row_charter row;
	ch_hash talks;
	ch_err e;

	if (!ch_op_hash(&talks, op, 0))
		return false;
	e = ch_store_in_talks(reg->store, &talks, op->who.party);
	if (e == CH_OK)
		e = ch_store_charter_newest(&row, reg->store, op->arena, &talks, true);
	if (e == CH_E_ABSENT && ch_store_in_talks(reg->store, &talks, op->who.party) == CH_OK)
		e = ch_store_charter_newest(&row, reg->store, op->arena, &talks, false);
	if (e != CH_OK)
		return ch_refuse_err(op, e);
	op->newest = true;
	give_charter(op, &row);
	return true;
}

static ch_err on_charter(void *ctx, const ch_hash *talks, ch_span name, bool complete_)
{
	struct ch_wr *w = ctx;

	ch_json_hash(w, "talks", talks);
	ch_json_text(w, "name", name);
	ch_json_key(w, "complete");
	ch_wr_str(w, complete_ ? "true}" : "false}");
	return w->err;
}

bool ch_get_charters(struct ch_reg *reg, struct ch_op *op)
{
	size_t room = 1u << 19;
	struct ch_wr w = ch_wr_of(ch_op_alloc(op, room), room);
	ch_err e;

	if (op->err != CH_OK)
		return false;
	CH_WR_LIT(&w, "[");
	e = ch_store_charters_of(reg->store, op->who.party, on_charter, &w);
	CH_WR_LIT(&w, "]\n");
	if (e != CH_OK)
		return ch_refuse_err(op, e);
	return ch_give_text(op, 200, "application/json", ch_wr_span(&w));
}
