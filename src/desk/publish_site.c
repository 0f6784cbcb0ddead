/*
 * The published folder as a site: see publish_site.h. Whatever comes out of a statement is written
 * behind marks and escapes, and in a direction of its own.
 */
#include "publish_site.h"

#include <stdio.h>
#include <stdlib.h>

#include "b64.h"
#include "check_page.h"
#include "hex.h"
#include "sheet.h"
#include "when.h"

#define SITE_MAX ((size_t)64 << 20)
#define DATA_MAX ((size_t)8 << 20) /* items inside check.html; a larger rest is dropped on it */

void ch_site_begin(struct ch_site *s, const struct ch_talks *talks, bool exercise)
{
	*s = (struct ch_site){ .talks = talks, .exercise = exercise };
	ch_buf_init(&s->items, SITE_MAX);
	ch_buf_init(&s->entries, SITE_MAX);
	ch_buf_init(&s->data, DATA_MAX);
	s->trust = ch_alloc(sizeof *s->trust);
	s->verdict = ch_alloc(sizeof *s->verdict);
	s->err = s->trust && s->verdict ? ch_trust_file(&s->trust_text, talks) : CH_E_NOMEM;
	if (s->err == CH_OK)
		s->err = ch_trust_parse(s->trust, ch_buf_span(&s->trust_text), NULL);
}

void ch_site_end(struct ch_site *s)
{
	ch_buf_deinit(&s->items);
	ch_buf_deinit(&s->entries);
	ch_buf_deinit(&s->data);
	ch_buf_deinit(&s->trust_text);
	ch_free(s->trust, sizeof *s->trust);
	ch_free(s->verdict, sizeof *s->verdict);
}

/* ---- index.html ---- */

static const ch_fact *public_fact(const struct ch_verdict *v)
{
	return ch_verdict_statement(&v->extract);
}

static void put_cosigners(struct ch_sheet *h, const ch_fact *f)
{
	bool any = false;

	for (unsigned by = 0; by < CH_BY_COUNT; by++) {
		if (f->before.t[by] == 0)
			continue;
		ch_sheet_raw(h, any ? ", " : ", under a checkpoint cosigned by ");
		ch_sheet_text(h, ch_by_name((ch_by)by));
		any = true;
	}
	ch_sheet_raw(h, any ? "." : ", under a checkpoint that nobody cosigned.");
}

/* By whom, and in which register. */
static void put_place(struct ch_sheet *h, const struct ch_verdict *v, const ch_fact *f,
    ch_span party)
{
	ch_sheet_raw(h, "<p class=\"place\">Signed by ");
	ch_sheet_span(h, party);
	ch_sheet_raw(h, f->who.n == 1 ? " (one delegate" : " (");
	if (f->who.n != 1) {
		ch_sheet_number(h, f->who.n);
		ch_sheet_raw(h, " delegates");
	}
	ch_sheet_raw(h, " of roster ");
	ch_sheet_number(h, f->roster.n);
	ch_sheet_raw(h, "). ");
	if (f->logged) {
		ch_sheet_raw(h, "Place ");
		ch_sheet_number(h, f->index);
		ch_sheet_raw(h, " in the register of ");
		ch_sheet_span(h, ch_verdict_registry(v));
		put_cosigners(h, f);
	} else {
		ch_sheet_raw(h, "No place in a register is shown.");
	}
	ch_sheet_raw(h, "</p>\n");
}

static void put_times(struct ch_sheet *h, const ch_fact *f)
{
	ch_by by;
	int64_t t = ch_times_earliest(&f->before, &by);

	ch_sheet_raw(h, "<p class=\"when\">");
	if (f->claimed) {
		ch_sheet_raw(h, "Dated by its signer ");
		ch_sheet_time(h, f->claimed);
		ch_sheet_raw(h, " (a claim)");
	}
	if (t) {
		ch_sheet_raw(h, f->claimed ? "; there by " : "There by ");
		ch_sheet_time(h, t);
		ch_sheet_raw(h, ", on the word of ");
		ch_sheet_text(h, ch_by_name(by));
	}
	ch_sheet_raw(h, f->claimed || t ? ".</p>\n" : "No time is shown.</p>\n");
}

/* The words that a disclosure makes public, as they were signed. */
static void put_passages(struct ch_sheet *h, const ch_extract *x)
{
	ch_leaf leaf;

	if (!x->has_paper || x->leaves.n_shown[CH_LEAF_PASSAGE] == 0)
		return;
	for (struct ch_rd r = ch_rd_of(x->leaves.block); ch_leaves_next(&leaf, &r);) {
		if (leaf.kind != CH_LEAF_PASSAGE)
			continue;
		ch_sheet_raw(h, "<blockquote dir=\"auto\"><span class=\"of\">passage ");
		ch_sheet_number(h, (uint64_t)leaf.index + 1);
		if (x->leaves.total[CH_LEAF_PASSAGE] != CH_TOTAL_HIDDEN) {
			ch_sheet_raw(h, " of ");
			ch_sheet_number(h, x->leaves.total[CH_LEAF_PASSAGE]);
		}
		ch_sheet_raw(h, "</span>");
		ch_sheet_span(h, leaf.bytes);
		ch_sheet_raw(h, "</blockquote>\n");
	}
}

static void put_note(struct ch_sheet *h, const ch_extract *x)
{
	if (x->note.n == 0)
		return;
	ch_sheet_raw(h, "<blockquote dir=\"auto\"><span class=\"of\">note</span>");
	ch_sheet_span(h, x->note);
	ch_sheet_raw(h, "</blockquote>\n");
}

static void put_item(struct ch_site *s, const ch_public_item *it, const char *file)
{
	struct ch_sheet h = { .out = &s->items, .isolate = true };
	const ch_fact *f = public_fact(s->verdict);

	ch_sheet_raw(&h, "<li id=\"n");
	ch_sheet_number(&h, s->n);
	ch_sheet_raw(&h, "\"><h2>");
	ch_sheet_story(&h, s->verdict);
	ch_sheet_raw(&h, "</h2>\n");
	put_place(&h, s->verdict, f, it->s.v[CH_ANY_PARTY]);
	put_times(&h, f);
	put_passages(&h, &s->verdict->extract);
	put_note(&h, &s->verdict->extract);
	ch_sheet_raw(&h, "<p class=\"do\"><a href=\"");
	ch_sheet_text(&h, file);
	ch_sheet_raw(&h, "\" download>Download the evidence</a>");
	if (ch_check_page_head().n) {
		ch_sheet_raw(&h, " <a href=\"check.html#");
		ch_sheet_text(&h, file);
		ch_sheet_raw(&h, "\">Check it</a>");
	}
	ch_sheet_raw(&h, "</p></li>\n");
	s->err = h.err;
}

static void put_keys(struct ch_sheet *h, const ch_trust *t)
{
	ch_sheet_raw(h, "<table><thead><tr><th scope=\"col\">Whose key</th><th scope=\"col\">"
	    "Fingerprint in words</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < t->n_registries; i++)
		ch_sheet_key(h, &t->registry[i], "registry ");
	for (size_t i = 0; i < t->n_parties; i++)
		ch_sheet_key(h, &t->party[i].key, "");
	ch_sheet_raw(h, "</tbody></table>\n");
}

static void put_parties(struct ch_sheet *h, const ch_trust *t)
{
	for (size_t i = 0; i < t->n_parties; i++) {
		ch_sheet_raw(h, i == 0 ? "" : i + 1 == t->n_parties ? " and " : ", ");
		ch_sheet_span(h, t->party[i].handle);
	}
}

static void put_head(struct ch_sheet *h, const struct ch_site *s)
{
	ch_sheet_raw(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	    "'");
	ch_sheet_raw(h, ch_site_style_source());
	ch_sheet_raw(h, "'; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Said in public by ");
	put_parties(h, s->trust);
	ch_sheet_raw(h, "</title>\n<link rel=\"alternate\" type=\"application/atom+xml\" "
	    "title=\"Public record\" href=\"feed.xml\">\n<style>");
	ch_sheet_bytes(h, ch_site_style());
	ch_sheet_raw(h, "</style>\n</head>\n<body>\n<main>\n");
	if (s->exercise)
		ch_sheet_raw(h, "<p class=\"exercise\">Exercise. This is the traffic of a drill "
		    "and "
		    "proves nothing about real talks.</p>\n");
	ch_sheet_raw(h, "<p class=\"house\">Public record</p>\n<h1>Said in public by ");
	h->isolate = true;
	put_parties(h, s->trust);
	ch_sheet_raw(h, "</h1>\n");
}

ch_err ch_site_index(struct ch_buf *out, const struct ch_site *s, const ch_published *done)
{
	struct ch_sheet h = { .out = out, .err = s->err };

	ch_buf_init(out, SITE_MAX);
	put_head(&h, s);
	ch_sheet_raw(&h, "<p class=\"lead\">");
	ch_sheet_number(&h, s->n);
	ch_sheet_raw(&h, s->n == 1 ? " statement" : " statements");
	ch_sheet_raw(&h, ", in the order of the register, the earliest first. Each place is proven "
	    "under one state of the register, of ");
	ch_sheet_number(&h, done->size);
	ch_sheet_raw(&h, " entries");
	ch_sheet_raw(&h, done->cosigned ? ", which others cosigned.</p>\n"
				       : ", which nobody cosigned yet.</p>\n");
	ch_sheet_raw(&h, "<ol class=\"items\">\n");
	ch_sheet_bytes(&h, ch_buf_span(&s->items));
	ch_sheet_raw(&h, "</ol>\n<section><h2>What this does not show</h2>\n<p>That anyone agrees "
	    "with "
	    "what is said here: a confirmation accepts nothing and waives nothing. What is not "
	    "here "
	    "was not said in public through this register; that says nothing of other channels. "
	    "Nor does it show that the keys below are those of these parties: compare the words "
	    "with a source of your own, such as a party\xE2\x80\x99s own page, a court file or a "
	    "telephone "
	    "call.</p>\n</section>\n<section><h2>Keys</h2>\n");
	put_keys(&h, s->trust);
	ch_sheet_raw(&h, "</section>\n<section><h2>Check it yourself</h2>\n<p>");
	if (ch_check_page_head().n)
		ch_sheet_raw(&h, "<a href=\"check.html\">The checking page</a> works on your own "
		    "device, also saved and without a network; <span lang=\"fr\">elle parle aussi "
		    "fran\xC3\xA7" "ais</span>. ");
	ch_sheet_raw(&h, "The program says the same of the whole folder: <code>chancery-verify "
	    "FOLDER</code>. Files: <a href=\"trust.txt\">trust.txt</a> (keys), "
	    "<a href=\"checkpoint\">checkpoint</a>, <a href=\"README.txt\">README.txt</a>, "
	    "<a href=\"feed.xml\">feed.xml</a> "
	    "(Atom).</p>\n</section>\n</main>\n</body>\n</html>\n");
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

/* ---- feed.xml (RFC 4287) ---- */

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

static void put_entry(struct ch_site *s, const ch_public_item *it, const char *file)
{
	struct ch_sheet h = { .out = &s->entries, .err = s->err };
	const ch_fact *f = public_fact(s->verdict);

	ch_sheet_raw(&h, "<entry>\n");
	put_id(&h, &it->hash);
	ch_sheet_raw(&h, "<title>");
	ch_sheet_story(&h, s->verdict);
	ch_sheet_raw(&h, "</title>\n");
	put_updated(&h, f->claimed);
	ch_sheet_raw(&h, "<author><name>");
	ch_sheet_span(&h, it->s.v[CH_ANY_PARTY]);
	ch_sheet_raw(&h, "</name></author>\n<link rel=\"alternate\" type=\"text/html\" "
	    "href=\"index.html#n");
	ch_sheet_number(&h, s->n);
	ch_sheet_raw(&h, "\"/>\n<link rel=\"enclosure\" type=\"text/plain\" href=\"");
	ch_sheet_text(&h, file);
	ch_sheet_raw(&h, "\"/>\n<summary>Its time is what its signer claims; its place in the "
	    "register "
	    "is proven in the file.</summary>\n</entry>\n");
	s->err = h.err;
}

ch_err ch_site_feed(struct ch_buf *out, const struct ch_site *s)
{
	struct ch_sheet h = { .out = out, .err = s->err };
	int64_t begun = ch_val_when(s->talks->charter.v[CH_CHARTER_TIME]);

	ch_buf_init(out, SITE_MAX);
	ch_sheet_raw(&h, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n");
	put_id(&h, &s->talks->id);
	ch_sheet_raw(&h, s->exercise ? "<title>Exercise: said in public by " : "<title>Said in "
	    "public by ");
	put_parties(&h, s->trust);
	ch_sheet_raw(&h, "</title>\n");
	put_updated(&h, s->newest > begun ? s->newest : begun);
	ch_sheet_raw(&h, "<link rel=\"alternate\" type=\"text/html\" href=\"index.html\"/>\n");
	ch_sheet_bytes(&h, ch_buf_span(&s->entries));
	ch_sheet_raw(&h, "</feed>\n");
	return h.err;
}

/* ---- an item ---- */

void ch_site_add(struct ch_site *s, const ch_public_item *it, const char *file, ch_span extract)
{
	if (s->err == CH_OK)
		s->err = ch_verdict_open(s->verdict, extract);
	if (s->err == CH_OK)
		s->err = ch_verdict_judge(s->verdict, s->trust);
	if (s->err != CH_OK)
		return;
	s->n++;
	if (public_fact(s->verdict)->claimed > s->newest)
		s->newest = public_fact(s->verdict)->claimed;
	put_item(s, it, file);
	put_data(s, file, extract);
	put_entry(s, it, file);
}
