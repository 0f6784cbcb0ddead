/* Files of sorted keys: see seen_run.h. */
#include "seen_run.h"

static size_t fences(uint64_t n)
{
	return (size_t)((n + CH_SEEN_BLOCK - 1) / CH_SEEN_BLOCK);
}

ch_err ch_seen_run_path(char out[CH_PATH_MAX], const char *dir, uint64_t first, uint64_t n)
{
	return ch_path(out, "%s/%llu-%llu", dir, (unsigned long long)first,
	    (unsigned long long)n);
}

/* A run with room for its fence; the file is not yet open. */
static ch_err make(struct ch_seen_run *run, uint64_t first, uint64_t n)
{
	*run = (struct ch_seen_run){ .first = first, .n = n };
	if (n == 0 || n > CH_SEEN_RUN_MAX)
		return CH_E_FORMAT;
	run->fence = ch_alloc_array(fences(n), sizeof *run->fence);
	return run->fence ? CH_OK : CH_E_NOMEM;
}

void ch_seen_run_close(struct ch_seen_run *run)
{
	ch_infile_close(&run->file);
	if (run->fence)
		ch_free(run->fence, fences(run->n) * sizeof *run->fence);
	*run = (struct ch_seen_run){ 0 };
}

/* ---- writing ---- */

ch_err ch_seen_out_begin(struct ch_seen_out *o, const char *dir, uint64_t first, uint64_t n)
{
	char path[CH_PATH_MAX];
	ch_err e;

	memset(o, 0, sizeof *o);
	ch_sha256_init(&o->sum);
	o->w = ch_wr_of(o->room, sizeof o->room);
	if ((e = make(&o->run, first, n)) != CH_OK ||
	    (e = ch_seen_run_path(path, dir, first, n)) != CH_OK)
		return e;
	return ch_outfile_open(&o->file, path, 0600);
}

static ch_err drain(struct ch_seen_out *o)
{
	ch_span s = ch_wr_span(&o->w);

	ch_sha256_update(&o->sum, s);
	o->w.n = 0;
	return s.n ? ch_outfile_write(&o->file, s) : CH_OK;
}

ch_err ch_seen_out_put(struct ch_seen_out *o, const ch_seen_record *r)
{
	ch_err e;

	CH_ASSERT(o->got < o->run.n && r->key >= o->last);
	if (o->got % CH_SEEN_BLOCK == 0) {
		if ((e = drain(o)) != CH_OK)
			return e;
		o->run.fence[o->got / CH_SEEN_BLOCK] = r->key;
	}
	ch_wr_be64(&o->w, r->key);
	ch_wr_be32(&o->w, r->off);
	o->last = r->key;
	o->got++;
	return o->w.err;
}

ch_err ch_seen_out_end(struct ch_seen_run *run, struct ch_seen_out *o)
{
	ch_hash sum;
	ch_err e = drain(o);

	CH_ASSERT(o->got == o->run.n);
	ch_sha256_final(&o->sum, &sum);
	if (e != CH_OK || (e = ch_outfile_write(&o->file, ch_span_of(sum.b, 32))) != CH_OK ||
	    (e = ch_outfile_lay(&o->file)) != CH_OK ||
	    (e = ch_outfile_name(&o->file)) != CH_OK ||
	    (e = ch_infile_open(&o->run.file, o->file.path)) != CH_OK)
		return e;
	*run = o->run;
	o->run = (struct ch_seen_run){ 0 }; /* moved */
	return CH_OK;
}

void ch_seen_out_abort(struct ch_seen_out *o)
{
	ch_outfile_abort(&o->file);
	ch_seen_run_close(&o->run);
}

/* ---- reading through ---- */

void ch_seen_in_open(struct ch_seen_in *in, const char *dir, uint64_t first, uint64_t n)
{
	char path[CH_PATH_MAX];

	memset(in, 0, sizeof *in);
	ch_sha256_init(&in->sum);
	in->left = n;
	if ((in->err = ch_seen_run_path(path, dir, first, n)) == CH_OK &&
	    (in->err = ch_infile_open(&in->file, path)) == CH_OK &&
	    (n > CH_SEEN_RUN_MAX || in->file.size != n * CH_SEEN_RECORD + sizeof(ch_hash)))
		in->err = CH_E_FORMAT;
}

/* Some more bytes, at most a block. */
static ch_err more(struct ch_seen_in *in)
{
	size_t want = sizeof in->room, n;
	ch_err e;

	if (in->left < CH_SEEN_BLOCK)
		want = (size_t)in->left * CH_SEEN_RECORD;
	if ((e = ch_infile_read(in->room, &n, &in->file, want)) != CH_OK)
		return e;
	in->r = ch_rd_of(ch_span_of(in->room, n));
	ch_sha256_update(&in->sum, in->r.in);
	return n == want ? CH_OK : CH_E_FORMAT;
}

static ch_err check_sum(struct ch_seen_in *in)
{
	ch_hash sum, said;
	size_t n;
	ch_err e = ch_infile_read(said.b, &n, &in->file, sizeof said.b);

	ch_sha256_final(&in->sum, &sum);
	if (e != CH_OK)
		return e;
	return n == sizeof said.b && ch_hash_eq(&sum, &said) ? CH_OK : CH_E_FORMAT;
}

bool ch_seen_in_next(struct ch_seen_in *in)
{
	uint64_t last = in->now.key;

	if (in->err != CH_OK || in->left == 0)
		return false;
	if (ch_rd_left(&in->r) == 0 && (in->err = more(in)) != CH_OK)
		return false;
	in->now.key = ch_rd_be64(&in->r);
	in->now.off = ch_rd_be32(&in->r);
	if (in->now.key < last)
		in->err = CH_E_FORMAT;
	if (--in->left == 0 && in->err == CH_OK)
		in->err = check_sum(in);
	return in->err == CH_OK;
}

void ch_seen_in_close(struct ch_seen_in *in)
{
	ch_infile_close(&in->file);
}

static ch_err load(struct ch_seen_run *run, struct ch_seen_in *in,
    void (*on)(void *ctx, uint64_t key), void *ctx)
{
	for (uint64_t i = 0; ch_seen_in_next(in); i++) {
		if (i % CH_SEEN_BLOCK == 0)
			run->fence[i / CH_SEEN_BLOCK] = in->now.key;
		on(ctx, in->now.key);
	}
	return in->err;
}

ch_err ch_seen_run_load(struct ch_seen_run *run, const char *dir, uint64_t first, uint64_t n,
    void (*on)(void *ctx, uint64_t key), void *ctx)
{
	struct ch_seen_in in;
	ch_err e = make(run, first, n);

	if (e == CH_OK) {
		ch_seen_in_open(&in, dir, first, n);
		if ((e = load(run, &in, on, ctx)) == CH_OK)
			run->file = in.file; /* moved */
		else
			ch_seen_in_close(&in);
	}
	if (e != CH_OK)
		ch_seen_run_close(run);
	return e;
}

/* ---- looking up ---- */

/* The first block that may hold the key: the one before the first fence that is not below it, for
 * equal keys may begin there. */
static size_t first_block(const struct ch_seen_run *run, uint64_t key)
{
	size_t lo = 0, hi = fences(run->n);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (run->fence[mid] < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? lo - 1 : 0;
}

static ch_err find_in_block(uint64_t *place, size_t *n, size_t max, struct ch_seen_run *run,
    size_t block, uint64_t key)
{
	uint8_t room[CH_SEEN_BLOCK * CH_SEEN_RECORD];
	uint64_t at = (uint64_t)block * CH_SEEN_BLOCK;
	size_t want = sizeof room, got;
	struct ch_rd r;
	ch_err e;

	if (run->n - at < CH_SEEN_BLOCK)
		want = (size_t)(run->n - at) * CH_SEEN_RECORD;
	if ((e = ch_infile_seek(&run->file, at * CH_SEEN_RECORD)) != CH_OK ||
	    (e = ch_infile_read(room, &got, &run->file, want)) != CH_OK)
		return e;
	if (got != want)
		return CH_E_IO; /* it was longer when it was opened */
	for (r = ch_rd_of(ch_span_of(room, got)); ch_rd_left(&r) > 0;) {
		uint64_t k = ch_rd_be64(&r);
		uint64_t off = ch_rd_be32(&r);

		if (k == key && *n < max)
			place[(*n)++] = run->first + off;
		if (k > key)
			break;
	}
	return CH_OK;
}

ch_err ch_seen_run_find(uint64_t *place, size_t *n, size_t max, struct ch_seen_run *run,
    uint64_t key)
{
	size_t first = first_block(run, key), many = fences(run->n);
	ch_err e;

	for (size_t b = first; b < many && run->fence[b] <= key && *n < max; b++)
		if ((e = find_in_block(place, n, max, run, b, key)) != CH_OK)
			return e;
	return CH_OK;
}
