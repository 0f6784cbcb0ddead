/*
 * doc/formats/vectors/extract/: a confirmation, a disclosure and a public statement, and extracts
 * with one flaw each, out of the small world (../world.h) with its published keys. `index` says
 * what a judge must find.
 */
#include "published.h"
#include "world.h"

static struct ch_extract_work work;

struct fix {
	struct world w;
	struct world_delivery d;
	ch_part part[32];
	size_t n;
};

enum { DELIVERED = 1, CONFIRMED = 2, DISCLOSED = 4, SIGNED = 8 };

struct expected {
	const char *name, *comment;
	ch_err result;
	unsigned proven; /* of the four above */
	uint64_t findings;
	void (*make)(struct fix *f);
};

#define F(x) ((uint64_t)1 << CH_XF_##x)

/* The names that the index gives to findings: those of the enum. */
static const char *const finding_name[CH_XF_COUNT] = {
	"leaf-not-disclosed", "key-not-confirmed", "key-not-allowed", "may-confirm-hidden",
	"other-paper", "receipt-differs", "signers-differ", "not-addressee", "speaker-no-party",
	"disclosed-by-other", "sentence-unfit", "not-registry",
};

/* ---- building ---- */

static void insert(struct fix *f, const char *before, const char *name, ch_span bytes)
{
	size_t i = (size_t)(world_part(f->part, f->n, before) - f->part);

	assert_true(f->n < CH_COUNT(f->part));
	memmove(&f->part[i + 1], &f->part[i], (f->n - i) * sizeof f->part[0]);
	f->part[i] = (ch_part){ world_str(&f->w, name), bytes };
	f->n++;
}

static ch_selection few(void)
{
	static const unsigned k[] = { CH_H_FROM, CH_H_TO, CH_H_FORM, CH_H_ACT, CH_H_MAY_CONFIRM };
	ch_selection s = { 0 };

	for (size_t i = 0; i < CH_COUNT(k); i++)
		ch_selection_add(&s, CH_LEAF_HEAD, k[i]);
	return s;
}

static ch_selection with_passage(uint32_t i)
{
	ch_selection s = few();

	ch_selection_add(&s, CH_LEAF_PASSAGE, i);
	return s;
}

static ch_stmt about(struct fix *f, ch_kind kind, int party)
{
	ch_stmt s = { .kind = kind, .exercise = f->w.exercise };
	const struct world_party *p = &f->w.party[party];

	s.v[CH_ANY_TALKS] = world_hash(&f->w, &f->w.talks);
	s.v[CH_ANY_PARTY] = p->handle;
	s.v[CH_ANY_ROSTER] = world_ref(&f->w, p->ref.n, &p->ref.hash);
	return s;
}

/* Sign it, give it its place, and put both where they belong. */
static void say(struct fix *f, const ch_stmt *s, int party)
{
	const char *kind = ch_kind_schema(s->kind)->name;
	ch_span note = world_sign(&f->w, party, 1, world_format(&f->w, s));
	size_t at = world_log(&f->w, note);
	char proof[64];

	snprintf(proof, sizeof proof, "%s.proof", kind);
	insert(f, "registry", kind, note);
	insert(f, "registry", proof, world_proof(&f->w, at, WORLD_BY_REGISTRY, f->w.now + 5));
}

static void confirm(struct fix *f, const char *leaves, const char *sentence)
{
	ch_stmt s = about(f, CH_K_CONFIRMATION, WORLD_BRAVO);
	ch_hash receipt = world_text_hash(f->d.receipt);

	s.v[CH_CONF_PAPER] = world_hash(&f->w, &f->d.d);
	s.v[CH_CONF_RECEIPT] = world_hash(&f->w, &receipt);
	s.v[CH_CONF_LEAVES] = world_str(&f->w, leaves);
	s.v[CH_CONF_SENTENCE] = world_str(&f->w, sentence);
	s.v[CH_CONF_TIME] = world_when(&f->w, f->w.now);
	say(f, &s, WORLD_BRAVO);
}

static void disclose(struct fix *f, int party, const char *passages)
{
	ch_stmt s = about(f, CH_K_DISCLOSURE, party);

	s.v[CH_DISC_PAPER] = world_hash(&f->w, &f->d.d);
	s.v[CH_DISC_LEAVES] = CH_LIT("from,to,form,act,may-confirm");
	s.v[CH_DISC_PASSAGES] = world_str(&f->w, passages);
	s.v[CH_DISC_TIME] = world_when(&f->w, f->w.now);
	say(f, &s, party);
}

static void show(struct fix *f, ch_selection s, bool delivery)
{
	f->n = world_extract(f->part, &f->w, &f->d, world_leaves(&f->w, &f->d, &s), delivery);
}

/* The leaves as text that can be bent, with room for one more leaf. */
static char *leaves_text(struct fix *f)
{
	ch_part *p = world_part(f->part, f->n, "leaves");
	struct ch_wr wr = ch_wr_of(f->w.arena + f->w.used, 65536);
	char *c = (char *)f->w.arena + f->w.used;

	ch_wr_put(&wr, p->bytes);
	CH_WR_LIT(&wr, "\0");
	f->w.used += 65536;
	p->bytes = ch_span_of(c, p->bytes.n);
	return c;
}

static char *at(char *text, const char *needle)
{
	char *p = strstr(text, needle);

	if (!p)
		fail_msg("no %s in the leaves", needle);
	return p;
}

/* ---- cases ---- */

static void confirmation(struct fix *f)
{
	show(f, few(), true);
	confirm(f, "from,to,form,act", "received");
}

static void disclosure(struct fix *f)
{
	show(f, with_passage(1), false);
	disclose(f, WORLD_ALPHA, "0,1");
}

/* A statement alone: no paper, no leaves, no delivery. */
static void statement(struct fix *f)
{
	ch_stmt s = about(f, CH_K_STATEMENT, WORLD_BRAVO);

	show(f, few(), false);
	world_drop(f->part, &f->n, "paper");
	world_drop(f->part, &f->n, "leaves");
	world_drop(f->part, &f->n, "roster.alpha.example.1");
	s.v[CH_ST_WHAT] = CH_LIT("no-positive-response");
	s.v[CH_ST_TEXT] = CH_LIT("There is no positive response on the main issue.");
	s.v[CH_ST_TIME] = world_when(&f->w, f->w.now);
	say(f, &s, WORLD_BRAVO);
}

static void shown(struct fix *f)
{
	show(f, with_passage(1), false);
}

static void leaf_not_listed(struct fix *f)
{
	ch_selection s = with_passage(1);

	ch_selection_add(&s, CH_LEAF_PASSAGE, 3);
	show(f, s, false);
	disclose(f, WORLD_ALPHA, "0,1");
}

static void disclosed_by_other(struct fix *f)
{
	show(f, with_passage(1), false);
	disclose(f, WORLD_BRAVO, "0,1");
}

static void key_not_allowed(struct fix *f)
{
	show(f, few(), true);
	confirm(f, "from,to,form,act,subject", "received");
}

static void sentence_unfit(struct fix *f)
{
	show(f, few(), true);
	confirm(f, "from,to,form,act", "sent");
}

static void tree_size(struct fix *f)
{
	char *t;

	shown(f);
	t = leaves_text(f);
	at(t, "passages 4 ")[9] = '3';
}

static void passage_changed(struct fix *f)
{
	char *t;

	shown(f);
	t = leaves_text(f);
	memcpy(at(t, "We do not agree."), "We do now agree.", 16);
}

static void two_acts(struct fix *f)
{
	char *t, *leaf, *next;
	char act[2048];
	size_t len;

	shown(f);
	t = leaves_text(f);
	leaf = at(t, "leaf head 8 ");
	next = at(leaf + 1, "leaf ");
	len = (size_t)(next - leaf);
	assert_true(len < sizeof act);
	memcpy(act, leaf, len);
	memmove(next + len, next, strlen(next) + 1);
	memcpy(next, act, len);
	at(t, "leaves 7\n")[7] = '8';
	world_part(f->part, f->n, "leaves")->bytes.n += len;
}

static void heading_missing(struct fix *f)
{
	char *t, *heading, *passage;

	shown(f);
	t = leaves_text(f);
	heading = at(t, "leaf passage 0 ");
	passage = at(t, "leaf passage 1 ");
	memmove(heading, passage, strlen(passage) + 1);
	at(t, "leaves 7\n")[7] = '6';
	world_part(f->part, f->n, "leaves")->bytes.n -= (size_t)(passage - heading);
}

static void leaves_of_other(struct fix *f)
{
	struct world_delivery other = { .serial = 2 };
	ch_selection s = with_passage(1);

	shown(f);
	world_paper(&f->w, &other, f->w.party[1].handle, NULL);
	world_part(f->part, f->n, "leaves")->bytes = world_leaves(&f->w, &other, &s);
}

static void receipt_of_other(struct fix *f)
{
	struct world_delivery other = { .serial = 2 };
	ch_selection s = few();

	show(f, few(), true);
	world_paper(&f->w, &other, f->w.party[1].handle, NULL);
	world_part(f->part, f->n, "paper")->bytes = other.signature;
	world_part(f->part, f->n, "leaves")->bytes = world_leaves(&f->w, &other, &s);
}

static void submission_inside(struct fix *f)
{
	show(f, few(), true);
	insert(f, "receipt", "submission", f->d.submission);
}

static const struct expected cases[] = {
	{ "confirmation", "signed by the addressee, with receipt and handover", CH_OK,
	    DELIVERED | CONFIRMED | SIGNED, 0, confirmation },
	{ "disclosure", "passage 1 with its heading, signed by the author", CH_OK,
	    DISCLOSED | SIGNED, 0, disclosure },
	{ "statement", "a public statement without a paper", CH_OK, SIGNED, 0, statement },
	{ "exercise-disclosure", "the same in an exercise, under exercise-trust.txt", CH_OK,
	    DISCLOSED | SIGNED, 0, disclosure },
	{ "shown", "the leaves of `disclosure` without it: shown by a holder", CH_OK, 0, 0,
	    shown },
	{ "leaf-not-listed", "passage 3 is shown, the disclosure lists 0 and 1", CH_OK, SIGNED,
	    F(LEAF_NOT_DISCLOSED), leaf_not_listed },
	{ "disclosed-by-other", "the addressee signed the disclosure", CH_OK, SIGNED,
	    F(DISCLOSED_BY_OTHER), disclosed_by_other },
	{ "key-not-allowed", "the addressee confirms `subject`", CH_OK, DELIVERED | SIGNED,
	    F(KEY_NOT_ALLOWED), key_not_allowed },
	{ "sentence-unfit", "the addressee says `sent`", CH_OK, DELIVERED | SIGNED,
	    F(SENTENCE_UNFIT), sentence_unfit },
	{ "receipt-of-other", "receipt and handover are of another paper", CH_OK, 0,
	    F(OTHER_PAPER), receipt_of_other },
	{ "tree-size", "`passages 3`: there are 4", CH_E_AUTH, 0, 0, tree_size },
	{ "passage-changed", "one letter of a passage is another", CH_E_AUTH, 0, 0,
	    passage_changed },
	{ "leaves-of-other", "leaves of another paper", CH_E_AUTH, 0, 0, leaves_of_other },
	{ "two-acts", "the leaf `act` stands twice", CH_E_FORMAT, 0, 0, two_acts },
	{ "heading-missing", "a passage without its heading", CH_E_FORMAT, 0, 0,
	    heading_missing },
	{ "submission-inside", "an extract never holds L", CH_E_FORMAT, 0, 0, submission_inside },
};
#define N_CASES 16u
_Static_assert(CH_COUNT(cases) == N_CASES, "the number that the page gives");

static bool is_exercise(const struct expected *c)
{
	return strncmp(c->name, "exercise-", 9) == 0;
}

/* ---- the files ---- */

static void put_names(struct ch_wr *w, uint64_t bits, const char *const *name, unsigned n)
{
	const char *glue = " ";

	if (!bits)
		CH_WR_LIT(w, " -");
	for (unsigned i = 0; i < n; i++) {
		if (!(bits >> i & 1))
			continue;
		ch_wr_str(w, glue);
		ch_wr_str(w, name[i]);
		glue = ",";
	}
}

/* What chancery-verify says to the shell; test/cli/published.sh holds it to this. */
static const char *exit_line(const struct expected *c)
{
	if (c->result == CH_E_FORMAT)
		return "\nexit 2\n\n";
	return c->result != CH_OK || c->findings ? "\nexit 1\n\n" : "\nexit 0\n\n";
}

static void put_index(void)
{
	static const char *const proven[] = { "delivered", "confirmed", "disclosed", "signed" };
	static uint8_t text[8192];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	for (size_t i = 0; i < N_CASES; i++) {
		const struct expected *c = &cases[i];

		ch_wr_str(&w, "file ");
		ch_wr_str(&w, c->name);
		ch_wr_str(&w, ".txt\ncomment ");
		ch_wr_str(&w, c->comment);
		ch_wr_str(&w, "\nexpect ");
		ch_wr_str(&w, pub_expect(c->result));
		ch_wr_str(&w, "\nproven");
		put_names(&w, c->proven, proven, CH_COUNT(proven));
		ch_wr_str(&w, "\nfindings");
		put_names(&w, c->findings, finding_name, CH_XF_COUNT);
		ch_wr_str(&w, exit_line(c));
	}
	check_ok(ch_wr_done(&w));
	pub_put("index", ch_wr_span(&w));
}

/* What is refused outright needs no rosters. */
static void slim(struct fix *f)
{
	world_drop(f->part, &f->n, "registry");
	world_drop(f->part, &f->n, "roster.alpha.example.1");
	world_drop(f->part, &f->n, "roster.bravo.example.1");
}

static void made(void **state)
{
	static struct fix f;

	(void)state;
	for (size_t i = 0; i < N_CASES; i++) {
		char name[64];

		memset(&f, 0, sizeof f);
		world_start(&f.w, is_exercise(&cases[i]));
		world_deliver(&f.w, &f.d);
		cases[i].make(&f);
		if (cases[i].result != CH_OK)
			slim(&f);
		snprintf(name, sizeof name, "%s.txt", cases[i].name);
		pub_put(name, world_pack(&f.w, f.part, f.n, CH_PACK_EXTRACT));
		if (i == 0)
			pub_put("trust.txt", world_trust(&f.w));
		else if (is_exercise(&cases[i]))
			pub_put("exercise-trust.txt", world_trust(&f.w));
		world_stop(&f.w);
	}
	put_index();
	pub_all(N_CASES + 3);
}

/* ---- what the code makes of the files ---- */

static unsigned proven(const ch_extract *x)
{
	static const ch_extract_step said[] = {
		CH_XS_CONFIRMATION, CH_XS_DISCLOSURE, CH_XS_STATEMENT,
	};
	unsigned p = (x->delivered ? DELIVERED : 0) | (x->confirmed ? CONFIRMED : 0) |
	    (x->disclosed ? DISCLOSED : 0);

	for (size_t i = 0; i < CH_COUNT(said); i++)
		if (x->step[said[i]].signed_ && x->step[said[i]].logged)
			p |= SIGNED;
	return p;
}

static bool judge(const struct expected *c)
{
	ch_part part[32];
	char name[64];
	ch_trust trust;
	ch_extract x;
	ch_span text, file;
	ch_evidence ev = { part, 0, is_exercise(c), &trust };
	ch_err e;

	text = pub_read(is_exercise(c) ? "exercise-trust.txt" : "trust.txt");
	check_ok(ch_trust_parse(&trust, text, NULL));
	snprintf(name, sizeof name, "%s.txt", c->name);
	file = pub_read(name);
	check_ok(ch_pack_parse(part, &ev.n, CH_COUNT(part), file, CH_PACK_EXTRACT, ev.exercise));
	e = ch_extract_judge(&x, &work, &ev, NULL);
	if (e != c->result || proven(&x) != c->proven || x.findings != c->findings) {
		print_error("%s: %s, proven %x, findings %llx\n", name, pub_expect(e), proven(&x),
		    (unsigned long long)x.findings);
		return false;
	}
	pub_free(file);
	pub_free(text);
	return true;
}

static void judged(void **state)
{
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < N_CASES; i++)
		n += judge(&cases[i]);
	assert_int_equal(n, N_CASES);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(made), cmocka_unit_test(judged) };

	pub_begin("extract", argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
