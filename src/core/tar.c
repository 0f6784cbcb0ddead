/*
 * ustar in one byte form: see tar.h. A header is judged by making it anew from name and size and
 * comparing all 512 bytes, so there is one place that knows the form. Trusts nothing.
 */
#include "tar.h"

#include "rd.h"
#include "wr.h"

enum { TAR_HEADER, TAR_DATA, TAR_PADDING, TAR_END, TAR_TAIL };

static void ch_tar_put_octal(struct ch_wr *w, uint64_t v, unsigned digits)
{
	for (unsigned i = digits; i > 0; i--)
		ch_wr_u8(w, (uint8_t)('0' + (v >> (3 * (i - 1)) & 7)));
}

/* No empty name, no leading or doubled slash, no `.` or `..` as a step. */
static bool ch_tar_is_name(ch_span name)
{
	size_t step = 0, dots = 0;

	for (size_t i = 0; i <= name.n; i++) {
		uint8_t c = i < name.n ? name.p[i] : '/';

		if (c == '/') {
			if (step == 0 || (step == dots && step <= 2))
				return false;
			step = dots = 0;
			continue;
		}
		if (c <= ' ' || c > '~' || c == '\\')
			return false;
		step++;
		dots += c == '.';
	}
	return true;
}

/* All of a header but the checksum's value. */
static void ch_tar_put_header(struct ch_wr *w, ch_span name, uint64_t size, unsigned sum)
{
	ch_wr_put(w, name);
	ch_wr_zeros(w, 100 - name.n);
	ch_wr_put(w, ch_span_of("0000644\0000000000\0000000000", 24)); /* mode, uid, gid */
	ch_tar_put_octal(w, size, 11);
	ch_wr_put(w, ch_span_of("\00000000000000", 13));               /* and mtime */
	if (sum == 0) {
		CH_WR_LIT(w, "        ");
	} else {
		ch_tar_put_octal(w, sum, 6);
		ch_wr_put(w, ch_span_of("\0 ", 2));
	}
	CH_WR_LIT(w, "0");
	ch_wr_zeros(w, 100);                                           /* link name */
	ch_wr_put(w, ch_span_of("ustar\00000", 8));
	ch_wr_zeros(w, 64);                                            /* user, group */
	ch_wr_put(w, ch_span_of("0000000\0000000000", 16));            /* devices */
	ch_wr_zeros(w, 155 + 12);                                      /* prefix */
}

ch_err ch_tar_header_format(uint8_t out[CH_TAR_BLOCK], ch_span name, uint64_t size)
{
	unsigned sum = 0;

	memset(out, 0, CH_TAR_BLOCK);
	if (name.n > CH_TAR_NAME_MAX || size > CH_TAR_SIZE_MAX)
		return CH_E_LIMIT;
	if (!ch_tar_is_name(name))
		return CH_E_FORMAT;
	for (int pass = 0; pass < 2; pass++) {
		struct ch_wr w = ch_wr_of(out, CH_TAR_BLOCK);

		ch_tar_put_header(&w, name, size, sum);
		if (ch_wr_done(&w) != CH_OK || w.n != CH_TAR_BLOCK)
			return CH_E_INTERNAL;
		for (size_t i = 0; pass == 0 && i < CH_TAR_BLOCK; i++)
			sum += out[i];
	}
	return CH_OK;
}

ch_err ch_tar_header_parse(ch_span *name, uint64_t *size, const uint8_t block[CH_TAR_BLOCK])
{
	struct ch_rd r = ch_rd_of(ch_span_of(block, CH_TAR_BLOCK));
	uint8_t again[CH_TAR_BLOCK];
	uint64_t n = 0;
	ch_span who;

	*name = (ch_span){ 0 };
	*size = 0;
	who = ch_rd_until(&r, 0);
	if (who.n > CH_TAR_NAME_MAX)
		return CH_E_FORMAT;
	r = ch_rd_of(ch_span_of(block, CH_TAR_BLOCK));
	(void)ch_rd_take(&r, 124);
	for (int i = 0; i < 11; i++) {
		uint8_t c = ch_rd_u8(&r);

		ch_rd_need(&r, c >= '0' && c <= '7', CH_E_FORMAT);
		n = n << 3 | (c & 7u);
	}
	if (r.err != CH_OK || ch_tar_header_format(again, who, n) != CH_OK ||
	    !ch_span_eq(ch_span_of(again, sizeof again), ch_span_of(block, CH_TAR_BLOCK)))
		return CH_E_FORMAT;
	*name = who;
	*size = n;
	return CH_OK;
}

static uint64_t ch_tar_padding(uint64_t size)
{
	return (CH_TAR_BLOCK - size % CH_TAR_BLOCK) % CH_TAR_BLOCK;
}

uint64_t ch_tar_member_size(uint64_t size)
{
	CH_ASSERT(size <= CH_TAR_SIZE_MAX);
	return CH_TAR_BLOCK + size + ch_tar_padding(size);
}

static bool ch_tar_is_zero(ch_span s)
{
	uint8_t any = 0;

	for (size_t i = 0; i < s.n; i++)
		any |= s.p[i];
	return any == 0;
}

/* ---- reader ---- */

void ch_tar_reader_init(struct ch_tar_reader *r, const ch_tar_events *events, void *ctx,
    ch_tar_tail tail)
{
	*r = (struct ch_tar_reader){ .events = events, .ctx = ctx, .tail = tail };
}

static ch_err ch_tar_reader_end(struct ch_tar_reader *r)
{
	r->state = r->padding ? TAR_PADDING : TAR_HEADER;
	return r->events->end(r->ctx);
}

/* A whole block stands in r->block where a header or the second zero block is due. */
static ch_err ch_tar_reader_block(struct ch_tar_reader *r)
{
	ch_span name, block = ch_span_of(r->block, sizeof r->block);
	ch_err e;

	r->n = 0;
	if (r->state == TAR_END || ch_tar_is_zero(block)) {
		if (!ch_tar_is_zero(block))
			return CH_E_FORMAT;
		r->content = r->state == TAR_END ? r->total : 0;
		r->state = r->state == TAR_END ? TAR_TAIL : TAR_END;
		return CH_OK;
	}
	e = ch_tar_header_parse(&name, &r->left, r->block);
	if (e != CH_OK)
		return e;
	r->padding = ch_tar_padding(r->left);
	r->state = TAR_DATA;
	e = r->events->begin(r->ctx, name, r->left);
	if (e == CH_OK && r->left == 0)
		e = ch_tar_reader_end(r);
	return e;
}

/* Take what one state can use of the bytes. */
static ch_err ch_tar_reader_step(struct ch_tar_reader *r, struct ch_rd *in)
{
	size_t have = ch_rd_left(in);
	ch_span s;
	ch_err e = CH_OK;

	switch (r->state) {
	case TAR_DATA:
		s = ch_rd_take(in, have < r->left ? have : (size_t)r->left);
		r->left -= s.n;
		r->total += s.n;
		e = r->events->data(r->ctx, s);
		return e == CH_OK && r->left == 0 ? ch_tar_reader_end(r) : e;
	case TAR_PADDING:
		s = ch_rd_take(in, have < r->padding ? have : (size_t)r->padding);
		r->padding -= s.n;
		r->total += s.n;
		if (r->padding == 0)
			r->state = TAR_HEADER;
		return ch_tar_is_zero(s) ? CH_OK : CH_E_FORMAT;
	case TAR_TAIL:
		s = ch_rd_rest(in);
		r->total += s.n;
		return r->tail == CH_TAR_ZEROS && ch_tar_is_zero(s) ? CH_OK : CH_E_FORMAT;
	default:
		break;
	}
	if (have > sizeof r->block - r->n)
		have = sizeof r->block - r->n;
	ch_rd_copy(in, &r->block[r->n], have);
	r->n += have;
	r->total += have;
	return r->n == sizeof r->block ? ch_tar_reader_block(r) : CH_OK;
}

ch_err ch_tar_reader_write(struct ch_tar_reader *r, ch_span bytes)
{
	struct ch_rd in = ch_rd_of(bytes);

	while (r->err == CH_OK && !ch_rd_at_end(&in))
		r->err = ch_tar_reader_step(r, &in);
	return r->err;
}

ch_err ch_tar_reader_emit(void *ctx, ch_span bytes)
{
	return ch_tar_reader_write(ctx, bytes);
}

ch_err ch_tar_reader_finish(struct ch_tar_reader *r)
{
	if (r->err == CH_OK && r->state != TAR_TAIL)
		r->err = CH_E_TRUNCATED;
	return r->err;
}

/* ---- writer ---- */

void ch_tar_writer_init(struct ch_tar_writer *w, ch_emit emit, void *ctx)
{
	*w = (struct ch_tar_writer){ .emit = emit, .ctx = ctx };
}

static void ch_tar_writer_put(struct ch_tar_writer *w, ch_span bytes)
{
	if (w->err == CH_OK && bytes.n > 0)
		w->err = w->emit(w->ctx, bytes);
	if (w->err == CH_OK)
		w->total += bytes.n;
}

static void ch_tar_writer_zeros(struct ch_tar_writer *w, uint64_t n)
{
	static const uint8_t zeros[2 * CH_TAR_BLOCK];

	while (n > 0 && w->err == CH_OK) {
		size_t k = n < sizeof zeros ? (size_t)n : sizeof zeros;

		ch_tar_writer_put(w, ch_span_of(zeros, k));
		n -= k;
	}
}

ch_err ch_tar_writer_begin(struct ch_tar_writer *w, ch_span name, uint64_t size)
{
	uint8_t block[CH_TAR_BLOCK];

	CH_ASSERT(!w->open || w->err != CH_OK);
	if (w->err == CH_OK)
		w->err = ch_tar_header_format(block, name, size);
	if (w->err != CH_OK)
		return w->err;
	w->open = true;
	w->left = size;
	w->padding = ch_tar_padding(size);
	ch_tar_writer_put(w, ch_span_of(block, sizeof block));
	return w->err;
}

ch_err ch_tar_writer_write(struct ch_tar_writer *w, ch_span bytes)
{
	CH_ASSERT(w->open || w->err != CH_OK);
	if (w->err == CH_OK && bytes.n > w->left)
		w->err = CH_E_LIMIT;
	if (w->err == CH_OK)
		w->left -= bytes.n;
	ch_tar_writer_put(w, bytes);
	return w->err;
}

ch_err ch_tar_writer_emit(void *ctx, ch_span bytes)
{
	return ch_tar_writer_write(ctx, bytes);
}

ch_err ch_tar_writer_end(struct ch_tar_writer *w)
{
	CH_ASSERT(w->open || w->err != CH_OK);
	if (w->err == CH_OK && w->left > 0)
		w->err = CH_E_TRUNCATED;
	ch_tar_writer_zeros(w, w->padding);
	w->open = false;
	return w->err;
}

ch_err ch_tar_writer_member(struct ch_tar_writer *w, ch_span name, ch_span bytes)
{
	ch_err e = ch_tar_writer_begin(w, name, bytes.n);

	if (e == CH_OK)
		e = ch_tar_writer_write(w, bytes);
	return e == CH_OK ? ch_tar_writer_end(w) : e;
}

ch_err ch_tar_writer_finish(struct ch_tar_writer *w, uint64_t pad_to)
{
	CH_ASSERT(!w->open || w->err != CH_OK);
	ch_tar_writer_zeros(w, CH_TAR_END_SIZE);
	if (w->err == CH_OK && pad_to != 0 && w->total > pad_to)
		w->err = CH_E_LIMIT;
	if (w->err == CH_OK && pad_to != 0)
		ch_tar_writer_zeros(w, pad_to - w->total);
	return w->err;
}
