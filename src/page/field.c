/* Fields of forms: see field.h. */
#include "field.h"

#include "rng.h"
#include "wipe.h"
#include "words.h"

#define PASS_SHORT 12u
#define GROUPS 5u

static void mark_wishes(struct ch_html *w, unsigned flags)
{
	CH_HTML_IF(w, flags & CH_FIELD_NEEDED, " required");
	CH_HTML_IF(w, flags & CH_FIELD_FIRST, " autofocus");
	CH_HTML_IF(w, flags & CH_FIELD_PLAIN, " dir=\"ltr\" spellcheck=\"false\" "
	    "autocapitalize=\"off\"");
}

void ch_page_field(struct ch_page *p, const char *name, ch_msg label, ch_msg hint, ch_span value,
    unsigned flags)
{
	struct ch_html *w = &p->html;
	const char *type = flags & CH_FIELD_SECRET ? "password" :
	    flags & CH_FIELD_NUMBER ? "number" : "text";

	ch_html_put(w, "<div class=\"field\"><label for=\"%s\">", name);
	ch_html_say(w, label);
	ch_html_put(w, "</label>");
	if (hint != CH_M_COUNT) {
		ch_html_put(w, "<p class=\"quiet\" id=\"%s-hint\">", name);
		ch_html_say(w, hint);
		ch_html_put(w, "</p>");
	}
	if (flags & CH_FIELD_MANY)
		ch_html_put(w, "<textarea rows=\"7\" data-drop=\"1\" dir=\"ltr\" "
		    "spellcheck=\"false\"");
	else
		ch_html_put(w, "<input type=\"%s\" dir=\"auto\"", type);
	ch_html_put(w, " id=\"%s\" name=\"%s\" autocomplete=\"off\"", name, name);
	if (hint != CH_M_COUNT)
		ch_html_put(w, " aria-describedby=\"%s-hint\"", name);
	mark_wishes(w, flags & CH_FIELD_MANY ? flags & CH_FIELD_NEEDED : flags);
	if (flags & CH_FIELD_MANY)
		ch_html_put(w, ">\n%.*s</textarea><p class=\"pick\" hidden>"
		    "<label for=\"%s-file\">%s</label>"
		    "<input type=\"file\" id=\"%s-file\" data-into=\"%s\"></p></div>",
		    CH_SPAN(value), name, ch_html_word(w, CH_M_FIELD_FILE), name, name);
	else if (flags & CH_FIELD_SECRET)
		ch_html_put(w, "></div>");
	else
		ch_html_put(w, " value=\"%.*s\"></div>", CH_SPAN(value));
}

void ch_page_tick(struct ch_page *p, const char *name, ch_msg label, bool ticked, bool needed)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<p class=\"field tick\"><label><input type=\"checkbox\" name=\"%s\" "
	    "value=\"yes\"", name);
	CH_HTML_IF(w, ticked, " checked");
	CH_HTML_IF(w, needed, " required");
	ch_html_put(w, "> ");
	ch_html_say(w, label);
	ch_html_put(w, "</label></p>");
}

/* Groups that can be said aloud: 80 bits by chance. Not kept anywhere. */
static void offer(struct ch_page *p)
{
	uint8_t group[GROUPS][CH_WORD_GROUP + 1] = { { 0 } };
	uint16_t r[GROUPS];
	ch_err e = ch_random(r, sizeof r);

	for (unsigned i = 0; e == CH_OK && i < GROUPS; i++)
		ch_word_group(group[i], r[i]);
	if (e == CH_OK) {
		ch_html_put(&p->html, "<p>");
		ch_html_say(&p->html, CH_M_PASS_OFFER);
		ch_html_put(&p->html, "<code class=\"words offer\" translate=\"no\">%s-%s-%s-%s-%s"
		    "</code></p>", (const char *)group[0], (const char *)group[1],
		    (const char *)group[2], (const char *)group[3], (const char *)group[4]);
	}
	ch_wipe(r, sizeof r);
	ch_wipe(group, sizeof group);
}

void ch_page_new_pass(struct ch_page *p, ch_msg legend, ch_msg advice)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<fieldset><legend>");
	ch_html_say(w, legend);
	ch_html_put(w, "</legend>");
	ch_page_say(p, advice);
	offer(p);
	ch_page_field(p, "pass", CH_M_PASS_NEW, CH_M_COUNT, CH_LIT(""),
	    CH_FIELD_NEEDED | CH_FIELD_SECRET);
	ch_html_put(w, "<p class=\"quiet\" id=\"strength\" role=\"status\" data-for=\"pass\" "
	    "data-short=\"%s\" data-fair=\"%s\" data-good=\"%s\"></p>",
	    ch_html_word(w, CH_M_PASS_SHORT), ch_html_word(w, CH_M_PASS_FAIR),
	    ch_html_word(w, CH_M_PASS_GOOD));
	ch_page_field(p, "again", CH_M_PASS_AGAIN, CH_M_COUNT, CH_LIT(""),
	    CH_FIELD_NEEDED | CH_FIELD_SECRET);
	ch_html_put(w, "</fieldset>");
}

void ch_page_pass_take(struct ch_pass *out, struct ch_page *p, const char *name)
{
	ch_span pass = ch_page_form(p, name);

	memset(out, 0, sizeof *out);
	if (pass.n > 0 && pass.n <= CH_PASS_MAX) {
		memcpy(out->b, pass.p, pass.n);
		out->n = pass.n;
	}
}

ch_msg ch_page_new_pass_take(struct ch_pass *out, struct ch_page *p)
{
	ch_span again = ch_page_form(p, "again");

	ch_page_pass_take(out, p, "pass");
	if (out->n < PASS_SHORT)
		return CH_M_PASS_SHORT;
	if (again.n != out->n || !ch_ct_equal(again.p, out->b, out->n))
		return CH_M_PASS_DIFFER;
	return CH_M_COUNT;
}

void ch_page_form_copy(char *out, size_t cap, struct ch_page *p, const char *name)
{
	ch_span v = ch_page_form(p, name);

	memset(out, 0, cap);
	if (v.n < cap && v.n > 0)
		memcpy(out, v.p, v.n);
}

ch_span ch_page_form_text(struct ch_page *p, const char *name)
{
	ch_span v = ch_page_form(p, name);
	uint8_t *out = ch_arena_alloc(p->arena, v.n + 1);
	size_t n = 0;

	if (!out)
		return (ch_span){ (const uint8_t *)"", 0 };
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] != '\r')
			out[n++] = v.p[i];
	return ch_span_of(out, n);
}

void ch_page_form_end(struct ch_page *p, ch_msg button, ch_msg leave, const char *to)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, button, true);
	ch_html_put(w, "<a class=\"button\" href=\"/h/%u/%s\">", p->home->n, to);
	ch_html_say(w, leave);
	ch_html_put(w, "</a></p></form>");
}

void ch_page_say(struct ch_page *p, ch_msg text)
{
	ch_html_tag(&p->html, "p", text);
}

void ch_page_lead(struct ch_page *p, ch_msg text)
{
	ch_html_put(&p->html, "<p class=\"lead\">");
	ch_html_say(&p->html, text);
	ch_html_put(&p->html, "</p>");
}

void ch_page_quiet(struct ch_page *p, ch_msg text)
{
	ch_html_put(&p->html, "<p class=\"quiet\">");
	ch_html_say(&p->html, text);
	ch_html_put(&p->html, "</p>");
}

void ch_page_wrong(struct ch_page *p, ch_msg what)
{
	if (what == CH_M_COUNT)
		return;
	ch_page_note_begin(p, CH_NOTE_TROUBLE);
	ch_html_put(&p->html, "<p id=\"wrong\" role=\"alert\">");
	ch_html_say(&p->html, what);
	ch_html_put(&p->html, "</p>");
	ch_page_note_end(p);
}
