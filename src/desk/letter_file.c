/* The bytes of an attachment: of a plain file, or of a draft's, opened by the archive key while it
 * flows. Constant memory; a chunk is handed on only once it was verified. */
#include "letter.h"

#include "seal_sink.h"

#define PIECE ((size_t)64 << 10)

static ch_err pump(struct ch_infile *f, ch_emit emit, void *ctx)
{
	uint8_t *piece = ch_alloc(PIECE);
	size_t n = PIECE;
	ch_err e = piece ? CH_OK : CH_E_NOMEM;

	while (e == CH_OK && n == PIECE) {
		e = ch_infile_read(piece, &n, f, PIECE);
		if (e == CH_OK && n > 0)
			e = emit(ctx, ch_span_of(piece, n));
	}
	ch_free(piece, PIECE);
	return e;
}

static ch_err through(struct ch_infile *f, const struct ch_age_identity *ids, size_t n_ids,
    ch_emit emit, void *ctx)
{
	const struct ch_open_keys keys = { .ids = ids, .n_ids = n_ids };
	struct ch_open_sink *s = ch_alloc(sizeof *s);
	ch_err e = s ? ch_open_sink_init(s, emit, ctx, &keys) : CH_E_NOMEM;

	if (e == CH_OK) {
		e = pump(f, ch_open_sink_emit, s);
		if (e == CH_OK)
			e = ch_open_sink_finish(s);
		ch_open_sink_deinit(s);
	}
	ch_free(s, sizeof *s);
	return e;
}

/* By the archive key of now; what is older, by one of those before. */
static ch_err opened(struct ch_infile *f, const struct ch_home_keys *k, ch_emit emit, void *ctx)
{
	ch_err e = through(f, &k->archive, 1, emit, ctx);

	if (e != CH_E_ABSENT || k->n_archives == 0)
		return e;
	e = ch_infile_seek(f, 0);
	return e == CH_OK ? through(f, k->archives, k->n_archives, emit, ctx) : e;
}

ch_err ch_letter_file(const struct ch_letter *l, uint32_t i, ch_emit emit, void *ctx)
{
	struct ch_infile f = { 0 };
	ch_err e = ch_infile_open(&f, l->ask->attach[i]);

	if (e == CH_OK)
		e = l->ask->kept ? opened(&f, &l->home->keys, emit, ctx) : pump(&f, emit, ctx);
	ch_infile_close(&f);
	return e;
}
