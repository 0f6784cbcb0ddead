/* Plugins that keep us waiting: a conversation without a person ends when its time is over. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"
#include "file.h"
#include "plugin_run.h"

static char folder[] = "/tmp/ch-plugin-XXXXXX";
static struct ch_plugin talk;
static unsigned n_said;

static void say(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
	n_said++;
}

static void put(const char *name, const char *script)
{
	char path[CH_PATH_MAX];

	check_ok(ch_path(path, "%s/age-plugin-%s", folder, name));
	check_ok(ch_file_write(path, ch_span_str(script), 0700));
}

static int setup(void **state)
{
	char path[CH_PATH_MAX];

	(void)state;
	assert_non_null(mkdtemp(folder));
	check_ok(ch_path(path, "%s:/usr/bin:/bin", folder));
	assert_int_equal(setenv("PATH", path, 1), 0);
	put("silent", "#!/bin/sh\nexec sleep 60\n");
	/* "-> msg" without end */
	put("talks", "#!/bin/sh\nwhile :; do printf '%s' '-> msg\nYQ\n'; sleep 0.1; done\n");
	put("ends", "#!/bin/sh\nexit 0\n");
	return 0;
}

static int teardown(void **state)
{
	char cmd[CH_PATH_MAX + 16];

	(void)state;
	(void)snprintf(cmd, sizeof cmd, "rm -rf %s", folder);
	return system(cmd) == 0 ? 0 : -1;
}

/* How long it took, in milliseconds. */
static uint64_t ask(const char *name, bool silent, ch_err want, const char *says)
{
	const ch_plugin_ask with = { .name = name, .patience = 1, .silent = silent, .say = say };
	struct ch_problem why = { 0 };
	uint64_t begun = ch_clock_ms();

	n_said = 0;
	check_err(ch_plugin_run_unwrap(&talk, &with, CH_LIT("AGE-PLUGIN-X-1"), CH_LIT("-> a\n\n"),
	    &why), want);
	assert_non_null(strstr(why.text, says));
	ch_plugin_wipe(&talk);
	return ch_clock_ms() - begun;
}

static void test_silence(void **state)
{
	uint64_t took = ask("silent", true, CH_E_DENIED, "said nothing for 1 seconds");

	(void)state;
	assert_true(took >= 900 && took < 15000);
	assert_int_equal(n_said, 0);
	(void)ask("silent", false, CH_E_DENIED, "said nothing for 1 seconds");
	assert_true(n_said > 0);
}

/* With a person there its words count as life, so only without one they do not keep us. */
static void test_talk(void **state)
{
	uint64_t took = ask("talks", true, CH_E_DENIED, "was not done after 1 seconds");

	(void)state;
	assert_true(took >= 900 && took < 15000);
	assert_int_equal(n_said, 0);
}

static void test_none(void **state)
{
	(void)state;
	(void)ask("ends", true, CH_E_DENIED, "ended before it was done");
	(void)ask("nowhere", true, CH_E_ABSENT, "install it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silence), cmocka_unit_test(test_talk),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
