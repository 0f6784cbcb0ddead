/* Offline proofs from end to end: a small log, its checkpoint, a witness, a salt as extra data. */
#include "tlog.h"

#include "proof.h"

#define SIZE 11
#define AT 6

static struct ch_proof_facts facts;
static ch_policy policy;
static uint8_t policy_text[1024];
static ch_vkey log_key, wit_key;

static ch_span make(uint8_t *buf, size_t cap, ch_span extra)
{
	static uint8_t note_buf[1024];
	struct ch_wr w = ch_wr_of(buf, cap), n = ch_wr_of(note_buf, sizeof note_buf);
	struct ch_wr pt = ch_wr_of(policy_text, sizeof policy_text);
	ch_hash leaves[SIZE], path[CH_MERKLE_PROOF_MAX];
	ch_checkpoint cp = { .origin = CH_LIT("reg.example/log"), .size = SIZE };
	struct ch_edsecret sl, sw;
	size_t k;
	ch_note note;

	for (uint32_t i = 0; i < SIZE; i++) {
		uint8_t e[4];

		tlog_entry(e, i);
		ch_merkle_leaf(&leaves[i], ch_span_of(e, sizeof e));
	}
	ch_merkle_root(&cp.root, leaves, SIZE);
	check_ok(ch_merkle_array_inclusion(path, &k, leaves, SIZE, AT));
	tlog_vkey(&log_key, &sl, "reg.example/log", CH_VKEY_ED25519, 1);
	tlog_vkey(&wit_key, &sw, "wit.example", CH_VKEY_COSIGNATURE, 2);
	ch_checkpoint_sign(&n, &cp, &sl);
	check_ok(ch_note_parse(&note, ch_wr_span(&n), 1024));
	ch_cosignature_put(&n, wit_key.name, note.text, 77, &sw);
	CH_WR_LIT(&pt, "log ");
	ch_vkey_put(&pt, &log_key);
	CH_WR_LIT(&pt, "\nwitness W ");
	ch_vkey_put(&pt, &wit_key);
	CH_WR_LIT(&pt, "\nquorum W\n");
	check_ok(ch_wr_done(&pt));
	check_ok(ch_policy_parse(&policy, ch_wr_span(&pt), NULL));
	ch_proof_put(&w, extra, AT, path, k, ch_wr_span(&n));
	check_ok(ch_wr_done(&w));
	return ch_wr_span(&w);
}

static void test_verify(void **state)
{
	uint8_t buf[4096], entry[4], salt[32] = { 1, 2, 3 }, got[32];
	ch_span in = make(buf, sizeof buf, ch_span_of(salt, sizeof salt));
	size_t n;

	(void)state;
	tlog_entry(entry, AT);
	check_ok(ch_proof_verify(&facts, in, ch_span_of(entry, 4), &log_key, NULL));
	assert_true(facts.proof.index == AT && facts.tree.size == SIZE);
	assert_int_equal(facts.cosigners.witnesses, 0);
	check_ok(ch_proof_verify(&facts, in, ch_span_of(entry, 4), NULL, &policy));
	check_ok(ch_proof_verify(&facts, in, ch_span_of(entry, 4), &log_key, &policy));
	assert_true(facts.cosigners.witnesses == 1 && facts.cosigners.time[0] == 77);
	check_ok(ch_proof_extra(got, &n, sizeof got, &facts.proof));
	assert_int_equal(n, 32);
	assert_memory_equal(got, salt, 32);
	check_err(ch_proof_extra(got, &n, 31, &facts.proof), CH_E_LIMIT);
	assert_int_equal(n, 0);
	tlog_entry(entry, AT + 1);
	check_err(ch_proof_verify(&facts, in, ch_span_of(entry, 4), &log_key, &policy), CH_E_AUTH);
	assert_true(check_is_zero(&facts, sizeof facts));
}

/* The extra line alone may change: everything else is proved. */
static void test_spoiled(void **state)
{
	uint8_t buf[4096], entry[4];
	ch_span in = make(buf, sizeof buf, (ch_span){ 0 });

	(void)state;
	tlog_entry(entry, AT);
	check_ok(ch_proof_verify(&facts, in, ch_span_of(entry, 4), &log_key, &policy));
	assert_int_equal(facts.proof.extra.n, 0);
	for (size_t i = 0; i < 8 * in.n; i++) {
		buf[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_not_equal(ch_proof_verify(&facts, in, ch_span_of(entry, 4), &log_key,
		    &policy), CH_OK);
		assert_true(check_is_zero(&facts, sizeof facts));
		buf[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (size_t i = 0; i < in.n; i++)
		assert_int_not_equal(ch_proof_verify(&facts, ch_span_of(buf, i),
		    ch_span_of(entry, 4), &log_key, &policy), CH_OK);
}

#define HEAD "c2sp.org/tlog-proof@v1\n"
#define HASH "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

static void test_spellings(void **state)
{
	static const char *const bad[] = {
		HEAD "extra \nindex 0\n\nx\n", HEAD "extra AA\nindex 0\n\nx\n",
		HEAD "extra AA==\nextra AA==\nindex 0\n\nx\n", HEAD "index 00\n\nx\n",
		HEAD "index 0\n\n", HEAD "index 0\n" HASH, HEAD "index 0\n " HASH "\nx\n",
		HEAD "index 0\nindex 0\n\nx\n", HEAD "index 18446744073709551616\n\nx\n",
		HEAD "index 0\n\r\nx\n", "\n" HEAD "index 0\n\nx\n", HEAD "\nindex 0\n\nx\n",
	};
	static char many[70 * sizeof HASH];
	ch_proof proof;

	(void)state;
	check_ok(ch_proof_parse(&proof, CH_LIT(HEAD "extra AA==\nindex 0\n" HASH "\nx\n")));
	for (size_t i = 0; i < CH_COUNT(bad); i++) {
		assert_int_not_equal(ch_proof_parse(&proof, ch_span_str(bad[i])), CH_OK);
		assert_true(check_is_zero(&proof, sizeof proof));
	}
	for (size_t n = CH_MERKLE_PROOF_MAX; n < CH_MERKLE_PROOF_MAX + 2; n++) {
		struct ch_wr w = ch_wr_of(many, sizeof many);

		CH_WR_LIT(&w, HEAD "index 0\n");
		for (size_t i = 0; i < n; i++)
			CH_WR_LIT(&w, HASH);
		CH_WR_LIT(&w, "\nx\n");
		check_err(ch_proof_parse(&proof, ch_wr_span(&w)),
		    n > CH_MERKLE_PROOF_MAX ? CH_E_LIMIT : CH_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_spoiled),
		cmocka_unit_test(test_spellings),
	};

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
