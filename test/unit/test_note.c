/* Signed notes and verifier keys: round trips, and every way to spoil one. */
#include "tlog.h"

#include "note.h"

#define TEXT "From: someone\n\nA text, with an empty line.\n"

static size_t make(uint8_t *buf, size_t cap, ch_vkey *a, ch_vkey *b)
{
	struct ch_edsecret sa, sb;
	struct ch_wr w = ch_wr_of(buf, cap);

	tlog_vkey(a, &sa, "usa.example/alice", CH_VKEY_ED25519, 1);
	tlog_vkey(b, &sb, "fra.example/bob", CH_VKEY_ED25519, 2);
	ch_note_put_text(&w, CH_LIT(TEXT));
	ch_note_sign_line(&w, a->name, CH_LIT(TEXT), &sa);
	ch_note_sign_line(&w, b->name, CH_LIT(TEXT), &sb);
	check_ok(ch_wr_done(&w));
	return w.n;
}

static void test_round_trip(void **state)
{
	uint8_t buf[1024], again[1024];
	struct ch_wr w = ch_wr_of(again, sizeof again);
	ch_vkey a, b, other;
	struct ch_edsecret s;
	ch_note note;
	size_t n = make(buf, sizeof buf, &a, &b);

	(void)state;
	check_ok(ch_note_parse(&note, ch_span_of(buf, n), CH_NOTE_TEXT_MAX));
	check_span(note.text, TEXT);
	assert_int_equal(note.n, 2);
	check_ok(ch_note_line_verify(&note, 0, &a));
	check_err(ch_note_line_verify(&note, 1, &a), CH_E_ABSENT);
	check_ok(ch_note_verify(&note, &a));
	check_ok(ch_note_verify(&note, &b));
	tlog_vkey(&other, &s, "usa.example/alice", CH_VKEY_ED25519, 3);
	check_err(ch_note_verify(&note, &other), CH_E_ABSENT);
	/* The id alone is a claim: with another key behind it, the line is wrong. */
	memcpy(other.id, a.id, sizeof other.id);
	check_err(ch_note_verify(&note, &other), CH_E_AUTH);
	ch_note_put_text(&w, note.text);
	for (size_t i = 0; i < note.n; i++)
		ch_note_put_line(&w, &note.line[i]);
	check_ok(ch_wr_done(&w));
	assert_true(ch_span_eq(ch_wr_span(&w), ch_span_of(buf, n)));
}

/* No prefix but the one that drops the last line is a note. */
static void test_prefixes(void **state)
{
	uint8_t buf[1024];
	ch_vkey a, b;
	ch_note note;
	size_t n = make(buf, sizeof buf, &a, &b), good = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		uint8_t *p = check_copy(buf, i);
		ch_err e = ch_note_parse(&note, ch_span_of(p, i), CH_NOTE_TEXT_MAX);

		if (e == CH_OK) {
			good++;
			assert_int_equal(note.n, 1);
			check_ok(ch_note_verify(&note, &a));
		} else {
			assert_true(check_is_zero(&note, sizeof note));
		}
		free(p);
	}
	assert_int_equal(good, 1);
}

/* Every flipped bit: refused, or read as what it then is and never as signed by both. */
static void test_flips(void **state)
{
	uint8_t buf[1024], again[1024];
	ch_vkey a, b;
	ch_note note;
	size_t n = make(buf, sizeof buf, &a, &b);

	(void)state;
	for (size_t i = 0; i < 8 * n; i++) {
		struct ch_wr w = ch_wr_of(again, sizeof again);

		buf[i / 8] ^= (uint8_t)(1 << i % 8);
		if (ch_note_parse(&note, ch_span_of(buf, n), CH_NOTE_TEXT_MAX) == CH_OK) {
			assert_true(ch_note_verify(&note, &a) != CH_OK ||
			    ch_note_verify(&note, &b) != CH_OK);
			ch_note_put_text(&w, note.text);
			for (size_t k = 0; k < note.n; k++)
				ch_note_put_line(&w, &note.line[k]);
			check_ok(ch_wr_done(&w));
			assert_true(ch_span_eq(ch_wr_span(&w), ch_span_of(buf, n)));
		} else {
			assert_true(check_is_zero(&note, sizeof note));
		}
		buf[i / 8] ^= (uint8_t)(1 << i % 8);
	}
}

static void test_limits(void **state)
{
	static uint8_t text[CH_NOTE_TEXT_MAX + 1], buf[CH_NOTE_TEXT_MAX + 16384];
	uint8_t id[4] = { 1, 2, 3, 4 }, sig[5000] = { 0 }, out[5000];
	ch_note note;
	size_t n;

	(void)state;
	memset(text, 'a', sizeof text);
	for (size_t over = 0; over < 2; over++) {
		struct ch_wr w = ch_wr_of(buf, sizeof buf);
		ch_span t = ch_span_of(text, CH_NOTE_TEXT_MAX + over);

		text[t.n - 1] = '\n';
		ch_note_put_text(&w, t);
		ch_note_put_sig(&w, CH_LIT("x"), id, ch_span_of(sig, sizeof sig));
		check_ok(ch_wr_done(&w));
		check_err(ch_note_parse(&note, ch_wr_span(&w), CH_NOTE_TEXT_MAX),
		    over ? CH_E_LIMIT : CH_OK);
		check_ok(ch_note_parse(&note, ch_wr_span(&w), CH_NOTE_TEXT_MAX_ROSTER));
		check_ok(ch_note_line_sig(out, &n, sizeof out, &note.line[0]));
		assert_int_equal(n, sizeof sig);
		check_err(ch_note_line_sig(out, &n, sizeof sig - 1, &note.line[0]), CH_E_LIMIT);
		assert_int_equal(n, 0);
		text[t.n - 1] = 'a';
	}
	for (size_t lines = CH_NOTE_LINES_MAX; lines < CH_NOTE_LINES_MAX + 2; lines++) {
		struct ch_wr w = ch_wr_of(buf, sizeof buf);

		ch_note_put_text(&w, CH_LIT("t\n"));
		for (size_t i = 0; i < lines; i++)
			ch_note_put_sig(&w, CH_LIT("x"), id, ch_span_of(sig, 64));
		check_ok(ch_wr_done(&w));
		check_err(ch_note_parse(&note, ch_wr_span(&w), 100),
		    lines > CH_NOTE_LINES_MAX ? CH_E_LIMIT : CH_OK);
	}
}

/* One spelling: each of these differs from a good note in one small way. */
static void test_spellings(void **state)
{
	static const char *const bad[] = {
		"t\n\n\xe2\x80\x94 n AQIDBAU\n",           /* no padding          */
		"t\n\n\xe2\x80\x94 n AQIDBAV=\n",          /* unused bits         */
		"t\n\n\xe2\x80\x94 n AQIDBA==\n",          /* id and no signature */
		"t\n\n\xe2\x80\x94 n  AQIDBAU=\n",         /* two spaces          */
		"t\n\n\xe2\x80\x94 n AQIDBAU= \n",         /* trailing space      */
		"t\n\n\xe2\x80\x94 n+m AQIDBAU=\n",        /* plus                */
		"t\n\n\xe2\x80\x94 n\xc2\xa0m AQIDBAU=\n", /* Unicode space       */
		"t\n\n\xe2\x80\x94 \xc3 AQIDBAU=\n",       /* not UTF-8           */
		"t\n\n\xe2\x80\x94  AQIDBAU=\n",           /* no name             */
		"t\n\n- n AQIDBAU=\n",                     /* hyphen              */
		"t\r\n\n\xe2\x80\x94 n AQIDBAU=\n",        /* CR                  */
		"t\t\n\n\xe2\x80\x94 n AQIDBAU=\n",        /* tab                 */
		"t\xed\xa0\x80\n\n\xe2\x80\x94 n AQIDBAU=\n", /* surrogate        */
		"t\n\n\xe2\x80\x94 n AQIDBAU=",            /* no final LF         */
		"t\n\n\xe2\x80\x94 n AQIDBAU=\n\n",        /* empty line behind   */
		"t\n\xe2\x80\x94 n AQIDBAU=\n",            /* no empty line       */
	};
	ch_note note;

	(void)state;
	check_ok(ch_note_parse(&note, CH_LIT("t\n\n\xe2\x80\x94 n AQIDBAU=\n"), 100));
	for (size_t i = 0; i < CH_COUNT(bad); i++)
		assert_int_not_equal(ch_note_parse(&note, ch_span_str(bad[i]), 100), CH_OK);
}

static void test_vkey(void **state)
{
	uint8_t buf[CH_VKEY_MAX];
	struct ch_edsecret s;
	ch_vkey k, back;

	(void)state;
	for (uint8_t type = 0; type < 8; type++) {
		struct ch_wr w = ch_wr_of(buf, sizeof buf);
		bool known = type == CH_VKEY_ED25519 || type == CH_VKEY_COSIGNATURE;

		tlog_vkey(&k, &s, "witness.example/w1", type, 9);
		ch_vkey_put(&w, &k);
		check_ok(ch_wr_done(&w));
		check_err(ch_vkey_parse(&back, ch_wr_span(&w)), known ? CH_OK : CH_E_FORMAT);
		for (size_t i = 0; known && i < 8 * w.n; i++) {
			buf[i / 8] ^= (uint8_t)(1 << i % 8);
			assert_int_not_equal(ch_vkey_parse(&back, ch_wr_span(&w)), CH_OK);
			assert_true(check_is_zero(&back, sizeof back));
			buf[i / 8] ^= (uint8_t)(1 << i % 8);
		}
		for (size_t i = 0; i < w.n; i++)
			assert_int_not_equal(ch_vkey_parse(&back, ch_span_of(buf, i)), CH_OK);
	}
	check_ok(ch_vkey_parse(&back,
	    CH_LIT("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")));
}

/* At every place of a long text: one byte, of which ASCII alone will do and no control character;
 * and a whole character of three bytes. */
static void test_clean(void **state)
{
	uint8_t text[150];
	ch_span s = ch_span_of(text, sizeof text);

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\n';
	for (size_t i = 0; i + 1 < sizeof text; i++) {
		for (unsigned c = 0; c < 256; c++) {
			text[i] = (uint8_t)c;
			assert_int_equal(ch_note_text_is_valid(s),
			    c == '\n' || (c >= 0x20 && c < 0x80));
		}
		text[i] = 'x';
	}
	for (size_t i = 0; i + 3 < sizeof text; i++) {
		memcpy(&text[i], "\xe2\x80\x94", 3);
		assert_true(ch_note_text_is_valid(s));
		text[i + 2] = 'x';
		assert_false(ch_note_text_is_valid(s));
		memset(&text[i], 'x', 3);
	}
}

static void test_writers_refuse(void **state)
{
	uint8_t buf[256] = { 0 };
	struct ch_edsecret s;
	ch_vkey k;

	(void)state;
	tlog_vkey(&k, &s, "n", CH_VKEY_ED25519, 4);
	struct ch_wr w = ch_wr_of(buf, sizeof buf);
	ch_note_put_text(&w, CH_LIT("no LF"));
	check_err(ch_wr_done(&w), CH_E_FORMAT);
	w = ch_wr_of(buf, sizeof buf);
	ch_note_sign_line(&w, CH_LIT("a b"), CH_LIT("t\n"), &s);
	check_err(ch_wr_done(&w), CH_E_FORMAT);
	w = ch_wr_of(buf, 40);
	ch_note_sign_line(&w, CH_LIT("n"), CH_LIT("t\n"), &s);
	check_err(ch_wr_done(&w), CH_E_LIMIT);
	assert_true(check_is_zero(buf, 40));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_vkey),
		cmocka_unit_test(test_writers_refuse),
	};

	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
