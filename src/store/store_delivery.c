/* Submissions, pairs, notices and ends. */
#include "store_sql.h"

const char *ch_end_name(ch_end s)
{
	static const char *const name[] = { "open", "delivered", "declined", "taken-back",
		"lapsed" };

	CH_ASSERT((unsigned)s < CH_COUNT(name));
	return name[s];
}

#define COLUMNS                                                                         \
	"submission.idx, l, talks, author, addressee, serial, nonce, envelope, key, pair, " \
	"mailbox, size, lapse, epoch, slot, state, note"
/* In this order: a submission is found, then what it said. */
#define WHOLE "submission CROSS JOIN said ON said.submission = submission.idx"

ch_err ch_store_submission_add(struct ch_store *s, const ch_row_submission *r)
{
	ch_err e = ch_sql_run(s,
	    "INSERT INTO submission VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	    "ihhttihhhhtisiii", r->index, &r->l, &r->talks, r->author, r->addressee, r->serial,
	    &r->nonce, &r->envelope, &r->key, &r->pair, r->mailbox, r->size, r->lapse,
	    r->epoch, r->slot, (uint64_t)r->state);

	if (e != CH_OK)
		return e;
	return ch_sql_run(s, "INSERT INTO said VALUES(?,?)", "ib", r->index, r->note);
}

static ch_end end_of(uint64_t state)
{
	return state <= CH_END_LAPSED ? (ch_end)state : CH_END_LAPSED;
}

static void submission_row(ch_row_submission *out, sqlite3_stmt *q)
{
	*out = (ch_row_submission){
		.index = ch_sql_u64(q, 0),
		.l = ch_sql_hash(q, 1),
		.talks = ch_sql_hash(q, 2),
		.author = ch_sql_span(q, 3),
		.addressee = ch_sql_span(q, 4),
		.serial = ch_sql_u64(q, 5),
		.nonce = ch_sql_hash(q, 6),
		.envelope = ch_sql_hash(q, 7),
		.key = ch_sql_hash(q, 8),
		.pair = ch_sql_hash(q, 9),
		.mailbox = ch_sql_span(q, 10),
		.size = ch_sql_u64(q, 11),
		.lapse = (int64_t)ch_sql_u64(q, 12),
		.epoch = ch_sql_u64(q, 13),
		.slot = ch_sql_u64(q, 14),
		.state = end_of(ch_sql_u64(q, 15)),
		.note = ch_sql_span(q, 16),
	};
}

static ch_err submission_take(ch_row_submission *out, sqlite3_stmt *q, struct ch_arena *a)
{
	submission_row(out, q);
	out->author = ch_arena_copy(a, out->author);
	out->addressee = ch_arena_copy(a, out->addressee);
	out->mailbox = ch_arena_copy(a, out->mailbox);
	out->note = ch_arena_copy(a, out->note);
	ch_sql_end(q);
	if (a->err != CH_OK)
		*out = (ch_row_submission){ 0 };
	return a->err;
}

ch_err ch_store_submission(ch_row_submission *out, struct ch_store *s, struct ch_arena *a,
    const ch_hash *l)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s, "SELECT " COLUMNS " FROM " WHOLE " WHERE l = ?", "h", l);

	*out = (ch_row_submission){ 0 };
	return e == CH_OK ? submission_take(out, q, a) : e;
}

ch_err ch_store_state(ch_end *out, struct ch_store *s, const ch_hash *l)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s, "SELECT state FROM submission WHERE l = ?", "h", l);

	*out = CH_END_OPEN;
	if (e == CH_OK)
		*out = end_of(ch_sql_u64(q, 0));
	ch_sql_end(q);
	return e;
}

ch_err ch_store_by_envelope(ch_row_submission *out, struct ch_store *s, struct ch_arena *a,
    const ch_hash *envelope)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT " COLUMNS " FROM " WHOLE " WHERE envelope = ?", "h", envelope);

	*out = (ch_row_submission){ 0 };
	return e == CH_OK ? submission_take(out, q, a) : e;
}

ch_err ch_store_seen(ch_hash *l, struct ch_store *s, const ch_hash *nonce,
    const ch_hash *envelope, const ch_hash *key)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT l FROM submission WHERE nonce = ? UNION ALL SELECT l FROM submission"
	    " WHERE envelope = ? UNION ALL SELECT l FROM submission WHERE key = ? LIMIT 1", "hhh",
	    nonce, envelope, key);

	*l = (ch_hash){ 0 };
	if (e == CH_OK)
		*l = ch_sql_hash(q, 0);
	ch_sql_end(q);
	return e;
}

/* ---- deposits ---- */

ch_err ch_store_deposits(struct ch_store *s, ch_store_on_deposit on, void *ctx)
{
	sqlite3_stmt *q;
	ch_row_deposit row;
	ch_err e = ch_sql_first(&q, s, "SELECT l, epoch, slot FROM submission WHERE state = 0", "");

	while (e == CH_OK) {
		row = (ch_row_deposit){ ch_sql_hash(q, 0), ch_sql_u64(q, 1), ch_sql_u64(q, 2) };
		if ((e = on(ctx, &row)) != CH_OK)
			break;
		e = ch_sql_next(q);
	}
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}

ch_err ch_store_deposit_under(struct ch_store *s, uint64_t epoch)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT 1 FROM submission WHERE state = 0 AND epoch = ? LIMIT 1", "i", epoch);

	ch_sql_end(q);
	return e;
}

ch_err ch_store_deposit_moved(struct ch_store *s, const ch_hash *l, uint64_t slot)
{
	return ch_sql_run(s, "UPDATE submission SET slot = ? WHERE l = ?", "ih", slot, l);
}

/* ---- pairs ---- */

ch_err ch_store_pair(uint64_t *serial, ch_hash *head, struct ch_store *s, const ch_hash *talks,
    ch_span author, ch_span addressee)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT serial, pair FROM submission WHERE talks = ? AND author = ?"
	    " AND addressee = ? ORDER BY serial DESC LIMIT 1", "htt", talks, author, addressee);

	*serial = 0;
	*head = (ch_hash){ 0 };
	if (e == CH_OK) {
		*serial = ch_sql_u64(q, 0);
		*head = ch_sql_hash(q, 1);
	}
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}

ch_err ch_store_pair_at(ch_hash *head, struct ch_store *s, const ch_hash *talks, ch_span author,
    ch_span addressee, uint64_t serial)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT pair FROM submission WHERE talks = ? AND author = ? AND addressee = ?"
	    " AND serial = ?", "htti", talks, author, addressee, serial);

	*head = (ch_hash){ 0 };
	if (e == CH_OK)
		*head = ch_sql_hash(q, 0);
	ch_sql_end(q);
	return e;
}

ch_err ch_store_pairs_to(struct ch_store *s, const ch_hash *talks, ch_span addressee,
    ch_store_on_pair on, void *ctx)
{
	sqlite3_stmt *q;
	ch_hash head;
	/* SQLite: with max() the other columns are those of the row that has it. */
	ch_err e = ch_sql_first(&q, s,
	    "SELECT author, max(serial), pair FROM submission WHERE talks = ? AND addressee = ?"
	    " GROUP BY author ORDER BY author", "ht", talks, addressee);

	while (e == CH_OK) {
		head = ch_sql_hash(q, 2);
		if ((e = on(ctx, ch_sql_span(q, 0), ch_sql_u64(q, 1), &head)) != CH_OK)
			break;
		e = ch_sql_next(q);
	}
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}

/* ---- lists ---- */

static ch_err each(sqlite3_stmt *q, ch_err e, ch_store_on_submission on, void *ctx)
{
	ch_row_submission row;

	while (e == CH_OK) {
		submission_row(&row, q);
		if ((e = on(ctx, &row)) != CH_OK)
			break;
		e = ch_sql_next(q);
	}
	ch_sql_end(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}

static int64_t after_of(uint64_t after)
{
	return after > INT64_MAX ? -1 : (int64_t)after;
}

ch_err ch_store_mailbox(struct ch_store *s, ch_span mailbox, uint64_t after, unsigned max,
    ch_store_on_submission on, void *ctx)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT " COLUMNS " FROM " WHOLE " WHERE mailbox = ? AND submission.idx > ?"
	    " ORDER BY submission.idx LIMIT ?", "tsi", mailbox, after_of(after), (uint64_t)max);

	return each(q, e, on, ctx);
}

ch_err ch_store_sent(struct ch_store *s, const ch_hash *talks, ch_span author, uint64_t after,
    unsigned max, ch_store_on_submission on, void *ctx)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT " COLUMNS " FROM " WHOLE " WHERE talks = ? AND author = ?"
	    " AND submission.idx > ? ORDER BY submission.idx LIMIT ?", "htsi", talks, author,
	    after_of(after), (uint64_t)max);

	return each(q, e, on, ctx);
}

ch_err ch_store_overdue(struct ch_store *s, int64_t t, ch_span author, unsigned max,
    ch_store_on_submission on, void *ctx)
{
	sqlite3_stmt *q;
	/* The plus: sorted after, so that it looks at what is due and not at all in their order. */
	ch_err e = ch_sql_first(&q, s,
	    "SELECT " COLUMNS " FROM " WHOLE " WHERE state = 0 AND lapse <= ?"
	    " AND (? = '' OR author = ?) ORDER BY +submission.idx LIMIT ?", "stti", t,
	    author, author, (uint64_t)max);

	return each(q, e, on, ctx);
}

ch_err ch_store_open_count(uint64_t *n, struct ch_store *s)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s, "SELECT count(*) FROM submission WHERE state = 0", "");

	*n = 0;
	if (e == CH_OK)
		*n = ch_sql_u64(q, 0);
	ch_sql_end(q);
	return e;
}

/* ---- ends and notices ---- */

ch_err ch_store_end_add(struct ch_store *s, const ch_row_end *r)
{
	ch_err e = ch_sql_run(s, "INSERT INTO ending VALUES(?,?,?,?,?)", "iiibb", r->submission,
	    (uint64_t)r->state, r->index, r->cause, r->checkpoint);

	if (e == CH_OK && r->keybox.n)
		e = ch_sql_run(s, "INSERT INTO keybox VALUES(?,?)", "ib", r->submission, r->keybox);
	if (e != CH_OK)
		return e;
	return ch_sql_run(s, "UPDATE submission SET state = ? WHERE idx = ?", "ii",
	    (uint64_t)r->state, r->submission);
}

ch_err ch_store_end(ch_row_end *out, struct ch_store *s, struct ch_arena *a, uint64_t submission)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT state, idx, cause, checkpoint, keybox FROM ending LEFT JOIN keybox"
	    " ON keybox.submission = ending.submission WHERE ending.submission = ?", "i",
	    submission);

	*out = (ch_row_end){ 0 };
	if (e != CH_OK)
		return e;
	*out = (ch_row_end){
		.submission = submission,
		.state = end_of(ch_sql_u64(q, 0)),
		.index = ch_sql_u64(q, 1),
		.cause = ch_arena_copy(a, ch_sql_span(q, 2)),
		.checkpoint = ch_arena_copy(a, ch_sql_span(q, 3)),
		.keybox = ch_arena_copy(a, ch_sql_span(q, 4)),
	};
	ch_sql_end(q);
	if (a->err != CH_OK)
		*out = (ch_row_end){ 0 };
	return a->err;
}

ch_err ch_store_notice_add(struct ch_store *s, uint64_t submission, ch_span delegate)
{
	return ch_sql_run(s, "INSERT INTO notice VALUES(?,?)", "it", submission, delegate);
}

ch_err ch_store_notice(struct ch_store *s, uint64_t submission, ch_span delegate)
{
	sqlite3_stmt *q;
	ch_err e = ch_sql_first(&q, s,
	    "SELECT 1 FROM notice WHERE submission = ? AND delegate = ?", "it", submission,
	    delegate);

	ch_sql_end(q);
	return e;
}
