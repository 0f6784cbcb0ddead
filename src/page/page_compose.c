/* Writing a paper: the form. What is seen before signing, what stays sealed, and beside the text
 * the passages as they will be signed, numbered. */
#include "compose.h"

#include <stdlib.h>

#include "cause.h"
#include "dec.h"
#include "paper_say.h"
#include "pages.h"
#include "words.h"

#define ANSWERS_MAX 100u

/* ---- fields ---- */

static void label(struct ch_page *p, const char *name, ch_msg id)
{
	ch_html_put(&p->html, "<div class=\"field\"><label for=\"%s\">", name);
	ch_html_say(&p->html, id);
	ch_html_put(&p->html, "</label>");
}

static void hint(struct ch_page *p, ch_msg id)
{
	ch_html_put(&p->html, "<p class=\"quiet\">");
	ch_html_say(&p->html, id);
	ch_html_put(&p->html, "</p></div>");
}

static void line_field(struct ch_page *p, const char *name, ch_msg id, ch_msg about, ch_span value)
{
	label(p, name, id);
	ch_html_put(&p->html, "<input id=\"%s\" name=\"%s\" dir=\"auto\" autocomplete=\"off\" "
	    "maxlength=\"1000\" value=\"", name, name);
	ch_html_own(&p->html, value);
	ch_html_put(&p->html, "\">");
	hint(p, about);
}

static void option(struct ch_page *p, ch_span token, ch_span chosen)
{
	ch_html_put(&p->html, "<option value=\"%.*s\"", CH_SPAN(token));
	CH_HTML_IF(&p->html, ch_span_eq(token, chosen), " selected");
	ch_html_put(&p->html, ">");
	ch_page_term(p, token);
	ch_html_put(&p->html, "</option>");
}

/* The sentence about what is chosen; the script puts in a new one with each saving. */
static void about(struct ch_page *p, const char *name, ch_span chosen)
{
	ch_html_put(&p->html, "</select><p class=\"quiet\" id=\"why-%s\" data-live>", name);
	ch_compose_why(p, chosen);
}

static void word_field(struct ch_page *p, const char *name, ch_msg id, ch_words list,
    ch_span chosen)
{
	const char *word;

	label(p, name, id);
	ch_html_put(&p->html, "<select id=\"%s\" name=\"%s\">", name, name);
	for (unsigned i = 0; (word = ch_word_at(list, i)) != NULL; i++)
		option(p, ch_span_str(word), chosen);
	about(p, name, chosen);
}

static void act_field(struct ch_page *p, const struct ch_talks *t, ch_span chosen)
{
	static const ch_msg on[] = { [CH_EFFECT_REGISTRATION] = CH_M_EFFECT_REGISTRATION,
		[CH_EFFECT_NOTICE] = CH_M_EFFECT_NOTICE,
		[CH_EFFECT_RECEIPT] = CH_M_EFFECT_RECEIPT };
	ch_charter c;

	word_field(p, "act", CH_M_COVER_ACT, CH_WORDS_ACT, chosen);
	if (ch_charter_parse(&c, t->note.text, NULL) == CH_OK) {
		ch_html_put(&p->html, " ");
		ch_html_say(&p->html, on[ch_charter_effect(&c, chosen)]);
	}
	ch_html_put(&p->html, "</p></div>");
}

static void basis_field(struct ch_page *p, const struct ch_talks *t, ch_span chosen)
{
	size_t at = 0;
	ch_span token;

	label(p, "basis", CH_M_COVER_BASIS);
	ch_html_put(&p->html, "<select id=\"basis\" name=\"basis\">");
	while ((token = ch_val_next(t->charter.v[CH_CHARTER_BASES], &at)).n > 0)
		option(p, token, chosen);
	about(p, "basis", chosen);
	ch_html_put(&p->html, "</p></div>");
}

static bool next_other(ch_item *it, uint32_t *i, const struct ch_page *p, const struct ch_talks *t)
{
	for (; *i < t->charter.count[CH_CHARTER_PARTIES]; ++*i)
		if (ch_stmt_item(it, &t->charter, CH_CHARTER_PARTIES, *i) == CH_OK &&
		    !ch_span_eq(it->v[CH_CP_HANDLE], ch_span_str(p->home->home.handle)))
			return true;
	return false;
}

static ch_span party_name(const ch_item *it)
{
	return it->v[CH_CP_TITLE].n ? it->v[CH_CP_TITLE] : it->v[CH_CP_HANDLE];
}

static void to_field(struct ch_page *p, const struct ch_talks *t, ch_span chosen)
{
	struct ch_html *w = &p->html;
	uint32_t i = 0;
	ch_item it;

	if (t->charter.count[CH_CHARTER_PARTIES] == 2 && next_other(&it, &i, p, t)) {
		ch_html_put(w, "<div class=\"field\"><span class=\"label\">");
		ch_html_say(w, CH_M_COVER_TO);
		ch_html_put(w, "</span><p class=\"fixed\"><bdi>%.*s</bdi></p>"
		    "<input type=\"hidden\" name=\"to\" value=\"%.*s\"></div>",
		    CH_SPAN(party_name(&it)), CH_SPAN(it.v[CH_CP_HANDLE]));
		return;
	}
	label(p, "to", CH_M_COVER_TO);
	ch_html_put(w, "<select id=\"to\" name=\"to\">");
	for (; next_other(&it, &i, p, t); i++) {
		ch_html_put(w, "<option value=\"%.*s\"", CH_SPAN(it.v[CH_CP_HANDLE]));
		CH_HTML_IF(w, ch_span_eq(it.v[CH_CP_HANDLE], chosen), " selected");
		ch_html_put(w, ">%.*s</option>", CH_SPAN(party_name(&it)));
	}
	ch_html_put(w, "</select></div>");
}

/* ---- what it answers ---- */

static void answers(struct ch_page *p, const struct ch_talks *t, ch_span chosen)
{
	const ch_row_talks *rt = ch_index_talks(p->home->index, ch_span_str(t->name));
	size_t all = rt ? rt->n : 0;
	ch_row_ref *by = ch_arena_alloc(p->arena, (all + 1) * sizeof *by);
	bool seen = chosen.n == 0;

	for (size_t i = 0; by && i < all; i++)
		by[i].row = &p->home->index->row[rt->first + i];
	if (by)
		qsort(by, all, sizeof *by, ch_row_newest_first);
	for (size_t i = 0; by && i < all && i < ANSWERS_MAX; i++) {
		const ch_row *r = by[i].row;
		bool is = ch_span_eq(chosen, ch_span_str(r->number));

		seen = seen || is;
		ch_html_put(&p->html, "<option value=\"%s\"", r->number);
		CH_HTML_IF(&p->html, is, " selected");
		ch_html_put(&p->html, ">%s · %s</option>", r->number, r->subject);
	}
	if (!seen)
		ch_html_put(&p->html, "<option selected value=\"%.*s\">%.*s</option>",
		    CH_SPAN(chosen), CH_SPAN(chosen));
}

static void re_field(struct ch_page *p, const struct ch_talks *t, ch_span chosen)
{
	label(p, "re", CH_M_COVER_RE);
	ch_html_put(&p->html, "<select id=\"re\" name=\"re\"><option value=\"\">");
	ch_html_say_plain(&p->html, CH_M_COMPOSE_RE_NONE, NULL);
	ch_html_put(&p->html, "</option>");
	answers(p, t, chosen);
	ch_html_put(&p->html, "</select>");
	hint(p, CH_M_COMPOSE_RE_ABOUT);
}

static void date_field(struct ch_page *p, const char *name, ch_msg id, ch_msg about_it,
    ch_span value)
{
	label(p, name, id);
	ch_html_put(&p->html, "<input type=\"date\" id=\"%s\" name=\"%s\" value=\"", name, name);
	ch_html_own(&p->html, value);
	ch_html_put(&p->html, "\">");
	hint(p, about_it);
}

/* ---- the text ---- */

static void passages(struct ch_page *p, ch_span body)
{
	ch_passage *at = ch_arena_alloc(p->arena, CH_PASSAGES_MAX * sizeof *at);
	ch_paper paper = { .body = body, .passage = at };

	if (at && ch_paper_split(&paper.n_passages, at, body) == CH_OK)
		ch_page_passages(p, &paper, 'p');
}

void ch_compose_preview(struct ch_page *p, ch_span text)
{
	struct ch_arena a;
	struct ch_problem why = { 0 };
	ch_span body;
	ch_err e;

	if (text.n == 0) {
		ch_html_put(&p->html, "<p class=\"quiet\">");
		ch_html_say(&p->html, CH_M_COMPOSE_PREVIEW_NONE);
		ch_html_put(&p->html, "</p>");
		return;
	}
	ch_arena_init(&a, CH_LETTER_ARENA);
	e = ch_letter_text(&body, &a, text, ch_html_word(&p->html, CH_M_COMPOSE_THE_TEXT), &why);
	if (e == CH_OK || body.n > 0)
		passages(p, body);
	if (e != CH_OK) {
		ch_page_note_begin(p, CH_NOTE_MIND);
		ch_cause_say(&p->html, p->arena, ch_span_str(why.text));
		ch_page_note_end(p);
	}
	ch_arena_deinit(&a);
}

static void write_and_see(struct ch_page *p, const struct ch_draft *d)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<div class=\"write\">");
	label(p, "text", CH_M_PAPER_TEXT);
	ch_html_put(w, "<textarea id=\"text\" name=\"text\" rows=\"20\" dir=\"auto\" "
	    "spellcheck=\"true\">\n");
	ch_html_own(w, d->text);
	ch_html_put(w, "</textarea>");
	hint(p, CH_M_COMPOSE_TEXT_ABOUT);
	ch_html_put(w, "<section aria-labelledby=\"seen\"><h2 id=\"seen\">");
	ch_html_say(w, CH_M_COMPOSE_PREVIEW);
	ch_html_put(w, "</h2><article class=\"sheet\" id=\"preview\" data-live>");
	ch_compose_preview(p, d->text);
	ch_html_put(w, "</article></section></div>");
}

typedef struct {
	const char *value;
	ch_msg id;
} choice;

/* A value that is none of them stays, as it is. */
static void choice_field(struct ch_page *p, const char *name, ch_msg id, ch_msg about,
    const choice *of, size_t n, ch_span chosen)
{
	struct ch_html *w = &p->html;
	bool seen = false;

	label(p, name, id);
	ch_html_put(w, "<select id=\"%s\" name=\"%s\">", name, name);
	for (size_t i = 0; i < n; i++) {
		bool is = ch_span_eq(chosen, ch_span_str(of[i].value));

		seen = seen || is;
		ch_html_put(w, "<option value=\"%s\"", of[i].value);
		CH_HTML_IF(w, is, " selected");
		ch_html_put(w, ">");
		ch_html_say(w, of[i].id);
		ch_html_put(w, "</option>");
	}
	if (!seen)
		ch_html_put(w, "<option selected value=\"%.*s\">%.*s</option>", CH_SPAN(chosen),
		    CH_SPAN(chosen));
	ch_html_put(w, "</select>");
	hint(p, about);
}

static void more(struct ch_page *p, const struct ch_draft *d)
{
	static const choice say[] = { { "", CH_M_COMPOSE_CHAR_CHARTER },
		{ "yes", CH_M_COMPOSE_CHAR_YES }, { "no", CH_M_COMPOSE_CHAR_NO } };
	static const choice may[] = { { "", CH_M_COMPOSE_MAY_USUAL },
		{ "from,to,date", CH_M_COMPOSE_MAY_LESS },
		{ "from,to,form,act,date,number,subject", CH_M_COMPOSE_MAY_MORE } };
	struct ch_html *w = &p->html;
	bool used = false;

	for (unsigned i = CH_DR_OPERATIVE; i <= CH_DR_LAPSE; i++)
		used = used || d->v[i].n > 0;
	ch_html_put(w, "<details");
	CH_HTML_IF(w, used || d->v[CH_DR_TITLE].n > 0, " open");
	ch_html_put(w, "><summary>");
	ch_html_say(w, CH_M_COMPOSE_MORE);
	ch_html_put(w, "</summary><div class=\"asks\">");
	line_field(p, "title", CH_M_COMPOSE_TITLE, CH_M_COMPOSE_TITLE_ABOUT, d->v[CH_DR_TITLE]);
	line_field(p, "operative", CH_M_COVER_OPERATIVE, CH_M_COMPOSE_OPERATIVE_ABOUT,
	    d->v[CH_DR_OPERATIVE]);
	choice_field(p, "may-confirm", CH_M_COVER_MAY_CONFIRM, CH_M_COMPOSE_MAY_ABOUT, may,
	    CH_COUNT(may), d->v[CH_DR_MAY_CONFIRM]);
	choice_field(p, "characterise", CH_M_COVER_CHARACTERISE, CH_M_COMPOSE_CHAR_ABOUT, say,
	    CH_COUNT(say), d->v[CH_DR_CHARACTERISE]);
	date_field(p, "date", CH_M_HEAD_DATE, CH_M_COMPOSE_DATE_ABOUT, d->v[CH_DR_DATE]);
	line_field(p, "lapse", CH_M_COMPOSE_LAPSE, CH_M_COMPOSE_LAPSE_ABOUT, d->v[CH_DR_LAPSE]);
	line_field(p, "languages", CH_M_HEAD_LANGUAGES, CH_M_COMPOSE_LANGUAGES_ABOUT,
	    d->v[CH_DR_LANGUAGES]);
	line_field(p, "copy", CH_M_COVER_COPY, CH_M_COMPOSE_COPY_ABOUT, d->v[CH_DR_COPY]);
	ch_html_put(w, "</div></details>");
}

/* ---- the page ---- */

void ch_compose_subject(struct ch_page *p, const struct ch_draft *d)
{
	if (d->v[CH_DR_SUBJECT].n > 0)
		ch_html_put(&p->html, "<bdi>%.*s</bdi>", CH_SPAN(d->v[CH_DR_SUBJECT]));
	else
		ch_html_say(&p->html, CH_M_COMPOSE_NO_SUBJECT);
}

static void saved_line(struct ch_page *p, const struct ch_draft *d)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<p class=\"quiet\" id=\"saved\" role=\"status\" data-live data-fail=\"%s\" "
	    "data-locked=\"%s\" data-newer=\"%s\">", ch_html_word(w, CH_M_COMPOSE_NOT_SAVED),
	    ch_html_word(w, CH_M_COMPOSE_LOCKED), ch_html_word(w, CH_M_COMPOSE_NEWER));
	if (d->id[0]) {
		ch_html_say(w, CH_M_COMPOSE_SAVED);
		ch_html_put(w, " ");
		ch_html_when_short(w, d->saved);
		ch_html_put(w, ". ");
		ch_html_say(w, CH_M_COMPOSE_SAVED_HOW);
	} else {
		ch_html_say(w, CH_M_COMPOSE_UNSAVED);
	}
	ch_html_put(w, "</p>");
}

static void buttons(struct ch_page *p)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<p class=\"acts\"><button name=\"do\" value=\"save\">");
	ch_html_say(w, CH_M_COMPOSE_SAVE);
	ch_html_put(w, "</button><button class=\"primary\" name=\"do\" value=\"review\">");
	ch_html_say(w, CH_M_COMPOSE_REVIEW);
	ch_html_put(w, "</button></p><noscript><p class=\"quiet\">");
	ch_html_say(w, CH_M_COMPOSE_NO_SCRIPT);
	ch_html_put(w, "</p></noscript></form>");
}

static void form(struct ch_page *p, const struct ch_talks *t, const struct ch_draft *d)
{
	struct ch_html *w = &p->html;

	if (d->id[0])
		ch_page_form_begin(p, "/h/%u/drafts/%s", p->home->n, d->id);
	else
		ch_page_form_begin(p, "/h/%u/talks/%s/compose", p->home->n, t->name);
	ch_compose_was(p, d, false);
	ch_html_put(w, "<input type=\"hidden\" name=\"talks\" value=\"%s\">", t->name);
	ch_html_put(w, "<div class=\"compose\" data-autosave><div class=\"asks\">");
	to_field(p, t, d->v[CH_DR_TO]);
	re_field(p, t, d->v[CH_DR_RE]);
	date_field(p, "answer-by", CH_M_COVER_ANSWER_BY, CH_M_COMPOSE_BY_ABOUT,
	    d->v[CH_DR_ANSWER_BY]);
	word_field(p, "kind", CH_M_COVER_FORM, CH_WORDS_FORM, d->v[CH_DR_FORM]);
	ch_html_put(w, "</p></div>");
	act_field(p, t, d->v[CH_DR_ACT]);
	basis_field(p, t, d->v[CH_DR_BASIS]);
	ch_html_put(w, "</div><div class=\"asks wide\">");
	line_field(p, "subject", CH_M_COMPOSE_SUBJECT, CH_M_COMPOSE_SUBJECT_ABOUT,
	    d->v[CH_DR_SUBJECT]);
	line_field(p, "caveat", CH_M_COVER_CAVEAT, CH_M_COMPOSE_CAVEAT_ABOUT, d->v[CH_DR_CAVEAT]);
	ch_html_put(w, "</div>");
	write_and_see(p, d);
	more(p, d);
	ch_html_put(w, "</div>");
	buttons(p);
}

static void why_back(struct ch_page *p, const struct ch_draft *d)
{
	if (d->v[CH_DR_SAID].n == 0)
		return;
	ch_page_note_begin(p, CH_NOTE_MIND);
	ch_html_put(&p->html, "<p>");
	ch_html_say(&p->html, CH_M_DRAFT_BACK);
	ch_html_put(&p->html, "</p>");
	ch_cause_say(&p->html, p->arena, d->v[CH_DR_SAID]);
	ch_page_note_end(p);
}

/* What a Word document held beside its text. */
static void word_note(struct ch_page *p)
{
	static const struct {
		unsigned bit;
		ch_msg id;
	} says[] = { { CH_WORD_CHANGES, CH_M_WORD_CHANGES }, { CH_WORD_COMMENTS,
	    CH_M_WORD_COMMENTS }, { CH_WORD_HIDDEN, CH_M_WORD_HIDDEN } };
	ch_span word = ch_page_query(p, "word");
	uint64_t bits;

	if (word.n == 0 || ch_dec_parse(&bits, word, 7) != CH_OK)
		return;
	ch_page_note_begin(p, CH_NOTE_MIND);
	ch_html_tag(&p->html, "p", CH_M_WORD_NOTE);
	for (size_t i = 0; i < CH_COUNT(says); i++)
		if (bits & says[i].bit)
			ch_html_tag(&p->html, "p", says[i].id);
	if (bits != 0)
		ch_html_tag(&p->html, "p", CH_M_WORD_ATTACH_NOT);
	ch_page_note_end(p);
}

void ch_compose_show(struct ch_page *p, const struct ch_talks *t, const struct ch_draft *d)
{
	struct ch_html *w = &p->html;

	ch_page_begin_bare(p, CH_M_COMPOSE, NULL);
	ch_html_put(w, "<p class=\"over\"><a href=\"/h/%u/talks/%s\"><bdi>%s</bdi></a> · "
	    "<a href=\"/h/%u/drafts\">", p->home->n, t->name, t->name, p->home->n);
	ch_html_say(w, CH_M_NAV_DRAFTS);
	ch_html_put(w, "</a></p><h1>");
	ch_html_say(w, CH_M_COMPOSE);
	ch_html_put(w, "</h1>");
	saved_line(p, d);
	why_back(p, d);
	word_note(p);
	form(p, t, d);
	ch_html_put(w, "<section id=\"files\" class=\"files\" data-live aria-labelledby=\"attach\">"
	    "<h2 id=\"attach\">");
	ch_html_say(w, CH_M_ATTACHMENTS);
	ch_html_put(w, "</h2>");
	if (d->id[0])
		ch_compose_files(p, d, true);
	else
		ch_html_tag(w, "p", CH_M_FILES_SAVE_FIRST);
	ch_html_put(w, "</section><div id=\"progress\" role=\"status\" data-sending=\"%s\" "
	    "data-failed=\"%s\"></div>", ch_html_word(w, CH_M_FILES_SENDING),
	    ch_html_word(w, CH_M_FILES_FAILED));
	if (d->id[0]) {
		ch_html_put(w, "<p><a href=\"/h/%u/drafts/%s/discard\">", p->home->n, d->id);
		ch_html_say(w, CH_M_COMPOSE_DISCARD);
		ch_html_put(w, "</a></p>");
	}
}
