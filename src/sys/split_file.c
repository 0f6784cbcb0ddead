/* See split_file.h. */
#include "split_file.h"

#include "file.h"

struct making {
	struct ch_split_work work;
	uint8_t file[CH_SPLIT_MAX];
};

ch_err ch_split_file(const char *path, const ch_vkey *log, ch_span a, ch_span b,
    ch_merkle_fetch fetch, void *ctx)
{
	struct making *m = ch_alloc(sizeof *m);
	struct ch_wr w = ch_wr_of(m ? m->file : NULL, m ? sizeof m->file : 0);
	ch_err e = m ? ch_split_put(&w, &m->work, log, a, b, fetch, ctx) : CH_E_NOMEM;

	if (e == CH_OK)
		e = ch_file_create(path, ch_wr_span(&w), 0600);
	ch_free(m, sizeof *m);
	return e == CH_E_CONFLICT ? CH_OK : e;
}
