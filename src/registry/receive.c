/*
 * Receipt, keybox, handover: one durable record. The randomness of the keybox is drawn once, and
 * the box is stored with the handover, so that author and addressee get the same bytes however
 * often they ask. K lives here for as long as it takes to seal it again.
 */
#include "handlers.h"
#include "news.h"

#include "rng.h"
#include "rules.h"
#include "seal.h"
#include "warm.h"
#include "wipe.h"

struct receive_work {
	ch_signed in;
	ch_stmt l;              /* of the submission */
	ch_row_submission sub;
	ch_roster now_r, then;  /* R's newest, and the one that E was sealed to */
	ch_signers who;
	struct ch_keybox *box;
};

/* E's delegates, in two heaps: who gets K, and who was recalled since. */
static ch_err sort_delegates(struct ch_keybox *b, struct ch_known *known, struct ch_arena *a,
    const ch_roster *now, const ch_roster *then)
{
	const struct ch_known_roster *k = ch_known_find(known, &then->hash);
	ch_age_ready *to;

	for (uint32_t i = 0; i < then->n; i++) {
		ch_delegate d;

		ch_roster_delegate(&d, then, i);
		if (d.recalled)
			continue; /* E was not sealed to it either */
		if (!ch_rule_is_enrolled(now, d.name)) {
			b->recalled[b->n_recalled++] = d.name;
		} else if (k) {
			b->to[b->n_to++] = &k->seal[i];
		} else {
			if (!(to = ch_arena_alloc(a, sizeof *to)))
				return CH_E_NOMEM;
			if (ch_delegate_ready(to, &d) != CH_OK)
				return CH_E_DB;
			b->to[b->n_to++] = to;
		}
	}
	return CH_OK;
}

static ch_err seal(struct ch_keybox *b, const struct ch_age_identity *k, size_t room)
{
	struct ch_secret64 wrap[CH_ROSTER_DELEGATES_MAX] = { 0 };
	struct ch_seal_random random = { .wrap = wrap };
	uint8_t line[CH_AGE_IDENTITY_MAX + 1];
	struct ch_wr text = ch_wr_of(line, sizeof line), box = ch_wr_of(b->bytes, room);
	ch_err e;

	ch_age_identity_put(&text, k);
	CH_WR_LIT(&text, "\n");
	if ((e = ch_random(wrap, b->n_to * sizeof *wrap)) != CH_OK ||
	    (e = ch_random(random.file_key.b, sizeof random.file_key.b)) != CH_OK ||
	    (e = ch_random(random.nonce, sizeof random.nonce)) != CH_OK)
		goto out;
	if ((e = ch_wr_done(&text)) == CH_OK)
		e = ch_seal_buffer_ready(&box, ch_span_of(line, text.n), b->to, b->n_to, &random);
	b->n = box.n;
out:
	ch_wipe(wrap, sizeof wrap);
	ch_wipe(&random, sizeof random);
	ch_wipe(line, sizeof line);
	return e;
}

ch_err ch_keybox_make(struct ch_keybox **out, struct ch_reg *reg, struct ch_arena *a,
    const ch_row_submission *sub, const ch_roster *now, const ch_roster *then)
{
	struct ch_keybox *b = ch_arena_alloc(a, sizeof *b);
	struct ch_age_identity k;
	size_t room;
	ch_err e;

	*out = NULL;
	if (!b)
		return CH_E_NOMEM;
	*b = (struct ch_keybox){ .l = sub->l, .now = now->hash, .then = then->hash };
	b->to = ch_arena_alloc(a, (then->n + 1) * sizeof(const ch_age_ready *));
	if (!b->to)
		return CH_E_NOMEM;
	if ((e = sort_delegates(b, &reg->known, a, now, then)) != CH_OK)
		return e;
	if (b->n_to == 0)
		return CH_E_ABSENT;
	room = 1024 + b->n_to * (CH_AGE_HEADER_MAX / CH_ROSTER_DELEGATES_MAX);
	if (!(b->bytes = ch_arena_alloc(a, room)))
		return CH_E_NOMEM;
	if ((e = ch_deposit_key(&k, reg, sub)) == CH_OK)
		e = seal(b, &k, room);
	ch_age_identity_wipe(&k);
	if (e != CH_OK)
		return ch_err_is_fault(e) ? e : CH_E_INTERNAL;
	ch_sha256(&b->hash, ch_span_of(b->bytes, b->n));
	*out = b;
	return CH_OK;
}

/* The crew's, if it is for these rosters; else made here. */
static bool take_keybox(struct receive_work *w, struct ch_reg *reg, struct ch_op *op)
{
	struct ch_keybox *b = op->warm ? op->warm->box : NULL;
	ch_err e;

	if (b && ch_hash_eq(&b->l, &w->sub.l) && ch_hash_eq(&b->now, &w->now_r.hash) &&
	    ch_hash_eq(&b->then, &w->then.hash)) {
		w->box = b;
		reg->metrics.used[CH_USED_KEYBOX]++;
		return true;
	}
	e = ch_keybox_make(&w->box, reg, op->arena, &w->sub, &w->now_r, &w->then);
	if (e == CH_E_ABSENT)
		return ch_refuse(op, 403, "not-permitted",
		    "Every delegate who could open it has been recalled");
	return e == CH_OK ? true : ch_fault(op, e);
}

/* The full keys of the signers, and the names of those recalled. */
static bool put_lists(struct ch_own *o, struct receive_work *w, struct ch_op *op)
{
	size_t room = (size_t)(w->who.n + w->box->n_recalled) * (CH_VKEY_MAX + 16);
	struct ch_wr block = ch_wr_of(ch_op_alloc(op, room), room);
	size_t at;

	if (op->err != CH_OK)
		return false;
	for (uint32_t i = 0; i < w->now_r.n; i++) {
		uint8_t text[CH_VKEY_MAX];
		struct ch_wr t = ch_wr_of(text, sizeof text);
		ch_item it = { 0 };
		ch_delegate d;

		if (!(w->who.who >> i & 1))
			continue;
		ch_roster_delegate(&d, &w->now_r, i);
		ch_vkey_put(&t, &d.key);
		it.v[0] = ch_wr_span(&t);
		if (ch_stmt_put_item(&block, CH_K_HANDOVER, CH_HO_SIGNERS, &it) != CH_OK)
			return ch_fault(op, CH_E_INTERNAL);
		o->s.count[CH_HO_SIGNERS]++;
	}
	o->s.v[CH_HO_SIGNERS] = ch_wr_span(&block);
	at = block.n;
	for (uint32_t i = 0; i < w->box->n_recalled; i++) {
		ch_item it = { .v = { w->box->recalled[i] } };

		if (ch_stmt_put_item(&block, CH_K_HANDOVER, CH_HO_RECALLED, &it) != CH_OK)
			return ch_fault(op, CH_E_INTERNAL);
	}
	o->s.count[CH_HO_RECALLED] = w->box->n_recalled;
	o->s.v[CH_HO_RECALLED] = ch_span_of(&block.p[at], block.n - at);
	return true;
}

static bool write_handover(ch_span *note, uint64_t *index, struct receive_work *w,
    struct ch_reg *reg, struct ch_op *op)
{
	struct ch_own o;
	ch_ref pair = { .n = w->sub.serial, .hash = w->sub.pair };
	ch_ref roster = { .n = w->now_r.version, .hash = w->now_r.hash };

	if (!ch_own_event(&o, reg, op, CH_K_HANDOVER, &w->sub, "E.1"))
		return false;
	o.s.v[CH_HO_PAIR] = ch_val_put_ref(&o.w, &pair);
	o.s.v[CH_HO_RECEIPT] = ch_val_put_hash(&o.w, &w->in.hash);
	o.s.v[CH_HO_ROSTER] = ch_val_put_ref(&o.w, &roster);
	o.s.v[CH_HO_KEYBOX] = ch_val_put_hash(&o.w, &w->box->hash);
	return put_lists(&o, w, op) &&
	    ch_own_log(note, index, &o, reg, op, &w->sub.index);
}

static void give(struct ch_op *op, ch_span note, uint64_t index, ch_span keybox)
{
	ch_give_logged(op, "handover", note, index);
	ch_give_part(op, "keybox", keybox);
}

static bool hand_over(struct receive_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_row_end end = { .submission = w->sub.index, .state = CH_END_DELIVERED,
		.cause = op->body };
	ch_span note;
	ch_err e;

	if (!write_handover(&note, &end.index, w, reg, op))
		return false;
	end.keybox = ch_span_of(w->box->bytes, w->box->n);
	if ((e = ch_store_end_add(reg->store, &end)) != CH_OK)
		return ch_fault(op, e);
	give(op, note, end.index, end.keybox);
	return ch_news_about(reg, op, &w->sub) && ch_erase_later(reg, op, &w->sub, false);
}

/* A receipt for what has its end: the same one again, or too late. */
static bool ended(struct receive_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_row_end end;
	ch_row_entry entry;
	ch_note note;
	ch_err e = ch_store_end(&end, reg->store, op->arena, w->sub.index);

	if (e != CH_OK)
		return ch_fault(op, e == CH_E_ABSENT ? CH_E_DB : e);
	if (end.state != CH_END_DELIVERED ||
	    ch_note_parse(&note, end.cause, CH_NOTE_TEXT_MAX) != CH_OK ||
	    !ch_span_eq(note.text, w->in.note.text))
		return ch_refuse_ended(op, end.state);
	if ((e = ch_reg_entry(&entry, reg, op, end.index)) != CH_OK)
		return ch_fault(op, e == CH_E_ABSENT ? CH_E_DB : e);
	give(op, entry.note, entry.index, end.keybox);
	return true;
}

static bool check(struct receive_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_ref then = ch_val_ref(w->l.v[CH_L_ADDRESSEE_ROSTER]);
	int64_t now;

	if (!ch_reg_now(&now, reg, op) ||
	    !ch_signed_judge(&w->who, &w->now_r, &w->in, reg, op, now))
		return false;
	if (now >= w->sub.lapse)
		return ch_refuse(op, 409, "lapse-out-of-range", "The lapse time has come");
	return ch_reg_roster(&w->then, reg, op, w->sub.addressee, then.n);
}

bool ch_post_receipt(struct ch_reg *reg, struct ch_op *op)
{
	struct receive_work *w = ch_op_alloc(op, sizeof *w);

	if (!w || !ch_op_submission(&w->sub, reg, op) ||
	    !ch_signed_parse(&w->in, reg, op, op->body, CH_K_RECEIPT))
		return false;
	if (!ch_span_eq(w->in.s.v[CH_D_PARTY], w->sub.addressee))
		return ch_refuse(op, 403, "not-permitted", "Only the addressee signs for it");
	if (!ch_about_fits(&w->l, reg, op, &w->in, &w->sub))
		return false;
	if (w->sub.state != CH_END_OPEN)
		return ended(w, reg, op);
	return check(w, reg, op) && take_keybox(w, reg, op) && hand_over(w, reg, op);
}
