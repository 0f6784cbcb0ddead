/* The rule of every type of value: see value.h. One accepted spelling each. */
#include "value.h"

#include "age_key.h"
#include "b64.h"
#include "crypto.h"
#include "dec.h"
#include "hex.h"
#include "note.h"
#include "text.h"
#include "when.h"
#include "wipe.h"

static ch_err ch_value_ok(bool ok)
{
	return ok ? CH_OK : CH_E_FORMAT;
}

static bool ch_value_is_code(ch_span v)
{
	if (v.n < 2 || v.n > 8)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < 'A' || v.p[i] > 'Z')
			return false;
	return true;
}

ch_err ch_number_parse(ch_number *out, ch_span v)
{
	struct ch_rd r = ch_rd_of(v);
	ch_number n = { 0 };

	*out = n;
	n.from = ch_rd_until(&r, '-');
	n.to = ch_rd_until(&r, '/');
	ch_span year = ch_rd_until(&r, '/');
	ch_span serial = ch_rd_rest(&r);

	if (ch_rd_done(&r) != CH_OK || !ch_value_is_code(n.from) || !ch_value_is_code(n.to))
		return CH_E_FORMAT;
	if (year.n != 4 || ch_dec_parse(&n.year, year, 9999) != CH_OK || n.year < 1970)
		return CH_E_FORMAT;
	/* At least four digits, zeros in front only to reach four. */
	while (serial.n > 1 && serial.p[0] == '0' && serial.n <= 4)
		serial = ch_span_of(serial.p + 1, serial.n - 1);
	if (ch_dec_parse(&n.serial, serial, UINT32_MAX) != CH_OK || n.serial == 0)
		return CH_E_FORMAT;
	if (v.n != n.from.n + n.to.n + 7 + (serial.n < 4 ? 4 : serial.n))
		return CH_E_FORMAT;
	*out = n;
	return CH_OK;
}

static bool ch_value_is_keyname(ch_span v)
{
	struct ch_rd r = ch_rd_of(v);
	ch_span handle = ch_rd_until(&r, '/');
	ch_span id = ch_rd_rest(&r);
	uint8_t x[4];

	return ch_rd_done(&r) == CH_OK && ch_text_is_handle(handle) &&
	    ch_hex_parse(x, sizeof x, id) == CH_OK;
}

/* Seeds are written as hashes, so what was read on trial is wiped. */
static bool ch_value_is_hash(ch_span v)
{
	ch_hash h;
	bool ok = ch_hex_parse(h.b, sizeof h.b, v) == CH_OK;

	ch_wipe(&h, sizeof h);
	return ok;
}

static bool ch_value_is_dec(ch_span v)
{
	uint64_t n;

	return ch_dec_parse(&n, v, UINT64_MAX) == CH_OK;
}

static bool ch_value_is_when(ch_span v)
{
	int64_t t;

	return ch_when_parse(&t, v) == CH_OK;
}

static bool ch_value_is_date(ch_span v)
{
	int64_t t;

	return ch_when_parse_date(&t, v) == CH_OK;
}

/* `<dec> <hash>` with one or two hashes. */
static bool ch_value_is_ref(ch_span v, unsigned hashes)
{
	struct ch_rd r = ch_rd_of(v);
	ch_span n = ch_rd_until(&r, ' ');
	ch_span a = hashes == 2 ? ch_rd_until(&r, ' ') : ch_rd_rest(&r);
	ch_span b = hashes == 2 ? ch_rd_rest(&r) : a;

	return ch_rd_done(&r) == CH_OK && ch_value_is_dec(n) && ch_value_is_hash(a) &&
	    ch_value_is_hash(b);
}

static bool ch_value_is_re(ch_span v)
{
	struct ch_rd r = ch_rd_of(v);
	ch_span number = ch_rd_until(&r, ' ');
	ch_span hash = ch_rd_rest(&r);
	ch_number n;

	return ch_rd_done(&r) == CH_OK && ch_number_parse(&n, number) == CH_OK &&
	    ch_value_is_hash(hash);
}

/* Tokens joined by single commas, none twice. */
static bool ch_value_is_tokens(ch_span v)
{
	struct ch_rd r = ch_rd_of(v);

	for (unsigned i = 0; i < 64 && !ch_rd_at_end(&r); i++) {
		struct ch_rd probe = r;
		ch_span t = ch_rd_until(&probe, ',');

		if (probe.err != CH_OK)
			t = ch_rd_rest(&r);
		else
			r = probe;
		if (!ch_text_is_token(t) || (probe.err == CH_OK && ch_rd_at_end(&r)))
			return false;
		/* The same token may not stand in what is left. */
		for (struct ch_rd q = r; !ch_rd_at_end(&q) && q.err == CH_OK;) {
			struct ch_rd p = q;
			ch_span u = ch_rd_until(&p, ',');

			if (p.err != CH_OK)
				u = ch_rd_rest(&q);
			else
				q = p;
			if (ch_span_eq(u, t))
				return false;
		}
	}
	return v.n > 0 && ch_rd_at_end(&r);
}

/* Ascending decimals joined by single commas. */
static bool ch_value_is_numbers(ch_span v)
{
	struct ch_rd r = ch_rd_of(v);
	uint64_t last = 0, n;

	for (bool first = true; first || !ch_rd_at_end(&r); first = false) {
		struct ch_rd probe = r;
		ch_span t = ch_rd_until(&probe, ',');
		bool more = probe.err == CH_OK;

		if (!more)
			t = ch_rd_rest(&r);
		else
			r = probe;
		if (ch_dec_parse(&n, t, UINT32_MAX) != CH_OK || (!first && n <= last))
			return false;
		if (more && ch_rd_at_end(&r))
			return false;
		last = n;
	}
	return true;
}

/* Printable ASCII without space; `not` is one more character that is refused (0: none). */
static bool ch_value_is_printable(ch_span v, size_t max, uint8_t not)
{
	if (v.n == 0 || v.n > max)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] <= ' ' || v.p[i] > '~' || v.p[i] == not)
			return false;
	return true;
}

static bool ch_value_is_url(ch_span v)
{
	struct ch_rd r = ch_rd_of(v);

	return ch_value_is_printable(v, 512, 0) &&
	    (ch_rd_starts(&r, CH_LIT("http://")) || ch_rd_starts(&r, CH_LIT("https://"))) &&
	    v.p[v.n - 1] != '/';
}

/* A register's origin: never of our own type lines, and not the unset mark. */
static bool ch_value_is_origin(ch_span v)
{
	struct ch_rd r = ch_rd_of(v);

	return ch_value_is_printable(v, 255, '+') && !ch_span_eq(v, CH_LIT("-")) &&
	    !ch_rd_starts(&r, CH_LIT("chancery"));
}

static bool ch_value_is_media(ch_span v)
{
	struct ch_rd r = ch_rd_of(v);
	ch_span type = ch_rd_until(&r, '/'), sub = ch_rd_rest(&r);

	return ch_rd_done(&r) == CH_OK && ch_text_is_token(type) &&
	    ch_value_is_printable(sub, 100, '/') && ch_value_is_printable(v, 127, ';');
}

static bool ch_value_is_vkey(ch_span v)
{
	ch_vkey k;

	return ch_vkey_parse(&k, v) == CH_OK;
}

static bool ch_value_is_b64(ch_span v, size_t n)
{
	uint8_t x[64];

	return ch_b64_parse_n(x, n, v, CH_B64_PADDED) == CH_OK;
}

static bool ch_value_is_copy(ch_span v)
{
	struct ch_rd r = ch_rd_of(v);
	ch_span first = ch_rd_until(&r, ',');
	uint64_t i, n;

	return ch_dec_parse(&i, first, UINT32_MAX) == CH_OK &&
	    ch_dec_parse(&n, ch_rd_rest(&r), UINT32_MAX) == CH_OK && i > 0 && i <= n;
}

static bool ch_value_is_recipient(ch_span v)
{
	ch_age_recipient k;

	return ch_age_recipient_parse(&k, v) == CH_OK;
}

static bool ch_value_is_hex16(ch_span v)
{
	uint8_t x[16];

	return ch_hex_parse(x, sizeof x, v) == CH_OK;
}

ch_err ch_value_check(const struct ch_field *f, ch_span v)
{
	ch_number n;

	switch (f->type) {
	case CH_T_HASH:
		return ch_value_ok(ch_value_is_hash(v));
	case CH_T_HEX16:
		return ch_value_ok(ch_value_is_hex16(v));
	case CH_T_HANDLE:
		return ch_value_ok(ch_text_is_handle(v));
	case CH_T_CODE:
		return ch_value_ok(ch_value_is_code(v));
	case CH_T_NUMBER:
		return ch_number_parse(&n, v);
	case CH_T_WHEN:
		return ch_value_ok(ch_value_is_when(v));
	case CH_T_DATE:
		return ch_value_ok(ch_value_is_date(v));
	case CH_T_DEC:
		return ch_value_ok(ch_value_is_dec(v));
	case CH_T_KEYNAME:
		return ch_value_ok(ch_value_is_keyname(v));
	case CH_T_VKEY:
		return ch_value_ok(ch_value_is_vkey(v));
	case CH_T_KEY:
		return ch_value_ok(ch_value_is_b64(v, 32));
	case CH_T_SIG:
		return ch_value_ok(ch_value_is_b64(v, 64));
	case CH_T_RECIPIENT:
		return ch_value_ok(ch_value_is_recipient(v));
	case CH_T_TOKEN:
		return ch_value_ok(ch_text_is_token(v));
	case CH_T_TOKENS:
		return ch_value_ok(ch_value_is_tokens(v));
	case CH_T_REF:
		return ch_value_ok(ch_value_is_ref(v, 1));
	case CH_T_SEEN:
		return ch_value_ok(ch_value_is_ref(v, 2));
	case CH_T_RE:
		return ch_value_ok(ch_value_is_re(v));
	case CH_T_ORIGIN:
		return ch_value_ok(ch_value_is_origin(v));
	case CH_T_MEDIA:
		return ch_value_ok(ch_value_is_media(v));
	case CH_T_URL:
		return ch_value_ok(ch_value_is_url(v));
	case CH_T_TEXT:
		return ch_text_check_line(v, f->max);
	case CH_T_NUMBERS:
		return ch_value_ok(ch_value_is_numbers(v));
	case CH_T_COPY:
		return ch_value_ok(ch_value_is_copy(v));
	case CH_T_LIST:
		break;
	}
	return CH_E_INTERNAL;
}
