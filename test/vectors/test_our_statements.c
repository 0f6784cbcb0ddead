/*
 * doc/formats/vectors/statements/: a valid text of every kind, and texts with one fault each,
 * headed in the manner of CCTV: `expect:`, `base:`, `comment:`, an empty line, the text.
 */
#include "published.h"
#include "sample.h"

#include "text.h"

static uint8_t buf[1 << 16];

/* ---- valid ones ---- */

static const ch_kind twins[] = { CH_K_ROSTER, CH_K_PAPER, CH_K_RECEIPT, CH_K_REGISTERED };

static void put_valid(ch_kind k, bool exercise, sample_how how, const char *prefix)
{
	ch_span text = sample_stmt(buf, sizeof buf, k, exercise, how);
	char name[128];

	snprintf(name, sizeof name, "%s%s.txt", prefix, ch_kind_schema(k)->name);
	pub_put_summed(name, text);
}

static void valid(void **state)
{
	(void)state;
	for (unsigned k = 0; k < CH_K_COUNT; k++)
		put_valid((ch_kind)k, false, SAMPLE_FULL, "");
	for (size_t i = 0; i < CH_COUNT(twins); i++)
		put_valid(twins[i], true, SAMPLE_FULL, "exercise-");
	put_valid(CH_K_PAPER_TEXT, false, SAMPLE_EMPTY, "least-");
	put_valid(CH_K_CHARTER, false, SAMPLE_EMPTY, "least-");
	pub_put_sums();
}

/* ---- one fault each ---- */

struct fault {
	const char *name, *base, *comment;
	ch_err expect;
	const char *find, *replace; /* the first place; find NULL: built in code below */
};

static const struct fault faults[] = {
	{ "key-missing", "receipt", "the line `paper` is not there", CH_E_FORMAT, NULL, NULL },
	{ "keys-swapped", "receipt", "`party` stands before `talks`", CH_E_FORMAT, NULL, NULL },
	{ "key-twice", "receipt", "the line `talks` stands twice", CH_E_FORMAT, NULL, NULL },
	{ "key-unknown", "receipt", "a line `remark` that no version has", CH_E_FORMAT,
	    "\nroster ", "\nremark x\nroster " },
	{ "key-upper-case", "receipt", "`Party`", CH_E_FORMAT, "\nparty ", "\nParty " },
	{ "key-of-another-kind", "decline", "`note` for `reason`", CH_E_FORMAT, "\nreason ",
	    "\nnote " },
	{ "line-behind", "receipt", "a line behind the last key", CH_E_FORMAT, NULL, NULL },
	{ "last-lf-missing", "receipt", "no LF at the end", CH_E_TRUNCATED, NULL, NULL },
	{ "cut-off", "receipt", "cut off within a value", CH_E_TRUNCATED, NULL, NULL },
	{ "empty-line-behind", "receipt", "one LF more at the end", CH_E_FORMAT, NULL, NULL },
	{ "empty-line-within", "receipt", "an empty line between two keys", CH_E_FORMAT,
	    "\nparty ", "\n\nparty " },
	{ "crlf", "receipt", "CR before the LF of one line", CH_E_FORMAT, "\nroster ",
	    "\r\nroster " },
	{ "byte-order-mark", "receipt", "U+FEFF before the type line", CH_E_FORMAT, "chancery/",
	    "\xef\xbb\xbf" "chancery/" },
	{ "space-twice", "receipt", "two spaces behind a key", CH_E_FORMAT, "\nparty ",
	    "\nparty  " },
	{ "tab", "receipt", "a tab behind a key", CH_E_FORMAT, "\nparty ", "\nparty\t" },
	{ "trailing-space", "receipt", "a space behind a value", CH_E_FORMAT, "\nroster ",
	    " \nroster " },
	{ "trailing-space-in-text", "decline", "a line of text ends in a space", CH_E_FORMAT,
	    "\nreason A.1", "\nreason A.1 " },
	{ "value-empty", "decline", "nothing behind the key: `-` is the only spelling of nothing",
	    CH_E_FORMAT, "\nreason A.1", "\nreason " },
	{ "value-unset", "receipt", "`-` for a value that must be said", CH_E_FORMAT,
	    "\nparty a1.example", "\nparty -" },
	{ "type-exercise-misspelt", "exercise-receipt", "`chancery-drill/` is no prefix",
	    CH_E_FORMAT, "chancery-exercise/", "chancery-drill/" },
	{ "type-unknown", "receipt", "no such kind", CH_E_FORMAT, "/receipt@", "/recept@" },
	{ "type-version", "receipt", "a version that is not there yet", CH_E_FORMAT, "@v1\n",
	    "@v2\n" },
	{ "type-of-another-kind", "receipt", "the keys of a receipt under `decline`",
	    CH_E_TRUNCATED, "/receipt@", "/decline@" },
	{ "hash-upper-case", "disclosure", "hex in upper case", CH_E_FORMAT, NULL, NULL },
	{ "hash-short", "receipt", "63 hex digits", CH_E_FORMAT, NULL, NULL },
	{ "leading-zero", "registered", "`07`", CH_E_FORMAT, " 7 ", " 07 " },
	{ "plus-sign", "registered", "`+7`", CH_E_FORMAT, " 7 ", " +7 " },
	{ "decimal-too-large", "registered", "2^64", CH_E_FORMAT, " 7 ",
	    " 18446744073709551616 " },
	{ "second-60", "registered", "a leap second", CH_E_FORMAT, ":03Z", ":60Z" },
	{ "time-zone", "registered", "`+00:00` for `Z`", CH_E_FORMAT, ":03Z", ":03+00:00" },
	{ "time-lower-case", "registered", "`t` for `T`", CH_E_FORMAT, "T12:", "t12:" },
	{ "hour-24", "registered", "24:00:03", CH_E_FORMAT, "T12:", "T24:" },
	{ "day-31", "paper-text", "November has 30 days", CH_E_FORMAT, "\ndate 2026-11-25",
	    "\ndate 2026-11-31" },
	{ "not-nfc", "decline", "e and U+0301, which NFC writes as U+00E9", CH_E_FORMAT,
	    "\nreason A.1", "\nreason Expose\xcc\x81" },
	{ "not-utf-8", "decline", "a byte that begins nothing", CH_E_FORMAT, "\nreason A.1",
	    "\nreason A\xff" "1" },
	{ "utf-8-overlong", "decline", "`/` as C0 AF", CH_E_FORMAT, "\nreason A.1",
	    "\nreason A\xc0\xaf" "1" },
	{ "surrogate", "decline", "U+D800", CH_E_FORMAT, "\nreason A.1",
	    "\nreason A\xed\xa0\x80" "1" },
	{ "bidi", "decline", "U+202E, which turns the rest of the line around", CH_E_FORMAT,
	    "\nreason A.1", "\nreason A\xe2\x80\xae.1" },
	{ "zero-width-space", "decline", "U+200B", CH_E_FORMAT, "\nreason A.1",
	    "\nreason A\xe2\x80\x8b.1" },
	{ "escape", "decline", "U+001B, with which terminals are steered", CH_E_FORMAT,
	    "\nreason A.1", "\nreason A\x1b[2J" },
	{ "unassigned", "decline", "U+0378, unassigned in Unicode 15.0", CH_E_FORMAT,
	    "\nreason A.1", "\nreason A\xcd\xb8" },
	{ "joiner-outside-letters", "decline", "U+200D between a letter and a full stop",
	    CH_E_FORMAT, "\nreason A.1", "\nreason A\xe2\x80\x8d.1" },
	{ "list-count-high", "paper-text", "`info 3` and two items", CH_E_FORMAT, "\ninfo 2",
	    "\ninfo 3" },
	{ "list-count-low", "paper-text", "`info 1` and two items", CH_E_FORMAT, "\ninfo 2",
	    "\ninfo 1" },
	{ "list-too-long", "paper-text", "65 items in a list of at most 64", CH_E_LIMIT,
	    "\ninfo 2", "\ninfo 65" },
	{ "list-count-unset", "least-paper-text", "`-` for an empty list", CH_E_FORMAT,
	    "\ninfo 0", "\ninfo -" },
	{ "token-twice", "paper-text", "a token stands twice in `languages`", CH_E_FORMAT,
	    "\nlanguages b,a.1,c-2", "\nlanguages b,a.1,b" },
	{ "token-upper-case", "paper-text", "`Token.9`", CH_E_FORMAT, "\nbasis t", "\nbasis T" },
	{ "tokens-comma-last", "paper-text", "a comma behind the last token", CH_E_FORMAT,
	    "\nlanguages b,a.1,c-2", "\nlanguages b,a.1,c-2," },
	{ "numbers-descending", "disclosure", "`0,17,3`", CH_E_FORMAT, "0,3,17", "0,17,3" },
	{ "copy-beyond", "paper-text", "copy 4 of 3", CH_E_FORMAT, "\ncopy 3,3", "\ncopy 4,3" },
	{ "handle-upper-case", "receipt", "`A1.example`", CH_E_FORMAT, "\nparty a1",
	    "\nparty A1" },
	{ "handle-one-label", "receipt", "no full stop in it", CH_E_FORMAT, "\nparty a1.example",
	    "\nparty example" },
	{ "serial-zero", "paper-text", "papers are counted from 1", CH_E_FORMAT, "/2026/0001",
	    "/2026/0000" },
	{ "serial-padded", "paper-text", "`00001`: zeros only to reach four digits", CH_E_FORMAT,
	    "/2026/0001", "/2026/00001" },
	{ "url-slash-last", "charter", "`/` at the end of a URL", CH_E_FORMAT, ":8443/a",
	    ":8443/a/" },
	{ "base64-unpadded", "enrolment", "a vkey without the padding of its base64", CH_E_FORMAT,
	    NULL, NULL },
	{ "vkey-other-id", "enrolment", "a vkey whose id is not that of its key", CH_E_FORMAT,
	    NULL, NULL },
	{ "recipient-upper-case", "deposit-key", "`AGE1…` in upper case", CH_E_FORMAT, NULL,
	    NULL },
	{ "text-too-long", "paper-text", "257 bytes in `subject`", CH_E_LIMIT, NULL, NULL },
};
#define N_FAULTS 60u
_Static_assert(CH_COUNT(faults) == N_FAULTS, "the number that the page gives");

static char *at(char *text, const char *needle)
{
	char *p = strstr(text, needle);

	if (!p)
		fail_msg("no %s in the base", needle);
	return p;
}

/* Replace n bytes at p by other ones. */
static void splice(char *p, size_t n, const char *by)
{
	size_t k = strlen(by), tail = strlen(p + n);

	memmove(p + k, p + n, tail + 1);
	memcpy(p, by, k);
}

static void upper(char *p)
{
	for (; *p && *p != '\n'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
}

static size_t line_len(const char *p)
{
	return strcspn(p, "\n") + 1;
}

/* The faults that are no plain replacement. */
static void bend_lines(char *t, const char *name)
{
	char line[512];
	char *p = at(t, "\ntalks ") + 1;

	if (strcmp(name, "key-missing") == 0) {
		p = at(t, "\npaper ") + 1;
		splice(p, line_len(p), "");
	} else if (strcmp(name, "key-twice") == 0) {
		snprintf(line, sizeof line, "%.*s", (int)line_len(p), p);
		splice(p, 0, line);
	} else if (strcmp(name, "keys-swapped") == 0) {
		snprintf(line, sizeof line, "%.*s", (int)line_len(p), p);
		splice(p, line_len(p), "");
		splice(p + line_len(p), 0, line);
	} else if (strcmp(name, "line-behind") == 0) {
		splice(t + strlen(t), 0, "reason -\n");
	} else if (strcmp(name, "last-lf-missing") == 0) {
		t[strlen(t) - 1] = 0;
	} else if (strcmp(name, "cut-off") == 0) {
		t[strlen(t) - 20] = 0;
	} else if (strcmp(name, "empty-line-behind") == 0) {
		splice(t + strlen(t), 0, "\n");
	} else if (strcmp(name, "hash-short") == 0) {
		splice(p + 6, 1, "");
	} else {
		fail_msg("no rule for %s", name);
	}
}

static void bend_values(char *t, const char *name)
{
	char *p;

	if (strcmp(name, "hash-upper-case") == 0) {
		p = at(t, "\npaper ") + 7;
		splice(p, 2, "0A");
	} else if (strcmp(name, "base64-unpadded") == 0) {
		p = at(t, "\nkey ") + 1;
		splice(p + line_len(p) - 2, 1, "");
	} else if (strcmp(name, "vkey-other-id") == 0) {
		p = strchr(at(t, "\nkey "), '+') + 1;
		splice(p, 1, *p == '0' ? "1" : "0");
	} else if (strcmp(name, "recipient-upper-case") == 0) {
		upper(at(t, "age1"));
	} else if (strcmp(name, "text-too-long") == 0) {
		char more[256];

		memset(more, 'a', sizeof more);
		more[254] = 0; /* with `A.1` 257 */
		splice(at(t, "\nsubject A.1") + 9, 0, more);
	} else {
		bend_lines(t, name);
	}
}

static char text[1 << 16];

static void bend(const struct fault *f)
{
	char name[128];
	ch_span base;

	snprintf(name, sizeof name, "%s.txt", f->base);
	base = pub_read(name);
	assert_true(base.n + 1024 < sizeof text);
	memcpy(text, base.p, base.n + 1);
	pub_free(base);
	if (f->find)
		splice(at(text, f->find), strlen(f->find), f->replace);
	else
		bend_values(text, f->name);
}

static void faulty(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_FAULTS; i++) {
		struct ch_wr w = ch_wr_of(buf, sizeof buf);
		char name[128];

		bend(&faults[i]);
		ch_wr_str(&w, "expect: ");
		ch_wr_str(&w, pub_expect(faults[i].expect));
		ch_wr_str(&w, "\nbase: ");
		ch_wr_str(&w, faults[i].base);
		ch_wr_str(&w, ".txt\ncomment: ");
		ch_wr_str(&w, faults[i].comment);
		ch_wr_str(&w, "\n\n");
		ch_wr_str(&w, text);
		check_ok(ch_wr_done(&w));
		snprintf(name, sizeof name, "bad/%s.txt", faults[i].name);
		pub_put(name, ch_wr_span(&w));
	}
	pub_all(CH_K_COUNT + CH_COUNT(twins) + 2 + 1 + N_FAULTS);
}

/* ---- what the code makes of the files ---- */

static void accepted(void **state)
{
	static char sums[16384];
	char *line, *save = NULL;
	ch_span all = pub_read("SHA256SUMS");
	unsigned n = 0;

	(void)state;
	snprintf(sums, sizeof sums, "%s", (const char *)all.p);
	pub_free(all);
	for (line = strtok_r(sums, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		ch_span file = pub_read(line + 66);
		struct ch_wr w = ch_wr_of(buf, sizeof buf);
		uint8_t sum[32];
		ch_stmt s;
		ch_hash h;

		check_ok(ch_hex_parse(sum, sizeof sum, ch_span_of(line, 64)));
		check_ok(ch_stmt_parse(&s, file));
		ch_stmt_hash(&h, file);
		assert_memory_equal(h.b, sum, 32);
		check_ok(ch_stmt_format(&w, &s));
		assert_true(ch_span_eq(ch_wr_span(&w), file));
		assert_int_equal(s.exercise, strncmp(line + 66, "exercise-", 9) == 0);
		pub_free(file);
		n++;
	}
	assert_int_equal(n, CH_K_COUNT + CH_COUNT(twins) + 2);
}

/* `key: value` of a head; the head ends at the empty line, where *at is left. */
static void head_line(char out[256], struct ch_rd *r, const char *key)
{
	ch_span v;

	ch_rd_lit(r, ch_span_str(key));
	v = ch_rd_line1(r);
	check_ok(r->err);
	snprintf(out, 256, "%.*s", (int)v.n, (const char *)v.p);
}

/* Bytes of `b` between the longest common beginning and end of both. */
static size_t edit_len(ch_span a, ch_span b)
{
	size_t most = a.n < b.n ? a.n : b.n, head = 0, tail = 0;

	while (head < most && a.p[head] == b.p[head])
		head++;
	while (tail < most - head && a.p[a.n - 1 - tail] == b.p[b.n - 1 - tail])
		tail++;
	return b.n - head - tail;
}

static void refused(void **state)
{
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < N_FAULTS; i++) {
		char name[128], expect[256], base_name[256], comment[256];
		ch_span file, rest, base;
		struct ch_rd r;
		ch_stmt s;
		ch_err e;

		snprintf(name, sizeof name, "bad/%s.txt", faults[i].name);
		file = pub_read(name);
		r = ch_rd_of(file);
		head_line(expect, &r, "expect: ");
		head_line(base_name, &r, "base: ");
		head_line(comment, &r, "comment: ");
		ch_rd_lit(&r, CH_LIT("\n"));
		rest = ch_rd_rest(&r);
		check_ok(r.err);
		/* All but the one fault is sound: the base parses, and little is another. */
		base = pub_read(base_name);
		check_ok(ch_stmt_parse(&s, base));
		assert_false(ch_span_eq(rest, base));
		assert_true(edit_len(base, rest) <= 260);
		e = ch_stmt_parse(&s, rest);
		if (strcmp(pub_expect(e), expect) != 0)
			print_error("%s: %s, expected %s\n", name, pub_expect(e), expect);
		else
			n++;
		assert_true(check_is_zero(&s, sizeof s));
		pub_free(file);
		pub_free(base);
	}
	assert_int_equal(n, N_FAULTS);
}

/* A text of a drill is none of the real kind, and the other way round. */
static void never_mixed(void **state)
{
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(twins); i++) {
		for (int ex = 0; ex < 2; ex++) {
			char name[128];
			ch_span file;
			ch_stmt s;

			snprintf(name, sizeof name, "%s%s.txt", ex ? "exercise-" : "",
			    ch_kind_schema(twins[i])->name);
			file = pub_read(name);
			check_ok(ch_stmt_parse_as(&s, file, twins[i], ex != 0));
			check_err(ch_stmt_parse_as(&s, file, twins[i], ex == 0), CH_E_FORMAT);
			pub_free(file);
			n++;
		}
	}
	assert_int_equal(n, 8);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid), cmocka_unit_test(faulty), cmocka_unit_test(accepted),
		cmocka_unit_test(refused), cmocka_unit_test(never_mixed),
	};

	pub_begin("statements", argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
