/* Drafts: their text, their files, attachments on the way in, and what became of one that left. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "draft.h"
#include "party.h"

static char folder[] = "/tmp/chancery-draft-XXXXXX";
static struct ch_home home;
static struct ch_problem why;
static struct ch_draft a, b;

static int setup(void **state)
{
	char dir[CH_PATH_MAX];

	(void)state;
	assert_non_null(mkdtemp(folder));
	check_ok(ch_crypto_init());
	check_ok(ch_path(dir, "%s/alpha", folder));
	check_ok(ch_party_new(&home, &(ch_party_new_ask){ .handle = CH_LIT("alpha.example"),
	    .title = CH_LIT("A party"), .person = CH_LIT("p.one"), .dir = dir, .work = 1 },
	    CH_LIT("correct horse battery"), &why));
	return 0;
}

static int teardown(void **state)
{
	char cmd[64];

	(void)state;
	ch_home_close(&home);
	(void)snprintf(cmd, sizeof cmd, "rm -rf %s", folder);
	return system(cmd);
}

#define WHOLE \
	"chancery/draft@v1\nsaved 2026-11-25T12:00:00Z\ntalks strait\nto bravo.example\n" \
	"form note\nact proposal\nbasis \nre \nsubject Patrols\ntitle \ncaveat \nanswer-by \n" \
	"operative \ncharacterise \nsaid \n"
#define LATER(lapse) \
	"chancery/draft@v2\nsaved 2026-11-25T12:00:00Z\ntalks strait\nto bravo.example\n" \
	"form note\nact proposal\nbasis \nre \nsubject Patrols\ntitle \ncaveat \nanswer-by \n" \
	"operative \ncharacterise \ndate \nlanguages \ncopy \nmay-confirm \nlapse " lapse "\n" \
	"said \n"
#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void test_text(void **state)
{
	static const char *const bad[] = {
		"", "chancery/draft@v2\n", WHOLE, WHOLE "files 0\n", WHOLE "files 1\n\n",
		LATER("") "files 0\n\n", "chancery/draft@v3\n", WHOLE "lapse 30\nfiles 0\n\n",
		WHOLE "files 100\n\n", WHOLE "files 00\n\n", WHOLE "files 0\nx\n",
		WHOLE "files 1\nfile ../../../etc/passwd 1 " HEX64 " a\n\n",
		WHOLE "files 1\nfile 0123456789abcdef.age 1 " HEX64 " \n\n",
		WHOLE "files 1\nfile 0123456789abcdef.age 01 " HEX64 " a\n\n",
		WHOLE "files 1\nfile 0123456789ABCDEF.age 1 " HEX64 " a\n\n",
	};
	static uint8_t out[4096];
	const ch_span good = CH_LIT(WHOLE "files 1\nfile 0123456789abcdef.age 12 " HEX64
	    " a b.pdf\n\nA text.\r\n\n\nMore");
	const ch_span second = CH_LIT(LATER("30") "files 0\n\nA text.\n");
	struct ch_wr w = ch_wr_of(out, sizeof out);

	(void)state;
	check_ok(ch_draft_parse(&a, good));
	assert_int_equal(a.n_files, 1);
	assert_int_equal(a.file[0].size, 12);
	assert_true(ch_span_eq(a.file[0].name, CH_LIT("a b.pdf")));
	assert_true(ch_span_eq(a.v[CH_DR_SUBJECT], CH_LIT("Patrols")));
	assert_true(ch_span_eq(a.text, CH_LIT("A text.\r\n\n\nMore")));
	check_ok(ch_draft_format(&w, &a));
	assert_true(ch_span_eq(ch_wr_span(&w), good));
	for (size_t i = 0; i < CH_COUNT(bad); i++) {
		assert_int_not_equal(ch_draft_parse(&a, ch_span_str(bad[i])), CH_OK);
		assert_int_equal(a.n_files, 0);
	}
	check_ok(ch_draft_parse(&a, second));
	assert_true(ch_span_eq(a.v[CH_DR_LAPSE], CH_LIT("30")));
	w = ch_wr_of(out, sizeof out);
	check_ok(ch_draft_format(&w, &a));
	assert_true(ch_span_eq(ch_wr_span(&w), second));
	check_ok(ch_draft_parse(&a, good));
	a.v[CH_DR_CAVEAT] = CH_LIT("two\nlines");
	w = ch_wr_of(out, sizeof out);
	assert_int_equal(ch_draft_format(&w, &a), CH_E_FORMAT);
}

static void test_leaving_text(void **state)
{
	static const char *const bad[] = {
		"", "since 2026-11-25T12:00:00Z\ndelay 1\n",
		"talks strait\nsince 2026-11-25T12:00:00Z\n", "talks strait\nsince x\ndelay 1\n",
		"talks strait\nsince 2026-11-25T12:00:00Z\ndelay 604801\n",
		"talks strait\nsince 2026-11-25T12:00:00Z\ndelay 1\nnumber A\n",
		"talks strait\nsince 2026-11-25T12:00:00Z\ndelay 1\nnumber \nnonce " HEX64 "\n",
		"talks strait\nsince 2026-11-25T12:00:00Z\ndelay 1\nnumber A\nnonce " HEX64 "\nx\n",
	};
	const ch_span good[] = { CH_LIT("talks strait\nsince 2026-11-25T12:00:00Z\ndelay 60\n"),
		CH_LIT("talks strait\nsince 2026-11-25T12:00:00Z\ndelay 0\n"
		"number A-B/2026/0001\nnonce " HEX64 "\n") };
	uint8_t out[512];
	ch_leaving l;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(good); i++) {
		struct ch_wr w = ch_wr_of(out, sizeof out);

		check_ok(ch_leaving_parse(&l, good[i]));
		assert_int_equal(l.sealing, i == 1);
		check_ok(ch_leaving_format(&w, &l));
		assert_true(ch_span_eq(ch_wr_span(&w), good[i]));
	}
	for (size_t i = 0; i < CH_COUNT(bad); i++)
		assert_int_not_equal(ch_leaving_parse(&l, ch_span_str(bad[i])), CH_OK);
}

static size_t n_drafts(void)
{
	struct ch_dir d;
	size_t n;

	check_ok(ch_draft_list(&d, &home));
	n = d.n;
	ch_dir_deinit(&d);
	return n;
}

static void test_keep(void **state)
{
	(void)state;
	assert_int_equal(n_drafts(), 0);
	check_ok(ch_draft_begin(&a));
	assert_true(ch_draft_is_id(ch_span_str(a.id)));
	a.v[CH_DR_SUBJECT] = CH_LIT("Patrols");
	a.text = CH_LIT("A text.\n");
	check_ok(ch_draft_save(&a, &home, &why));
	assert_int_equal(n_drafts(), 1);
	check_ok(ch_draft_load(&b, &home, ch_span_str(a.id), &why));
	assert_true(ch_span_eq(b.text, a.text));
	assert_true(ch_span_eq(b.v[CH_DR_SUBJECT], a.v[CH_DR_SUBJECT]));
	ch_draft_deinit(&b);
	assert_int_equal(ch_draft_load(&b, &home, CH_LIT("../../home.txt.."), &why), CH_E_ABSENT);
	assert_int_equal(ch_draft_load(&b, &home, CH_LIT("0123456789abcdef"), &why), CH_E_ABSENT);
	check_ok(ch_draft_discard(&home, a.id, &why));
	check_ok(ch_draft_discard(&home, a.id, &why));
	assert_int_equal(n_drafts(), 0);
}

struct got {
	struct ch_buf b;
};

static ch_err take_in(void *ctx, ch_span bytes)
{
	return ch_buf_put(&((struct got *)ctx)->b, bytes);
}

/* What came in sealed goes out as it was, and under a name that can stand. */
static void test_files(void **state)
{
	static uint8_t bytes[200000];
	struct ch_draft_taking *t;
	static struct ch_letter l;
	char file[sizeof ((ch_draft_file *)0)->file];
	ch_hash with, without;
	ch_letter_ask ask;
	struct got got;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7);
	check_ok(ch_draft_begin(&a));
	check_ok(ch_draft_save(&a, &home, &why));
	check_ok(ch_draft_take(&t, &home, a.id, &why));
	check_ok(ch_draft_take_more(t, ch_span_of(bytes, 1)));
	check_ok(ch_draft_take_more(t, ch_span_of(&bytes[1], sizeof bytes - 1)));
	check_ok(ch_draft_take_end(t, CH_LIT("C:\\maps\\strait.pdf"), &why));
	check_ok(ch_draft_take(&t, &home, a.id, &why));
	assert_int_equal(ch_draft_take_end(t, CH_LIT("a\xe2\x80\xae" "fdp.exe"), &why),
	    CH_E_FORMAT);
	check_ok(ch_draft_take(&t, &home, a.id, &why));
	assert_int_equal(ch_draft_take_end(t, CH_LIT("maps/"), &why), CH_E_FORMAT);
	check_ok(ch_draft_load(&b, &home, ch_span_str(a.id), &why));
	assert_int_equal(b.n_files, 1);
	assert_int_equal(b.file[0].size, sizeof bytes);
	assert_true(ch_span_eq(b.file[0].name, CH_LIT("strait.pdf")));
	l.home = &home;
	ch_arena_init(&l.arena, (size_t)1 << 20);
	check_ok(ch_draft_ask(&ask, &l.arena, &home, &b));
	l.ask = &ask;
	ch_buf_init(&got.b, sizeof bytes);
	check_ok(ch_letter_file(&l, 0, take_in, &got));
	assert_int_equal(got.b.n, sizeof bytes);
	assert_memory_equal(got.b.p, bytes, sizeof bytes);
	ch_buf_deinit(&got.b);
	ch_arena_deinit(&l.arena);
	ch_draft_digest(&with, &b, true);
	ch_draft_digest(&without, &b, false);
	assert_false(ch_hash_eq(&with, &without));
	memcpy(file, b.file[0].file, sizeof file);
	ch_draft_deinit(&b);
	assert_int_equal(ch_draft_remove_file(&home, ch_span_str(a.id), CH_LIT("no.age"), &why),
	    CH_E_ABSENT);
	check_ok(ch_draft_remove_file(&home, ch_span_str(a.id), ch_span_str(file), &why));
	check_ok(ch_draft_load(&b, &home, ch_span_str(a.id), &why));
	assert_int_equal(b.n_files, 0);
	ch_draft_deinit(&b);
	check_ok(ch_draft_discard(&home, a.id, &why));
}

/* A crash in the middle of an upload leaves nothing behind the next sweep. */
static void test_sweep(void **state)
{
	struct ch_draft_taking *t;
	struct ch_dir d;
	char path[CH_PATH_MAX];

	(void)state;
	check_ok(ch_draft_begin(&a));
	check_ok(ch_draft_save(&a, &home, &why));
	check_ok(ch_draft_take(&t, &home, a.id, &why));
	check_ok(ch_draft_take_end(t, CH_LIT("kept.txt"), &why));
	check_ok(ch_home_path(path, &home, "drafts/%s/.tmp-x", a.id));
	check_ok(ch_file_write(path, CH_LIT("half"), 0600));
	check_ok(ch_home_path(path, &home, "drafts/%s/0123456789abcdef.age", a.id));
	check_ok(ch_file_write(path, CH_LIT("nobody's"), 0600));
	ch_draft_sweep(&home);
	check_ok(ch_home_path(path, &home, "drafts/%s", a.id));
	check_ok(ch_dir_list(&d, path, 100));
	assert_int_equal(d.n, 2);
	ch_dir_deinit(&d);
	check_ok(ch_draft_discard(&home, a.id, &why));
}

static void test_state(void **state)
{
	ch_leaving l = { .talks = "strait", .since = 1790000000, .delay = 60 }, got;
	ch_draft_state s;
	char path[CH_PATH_MAX];

	(void)state;
	check_ok(ch_draft_begin(&a));
	check_ok(ch_draft_save(&a, &home, &why));
	check_ok(ch_draft_state_of(&s, &got, &home, a.id));
	assert_int_equal(s, CH_DRAFT_OPEN);
	check_ok(ch_leaving_save(&l, &home, a.id));
	check_ok(ch_draft_state_of(&s, &got, &home, a.id));
	assert_int_equal(s, CH_DRAFT_WANTED);
	l.sealing = true;
	(void)snprintf(l.number, sizeof l.number, "A-B/2026/0001");
	memset(l.nonce.b, 0xab, sizeof l.nonce.b);
	check_ok(ch_leaving_save(&l, &home, a.id));
	check_ok(ch_draft_state_of(&s, &got, &home, a.id));
	assert_int_equal(s, CH_DRAFT_BACK);
	check_ok(ch_home_path(path, &home, "outbox/rejected-abababababababababababababababab"
	    "abababababababababababababababab"));
	check_ok(ch_dir_make(path));
	check_ok(ch_draft_state_of(&s, &got, &home, a.id));
	assert_int_equal(s, CH_DRAFT_REJECTED);
	check_ok(ch_home_path(path, &home, "outbox/abababababababababababababababab"
	    "abababababababababababababababab"));
	check_ok(ch_dir_make(path));
	check_ok(ch_draft_state_of(&s, &got, &home, a.id));
	assert_int_equal(s, CH_DRAFT_STAGED);
	check_ok(ch_leaving_end(&home, a.id));
	check_ok(ch_leaving_end(&home, a.id));
	check_ok(ch_draft_state_of(&s, &got, &home, a.id));
	assert_int_equal(s, CH_DRAFT_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_leaving_text),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_state),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
