/* The API as a table, and the way from a request's head to its handler. */
#include "clock.h"
#include "handlers.h"
#include "news.h"

#define NOTE 98304                       /* a statement and its signature lines     */
#define ROSTER (98304 + 262144)
#define ENTRIES 131072                   /* 4,096 of 32 bytes                       */
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
	{ GET, "/health", false, false, 0, ch_get_health },
	{ GET, "/metrics", false, false, 0, ch_get_metrics },
	{ GET, "/log/checkpoint", false, false, 0, ch_get_checkpoint },
	{ GET, "/log/**", false, false, 0, ch_get_tile },
	{ 0, NULL, false, false, 0, NULL },
};

const ch_route *ch_route_table(void)
{
	return table;
}

/* The segments of a path; the last place takes what is left, slashes and all. False: no path. */
static bool split(struct ch_path *out, ch_span path)
{
	struct ch_rd r = ch_rd_of(path);

	*out = (struct ch_path){ 0 };
	while (ch_rd_starts(&r, CH_LIT("/"))) {
		const uint8_t *slash;
		ch_span left;

		CH_RD_LIT(&r, "/");
		left = ch_span_of(&r.in.p[r.at], ch_rd_left(&r));
		out->tail[out->n] = left;
		slash = left.n ? memchr(left.p, '/', left.n) : NULL;
		if (!slash || out->n == CH_PATH_PARTS - 1) {
			out->part[out->n++] = left;
			return true;
		}
		out->part[out->n++] = ch_rd_take(&r, (size_t)(slash - left.p));
	}
	return false;
}

/* Whether a path is of a pattern; its `*` go into arg. */
static bool matches(ch_span arg[2], const struct ch_path *pattern, const struct ch_path *path)
{
	unsigned n = 0;

	if (path->n < pattern->n)
		return false;
	for (unsigned i = 0; i < pattern->n; i++) {
		ch_span want = pattern->part[i], have = path->part[i];

		if (ch_span_eq(want, CH_LIT("**"))) {
			arg[n] = path->tail[i];
			return arg[n].n > 0;
		}
		if (ch_span_eq(want, CH_LIT("*")) && have.n > 0 && n < 2)
			arg[n++] = have;
		else if (!ch_span_eq(want, have))
			return false;
	}
	return path->n == pattern->n;
}

ch_err ch_route_init(struct ch_reg *reg)
{
	reg->routes = ch_alloc(sizeof table / sizeof *table * sizeof *reg->routes);
	if (!reg->routes)
		return CH_E_NOMEM;
	for (size_t i = 0; table[i].path; i++)
		CH_ASSERT(split(&reg->routes[i], ch_span_str(table[i].path)));
	return CH_OK;
}

void ch_route_deinit(struct ch_reg *reg)
{
	if (reg->routes)
		ch_free(reg->routes, sizeof table / sizeof *table * sizeof *reg->routes);
	reg->routes = NULL;
}

/* The row; NULL and whether the path is known with another method. */
static const ch_route *find(ch_span arg[2], bool *known, const struct ch_reg *reg,
    ch_http1_method method, ch_span target)
{
	struct ch_path path;

	*known = false;
	if (method == CH_HTTP1_HEAD)
		method = CH_HTTP1_GET;
	if (!split(&path, target))
		return NULL;
	for (size_t i = 0; table[i].path; i++) {
		arg[0] = arg[1] = (ch_span){ 0 };
		if (!matches(arg, &reg->routes[i], &path))
			continue;
		if (table[i].method == method)
			return &table[i];
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

/* What begins work, refused while the disk is full; what ends work goes on. */
static bool is_new_work(const ch_route *t)
{
	return !t->run || t->run == ch_post_submission || t->run == ch_post_entries ||
	    t->run == ch_put_extract || t->run == ch_post_statement;
}

static bool read_level(struct ch_op *op)
{
	static const char *const names[] = {
		[CH_ASKED_DURABLE] = "durable",
		[CH_ASKED_PUBLISHED] = "published",
		[CH_ASKED_WITNESSED] = "witnessed",
	};
	ch_span v;
	ch_err e = ch_http1_param(&v, ch_http_head(op->req)->query, "level");

	if (e == CH_E_ABSENT)
		return true;
	for (unsigned i = CH_ASKED_DURABLE; e == CH_OK && i < CH_COUNT(names); i++) {
		op->asked = (ch_asked)i;
		if (ch_span_eq(v, ch_span_str(names[i])))
			return true;
	}
	return ch_refuse(op, 400, "bad-request",
	    "The level is `durable`, `published` or `witnessed`");
}

static void go(struct ch_reg *reg, struct ch_op *op, const ch_route *t)
{
	if (t->write && !read_level(op)) {
		ch_op_answer(reg, op);
		return;
	}
	if (t->write) {
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

/* Sign-in, if the route asks for it or the request brings it; counts: it is a write. */
static bool who(struct ch_reg *reg, struct ch_op *op, bool needed, bool counts)
{
	ch_span value = ch_http1_get(ch_http_head(op->req), "authorization");
	ch_err e = ch_auth_who(&op->who, reg->auth, value, ch_clock_wall());

	if (e != CH_OK && needed)
		return ch_refuse(op, 401, "not-signed-in", "Sign in and send the token");
	if (e == CH_OK) { /* the table may give the place away before a batch is done */
		op->who.party = ch_arena_copy(op->arena, op->who.party);
		op->who.delegate = ch_arena_copy(op->arena, op->who.delegate);
	}
	if (op->arena->err != CH_OK)
		return ch_fault(op, op->arena->err);
	return !counts || ch_limits_admit(reg, op);
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
	w->route = find(w->op.arg, &known, reg, h->method, h->path);
	if (reg->fatal != CH_OK)
		(void)ch_refuse(&w->op, 503, "stopping", "The registry is stopping");
	else if (!w->route && known)
		(void)ch_refuse(&w->op, 405, "method-not-allowed", "Not with this method");
	else if (!w->route)
		(void)ch_refuse(&w->op, 404, "unknown-path", "There is no such path");
	else if (is_closed(reg, w->route))
		(void)ch_refuse(&w->op, 410, "closed", "This registry lost statements and was "
		    "restored: it takes no more papers; agree on another registry");
	else if (reg->starved && is_new_work(w->route))
		(void)ch_refuse(&w->op, 507, "disk-full",
		    "No room for new work; nothing was lost, ask again later");
	else if (who(reg, &w->op, w->route->token, w->route->write || !w->route->run)) {
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
