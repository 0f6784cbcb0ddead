/* Which papers can be read here, and large ones: opened by a job, kept until another one is. */
#include "paper_say.h"

#include <stdio.h>

#include "reading.h"
#include "token.h"

bool ch_page_is_open(const struct ch_dossier *d, const ch_delivery *v)
{
	return d->hold == CH_HOLD_WHOLE && (d->ours || (v->state == CH_STATE_DELIVERED &&
	    ch_dossier_part(d, "keybox").n > 0));
}

struct opening {
	char folder[CH_NUMBER_MAX + 1], path[256];
	struct ch_reading r;
};

static ch_err opening_run(struct ch_job *j)
{
	struct opening *a = j->arg;
	struct ch_dossier d = { 0 };
	ch_err e = ch_dossier_open(&d, &j->home, &j->talks, ch_span_str(a->folder), &j->why);

	if (e == CH_OK)
		e = ch_reading_open(&a->r, &d, NULL, &j->why);
	ch_dossier_close(&d);
	return e;
}

static void opening_end(struct ch_job *j)
{
	struct opening *a = j->arg;
	struct ch_desk_home *h = j->at;

	if (j->err != CH_OK || !h->home.unlocked) {
		ch_reading_close(&a->r);
		return;
	}
	ch_reading_close(&h->opened);
	h->opened = a->r; /* moved */
	memcpy(h->opened_path, a->path, sizeof h->opened_path);
}

static const ch_job_kind opening_kind = {
	.title = CH_M_JOB_OPENING, .done = CH_M_JOB_OPENING_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_TALKS, .arg_size = sizeof(struct opening),
	.run = opening_run, .end = opening_end,
};

/* How a paper that is kept is called. False: too long to be kept. */
static bool kept_name(char out[256], const struct ch_page *p)
{
	int n = snprintf(out, 256, "%.*s/%.*s", CH_SPAN(p->arg[0]), CH_SPAN(p->arg[1]));

	return n > 0 && n < 256;
}

const struct ch_reading *ch_page_kept(const struct ch_page *p)
{
	char name[256];

	return kept_name(name, p) && strcmp(name, p->home->opened_path) == 0 ? &p->home->opened :
	    NULL;
}

bool ch_page_opens_first(struct ch_page *p, const struct ch_dossier *d, const ch_delivery *v)
{
	ch_span path = ch_http_head(p->req)->path;
	struct opening *a;
	struct ch_job *j;
	char name[256];
	size_t n;
	/* A hardware key may let us wait. */
	bool quick = v->size <= CH_PAGE_LARGE && (d->ours || !ch_token_is_used(d->home));

	if (quick || !ch_page_is_open(d, v) || !kept_name(name, p) ||
	    path.n >= CH_JOB_GO || ch_page_kept(p) || ch_page_query(p, "unopened").n > 0)
		return false;
	j = ch_page_paper_job(p, &opening_kind);
	if (j && p->arg[1].n < sizeof a->folder) {
		a = j->arg;
		memcpy(a->folder, p->arg[1].p, p->arg[1].n);
		memcpy(a->path, name, sizeof name);
		if (ch_http_head(p->req)->method != CH_HTTP1_POST)
			(void)snprintf(j->go, sizeof j->go, "%.*s", CH_SPAN(path));
		n = strlen(j->back);
		memcpy(&j->back[n], "?unopened=1", n + 12 < sizeof j->back ? 12 : 0);
	}
	ch_page_job(p, j);
	return true;
}
