/*
 * The published folder as a site: see publish_site.h. Whatever comes out of a statement is written
 * behind marks and escapes, and in a direction of its own.
 */
#include "publish_site.h"

#include "b64.h"
#include "check_page.h"
#include "md_sheet.h"

#define SITE_MAX ((size_t)64 << 20)
#define DATA_MAX ((size_t)8 << 20) /* items inside check.html; a larger rest is dropped on it */
#define TITLE_MAX 65536u

void ch_site_begin(struct ch_site *s, const struct ch_talks *talks, bool exercise)
{
	*s = (struct ch_site){ .talks = talks, .exercise = exercise };
	for (unsigned i = 0; i < CH_PUBLIC_LANGS; i++) {
		ch_buf_init(&s->items[i], SITE_MAX);
		ch_buf_init(&s->entries[i], SITE_MAX);
	}
	ch_buf_init(&s->data, DATA_MAX);
	s->trust = ch_alloc(sizeof *s->trust);
	s->verdict = ch_alloc(sizeof *s->verdict);
	s->err = s->trust && s->verdict ? ch_trust_file(&s->trust_text, talks) : CH_E_NOMEM;
	if (s->err == CH_OK)
		s->err = ch_trust_parse(s->trust, ch_buf_span(&s->trust_text), NULL);
}

void ch_site_end(struct ch_site *s)
{
	for (unsigned i = 0; i < CH_PUBLIC_LANGS; i++) {
		ch_buf_deinit(&s->items[i]);
		ch_buf_deinit(&s->entries[i]);
	}
	ch_buf_deinit(&s->data);
	ch_buf_deinit(&s->trust_text);
	ch_free(s->trust, sizeof *s->trust);
	ch_free(s->verdict, sizeof *s->verdict);
}

/* ---- an item on the page ---- */

/* Before name k of n in a list: `a, b and c`. */
static void put_between(struct ch_sheet *h, size_t k, size_t n)
{
	if (k > 0 && k + 1 == n) {
		ch_sheet_raw(h, " ");
		ch_sheet_say(h, CH_P_LIST_AND);
		ch_sheet_raw(h, " ");
	} else if (k > 0) {
		ch_sheet_raw(h, ", ");
	}
}

/* By whom a checkpoint was cosigned; nothing when by nobody. */
static void put_cosigners(struct ch_sheet *h, const ch_fact *f)
{
	unsigned n = 0, k = 0;

	for (unsigned by = 0; by < CH_BY_COUNT; by++)
		n += f->before.t[by] != 0;
	for (unsigned by = 0; by < CH_BY_COUNT; by++) {
		if (f->before.t[by] == 0)
			continue;
		put_between(h, k++, n);
		ch_sheet_phrase(h, ch_by_name((ch_by)by));
	}
}

static void put_register(struct ch_sheet *h, const struct ch_verdict *v, const ch_fact *f)
{
	const ch_sheet_arg index = ch_arg_number(f->index),
	    registry = ch_arg_text(ch_verdict_registry(v));
	struct ch_buf by;
	struct ch_sheet list = { .out = &by, .lang = h->lang, .err = h->err };

	if (!f->logged) {
		ch_sheet_say(h, CH_P_ITEM_NO_PLACE);
		return;
	}
	ch_buf_init(&by, TITLE_MAX);
	put_cosigners(&list, f);
	h->err = list.err;
	ch_sheet_say_with(h, by.n ? CH_P_ITEM_PLACE : CH_P_ITEM_PLACE_ALONE,
	    CH_SHEET_ARGS(index, registry, ch_arg_made(ch_buf_span(&by))));
	ch_buf_deinit(&by);
}

/* By whom, and in which register. */
static void put_place(struct ch_sheet *h, const struct ch_verdict *v, const ch_fact *f,
    ch_span party)
{
	const ch_sheet_arg roster = ch_arg_number(f->roster.n);

	ch_sheet_raw(h, "<p class=\"place\">");
	if (f->who.n == 1)
		ch_sheet_say_with(h, CH_P_ITEM_BY_ONE, CH_SHEET_ARGS(ch_arg_text(party), roster));
	else
		ch_sheet_say_with(h, CH_P_ITEM_BY_MANY, CH_SHEET_ARGS(ch_arg_text(party),
		    ch_arg_number(f->who.n), roster));
	ch_sheet_raw(h, " ");
	put_register(h, v, f);
	ch_sheet_raw(h, "</p>\n");
}

static void put_times(struct ch_sheet *h, const ch_fact *f)
{
	ch_by by;
	int64_t t = ch_times_earliest(&f->before, &by);
	const ch_sheet_arg dated = ch_arg_time(f->claimed), there = ch_arg_time(t),
	    word = ch_arg_phrase(ch_by_name(by));

	ch_sheet_raw(h, "<p class=\"when\">");
	if (f->claimed && t)
		ch_sheet_say_with(h, CH_P_ITEM_DATED_THERE, CH_SHEET_ARGS(dated, there, word));
	else if (f->claimed)
		ch_sheet_say_with(h, CH_P_ITEM_DATED, CH_SHEET_ARGS(dated));
	else if (t)
		ch_sheet_say_with(h, CH_P_ITEM_THERE, CH_SHEET_ARGS(there, word));
	else
		ch_sheet_say(h, CH_P_ITEM_NO_TIME);
	ch_sheet_raw(h, "</p>\n");
}

static void put_sealed(struct ch_sheet *h, uint32_t n)
{
	if (n == 0)
		return;
	ch_sheet_raw(h, "<p class=\"sealed\">");
	ch_sheet_say_with(h, n == 1 ? CH_P_ITEM_SEALED_ONE : CH_P_ITEM_SEALED_MANY,
	    CH_SHEET_ARGS(ch_arg_number(n)));
	ch_sheet_raw(h, "</p>\n");
}

static void put_passage(struct ch_sheet *h, const ch_leaf *leaf, uint32_t total)
{
	ch_sheet_raw(h, "<div class=\"passage\"><p class=\"of\">");
	ch_sheet_say_with(h, total == CH_TOTAL_HIDDEN ? CH_P_ITEM_PASSAGE : CH_P_ITEM_PASSAGE_OF,
	    CH_SHEET_ARGS(ch_arg_number((uint64_t)leaf->index + 1), ch_arg_number(total)));
	ch_sheet_raw(h, "</p><div dir=\"auto\">");
	ch_md_sheet(h, leaf->bytes, ch_public_texts[h->lang][CH_P_ITEM_IMAGE]);
	ch_sheet_raw(h, "</div></div>\n");
}

/* The words that a disclosure makes public, set as a text; and where there are more. */
static void put_passages(struct ch_sheet *h, const ch_extract *x)
{
	uint32_t total = x->leaves.total[CH_LEAF_PASSAGE], next = 0;
	ch_leaf leaf;

	if (!x->has_paper || x->leaves.n_shown[CH_LEAF_PASSAGE] == 0)
		return;
	ch_sheet_raw(h, "<div class=\"text\">\n");
	for (struct ch_rd r = ch_rd_of(x->leaves.block); ch_leaves_next(&leaf, &r);) {
		if (leaf.kind != CH_LEAF_PASSAGE)
			continue;
		put_sealed(h, leaf.index - next);
		put_passage(h, &leaf, total);
		next = leaf.index + 1;
	}
	if (total != CH_TOTAL_HIDDEN)
		put_sealed(h, total - next);
	ch_sheet_raw(h, "</div>\n");
}

static void put_note(struct ch_sheet *h, const ch_extract *x)
{
	if (x->note.n == 0)
		return;
	ch_sheet_raw(h, "<div class=\"text\"><div class=\"passage\"><p class=\"of\">");
	ch_sheet_say(h, CH_P_ITEM_NOTE);
	ch_sheet_raw(h, "</p><div dir=\"auto\">");
	ch_md_sheet_plain(h, x->note);
	ch_sheet_raw(h, "</div></div></div>\n");
}

static void put_links(struct ch_sheet *h, const char *file)
{
	ch_sheet_raw(h, "<p class=\"do\"><a href=\"");
	ch_sheet_text(h, file);
	ch_sheet_raw(h, "\" download>");
	ch_sheet_say(h, CH_P_ITEM_DOWNLOAD);
	ch_sheet_raw(h, "</a>");
	if (ch_check_page_head().n) {
		ch_sheet_raw(h, " <a href=\"check.html?lang=");
		ch_sheet_raw(h, ch_public_codes[h->lang]);
		ch_sheet_raw(h, "#");
		ch_sheet_text(h, file);
		ch_sheet_raw(h, "\">");
		ch_sheet_say(h, CH_P_ITEM_CHECK);
		ch_sheet_raw(h, "</a>");
	}
	ch_sheet_raw(h, "</p>");
}

static void put_item(struct ch_sheet *h, const struct ch_site *s, const ch_public_item *it,
    const char *file)
{
	const ch_extract *x = &s->verdict->extract;
	const ch_fact *f = ch_verdict_statement(x);

	ch_sheet_raw(h, "<li id=\"n");
	ch_sheet_number(h, s->n);
	ch_sheet_raw(h, "\"><h2>");
	ch_sheet_story(h, s->verdict);
	ch_sheet_raw(h, "</h2>\n");
	put_passages(h, x);
	put_note(h, x);
	put_place(h, s->verdict, f, it->s.v[CH_ANY_PARTY]);
	put_times(h, f);
	put_links(h, file);
	ch_sheet_raw(h, "</li>\n");
}

/* ---- index.html ---- */

static void put_keys(struct ch_sheet *h, const ch_trust *t)
{
	ch_sheet_raw(h, "<section>");
	ch_sheet_keys_begin(h, CH_P_KEYS_TITLE);
	for (size_t i = 0; i < t->n_registries; i++)
		ch_sheet_key(h, &t->registry[i], true);
	for (size_t i = 0; i < t->n_parties; i++)
		ch_sheet_key(h, &t->party[i].key, false);
	ch_sheet_keys_end(h);
	ch_sheet_raw(h, "</section>\n");
}

void ch_site_title(struct ch_sheet *h, const struct ch_site *s, ch_public_msg id)
{
	const ch_trust *t = s->trust;
	struct ch_buf names;
	struct ch_sheet list = { .out = &names, .lang = h->lang, .isolate = h->isolate,
		.err = h->err };

	ch_buf_init(&names, TITLE_MAX);
	for (size_t i = 0; i < t->n_parties; i++) {
		put_between(&list, i, t->n_parties);
		ch_sheet_span(&list, t->party[i].handle);
	}
	h->err = list.err;
	ch_sheet_say_with(h, id, CH_SHEET_ARGS(ch_arg_made(ch_buf_span(&names))));
	ch_buf_deinit(&names);
}

static void put_links_of_head(struct ch_sheet *h)
{
	for (unsigned i = 0; i < CH_PUBLIC_LANGS; i++) {
		ch_sheet_raw(h, "<link rel=\"alternate\" hreflang=\"");
		ch_sheet_raw(h, ch_public_codes[i]);
		ch_sheet_raw(h, "\" href=\"");
		ch_sheet_raw(h, ch_public_index[i]);
		ch_sheet_raw(h, "\">\n");
	}
	ch_sheet_raw(h, "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"");
	ch_sheet_say(h, CH_P_SITE_HOUSE);
	ch_sheet_raw(h, "\" href=\"");
	ch_sheet_raw(h, ch_public_feed[h->lang]);
	ch_sheet_raw(h, "\">\n");
}

static void put_head(struct ch_sheet *h, const struct ch_site *s)
{
	ch_sheet_raw(h, "<!DOCTYPE html>\n<html lang=\"");
	ch_sheet_raw(h, ch_public_codes[h->lang]);
	ch_sheet_raw(h, "\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	    "'");
	ch_sheet_raw(h, ch_site_style_source());
	ch_sheet_raw(h, "'; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	ch_site_title(h, s, CH_P_SITE_TITLE);
	ch_sheet_raw(h, "</title>\n");
	put_links_of_head(h);
	ch_sheet_raw(h, "<style>");
	ch_sheet_bytes(h, ch_site_style());
	ch_sheet_raw(h, "</style>\n</head>\n");
}

static void put_lead(struct ch_sheet *h, const struct ch_site *s, const ch_published *done)
{
	ch_sheet_raw(h, "<p class=\"lead\">");
	if (s->n == 0) {
		ch_sheet_say(h, CH_P_SITE_NONE);
	} else {
		ch_sheet_say_with(h, s->n == 1 ? CH_P_SITE_ONE : CH_P_SITE_MANY,
		    CH_SHEET_ARGS(ch_arg_number(s->n)));
		ch_sheet_raw(h, " ");
		ch_sheet_say_with(h, done->cosigned ? CH_P_SITE_COSIGNED : CH_P_SITE_NOT_COSIGNED,
		    CH_SHEET_ARGS(ch_arg_number(done->size)));
	}
	ch_sheet_raw(h, "</p>\n");
}

static void put_not_shown(struct ch_sheet *h)
{
	ch_sheet_raw(h, "<section>");
	ch_sheet_tag(h, "h2", CH_P_NOT_TITLE);
	ch_sheet_raw(h, "\n");
	ch_sheet_tag(h, "p", CH_P_NOT_AGREES);
	ch_sheet_raw(h, "\n");
	ch_sheet_tag(h, "p", CH_P_NOT_KEYS);
	ch_sheet_raw(h, "</section>\n");
}

/* A file of the folder under its own name. */
static ch_span file_link(char out[96], const char *name)
{
	struct ch_wr w = ch_wr_of(out, 96);

	CH_WR_LIT(&w, "<a href=\"");
	ch_wr_str(&w, name);
	CH_WR_LIT(&w, "\">");
	ch_wr_str(&w, name);
	CH_WR_LIT(&w, "</a>");
	return ch_wr_span(&w);
}

static void put_yourself(struct ch_sheet *h)
{
	char link[4][96];

	ch_sheet_raw(h, "<section>");
	ch_sheet_tag(h, "h2", CH_P_CHECK_TITLE);
	ch_sheet_raw(h, "\n<p>");
	if (ch_check_page_head().n) {
		char to[32];
		struct ch_wr w = ch_wr_of(to, sizeof to - 1);

		memset(to, 0, sizeof to);
		CH_WR_LIT(&w, "check.html?lang=");
		ch_wr_str(&w, ch_public_codes[h->lang]);
		ch_sheet_say_with(h, CH_P_CHECK_WORKS,
		    CH_SHEET_ARGS(ch_arg_link(to, CH_P_CHECK_PAGE)));
		ch_sheet_raw(h, " ");
	}
	ch_sheet_say(h, CH_P_CHECK_PROGRAM);
	ch_sheet_raw(h, " <code>chancery-verify ");
	ch_sheet_say(h, CH_P_CHECK_FOLDER);
	ch_sheet_raw(h, "</code>");
	ch_sheet_raw(h, "</p>\n<p>");
	ch_sheet_say_with(h, CH_P_CHECK_FILES, CH_SHEET_ARGS(
	    ch_arg_made(file_link(link[0], "trust.txt")),
	    ch_arg_made(file_link(link[1], "checkpoint")),
	    ch_arg_made(file_link(link[2], "README.txt")),
	    ch_arg_made(file_link(link[3], ch_public_feed[h->lang]))));
	ch_sheet_raw(h, "</p></section>\n");
}

ch_err ch_site_index(struct ch_buf *out, const struct ch_site *s, unsigned lang,
    const ch_published *done)
{
	struct ch_sheet h = { .out = out, .lang = lang, .err = s->err };

	ch_buf_init(out, SITE_MAX);
	put_head(&h, s);
	h.isolate = true;
	ch_sheet_raw(&h, "<body>\n<main>\n");
	if (s->exercise) {
		ch_sheet_raw(&h, "<p class=\"exercise\">");
		ch_sheet_say(&h, CH_P_SITE_EXERCISE);
		ch_sheet_raw(&h, "</p>\n");
	}
	ch_sheet_raw(&h, "<header><p class=\"house\">");
	ch_sheet_say(&h, CH_P_SITE_HOUSE);
	ch_sheet_raw(&h, "</p>\n");
	ch_sheet_languages(&h, ch_public_index);
	ch_sheet_raw(&h, "</header>\n<h1>");
	ch_site_title(&h, s, CH_P_SITE_TITLE);
	ch_sheet_raw(&h, "</h1>\n");
	put_lead(&h, s, done);
	ch_sheet_raw(&h, "<ol class=\"items\">\n");
	ch_sheet_bytes(&h, ch_buf_span(&s->items[lang]));
	ch_sheet_raw(&h, "</ol>\n");
	put_not_shown(&h);
	put_keys(&h, s->trust);
	put_yourself(&h);
	ch_sheet_raw(&h, "</main>\n</body>\n</html>\n");
	return h.err;
}

/* ---- check.html ---- */

static ch_err put_b64(struct ch_buf *out, ch_span bytes)
{
	size_t n = ch_b64_len(bytes.n, CH_B64_PADDED);
	uint8_t *at;
	ch_err e = ch_buf_reserve(&at, out, n);
	struct ch_wr w = ch_wr_of(at, e == CH_OK ? n : 0);

	if (e == CH_OK)
		ch_b64_put(&w, bytes, CH_B64_PADDED);
	if (e == CH_OK)
		ch_buf_commit(out, w.n);
	return e == CH_OK ? w.err : e;
}

/* An item too large for the page is left out: the page says so and asks for the file. */
static void put_data(struct ch_site *s, const char *file, ch_span extract)
{
	struct ch_buf *d = &s->data;
	size_t need = ch_b64_len(extract.n, CH_B64_PADDED) + strlen(file) + 8;

	if (s->err != CH_OK || d->n + need > DATA_MAX)
		return;
	s->err = ch_buf_str(d, d->n ? ",\"" : "\"");
	if (s->err == CH_OK)
		s->err = ch_buf_str(d, file);
	if (s->err == CH_OK)
		s->err = ch_buf_str(d, "\":\"");
	if (s->err == CH_OK)
		s->err = put_b64(d, extract);
	if (s->err == CH_OK)
		s->err = ch_buf_str(d, "\"");
}

ch_err ch_site_check(struct ch_buf *out, const struct ch_site *s)
{
	struct ch_sheet h = { .out = out, .err = s->err };

	ch_buf_init(out, SITE_MAX);
	if (ch_check_page_head().n == 0)
		return CH_E_ABSENT;
	ch_sheet_bytes(&h, ch_check_page_head());
	ch_sheet_raw(&h, "{\"items\":{");
	ch_sheet_bytes(&h, ch_buf_span(&s->data));
	ch_sheet_raw(&h, "},\"trust\":\"");
	if (h.err == CH_OK)
		h.err = put_b64(out, ch_buf_span(&s->trust_text));
	ch_sheet_raw(&h, "\"}");
	ch_sheet_bytes(&h, ch_check_page_tail());
	return h.err;
}

/* ---- an item ---- */

void ch_site_add(struct ch_site *s, const ch_public_item *it, const char *file, ch_span extract)
{
	const ch_fact *f;

	if (s->err == CH_OK)
		s->err = ch_verdict_open(s->verdict, extract);
	if (s->err == CH_OK)
		s->err = ch_verdict_judge(s->verdict, s->trust);
	if (s->err != CH_OK)
		return;
	s->n++;
	f = ch_verdict_statement(&s->verdict->extract);
	if (f->claimed > s->newest)
		s->newest = f->claimed;
	for (unsigned i = 0; s->err == CH_OK && i < CH_PUBLIC_LANGS; i++) {
		struct ch_sheet page = { .out = &s->items[i], .lang = i, .isolate = true };
		struct ch_sheet feed = { .out = &s->entries[i], .lang = i };

		put_item(&page, s, it, file);
		ch_site_entry(&feed, s, it, file);
		s->err = page.err != CH_OK ? page.err : feed.err;
	}
	put_data(s, file, extract);
}
