/* The loop thread's side of witnesses.h: what is asked of whom, and what becomes of the answers. */
#include "clock.h"
#include "guard.h"
#include "handlers.h"
#include "log.h"
#include "rng.h"
#include "witness.h"
#include "witnesses_inner.h"

#define BETWEEN_MS 200      /* checkpoints are shown no more often */
#define MORE_MS 300         /* for cosignatures beyond the quorum */
#define FIRST_AGAIN_MS 500
#define LAST_AGAIN_MS 300000
#define PROOF_MAX 32768     /* a note with all lines of the policy */

/* Later and later, up to five minutes; a quarter of it by chance. */
static uint64_t later(unsigned failures)
{
	uint64_t ms = FIRST_AGAIN_MS;
	uint32_t chance = 0;

	for (unsigned i = 1; i < failures && ms < LAST_AGAIN_MS; i++)
		ms *= 2;
	if (ms > LAST_AGAIN_MS)
		ms = LAST_AGAIN_MS;
	if (ch_random(&chance, sizeof chance) != CH_OK)
		chance = 0;
	return ms + chance % (ms / 4);
}

static void fail(struct ch_witness *x, const char *why)
{
	if (x->failures++ == 0 || x->why != why)
		ch_log(CH_LOG_WARN, "witness-failed", "a witness did not cosign",
		    CH_LOG_WITH(ch_log_text("witness", x->key->key.name),
			ch_log_text("why", ch_span_str(why))));
	x->why = why;
	x->due = ch_clock_ms() + later(x->failures);
}

static void stop_signing(struct ch_reg *reg, ch_span note)
{
	ch_err e = ch_guard_alarm(&reg->folder, note);

	ch_log(CH_LOG_ERROR, "alarm", "ALARM: a checkpoint signed by this register's key is not of "
	    "its history. Nothing more is signed",
	    CH_LOG_WITH(ch_log_text("folder", ch_span_str(reg->folder.dir)),
		ch_log_text("kept", e == CH_OK ? CH_LIT("alarm") : CH_LIT("no"))));
	ch_batch_stop(reg, CH_E_CONFLICT);
}

bool ch_witnesses_convict(struct ch_reg *reg, ch_span note)
{
	if (ch_guard_judge(reg->log, note) != CH_E_CONFLICT)
		return false;
	stop_signing(reg, note);
	return true;
}

/* ---- an answer ---- */

static void take_failure(struct ch_witness *x, struct ch_reg *reg)
{
	if (x->seen.n > 0 && ch_witnesses_convict(reg, ch_buf_span(&x->seen)))
		return;
	if (x->other_size && x->holds != x->known && x->holds <= reg->log->done.size)
		x->known = x->holds; /* again from there, at once */
	else if (x->other_size && x->holds > reg->log->done.size)
		fail(x, "it holds more than this register (409); was a backup put back?");
	else
		fail(x, x->failed);
}

static void take_success(struct ch_witness *x)
{
	if (x->failures > 0)
		ch_log(CH_LOG_INFO, "witness-back", "a witness cosigns again",
		    CH_LOG_WITH(ch_log_text("witness", x->key->key.name)));
	x->failures = 0;
	x->why = NULL;
	x->known = x->done = x->size;
	x->done_time = (int64_t)x->time;
}

/* In a batch: keep the lines; one of them may be a neutral's that ends what lapsed. */
static bool store_lines(struct ch_reg *reg, struct ch_op *op)
{
	struct ch_witnesses *w = reg->witnesses;
	ch_row_checkpoint cp;
	ch_span name;
	ch_err e;

	for (size_t i = 0; i < w->n; i++) {
		struct ch_witness *x = &w->one[i];

		if (!x->sent)
			continue;
		if (!ch_op_key_name(&name, op, x->key->key.name, x->key->key.id))
			return false;
		e = ch_store_cosign_put(reg->store, x->size, name, (int64_t)x->time,
		    ch_span_of(x->line, x->n_line));
		if (e != CH_OK)
			return ch_fault(op, e);
		e = ch_store_checkpoint_above(&cp, reg->store, op->arena, x->size - 1);
		if (e != CH_OK)
			return ch_fault(op, e == CH_E_ABSENT ? CH_E_DB : e);
		if (!ch_ends_lapse(reg, op, &cp, (ch_span){ 0 }))
			return false;
	}
	op->status = 200;
	return true;
}

static void set_state(struct ch_witness *x, ch_ask_state s)
{
	ch_monitor_enter(&x->all->lock);
	x->state = s;
	ch_monitor_ring(&x->all->lock);
	ch_monitor_leave(&x->all->lock);
}

static ch_ask_state state_of(struct ch_witness *x)
{
	ch_ask_state s;

	ch_monitor_enter(&x->all->lock);
	s = x->state;
	ch_monitor_leave(&x->all->lock);
	return s;
}

void ch_witnesses_before(struct ch_reg *reg)
{
	struct ch_witnesses *w = reg->witnesses;
	bool any = false;

	for (size_t i = 0; w && i < w->n && reg->fatal == CH_OK; i++) {
		struct ch_witness *x = &w->one[i];

		if (state_of(x) != CH_ASK_SAID)
			continue;
		x->sent = !x->failed;
		any = any || x->sent;
		if (x->sent)
			continue;
		take_failure(x, reg);
		set_state(x, CH_ASK_IDLE);
	}
	if (!any)
		return;
	ch_arena_reset(&w->arena);
	w->batch = ch_arena_alloc(&w->arena, sizeof *w->batch);
	if (!w->batch)
		return; /* they stay SAID: next turn */
	w->batch->arena = &w->arena;
	ch_batch_push(reg, w->batch, store_lines);
}

static void end_batch(struct ch_witnesses *w)
{
	bool kept = w->batch && w->batch->err == CH_OK && w->batch->status == 200;

	for (size_t i = 0; i < w->n; i++) {
		struct ch_witness *x = &w->one[i];

		if (!x->sent)
			continue;
		x->sent = false;
		if (!kept)
			continue; /* SAID still: the next turn tries again */
		take_success(x);
		if (x->size > w->heard)
			w->heard = x->size;
		set_state(x, CH_ASK_IDLE);
	}
	w->batch = NULL;
}

/* ---- the quorum ---- */

struct weighing {
	struct ch_reg *reg;
	ch_span text;
	uint64_t who;
	struct ch_wr w, one;
	uint8_t room[CH_CHECKPOINT_TEXT_MAX + 1024];
};

static ch_err on_line(void *ctx, ch_span name, int64_t time, ch_span line)
{
	struct weighing *g = ctx;
	const ch_policy *p = g->reg->witnesses->policy;
	ch_policy_cosigners who;
	ch_note note;

	(void)name;
	(void)time;
	g->one = ch_wr_of(g->room, sizeof g->room);
	ch_note_put_text(&g->one, g->text);
	ch_wr_put(&g->one, line);
	if (g->one.err != CH_OK ||
	    ch_note_parse(&note, ch_wr_span(&g->one), CH_CHECKPOINT_TEXT_MAX) != CH_OK ||
	    ch_policy_cosigned(&who, p, &note) != CH_OK || !who.witnesses)
		return CH_OK;
	g->who |= who.witnesses;
	ch_wr_put(&g->w, line);
	return CH_OK;
}

/* `quorum none` asks for nobody: then nothing is ever called witnessed. */
static bool meets(const ch_policy *p, uint64_t who)
{
	return p->quorum.need > 0 && ch_policy_quorum(p, who);
}

/* The note of a checkpoint with the lines of the policy. */
static ch_err gather(struct weighing *g, struct ch_reg *reg, const ch_row_checkpoint *cp,
    void *room)
{
	ch_note note;
	ch_err e = ch_note_parse(&note, cp->note, CH_CHECKPOINT_TEXT_MAX);

	if (e != CH_OK)
		return e;
	g->reg = reg;
	g->text = note.text;
	g->w = ch_wr_of(room, PROOF_MAX);
	ch_wr_put(&g->w, cp->note);
	e = ch_store_cosigns(reg->store, cp->size, on_line, g);
	return e == CH_OK ? ch_wr_done(&g->w) : e;
}

/* Whether the policy's quorum has cosigned this size; if so, and it is the newest such, its note
 * is kept. */
static ch_err weigh(struct ch_reg *reg, uint64_t size)
{
	struct ch_witnesses *w = reg->witnesses;
	struct ch_arena a;
	struct weighing *g;
	ch_row_checkpoint cp;
	void *room;
	ch_err e;

	ch_arena_init(&a, 1u << 20);
	g = ch_arena_alloc(&a, sizeof *g);
	room = ch_arena_alloc(&a, PROOF_MAX);
	e = ch_store_checkpoint_above(&cp, reg->store, &a, size - 1);
	if (e == CH_OK && (!g || !room))
		e = CH_E_NOMEM;
	if (e == CH_OK && cp.size != size)
		e = CH_E_ABSENT;
	if (e == CH_OK)
		e = gather(g, reg, &cp, room);
	if (e == CH_OK && meets(w->policy, g->who)) {
		ch_buf_reset(&w->proof);
		e = ch_buf_put(&w->proof, ch_wr_span(&g->w));
		w->witnessed = e == CH_OK ? size : 0;
	}
	ch_arena_deinit(&a);
	return e == CH_E_ABSENT ? CH_OK : e;
}

void ch_witnesses_heard(struct ch_reg *reg, uint64_t size)
{
	struct ch_witnesses *w = reg->witnesses;

	if (w && size > w->heard)
		w->heard = size;
}

static void weigh_heard(struct ch_reg *reg)
{
	struct ch_witnesses *w = reg->witnesses;
	uint64_t size = w->heard;
	ch_err e;

	w->heard = 0;
	if (size == 0 || size < w->witnessed)
		return;
	e = weigh(reg, size);
	if (ch_is_fatal(e))
		ch_batch_stop(reg, e);
	if (w->witnessed == w->size && w->size > 0 && w->met == 0)
		w->met = ch_clock_ms();
}

bool ch_witnesses_find(ch_vkey *out, const struct ch_reg *reg, const ch_note_line *line)
{
	const struct ch_witnesses *w = reg->witnesses;

	for (size_t i = 0; w && i < w->n; i++)
		if (ch_note_line_is_by(line, &w->one[i].key->key)) {
			*out = w->one[i].key->key;
			return true;
		}
	return false;
}

/* ---- asking ---- */

/* The next checkpoint for all, when there is one and nobody is kept waiting by it. */
static void take_next(struct ch_reg *reg, uint64_t now)
{
	struct ch_witnesses *w = reg->witnesses;
	struct ch_wr note = ch_wr_of(w->note, sizeof w->note);
	bool asked = false;

	for (size_t i = 0; i < w->n; i++)
		asked = asked || state_of(&w->one[i]) != CH_ASK_IDLE;
	if (reg->log->done.size == w->size || now - w->begun < BETWEEN_MS ||
	    (asked && (w->met == 0 || now - w->met < MORE_MS)))
		return;
	ch_wr_put(&note, ch_register_checkpoint(reg->log));
	if (note.err != CH_OK)
		return;
	w->n_note = note.n;
	w->size = reg->log->done.size;
	w->begun = now;
	w->met = 0;
}

static ch_err put_body(struct ch_witness *x, struct ch_reg *reg)
{
	ch_hash proof[CH_MERKLE_PROOF_MAX];
	struct ch_wr b;
	uint8_t *room;
	size_t n;
	ch_err e = ch_register_consist(proof, &n, reg->log, x->known, x->all->size);

	ch_buf_reset(&x->body);
	if (e != CH_OK || (e = ch_buf_reserve(&room, &x->body, CH_WITNESS_BODY_MAX)) != CH_OK)
		return e;
	b = ch_wr_of(room, CH_WITNESS_BODY_MAX);
	ch_witness_put(&b, x->known, proof, n, ch_span_of(x->all->note, x->all->n_note));
	ch_buf_commit(&x->body, b.n);
	return ch_wr_done(&b);
}

static ch_err put_question(struct ch_witness *x, struct ch_reg *reg)
{
	struct ch_wr t = ch_wr_of(x->text, sizeof x->text);
	ch_note note;
	ch_err e = put_body(x, reg);

	if (e == CH_OK)
		e = ch_note_parse(&note, ch_span_of(x->all->note, x->all->n_note),
		    CH_CHECKPOINT_TEXT_MAX);
	if (e != CH_OK)
		return e;
	ch_wr_put(&t, note.text);
	x->n_text = t.n;
	x->size = x->all->size;
	x->failed = NULL;
	x->other_size = false;
	x->holds = x->time = x->n_line = 0;
	ch_buf_reset(&x->seen);
	return ch_wr_done(&t);
}

static void ask_due(struct ch_reg *reg, uint64_t now)
{
	struct ch_witnesses *w = reg->witnesses;

	for (size_t i = 0; i < w->n; i++) {
		struct ch_witness *x = &w->one[i];
		ch_err e;

		if (!x->thread.on || state_of(x) != CH_ASK_IDLE || now < x->due ||
		    x->done >= w->size || x->known > w->size)
			continue;
		if ((e = put_question(x, reg)) != CH_OK) {
			if (ch_is_fatal(e))
				ch_batch_stop(reg, e);
			fail(x, "no question could be made for it");
			continue;
		}
		set_state(x, CH_ASK_PUT);
	}
}

/* ---- answers that wait ---- */

bool ch_witnesses_hold(struct ch_reg *reg, struct ch_op *op, uint64_t size)
{
	struct ch_witnesses *w = reg->witnesses;

	if (!w || w->policy->quorum.need == 0 || w->witnessed >= size || reg->fatal != CH_OK)
		return false;
	op->until_size = size;
	op->until_ms = ch_clock_ms() + CH_WITNESS_WAIT_MS;
	op->next = NULL;
	*w->held_last = op;
	w->held_last = &op->next;
	return true;
}

static void release(struct ch_reg *reg, uint64_t now)
{
	struct ch_witnesses *w = reg->witnesses;
	bool all = reg->fatal != CH_OK || ch_http_server_is_stopping(reg->http);
	struct ch_op *op = w->held, *next;

	w->held = NULL;
	w->held_last = &w->held;
	for (; op; op = next) {
		next = op->next;
		if (!all && w->witnessed < op->until_size && now < op->until_ms &&
		    !ch_http_is_gone(op->req)) {
			op->next = NULL;
			*w->held_last = op;
			w->held_last = &op->next;
		} else {
			ch_op_answer(reg, op);
		}
	}
}

void ch_witnesses_after(struct ch_reg *reg)
{
	struct ch_witnesses *w = reg->witnesses;
	uint64_t now;

	if (!w)
		return;
	end_batch(w);
	if (reg->fatal == CH_OK)
		weigh_heard(reg);
	now = ch_clock_ms();
	release(reg, now);
	if (reg->fatal != CH_OK || ch_http_server_is_stopping(reg->http))
		return;
	take_next(reg, now);
	ask_due(reg, now);
}

/* ---- beginning and end ---- */

static void init_one(struct ch_witness *x, struct ch_witnesses *w, const ch_policy_key *key,
    uint64_t known)
{
	x->all = w;
	x->key = key;
	x->known = known;
	ch_buf_init(&x->body, CH_WITNESS_BODY_MAX);
	ch_buf_init(&x->seen, CH_GUARD_NOTE_MAX);
}

ch_err ch_witnesses_start(struct ch_reg *reg, const struct ch_quorum *q, const uint64_t *known)
{
	struct ch_witnesses *w = ch_alloc(sizeof *w);
	ch_err e;

	if (!w)
		return CH_E_NOMEM;
	if ((e = ch_monitor_init(&w->lock)) != CH_OK) {
		ch_free(w, sizeof *w);
		return e;
	}
	reg->witnesses = w;
	w->http = reg->http;
	w->folder = &reg->folder;
	w->policy = &q->policy;
	w->n = q->policy.n_witnesses;
	w->held_last = &w->held;
	ch_buf_init(&w->proof, PROOF_MAX);
	ch_arena_init(&w->arena, 1u << 20);
	for (size_t i = 0; i < w->n; i++)
		init_one(&w->one[i], w, &q->policy.witness[i], known[i]);
	for (size_t i = 0; e == CH_OK && i < w->n; i++)
		if (w->one[i].key->url.n > 0)
			e = ch_thread_start(&w->one[i].thread, ch_witness_work, &w->one[i]);
	return e;
}

void ch_witnesses_stop(struct ch_reg *reg)
{
	struct ch_witnesses *w = reg->witnesses;

	if (!w)
		return;
	ch_monitor_enter(&w->lock);
	w->stopping = true;
	ch_monitor_ring(&w->lock);
	ch_monitor_leave(&w->lock);
	for (size_t i = 0; i < w->n; i++)
		ch_thread_join(&w->one[i].thread);
	for (size_t i = 0; i < w->n; i++) {
		ch_buf_deinit(&w->one[i].body);
		ch_buf_deinit(&w->one[i].seen);
	}
	ch_buf_deinit(&w->proof);
	ch_arena_deinit(&w->arena);
	ch_monitor_deinit(&w->lock);
	reg->witnesses = NULL;
	ch_free(w, sizeof *w);
}

/* ---- told ---- */

uint64_t ch_witnesses_size(const struct ch_reg *reg)
{
	return reg->witnesses ? reg->witnesses->witnessed : 0;
}

ch_span ch_witnesses_note(const struct ch_reg *reg)
{
	return reg->witnesses ? ch_buf_span(&reg->witnesses->proof) : (ch_span){ 0 };
}

size_t ch_witnesses_facts(ch_witness_facts *out, const struct ch_reg *reg)
{
	const struct ch_witnesses *w = reg->witnesses;

	for (size_t i = 0; w && i < w->n; i++)
		out[i] = (ch_witness_facts){
			.name = w->one[i].key->key.name,
			.asked = w->one[i].thread.on,
			.failures = w->one[i].failures,
			.why = w->one[i].why,
			.size = w->one[i].done,
			.time = w->one[i].done_time,
		};
	return w ? w->n : 0;
}
