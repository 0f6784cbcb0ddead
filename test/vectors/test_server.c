/* The 22 raw requests against a live server, as bytes on a socket. */
#include "check.h"

#include "vectors.h"
#include "../unit/served.h"

#define N_CASES 22

static struct served s;

static void serve(int fd, unsigned want)
{
	char body[256];

	shutdown(fd, SHUT_WR);
	for (unsigned i = 0; i < want; i++)
		assert_int_equal(served_answer(fd, body, sizeof body, NULL, true), 200);
	served_expect_end(fd);
	assert_int_equal(s.n_heads, want);
}

/* One answer, the end without our asking for it, and no handler ran to its answer. */
static void refuse(int fd)
{
	char body[512];
	unsigned status = served_answer(fd, body, sizeof body, NULL, true);

	assert_true(status == 400 || status == 413 || status == 431 || status == 501 ||
	    status == 505);
	assert_non_null(strstr(body, "urn:chancery:problem:"));
	served_expect_end(fd);
	assert_int_equal(s.n_ended, 0);
}

static void test_cases(void **state)
{
	size_t n_tsv, n_seen = 0;
	char *tsv = (char *)vec_read(&n_tsv, "http-requests/cases.tsv"), *line = tsv;

	(void)state;
	for (char *next; *line; line = next) {
		char name[128], what[16], rel[256];
		size_t n;

		next = strchr(line, '\n') + 1;
		if (*line == '#' || sscanf(line, "%127[^\t]\t%15[^\t]", name, what) != 2)
			continue;
		snprintf(rel, sizeof rel, "http-requests/%s", name);
		uint8_t *raw = vec_read(&n, rel);
		int fd = served_connect(&s);
		s.n_heads = 0;
		served_send(fd, raw, n);
		if (strcmp(what, "serve") == 0)
			serve(fd, strstr(name, "x3") ? 3 : 1);
		else
			refuse(fd);
		close(fd);
		free(raw);
		n_seen++;
	}
	free(tsv);
	assert_int_equal(n_seen, N_CASES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	vec_require("http-requests/cases.tsv");
	served_start(&s, (ch_http_config){ .idle_ms = 2000 });
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	served_stop(&s);
	return rc;
}
