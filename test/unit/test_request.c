/* Requests: opening, and each way in which one can be bent on its way. */
#include "world.h"

#include "request.h"

static int start(void **state)
{
	static struct world w;

	world_start(&w, false);
	*state = &w;
	return 0;
}

static int stop(void **state)
{
	world_stop(*state);
	return 0;
}

static void opens(void **state)
{
	struct world *w = *state;
	const struct world_delegate *d = &w->party[0].d[1];
	ch_request q;

	check_ok(ch_request_open(&q, world_request(w, 0, 1, NULL), NULL));
	check_span(q.party, "alpha.example");
	check_span(q.who.person, "second");
	assert_true(ch_span_eq(q.who.name, d->name));
	assert_true(ch_edkey_eq(&q.who.key.key, &d->key.vkey.key));
	assert_true(q.who.powers == 0 && !q.who.recalled && !q.hybrid && !q.exercise);
	assert_true(ch_span_eq(q.item.v[CH_DEL_SEAL], q.who.seal));
	world_seals(w, 0, true);
	check_ok(ch_request_open(&q, world_request(w, 0, 1, NULL), NULL));
	assert_true(q.hybrid);
	world_seals(w, 0, false);
}

/* No flipped or cut request opens, and the output is zero. */
static void flipped(void **state)
{
	struct world *w = *state;
	ch_span note = world_request(w, 0, 1, NULL);
	uint8_t *c = check_copy(note.p, note.n);
	ch_request q;

	for (size_t i = 0; i < note.n; i++) {
		c[i] ^= 1;
		assert_int_not_equal(ch_request_open(&q, ch_span_of(c, note.n), NULL), CH_OK);
		assert_true(check_is_zero(&q, sizeof q));
		c[i] ^= 1;
	}
	for (size_t n = 0; n < note.n; n++)
		assert_int_not_equal(ch_request_open(&q, ch_span_of(c, n), NULL), CH_OK);
	free(c);
}

/* A delegate's item with one value of another, signed anew by the asker. */
static void refuses(struct world *w, unsigned column, ch_span value, ch_err want)
{
	ch_item it = world_asks(w, 0, 1);
	struct ch_diag why;
	ch_request q;

	it.v[column] = value;
	check_err(ch_request_open(&q, world_request(w, 0, 1, &it), &why), want);
	assert_non_null(why.what);
	assert_true(check_is_zero(&q, sizeof q));
}

static void bent(void **state)
{
	struct world *w = *state;
	ch_item theirs = world_asks(w, 1, 1), ours = world_asks(w, 0, 0);

	/* keys of somebody else do not enrol under this name, nor powers by asking */
	refuses(w, CH_DEL_KEY, theirs.v[CH_DEL_KEY], CH_E_FORMAT);
	refuses(w, CH_DEL_KEY_PROOF, ours.v[CH_DEL_KEY_PROOF], CH_E_AUTH);
	refuses(w, CH_DEL_SIGN_IN_PROOF, ours.v[CH_DEL_SIGN_IN_PROOF], CH_E_AUTH);
	refuses(w, CH_DEL_COSIGN_PROOF, ours.v[CH_DEL_COSIGN_PROOF], CH_E_AUTH);
	refuses(w, CH_DEL_POWERS, CH_LIT("send"), CH_E_FORMAT);
	refuses(w, CH_DEL_RECALLED, CH_LIT("2026-11-25T12:00:00Z"), CH_E_FORMAT);
	refuses(w, CH_DEL_NAME, theirs.v[CH_DEL_NAME], CH_E_FORMAT);
	world_seals(w, 0, true);
	ours = world_asks(w, 0, 0);
	world_seals(w, 0, false);
	refuses(w, CH_DEL_SEAL, ours.v[CH_DEL_SEAL], CH_E_FORMAT);
}

/* The same text under another's signature, under two, and a roster for a request. */
static void signatures(void **state)
{
	struct world *w = *state;
	ch_span note = world_request(w, 0, 1, NULL);
	ch_request q;
	ch_note n;

	check_ok(ch_note_parse(&n, note, CH_NOTE_TEXT_MAX));
	check_err(ch_request_open(&q, world_sign(w, 0, 1, n.text), NULL), CH_E_AUTH);
	check_err(ch_request_open(&q, world_sign(w, 0, 3, n.text), NULL), CH_E_AUTH);
	check_ok(ch_request_open(&q, world_sign(w, 0, 2, n.text), NULL));
	check_err(ch_request_open(&q, w->party[0].roster, NULL), CH_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens), cmocka_unit_test(flipped), cmocka_unit_test(bent),
		cmocka_unit_test(signatures),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
