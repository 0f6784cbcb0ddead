/*
 * Requests and answers of a witness: see cosigner.h. Trusts the keeper; nothing in a request.
 * Source: c2sp.org/tlog-witness. It decides in core/witness.c; here is the order of writes: the
 * cosignature is kept with its state, durably, before it leaves.
 */
#include "cosigner.h"

#include <string.h>

#include "dec.h"
#include "hex.h"
#include "log.h"

#define CONNS_MAX 256
#define NOTE_MAX 16384
#define AGAIN_S 60 /* the same tree again within so long is cosigned and not written anew */

struct cosigner {
	const ch_cosigner_keeper *k;
	struct ch_http_server *http;
	struct ch_tls tls;
	ch_err fatal;
	ch_witness_request q;
	ch_checkpoint tree;
	ch_note note;
	ch_hash told; /* the text of the tree that was last said not to continue */
	uint8_t out[NOTE_MAX];
};

static void refuse(struct ch_http_req *r, unsigned status)
{
	static const struct {
		unsigned status;
		const char *kebab, *title;
	} t[] = {
		{ 400, "not-a-request", "This is no request for a cosignature" },
		{ 403, "not-signed", "The checkpoint is not signed by a key of the log that is "
		    "trusted here" },
		{ 404, "not-followed", "This witness does not follow that log, or has not "
		    "cosigned it yet" },
		{ 405, "method", "Not with this method" },
		{ 422, "not-consistent", "The checkpoint is not proven to continue the one "
		    "cosigned before" },
		{ 500, "fault", "The witness cannot write and stops; ask again later" },
		{ 503, "busy", "Not now; ask again in a moment" },
	};

	for (size_t i = 0; i < CH_COUNT(t); i++)
		if (t[i].status == status) {
			ch_http_answer_problem(r, status, t[i].kebab, t[i].title);
			return;
		}
	CH_ASSERT(status == 0);
}

/* "The response body MUST consist of the tree size … in decimal, followed by a newline" */
static void answer_size(struct ch_http_req *r, uint64_t size)
{
	const ch_http_answer_head h = { .status = 409, .type = "text/x.tlog.size" };
	uint8_t text[24];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_dec_put(&w, size);
	CH_WR_LIT(&w, "\n");
	ch_http_answer(r, &h, ch_wr_span(&w));
}

/* Signed by the log, of the size that is kept, and another tree: whatever the request claimed. */
static bool is_split(const struct cosigner *c, const struct ch_cosigner_log *log)
{
	return log->state.any && c->tree.size == log->state.size &&
	    !ch_hash_eq(&c->tree.root, &log->state.root);
}

/* Sign, keep, answer: in this order. The status that it came to. */
static unsigned cosign(struct cosigner *c, struct ch_http_req *r, struct ch_cosigner_log *log,
    const ch_witness_state *next)
{
	const ch_http_answer_head h = { .status = 200, .type = "text/plain; charset=utf-8" };
	struct ch_wr w = ch_wr_of(c->out, sizeof c->out);
	int64_t now = 0;
	size_t line = 0;
	bool again;
	struct ch_rd mine;
	ch_err e = c->k->now(c->k->ctx, &now);

	if (e != CH_OK || now <= 0)
		return 503;
	ch_witness_put_note(&w, &line, &c->note, &log->log, c->k->name, (uint64_t)now, c->k->sec);
	if (ch_wr_done(&w) != CH_OK)
		return 400;
	again = log->state.any && next->size == log->state.size && log->time > 0 &&
	    (uint64_t)now >= log->time && (uint64_t)now - log->time < AGAIN_S;
	if (!again)
		e = c->k->keep(c->k->ctx, log, next, ch_wr_span(&w));
	if (e == CH_E_FULL) {
		ch_log(CH_LOG_ERROR, "disk-full", "the disk is full: nothing is cosigned", NULL);
		return 503;
	}
	if (e != CH_OK) {
		ch_log(CH_LOG_ERROR, "stopping", "the state could not be written: nothing was "
		    "cosigned", CH_LOG_WITH(ch_log_text("why", ch_span_str(ch_err_text(e)))));
		c->fatal = e;
		return 500;
	}
	log->state = *next;
	if (!again)
		log->time = (uint64_t)now;
	mine = ch_rd_of(ch_wr_span(&w));
	(void)ch_rd_take(&mine, line);
	ch_http_answer(r, &h, ch_rd_rest(&mine));
	return 200;
}

/* Once a tree: whoever has a signed checkpoint can post it with any proof, again and again. */
static void tell_unproven(struct cosigner *c, const struct ch_cosigner_log *log)
{
	ch_hash h;

	ch_sha256(&h, c->note.text);
	if (ch_hash_eq(&h, &c->told))
		return;
	c->told = h;
	ch_log(CH_LOG_WARN, "not-proven", "a log signed a tree, and nothing proves that it "
	    "continues the one cosigned before; it was not cosigned",
	    CH_LOG_WITH(ch_log_text("log", log->log.origin),
		ch_log_number("entries", c->tree.size),
		ch_log_number("cosigned", log->state.size)));
}

/* With the log in hand. */
static void judge(struct cosigner *c, struct ch_http_req *r, struct ch_cosigner_log *log)
{
	ch_witness_state next;
	unsigned status = ch_witness_judge(&next, &log->state, &log->log, &c->q, &c->tree,
	    &c->note);

	if ((status == 409 || status == 422) && is_split(c, log))
		c->k->alarm(c->k->ctx, log, c->q.checkpoint);
	else if (status == 422)
		tell_unproven(c, log);
	if (status == 409) {
		answer_size(r, log->state.size);
		return;
	}
	if (status == 200)
		status = cosign(c, r, log, &next);
	if (status != 200)
		refuse(r, status);
	if (status == 500)
		ch_http_server_stop(c->http);
}

static void on_body(void *ctx, struct ch_http_req *r, ch_span body)
{
	struct cosigner *c = ctx;
	struct ch_cosigner_log *log = NULL;
	struct ch_problem why = { 0 };
	ch_err e;

	if (c->fatal != CH_OK) {
		refuse(r, 503);
		return;
	}
	if (ch_witness_parse(&c->q, body) != CH_OK ||
	    ch_witness_open(&c->tree, &c->note, &c->q) != CH_OK) {
		refuse(r, 400);
		return;
	}
	e = c->k->begin(c->k->ctx, &log, c->tree.origin, &why);
	if (e == CH_OK) {
		judge(c, r, log);
		c->k->end(c->k->ctx);
		return;
	}
	if (e != CH_E_ABSENT && e != CH_E_CONFLICT)
		ch_log(CH_LOG_ERROR, "not-cosigned", "a checkpoint could not be judged",
		    CH_LOG_WITH(ch_log_text("why",
			ch_span_str(why.text[0] ? why.text : ch_err_text(e)))));
	refuse(r, e == CH_E_ABSENT ? 404 : 503);
}

static void show(struct cosigner *c, struct ch_http_req *r, const ch_hash *origin)
{
	const ch_http_answer_head h = { .status = 200, .type = "text/plain; charset=utf-8" };
	struct ch_buf note;
	ch_err e;

	ch_buf_init(&note, NOTE_MAX);
	e = c->k->show(c->k->ctx, &note, origin);
	if (e == CH_OK)
		ch_http_answer(r, &h, ch_buf_span(&note));
	else
		refuse(r, e == CH_E_ABSENT ? 404 : 503);
	ch_buf_deinit(&note);
}

/* `/<64 hex digits>/checkpoint` */
static bool is_monitoring(ch_hash *origin, ch_span path)
{
	struct ch_rd r = ch_rd_of(path);
	ch_span hex;

	CH_RD_LIT(&r, "/");
	hex = ch_rd_take(&r, 2 * sizeof origin->b);
	CH_RD_LIT(&r, "/checkpoint");
	return ch_rd_done(&r) == CH_OK && ch_hex_parse(origin->b, sizeof origin->b, hex) == CH_OK;
}

static void on_head(void *ctx, struct ch_http_req *r)
{
	struct cosigner *c = ctx;
	const ch_http1_head *h = ch_http_head(r);
	bool asks = ch_span_eq(h->path, CH_LIT("/add-checkpoint"));
	bool looks = h->method == CH_HTTP1_GET || h->method == CH_HTTP1_HEAD;
	ch_hash origin;
	bool shows = !asks && is_monitoring(&origin, h->path);

	if (asks && h->method == CH_HTTP1_POST)
		ch_http_take_body(r, CH_WITNESS_REQUEST_MAX, on_body);
	else if (shows && looks)
		show(c, r, &origin);
	else
		refuse(r, asks || shows ? 405 : 404);
}

static void on_hup(void *ctx)
{
	struct cosigner *c = ctx;

	c->k->reload(c->k->ctx);
	ch_serve_reload(&c->tls);
}

static void put_vkey(struct ch_wr *w, const ch_cosigner_keeper *k)
{
	ch_edkey pub;
	ch_vkey vkey;

	memcpy(pub.b, &k->sec->b[32], sizeof pub.b); /* the public half: not wiped */
	ch_vkey_make(&vkey, k->name, CH_VKEY_COSIGNATURE, &pub);
	ch_vkey_put(w, &vkey);
}

static ch_err announce(const struct cosigner *c, const ch_serve_opts *o)
{
	char url[CH_SERVE_URL_MAX], vkey[CH_VKEY_MAX + 1] = { 0 };
	struct ch_wr v = ch_wr_of(vkey, CH_VKEY_MAX);

	ch_serve_url(url, c->http, o);
	put_vkey(&v, c->k);
	if (o->ready)
		(void)fprintf(o->ready, "The witness %.*s listens on %s.\n"
		    "Its key, for policies: %s\n", (int)c->k->name.n,
		    (const char *)c->k->name.p, url, vkey);
	return ch_serve_ready(c->http, o);
}

static ch_err serve(struct cosigner *c, const ch_serve_opts *o, struct ch_problem *why)
{
	ch_http_config cfg = {
		.max_conns = CONNS_MAX,
		.ctx = c,
		.on_head = on_head,
		.on_hup = on_hup,
	};
	ch_err e;

	if ((e = ch_serve_new(&c->http, &c->tls, &cfg, o, why)) != CH_OK)
		return ch_problem_set(why, e, "the address cannot be listened on: it is taken or "
		    "not ours");
	if ((e = announce(c, o)) != CH_OK)
		return ch_problem_set(why, e, "the port file cannot be written");
	if ((e = ch_http_server_run(c->http)) != CH_OK)
		return ch_problem_set(why, e, "the server's loop failed");
	if (c->fatal != CH_OK)
		return ch_problem_set(why, c->fatal, "a write to the disk failed; no cosignature "
		    "left that is not on it; look after the disk, then start again");
	return CH_OK;
}

ch_err ch_cosigner_run(const ch_cosigner_keeper *k, const ch_serve_opts *o,
    struct ch_problem *why)
{
	struct cosigner *c = ch_alloc(sizeof *c);
	ch_err e;

	if (!c)
		return ch_problem_set(why, CH_E_NOMEM, "no memory");
	c->k = k;
	e = serve(c, o, why);
	ch_http_server_free(c->http);
	ch_tls_close(&c->tls);
	ch_free(c, sizeof *c);
	return e;
}
