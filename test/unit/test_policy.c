/* Policies: grammar, limits, and the judgement on real cosignatures. */
#include <stdio.h>

#include "tlog.h"

#include "policy.h"

static ch_policy p;

/* `%N` becomes the vkey of witness N, `%lN` that of a log. */
static const char *expand(const char *text)
{
	static char buf[32768];
	struct ch_wr w = ch_wr_of(buf, sizeof buf - 1);
	struct ch_edsecret s;
	ch_vkey k;
	char name[16];

	for (const char *c = text; *c; c++) {
		bool log = c[0] == '%' && c[1] == 'l';

		if (*c != '%') {
			ch_wr_u8(&w, (uint8_t)*c);
			continue;
		}
		c += log ? 2 : 1;
		snprintf(name, sizeof name, "%s%c", log ? "log" : "wit", *c);
		tlog_vkey(&k, &s, name, log ? CH_VKEY_ED25519 : CH_VKEY_COSIGNATURE, (uint8_t)*c);
		ch_vkey_put(&w, &k);
	}
	check_ok(ch_wr_done(&w));
	buf[w.n] = 0;
	return buf;
}

static ch_err parse(const char *text)
{
	return ch_policy_parse(&p, ch_span_str(expand(text)), NULL);
}

static void test_grammar(void **state)
{
	static const char *const good[] = {
		"quorum none\n",
		"  \t\n# c \xff\nlog %l1 https://x\nlog %l2\n\twitness  A\t%1 \nquorum A\n",
		"witness A %1\nwitness B %2\ngroup G all A B\nquorum G\n",
		"witness A %1\nwitness B %2\ngroup G 2 A B\ngroup H any G\nquorum H\n",
		"quorum none\nlog %l1\n",
		"witness all %1\nwitness quorum %2\ngroup any 1 all quorum\nquorum any\n",
	};
	static const char *const bad[] = {
		"", "\n", "# only\n", "log %l1\n", "quorum none", "quorum none\nquorum none\n",
		"quorum A\nwitness A %1\n", "quorum\n", "quorum none x\n", "Quorum none\n",
		"witness none %1\nquorum none\n", "witness A %1\nwitness A %2\nquorum none\n",
		"witness A %1\nwitness B %1\nquorum none\n", "log %l1\nlog %l1\nquorum none\n",
		"witness A %l1\nquorum none\n", "log %1\nquorum none\n", "witness A\nquorum none\n",
		"witness A %1 u v\nquorum none\n",
		"log\nquorum none\n", "log %l1 u v\nquorum none\n",
		"group G any\nquorum none\n", "group G any A\nwitness A %1\nquorum none\n",
		"witness A %1\ngroup G 0 A\nquorum none\n",
		"witness A %1\ngroup G 2 A\nquorum none\n",
		"witness A %1\ngroup G 01 A\nquorum none\n",
		"witness A %1\ngroup G A\nquorum none\n",
		"witness A %1\ngroup G all A A\nquorum none\n",
		"witness A %1\ngroup G any G\nquorum none\n",
		"witness A %1\ngroup A any A\nquorum none\n",
		"witness A %1\ngroup G any none\nquorum none\n",
		"witness A %1\ngroup G any A\ngroup H any A\nquorum none\n",
		"quorum none\r\n", "quorum\vnone\n", "quorum none \x7f\n", "#\f\nquorum none\n",
	};
	struct ch_diag d = { 0 };

	(void)state;
	for (size_t i = 0; i < CH_COUNT(good); i++)
		check_ok(parse(good[i]));
	for (size_t i = 0; i < CH_COUNT(bad); i++) {
		assert_int_not_equal(parse(bad[i]), CH_OK);
		assert_true(check_is_zero(&p, sizeof p));
	}
	check_err(ch_policy_parse(&p, CH_LIT("# x\nquorum A\n"), &d), CH_E_FORMAT);
	assert_int_equal(d.at, 4);
	assert_string_equal(d.what, "quorum not defined before");
}

static void test_limits(void **state)
{
	static char buf[65537];
	struct ch_wr w = ch_wr_of(buf, sizeof buf);

	(void)state;
	memset(buf, '\n', sizeof buf);
	check_err(ch_policy_parse(&p, ch_span_of(buf, sizeof buf), NULL), CH_E_LIMIT);
	for (unsigned n = 0; n <= CH_POLICY_WITNESSES_MAX; n++) {
		struct ch_edsecret s;
		ch_vkey k;
		char line[32];

		snprintf(line, sizeof line, "witness w%u ", n);
		ch_wr_str(&w, line);
		tlog_vkey(&k, &s, "w", CH_VKEY_COSIGNATURE, (uint8_t)n);
		ch_vkey_put(&w, &k);
		CH_WR_LIT(&w, "\n");
		struct ch_wr q = w;
		CH_WR_LIT(&q, "group G all");
		for (unsigned i = 0; i <= n; i++) {
			snprintf(line, sizeof line, " w%u", i);
			ch_wr_str(&q, line);
		}
		CH_WR_LIT(&q, "\nquorum G\n");
		check_err(ch_policy_parse(&p, ch_wr_span(&q), NULL),
		    n < CH_POLICY_WITNESSES_MAX ? CH_OK : CH_E_LIMIT);
		if (n == CH_POLICY_WITNESSES_MAX - 1) {
			assert_true(ch_policy_quorum(&p, UINT64_MAX));
			assert_false(ch_policy_quorum(&p, UINT64_MAX >> 1));
		}
	}
}

#define POLICY "log %l1\nlog %l2\nwitness A %1\nwitness B %2\nwitness C %3\n" \
	"group G 2 A B C\nquorum G\n"

/* A checkpoint of log `l`, cosigned by the witnesses in `who`; `spoil` flips a bit of the last. */
static ch_span make(uint8_t *buf, size_t cap, char l, const char *who, bool spoil)
{
	struct ch_wr w = ch_wr_of(buf, cap);
	struct ch_edsecret s;
	char name[] = "log1";
	ch_vkey k;
	ch_note note;
	ch_checkpoint cp = { .size = 7 };

	name[3] = l;
	tlog_vkey(&k, &s, name, CH_VKEY_ED25519, (uint8_t)l);
	cp.origin = k.name;
	ch_checkpoint_sign(&w, &cp, &s);
	check_ok(ch_note_parse(&note, ch_wr_span(&w), 1024));
	for (; *who; who++) {
		memcpy(name, "wit", 3);
		name[3] = *who;
		tlog_vkey(&k, &s, name, CH_VKEY_COSIGNATURE, (uint8_t)*who);
		ch_cosignature_put(&w, k.name, note.text, 1000 + (uint64_t)*who, &s);
	}
	check_ok(ch_wr_done(&w));
	if (spoil)
		buf[w.n - 10] ^= 1;
	return ch_wr_span(&w);
}

static void test_judgement(void **state)
{
	static const struct {
		char log;
		const char *who;
		bool spoil;
		ch_err open, check;
	} cases[] = {
		{ '1', "12", false, CH_OK, CH_OK }, { '2', "31", false, CH_OK, CH_OK },
		{ '1', "123", false, CH_OK, CH_OK }, { '1', "129", false, CH_OK, CH_OK },
		{ '1', "1", false, CH_OK, CH_E_ABSENT }, { '1', "", false, CH_OK, CH_E_ABSENT },
		{ '1', "11", false, CH_OK, CH_E_ABSENT }, { '1', "19", false, CH_OK, CH_E_ABSENT },
		{ '1', "123", true, CH_OK, CH_E_AUTH }, { '1', "129", true, CH_OK, CH_OK },
		{ '3', "12", false, CH_E_ABSENT, CH_OK }, { '1', "", true, CH_E_AUTH, CH_OK },
	};
	uint8_t buf[2048];
	ch_policy_cosigners who;
	ch_checkpoint cp;
	ch_note note;
	size_t log;

	(void)state;
	check_ok(parse(POLICY));
	for (size_t i = 0; i < CH_COUNT(cases); i++) {
		ch_span in = make(buf, sizeof buf, cases[i].log, cases[i].who, cases[i].spoil);

		check_err(ch_policy_open(&cp, &note, &log, in, &p), cases[i].open);
		if (cases[i].open != CH_OK)
			continue;
		assert_int_equal(log, cases[i].log - '1');
		check_err(ch_policy_check(&who, &p, &note), cases[i].check);
		if (cases[i].check != CH_OK)
			assert_true(check_is_zero(&who, sizeof who));
		else
			assert_int_equal(who.time[0], 1000 + '1');
	}
	check_ok(ch_policy_open(&cp, &note, &log, make(buf, sizeof buf, '1', "3", false), &p));
	check_ok(ch_policy_cosigned(&who, &p, &note));
	assert_int_equal(who.witnesses, 4);
}

/* A quorum is as old as the oldest that it needs; without one, the newest counts. */
static void test_time(void **state)
{
	ch_policy_cosigners who = { .witnesses = 7, .time = { 50, 90, 70 } };
	ch_policy q = { .n_witnesses = 3, .quorum = { .need = 1, .witnesses = 7 } };

	(void)state;
	assert_int_equal(ch_policy_time(&q, &who), 90);
	q.quorum.need = 2;
	assert_int_equal(ch_policy_time(&q, &who), 70);
	q.quorum.need = 3;
	assert_int_equal(ch_policy_time(&q, &who), 50);
	q.quorum.witnesses = 5;
	q.quorum.need = 1;
	assert_int_equal(ch_policy_time(&q, &who), 70);
	who.witnesses = 2;
	assert_int_equal(ch_policy_time(&q, &who), 0);
	q.quorum = (ch_policy_group){ 0 };
	assert_int_equal(ch_policy_time(&q, &who), 90);
	who.witnesses = 0;
	assert_int_equal(ch_policy_time(&q, &who), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grammar),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_judgement),
		cmocka_unit_test(test_time),
	};

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
