/* Another program: see child.h. posix_spawn, since we may have threads and much memory. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "rd.h"

static bool ch_child_is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

ch_err ch_child_find(char out[CH_PATH_MAX], const char *name)
{
	const char *list = getenv("PATH");
	struct ch_rd r = ch_rd_of(ch_span_str(list ? list : ""));

	out[0] = '\0';
	if (name[0] == '\0' || strchr(name, '/'))
		return CH_E_FORMAT;
	while (!ch_rd_at_end(&r)) {
		struct ch_rd probe = r;
		ch_span dir = ch_rd_until(&probe, ':');

		if (probe.err == CH_OK)
			r = probe;
		else
			dir = ch_rd_rest(&r);
		/* An empty or relative entry would be the current folder. */
		if (dir.n == 0 || dir.p[0] != '/')
			continue;
		if (ch_path(out, "%.*s/%s", (int)dir.n, (const char *)dir.p, name) == CH_OK &&
		    ch_child_is_program(out))
			return CH_OK;
	}
	out[0] = '\0';
	return CH_E_ABSENT;
}

/* ---- starting ---- */

static void ch_child_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int ch_child_launch(struct ch_child *c, const char *path, char *const *argv,
    posix_spawn_file_actions_t *acts)
{
	static const int usual[] = { SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	posix_spawnattr_t attr;
	sigset_t set;
	int rc;

	if ((rc = posix_spawnattr_init(&attr)) != 0)
		return rc;
	(void)sigemptyset(&set);
	(void)posix_spawnattr_setsigmask(&attr, &set);
	for (size_t i = 0; i < CH_COUNT(usual); i++)
		(void)sigaddset(&set, usual[i]);
	(void)posix_spawnattr_setsigdefault(&attr, &set);
	(void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	rc = posix_spawn_file_actions_addclosefrom_np(acts, 3);
	if (rc == 0)
		rc = posix_spawn_file_actions_addchdir_np(acts, "/");
	if (rc == 0)
		rc = posix_spawn(&c->pid, path, acts, &attr, argv, environ);
	(void)posix_spawnattr_destroy(&attr);
	return rc;
}

static int ch_child_spawn(struct ch_child *c, const char *path, const char *arg, const int ends[3])
{
	char program[CH_PATH_MAX], word[64];
	char *argv[] = { program, word, NULL }; /* posix_spawn wants them writable */
	posix_spawn_file_actions_t acts;
	int rc;

	if (ch_path(program, "%s", path) != CH_OK || strlen(arg) >= sizeof word)
		return ENAMETOOLONG;
	memcpy(word, arg, strlen(arg) + 1);
	if ((rc = posix_spawn_file_actions_init(&acts)) != 0)
		return rc;
	for (int i = 0; i < 3 && rc == 0; i++)
		rc = posix_spawn_file_actions_adddup2(&acts, ends[i], i);
	if (rc == 0)
		rc = ch_child_launch(c, path, argv, &acts);
	(void)posix_spawn_file_actions_destroy(&acts);
	return rc;
}

#define CH_CHILD_WORDS 12

ch_err ch_child_serve(struct ch_child *c, const char *path, const char *const *argv,
    const char *log)
{
	char words[CH_CHILD_WORDS][CH_PATH_MAX], *list[CH_CHILD_WORDS + 1] = { 0 };
	posix_spawn_file_actions_t acts;
	int rc;

	*c = (struct ch_child){ .pid = -1, .to = -1, .from = -1, .errors = -1 };
	for (size_t i = 0; argv[i]; i++) {
		if (i == CH_CHILD_WORDS || ch_path(words[i], "%s", argv[i]) != CH_OK)
			return CH_E_LIMIT;
		list[i] = words[i];
	}
	if (posix_spawn_file_actions_init(&acts) != 0)
		return CH_E_NOMEM;
	rc = posix_spawn_file_actions_addopen(&acts, 0, "/dev/null", O_RDONLY, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_addopen(&acts, 1, log,
		    O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&acts, 1, 2);
	if (rc == 0)
		rc = ch_child_launch(c, path, list, &acts);
	(void)posix_spawn_file_actions_destroy(&acts);
	return rc == 0 ? CH_OK : CH_E_IO;
}

ch_err ch_child_start(struct ch_child *c, const char *path, const char *arg)
{
	int p[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	ch_err e = CH_OK;

	*c = (struct ch_child){ .pid = -1, .to = -1, .from = -1, .errors = -1 };
	for (int i = 0; i < 3 && e == CH_OK; i++)
		if (pipe2(p[i], O_CLOEXEC) < 0)
			e = ch_io_err();
	if (e == CH_OK) {
		const int ends[3] = { p[0][0], p[1][1], p[2][1] };

		errno = ch_child_spawn(c, path, arg, ends);
		if (errno != 0)
			e = CH_E_IO;
	}
	if (e == CH_OK && fcntl(p[0][1], F_SETFL, O_NONBLOCK) == 0) {
		c->to = p[0][1];
		c->from = p[1][0];
		c->errors = p[2][0];
		p[0][1] = p[1][0] = p[2][0] = -1;
	}
	for (int i = 0; i < 3; i++) {
		ch_child_close(&p[i][0]);
		ch_child_close(&p[i][1]);
	}
	return e;
}

/* ---- talking ---- */

/* A reader that has gone is no error here: its output tells why. */
static void ch_child_push(struct ch_child *c, ch_span *out)
{
	struct ch_rd r = ch_rd_of(*out);
	ssize_t k = write(c->to, out->p, out->n);

	if (k < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	(void)ch_rd_take(&r, k < 0 ? out->n : (size_t)k);
	*out = ch_rd_rest(&r);
}

static bool ch_child_pull(size_t *n, int fd, uint8_t *buf, size_t cap)
{
	ssize_t k = read(fd, buf, cap);

	*n = k > 0 ? (size_t)k : 0;
	return k != 0 && (k > 0 || errno == EINTR || errno == EAGAIN);
}

ch_err ch_child_talk(ch_child_did *did, size_t *n, struct ch_child *c, ch_span *out,
    uint8_t *in, size_t in_cap, uint8_t err[256], int wait_ms)
{
	uint64_t end = ch_clock_ms() + (uint64_t)wait_ms;

	*n = 0;
	for (;;) {
		struct pollfd p[3] = {
			{ .fd = c->from, .events = POLLIN },
			{ .fd = c->errors, .events = POLLIN },
			{ .fd = out->n ? c->to : -1, .events = POLLOUT },
		};
		uint64_t now = ch_clock_ms();
		int rc = poll(p, 3, now < end ? (int)(end - now) : 0);

		*did = CH_CHILD_WAITED;
		if (rc < 0 && errno != EINTR)
			return ch_io_err();
		if (rc == 0 && ch_clock_ms() >= end)
			return CH_OK;
		if (rc <= 0)
			continue;
		*did = CH_CHILD_COMPLAINED;
		if (p[1].revents && !ch_child_pull(n, c->errors, err, 256))
			ch_child_close(&c->errors);
		if (*n)
			return CH_OK;
		*did = CH_CHILD_SAID;
		if (p[0].revents && !ch_child_pull(n, c->from, in, in_cap)) {
			*did = CH_CHILD_CLOSED;
			return CH_OK;
		}
		if (*n)
			return CH_OK;
		if (p[2].revents)
			ch_child_push(c, out);
	}
}

/* ---- ending ---- */

static bool ch_child_gone(struct ch_child *c, int *status, unsigned ms)
{
	const struct timespec nap = { .tv_nsec = 5000000 };
	uint64_t end = ch_clock_ms() + ms;

	for (;;) {
		int st, rc = waitpid(c->pid, &st, WNOHANG);

		if (rc == c->pid) {
			*status = WIFEXITED(st) ? WEXITSTATUS(st) : -1;
			return true;
		}
		if (rc < 0 && errno != EINTR)
			return true;
		if (ch_clock_ms() >= end)
			return false;
		(void)nanosleep(&nap, NULL);
	}
}

bool ch_child_is_over(struct ch_child *c)
{
	int status;

	if (c->pid <= 0)
		return true;
	if (!ch_child_gone(c, &status, 0))
		return false;
	c->pid = -1;
	return true;
}

void ch_child_end(struct ch_child *c, int *status, unsigned grace_ms)
{
	*status = -1;
	ch_child_close(&c->to);
	ch_child_close(&c->from);
	ch_child_close(&c->errors);
	if (c->pid <= 0)
		return;
	if (!ch_child_gone(c, status, grace_ms)) {
		(void)kill(c->pid, SIGTERM);
		if (!ch_child_gone(c, status, 500)) {
			(void)kill(c->pid, SIGKILL);
			(void)ch_child_gone(c, status, 5000);
		}
	}
	c->pid = -1;
}
