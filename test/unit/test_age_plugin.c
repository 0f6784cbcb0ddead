/* The client's side of age's plugin protocol: transcripts, good ones and bad. */
#include "check.h"

#include "age_plugin.h"

#define KEY "AAECAwQFBgcICQoLDA0ODw"
#define TEXT_OK "-> ok\n\n"
#define LINE \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define NO "-> unsupported\n\n"

static struct ch_plugin p;
static uint8_t said[2 * CH_AGE_HEADER_MAX];
static struct ch_wr w;
static const uint8_t quiet[CH_PLUGIN_GREASE] = { 0 };

static void start(bool wrapping)
{
	static const struct ch_file_key key = { { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
		15 } };

	w = ch_wr_of(said, sizeof said);
	if (wrapping)
		ch_plugin_wrap(&w, &p, CH_LIT("age1x1foo"), false, &key, quiet);
	else
		ch_plugin_unwrap(&w, &p, CH_LIT("AGE-PLUGIN-X-1FOO"),
		    CH_LIT("-> X25519 a\nAAAA\n-> other\n\n"), quiet);
	check_ok(w.err);
}

/* Everything before the first event that needs a person or ends, then that event. */
static ch_err hear(ch_plugin_event *ev, ch_span in, size_t piece)
{
	struct ch_rd r = ch_rd_of(in);
	ch_err e;

	for (;;) {
		size_t room, k = piece < ch_rd_left(&r) ? piece : ch_rd_left(&r);

		while ((e = ch_plugin_next(ev, &w, &p)) == CH_OK && *ev == CH_PLUGIN_ANSWERED)
			;
		if (e != CH_OK || *ev != CH_PLUGIN_MORE || ch_rd_at_end(&r))
			return e;
		uint8_t *at = ch_plugin_room(&room, &p);

		k = k < room ? k : room;
		ch_rd_copy(&r, at, k);
		ch_plugin_came(&p, k);
	}
}

static void test_phase_1(void **state)
{
	(void)state;
	start(true);
	check_span(ch_wr_span(&w), "-> add-recipient age1x1foo\n\n-> wrap-file-key\n" KEY "\n"
	    "-> extension-labels\n\n-> done\n\n");
	start(false);
	check_span(ch_wr_span(&w), "-> add-identity AGE-PLUGIN-X-1FOO\n\n"
	    "-> recipient-stanza 0 X25519 a\nAAAA\n-> recipient-stanza 0 other\n\n-> done\n\n");
}

/* Whatever the random bytes, grease is whole stanzas of a command that nobody has. */
static void test_grease(void **state)
{
	static const struct ch_file_key key = { { 0 } };
	unsigned with = 0;

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		uint8_t g[CH_PLUGIN_GREASE];
		unsigned n = 0, known = 0;
		ch_age_stanza s;

		for (unsigned k = 0; k < sizeof g; k++)
			g[k] = (uint8_t)(i * (k + 1) + k);
		w = ch_wr_of(said, sizeof said);
		ch_plugin_wrap(&w, &p, CH_LIT("age1x1foo"), true, &key, g);
		check_ok(w.err);
		struct ch_rd r = ch_rd_of(ch_wr_span(&w));
		while (!ch_rd_at_end(&r)) {
			struct ch_rd t;

			ch_age_stanza_rd(&s, &r);
			check_ok(r.err);
			t = ch_rd_of(s.type);
			known += !ch_rd_starts(&t, CH_LIT("grease-"));
			n++;
		}
		assert_int_equal(known, 4);
		with += n == 5;
	}
	assert_true(with > 128 && with < 256);
}

typedef struct {
	const char *name;
	bool wrapping;
	const char *in, *answers;
	ch_err err;
	ch_plugin_event end;
} transcript;

static const transcript transcripts[] = {
	{ "nothing", true, "", "", CH_OK, CH_PLUGIN_MORE },
	{ "done", true, "-> done\n\n", "", CH_OK, CH_PLUGIN_DONE },
	{ "half a message", true, "-> do", "", CH_OK, CH_PLUGIN_MORE },
	{ "no body yet", true, "-> done\n", "", CH_OK, CH_PLUGIN_MORE },
	{ "a stanza", true, "-> recipient-stanza 0 t a b\nAAAA\n-> done\n\n", TEXT_OK, CH_OK,
	    CH_PLUGIN_DONE },
	{ "labels", true, "-> labels a b\n\n-> done\n\n", TEXT_OK, CH_OK, CH_PLUGIN_DONE },
	{ "no labels", true, "-> labels\n\n-> done\n\n", TEXT_OK, CH_OK, CH_PLUGIN_DONE },
	{ "grease", true, "-> grease-1 2 3\nAAAA\n-> done\n\n", NO, CH_OK, CH_PLUGIN_DONE },
	{ "a key", false, "-> file-key 0\n" KEY "\n-> done\n\n", TEXT_OK, CH_OK, CH_PLUGIN_DONE },
	{ "no key", false, "-> done\n\n", "", CH_OK, CH_PLUGIN_DONE },
	{ "msg", false, "-> msg\nAAAA\n", "", CH_OK, CH_PLUGIN_SHOW },
	{ "public", false, "-> request-public\nAAAA\n", "", CH_OK, CH_PLUGIN_PUBLIC },
	{ "secret", true, "-> request-secret\nAAAA\n", "", CH_OK, CH_PLUGIN_SECRET },
	{ "choice", true, "-> confirm eWVz bm8\nAAAA\n", "", CH_OK, CH_PLUGIN_CHOICE },
	{ "error", true, "-> error internal\nAAAA\n", TEXT_OK, CH_OK, CH_PLUGIN_ERROR },
	{ "error stanza", false, "-> error stanza 0 1\nAAAA\n", TEXT_OK, CH_OK, CH_PLUGIN_ERROR },
	/* of the other conversation */
	{ "a key when wrapping", true, "-> file-key 0\n" KEY "\n", NO, CH_OK, CH_PLUGIN_MORE },
	{ "a stanza when unwrapping", false, "-> recipient-stanza 0 t\n\n", NO, CH_OK,
	    CH_PLUGIN_MORE },
	{ "labels when unwrapping", false, "-> labels a\n\n", NO, CH_OK, CH_PLUGIN_MORE },
	/* broken */
	{ "no stanza", true, "hello\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "two spaces", true, "-> done  x\n\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "padding", true, "-> msg\nAA==\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "CR", true, "-> done\r\n\r\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "done with more", true, "-> done x\n\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "done with a body", true, "-> done\nAAAA\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "a stanza for file 1", true, "-> recipient-stanza 1 t\n\n", "", CH_E_FORMAT,
	    CH_PLUGIN_MORE },
	{ "a stanza for file 00", true, "-> recipient-stanza 00 t\n\n", "", CH_E_FORMAT,
	    CH_PLUGIN_MORE },
	{ "a stanza without type", true, "-> recipient-stanza 0\n\n", "", CH_E_FORMAT,
	    CH_PLUGIN_MORE },
	{ "a stanza without all", true, "-> recipient-stanza\n\n", "", CH_E_FORMAT,
	    CH_PLUGIN_MORE },
	{ "labels twice", true, "-> labels a\n\n-> labels a\n\n", TEXT_OK, CH_E_FORMAT,
	    CH_PLUGIN_MORE },
	{ "one label twice", true, "-> labels a b a\n\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "labels with a body", true, "-> labels a\nAAAA\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "17 labels", true, "-> labels a b c d e f g h i j k l m n o p q\n\n", "", CH_E_LIMIT,
	    CH_PLUGIN_MORE },
	{ "a key twice", false, "-> file-key 0\n" KEY "\n-> file-key 0\n" KEY "\n", TEXT_OK,
	    CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "a short key", false, "-> file-key 0\nAAECAw\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "a long key", false, "-> file-key 0\nAAECAwQFBgcICQoLDA0ODxA\n", "", CH_E_FORMAT,
	    CH_PLUGIN_MORE },
	{ "a key for file 1", false, "-> file-key 1\n" KEY "\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "a key for two", false, "-> file-key 0 1\n" KEY "\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "a choice of none", true, "-> confirm\nAAAA\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "a choice of three", true, "-> confirm YQ Yg Yw\nAAAA\n", "", CH_E_FORMAT,
	    CH_PLUGIN_MORE },
	{ "a choice in bad base64", true, "-> confirm Y!\nAAAA\n", "", CH_E_FORMAT,
	    CH_PLUGIN_MORE },
	{ "an error of nothing", true, "-> error\nAAAA\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
	{ "msg with more", true, "-> msg x\nAAAA\n", "", CH_E_FORMAT, CH_PLUGIN_MORE },
};

static void test_transcripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < CH_COUNT(transcripts); i++)
		for (size_t piece = 1; piece < 70; piece += 17) {
			const transcript *t = &transcripts[i];
			ch_plugin_event ev;
			ch_err e;

			start(t->wrapping);
			w = ch_wr_of(said, sizeof said);
			e = hear(&ev, ch_span_str(t->in), piece);
			if (e != t->err || ev != t->end ||
			    !ch_span_eq(ch_wr_span(&w), ch_span_str(t->answers)))
				fail_msg("%s, pieces of %zu: error %d, event %d, said %.*s",
				    t->name,
				    piece, (int)e, (int)ev, (int)w.n, (const char *)w.p);
			if (t->err != CH_OK) /* it sticks */
				check_err(ch_plugin_next(&ev, &w, &p), t->err);
		}
}

static void test_results(void **state)
{
	ch_plugin_event ev;

	(void)state;
	start(true);
	check_ok(hear(&ev, CH_LIT("-> recipient-stanza 0 one a b\nAAAA\n-> labels z y\n\n"
	    "-> recipient-stanza 0 two\n\n-> done\n\n"), 5));
	check_span(ch_wr_span(&p.out), "-> one a b\nAAAA\n-> two\n\n");
	assert_int_equal(p.n_stanzas, 2);
	assert_true(p.has_labels && !p.has_key);
	check_span(ch_wr_span(&p.labels), "z y");
	start(false);
	check_ok(hear(&ev, CH_LIT("-> file-key 0\n" KEY "\n-> done\n\n"), 5));
	assert_true(p.has_key && p.n_stanzas == 0);
	assert_int_equal(p.key.b[15], 15);
	ch_plugin_wipe(&p);
	assert_true(check_is_zero(&p, sizeof p));
}

static void test_asked(void **state)
{
	ch_plugin_event ev;

	(void)state;
	start(true);
	w = ch_wr_of(said, sizeof said);
	check_ok(hear(&ev, CH_LIT("-> confirm eWVz bm8\nR28/\n"), 100));
	check_span(ch_span_of(p.text, p.n_text), "Go?");
	check_span(ch_span_of(p.yes, p.n_yes), "yes");
	assert_true(p.has_no);
	check_span(ch_span_of(p.no, p.n_no), "no");
	ch_plugin_answer_choice(&w, true);
	ch_plugin_answer_choice(&w, false);
	ch_plugin_answer(&w, true, CH_LIT("1234"));
	ch_plugin_answer(&w, false, CH_LIT("1234"));
	check_span(ch_wr_span(&w), "-> ok yes\n\n-> ok no\n\n-> ok\nMTIzNA\n-> fail\n\n");
	check_ok(hear(&ev, CH_LIT("-> confirm eWVz\nR28/\n"), 100));
	assert_true(!p.has_no && p.n_no == 0);
}

/* ---- too much ---- */

static ch_err flood(const char *text, ch_plugin_event *ev)
{
	ch_err e = CH_OK;

	for (unsigned i = 0; e == CH_OK && i < 3 * CH_PLUGIN_MESSAGES; i++) {
		w = ch_wr_of(said, sizeof said);
		e = hear(ev, ch_span_str(text), SIZE_MAX);
	}
	return e;
}

static void test_floods(void **state)
{
	ch_plugin_event ev;

	(void)state;
	start(true);
	check_err(flood("-> grease\n\n", &ev), CH_E_LIMIT);
	assert_int_equal(p.n_messages, CH_PLUGIN_MESSAGES + 1);
	start(true);
	check_err(flood("-> no-line-ever-ends", &ev), CH_E_LIMIT);
	start(true);
	check_err(flood(LINE, &ev),
	    CH_E_FORMAT);
	start(true);
	check_ok(hear(&ev, CH_LIT("-> msg\n"), SIZE_MAX));
	check_err(flood(LINE, &ev),
	    CH_E_LIMIT);
	assert_true(p.n_messages <= 1);
}

/* A text just too long, in a message that is short enough. */
static void test_long_text(void **state)
{
	const char *line = LINE;
	static char in[CH_PLUGIN_MESSAGE_MAX];
	ch_plugin_event ev;

	(void)state;
	for (unsigned lines = 85; lines <= 86; lines++) { /* 4080 or 4128 bytes */
		size_t n = 0;

		memcpy(in, "-> msg\n", 7);
		n = 7;
		for (unsigned i = 0; i < lines; i++) {
			memcpy(&in[n], line, 65);
			n += 65;
		}
		memcpy(&in[n], "\n", 1);
		start(true);
		check_err(hear(&ev, ch_span_of(in, n + 1), SIZE_MAX),
		    lines == 85 ? CH_OK : CH_E_LIMIT);
	}
}

static void test_labels(void **state)
{
	(void)state;
	assert_true(ch_plugin_labels_eq(CH_LIT(""), CH_LIT("")));
	assert_true(ch_plugin_labels_eq(CH_LIT("a b"), CH_LIT("b a")));
	assert_false(ch_plugin_labels_eq(CH_LIT("a"), CH_LIT("")));
	assert_false(ch_plugin_labels_eq(CH_LIT(""), CH_LIT("a")));
	assert_false(ch_plugin_labels_eq(CH_LIT("a b"), CH_LIT("a")));
	assert_false(ch_plugin_labels_eq(CH_LIT("a"), CH_LIT("a b")));
	assert_true(ch_plugin_labels_have(CH_LIT("x postquantum"), CH_LIT("postquantum")));
	assert_false(ch_plugin_labels_have(CH_LIT("postquantumx"), CH_LIT("postquantum")));
	assert_false(ch_plugin_labels_have(CH_LIT(""), CH_LIT("postquantum")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phase_1),
		cmocka_unit_test(test_grease),
		cmocka_unit_test(test_transcripts),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_floods),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
