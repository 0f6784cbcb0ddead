/* Normal form by tables: see utf8proc.h here. Unicode Standard Annex 15; Hangul by chapter 3.12.
 * Trusts its tables. */
#include "tables.h"

enum { S_BASE = 0xac00, L_BASE = 0x1100, V_BASE = 0x1161, T_BASE = 0x11a7 };
enum { LS = 19, VS = 21, TS = 28 };

/* ---- UTF-8 ---- */

utf8proc_ssize_t utf8proc_iterate(const uint8_t *in, utf8proc_ssize_t n, int32_t *cp)
{
	static const int32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	utf8proc_ssize_t k = in[0] < 0x80 ? 1 : in[0] < 0xc2 ? 0 : in[0] < 0xe0 ? 2 :
	    in[0] < 0xf0 ? 3 : in[0] < 0xf5 ? 4 : 0;
	int32_t c = k == 1 ? in[0] : in[0] & (0x7f >> k);

	*cp = -1;
	if (k == 0 || k > n)
		return -1;
	for (utf8proc_ssize_t i = 1; i < k; i++) {
		if ((in[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (in[i] & 0x3f);
	}
	if (c < least[k] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return -1;
	*cp = c;
	return k;
}

utf8proc_ssize_t utf8proc_encode_char(int32_t cp, uint8_t *out)
{
	static const uint8_t lead[5] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	int n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

	if (cp < 0 || cp > 0x10ffff)
		return 0;
	for (int i = n - 1; i > 0; i--) {
		out[i] = (uint8_t)(0x80 | (cp & 0x3f));
		cp >>= 6;
	}
	out[0] = (uint8_t)(lead[n] | cp);
	return n;
}

/* ---- properties ---- */

const utf8proc_property_t *utf8proc_get_property(int32_t cp)
{
	unsigned low = 0, high = ch_uni_n_runs;

	if (cp < 0 || cp > 0x10ffff)
		cp = 0x10ffff; /* not assigned */
	while (high - low > 1) {
		unsigned mid = (low + high) / 2;

		if (ch_uni_runs[mid] >> 8 <= (uint32_t)cp)
			low = mid;
		else
			high = mid;
	}
	return &ch_uni_class[ch_uni_runs[low] & 0xff];
}

utf8proc_category_t utf8proc_category(int32_t cp)
{
	return (utf8proc_category_t)utf8proc_get_property(cp)->category;
}

/* ---- decomposition ---- */

static const ch_uni_pair *pair_of(int32_t cp)
{
	unsigned low = 0, high = ch_uni_n_pairs;

	while (low < high) {
		unsigned mid = (low + high) / 2;

		if (CH_UNI_CP(ch_uni_pairs[mid]) == cp)
			return &ch_uni_pairs[mid];
		if (CH_UNI_CP(ch_uni_pairs[mid]) < cp)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* Only the first of a pair decomposes further: the second ones are gathered from the end. */
utf8proc_ssize_t utf8proc_decompose_char(int32_t cp, int32_t *out, utf8proc_ssize_t cap,
    int options, const int *last_boundclass)
{
	const ch_uni_pair *p;
	int32_t back[8];
	utf8proc_ssize_t n = 0, k = 0;

	(void)options;
	(void)last_boundclass;
	if (cp >= S_BASE && cp < S_BASE + LS * VS * TS) {
		int32_t s = cp - S_BASE;

		if (s % TS)
			back[n++] = T_BASE + s % TS;
		back[n++] = V_BASE + s % (VS * TS) / TS;
		cp = L_BASE + s / (VS * TS);
	} else {
		while (n < 7 && (p = pair_of(cp)) != NULL) {
			if (CH_UNI_B(*p))
				back[n++] = CH_UNI_B(*p);
			cp = CH_UNI_A(*p);
		}
	}
	back[n++] = cp;
	if (n <= cap)
		while (k < n) {
			out[k] = back[n - 1 - k];
			k++;
		}
	return n;
}

/* ---- composition ---- */

static int32_t compose_hangul(int32_t a, int32_t b)
{
	if (a >= L_BASE && a < L_BASE + LS && b >= V_BASE && b < V_BASE + VS)
		return S_BASE + ((a - L_BASE) * VS + (b - V_BASE)) * TS;
	if (a >= S_BASE && a < S_BASE + LS * VS * TS && (a - S_BASE) % TS == 0 && b > T_BASE &&
	    b < T_BASE + TS)
		return a + (b - T_BASE);
	return -1;
}

/* -1: they do not compose. Text has few such neighbours: a walk of the table is fast enough. */
static int32_t compose_two(int32_t a, int32_t b)
{
	const ch_uni_pair pair = CH_UNI_PAIR(0, 0x1fffff, 0x1fffff, 1);
	const ch_uni_pair want = CH_UNI_PAIR(0, a, b, 1);
	int32_t hangul = compose_hangul(a, b);

	for (unsigned i = 0; hangul < 0 && i < ch_uni_n_pairs; i++)
		if ((ch_uni_pairs[i] & pair) == want)
			return CH_UNI_CP(ch_uni_pairs[i]);
	return hangul;
}

utf8proc_ssize_t utf8proc_normalize_utf32(int32_t *buf, utf8proc_ssize_t n, int options)
{
	utf8proc_ssize_t out = 0, starter = -1;
	int highest = -1; /* class between the starter and here; -1: it is the neighbour */

	(void)options;
	for (utf8proc_ssize_t i = 0; i < n; i++) {
		int32_t c = buf[i];
		int class_ = utf8proc_get_property(c)->combining_class;
		int32_t one = starter >= 0 && class_ > highest ? compose_two(buf[starter], c) : -1;

		if (one >= 0) {
			buf[starter] = one;
			continue;
		}
		buf[out] = c;
		if (class_ > highest)
			highest = class_;
		if (class_ == 0) {
			starter = out;
			highest = -1;
		}
		out++;
	}
	return out;
}
