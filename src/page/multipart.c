/* Forms with files: see multipart.h. What may still be the beginning of a boundary is kept back. */
#include "multipart.h"

#include "rd.h"

/* ---- heads ---- */

static bool is_boundary(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_' || c == '\'' || c == '.' || c == '+';
}

ch_err ch_multipart_init(struct ch_multipart *m, ch_span type)
{
	struct ch_rd r = ch_rd_of(type);
	ch_span b;

	CH_RD_LIT(&r, "multipart/form-data; boundary=");
	b = ch_rd_rest(&r);
	ch_rd_need(&r, b.n > 0 && b.n <= 70, CH_E_FORMAT);
	for (size_t i = 0; i < b.n && r.err == CH_OK; i++)
		ch_rd_need(&r, is_boundary(b.p[i]), CH_E_FORMAT);
	m->err = r.err == CH_OK ? CH_OK : CH_E_FORMAT;
	if (m->err != CH_OK)
		return m->err;
	memcpy(m->line, "\r\n--", 4);
	memcpy(&m->line[4], b.p, b.n);
	m->n_line = 4 + b.n;
	/* The first boundary has no line before it. */
	memcpy(m->buf, "\r\n", 2);
	m->n = 2;
	m->stage = CH_MP_START;
	m->n_parts = 0;
	return CH_OK;
}

static bool same_letter(uint8_t a, uint8_t b)
{
	return a == b || (a >= 'A' && a <= 'Z' && a + ('a' - 'A') == b);
}

/* Whether a line begins so, in any case; `rest` is what follows. */
static bool begins(ch_span *rest, ch_span in, const char *lower)
{
	size_t n = strlen(lower);

	if (in.n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!same_letter(in.p[i], (uint8_t)lower[i]))
			return false;
	*rest = ch_span_of(&in.p[n], in.n - n);
	return true;
}

/* `; name="a"; filename="b"`: quotes within are sent as %22 by browsers. */
static ch_err disposition(ch_span *name, ch_span *file, ch_span in)
{
	struct ch_rd r = ch_rd_of(in);

	CH_RD_LIT(&r, " form-data; name=\"");
	*name = ch_rd_until(&r, '"');
	*file = (ch_span){ 0 };
	if (ch_rd_starts(&r, CH_LIT("; filename=\""))) {
		CH_RD_LIT(&r, "; filename=\"");
		*file = ch_rd_until(&r, '"');
	}
	ch_rd_need(&r, name->n > 0 && name->n <= CH_MULTIPART_NAME &&
	    file->n <= CH_MULTIPART_FILE, CH_E_LIMIT);
	/* Some browsers say the name once more, as filename*=…: it adds nothing. */
	if (!ch_rd_at_end(&r))
		CH_RD_LIT(&r, ";");
	return r.err;
}

static ch_err head(struct ch_multipart *m, ch_span lines)
{
	struct ch_rd r = ch_rd_of(lines);
	ch_span name = { 0 }, file = { 0 }, rest;
	ch_err e = CH_E_FORMAT;

	while (!ch_rd_at_end(&r) && r.err == CH_OK) {
		ch_span one = ch_rd_until(&r, '\r');

		CH_RD_LIT(&r, "\n");
		if (begins(&rest, one, "content-disposition:")) {
			if (name.n > 0)
				return CH_E_FORMAT;
			e = disposition(&name, &file, rest);
		}
	}
	if (r.err != CH_OK)
		return r.err;
	if (e == CH_OK && ++m->n_parts > CH_MULTIPART_PARTS)
		e = CH_E_LIMIT;
	return e == CH_OK ? m->on_part(m->ctx, name, file) : e;
}

/* ---- the stream ---- */

static size_t find(ch_span in, ch_span what)
{
	for (size_t i = 0; i + what.n <= in.n; i++)
		if (in.p[i] == what.p[0] && ch_span_eq(ch_span_of(&in.p[i], what.n), what))
			return i;
	return in.n;
}

static void drop(struct ch_multipart *m, size_t n)
{
	memmove(m->buf, &m->buf[n], m->n - n);
	m->n -= n;
}

static bool start(struct ch_multipart *m)
{
	if (m->n < m->n_line)
		return false;
	if (!ch_span_eq(ch_span_of(m->buf, m->n_line), ch_span_of(m->line, m->n_line)))
		m->err = CH_E_FORMAT;
	drop(m, m->n_line);
	m->stage = CH_MP_AFTER;
	return true;
}

/* Behind a boundary: another part, or the end. */
static bool after(struct ch_multipart *m)
{
	if (m->n < 2)
		return false;
	if (ch_span_eq(ch_span_of(m->buf, 2), CH_LIT("--")))
		m->stage = CH_MP_DONE;
	else if (ch_span_eq(ch_span_of(m->buf, 2), CH_LIT("\r\n")))
		m->stage = CH_MP_HEAD;
	else
		m->err = CH_E_FORMAT;
	drop(m, 2);
	return true;
}

static bool head_whole(struct ch_multipart *m)
{
	size_t at = find(ch_span_of(m->buf, m->n), CH_LIT("\r\n\r\n"));

	if (at == m->n) {
		if (m->n > CH_MULTIPART_BUF / 2)
			m->err = CH_E_LIMIT;
		return false;
	}
	m->err = head(m, ch_span_of(m->buf, at + 2));
	/* CRLF stays: an empty part has its boundary at once. */
	drop(m, at + 4);
	m->stage = CH_MP_BODY;
	return true;
}

static bool body(struct ch_multipart *m)
{
	size_t at = find(ch_span_of(m->buf, m->n), ch_span_of(m->line, m->n_line));
	size_t n = at < m->n ? at : m->n >= m->n_line ? m->n - m->n_line + 1 : 0;

	if (n > 0)
		m->err = m->on_bytes(m->ctx, ch_span_of(m->buf, n));
	if (at < m->n) {
		drop(m, at + m->n_line);
		m->stage = CH_MP_AFTER;
		return true;
	}
	drop(m, n);
	return false;
}

/* Only an empty line may follow the last boundary. */
static bool done(struct ch_multipart *m)
{
	if (m->n > 2 || !ch_span_eq(ch_span_of("\r\n", m->n < 2 ? m->n : 2),
	    ch_span_of(m->buf, m->n)))
		m->err = CH_E_FORMAT;
	return false;
}

static bool turn(struct ch_multipart *m)
{
	switch (m->stage) {
	case CH_MP_START:
		return start(m);
	case CH_MP_AFTER:
		return after(m);
	case CH_MP_HEAD:
		return head_whole(m);
	case CH_MP_BODY:
		return body(m);
	case CH_MP_DONE:
		break;
	}
	return done(m);
}

ch_err ch_multipart_write(struct ch_multipart *m, ch_span bytes)
{
	struct ch_rd r = ch_rd_of(bytes);

	while (m->err == CH_OK && !ch_rd_at_end(&r)) {
		size_t room = CH_MULTIPART_BUF - m->n, left = ch_rd_left(&r);
		ch_span piece = ch_rd_take(&r, left < room ? left : room);

		memcpy(&m->buf[m->n], piece.p, piece.n);
		m->n += piece.n;
		while (m->err == CH_OK && turn(m))
			;
	}
	return m->err;
}

ch_err ch_multipart_end(const struct ch_multipart *m)
{
	return m->err != CH_OK ? m->err : m->stage == CH_MP_DONE ? CH_OK : CH_E_TRUNCATED;
}
