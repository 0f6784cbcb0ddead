/* HTML: see html.h. */
#include "html.h"

#include <stdarg.h>
#include <stdio.h>

#include "text.h"

#define PIECE 512u /* bytes of text marked at once: a mark is at most 16 times as long */

void ch_html_init(struct ch_html *w, ch_tongue tongue)
{
	*w = (struct ch_html){ .tongue = tongue };
	ch_buf_init(&w->b, CH_HTML_MAX);
}

void ch_html_deinit(struct ch_html *w)
{
	ch_buf_deinit(&w->b);
}

static void raw(struct ch_html *w, ch_span s)
{
	if (w->err == CH_OK)
		w->err = ch_buf_put(&w->b, s);
}

static ch_span code_of(uint8_t c)
{
	switch (c) {
	case '&':
		return CH_LIT("&amp;");
	case '<':
		return CH_LIT("&lt;");
	case '>':
		return CH_LIT("&gt;");
	case '"':
		return CH_LIT("&quot;");
	case '\'':
		return CH_LIT("&#39;");
	default:
		return (ch_span){ 0 };
	}
}

static void escape(struct ch_html *w, ch_span s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		ch_span code = code_of(s.p[i]);

		if (code.n == 0)
			continue;
		raw(w, ch_span_of(&s.p[from], i - from));
		raw(w, code);
		from = i + 1;
	}
	raw(w, ch_span_of(&s.p[from], s.n - from));
}

/* Where a piece may end: not within a code point. */
static size_t piece_end(ch_span s, size_t at)
{
	size_t end = at + PIECE;

	if (end >= s.n)
		return s.n;
	for (unsigned back = 0; back < 3 && (s.p[end] & 0xc0) == 0x80; back++)
		end--;
	return end;
}

void ch_html_text(struct ch_html *w, ch_span text)
{
	uint8_t marked[16 * PIECE];

	for (size_t at = 0; at < text.n && w->err == CH_OK;) {
		size_t end = piece_end(text, at);
		struct ch_wr out = ch_wr_of(marked, sizeof marked);

		ch_text_mark(&out, ch_span_of(&text.p[at], end - at));
		if (out.err != CH_OK)
			w->err = out.err;
		escape(w, ch_wr_span(&out));
		at = end;
	}
}

void ch_html_own(struct ch_html *w, ch_span text)
{
	escape(w, text);
}

/* One conversion; returns what comes behind it. */
static const char *convert(struct ch_html *w, const char *f, va_list ap)
{
	char number[32] = "";

	if (strncmp(f, "llu", 3) == 0) {
		(void)snprintf(number, sizeof number, "%llu", va_arg(ap, unsigned long long));
		f += 2;
	} else if (strncmp(f, "zu", 2) == 0) {
		(void)snprintf(number, sizeof number, "%zu", va_arg(ap, size_t));
		f += 1;
	} else if (strncmp(f, ".*s", 3) == 0) {
		int n = va_arg(ap, int);
		const char *s = va_arg(ap, const char *);

		ch_html_text(w, ch_span_of(s, n > 0 ? (size_t)n : 0));
		return &f[3];
	} else if (*f == 's') {
		const char *s = va_arg(ap, const char *);

		ch_html_text(w, ch_span_str(s ? s : ""));
	} else if (*f == 'u') {
		(void)snprintf(number, sizeof number, "%u", va_arg(ap, unsigned));
	} else if (*f == 'd') {
		(void)snprintf(number, sizeof number, "%d", va_arg(ap, int));
	} else if (*f == 'c') {
		number[0] = (char)va_arg(ap, int);
		ch_html_text(w, ch_span_str(number));
		number[0] = '\0';
	} else {
		CH_ASSERT(*f == '%');
		number[0] = '%';
	}
	raw(w, ch_span_str(number));
	return &f[1];
}

void ch_html_put(struct ch_html *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	while (*fmt) {
		size_t n = strcspn(fmt, "%");

		raw(w, ch_span_of(fmt, n));
		fmt += n;
		if (*fmt)
			fmt = convert(w, &fmt[1], ap);
	}
	va_end(ap);
}

void ch_html_made(struct ch_html *w, ch_span html)
{
	raw(w, html);
}

const char *ch_html_word(const struct ch_html *w, ch_msg id)
{
	return ch_lang_text(w->tongue, id);
}

static void say(struct ch_html *w, ch_msg id, const ch_args *args, bool apart)
{
	const char *t = ch_lang_text(w->tongue, id);

	while (*t) {
		size_t n = strcspn(t, "{");
		const char *v;

		ch_html_text(w, ch_span_of(t, n));
		t += n;
		if (!*t)
			break;
		if (t[1] < '0' || t[1] >= '0' + CH_LANG_ARGS || t[2] != '}') {
			ch_html_text(w, CH_LIT("{"));
			t++;
			continue;
		}
		v = args ? args->v[t[1] - '0'] : NULL;
		ch_html_put(w, apart ? "<bdi>%s</bdi>" : "%s", v ? v : "");
		t += 3;
	}
}

void ch_html_say(struct ch_html *w, ch_msg id)
{
	say(w, id, NULL, true);
}

void ch_html_say_with(struct ch_html *w, ch_msg id, const ch_args *args)
{
	say(w, id, args, true);
}

void ch_html_say_plain(struct ch_html *w, ch_msg id, const ch_args *args)
{
	say(w, id, args, false);
}

void ch_html_say_count(struct ch_html *w, ch_msg one, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	say(w, n == 1 ? one : one + 1, CH_ARGS(text), false);
}

void ch_html_tag(struct ch_html *w, const char *tag, ch_msg id)
{
	ch_html_put(w, "<%s>", tag);
	ch_html_say(w, id);
	ch_html_put(w, "</%s>", tag);
}

void ch_html_url(struct ch_html *w, ch_span v)
{
	static const char digit[] = "0123456789ABCDEF";

	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];
		char code[3] = { '%', digit[c >> 4], digit[c & 15] };

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '-' || c == '.' || c == '_')
			raw(w, ch_span_of(&c, 1));
		else
			raw(w, ch_span_of(code, 3));
	}
}
