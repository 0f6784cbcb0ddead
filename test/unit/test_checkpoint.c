/* Checkpoints and cosignatures. */
#include <stdio.h>

#include "tlog.h"

#include "checkpoint.h"

static const ch_checkpoint sample = {
	.origin = { (const uint8_t *)"reg.example/log", 15 },
	.size = 20852163,
	.root = { { 10, 197, 24, 106, 145 } },
};

static ch_span make(uint8_t *buf, size_t cap, ch_vkey *log, ch_vkey *wit, uint64_t time)
{
	struct ch_edsecret sl, sw;
	struct ch_wr w = ch_wr_of(buf, cap);
	ch_note note;

	tlog_vkey(log, &sl, "reg.example/log", CH_VKEY_ED25519, 1);
	tlog_vkey(wit, &sw, "wit.example/w", CH_VKEY_COSIGNATURE, 2);
	ch_checkpoint_sign(&w, &sample, &sl);
	assert_int_equal(w.err, CH_OK);
	check_ok(ch_note_parse(&note, ch_wr_span(&w), CH_CHECKPOINT_TEXT_MAX));
	ch_cosignature_put(&w, wit->name, note.text, time, &sw);
	check_ok(ch_wr_done(&w));
	return ch_wr_span(&w);
}

static void test_open(void **state)
{
	uint8_t buf[1024];
	ch_vkey log, wit, other;
	struct ch_edsecret s;
	ch_checkpoint cp;
	ch_note note;
	uint64_t t = 0;
	ch_span in = make(buf, sizeof buf, &log, &wit, 1679315147);

	(void)state;
	check_ok(ch_checkpoint_open(&cp, &note, in, &log));
	assert_int_equal(cp.size, sample.size);
	assert_true(ch_hash_eq(&cp.root, &sample.root));
	check_ok(ch_cosignature_verify(&t, &note, &wit));
	assert_int_equal(t, 1679315147);
	/* The wrong kind of key finds no line. */
	check_err(ch_note_verify(&note, &wit), CH_E_ABSENT);
	check_err(ch_cosignature_verify(&t, &note, &log), CH_E_ABSENT);
	assert_int_equal(t, 0);
	tlog_vkey(&other, &s, "other.example/log", CH_VKEY_ED25519, 1);
	check_err(ch_checkpoint_open(&cp, &note, in, &other), CH_E_ABSENT);
	assert_true(check_is_zero(&cp, sizeof cp) && check_is_zero(&note, sizeof note));
}

/* No flipped bit leaves both signatures standing; prefixes never do. */
static void test_spoiled(void **state)
{
	uint8_t buf[1024];
	ch_vkey log, wit;
	ch_checkpoint cp;
	ch_note note;
	uint64_t t;
	ch_span in = make(buf, sizeof buf, &log, &wit, 1);

	(void)state;
	for (size_t i = 0; i < 8 * in.n; i++) {
		buf[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_true(ch_checkpoint_open(&cp, &note, in, &log) != CH_OK ||
		    ch_cosignature_verify(&t, &note, &wit) != CH_OK);
		buf[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (size_t i = 0; i < in.n; i++)
		assert_true(ch_checkpoint_open(&cp, &note, ch_span_of(buf, i), &log) != CH_OK ||
		    ch_cosignature_verify(&t, &note, &wit) != CH_OK);
}

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

static void test_spellings(void **state)
{
	static const char *const good[] = {
		"o\n0\n" ROOT, "o p\n18446744073709551615\n" ROOT, "o\n1\n" ROOT "ext\nline\n",
	};
	static const char *const bad[] = {
		"", "\n1\n" ROOT, "o\n\n" ROOT, "o\n01\n" ROOT, "o\n-1\n" ROOT, "o\n+1\n" ROOT,
		"o\n18446744073709551616\n" ROOT, "o\n1\n\n", "o\n1\n" ROOT "\n", "o\n1 \n" ROOT,
		"o\n1\n" ROOT "ext\n\nline\n", "o\n1\n" ROOT "ext", "o\n0x1\n" ROOT,
		"o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", "o\n1\nAAAA\n",
		"o\tp\n1\n" ROOT, "\xff\n1\n" ROOT,
	};
	uint8_t buf[256];
	ch_checkpoint cp;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(good); i++) {
		struct ch_wr w = ch_wr_of(buf, sizeof buf);

		check_ok(ch_checkpoint_parse(&cp, ch_span_str(good[i])));
		ch_checkpoint_put(&w, &cp);
		check_ok(ch_wr_done(&w));
		assert_true(ch_span_eq(ch_wr_span(&w), ch_span_str(good[i])));
		/* Every prefix is refused, but those that end with a whole extension line. */
		for (size_t n = 0; n < strlen(good[i]); n++)
			if (good[i][n - (n > 0)] != '\n' || n < 4 + sizeof ROOT - 1)
				assert_int_not_equal(
				    ch_checkpoint_parse(&cp, ch_span_of(good[i], n)), CH_OK);
	}
	for (size_t i = 0; i < CH_COUNT(bad); i++) {
		assert_int_not_equal(ch_checkpoint_parse(&cp, ch_span_str(bad[i])), CH_OK);
		assert_true(check_is_zero(&cp, sizeof cp));
	}
}

static void test_limits(void **state)
{
	char text[CH_CHECKPOINT_TEXT_MAX + 2];
	uint8_t buf[2048];
	struct ch_edsecret s;
	ch_vkey k;
	ch_checkpoint cp = sample;

	(void)state;
	for (int over = 0; over < 2; over++) {
		size_t n = (size_t)snprintf(text, sizeof text, "o\n1\n" ROOT);

		memset(text + n, 'e', sizeof text - n);
		text[CH_CHECKPOINT_TEXT_MAX - 1 + over] = '\n';
		check_err(ch_checkpoint_parse(&cp, ch_span_of(text,
		    (size_t)(CH_CHECKPOINT_TEXT_MAX + over))), over ? CH_E_LIMIT : CH_OK);
	}
	tlog_vkey(&k, &s, "n", CH_VKEY_COSIGNATURE, 4);
	struct ch_wr w = ch_wr_of(buf, sizeof buf);
	ch_cosignature_put(&w, k.name, CH_LIT("o\n1\n" ROOT), CH_COSIGNATURE_TIME_MAX, &s);
	check_ok(ch_wr_done(&w));
	w = ch_wr_of(buf, sizeof buf);
	ch_cosignature_put(&w, k.name, CH_LIT("o\n1\n" ROOT), CH_COSIGNATURE_TIME_MAX + 1, &s);
	check_err(ch_wr_done(&w), CH_E_FORMAT);
	w = ch_wr_of(buf, sizeof buf);
	ch_cosignature_put(&w, k.name, CH_LIT("not a checkpoint\n"), 1, &s);
	check_err(ch_wr_done(&w), CH_E_FORMAT);
	/* We write no extension lines, and no origin that cannot name a key. */
	cp = sample;
	cp.ext = CH_LIT("x\n");
	w = ch_wr_of(buf, sizeof buf);
	ch_checkpoint_sign(&w, &cp, &s);
	check_err(ch_wr_done(&w), CH_E_FORMAT);
	cp = sample;
	cp.origin = CH_LIT("a b");
	w = ch_wr_of(buf, sizeof buf);
	ch_checkpoint_sign(&w, &cp, &s);
	check_err(ch_wr_done(&w), CH_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_spoiled),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_limits),
	};

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
