/* Another passphrase for the keys of this home: what that does and what it does not, then the act.
 * It is one file's business and nobody hears of it. */
#include <stdio.h>

#include "act.h"
#include "delegate_page.h"
#include "field.h"
#include "pages.h"
#include "party.h"
#include "wipe.h"

static void show(struct ch_page *p, ch_msg wrong)
{
	static const ch_msg does[] = { CH_M_NEW_PASS_DOES_KEYS, CH_M_NEW_PASS_DOES_WHOLE,
		CH_M_NEW_PASS_DOES_ALONE };
	static const ch_msg not[] = { CH_M_NEW_PASS_NOT_COPIES, CH_M_NEW_PASS_NOT_KEYS,
		CH_M_NEW_PASS_NOT_SHEET };
	struct ch_html *w = &p->html;

	ch_page_keys_begin(p, CH_M_NEW_PASS, NULL);
	ch_page_wrong(p, wrong);
	ch_html_put(w, "<div class=\"beside act\"><div>");
	ch_act_sentence(p, CH_M_NEW_PASS_SENTENCE);
	ch_html_put(w, "</div><aside>");
	ch_act_list(p, CH_M_NEW_PASS_DOES, does, CH_COUNT(does), NULL);
	ch_act_list(p, CH_M_NEW_PASS_NOT, not, CH_COUNT(not), NULL);
	ch_html_put(w, "</aside><div>");
	ch_page_form_begin(p, "/h/%u/keys/passphrase", p->home->n);
	ch_page_field(p, "now", CH_M_NEW_PASS_NOW, CH_M_COUNT, CH_LIT(""),
	    CH_FIELD_NEEDED | CH_FIELD_SECRET | CH_FIELD_FIRST);
	ch_page_new_pass(p, CH_M_NEW_PASS_NEW, CH_M_NEW_PASS_ADVICE);
	ch_html_put(w, "<details><summary>");
	ch_html_say(w, CH_M_NEW_PASS_PARTY);
	ch_html_put(w, "</summary>");
	ch_page_field(p, "party", CH_M_NEW_PASS_PARTY_NOW, CH_M_NEW_PASS_PARTY_WHAT, CH_LIT(""),
	    CH_FIELD_SECRET);
	ch_html_put(w, "</details>");
	ch_page_form_end(p, CH_M_NEW_PASS_BUTTON, CH_M_LEAVE_IT, "keys");
	ch_html_put(w, "</div></div>");
}

void ch_page_passphrase(struct ch_page *p)
{
	show(p, ch_page_query(p, "wrong").n ? CH_M_UNLOCK_WRONG : CH_M_COUNT);
}

/* ---- the change ---- */

struct change {
	struct ch_pass now, party, fresh;
};

static ch_err change_run(struct ch_job *j)
{
	struct change *a = j->arg;
	bool party;
	ch_err e = ch_home_change_pass(&party, &j->home, &(ch_home_pass){
	    .now = ch_pass_span(&a->now), .party_now = ch_pass_span(&a->party),
	    .fresh = ch_pass_span(&a->fresh) }, &j->why);

	ch_wipe(a, sizeof *a);
	if (e == CH_OK)
		(void)snprintf(j->said[0], sizeof j->said[0], "%s", party ? "2" : "1");
	return e;
}

static const ch_job_kind change_kind = {
	.title = CH_M_JOB_NEW_PASS, .done = CH_M_JOB_NEW_PASS_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK, .arg_size = sizeof(struct change),
	.run = change_run,
};

void ch_page_passphrase_post(struct ch_page *p)
{
	struct ch_job *j = ch_job_new(p->home, &change_kind);
	struct change *a = j ? j->arg : NULL;
	ch_msg wrong = a ? ch_page_new_pass_take(&a->fresh, p) : CH_M_COUNT;

	if (wrong != CH_M_COUNT) {
		ch_wipe(a, sizeof *a);
		ch_job_free(j);
		show(p, wrong);
		return;
	}
	if (a) {
		ch_page_pass_take(&a->now, p, "now");
		ch_page_pass_take(&a->party, p, "party");
		(void)snprintf(j->go, sizeof j->go, "/h/%u/keys", p->home->n);
		(void)snprintf(j->back, sizeof j->back, "/h/%u/keys/passphrase", p->home->n);
	}
	ch_page_job(p, j);
}
