/* Where a log's files come from and where a copy of them goes. */
#include <stdio.h>

#include "dir.h"
#include "logcheck.h"

#define GET_MS 60000

/* A log's bytes are what was signed: whoever packs them on the way breaks every reader. */
static ch_err coded(const struct ch_log *l, const char *path, struct ch_problem *why)
{
	char before[CH_PATH_MAX + CH_TILE_PATH_MAX + 32];

	(void)snprintf(before, sizeof before, "%s/%s came in the coding ", l->place.at, path);
	return ch_problem_about(why, CH_E_AUTH, before, ch_span_str(l->place.coding), ", which was "
	    "not asked for; whoever serves the log must give its bytes as they are");
}

ch_err ch_log_get(struct ch_log *l, const char *path, struct ch_problem *why)
{
	unsigned status = 0;
	ch_err e;

	if (l->source) {
		ch_buf_reset(&l->body);
		e = l->source(l->source_ctx, &l->body, path);
	} else {
		e = ch_place_get(&l->body, &status, &l->place, path, GET_MS);
	}
	if (e == CH_OK)
		return e;
	if (e == CH_E_ABSENT)
		return ch_problem_set(why, e, "%s/%s is missing", l->place.at, path);
	if (!l->place.remote)
		return ch_problem_set(why, e, "%s/%s could not be read: %s", l->place.at, path,
		    ch_err_text(e));
	if (e == CH_E_FORMAT && status == 200)
		return coded(l, path, why);
	if (e == CH_E_LIMIT)
		return ch_problem_set(why, CH_E_AUTH, "%s/%s is larger than it may be",
		    l->place.at, path);
	if (status)
		return ch_problem_set(why, e, "%s/%s was answered with %u; repeat", l->place.at,
		    path, status);
	return ch_problem_set(why, e, "%s/%s could not be fetched: %s; repeat", l->place.at, path,
	    ch_err_text(e));
}

void ch_log_ahead(struct ch_log *l, const ch_tile *t)
{
	char path[CH_TILE_PATH_MAX + 1] = { 0 };
	struct ch_wr w = ch_wr_of(path, CH_TILE_PATH_MAX);

	ch_tile_put(&w, t);
	if (!l->source && ch_wr_done(&w) == CH_OK)
		ch_place_ahead(&l->place, path,
		    t->entries ? CH_LOG_BUNDLE_MAX : (size_t)CH_TILE_BYTES, GET_MS);
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
