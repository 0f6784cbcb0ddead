/* HTML and XML with everything foreign escaped: see sheet.h. */
#include "sheet.h"

#include "when.h"
#include "words.h"

static const char *code_of(uint8_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static ch_err sheet_escape(void *ctx, ch_span bytes)
{
	struct ch_buf *out = ctx;
	size_t from = 0;
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < bytes.n; i++) {
		const char *code = code_of(bytes.p[i]);

		if (!code)
			continue;
		e = ch_buf_put(out, ch_span_of(bytes.p + from, i - from));
		if (e == CH_OK)
			e = ch_buf_str(out, code);
		from = i + 1;
	}
	return e == CH_OK ? ch_buf_put(out, ch_span_of(bytes.p + from, bytes.n - from)) : e;
}

static struct ch_tell sheet_tell(const struct ch_sheet *h)
{
	return (struct ch_tell){ .emit = sheet_escape, .ctx = h->out, .isolate = h->isolate,
		.in = ch_public_phrases[h->lang], .err = h->err };
}

void ch_sheet_bytes(struct ch_sheet *h, ch_span html)
{
	if (h->err == CH_OK)
		h->err = ch_buf_put(h->out, html);
}

void ch_sheet_raw(struct ch_sheet *h, const char *html)
{
	ch_sheet_bytes(h, ch_span_str(html));
}

void ch_sheet_text(struct ch_sheet *h, const char *text)
{
	struct ch_tell o = sheet_tell(h);

	ch_tell(&o, text);
	h->err = o.err;
}

void ch_sheet_span(struct ch_sheet *h, ch_span foreign)
{
	struct ch_tell o = sheet_tell(h);

	ch_tell_span(&o, foreign);
	h->err = o.err;
}

void ch_sheet_number(struct ch_sheet *h, uint64_t n)
{
	struct ch_tell o = sheet_tell(h);

	ch_tell_dec(&o, n);
	h->err = o.err;
}

void ch_sheet_when(struct ch_sheet *h, int64_t t)
{
	struct ch_tell o = sheet_tell(h);

	ch_tell_when(&o, t);
	h->err = o.err;
}

/* ---- sentences ---- */

static void put_arg(struct ch_sheet *h, const ch_sheet_arg *a)
{
	switch (a->kind) {
	case CH_SHEET_NOTHING:
		break;
	case CH_SHEET_TEXT:
		ch_sheet_span(h, a->text);
		break;
	case CH_SHEET_NUMBER:
		ch_sheet_number(h, a->n);
		break;
	case CH_SHEET_TIME:
		ch_sheet_time(h, a->time);
		break;
	case CH_SHEET_PHRASE:
		ch_sheet_phrase(h, a->word);
		break;
	case CH_SHEET_LINK:
		ch_sheet_raw(h, "<a href=\"");
		ch_sheet_text(h, a->word);
		ch_sheet_raw(h, "\">");
		ch_sheet_raw(h, ch_public_texts[h->lang][a->said]);
		ch_sheet_raw(h, "</a>");
		break;
	case CH_SHEET_MADE:
		ch_sheet_bytes(h, a->text);
		break;
	}
}

void ch_sheet_say_with(struct ch_sheet *h, ch_public_msg id, const ch_sheet_arg *args)
{
	struct ch_rd r = ch_rd_of(ch_span_str(ch_public_texts[h->lang][id]));

	for (;;) {
		struct ch_rd probe = r;
		ch_span words = ch_rd_until(&probe, '{');
		uint8_t place;

		if (probe.err != CH_OK)
			break;
		ch_sheet_bytes(h, words);
		place = ch_rd_u8(&probe);
		(void)ch_rd_u8(&probe);
		CH_ASSERT(args && probe.err == CH_OK && place >= '0' &&
		    place < '0' + CH_SHEET_PLACES);
		put_arg(h, &args[place - '0']);
		r = probe;
	}
	ch_sheet_bytes(h, ch_rd_rest(&r));
}

void ch_sheet_say(struct ch_sheet *h, ch_public_msg id)
{
	ch_sheet_say_with(h, id, NULL);
}

void ch_sheet_tag(struct ch_sheet *h, const char *tag, ch_public_msg id)
{
	ch_sheet_raw(h, "<");
	ch_sheet_raw(h, tag);
	ch_sheet_raw(h, ">");
	ch_sheet_say(h, id);
	ch_sheet_raw(h, "</");
	ch_sheet_raw(h, tag);
	ch_sheet_raw(h, ">");
}

void ch_sheet_phrase(struct ch_sheet *h, const char *english)
{
	const char *said = ch_phrase_find(ch_public_phrases[h->lang], ch_span_str(english));

	ch_sheet_text(h, said ? said : english);
}

/* `2026-11-25T09:49:45Z` as 25 November 2026, 09:49:45 UTC. */
void ch_sheet_time(struct ch_sheet *h, int64_t t)
{
	uint8_t text[CH_WHEN_LEN];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_tell o = sheet_tell(h);
	ch_tell_args args;
	struct ch_rd r;
	unsigned month;

	ch_when_put(&w, t);
	if (w.err != CH_OK) {
		ch_sheet_when(h, t);
		return;
	}
	r = ch_rd_of(ch_wr_span(&w));
	args = (ch_tell_args){ .v = { [2] = ch_rd_until(&r, '-') } };
	month = (unsigned)(text[5] - '0') * 10 + (unsigned)(text[6] - '0');
	(void)ch_rd_until(&r, '-');
	args.v[0] = ch_rd_until(&r, 'T');
	if (args.v[0].p[0] == '0')
		args.v[0] = ch_span_of(&args.v[0].p[1], 1);
	args.v[1] = ch_span_str(ch_public_texts[h->lang][CH_P_MONTH_1 + month - 1]);
	args.v[3] = ch_rd_until(&r, 'Z');
	ch_sheet_raw(h, "<time datetime=\"");
	ch_sheet_bytes(h, ch_wr_span(&w));
	ch_sheet_raw(h, "\">");
	o.isolate = false;
	o.err = h->err;
	ch_tell_say(&o, ch_public_texts[h->lang][CH_P_WHEN], &args);
	h->err = o.err;
	ch_sheet_raw(h, "</time>");
}

void ch_sheet_languages(struct ch_sheet *h, const char *const to[CH_PUBLIC_LANGS])
{
	ch_sheet_raw(h, "<nav class=\"languages\" aria-label=\"");
	ch_sheet_say(h, CH_P_LANGUAGES);
	ch_sheet_raw(h, "\">");
	for (unsigned i = 0; i < CH_PUBLIC_LANGS; i++) {
		ch_sheet_raw(h, i ? " <a href=\"" : "<a href=\"");
		ch_sheet_raw(h, to[i]);
		ch_sheet_raw(h, "\" lang=\"");
		ch_sheet_raw(h, ch_public_codes[i]);
		ch_sheet_raw(h, "\" hreflang=\"");
		ch_sheet_raw(h, ch_public_codes[i]);
		ch_sheet_raw(h, i == h->lang ? "\" aria-current=\"page\">" : "\">");
		ch_sheet_raw(h, ch_public_texts[i][CH_P_LANGUAGE_NAME]);
		ch_sheet_raw(h, "</a>");
	}
	ch_sheet_raw(h, "</nav>\n");
}

void ch_sheet_story(struct ch_sheet *h, const struct ch_verdict *v)
{
	struct ch_tell o = sheet_tell(h);

	ch_verdict_story(&o, v);
	h->err = o.err;
}

void ch_sheet_keys_begin(struct ch_sheet *h, ch_public_msg title)
{
	ch_sheet_tag(h, "h2", title);
	ch_sheet_raw(h, "\n<table><thead><tr><th scope=\"col\">");
	ch_sheet_say(h, CH_P_KEYS_WHOSE);
	ch_sheet_raw(h, "</th><th scope=\"col\">");
	ch_sheet_say(h, CH_P_KEYS_WORDS);
	ch_sheet_raw(h, "</th></tr></thead><tbody>\n");
}

void ch_sheet_keys_end(struct ch_sheet *h)
{
	ch_sheet_raw(h, "</tbody></table>\n");
}

void ch_sheet_key(struct ch_sheet *h, const ch_vkey *key, bool is_registry)
{
	uint8_t text[CH_VKEY_MAX];
	char words[CH_WORDS_LEN + 1];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_vkey_put(&w, key);
	ch_party_words(words, ch_wr_span(&w));
	ch_sheet_raw(h, "<tr><td>");
	if (is_registry)
		ch_sheet_say_with(h, CH_P_KEYS_REGISTRY, CH_SHEET_ARGS(ch_arg_text(key->name)));
	else
		ch_sheet_span(h, key->name);
	ch_sheet_raw(h, "</td><td class=\"mono\" translate=\"no\">");
	ch_sheet_raw(h, words);
	ch_sheet_raw(h, "</td></tr>\n");
}
