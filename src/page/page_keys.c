/*
 * Keys and delegates: the party and its words, who acts for it, the list's date, what to keep.
 * Secret keys are not given out by a page: a browser keeps what it saves.
 */
#include <stdio.h>

#include "delegate_page.h"
#include "field.h"
#include "pages.h"
#include "party.h"
#include "talks_page.h"

#define SOON ((int64_t)14 * 86400)
#define PARTIES_MAX 1024u

/* ---- what is there ---- */

/* Whether the key of the party lies in this home: without it no list is signed here. */
static bool has_party_key(const struct ch_page *p)
{
	char path[CH_PATH_MAX];
	uint64_t size;

	return ch_home_party_key_path(path, &p->home->home) == CH_OK &&
	    ch_file_size(&size, path) == CH_OK;
}

static void until(struct ch_page *p, const ch_roster *r, bool key)
{
	struct ch_html *w = &p->html;

	if (r->valid_until - p->now > SOON)
		return;
	ch_page_note_begin(p, r->valid_until < p->now ? CH_NOTE_TROUBLE : CH_NOTE_MIND);
	ch_html_put(w, "<p>");
	ch_html_say(w, r->valid_until < p->now ? CH_M_KEYS_PAST : CH_M_KEYS_SOON);
	ch_html_put(w, " ");
	ch_html_say(w, key ? CH_M_KEYS_ANEW : CH_M_KEYS_ANEW_AWAY);
	ch_html_put(w, "</p>");
	ch_page_note_end(p);
}

static void party_facts(struct ch_page *p, const struct ch_roster_file *r)
{
	struct ch_html *w = &p->html;
	char version[24];

	(void)snprintf(version, sizeof version, "%llu", (unsigned long long)r->version);
	ch_page_words_large(p, CH_M_KEYS_WORDS, r->roster.stmt.v[CH_ROSTER_PARTY_KEY]);
	ch_html_put(w, "<dl class=\"facts\">");
	ch_page_fact(p, CH_M_SHEET_PARTY, r->roster.stmt.v[CH_ROSTER_TITLE]);
	ch_page_fact(p, CH_M_PARTY_HANDLE, r->roster.party);
	ch_page_fact(p, CH_M_KEYS_VERSION, ch_span_str(version));
	ch_page_fact_when(p, CH_M_SHEET_MADE, r->roster.time);
	ch_page_fact_when(p, CH_M_KEYS_UNTIL, r->roster.valid_until);
	ch_html_put(w, "<dt>");
	ch_html_say(w, CH_M_KEYS_SUITE);
	ch_html_put(w, "</dt><dd>");
	ch_html_say(w, r->roster.hybrid ? CH_M_KEYS_HYBRID : CH_M_KEYS_CLASSIC);
	ch_html_put(w, "</dd>");
	ch_page_fact(p, CH_M_SHEET_PLACE, ch_span_str(p->home->home.dir));
	ch_html_put(w, "</dl>");
}

static void keep(struct ch_page *p)
{
	struct ch_html *w = &p->html;
	const unsigned n = p->home->n;

	ch_html_put(w, "<p class=\"acts\"><a class=\"button\" href=\"/h/%u/sheet\">", n);
	ch_html_say(w, CH_M_SHEET);
	ch_html_put(w, "</a><a class=\"button\" href=\"/h/%u/backup\">", n);
	ch_html_say(w, CH_M_SHEET_BACKUP);
	ch_html_put(w, "</a><a class=\"button\" href=\"/h/%u/roster\">", n);
	ch_html_say(w, CH_M_FORMING_ROSTER);
	ch_html_put(w, "</a><a class=\"button\" href=\"/h/%u/keys/passphrase\">", n);
	ch_html_say(w, CH_M_NEW_PASS);
	ch_html_put(w, "</a></p>");
}

ch_msg ch_page_power(unsigned power)
{
	static const ch_msg text[CH_POW_COUNT] = {
		[CH_POW_SEND] = CH_M_POWER_SEND, [CH_POW_SIGN_FOR] = CH_M_POWER_SIGN_FOR,
		[CH_POW_BIND] = CH_M_POWER_BIND, [CH_POW_DISCLOSE] = CH_M_POWER_DISCLOSE,
		[CH_POW_SPEAK] = CH_M_POWER_SPEAK, [CH_POW_ENROL] = CH_M_POWER_ENROL,
		[CH_POW_DRAFT] = CH_M_POWER_DRAFT,
	};

	return text[power];
}

void ch_page_powers(struct ch_page *p, unsigned powers)
{
	unsigned n = 0;

	for (unsigned i = 0; i < CH_POW_COUNT; i++) {
		if (!(powers & 1u << i))
			continue;
		CH_HTML_IF(&p->html, n++ > 0, ", ");
		ch_html_say(&p->html, ch_page_power(i));
	}
}

static void recall_link(struct ch_page *p, const ch_delegate *d)
{
	struct ch_html *w = &p->html;
	struct ch_rd r = ch_rd_of(d->name);
	ch_span id;

	(void)ch_rd_take(&r, strlen(p->home->home.handle) + 1);
	id = ch_rd_rest(&r);
	ch_html_put(w, " <a href=\"/h/%u/keys/recall/%.*s\">", p->home->n, CH_SPAN(id));
	ch_html_say(w, CH_M_RECALL_LINK);
	ch_html_put(w, "<span class=\"unseen\"> %.*s</span></a>", CH_SPAN(d->person));
}

/* `ours`: of our own list, and its key is here. */
static void delegate_row(struct ch_page *p, const ch_delegate *d, bool ours)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<li><strong><bdi>%.*s</bdi></strong> <span class=\"quiet\">"
	    "<bdi>%.*s</bdi>", CH_SPAN(d->person), CH_SPAN(d->name));
	if (d->title.n > 0)
		ch_html_put(w, " · <bdi>%.*s</bdi>", CH_SPAN(d->title));
	if (ch_span_eq(d->name, ch_span_str(p->home->home.delegate))) {
		ch_html_put(w, " · ");
		ch_html_say(w, CH_M_KEYS_THIS_DESK);
	}
	ch_html_put(w, "</span><p>");
	if (d->recalled) {
		ch_html_say(w, CH_M_KEYS_RECALLED);
	} else {
		ch_html_say(w, CH_M_KEYS_MAY);
		ch_html_put(w, " ");
		ch_page_powers(p, d->powers);
	}
	ch_html_put(w, ".");
	if (ours && !d->recalled)
		recall_link(p, d);
	ch_html_put(w, "</p></li>");
}

static void delegate_rows(struct ch_page *p, const ch_roster *r, bool ours)
{
	ch_delegate d;

	ch_html_put(&p->html, "<ul class=\"parties\">");
	for (uint32_t i = 0; i < r->n; i++) {
		ch_roster_delegate(&d, r, i);
		delegate_row(p, &d, ours);
	}
	ch_html_put(&p->html, "</ul>");
}

static void delegates(struct ch_page *p, const ch_roster *r, bool key)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<section aria-labelledby=\"delegates\"><h2 id=\"delegates\">");
	ch_html_say(w, CH_M_KEYS_DELEGATES);
	ch_html_put(w, "</h2>");
	delegate_rows(p, r, key);
	if (key) {
		ch_html_put(w, "<p class=\"acts\"><a class=\"button\" href=\"/h/%u/keys/add\">",
		    p->home->n);
		ch_html_say(w, CH_M_ADD);
		ch_html_put(w, "</a></p>");
	} else {
		ch_page_quiet(p, CH_M_KEYS_NO_PARTY_KEY);
	}
	ch_html_put(w, "</section>");
}

/* By the newest list of theirs that is here. */
static void their_delegates(struct ch_page *p, const struct ch_roster_file *r)
{
	struct ch_html *w = &p->html;
	char version[24];

	(void)snprintf(version, sizeof version, "%llu", (unsigned long long)r->version);
	ch_html_put(w, "<details><summary>");
	ch_html_say(w, CH_M_KEYS_THEIRS);
	ch_html_put(w, "</summary><dl class=\"facts\">");
	ch_page_fact(p, CH_M_KEYS_VERSION, ch_span_str(version));
	ch_page_fact_when(p, CH_M_KEYS_UNTIL, r->roster.valid_until);
	ch_html_put(w, "</dl>");
	delegate_rows(p, &r->roster, false);
	ch_html_put(w, "</details>");
}

/* Other parties whose lists are on file. */
static void others(struct ch_page *p)
{
	struct ch_html *w = &p->html;
	const struct ch_home *h = &p->home->home;
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_span title;

	if (ch_home_path(path, h, "rosters") != CH_OK ||
	    ch_dir_list(&d, path, PARTIES_MAX) != CH_OK)
		d.n = 0;
	ch_html_put(w, "<section aria-labelledby=\"others\"><h2 id=\"others\">");
	ch_html_say(w, CH_M_KEYS_OTHERS);
	ch_html_put(w, "</h2>");
	if (d.n < 2)
		ch_page_quiet(p, CH_M_KEYS_OTHERS_NONE);
	ch_html_put(w, "<ul class=\"parties\">");
	for (size_t i = 0; i < d.n; i++) {
		struct ch_roster_file r = { 0 };

		if (strcmp(d.names[i], h->handle) == 0 ||
		    ch_party_roster(&r, h, ch_span_str(d.names[i]), 0, NULL) != CH_OK)
			continue;
		title = r.roster.stmt.v[CH_ROSTER_TITLE];
		ch_html_put(w, "<li><strong><bdi>%.*s</bdi></strong>",
		    CH_SPAN(title.n ? title : r.roster.party));
		if (title.n > 0)
			ch_html_put(w, " <span class=\"quiet\"><bdi>%s</bdi></span>", d.names[i]);
		ch_page_fingerprint(p, r.roster.stmt.v[CH_ROSTER_PARTY_KEY]);
		their_delegates(p, &r);
		ch_html_put(w, "</li>");
		ch_roster_file_deinit(&r);
	}
	ch_html_put(w, "</ul></section>");
	ch_dir_deinit(&d);
}

static void renewing(struct ch_page *p)
{
	struct ch_html *w = &p->html;

	ch_html_put(w, "<section aria-labelledby=\"renew\"><h2 id=\"renew\">");
	ch_html_say(w, CH_M_KEYS_RENEW);
	ch_html_put(w, "</h2>");
	ch_page_say(p, CH_M_KEYS_RENEW_TEXT);
	ch_page_form_begin(p, "/h/%u/keys/renew", p->home->n);
	ch_page_field(p, "pass", CH_M_PASSPHRASE, CH_M_COUNT, CH_LIT(""),
	    CH_FIELD_NEEDED | CH_FIELD_SECRET);
	ch_html_put(w, "<p class=\"acts\">");
	ch_page_button(p, CH_M_KEYS_RENEW_BUTTON, false);
	ch_html_put(w, "</p></form>");
	ch_page_form_begin(p, "/h/%u/keys/publish", p->home->n);
	ch_html_put(w, "<p><button class=\"link\">");
	ch_html_say(w, CH_M_KEYS_PUBLISH);
	ch_html_put(w, "</button></p></form></section>");
}

void ch_page_keys(struct ch_page *p)
{
	struct ch_html *w = &p->html;
	struct ch_roster_file r = { 0 };
	bool key = has_party_key(p);

	if (!ch_page_own_roster(p, &r))
		return;
	ch_page_begin(p, CH_M_NAV_KEYS, NULL);
	ch_page_wrong(p, ch_page_query(p, "wrong").n ? CH_M_UNLOCK_WRONG : CH_M_COUNT);
	ch_page_told(p);
	until(p, &r.roster, key);
	party_facts(p, &r);
	keep(p);
	delegates(p, &r.roster, key);
	others(p);
	if (key)
		renewing(p);
	ch_page_quiet(p, CH_M_KEYS_REVEAL);
	ch_html_put(w, "<p class=\"quiet\"><a href=\"/homes\">");
	ch_html_say(w, CH_M_KEYS_HOMES);
	ch_html_put(w, "</a></p>");
	ch_roster_file_deinit(&r);
}

/* ---- a new version ---- */

struct renew {
	struct ch_pass pass;
	bool renew;
};

static ch_err publish_all(struct ch_job *j)
{
	struct ch_roster_file r = { 0 };
	bool some;
	ch_err e = ch_party_roster(&r, &j->home, ch_span_str(j->home.handle), 0, &j->why);

	(void)snprintf(j->said[0], sizeof j->said[0], "%llu", (unsigned long long)r.version);
	ch_roster_file_deinit(&r);
	return e == CH_OK ? ch_delegates_publish(&some, &j->watch, &j->link, &j->home, NULL,
	    &j->why) : e;
}

static ch_err renew_run(struct ch_job *j)
{
	struct renew *a = j->arg;
	uint64_t version;
	ch_err e = CH_OK;

	if (a->renew)
		e = ch_party_renew(&version, &j->home, (ch_span){ 0 }, true,
		    ch_pass_span(&a->pass), &j->why);
	ch_pass_wipe(&a->pass);
	return e == CH_OK ? publish_all(j) : e;
}

static const ch_job_kind renew_kind = {
	.title = CH_M_JOB_RENEW, .done = CH_M_JOB_RENEW_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_ASKS_AGAIN,
	.arg_size = sizeof(struct renew), .run = renew_run,
};

static void start(struct ch_page *p, bool renew)
{
	struct ch_job *j = ch_job_new(p->home, &renew_kind);

	if (j) {
		struct renew *a = j->arg;

		a->renew = renew;
		ch_page_pass_take(&a->pass, p, "pass");
		(void)snprintf(j->go, sizeof j->go, "/h/%u/keys", p->home->n);
		(void)snprintf(j->back, sizeof j->back, "/h/%u/keys?wrong=1", p->home->n);
	}
	ch_page_job(p, j);
}

void ch_page_keys_renew(struct ch_page *p)
{
	start(p, true);
}

void ch_page_keys_publish(struct ch_page *p)
{
	start(p, false);
}
