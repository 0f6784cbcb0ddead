/* Who waits for what: see news.h. */
#include "news.h"

#include "clock.h"
#include "dec.h"

#define PLACES 4096u

struct waiter {
	struct waiter *next;
	struct ch_op *op;
	ch_hash party;
	uint64_t after, until_ms;
};

struct place {
	ch_hash party;
	uint64_t size; /* of the register, with the last thing that concerns it */
};

struct ch_news {
	uint64_t least; /* of every party that has no place */
	uint64_t swept_ms;
	unsigned n_waiting;
	struct waiter *waiting[PLACES];
	struct place place[PLACES];
};

static unsigned place_of(const ch_hash *party)
{
	return (party->b[0] | (unsigned)party->b[1] << 8) % PLACES;
}

ch_err ch_news_new(struct ch_reg *reg)
{
	reg->news = ch_alloc(sizeof *reg->news);
	if (!reg->news)
		return CH_E_NOMEM;
	reg->news->least = reg->log->done.size; /* of before this start nothing is known */
	return CH_OK;
}

void ch_news_free(struct ch_reg *reg)
{
	if (reg->news)
		ch_free(reg->news, sizeof *reg->news);
	reg->news = NULL;
}

unsigned ch_news_waiting(const struct ch_reg *reg)
{
	return reg->news->n_waiting;
}

static uint64_t newest(const struct ch_news *n, const ch_hash *party)
{
	const struct place *p = &n->place[place_of(party)];

	return ch_hash_eq(&p->party, party) ? p->size : n->least;
}

static void mark(struct ch_news *n, const ch_hash *party, uint64_t size)
{
	struct place *p = &n->place[place_of(party)];

	if (!ch_hash_eq(&p->party, party)) {
		if (p->size > n->least)
			n->least = p->size;
		p->party = *party;
	}
	p->size = size;
}

bool ch_news_for(struct ch_reg *reg, struct ch_op *op, ch_span party)
{
	ch_hash h;
	ch_err e;

	ch_sha256(&h, party);
	e = ch_buf_put(&reg->noted, ch_span_of(&h, sizeof h));
	return e == CH_OK ? true : ch_fault(op, e);
}

bool ch_news_about(struct ch_reg *reg, struct ch_op *op, const ch_row_submission *sub)
{
	return ch_news_for(reg, op, sub->author) && ch_news_for(reg, op, sub->addressee);
}

/* ---- answers ---- */

static void give(struct ch_op *op, uint64_t size)
{
	struct ch_wr w = ch_wr_of(ch_op_alloc(op, 64), 64);

	if (op->err != CH_OK)
		return;
	CH_WR_LIT(&w, "{\"news\":");
	ch_dec_put(&w, size);
	CH_WR_LIT(&w, "}\n");
	(void)ch_give_text(op, 200, "application/json", ch_wr_span(&w));
}

/* Answer those of a place whom `due` is for: news, time, or the end of all. */
static void tell(struct ch_reg *reg, unsigned i, uint64_t now, bool all)
{
	struct ch_news *n = reg->news;

	for (struct waiter **at = &n->waiting[i]; *at;) {
		struct waiter *w = *at;
		uint64_t size = newest(n, &w->party);

		if (!all && size <= w->after && now < w->until_ms && !ch_http_is_gone(w->op->req)) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		n->n_waiting--;
		give(w->op, size);
		ch_op_answer(reg, w->op);
	}
}

/* What the batch noted counts now, and who waits for it is answered. */
static void take_notes(struct ch_reg *reg, uint64_t now)
{
	struct ch_rd r = ch_rd_of(ch_buf_span(&reg->noted));
	ch_hash party;

	while (ch_rd_left(&r) >= sizeof party) {
		ch_rd_copy(&r, &party, sizeof party);
		mark(reg->news, &party, reg->log->done.size);
		tell(reg, place_of(&party), now, false);
	}
}

void ch_news_turn(struct ch_reg *reg, bool published)
{
	struct ch_news *n = reg->news;
	uint64_t now;
	bool end = reg->fatal != CH_OK || ch_http_server_is_stopping(reg->http);

	if (n->n_waiting == 0 && reg->noted.n == 0)
		return;
	now = ch_clock_ms();
	if (published)
		take_notes(reg, now);
	ch_buf_reset(&reg->noted);
	if (!end && now - n->swept_ms < 250)
		return;
	n->swept_ms = now;
	for (unsigned i = 0; i < PLACES && n->n_waiting > 0; i++)
		tell(reg, i, now, end);
}

/* ---- the question ---- */

static bool wait(struct ch_reg *reg, struct ch_op *op, const ch_hash *party, uint64_t after,
    uint64_t seconds)
{
	struct waiter *w = ch_op_alloc(op, sizeof *w), **list;

	if (!w)
		return false;
	list = &reg->news->waiting[place_of(party)];
	*w = (struct waiter){ .next = *list, .op = op, .party = *party, .after = after,
		.until_ms = ch_clock_ms() + 1000 * seconds };
	*list = w;
	reg->news->n_waiting++;
	op->queued = true;
	return true;
}

static bool number(uint64_t *out, struct ch_op *op, const char *name, uint64_t max)
{
	ch_span v;
	ch_err e = ch_http1_param(&v, ch_http_head(op->req)->query, name);

	*out = 0;
	if (e == CH_E_ABSENT || (e == CH_OK && ch_dec_parse(out, v, max) == CH_OK))
		return true;
	return ch_refuse(op, 400, "bad-request",
	    "`after` is a size of the register, `wait` 0 to 60 seconds");
}

bool ch_get_news(struct ch_reg *reg, struct ch_op *op)
{
	ch_hash party;
	uint64_t after, seconds, size;

	if (!number(&after, op, "after", INT64_MAX) ||
	    !number(&seconds, op, "wait", CH_NEWS_WAIT_MAX))
		return false;
	ch_sha256(&party, op->who.party);
	size = newest(reg->news, &party);
	if (size <= after && seconds > 0 && reg->news->n_waiting < CH_NEWS_MANY)
		return wait(reg, op, &party, after, seconds);
	give(op, size);
	return op->err == CH_OK;
}
