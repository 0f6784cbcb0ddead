/*
 * age's ASCII armor: see armor.h. Spec: c2sp.org/age, "ASCII armor", and RFC 7468 section 3. "ASCII
 * armored files are malleable unless care is taken to reject any data before and after the PEM
 * encoding, a strict PEM parser is used, and canonical base64 is enforced": so all of that.
 */
#include "armor.h"

#include "b64.h"

#define CH_ARMOR_BEGIN "-----BEGIN AGE ENCRYPTED FILE-----"
#define CH_ARMOR_END "-----END AGE ENCRYPTED FILE-----"
#define CH_ARMOR_NO_BEGIN "not the BEGIN line of an age file"

/* RFC 7468, "W": white space of any kind. */
static bool ch_armor_is_white(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool ch_armor_is(ch_span first)
{
	struct ch_rd r = ch_rd_of(first);

	for (size_t i = 0; i < first.n && ch_armor_is_white(first.p[i]); i++)
		(void)ch_rd_u8(&r);
	return r.at <= CH_ARMOR_WHITE && ch_rd_starts(&r, CH_LIT("-----BEGIN"));
}

/* ---- into armor ---- */

/* Hand on what is in out. */
static void ch_armor_sink_flush(struct ch_armor_sink *s)
{
	size_t n = s->n_out;

	s->n_out = 0;
	if (s->err == CH_OK && n > 0)
		s->err = s->emit(s->ctx, ch_span_of(s->out, n));
}

/* One line; the caller keeps room for it. */
static void ch_armor_sink_line(struct ch_armor_sink *s, ch_span text, ch_span bytes)
{
	struct ch_wr w = ch_wr_of(&s->out[s->n_out], sizeof s->out - s->n_out);

	ch_wr_put(&w, text);
	ch_b64_put(&w, bytes, CH_B64_PADDED);
	CH_WR_LIT(&w, "\n");
	CH_ASSERT(ch_wr_done(&w) == CH_OK);
	s->n_out += w.n;
	if (sizeof s->out - s->n_out < CH_ARMOR_LINE + 1)
		ch_armor_sink_flush(s);
}

void ch_armor_sink_init(struct ch_armor_sink *s, ch_emit emit, void *ctx)
{
	s->emit = emit;
	s->ctx = ctx;
	s->err = CH_OK;
	s->n = s->n_out = 0;
	ch_armor_sink_line(s, CH_LIT(CH_ARMOR_BEGIN), (ch_span){ 0 });
}

ch_err ch_armor_sink_write(struct ch_armor_sink *s, ch_span bytes)
{
	struct ch_rd r = ch_rd_of(bytes);

	while (s->err == CH_OK && !ch_rd_at_end(&r)) {
		size_t left = ch_rd_left(&r), room = CH_ARMOR_BYTES - s->n;

		if (s->n == 0 && left >= CH_ARMOR_BYTES) {
			ch_armor_sink_line(s, (ch_span){ 0 }, ch_rd_take(&r, CH_ARMOR_BYTES));
			continue;
		}
		room = left < room ? left : room;
		ch_rd_copy(&r, &s->buf[s->n], room);
		s->n += room;
		if (s->n == CH_ARMOR_BYTES) {
			s->n = 0;
			ch_armor_sink_line(s, (ch_span){ 0 }, ch_span_of(s->buf, CH_ARMOR_BYTES));
		}
	}
	return s->err;
}

ch_err ch_armor_sink_finish(struct ch_armor_sink *s)
{
	if (s->err == CH_OK && s->n > 0)
		ch_armor_sink_line(s, (ch_span){ 0 }, ch_span_of(s->buf, s->n));
	if (s->err == CH_OK)
		ch_armor_sink_line(s, CH_LIT(CH_ARMOR_END), (ch_span){ 0 });
	ch_armor_sink_flush(s);
	return s->err;
}

ch_err ch_armor_sink_emit(void *ctx, ch_span bytes)
{
	return ch_armor_sink_write(ctx, bytes);
}

/* ---- out of armor ---- */

void ch_dearmor_sink_init(struct ch_dearmor_sink *s, ch_emit emit, void *ctx)
{
	s->emit = emit;
	s->ctx = ctx;
	s->err = CH_OK;
	s->diag = (struct ch_diag){ 0 };
	s->state = CH_DEARMOR_BEFORE;
	s->crlf = s->indent = false;
	s->line_no = 1;
	s->white = s->n = s->n_out = 0;
}

/* Hand on what is in out. */
static void ch_dearmor_flush(struct ch_dearmor_sink *s)
{
	size_t n = s->n_out;

	s->n_out = 0;
	if (s->err == CH_OK && n > 0)
		s->err = s->emit(s->ctx, ch_span_of(s->out, n));
}

/* The good lines before the damage go first: if they are refused, that is the first error. */
static void ch_dearmor_fail(struct ch_dearmor_sink *s, ch_err e, const char *what)
{
	ch_dearmor_flush(s);
	if (s->err != CH_OK)
		return;
	s->err = e;
	s->diag = (struct ch_diag){ what, s->line_no };
}

/* The bytes of one line to out; false when it is not canonical base64. */
static bool ch_dearmor_bytes(struct ch_dearmor_sink *s, ch_span line)
{
	size_t n;

	if (ch_b64_parse(&s->out[s->n_out], &n, CH_ARMOR_BYTES, line, CH_B64_PADDED) != CH_OK)
		return false;
	/* "... all but the last line contain exactly 64 characters": a shorter one is the last. */
	if (n < CH_ARMOR_BYTES)
		s->state = CH_DEARMOR_END;
	s->n_out += n;
	if (sizeof s->out - s->n_out < CH_ARMOR_BYTES)
		ch_dearmor_flush(s);
	return true;
}

/* A line of the body, without its end. */
static void ch_dearmor_body(struct ch_dearmor_sink *s, ch_span line)
{
	if (ch_span_eq(line, CH_LIT(CH_ARMOR_END)))
		s->state = CH_DEARMOR_AFTER;
	else if (s->state == CH_DEARMOR_END)
		ch_dearmor_fail(s, CH_E_FORMAT, "the END line must follow a short line");
	else if (line.n == 0)
		ch_dearmor_fail(s, CH_E_FORMAT, "an empty line within the armor");
	else if (line.n > CH_ARMOR_LINE)
		ch_dearmor_fail(s, CH_E_FORMAT, "a line longer than 64 characters");
	else if (!ch_dearmor_bytes(s, line))
		ch_dearmor_fail(s, CH_E_FORMAT, "not canonical base64");
}

/* The line gathered, CR included if it has one, behind which an LF stands. */
static void ch_dearmor_line(struct ch_dearmor_sink *s)
{
	struct ch_rd r = ch_rd_of(ch_span_of(s->line, s->n));
	bool crlf = s->n > 0 && s->line[s->n - 1] == '\r';
	ch_span line = ch_rd_take(&r, s->n - crlf);

	s->n = 0;
	if (s->state == CH_DEARMOR_BEFORE) {
		s->crlf = crlf;
		s->white = 0;
		s->state = CH_DEARMOR_BODY;
		if (!ch_span_eq(line, CH_LIT(CH_ARMOR_BEGIN)))
			ch_dearmor_fail(s, CH_E_FORMAT, CH_ARMOR_NO_BEGIN);
	} else if (crlf != s->crlf) {
		ch_dearmor_fail(s, CH_E_FORMAT, "line ends of two kinds");
	} else {
		ch_dearmor_body(s, line);
	}
	s->line_no++;
}

/* One byte of a line. */
static void ch_dearmor_gather(struct ch_dearmor_sink *s, uint8_t c)
{
	if (c == '\n')
		ch_dearmor_line(s);
	else if (s->indent)
		ch_dearmor_fail(s, CH_E_FORMAT, CH_ARMOR_NO_BEGIN);
	else if (s->n == sizeof s->line)
		ch_dearmor_fail(s, CH_E_FORMAT, "a line longer than 64 characters");
	else
		s->line[s->n++] = c;
}

/* White space around the armor; a line of it may hold nothing else. */
static void ch_dearmor_white(struct ch_dearmor_sink *s, uint8_t c)
{
	s->indent = s->state == CH_DEARMOR_BEFORE && c != '\n';
	s->line_no += c == '\n';
	if (++s->white > CH_ARMOR_WHITE)
		ch_dearmor_fail(s, CH_E_LIMIT, "too much white space around the armor");
}

static void ch_dearmor_byte(struct ch_dearmor_sink *s, uint8_t c)
{
	bool after = s->state == CH_DEARMOR_AFTER;
	bool before = s->state == CH_DEARMOR_BEFORE && s->n == 0;

	if ((before || after) && ch_armor_is_white(c))
		ch_dearmor_white(s, c);
	else if (after)
		ch_dearmor_fail(s, CH_E_FORMAT, "something stands behind the END line");
	else
		ch_dearmor_gather(s, c);
}

/* A full line of the body that lies whole in the pushed bytes: the fast way, if it is there. */
static bool ch_dearmor_whole(struct ch_dearmor_sink *s, struct ch_rd *r)
{
	struct ch_rd probe = *r;
	ch_span line;

	if (s->state != CH_DEARMOR_BODY || s->n > 0)
		return false;
	line = ch_rd_take(&probe, CH_ARMOR_LINE);
	if (!ch_rd_starts(&probe, s->crlf ? CH_LIT("\r\n") : CH_LIT("\n")))
		return false;
	(void)ch_rd_take(&probe, s->crlf ? 2 : 1);
	if (!ch_dearmor_bytes(s, line))
		return false;
	s->line_no++;
	*r = probe;
	return true;
}

ch_err ch_dearmor_sink_write(struct ch_dearmor_sink *s, ch_span bytes)
{
	struct ch_rd r = ch_rd_of(bytes);

	while (s->err == CH_OK && !ch_rd_at_end(&r)) {
		if (!ch_dearmor_whole(s, &r))
			ch_dearmor_byte(s, ch_rd_u8(&r));
	}
	return s->err;
}

/* The input ends within a line: only END may stand there, it needs no line end. */
static void ch_dearmor_last(struct ch_dearmor_sink *s)
{
	struct ch_rd r = ch_rd_of(ch_span_of(s->line, s->n));

	if (s->state == CH_DEARMOR_BEFORE) {
		CH_RD_LIT(&r, CH_ARMOR_BEGIN);
		if (r.err == CH_E_FORMAT)
			ch_dearmor_fail(s, CH_E_FORMAT, CH_ARMOR_NO_BEGIN);
	} else {
		CH_RD_LIT(&r, CH_ARMOR_END);
		if (s->crlf && !ch_rd_at_end(&r))
			CH_RD_LIT(&r, "\r");
		if (ch_rd_done(&r) == CH_OK)
			s->state = CH_DEARMOR_AFTER;
	}
}

ch_err ch_dearmor_sink_finish(struct ch_dearmor_sink *s)
{
	if (s->err == CH_OK && s->state != CH_DEARMOR_AFTER)
		ch_dearmor_last(s);
	if (s->err == CH_OK && s->state != CH_DEARMOR_AFTER)
		ch_dearmor_fail(s, CH_E_TRUNCATED, "it ends before the END line");
	ch_dearmor_flush(s);
	return s->err;
}

ch_err ch_dearmor_sink_emit(void *ctx, ch_span bytes)
{
	return ch_dearmor_sink_write(ctx, bytes);
}
