/*
 * The guard: see guard.h. Of what witnesses say only our own signature is believed, so a witness
 * that lies can neither stop a sound register nor excuse one that is behind.
 */
#include "guard.h"

#include "log.h"
#include "thread.h"

struct asking {
	struct ch_guard *g;
	const ch_policy *policy;
	struct ch_monitor lock;
	size_t next;
	uint64_t until_ms;
};

static ch_err open_seen(ch_checkpoint *cp, const struct ch_folder *f, ch_span in)
{
	ch_note note;

	return ch_checkpoint_open(cp, &note, in, &f->vkey);
}

static void keep(struct ch_guard_seen *s, const struct ch_folder *f, ch_span in)
{
	struct ch_wr w = ch_wr_of(s->note, sizeof s->note);
	ch_checkpoint cp;

	if (open_seen(&cp, f, in) != CH_OK)
		return;
	ch_wr_put(&w, in);
	if (w.err != CH_OK)
		return;
	s->n = w.n;
	s->size = cp.size;
}

/* ---- asking ---- */

static void ask_one(struct asking *a, struct ch_client *c, size_t i)
{
	struct ch_guard_seen *s = &a->g->seen[i];
	struct ch_buf b;
	bool there;

	ch_buf_init(&b, CH_GUARD_NOTE_MAX);
	s->reached = ch_witness_fetch(&b, &there, c, &a->policy->witness[i],
	    a->g->folder->origin, CH_GUARD_ASK_MS, NULL) == CH_OK;
	if (there)
		keep(s, a->g->folder, ch_buf_span(&b));
	ch_buf_deinit(&b);
}

static bool take_turn(size_t *i, struct asking *a)
{
	ch_monitor_enter(&a->lock);
	*i = a->next++;
	ch_monitor_leave(&a->lock);
	return *i < a->policy->n_witnesses;
}

static void ask_some(void *ctx, unsigned hand)
{
	struct asking *a = ctx;
	struct ch_client c = { 0 };
	size_t i;

	(void)hand;
	if (ch_client_init(&c) != CH_OK)
		return;
	while (take_turn(&i, a))
		ask_one(a, &c, i);
	ch_client_deinit(&c);
}

static ch_err ask_all(struct ch_guard *g, const ch_policy *p)
{
	struct asking a = { .g = g, .policy = p };
	ch_err e = ch_monitor_init(&a.lock);

	if (e != CH_OK)
		return e;
	ch_thread_crew(ask_some, &a, (unsigned)p->n_witnesses);
	ch_monitor_deinit(&a.lock);
	for (size_t i = 0; i < p->n_witnesses; i++) {
		if (p->witness[i].url.n == 0)
			continue;
		g->n++;
		if (g->seen[i].reached)
			continue;
		g->n_silent++;
		ch_log(CH_LOG_WARN, "witness-silent", "a witness was not reached: not compared "
		    "with it", CH_LOG_WITH(ch_log_text("witness", p->witness[i].key.name)));
	}
	if (g->n_silent > 0)
		ch_log(CH_LOG_WARN, "witnesses-silent", "not all witnesses said what they hold",
		    CH_LOG_WITH(ch_log_number("silent", g->n_silent),
			ch_log_number("asked", g->n)));
	return CH_OK;
}

static ch_err read_alarm(struct ch_guard_seen *s, const struct ch_folder *f)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e = ch_path(path, "%s/alarm", f->dir);

	ch_buf_init(&b, CH_GUARD_NOTE_MAX);
	if (e == CH_OK)
		e = ch_file_read(&b, path);
	if (e == CH_OK)
		keep(s, f, ch_buf_span(&b));
	ch_buf_deinit(&b);
	return e == CH_E_ABSENT ? CH_OK : e;
}

ch_err ch_guard_ask(struct ch_guard *g, const struct ch_folder *f, const struct ch_quorum *q)
{
	ch_err e;

	*g = (struct ch_guard){ .folder = f };
	g->seen = ch_alloc_array(CH_WITNESSES_MAX + 1, sizeof *g->seen);
	if (!g->seen)
		return CH_E_NOMEM;
	e = read_alarm(&g->seen[CH_WITNESSES_MAX], f);
	if (e == CH_OK && q && q->policy.n_witnesses > 0)
		e = ask_all(g, &q->policy);
	return e;
}

void ch_guard_free(struct ch_guard *g)
{
	if (g->seen)
		ch_free(g->seen, (CH_WITNESSES_MAX + 1) * sizeof *g->seen);
	*g = (struct ch_guard){ 0 };
}

/* ---- comparing ---- */

/* A full tile past the end was written after a commit that this database has not seen. */
static ch_err tile_beyond(const struct ch_folder *f, uint64_t size)
{
	ch_tile t = { .entries = true, .width = CH_TILE_WIDTH, .index = size / CH_TILE_WIDTH };
	char path[CH_PATH_MAX];
	uint64_t n;
	ch_err e;

	for (unsigned i = 0; i < 2; i++, t.entries = false) {
		if ((e = ch_tile_file(path, f, &t)) != CH_OK)
			return e;
		if ((e = ch_file_size(&n, path)) == CH_OK) {
			ch_log(CH_LOG_ERROR, "behind", "a tile is there that the database does not "
			    "know", CH_LOG_WITH(ch_log_number("entries", size),
				ch_log_text("tile", ch_span_str(path))));
			return CH_E_CONFLICT;
		}
		if (e != CH_E_ABSENT)
			return e;
	}
	return CH_OK;
}

ch_err ch_guard_size(const struct ch_guard *g, struct ch_store *store)
{
	struct ch_row_tree t;
	ch_err e = ch_store_tree(&t, store);

	if (e != CH_OK && e != CH_E_ABSENT)
		return e;
	for (size_t i = 0; i <= CH_WITNESSES_MAX; i++) {
		if (g->seen[i].n == 0 || g->seen[i].size <= t.size)
			continue;
		ch_log(CH_LOG_ERROR, "behind", "this register signed more than the database holds",
		    CH_LOG_WITH(ch_log_number("entries", t.size),
			ch_log_number("signed", g->seen[i].size)));
		return CH_E_CONFLICT;
	}
	return tile_beyond(g->folder, t.size);
}

ch_err ch_guard_judge(struct ch_register *log, ch_span in)
{
	ch_checkpoint cp;
	ch_hash root;
	ch_err e;

	if (open_seen(&cp, log->folder, in) != CH_OK)
		return CH_E_ABSENT;
	if (cp.size > log->done.size)
		return CH_E_CONFLICT;
	if ((e = ch_register_root(&root, log, cp.size)) != CH_OK)
		return e;
	return ch_hash_eq(&root, &cp.root) ? CH_OK : CH_E_CONFLICT;
}

ch_err ch_guard_roots(const struct ch_guard *g, struct ch_register *log)
{
	for (size_t i = 0; i <= CH_WITNESSES_MAX; i++) {
		const struct ch_guard_seen *s = &g->seen[i];
		ch_err e = s->n ? ch_guard_judge(log, ch_span_of(s->note, s->n)) : CH_OK;

		if (e == CH_E_CONFLICT)
			ch_log(CH_LOG_ERROR, "other-root", "another root was signed for this size",
			    CH_LOG_WITH(ch_log_number("entries", s->size)));
		if (e != CH_OK)
			return e;
	}
	return CH_OK;
}

ch_err ch_guard_alarm(const struct ch_folder *f, ch_span note)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/alarm", f->dir);

	return e == CH_OK ? ch_file_write(path, note, 0600) : e;
}
