/* Text rules of papers and statements: see text.h. NFC is judged by libutf8proc, in small steps so
 * that no memory is needed beyond the frame. Trusts nothing. */
#include "text.h"

#include <utf8proc.h>

/* A stretch between two starters never needs more in honest text; longer ones are refused. */
#define CH_TEXT_RUN 64

unsigned ch_text_decode(int32_t *cp, ch_span s, size_t at)
{
	struct ch_rd r = ch_rd_of(s);

	*cp = -1;
	(void)ch_rd_take(&r, at);
	ch_span rest = ch_rd_rest(&r);

	if (rest.n == 0)
		return 0;
	utf8proc_ssize_t n =
	    utf8proc_iterate(rest.p, rest.n > 4 ? 4 : (utf8proc_ssize_t)rest.n, cp);

	if (n <= 0) {
		*cp = -1;
		return 0;
	}
	return (unsigned)n;
}

static bool ch_text_is_joiner(int32_t cp)
{
	return cp == 0x200c || cp == 0x200d;
}

/* Characters that change how a line looks without being seen. */
static bool ch_text_is_hidden(int32_t cp)
{
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_CC: /* control            */
	case UTF8PROC_CATEGORY_CF: /* format: bidi, zero width, soft hyphen, tags */
	case UTF8PROC_CATEGORY_CS: /* surrogate          */
	case UTF8PROC_CATEGORY_ZL: /* line separator     */
	case UTF8PROC_CATEGORY_ZP: /* paragraph separator */
		return true;
	default:
		break;
	}
	/* Hangul and Khmer fillers, combining grapheme joiner, variation selectors: no ink. */
	return cp == 0x034f || cp == 0x115f || cp == 0x1160 || cp == 0x17b4 || cp == 0x17b5 ||
	    cp == 0x3164 || cp == 0xffa0 || (cp >= 0xfe00 && cp <= 0xfe0f) ||
	    (cp >= 0xe0100 && cp <= 0xe01ef);
}

static bool ch_text_is_letter(int32_t cp)
{
	utf8proc_category_t c = utf8proc_category(cp);

	return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_ME;
}

static bool ch_text_is_assigned(int32_t cp)
{
	utf8proc_category_t c = utf8proc_category(cp);

	return c != UTF8PROC_CATEGORY_CN && c != UTF8PROC_CATEGORY_CO;
}

/*
 * Whether cp can begin a stretch that is normalised alone: it never composes with what stands
 * before it. Hangul vowels and tails, and non-starters, may.
 */
static bool ch_text_is_boundary(int32_t cp)
{
	const utf8proc_property_t *p = utf8proc_get_property(cp);

	if (p->combining_class != 0)
		return false;
	if ((cp >= 0x1160 && cp <= 0x11ff) || cp < 0x80)
		return cp < 0x80;
	return !ch_text_is_letter(cp) || utf8proc_category(cp) <= UTF8PROC_CATEGORY_LO;
}

/*
 * Normalise one stretch of code points into out; returns how many, or -1. Without the option the
 * library decomposes nothing, and singletons (the Angstrom sign) would pass for normal.
 */
static int ch_text_compose(int32_t *out, int cap, const int32_t *in, int n)
{
	int k = 0;

	for (int i = 0; i < n; i++) {
		int cls = 0;
		utf8proc_ssize_t m = utf8proc_decompose_char(in[i], out + k, cap - k,
		    UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, &cls);

		if (m < 0 || m > cap - k)
			return -1;
		k += (int)m;
	}
	/* Canonical ordering of the marks, then composition by the library. */
	for (int i = 1; i < k; i++)
		for (int j = i; j > 0; j--) {
			int a = utf8proc_get_property(out[j - 1])->combining_class;
			int b = utf8proc_get_property(out[j])->combining_class;

			if (b == 0 || a <= b)
				break;
			int32_t t = out[j];

			out[j] = out[j - 1];
			out[j - 1] = t;
		}
	return (int)utf8proc_normalize_utf32(out, k, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
}

static void ch_text_put_cp(struct ch_wr *w, int32_t cp)
{
	uint8_t buf[4];
	utf8proc_ssize_t n = utf8proc_encode_char(cp, buf);

	ch_wr_put(w, ch_span_of(buf, n > 0 ? (size_t)n : 0));
}

/* Read the next stretch from *at; returns its length in code points, 0 at the end, -1 when bad. */
static int ch_text_next_run(int32_t run[CH_TEXT_RUN], ch_span in, size_t *at)
{
	int n = 0;

	while (*at < in.n) {
		int32_t cp;
		unsigned k = ch_text_decode(&cp, in, *at);

		if (k == 0 || !ch_text_is_assigned(cp))
			return -1;
		if (n > 0 && ch_text_is_boundary(cp))
			break;
		if (n == CH_TEXT_RUN)
			return -1;
		run[n++] = cp;
		*at += k;
	}
	return n;
}

ch_err ch_text_to_nfc(struct ch_wr *out, ch_span in)
{
	int32_t run[CH_TEXT_RUN], nfc[4 * CH_TEXT_RUN];
	size_t at = 0;
	int n;

	while ((n = ch_text_next_run(run, in, &at)) > 0) {
		int m = ch_text_compose(nfc, (int)CH_COUNT(nfc), run, n);

		if (m < 0)
			return CH_E_FORMAT;
		for (int i = 0; i < m; i++)
			ch_text_put_cp(out, nfc[i]);
	}
	if (n < 0)
		return CH_E_FORMAT;
	return out->err;
}

static bool ch_text_is_ascii(ch_span in)
{
	uint8_t any = 0;

	for (size_t i = 0; i < in.n; i++)
		any |= in.p[i];
	return any < 0x80;
}

/* A lone starter that neither decomposes nor is a Hangul syllable is normal: most text by far. */
static bool ch_text_run_is_simple(const int32_t *run, int n)
{
	const utf8proc_property_t *p = utf8proc_get_property(run[0]);

	return n == 1 && (run[0] < 0x80 || (p->combining_class == 0 &&
	    p->decomp_seqindex == UINT16_MAX && (run[0] < 0xac00 || run[0] > 0xd7a3)));
}

/* Step over ASCII that stands before more ASCII: it is normal and joins nothing. */
static size_t ch_text_skip_ascii(ch_span in, size_t at)
{
	while (at + 1 < in.n && in.p[at] < 0x80 && in.p[at + 1] < 0x80)
		at++;
	return at;
}

/* Every stretch equals its own normal form. */
static bool ch_text_is_nfc(ch_span in)
{
	int32_t run[CH_TEXT_RUN], nfc[4 * CH_TEXT_RUN];
	size_t at = 0;
	int n;

	if (ch_text_is_ascii(in))
		return true;
	while ((n = ch_text_next_run(run, in, &at)) > 0) {
		if (!ch_text_run_is_simple(run, n)) {
			int m = ch_text_compose(nfc, (int)CH_COUNT(nfc), run, n);

			if (m != n || memcmp(run, nfc, (size_t)n * sizeof run[0]) != 0)
				return false;
		}
		at = ch_text_skip_ascii(in, at);
	}
	return n == 0;
}

static bool ch_text_is_space(int32_t cp)
{
	return utf8proc_category(cp) == UTF8PROC_CATEGORY_ZS;
}

/* No hidden characters, joiners only between letters, no space of any kind first or last. */
static bool ch_text_is_plain(ch_span in)
{
	int32_t prev = -1, cp;

	for (size_t at = 0; at < in.n;) {
		unsigned k = ch_text_decode(&cp, in, at);

		if (k == 0 || (prev < 0 && ch_text_is_space(cp)))
			return false;
		if (ch_text_is_joiner(prev) && !ch_text_is_letter(cp))
			return false;
		if (ch_text_is_joiner(cp) ? prev < 0 || !ch_text_is_letter(prev)
		    : ch_text_is_hidden(cp))
			return false;
		prev = cp;
		at += k;
	}
	return !ch_text_is_joiner(prev) && !ch_text_is_space(prev);
}

ch_err ch_text_check_line(ch_span in, size_t max)
{
	if (in.n > max)
		return CH_E_LIMIT;
	if (in.n == 0)
		return CH_E_FORMAT;
	return ch_text_is_plain(in) && ch_text_is_nfc(in) ? CH_OK : CH_E_FORMAT;
}

ch_err ch_text_check_passage(ch_span in, size_t max)
{
	if (in.n > max)
		return CH_E_LIMIT;
	if (in.n == 0 || in.p[0] == '\n' || in.p[in.n - 1] == '\n')
		return CH_E_FORMAT;
	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == 0 || in.p[i] == '\r')
			return CH_E_FORMAT;
		if (i > 0 && in.p[i] == '\n' && in.p[i - 1] == '\n')
			return CH_E_FORMAT;
	}
	return ch_text_is_nfc(in) ? CH_OK : CH_E_FORMAT;
}

static void ch_text_put_mark(struct ch_wr *w, uint32_t cp)
{
	static const char digits[] = "0123456789ABCDEF";

	CH_WR_LIT(w, "<U+");
	for (int shift = cp > 0xffff ? 20 : 12; shift >= 0; shift -= 4)
		ch_wr_u8(w, (uint8_t)digits[cp >> shift & 15]);
	CH_WR_LIT(w, ">");
}

void ch_text_mark(struct ch_wr *w, ch_span in)
{
	for (size_t at = 0; at < in.n;) {
		int32_t cp;
		unsigned k = ch_text_decode(&cp, in, at);

		if (k == 0) {
			CH_WR_LIT(w, "<?>");
			k = 1;
		} else if (cp != '\n' && cp != '\t' && !ch_text_is_joiner(cp) &&
		    ch_text_is_hidden(cp)) {
			ch_text_put_mark(w, (uint32_t)cp);
		} else {
			ch_text_put_cp(w, cp);
		}
		at += k;
	}
}

static bool ch_text_is_label_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool ch_text_is_handle(ch_span in)
{
	size_t label = 0, dots = 0;

	if (in.n < 3 || in.n > 253)
		return false;
	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];

		if (c == '.') {
			if (label == 0 || in.p[i - 1] == '-')
				return false;
			label = 0;
			dots++;
		} else {
			if (!ch_text_is_label_char(c) || (label == 0 && c == '-') || ++label > 63)
				return false;
		}
	}
	return dots > 0 && label > 0 && in.p[in.n - 1] != '-';
}

bool ch_text_is_token(ch_span in)
{
	if (in.n == 0 || in.n > 64 || in.p[0] == '-' || in.p[0] == '.')
		return false;
	for (size_t i = 0; i < in.n; i++)
		if (!ch_text_is_label_char(in.p[i]) && in.p[i] != '.')
			return false;
	return true;
}
