/*
 * Filling the search: the worker, with a second hand where there is a core for it, opens papers,
 * newest first, and puts their words into the database. Each job has papers of one talks, lasts
 * half a second at most, so that nobody waits for it, and stops when the home is locked.
 */
#include <stdatomic.h>
#include <stdio.h>

#include "clock.h"
#include "search.h"
#include "thread.h"

#define PIECE    500u  /* papers a job is given */
#define PIECE_MS 500u
#define HANDS_MAX 2u
#define ABOUT_MAX 2048u

/* Kept beside the home: home->beside. Released by the page's thread alone. */
struct search {
	struct ch_search_db *db;
	unsigned held;             /* by the home and by jobs */
	_Atomic bool closing;
	const struct ch_index *seen; /* of which all is in, or left */
	uint64_t seen_ms;
	size_t n_left;
	bool failed;               /* no memory for it: not tried again until unlocked anew */
};

static void let_go(struct search *s)
{
	if (--s->held > 0)
		return;
	ch_search_db_free(s->db);
	ch_free(s, sizeof *s);
}

static void close_search(void *beside)
{
	struct search *s = beside;

	s->closing = true;
	let_go(s);
}

static struct search *search_of(struct ch_desk_home *h)
{
	struct search *s = h->beside;

	if (s || !h->home.unlocked)
		return s;
	s = ch_alloc(sizeof *s);
	if (!s)
		return NULL;
	s->held = 1;
	s->failed = ch_search_db_new(&s->db) != CH_OK;
	h->beside = s;
	h->beside_free = close_search;
	return s;
}

struct ch_search_db *ch_search_of(struct ch_desk_home *h)
{
	struct search *s = search_of(h);

	return s && !s->failed ? s->db : NULL;
}

size_t ch_search_left(const struct ch_desk_home *h)
{
	const struct search *s = h->beside;
	size_t looking = h->index ? h->index->n_left : 1;

	return looking + (s ? s->n_left : 1);
}

/* ---- the job ---- */

struct todo {
	const char *folder, *subject, *about;
	bool has_text;
};

struct fill {
	struct search *s;
	struct ch_arena arena;
	struct todo *todo;
	size_t n;
	uint64_t end_ms;
	bool ran;
	_Atomic size_t next;
	_Atomic ch_err err; /* the first that stops all hands */
};

/* A paper that does not open is found by its cover; its own page says what is wrong. */
static ch_err take_in(const struct ch_job *j, const struct todo *t)
{
	const struct fill *a = j->arg;
	ch_search_doc doc = { .talks = j->talks.name, .folder = t->folder, .subject = t->subject,
		.about = t->about, .has_text = t->has_text };
	struct ch_dossier d = { 0 };
	struct ch_reading r = { 0 };
	ch_err e;

	if (t->has_text &&
	    ch_dossier_glance(&d, &j->home, &j->talks, ch_span_str(t->folder)) == CH_OK &&
	    ch_reading_open_texts(&r, &d) == CH_OK)
		doc.text = r.paper->body;
	e = ch_search_db_put(a->s->db, &doc);
	ch_reading_close(&r);
	ch_dossier_close(&d);
	return e;
}

static void hand(void *ctx, unsigned i)
{
	const struct ch_job *j = ctx;
	struct fill *a = j->arg;

	(void)i;
	while (!a->s->closing && a->err == CH_OK && ch_clock_ms() < a->end_ms) {
		size_t at = atomic_fetch_add(&a->next, 1);
		ch_err e;

		if (at >= a->n)
			return;
		e = take_in(j, &a->todo[at]);
		if (e != CH_OK)
			a->err = e;
	}
}

static ch_err fill_run(struct ch_job *j)
{
	struct fill *a = j->arg;
	unsigned cores = ch_thread_cores();
	ch_err e;

	a->ran = true;
	a->end_ms = ch_clock_ms() + PIECE_MS;
	ch_search_db_begin(a->s->db);
	ch_thread_crew(hand, j, cores < HANDS_MAX ? cores : HANDS_MAX);
	e = ch_search_db_end(a->s->db);
	return a->err == CH_OK ? e : a->err;
}

static void fill_end(struct ch_job *j)
{
	struct fill *a = j->arg;

	if (a->ran) {
		a->s->failed = j->err != CH_OK;
		a->s->seen = NULL; /* go on at once */
	}
	let_go(a->s);
	ch_arena_deinit(&a->arena);
}

static const ch_job_kind fill_kind = {
	.title = CH_M_JOB_LOOK, .done = CH_M_JOB_LOOK,
	.wants = CH_JOB_UNLOCKED | CH_JOB_TALKS | CH_JOB_BACKGROUND,
	.arg_size = sizeof(struct fill), .run = fill_run, .end = fill_end,
};

/* ---- what is missing ---- */

static bool is_readable(const ch_row *r)
{
	return r->hold == CH_HOLD_WHOLE && (r->ours || r->standing == CH_STANDING_SIGNED ||
	    r->standing == CH_STANDING_OPENED);
}

static bool is_missing(struct search *s, const char *talks, const ch_row *r)
{
	bool has_text;

	return !ch_search_db_has(&has_text, s->db, talks, r->folder) ||
	    (is_readable(r) && !has_text);
}

static void add_todo(struct fill *a, const ch_row *r)
{
	struct ch_arena *m = &a->arena;
	struct todo *t = &a->todo[a->n];
	char about[ABOUT_MAX];

	(void)snprintf(about, sizeof about, "%s %s %s %s", r->number, r->party, r->re, r->caveat);
	t->folder = (const char *)ch_arena_copy(m, ch_span_str(r->folder)).p;
	t->subject = (const char *)ch_arena_copy(m, ch_span_str(r->subject)).p;
	t->about = (const char *)ch_arena_copy(m, ch_span_str(about)).p;
	t->has_text = is_readable(r);
	a->n += t->folder && t->subject && t->about;
}

/* Up to PIECE of them, of one talks, the newest first; how many there are in all. */
static size_t missing(struct ch_job *j, const struct ch_index *x, struct search *s)
{
	struct fill *a = j->arg;
	size_t n = 0;

	for (size_t k = 0; k < x->n_talks; k++) {
		const ch_row_talks *t = &x->talks[k];
		bool ours = a->n == 0 && strlen(t->name) < sizeof j->talks_name;

		for (size_t i = t->n; i > 0; i--) {
			const ch_row *r = &x->row[t->first + i - 1];

			if (!is_missing(s, t->name, r))
				continue;
			n++;
			if (ours && a->n < PIECE)
				add_todo(a, r);
		}
		if (ours && a->n > 0)
			memcpy(j->talks_name, t->name, strlen(t->name) + 1);
	}
	return n;
}

void ch_search_fill(struct ch_desk_home *h)
{
	struct search *s = search_of(h);
	struct ch_job *j;
	struct fill *a;

	if (!s || s->failed || !h->index || h->index->n_left > 0 ||
	    (s->seen == h->index && s->seen_ms == h->looked_ms) ||
	    ch_job_is_under_way(h, &fill_kind))
		return;
	j = ch_job_new(h, &fill_kind);
	if (!j)
		return;
	a = j->arg;
	ch_arena_init(&a->arena, (size_t)16 << 20);
	a->todo = ch_arena_alloc(&a->arena, PIECE * sizeof *a->todo);
	s->n_left = a->todo ? missing(j, h->index, s) : 0;
	s->seen = h->index;
	s->seen_ms = h->looked_ms;
	if (a->n == 0) {
		ch_arena_deinit(&a->arena);
		ch_job_free(j);
		return;
	}
	a->s = s;
	s->held++;
	(void)ch_job_start(j);
}
