/*
 * What a witness's thread does: put the question, and judge the answer by the keys of the policy
 * alone. Nothing that comes back is believed before it verifies. c2sp.org/tlog-witness.
 */
#include "client.h"
#include "dec.h"
#include "hex.h"
#include "witnesses_inner.h"

#define SIZE_TYPE "text/x.tlog.size"

ch_err ch_witness_url(char out[CH_PATH_MAX], const ch_policy_key *w, const char *what)
{
	ch_span url = w->url;

	out[0] = '\0';
	while (url.n > 0 && url.p[url.n - 1] == '/')
		url.n--;
	if (url.n == 0)
		return CH_E_ABSENT;
	return ch_path(out, "%.*s/%s", (int)url.n, (const char *)url.p, what);
}

/* The line of this witness with the latest time. "The client MUST ignore any cosignatures from
 * unknown keys"; one that claims a key of the policy and does not verify spoils the answer. */
static const char *take_lines(struct ch_witness *x, ch_span answer)
{
	struct ch_buf both;
	ch_note note;
	ch_policy_cosigners who;
	ch_err e;

	ch_buf_init(&both, CH_WITNESS_ANSWER_MAX + CH_CHECKPOINT_TEXT_MAX + 1);
	e = ch_buf_put(&both, ch_span_of(x->text, x->n_text));
	if (e == CH_OK)
		e = ch_buf_put(&both, CH_LIT("\n"));
	if (e == CH_OK)
		e = ch_buf_put(&both, answer);
	if (e == CH_OK)
		e = ch_note_parse(&note, ch_buf_span(&both), CH_CHECKPOINT_TEXT_MAX);
	if (e == CH_OK)
		e = ch_policy_cosigned(&who, x->all->policy, &note);
	for (size_t i = 0; e == CH_OK && i < note.n; i++) {
		struct ch_wr w = ch_wr_of(x->line, sizeof x->line);
		uint64_t time;

		if (ch_cosignature_line_verify(&time, &note, i, &x->key->key) != CH_OK ||
		    (x->n_line > 0 && time <= x->time))
			continue;
		ch_note_put_line(&w, &note.line[i]);
		if ((e = ch_wr_done(&w)) == CH_OK) {
			x->n_line = w.n;
			x->time = time;
		}
	}
	ch_buf_deinit(&both);
	if (e == CH_E_AUTH)
		return "its cosignature does not verify";
	if (e != CH_OK)
		return "its answer is not signature lines";
	return x->n_line == 0 ? "its answer has no line by its key" : NULL;
}

static const char *take_size(struct ch_witness *x, const ch_client_answer *a, ch_span answer)
{
	struct ch_rd r = ch_rd_of(answer);
	ch_span dec = ch_rd_line1(&r);

	if (ch_rd_done(&r) != CH_OK || ch_dec_parse(&x->holds, dec, UINT64_MAX) != CH_OK ||
	    strcmp(a->type, SIZE_TYPE) != 0)
		return "its answer names no size";
	x->other_size = true;
	return "it holds another size";
}

static const char *take(struct ch_witness *x, const ch_client_answer *a, ch_span answer)
{
	switch (a->status) {
	case 200:
		return take_lines(x, answer);
	case 409:
		return take_size(x, a, answer);
	case 403:
		return "it does not take this register's signature (403)";
	case 404:
		return "it does not know this register (404)";
	case 422:
		return "it holds another history (422)";
	default:
		return "it answers with an error";
	}
}

ch_err ch_witness_fetch(struct ch_buf *out, bool *there, struct ch_client *c,
    const ch_policy_key *w, ch_span origin, unsigned ms, const _Atomic bool *stop)
{
	char url[CH_PATH_MAX], what[96] = { 0 };
	struct ch_wr name = ch_wr_of(what, sizeof what - 1);
	const ch_client_ask ask = { .method = "GET", .url = url, .total_ms = ms,
		.stop = stop };
	const ch_client_sink sink = { .buf = out };
	ch_client_answer a;
	ch_hash h;
	ch_err e;

	*there = false;
	ch_sha256(&h, origin);
	ch_hex_put(&name, ch_span_of(h.b, sizeof h.b));
	CH_WR_LIT(&name, "/checkpoint");
	ch_buf_reset(out);
	if ((e = ch_witness_url(url, w, what)) == CH_OK)
		e = ch_client_do(&a, c, &ask, &sink);
	*there = e == CH_OK && a.status == 200;
	if (!*there)
		ch_buf_reset(out);
	return e == CH_OK && a.status != 200 && a.status != 404 ? CH_E_NET : e;
}

static void put_question(struct ch_witness *x, struct ch_client *c)
{
	char url[CH_PATH_MAX];
	struct ch_buf answer;
	const ch_client_ask ask = { .method = "POST", .url = url,
		.body = ch_buf_span(&x->body), .total_ms = CH_WITNESS_ASK_MS,
		.stop = &x->all->stopping };
	const ch_client_sink sink = { .buf = &answer };
	ch_client_answer a;
	bool there;
	ch_err e = ch_witness_url(url, x->key, "add-checkpoint");

	ch_buf_init(&answer, CH_WITNESS_ANSWER_MAX);
	if (e == CH_OK)
		e = ch_client_do(&a, c, &ask, &sink);
	if (e == CH_OK)
		x->failed = take(x, &a, ch_buf_span(&answer));
	else
		x->failed = "it was not reached";
	ch_buf_deinit(&answer);
	/* What it holds, when that and ours differ: only our signature there counts, and the loop
	 * judges that. That it cannot be had is no news. */
	if (e == CH_OK && (a.status == 422 || (x->other_size && x->holds > x->size)) &&
	    ch_witness_fetch(&x->seen, &there, c, x->key, x->all->folder->origin,
		CH_WITNESS_ASK_MS, &x->all->stopping) != CH_OK)
		ch_buf_reset(&x->seen);
}

/* The lock is held at both ends. False: it is time to end. */
static bool wait_question(struct ch_witness *x)
{
	while (!x->all->stopping && x->state != CH_ASK_PUT)
		ch_monitor_wait(&x->all->lock);
	return !x->all->stopping;
}

void ch_witness_work(void *ctx)
{
	struct ch_witness *x = ctx;
	struct ch_client c = { 0 };
	ch_err e = ch_client_init(&c);

	ch_monitor_enter(&x->all->lock);
	while (wait_question(x)) {
		ch_monitor_leave(&x->all->lock);
		if (e == CH_OK)
			put_question(x, &c);
		else
			x->failed = "there is no memory to ask it";
		ch_monitor_enter(&x->all->lock);
		x->state = CH_ASK_SAID;
		ch_http_server_wake(x->all->http);
	}
	ch_monitor_leave(&x->all->lock);
	ch_client_deinit(&c);
}
