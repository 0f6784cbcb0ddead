/* Requests to a witness: the format, and every status the judge can give. */
#include "tlog.h"

#include "witness.h"

#define LEAVES 12

static ch_vkey log_key, other_key;
static struct ch_edsecret log_sec, other_sec;
static ch_witness_log followed;

static ch_hash root_of(size_t n, bool fork)
{
	ch_hash leaves[LEAVES], root;

	for (uint32_t i = 0; i < n; i++) {
		uint8_t e[4];

		tlog_entry(e, fork && i == 0 ? 99 : i);
		ch_merkle_leaf(&leaves[i], ch_span_of(e, sizeof e));
	}
	if (n == 0)
		ch_merkle_empty(&root);
	else
		ch_merkle_root(&root, leaves, n);
	return root;
}

static ch_err fetch(void *ctx, unsigned level, uint64_t index, ch_hash *out)
{
	ch_hash leaves[LEAVES];
	const size_t n = (size_t)1 << level;

	(void)ctx;
	for (uint32_t i = 0; i < n; i++) {
		uint8_t e[4];

		tlog_entry(e, (uint32_t)(index * n) + i);
		ch_merkle_leaf(&leaves[i], ch_span_of(e, sizeof e));
	}
	ch_merkle_root(out, leaves, n);
	return CH_OK;
}

static void set_up(void)
{
	tlog_vkey(&log_key, &log_sec, "log.example", CH_VKEY_ED25519, 1);
	tlog_vkey(&other_key, &other_sec, "log.example", CH_VKEY_ED25519, 2);
	followed = (ch_witness_log){ .origin = CH_LIT("log.example"), .n = 1, .key = { log_key } };
}

/* A signed request from `old` to `size`, with a right proof unless `fork`. */
static ch_span make(uint8_t *buf, size_t cap, uint64_t old, uint64_t size, bool fork,
    const struct ch_edsecret *sec)
{
	uint8_t note[1024];
	struct ch_wr w = ch_wr_of(buf, cap), n = ch_wr_of(note, sizeof note);
	ch_checkpoint cp = { .origin = CH_LIT("log.example"), .size = size };
	ch_hash proof[CH_MERKLE_PROOF_MAX];
	size_t k = 0;

	cp.root = root_of((size_t)size, fork);
	if (old > 0 && old < size)
		check_ok(ch_merkle_prove_consistency(proof, &k, old, size, fetch, NULL));
	ch_checkpoint_sign(&n, &cp, sec);
	ch_witness_put(&w, old, proof, k, ch_wr_span(&n));
	check_ok(ch_wr_done(&w));
	return ch_wr_span(&w);
}

static unsigned judge(ch_witness_state *next, const ch_witness_state *state, ch_span in,
    const ch_witness_log *log)
{
	static ch_witness_request q;
	static ch_note note;
	ch_checkpoint tree;

	check_ok(ch_witness_parse(&q, in));
	check_ok(ch_witness_open(&tree, &note, &q));
	return ch_witness_judge(next, state, log, &q, &tree, &note);
}

static ch_witness_state at(uint64_t size)
{
	return (ch_witness_state){ .any = true, .size = size,
		.root = root_of((size_t)size, false) };
}

static void test_grows(void **state)
{
	ch_witness_state s = { 0 }, next;
	uint8_t buf[8192];

	(void)state;
	set_up();
	for (uint64_t old = 0; old <= LEAVES; old++)
		for (uint64_t size = old; size <= LEAVES; size++) {
			s = old ? at(old) : (ch_witness_state){ 0 };
			assert_int_equal(judge(&next, &s, make(buf, sizeof buf, old, size, false,
			    &log_sec), &followed), 200);
			assert_true(next.any && next.size == size);
		}
}

static void test_statuses(void **state)
{
	const ch_witness_state s = at(5);
	ch_witness_state next;
	uint8_t buf[8192];
	ch_witness_log two = { 0 };
	ch_span in;

	(void)state;
	set_up();
	in = make(buf, sizeof buf, 5, 8, false, &log_sec);
	assert_int_equal(judge(&next, &s, in, NULL), 404);
	assert_memory_equal(&next, &s, sizeof s);
	in = make(buf, sizeof buf, 5, 8, false, &other_sec);
	assert_int_equal(judge(&next, &s, in, &followed), 403);
	two = followed;
	two.key[two.n++] = other_key;
	assert_int_equal(judge(&next, &s, in, &two), 200);
	in = make(buf, sizeof buf, 5, 4, false, &log_sec);
	assert_int_equal(judge(&next, &s, in, &followed), 400);
	in = make(buf, sizeof buf, 4, 8, false, &log_sec);
	assert_int_equal(judge(&next, &s, in, &followed), 409);
	in = make(buf, sizeof buf, 0, 8, false, &log_sec);
	assert_int_equal(judge(&next, &s, in, &followed), 409);
	in = make(buf, sizeof buf, 5, 8, true, &log_sec);
	assert_int_equal(judge(&next, &s, in, &followed), 422);
	in = make(buf, sizeof buf, 5, 5, true, &log_sec);
	assert_int_equal(judge(&next, &s, in, &followed), 422);
	assert_memory_equal(&next, &s, sizeof s);
	in = make(buf, sizeof buf, 5, 5, false, &log_sec);
	assert_int_equal(judge(&next, &s, in, &followed), 200);
}

/* A line that claims the key and does not verify, beside a sound one. */
static void test_two_lines(void **state)
{
	const ch_witness_state s = at(5);
	ch_witness_state next;
	uint8_t buf[4096], more[8192];
	ch_span in;
	struct ch_wr w = ch_wr_of(more, sizeof more);
	uint8_t id[4], sig[64] = { 1 };

	(void)state;
	set_up();
	in = make(buf, sizeof buf, 5, 8, false, &log_sec);
	ch_wr_put(&w, in);
	ch_note_put_sig(&w, CH_LIT("log.example"), log_key.id, ch_span_of(sig, sizeof sig));
	assert_int_equal(judge(&next, &s, ch_wr_span(&w), &followed), 403);
	w = ch_wr_of(more, sizeof more);
	memset(id, 7, sizeof id);
	ch_wr_put(&w, in);
	ch_note_put_sig(&w, CH_LIT("else.example"), id, ch_span_of(sig, sizeof sig));
	assert_int_equal(judge(&next, &s, ch_wr_span(&w), &followed), 200);
}

/* Size zero: the empty root alone, and no proof. */
static void test_empty(void **state)
{
	ch_witness_state s = { 0 }, next;
	uint8_t note[1024], buf[2048];
	struct ch_wr n = ch_wr_of(note, sizeof note), w = ch_wr_of(buf, sizeof buf);
	ch_checkpoint cp = { .origin = CH_LIT("log.example"), .root = root_of(1, false) };

	(void)state;
	set_up();
	ch_checkpoint_sign(&n, &cp, &log_sec);
	ch_witness_put(&w, 0, NULL, 0, ch_wr_span(&n));
	assert_int_equal(judge(&next, &s, ch_wr_span(&w), &followed), 422);
	w = ch_wr_of(buf, sizeof buf);
	n = ch_wr_of(note, sizeof note);
	cp.size = 1;
	ch_checkpoint_sign(&n, &cp, &log_sec);
	ch_witness_put(&w, 0, &cp.root, 1, ch_wr_span(&n));
	assert_int_equal(judge(&next, &s, ch_wr_span(&w), &followed), 422);
}

#define HASH "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		ch_err e;
	} bad[] = {
		{ "", CH_E_TRUNCATED }, { "old", CH_E_TRUNCATED }, { "old 1", CH_E_TRUNCATED },
		{ "old 1\n", CH_E_TRUNCATED }, { "old 1\n\n", CH_E_TRUNCATED },
		{ "old 01\n\nx", CH_E_FORMAT }, { "old -1\n\nx", CH_E_FORMAT },
		{ "old  1\n\nx", CH_E_FORMAT }, { "old \n\nx", CH_E_FORMAT },
		{ "old 1\r\n\nx", CH_E_FORMAT }, { "Old 1\n\nx", CH_E_FORMAT },
		{ "old 18446744073709551616\n\nx", CH_E_LIMIT },
		{ "old 1\nKgE=\n\nx", CH_E_FORMAT },
		{ "old 1\nKgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n\nx", CH_E_FORMAT },
		{ HASH "old 1\n\nx", CH_E_FORMAT },
	};
	static ch_witness_request q;
	static uint8_t many[CH_WITNESS_REQUEST_MAX + 1];
	struct ch_wr w;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		memset(&q, 1, sizeof q);
		if (ch_witness_parse(&q, ch_span_str(bad[i].text)) != bad[i].e)
			fail_msg("%s", bad[i].text);
		assert_true(check_is_zero(&q, sizeof q));
	}
	check_ok(ch_witness_parse(&q, CH_LIT("old 1\n" HASH HASH "\nx")));
	assert_true(q.old == 1 && q.n == 2 && q.hash[1].b[0] == 0x2a);
	check_span(q.checkpoint, "x");
	for (size_t n = 63; n <= 64; n++) {
		w = ch_wr_of(many, sizeof many);
		CH_WR_LIT(&w, "old 1\n");
		for (size_t i = 0; i < n; i++)
			CH_WR_LIT(&w, HASH);
		CH_WR_LIT(&w, "\nx");
		check_err(ch_witness_parse(&q, ch_wr_span(&w)), n == 63 ? CH_OK : CH_E_LIMIT);
	}
	check_err(ch_witness_parse(&q, ch_span_of(many, sizeof many)), CH_E_LIMIT);
}

/* The note that is shown: the log's lines, ours, and no stranger's. */
static void test_note(void **state)
{
	uint8_t buf[4096], out[4096], id[4] = { 7 }, sig[64] = { 1 };
	struct ch_wr w = ch_wr_of(out, sizeof out), more;
	struct ch_edsecret sec;
	static ch_witness_request q;
	static ch_note note, shown;
	ch_checkpoint tree;
	ch_vkey wit;
	uint64_t t;
	size_t line;
	ch_span in;

	(void)state;
	set_up();
	tlog_vkey(&wit, &sec, "wit.example", CH_VKEY_COSIGNATURE, 3);
	in = make(buf, sizeof buf, 0, 5, false, &log_sec);
	more = ch_wr_of(buf, sizeof buf);
	more.n = in.n;
	ch_note_put_sig(&more, CH_LIT("else.example"), id, ch_span_of(sig, sizeof sig));
	check_ok(ch_witness_parse(&q, ch_wr_span(&more)));
	check_ok(ch_witness_open(&tree, &note, &q));
	ch_witness_put_note(&w, &line, &note, &followed, wit.name, 77, &sec);
	check_ok(ch_note_parse(&shown, ch_wr_span(&w), CH_CHECKPOINT_TEXT_MAX));
	assert_int_equal(shown.n, 2);
	check_ok(ch_note_verify(&shown, &log_key));
	check_ok(ch_cosignature_verify(&t, &shown, &wit));
	assert_true(t == 77 && memcmp(&out[line], "\xe2\x80\x94 wit.example ", 16) == 0);
	w = ch_wr_of(out, sizeof out);
	ch_witness_put_note(&w, &line, &note, &followed, wit.name, 0, &sec);
	check_err(ch_wr_done(&w), CH_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_two_lines),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
