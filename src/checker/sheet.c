/* HTML and XML with everything foreign escaped: see sheet.h. */
#include "sheet.h"

#include "when.h"
#include "words.h"

static ch_err sheet_escape(void *ctx, ch_span bytes)
{
	static const struct { uint8_t c; const char *name; } special[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
		{ '\'', "&#39;" },
	};
	struct ch_buf *out = ctx;
	size_t from = 0;
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < bytes.n; i++)
		for (size_t k = 0; e == CH_OK && k < CH_COUNT(special); k++) {
			if (bytes.p[i] != special[k].c)
				continue;
			e = ch_buf_put(out, ch_span_of(bytes.p + from, i - from));
			if (e == CH_OK)
				e = ch_buf_str(out, special[k].name);
			from = i + 1;
		}
	return e == CH_OK ? ch_buf_put(out, ch_span_of(bytes.p + from, bytes.n - from)) : e;
}

static struct ch_tell sheet_tell(const struct ch_sheet *h)
{
	return (struct ch_tell){ .emit = sheet_escape, .ctx = h->out, .isolate = h->isolate,
		.err = h->err };
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

/* `2026-11-25T09:49:45Z` as `2026-11-25, 09:49:45 UTC`. */
void ch_sheet_time(struct ch_sheet *h, int64_t t)
{
	uint8_t text[CH_WHEN_LEN];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	struct ch_rd r;

	ch_when_put(&w, t);
	r = ch_rd_of(ch_wr_span(&w));
	ch_sheet_raw(h, "<time datetime=\"");
	ch_sheet_bytes(h, ch_wr_span(&w));
	ch_sheet_raw(h, "\">");
	ch_sheet_bytes(h, ch_rd_until(&r, 'T'));
	ch_sheet_raw(h, ", ");
	ch_sheet_bytes(h, ch_rd_until(&r, 'Z'));
	ch_sheet_raw(h, " UTC</time>");
}

void ch_sheet_story(struct ch_sheet *h, const struct ch_verdict *v)
{
	struct ch_tell o = sheet_tell(h);

	ch_verdict_story(&o, v);
	h->err = o.err;
}

void ch_sheet_key(struct ch_sheet *h, const ch_vkey *key, const char *role)
{
	uint8_t text[CH_VKEY_MAX];
	char words[CH_WORDS_LEN + 1];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_vkey_put(&w, key);
	ch_party_words(words, ch_wr_span(&w));
	ch_sheet_raw(h, "<tr><td>");
	ch_sheet_text(h, role);
	ch_sheet_span(h, key->name);
	ch_sheet_raw(h, "</td><td class=\"mono\" translate=\"no\">");
	ch_sheet_raw(h, words);
	ch_sheet_raw(h, "</td></tr>\n");
}
