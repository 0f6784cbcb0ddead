/* The index of older entries: see seen.h. Its thread alone changes the list of runs and the filter,
 * under the monitor; what takes long it does outside, on files and memory of its own. */
#include "seen.h"

#include <stdlib.h>

#include "dec.h"
#include "seen_run.h"
#include "thread.h"
#include "tiler.h"

#define WAYS 4u                    /* runs of one size that are merged */
#define RUNS_MAX 64u
#define MERGED_MAX ((uint64_t)1 << 30)
#define ALIKE_MAX 16u              /* leaves with the same 8 bytes that are looked at */
#define FILES_MAX 4096u
#define AGAIN_MS 200               /* a full disk is asked again */
#define CHUNK 512u                 /* keys that go into the filter under one lock */

/* A filter of blocks of one line of the cache: a key has a bit in each word of its block. */
#define WORDS 8u
#define LG_MIN 10u                 /* blocks: 64 KiB */
#define LG_MAX 18u                 /* 16 MiB */
struct filter {
	uint64_t (*block)[WORDS];
	unsigned lg;
};

struct ch_seen {
	const struct ch_folder *folder; /* borrowed */
	char dir[CH_PATH_MAX];
	struct ch_monitor monitor;
	struct ch_thread thread;
	bool meet;                      /* the monitor is there */
	uint64_t from;                  /* tiles at the start */
	/* Under the monitor: */
	uint64_t tiled;
	bool stop, ready;
	ch_err err;
	/* Written by the thread, under the monitor once `ready`: */
	uint64_t covered;
	struct filter filter;
	unsigned n_run;
	struct ch_seen_run run[RUNS_MAX];
	/* The thread's own: */
	struct ch_seen_out out;
	struct ch_seen_in in[WAYS];
	ch_seen_record step[CH_SEEN_STEP];
};

static uint64_t key_of(const ch_hash *leaf)
{
	struct ch_rd r = ch_rd_of(ch_span_of(leaf->b, sizeof leaf->b));

	return ch_rd_be64(&r);
}

/* ---- the filter ---- */

static ch_err filter_make(struct filter *f, uint64_t n)
{
	f->lg = LG_MIN;
	while (f->lg < LG_MAX && n > ((uint64_t)32 << f->lg)) /* 16 bits a key */
		f->lg++;
	f->block = ch_alloc_array((size_t)1 << f->lg, sizeof *f->block);
	return f->block ? CH_OK : CH_E_NOMEM;
}

static void filter_free(struct filter *f)
{
	if (f->block)
		ch_free(f->block, sizeof *f->block << f->lg);
	*f = (struct filter){ 0 };
}

static uint64_t filter_bit(uint64_t mixed, unsigned word)
{
	return (uint64_t)1 << (mixed >> (6 * word + 16) & 63);
}

static void filter_add(void *ctx, uint64_t key)
{
	struct filter *f = ctx;
	uint64_t *b = f->block[key >> (64 - f->lg)], mixed = key * 0x9e3779b97f4a7c15u;

	for (unsigned i = 0; i < WORDS; i++)
		b[i] |= filter_bit(mixed, i);
}

static bool filter_has(const struct filter *f, uint64_t key)
{
	const uint64_t *b = f->block[key >> (64 - f->lg)], mixed = key * 0x9e3779b97f4a7c15u;
	bool has = true;

	for (unsigned i = 0; i < WORDS && has; i++)
		has = (b[i] & filter_bit(mixed, i)) != 0;
	return has;
}

/* ---- taking up what is there ---- */

static ch_err drop_file(const struct ch_seen *s, const char *name)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/%s", s->dir, name);

	return e == CH_OK ? ch_file_drop(path) : e;
}

struct named {
	uint64_t first, n;
	const char *name;
};

static int named_cmp(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->n > y->n ? -1 : x->n < y->n; /* the larger stands for those it was merged of */
}

static bool parse_name(struct named *out, const char *name)
{
	struct ch_rd r = ch_rd_of(ch_span_str(name));

	out->name = name;
	return ch_dec_parse(&out->first, ch_rd_until(&r, '-'), UINT64_MAX >> 8) == CH_OK &&
	    ch_dec_parse(&out->n, ch_rd_rest(&r), CH_SEEN_RUN_MAX) == CH_OK &&
	    r.err == CH_OK && out->n > 0 && out->n % CH_SEEN_STEP == 0;
}

/* Load those that follow each other from 0 on; the rest is of no use. */
static ch_err load_runs(struct ch_seen *s, const struct named *by, size_t n)
{
	ch_err e = CH_OK;

	for (size_t i = 0; i < n; i++) {
		const struct named *x = &by[i];
		bool fits = x->first == s->covered && x->n <= s->from - s->covered &&
		    s->n_run < RUNS_MAX - 1;

		e = fits ? ch_seen_run_load(&s->run[s->n_run], s->dir, x->first, x->n, filter_add,
			       &s->filter) : CH_E_FORMAT;
		if (e == CH_OK) {
			s->n_run++;
			s->covered += x->n;
		} else if (e != CH_E_FORMAT || (e = drop_file(s, x->name)) != CH_OK) {
			return e;
		}
	}
	return e;
}

static ch_err load_named(struct ch_seen *s, const struct ch_dir *d, struct named *by)
{
	size_t n = 0;
	ch_err e;

	for (size_t i = 0; i < d->n; i++)
		if (parse_name(&by[n], d->names[i]))
			n++;
		else if ((e = drop_file(s, d->names[i])) != CH_OK)
			return e;
	qsort(by, n, sizeof *by, named_cmp);
	if ((e = filter_make(&s->filter, s->from)) != CH_OK)
		return e;
	return load_runs(s, by, n);
}

static void let_go(struct ch_seen *s)
{
	while (s->n_run > 0)
		ch_seen_run_close(&s->run[--s->n_run]);
	filter_free(&s->filter);
	s->covered = 0;
}

static ch_err take_up(struct ch_seen *s)
{
	struct ch_dir d;
	struct named *by;
	ch_err e;

	let_go(s); /* of what an earlier try without memory left */
	if ((e = ch_dir_make(s->dir)) != CH_OK || (e = ch_dir_sweep(s->dir)) != CH_OK ||
	    (e = ch_dir_list(&d, s->dir, FILES_MAX)) != CH_OK)
		return e;
	if ((by = ch_alloc_array(d.n + 1, sizeof *by))) {
		e = load_named(s, &d, by);
		ch_free(by, (d.n + 1) * sizeof *by);
	} else {
		e = CH_E_NOMEM;
	}
	ch_dir_deinit(&d);
	return e;
}

/* ---- growing ---- */

static int record_cmp(const void *a, const void *b)
{
	const ch_seen_record *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->off < y->off ? -1 : x->off > y->off;
}

/* The keys of the next leaves, from their tiles, sorted. */
static ch_err read_step(struct ch_seen *s)
{
	ch_tile t = { .width = CH_TILE_WIDTH, .index = s->covered / CH_TILE_WIDTH };
	uint8_t tile[CH_TILE_BYTES];
	char path[CH_PATH_MAX];
	struct ch_rd r;
	size_t n;
	ch_err e;

	for (uint32_t i = 0; i < CH_SEEN_STEP; t.index++) {
		if ((e = ch_tile_file(path, s->folder, &t)) != CH_OK ||
		    (e = ch_file_read_into(tile, &n, sizeof tile, path)) != CH_OK)
			return e;
		if (n != sizeof tile)
			return CH_E_FORMAT;
		for (r = ch_rd_of(ch_span_of(tile, n)); ch_rd_left(&r) > 0; i++) {
			s->step[i] = (ch_seen_record){ .key = ch_rd_be64(&r), .off = i };
			(void)ch_rd_take(&r, sizeof(ch_hash) - sizeof s->step[i].key);
		}
	}
	qsort(s->step, CH_SEEN_STEP, sizeof *s->step, record_cmp);
	return CH_OK;
}

/* A filter twice as large, filled again from the runs, once the old one is crowded. */
static ch_err widen(struct ch_seen *s)
{
	struct filter f = { 0 }, old = s->filter;
	ch_err e;

	if (old.lg == LG_MAX || s->covered + CH_SEEN_STEP <= (uint64_t)32 << old.lg)
		return CH_OK;
	if ((e = filter_make(&f, s->covered * 2)) != CH_OK)
		return e;
	for (unsigned i = 0; i < s->n_run; i++) {
		struct ch_seen_in *in = &s->in[0];

		ch_seen_in_open(in, s->dir, s->run[i].first, s->run[i].n);
		while (ch_seen_in_next(in))
			filter_add(&f, in->now.key);
		e = in->err;
		ch_seen_in_close(in);
		if (e != CH_OK) {
			filter_free(&f);
			return e;
		}
	}
	ch_monitor_enter(&s->monitor);
	s->filter = f;
	ch_monitor_leave(&s->monitor);
	filter_free(&old);
	return CH_OK;
}

/* Into the filter in pieces, so that an append never waits long; found once the run is there. */
static void add_run(struct ch_seen *s, const struct ch_seen_run *run)
{
	for (unsigned i = 0; i < CH_SEEN_STEP; i += CHUNK) {
		ch_monitor_enter(&s->monitor);
		for (unsigned j = i; j < i + CHUNK; j++)
			filter_add(&s->filter, s->step[j].key);
		ch_monitor_leave(&s->monitor);
	}
	ch_monitor_enter(&s->monitor);
	s->run[s->n_run++] = *run;
	s->covered += CH_SEEN_STEP;
	ch_monitor_leave(&s->monitor);
}

static ch_err step(struct ch_seen *s)
{
	struct ch_seen_run run;
	ch_err e;

	if ((e = widen(s)) != CH_OK || (e = read_step(s)) != CH_OK)
		return e;
	e = ch_seen_out_begin(&s->out, s->dir, s->covered, CH_SEEN_STEP);
	for (unsigned i = 0; e == CH_OK && i < CH_SEEN_STEP; i++)
		e = ch_seen_out_put(&s->out, &s->step[i]);
	if (e == CH_OK)
		e = ch_seen_out_end(&run, &s->out);
	ch_seen_out_abort(&s->out);
	if (e == CH_OK)
		add_run(s, &run);
	return e;
}

/* ---- merging ---- */

static bool is_due(const struct ch_seen *s)
{
	uint64_t n;

	if (s->n_run < WAYS || (n = s->run[s->n_run - 1].n) >= MERGED_MAX)
		return false;
	for (unsigned i = 2; i <= WAYS; i++)
		if (s->run[s->n_run - i].n != n)
			return false;
	return true;
}

/* The smallest of those that have one left, or NULL. */
static struct ch_seen_in *smallest(struct ch_seen_in in[WAYS], const bool has[WAYS])
{
	struct ch_seen_in *least = NULL;

	for (unsigned i = 0; i < WAYS; i++)
		if (has[i] && (!least || in[i].now.key < least->now.key))
			least = &in[i];
	return least;
}

static ch_err merge_into(struct ch_seen *s, const struct ch_seen_run *from)
{
	struct ch_seen_in *in;
	bool has[WAYS];
	ch_err e = CH_OK;

	for (unsigned i = 0; i < WAYS; i++)
		has[i] = ch_seen_in_next(&s->in[i]);
	while (e == CH_OK && (in = smallest(s->in, has))) {
		unsigned i = (unsigned)(in - s->in);
		ch_seen_record r = in->now;

		r.off += (uint32_t)(from[i].first - from[0].first);
		has[i] = ch_seen_in_next(in);
		e = in->err == CH_OK ? ch_seen_out_put(&s->out, &r) : in->err;
	}
	for (unsigned i = 0; i < WAYS && e == CH_OK; i++)
		e = s->in[i].err;
	return e;
}

/* The larger run takes the place of those it was made of, and their files go. */
static ch_err replace(struct ch_seen *s, const struct ch_seen_run *run)
{
	struct ch_seen_run old[WAYS];
	char path[CH_PATH_MAX];
	ch_err e = CH_OK, one;

	ch_monitor_enter(&s->monitor);
	s->n_run -= WAYS;
	for (unsigned i = 0; i < WAYS; i++)
		old[i] = s->run[s->n_run + i];
	s->run[s->n_run++] = *run;
	ch_monitor_leave(&s->monitor);
	for (unsigned i = 0; i < WAYS; i++) {
		if ((one = ch_seen_run_path(path, s->dir, old[i].first, old[i].n)) != CH_OK ||
		    (one = ch_file_drop(path)) != CH_OK)
			e = one;
		ch_seen_run_close(&old[i]);
	}
	return e;
}

static ch_err merge(struct ch_seen *s)
{
	const struct ch_seen_run *from = &s->run[s->n_run - WAYS];
	struct ch_seen_run run;
	ch_err e = ch_seen_out_begin(&s->out, s->dir, from[0].first, from[0].n * WAYS);

	for (unsigned i = 0; i < WAYS; i++)
		ch_seen_in_open(&s->in[i], s->dir, from[i].first, from[i].n);
	if (e == CH_OK && (e = merge_into(s, from)) == CH_OK)
		e = ch_seen_out_end(&run, &s->out);
	for (unsigned i = 0; i < WAYS; i++)
		ch_seen_in_close(&s->in[i]);
	ch_seen_out_abort(&s->out);
	return e == CH_OK ? replace(s, &run) : e;
}

/* ---- the thread ---- */

static bool is_passing(ch_err e)
{
	return e == CH_E_FULL || e == CH_E_NOMEM;
}

/* Outside the monitor. */
static ch_err work_once(struct ch_seen *s, bool ready, bool due)
{
	ch_err e = !ready ? take_up(s) : due ? merge(s) : step(s);

	if (!is_passing(e))
		return e;
	ch_thread_rest(AGAIN_MS);
	return CH_OK;
}

static void work(void *ctx)
{
	struct ch_seen *s = ctx;

	ch_monitor_enter(&s->monitor);
	while (!s->stop && s->err == CH_OK) {
		bool ready = s->ready, due = is_due(s);
		ch_err e;

		if (ready && !due && s->tiled - s->covered < CH_SEEN_STEP) {
			ch_monitor_wait(&s->monitor);
			continue;
		}
		ch_monitor_leave(&s->monitor);
		e = work_once(s, ready, due);
		ch_monitor_enter(&s->monitor);
		s->err = e;
		s->ready = ready || (e == CH_OK && s->filter.block);
	}
	ch_monitor_leave(&s->monitor);
}

ch_err ch_seen_open(struct ch_seen **out, const struct ch_folder *folder, uint64_t tiled)
{
	struct ch_seen *s = *out = ch_alloc(sizeof *s);
	ch_err e;

	if (!s)
		return CH_E_NOMEM;
	s->folder = folder;
	s->from = s->tiled = tiled;
	if ((e = ch_path(s->dir, "%s/seen", folder->dir)) == CH_OK &&
	    (e = ch_monitor_init(&s->monitor)) == CH_OK) {
		s->meet = true;
		e = ch_thread_start(&s->thread, work, s);
	}
	if (e != CH_OK) {
		ch_seen_close(s);
		*out = NULL;
	}
	return e;
}

void ch_seen_close(struct ch_seen *s)
{
	if (!s)
		return;
	if (s->meet) {
		ch_monitor_enter(&s->monitor);
		s->stop = true;
		ch_monitor_ring(&s->monitor);
		ch_monitor_leave(&s->monitor);
		ch_thread_join(&s->thread);
		ch_monitor_deinit(&s->monitor);
	}
	let_go(s);
	ch_free(s, sizeof *s);
}

ch_err ch_seen_tell(uint64_t *covered, struct ch_seen *s, uint64_t tiled)
{
	ch_err e;

	ch_monitor_enter(&s->monitor);
	if (s->ready && tiled > s->tiled && tiled - s->covered >= CH_SEEN_STEP)
		ch_monitor_ring(&s->monitor);
	s->tiled = tiled;
	if (covered)
		*covered = s->ready ? s->covered : 0;
	e = s->err;
	ch_monitor_leave(&s->monitor);
	return e;
}

/* ---- finding ---- */

/* Whether the tile has this leaf at that place. */
static ch_err compare(bool *same, const struct ch_seen *s, uint64_t index, const ch_hash *leaf)
{
	ch_tile t = { .width = CH_TILE_WIDTH, .index = index / CH_TILE_WIDTH };
	struct ch_infile f;
	char path[CH_PATH_MAX];
	ch_hash there;
	size_t n = 0;
	ch_err e;

	*same = false;
	if ((e = ch_tile_file(path, s->folder, &t)) != CH_OK)
		return e;
	if ((e = ch_infile_open(&f, path)) != CH_OK)
		return e == CH_E_ABSENT ? CH_E_CONFLICT : e;
	if ((e = ch_infile_seek(&f, index % CH_TILE_WIDTH * sizeof there)) == CH_OK)
		e = ch_infile_read(there.b, &n, &f, sizeof there);
	ch_infile_close(&f);
	*same = e == CH_OK && n == sizeof there && ch_hash_eq(&there, leaf);
	return e;
}

static ch_err find(bool *found, uint64_t *index, struct ch_seen *s, const ch_hash *leaf)
{
	uint64_t key = key_of(leaf), place[ALIKE_MAX];
	size_t n = 0;
	ch_err e = CH_OK;

	if (!s->ready || !filter_has(&s->filter, key))
		return CH_OK;
	for (unsigned i = 0; i < s->n_run && e == CH_OK; i++)
		e = ch_seen_run_find(place, &n, ALIKE_MAX, &s->run[i], key);
	for (size_t i = 0; i < n && e == CH_OK && !*found; i++) {
		e = compare(found, s, place[i], leaf);
		*index = place[i];
	}
	return e;
}

ch_err ch_seen_find(bool *found, uint64_t *index, struct ch_seen *s, const ch_hash *leaf)
{
	ch_err e;

	*found = false;
	*index = 0;
	ch_monitor_enter(&s->monitor);
	e = find(found, index, s, leaf);
	ch_monitor_leave(&s->monitor);
	if (!*found)
		*index = 0;
	return e;
}
