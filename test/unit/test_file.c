/* sys/file and sys/dir on a real file system, with the world's refusals beside every success. */
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dir.h"
#include "flush.h"
#include "proc.h"

static char base[CH_PATH_MAX];

static const char *at(const char *name)
{
	static char paths[4][CH_PATH_MAX];
	static unsigned k;
	char *p = paths[k++ % 4];

	assert_int_equal(ch_path(p, "%s/%s", base, name), CH_OK);
	return p;
}

static int begin(void **state)
{
	(void)state;
	if (ch_path(base, "%s", "/tmp/ch-test-XXXXXX") != CH_OK || mkdtemp(base) == NULL)
		return -1;
	return 0;
}

static int end(void **state)
{
	char cmd[CH_PATH_MAX + 16];

	(void)state;
	snprintf(cmd, sizeof cmd, "rm -rf %s", base);
	return system(cmd);
}

static void expect_content(const char *name, const char *content)
{
	struct ch_buf b;

	ch_buf_init(&b, 1 << 20);
	assert_int_equal(ch_file_read(&b, at(name)), CH_OK);
	assert_true(ch_span_eq(ch_buf_span(&b), ch_span_str(content)));
	ch_buf_deinit(&b);
}

static void expect_no_temps(void)
{
	char cmd[CH_PATH_MAX + 64];

	snprintf(cmd, sizeof cmd, "test -z \"$(find %s -name '.tmp-*')\"", base);
	assert_int_equal(system(cmd), 0);
}

static void test_path(void **state)
{
	char out[CH_PATH_MAX], big[CH_PATH_MAX + 1];

	(void)state;
	assert_int_equal(ch_path(out, "%s/%u", "a", 7u), CH_OK);
	assert_string_equal(out, "a/7");
	memset(big, 'x', sizeof big);
	big[CH_PATH_MAX] = 0;
	assert_int_equal(ch_path(out, "%s", big), CH_E_LIMIT);
	assert_string_equal(out, "");
	big[CH_PATH_MAX - 1] = 0;
	assert_int_equal(ch_path(out, "%s", big), CH_OK);
	assert_int_equal(ch_path(out, "%s", ""), CH_E_LIMIT);
}

static void test_write_read(void **state)
{
	struct stat st;
	struct ch_buf b;
	uint8_t small[4];
	uint64_t size;
	size_t n;

	(void)state;
	assert_int_equal(ch_file_write(at("f"), CH_LIT("one"), 0600), CH_OK);
	assert_int_equal(stat(at("f"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	expect_content("f", "one");
	assert_int_equal(ch_file_write(at("f"), CH_LIT("second"), 0600), CH_OK);
	expect_content("f", "second");
	assert_int_equal(ch_file_write(at("f"), CH_LIT(""), 0600), CH_OK);
	expect_content("f", "");
	assert_int_equal(ch_file_write(at("f"), CH_LIT("12345"), 0600), CH_OK);

	ch_buf_init(&b, 4); /* one too small */
	assert_int_equal(ch_file_read(&b, at("f")), CH_E_LIMIT);
	assert_int_equal(b.n, 0);
	ch_buf_deinit(&b);
	ch_buf_init(&b, 5); /* exactly */
	assert_int_equal(ch_file_read(&b, at("f")), CH_OK);
	assert_int_equal(b.n, 5);
	ch_buf_deinit(&b);
	assert_int_equal(ch_file_read_into(small, &n, sizeof small, at("f")), CH_E_LIMIT);
	assert_int_equal(n, 0);
	assert_int_equal(small[0] | small[3], 0);
	assert_int_equal(ch_file_size(&size, at("f")), CH_OK);
	assert_int_equal(size, 5);

	ch_buf_init(&b, 100);
	assert_int_equal(ch_file_read(&b, at("none")), CH_E_ABSENT);
	assert_int_equal(ch_file_read(&b, base), CH_E_FORMAT);
	assert_int_equal(symlink(at("f"), at("link")), 0);
	assert_int_equal(ch_file_read(&b, at("link")), CH_E_FORMAT);
	assert_int_equal(mkfifo(at("pipe"), 0600), 0);
	assert_int_equal(ch_file_read(&b, at("pipe")), CH_E_FORMAT);
	assert_int_equal(b.n, 0);
	ch_buf_deinit(&b);
	assert_int_equal(ch_file_size(&size, at("link")), CH_E_FORMAT);
	assert_int_equal(ch_file_size(&size, at("none")), CH_E_ABSENT);
	assert_int_equal(ch_file_write(at("no/such"), CH_LIT("x"), 0600), CH_E_ABSENT);
	expect_no_temps();
}

static void test_create(void **state)
{
	(void)state;
	assert_int_equal(ch_file_create(at("new"), CH_LIT("a"), 0600), CH_OK);
	assert_int_equal(ch_file_create(at("new"), CH_LIT("b"), 0600), CH_E_CONFLICT);
	expect_content("new", "a");
	assert_int_equal(ch_file_unlink(at("new")), CH_OK);
	assert_int_equal(ch_file_unlink(at("new")), CH_E_ABSENT);
	assert_int_equal(ch_file_create(at("new"), CH_LIT("b"), 0600), CH_OK);
	assert_int_equal(ch_file_rename(at("newer"), at("new")), CH_OK);
	expect_content("newer", "b");
	assert_int_equal(ch_file_rename(at("newer"), at("new")), CH_E_ABSENT);
	expect_no_temps();
}

static void test_append(void **state)
{
	(void)state;
	assert_int_equal(ch_file_append(at("log"), CH_LIT("a\n"), 0600), CH_OK);
	assert_int_equal(ch_file_append(at("log"), CH_LIT("b\n"), 0600), CH_OK);
	expect_content("log", "a\nb\n");
	assert_int_equal(symlink(at("log"), at("loglink")), 0);
	assert_int_equal(ch_file_append(at("loglink"), CH_LIT("c\n"), 0600), CH_E_FORMAT);
	expect_content("log", "a\nb\n");
}

static void test_stream(void **state)
{
	static uint8_t piece[1 << 20], got[1 << 20];
	struct ch_outfile f;
	struct ch_infile in;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof piece; i++)
		piece[i] = (uint8_t)(i * 7);
	assert_int_equal(ch_outfile_open(&f, at("big"), 0600), CH_OK);
	for (int i = 0; i < 20; i++)
		assert_int_equal(ch_outfile_write(&f, ch_span_of(piece, sizeof piece)), CH_OK);
	assert_int_equal(f.pushed, 16u << 20);
	assert_int_equal(ch_infile_open(&in, at("big")), CH_E_ABSENT); /* not before commit */
	assert_int_equal(ch_outfile_commit(&f), CH_OK);
	ch_outfile_abort(&f); /* nothing */
	assert_int_equal(ch_infile_open(&in, at("big")), CH_OK);
	assert_int_equal(in.size, 20u << 20);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(ch_infile_read(got, &n, &in, sizeof got), CH_OK);
		assert_int_equal(n, sizeof got);
		assert_memory_equal(got, piece, n);
	}
	assert_int_equal(ch_infile_read(got, &n, &in, sizeof got), CH_OK);
	assert_int_equal(n, 0);
	assert_int_equal(ch_infile_seek(&in, in.size - 3), CH_OK);
	assert_int_equal(ch_infile_read(got, &n, &in, sizeof got), CH_OK);
	assert_int_equal(n, 3);
	assert_int_equal(ch_infile_seek(&in, in.size + 1), CH_E_LIMIT);
	ch_infile_close(&in);
	ch_infile_close(&in);

	assert_int_equal(ch_outfile_open(&f, at("gone"), 0600), CH_OK);
	assert_int_equal(ch_outfile_write(&f, CH_LIT("x")), CH_OK);
	ch_outfile_abort(&f);
	ch_outfile_abort(&f);
	assert_int_equal(ch_outfile_commit(&f), CH_E_INTERNAL);
	assert_int_equal(ch_outfile_open(&f, at("big"), 0600), CH_OK);
	assert_int_equal(ch_outfile_commit_new(&f), CH_E_CONFLICT);
	assert_int_equal(ch_outfile_open(&f, at("fresh"), 0600), CH_OK);
	assert_int_equal(ch_outfile_commit_new(&f), CH_OK);
	expect_content("fresh", "");
	expect_no_temps();
}

/* In a child with a file size limit: what a full disk looks like. */
static int full_child(void)
{
	const struct rlimit lim = { 4096, 4096 };
	static uint8_t page[8192];
	struct ch_outfile f;
	struct ch_buf b;

	if (ch_proc_start(false) != CH_OK || setrlimit(RLIMIT_FSIZE, &lim) < 0)
		return 1;
	if (ch_file_write(at("kept"), ch_span_of(page, sizeof page), 0600) != CH_E_FULL)
		return 2;
	if (ch_file_append(at("kept"), ch_span_of(page, sizeof page), 0600) != CH_E_FULL)
		return 3;
	if (ch_outfile_open(&f, at("kept"), 0600) != CH_OK)
		return 4;
	if (ch_outfile_write(&f, ch_span_of(page, 4096)) != CH_OK)
		return 5;
	if (ch_outfile_write(&f, ch_span_of(page, 1)) != CH_E_FULL)
		return 6;
	if (ch_outfile_write(&f, CH_LIT("")) != CH_E_FULL) /* it sticks */
		return 7;
	if (ch_outfile_commit(&f) != CH_E_FULL)
		return 8;
	ch_buf_init(&b, 100);
	if (ch_file_read(&b, at("kept")) != CH_OK || b.n != 4)
		return 9;
	ch_buf_deinit(&b);
	return 0;
}

static void test_full(void **state)
{
	int status;

	(void)state;
	assert_int_equal(ch_file_write(at("kept"), CH_LIT("kept"), 0600), CH_OK);
	pid_t pid = fork();
	if (pid == 0)
		_exit(full_child());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	expect_content("kept", "kept");
	expect_no_temps();
}

static void test_dirs(void **state)
{
	struct ch_dir d;
	struct stat st;

	(void)state;
	assert_int_equal(ch_dir_make(at("d/e//f/")), CH_OK);
	assert_int_equal(ch_dir_make(at("d/e/f")), CH_OK);
	assert_int_equal(stat(at("d/e"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(ch_file_write(at("d/b"), CH_LIT(""), 0600), CH_OK);
	assert_int_equal(ch_file_write(at("d/a"), CH_LIT(""), 0600), CH_OK);
	assert_int_equal(ch_file_write(at("d/.tmp-00"), CH_LIT(""), 0600), CH_OK);
	assert_int_equal(ch_dir_make(at("d/a/x")), CH_E_FORMAT);
	assert_int_equal(ch_dir_list(&d, at("d"), 3), CH_OK);
	assert_int_equal(d.n, 3);
	assert_string_equal(d.names[0], "a");
	assert_string_equal(d.names[1], "b");
	assert_string_equal(d.names[2], "e");
	ch_dir_deinit(&d);
	assert_int_equal(ch_dir_list(&d, at("d"), 2), CH_E_LIMIT);
	assert_int_equal(d.n, 0);
	ch_dir_deinit(&d);
	assert_int_equal(ch_dir_list(&d, at("d/e/f"), 0), CH_OK);
	assert_int_equal(d.n, 0);
	ch_dir_deinit(&d);
	assert_int_equal(ch_dir_list(&d, at("none"), 9), CH_E_ABSENT);
	assert_int_equal(access(at("d/.tmp-00"), F_OK), 0);
	assert_int_equal(ch_dir_sweep(at("d")), CH_OK);
	assert_int_equal(access(at("d/.tmp-00"), F_OK), -1);
	assert_int_equal(access(at("d/a"), F_OK), 0);
	assert_int_equal(ch_dir_sweep(at("none")), CH_E_ABSENT);

	assert_int_equal(ch_dir_make(at("d/.new-1")), CH_OK);
	assert_int_equal(ch_file_write(at("d/.new-1/a"), CH_LIT("a"), 0600), CH_OK);
	assert_int_equal(ch_file_write(at("d/.new-1/.tmp-1"), CH_LIT("b"), 0600), CH_OK);
	assert_int_equal(ch_dir_sweep(at("d")), CH_OK);
	assert_int_equal(access(at("d/.new-1"), F_OK), -1);
	assert_int_equal(access(at("d/e"), F_OK), 0);
	assert_int_equal(ch_dir_remove(at("d/none")), CH_OK);
	assert_true(ch_dir_remove(at("d")) != CH_OK); /* it holds folders */
	assert_int_equal(access(at("d/e/f"), F_OK), 0);
}

static void test_flush(void **state)
{
	struct ch_flush f;
	struct ch_outfile o;

	(void)state;
	assert_int_equal(ch_flush_open(&f, at("none")), CH_E_ABSENT);
	ch_flush_close(&f);
	assert_int_equal(ch_dir_make(at("laid")), CH_OK);
	assert_int_equal(ch_flush_open(&f, at("laid")), CH_OK);
	assert_int_equal(ch_file_write(at("laid/b"), CH_LIT("b"), 0600), CH_OK);
	assert_int_equal(ch_file_drop(at("laid/b")), CH_OK);
	assert_int_equal(ch_file_drop(at("laid/b")), CH_E_ABSENT);
	assert_int_equal(ch_flush(&f), CH_OK);
	assert_int_equal(ch_outfile_open(&o, at("laid/c"), 0600), CH_OK);
	assert_int_equal(ch_outfile_write(&o, CH_LIT("large")), CH_OK);
	assert_int_equal(ch_outfile_lay(&o), CH_OK);
	assert_int_equal(access(at("laid/c"), F_OK), -1);
	assert_int_equal(ch_outfile_name(&o), CH_OK);
	expect_content("laid/c", "large");
	ch_outfile_abort(&o);
	expect_content("laid/c", "large");
	assert_int_equal(ch_outfile_open(&o, at("laid/d"), 0600), CH_OK);
	assert_int_equal(ch_outfile_lay(&o), CH_OK);
	ch_outfile_abort(&o);
	expect_no_temps();
	ch_flush_close(&f);
	ch_flush_close(&f);
}

static void test_lock(void **state)
{
	struct ch_lock a, b;

	(void)state;
	assert_int_equal(ch_lock_take(&a, at("lock"), 0), CH_OK);
	assert_int_equal(ch_lock_take(&b, at("lock"), 0), CH_E_CONFLICT);
	assert_int_equal(ch_lock_take(&b, at("lock"), 30), CH_E_CONFLICT);
	ch_lock_drop(&b);
	ch_lock_drop(&a);
	assert_int_equal(ch_lock_take(&b, at("lock"), -1), CH_OK);
	ch_lock_drop(&b);
	ch_lock_drop(&b);
	assert_int_equal(ch_lock_take(&a, at("no/lock"), 0), CH_E_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_dirs),
		cmocka_unit_test(test_flush),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_write_read),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
