/*
 * Files that say how far a log was checked. Trusts nothing in them: a state must lead to the
 * checkpoint in it, signed by the log; a part of an audit leads nowhere yet, so it bears its own
 * hash, and the root at the end of the audit covers it.
 */
#include "logcheck.h"

#define STATE_HEAD "chancery log state 1\n"
#define PART_HEAD "chancery log audit 1\n"

static size_t edge_count(uint64_t size, unsigned level)
{
	return (size_t)((size >> (8 * level)) % CH_TILE_WIDTH);
}

static void put_edge(struct ch_wr *w, const struct ch_log_edge *edge)
{
	ch_wr_be64(w, edge->size);
	for (unsigned k = 0; k < CH_LOG_LEVELS; k++)
		ch_wr_put(w, ch_span_of(edge->h[k], edge_count(edge->size, k) * 32));
}

static void take_edge(struct ch_log_edge *edge, struct ch_rd *r)
{
	edge->size = ch_rd_be64(r);
	for (unsigned k = 0; k < CH_LOG_LEVELS; k++)
		ch_rd_copy(r, edge->h[k], edge_count(edge->size, k) * 32);
}

void ch_log_state_put(struct ch_wr *w, const struct ch_log_edge *edge, ch_span note)
{
	CH_WR_LIT(w, STATE_HEAD);
	put_edge(w, edge);
	ch_wr_put(w, note);
}

ch_err ch_log_state_take(struct ch_log_edge *edge, ch_span *note, ch_span in)
{
	struct ch_rd r = ch_rd_of(in);
	ch_err e;

	memset(edge, 0, sizeof *edge);
	CH_RD_LIT(&r, STATE_HEAD);
	take_edge(edge, &r);
	*note = ch_rd_rest(&r);
	ch_rd_need(&r, note->n <= CH_LOG_NOTE_MAX, CH_E_LIMIT);
	e = ch_rd_done(&r);
	if (e != CH_OK) {
		memset(edge, 0, sizeof *edge);
		*note = (ch_span){ 0 };
	}
	return e;
}

/* Head, edge, whose log, and the hash of all that. */
static void sum_of(ch_hash *out, const struct ch_log_edge *edge, const ch_hash *log)
{
	uint8_t size[8];
	struct ch_wr w = ch_wr_of(size, sizeof size);
	struct ch_sha256 sha;

	ch_wr_be64(&w, edge->size);
	ch_sha256_init(&sha);
	ch_sha256_update(&sha, CH_LIT(PART_HEAD));
	ch_sha256_update(&sha, ch_wr_span(&w));
	for (unsigned k = 0; k < CH_LOG_LEVELS; k++)
		ch_sha256_update(&sha, ch_span_of(edge->h[k], edge_count(edge->size, k) * 32));
	ch_sha256_update(&sha, ch_span_of(log->b, sizeof log->b));
	ch_sha256_final(&sha, out);
}

void ch_log_part_put(struct ch_wr *w, const struct ch_log_edge *edge, const ch_hash *log)
{
	ch_hash sum;

	sum_of(&sum, edge, log);
	CH_WR_LIT(w, PART_HEAD);
	put_edge(w, edge);
	ch_wr_put(w, ch_span_of(log->b, sizeof log->b));
	ch_wr_put(w, ch_span_of(sum.b, sizeof sum.b));
}

ch_err ch_log_part_take(struct ch_log_edge *edge, ch_span in, const ch_hash *log)
{
	struct ch_rd r = ch_rd_of(in);
	ch_hash whose, said, sum;
	ch_err e;

	memset(edge, 0, sizeof *edge);
	CH_RD_LIT(&r, PART_HEAD);
	take_edge(edge, &r);
	ch_rd_copy(&r, whose.b, sizeof whose.b);
	ch_rd_copy(&r, said.b, sizeof said.b);
	e = ch_rd_done(&r);
	sum_of(&sum, edge, log);
	if (e == CH_OK && (!ch_hash_eq(&whose, log) || !ch_hash_eq(&said, &sum)))
		e = CH_E_AUTH;
	if (e != CH_OK)
		memset(edge, 0, sizeof *edge);
	return e;
}

/* ---- on the disk ---- */

#define FILE_MAX (sizeof(struct ch_log_edge) + CH_LOG_NOTE_MAX + 128)

static ch_hash key_hash(const struct ch_log *l)
{
	uint8_t text[CH_VKEY_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_hash h;

	ch_vkey_put(&w, &l->key);
	ch_sha256(&h, ch_wr_span(&w));
	return h;
}

static ch_err keep(const struct ch_log *l, const char *path, bool part, struct ch_problem *why)
{
	struct ch_buf b;
	ch_hash whose = key_hash(l);
	struct ch_wr w = { 0 };
	uint8_t *at;
	ch_err e;

	ch_buf_init(&b, FILE_MAX);
	e = ch_buf_reserve(&at, &b, FILE_MAX);
	if (e == CH_OK) {
		w = ch_wr_of(at, FILE_MAX);
		if (part)
			ch_log_part_put(&w, &l->next, &whose);
		else
			ch_log_state_put(&w, &l->edge, ch_buf_span(&l->note));
		e = ch_wr_done(&w);
	}
	if (e == CH_OK)
		e = ch_file_write(path, ch_wr_span(&w), 0600);
	ch_buf_deinit(&b);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s could not be written: %s; it is as before", path,
		    ch_err_text(e));
	return CH_OK;
}

ch_err ch_log_keep(const struct ch_log *l, const char *path, struct ch_problem *why)
{
	return keep(l, path, false, why);
}

ch_err ch_log_keep_part(const struct ch_log *l, const char *path, struct ch_problem *why)
{
	return keep(l, path, true, why);
}

static ch_err load(struct ch_log *l, ch_span bytes)
{
	ch_checkpoint cp;
	ch_hash root;
	ch_note note;
	ch_span text;
	ch_err e = ch_log_state_take(&l->edge, &text, bytes);

	if (e == CH_OK)
		e = ch_buf_put(&l->note, text);
	if (e == CH_OK)
		e = ch_checkpoint_open(&cp, &note, ch_buf_span(&l->note), &l->key);
	if (e == CH_OK && cp.size != l->edge.size)
		e = CH_E_AUTH;
	if (e == CH_OK)
		e = ch_log_edge_root(&root, &l->edge);
	return e == CH_OK && !ch_hash_eq(&root, &cp.root) ? CH_E_AUTH : e;
}

static ch_err resume(struct ch_log *l, const char *path, bool part, struct ch_problem *why)
{
	ch_hash whose = key_hash(l);
	struct ch_buf b;
	ch_err e;

	ch_buf_init(&b, FILE_MAX);
	e = ch_file_read(&b, path);
	if (e == CH_OK) {
		e = part ? ch_log_part_take(&l->edge, ch_buf_span(&b), &whose)
			 : load(l, ch_buf_span(&b));
		if (e != CH_OK && !ch_err_is_fault(e))
			e = CH_E_AUTH;
	} else if (e == CH_E_ABSENT) {
		e = CH_OK;
	}
	ch_buf_deinit(&b);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s is damaged, or of another log; nothing was "
		    "changed; name another file to check from the first entry", path);
	return CH_OK;
}

ch_err ch_log_resume(struct ch_log *l, const char *path, struct ch_problem *why)
{
	return resume(l, path, false, why);
}

ch_err ch_log_resume_part(struct ch_log *l, const char *path, struct ch_problem *why)
{
	return resume(l, path, true, why);
}
