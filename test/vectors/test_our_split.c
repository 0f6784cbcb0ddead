/*
 * doc/formats/vectors/split-view/: two checkpoints of one log that contradict each other, of one
 * size and of two, and files with one flaw each. The log is the register of the small world
 * (../world.h) with its published key. `index` says what a judge must find.
 */
#include "published.h"
#include "fork.h"
#include "world.h"

static struct ch_split_work work;
static struct fork ours, theirs;

struct fix {
	struct world w;
	ch_part part[8];
	size_t n;
	uint8_t text[65536];
	struct ch_wr out; /* into it */
};

struct expected {
	const char *name, *comment;
	ch_err result;
	const char *why; /* NULL: the log is shown to have two trees */
	void (*make)(struct fix *f);
};

/* ---- building ---- */

static ch_span sign(struct fix *f, const struct fork *history, size_t size)
{
	return fork_sign(&f->out, history, size, f->w.origin, &f->w.registry.secret);
}

static void show(struct fix *f, ch_span a, ch_span b)
{
	size_t from = f->out.n;
	ch_span file;

	check_ok(ch_split_put(&f->out, &work, &f->w.registry.vkey, a, b, fork_node, &theirs));
	file = ch_span_of(&f->text[from], f->out.n - from);
	check_ok(ch_pack_parse(f->part, &f->n, CH_COUNT(f->part), file, CH_PACK_SPLIT,
	    f->w.exercise));
}

static void one_size(struct fix *f)
{
	show(f, sign(f, &ours, 11), sign(f, &theirs, 11));
}

static void two_sizes(struct fix *f)
{
	show(f, sign(f, &ours, 11), sign(f, &theirs, 1000));
}

/* The smaller tree is one complete subtree, so a plain consistency proof would not name it. */
static void power_of_two(struct fix *f)
{
	show(f, sign(f, &ours, 512), sign(f, &theirs, 700));
}

/* The hashes of a part, to be bent: the part then points at them. */
static uint8_t *hashes(struct fix *f)
{
	uint8_t *at = &f->text[f->out.n];

	ch_wr_put(&f->out, f->part[3].bytes);
	f->part[3].bytes = ch_span_of(at, f->part[3].bytes.n);
	return at;
}

static void hash_flipped(struct fix *f)
{
	uint8_t *h;

	two_sizes(f);
	h = hashes(f);
	h[45] = h[45] == 'A' ? 'B' : 'A';
}

static void prefix_flipped(struct fix *f)
{
	uint8_t *h;

	two_sizes(f);
	h = hashes(f);
	h[0] = h[0] == 'A' ? 'B' : 'A';
}

static void hash_missing(struct fix *f)
{
	two_sizes(f);
	f->part[3].bytes.p += 45;
	f->part[3].bytes.n -= 45;
}

/* Both of one history: the hashes lead to the smaller root itself. */
static void continues(struct fix *f)
{
	ch_span small = sign(f, &theirs, 11);

	two_sizes(f);
	f->part[1].bytes = small;
}

static void same_tree(struct fix *f)
{
	one_size(f);
	f->part[2].bytes = f->part[1].bytes;
}

static void other_key(struct fix *f)
{
	f->w.registry = world_key_make(&f->w, f->w.origin, CH_VKEY_ED25519, 210, 1);
	one_size(f);
}

static void one_other_key(struct fix *f)
{
	struct world_key other = world_key_make(&f->w, f->w.origin, CH_VKEY_ED25519, 210, 1);

	two_sizes(f);
	f->part[2].bytes = fork_sign(&f->out, &theirs, 1000, f->w.origin, &other.secret);
}

static void other_log(struct fix *f)
{
	struct world_key other = world_key_make(&f->w, CH_LIT("other.example"), CH_VKEY_ED25519,
	    211, 1);

	two_sizes(f);
	f->part[2].bytes = fork_sign(&f->out, &theirs, 1000, CH_LIT("other.example"),
	    &other.secret);
}

static void unknown_log(struct fix *f)
{
	f->w.origin = CH_LIT("other.example");
	f->w.registry = world_key_make(&f->w, f->w.origin, CH_VKEY_ED25519, 211, 1);
	one_size(f);
}

static void swap(struct fix *f)
{
	ch_span a = f->part[1].bytes;

	f->part[1].bytes = f->part[2].bytes;
	f->part[2].bytes = a;
}

static void order(struct fix *f)
{
	two_sizes(f);
	swap(f);
}

static void order_of_roots(struct fix *f)
{
	one_size(f);
	swap(f);
}

static void no_hashes(struct fix *f)
{
	two_sizes(f);
	f->n--;
}

static void hashes_of_one_size(struct fix *f)
{
	one_size(f);
	f->part[f->n++] = (ch_part){ CH_LIT("hashes"), CH_LIT("\n") };
}

static void from_nothing(struct fix *f)
{
	ch_span none = sign(f, &ours, 0);

	two_sizes(f);
	f->part[1].bytes = none;
}

static void part_spare(struct fix *f)
{
	one_size(f);
	f->part[f->n++] = (ch_part){ CH_LIT("note"), CH_LIT("x\n") };
}

#define NOT_MADE "its hashes do not make the larger tree"
#define ONE_TREE "the two are of one tree: nothing is wrong with them"
#define NOT_SIGNED "not both are signed by the key that you trust for this log"

static const struct expected cases[] = {
	{ "one-size", "11 entries, two roots", CH_OK, NULL, one_size },
	{ "two-sizes", "11 entries, and 1,000 whose first 11 are others", CH_OK, NULL, two_sizes },
	{ "power-of-two", "512 and 700", CH_OK, NULL, power_of_two },
	{ "exercise-two-sizes", "the same in an exercise, under exercise-trust.txt", CH_OK, NULL,
	    two_sizes },
	{ "exercise-mixed", "a drill's log in a file of the real kind", CH_E_FORMAT, NULL,
	    one_size },
	{ "continues", "11 of the 1,000: an honest log", CH_OK, ONE_TREE, continues },
	{ "same-tree", "one checkpoint twice", CH_OK, ONE_TREE, same_tree },
	{ "hash-flipped", "one letter of a hash", CH_OK, NOT_MADE, hash_flipped },
	{ "prefix-flipped", "one letter of the first hash", CH_OK, NOT_MADE, prefix_flipped },
	{ "hash-missing", "the first hash is not there", CH_OK, NOT_MADE, hash_missing },
	{ "other-key", "both signed by another key of this name", CH_OK, NOT_SIGNED, other_key },
	{ "one-other-key", "the second signed by another key of this name", CH_OK, NOT_SIGNED,
	    one_other_key },
	{ "unknown-log", "of a log that trust.txt does not name", CH_OK,
	    "no key of this log is among those that you trust", unknown_log },
	{ "other-log", "the second is another log's", CH_E_FORMAT, NULL, other_log },
	{ "order", "the larger tree first", CH_E_FORMAT, NULL, order },
	{ "order-of-roots", "one size, the higher root first", CH_E_FORMAT, NULL, order_of_roots },
	{ "no-hashes", "two sizes without hashes", CH_E_FORMAT, NULL, no_hashes },
	{ "hashes-of-one-size", "hashes where none are needed", CH_E_FORMAT, NULL,
	    hashes_of_one_size },
	{ "from-nothing", "the first tree is empty", CH_E_FORMAT, NULL, from_nothing },
	{ "part-spare", "a part that does not belong there", CH_E_FORMAT, NULL, part_spare },
};
#define N_CASES 20u
_Static_assert(CH_COUNT(cases) == N_CASES, "the number that the page gives");

static bool is_exercise(const struct expected *c)
{
	return strncmp(c->name, "exercise-", 9) == 0;
}

static int exit_code(const struct expected *c)
{
	return c->result != CH_OK ? 2 : c->why ? 1 : 0;
}

static void put_index(void)
{
	static uint8_t text[8192];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	for (size_t i = 0; i < N_CASES; i++) {
		const struct expected *c = &cases[i];
		char code[16];

		CH_WR_LIT(&w, "file ");
		ch_wr_str(&w, c->name);
		CH_WR_LIT(&w, ".txt\ncomment ");
		ch_wr_str(&w, c->comment);
		CH_WR_LIT(&w, "\nexpect ");
		ch_wr_str(&w, pub_expect(c->result));
		if (c->why) {
			CH_WR_LIT(&w, "\nwhy ");
			ch_wr_str(&w, c->why);
		}
		snprintf(code, sizeof code, "\nexit %d\n\n", exit_code(c));
		ch_wr_str(&w, code);
	}
	check_ok(ch_wr_done(&w));
	pub_put("index", ch_wr_span(&w));
}

static void made(void **state)
{
	static struct fix f;
	char name[64];

	(void)state;
	fork_make(&ours, FORK_NEVER);
	fork_make(&theirs, 5);
	for (size_t i = 0; i < N_CASES; i++) {
		world_start(&f.w, is_exercise(&cases[i]));
		f.out = ch_wr_of(f.text, sizeof f.text);
		cases[i].make(&f);
		f.w.exercise = is_exercise(&cases[i]) && cases[i].result == CH_OK;
		snprintf(name, sizeof name, "%s.txt", cases[i].name);
		pub_put(name, world_pack(&f.w, f.part, f.n, CH_PACK_SPLIT));
		if (i == 0)
			pub_put("trust.txt", world_trust(&f.w));
		else if (f.w.exercise)
			pub_put("exercise-trust.txt", world_trust(&f.w));
		world_stop(&f.w);
	}
	put_index();
	pub_all(N_CASES + 3);
}

/* ---- what the code makes of the files ---- */

static bool judged(const struct expected *c)
{
	static ch_trust trust;
	static ch_part part[CH_PACK_PARTS_MAX];
	bool drill = is_exercise(c) && c->result == CH_OK;
	char name[64];
	ch_split s;
	ch_span text = pub_read(drill ? "exercise-trust.txt" : "trust.txt"), file;
	ch_evidence ev = { part, 0, drill, &trust };
	bool good;
	ch_err e;

	check_ok(ch_trust_parse(&trust, text, NULL));
	snprintf(name, sizeof name, "%s.txt", c->name);
	file = pub_read(name);
	check_ok(ch_pack_parse(part, &ev.n, CH_COUNT(part), file, CH_PACK_SPLIT, drill));
	e = ch_split_judge(&s, &work, &ev, NULL);
	good = e == c->result && !s.why == !c->why && (!c->why || strcmp(s.why, c->why) == 0);
	if (!good)
		print_error("%s: %s, %s\n", name, pub_expect(e), s.why ? s.why : "-");
	pub_free(file);
	pub_free(text);
	return good;
}

static void all_judged(void **state)
{
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < N_CASES; i++)
		n += judged(&cases[i]);
	assert_int_equal(n, N_CASES);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made), cmocka_unit_test(all_judged),
	};

	pub_begin("split-view", argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
