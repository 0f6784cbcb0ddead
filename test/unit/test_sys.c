/* sys: randomness, clocks, the log, the process, passphrases and the terminal. */
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "log.h"
#include "proc.h"
#include "rng.h"
#include "term.h"

static char base[CH_PATH_MAX];

static void at(char out[CH_PATH_MAX], const char *name)
{
	assert_int_equal(ch_path(out, "%s/%s", base, name), CH_OK);
}

static int begin(void **state)
{
	(void)state;
	return ch_path(base, "%s", "/tmp/ch-test-XXXXXX") == CH_OK && mkdtemp(base) ? 0 : -1;
}

static int end(void **state)
{
	char cmd[CH_PATH_MAX + 16];

	(void)state;
	snprintf(cmd, sizeof cmd, "rm -rf %s", base);
	return system(cmd);
}

static void test_random(void **state)
{
	uint8_t a[1000] = { 0 }, b[1000] = { 0 };

	(void)state;
	assert_int_equal(ch_random(a, sizeof a), CH_OK);
	assert_int_equal(ch_random(b, sizeof b), CH_OK);
	assert_memory_not_equal(a, b, sizeof a);
	assert_int_equal(ch_random(a, 0), CH_OK);
}

static void test_clock(void **state)
{
	char p[CH_PATH_MAX];
	int64_t t, real = (int64_t)time(NULL);

	(void)state;
	at(p, "clock");
	assert_int_equal(ch_clock_now(&t, p, true), CH_OK); /* no file: the wall clock */
	assert_in_range(t, real, real + 5);
	assert_int_equal(ch_clock_set(p, 1643643900), CH_OK);
	assert_int_equal(ch_clock_now(&t, p, true), CH_OK);
	assert_int_equal(t, 1643643900);
	assert_int_equal(ch_clock_now(&t, p, false), CH_OK); /* not an exercise */
	assert_in_range(t, real, real + 5);
	assert_int_equal(ch_clock_now(&t, NULL, true), CH_OK);
	assert_in_range(t, real, real + 5);
	assert_int_equal(ch_clock_set(p, 1643643960), CH_OK); /* read anew */
	assert_int_equal(ch_clock_now(&t, p, true), CH_OK);
	assert_int_equal(t, 1643643960);
	assert_int_equal(ch_clock_set(p, -1), CH_E_LIMIT);
	uint64_t m = ch_clock_ms();
	assert_true(ch_clock_ms() >= m);
}

static void test_clock_refuses(void **state)
{
	static const char *const bad[] = { "", "2022-01-31T15:45:00Z", "2022-01-31T15:45:00Z\n\n",
		"2022-01-31T15:45:60Z\n", "2022-01-31 15:45:00Z\n", "2022-02-31T15:45:00Z\n",
		"2022-01-31T15:45:00Z\r" };
	char p[CH_PATH_MAX];
	int64_t t;

	(void)state;
	at(p, "badclock");
	for (size_t i = 0; i < CH_COUNT(bad); i++) {
		assert_int_equal(ch_file_write(p, ch_span_str(bad[i]), 0600), CH_OK);
		t = 1;
		assert_int_equal(ch_clock_now(&t, p, true), CH_E_FORMAT);
		assert_int_equal(t, 0);
	}
	assert_int_equal(ch_clock_now(&t, base, true), CH_E_FORMAT); /* a folder */
}

static void test_pass(void **state)
{
	static struct ch_pass pass;
	static char big[CH_PASS_MAX + 3];
	char p[CH_PATH_MAX];

	(void)state;
	at(p, "pass");
	assert_int_equal(ch_file_write(p, CH_LIT("correct horse\nrest\n"), 0600), CH_OK);
	assert_int_equal(ch_pass_from_file(&pass, p), CH_OK);
	assert_true(ch_span_eq(ch_pass_span(&pass), CH_LIT("correct horse")));
	assert_int_equal(ch_file_write(p, CH_LIT("no newline"), 0600), CH_OK);
	assert_int_equal(ch_pass_from_file(&pass, p), CH_OK);
	assert_int_equal(pass.n, 10);
	ch_pass_wipe(&pass);
	assert_int_equal(pass.n, 0);
	assert_int_equal(ch_file_write(p, CH_LIT("\nsecond\n"), 0600), CH_OK);
	assert_int_equal(ch_pass_from_file(&pass, p), CH_E_FORMAT);
	assert_int_equal(ch_file_write(p, CH_LIT("a\0b\n"), 0600), CH_OK);
	assert_int_equal(ch_pass_from_file(&pass, p), CH_E_FORMAT);
	assert_int_equal(pass.b[0], 0);
	assert_int_equal(ch_file_write(p, CH_LIT("dos\r\n"), 0600), CH_OK);
	assert_int_equal(ch_pass_from_file(&pass, p), CH_E_FORMAT);
	memset(big, 'x', sizeof big);
	assert_int_equal(ch_file_write(p, ch_span_of(big, CH_PASS_MAX), 0600), CH_OK);
	assert_int_equal(ch_pass_from_file(&pass, p), CH_OK);
	assert_int_equal(ch_file_write(p, ch_span_of(big, CH_PASS_MAX + 1), 0600), CH_OK);
	assert_int_equal(ch_pass_from_file(&pass, p), CH_E_LIMIT);
	assert_int_equal(pass.n, 0);
	at(p, "none");
	assert_int_equal(ch_pass_from_file(&pass, p), CH_E_ABSENT);
	assert_int_equal(ch_pass_from_fd(&pass, -1), CH_E_IO);
}

/* A child whose controlling terminal is a pty; the parent types. */
static int prompt_child(const char *pty)
{
	static struct ch_pass pass;

	if (setsid() < 0 || open(pty, O_RDWR) < 0)
		return 1;
	if (ch_pass_prompt(&pass, "Passphrase: ") != CH_OK)
		return 2;
	return ch_span_eq(ch_pass_span(&pass), CH_LIT("sesame")) ? 0 : 3;
}

static void test_prompt(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), status;
	struct termios tio;
	char seen[256] = { 0 };
	size_t n = 0;

	(void)state;
	assert_true(master >= 0);
	assert_int_equal(grantpt(master) | unlockpt(master), 0);
	const char *pty = ptsname(master);
	int keep = open(pty, O_RDWR | O_NOCTTY); /* the child's end is not the end of it */
	pid_t pid = fork();
	if (pid == 0)
		_exit(prompt_child(pty));
	while (strstr(seen, "Passphrase: ") == NULL) {
		ssize_t k = read(master, &seen[n], sizeof seen - 1 - n);

		assert_true(k > 0);
		n += (size_t)k;
	}
	assert_int_equal(tcgetattr(keep, &tio), 0);
	assert_false(tio.c_lflag & ECHO);
	assert_int_equal(write(master, "sesame\n", 7), 7);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(tcgetattr(keep, &tio), 0);
	assert_true(tio.c_lflag & ECHO); /* restored */
	ssize_t k = read(master, &seen[n], sizeof seen - 1 - n);
	assert_true(k >= 0);
	assert_null(strstr(seen, "sesame"));
	assert_true(ch_term_is_tty(keep));
	assert_in_range(ch_term_width(keep), 20, 400);
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	assert_true(ch_term_colours(keep));
	setenv("NO_COLOR", "1", 1);
	assert_false(ch_term_colours(keep));
	close(keep);
	close(master);
}

static void test_term(void **state)
{
	int fd = open("/dev/null", O_RDWR);
	struct ch_progress p;

	(void)state;
	unsetenv("NO_COLOR");
	assert_false(ch_term_is_tty(fd));
	assert_false(ch_term_colours(fd));
	assert_int_equal(ch_term_width(fd), 80);
	close(fd);
	ch_progress_begin(&p, "sealing", 100);
	ch_progress_step(&p, 50);
	assert_false(p.shown);
	ch_progress_end(&p);
}

/* The line of a message with these fields, at the first instant of 2026. */
static const char *logged(ch_log_format format, bool journal, const ch_log_field *with)
{
	static char line[CH_LOG_LINE_MAX + 1];
	struct ch_wr w = ch_wr_of(line, CH_LOG_LINE_MAX);

	ch_log_put(&w, format, journal, 1767225600, CH_LOG_WARN, "an-event", "A sentence", with);
	assert_int_equal(ch_wr_done(&w), CH_OK);
	line[w.n] = '\0';
	return line;
}

static void test_log_forms(void **state)
{
	const ch_log_field *with = CH_LOG_WITH(ch_log_text("who", CH_LIT("caf\xc3\xa9")),
	    ch_log_number("n", UINT64_MAX));

	(void)state;
	assert_string_equal(logged(CH_LOG_PLAIN, false, with), "2026-01-01T00:00:00Z warn "
	    "an-event: A sentence who=\"caf\xc3\xa9\" n=18446744073709551615\n");
	assert_string_equal(logged(CH_LOG_JSON, false, with), "{\"time\":\"2026-01-01T00:00:00Z\","
	    "\"level\":\"warn\",\"event\":\"an-event\",\"text\":\"A sentence\","
	    "\"who\":\"caf\xc3\xa9\",\"n\":18446744073709551615}\n");
	assert_string_equal(logged(CH_LOG_PLAIN, true, NULL), "<4>an-event: A sentence\n");
	assert_string_equal(logged(CH_LOG_JSON, true, NULL), "<4>{\"time\":"
	    "\"2026-01-01T00:00:00Z\",\"level\":\"warn\",\"event\":\"an-event\","
	    "\"text\":\"A sentence\"}\n");
}

/* What a value holds neither ends it nor moves a terminal's cursor. */
static void test_log_hostile(void **state)
{
	const ch_log_field *with = CH_LOG_WITH(ch_log_text("v",
	    CH_LIT("a\n\"\\\t\r\x1b[2J\x7f\x00\xff\xc2\x9b\xe2\x80\xae\xe2\x80\xa8\xed\xa0\x80z")));
	static const char value[] = "\"a<U+000A>\\\"\\\\<U+0009><U+000D><U+001B>[2J<U+007F><U+0000>"
	    "<?><U+009B><U+202E><U+2028><?><?><?>z\"";
	char want[512];

	(void)state;
	(void)snprintf(want, sizeof want, "<4>an-event: A sentence v=%s\n", value);
	assert_string_equal(logged(CH_LOG_PLAIN, true, with), want);
	(void)snprintf(want, sizeof want, "<4>{\"time\":\"2026-01-01T00:00:00Z\","
	    "\"level\":\"warn\",\"event\":\"an-event\",\"text\":\"A sentence\",\"v\":%s}\n", value);
	assert_string_equal(logged(CH_LOG_JSON, true, with), want);
}

/* However long the values are, the line is whole, and each says where it was cut. */
static void test_log_long(void **state)
{
	static const char *const unit[] = { "x", "\"", "\n", "\xe2\x80\xae", "\xff",
		"\xf0\x9f\x98\x80" };
	static char value[8192];
	ch_log_field with[CH_LOG_FIELDS_MAX + 1] = { { .name = NULL } };

	(void)state;
	for (size_t u = 0; u < sizeof unit / sizeof *unit; u++) {
		size_t n = strlen(unit[u]), cuts = 0;
		const char *line;

		for (size_t i = 0; i + n <= sizeof value; i += n)
			memcpy(&value[i], unit[u], n);
		for (size_t i = 0; i < CH_LOG_FIELDS_MAX; i++)
			with[i] = ch_log_text("a_name_of_so_many_letter", ch_span_of(value,
			    sizeof value / n * n));
		line = logged(CH_LOG_JSON, true, with);
		for (const char *p = line; (p = strstr(p, "~\"")); p++)
			cuts++;
		assert_int_equal(cuts, CH_LOG_FIELDS_MAX);
		assert_ptr_equal(strchr(line, '\n'), &line[strlen(line) - 1]);
		assert_int_equal(line[strlen(line) - 2], '}');
		assert_true(strlen(line) > CH_LOG_FIELDS_MAX * (CH_LOG_VALUE_MAX - 10));
	}
}

static void test_log(void **state)
{
	char p[CH_PATH_MAX];
	struct ch_buf b;

	(void)state;
	at(p, "stderr");
	int was = dup(2), fd = open(p, O_RDWR | O_CREAT, 0600);
	assert_int_equal(dup2(fd, 2), 2);
	assert_int_equal(ch_log_fitting(), CH_LOG_JSON);
	ch_log(CH_LOG_WARN, "an-event", "A sentence", CH_LOG_WITH(ch_log_number("n", 7)));
	dup2(was, 2);
	close(fd);
	close(was);
	ch_buf_init(&b, 4096);
	assert_int_equal(ch_file_read(&b, p), CH_OK);
	assert_int_equal(b.n, 20 + sizeof " warn an-event: A sentence n=7\n" - 1);
	assert_memory_equal(&b.p[20], " warn an-event: A sentence n=7\n", b.n - 20);
	ch_buf_deinit(&b);
}

/* The journal is known by what it says of its file, and takes plain lines. */
static void test_log_journal(void **state)
{
	char p[CH_PATH_MAX], name[64];
	struct stat st;
	struct ch_buf b;

	(void)state;
	at(p, "journal");
	int was = dup(2), fd = open(p, O_RDWR | O_CREAT, 0600);
	assert_int_equal(dup2(fd, 2), 2);
	assert_int_equal(fstat(2, &st), 0);
	(void)snprintf(name, sizeof name, "%llu:%llu", (unsigned long long)st.st_dev,
	    (unsigned long long)st.st_ino);
	assert_int_equal(setenv("JOURNAL_STREAM", "1:2", 1), 0); /* another's */
	assert_int_equal(ch_log_fitting(), CH_LOG_JSON);
	assert_int_equal(setenv("JOURNAL_STREAM", name, 1), 0);
	assert_int_equal(ch_log_fitting(), CH_LOG_PLAIN);
	ch_log_set_format(CH_LOG_PLAIN);
	assert_false(ch_log_is_json());
	ch_log(CH_LOG_ERROR, "an-event", "A sentence", NULL);
	assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
	ch_log_set_format(CH_LOG_PLAIN);
	dup2(was, 2);
	close(fd);
	close(was);
	ch_buf_init(&b, 4096);
	assert_int_equal(ch_file_read(&b, p), CH_OK);
	assert_true(ch_span_eq(ch_buf_span(&b), CH_LIT("<3>an-event: A sentence\n")));
	ch_buf_deinit(&b);
}

static int proc_child(void)
{
	struct rlimit lim;
	struct stat st;

	close(2);
	if (ch_proc_start(true) != CH_OK)
		return 1;
	if (fstat(2, &st) < 0 || !S_ISCHR(st.st_mode))
		return 2;
	if (getrlimit(RLIMIT_CORE, &lim) < 0 || lim.rlim_cur != 0)
		return 3;
	if (prctl(PR_GET_DUMPABLE) != 0 || umask(0) != 077)
		return 4;
	return raise(SIGPIPE) == 0 ? 0 : 5;
}

static void test_proc(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(proc_child());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_clock_refuses),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_log_forms),
		cmocka_unit_test(test_log_hostile),
		cmocka_unit_test(test_log_journal),
		cmocka_unit_test(test_log_long),
		cmocka_unit_test(test_pass),
		cmocka_unit_test(test_proc),
		cmocka_unit_test(test_prompt),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_term),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
