/*
 * The strict reader of request heads: see http1.h. Source: RFC 9112 (messages), RFC 9110 (fields),
 * RFC 3986 (targets). Trusts nothing. A head is judged line by line in the order of arrival, so
 * that the verdict does not depend on how the bytes were cut.
 */
#include "http1.h"

#include "dec.h"
#include "hex.h"

#define CH_HTTP1_LENGTH_MAX (UINT64_C(1) << 53)

/* The state of one reading. The first refusal sticks. */
struct ch_http1_read {
	ch_http1_head *h;
	unsigned status;
	unsigned n_hosts, n_expect;
	ch_span authority; /* of an absolute-form target */
};

static void ch_http1_refuse(struct ch_http1_read *x, unsigned status)
{
	if (x->status == 0)
		x->status = status;
}

static void ch_http1_need(struct ch_http1_read *x, bool ok, unsigned status)
{
	if (!ok)
		ch_http1_refuse(x, status);
}

/* ---- classes of characters ---- */

static bool ch_http1_is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool ch_http1_is_one_of(uint8_t c, ch_span set)
{
	return memchr(set.p, c, set.n) != NULL;
}

/* One bit for each ASCII character that is in the class. */
struct ch_http1_class {
	uint64_t bit[2];
};

static bool ch_http1_is_in(const struct ch_http1_class *k, uint8_t c)
{
	return c < 128 && (k->bit[c >> 6] >> (c & 63) & 1);
}

/* tchar of RFC 9110 section 5.6.2: letters, digits, !#$%&'*+-.^_`|~ */
static const struct ch_http1_class ch_http1_tchar = {
	{ UINT64_C(0x03ff6cfa00000000), UINT64_C(0x57ffffffc7fffffe) }
};

/* pchar, '/' and '?' of RFC 3986, percent signs aside: letters, digits, -._~!$&'()*+,;=:@/? */
static const struct ch_http1_class ch_http1_target_char = {
	{ UINT64_C(0xafffffd200000000), UINT64_C(0x47fffffe87ffffff) }
};

static bool ch_http1_is_token(ch_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ch_http1_is_in(&ch_http1_tchar, s.p[i]))
			return false;
	return s.n > 0;
}

static bool ch_http1_is_target_char(uint8_t c)
{
	return ch_http1_is_in(&ch_http1_target_char, c);
}

static uint8_t ch_http1_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool ch_http1_same(ch_span a, ch_span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ch_http1_lower(a.p[i]) != ch_http1_lower(b.p[i]))
			return false;
	return true;
}

/* 0..15, or 16 for another character */
static unsigned ch_http1_hex_digit(uint8_t c)
{
	c = ch_http1_lower(c);
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	return 16;
}

/* ---- the request line ---- */

static void ch_http1_read_method(struct ch_http1_read *x, ch_span s)
{
	static const struct {
		const char *name;
		ch_http1_method method;
	} table[] = {
		{ "GET", CH_HTTP1_GET },     { "HEAD", CH_HTTP1_HEAD },
		{ "POST", CH_HTTP1_POST },   { "PUT", CH_HTTP1_PUT },
		{ "PATCH", CH_HTTP1_PATCH }, { "DELETE", CH_HTTP1_DELETE },
	};

	ch_http1_need(x, ch_http1_is_token(s), 400);
	for (size_t i = 0; i < CH_COUNT(table); i++)
		if (ch_span_eq(s, ch_span_str(table[i].name)))
			x->h->method = table[i].method;
	ch_http1_need(x, x->h->method != 0, 501);
}

/* One percent code at the cursor; its byte, or refused with false. */
static bool ch_http1_read_code(uint8_t *out, struct ch_rd *r)
{
	ch_span s = ch_rd_take(r, 3);

	if (s.n != 3)
		return false;
	unsigned hi = ch_http1_hex_digit(s.p[1]), lo = ch_http1_hex_digit(s.p[2]);
	*out = (uint8_t)(hi << 4 | (lo & 15));
	return hi < 16 && lo < 16 && *out != 0;
}

/* Characters allowed, codes valid; no segment `.` or `..`, also not in disguise. */
static bool ch_http1_is_target(ch_span s, bool is_path)
{
	struct ch_rd r = ch_rd_of(s);
	size_t dots = 0, others = 0;

	while (!ch_rd_at_end(&r)) {
		uint8_t c = s.p[r.at];

		if (c == '%') {
			if (!ch_http1_read_code(&c, &r))
				return false;
			c = c == '.' ? '.' : 'x';
		} else {
			if (!ch_http1_is_target_char(c))
				return false;
			(void)ch_rd_take(&r, 1);
		}
		if (is_path && c == '/') {
			if (others == 0 && (dots == 1 || dots == 2))
				return false;
			dots = others = 0;
		} else if (c == '.') {
			dots++;
		} else {
			others++;
		}
	}
	return !is_path || others > 0 || dots == 0 || dots > 2;
}

static void ch_http1_read_target(struct ch_http1_read *x, ch_span s)
{
	struct ch_rd r = ch_rd_of(s);

	ch_http1_need(x, s.n <= CH_HTTP1_TARGET_MAX, 414);
	if (ch_rd_starts(&r, CH_LIT("http://")) || ch_rd_starts(&r, CH_LIT("https://"))) {
		(void)ch_rd_until(&r, '/');
		(void)ch_rd_take(&r, 1);
		struct ch_rd probe = r;
		ch_span authority = ch_rd_until(&probe, '/'); /* a target without path is refused */
		ch_http1_need(x, authority.n > 0, 400);
		x->authority = ch_rd_take(&r, authority.n);
	}
	ch_span rest = ch_rd_rest(&r);
	const uint8_t *mark = rest.n ? memchr(rest.p, '?', rest.n) : NULL;
	struct ch_rd q = ch_rd_of(rest);

	x->h->path = ch_rd_take(&q, mark ? (size_t)(mark - rest.p) : rest.n);
	if (mark)
		(void)ch_rd_take(&q, 1);
	x->h->query = ch_rd_rest(&q);
	ch_http1_need(x, x->h->path.n > 0 && x->h->path.p[0] == '/', 400);
	ch_http1_need(x, ch_http1_is_target(x->h->path, true), 400);
	ch_http1_need(x, ch_http1_is_target(x->h->query, false), 400);
}

/* "HTTP/" DIGIT "." DIGIT: ours is 1.1, another is 505, anything else 400. */
static void ch_http1_read_version(struct ch_http1_read *x, ch_span s)
{
	struct ch_rd r = ch_rd_of(s);

	if (ch_span_eq(s, CH_LIT("HTTP/1.1")))
		return;
	CH_RD_LIT(&r, "HTTP/");
	uint8_t major = ch_rd_u8(&r), dot = ch_rd_u8(&r), minor = ch_rd_u8(&r);
	bool ok = ch_rd_done(&r) == CH_OK && dot == '.' && major >= '0' && major <= '9' &&
	    minor >= '0' && minor <= '9';
	ch_http1_refuse(x, ok ? 505 : 400);
}

static void ch_http1_read_request_line(struct ch_http1_read *x, ch_span line)
{
	struct ch_rd r = ch_rd_of(line);
	ch_span method = ch_rd_until(&r, ' ');
	ch_span target = ch_rd_until(&r, ' ');
	ch_span version = ch_rd_rest(&r);

	ch_http1_need(x, r.err == CH_OK && version.n > 0, 400);
	ch_http1_read_version(x, version);
	ch_http1_read_method(x, method);
	ch_http1_read_target(x, target);
}

/* ---- the fields ---- */

static ch_span ch_http1_trim(ch_span s)
{
	struct ch_rd r = ch_rd_of(s);

	while (ch_rd_starts(&r, CH_LIT(" ")) || ch_rd_starts(&r, CH_LIT("\t")))
		(void)ch_rd_take(&r, 1);
	s = ch_rd_rest(&r);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s.n ? s : CH_LIT("");
}

/* The options of Connection we know; unknown ones are ignored as RFC 9110 section 7.6.1 has it. */
static void ch_http1_read_connection(struct ch_http1_read *x, ch_span value)
{
	struct ch_rd r = ch_rd_of(value);
	bool more = true;

	while (more) { /* each pass consumes a comma, or is the last */
		struct ch_rd probe = r;
		ch_span s = ch_rd_until(&probe, ',');

		more = probe.err == CH_OK;
		s = more ? s : ch_rd_rest(&r);
		if (more)
			r = probe;
		if (ch_http1_same(ch_http1_trim(s), CH_LIT("close")))
			x->h->close = true;
	}
}

static bool ch_http1_is_host(ch_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ch_http1_is_alnum(s.p[i]) && !ch_http1_is_one_of(s.p[i], CH_LIT("-._:[]")))
			return false;
	return s.n > 0 && s.n <= 255;
}

static void ch_http1_read_length(struct ch_http1_read *x, ch_span value)
{
	ch_http1_need(x, !x->h->has_length && !x->h->chunked, 400);
	x->h->has_length = true;
	ch_err e = ch_dec_parse(&x->h->length, value, CH_HTTP1_LENGTH_MAX);
	if (e != CH_OK)
		ch_http1_refuse(x, e == CH_E_LIMIT ? 413 : 400);
}

/* What a field means to us. */
static void ch_http1_read_meaning(struct ch_http1_read *x, ch_http1_field f)
{
	if (ch_http1_same(f.name, CH_LIT("Host"))) {
		ch_http1_need(x, x->n_hosts++ == 0 && ch_http1_is_host(f.value), 400);
		x->h->host = f.value;
	} else if (ch_http1_same(f.name, CH_LIT("Content-Length"))) {
		ch_http1_read_length(x, f.value);
	} else if (ch_http1_same(f.name, CH_LIT("Transfer-Encoding"))) {
		ch_http1_need(x, !x->h->has_length && !x->h->chunked, 400);
		x->h->chunked = true;
		ch_http1_need(x, ch_http1_same(f.value, CH_LIT("chunked")), 501);
	} else if (ch_http1_same(f.name, CH_LIT("Connection"))) {
		ch_http1_read_connection(x, f.value);
	} else if (ch_http1_same(f.name, CH_LIT("Expect"))) {
		ch_http1_need(x, x->n_expect++ == 0, 400);
		ch_http1_need(x, ch_http1_same(f.value, CH_LIT("100-continue")), 417);
		x->h->expect_continue = true;
	}
}

static void ch_http1_read_field(struct ch_http1_read *x, ch_span line)
{
	struct ch_rd r = ch_rd_of(line);
	ch_http1_field f;

	/* A line that begins with a blank (obs-fold) has no token before its colon, nor has one
	 * with a blank there. */
	f.name = ch_rd_until(&r, ':');
	f.value = ch_http1_trim(ch_rd_rest(&r));
	ch_http1_need(x, r.err == CH_OK && ch_http1_is_token(f.name), 400);
	for (size_t i = 0; i < f.value.n; i++) {
		uint8_t c = f.value.p[i];

		ch_http1_need(x, c == '\t' || (c >= 0x20 && c <= 0x7e), 400);
	}
	ch_http1_need(x, x->h->n_fields < CH_HTTP1_FIELDS_MAX, 431);
	if (x->status)
		return;
	x->h->fields[x->h->n_fields++] = f;
	ch_http1_read_meaning(x, f);
}

/* What can only be judged when all fields are known. */
static void ch_http1_read_end(struct ch_http1_read *x)
{
	const ch_http1_head *h = x->h;
	bool body = h->chunked || h->length > 0;
	bool may = h->method == CH_HTTP1_POST || h->method == CH_HTTP1_PUT ||
	    h->method == CH_HTTP1_PATCH;

	ch_http1_need(x, x->n_hosts == 1, 400);
	ch_http1_need(x, !body || may, 400);
	ch_http1_need(x, x->authority.n == 0 || ch_http1_same(x->authority, h->host), 400);
}

/* A line without its CRLF. TRUNCATED: not whole yet. FORMAT: it ends in a bare LF, or holds a bare
 * CR or a NUL. */
static ch_span ch_http1_read_line(struct ch_rd *r)
{
	ch_span s = ch_rd_until(r, '\n');

	ch_rd_need(r, s.n > 0 && s.p[s.n - 1] == '\r', CH_E_FORMAT);
	if (r->err != CH_OK)
		return (ch_span){ 0 };
	s.n--;
	ch_rd_need(r, s.n == 0 || (!memchr(s.p, '\r', s.n) && !memchr(s.p, 0, s.n)), CH_E_FORMAT);
	return s;
}

ch_err ch_http1_parse(ch_http1_head *out, unsigned *status, ch_span in)
{
	struct ch_rd r = ch_rd_of(ch_span_of(in.p, in.n < CH_HTTP1_HEAD_MAX ? in.n :
	    CH_HTTP1_HEAD_MAX));
	struct ch_http1_read x = { .h = out };
	size_t n_lines = 0;

	*status = 0;
	memset(out, 0, sizeof *out);
	while (x.status == 0 && out->n_head == 0) { /* at most FIELDS_MAX + 3 lines */
		ch_span line = ch_http1_read_line(&r);

		if (r.err == CH_E_TRUNCATED && in.n < CH_HTTP1_HEAD_MAX) {
			memset(out, 0, sizeof *out);
			return CH_E_TRUNCATED;
		}
		if (r.err != CH_OK) {
			unsigned large = n_lines ? 431 : 414;

			ch_http1_refuse(&x, r.err == CH_E_TRUNCATED ? large : 400);
		} else if (n_lines++ == 0) {
			ch_http1_read_request_line(&x, line);
		} else if (line.n) {
			ch_http1_read_field(&x, line);
		} else {
			ch_http1_read_end(&x);
			out->n_head = r.at;
		}
	}
	if (x.status == 0)
		return CH_OK;
	memset(out, 0, sizeof *out);
	*status = x.status;
	return x.status == 413 || x.status == 414 || x.status == 431 ? CH_E_LIMIT : CH_E_FORMAT;
}

ch_span ch_http1_get(const ch_http1_head *h, const char *name)
{
	ch_span want = ch_span_str(name);

	for (size_t i = 0; i < h->n_fields; i++)
		if (ch_http1_same(h->fields[i].name, want))
			return h->fields[i].value;
	return (ch_span){ 0 };
}

void ch_http1_unescape(struct ch_wr *w, ch_span in, bool plus)
{
	struct ch_rd r = ch_rd_of(in);

	while (!ch_rd_at_end(&r) && w->err == CH_OK) {
		uint8_t c = in.p[r.at];

		if (c == '%') {
			if (!ch_http1_read_code(&c, &r)) {
				ch_wr_fail(w, CH_E_FORMAT);
				return;
			}
		} else {
			(void)ch_rd_take(&r, 1);
			c = plus && c == '+' ? ' ' : c;
			if (c == 0)
				ch_wr_fail(w, CH_E_FORMAT);
		}
		ch_wr_u8(w, c);
	}
}

ch_err ch_http1_param(ch_span *out, ch_span query, const char *name)
{
	struct ch_rd r = ch_rd_of(query);
	ch_span found = { 0 };
	unsigned n = 0;
	bool more = true;

	*out = (ch_span){ 0 };
	while (more) { /* each pass consumes an ampersand, or is the last */
		struct ch_rd probe = r;
		ch_span pair = ch_rd_until(&probe, '&');

		more = probe.err == CH_OK;
		pair = more ? pair : ch_rd_rest(&r);
		if (more)
			r = probe;

		struct ch_rd p = ch_rd_of(pair);
		ch_span key = ch_rd_until(&p, '=');
		ch_span value = ch_rd_rest(&p);
		if (p.err == CH_OK && ch_span_eq(key, ch_span_str(name))) {
			found = value.n ? value : CH_LIT("");
			n++;
		}
	}
	if (n != 1)
		return n ? CH_E_CONFLICT : CH_E_ABSENT;
	*out = found;
	return CH_OK;
}

static ch_span cut(ch_span *rest, const char *stops)
{
	size_t n = 0;
	ch_span out;

	while (n < rest->n && (rest->p[n] == '\0' || !strchr(stops, rest->p[n])))
		n++;
	out = ch_span_of(rest->p, n);
	*rest = ch_span_of(&rest->p[n], rest->n - n);
	return out;
}

unsigned ch_http1_language(ch_span accept, const char *const *codes, unsigned n)
{
	while (accept.n > 0) {
		ch_span code = cut(&accept, "-,; \t");

		for (unsigned i = 0; code.n > 0 && i < n; i++)
			if (ch_span_eq(code, ch_span_str(codes[i])))
				return i;
		(void)cut(&accept, ",");
		while (accept.n > 0 && (accept.p[0] == ',' || accept.p[0] == ' '))
			accept = ch_span_of(&accept.p[1], accept.n - 1);
	}
	return 0;
}
