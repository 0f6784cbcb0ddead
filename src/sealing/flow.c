/*
 * A file through the cipher: see flow.h. Any number of equal hands do the work, one may be all.
 *
 * A ring of slots, one batch of chunks each. A hand takes the next slot in order and fills it: by
 * offset where the input is a file, else under the lock of the input. It ciphers the batch alone.
 * Whoever is at hand writes what is due next, while the others go on: writing is in order always,
 * since a file system takes one write to a file at a time.
 *
 * Within a slot the text lies behind where its result goes, by a chunk and the tags, so that
 * result and text never overlap within one chunk: what is read or written is one piece, nothing
 * is moved, and a chunk that does not open can be tried as the last one.
 */
#include "flow_inside.h"
#include "term.h"
#include "thread.h"

#define CH_FLOW_BATCH 4 /* chunks: a slot stays within the cache of a core */
#define CH_FLOW_GAP (CH_AGE_CHUNK + CH_FLOW_BATCH * CH_AEAD_TAG)
#define CH_FLOW_ROOM (CH_FLOW_GAP + CH_FLOW_BATCH * CH_AGE_SEALED + 1)

struct ch_flow_slot {
	uint8_t *buf;      /* CH_FLOW_ROOM                                */
	size_t n_in, n_out;
	uint64_t seq;      /* number of the batch                         */
	bool last, ready;  /* the input ends here; the result may go out  */
	ch_err late;       /* reading failed behind what is here          */
	ch_err err;
	ch_flow_side side; /* of err, or of late                          */
};

struct ch_flow_run {
	struct ch_flow *f;
	bool sealing;
	bool read_at;    /* by offset, so not in order    */
	size_t unit;     /* bytes of a full chunk to read */
	uint64_t at;     /* where the chunks begin        */
	const struct ch_file_key *key;
	const uint8_t *nonce;

	struct ch_monitor in; /* guards these, and reading in order */
	uint64_t next, left;  /* batch to be read; bytes left of a sized input */
	bool ended, carry;
	uint8_t carried;

	struct ch_monitor out; /* guards these */
	uint64_t turn;         /* batch to go out */
	bool writing, stop;
	ch_err err;
	struct ch_progress progress;

	unsigned n_slots;
	struct ch_flow_slot slots[CH_FLOW_THREADS + 2];
};

/* ---- reading ---- */

static void ch_flow_fault(struct ch_flow_slot *s, ch_flow_side side, ch_err e)
{
	if (e == CH_OK || s->err != CH_OK)
		return;
	s->err = e;
	s->side = side;
}

/*
 * A byte is read beyond the batch, since only that tells whether it is the last one. Before an
 * error whole chunks may have come: they are good for what they are.
 */
static void ch_flow_fill(struct ch_flow_run *run, struct ch_flow_slot *s, size_t want)
{
	uint8_t *at = &s->buf[CH_FLOW_GAP];
	size_t k = run->carry ? 1 : 0;

	at[0] = run->carried;
	s->late = ch_flow_pull(&at[k], &s->n_in, run->f, want + 1 - k);
	s->n_in += k;
	if (s->late != CH_OK) {
		s->side = ch_flow_pull_side(run->f);
		s->n_in -= s->n_in % run->unit;
		return;
	}
	s->last = s->n_in <= want;
	run->carry = !s->last;
	if (run->carry)
		run->carried = at[--s->n_in];
}

/* The next free slot in order, or NULL when there is nothing left to read. */
static struct ch_flow_slot *ch_flow_take(struct ch_flow_run *run)
{
	size_t want = CH_FLOW_BATCH * run->unit;
	struct ch_flow_slot *s = &run->slots[run->next % run->n_slots];

	ch_monitor_enter(&run->out);
	while (!run->stop && run->next >= run->turn + run->n_slots)
		ch_monitor_wait(&run->out);
	if (run->stop)
		run->ended = true;
	if (!run->ended)
		*s = (struct ch_flow_slot){ .buf = s->buf, .seq = run->next++ };
	ch_monitor_leave(&run->out);
	if (run->ended)
		return NULL;
	if (run->read_at) {
		s->n_in = run->left < want ? (size_t)run->left : want;
		run->left -= s->n_in;
		s->last = run->left == 0;
	} else {
		ch_flow_fill(run, s, want);
	}
	run->ended = s->last || s->late != CH_OK;
	return s;
}

/* ---- the cipher ---- */

static ch_err ch_flow_open_one(struct ch_aead *a, uint8_t *out, uint64_t index, bool last,
    ch_span in)
{
	ch_err e = ch_age_stream_open(a, out, index, last, in);

	if (e == CH_OK && last && in.n == CH_AEAD_TAG && index > 0)
		return CH_E_FORMAT;
	return e;
}

/*
 * One chunk opened. The input's end says which one is the last; where that does not fit the chunk
 * may be whole and the input cut off or too long: then it is good, and the file is not.
 */
static void ch_flow_open_chunk(struct ch_flow_slot *s, struct ch_aead *a, uint64_t index,
    bool last, ch_span in)
{
	ch_err e = ch_flow_open_one(a, &s->buf[s->n_out], index, last, in);

	if (e == CH_E_AUTH && in.n == CH_AGE_SEALED &&
	    ch_flow_open_one(a, &s->buf[s->n_out], index, !last, in) == CH_OK) {
		s->n_out += in.n - CH_AEAD_TAG;
		e = last ? CH_E_TRUNCATED : CH_E_FORMAT;
	} else if (e == CH_OK) {
		s->n_out += in.n - CH_AEAD_TAG;
	}
	ch_flow_fault(s, CH_FLOW_CONTENT, e);
}

static void ch_flow_seal_chunk(struct ch_flow_slot *s, struct ch_aead *a, uint64_t index,
    bool last, ch_span in)
{
	ch_err e = ch_age_stream_seal(a, &s->buf[s->n_out], index, last, in);

	if (e == CH_OK)
		s->n_out += in.n + CH_AEAD_TAG;
	ch_flow_fault(s, CH_FLOW_CONTENT, e);
}

static void ch_flow_cipher(struct ch_flow_run *run, struct ch_flow_slot *s, struct ch_aead *a)
{
	struct ch_rd r = ch_rd_of(ch_span_of(&s->buf[CH_FLOW_GAP], s->n_in));
	uint64_t index = s->seq * CH_FLOW_BATCH;

	if (s->n_in == 0 && s->late != CH_OK)
		return;
	do { /* an empty file is one empty chunk */
		size_t k = ch_rd_left(&r) < run->unit ? ch_rd_left(&r) : run->unit;
		ch_span in = ch_rd_take(&r, k);
		bool last = s->last && ch_rd_at_end(&r);

		if (run->sealing)
			ch_flow_seal_chunk(s, a, index++, last, in);
		else
			ch_flow_open_chunk(s, a, index++, last, in);
	} while (s->err == CH_OK && !ch_rd_at_end(&r));
}

/* ---- writing ---- */

/* One batch goes out in its order; inside the lock, which is left while bytes are written. */
static void ch_flow_let_out(struct ch_flow_run *run, struct ch_flow_slot *s)
{
	struct ch_flow *f = run->f;

	if (s->n_out) {
		ch_err e;

		run->writing = true;
		ch_monitor_leave(&run->out);
		e = ch_flow_put(f, ch_span_of(s->buf, s->n_out));
		ch_monitor_enter(&run->out);
		run->writing = false;
		if (e != CH_OK) { /* before what is wrong with the end of this batch */
			s->err = e;
			s->side = CH_FLOW_OUTPUT;
		}
	}
	f->done += s->n_in;
	ch_progress_step(&run->progress, f->done);
	if (s->err != CH_OK || s->last) {
		run->err = s->err;
		f->side = s->side;
		run->stop = true;
	}
	s->ready = false;
	run->turn++;
	ch_monitor_ring(&run->out);
}

/* A batch is finished: let out all that are due. */
static void ch_flow_give(struct ch_flow_run *run, struct ch_flow_slot *s)
{
	ch_monitor_enter(&run->out);
	s->ready = true;
	while (!run->writing && !run->stop && run->slots[run->turn % run->n_slots].ready)
		ch_flow_let_out(run, &run->slots[run->turn % run->n_slots]);
	ch_monitor_leave(&run->out);
}

/* ---- all of it ---- */

static void ch_flow_batch(struct ch_flow_run *run, struct ch_flow_slot *s, struct ch_aead *a)
{
	struct ch_flow *f = run->f;

	if (run->read_at)
		ch_flow_fault(s, CH_FLOW_INPUT, ch_source_read_at(&s->buf[CH_FLOW_GAP], s->n_in,
		    &f->in, run->at + s->seq * CH_FLOW_BATCH * run->unit));
	if (s->err == CH_OK)
		ch_flow_cipher(run, s, a);
	ch_flow_fault(s, s->side, s->late);
	ch_flow_give(run, s);
}

static void ch_flow_work(void *ctx, unsigned i)
{
	struct ch_flow_run *run = ctx;
	struct ch_flow_slot *s;
	struct ch_aead a;
	ch_err e = ch_aead_init(&a);

	(void)i;
	if (e == CH_OK)
		ch_age_stream_key(&a, run->key, run->nonce);
	for (;;) {
		ch_monitor_enter(&run->in);
		s = ch_flow_take(run);
		ch_monitor_leave(&run->in);
		if (s == NULL)
			break;
		ch_flow_fault(s, CH_FLOW_CONTENT, e);
		ch_flow_batch(run, s, &a);
	}
	if (e == CH_OK)
		ch_aead_deinit(&a);
}

static unsigned ch_flow_hands(const struct ch_flow *f)
{
	unsigned n = f->threads ? f->threads : ch_thread_cores();

	return n < CH_FLOW_THREADS ? n : CH_FLOW_THREADS;
}

/* What progress counts up to; 0: unknown. */
static uint64_t ch_flow_total(const struct ch_flow_run *run)
{
	uint64_t size = run->f->in.end - run->f->in.begin;

	return run->f->armored ? size / (CH_ARMOR_LINE + 1) * CH_ARMOR_BYTES : size;
}

static ch_err ch_flow_run_all(struct ch_flow_run *run)
{
	unsigned n = ch_flow_hands(run->f), made = 0;
	ch_err e = CH_OK;

	run->n_slots = n == 1 ? 1 : n + 2; /* two more: nobody waits for the one whose turn it is */
	while (made < run->n_slots && e == CH_OK) {
		run->slots[made].buf = ch_alloc(CH_FLOW_ROOM);
		if (run->slots[made].buf)
			made++;
		else
			e = CH_E_NOMEM;
	}
	if (e == CH_OK) {
		if (run->f->progress)
			ch_progress_begin(&run->progress, run->f->progress, ch_flow_total(run));
		ch_thread_crew(ch_flow_work, run, n);
		ch_progress_end(&run->progress);
		e = run->err;
	}
	for (unsigned i = 0; i < made; i++)
		ch_free(run->slots[i].buf, CH_FLOW_ROOM);
	return e;
}

/* Run, then give the output its name. */
static ch_err ch_flow_go(struct ch_flow_run *run)
{
	struct ch_flow *f = run->f;
	ch_err e = ch_monitor_init(&run->in);

	if (e != CH_OK)
		return e;
	e = ch_monitor_init(&run->out);
	if (e == CH_OK) {
		e = ch_flow_run_all(run);
		ch_monitor_deinit(&run->out);
	}
	ch_monitor_deinit(&run->in);
	if (e == CH_OK)
		e = ch_flow_at(f, CH_FLOW_OUTPUT, ch_flow_put_end(f));
	if (e == CH_OK)
		e = ch_flow_at(f, CH_FLOW_INPUT, ch_source_check(&f->in));
	if (e == CH_OK)
		e = ch_flow_at(f, CH_FLOW_OUTPUT, ch_target_commit(&f->out));
	if (e != CH_OK)
		ch_target_abort(&f->out);
	return e;
}

ch_err ch_flow_seal(struct ch_flow *f, ch_span head, const struct ch_seal_random *random)
{
	struct ch_flow_run run = { .f = f, .sealing = true, .unit = CH_AGE_CHUNK,
		.key = &random->file_key, .nonce = random->nonce };
	ch_err e = ch_flow_at(f, CH_FLOW_OUTPUT, ch_flow_put(f, head));

	if (e != CH_OK)
		return e;
	run.read_at = f->in.sized;
	run.at = f->in.begin;
	run.left = f->in.end - f->in.begin;
	return ch_flow_go(&run);
}

/* The key was found by this header; asking again costs nothing beside the chunks. */
static ch_err ch_flow_check_key(const struct ch_flow *f, const struct ch_file_key *key)
{
	ch_age_header h;
	ch_err e = ch_age_header_parse(&h, ch_span_of(f->head, f->n_head - CH_AGE_NONCE));

	return e == CH_OK ? ch_age_mac_check(&h, key) : e;
}

ch_err ch_flow_open(struct ch_flow *f, const struct ch_file_key *key)
{
	struct ch_flow_run run = { .f = f, .unit = CH_AGE_SEALED, .key = key };
	ch_err e;

	CH_ASSERT(f->n_head > CH_AGE_NONCE);
	run.nonce = &f->head[f->n_head - CH_AGE_NONCE];
	e = ch_flow_check_key(f, key);
	if (e != CH_OK)
		return ch_flow_at(f, CH_FLOW_CONTENT, e);
	run.read_at = f->in.sized && !f->armored;
	if (run.read_at) {
		run.at = f->in.begin + f->n_head;
		run.left = f->in.end - run.at;
	}
	return ch_flow_go(&run);
}
