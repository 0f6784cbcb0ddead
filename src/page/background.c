/*
 * The desk's own work: looking at the files (the command may have worked beside), and bringing home
 * and registries to the same state, cosigning included. Each registry has its own clock, with
 * jitter, so that many desks do not ask at once, and is asked at once when it says that there is
 * something (listen.h); one that cannot be reached is asked more and more rarely, and what happened
 * is told in words (layout.c).
 */
#include "background.h"

#include "clock.h"
#include "listen.h"
#include "outgoing.h"
#include "party.h"
#include "rng.h"
#include "search.h"
#include "sync.h"
#include "visit.h"

#define LOOK_BUDGET_MS 1500u
#define LOOK_EVERY_MS  3000u
#define SEEN_FOR_MS    120000u  /* a page nobody looks at needs no fresh lists */
#define SYNC_MS        60000u
#define RETRY_MS       15000u
#define RETRY_MAX_MS   600000u

/* ---- whom to call on ---- */

ch_desk_contact *ch_desk_contact_find(struct ch_desk_home *h, const char *origin)
{
	for (size_t i = 0; i < h->n_contacts; i++)
		if (strcmp(h->contact[i].origin, origin) == 0)
			return &h->contact[i];
	return NULL;
}

static ch_desk_contact *contact_of(struct ch_desk_home *h, const char *origin)
{
	ch_desk_contact *c = ch_desk_contact_find(h, origin);

	if (c || h->n_contacts == CH_DESK_REGISTRIES)
		return c;
	c = &h->contact[h->n_contacts++];
	*c = (ch_desk_contact){ 0 };
	memcpy(c->origin, origin, strlen(origin));
	return c;
}

/* Where our party is, and this home has no talks yet: a colleague may have entered some. */
static void call_for_talks(struct ch_desk_home *h)
{
	struct ch_roster_file r = { 0 };
	ch_item it;

	if (h->index->n_talks > 0 || h->n_contacts > 0 || ch_party_roster(&r, &h->home,
	    ch_span_str(h->home.handle), 0, NULL) != CH_OK)
		return;
	for (uint32_t i = 0; r.roster.n > 1 && i < r.roster.stmt.count[CH_ROSTER_REGISTRIES]; i++) {
		char origin[CH_NAME_MAX + 1] = "";

		if (ch_stmt_item(&it, &r.roster.stmt, CH_ROSTER_REGISTRIES, i) != CH_OK ||
		    it.v[CH_REG_ORIGIN].n > CH_NAME_MAX)
			continue;
		memcpy(origin, it.v[CH_REG_ORIGIN].p, it.v[CH_REG_ORIGIN].n);
		(void)contact_of(h, origin);
	}
	ch_roster_file_deinit(&r);
}

/* ---- looking ---- */

struct look {
	const struct ch_index *before; /* of the page's thread; not changed nor freed meanwhile */
	struct ch_index *made;
};

static ch_err look_run(struct ch_job *j)
{
	struct look *a = j->arg;
	struct ch_index *loaded = a->before ? NULL : ch_index_load(&j->home);
	ch_err e = ch_index_make(&a->made, &j->home, a->before ? a->before : loaded,
	    LOOK_BUDGET_MS);

	ch_index_free(loaded);
	/* Losing the copy on the disk costs time and nothing else. */
	if (e == CH_OK && a->made->changed && a->made->n_left == 0 &&
	    ch_index_save(a->made, &j->home) != CH_OK)
		a->made->changed = true;
	return e;
}

static bool is_news(const struct ch_index *was, const struct ch_index *is)
{
	bool news = !was || is->changed || was->n != is->n || was->n_talks != is->n_talks;

	for (size_t i = 0; !news && i < is->n_talks; i++)
		news = was->talks[i].state != is->talks[i].state;
	return news;
}

static void look_end(struct ch_job *j)
{
	struct look *a = j->arg;
	struct ch_desk_home *h = j->at;

	h->looked_ms = ch_clock_ms();
	if (!a->made)
		return;
	if (!h->home.unlocked) {
		ch_index_free(a->made);
		return;
	}
	h->news += is_news(h->index, a->made);
	ch_index_free(h->index);
	h->index = a->made;
	call_for_talks(h);
	if (h->index->n_left > 0)
		h->looked_ms = 0; /* go on at once */
}

static const ch_job_kind look_kind = {
	.title = CH_M_JOB_LOOK, .done = CH_M_JOB_LOOK, .wants = CH_JOB_UNLOCKED | CH_JOB_BACKGROUND,
	.arg_size = sizeof(struct look), .run = look_run, .end = look_end,
};

bool ch_background_looks(const struct ch_desk_home *h)
{
	return ch_job_is_under_way(h, &look_kind);
}

static void look_if_due(struct ch_desk_home *h)
{
	uint64_t now = ch_clock_ms();
	struct ch_job *j;

	if (h->index && h->looked_ms != 0 &&
	    (now - h->looked_ms < LOOK_EVERY_MS || now - h->used_ms > SEEN_FOR_MS))
		return;
	if (ch_job_is_under_way(h, &look_kind))
		return;
	j = ch_job_new(h, &look_kind);
	if (!j)
		return;
	((struct look *)j->arg)->before = h->index;
	(void)ch_job_start(j);
}

/* ---- syncing ---- */

struct sync {
	char origin[CH_NAME_MAX + 1];
	char token[CH_NUMBER_MAX + 1]; /* the first that waits for the hardware key */
	unsigned n_events;
};

static void on_event(void *ctx, ch_sync_what what, const char *number, const char *text)
{
	struct ch_job *j = ctx;
	struct sync *a = j->arg;

	if (what == CH_SYNC_TOKEN && a->token[0] == '\0' && strlen(number) < sizeof a->token)
		memcpy(a->token, number, strlen(number) + 1);
	if (what == CH_SYNC_PROBLEM)
		(void)ch_problem_set(&j->why, CH_E_CONFLICT, "%s", text);
	a->n_events++;
}

static ch_err sync_run(struct ch_job *j)
{
	struct sync *a = j->arg;
	const ch_sync_ears ears = { on_event, j };
	ch_err e = ch_visit(&j->watch, &j->link, &j->home, ch_span_str(a->origin), true, &j->why);

	if (e == CH_OK)
		e = ch_sync(&j->watch, &ears, &j->why);
	return e == CH_OK ? ch_watch_keep_cosigners(&j->watch, &j->why) : e;
}

/* A quarter more or less. */
static uint64_t jitter(uint64_t ms)
{
	uint32_t r = 0;

	if (ch_random(&r, sizeof r) != CH_OK)
		r = 0;
	return ms - ms / 4 + ms / 2 * (r & 0xffff) / 0xffff;
}

static void sync_end(struct ch_job *j)
{
	struct sync *a = j->arg;
	ch_desk_contact *c = contact_of(j->at, a->origin);
	uint64_t wait = SYNC_MS;

	if (!c || j->err == CH_E_LOCKED)
		return;
	j->at->news += a->n_events > 0 || (j->err == CH_OK) != (c->n_failed == 0);
	if (j->err == CH_OK) {
		ch_outgoing_go_on(j->at);
		*c = (ch_desk_contact){ .last_ok = ch_clock_wall() };
		memcpy(c->origin, a->origin, sizeof c->origin);
		memcpy(c->token, a->token, sizeof c->token);
	} else {
		if (c->n_failed++ == 0)
			c->since = ch_clock_wall();
		c->err = j->err;
		memcpy(c->text, j->why.text, sizeof c->text);
		wait = (uint64_t)RETRY_MS << (c->n_failed < 7 ? c->n_failed - 1 : 6);
		wait = wait < RETRY_MAX_MS ? wait : RETRY_MAX_MS;
	}
	c->next_ms = ch_clock_ms() + jitter(wait);
	j->at->looked_ms = 0;
}

static const ch_job_kind sync_kind = {
	.title = CH_M_JOB_SYNC, .done = CH_M_JOB_SYNC,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_BACKGROUND,
	.arg_size = sizeof(struct sync), .run = sync_run, .end = sync_end,
};

static void sync_if_due(struct ch_desk_home *h)
{
	if (!h->index || ch_job_is_under_way(h, &sync_kind))
		return;
	for (size_t i = 0; i < h->index->n_talks; i++) {
		const ch_row_talks *t = &h->index->talks[i];

		if (t->state >= CH_TALKS_SIGNING && t->origin[0] &&
		    strlen(t->origin) <= CH_NAME_MAX)
			(void)contact_of(h, t->origin);
	}
	for (size_t i = 0; i < h->n_contacts; i++) {
		struct ch_job *j;

		bool heard = ch_listen_heard(h, i);

		if (!heard && h->contact[i].next_ms > ch_clock_ms())
			continue;
		j = ch_job_new(h, &sync_kind);
		if (!j)
			return;
		memcpy(((struct sync *)j->arg)->origin, h->contact[i].origin, CH_NAME_MAX + 1);
		(void)ch_job_start(j);
		return; /* one at a time */
	}
}

void ch_background(struct ch_desk_home *h)
{
	if (!h->home.unlocked || h->n == 0)
		return;
	look_if_due(h);
	ch_search_fill(h);
	ch_outgoing_tick(h);
	if (!h->desk->no_background) {
		sync_if_due(h);
		ch_listen_tick(h);
	}
}

void ch_desk_look(struct ch_desk_home *h)
{
	h->looked_ms = 0;
}

void ch_desk_sync_now(struct ch_desk_home *h)
{
	for (size_t i = 0; i < h->n_contacts; i++)
		h->contact[i].next_ms = 0;
}
