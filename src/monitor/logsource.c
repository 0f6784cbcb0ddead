/* Where a log's files come from and where a copy of them goes. */
#include "dir.h"
#include "logcheck.h"

ch_err ch_log_get(struct ch_log *l, const char *path, struct ch_problem *why)
{
	unsigned status;
	ch_err e = ch_place_get(&l->body, &status, &l->place, path, 60000);

	if (e == CH_OK)
		return e;
	if (e == CH_E_ABSENT)
		return ch_problem_set(why, e, "%s/%s is missing", l->place.at, path);
	if (!l->place.remote)
		return ch_problem_set(why, e, "%s/%s could not be read: %s", l->place.at, path,
		    ch_err_text(e));
	if (e == CH_E_LIMIT)
		return ch_problem_set(why, CH_E_AUTH, "%s/%s is larger than it may be",
		    l->place.at, path);
	if (status)
		return ch_problem_set(why, e, "%s/%s was answered with %u; repeat", l->place.at,
		    path, status);
	return ch_problem_set(why, e, "%s/%s could not be fetched: %s; repeat", l->place.at, path,
	    ch_err_text(e));
}

ch_err ch_log_copy(const struct ch_log *l, const char *path, ch_span bytes,
    struct ch_problem *why)
{
	char file[CH_PATH_MAX];
	ch_err e;

	if (!l->copy)
		return CH_OK;
	e = ch_path(file, "%s/%s", l->copy, path);
	if (e == CH_OK)
		e = ch_dir_make_above(file);
	if (e == CH_OK)
		e = ch_file_write(file, bytes, 0644);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s could not be written: %s", file, ch_err_text(e));
	return CH_OK;
}

#define STATE_HEAD "chancery log state 1\n"

static size_t edge_count(uint64_t size, unsigned level)
{
	return (size_t)((size >> (8 * level)) % CH_TILE_WIDTH);
}

ch_err ch_log_keep(const struct ch_log *l, const char *path, struct ch_problem *why)
{
	struct ch_buf b;
	uint8_t size[8];
	struct ch_wr w = ch_wr_of(size, sizeof size);
	ch_err e;

	ch_wr_be64(&w, l->edge.size);
	ch_buf_init(&b, sizeof l->edge + CH_LOG_NOTE_MAX + 64);
	e = ch_buf_str(&b, STATE_HEAD);
	if (e == CH_OK)
		e = ch_buf_put(&b, ch_span_of(size, sizeof size));
	for (unsigned k = 0; e == CH_OK && k < CH_LOG_LEVELS; k++)
		e = ch_buf_put(&b, ch_span_of(l->edge.h[k], edge_count(l->edge.size, k) * 32));
	if (e == CH_OK)
		e = ch_buf_put(&b, ch_buf_span(&l->note));
	if (e == CH_OK)
		e = ch_file_write(path, ch_buf_span(&b), 0600);
	ch_buf_deinit(&b);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s could not be written: %s; it is as before", path,
		    ch_err_text(e));
	return CH_OK;
}

static ch_err load(struct ch_log *l, ch_span bytes)
{
	struct ch_rd r = ch_rd_of(bytes);
	ch_checkpoint cp;
	ch_hash root;
	ch_note note;
	ch_err e;

	CH_RD_LIT(&r, STATE_HEAD);
	l->edge.size = ch_rd_be64(&r);
	for (unsigned k = 0; k < CH_LOG_LEVELS; k++)
		ch_rd_copy(&r, l->edge.h[k], edge_count(l->edge.size, k) * 32);
	e = ch_buf_put(&l->note, ch_rd_rest(&r));
	if (e == CH_OK)
		e = ch_rd_done(&r);
	if (e == CH_OK)
		e = ch_checkpoint_open(&cp, &note, ch_buf_span(&l->note), &l->key);
	if (e == CH_OK && cp.size != l->edge.size)
		e = CH_E_AUTH;
	if (e == CH_OK)
		e = ch_log_edge_root(&root, &l->edge);
	return e == CH_OK && !ch_hash_eq(&root, &cp.root) ? CH_E_AUTH : e;
}

ch_err ch_log_resume(struct ch_log *l, const char *path, struct ch_problem *why)
{
	struct ch_buf b;
	ch_err e;

	ch_buf_init(&b, sizeof l->edge + CH_LOG_NOTE_MAX + 64);
	e = ch_file_read(&b, path);
	if (e == CH_OK) {
		e = load(l, ch_buf_span(&b));
		if (e != CH_OK && !ch_err_is_fault(e))
			e = CH_E_AUTH;
	} else if (e == CH_E_ABSENT) {
		ch_buf_deinit(&b);
		return CH_OK;
	}
	ch_buf_deinit(&b);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s is damaged, or of another log; nothing was "
		    "changed; name another file to check from the first entry", path);
	return CH_OK;
}
