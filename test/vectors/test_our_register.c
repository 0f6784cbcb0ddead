/*
 * doc/formats/vectors/register/: entries from salts and statements of ../statements, a log of five
 * of them with checkpoint, tiles and entry bundle, a proof, and proofs with one flaw each.
 */
#include "published.h"

#include "b64.h"
#include "entry.h"
#include "proof.h"
#include "tile.h"

#define N 5u
#define TIME ((uint64_t)1795600000) /* 2026-11-25T08:26:40Z */

static uint8_t arena[1 << 16];
static struct ch_wr out;

/* What was written to `out` since `from`. */
static ch_span since(size_t from)
{
	check_ok(out.err);
	return ch_span_of(out.p + from, out.n - from);
}

/* ---- keys ---- */

struct key {
	const char *role, *name;
	uint8_t type, seed; /* 32 times this byte */
	ch_vkey vkey;
	struct ch_edsecret secret;
};

enum { LOG, OTHER_LOG, COSIGNER, NEUTRAL, STRANGER };
static struct key keys[] = {
	{ .role = "log", .name = "register.example", .type = CH_VKEY_ED25519, .seed = 0x51 },
	{ .role = "other-log", .name = "other.register.example", .type = CH_VKEY_ED25519,
	    .seed = 0x52 },
	{ .role = "cosigner", .name = "cosigner.register.example", .type = CH_VKEY_COSIGNATURE,
	    .seed = 0x53 },
	{ .role = "neutral", .name = "neutral.example", .type = CH_VKEY_COSIGNATURE, .seed = 0x54 },
	{ .role = "stranger", .name = "stranger.example", .type = CH_VKEY_COSIGNATURE,
	    .seed = 0x55 },
};

static void make_keys(void)
{
	size_t from = out.n;

	for (size_t i = 0; i < CH_COUNT(keys); i++) {
		struct ch_secret32 seed;
		ch_edkey pub;

		memset(&seed, keys[i].seed, sizeof seed);
		ch_ed25519_keypair(&pub, &keys[i].secret, &seed);
		ch_vkey_make(&keys[i].vkey, ch_span_str(keys[i].name), keys[i].type, &pub);
		ch_wr_str(&out, keys[i].role);
		CH_WR_LIT(&out, " ");
		ch_hex_put(&out, ch_span_of(seed.b, sizeof seed.b));
		CH_WR_LIT(&out, " ");
		ch_vkey_put(&out, &keys[i].vkey);
		CH_WR_LIT(&out, "\n");
	}
	pub_put("keys", since(from));
}

/* ---- entries and log ---- */

static const char *const logged[N] = { "roster", "charter", "registered", "notice", "handover" };
static ch_salt salts[N];
static ch_hash entries[N], leaves[N];

static ch_hash statement_hash(const char *kind)
{
	char name[64];
	ch_span text;
	ch_hash h;

	snprintf(name, sizeof name, "../statements/%s.txt", kind);
	text = pub_read(name);
	ch_sha256(&h, text);
	pub_free(text);
	return h;
}

static void put_hex(const char *key, const uint8_t *p)
{
	ch_wr_str(&out, key);
	ch_hex_put(&out, ch_span_of(p, 32));
}

static void put_entry(const char *kind, const ch_salt *salt, bool exercise, ch_hash *entry,
    ch_hash *leaf)
{
	ch_hash text = statement_hash(kind);

	ch_entry_of_hash(entry, salt, &text, exercise);
	ch_merkle_leaf(leaf, ch_span_of(entry->b, CH_ENTRY_SIZE));
	CH_WR_LIT(&out, "statement ");
	ch_wr_str(&out, kind);
	put_hex(".txt\nsalt ", salt->b);
	put_hex("\ntext ", text.b);
	put_hex("\nentry ", entry->b);
	put_hex("\nleaf ", leaf->b);
	CH_WR_LIT(&out, "\n\n");
}

static void make_entries(void)
{
	size_t from = out.n;
	ch_hash entry, leaf;

	for (unsigned i = 0; i < N; i++) {
		memset(&salts[i], (int)(0xa0 + i), sizeof salts[i]);
		put_entry(logged[i], &salts[i], false, &entries[i], &leaves[i]);
	}
	put_entry("exercise-registered", &salts[2], true, &entry, &leaf);
	put_entry("exercise-roster", &salts[0], true, &entry, &leaf);
	pub_put("entries", since(from));
}

/* Signed by a log, cosigned by some: bits by number of key. */
static ch_span checkpoint(unsigned log, unsigned by)
{
	ch_checkpoint cp = { .origin = ch_span_str(keys[log].name), .size = N };
	size_t from = out.n;
	ch_span text;

	ch_merkle_root(&cp.root, leaves, N);
	ch_checkpoint_put(&out, &cp);
	text = since(from);
	from = out.n;
	ch_checkpoint_sign(&out, &cp, &keys[log].secret);
	for (unsigned i = COSIGNER; i <= STRANGER; i++)
		if (by >> i & 1)
			ch_cosignature_put(&out, keys[i].vkey.name, text, TIME + i,
			    &keys[i].secret);
	return since(from);
}

static void make_log(void)
{
	size_t from = out.n;

	pub_put("log/checkpoint", checkpoint(LOG, 1u << COSIGNER | 1u << NEUTRAL));
	from = out.n;
	for (unsigned i = 0; i < N; i++)
		ch_bundle_put(&out, ch_span_of(entries[i].b, CH_ENTRY_SIZE));
	pub_put("log/tile/entries/000.p/5", since(from));
	from = out.n;
	for (unsigned i = 0; i < N; i++)
		ch_wr_put(&out, ch_span_of(leaves[i].b, 32));
	pub_put("log/tile/0/000.p/5", since(from));
}

static void make_policy(void)
{
	size_t from = out.n;

	CH_WR_LIT(&out, "log ");
	ch_vkey_put(&out, &keys[LOG].vkey);
	CH_WR_LIT(&out, "\nwitness own ");
	ch_vkey_put(&out, &keys[COSIGNER].vkey);
	CH_WR_LIT(&out, "\nwitness neutral ");
	ch_vkey_put(&out, &keys[NEUTRAL].vkey);
	CH_WR_LIT(&out, "\ngroup both all own neutral\nquorum both\n");
	pub_put("policy", since(from));
}

/* ---- proofs ---- */

struct flaw {
	const char *name, *statement, *comment;
	ch_err expect;
	unsigned log, by;
};

#define BOTH (1u << COSIGNER | 1u << NEUTRAL)
static const struct flaw flaws[] = {
	{ "handover", "handover", "the last of five", CH_OK, LOG, BOTH },
	{ "registered", "registered", "in the middle", CH_OK, LOG, BOTH },
	{ "stranger-too", "registered", "a cosignature that the policy does not know", CH_OK, LOG,
	    BOTH | 1u << STRANGER },
	{ "hash-flipped", "registered", "one letter of the path", CH_E_AUTH, LOG, BOTH },
	{ "salt-flipped", "registered", "one letter of the salt", CH_E_AUTH, LOG, BOTH },
	{ "index-other", "registered", "index 3 for 2", CH_E_AUTH, LOG, BOTH },
	{ "index-outside", "registered", "index 5 in a tree of 5", CH_E_AUTH, LOG, BOTH },
	{ "path-short", "registered", "the last hash of the path is not there", CH_E_AUTH, LOG,
	    BOTH },
	{ "statement-other", "notice", "the proof of `registered`", CH_E_AUTH, LOG, BOTH },
	{ "exercise-for-real", "exercise-registered", "the proof of the real twin", CH_E_AUTH, LOG,
	    BOTH },
	{ "signature-flipped", "registered", "one letter of the log's signature", CH_E_AUTH, LOG,
	    BOTH },
	{ "cosignature-flipped", "registered", "one letter of a cosignature", CH_E_AUTH, LOG,
	    BOTH },
	{ "origin-other", "registered", "the same tree under another log's name and key",
	    CH_E_ABSENT, OTHER_LOG, BOTH },
	{ "cosigner-missing", "registered", "one cosigner; the policy asks for both", CH_E_ABSENT,
	    LOG, 1u << COSIGNER },
	{ "cosigner-stranger", "registered", "a stranger for the neutral", CH_E_ABSENT, LOG,
	    1u << COSIGNER | 1u << STRANGER },
	{ "index-leading-zero", "registered", "index 02", CH_E_FORMAT, LOG, BOTH },
	{ "header-other", "registered", "`tlog-proof@v2`", CH_E_FORMAT, LOG, BOTH },
};
#define N_PROOFS 17u
_Static_assert(CH_COUNT(flaws) == N_PROOFS, "the number that the page gives");

static char *at(char *t, const char *needle)
{
	char *p = strstr(t, needle);

	if (!p)
		fail_msg("no %s in the proof", needle);
	return p;
}

static void flip(char *c)
{
	*c = *c == 'A' ? 'B' : 'A';
}

/* The file as a string; a flaw may make it longer by one. */
static void bend(char *t, const char *flaw)
{
	char *path = strchr(at(t, "\nindex ") + 1, '\n') + 1, *end = at(t, "\n\n") + 1;

	if (strcmp(flaw, "hash-flipped") == 0)
		flip(path);
	else if (strcmp(flaw, "salt-flipped") == 0)
		flip(at(t, "\nextra ") + 7);
	else if (strcmp(flaw, "index-other") == 0)
		at(t, "\nindex ")[7] = '3';
	else if (strcmp(flaw, "index-outside") == 0)
		at(t, "\nindex ")[7] = '5';
	else if (strcmp(flaw, "path-short") == 0)
		memmove(end - 45, end, strlen(end) + 1);
	else if (strcmp(flaw, "signature-flipped") == 0)
		flip(at(t, "\xe2\x80\x94 register.example ") + 4 + 17 + 20);
	else if (strcmp(flaw, "cosignature-flipped") == 0)
		flip(at(t, "\xe2\x80\x94 neutral.example ") + 4 + 16 + 40);
	else if (strcmp(flaw, "index-leading-zero") == 0) {
		char *p = at(t, "\nindex ") + 7;

		memmove(p + 1, p, strlen(p) + 1);
		*p = '0';
	} else if (strcmp(flaw, "header-other") == 0)
		at(t, "@v1")[2] = '2';
}

static void make_proof(const struct flaw *f)
{
	unsigned index = strcmp(f->statement, "handover") == 0 ? 4 : 2;
	ch_span cp = checkpoint(f->log, f->by);
	ch_hash path[CH_MERKLE_PROOF_MAX];
	char name[64], text[8192];
	size_t n, from = out.n;

	check_ok(ch_merkle_array_inclusion(path, &n, leaves, N, index));
	ch_proof_put(&out, ch_span_of(salts[index].b, 32), index, path, n, cp);
	snprintf(text, sizeof text, "%.*s", (int)since(from).n, (const char *)since(from).p);
	bend(text, f->name);
	snprintf(name, sizeof name, "%s%s.proof", f->expect == CH_OK ? "" : "bad/", f->name);
	pub_put(name, ch_span_str(text));
}

static void make_index(void)
{
	size_t from = out.n;

	for (size_t i = 0; i < N_PROOFS; i++) {
		const struct flaw *f = &flaws[i];

		CH_WR_LIT(&out, "file ");
		ch_wr_str(&out, f->expect == CH_OK ? "" : "bad/");
		ch_wr_str(&out, f->name);
		CH_WR_LIT(&out, ".proof\ncomment ");
		ch_wr_str(&out, f->comment);
		CH_WR_LIT(&out, "\nstatement ");
		ch_wr_str(&out, f->statement);
		CH_WR_LIT(&out, ".txt\nexpect ");
		ch_wr_str(&out, pub_expect(f->expect));
		CH_WR_LIT(&out, "\n\n");
	}
	pub_put("index", since(from));
}

static void made(void **state)
{
	(void)state;
	out = ch_wr_of(arena, sizeof arena);
	make_keys();
	make_entries();
	make_log();
	make_policy();
	for (size_t i = 0; i < N_PROOFS; i++)
		make_proof(&flaws[i]);
	make_index();
	pub_all(7 + N_PROOFS);
}

/* ---- what the code makes of the files ---- */

static void log_read(void **state)
{
	ch_span cp_text = pub_read("log/checkpoint"), tile = pub_read("log/tile/0/000.p/5");
	ch_span bundle = pub_read("log/tile/entries/000.p/5"), text = pub_read("policy");
	static ch_policy policy;
	ch_hash leaf[N], root;
	ch_policy_cosigners who;
	ch_checkpoint cp;
	ch_note note;
	size_t log;

	(void)state;
	check_ok(ch_policy_parse(&policy, text, NULL));
	check_ok(ch_policy_open(&cp, &note, &log, cp_text, &policy));
	check_ok(ch_policy_check(&who, &policy, &note));
	assert_int_equal(who.time[0], TIME + COSIGNER);
	assert_int_equal(who.time[1], TIME + NEUTRAL);
	assert_int_equal(cp.size, N);
	check_ok(ch_bundle_leaves(leaf, N, bundle));
	assert_int_equal(tile.n, sizeof leaf);
	assert_memory_equal(tile.p, leaf, sizeof leaf);
	ch_merkle_root(&root, leaf, N);
	assert_true(ch_hash_eq(&root, &cp.root));
	pub_free(cp_text);
	pub_free(tile);
	pub_free(bundle);
	pub_free(text);
}

/* As a verifier does: the entry from the statement's text and from `extra`. */
static ch_err verify(ch_span proof, const char *statement, const ch_policy *policy)
{
	struct ch_proof_facts facts;
	bool exercise = strncmp(statement, "exercise-", 9) == 0;
	ch_hash text = statement_hash(statement), entry;
	ch_proof p;
	ch_salt salt;
	size_t n;
	ch_err e = ch_proof_parse(&p, proof);

	if (e == CH_OK)
		e = ch_proof_extra(salt.b, &n, sizeof salt, &p);
	if (e != CH_OK)
		return e;
	assert_int_equal(n, sizeof salt);
	ch_entry_of_hash(&entry, &salt, &text, exercise);
	return ch_proof_verify(&facts, proof, ch_span_of(entry.b, CH_ENTRY_SIZE), NULL, policy);
}

static void proofs_judged(void **state)
{
	ch_span text = pub_read("policy");
	static ch_policy policy;
	unsigned n = 0;

	(void)state;
	check_ok(ch_policy_parse(&policy, text, NULL));
	for (size_t i = 0; i < N_PROOFS; i++) {
		char name[64];
		ch_span file;
		ch_err e;

		snprintf(name, sizeof name, "%s%s.proof", flaws[i].expect == CH_OK ? "" : "bad/",
		    flaws[i].name);
		file = pub_read(name);
		e = verify(file, flaws[i].statement, &policy);
		if (e != flaws[i].expect)
			print_error("%s: %s\n", name, pub_expect(e));
		else
			n++;
		pub_free(file);
	}
	pub_free(text);
	assert_int_equal(n, N_PROOFS);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made), cmocka_unit_test(log_read),
		cmocka_unit_test(proofs_judged),
	};

	pub_begin("register", argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
