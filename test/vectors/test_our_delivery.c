/*
 * doc/formats/vectors/delivery/: one delivery record, and records with one flaw each, out of the
 * small world (../world.h) with its published keys. `index` says what a judge must find.
 */
#include "published.h"
#include "world.h"

static struct ch_delivery_work work;

struct fix {
	struct world w;
	struct world_delivery d;
	ch_part part[32];
	size_t n;
};

struct expected {
	const char *name, *comment;
	ch_err result;
	ch_state state;
	bool counts; /* the receipt */
	uint64_t findings;
	const char *fails; /* the steps that are here and do not hold */
	void (*make)(struct fix *f);
};

#define F(x) ((uint64_t)1 << CH_FIND_##x)

/* The names that the index gives to findings: those of the enum. */
static const char *const finding_name[CH_FIND_COUNT] = {
	"two-ends", "lapsed-early", "ended-late", "pair-misfit", "old-roster",
	"handover-unfounded", "ended-unfounded", "keybox-unsound", "two-trees",
	"two-entries", "places-swapped", "below-seen",
	"signers-differ", "keybox-differs", "keybox-absent", "key-absent", "key-differs",
	"no-proof", "not-registry", "time-not-shown", "cover-differs", "cosigned-back",
	"time-false", "time-doubted",
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

static void build(struct fix *f)
{
	f->n = world_record(f->part, &f->w, &f->d, WORLD_BY_REGISTRY | WORLD_BY_ALPHA,
	    f->w.now + 60);
	insert(f, "roster.alpha.example.1", "registry", f->w.registry_note);
}

static void see(struct fix *f, unsigned by, int64_t when)
{
	char name[64];

	f->d.checkpoint = world_checkpoint(&f->w, by, when);
	f->d.seen = world_seen(&f->w, f->d.checkpoint);
	snprintf(name, sizeof name, "checkpoint.%zu", f->w.n_log);
	f->d.checkpoint_name = world_str(&f->w, name);
}

static void registered(struct fix *f)
{
	see(f, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, f->w.now + 5);
	world_paper(&f->w, &f->d, f->w.party[1].handle, NULL);
	world_submit(&f->w, &f->d);
	world_register(&f->w, &f->d);
}

static void delivered(struct fix *f)
{
	registered(f);
	world_notice(&f->w, &f->d);
	world_receive(&f->w, &f->d);
	world_hand_over(&f->w, &f->d);
	build(f);
}

static void no_keybox(struct fix *f)
{
	delivered(f);
	world_drop(f->part, &f->n, "keybox");
}

static void other_keybox(struct fix *f)
{
	ch_part *p;
	uint8_t *c;

	delivered(f);
	p = world_part(f->part, f->n, "keybox");
	c = (uint8_t *)(uintptr_t)world_keep(&f->w, p->bytes).p;
	c[p->bytes.n - 1] ^= 1;
	p->bytes.p = c;
}

static void other_cover(struct fix *f)
{
	struct world_delivery other = { .serial = 2 };

	delivered(f);
	world_paper(&f->w, &other, f->w.party[1].handle, NULL);
	world_part(f->part, f->n, "cover")->bytes = other.cover;
}

static void receipt_by_author(struct fix *f)
{
	ch_note n;

	delivered(f);
	check_ok(ch_note_parse(&n, f->d.receipt, CH_NOTE_TEXT_MAX));
	world_part(f->part, f->n, "receipt")->bytes = world_sign(&f->w, 0, 1, n.text);
}

/* Bravo enrols anew; the registry takes a receipt under the roster before all the same. */
static void receipt_old_roster(struct fix *f)
{
	struct world_party keep;
	ch_span newer;
	size_t at;

	registered(f);
	world_notice(&f->w, &f->d);
	keep = f->w.party[1];
	world_enrol(&f->w, 1);
	newer = f->w.party[1].roster;
	at = world_log(&f->w, newer);
	f->w.party[1] = keep;
	world_receive(&f->w, &f->d);
	world_hand_over(&f->w, &f->d);
	build(f);
	insert(f, "submission", "roster.bravo.example.2", newer);
	insert(f, "submission", "roster.bravo.example.2.proof",
	    world_proof(&f->w, at, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, f->w.now + 60));
}

/* Receipt and handover are of this L; the handover in the record is of the one before. */
static void handover_of_other(struct fix *f)
{
	struct world_delivery other = { .serial = 2 };

	registered(f);
	world_notice(&f->w, &f->d);
	world_receive(&f->w, &f->d);
	world_paper(&f->w, &other, f->w.party[1].handle, NULL);
	other.pair = f->d.pair;
	world_submit(&f->w, &other);
	world_receive(&f->w, &other);
	world_hand_over(&f->w, &other);
	f->d.handover = other.handover;
	f->d.at_handover = other.at_handover;
	f->d.keybox = other.keybox;
	build(f);
}

static void taken_back_too(struct fix *f)
{
	delivered(f);
	f->d.take_back = world_sign(&f->w, 0, 1,
	    world_about(&f->w, &f->d, CH_K_TAKE_BACK, 0, NULL));
	world_end(&f->w, &f->d, "taken-back", (ch_span){ 0 });
	build(f);
}

/* One bit of the first hash of the handover's path. */
static void proof_flipped(struct fix *f)
{
	ch_part *p;
	char *c;

	delivered(f);
	p = world_part(f->part, f->n, "handover.proof");
	c = (char *)(uintptr_t)world_keep(&f->w, p->bytes).p;
	p->bytes.p = (uint8_t *)c;
	c = (char *)memmem(c, p->bytes.n, "\nindex ", 7) + 1;
	c = strchr(c, '\n') + 1;
	c[0] = c[0] == 'A' ? 'B' : 'A';
}

static void no_proof(struct fix *f)
{
	delivered(f);
	world_drop(f->part, &f->n, "handover.proof");
}

static void declined(struct fix *f)
{
	registered(f);
	f->d.decline = world_sign(&f->w, 1, 1,
	    world_about(&f->w, &f->d, CH_K_DECLINE, 1, "Not the right channel"));
	world_end(&f->w, &f->d, "declined", (ch_span){ 0 });
	build(f);
}

static void lapse(struct fix *f, int64_t when)
{
	world_paper(&f->w, &f->d, f->w.party[1].handle, NULL);
	world_submit(&f->w, &f->d);
	world_register(&f->w, &f->d);
	see(f, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, when);
	f->w.now = WORLD_T0 + 7 * 86400 + 100;
	world_end(&f->w, &f->d, "lapsed", f->d.seen);
	build(f);
}

static void lapsed(struct fix *f)
{
	lapse(f, WORLD_T0 + 7 * 86400);
}

static void lapsed_early(struct fix *f)
{
	lapse(f, WORLD_T0 + 7 * 86400 - 1);
}

/* The receipt of the same delivery in an exercise stands in a real record. */
static void exercise_mixed(struct fix *f)
{
	static struct fix x;

	memset(&x, 0, sizeof x);
	world_start(&x.w, true);
	delivered(&x);
	delivered(f);
	world_part(f->part, f->n, "receipt")->bytes = world_keep(&f->w, x.d.receipt);
	world_stop(&x.w);
}

/* The addressee says that the key is missing; the author shows it. */
static void key_shown(struct fix *f)
{
	registered(f);
	world_notice(&f->w, &f->d);
	world_receive(&f->w, &f->d);
	world_hand_over(&f->w, &f->d);
	f->d.key_missing = world_sign(&f->w, 1, 1,
	    world_about(&f->w, &f->d, CH_K_KEY_MISSING, 1, "keybox-does-not-open"));
	f->d.key = f->d.bundle_key;
	build(f);
}

/* ... and what is shown is another key than that of L. */
static void key_differs(struct fix *f)
{
	struct world_delivery other = { .serial = 2 };

	key_shown(f);
	world_paper(&f->w, &other, f->w.party[1].handle, NULL);
	world_submit(&f->w, &other);
	world_receive(&f->w, &other);
	world_hand_over(&f->w, &other);
	world_part(f->part, f->n, "key")->bytes = other.bundle_key;
}

static const struct expected cases[] = {
	{ "record", "delivered; nothing to find", CH_OK, CH_STATE_DELIVERED, true, 0, "-",
	    delivered },
	{ "exercise-record", "the same in an exercise, under exercise-trust.txt", CH_OK,
	    CH_STATE_DELIVERED, true, 0, "-", delivered },
	{ "no-keybox", "the key is not here: the receipt alone does not count", CH_OK,
	    CH_STATE_REGISTERED, false, F(KEYBOX_ABSENT), "handover", no_keybox },
	{ "other-keybox", "one bit of the keybox is flipped", CH_OK, CH_STATE_REGISTERED, false,
	    F(KEYBOX_DIFFERS), "handover", other_keybox },
	{ "other-cover", "the cover of another paper", CH_OK, CH_STATE_DELIVERED, true,
	    F(COVER_DIFFERS), "cover", other_cover },
	{ "receipt-by-author", "the author signed the receipt", CH_OK, CH_STATE_REGISTERED, false,
	    0, "receipt,handover", receipt_by_author },
	{ "receipt-old-roster", "a newer roster stood at a lower place of the register", CH_OK,
	    CH_STATE_DELIVERED, true, F(OLD_ROSTER), "-", receipt_old_roster },
	{ "handover-of-other", "handover and keybox of the next paper", CH_OK, CH_STATE_REGISTERED,
	    false, 0, "handover", handover_of_other },
	{ "two-ends", "handed over, and taken back afterwards", CH_OK, CH_STATE_DELIVERED, true,
	    F(TWO_ENDS), "-", taken_back_too },
	{ "proof-flipped", "a hash of the handover's path is another", CH_OK, CH_STATE_REGISTERED,
	    false, 0, "handover", proof_flipped },
	{ "no-proof", "the handover's place is not shown", CH_OK, CH_STATE_REGISTERED, false,
	    F(NO_PROOF), "handover", no_proof },
	{ "declined", "declined, with a reason", CH_OK, CH_STATE_DECLINED, false, 0, "-",
	    declined },
	{ "lapsed", "nobody signed for it; seen at the lapse time", CH_OK, CH_STATE_LAPSED, false,
	    0, "-", lapsed },
	{ "lapsed-early", "seen one second before the lapse time", CH_OK, CH_STATE_REGISTERED,
	    false, F(LAPSED_EARLY), "ended", lapsed_early },
	{ "exercise-mixed", "a receipt of an exercise in a real record", CH_E_FORMAT,
	    CH_STATE_NONE, false, 0, "-", exercise_mixed },
	{ "hybrid-record", "delivered, between parties of the hybrid suite", CH_OK,
	    CH_STATE_DELIVERED, true, 0, "-", delivered },
	{ "hybrid-key-shown", "the addressee pleads key-missing, and K stands beside it", CH_OK,
	    CH_STATE_DELIVERED, true, 0, "-", key_shown },
	{ "hybrid-key-differs", "the same, with the K of another paper", CH_OK,
	    CH_STATE_REGISTERED, false, F(KEY_DIFFERS), "-", key_differs },
};
#define N_CASES 18u
_Static_assert(CH_COUNT(cases) == N_CASES, "the number that the page gives");

static bool is_exercise(const struct expected *c)
{
	return strncmp(c->name, "exercise-record", 15) == 0;
}

static bool is_hybrid(const struct expected *c)
{
	return strncmp(c->name, "hybrid-", 7) == 0;
}

/* ---- the files ---- */

static void index_findings(struct ch_wr *w, uint64_t findings)
{
	bool first = true;

	if (!findings)
		CH_WR_LIT(w, " -");
	for (unsigned i = 0; i < CH_FIND_COUNT; i++) {
		if (!(findings >> i & 1))
			continue;
		ch_wr_str(w, first ? " " : ",");
		ch_wr_str(w, finding_name[i]);
		first = false;
	}
}

static void put_fails(struct ch_wr *w, const ch_delivery *x)
{
	const char *glue = "";

	for (unsigned i = 0; i < CH_STEP_COUNT; i++) {
		if (!x->step[i].why)
			continue;
		ch_wr_str(w, glue);
		ch_wr_str(w, ch_step_name((ch_step)i));
		glue = ",";
	}
	if (w->n == 0)
		CH_WR_LIT(w, "-");
}

/* What chancery-verify says to the shell; test/cli/published.sh holds it to this. */
static const char *exit_line(const struct expected *c)
{
	if (c->result != CH_OK)
		return "\nexit 2\n\n";
	return c->findings || strcmp(c->fails, "-") != 0 ? "\nexit 1\n\n" : "\nexit 0\n\n";
}

static void put_index(void)
{
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
		ch_wr_str(&w, "\nstate ");
		ch_wr_str(&w, c->result == CH_OK ? ch_state_name(c->state) : "-");
		ch_wr_str(&w, "\nreceipt-counts ");
		ch_wr_str(&w, c->counts ? "yes" : "no");
		ch_wr_str(&w, "\nfindings");
		index_findings(&w, c->findings);
		ch_wr_str(&w, "\nfails ");
		ch_wr_str(&w, c->fails);
		ch_wr_str(&w, exit_line(c));
	}
	check_ok(ch_wr_done(&w));
	pub_put("index", ch_wr_span(&w));
}

static void drop(struct fix *f, const char *name)
{
	if (ch_pack_find(f->part, f->n, ch_span_str(name)))
		world_drop(f->part, &f->n, name);
}

/* What a case does not turn on is left out of all but the first record: they stay small. */
static void slim(struct fix *f, const struct expected *c)
{
	drop(f, "notice");
	drop(f, "notice.proof");
	if (c->make != other_cover)
		drop(f, "cover");
	if (c->make != lapsed && c->make != lapsed_early)
		drop(f, "charter");
}

static void made(void **state)
{
	static struct fix f;

	(void)state;
	for (size_t i = 0; i < N_CASES; i++) {
		char name[64];

		memset(&f, 0, sizeof f);
		if (is_hybrid(&cases[i]))
			world_start_hybrid(&f.w, false);
		else
			world_start(&f.w, is_exercise(&cases[i]));
		cases[i].make(&f);
		if (i > 0)
			slim(&f, &cases[i]);
		snprintf(name, sizeof name, "%s.txt", cases[i].name);
		pub_put(name, world_pack(&f.w, f.part, f.n, CH_PACK_RECORD));
		if (i < 2)
			pub_put(i ? "exercise-trust.txt" : "trust.txt", world_trust(&f.w));
		world_stop(&f.w);
	}
	put_index();
	pub_all(N_CASES + 3);
}

/* ---- what the code makes of the files ---- */

static bool judge(const struct expected *c)
{
	ch_part part[32];
	char name[64];
	ch_trust trust;
	ch_delivery x;
	ch_span text, file;
	ch_evidence ev = { part, 0, is_exercise(c), &trust };
	uint8_t fails[256];
	struct ch_wr w = ch_wr_of(fails, sizeof fails);
	ch_err e;

	text = pub_read(is_exercise(c) ? "exercise-trust.txt" : "trust.txt");
	check_ok(ch_trust_parse(&trust, text, NULL));
	snprintf(name, sizeof name, "%s.txt", c->name);
	file = pub_read(name);
	check_ok(ch_pack_parse(part, &ev.n, CH_COUNT(part), file, CH_PACK_RECORD, ev.exercise));
	e = ch_delivery_judge(&x, &work, &ev, NULL);
	put_fails(&w, &x);
	if (e != c->result || x.state != c->state || x.receipt_counts != c->counts ||
	    x.findings != c->findings || !ch_span_eq(ch_wr_span(&w), ch_span_str(c->fails))) {
		print_error("%s: %s, %s, %d, findings %llx, fails %.*s\n", name, pub_expect(e),
		    ch_state_name(x.state), x.receipt_counts, (unsigned long long)x.findings,
		    (int)w.n, (const char *)fails);
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

	pub_begin("delivery", argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
