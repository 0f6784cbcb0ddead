/* The two ends of a flow: see flow.h and flow_inside.h. */
#include "flow_inside.h"
#include "wipe.h"

#define CH_FLOW_SIP 4096 /* read at once while a header is looked for */

void ch_flow_begin(struct ch_flow *f)
{
	memset(f, 0, sizeof *f);
	f->in.fd = f->out.fd = -1;
}

void ch_flow_end(struct ch_flow *f)
{
	ch_target_abort(&f->out);
	ch_source_close(&f->in);
	ch_free(f->text, sizeof *f->text);
	ch_free(f->into, sizeof *f->into);
	ch_wipe(f, sizeof *f);
}

ch_err ch_flow_at(struct ch_flow *f, ch_flow_side side, ch_err e)
{
	if (e != CH_OK)
		f->side = side;
	return e;
}

ch_err ch_flow_input(struct ch_flow *f, const char *path)
{
	return ch_flow_at(f, CH_FLOW_INPUT, ch_source_open(&f->in, path));
}

ch_err ch_flow_output(struct ch_flow *f, const char *path, mode_t mode)
{
	return ch_flow_at(f, CH_FLOW_OUTPUT, ch_target_open(&f->out, path, mode, &f->in));
}

/* ---- reading ---- */

static ch_err ch_flow_text_emit(void *ctx, ch_span bytes)
{
	struct ch_flow_text *t = ctx;
	struct ch_wr w = ch_wr_of(&t->bytes[t->n], sizeof t->bytes - t->n);

	ch_wr_put(&w, bytes);
	t->n += bytes.n;
	return ch_wr_done(&w);
}

/* The sink's error sticks in the text, and is told once the good bytes before it are used up. */
static void ch_flow_text_put(struct ch_flow *f, ch_span piece)
{
	struct ch_flow_text *t = f->text;

	t->n = t->at = 0;
	t->ended = piece.n == 0;
	t->err = t->ended ? ch_dearmor_sink_finish(&t->sink) :
	    ch_dearmor_sink_write(&t->sink, piece);
	f->armor_fault = t->sink.diag;
}

/* What is there of the armored file, at least a byte; none at its end. */
static ch_err ch_flow_text_some(uint8_t *buf, size_t *n, struct ch_flow *f, size_t cap)
{
	struct ch_flow_text *t = f->text;
	struct ch_rd r;

	*n = 0;
	while (t->at == t->n && t->err == CH_OK && !t->ended) {
		size_t k;
		ch_err e = ch_source_some(t->piece, &k, &f->in, sizeof t->piece);

		if (e != CH_OK)
			return e;
		ch_flow_text_put(f, ch_span_of(t->piece, k));
	}
	if (t->at == t->n)
		return t->err;
	r = ch_rd_of(ch_span_of(t->bytes, t->n));
	(void)ch_rd_take(&r, t->at);
	*n = ch_rd_left(&r) < cap ? ch_rd_left(&r) : cap;
	ch_rd_copy(&r, buf, *n);
	t->at += *n;
	return CH_OK;
}

static ch_err ch_flow_some(uint8_t *buf, size_t *n, struct ch_flow *f, size_t cap)
{
	if (f->text)
		return ch_flow_text_some(buf, n, f, cap);
	return ch_source_some(buf, n, &f->in, cap);
}

ch_flow_side ch_flow_pull_side(const struct ch_flow *f)
{
	return f->text && f->text->err != CH_OK ? CH_FLOW_CONTENT : CH_FLOW_INPUT;
}

ch_err ch_flow_pull(uint8_t *buf, size_t *n, struct ch_flow *f, size_t cap)
{
	struct ch_rd r = ch_rd_of(ch_span_of(f->head, f->n_ahead));
	size_t k = 1;
	ch_err e = CH_OK;

	(void)ch_rd_take(&r, f->ahead_at);
	*n = ch_rd_left(&r) < cap ? ch_rd_left(&r) : cap;
	ch_rd_copy(&r, buf, *n);
	f->ahead_at += *n;
	while (e == CH_OK && k > 0 && *n < cap) {
		e = ch_flow_some(&buf[*n], &k, f, cap - *n);
		*n += k;
	}
	return e;
}

/* ---- the header ---- */

/* More of the beginning to head; none at the end of the input. */
static ch_err ch_flow_sip(size_t *n, struct ch_flow *f)
{
	size_t room = sizeof f->head - f->n_ahead;
	ch_err e;

	CH_ASSERT(room > 0);
	e = ch_flow_some(&f->head[f->n_ahead], n, f, room < CH_FLOW_SIP ? room : CH_FLOW_SIP);
	f->n_ahead += *n;
	return ch_flow_at(f, ch_flow_pull_side(f), e);
}

/* Armor may begin with white space: read until something else is seen, or nothing comes. */
static ch_err ch_flow_detect(struct ch_flow *f)
{
	static const char white[6] = { ' ', '\t', '\n', '\v', '\f', '\r' };
	size_t dark = 0, n = 1;
	ch_err e = CH_OK;

	while (e == CH_OK && n > 0 && f->n_ahead < CH_ARMOR_PEEK && f->n_ahead < dark + 16) {
		e = ch_flow_sip(&n, f);
		while (dark < f->n_ahead && memchr(white, f->head[dark], sizeof white))
			dark++;
	}
	f->armored = ch_armor_is(ch_span_of(f->head, f->n_ahead));
	return e;
}

/* What was read is armor: it goes through the sink, and head begins anew. */
static ch_err ch_flow_unwrap(struct ch_flow *f)
{
	f->text = ch_alloc(sizeof *f->text);
	if (f->text == NULL)
		return CH_E_NOMEM;
	ch_dearmor_sink_init(&f->text->sink, ch_flow_text_emit, f->text);
	ch_flow_text_put(f, ch_span_of(f->head, f->n_ahead));
	f->n_ahead = 0;
	return CH_OK;
}

/* Gather in head until header and nonce are whole; n is the header's length. */
static ch_err ch_flow_gather(size_t *n, struct ch_flow *f)
{
	size_t seen = 0, got = 1;
	ch_err e;

	*n = 0;
	for (;;) {
		e = *n ? CH_OK :
		    ch_age_header_find(n, &seen, ch_span_of(f->head, f->n_ahead));
		if (e == CH_OK && f->n_ahead >= *n + CH_AGE_NONCE)
			return CH_OK;
		if ((e != CH_OK && e != CH_E_TRUNCATED) || got == 0)
			return ch_flow_at(f, CH_FLOW_CONTENT, e == CH_OK ? CH_E_TRUNCATED : e);
		e = ch_flow_sip(&got, f);
		if (e != CH_OK)
			return e;
	}
}

ch_err ch_flow_header(ch_span *header, const uint8_t **nonce, struct ch_flow *f)
{
	size_t n;
	ch_err e = ch_flow_detect(f);

	*header = (ch_span){ 0 };
	*nonce = NULL;
	if (e == CH_OK && f->armored)
		e = ch_flow_unwrap(f);
	if (e == CH_OK)
		e = ch_flow_gather(&n, f);
	if (e != CH_OK)
		return e;
	f->n_head = n + CH_AGE_NONCE;
	f->ahead_at = f->n_head;
	*header = ch_span_of(f->head, n);
	*nonce = &f->head[n];
	return CH_OK;
}

/* ---- writing ---- */

static ch_err ch_flow_emit(void *ctx, ch_span bytes)
{
	return ch_target_write(ctx, bytes);
}

ch_err ch_flow_put(struct ch_flow *f, ch_span bytes)
{
	if (f->armor && !f->into) {
		f->into = ch_alloc(sizeof *f->into);
		if (f->into == NULL)
			return CH_E_NOMEM;
		ch_armor_sink_init(f->into, ch_flow_emit, &f->out);
	}
	f->spilled = f->spilled || !f->out.beside;
	return f->into ? ch_armor_sink_write(f->into, bytes) : ch_target_write(&f->out, bytes);
}

ch_err ch_flow_put_end(struct ch_flow *f)
{
	return f->into ? ch_armor_sink_finish(f->into) : CH_OK;
}

/* ---- for a person ---- */

static const char *ch_flow_why_content(const struct ch_flow *f, ch_err e)
{
	if (f->armor_fault.what)
		return f->armor_fault.what;
	switch (e) {
	case CH_E_TRUNCATED:
		return "the sealed file is cut off";
	case CH_E_AUTH:
		return "the sealed file was altered or is cut off";
	case CH_E_LIMIT:
		return "its header is longer than any honest one";
	case CH_E_FORMAT:
		return f->n_head ? "something stands behind the end of the sealed file" :
		    "this is not a file in age's format";
	default:
		return ch_err_text(e);
	}
}

static const char *ch_flow_why_input(ch_err e)
{
	switch (e) {
	case CH_E_ABSENT:
		return "there is no such file";
	case CH_E_DENIED:
		return "the system forbids reading it";
	case CH_E_FORMAT:
		return "that is a folder";
	case CH_E_CONFLICT:
		return "it changed while it was read";
	case CH_E_IO:
		return "it cannot be read to its end";
	default:
		return ch_err_text(e);
	}
}

const char *ch_flow_why(const struct ch_flow *f, ch_err e)
{
	if (f->side == CH_FLOW_CONTENT)
		return ch_flow_why_content(f, e);
	if (f->side == CH_FLOW_INPUT)
		return ch_flow_why_input(e);
	switch (e) {
	case CH_E_ABSENT:
		return "there is no such folder";
	case CH_E_DENIED:
		return "the system forbids writing there";
	case CH_E_FORMAT:
		return "that is a folder, or a symbolic link to a file";
	case CH_E_CONFLICT:
		return "input and output are the same file";
	case CH_E_FULL:
		return "there is no room on the disk";
	case CH_E_IO:
		return f->out.gone ? "whoever read the output has gone" : "it cannot be written";
	default:
		return ch_err_text(e);
	}
}
