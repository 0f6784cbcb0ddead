/* The delivery record in plain words: submission, delivery, opening are different things, each with
 * its place in the register and its cosigned times. */
#include "paper_say.h"

#include <stdio.h>

#include "cause.h"
#include "colleagues.h"

static const struct {
	ch_step step;
	ch_msg what;
} steps[] = {
	{ CH_STEP_SUBMITTED, CH_M_STEP_SUBMITTED }, { CH_STEP_REGISTERED, CH_M_STEP_REGISTERED },
	{ CH_STEP_NOTICED, CH_M_STEP_NOTICED }, { CH_STEP_RECEIPT, CH_M_STEP_RECEIPT },
	{ CH_STEP_HANDOVER, CH_M_STEP_HANDOVER }, { CH_STEP_DECLINE, CH_M_STEP_DECLINE },
	{ CH_STEP_TAKE_BACK, CH_M_STEP_TAKE_BACK }, { CH_STEP_ENDED, CH_M_STEP_ENDED },
	{ CH_STEP_OPENED, CH_M_STEP_OPENED }, { CH_STEP_DEFECT, CH_M_STEP_DEFECT },
	{ CH_STEP_KEY_MISSING, CH_M_STEP_KEY_MISSING },
};

static const ch_msg by_whom[CH_BY_COUNT] = {
	[CH_BY_REGISTRY] = CH_M_BY_REGISTRY, [CH_BY_AUTHOR] = CH_M_BY_AUTHOR,
	[CH_BY_ADDRESSEE] = CH_M_BY_ADDRESSEE, [CH_BY_NEUTRAL] = CH_M_BY_NEUTRAL,
	[CH_BY_WITNESS] = CH_M_BY_WITNESS,
};

static void bound(struct ch_page *p, ch_msg word, int64_t t, ch_by by)
{
	struct ch_html *w = &p->html;

	if (t == 0)
		return;
	ch_html_put(w, "<p>");
	ch_html_say(w, word);
	ch_html_put(w, " ");
	ch_html_when(w, t);
	ch_html_put(w, " <span class=\"quiet\">");
	ch_html_say(w, by_whom[by]);
	ch_html_put(w, "</span></p>");
}

static void step(struct ch_page *p, const ch_fact *f, ch_msg what)
{
	struct ch_html *w = &p->html;
	ch_by after = CH_BY_REGISTRY, before = CH_BY_REGISTRY;
	int64_t not_before = ch_times_latest(&f->after, &after);
	int64_t not_after = ch_times_earliest(&f->before, &before);
	char index[24];

	ch_html_put(w, "<li");
	CH_HTML_IF(w, !f->signed_, " class=\"unproven\"");
	ch_html_put(w, "><h3>");
	ch_html_say(w, what);
	if (!f->signed_) {
		ch_html_put(w, " — ");
		ch_html_say(w, CH_M_NOT_PROVEN);
	}
	ch_html_put(w, "</h3>");
	bound(p, CH_M_NOT_BEFORE, not_before, after);
	bound(p, CH_M_NOT_AFTER, not_after, before);
	ch_html_put(w, "<p class=\"quiet\">");
	if (f->logged) {
		(void)snprintf(index, sizeof index, "%llu", (unsigned long long)f->index);
		ch_html_say_with(w, CH_M_PLACE, CH_ARGS(index));
		CH_HTML_IF(w, f->claimed != 0, " · ");
	}
	if (f->claimed != 0) {
		ch_html_when(w, f->claimed);
		ch_html_put(w, " ");
		ch_html_say(w, CH_M_CLAIMED);
	}
	ch_html_put(w, "</p>");
	if (f->why) {
		ch_html_put(w, "<p>");
		ch_cause_judge(w, f->why);
		ch_html_put(w, ".</p>");
	}
	ch_html_put(w, "</li>");
}

static void findings(struct ch_page *p, const ch_delivery *v)
{
	struct ch_html *w = &p->html;

	if (v->findings == 0)
		return;
	ch_page_note_begin(p, CH_NOTE_TROUBLE);
	ch_html_tag(w, "h3", CH_M_FINDINGS);
	ch_html_put(w, "<ul>");
	for (unsigned f = 0; f < CH_FIND_COUNT; f++) {
		if (!(v->findings >> f & 1))
			continue;
		ch_html_put(w, "<li>");
		ch_cause_judge(w, ch_finding_text((ch_finding)f));
		ch_html_put(w, ".");
		if (ch_finding_convicts((ch_finding)f)) {
			ch_html_put(w, " <strong>");
			ch_html_say(w, CH_M_CONVICTS);
			ch_html_put(w, "</strong>");
		}
		ch_html_put(w, "</li>");
	}
	ch_html_put(w, "</ul>");
	ch_page_note_end(p);
}

static void can_show(struct ch_page *p, ch_msg id)
{
	ch_html_put(&p->html, "<li>");
	ch_html_say(&p->html, id);
	ch_html_put(&p->html, "</li>");
}

/* Without a cover here it is the submission alone that can be shown. */
static void showable(struct ch_page *p, const ch_delivery *v, const struct ch_dossier *d)
{
	struct ch_html *w = &p->html;
	bool delivered = v->state == CH_STATE_DELIVERED && v->receipt_counts, ours = d->ours;

	ch_html_put(w, "<div class=\"split\"><div>");
	ch_html_tag(w, "h3", CH_M_SHOWABLE);
	ch_html_put(w, "<ul class=\"plain\">");
	can_show(p, ours ? CH_M_SHOW_SENT : ch_dossier_part(d, "cover").n > 0 ?
	    CH_M_SHOW_COVER_CAME : CH_M_SHOW_CAME);
	if (delivered && (ours || d->hold == CH_HOLD_WHOLE))
		can_show(p, ours ? CH_M_SHOW_SIGNED_FOR : CH_M_SHOW_TEXT_CAME);
	if (v->state == CH_STATE_TAKEN_BACK || v->state == CH_STATE_DECLINED)
		can_show(p, CH_M_SHOW_NEVER_SIGNED);
	ch_html_put(w, "</ul></div><div>");
	ch_html_tag(w, "h3", CH_M_NOT_SHOWABLE);
	ch_html_put(w, "<ul class=\"plain\">");
	can_show(p, delivered ? CH_M_SHOW_NOT_AGREED : v->step[CH_STEP_KEY_MISSING].present ?
	    CH_M_SHOW_NOT_KEY : CH_M_SHOW_NOT_DELIVERED);
	can_show(p, CH_M_SHOW_NOT_PERSON);
	ch_html_put(w, "</ul></div></div>");
}

/* Which person of a party did it; by the rosters, which all parties have. */
static void persons(struct ch_page *p, const struct ch_dossier *d)
{
	static const struct {
		const char *part;
		ch_msg label;
	} rows[] = {
		{ "submission", CH_M_BY_SENT }, { "receipt", CH_M_BY_SIGNED_FOR },
		{ "decline", CH_M_BY_DECLINED }, { "take-back", CH_M_BY_TAKEN_BACK },
	};
	ch_persons who;

	for (size_t i = 0; i < CH_COUNT(rows); i++) {
		ch_colleagues_signed(&who, d, rows[i].part);
		if (who.n > 0)
			ch_page_fact(p, rows[i].label, ch_span_str(who.text));
	}
}

void ch_page_record(struct ch_page *p, const struct ch_dossier *d, const ch_delivery *v)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<section class=\"record\" aria-labelledby=\"record\"><h2 id=\"record\">");
	ch_html_say(w, CH_M_RECORD);
	ch_html_put(w, "</h2>");
	findings(p, v);
	ch_html_put(w, "<ol class=\"steps\">");
	for (size_t i = 0; i < CH_COUNT(steps); i++)
		if (v->step[steps[i].step].present)
			step(p, &v->step[steps[i].step], steps[i].what);
	ch_html_put(w, "</ol><dl class=\"facts\">");
	persons(p, d);
	ch_page_fact_when(p, CH_M_LAPSES, v->lapse);
	ch_page_fact(p, CH_M_REASON, v->reason);
	ch_page_fact(p, CH_M_CAUSE, v->cause);
	ch_html_put(w, "</dl>");
	showable(p, v, d);
	ch_page_form_begin(p, "/h/%u/talks/%s/papers/%.*s/check", p->home->n, d->talks->name,
	    CH_SPAN(p->arg[1]));
	ch_html_put(w, "<p>");
	ch_page_button(p, CH_M_CHECK_AGAIN, false);
	ch_html_put(w, " <span class=\"quiet\">");
	ch_html_say(w, CH_M_CHECK_AGAIN_WHAT);
	ch_html_put(w, "</span></p></form><p class=\"quiet no-print\"><a "
	    "href=\"/h/%u/talks/%s/papers/%.*s/record\">", p->home->n, d->talks->name,
	    CH_SPAN(p->arg[1]));
	ch_html_say(w, CH_M_RECORD_ALONE);
	ch_html_put(w, "</a></p></section>");
}

void ch_page_cover_sheet(struct ch_page *p, const struct ch_talks *t, const ch_span v[CH_H_KEYS])
{
	struct ch_html *w = &p->html;

	if (v[CH_H_CAVEAT].n > 0)
		ch_html_put(w, "<span class=\"caveat\">%.*s</span>", CH_SPAN(v[CH_H_CAVEAT]));
	ch_html_put(w, "</header>");
	if (v[CH_H_SUBJECT].n > 0)
		ch_html_put(w, "<p class=\"sheet-title\" dir=\"auto\">%.*s</p>",
		    CH_SPAN(v[CH_H_SUBJECT]));
	ch_page_cover(p, t, v);
}

void ch_page_size(struct ch_page *p, uint64_t bytes)
{
	static const ch_msg unit[] = { CH_M_SIZE_KB, CH_M_SIZE_MB, CH_M_SIZE_GB };
	char text[32];
	uint64_t tenths = bytes / 100;
	unsigned k = 0;

	if (bytes < 1000) {
		ch_html_say_count(&p->html, CH_M_SIZE_BYTES_ONE, bytes);
		return;
	}
	while (tenths >= 10000 && k < 2) {
		tenths /= 1000;
		k++;
	}
	(void)snprintf(text, sizeof text, "%llu.%llu", (unsigned long long)(tenths / 10),
	    (unsigned long long)(tenths % 10));
	ch_html_say_plain(&p->html, unit[k], CH_ARGS(text));
}

void ch_page_attachment(struct ch_page *p, const ch_item *it)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<bdi>%.*s</bdi> <span class=\"quiet\">%.*s · ",
	    CH_SPAN(it->v[CH_AT_NAME].n ? it->v[CH_AT_NAME] : it->v[CH_AT_FILE]),
	    CH_SPAN(it->v[CH_AT_TYPE]));
	ch_page_size(p, ch_val_dec(it->v[CH_AT_SIZE]));
	ch_html_put(w, "</span>");
}

struct ch_job *ch_page_paper_job(struct ch_page *p, const ch_job_kind *kind)
{
	struct ch_job *j = ch_job_new(p->home, kind);
	int n;

	if (!j || p->arg[0].n > CH_TALKS_NAME_MAX)
		return j;
	memcpy(j->talks_name, p->arg[0].p, p->arg[0].n);
	n = snprintf(j->go, sizeof j->go, "/h/%u/talks/%.*s/papers/%.*s", p->home->n,
	    CH_SPAN(p->arg[0]), CH_SPAN(p->arg[1]));
	if (n < 0 || (size_t)n >= sizeof j->go)
		j->go[0] = '\0';
	memcpy(j->back, j->go, sizeof j->back);
	return j;
}
