/*
 * doc/formats/vectors/welcome/: a request, the welcome that answers it as it is before sealing, and
 * requests and welcomes with one fault each, signed anew by whoever could have made them. Keys are
 * those of the small world; published, never use.
 */
#include "published.h"
#include "world.h"

#include "delegates_inner.h"

static struct world w;
static struct ch_home home;
static struct ch_problem why;

enum { JOINER = 1 }; /* delegate 1 of alpha */

/* What a welcome is made of; every fault bends one of these. */
struct recipe {
	ch_part part[32];
	size_t n;
	ch_span party, delegate, key;
	ch_ref roster;
	const struct world_key *signer, *second;
	bool other_hash, as_extract;
};

static ch_span one, two; /* alpha's rosters, without the joiner and with */

static void start(bool exercise)
{
	world_start(&w, exercise);
	w.party[0].enrolled = 1;
	w.party[0].version = 0;
	world_enrol(&w, 0);
	one = w.party[0].roster;
	world_charter(&w);
	w.party[0].enrolled = 2;
	w.party[0].d[JOINER].powers = "send,sign-for,draft";
	world_enrol(&w, 0);
	two = w.party[0].roster;
}

/* The home that asks, as far as its keys are looked at. */
static void fill_home(bool exercise)
{
	const struct ch_secret32 statement = { { 12, 1, exercise, 7, CH_VKEY_ED25519 } };

	memset(&home, 0, sizeof home);
	snprintf(home.dir, sizeof home.dir, "%s", pub_path(exercise ? "exercise" : "asker"));
	snprintf(home.handle, sizeof home.handle, "alpha.example");
	snprintf(home.delegate, sizeof home.delegate, "alpha.example/a0000002");
	home.keys.statement = statement;
	home.exercise = exercise;
	home.unlocked = home.waits = true;
}

static void add(struct recipe *r, const char *name, ch_span bytes)
{
	world_add(r->part, &r->n, &w, name, bytes);
}

static struct recipe sound(void)
{
	struct recipe r = { .party = w.party[0].handle, .delegate = w.party[0].d[JOINER].name,
		.key = w.party[0].d[JOINER].key.text, .roster = w.party[0].ref,
		.signer = &w.party[0].key };
	size_t at_one = world_log(&w, one), at_two = world_log(&w, two);
	size_t at_charter = world_log(&w, w.charter);

	add(&r, "roster.1", one);
	add(&r, "roster.1.proof", world_proof(&w, at_one, WORLD_BY_REGISTRY, w.now));
	add(&r, "roster.2", two);
	add(&r, "roster.2.proof", world_proof(&w, at_two, WORLD_BY_REGISTRY, w.now));
	add(&r, "roster.3", w.party[1].roster);
	add(&r, "registry.1", w.registry_note);
	add(&r, "url.1", CH_LIT("https://register.example\n"));
	add(&r, "checkpoint.1", world_checkpoint(&w, WORLD_BY_REGISTRY, w.now));
	add(&r, "charter.1", w.charter);
	add(&r, "charter.1.proof", world_proof(&w, at_charter, WORLD_BY_REGISTRY, w.now));
	return r;
}

static ch_span cook(const struct recipe *r)
{
	ch_stmt s = { .kind = CH_K_WELCOME, .exercise = w.exercise };
	ch_span holdings = world_pack(&w, r->part, r->n, r->as_extract ? CH_PACK_EXTRACT :
	    CH_PACK_HOLDINGS);
	ch_part part[2];
	struct ch_wr note;
	uint8_t buf[4096];
	ch_span text;
	ch_hash sum;

	ch_sha256(&sum, holdings);
	sum.b[0] ^= r->other_hash;
	s.v[CH_WE_PARTY] = r->party;
	s.v[CH_WE_ROSTER] = world_ref(&w, r->roster.n, &r->roster.hash);
	s.v[CH_WE_DELEGATE] = r->delegate;
	s.v[CH_WE_KEY] = r->key;
	s.v[CH_WE_HOLDINGS] = world_hash(&w, &sum);
	s.v[CH_WE_TIME] = world_when(&w, w.now);
	text = world_format(&w, &s);
	note = ch_wr_of(buf, sizeof buf);
	ch_note_put_text(&note, text);
	ch_note_sign_line(&note, r->signer->vkey.name, text, &r->signer->secret);
	if (r->second)
		ch_note_sign_line(&note, r->second->vkey.name, text, &r->second->secret);
	check_ok(ch_wr_done(&note));
	part[0] = (ch_part){ CH_LIT("welcome"), ch_wr_span(&note) };
	part[1] = (ch_part){ CH_LIT("holdings"), holdings };
	return world_pack(&w, part, 2, CH_PACK_WELCOME);
}

/* ---- one fault each ---- */

static void put(struct recipe *r, const char *name, ch_span bytes)
{
	ch_part *p = world_part(r->part, r->n, name);

	assert_non_null(p);
	p->bytes = bytes;
}

static void swap(struct recipe *r, const char *a, const char *b)
{
	ch_span t = world_part(r->part, r->n, a)->bytes;

	put(r, a, world_part(r->part, r->n, b)->bytes);
	put(r, b, t);
}

static void other_hash(struct recipe *r) { r->other_hash = true; }
static void by_delegate(struct recipe *r) { r->signer = &w.party[0].d[0].key; }
static void by_other(struct recipe *r) { r->signer = &w.party[1].key; }
static void twice(struct recipe *r) { r->second = &w.party[1].key; }
static void other_party(struct recipe *r) { r->party = w.party[1].handle; }
static void other_delegate(struct recipe *r) { r->delegate = w.party[0].d[0].name; }
static void other_key(struct recipe *r) { r->key = w.party[0].d[0].key.text; }
static void extract(struct recipe *r) { r->as_extract = true; }
static void unknown(struct recipe *r) { add(r, "paper.1", CH_LIT("x\n")); }
static void gap(struct recipe *r) { world_drop(r->part, &r->n, "roster.1"); }
static void no_url(struct recipe *r) { world_drop(r->part, &r->n, "url.1"); }
static void no_registry(struct recipe *r)
{
	world_drop(r->part, &r->n, "registry.1");
	world_drop(r->part, &r->n, "url.1");
	world_drop(r->part, &r->n, "checkpoint.1");
	world_drop(r->part, &r->n, "roster.1.proof");
	world_drop(r->part, &r->n, "roster.2.proof");
}
static void url_lines(struct recipe *r) { put(r, "url.1", CH_LIT("https://a\nb\n")); }
static void swapped(struct recipe *r) { swap(r, "roster.1", "roster.2"); }
static void theirs_first(struct recipe *r) { swap(r, "roster.1", "roster.3"); }
static void named_old(struct recipe *r) { r->roster = (ch_ref){ 1, world_text_hash(one) }; }
static void without_us(struct recipe *r)
{
	named_old(r);
	put(r, "roster.2", w.party[1].roster);
	world_drop(r->part, &r->n, "roster.2.proof");
	world_drop(r->part, &r->n, "roster.3");
}
static void card_as_checkpoint(struct recipe *r) { put(r, "checkpoint.1", w.registry_note); }
static void proofs_swapped(struct recipe *r) { swap(r, "roster.1.proof", "roster.2.proof"); }
static void charter_unproven(struct recipe *r) 
{
	put(r, "charter.1.proof", world_part(r->part, r->n, "roster.1.proof")->bytes);
}
static void charter_alone(struct recipe *r)
{
	ch_note n;

	check_ok(ch_note_parse(&n, w.charter, CH_NOTE_TEXT_MAX));
	put(r, "charter.1", world_sign(&w, 0, 1, n.text));
}

/* A further version in which the joiner is another than it asked to be. */
static void further(struct recipe *r, bool recalled)
{
	struct world_party *p = &w.party[0];
	const struct world_party was = *p;

	if (recalled)
		p->d[JOINER].recalled = true;
	else
		p->d[JOINER].seal = w.party[1].d[0].seal;
	world_enrol(&w, 0);
	r->roster = p->ref;
	add(r, "roster.4", w.party[1].roster);
	put(r, "roster.3", p->roster); /* not published yet */
	*p = was;
}
static void recalled(struct recipe *r) { further(r, true); }
static void other_seal(struct recipe *r) { further(r, false); }

static const struct {
	const char *name, *comment;
	ch_err expect;
	void (*bend)(struct recipe *r);
} faults[] = {
	{ "other-holdings", "the hash named is not that of the holdings", CH_E_AUTH, other_hash },
	{ "by-delegate", "signed by a delegate, not by the party key", CH_E_AUTH, by_delegate },
	{ "by-other-party", "signed by another party's key", CH_E_AUTH, by_other },
	{ "signed-twice", "a second line", CH_E_CONFLICT, twice },
	{ "other-party", "of another party than was asked", CH_E_CONFLICT, other_party },
	{ "other-delegate", "for another delegate", CH_E_CONFLICT, other_delegate },
	{ "other-key", "another statement key under the asker's name", CH_E_CONFLICT, other_key },
	{ "other-seal", "the roster names another sealing key than was asked with", CH_E_CONFLICT,
	    other_seal },
	{ "recalled", "the roster recalls the asker", CH_E_DENIED, recalled },
	{ "old-roster", "names a version before the last of the holdings", CH_E_CONFLICT,
	    named_old },
	{ "without-us", "no roster has the asker", CH_E_CONFLICT, without_us },
	{ "first-missing", "begins with version 2", CH_E_FORMAT, gap },
	{ "rosters-swapped", "version 2 before version 1", CH_E_CONFLICT, swapped },
	{ "theirs-first", "another party's rosters first", CH_E_CONFLICT, theirs_first },
	{ "part-unknown", "a part that no version has", CH_E_FORMAT, unknown },
	{ "url-missing", "a card without its address", CH_E_FORMAT, no_url },
	{ "url-lines", "two lines in an address", CH_E_FORMAT, url_lines },
	{ "registry-missing", "the charter's registry is not there", CH_E_CONFLICT, no_registry },
	{ "checkpoint", "a card in the place of a checkpoint", CH_E_FORMAT, card_as_checkpoint },
	{ "charter-half", "a charter that one party alone signed", CH_E_CONFLICT, charter_alone },
	{ "proofs-swapped", "each of two rosters with the other's proof", CH_E_AUTH,
	    proofs_swapped },
	{ "charter-unproven", "a charter with a roster's proof", CH_E_AUTH, charter_unproven },
	{ "holdings-kind", "the holdings are an extract", CH_E_FORMAT, extract },
};
#define N_FAULTS 23u
_Static_assert(CH_COUNT(faults) == N_FAULTS, "the number that the page gives");

static void headed(const char *name, const char *comment, ch_err expect, ch_span bytes)
{
	static uint8_t buf[1 << 17];
	struct ch_wr o = ch_wr_of(buf, sizeof buf);
	char file[96];

	CH_WR_LIT(&o, "expect: ");
	ch_wr_str(&o, expect == CH_E_CONFLICT ? "conflict" : expect == CH_E_DENIED ? "denied" :
	    pub_expect(expect));
	CH_WR_LIT(&o, "\nbase: welcome.txt\ncomment: ");
	ch_wr_str(&o, comment);
	CH_WR_LIT(&o, "\n\n");
	ch_wr_put(&o, bytes);
	check_ok(ch_wr_done(&o));
	snprintf(file, sizeof file, "bad/%s.txt", name);
	pub_put(file, ch_wr_span(&o));
}

static void made(void **state)
{
	struct recipe r;

	(void)state;
	start(true);
	pub_put("exercise/request.txt", world_request(&w, 0, JOINER, NULL));
	r = sound();
	pub_put("exercise/welcome.txt", cook(&r));
	world_stop(&w);
	start(false);
	pub_put("asker/request.txt", world_request(&w, 0, JOINER, NULL));
	r = sound();
	pub_put("welcome.txt", cook(&r));
	for (size_t i = 0; i < N_FAULTS; i++) {
		struct recipe bent = r;

		faults[i].bend(&bent);
		headed(faults[i].name, faults[i].comment, faults[i].expect, cook(&bent));
	}
	world_stop(&w);
	pub_all(4 + N_FAULTS);
}

/* ---- what the code makes of the files ---- */

static ch_err judge(struct ch_delegate_join *j, ch_span pack)
{
	memset(&why, 0, sizeof why);
	*j = (struct ch_delegate_join){ 0 };
	ch_buf_init(&j->pack, CH_PACK_MAX);
	check_ok(ch_buf_put(&j->pack, pack));
	return ch_delegate_join_read(j, &home, &why);
}

static void taken(void **state)
{
	static const char *const file[] = { "welcome.txt", "exercise/welcome.txt" };
	struct ch_delegate_join j;

	(void)state;
	for (int exercise = 0; exercise < 2; exercise++) {
		ch_span pack = pub_read(file[exercise]);

		fill_home(exercise);
		check_ok(judge(&j, pack));
		check_span(j.roster.roster.party, "alpha.example");
		check_span(j.who.person, "second");
		assert_int_equal(j.roster.version, 2);
		assert_int_equal(j.who.powers, CH_DELEGATE_DAILY);
		assert_true(j.n_talks == 1 && j.n_registries == 1 && j.n_parties == 1);
		assert_int_equal(strlen(j.words), CH_WORDS_LEN);
		ch_delegate_join_deinit(&j);
		fill_home(!exercise); /* never of the other kind */
		check_err(judge(&j, pack), CH_E_CONFLICT);
		ch_delegate_join_deinit(&j);
		pub_free(pack);
	}
}

static void refused(void **state)
{
	unsigned n = 0;

	(void)state;
	fill_home(false);
	for (size_t i = 0; i < N_FAULTS; i++) {
		struct ch_delegate_join j;
		char name[96];
		const char *at;
		ch_span file;
		ch_err e;

		snprintf(name, sizeof name, "bad/%s.txt", faults[i].name);
		file = pub_read(name);
		at = strstr((const char *)file.p, "\n\n");
		assert_non_null(at);
		at += 2;
		e = judge(&j, ch_span_of((const uint8_t *)at, file.n - (size_t)(at -
		    (const char *)file.p)));
		assert_true(e == CH_OK || why.text[0] != '\0');
		if (e != faults[i].expect)
			print_error("%s: %s, %s\n", name, ch_err_text(e), why.text);
		else
			n++;
		ch_delegate_join_deinit(&j);
		pub_free(file);
	}
	assert_int_equal(n, N_FAULTS);
}

/* One bit anywhere, or an end cut off, and it is not taken. */
static void flipped(void **state)
{
	ch_span pack = pub_read("welcome.txt");
	uint8_t *c = check_copy(pack.p, pack.n);
	struct ch_delegate_join j;

	(void)state;
	fill_home(false);
	for (size_t i = 0; i < pack.n; i += 13) {
		c[i] ^= 1;
		assert_int_not_equal(judge(&j, ch_span_of(c, pack.n)), CH_OK);
		ch_delegate_join_deinit(&j);
		c[i] ^= 1;
	}
	for (size_t n = 0; n < pack.n; n += 501) {
		assert_int_not_equal(judge(&j, ch_span_of(c, n)), CH_OK);
		ch_delegate_join_deinit(&j);
	}
	free(c);
	pub_free(pack);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made), cmocka_unit_test(taken), cmocka_unit_test(refused),
		cmocka_unit_test(flipped),
	};

	pub_begin("welcome", argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
