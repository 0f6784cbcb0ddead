/* doc/formats/statements.md says what kinds.c says: every kind, key, type, bound and star. */
#include <stdio.h>

#include "check.h"

#include "kinds.h"

static const char *const types[] = { "HASH", "HEX16", "HANDLE", "CODE", "NUMBER", "WHEN", "DATE",
	"DEC", "KEYNAME", "VKEY", "KEY", "SIG", "RECIPIENT", "TOKEN", "TOKENS", "REF", "SEEN", "RE",
	"ORIGIN", "MEDIA", "URL", "TEXT", "NUMBERS", "COPY", "LIST" };

_Static_assert(CH_COUNT(types) == CH_T_LIST + 1, "every type has a name");

static FILE *page;
static char line[1024];

/* The next line that is a heading of a kind or a row of a table of keys. */
static const char *next(void)
{
	while (fgets(line, sizeof line, page)) {
		line[strcspn(line, "\n")] = 0;
		if (strncmp(line, "### ", 4) == 0)
			return line;
		if (strncmp(line, "| ", 2) == 0 && strncmp(line, "| key | type ", 13) != 0)
			return line;
	}
	return NULL;
}

static void expect_row(const struct ch_field *f, bool column, bool star)
{
	const char *got = next();
	char want[256], bound[16] = "";

	if (f->max)
		snprintf(bound, sizeof bound, " %u", f->max);
	snprintf(want, sizeof want, "| %s%s%s | %s%s | %s | ", column ? "+ " : "", f->key,
	    star ? "*" : "", types[f->type], bound, f->optional ? "optional" : "");
	assert_non_null(got);
	if (strncmp(got, want, strlen(want)) != 0)
		fail_msg("page: %s\ncode: %s", got, want);
	assert_true(strlen(got) > strlen(want) + 2);
}

static void test_page(void **state)
{
	char want[64];

	(void)state;
	do {
		assert_non_null(fgets(line, sizeof line, page));
	} while (strcmp(line, "## Types\n") != 0);
	(void)next();
	for (unsigned t = 0; t <= CH_T_LIST; t++) {
		snprintf(want, sizeof want, "| %s ", types[t]);
		const char *got = next();

		assert_non_null(got);
		assert_memory_equal(got, want, strlen(want));
	}
	for (unsigned k = 0; k < CH_K_COUNT; k++) {
		const struct ch_schema *s = ch_kind_schema((ch_kind)k);
		const char *got = next();

		snprintf(want, sizeof want, "### %s", s->name);
		assert_non_null(got);
		assert_string_equal(got, want);
		for (unsigned i = 0; i < s->n; i++) {
			const struct ch_field *f = &s->field[i];

			expect_row(f, false, k == CH_K_PAPER_TEXT && ch_head_is_cover(i));
			for (unsigned c = 0; f->type == CH_T_LIST && c < f->item->n; c++)
				expect_row(&f->item->field[c], true, false);
		}
	}
	assert_null(next());
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_page) };
	int failed;

	(void)argc;
	(void)argv;
	page = fopen(getenv("CHANCERY_STATEMENTS"), "r");
	if (!page) {
		perror("doc/formats/statements.md");
		return 1;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	fclose(page);
	return failed;
}
