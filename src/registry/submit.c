/*
 * Submission: everything is decided before the answer, in one transaction. What is refused after
 * L could be read and its sender was known is answered with a signed `rejected`.
 */
#include "handlers.h"

#include "age_header.h"
#include "charter.h"
#include "hex.h"
#include "news.h"
#include "pair.h"
#include "rules.h"
#include "warm.h"

struct submit_work {
	ch_signed in;
	ch_span note, deposit;
	ch_roster author, addressee;
	const ch_charter *charter; /* in force; or NULL */
	ch_signers who;
	ch_row_submission row;
	ch_ref last, pair;
	ch_hash seen;
	bool has_seen;
	int64_t now;
};

static bool refuse_rule(struct ch_op *op, const ch_rule *r)
{
	return r ? ch_refuse(op, r->status, r->kebab, r->title) : true;
}

static bool read_pack(struct submit_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_part part[4];
	const ch_part *l, *deposit;
	size_t n;
	ch_err e;

	e = ch_pack_parse(part, &n, CH_COUNT(part), op->body, CH_PACK_SUBMISSION,
	    reg->folder.exercise);
	if (e != CH_OK)
		return ch_refuse_err(op, e);
	l = ch_pack_find(part, n, CH_LIT("submission"));
	deposit = ch_pack_find(part, n, CH_LIT("deposit"));
	if (n != 2 || !l || !deposit)
		return ch_refuse(op, 400, "bad-request",
		    "A pack with the parts `submission` and `deposit` is wanted");
	w->note = l->bytes;
	w->deposit = deposit->bytes;
	if (!ch_signed_parse(&w->in, reg, op, w->note, CH_K_SUBMISSION))
		return false;
	if (!ch_span_eq(w->in.s.v[CH_L_PARTY], op->who.party))
		return ch_refuse(op, 403, "not-permitted", "Signed in as another party");
	return true;
}

static void fill_row(struct submit_work *w)
{
	const ch_stmt *s = &w->in.s;

	w->row = (ch_row_submission){
		.l = w->in.hash,
		.talks = ch_val_hash(s->v[CH_L_TALKS]),
		.nonce = ch_val_hash(s->v[CH_L_NONCE]),
		.envelope = ch_val_hash(s->v[CH_L_ENVELOPE]),
		.key = ch_val_hash(s->v[CH_L_KEY]),
		.author = s->v[CH_L_PARTY],
		.addressee = s->v[CH_L_ADDRESSEE],
		.mailbox = s->v[CH_L_MAILBOX],
		.note = w->note,
		.serial = ch_val_dec(s->v[CH_L_SERIAL]),
		.size = ch_val_dec(s->v[CH_L_SIZE]),
		.lapse = ch_val_when(s->v[CH_L_LAPSE]),
	};
}

/* The charter in force, the place in the pair, the place that L saw. */
static bool load(struct submit_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_ref pair = ch_val_ref(w->in.s.v[CH_L_PAIR]);
	ch_err e;

	if (!ch_reg_charter(&w->charter, reg, op, &w->row.talks))
		return false;
	e = ch_store_pair(&w->last.n, &w->last.hash, reg->store, &w->row.talks, w->row.author,
	    w->row.addressee);
	if (e == CH_OK)
		e = ch_store_pair_at(&w->seen, reg->store, &w->row.talks, w->row.author,
		    w->row.addressee, pair.n > INT64_MAX ? INT64_MAX : pair.n);
	w->has_seen = e == CH_OK;
	return e == CH_OK || e == CH_E_ABSENT ? true : ch_fault(op, e);
}

/* The register that L saw must be this one: an addressee who compares it would find a fork. */
static bool saw_ours(struct submit_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_seen seen = ch_val_seen(w->in.s.v[CH_L_CHECKPOINT]);
	ch_row_checkpoint cp;
	ch_err e;

	if (w->in.s.v[CH_L_CHECKPOINT].n == 0 || seen.size == 0)
		return true;
	e = ch_store_checkpoint_above(&cp, reg->store, op->arena, seen.size - 1);
	if (e != CH_OK && e != CH_E_ABSENT)
		return ch_fault(op, e);
	if (e == CH_OK && cp.size == seen.size && ch_hash_eq(&cp.root, &seen.root))
		return true;
	return ch_refuse(op, 422, "bad-request", "The submission saw another register than this");
}

static bool check_rules(struct submit_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_submit_facts f = {
		.l = &w->in.s,
		.origin = reg->folder.origin,
		.now = w->now,
		.author = &w->author,
		.addressee = &w->addressee,
	};
	const ch_rule *r;

	if (!ch_reg_roster(&w->addressee, reg, op, w->row.addressee, 0) || !load(w, reg, op))
		return false;
	f.charter = w->charter;
	f.last = w->last;
	f.seen = w->has_seen ? &w->seen : NULL;
	f.log_size = reg->log->next.size;
	r = ch_rule_submission(&f);
	if (r && strcmp(r->kebab, "wrong-serial") == 0) {
		struct ch_wr more = ch_wr_of(ch_op_alloc(op, 64), 64);

		if (op->err != CH_OK)
			return false;
		CH_WR_LIT(&more, " "); /* a member that follows others */
		ch_json_dec(&more, "next", w->last.n + 1);
		op->more = ch_wr_span(&more);
	}
	return refuse_rule(op, r);
}

static bool check_new(struct submit_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_hash other;
	ch_err e = ch_store_seen(&other, reg->store, &w->row.nonce, &w->row.envelope, &w->row.key);

	if (e == CH_E_ABSENT)
		return true;
	if (e != CH_OK)
		return ch_fault(op, e);
	return ch_refuse(op, 409, "repeated",
	    "Another submission used this nonce, envelope or key before");
}

/* Its beginning, up to so many bytes. */
static ch_err read_head(ch_span *head, struct ch_infile *f, struct ch_arena *a, size_t room)
{
	uint8_t *p;
	size_t n = 0;
	ch_err e;

	if (f->size < room)
		room = (size_t)f->size;
	p = ch_arena_alloc(a, room);
	if ((e = ch_arena_got(a, p)) == CH_OK && (e = ch_infile_seek(f, 0)) == CH_OK)
		e = ch_infile_read(p, &n, f, room);
	*head = ch_span_of(p, n);
	return e;
}

/* Few headers are longer than the first look: what does not fit by that is judged by all of it. */
static ch_err judge_file(const ch_rule **r, struct ch_infile *f, struct ch_arena *a,
    const ch_stmt *l)
{
	static const size_t look[] = { 4096, CH_AGE_HEADER_MAX };
	ch_err e = CH_OK;
	ch_span head;

	for (unsigned i = 0; i < CH_COUNT(look) && e == CH_OK; i++) {
		if ((e = read_head(&head, f, a, look[i])) == CH_OK &&
		    !(*r = ch_rule_envelope(l, f->size, head)))
			break;
	}
	return e;
}

ch_err ch_envelope_look(ch_envelope_seen *out, const struct ch_reg *reg, struct ch_arena *a,
    const ch_signed *in)
{
	ch_hash envelope = ch_val_hash(in->s.v[CH_L_ENVELOPE]);
	struct ch_infile f = { 0 };
	char path[CH_PATH_MAX];
	ch_err e = ch_envelope_path(path, reg, &envelope);

	*out = (ch_envelope_seen){ .l = in->hash };
	if (e == CH_OK && (e = ch_infile_open(&f, path)) == CH_OK)
		e = judge_file(&out->rule, &f, a, &in->s);
	ch_infile_close(&f);
	return e;
}

/* What the crew read stays true, for the file's name is its hash. */
static bool was_seen(const struct ch_warm *warm, const ch_hash *l)
{
	return warm && warm->envelope.known && ch_hash_eq(&warm->envelope.l, l);
}

/* Whether it is here is what its row says, not its file: that may be on its way, with a name that a
 * crash would take back, or about to go. */
static bool check_envelope(struct submit_work *w, struct ch_reg *reg, struct ch_op *op)
{
	ch_envelope_seen seen = { 0 };
	bool known = was_seen(op->warm, &w->row.l), stays;
	ch_err e = ch_store_envelope_stays(&stays, reg->store, &w->row.envelope);

	if (e == CH_OK && !stays)
		e = CH_E_ABSENT;
	if (known)
		seen = op->warm->envelope;
	else if (e == CH_OK)
		e = ch_envelope_look(&seen, reg, op->arena, &w->in);
	if (e == CH_E_ABSENT)
		return ch_refuse(op, 422, "no-envelope", "Send the envelope first");
	reg->metrics.used[CH_USED_ENVELOPE] += known;
	return e == CH_OK ? refuse_rule(op, seen.rule) : ch_fault(op, e);
}

static bool check(struct submit_work *w, struct ch_reg *reg, struct ch_op *op)
{
	return ch_reg_now(&w->now, reg, op) &&
	    ch_signed_judge(&w->who, &w->author, &w->in, reg, op, w->now) &&
	    check_new(w, reg, op) && check_rules(w, reg, op) && saw_ours(w, reg, op) &&
	    check_envelope(w, reg, op) &&
	    ch_limits_may_submit(reg, op, w->row.author, w->row.size) &&
	    ch_deposit_take(reg, op, w->deposit, &w->row, w->addressee.hybrid, w->now);
}

/* The signed refusal goes into the problem as a string. */
static bool reject(struct submit_work *w, struct ch_reg *reg, struct ch_op *op)
{
	struct ch_own o;
	struct ch_wr more;
	ch_span note;
	size_t room;
	const char *reason = op->kebab;

	if (op->err != CH_OK || (op->status != 409 && op->status != 422))
		return false;
	if (!ch_own_event(&o, reg, op, CH_K_REJECTED, &w->row, "A.2"))
		return false;
	o.s.v[CH_RJ_REASON] = ch_span_str(reason);
	if (!ch_own_sign(&note, &o, reg, op))
		return false;
	room = op->more.n + 2 * note.n + 64;
	more = ch_wr_of(ch_op_alloc(op, room), room);
	if (op->err != CH_OK)
		return false;
	CH_WR_LIT(&more, " ");
	ch_json_text(&more, "rejected", note);
	ch_wr_put(&more, op->more);
	op->more = ch_wr_span(&more);
	return false;
}

static bool enter(struct submit_work *w, struct ch_reg *reg, struct ch_op *op)
{
	struct ch_own o;
	ch_span note;
	ch_err e;

	w->pair = w->last;
	ch_pair_step(&w->pair, &w->row.l, reg->folder.exercise);
	w->row.pair = w->pair.hash;
	if (!ch_own_event(&o, reg, op, CH_K_REGISTERED, &w->row, "A.1"))
		return false;
	o.s.v[CH_RGD_PAIR] = ch_val_put_ref(&o.w, &w->pair);
	if (!ch_own_log(&note, &w->row.index, &o, reg, op, NULL))
		return false;
	if ((e = ch_store_submission_add(reg->store, &w->row)) != CH_OK)
		return ch_fault(op, e);
	op->status = 201;
	ch_give_logged(op, "registered", note, w->row.index);
	return ch_news_about(reg, op, &w->row);
}

/* The same L again: the same answer. */
static bool again(struct ch_reg *reg, struct ch_op *op, const ch_row_submission *row)
{
	ch_row_entry entry;
	ch_err e = ch_reg_entry(&entry, reg, op, row->index);

	if (e != CH_OK)
		return ch_fault(op, e == CH_E_ABSENT ? CH_E_DB : e);
	op->status = 201;
	ch_give_logged(op, "registered", entry.note, entry.index);
	return true;
}

bool ch_post_submission(struct ch_reg *reg, struct ch_op *op)
{
	struct submit_work *w = ch_op_alloc(op, sizeof *w);
	ch_row_submission before;
	ch_err e;

	if (!w || !read_pack(w, reg, op))
		return false;
	fill_row(w);
	e = ch_store_submission(&before, reg->store, op->arena, &w->row.l);
	if (e == CH_OK)
		return again(reg, op, &before);
	if (e != CH_E_ABSENT)
		return ch_fault(op, e);
	return check(w, reg, op) ? enter(w, reg, op) : reject(w, reg, op);
}
