/* Memory: see mem.h. The only file of the house that calls malloc. */
#include "mem.h"

#include <stdlib.h>

#include "thread.h"
#include "wipe.h"

#define CH_MEM_ALIGN 16
#define CH_ARENA_BLOCK 8192

void *ch_alloc(size_t n)
{
	if (n > SIZE_MAX / 2)
		return NULL;
	return calloc(1, n ? n : 1);
}

void *ch_alloc_array(size_t n, size_t size)
{
	if (size && n > SIZE_MAX / 2 / size)
		return NULL;
	return ch_alloc(n * size);
}

void *ch_realloc(void *p, size_t old_n, size_t new_n)
{
	void *q = ch_alloc(new_n);

	if (q == NULL)
		return NULL;
	if (p && old_n)
		memcpy(q, p, old_n < new_n ? old_n : new_n);
	ch_free(p, old_n);
	return q;
}

void ch_free(void *p, size_t n)
{
	if (p == NULL)
		return;
	ch_wipe(p, n);
	free(p);
}

/* A block of the arena: this head, then cap bytes, zero from `used` on. The newest comes first. */
struct ch_arena_block {
	struct ch_arena_block *next;
	size_t used, cap;
	_Alignas(CH_MEM_ALIGN) uint8_t bytes[];
};

struct ch_pool {
	struct ch_monitor monitor;
	struct ch_arena_block *first;
	unsigned n, max;
};

ch_err ch_pool_new(struct ch_pool **out, unsigned max)
{
	struct ch_pool *p = ch_alloc(sizeof *p);

	*out = NULL;
	if (p == NULL)
		return CH_E_NOMEM;
	if (ch_monitor_init(&p->monitor) != CH_OK) {
		ch_free(p, sizeof *p);
		return CH_E_NOMEM;
	}
	p->max = max;
	*out = p;
	return CH_OK;
}

void ch_pool_free(struct ch_pool *p)
{
	struct ch_arena_block *b;

	if (p == NULL)
		return;
	while ((b = p->first) != NULL) {
		p->first = b->next;
		ch_free(b, sizeof *b);
	}
	ch_monitor_deinit(&p->monitor);
	ch_free(p, sizeof *p);
}

/* One that waits, or NULL. */
static struct ch_arena_block *ch_pool_take(struct ch_pool *p)
{
	struct ch_arena_block *b;

	ch_monitor_enter(&p->monitor);
	b = p->first;
	if (b) {
		p->first = b->next;
		p->n--;
	}
	ch_monitor_leave(&p->monitor);
	return b;
}

/* False: enough wait. */
static bool ch_pool_give(struct ch_pool *p, struct ch_arena_block *b)
{
	bool room;

	ch_monitor_enter(&p->monitor);
	room = p->n < p->max;
	if (room) {
		b->next = p->first;
		p->first = b;
		p->n++;
	}
	ch_monitor_leave(&p->monitor);
	return room;
}

void ch_arena_init(struct ch_arena *a, size_t max)
{
	ch_arena_init_from(a, max, NULL);
}

void ch_arena_init_from(struct ch_arena *a, size_t max, struct ch_pool *pool)
{
	*a = (struct ch_arena){ .pool = pool, .max = max };
}

static struct ch_arena_block *ch_arena_grow(struct ch_arena *a, size_t n)
{
	size_t cap = n > CH_ARENA_BLOCK ? n : CH_ARENA_BLOCK;
	struct ch_arena_block *b = NULL;

	if (a->pool && cap == CH_ARENA_BLOCK)
		b = ch_pool_take(a->pool);
	if (b == NULL)
		b = ch_alloc(sizeof *b + cap);
	if (b == NULL) {
		a->err = CH_E_NOMEM;
		return NULL;
	}
	b->cap = cap;
	b->next = a->head;
	a->head = b;
	return b;
}

void *ch_arena_alloc(struct ch_arena *a, size_t n)
{
	struct ch_arena_block *b = a->head;

	if (a->err != CH_OK)
		return NULL;
	if (n > a->max || a->max - n < a->used) {
		a->err = CH_E_LIMIT;
		return NULL;
	}
	size_t need = (n + CH_MEM_ALIGN - 1) / CH_MEM_ALIGN * CH_MEM_ALIGN;
	if (b == NULL || need > b->cap - b->used)
		b = ch_arena_grow(a, need ? need : CH_MEM_ALIGN);
	if (b == NULL)
		return NULL;

	/* used <= cap holds always, and need fits what is left: the result lies in the block (one
	 * past its end only for n = 0). */
	void *p = &b->bytes[b->used];
	b->used += need;
	a->used += need < a->max - a->used ? need : a->max - a->used;
	return p;
}

ch_span ch_arena_copy(struct ch_arena *a, ch_span s)
{
	uint8_t *p = s.n < SIZE_MAX ? ch_arena_alloc(a, s.n + 1) : NULL;

	if (p == NULL)
		return (ch_span){ 0 };
	if (s.n)
		memcpy(p, s.p, s.n);
	return (ch_span){ p, s.n };
}

static void ch_arena_drop(struct ch_arena *a, struct ch_arena_block *b)
{
	ch_wipe(b->bytes, b->used);
	b->used = 0;
	if (a->pool == NULL || b->cap > CH_ARENA_BLOCK || !ch_pool_give(a->pool, b))
		ch_free(b, sizeof *b);
}

void ch_arena_reset(struct ch_arena *a)
{
	struct ch_arena_block *b = a->head;

	while (b && (b->next || b->cap > CH_ARENA_BLOCK)) {
		struct ch_arena_block *next = b->next;

		ch_arena_drop(a, b);
		b = next;
	}
	if (b) { /* the first block stays: most users fit in it */
		ch_wipe(b->bytes, b->used);
		b->used = 0;
	}
	a->head = b;
	a->used = 0;
	a->err = CH_OK;
}

void ch_arena_deinit(struct ch_arena *a)
{
	ch_arena_reset(a);
	if (a->head)
		ch_arena_drop(a, a->head);
	*a = (struct ch_arena){ 0 };
}

void ch_buf_init(struct ch_buf *b, size_t max)
{
	*b = (struct ch_buf){ .max = max };
}

ch_err ch_buf_reserve(uint8_t **at, struct ch_buf *b, size_t n)
{
	*at = NULL;
	if (n > b->max || b->n > b->max - n)
		return CH_E_LIMIT;
	if (b->p == NULL || n > b->cap - b->n) {
		size_t cap = b->cap < b->max / 2 ? b->cap * 2 : b->max;

		if (cap < 256)
			cap = b->max < 256 ? b->max : 256;
		if (cap < b->n + n)
			cap = b->n + n;
		uint8_t *p = ch_realloc(b->p, b->cap, cap);
		if (p == NULL)
			return CH_E_NOMEM;
		b->p = p;
		b->cap = cap;
	}
	*at = &b->p[b->n]; /* n <= cap: inside, or one past the end for nothing */
	return CH_OK;
}

void ch_buf_commit(struct ch_buf *b, size_t n)
{
	CH_ASSERT(n <= b->cap - b->n);
	b->n += n;
}

ch_err ch_buf_put(struct ch_buf *b, ch_span s)
{
	uint8_t *at;
	ch_err e = ch_buf_reserve(&at, b, s.n);

	if (e != CH_OK)
		return e;
	if (s.n)
		memcpy(at, s.p, s.n);
	ch_buf_commit(b, s.n);
	return CH_OK;
}

ch_err ch_buf_str(struct ch_buf *b, const char *s)
{
	return ch_buf_put(b, ch_span_str(s));
}

void ch_buf_reset(struct ch_buf *b)
{
	ch_wipe(b->p, b->n);
	b->n = 0;
}

void ch_buf_deinit(struct ch_buf *b)
{
	ch_free(b->p, b->cap);
	*b = (struct ch_buf){ 0 };
}
