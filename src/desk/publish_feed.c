/* The published folder as a feed for news readers, RFC 4287: see publish_site.h. */
#include "b64.h"
#include "publish_site.h"

#define FEED_MAX ((size_t)64 << 20)

/* ni:///sha-256;… (RFC 6920): the same wherever the folder lies. */
static void put_id(struct ch_sheet *h, const ch_hash *hash)
{
	uint8_t text[64];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_b64_put(&w, ch_span_of(hash->b, sizeof hash->b), CH_B64_RAW);
	for (size_t i = 0; i < w.n; i++) /* the alphabet of RFC 4648, section 5 */
		text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
	ch_sheet_raw(h, "<id>ni:///sha-256;");
	ch_sheet_bytes(h, ch_wr_span(&w));
	ch_sheet_raw(h, "</id>\n");
}

static void put_updated(struct ch_sheet *h, int64_t t)
{
	ch_sheet_raw(h, "<updated>");
	ch_sheet_when(h, t);
	ch_sheet_raw(h, "</updated>\n");
}

static void put_page_link(struct ch_sheet *h)
{
	ch_sheet_raw(h, "<link rel=\"alternate\" type=\"text/html\" hreflang=\"");
	ch_sheet_raw(h, ch_public_codes[h->lang]);
	ch_sheet_raw(h, "\" href=\"");
	ch_sheet_raw(h, ch_public_index[h->lang]);
}

void ch_site_entry(struct ch_sheet *h, const struct ch_site *s, const ch_public_item *it,
    const char *file)
{
	ch_sheet_raw(h, "<entry>\n");
	put_id(h, &it->hash);
	ch_sheet_raw(h, "<title>");
	ch_sheet_story(h, s->verdict);
	ch_sheet_raw(h, "</title>\n");
	put_updated(h, ch_verdict_statement(&s->verdict->extract)->claimed);
	ch_sheet_raw(h, "<author><name>");
	ch_sheet_span(h, it->s.v[CH_ANY_PARTY]);
	ch_sheet_raw(h, "</name></author>\n");
	put_page_link(h);
	ch_sheet_raw(h, "#n");
	ch_sheet_number(h, s->n);
	ch_sheet_raw(h, "\"/>\n<link rel=\"enclosure\" type=\"text/plain\" href=\"");
	ch_sheet_text(h, file);
	ch_sheet_raw(h, "\"/>\n");
	ch_sheet_tag(h, "summary", CH_P_FEED_SUMMARY);
	ch_sheet_raw(h, "\n</entry>\n");
}

ch_err ch_site_feed(struct ch_buf *out, const struct ch_site *s, unsigned lang)
{
	struct ch_sheet h = { .out = out, .lang = lang, .err = s->err };
	int64_t begun = ch_val_when(s->talks->charter.v[CH_CHARTER_TIME]);

	ch_buf_init(out, FEED_MAX);
	ch_sheet_raw(&h, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
	ch_sheet_raw(&h, ch_public_codes[lang]);
	ch_sheet_raw(&h, "\">\n");
	put_id(&h, &s->talks->id);
	ch_sheet_raw(&h, "<title>");
	ch_site_title(&h, s, s->exercise ? CH_P_SITE_TITLE_EXERCISE : CH_P_SITE_TITLE);
	ch_sheet_raw(&h, "</title>\n");
	put_updated(&h, s->newest > begun ? s->newest : begun);
	put_page_link(&h);
	ch_sheet_raw(&h, "\"/>\n");
	ch_sheet_bytes(&h, ch_buf_span(&s->entries[lang]));
	ch_sheet_raw(&h, "</feed>\n");
	return h.err;
}
