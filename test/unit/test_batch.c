/* What a batch does with operations that fail: alone where they wrote nothing, all of it else. */
#include "register_fixture.h"

#include "news.h"
#include "reg.h"
#include "tidy.h"
#include "upload.h"
#include "warm.h"

static struct ch_reg *reg;

static void never(void *ctx, struct ch_http_req *r)
{
	(void)ctx;
	(void)r;
}

static void begin(struct fixture *f)
{
	const ch_http_config cfg = { .address = "127.0.0.1", .on_head = never };

	reg = calloc(1, sizeof *reg);
	assert_non_null(reg);
	reg->folder = f->folder;
	reg->store = f->store;
	reg->log = f->g;
	reg->last = &reg->first;
	reg->last_unsigned = &reg->first_unsigned;
	ch_buf_init(&reg->erase, 65536);
	ch_buf_init(&reg->noted, 65536);
	ch_buf_init(&reg->taken, 65536);
	check_ok(ch_known_init(&reg->known));
	check_ok(ch_uploads_start(reg));
	check_ok(ch_tidy_start(reg));
	check_ok(ch_warm_start(reg, 0));
	check_ok(ch_own_start(reg, 0));
	check_ok(ch_news_new(reg));
	check_ok(ch_http_server_new(&reg->http, &cfg));
}

static void end(struct fixture *f)
{
	ch_uploads_stop(reg);
	ch_tidy_stop(reg);
	ch_crew_free(reg->crew);
	ch_crew_free(reg->signers);
	ch_http_server_free(reg->http);
	ch_news_free(reg);
	ch_known_deinit(&reg->known);
	ch_buf_deinit(&reg->erase);
	ch_buf_deinit(&reg->noted);
	ch_buf_deinit(&reg->taken);
	free(reg);
	stop(f);
}

/* ---- operations: each is about the party its path names ---- */

static bool enrol(struct ch_reg *r, struct ch_op *op)
{
	check_ok(ch_store_account_add(r->store, op->arg[0], CH_LIT("vkey")));
	op->status = 200;
	return true;
}

static bool refuse(struct ch_reg *r, struct ch_op *op)
{
	(void)r;
	return ch_refuse(op, 409, "stale-roster", "No");
}

static bool want_memory(struct ch_reg *r, struct ch_op *op)
{
	(void)r;
	return ch_fault(op, CH_E_NOMEM);
}

static bool enrol_and_refuse(struct ch_reg *r, struct ch_op *op)
{
	return enrol(r, op) && refuse(r, op);
}

static bool enrol_and_fail(struct ch_reg *r, struct ch_op *op)
{
	return enrol(r, op) && want_memory(r, op);
}

static bool log_and_refuse(struct ch_reg *r, struct ch_op *op)
{
	uint64_t index;

	check_ok(ch_register_add(&index, r->log, CH_K_STATEMENT, CH_LIT("s\n"), CH_LIT("s\n"),
	    NULL));
	return refuse(r, op);
}

static bool is_enrolled(const char *party)
{
	struct ch_arena a;
	ch_span vkey;
	ch_err e;

	ch_arena_init(&a, 65536);
	e = ch_store_account(&vkey, reg->store, &a, ch_span_str(party));
	ch_arena_deinit(&a);
	assert_true(e == CH_OK || e == CH_E_ABSENT);
	return e == CH_OK;
}

/* One batch of three: two that enrol, one between them. Their answers. */
static void batch_with(unsigned status[3], ch_handler between, const char *const *party)
{
	struct ch_op op[3] = { { .run = enrol }, { .run = between }, { .run = enrol } };

	for (unsigned i = 0; i < 3; i++) {
		op[i].arg[0] = ch_span_str(party[i]);
		ch_batch_append(reg, &op[i]);
	}
	ch_batch_turn(reg);
	for (unsigned i = 0; i < 3; i++)
		status[i] = op[i].status;
	assert_int_equal(reg->fatal, CH_OK);
}

static void test_alone(void **state)
{
	static const struct {
		ch_handler run;
		unsigned status;
		const char *party[3];
	} t[] = {
		{ refuse, 409, { "a1.example", "a2.example", "a3.example" } },
		{ want_memory, 500, { "b1.example", "b2.example", "b3.example" } },
	};
	struct fixture *f = start();
	unsigned status[3];

	(void)state;
	begin(f);
	for (size_t i = 0; i < CH_COUNT(t); i++) {
		batch_with(status, t[i].run, t[i].party);
		assert_int_equal(status[0], 200);
		assert_int_equal(status[1], t[i].status);
		assert_int_equal(status[2], 200);
		assert_true(is_enrolled(t[i].party[0]));
		assert_false(is_enrolled(t[i].party[1]));
		assert_true(is_enrolled(t[i].party[2]));
	}
	end(f);
}

/* It takes its batch with it; the next one is none the worse. */
static void test_together(void **state)
{
	static const ch_handler run[] = { enrol_and_refuse, enrol_and_fail, log_and_refuse };
	static const char *const party[3] = { "a1.example", "a2.example", "a3.example" };
	struct fixture *f = start();
	unsigned status[3];
	uint64_t size;

	(void)state;
	begin(f);
	size = f->g->done.size;
	for (size_t i = 0; i < CH_COUNT(run); i++) {
		batch_with(status, run[i], party);
		for (unsigned k = 0; k < 3; k++) {
			assert_int_equal(status[k], 500);
			assert_false(is_enrolled(party[k]));
		}
		assert_int_equal(f->g->next.size, size);
	}
	batch_with(status, enrol, party);
	for (unsigned k = 0; k < 3; k++) {
		assert_int_equal(status[k], 200);
		assert_true(is_enrolled(party[k]));
	}
	end(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
