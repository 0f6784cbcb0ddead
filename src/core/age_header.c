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

/* argument = 1*VCHAR, one space between two. */
static void ch_age_args_rd(ch_age_stanza *s, struct ch_rd *r, ch_span line)
{
	struct ch_rd a = ch_rd_of(line);
	size_t len = 0;

	for (size_t i = 0; i < line.n; i++) {
		bool space = line.p[i] == ' ';

		ch_rd_need(r, space ? len > 0 : line.p[i] > ' ' && line.p[i] <= '~', CH_E_FORMAT);
		if (space && s->n_args++ == 0)
			s->type = ch_rd_take(&a, i);
		len = space ? 0 : len + 1;
	}
	ch_rd_need(r, len > 0, CH_E_FORMAT);
	if (s->n_args > 0)
		CH_RD_LIT(&a, " ");
	else
		s->type = ch_rd_rest(&a);
	s->args = ch_rd_rest(&a);
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

	CH_ASSERT(i < s->n_args);
	while (i-- > 0)
		(void)ch_rd_until(&r, ' ');
	struct ch_rd probe = r;
	ch_span arg = ch_rd_until(&probe, ' ');

	return probe.err == CH_OK ? arg : ch_rd_rest(&r); /* the last one has no space behind */
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
