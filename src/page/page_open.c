/* Opening talks: a draft of terms, and who is invited. Nothing binds anybody yet. */
#include <stdio.h>

#include <utf8proc.h>

#include "dec.h"
#include "field.h"
#include "pages.h"
#include "talks_page.h"
#include "text.h"

#define OTHERS_MAX 8u
#define FOLDED_MAX 32 /* more than one character gives */
#define REGISTRIES_MAX 64u

struct open {
	struct ch_pass pass;
	char title[201], name[CH_TALKS_NAME_MAX + 1], with[1024], origin[CH_NAME_MAX + 1];
	char basis[40], confirm[16], words[16];
	uint64_t answer_days, lapse_days;
};

/* Handles between commas, spaces or lines. */
static ch_span next_handle(struct ch_rd *r)
{
	while (!ch_rd_at_end(r)) {
		struct ch_rd look = *r;
		ch_span word, rest = ch_rd_rest(&look);
		size_t n = 0;

		while (n < rest.n && !strchr(", \n;", rest.p[n]))
			n++;
		word = ch_rd_take(r, n);
		if (n < rest.n)
			(void)ch_rd_take(r, 1);
		if (word.n > 0)
			return word;
	}
	return (ch_span){ 0 };
}

static ch_err open_run(struct ch_job *j)
{
	struct open *a = j->arg;
	char code[OTHERS_MAX + 1][CH_CODE_MAX + 1];
	struct ch_rd r = ch_rd_of(ch_span_str(a->with));
	struct ch_buf card, url;
	ch_talks_ask ask = {
		.name = ch_span_str(a->name), .title = ch_span_str(a->title),
		.basis = ch_span_str(a->basis), .confirm = ch_span_str(a->confirm),
		.word_set = ch_span_str(a->words), .answer_days = a->answer_days,
		.lapse_days = a->lapse_days,
		.code = ch_page_code(code[OTHERS_MAX], ch_span_str(j->home.handle)),
	};
	ch_span who;
	ch_err e;

	ch_buf_init(&card, CH_WATCH_NOTE_MAX);
	ch_buf_init(&url, CH_LINK_URL_MAX + 1);
	while (ask.n < OTHERS_MAX && (who = next_handle(&r)).n > 0) {
		ask.with[ask.n].handle = who;
		ask.with[ask.n].code = ch_page_code(code[ask.n], who);
		ask.n++;
	}
	e = ch_page_ask_registry(&ask, &card, &url, &j->home, ch_span_str(a->origin), &j->why);
	if (e == CH_OK)
		e = ch_page_enter(j, ask.origin, ch_pass_span(&a->pass));
	if (e == CH_OK)
		e = ch_talks_open(&j->home, &ask, &j->why);
	ch_buf_deinit(&card);
	ch_buf_deinit(&url);
	return e;
}

static const ch_job_kind open_kind = {
	.title = CH_M_JOB_OPEN, .done = CH_M_JOB_OPEN_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_ASKS_AGAIN,
	.arg_size = sizeof(struct open), .run = open_run,
};

/* ---- the form ---- */

/* The registries that were met here; how many. */
static size_t registry_choice(struct ch_page *p)
{
	struct ch_html *w = &p->html;
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	size_t n;

	if (ch_home_path(path, &p->home->home, "registries") != CH_OK ||
	    ch_dir_list(&d, path, REGISTRIES_MAX) != CH_OK)
		d.n = 0;
	n = d.n;
	if (n > 0 && p->begun) {
		ch_html_put(w, "<div class=\"field\"><label for=\"registry\">");
		ch_html_say(w, CH_M_OPENING_REGISTRY);
		ch_html_put(w, "</label><select id=\"registry\" name=\"registry\">");
		for (size_t i = 0; i < n; i++)
			ch_html_put(w, "<option>%s</option>", d.names[i]);
		ch_html_put(w, "</select> <a href=\"/h/%u/meet\">", p->home->n);
		ch_html_say(w, CH_M_MEET_ANOTHER);
		ch_html_put(w, "</a></div>");
	}
	ch_dir_deinit(&d);
	return n;
}

static void choice(struct ch_page *p, const char *name, ch_msg label, const char *const *value,
    const ch_msg *text, size_t n)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<div class=\"field\"><label for=\"%s\">", name);
	ch_html_say(w, label);
	ch_html_put(w, "</label><select id=\"%s\" name=\"%s\">", name, name);
	for (size_t i = 0; i < n; i++)
		ch_html_put(w, "<option value=\"%s\">%s</option>", value[i],
		    ch_html_word(w, text[i]));
	ch_html_put(w, "</select></div>");
}

static void term_fields(struct ch_page *p)
{
	static const char *const basis[] = { "confidential", "open", "without-prejudice" };
	static const ch_msg basis_text[] = { CH_M_BASIS_CONFIDENTIAL, CH_M_BASIS_OPEN,
		CH_M_BASIS_WITHOUT_PREJUDICE };
	static const char *const confirm[] = { "by-consent", "free", "never" };
	static const ch_msg confirm_text[] = { CH_M_TERM_CONFIRM_CONSENT, CH_M_TERM_CONFIRM_FREE,
		CH_M_TERM_CONFIRM_NEVER };
	static const char *const words[] = { "diplomacy", "law" };
	static const ch_msg words_text[] = { CH_M_WORDS_DIPLOMACY, CH_M_WORDS_LAW };

	ch_html_put(&p->html, "<fieldset><legend>");
	ch_html_say(&p->html, CH_M_OPENING_TERMS);
	ch_html_put(&p->html, "</legend>");
	choice(p, "basis", CH_M_TERM_BASIS, basis, basis_text, CH_COUNT(basis));
	choice(p, "confirm", CH_M_TERM_PUBLIC, confirm, confirm_text, CH_COUNT(confirm));
	choice(p, "words", CH_M_TERM_WORD_SET, words, words_text, CH_COUNT(words));
	ch_page_field(p, "answer", CH_M_OPENING_ANSWER, CH_M_OPENING_ANSWER_HINT, CH_LIT(""),
	    CH_FIELD_NUMBER);
	ch_page_field(p, "lapse", CH_M_OPENING_LAPSE, CH_M_OPENING_LAPSE_HINT, CH_LIT("14"),
	    CH_FIELD_NUMBER);
	ch_html_put(&p->html, "</fieldset>");
}

static void open_form(struct ch_page *p, ch_span title, ch_span with, ch_msg wrong)
{
	struct ch_html *w = &p->html;

	p->nav = CH_M_NAV_TALKS;
	ch_page_begin(p, CH_M_OPENING, NULL);
	ch_page_wrong(p, wrong);
	ch_page_lead(p, CH_M_OPENING_LEAD);
	ch_page_form_begin(p, "/h/%u/open", p->home->n);
	ch_page_field(p, "title", CH_M_OPENING_TITLE, CH_M_OPENING_TITLE_HINT, title,
	    CH_FIELD_NEEDED | CH_FIELD_FIRST);
	ch_page_field(p, "with", CH_M_OPENING_WITH, CH_M_OPENING_WITH_HINT, with,
	    CH_FIELD_NEEDED | CH_FIELD_PLAIN);
	(void)registry_choice(p);
	term_fields(p);
	ch_page_field(p, "pass", CH_M_PASSPHRASE, CH_M_OPENING_PASS_HINT, CH_LIT(""),
	    CH_FIELD_NEEDED | CH_FIELD_SECRET);
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, CH_M_OPENING_BUTTON, true);
	ch_html_put(w, "</p></form>");
}

void ch_page_open(struct ch_page *p)
{
	if (registry_choice(p) == 0)
		ch_page_go(p, "/h/%u/meet", p->home->n);
	else
		open_form(p, ch_page_query(p, "title"), ch_page_query(p, "with"),
		    ch_page_query(p, "wrong").n ? CH_M_UNLOCK_WRONG : CH_M_COUNT);
}

static size_t put_in_name(char *out, size_t n, size_t cap, int32_t c)
{
	if (n + 1 >= cap)
		return n;
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		out[n++] = (char)c;
	else if (n > 0 && out[n - 1] != '-')
		out[n++] = '-';
	return n;
}

/* "Le détroit, 2" is le-detroit-2 in paths and numbers: letters without their marks. */
static void as_name(char *out, size_t cap, const char *title)
{
	utf8proc_int32_t plain[FOLDED_MAX];
	ch_span text = ch_span_str(title);
	size_t n = 0;

	for (size_t at = 0; at < text.n;) {
		int32_t cp = '-';
		unsigned k = ch_text_decode(&cp, text, at);
		int last = 0;
		utf8proc_ssize_t m = k ? utf8proc_decompose_char(cp, plain, FOLDED_MAX,
		    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
		    UTF8PROC_STRIPMARK, &last) : 0;

		for (utf8proc_ssize_t i = 0; i < m && m <= FOLDED_MAX; i++)
			n = put_in_name(out, n, cap, plain[i]);
		at += k ? k : 1;
	}
	while (n > 0 && out[n - 1] == '-')
		n--;
	if (n == 0)
		memcpy(out, "talks", n = 5);
	out[n] = '\0';
}

static ch_msg read_open(struct open *a, struct ch_page *p)
{
	struct ch_rd r;
	ch_span who;
	size_t n = 0;

	ch_page_form_copy(a->title, sizeof a->title, p, "title");
	ch_page_form_copy(a->with, sizeof a->with, p, "with");
	ch_page_form_copy(a->origin, sizeof a->origin, p, "registry");
	ch_page_form_copy(a->basis, sizeof a->basis, p, "basis");
	ch_page_form_copy(a->confirm, sizeof a->confirm, p, "confirm");
	ch_page_form_copy(a->words, sizeof a->words, p, "words");
	ch_page_pass_take(&a->pass, p, "pass");
	as_name(a->name, 48, a->title);
	a->lapse_days = 14;
	if (ch_page_form(p, "answer").n > 0 &&
	    ch_dec_parse(&a->answer_days, ch_page_form(p, "answer"), 3650) != CH_OK)
		return CH_M_OPENING_WRONG_DAYS;
	if (ch_page_form(p, "lapse").n > 0 &&
	    ch_dec_parse(&a->lapse_days, ch_page_form(p, "lapse"), 3650) != CH_OK)
		return CH_M_OPENING_WRONG_DAYS;
	if (ch_text_check_line(ch_span_str(a->title), 200) != CH_OK)
		return CH_M_PARTY_WRONG_LINE;
	r = ch_rd_of(ch_span_str(a->with));
	while ((who = next_handle(&r)).n > 0)
		if (!ch_text_is_handle(who) || ++n > OTHERS_MAX)
			return CH_M_OPENING_WRONG_WITH;
	return n > 0 ? CH_M_COUNT : CH_M_OPENING_WRONG_WITH;
}

/* What was typed, for the form when the passphrase was wrong. */
static void way_back(struct ch_page *p, struct ch_job *j, const struct open *a)
{
	struct ch_html to;

	ch_html_init(&to, p->html.tongue);
	ch_html_url(&to, ch_span_str(a->title));
	ch_html_put(&to, "&with=");
	ch_html_url(&to, ch_span_str(a->with));
	(void)snprintf(j->back, sizeof j->back, "/h/%u/open?wrong=1&title=%.*s", p->home->n,
	    (int)(to.b.n < 400 ? to.b.n : 0), (const char *)to.b.p);
	ch_html_deinit(&to);
}

void ch_page_open_post(struct ch_page *p)
{
	struct ch_job *j = ch_job_new(p->home, &open_kind);
	struct open *a = j ? j->arg : NULL;
	ch_msg wrong = a ? read_open(a, p) : CH_M_COUNT;

	if (wrong != CH_M_COUNT) {
		p->status = 422;
		open_form(p, ch_page_form(p, "title"), ch_page_form(p, "with"), wrong);
		ch_job_free(j);
		return;
	}
	if (a) {
		(void)snprintf(j->go, sizeof j->go, "/h/%u/talks/%s", p->home->n, a->name);
		(void)snprintf(j->said[0], sizeof j->said[0], "%s", a->title);
		way_back(p, j, a);
	}
	ch_page_job(p, j);
}
