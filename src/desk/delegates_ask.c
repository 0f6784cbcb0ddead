/*
 * On the machine of a new delegate: a home that waits, and its request. Also what a home says that
 * waits still, or is recalled. See delegates.h.
 */
#include "delegates.h"

#include "party_draft.h"
#include "sign.h"
#include "when.h"

#define REQUEST_MAX CH_STMT_MAX

/* ---- asking ---- */

static ch_err write_request(const struct ch_home *h, const ch_party_new_ask *ask)
{
	struct ch_party_draft *d = ch_party_draft_new(h, NULL);
	struct ch_buf note = { 0 };
	char path[CH_PATH_MAX];
	int64_t now = 0;
	ch_item it;
	ch_err e = d ? ch_home_now(&now, h) : CH_E_NOMEM;

	if (e == CH_OK)
		e = ch_party_draft_own(&it, d, h, ask);
	if (e == CH_OK)
		e = ch_stmt_put_item(&d->list, CH_K_REQUEST, CH_RQ_DELEGATES, &it);
	if (e == CH_OK) {
		d->s = (ch_stmt){ .kind = CH_K_REQUEST, .exercise = h->exercise };
		d->s.v[CH_RQ_PARTY] = ch_span_str(h->handle);
		d->s.v[CH_RQ_SUITE] = ask->classic ? CH_LIT("classic") : CH_LIT("hybrid");
		d->s.v[CH_RQ_TIME] = ch_val_put_when(&d->small, now);
		d->s.v[CH_RQ_DELEGATES] = ch_wr_span(&d->list);
		d->s.count[CH_RQ_DELEGATES] = 1;
		e = ch_sign_stmt(&note, h, &d->s);
	}
	if (e == CH_OK)
		e = ch_home_path(path, h, "request.txt");
	if (e == CH_OK)
		e = ch_file_write(path, ch_buf_span(&note), 0600);
	ch_buf_deinit(&note);
	ch_party_draft_free(d);
	return e;
}

ch_err ch_delegate_ask_new(struct ch_home *h, const ch_delegate_ask *ask, ch_span pass,
    struct ch_problem *why)
{
	const ch_party_new_ask as = { .handle = ask->handle, .person = ask->person,
		.delegate_title = ask->title, .dir = ask->dir, .work = ask->work,
		.exercise = ask->exercise, .classic = ask->classic, .token = ask->token };
	ch_err e = ch_party_make_home(h, &as, pass, why);

	if (e == CH_OK)
		e = write_request(h, &as);
	if (e == CH_OK)
		e = ch_home_write_text(h);
	h->waits = e == CH_OK;
	if (e != CH_OK) {
		ch_home_close(h);
		ch_problem_set(why, e, "the home could not be made: %s", ch_err_text(e));
	}
	return e;
}

ch_err ch_delegate_request(struct ch_buf *out, char words[CH_WORDS_LEN + 1],
    const struct ch_home *h, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_request q;
	ch_err e = h->waits ? ch_home_path(path, h, "request.txt") : CH_E_ABSENT;

	words[0] = '\0';
	if (e == CH_E_ABSENT)
		return ch_problem_set(why, e, "this home does not wait to be added to a party");
	ch_buf_init(out, REQUEST_MAX);
	if (e == CH_OK)
		e = ch_file_read(out, path);
	if (e == CH_OK)
		e = ch_request_open(&q, ch_buf_span(out), NULL);
	if (e != CH_OK) {
		ch_buf_deinit(out);
		return ch_problem_set(why, e, "%s is damaged; put it back from a backup", path);
	}
	ch_party_words(words, q.item.v[CH_DEL_KEY]);
	return CH_OK;
}

/* ---- what a home is not, yet or any more ---- */

ch_err ch_delegate_must_not_wait(const struct ch_home *h, struct ch_problem *why)
{
	if (!h->waits)
		return CH_OK;
	return ch_problem_set(why, CH_E_DENIED, "this home waits to be added to %s; give its "
	    "request, %s/request.txt, to whoever holds the party key, and when the welcome comes: "
	    "chancery delegate join WELCOME", h->handle, h->dir);
}

ch_err ch_delegate_must_stand(const struct ch_home *h, struct ch_problem *why)
{
	uint8_t at[CH_WHEN_LEN];
	struct ch_wr w = ch_wr_of(at, sizeof at);
	struct ch_roster_file r = { 0 };
	ch_delegate d = { 0 };
	ch_err e = ch_party_roster(&r, h, ch_span_str(h->handle), 0, NULL);

	if (e == CH_OK)
		e = ch_roster_find(&d, NULL, &r.roster, ch_span_str(h->delegate));
	if (e == CH_OK && d.recalled) {
		ch_when_put(&w, d.recalled_at);
		e = ch_problem_set(why, CH_E_DENIED, "the delegate of this home, %s, was recalled "
		    "by its party on %.*s: it does not sign in, send or sign for any more; what "
		    "is here still opens", h->delegate, (int)w.n, (const char *)at);
	}
	ch_roster_file_deinit(&r);
	/* A roster that cannot be read is told by whoever needs it. */
	return e == CH_E_DENIED ? e : CH_OK;
}
