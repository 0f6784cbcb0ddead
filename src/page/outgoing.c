/* Sealing and sending by the desk: see outgoing.h. */
#include "outgoing.h"

#include <stdio.h>

#include "clock.h"
#include "hex.h"
#include "rng.h"
#include "visit.h"

#define TICK_MS      1000u
#define RETRY_MS     15000u
#define RETRY_MAX_MS 600000u
#define BEHIND_MS    3000u  /* another paper to the same party goes first */

struct sealing {
	char id[CH_DRAFT_ID + 1];
	bool net, behind;  /* it goes on waiting: for the registry, for an earlier paper */
	struct ch_draft draft;
	struct ch_letter letter;
	struct ch_arena arena;
};

/* ---- on the worker ---- */

/* A sealed paper holds its serial: a second one to the same party waits for it to go. */
static ch_err look_before(struct ch_job *j, ch_span to)
{
	struct sealing *a = j->arg;
	ch_outbox_item *item;
	size_t n = 0;
	ch_item party;
	ch_err e = ch_talks_party(&party, &j->talks, to);

	if (e == CH_OK)
		e = ch_outbox_list(&item, &n, &a->arena, &j->home, &j->why);
	for (size_t i = 0; e == CH_OK && i < n; i++)
		a->behind = a->behind || (!item[i].rejected &&
		    strcmp(item[i].talks, j->talks.name) == 0 &&
		    ch_span_eq(ch_span_str(item[i].to), party.v[CH_CP_HANDLE]));
	return e;
}

static ch_err meet(struct ch_job *j)
{
	ch_item reg;
	ch_err e = ch_talks_registry(&reg, &j->talks);

	return e == CH_OK ? ch_visit(&j->watch, &j->link, &j->home, reg.v[CH_CR_ORIGIN], true,
	    &j->why) : e;
}

/* Number and nonce are on disk before the outbox has it: see draft.h. */
static ch_err stage(ch_outbox_item *item, struct ch_job *j, ch_leaving *l)
{
	struct sealing *a = j->arg;
	uint64_t left = 0;
	ch_err e = ch_random(&l->nonce, sizeof l->nonce);

	if (l->since + (int64_t)l->delay > a->letter.now)
		left = (uint64_t)(l->since + (int64_t)l->delay - a->letter.now);
	if (left > l->delay)
		left = l->delay; /* the clock was set back */
	l->sealing = true;
	memcpy(l->number, a->letter.number, sizeof l->number);
	if (e == CH_OK)
		e = ch_leaving_save(l, &j->home, a->id);
	if (e == CH_OK)
		e = ch_outbox_stage(item, &a->letter, left, &l->nonce, &j->why);
	if (e != CH_OK) {
		l->sealing = false; /* what was asked stands; nothing of this try does */
		(void)!ch_leaving_save(l, &j->home, a->id);
	}
	return e == CH_OK && left > 0 ? CH_E_ABSENT : e; /* nothing to send yet */
}

static ch_err seal(struct ch_job *j, ch_leaving *l)
{
	struct sealing *a = j->arg;
	ch_outbox_item item;
	ch_letter_ask ask;
	ch_err e = ch_draft_ask(&ask, &a->arena, &j->home, &a->draft);

	ch_job_stage(j, CH_M_JOB_SEALING, 0);
	if (e == CH_OK)
		e = ch_letter_write(&a->letter, &j->watch, &j->talks, &ask, &j->why);
	if (e != CH_OK)
		return e;
	e = stage(&item, j, l);
	ch_letter_close(&a->letter);
	if (e == CH_E_ABSENT)
		return CH_OK;
	if (e == CH_OK) {
		ch_job_stage(j, CH_M_JOB_SENDING, 0);
		e = ch_outbox_submit(&item, &j->watch, &j->talks, &j->why);
	}
	return e;
}

static ch_err seal_run(struct ch_job *j)
{
	struct sealing *a = j->arg;
	ch_draft_state s;
	ch_leaving l;
	ch_err e;

	ch_arena_init(&a->arena, (size_t)4 << 20);
	e = ch_draft_state_of(&s, &l, &j->home, a->id);
	if (e == CH_OK && s == CH_DRAFT_WANTED) {
		e = ch_draft_load(&a->draft, &j->home, ch_span_str(a->id), &j->why);
		if (e == CH_OK)
			e = look_before(j, a->draft.v[CH_DR_TO]);
		if (e == CH_OK && !a->behind)
			e = meet(j);
		if (e == CH_OK && !a->behind)
			e = seal(j, &l);
	}
	ch_draft_deinit(&a->draft);
	ch_arena_deinit(&a->arena);
	a->net = e == CH_E_NET;
	return a->net ? CH_OK : e; /* calm: it is tried again */
}

/* ---- and afterwards, on the page's thread ---- */

/* It cannot be sealed so: an ordinary draft again, with the reason. */
static void give_back(struct ch_desk_home *h, const char *id, const char *said)
{
	struct ch_draft *d = ch_alloc(sizeof *d);
	struct ch_problem quiet = { 0 };
	size_t n = strcspn(said, "\r\n");

	if (d && ch_draft_load(d, &h->home, ch_span_str(id), &quiet) == CH_OK) {
		d->v[CH_DR_SAID] = ch_span_of(said, n);
		if (ch_draft_save(d, &h->home, &quiet) == CH_OK)
			(void)!ch_leaving_end(&h->home, id);
		ch_draft_deinit(d);
	}
	ch_free(d, sizeof *d);
}

static void wait_longer(struct ch_desk_home *h, const struct sealing *a)
{
	uint64_t now = ch_clock_ms();

	if (a->behind) {
		h->seal_next_ms = now + BEHIND_MS;
	} else if (a->net) {
		h->seal_wait_ms = h->seal_wait_ms == 0 ? RETRY_MS :
		    h->seal_wait_ms < RETRY_MAX_MS / 2 ? h->seal_wait_ms * 2 : RETRY_MAX_MS;
		h->seal_next_ms = now + h->seal_wait_ms;
	} else {
		ch_outgoing_go_on(h);
	}
}

static void seal_end(struct ch_job *j)
{
	const struct sealing *a = j->arg;
	struct ch_desk_home *h = j->at;
	struct ch_problem quiet = { 0 };
	ch_draft_state s;
	ch_leaving l;

	wait_longer(h, a);
	h->outgoing_ms = 0;
	if (ch_draft_state_of(&s, &l, &h->home, a->id) != CH_OK)
		return;
	if (s == CH_DRAFT_GONE)
		(void)!ch_draft_discard(&h->home, a->id, &quiet);
	else if (j->err != CH_OK && j->err != CH_E_LOCKED &&
	    (s == CH_DRAFT_WANTED || s == CH_DRAFT_BACK || s == CH_DRAFT_REJECTED))
		give_back(h, a->id, j->why.text[0] ? j->why.text : ch_err_text(j->err));
	else
		return;
	ch_desk_look(h);
}

static const ch_job_kind seal_kind = {
	.title = CH_M_JOB_SEALING, .done = CH_M_JOB_SEALING_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_TALKS,
	.arg_size = sizeof(struct sealing), .run = seal_run, .end = seal_end,
};
static const ch_job_kind seal_later_kind = {
	.title = CH_M_JOB_SEALING, .done = CH_M_JOB_SEALING_DONE,
	.wants = CH_JOB_UNLOCKED | CH_JOB_LOCK | CH_JOB_TALKS | CH_JOB_BACKGROUND,
	.arg_size = sizeof(struct sealing), .run = seal_run, .end = seal_end,
};

struct ch_job *ch_outgoing_job(struct ch_desk_home *h, const char *id, const char *talks,
    bool person)
{
	struct ch_job *j = ch_job_new(h, person ? &seal_kind : &seal_later_kind);
	struct sealing *a;

	if (!j)
		return NULL;
	a = j->arg;
	(void)snprintf(a->id, sizeof a->id, "%s", id);
	(void)snprintf(j->talks_name, sizeof j->talks_name, "%s", talks);
	(void)snprintf(j->go, sizeof j->go, "/h/%u/outbox", h->n);
	(void)snprintf(j->back, sizeof j->back, "/h/%u/drafts/%s", h->n, id);
	return j;
}

bool ch_outgoing_is_busy(const struct ch_desk_home *h)
{
	return ch_job_is_under_way(h, &seal_kind) || ch_job_is_under_way(h, &seal_later_kind);
}

ch_err ch_outgoing_state(ch_draft_state *out, ch_leaving *l, const struct ch_desk_home *h,
    const char *id)
{
	bool busy = ch_outgoing_is_busy(h); /* before: it may end meanwhile, and never begins so */
	ch_err e = ch_draft_state_of(out, l, &h->home, id);

	if (e == CH_OK && busy && *out == CH_DRAFT_BACK)
		*out = CH_DRAFT_WANTED;
	return e;
}

/* ---- time ---- */

void ch_outgoing_go_on(struct ch_desk_home *h)
{
	h->seal_next_ms = 0;
	h->seal_wait_ms = 0;
}

/* A delay that ends asks the registries once; what fails then is their own clock's matter. */
static void send_due(struct ch_desk_home *h)
{
	struct ch_arena a;
	ch_outbox_item *item;
	size_t n = 0;
	int64_t now;
	bool due = false;

	ch_arena_init(&a, (size_t)1 << 20);
	if (ch_home_now(&now, &h->home) == CH_OK &&
	    ch_outbox_list(&item, &n, &a, &h->home, NULL) == CH_OK)
		for (size_t i = 0; i < n; i++)
			due = due || (!item[i].rejected && item[i].not_before <= now &&
			    item[i].not_before >= h->due_until);
	if (due) {
		h->due_until = now;
		ch_desk_sync_now(h);
	}
	ch_arena_deinit(&a);
}

static void look_at(struct ch_desk_home *h, const char *id)
{
	struct ch_problem quiet = { 0 };
	struct ch_job *j;
	ch_draft_state s;
	ch_leaving l;

	if (ch_outgoing_state(&s, &l, h, id) != CH_OK)
		return;
	if (s == CH_DRAFT_GONE)
		(void)!ch_draft_discard(&h->home, id, &quiet);
	if (s != CH_DRAFT_WANTED || h->desk->no_background ||
	    ch_clock_ms() < h->seal_next_ms || ch_outgoing_is_busy(h))
		return;
	j = ch_outgoing_job(h, id, l.talks, false);
	if (j)
		(void)ch_job_start(j);
}

void ch_outgoing_tick(struct ch_desk_home *h)
{
	uint64_t now = ch_clock_ms();
	struct ch_dir ids = { 0 };

	if (now < h->outgoing_ms)
		return;
	if (!h->drafts_swept) {
		h->drafts_swept = true;
		ch_draft_sweep(&h->home);
	}
	h->outgoing_ms = now + TICK_MS;
	if (!h->desk->no_background)
		send_due(h);
	if (ch_draft_list(&ids, &h->home) != CH_OK)
		ids.n = 0;
	for (size_t i = 0; i < ids.n; i++)
		look_at(h, ids.names[i]);
	ch_dir_deinit(&ids);
}

bool ch_outgoing_draft(char id[CH_DRAFT_ID + 1], const struct ch_home *h, const char *nonce)
{
	struct ch_dir ids = { 0 };
	bool found = false;
	ch_hash want;

	if (ch_hex_parse(want.b, sizeof want.b, ch_span_str(nonce)) != CH_OK ||
	    ch_draft_list(&ids, h) != CH_OK)
		return false;
	for (size_t i = 0; i < ids.n && !found; i++) {
		ch_leaving l;

		found = ch_draft_is_id(ch_span_str(ids.names[i])) &&
		    ch_leaving_load(&l, h, ids.names[i]) == CH_OK && l.sealing &&
		    ch_hash_eq(&l.nonce, &want);
		if (found)
			memcpy(id, ids.names[i], CH_DRAFT_ID + 1);
	}
	ch_dir_deinit(&ids);
	return found;
}
