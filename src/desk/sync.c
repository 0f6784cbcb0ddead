/* Syncing a home with one registry: see sync.h. */
#include "sync.h"

#include <stdio.h>

#include "arrive.h"
#include "chains.h"
#include "colleagues.h"
#include "hex.h"
#include "intake.h"
#include "outbox.h"
#include "public.h"
#include "reply.h"
#include "shelf.h"

#define TALKS_MAX 256u

struct sync {
	struct ch_watch *w;
	struct ch_home *home;
	const ch_sync_ears *ears;
	struct ch_problem *first; /* the first problem: what the command ends with */
	ch_err err;
	struct ch_arena a;
	struct ch_talks *talks;
	struct ch_buf *heads;     /* one a talks */
	size_t n;
	struct ch_shelf shelf;    /* what was here before the mailbox was looked into */
	ch_delivery *v;           /* room to judge one */
};

/* A problem that does not stop the rest. NET does: nothing more can be asked. */
static ch_err go_on(struct sync *s, ch_err e, const char *number, const struct ch_problem *p)
{
	if (e == CH_OK)
		return CH_OK;
	const char *text = p->text[0] ? p->text : ch_err_text(e);
	if (s->err == CH_OK) {
		s->err = e;
		if (s->first)
			*s->first = *p;
		ch_problem_set(s->first, e, "%s", text);
	} else if (e != CH_E_NET) {
		s->ears->tell(s->ears->ctx, CH_SYNC_PROBLEM, number, text);
	}
	return e == CH_E_NET || e == CH_E_FULL || e == CH_E_IO ? e : CH_OK;
}

static void tell(const struct sync *s, ch_sync_what what, const char *number, const char *text)
{
	s->ears->tell(s->ears->ctx, what, number, text);
}

/* A hardware key may be away, or want a touch: that is for a command that a person waits for. */
static ch_err wait_for_token(struct sync *s, const char *number)
{
	char text[160 + CH_NUMBER_MAX];

	(void)snprintf(text, sizeof text, "is sealed to your hardware key and waits for it; "
	    "nothing is lost; plug the key in and run chancery sign-for %s", number);
	tell(s, CH_SYNC_TOKEN, number, text);
	return CH_OK;
}

/* ---- which talks ---- */

/* Talks of this registry, in force. Where lines were missing, it is asked whether they came. */
static bool take_talks(struct sync *s, struct ch_talks *t, const char *name)
{
	struct ch_problem p = { 0 };
	ch_talks_state state;
	ch_item reg;

	if (ch_talks_load(t, s->home, name, &p) != CH_OK)
		return false;
	if (ch_talks_registry(&reg, t) != CH_OK ||
	    !ch_span_eq(reg.v[CH_CR_ORIGIN], ch_span_str(s->w->link->origin)))
		goto no;
	if (t->state == CH_TALKS_SIGNING) {
		ch_err e = ch_talks_refresh(&state, s->w, t, &p);

		if (go_on(s, e, name, &p) != CH_OK || e != CH_OK || state != CH_TALKS_FORCE)
			goto no;
		ch_talks_deinit(t);
		return ch_talks_load(t, s->home, name, &p) == CH_OK;
	}
	if (t->state == CH_TALKS_FORCE)
		return true;
no:
	ch_talks_deinit(t);
	return false;
}

static ch_err load_talks(struct sync *s)
{
	struct ch_dir names;
	ch_err e = ch_talks_names(&names, s->home);

	s->talks = ch_arena_alloc(&s->a, TALKS_MAX * sizeof *s->talks);
	s->heads = ch_arena_alloc(&s->a, TALKS_MAX * sizeof *s->heads);
	s->v = ch_arena_alloc(&s->a, sizeof *s->v);
	if (e == CH_OK)
		e = ch_arena_got(&s->a, s->talks);
	if (e == CH_OK)
		e = ch_arena_got(&s->a, s->heads);
	if (e == CH_OK)
		e = ch_arena_got(&s->a, s->v);
	for (size_t i = 0; e == CH_OK && i < names.n && s->n < TALKS_MAX; i++) {
		if (take_talks(s, &s->talks[s->n], names.names[i]))
			ch_buf_init(&s->heads[s->n++], CH_NOTE_TEXT_MAX * 2);
	}
	ch_dir_deinit(&names);
	return e;
}

/* Whether these are talks that are not here, whatever their state is. */
static bool is_new(const struct sync *s, ch_span id)
{
	struct ch_talks t = { 0 };
	struct ch_problem quiet = { 0 };
	ch_hash h;
	bool is;

	if (ch_hex_parse(h.b, sizeof h.b, id) != CH_OK)
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (ch_hash_eq(&s->talks[i].id, &h))
			return false; /* nearly always: no file need be read */
	is = ch_talks_find(&t, s->home, &h, &quiet) == CH_E_ABSENT;
	ch_talks_deinit(&t);
	return is;
}

/* Talks that another home of our party entered. */
static ch_err new_talks(struct sync *s)
{
	struct ch_problem p = { 0 };
	struct ch_link_list list = { 0 };
	char name[CH_TALKS_NAME_MAX + 1];
	ch_err e = ch_link_get_list(&list, s->w->link, "/v1/charters", &p);

	if (e != CH_OK)
		return go_on(s, e, "", &p);
	for (size_t i = 0; e == CH_OK && i < list.n && s->n < TALKS_MAX; i++) {
		ch_span id = ch_link_list_string(&list, i, "talks");

		if (!ch_link_list_true(&list, i, "complete") || !is_new(s, id))
			continue;
		p = (struct ch_problem){ 0 };
		e = ch_talks_take(name, s->w, id, &p);
		if (e == CH_OK && take_talks(s, &s->talks[s->n], name)) {
			ch_buf_init(&s->heads[s->n++], CH_NOTE_TEXT_MAX * 2);
			tell(s, CH_SYNC_TALKS, name, "");
		}
		e = go_on(s, e, "", &p);
	}
	ch_link_list_deinit(&list);
	return e;
}

static const struct ch_talks *talks_of(const struct sync *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->talks[i].name, name) == 0)
			return &s->talks[i];
	return NULL;
}

/* ---- outbox ---- */

static ch_err sync_outbox(struct sync *s)
{
	struct ch_problem p = { 0 };
	ch_outbox_item *item;
	size_t n;
	int64_t now;
	ch_err e = ch_home_now(&now, s->home);

	if (e == CH_OK)
		e = ch_outbox_list(&item, &n, &s->a, s->home, &p);
	if (e != CH_OK)
		return go_on(s, e, "", &p);
	for (size_t i = 0; e == CH_OK && i < n; i++) {
		const struct ch_talks *t = talks_of(s, item[i].talks);

		p = (struct ch_problem){ 0 };
		if (!t || item[i].rejected)
			continue;
		if (item[i].not_before > now) {
			tell(s, CH_SYNC_HELD, item[i].number, "");
			continue;
		}
		e = ch_outbox_submit(&item[i], s->w, t, &p);
		if (e == CH_OK)
			tell(s, CH_SYNC_SENT, item[i].number, "");
		e = go_on(s, e, item[i].number, &p);
	}
	return e;
}

/* ---- rosters ---- */

static ch_err sync_rosters(struct sync *s)
{
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < s->n; i++) {
		const ch_stmt *c = &s->talks[i].charter;

		for (uint32_t k = 0; e == CH_OK && k < c->count[CH_CHARTER_PARTIES]; k++) {
			struct ch_problem p = { 0 };
			ch_item it;

			e = ch_stmt_item(&it, c, CH_CHARTER_PARTIES, k);
			if (e == CH_OK)
				e = go_on(s, ch_party_fetch(s->w, it.v[CH_CP_HANDLE], &p), "", &p);
		}
	}
	return e;
}

static ch_err sync_heads(struct sync *s)
{
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < s->n; i++) {
		struct ch_problem p = { 0 };

		e = go_on(s, ch_chains_fetch(&s->heads[i], s->w, &s->talks[i], &p), "", &p);
	}
	return e;
}

/* ---- the mailbox ---- */

/* Our mailbox at this registry, by our newest roster. */
static ch_err mailbox(char out[33], struct sync *s, struct ch_problem *p)
{
	struct ch_roster_file r = { 0 };
	ch_span box = { 0 };
	ch_err e = ch_party_roster(&r, s->home, ch_span_str(s->home->handle), 0, p);

	memset(out, 0, 33);
	if (e == CH_OK)
		box = ch_roster_mailbox(&r.roster, ch_span_str(s->w->link->origin));
	if (box.n == 32)
		memcpy(out, box.p, 32);
	ch_roster_file_deinit(&r);
	return e == CH_OK && out[0] == '\0' ? CH_E_ABSENT : e;
}

/* One of the mailbox, or one that our party sent in these talks. */
static ch_err arrive(struct sync *s, const struct ch_talks *sent, ch_span hex)
{
	char number[CH_NUMBER_MAX + 1], copy[65] = "";
	struct ch_problem p = { 0 };
	ch_hash h;
	ch_err e = ch_hex_parse(h.b, sizeof h.b, hex);

	if (e != CH_OK)
		return go_on(s, e, "", &p);
	if (ch_shelf_has(&s->shelf, &h) || ch_arrive_is_quarantined(s->home, hex))
		return CH_OK;
	memcpy(copy, hex.p, 64);
	e = sent ? ch_arrive_sent(number, s->w, sent, ch_span_str(copy), &p) :
	    ch_arrive(number, s->w, s->talks, s->n, ch_span_str(copy), &p);
	if (e == CH_E_LOCKED)
		return wait_for_token(s, number);
	return go_on(s, e, "", &p);
}

/* One page of a list of papers, from behind `after` on (UINT64_MAX: from the start). */
static ch_err page(size_t *n, uint64_t *after, struct sync *s, const char *list_path,
    const struct ch_talks *sent, struct ch_problem *p)
{
	char path[160];
	struct ch_link_list list = { 0 };
	ch_err e;

	(void)snprintf(path, sizeof path, *after == UINT64_MAX ? "%s" : "%s?after=%llu",
	    list_path, (unsigned long long)*after);
	e = ch_link_get_list(&list, s->w->link, path, p);
	*n = list.n;
	for (size_t i = 0; e == CH_OK && i < list.n; i++) {
		e = ch_link_list_go(after, &list, i, p);
		if (e == CH_OK)
			e = arrive(s, sent, ch_link_list_string(&list, i, "submission"));
	}
	ch_link_list_deinit(&list);
	return e;
}

static ch_err pages(struct sync *s, const char *path, const struct ch_talks *sent)
{
	struct ch_problem p = { 0 };
	uint64_t after = UINT64_MAX;
	size_t n = 1;
	ch_err e = CH_OK;

	while (e == CH_OK && n > 0)
		e = page(&n, &after, s, path, sent, &p);
	return e == CH_OK || s->err == e ? e : go_on(s, e, "", &p);
}

static ch_err sync_mailbox(struct sync *s)
{
	char box[33], path[128];
	struct ch_problem p = { 0 };
	ch_err e = CH_OK;

	s->shelf.a = &s->a;
	for (size_t i = 0; e == CH_OK && i < s->n; i++)
		e = ch_shelf_add(&s->shelf, s->home, &s->talks[i]);
	if (e == CH_OK)
		e = mailbox(box, s, &p);
	if (e == CH_E_ABSENT)
		return CH_OK; /* our roster is not published here: nobody can write to us */
	if (e != CH_OK)
		return go_on(s, e, "", &p);
	(void)snprintf(path, sizeof path, "/v1/mailboxes/%s", box);
	return pages(s, path, NULL);
}

/* What our party sent from its other homes. */
static ch_err sync_sent(struct sync *s)
{
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < s->n; i++) {
		char path[128];

		(void)snprintf(path, sizeof path, "/v1/talks/%s/sent", s->talks[i].id_text);
		e = pages(s, path, &s->talks[i]);
	}
	return e;
}

/* ---- deliveries ---- */

/* What was signed and cut off: post it again. */
static ch_err resume(struct sync *s, struct ch_dossier *d, struct ch_problem *p)
{
	static const ch_kind kinds[] = { CH_K_RECEIPT, CH_K_DECLINE, CH_K_TAKE_BACK };
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < CH_COUNT(kinds); i++) {
		if (!ch_reply_pending(d, kinds[i]))
			continue;
		e = ch_reply_post(d, s->w, kinds[i], (ch_span){ 0 }, p);
		if (e == CH_E_CONFLICT && strcmp(p->type, "already-ended") == 0) {
			*p = (struct ch_problem){ 0 };
			e = CH_OK; /* a colleague, or the other party, was first: that is told */
		}
	}
	return e;
}

/* Signed for by us, handed over, and not looked into yet. */
static ch_err examine(struct sync *s, struct ch_dossier *d, struct ch_problem *p)
{
	struct ch_reading r = { 0 };
	ch_err e = ch_reply_examine(&r, d, s->w, p);

	ch_reading_close(&r);
	if (e == CH_OK)
		tell(s, CH_SYNC_OPENED, d->number, "");
	return e == CH_E_LOCKED ? wait_for_token(s, d->number) : e;
}

/* Said at every sync; the record then stays as it is, and its folder holds the evidence. */
static ch_err accuse(const struct sync *s, const struct ch_dossier *d, const ch_delivery *v,
    struct ch_problem *p)
{
	const char *folder = strrchr(d->dir, '/'), *text;
	char path[CH_PATH_MAX];
	unsigned f = 0;
	ch_err e;

	while (f < CH_FIND_COUNT &&
	    !((v->findings >> f & 1) && ch_finding_convicts((ch_finding)f)))
		f++;
	if (f == CH_FIND_COUNT)
		return CH_OK;
	text = ch_finding_text((ch_finding)f);
	e = ch_talks_keep_alarm(path, s->home, d->talks->name,
	    ch_span_str(folder ? folder + 1 : d->dir), ch_span_str(text));
	if (e != CH_OK)
		return e;
	return ch_problem_set(p, CH_E_CONFLICT, "what the registry %s signed about %s is proof "
	    "against it: %s; all of it is kept in %s; stop using it and show that folder to the "
	    "other parties", s->w->link->origin, d->number, text, d->dir);
}

/* Somebody's clock is wrong, or lies: that is said, and stops nothing. */
static ch_err doubt(const struct sync *s, const struct ch_dossier *d, const ch_delivery *v)
{
	static const ch_finding times[] = { CH_FIND_COSIGNED_BACK, CH_FIND_TIME_FALSE,
		CH_FIND_TIME_DOUBTED };
	char text[320];
	int64_t now;
	ch_err e = ch_home_now(&now, s->home);

	for (size_t i = 0; e == CH_OK && i < CH_COUNT(times); i++) {
		if (!(v->findings >> times[i] & 1))
			continue;
		(void)snprintf(text, sizeof text, "%s: %s; the bounds count, not its word",
		    d->number, ch_finding_text(times[i]));
		tell(s, CH_SYNC_PROBLEM, d->number, text);
	}
	for (unsigned i = 0; e == CH_OK && i < CH_STEP_COUNT; i++) {
		const ch_fact *f = &v->step[i];

		if (!ch_step_is_registry((ch_step)i) || !f->signed_ ||
		    f->claimed <= now + CH_DELIVERY_SLACK)
			continue;
		(void)snprintf(text, sizeof text, "%s: the registry dated its statement “%s” in "
		    "the future; compare its clock with this machine's", d->number,
		    ch_step_name((ch_step)i));
		tell(s, CH_SYNC_PROBLEM, d->number, text);
	}
	return e;
}

/* What came with this sync. */
static void tell_new(const struct sync *s, const struct ch_dossier *d, const ch_delivery *v)
{
	struct ch_problem where = { 0 };

	if (ch_shelf_has(&s->shelf, &d->l_hash) || (d->ours && d->hold == CH_HOLD_WHOLE))
		return;
	if (ch_colleagues_say(d, v, &where) != CH_OK)
		tell(s, CH_SYNC_LISTED, d->number, where.text);
	else if (v->state == CH_STATE_REGISTERED || v->state == CH_STATE_NOTICED)
		tell(s, CH_SYNC_ARRIVED, d->number, "");
	else
		tell(s, CH_SYNC_CHANGED, d->number, ch_state_name(v->state));
}

static ch_err refresh(struct sync *s, struct ch_dossier *d, struct ch_problem *p)
{
	ch_delivery *v = s->v;
	ch_state before;
	unsigned n_new = 0;
	ch_err e = ch_dossier_judge(v, d, p);

	before = e == CH_OK ? v->state : CH_STATE_NONE;
	if (e == CH_OK)
		tell_new(s, d, v);
	if (e == CH_OK && !(ch_shelf_is_over(v) && ch_shelf_is_placed(v))) {
		e = resume(s, d, p);
		if (e == CH_OK)
			e = ch_intake_fetch(&n_new, d, s->w, p);
		if (e == CH_OK)
			e = ch_dossier_judge(v, d, p);
	}
	if (e == CH_OK && !d->ours && d->hold == CH_HOLD_WHOLE &&
	    v->state == CH_STATE_DELIVERED && !ch_shelf_is_over(v)) {
		e = examine(s, d, p);
		if (e == CH_OK)
			e = ch_dossier_judge(v, d, p);
	}
	if (e == CH_OK)
		e = accuse(s, d, v, p);
	if (e == CH_OK)
		e = doubt(s, d, v);
	if (e == CH_OK && v->state != before)
		tell(s, CH_SYNC_CHANGED, d->number, ch_state_name(v->state));
	if (e == CH_OK)
		e = ch_intake_bounds(d, s->w, p);
	if (e == CH_OK)
		e = ch_dossier_judge(v, d, p);
	return e == CH_OK ? ch_shelf_mark(d, v) : e;
}

static ch_err sync_deliveries(struct sync *s, const struct ch_talks *t)
{
	struct ch_dir dir;
	ch_err e = ch_dossier_list(&dir, s->home, t);

	for (size_t i = 0; e == CH_OK && i < dir.n; i++) {
		struct ch_problem p = { 0 };
		struct ch_dossier d;
		ch_settled settled;

		if (ch_shelf_settled(&settled, s->home, t, dir.names[i]))
			continue;
		e = ch_dossier_open(&d, s->home, t, ch_span_str(dir.names[i]), &p);
		if (e == CH_E_ABSENT) {
			e = CH_OK; /* a folder whose paper was never taken */
			continue;
		}
		if (e == CH_OK)
			e = refresh(s, &d, &p);
		e = go_on(s, e, d.number, &p);
		ch_dossier_close(&d);
	}
	ch_dir_deinit(&dir);
	return e;
}

/* Ours that wait to be posted, and what others said. */
static ch_err sync_public(struct sync *s, const struct ch_talks *t)
{
	struct ch_problem p = { 0 };
	char count[16];
	unsigned n = 0;
	ch_err e = ch_public_sync(&n, s->w, t, &p);

	(void)snprintf(count, sizeof count, "%u", n);
	if (n > 0)
		tell(s, CH_SYNC_PUBLIC, t->name, count);
	return go_on(s, e, "", &p);
}

static ch_err run(struct sync *s)
{
	ch_err e;

	if ((e = load_talks(s)) != CH_OK || (e = sync_outbox(s)) != CH_OK ||
	    (e = new_talks(s)) != CH_OK || (e = sync_rosters(s)) != CH_OK ||
	    (e = sync_heads(s)) != CH_OK || (e = sync_mailbox(s)) != CH_OK ||
	    (e = sync_sent(s)) != CH_OK)
		return e;
	for (size_t i = 0; e == CH_OK && i < s->n; i++)
		e = sync_deliveries(s, &s->talks[i]);
	for (size_t i = 0; e == CH_OK && i < s->n; i++)
		e = sync_public(s, &s->talks[i]);
	for (size_t i = 0; e == CH_OK && i < s->n; i++) {
		struct ch_problem p = { 0 };

		if (s->heads[i].n > 0)
			e = go_on(s, ch_chains_check(s->w, &s->talks[i],
			    ch_buf_span(&s->heads[i]), &p), "", &p);
	}
	return e;
}

ch_err ch_sync(struct ch_watch *w, const ch_sync_ears *ears, struct ch_problem *why)
{
	struct sync s = { .w = w, .home = w->home, .ears = ears, .first = why };
	const ch_token_ui before = w->home->token;
	ch_err e;

	w->home->token.mode = CH_TOKEN_LATER;
	ch_arena_init(&s.a, (size_t)256 << 20);
	e = run(&s);
	for (size_t i = 0; i < s.n; i++) {
		ch_talks_deinit(&s.talks[i]);
		ch_buf_deinit(&s.heads[i]);
	}
	ch_arena_deinit(&s.a);
	w->home->token = before;
	return e != CH_OK ? e : s.err;
}
