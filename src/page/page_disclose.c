/* Confirm in public, disclose passages: ticking exactly what is to be shown, then the page that the
 * public will see, and there the act. The second page is made of the bytes that would be signed. */
#include <stdio.h>

#include "clock.h"
#include "field.h"
#include "pages.h"
#include "speech.h"

/* ---- what was ticked ---- */

static bool is_ticked(struct ch_page *p, const char *kind, const char *name)
{
	char field[64];

	(void)snprintf(field, sizeof field, "%s-%s", kind, name);
	return ch_page_form(p, field).n > 0;
}

static bool is_ticked_number(struct ch_page *p, const char *kind, uint32_t i)
{
	char number[12];

	(void)snprintf(number, sizeof number, "%u", i + 1);
	return is_ticked(p, kind, number);
}

static const char *key_name(unsigned k)
{
	return ch_kind_schema(CH_K_PAPER_TEXT)->field[k].key;
}

static void take(struct ch_speech_form *f, struct ch_page *p)
{
	for (unsigned k = 0; k < CH_H_KEYS; k++)
		if (ch_speech_key(k) != CH_M_COUNT && is_ticked(p, "head", key_name(k)))
			ch_selection_add(&f->which, CH_LEAF_HEAD, k);
	if (f->kind != CH_K_DISCLOSURE)
		return;
	f->all = is_ticked(p, "all", "leaves");
	for (uint32_t i = 0; i < CH_PASSAGES_MAX; i++)
		if (is_ticked_number(p, "passage", i))
			ch_selection_add(&f->which, CH_LEAF_PASSAGE, i);
	for (uint32_t i = 0; i < CH_ATTACHMENTS_MAX; i++)
		if (is_ticked_number(p, "file", i))
			ch_selection_add(&f->which, CH_LEAF_ATTACHMENT, i);
}

static bool is_nothing(const struct ch_speech_form *f)
{
	const ch_selection none = { 0 };

	return !f->all && ch_selection_eq(&f->which, &none);
}

/* ---- ticking ---- */

static void box(struct ch_page *p, const char *kind, const char *name, bool on)
{
	ch_html_put(&p->html, "<input type=\"checkbox\" id=\"%s-%s\" name=\"%s-%s\" value=\"1\"",
	    kind, name, kind, name);
	CH_HTML_IF(&p->html, on, " checked");
	ch_html_put(&p->html, ">");
}

static void head_boxes(struct ch_page *p, const struct ch_speaking *s,
    const struct ch_speech_form *f)
{
	struct ch_html *w = &p->html;
	const ch_span *v = s->reading->paper->head.v;
	ch_span may = s->reading->cover.v[CH_H_MAY_CONFIRM];

	ch_html_put(w, "<fieldset class=\"ticks\"><legend>");
	ch_html_say(w, CH_M_SPEAK_TICK_HEAD);
	ch_html_put(w, "</legend>");
	if (f->kind == CH_K_CONFIRMATION && !s->d.ours)
		ch_page_quiet(p, CH_M_CONFIRM_ALLOWED);
	for (unsigned k = 0; k < CH_H_KEYS; k++) {
		if (ch_speech_key(k) == CH_M_COUNT || v[k].n == 0 || k == CH_H_TALKS ||
		    (f->kind == CH_K_CONFIRMATION && !s->d.ours && !ch_head_may_confirm(k, may)))
			continue;
		ch_html_put(w, "<p class=\"tick\">");
		box(p, "head", key_name(k), ch_selection_has(&f->which, CH_LEAF_HEAD, k));
		ch_html_put(w, " <label for=\"head-%s\">", key_name(k));
		ch_html_say(w, ch_speech_key(k));
		ch_html_put(w, "</label> <span class=\"quiet\">");
		ch_page_head_value(p, k, v[k]);
		ch_html_put(w, "</span></p>");
	}
	ch_html_put(w, "</fieldset>");
}

static void passage_boxes(struct ch_page *p, const struct ch_speaking *s,
    const struct ch_speech_form *f)
{
	struct ch_html *w = &p->html;
	const ch_paper *paper = s->reading->paper;
	uint64_t end = ch_clock_ms() + CH_PAGE_MARKDOWN_MS;
	char number[12];

	ch_html_put(w, "<fieldset class=\"sheet choose\"><legend>");
	ch_html_say(w, CH_M_SPEAK_TICK_PASSAGES);
	ch_html_put(w, "</legend>");
	for (uint32_t i = 0; i < paper->n_passages; i++) {
		(void)snprintf(number, sizeof number, "%u", i + 1);
		ch_html_put(w, "<div class=\"choice\"><p class=\"tick\">");
		box(p, "passage", number, ch_selection_has(&f->which, CH_LEAF_PASSAGE, i));
		ch_html_put(w, " <label for=\"passage-%s\"><span class=\"unseen\">", number);
		ch_html_say(w, CH_M_SPEAK_PASSAGE);
		ch_html_put(w, " </span>%s</label></p>", number);
		ch_page_passage(p, 'p', paper->passage[i].text, i, end);
		ch_html_put(w, "</div>");
	}
	ch_html_put(w, "</fieldset>");
}

static void file_boxes(struct ch_page *p, const struct ch_speaking *s,
    const struct ch_speech_form *f)
{
	struct ch_html *w = &p->html;
	const ch_stmt *head = &s->reading->paper->head;
	char number[12];
	ch_item it;

	if (head->count[CH_H_ATTACHMENTS] == 0)
		return;
	ch_html_put(w, "<fieldset class=\"ticks\"><legend>");
	ch_html_say(w, CH_M_SPEAK_TICK_FILES);
	ch_html_put(w, "</legend>");
	for (uint32_t i = 0; i < head->count[CH_H_ATTACHMENTS]; i++) {
		if (ch_stmt_item(&it, head, CH_H_ATTACHMENTS, i) != CH_OK)
			continue;
		(void)snprintf(number, sizeof number, "%u", i + 1);
		ch_html_put(w, "<p class=\"tick\">");
		box(p, "file", number, ch_selection_has(&f->which, CH_LEAF_ATTACHMENT, i));
		ch_html_put(w, " <label for=\"file-%s\"><bdi>%.*s</bdi></label></p>", number,
		    CH_SPAN(it.v[CH_AT_NAME].n ? it.v[CH_AT_NAME] : it.v[CH_AT_FILE]));
	}
	ch_html_put(w, "</fieldset>");
}

static void choose(struct ch_page *p, const struct ch_act *a, const struct ch_speaking *s,
    const struct ch_speech_form *f, bool nothing)
{
	struct ch_html *w = &p->html;
	bool confirms = f->kind == CH_K_CONFIRMATION;

	ch_act_begin(p, a, confirms ? CH_M_CONFIRM_TITLE : CH_M_DISCLOSE_TITLE);
	if (nothing)
		ch_page_wrong(p, CH_M_SPEAK_NOTHING);
	ch_act_sentence(p, confirms ? (a->d.ours ? CH_M_CONFIRM_SENT : CH_M_CONFIRM_RECEIVED) :
	    CH_M_DISCLOSE_SENTENCE);
	ch_act_form(p, a, confirms ? "confirm" : "disclose");
	if (!confirms)
		passage_boxes(p, s, f);
	head_boxes(p, s, f);
	if (!confirms)
		file_boxes(p, s, f);
	if (!confirms) {
		ch_html_put(w, "<p class=\"field tick\">");
		box(p, "all", "leaves", f->all);
		ch_html_put(w, " <label for=\"all-leaves\">");
		ch_html_say(w, CH_M_DISCLOSE_ALL);
		ch_html_put(w, "</label></p>");
	}
	ch_page_field(p, "text", CH_M_SPEAK_NOTE, CH_M_SPEAK_NOTE_WHAT,
	    ch_span_of(f->text, f->n_text), 0);
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, CH_M_SPEAK_REVIEW, true);
	ch_act_link(p, a, "", CH_M_LEAVE_IT, true);
	ch_html_put(w, "</p><p class=\"quiet\">");
	ch_html_say(w, CH_M_SPEAK_REVIEW_WHAT);
	ch_html_put(w, "</p></form>");
}

/* ---- what the public will see ---- */

static void hidden(struct ch_page *p, const char *kind, const char *name)
{
	ch_html_put(&p->html, "<input type=\"hidden\" name=\"%s-%s\" value=\"1\">", kind, name);
}

static void hidden_number(struct ch_page *p, const char *kind, uint32_t i)
{
	char number[12];

	(void)snprintf(number, sizeof number, "%u", i + 1);
	hidden(p, kind, number);
}

static void remember(struct ch_page *p, const struct ch_speech_form *f)
{
	for (unsigned k = 0; k < CH_H_KEYS; k++)
		if (ch_selection_has(&f->which, CH_LEAF_HEAD, k))
			hidden(p, "head", key_name(k));
	for (uint32_t i = 0; i < CH_PASSAGES_MAX; i++)
		if (ch_selection_has(&f->which, CH_LEAF_PASSAGE, i))
			hidden_number(p, "passage", i);
	for (uint32_t i = 0; i < CH_ATTACHMENTS_MAX; i++)
		if (ch_selection_has(&f->which, CH_LEAF_ATTACHMENT, i))
			hidden_number(p, "file", i);
	if (f->all)
		hidden(p, "all", "leaves");
	ch_html_put(&p->html, "<input type=\"hidden\" name=\"text\" value=\"%.*s\">",
	    CH_SPAN(ch_span_of(f->text, f->n_text)));
}

static void review(struct ch_page *p, const struct ch_act *a, const struct ch_speaking *s,
    const struct ch_speech_form *f)
{
	struct ch_html *w = &p->html;
	bool confirms = f->kind == CH_K_CONFIRMATION;

	ch_act_begin(p, a, CH_M_SPEAK_SEEN_TITLE);
	ch_html_put(w, "<div class=\"beside act\"><div>");
	ch_speech_shown(p, s);
	ch_act_sentence(p, confirms ? CH_M_CONFIRM_UNDONE : CH_M_DISCLOSE_UNDONE);
	ch_html_put(w, "</div><aside>");
	ch_speech_known(p, s);
	ch_html_put(w, "</aside><div>");
	ch_act_form(p, a, confirms ? "confirm" : "disclose");
	remember(p, f);
	ch_html_put(w, "<p class=\"acts\"><button class=\"primary\" name=\"sure\" value=\"1\">");
	ch_html_say(w, confirms ? CH_M_CONFIRM_BUTTON : CH_M_DISCLOSE_BUTTON);
	ch_html_put(w, "</button> <button name=\"change\" value=\"1\">");
	ch_html_say(w, CH_M_SPEAK_CHANGE);
	ch_html_put(w, "</button> ");
	ch_act_link(p, a, "", CH_M_LEAVE_IT, true);
	ch_html_put(w, "</p></form></div></div>");
}

/* ---- the two pages ---- */

static void first(struct ch_page *p, const struct ch_act *a, struct ch_speech_form *f)
{
	struct ch_speaking *s;

	f->usual = f->kind == CH_K_CONFIRMATION;
	s = ch_speech_ready(p, &a->t, f);
	if (!s)
		return;
	f->which = s->u.which;
	if (f->kind == CH_K_DISCLOSURE)
		for (unsigned k = 0; k < CH_H_KEYS; k++)
			if (ch_head_may_confirm(k, (ch_span){ 0 }))
				ch_selection_add(&f->which, CH_LEAF_HEAD, k);
	choose(p, a, s, f, false);
	ch_speak_free(s);
}

static void second(struct ch_page *p, const struct ch_act *a, struct ch_speech_form *f)
{
	bool nothing = is_nothing(f), change = ch_page_form(p, "change").n > 0;
	struct ch_speaking *s = ch_speech_ready(p, &a->t, f);

	if (!s)
		return;
	if (nothing || change)
		choose(p, a, s, f, nothing);
	else
		review(p, a, s, f);
	ch_speak_free(s);
}

static void run(struct ch_page *p, ch_kind kind, bool post)
{
	struct ch_speech_form *f = ch_arena_alloc(p->arena, sizeof *f);
	bool sure = post && ch_page_form(p, "sure").n > 0;
	struct ch_act a = { 0 };

	if (!f) {
		ch_page_fault(p, CH_E_NOMEM, NULL);
		return;
	}
	f->kind = kind;
	if (!ch_act_open(p, &a) || (!sure && ch_page_opens_first(p, &a.d, a.v)) ||
	    (post && !ch_speech_take_text(f, p))) {
		ch_act_close(&a);
		return;
	}
	memcpy(f->folder, p->arg[1].p, p->arg[1].n < sizeof f->folder ? p->arg[1].n : 0);
	if (post)
		take(f, p);
	if (sure && !is_nothing(f))
		ch_speech_start(p, f);
	else if (post)
		second(p, &a, f);
	else
		first(p, &a, f);
	ch_act_close(&a);
}

void ch_page_confirm(struct ch_page *p)
{
	run(p, CH_K_CONFIRMATION, false);
}

void ch_page_confirm_post(struct ch_page *p)
{
	run(p, CH_K_CONFIRMATION, true);
}

void ch_page_disclose(struct ch_page *p)
{
	run(p, CH_K_DISCLOSURE, false);
}

void ch_page_disclose_post(struct ch_page *p)
{
	run(p, CH_K_DISCLOSURE, true);
}
