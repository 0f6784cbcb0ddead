/* Charters, pair chains and the trust file. */
#include "world.h"

#include <stdio.h>

#include "pair.h"

static void charter_judged(void **state)
{
	static struct world w;
	ch_roster a, b;
	const ch_roster *both[2] = { &a, &b }, *one[2] = { &a, NULL }, *wrong[2] = { &b, &a };
	ch_charter_signed s;
	ch_charter_party p;
	ch_charter_registry g;
	ch_charter c;
	ch_note n;
	uint32_t at;

	(void)state;
	world_start(&w, false);
	check_ok(ch_roster_open(&a, w.party[0].roster, NULL, NULL));
	check_ok(ch_roster_open(&b, w.party[1].roster, NULL, NULL));
	check_ok(ch_note_parse(&n, w.charter, CH_NOTE_TEXT_MAX));
	check_ok(ch_charter_parse(&c, n.text, NULL));
	assert_true(ch_hash_eq(&c.talks, &c.hash));
	check_ok(ch_charter_find(&p, &at, &c, CH_LIT("bravo.example")));
	assert_int_equal(at, 1);
	check_span(p.code, "BRAVO");
	check_ok(ch_charter_find_code(&p, &at, &c, CH_LIT("ALPHA")));
	check_span(p.handle, "alpha.example");
	check_err(ch_charter_find_code(&p, &at, &c, CH_LIT("GAMMA")), CH_E_ABSENT);
	check_ok(ch_charter_find_registry(&g, &c, w.origin));
	assert_true(g.has_cosigner);

	check_ok(ch_charter_judge(&s, &c, &n, both));
	assert_true(s.complete);
	check_err(ch_charter_judge(&s, &c, &n, one), CH_E_FORMAT); /* a line by nobody known */
	check_err(ch_charter_judge(&s, &c, &n, wrong), CH_E_CONFLICT);
	n.n = 1;
	check_ok(ch_charter_judge(&s, &c, &n, both));
	assert_false(s.complete);
	assert_int_equal(s.missing, 2);
	check_ok(ch_note_parse(&n, w.charter, CH_NOTE_TEXT_MAX));

	ch_note_line first = n.line[0];

	n.line[0] = n.line[1];
	n.line[1] = first; /* party order */
	check_err(ch_charter_judge(&s, &c, &n, both), CH_E_FORMAT);
	world_stop(&w);
}

/* What a caller read once is answered from there, and nowhere else. */
static void charter_read(void **state)
{
	static struct world w;
	ch_charter_party party[2], p;
	ch_charter_registry registry[1], g;
	ch_charter c;
	ch_note n;
	uint32_t at;

	(void)state;
	world_start(&w, false);
	check_ok(ch_note_parse(&n, w.charter, CH_NOTE_TEXT_MAX));
	check_ok(ch_charter_parse(&c, n.text, NULL));
	assert_null(c.party);
	assert_null(c.registry);
	assert_int_equal(c.n, CH_COUNT(party));
	assert_int_equal(c.stmt.count[CH_CHARTER_REGISTRIES], CH_COUNT(registry));
	ch_charter_party_at(&party[0], &c, 0);
	ch_charter_party_at(&party[1], &c, 1);
	ch_charter_registry_at(&registry[0], &c, 0);
	party[1].roster.n = 77;
	registry[0].url = CH_LIT("as read");
	c.party = party;
	c.registry = registry;
	check_ok(ch_charter_find(&p, &at, &c, CH_LIT("bravo.example")));
	assert_int_equal(at, 1);
	assert_int_equal(p.roster.n, 77);
	check_span(p.code, "BRAVO");
	check_err(ch_charter_find(&p, &at, &c, CH_LIT("gamma.example")), CH_E_ABSENT);
	check_ok(ch_charter_find_code(&p, &at, &c, CH_LIT("ALPHA")));
	assert_int_equal(at, 0);
	check_ok(ch_charter_find_registry(&g, &c, w.origin));
	check_span(g.url, "as read");
	check_err(ch_charter_find_registry(&g, &c, CH_LIT("other.example")), CH_E_ABSENT);
	world_stop(&w);
}

static void effects(void **state)
{
	static struct world w;
	ch_charter c;
	ch_note n;

	(void)state;
	world_start(&w, false);
	check_ok(ch_note_parse(&n, w.charter, CH_NOTE_TEXT_MAX));
	check_ok(ch_charter_parse(&c, n.text, NULL));
	assert_int_equal(ch_charter_effect(&c, CH_LIT("acceptance")), CH_EFFECT_REGISTRATION);
	assert_int_equal(ch_charter_effect(&c, CH_LIT("rejection")), CH_EFFECT_NOTICE);
	assert_int_equal(ch_charter_effect(&c, CH_LIT("invitation")), CH_EFFECT_NOTICE);
	assert_int_equal(ch_charter_effect(&c, CH_LIT("request")), CH_EFFECT_NOTICE);
	assert_int_equal(ch_charter_effect(&c, CH_LIT("offer")), CH_EFFECT_RECEIPT);
	world_stop(&w);
}

/* Text replaced in the charter, of equal or other length, parsed again. */
static ch_err bent(struct world *w, const char *from, const char *to)
{
	ch_note n;
	ch_charter c;
	char *text, *at;
	static char out[16384];
	ch_err e;

	check_ok(ch_note_parse(&n, w->charter, CH_NOTE_TEXT_MAX));
	text = strndup((const char *)n.text.p, n.text.n);
	at = strstr(text, from);
	assert_non_null(at);
	*at = 0;
	int k = snprintf(out, sizeof out, "%s%s%s", text, to, at + strlen(from));

	free(text);
	e = ch_charter_parse(&c, ch_span_of(out, (size_t)k), NULL);
	if (e != CH_OK)
		assert_true(check_is_zero(&c, sizeof c));
	return e;
}

static void charter_refused(void **state)
{
	static struct world w;

	(void)state;
	world_start(&w, false);
	check_ok(bent(&w, "strait-2026", "strait-2027"));
	check_err(bent(&w, "code BRAVO", "code ALPHA"), CH_E_FORMAT);
	check_err(bent(&w, "version 1", "version 2"), CH_E_FORMAT);
	check_err(bent(&w, "party alpha.example\nversion", "party gamma.example\nversion"),
	    CH_E_FORMAT);
	check_err(bent(&w, "effective-on-receipt -", "effective-on-receipt rejection"),
	    CH_E_FORMAT);
	check_err(bent(&w, "chancery/charter", "chancery-exercise/charter"), CH_E_FORMAT);
	check_err(bent(&w, "party bravo.example\ncode", "party aaaaa.example\ncode"), CH_E_FORMAT);
	world_stop(&w);
}

static void pairs(void **state)
{
	ch_hash l[3];
	ch_ref all, step = { 0 }, real;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		memset(&l[i], (int)i + 1, sizeof l[i]);
	ch_pair_replay(&all, l, 3, false);
	for (size_t i = 0; i < 3; i++) {
		ch_ref last = step;

		ch_pair_step(&step, &l[i], false);
		assert_true(ch_pair_fits(&step, &last, &l[i], false));
		assert_false(ch_pair_fits(&step, &last, &l[i], true));
		assert_false(ch_pair_fits(&step, &last, &l[(i + 1) % 3], false));
		assert_false(ch_pair_fits(&step, &step, &l[i], false));
	}
	assert_int_equal(all.n, 3);
	assert_true(ch_hash_eq(&all.hash, &step.hash));
	ch_pair_replay(&real, l, 3, true);
	assert_false(ch_hash_eq(&all.hash, &real.hash));
	ch_pair_replay(&real, l, 2, false);
	assert_false(ch_hash_eq(&all.hash, &real.hash));
}

static void trust_file(void **state)
{
	static struct world w;
	ch_trust t;
	struct ch_diag diag;
	ch_span text;
	char *twice;
	int k;

	(void)state;
	world_start(&w, false);
	text = world_trust(&w);
	check_ok(ch_trust_parse(&t, text, &diag));
	assert_int_equal(t.n_registries, 1);
	assert_int_equal(t.n_parties, 2);
	assert_non_null(ch_trust_registry(&t, w.origin));
	assert_null(ch_trust_registry(&t, CH_LIT("other.example")));
	assert_non_null(ch_trust_party_key(&t, CH_LIT("bravo.example")));
	assert_null(ch_trust_party_key(&t, CH_LIT("brav0.example")));
	check_ok(ch_trust_parse(&t, CH_LIT(""), NULL));
	check_ok(ch_trust_parse(&t, CH_LIT("# nobody\n\n"), NULL));
	check_err(ch_trust_parse(&t, CH_LIT("witness x\n"), &diag), CH_E_FORMAT);
	assert_string_equal(diag.what, "neither `registry` nor `party`");
	check_err(ch_trust_parse(&t, CH_LIT("registry x"), &diag), CH_E_TRUNCATED);
	check_err(ch_trust_parse(&t, CH_LIT("registry x\r\n"), &diag), CH_E_FORMAT);
	check_err(ch_trust_parse(&t, ch_span_of(text.p, text.n - 1), &diag), CH_E_TRUNCATED);
	k = asprintf(&twice, "%.*s%.*s", (int)text.n, (const char *)text.p, (int)text.n,
	    (const char *)text.p);
	check_err(ch_trust_parse(&t, ch_span_of(twice, (size_t)k), &diag), CH_E_FORMAT);
	assert_true(check_is_zero(&t, sizeof t));
	free(twice);
	world_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(charter_judged),
		cmocka_unit_test(charter_read),
		cmocka_unit_test(charter_refused),
		cmocka_unit_test(effects),
		cmocka_unit_test(pairs),
		cmocka_unit_test(trust_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
