/* One request of the server: its memory, its body, what the handler wants of it. See server.h. */
#include "httpd.h"

#include <stddef.h>

#include "wipe.h"

static ch_span ch_req_rebase(struct ch_http_req *r, ch_span s, ch_span from)
{
	if (s.n == 0)
		return CH_LIT("");
	return ch_span_of(&r->bytes[s.p - from.p], s.n);
}

/* A spare one, or a new one; all zero but for srv, room and arena, which is empty. */
static struct ch_http_req *ch_req_take(struct ch_http_server *s, size_t n)
{
	size_t room = n > CH_HTTPD_ROOM ? n : CH_HTTPD_ROOM;
	struct ch_http_req *r = s->spare;

	if (r && n <= r->n_room) {
		s->spare = r->next;
		s->n_spare--;
		r->next = NULL;
		return r;
	}
	if ((r = ch_alloc(sizeof *r + room)) == NULL)
		return NULL;
	r->srv = s;
	r->n_room = room;
	ch_arena_init_from(&r->arena, s->cfg.arena_max, s->pool);
	return r;
}

static void ch_req_release(struct ch_http_req *r)
{
	ch_arena_deinit(&r->arena);
	ch_free(r, sizeof *r + r->n_room);
}

/* Wipe what was used of it, and keep it if its head was not larger than most. */
static void ch_req_give(struct ch_http_req *r)
{
	struct ch_http_server *s = r->srv;
	struct ch_arena arena;
	size_t room = r->n_room;

	ch_buf_deinit(&r->body);
	if (s->n_spare >= CH_HTTPD_SPARE || room > CH_HTTPD_ROOM) {
		ch_req_release(r);
		return;
	}
	ch_arena_reset(&r->arena);
	arena = r->arena;
	ch_wipe(r->bytes, r->n_bytes);
	memset(r, 0, offsetof(struct ch_http_req, head.fields)); /* spans, counted by n_fields */
	r->srv = s;
	r->arena = arena; /* moved */
	r->n_room = room;
	r->next = s->spare;
	s->spare = r;
	s->n_spare++;
}

void ch_req_drop_spare(struct ch_http_server *s)
{
	struct ch_http_req *r;

	while ((r = s->spare) != NULL) {
		s->spare = r->next;
		ch_req_release(r);
	}
	s->n_spare = 0;
}

struct ch_http_req *ch_req_new(struct ch_http_conn *c, const ch_http1_head *h, ch_span bytes)
{
	struct ch_http_server *s = c->srv;
	struct ch_http_req *r = ch_req_take(s, bytes.n);

	if (r == NULL)
		return NULL;
	r->conn = c;
	r->n_bytes = bytes.n;
	if (bytes.n)
		memcpy(r->bytes, bytes.p, bytes.n);
	memcpy(&r->head, h, offsetof(ch_http1_head, fields));
	r->head.path = ch_req_rebase(r, h->path, bytes);
	r->head.query = ch_req_rebase(r, h->query, bytes);
	r->head.host = ch_req_rebase(r, h->host, bytes);
	for (size_t i = 0; i < h->n_fields; i++) {
		r->head.fields[i].name = ch_req_rebase(r, h->fields[i].name, bytes);
		r->head.fields[i].value = ch_req_rebase(r, h->fields[i].value, bytes);
	}
	r->expects = h->expect_continue && (h->chunked || h->length > 0);

	r->next = s->reqs;
	if (r->next)
		r->next->prev = r;
	s->reqs = r;
	if (c->last)
		c->last->after = r;
	else
		c->first = r;
	c->last = r;
	c->n_owed++;
	r->owed = true;
	return r;
}

void ch_req_free(struct ch_http_req *r)
{
	ch_answer_source_done(r);
	if (r->out)
		evbuffer_free(r->out);
	if (r->prev)
		r->prev->next = r->next;
	else
		r->srv->reqs = r->next;
	if (r->next)
		r->next->prev = r->prev;
	ch_req_give(r);
}

/* Of a length that was promised, no more is given at once than most bodies need. */
static bool ch_req_keep(struct ch_http_req *r, ch_span bytes)
{
	uint64_t want = r->head.length < CH_HTTPD_BODY ? r->head.length : CH_HTTPD_BODY;
	uint8_t *at;

	return (r->body.cap || ch_buf_reserve(&at, &r->body, (size_t)want) == CH_OK) &&
	    ch_buf_put(&r->body, bytes) == CH_OK;
}

bool ch_req_feed(struct ch_http_req *r, ch_span bytes)
{
	r->got += bytes.n;
	if (r->answered || r->kind == CH_BODY_SKIP)
		return r->got <= CH_HTTPD_SKIP;
	if (r->got > r->max)
		return false;
	if (r->kind == CH_BODY_MEMORY)
		return ch_req_keep(r, bytes);
	r->sink->on_bytes(r->srv->cfg.ctx, r, bytes);
	return true;
}

void ch_req_whole(struct ch_http_req *r)
{
	if (r->conn && r->conn->reading == r)
		r->conn->reading = NULL;
	r->whole = true;
	if (r->answered) {
		if (!r->owed)
			ch_req_free(r);
		return;
	}
	if (r->kind == CH_BODY_MEMORY)
		r->on_body(r->srv->cfg.ctx, r, ch_buf_span(&r->body));
	else if (r->kind == CH_BODY_STREAM)
		r->sink->on_end(r->srv->cfg.ctx, r);
}

void ch_req_abort(struct ch_http_req *r)
{
	if (r->answered || r->whole)
		return;
	r->dying = true; /* an answer in on_abort is a programmer's error: see ch_answer_begin() */
	if (r->kind == CH_BODY_STREAM)
		r->sink->on_abort(r->srv->cfg.ctx, r);
	r->dying = false;
	r->kind = CH_BODY_SKIP;
	r->sink = NULL;
}

const ch_http1_head *ch_http_head(const struct ch_http_req *r)
{
	return &r->head;
}

struct ch_arena *ch_http_arena(struct ch_http_req *r)
{
	return &r->arena;
}

void ch_http_set_data(struct ch_http_req *r, void *data)
{
	r->data = data;
}

void *ch_http_data(const struct ch_http_req *r)
{
	return r->data;
}

bool ch_http_is_gone(const struct ch_http_req *r)
{
	return r->conn == NULL || r->conn->broken;
}

void ch_http_take_body(struct ch_http_req *r, size_t max,
    void (*on_body)(void *ctx, struct ch_http_req *r, ch_span body))
{
	CH_ASSERT(!r->answered && !r->whole && r->kind == CH_BODY_SKIP);
	r->kind = CH_BODY_MEMORY;
	r->max = max;
	r->on_body = on_body;
	r->over = r->head.length > max;
	r->body.max = max;
}

void ch_http_take_stream(struct ch_http_req *r, uint64_t max, const ch_http_sink *sink)
{
	CH_ASSERT(!r->answered && !r->whole && r->kind == CH_BODY_SKIP);
	r->kind = CH_BODY_STREAM;
	r->max = max;
	r->sink = sink;
	r->over = r->head.length > max;
}

void ch_http_pause(struct ch_http_req *r)
{
	r->paused = true;
}

void ch_http_resume(struct ch_http_req *r)
{
	r->paused = false;
	if (r->conn)
		ch_conn_dirty(r->conn); /* goes on at the end of the turn: no recursion */
}
