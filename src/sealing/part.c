/* A part of a sealed file: see part.h. Chunk after chunk, on one thread: parts are small. */
#include "part.h"

#include "seal_seek.h"
#include "wipe.h"

struct part {
	struct ch_open open;
	struct ch_seek seek;
	uint8_t in[CH_AGE_SEALED], out[CH_AGE_CHUNK];
};

static ch_err at(struct ch_flow *f, ch_flow_side side, ch_err e)
{
	if (e != CH_OK)
		f->side = side;
	return e;
}

/* Chunk `where` into p->out. */
static ch_err fetch(struct part *p, struct ch_flow *f, const ch_seek_where *where)
{
	size_t n;
	ch_err e = at(f, CH_FLOW_INPUT, ch_source_read_at(p->in, where->n_sealed, &f->in,
	    f->in.begin + where->at));

	if (e != CH_OK)
		return e;
	e = ch_seek_chunk(&p->seek, p->out, &n, where->chunk, ch_span_of(p->in, where->n_sealed));
	return at(f, CH_FLOW_CONTENT, e);
}

static ch_err begin(struct part *p, struct ch_flow *f, const struct ch_file_key *key)
{
	size_t header = f->n_head - CH_AGE_NONCE;
	ch_seek_where last;
	ch_err e = ch_open_with_file_key(&p->open, ch_span_of(f->head, header), &f->head[header],
	    key);

	if (e == CH_OK)
		e = ch_seek_start(&p->seek, &p->open, header, f->in.end - f->in.begin);
	if (e != CH_OK)
		return at(f, CH_FLOW_CONTENT, e);
	last = ch_seek_at(&p->seek, p->seek.n_chunks - 1);
	return fetch(p, f, &last);
}

static ch_err write_out(struct part *p, struct ch_flow *f, uint64_t from, uint64_t n)
{
	ch_err e = CH_OK;

	if (from > p->seek.size)
		return at(f, CH_FLOW_CONTENT, CH_E_LIMIT);
	while (e == CH_OK && n > 0) {
		ch_seek_where where = ch_seek_part(&p->seek, from, n);
		struct ch_rd r = ch_rd_of(ch_span_of(p->out, sizeof p->out));

		if (where.n == 0)
			break;
		e = fetch(p, f, &where);
		(void)ch_rd_take(&r, where.skip);
		if (e == CH_OK)
			e = at(f, CH_FLOW_OUTPUT,
			    ch_target_write(&f->out, ch_rd_take(&r, where.n)));
		f->spilled = f->spilled || (e == CH_OK && !f->out.beside);
		from += where.n;
		n -= where.n;
		f->done += where.n;
	}
	return e == CH_OK ? at(f, CH_FLOW_OUTPUT, ch_target_commit(&f->out)) : e;
}

ch_err ch_part_open(uint64_t *size, struct ch_flow *f, const struct ch_file_key *key, uint64_t from,
    uint64_t n)
{
	struct part *p;
	ch_err e;

	*size = 0;
	if (!f->in.sized || f->armored)
		return at(f, CH_FLOW_INPUT, CH_E_FORMAT);
	p = ch_alloc(sizeof *p);
	e = p ? ch_open_init(&p->open) : CH_E_NOMEM;
	if (e == CH_OK) {
		e = begin(p, f, key);
		if (e == CH_OK)
			e = write_out(p, f, from, n);
		*size = p->seek.size;
		ch_open_deinit(&p->open);
	}
	ch_free(p, sizeof *p);
	return e;
}
