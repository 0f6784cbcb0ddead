/* Warming up a batch: see warm.h. A piece that cannot be done is left alone: the handler meets the
 * same trouble and answers it. */
#include "warm.h"

#include "hex.h"

#define FEW 8u /* so many are done at once: they would not fill two hands for long */

static bool is_about(const struct ch_op *op)
{
	return op->run == ch_post_receipt || op->run == ch_post_decline ||
	    op->run == ch_post_take_back || op->run == ch_post_opened ||
	    op->run == ch_post_defect || op->run == ch_post_key_missing;
}

/* The statement of the body, and the deposit that came with it. */
static bool read_body(ch_signed *in, ch_span *deposit, const struct ch_reg *reg,
    const struct ch_op *op)
{
	ch_part part[4];
	const ch_part *l, *d;
	ch_span text = op->body;
	size_t n;

	*deposit = (ch_span){ 0 };
	if (op->run == ch_post_submission) {
		if (ch_pack_parse(part, &n, CH_COUNT(part), op->body, CH_PACK_SUBMISSION,
			reg->folder.exercise) != CH_OK)
			return false;
		l = ch_pack_find(part, n, CH_LIT("submission"));
		d = ch_pack_find(part, n, CH_LIT("deposit"));
		if (!l || !d)
			return false;
		text = l->bytes;
		*deposit = d->bytes;
	}
	if (ch_note_parse(&in->note, text, CH_NOTE_TEXT_MAX) != CH_OK ||
	    ch_stmt_parse(&in->s, in->note.text) != CH_OK)
		return false;
	ch_stmt_hash(&in->hash, in->note.text);
	in->from = text;
	return true;
}

/* E's addressees by the roster that L names, and by the one that signs for it now. */
static void make_keybox(struct ch_warm *w, struct ch_reg *reg, struct ch_op *op,
    const ch_roster *now)
{
	const struct ch_known_roster *then;
	ch_note note;
	ch_ref ref;

	w->read = ch_note_parse(&note, w->sub.note, CH_NOTE_TEXT_MAX) == CH_OK &&
	    ch_stmt_parse(&w->l, note.text) == CH_OK;
	if (!w->read || w->l.kind != CH_K_SUBMISSION)
		return;
	ref = ch_val_ref(w->l.v[CH_L_ADDRESSEE_ROSTER]);
	then = ch_known_find(&reg->known, &ref.hash);
	if (then && ch_span_eq(then->r.party, now->party) &&
	    ch_keybox_make(&w->box, reg, op->arena, &w->sub, now, &then->r) != CH_OK)
		w->box = NULL;
}

/* Nothing is opened for who did not sign. */
static void piece(void *ctx, struct ch_crew_job *job)
{
	struct ch_warm *w = (struct ch_warm *)job;
	struct ch_reg *reg = ctx;
	struct ch_op *op = w->op;
	const struct ch_known_roster *known;
	const ch_roster *r;
	const ch_stmt *s = &w->in.s;
	ch_signers who;
	ch_span deposit;
	ch_ref ref;

	w->parsed = read_body(&w->in, &deposit, reg, op);
	if (!w->parsed || ch_kind_power(s->kind) >= CH_POW_DRAFT || s->kind == CH_K_CHARTER)
		return;
	ref = ch_val_ref(s->v[CH_ANY_ROSTER]);
	known = ch_known_find(&reg->known, &ref.hash);
	if (!known)
		return;
	r = &known->r;
	if (ch_roster_judge(&who, &w->in.note, s, r, ch_kind_power(s->kind)) != CH_OK)
		return;
	ch_roster_know(&w->lines, &w->in.note, r);
	if (deposit.n && s->kind == CH_K_SUBMISSION) {
		ch_deposit_look(&w->deposit, reg, deposit, &w->in.hash, s->v[CH_L_PARTY]);
		w->envelope.known =
		    ch_envelope_look(&w->envelope, reg, op->arena, &w->in) == CH_OK;
	}
	if (w->open && s->kind == CH_K_RECEIPT && ch_span_eq(r->party, w->sub.addressee))
		make_keybox(w, reg, op, r);
}

/* The loop may sleep. */
static void finished(void *ctx)
{
	struct ch_reg *reg = ctx;

	ch_http_server_wake(reg->http);
}

ch_err ch_warm_start(struct ch_reg *reg, unsigned hands)
{
	return ch_crew_new(&reg->crew, hands, &(ch_crew_plan){ piece, finished, reg, true });
}

/* What only the loop's thread may read. */
static void load(struct ch_warm *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_hash l;

	w->open = ch_hex_parse(l.b, sizeof l.b, op->arg[0]) == CH_OK &&
	    ch_store_submission(&w->sub, reg->store, op->arena, &l) == CH_OK &&
	    w->sub.state == CH_END_OPEN;
}

bool ch_warm_put(struct ch_reg *reg, struct ch_op *op)
{
	if (!op->req || (!is_about(op) && op->run != ch_post_submission) ||
	    !(op->warm = ch_arena_alloc(op->arena, sizeof *op->warm)))
		return false;
	op->warm->op = op;
	if (op->run == ch_post_receipt)
		load(op->warm, reg, op);
	ch_crew_put(reg->crew, &op->warm->job);
	return true;
}

static void take(struct ch_reg *reg)
{
	struct ch_crew_job *job = ch_crew_take(reg->crew), *next;

	for (; job; job = next) {
		next = job->next;
		ch_batch_append(reg, ((struct ch_warm *)job)->op);
	}
}

void ch_warm_gather(struct ch_reg *reg, bool all)
{
	if (all || ch_crew_pending(reg->crew) <= FEW)
		ch_crew_settle(reg->crew);
	else
		ch_crew_call(reg->crew);
	do
		take(reg);
	while (!reg->first && ch_crew_help(reg->crew));
}

bool ch_warm_is_busy(const struct ch_reg *reg)
{
	return ch_crew_pending(reg->crew) > 0;
}

const ch_signed *ch_warm_signed(const struct ch_op *op, ch_span from)
{
	const struct ch_warm *w = op->warm;

	return w && w->parsed && w->in.from.p == from.p && w->in.from.n == from.n ? &w->in : NULL;
}

const ch_stmt *ch_warm_submission(const struct ch_op *op, const ch_hash *l)
{
	const struct ch_warm *w = op->warm;

	return w && w->read && ch_hash_eq(&w->sub.l, l) ? &w->l : NULL;
}

const ch_known_lines *ch_warm_lines(const struct ch_op *op)
{
	return op->warm && op->warm->lines.n ? &op->warm->lines : NULL;
}
