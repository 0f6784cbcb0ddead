/* What becomes known of a paper, and saying it: see speech.h. */
#include "speech.h"

#include <stdio.h>

#include "clock.h"
#include "field.h"

static const ch_msg key_names[CH_H_KEYS] = {
	[CH_H_NUMBER] = CH_M_HEAD_NUMBER, [CH_H_COPY] = CH_M_COVER_COPY,
	[CH_H_FROM] = CH_M_COVER_FROM, [CH_H_BY] = CH_M_COVER_BY, [CH_H_TO] = CH_M_COVER_TO,
	[CH_H_FORM] = CH_M_COVER_FORM, [CH_H_ACT] = CH_M_COVER_ACT, [CH_H_BASIS] = CH_M_COVER_BASIS,
	[CH_H_RE] = CH_M_COVER_RE, [CH_H_EFFECTIVE] = CH_M_COVER_EFFECTIVE,
	[CH_H_SUBJECT] = CH_M_HEAD_SUBJECT, [CH_H_TITLE] = CH_M_HEAD_TITLE,
	[CH_H_DATE] = CH_M_HEAD_DATE, [CH_H_LANGUAGES] = CH_M_HEAD_LANGUAGES,
	[CH_H_CAVEAT] = CH_M_COVER_CAVEAT, [CH_H_CHARACTERISE] = CH_M_COVER_CHARACTERISE,
	[CH_H_MAY_CONFIRM] = CH_M_COVER_MAY_CONFIRM, [CH_H_ANSWER_BY] = CH_M_COVER_ANSWER_BY,
	[CH_H_OPERATIVE] = CH_M_COVER_OPERATIVE, [CH_H_TALKS] = CH_M_HEAD_TALKS,
	[CH_H_TEXT] = CH_M_COUNT, [CH_H_INFO] = CH_M_COUNT, [CH_H_POSITIONS] = CH_M_COUNT,
	[CH_H_ATTACHMENTS] = CH_M_COUNT,
};

ch_msg ch_speech_key(unsigned head_key)
{
	return head_key < CH_H_KEYS ? key_names[head_key] : CH_M_COUNT;
}

/* `from,to,date`: lines of a head by their names. */
static void line_names(struct ch_page *p, ch_span list)
{
	const struct ch_schema *head = ch_kind_schema(CH_K_PAPER_TEXT);
	struct ch_rd r = ch_rd_of(list);

	for (bool first = true; ch_rd_left(&r) > 0; first = false) {
		struct ch_rd probe = r;
		ch_span name = ch_rd_until(&probe, ',');
		ch_msg said = CH_M_COUNT;

		if (probe.err != CH_OK)
			name = ch_rd_rest(&r);
		else
			r = probe;
		for (unsigned k = 0; k < CH_H_KEYS; k++)
			if (ch_span_eq(name, ch_span_str(head->field[k].key)))
				said = key_names[k];
		ch_html_put(&p->html, first ? "" : ", ");
		if (said != CH_M_COUNT)
			ch_html_say(&p->html, said);
		else
			ch_html_put(&p->html, "<bdi>%.*s</bdi>", CH_SPAN(name));
	}
}

void ch_page_head_value(struct ch_page *p, unsigned head_key, ch_span value)
{
	switch (head_key) {
	case CH_H_FORM:
	case CH_H_ACT:
	case CH_H_BASIS:
	case CH_H_EFFECTIVE:
	case CH_H_CHARACTERISE:
		ch_page_term(p, value);
		break;
	case CH_H_MAY_CONFIRM:
		line_names(p, value);
		break;
	case CH_H_DATE:
		ch_html_date(&p->html, value);
		break;
	default:
		if (head_key == CH_H_RE)
			value = ch_val_re(value).number;
		ch_html_put(&p->html, "<bdi>%.*s</bdi>", CH_SPAN(value));
		break;
	}
}

bool ch_speech_take_text(struct ch_speech_form *f, struct ch_page *p)
{
	struct ch_problem why = { 0 };
	ch_span text;
	ch_err e = ch_act_line(&text, p, "text", &why);

	if (e != CH_OK) {
		ch_page_fault(p, e, &why);
		return false;
	}
	if (text.n > 0)
		memcpy(f->text, text.p, text.n);
	f->n_text = text.n;
	return true;
}

static ch_speech speech_of(const struct ch_speech_form *f)
{
	return (ch_speech){ .kind = f->kind, .number = ch_span_str(f->folder), .which = f->which,
		.usual = f->usual, .all = f->all, .text = ch_span_of(f->text, f->n_text),
		.about = f->about, .has_about = f->has_about, .characterises = f->characterises };
}

/* The public statement that ours is about, to be quoted. */
static ch_err spoken_of(struct ch_speaking *s, const struct ch_home *h, const struct ch_talks *t,
    const struct ch_speech_form *f, struct ch_problem *why)
{
	const ch_public_item *it;
	ch_err e = ch_public_load(&s->all, h, t, why);

	if (e == CH_OK && ch_public_find(&it, &s->all, &f->about) != CH_OK)
		return ch_problem_set(why, CH_E_ABSENT, "that public statement is not on file; run "
		    "chancery sync");
	return e;
}

struct ch_speaking *ch_speech_ready(struct ch_page *p, const struct ch_talks *t,
    const struct ch_speech_form *f)
{
	struct ch_watch *only_home = ch_arena_alloc(p->arena, sizeof *only_home);
	struct ch_speaking *s = ch_speak_new();
	ch_speech what = speech_of(f);
	struct ch_problem why = { 0 };
	ch_err e = s && only_home ? CH_OK : CH_E_NOMEM;

	if (e == CH_OK) {
		only_home->home = &p->home->home;
		e = ch_speak_begin(s, only_home, t, &what, f->folder[0] ? ch_page_kept(p) : NULL,
		    &why);
	}
	if (e == CH_OK && f->kind == CH_K_STATEMENT && f->has_about)
		e = spoken_of(s, &p->home->home, t, f, &why);
	if (e == CH_OK)
		return s;
	ch_speak_free(s);
	ch_page_fault(p, e, &why);
	return NULL;
}

/* ---- the public's sheet ---- */

static void head_lines(struct ch_page *p, const ch_leaves *l)
{
	struct ch_html *w = &p->html;
	ch_span value;

	if (l->n_shown[CH_LEAF_HEAD] == 0)
		return;
	ch_html_put(w, "<dl class=\"facts\">");
	for (unsigned i = 0; i < CH_H_KEYS; i++) {
		if (key_names[i] == CH_M_COUNT || ch_leaves_head(&value, l, i) != CH_OK)
			continue;
		ch_html_put(w, "<dt>");
		ch_html_say(w, key_names[i]);
		ch_html_put(w, "</dt><dd>");
		if (value.n == 0)
			ch_html_say(w, CH_M_SPEAK_EMPTY);
		else
			ch_page_head_value(p, i, value);
		ch_html_put(w, "</dd>");
	}
	ch_html_put(w, "</dl>");
}

static void gap(struct ch_page *p, uint32_t n)
{
	if (n == 0)
		return;
	ch_html_put(&p->html, "<p class=\"gap\">");
	ch_html_say_count(&p->html, CH_M_GAP_ONE, n);
	ch_html_put(&p->html, "</p>");
}

void ch_speech_passages(struct ch_page *p, const ch_leaves *l, char series)
{
	struct ch_rd r = ch_rd_of(l->block);
	uint64_t end = ch_clock_ms() + CH_PAGE_MARKDOWN_MS;
	uint32_t next = 0;
	ch_leaf leaf;

	while (ch_leaves_next(&leaf, &r)) {
		if (leaf.kind != CH_LEAF_PASSAGE)
			continue;
		gap(p, leaf.index - next);
		ch_page_passage(p, series, leaf.bytes, leaf.index, end);
		next = leaf.index + 1;
	}
	if (next > 0 && l->total[CH_LEAF_PASSAGE] != CH_TOTAL_HIDDEN)
		gap(p, l->total[CH_LEAF_PASSAGE] - next);
}

static void files(struct ch_page *p, const struct ch_speaking *s)
{
	struct ch_html *w = &p->html;
	const ch_stmt *head = &s->reading->paper->head;
	ch_item it;

	if (s->u.shown.n_shown[CH_LEAF_ATTACHMENT] == 0)
		return;
	ch_html_put(w, "<h3>");
	ch_html_say(w, CH_M_ATTACHMENTS);
	ch_html_put(w, "</h3><ul class=\"plain\">");
	for (uint32_t i = 0; i < head->count[CH_H_ATTACHMENTS]; i++) {
		if (!ch_selection_has(&s->u.shown.shown, CH_LEAF_ATTACHMENT, i) ||
		    ch_stmt_item(&it, head, CH_H_ATTACHMENTS, i) != CH_OK)
			continue;
		ch_html_put(w, "<li>");
		ch_page_attachment(p, &it);
		ch_html_put(w, "</li>");
	}
	ch_html_put(w, "</ul><p class=\"quiet\">");
	ch_html_say(w, s->u.files ? CH_M_SPEAK_FILES_GO : CH_M_SPEAK_FILES_STAY);
	ch_html_put(w, "</p>");
}

static void said(struct ch_page *p, const struct ch_speaking *s)
{
	const ch_stmt *u = &s->u.s;
	ch_span note = u->v[u->kind == CH_K_CONFIRMATION ? (unsigned)CH_CONF_NOTE : CH_DISC_NOTE];

	ch_html_put(&p->html, "<p class=\"sheet-title\">");
	ch_html_say_with(&p->html, u->kind == CH_K_DISCLOSURE ? CH_M_PUBLIC_DISCLOSES :
	    s->d.ours ? CH_M_PUBLIC_SENT : CH_M_PUBLIC_RECEIVED, CH_ARGS(p->home->home.handle));
	ch_html_put(&p->html, "</p>");
	if (note.n > 0)
		ch_html_put(&p->html, "<p dir=\"auto\">%.*s</p>", CH_SPAN(note));
}

void ch_speech_shown(struct ch_page *p, const struct ch_speaking *s)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<article class=\"sheet public\" aria-labelledby=\"public\"><header>"
	    "<h2 id=\"public\">");
	ch_html_say(w, CH_M_SPEAK_SHEET);
	ch_html_put(w, "</h2></header>");
	said(p, s);
	head_lines(p, &s->u.shown);
	ch_speech_passages(p, &s->u.shown, 'p');
	files(p, s);
	ch_html_put(w, "</article><details><summary>");
	ch_html_say(w, CH_M_SPEAK_RAW);
	ch_html_put(w, "</summary><pre class=\"raw\" dir=\"ltr\">");
	ch_html_text(w, s->u.leaves);
	ch_html_put(w, "</pre></details>");
}

void ch_speech_contested(struct ch_page *p, const struct ch_speaking *s)
{
	struct ch_html *w = &p->html;
	const ch_public_item *it;
	ch_hash about = ch_val_hash(s->u.s.v[s->u.s.kind == CH_K_CONTESTATION ?
	    (unsigned)CH_CON_ABOUT : CH_ST_ABOUT]);
	char party[CH_HANDLE_MAX + 1], place[24];

	if (ch_public_find(&it, &s->all, &about) != CH_OK)
		return;
	(void)snprintf(party, sizeof party, "%.*s", CH_SPAN(it->s.v[CH_ANY_PARTY]));
	(void)snprintf(place, sizeof place, "%llu", (unsigned long long)it->index);
	ch_html_put(w, "<blockquote class=\"quoted\"><p>");
	ch_html_say_with(w, it->kind == CH_K_CONFIRMATION ?
	    (ch_span_eq(it->s.v[CH_CONF_SENTENCE], CH_LIT("sent")) ? CH_M_PUBLIC_SENT :
	    CH_M_PUBLIC_RECEIVED) : it->kind == CH_K_DISCLOSURE ? CH_M_PUBLIC_DISCLOSED :
	    it->kind == CH_K_STATEMENT ? CH_M_PUBLIC_STATES : CH_M_PUBLIC_CONTESTS,
	    CH_ARGS(party));
	ch_html_put(w, "</p>");
	if (it->kind == CH_K_STATEMENT || it->kind == CH_K_CONTESTATION)
		ch_html_put(w, "<p dir=\"auto\">%.*s</p>", CH_SPAN(it->s.v[it->kind ==
		    CH_K_STATEMENT ? (unsigned)CH_ST_TEXT : CH_CON_TEXT]));
	if (it->proof.n > 0) {
		ch_html_put(w, "<p class=\"quiet\">");
		ch_html_say_with(w, CH_M_PLACE, CH_ARGS(place));
		ch_html_put(w, "</p>");
	}
	ch_html_put(w, "</blockquote>");
}

void ch_speech_words(struct ch_page *p, const struct ch_speaking *s, ch_span text)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<article class=\"sheet public\" aria-labelledby=\"public\"><header>"
	    "<h2 id=\"public\">");
	ch_html_say(w, CH_M_SPEAK_SHEET);
	ch_html_put(w, "</h2></header><p class=\"sheet-title\">");
	ch_html_say_with(w, s->u.s.kind == CH_K_CONTESTATION ? CH_M_PUBLIC_CONTESTS :
	    CH_M_PUBLIC_STATES, CH_ARGS(p->home->home.handle));
	ch_html_put(w, "</p>");
	if (s->u.s.kind == CH_K_CONTESTATION || s->u.s.v[CH_ST_ABOUT].n > 0)
		ch_speech_contested(p, s);
	ch_html_put(w, "<p dir=\"auto\">%.*s</p></article>", CH_SPAN(text));
}

/* ---- what else is learnt ---- */

static void known(struct ch_page *p, ch_msg id, const ch_args *args)
{
	ch_html_put(&p->html, "<li>");
	ch_html_say_with(&p->html, id, args);
	ch_html_put(&p->html, "</li>");
}

/* The keys under a note: who signed, as the formats name them. */
static void known_keys(struct ch_page *p, ch_msg id, ch_span bytes)
{
	char name[CH_KEYNAME_MAX + 1];
	ch_note note;

	if (bytes.n == 0 || ch_note_parse(&note, bytes, CH_NOTE_TEXT_MAX) != CH_OK)
		return;
	for (size_t i = 0; i < note.n; i++) {
		(void)snprintf(name, sizeof name, "%.*s", CH_SPAN(note.line[i].name));
		known(p, id, CH_ARGS(name));
	}
}

static void known_delivery(struct ch_page *p, const struct ch_speaking *s)
{
	const ch_fact *f = &s->v.step[CH_STEP_HANDOVER];
	char place[24];

	if (!f->logged)
		return;
	(void)snprintf(place, sizeof place, "%llu", (unsigned long long)f->index);
	ch_html_put(&p->html, "<li>");
	ch_html_say_with(&p->html, CH_M_KNOWN_PLACE, CH_ARGS(place));
	ch_html_put(&p->html, " ");
	ch_html_when(&p->html, f->claimed);
	ch_html_put(&p->html, "</li>");
	known_keys(p, CH_M_KNOWN_RECEIPT, ch_dossier_part(&s->d, "receipt"));
}

void ch_speech_known(struct ch_page *p, const struct ch_speaking *s)
{
	struct ch_html *w = &p->html;
	const ch_leaves *l = &s->u.shown;

	ch_html_tag(w, "h2", CH_M_KNOWN);
	ch_html_put(w, "<ul class=\"plain\">");
	if (s->reading) {
		if (l->n_shown[CH_LEAF_PASSAGE] > 0) {
			ch_html_put(w, "<li>");
			ch_html_say_count(w, CH_M_KNOWN_PASSAGES_ONE, l->total[CH_LEAF_PASSAGE]);
			ch_html_put(w, "</li>");
		}
		known_keys(p, CH_M_KNOWN_AUTHOR, s->reading->cover.signature);
		known_delivery(p, s);
	} else if (s->d.talks) {
		known(p, CH_M_KNOWN_DIGEST, NULL);
	}
	known(p, CH_M_KNOWN_US, CH_ARGS(p->home->home.handle, p->home->home.delegate));
	known(p, CH_M_KNOWN_ROSTERS, NULL);
	ch_html_put(w, "</ul>");
	ch_html_tag(w, "h2", CH_M_STAYS);
	ch_html_put(w, "<ul class=\"plain\">");
	known(p, s->reading ? CH_M_STAYS_REST : CH_M_STAYS_ALL, NULL);
	if (s->reading && s->v.state != CH_STATE_DELIVERED)
		known(p, CH_M_STAYS_DELIVERY, NULL);
	known(p, CH_M_STAYS_PERSON, NULL);
	ch_html_put(w, "</ul>");
}

/* ---- saying it ---- */

static ch_err speech_run(struct ch_job *j)
{
	const struct ch_speech_form *f = j->arg;
	ch_speech what = speech_of(f);
	struct ch_speaking *s = ch_speak_new();
	uint64_t index = 0;
	unsigned n;
	ch_err e = s ? CH_OK : CH_E_NOMEM;

	if (e == CH_OK && f->kind == CH_K_CONTESTATION)
		e = ch_public_sync(&n, &j->watch, &j->talks, &j->why);
	if (e == CH_OK)
		e = ch_speak_begin(s, &j->watch, &j->talks, &what, NULL, &j->why);
	if (e == CH_OK)
		e = ch_speak_finish(&index, s, &j->why);
	(void)snprintf(j->said[0], sizeof j->said[0], "%llu", (unsigned long long)index);
	ch_speak_free(s);
	return e;
}

#define KIND(name, doing, did) \
	static const ch_job_kind name = { .title = doing, .done = did, .wants = CH_JOB_UNLOCKED | \
	    CH_JOB_LOCK | CH_JOB_TALKS | CH_JOB_SIGN_IN, \
	    .arg_size = sizeof(struct ch_speech_form), .run = speech_run }
KIND(confirm_job, CH_M_JOB_CONFIRM, CH_M_JOB_CONFIRM_DONE);
KIND(disclose_job, CH_M_JOB_DISCLOSE, CH_M_JOB_DISCLOSE_DONE);
KIND(contest_job, CH_M_JOB_CONTEST, CH_M_JOB_CONTEST_DONE);
KIND(statement_job, CH_M_JOB_STATEMENT, CH_M_JOB_STATEMENT_DONE);

void ch_speech_start(struct ch_page *p, const struct ch_speech_form *f)
{
	const ch_job_kind *kind = f->kind == CH_K_CONFIRMATION ? &confirm_job :
	    f->kind == CH_K_DISCLOSURE ? &disclose_job :
	    f->kind == CH_K_CONTESTATION ? &contest_job : &statement_job;
	struct ch_job *j = ch_page_paper_job(p, kind);

	if (j) {
		*(struct ch_speech_form *)j->arg = *f;
		if (f->folder[0] == '\0') {
			(void)snprintf(j->go, sizeof j->go, "/h/%u/talks/%s%s", p->home->n,
			    j->talks_name, f->has_about ? "/public" : "");
			memcpy(j->back, j->go, sizeof j->back);
		}
	}
	ch_page_job(p, j);
}
