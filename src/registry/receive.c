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
#include "wipe.h"

#define KEYBOX_MAX (CH_AGE_HEADER_MAX + 1024) /* 64 hybrid delegates take 103 KiB */

struct receive_work {
	ch_signed in;
	ch_row_submission sub;
	ch_roster now_r, then;  /* R's newest, and the one that E was sealed to */
	ch_signers who;
	uint32_t n_to, n_recalled;
	ch_age_recipient to[CH_ROSTER_DELEGATES_MAX];
	ch_span recalled[CH_ROSTER_DELEGATES_MAX];
	uint8_t keybox[KEYBOX_MAX];
	size_t n_keybox;
};

/* E's delegates, in two heaps: who gets K, and who was recalled since. */
static bool sort_delegates(struct receive_work *w, struct ch_op *op)
{
	for (uint32_t i = 0; i < w->then.n; i++) {
		ch_delegate d;

		ch_roster_delegate(&d, &w->then, i);
		if (d.recalled)
			continue; /* E was not sealed to it either */
		if (!ch_rule_is_enrolled(&w->now_r, d.name))
			w->recalled[w->n_recalled++] = d.name;
		else if (ch_age_recipient_parse(&w->to[w->n_to++], d.seal) != CH_OK)
			return ch_fault(op, CH_E_DB);
	}
	if (w->n_to == 0)
		return ch_refuse(op, 403, "not-permitted",
		    "Every delegate who could open it has been recalled");
	return true;
}

static ch_err seal(struct receive_work *w, const struct ch_age_identity *k)
{
	struct ch_secret64 wrap[CH_ROSTER_DELEGATES_MAX] = { 0 };
	struct ch_seal_random random = { .wrap = wrap };
	uint8_t line[CH_AGE_IDENTITY_MAX + 1];
	struct ch_wr text = ch_wr_of(line, sizeof line), box = ch_wr_of(w->keybox, KEYBOX_MAX);
	ch_err e;

	ch_age_identity_put(&text, k);
	CH_WR_LIT(&text, "\n");
	if ((e = ch_random(wrap, sizeof wrap)) != CH_OK ||
	    (e = ch_random(random.file_key.b, sizeof random.file_key.b)) != CH_OK ||
	    (e = ch_random(random.nonce, sizeof random.nonce)) != CH_OK)
		goto out;
	if ((e = ch_wr_done(&text)) == CH_OK)
		e = ch_seal_buffer(&box, ch_span_of(line, text.n), w->to, w->n_to, &random);
	w->n_keybox = box.n;
out:
	ch_wipe(wrap, sizeof wrap);
	ch_wipe(&random, sizeof random);
	ch_wipe(line, sizeof line);
	return e;
}

/* The full keys of the signers, and the names of those recalled. */
static bool put_lists(struct ch_own *o, struct receive_work *w, struct ch_op *op)
{
	size_t room = 32768;
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
	for (uint32_t i = 0; i < w->n_recalled; i++) {
		ch_item it = { .v = { w->recalled[i] } };

		if (ch_stmt_put_item(&block, CH_K_HANDOVER, CH_HO_RECALLED, &it) != CH_OK)
			return ch_fault(op, CH_E_INTERNAL);
	}
	o->s.count[CH_HO_RECALLED] = w->n_recalled;
	o->s.v[CH_HO_RECALLED] = ch_span_of(&block.p[at], block.n - at);
	return true;
}

static bool write_handover(ch_span *note, struct receive_work *w, struct ch_reg *reg,
    struct ch_op *op)
{
	struct ch_own o;
	ch_ref pair = { .n = w->sub.serial, .hash = w->sub.pair };
	ch_ref roster = { .n = w->now_r.version, .hash = w->now_r.hash };
	ch_hash box;

	ch_sha256(&box, ch_span_of(w->keybox, w->n_keybox));
	if (!ch_own_event(&o, reg, op, CH_K_HANDOVER, &w->sub, "E.1"))
		return false;
	o.s.v[CH_HO_PAIR] = ch_val_put_ref(&o.w, &pair);
	o.s.v[CH_HO_RECEIPT] = ch_val_put_hash(&o.w, &w->in.hash);
	o.s.v[CH_HO_ROSTER] = ch_val_put_ref(&o.w, &roster);
	o.s.v[CH_HO_KEYBOX] = ch_val_put_hash(&o.w, &box);
	return put_lists(&o, w, op) && ch_own_sign(note, &o, reg, op);
}

static void give(struct ch_op *op, ch_span note, uint64_t index, ch_span keybox)
{
	ch_give_logged(op, "handover", note, index);
	ch_give_part(op, "keybox", keybox);
}

static bool hand_over(struct receive_work *w, struct ch_reg *reg, struct ch_op *op)
{
	struct ch_age_identity k;
	ch_row_end end = { .l = w->sub.l, .state = CH_END_DELIVERED, .cause = op->body };
	ch_span note;
	ch_err e;

	if (!ch_deposit_key(&k, reg, op, &w->sub))
		return false;
	e = seal(w, &k);
	ch_age_identity_wipe(&k);
	if (e != CH_OK)
		return ch_fault(op, ch_err_is_fault(e) ? e : CH_E_INTERNAL);
	if (!write_handover(&note, w, reg, op))
		return false;
	e = ch_register_add(&end.index, reg->log, CH_K_HANDOVER, note, ch_own_text(note),
	    &w->sub.l);
	end.keybox = ch_span_of(w->keybox, w->n_keybox);
	if (e == CH_OK)
		e = ch_store_end_add(reg->store, &end);
	if (e != CH_OK)
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
	ch_err e = ch_store_end(&end, reg->store, op->arena, &w->sub.l);

	if (e != CH_OK)
		return ch_fault(op, e == CH_E_ABSENT ? CH_E_DB : e);
	if (end.state != CH_END_DELIVERED ||
	    ch_note_parse(&note, end.cause, CH_NOTE_TEXT_MAX) != CH_OK ||
	    !ch_span_eq(note.text, w->in.note.text))
		return ch_refuse_ended(op, end.state);
	if ((e = ch_store_entry(&entry, reg->store, op->arena, end.index)) != CH_OK)
		return ch_fault(op, e == CH_E_ABSENT ? CH_E_DB : e);
	give(op, entry.note, entry.index, end.keybox);
	return true;
}

static bool check(struct receive_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_ref then;
	ch_note note;
	ch_stmt l;
	int64_t now;

	if (!ch_reg_now(&now, reg, op) ||
	    !ch_signed_judge(&w->who, &w->now_r, &w->in, reg, op, now))
		return false;
	if (now >= w->sub.lapse)
		return ch_refuse(op, 409, "lapse-out-of-range", "The lapse time has come");
	if (ch_note_parse(&note, w->sub.note, CH_NOTE_TEXT_MAX) != CH_OK ||
	    ch_stmt_parse(&l, note.text) != CH_OK)
		return ch_fault(op, CH_E_DB);
	then = ch_val_ref(l.v[CH_L_ADDRESSEE_ROSTER]);
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
	if (!ch_about_fits(reg, op, &w->in, &w->sub))
		return false;
	if (w->sub.state != CH_END_OPEN)
		return ended(w, reg, op);
	return check(w, reg, op) && sort_delegates(w, op) && hand_over(w, reg, op);
}
