/*
 * Memory. mem.c is the only file of the house that calls malloc; everything above F2 comes here.
 * Blocks are zeroed when given and wiped when returned or outgrown, so that a secret that strays
 * into one does not outlive it. Sizes over half the address space are refused.
 */
#ifndef CH_MEM_H
#define CH_MEM_H

#include "err.h"
#include "span.h"

/* n zeroed bytes (n = 0 gives one byte), or NULL. Release with ch_free(p, n). */
CH_MUST_USE void *ch_alloc(size_t n);

/* The same for n elements of `size` bytes; NULL also when the product overflows. */
CH_MUST_USE void *ch_alloc_array(size_t n, size_t size);

/* A block of new_n bytes with the old content and zeros behind it. The old block is wiped and
 * released. NULL leaves the old block as it was. */
CH_MUST_USE void *ch_realloc(void *p, size_t old_n, size_t new_n);

/* Wipe n bytes at p and release the block. p may be NULL. */
void ch_free(void *p, size_t n);

/*
 * Wiped blocks that arenas gave back, for those that come after: at most `max` of 8 KiB wait. Any
 * thread's arena may share one. NOMEM. Released after all its arenas; NULL is fine.
 */
struct ch_pool;
CH_MUST_USE ch_err ch_pool_new(struct ch_pool **out, unsigned max);
void ch_pool_free(struct ch_pool *p);

/*
 * A bounded arena: many small things with one end. `err` sticks (LIMIT: max reached, NOMEM), and
 * every later allocation answers NULL, so that a builder may check once at its end.
 */
struct ch_arena {
	struct ch_arena_block *head;
	struct ch_pool *pool;
	size_t used, max;
	ch_err err;
};

void ch_arena_init(struct ch_arena *a, size_t max);

/* The same, its further blocks from a pool. */
void ch_arena_init_from(struct ch_arena *a, size_t max, struct ch_pool *pool);

/* n zeroed bytes, aligned for any type, valid until reset or deinit; NULL see `err`. */
CH_MUST_USE void *ch_arena_alloc(struct ch_arena *a, size_t n);

/* CH_OK when the arena gave p; else why it did not, and never CH_OK. */
static inline ch_err ch_arena_got(const struct ch_arena *a, const void *p)
{
	if (p)
		return CH_OK;
	return a->err != CH_OK ? a->err : CH_E_NOMEM;
}

/* A copy of `s` with a NUL behind it (not counted). p is NULL on failure. */
CH_MUST_USE ch_span ch_arena_copy(struct ch_arena *a, ch_span s);

/* Forget and wipe everything, keep the bound and a block; `err` is CH_OK again. */
void ch_arena_reset(struct ch_arena *a);

void ch_arena_deinit(struct ch_arena *a);

/*
 * A growable buffer with a maximum fixed at init. p moves when it grows: spans into it are valid
 * until the next call that may grow it. Not for keys: those live in fixed structs.
 */
struct ch_buf {
	uint8_t *p;
	size_t n, cap, max;
};

void ch_buf_init(struct ch_buf *b, size_t max);

/* Append. LIMIT: above max   NOMEM. On error the content is as before. */
CH_MUST_USE ch_err ch_buf_put(struct ch_buf *b, ch_span s);
CH_MUST_USE ch_err ch_buf_str(struct ch_buf *b, const char *s);

/* Make room for n more bytes and tell where they go; ch_buf_commit() then says how many came. */
CH_MUST_USE ch_err ch_buf_reserve(uint8_t **at, struct ch_buf *b, size_t n);
void ch_buf_commit(struct ch_buf *b, size_t n);

static inline ch_span ch_buf_span(const struct ch_buf *b)
{
	return (ch_span){ b->p, b->n };
}

/* Wipe the content, keep the room. */
void ch_buf_reset(struct ch_buf *b);

void ch_buf_deinit(struct ch_buf *b);

#endif
