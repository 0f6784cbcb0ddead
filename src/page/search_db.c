/* The index in memory: see search_db.h. */
#include "search_db.h"

#include <sqlite3.h>
#include <string.h>

#include "search_words.h"
#include "thread.h"

#define ARENA_MAX ((size_t)64 << 20)
#define SLOTS 262144u /* a power of two, above twice the papers that a home may have */
#define DOCS_MAX 120000u

struct doc {
	const char *talks, *folder;
	bool has_text, gone; /* gone: a later one of the same paper is in */
};

struct ch_search_db {
	struct ch_monitor lock;
	sqlite3 *db;
	sqlite3_stmt *put, *find;
	struct ch_arena arena;
	struct doc *doc;         /* rowid - 1 */
	size_t n, cap;
	uint32_t *slot;          /* index + 1 into doc; 0: free */
};

/* ---- memory that is wiped ---- */

#define HEAD ((size_t)16)

static void *mem_alloc(int n)
{
	uint8_t *p = n > 0 ? ch_alloc(HEAD + (size_t)n) : NULL;

	if (!p)
		return NULL;
	memcpy(p, &n, sizeof n);
	return p + HEAD;
}

static int mem_size(void *p)
{
	int n = 0;

	if (p)
		memcpy(&n, (uint8_t *)p - HEAD, sizeof n);
	return n;
}

static void mem_free(void *p)
{
	if (p)
		ch_free((uint8_t *)p - HEAD, HEAD + (size_t)mem_size(p));
}

static void *mem_again(void *p, int n)
{
	void *q = mem_alloc(n);

	if (q && p)
		memcpy(q, p, (size_t)(mem_size(p) < n ? mem_size(p) : n));
	if (q)
		mem_free(p);
	return q;
}

static int mem_round(int n)
{
	return (n + 7) & ~7;
}

static int mem_init(void *ctx)
{
	(void)ctx;
	return SQLITE_OK;
}

static void mem_end(void *ctx)
{
	(void)ctx;
}

/* Later calls answer MISUSE and change nothing. */
void ch_search_db_memory(void)
{
	static const sqlite3_mem_methods methods = { mem_alloc, mem_free, mem_again, mem_size,
		mem_round, mem_init, mem_end, NULL };

	(void)sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

/* ---- the tokenizer ---- */

static int words_create(void *ctx, const char **arg, int n, Fts5Tokenizer **out)
{
	(void)arg;
	(void)n;
	*out = ctx;
	return SQLITE_OK;
}

static void words_delete(Fts5Tokenizer *t)
{
	(void)t;
}

static int words_of(Fts5Tokenizer *t, void *ctx, int flags, const char *text, int n,
    int (*token)(void *ctx, int flags, const char *word, int n, int from, int to))
{
	ch_lexer w = { .text = ch_span_of(text, n > 0 ? (size_t)n : 0) };
	int rc = SQLITE_OK;

	(void)t;
	(void)flags;
	while (rc == SQLITE_OK && ch_lexer_next(&w))
		rc = token(ctx, 0, (const char *)w.fold, (int)w.n, (int)w.from, (int)w.to);
	return rc;
}

static int add_tokenizer(struct ch_search_db *x)
{
	fts5_tokenizer words = { words_create, words_delete, words_of };
	sqlite3_stmt *s = NULL;
	fts5_api *api = NULL;
	int rc = sqlite3_prepare_v2(x->db, "select fts5(?1)", -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_pointer(s, 1, (void *)&api, "fts5_api_ptr", NULL);
	if (rc == SQLITE_OK)
		(void)sqlite3_step(s);
	(void)sqlite3_finalize(s);
	return api ? api->xCreateTokenizer(api, "ch_lexer", x, &words, NULL) : SQLITE_ERROR;
}

/* ---- life ---- */

static ch_err err_of(int rc)
{
	return rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW ? CH_OK :
	    rc == SQLITE_NOMEM ? CH_E_NOMEM : CH_E_INTERNAL;
}

static int open_db(struct ch_search_db *x)
{
	static const char schema[] = "pragma temp_store = memory; pragma journal_mode = off;"
	    "create virtual table t using fts5(subject, about, body, content = '', "
	    "columnsize = 0, tokenize = 'ch_lexer');"
	    "insert into t(t, rank) values('hashsize', 16777216);";
	int rc;

	rc = sqlite3_open_v2(":memory:", &x->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
	    SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK)
		rc = add_tokenizer(x);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(x->db, schema, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(x->db, "insert into t(rowid, subject, about, body) "
		    "values(?1, ?2, ?3, ?4)", -1, &x->put, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(x->db, "select rowid from t where t match ?1", -1,
		    &x->find, NULL);
	return rc;
}

ch_err ch_search_db_new(struct ch_search_db **out)
{
	struct ch_search_db *x = ch_alloc(sizeof *x);
	ch_err e = x ? ch_monitor_init(&x->lock) : CH_E_NOMEM;

	*out = NULL;
	if (e != CH_OK) {
		ch_free(x, sizeof *x);
		return e;
	}
	ch_arena_init(&x->arena, ARENA_MAX);
	x->slot = ch_alloc(SLOTS * sizeof *x->slot);
	e = x->slot ? err_of(open_db(x)) : CH_E_NOMEM;
	if (e == CH_OK)
		*out = x;
	else
		ch_search_db_free(x);
	return e;
}

void ch_search_db_free(struct ch_search_db *x)
{
	if (!x)
		return;
	(void)sqlite3_finalize(x->put);
	(void)sqlite3_finalize(x->find);
	(void)sqlite3_close(x->db);
	ch_arena_deinit(&x->arena);
	ch_free(x->doc, x->cap * sizeof *x->doc);
	ch_free(x->slot, SLOTS * sizeof *x->slot);
	ch_monitor_deinit(&x->lock);
	ch_free(x, sizeof *x);
}

/* ---- which papers are in ---- */

static uint32_t hash_of(const char *talks, const char *folder)
{
	uint32_t h = 2166136261u; /* FNV-1a: of our own names */

	for (const char *s = folder; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	for (const char *s = talks; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h;
}

/* The place of that paper, or the free one where it would be. */
static uint32_t *slot_of(struct ch_search_db *x, const char *talks, const char *folder)
{
	uint32_t at = hash_of(talks, folder) & (SLOTS - 1);

	while (x->slot[at] != 0) {
		const struct doc *d = &x->doc[x->slot[at] - 1];

		if (strcmp(d->folder, folder) == 0 && strcmp(d->talks, talks) == 0)
			break;
		at = (at + 1) & (SLOTS - 1);
	}
	return &x->slot[at];
}

bool ch_search_db_has(bool *has_text, struct ch_search_db *x, const char *talks,
    const char *folder)
{
	uint32_t at;

	ch_monitor_enter(&x->lock);
	at = *slot_of(x, talks, folder);
	*has_text = at != 0 && x->doc[at - 1].has_text;
	ch_monitor_leave(&x->lock);
	return at != 0;
}

static ch_err room(struct ch_search_db *x)
{
	size_t cap = x->cap ? 2 * x->cap : 1024;
	struct doc *d;

	if (x->n < x->cap)
		return CH_OK;
	if (x->n >= DOCS_MAX)
		return CH_E_LIMIT;
	d = ch_realloc(x->doc, x->cap * sizeof *d, cap * sizeof *d);
	if (!d)
		return CH_E_NOMEM;
	x->doc = d;
	x->cap = cap;
	return CH_OK;
}

static const char *keep(struct ch_search_db *x, const char *s)
{
	return (const char *)ch_arena_copy(&x->arena, ch_span_str(s)).p;
}

static ch_err note_doc(struct ch_search_db *x, const ch_search_doc *d)
{
	uint32_t *slot = slot_of(x, d->talks, d->folder);
	struct doc fresh = { keep(x, d->talks), keep(x, d->folder), d->has_text, false };

	if (!fresh.talks || !fresh.folder)
		return CH_E_NOMEM;
	if (*slot != 0)
		x->doc[*slot - 1].gone = true;
	x->doc[x->n++] = fresh;
	*slot = (uint32_t)x->n;
	return CH_OK;
}

/* ---- filling and finding ---- */

static int plain(struct ch_search_db *x, const char *sql)
{
	int rc;

	ch_monitor_enter(&x->lock);
	rc = sqlite3_exec(x->db, sql, NULL, NULL, NULL);
	ch_monitor_leave(&x->lock);
	return rc;
}

void ch_search_db_begin(struct ch_search_db *x)
{
	(void)plain(x, "begin");
}

ch_err ch_search_db_end(struct ch_search_db *x)
{
	return err_of(plain(x, "commit"));
}

ch_err ch_search_db_put(struct ch_search_db *x, const ch_search_doc *d)
{
	int rc;
	ch_err e;

	ch_monitor_enter(&x->lock);
	e = room(x);
	if (e == CH_OK) {
		(void)sqlite3_bind_int64(x->put, 1, (sqlite3_int64)x->n + 1);
		(void)sqlite3_bind_text(x->put, 2, d->subject, -1, SQLITE_STATIC);
		(void)sqlite3_bind_text(x->put, 3, d->about, -1, SQLITE_STATIC);
		(void)sqlite3_bind_text(x->put, 4, d->text.n ? (const char *)d->text.p : "",
		    (int)d->text.n, SQLITE_STATIC);
		rc = sqlite3_step(x->put);
		(void)sqlite3_reset(x->put);
		(void)sqlite3_clear_bindings(x->put);
		e = err_of(rc);
	}
	if (e == CH_OK)
		e = note_doc(x, d);
	ch_monitor_leave(&x->lock);
	return e;
}

static ch_err collect(ch_search_hit *hit, size_t *n, struct ch_search_db *x, const char *match)
{
	int rc = sqlite3_bind_text(x->find, 1, match, -1, SQLITE_STATIC);

	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(x->find);
		if (rc != SQLITE_ROW)
			break;
		sqlite3_int64 id = sqlite3_column_int64(x->find, 0);
		if (id < 1 || (size_t)id > x->n || x->doc[id - 1].gone || *n == x->n)
			continue;
		hit[(*n)++] = (ch_search_hit){ x->doc[id - 1].talks, x->doc[id - 1].folder };
	}
	(void)sqlite3_reset(x->find);
	(void)sqlite3_clear_bindings(x->find);
	return err_of(rc);
}

ch_err ch_search_db_find(ch_search_hit **out, size_t *n, struct ch_search_db *x,
    const char *match, struct ch_arena *a)
{
	ch_err e;

	*n = 0;
	ch_monitor_enter(&x->lock);
	*out = ch_arena_alloc(a, (x->n + 1) * sizeof **out);
	e = *out ? CH_OK : CH_E_NOMEM;
	if (e == CH_OK && match[0])
		e = collect(*out, n, x, match);
	ch_monitor_leave(&x->lock);
	return e;
}
