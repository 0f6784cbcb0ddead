/* Bytes through another program: see filter.h. */
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"

#define PIECE 8192
#define WORD 128

struct ch_filter_run {
	int in, null, pipe[2];
	pid_t pid;
	char words[CH_FILTER_ARGS][WORD]; /* posix_spawn wants them writable */
	char *argv[CH_FILTER_ARGS + 1];
};

static ch_err ch_filter_words(struct ch_filter_run *f, const char *path, const char *const *argv)
{
	size_t n = 0;

	for (const char *one = path; one; one = argv[n - 1]) {
		if (n == CH_FILTER_ARGS || strlen(one) >= WORD)
			return CH_E_INTERNAL;
		memcpy(f->words[n], one, strlen(one) + 1);
		f->argv[n] = f->words[n];
		n++;
	}
	return CH_OK;
}

static ch_err ch_filter_open(struct ch_filter_run *f, ch_span in)
{
	ch_err e;

	f->in = memfd_create("input", MFD_CLOEXEC);
	f->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (f->in < 0 || f->null < 0 || pipe2(f->pipe, O_CLOEXEC) < 0)
		return ch_io_err();
	e = ch_io_write(f->in, in);
	if (e == CH_OK && lseek(f->in, 0, SEEK_SET) < 0)
		e = ch_io_err();
	return e;
}

static int ch_filter_attr(posix_spawnattr_t *attr)
{
	static const int usual[] = { SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t set;
	int rc = posix_spawnattr_init(attr);

	if (rc != 0)
		return rc;
	(void)sigemptyset(&set);
	(void)posix_spawnattr_setsigmask(attr, &set);
	for (size_t i = 0; i < CH_COUNT(usual); i++)
		(void)sigaddset(&set, usual[i]);
	(void)posix_spawnattr_setsigdefault(attr, &set);
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static ch_err ch_filter_spawn(struct ch_filter_run *f, const char *path)
{
	static char lang[] = "LC_ALL=C.UTF-8", home[] = "HOME=/nonexistent";
	static char where[] = "PATH=/usr/bin:/bin";
	char *env[] = { lang, home, where, NULL };
	const int ends[3] = { f->in, f->pipe[1], f->null };
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	int rc = posix_spawn_file_actions_init(&acts);

	if (rc != 0)
		return CH_E_NOMEM;
	if (ch_filter_attr(&attr) != 0) {
		(void)posix_spawn_file_actions_destroy(&acts);
		return CH_E_NOMEM;
	}
	for (int i = 0; i < 3 && rc == 0; i++)
		rc = posix_spawn_file_actions_adddup2(&acts, ends[i], i);
	if (rc == 0)
		rc = posix_spawn_file_actions_addclosefrom_np(&acts, 3);
	if (rc == 0)
		rc = posix_spawn_file_actions_addchdir_np(&acts, "/");
	if (rc == 0)
		rc = posix_spawn(&f->pid, path, &acts, &attr, f->argv, env);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&acts);
	return rc == 0 ? CH_OK : CH_E_IO;
}

/* All that it says, until it closes its output. */
static ch_err ch_filter_read(struct ch_buf *out, struct ch_filter_run *f, uint64_t end)
{
	for (;;) {
		struct pollfd p = { .fd = f->pipe[0], .events = POLLIN };
		uint64_t now = ch_clock_ms();
		uint8_t piece[PIECE];
		ssize_t n;
		ch_err e;

		if (now >= end)
			return CH_E_LIMIT;
		if (poll(&p, 1, (int)(end - now)) <= 0)
			continue;
		n = read(f->pipe[0], piece, sizeof piece);
		if (n < 0 && errno != EINTR)
			return ch_io_err();
		if (n == 0)
			return CH_OK;
		e = n > 0 ? ch_buf_put(out, ch_span_of(piece, (size_t)n)) : CH_OK;
		if (e != CH_OK)
			return e;
	}
}

static ch_err ch_filter_reap(struct ch_filter_run *f, ch_err e, uint64_t end)
{
	const struct timespec nap = { .tv_nsec = 2000000 };
	int status = 0;

	for (;;) {
		pid_t got;

		if (e != CH_OK || ch_clock_ms() >= end)
			(void)kill(f->pid, SIGKILL);
		got = waitpid(f->pid, &status, WNOHANG);
		if (got == f->pid || (got < 0 && errno != EINTR))
			break;
		(void)nanosleep(&nap, NULL);
	}
	if (e != CH_OK)
		return e;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? CH_OK :
	    WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? CH_E_LIMIT : CH_E_FORMAT;
}

static void ch_filter_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

ch_err ch_filter(struct ch_buf *out, const char *path, const char *const *argv, ch_span in,
    unsigned ms)
{
	struct ch_filter_run f = { .in = -1, .null = -1, .pipe = { -1, -1 } };
	uint64_t end = ch_clock_ms() + ms;
	ch_err e = ch_filter_words(&f, path, argv);

	if (e == CH_OK)
		e = ch_filter_open(&f, in);
	if (e == CH_OK)
		e = ch_filter_spawn(&f, path);
	if (e == CH_OK) {
		ch_filter_close(f.pipe[1]);
		f.pipe[1] = -1;
		e = ch_filter_read(out, &f, end);
		e = ch_filter_reap(&f, e, end);
	}
	ch_filter_close(f.in);
	ch_filter_close(f.null);
	ch_filter_close(f.pipe[0]);
	ch_filter_close(f.pipe[1]);
	return e;
}
