/* Parties and talks on file, without a network: rosters, words, invitation, answer, charter. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "talks.h"

#define PASS CH_LIT("correct horse battery")

static char folder[] = "/tmp/chancery-talks-XXXXXX";
static struct ch_home alpha, bravo, charlie;
static struct ch_problem why;
static uint8_t card_bytes[2048];
static ch_span card;
static char vkey_text[CH_VKEY_MAX + 1], cosigner_text[CH_VKEY_MAX + 1];

static void make(struct ch_home *h, const char *handle)
{
	char dir[CH_PATH_MAX];

	memset(&why, 0, sizeof why);
	check_ok(ch_path(dir, "%s/%s", folder, handle));
	check_ok(ch_party_new(h, &(ch_party_new_ask){ .handle = ch_span_str(handle),
	    .title = CH_LIT("A party"), .person = CH_LIT("p.one"), .dir = dir, .work = 1 }, PASS,
	    &why));
}

static void make_card(void)
{
	struct ch_secret32 seed = { { 7 } }, seed2 = { { 8 } };
	struct ch_edsecret sec, sec2;
	struct ch_wr a = ch_wr_of(vkey_text, CH_VKEY_MAX), b = ch_wr_of(cosigner_text, CH_VKEY_MAX);
	uint8_t text[1024];
	struct ch_wr t = ch_wr_of(text, sizeof text), n = ch_wr_of(card_bytes, sizeof card_bytes);
	ch_stmt s = { .kind = CH_K_REGISTRY };
	ch_edkey pub, pub2;
	ch_vkey v;

	ch_ed25519_keypair(&pub, &sec, &seed);
	ch_ed25519_keypair(&pub2, &sec2, &seed2);
	ch_vkey_make(&v, CH_LIT("reg.example"), CH_VKEY_ED25519, &pub);
	ch_vkey_put(&a, &v);
	ch_vkey_make(&v, CH_LIT("reg.example"), CH_VKEY_COSIGNATURE, &pub2);
	ch_vkey_put(&b, &v);
	s.v[CH_RG_REGISTRY] = CH_LIT("reg.example");
	s.v[CH_RG_VKEY] = ch_wr_span(&a);
	s.v[CH_RG_COSIGNER] = ch_wr_span(&b);
	s.v[CH_RG_TIME] = CH_LIT("2026-11-25T12:00:00Z");
	check_ok(ch_stmt_format(&t, &s));
	ch_note_put_text(&n, ch_wr_span(&t));
	ch_note_sign_line(&n, CH_LIT("reg.example"), ch_wr_span(&t), &sec);
	check_ok(ch_wr_done(&n));
	card = ch_span_of(card_bytes, n.n);
}

static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	check_ok(ch_crypto_init());
	make(&alpha, "alpha.example");
	make(&bravo, "bravo.example");
	make(&charlie, "charlie.example");
	make_card();
	return 0;
}

static int teardown(void **state)
{
	char cmd[128];

	(void)state;
	ch_home_close(&alpha);
	ch_home_close(&bravo);
	ch_home_close(&charlie);
	(void)snprintf(cmd, sizeof cmd, "rm -rf %s", folder);
	return system(cmd) == 0 ? 0 : -1;
}

static void test_words(void **state)
{
	char words[CH_WORDS_LEN + 1];

	(void)state;
	ch_party_words(words, CH_LIT(""));
	/* SHA-256 of nothing begins e3b0 c442 98fc 1c14 9afb. */
	assert_string_equal(words, "vavub-sidaf-nogus-dubih-norur");
}

static void test_renew(void **state)
{
	struct ch_roster_file one = { 0 }, two = { 0 };
	uint64_t version;
	ch_item it;

	(void)state;
	memset(&why, 0, sizeof why);
	check_ok(ch_party_renew(&version, &alpha, CH_LIT("reg.example"), false, PASS, &why));
	assert_int_equal(version, 2);
	check_ok(ch_party_renew(&version, &alpha, CH_LIT("reg.example"), false, PASS, &why));
	assert_int_equal(version, 2);
	check_ok(ch_party_roster(&one, &alpha, CH_LIT("alpha.example"), 1, &why));
	check_ok(ch_party_roster(&two, &alpha, CH_LIT("alpha.example"), 0, &why));
	assert_int_equal(two.version, 2);
	check_ok(ch_roster_follows(&two.roster, &one.roster, NULL));
	check_ok(ch_stmt_item(&it, &two.roster.stmt, CH_ROSTER_REGISTRIES, 0));
	check_span(it.v[CH_REG_ORIGIN], "reg.example");
	assert_int_equal(it.v[CH_REG_MAILBOX].n, 32);
	check_err(ch_party_renew(&version, &alpha, CH_LIT(""), true, CH_LIT("no"), &why),
	    CH_E_LOCKED);
	assert_int_equal(version, 0);
	ch_roster_file_deinit(&one);
	ch_roster_file_deinit(&two);
}

static void test_keep(void **state)
{
	struct ch_roster_file a1 = { 0 }, a2 = { 0 };
	uint64_t version;

	(void)state;
	memset(&why, 0, sizeof why);
	check_ok(ch_party_renew(&version, &alpha, CH_LIT("reg.example"), true, PASS, &why));
	check_ok(ch_party_roster(&a1, &alpha, CH_LIT("alpha.example"), 1, &why));
	check_ok(ch_party_roster(&a2, &alpha, CH_LIT("alpha.example"), 2, &why));
	check_err(ch_party_keep(&charlie, ch_buf_span(&a1.bytes), (ch_span){ 0 }, false, NULL),
	    CH_E_ABSENT);
	check_ok(ch_party_keep(&charlie, ch_buf_span(&a1.bytes), (ch_span){ 0 }, true, NULL));
	check_ok(ch_party_keep(&charlie, ch_buf_span(&a1.bytes), (ch_span){ 0 }, true, NULL));
	check_ok(ch_party_keep(&charlie, ch_buf_span(&a2.bytes), (ch_span){ 0 }, false, NULL));
	ch_roster_file_deinit(&a2);
	check_ok(ch_party_roster(&a2, &alpha, CH_LIT("alpha.example"), version, &why));
	if (version > 3) /* leaves a hole */
		check_err(ch_party_keep(&charlie, ch_buf_span(&a2.bytes), (ch_span){ 0 }, false,
		    NULL), CH_E_CONFLICT);
	a1.bytes.p[40] ^= 1;
	assert_int_not_equal(ch_party_keep(&charlie, ch_buf_span(&a1.bytes), (ch_span){ 0 }, true,
	    NULL), CH_OK);
	ch_roster_file_deinit(&a1);
	ch_roster_file_deinit(&a2);
}

static void open_talks(void)
{
	ch_talks_ask ask = { .name = CH_LIT("strait"), .code = CH_LIT("ALPHA"), .n = 1,
		.with = { { CH_LIT("bravo.example"), CH_LIT("BRAVO") } },
		.origin = CH_LIT("reg.example"), .url = CH_LIT("http://127.0.0.1:8080"),
		.vkey = ch_span_str(vkey_text), .cosigner = ch_span_str(cosigner_text) };

	memset(&why, 0, sizeof why);
	check_ok(ch_watch_pin(&alpha, card, CH_LIT("http://127.0.0.1:8080/"), &why));
	if (ch_talks_open(&alpha, &ask, &why) != CH_OK) fail_msg("%s", why.text);
	check_err(ch_talks_open(&alpha, &ask, NULL), CH_E_CONFLICT);
	ask.name = CH_LIT("other");
	ask.with[0].code = CH_LIT("ALPHA");
	check_err(ch_talks_open(&alpha, &ask, NULL), CH_E_FORMAT);
	ask.with[0].code = CH_LIT("bravo");
	check_err(ch_talks_open(&alpha, &ask, NULL), CH_E_FORMAT);
}

static void test_invite_and_join(void **state)
{
	struct ch_buf pack, letter, answer, text;
	struct ch_invitation in;
	struct ch_talks t;
	struct ch_wr w;
	ch_span one;
	uint8_t *at;
	ch_charter c;

	(void)state;
	open_talks();
	ch_buf_init(&pack, CH_PACK_MAX);
	ch_buf_init(&letter, 65536);
	ch_buf_init(&answer, CH_PACK_MAX);
	ch_buf_init(&text, CH_STMT_MAX);
	check_ok(ch_talks_load(&t, &alpha, NULL, &why));
	assert_int_equal(t.state, CH_TALKS_DRAFT);
	check_err(ch_talks_invite(&pack, &letter, &alpha, &t, CH_LIT("delta.example"), NULL),
	    CH_E_ABSENT);
	check_ok(ch_talks_invite(&pack, &letter, &alpha, &t, CH_LIT("bravo.example"), &why));

	check_err(ch_invitation_read(&in, &charlie, ch_buf_span(&pack), NULL), CH_E_ABSENT);
	for (size_t n = 0; n < pack.n; n += 13)
		assert_int_not_equal(ch_invitation_read(&in, &bravo, ch_span_of(pack.p, n), NULL),
		    CH_OK);
	for (size_t i = 0; i < pack.n; i += 29) { /* whatever is changed inside is noticed */
		pack.p[i] ^= 2;
		if (ch_invitation_read(&in, &bravo, ch_buf_span(&pack), NULL) == CH_OK) {
			/* only terms may differ without a signature: they are shown and compared */
			assert_true(in.charter.v[CH_CHARTER_NAME].n > 0);
		}
		pack.p[i] ^= 2;
	}
	check_ok(ch_invitation_read(&in, &bravo, ch_buf_span(&pack), &why));
	check_span(in.code, "BRAVO");
	check_ok(ch_talks_join(&bravo, &in, &why));
	check_ok(ch_talks_join(&bravo, &in, &why)); /* again: no harm */
	check_ok(ch_talks_answer(&answer, &bravo, &why));

	ch_talks_deinit(&t);
	check_ok(ch_talks_load(&t, &alpha, "strait", &why));
	check_ok(ch_buf_reserve(&at, &text, CH_STMT_MAX));
	w = ch_wr_of(at, CH_STMT_MAX);
	memset(&why, 0, sizeof why);
	check_err(ch_talks_build(&w, &alpha, &t, NULL, 0, &why), CH_E_ABSENT);
	assert_true(strstr(why.text, "bravo.example") != NULL);
	w = ch_wr_of(at, CH_STMT_MAX);
	one = ch_buf_span(&answer);
	memset(&why, 0, sizeof why);
	check_ok(ch_talks_build(&w, &alpha, &t, &one, 1, &why));
	check_ok(ch_charter_parse(&c, ch_wr_span(&w), NULL));
	assert_int_equal(c.n, 2);
	ch_buf_reset(&letter);
	check_ok(ch_talks_words(&letter, &c.stmt));
	ch_talks_deinit(&t);
	check_ok(ch_talks_load(&t, &bravo, NULL, &why));
	assert_int_equal(t.state, CH_TALKS_INVITED);
	ch_talks_deinit(&t);
	ch_buf_deinit(&pack);
	ch_buf_deinit(&letter);
	ch_buf_deinit(&answer);
	ch_buf_deinit(&text);
}

static void test_pin(void **state)
{
	uint8_t other[2048];

	(void)state;
	memcpy(other, card.p, card.n);
	check_err(ch_watch_pin(&charlie, ch_span_of(other, card.n - 1), CH_LIT("http://x"), NULL),
	    CH_E_TRUNCATED);
	other[100] ^= 1;
	assert_int_not_equal(ch_watch_pin(&charlie, ch_span_of(other, card.n), CH_LIT("http://x"),
	    NULL), CH_OK);
	check_ok(ch_watch_pin(&charlie, card, CH_LIT("http://x.example"), NULL));
	check_ok(ch_watch_pin(&charlie, card, CH_LIT("http://y.example"), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_renew),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_pin),
		cmocka_unit_test(test_invite_and_join),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
