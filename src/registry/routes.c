/* The API as a table, and the way from a request's head to its handler. */
#include "clock.h"
#include "handlers.h"
#include "news.h"

#define NOTE 98304                       /* a statement and its signature lines     */
#define ROSTER (98304 + 262144)
#define ENTRIES (4096 * 32)
#define PACK (98304 + 131072)            /* L and its deposit                       */

#define GET CH_HTTP1_GET
#define POST CH_HTTP1_POST

/* method, path, token, write, body, handler; no handler: a stream */
static const ch_route table[] = {
	{ GET, "/", false, false, 0, ch_get_front },
	{ GET, "/check", false, false, 0, ch_get_check },
	{ GET, "/v1/registry", false, false, 0, ch_get_registry },
	{ GET, "/v1/deposit-key", false, false, 0, ch_get_deposit_key },
	{ POST, "/v1/challenges", false, false, 64, ch_post_challenge },
	{ POST, "/v1/tokens", false, false, NOTE, ch_post_token },
	{ POST, "/v1/rosters", false, true, ROSTER, ch_post_roster },
	{ GET, "/v1/rosters/*", false, false, 0, ch_get_roster },
	{ GET, "/v1/rosters/*/*", false, false, 0, ch_get_roster },
	{ POST, "/v1/charters", false, true, PACK, ch_post_charter },
	{ GET, "/v1/charters", true, false, 0, ch_get_charters },
	{ GET, "/v1/charters/*", true, false, 0, ch_get_charter },
	{ CH_HTTP1_PUT, "/v1/envelopes/*", true, false, 0, NULL },
	{ GET, "/v1/envelopes/*", true, false, 0, ch_get_envelope },
	{ POST, "/v1/submissions", true, true, PACK, ch_post_submission },
	{ GET, "/v1/news", true, false, 0, ch_get_news },
	{ GET, "/v1/mailboxes/*", true, false, 0, ch_get_mailbox },
	{ GET, "/v1/talks/*/sent", true, false, 0, ch_get_sent },
	{ GET, "/v1/talks/*/heads", true, false, 0, ch_get_heads },
	{ GET, "/v1/talks/*/statements", true, false, 0, ch_get_statements },
	{ GET, "/v1/deliveries/*", true, false, 0, ch_get_delivery },
	{ POST, "/v1/deliveries/*/receipt", false, true, NOTE, ch_post_receipt },
	{ POST, "/v1/deliveries/*/decline", false, true, NOTE, ch_post_decline },
	{ POST, "/v1/deliveries/*/take-back", false, true, NOTE, ch_post_take_back },
	{ POST, "/v1/deliveries/*/opened", false, true, NOTE, ch_post_opened },
	{ POST, "/v1/deliveries/*/defect", false, true, NOTE, ch_post_defect },
	{ POST, "/v1/deliveries/*/key-missing", false, true, NOTE, ch_post_key_missing },
	{ POST, "/v1/statements", false, true, NOTE, ch_post_statement },
	{ GET, "/v1/statements/*", false, false, 0, ch_get_statement },
	{ CH_HTTP1_PUT, "/v1/statements/*/extract", true, false, CH_PACK_MAX, ch_put_extract },
	{ GET, "/v1/statements/*/extract", false, false, 0, ch_get_extract },
	{ POST, "/v1/cosignatures", false, true, NOTE, ch_post_cosignatures },
	{ GET, "/v1/checkpoints", false, false, 0, ch_get_cosigned },
	{ POST, "/v1/entries", true, true, ENTRIES, ch_post_entries },
	{ GET, "/v1/health", false, false, 0, ch_get_health },
	{ GET, "/v1/metrics", false, false, 0, ch_get_metrics },
	{ GET, "/log/checkpoint", false, false, 0, ch_get_checkpoint },
	{ GET, "/log/**", false, false, 0, ch_get_tile },
	{ 0, NULL, false, false, 0, NULL },
};

const ch_route *ch_route_table(void)
{
	return table;
}

/* Up to the next slash; the slash stays. */
static ch_span segment(struct ch_rd *r)
{
	size_t from = r->at;

	while (!ch_rd_at_end(r) && r->err == CH_OK && !ch_rd_starts(r, CH_LIT("/")))
		(void)ch_rd_u8(r);
	return r->err == CH_OK ? ch_span_of(&r->in.p[from], r->at - from) : (ch_span){ 0 };
}

/* Whether a path is of a pattern; its `*` go into arg. */
static bool matches(ch_span arg[2], const char *pattern, ch_span path)
{
	struct ch_rd p = ch_rd_of(ch_span_str(pattern)), r = ch_rd_of(path);
	unsigned n = 0;

	while (ch_rd_starts(&p, CH_LIT("/")) && ch_rd_starts(&r, CH_LIT("/"))) {
		ch_span want, have;

		CH_RD_LIT(&p, "/");
		CH_RD_LIT(&r, "/");
		want = segment(&p);
		if (ch_span_eq(want, CH_LIT("**"))) {
			arg[n] = ch_rd_rest(&r);
			return arg[n].n > 0;
		}
		have = segment(&r);
		if (ch_span_eq(want, CH_LIT("*")) && have.n > 0 && n < 2)
			arg[n++] = have;
		else if (!ch_span_eq(want, have))
			return false;
	}
	return ch_rd_done(&p) == CH_OK && ch_rd_done(&r) == CH_OK;
}

/* The row; NULL and whether the path is known with another method. */
static const ch_route *find(ch_span arg[2], bool *known, ch_http1_method method, ch_span path)
{
	*known = false;
	if (method == CH_HTTP1_HEAD)
		method = CH_HTTP1_GET;
	for (const ch_route *t = table; t->path; t++) {
		arg[0] = arg[1] = (ch_span){ 0 };
		if (!matches(arg, t->path, path))
			continue;
		if (t->method == method)
			return t;
		*known = true;
	}
	return NULL;
}

/* After a loss nothing is said about papers any more: it might be the second word on one. */
static bool is_closed(const struct ch_reg *reg, const ch_route *t)
{
	bool says = (t->write && t->run != ch_post_entries && t->run != ch_post_cosignatures) ||
	    !t->run || t->run == ch_get_envelope;

	return reg->closed && says;
}

static void go(struct ch_reg *reg, struct ch_op *op, const ch_route *t)
{
	ch_span level;

	if (ch_http1_param(&level, ch_http_head(op->req)->query, "level") == CH_OK)
		op->witnessed = ch_span_eq(level, CH_LIT("witnessed"));
	if (t->write) {
		op->alone = t->run == ch_post_entries;
		ch_batch_push(reg, op, t->run);
		return;
	}
	(void)t->run(reg, op);
	if (!op->queued)
		ch_op_answer(reg, op);
}

struct waiting {
	struct ch_op op;
	const ch_route *route;
};

static void on_body(void *ctx, struct ch_http_req *r, ch_span body)
{
	struct waiting *w = ch_http_data(r);

	w->op.body = body;
	go(ctx, &w->op, w->route);
}

/* Sign-in, if the route asks for it or the request brings it. */
static bool who(struct ch_reg *reg, struct ch_op *op, bool needed)
{
	ch_span value = ch_http1_get(ch_http_head(op->req), "authorization");
	ch_err e = ch_auth_who(&op->who, reg->auth, value, ch_clock_wall());

	if (e != CH_OK && needed)
		return ch_refuse(op, 401, "not-signed-in", "Sign in and send the token");
	if (e == CH_OK) { /* the table may give the place away before a batch is done */
		op->who.party = ch_arena_copy(op->arena, op->who.party);
		op->who.delegate = ch_arena_copy(op->arena, op->who.delegate);
	}
	return op->arena->err == CH_OK ? true : ch_fault(op, op->arena->err);
}

void ch_route_head(void *ctx, struct ch_http_req *r)
{
	struct ch_reg *reg = ctx;
	const ch_http1_head *h = ch_http_head(r);
	struct waiting *w = ch_arena_alloc(ch_http_arena(r), sizeof *w);
	bool known;

	if (!w) {
		ch_http_answer_problem(r, 500, "internal", "No memory for this request");
		return;
	}
	w->op.req = r;
	w->op.arena = ch_http_arena(r);
	w->op.pack = CH_PACK_ANSWER;
	ch_http_set_data(r, w);
	w->route = find(w->op.arg, &known, h->method, h->path);
	if (reg->fatal != CH_OK)
		(void)ch_refuse(&w->op, 503, "stopping", "The registry is stopping");
	else if (!w->route && known)
		(void)ch_refuse(&w->op, 405, "method-not-allowed", "Not with this method");
	else if (!w->route)
		(void)ch_refuse(&w->op, 404, "unknown-path", "There is no such path");
	else if (is_closed(reg, w->route))
		(void)ch_refuse(&w->op, 410, "closed", "This registry lost statements and was "
		    "restored: it takes no more papers; agree on another registry");
	else if (who(reg, &w->op, w->route->token)) {
		if (!w->route->run)
			ch_envelope_put(reg, &w->op);
		else if (w->route->body_max)
			ch_http_take_body(r, w->route->body_max, on_body);
		else
			go(reg, &w->op, w->route);
		return;
	}
	ch_op_answer(reg, &w->op);
}
