/*
 * age's header, read and written: see age_header.h. Spec: c2sp.org/age, "Header" and "ABNF
 * definition of file header". The reader trusts nothing and keeps nothing but spans.
 */
#include "age_header.h"

#include "b64.h"
#include "ct.h"
#include "wipe.h"

#define CH_AGE_VERSION "age-encryption.org/v1\n"
#define CH_AGE_COLUMNS 64 /* characters of a full body line */
#define CH_AGE_LINE 48    /* bytes it stands for            */

/* The version line alone decides early, so that other files are not buffered up to the bound. */
static ch_err ch_age_version_check(ch_span in)
{
	struct ch_rd r = ch_rd_of(in);

	CH_RD_LIT(&r, CH_AGE_VERSION);
	return r.err;
}

ch_err ch_age_header_find(size_t *n, size_t *seen, ch_span in)
{
	struct ch_rd r = ch_rd_of(in);
	ch_err e = ch_age_version_check(in);

	*n = 0;
	if (e != CH_OK)
		return e;
	(void)ch_rd_take(&r, *seen);
	/* "Each section of the header can be parsed by looking at its first three characters." */
	for (;;) {
		bool end = ch_rd_starts(&r, CH_LIT("---"));

		(void)ch_rd_until(&r, '\n');
		if (r.err != CH_OK)
			return in.n < CH_AGE_HEADER_MAX ? CH_E_TRUNCATED : CH_E_LIMIT;
		if (r.at > CH_AGE_HEADER_MAX)
			return CH_E_LIMIT;
		if (end)
			break;
		*seen = r.at;
	}
	*n = r.at;
	return CH_OK;
}

/* The next argument; true when a space stood behind it, so that another one must follow. */
static bool ch_age_arg_rd(ch_span *arg, struct ch_rd *line)
{
	struct ch_rd probe = *line;

	*arg = ch_rd_until(&probe, ' ');
	if (probe.err == CH_OK) {
		*line = probe;
		return true;
	}
	*arg = ch_rd_rest(line);
	return false;
}

/* Whole columns first, so that compilers make vectors of them: an argument may be long. */
static bool ch_age_is_printable(ch_span line)
{
	size_t whole = line.n - line.n % CH_AGE_COLUMNS;
	uint8_t bad = 0;

	for (size_t at = 0; at < whole; at += CH_AGE_COLUMNS)
		for (size_t i = 0; i < CH_AGE_COLUMNS; i++)
			bad |= (uint8_t)(line.p[at + i] - ' ') > '~' - ' ';
	for (size_t i = whole; i < line.n; i++)
		bad |= (uint8_t)(line.p[i] - ' ') > '~' - ' ';
	return !bad;
}

/* argument = 1*VCHAR, one space between two. */
static void ch_age_args_rd(ch_age_stanza *s, struct ch_rd *r, ch_span line)
{
	struct ch_rd a = ch_rd_of(line);
	bool more = ch_age_arg_rd(&s->type, &a);
	struct ch_rd args = a;

	ch_rd_need(r, s->type.n > 0 && ch_age_is_printable(line), CH_E_FORMAT);
	for (; more; s->n_args++) {
		ch_span arg;

		more = ch_age_arg_rd(&arg, &a);
		ch_rd_need(r, arg.n > 0, CH_E_FORMAT);
	}
	s->args = ch_rd_rest(&args);
}

/* body = *full-line final-line: the first line below 64 columns ends it, even if empty. */
static void ch_age_body_rd(ch_age_stanza *s, struct ch_rd *r)
{
	struct ch_rd from = *r;
	uint8_t bytes[CH_AGE_LINE];
	size_t n, cols;

	do {
		ch_span line = ch_rd_line(r);

		cols = line.n;
		if (cols > CH_AGE_COLUMNS ||
		    ch_b64_parse(bytes, &n, sizeof bytes, line, CH_B64_RAW) != CH_OK) {
			ch_rd_fail(r, CH_E_FORMAT);
			return;
		}
		s->n_body += n;
	} while (cols == CH_AGE_COLUMNS && r->err == CH_OK);
	s->body = ch_rd_take(&from, r->err == CH_OK ? r->at - from.at : 0);
}

void ch_age_stanza_rd(ch_age_stanza *out, struct ch_rd *r)
{
	ch_age_stanza s = { 0 };

	CH_RD_LIT(r, "-> ");
	ch_age_args_rd(&s, r, ch_rd_line1(r));
	ch_age_body_rd(&s, r);
	*out = r->err == CH_OK ? s : (ch_age_stanza){ 0 };
}

ch_err ch_age_header_parse(ch_age_header *out, ch_span in)
{
	struct ch_rd r = ch_rd_of(in), part = r;
	ch_age_header h = { 0 };
	ch_age_stanza s;

	*out = h;
	if (in.n > CH_AGE_HEADER_MAX)
		return CH_E_LIMIT;
	CH_RD_LIT(&r, CH_AGE_VERSION);
	(void)ch_rd_take(&part, r.at);
	do {
		ch_age_stanza_rd(&s, &r);
		h.n_stanzas++;
		h.scrypt |= ch_span_eq(s.type, CH_LIT("scrypt"));
	} while (ch_rd_starts(&r, CH_LIT("->")));
	h.stanzas = ch_rd_take(&part, r.at - part.at);
	CH_RD_LIT(&r, "---");
	part = ch_rd_of(in);
	h.signed_ = ch_rd_take(&part, r.at);
	CH_RD_LIT(&r, " ");
	if (ch_b64_parse_n(h.mac, sizeof h.mac, ch_rd_line(&r), CH_B64_RAW) != CH_OK)
		ch_rd_fail(&r, CH_E_FORMAT);
	if (ch_rd_done(&r) != CH_OK)
		return CH_E_FORMAT;
	*out = h;
	return CH_OK;
}

ch_span ch_age_stanza_arg(const ch_age_stanza *s, size_t i)
{
	struct ch_rd r = ch_rd_of(s->args);
	ch_span arg;

	CH_ASSERT(i < s->n_args);
	do
		(void)ch_age_arg_rd(&arg, &r);
	while (i-- > 0);
	return arg;
}

ch_err ch_age_stanza_body(uint8_t *out, size_t n, const ch_age_stanza *s)
{
	struct ch_rd r = ch_rd_of(s->body);
	size_t done = 0, k = 0;
	ch_err e = s->n_body == n ? CH_OK : CH_E_FORMAT;

	while (e == CH_OK && !ch_rd_at_end(&r)) {
		e = ch_b64_parse(&out[done], &k, n - done, ch_rd_line(&r), CH_B64_RAW);
		done += k;
	}
	if (e == CH_OK && done == n)
		return CH_OK;
	ch_wipe(out, n);
	return CH_E_FORMAT;
}

void ch_age_version_put(struct ch_wr *w)
{
	CH_WR_LIT(w, CH_AGE_VERSION);
}

void ch_age_body_put(struct ch_wr *w, ch_span body)
{
	struct ch_rd r = ch_rd_of(body);
	size_t k;

	do {
		k = ch_rd_left(&r) < CH_AGE_LINE ? ch_rd_left(&r) : CH_AGE_LINE;
		ch_b64_put(w, ch_rd_take(&r, k), CH_B64_RAW);
		CH_WR_LIT(w, "\n");
	} while (k == CH_AGE_LINE);
}

void ch_age_stanza_put(struct ch_wr *w, ch_span args, ch_span body)
{
	CH_WR_LIT(w, "-> ");
	ch_wr_put(w, args);
	CH_WR_LIT(w, "\n");
	ch_age_body_put(w, body);
}

/* HMAC key = HKDF-SHA-256(ikm = file key, salt = empty, info = "header"). */
static void ch_age_mac(uint8_t out[32], const struct ch_file_key *key, ch_span header)
{
	struct ch_secret32 mac_key;

	ch_hkdf(mac_key.b, sizeof mac_key.b, ch_span_of(key->b, sizeof key->b), (ch_span){ 0 },
	    CH_LIT("header"));
	ch_hmac(out, ch_span_of(mac_key.b, sizeof mac_key.b), header);
	ch_wipe(&mac_key, sizeof mac_key);
}

void ch_age_mac_put(struct ch_wr *w, size_t from, const struct ch_file_key *key)
{
	struct ch_rd r;
	uint8_t mac[32];

	CH_WR_LIT(w, "---");
	r = ch_rd_of(ch_wr_span(w));
	(void)ch_rd_take(&r, from);
	ch_age_mac(mac, key, ch_rd_rest(&r));
	CH_CT_PUBLIC(mac, sizeof mac); /* it is sent */
	CH_WR_LIT(w, " ");
	ch_b64_put(w, ch_span_of(mac, sizeof mac), CH_B64_RAW);
	CH_WR_LIT(w, "\n");
}

ch_err ch_age_mac_check(const ch_age_header *h, const struct ch_file_key *key)
{
	uint8_t mac[32];
	bool same;

	ch_age_mac(mac, key, h->signed_);
	same = ch_ct_equal(mac, h->mac, sizeof mac);
	ch_wipe(mac, sizeof mac);
	CH_CT_PUBLIC(&same, sizeof same);
	return same ? CH_OK : CH_E_AUTH;
}
