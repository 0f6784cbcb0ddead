/* The process itself: see proc.h. */
#include "proc.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

/* A file opened as descriptor 2 would receive our error messages. */
static ch_err ch_proc_std_fds(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", O_RDWR) != fd) /* the lowest free one is this one */
			return CH_E_INTERNAL;
	}
	return CH_OK;
}

void ch_proc_raise_files(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0 || r.rlim_cur == r.rlim_max)
		return;
	r.rlim_cur = r.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &r);
}

ch_err ch_proc_start(bool secrets)
{
	const struct rlimit none = { 0 };

	if (ch_proc_std_fds() != CH_OK || signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
	    signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		return CH_E_INTERNAL;
	umask(077);
	if (!secrets)
		return CH_OK;
	if (setrlimit(RLIMIT_CORE, &none) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return CH_E_INTERNAL;
	return CH_OK;
}

ch_err ch_proc_end_with_parent(void)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) < 0)
		return CH_E_INTERNAL;
	return getppid() == 1 ? CH_E_CONFLICT : CH_OK;
}

void ch_proc_ignore_hup(void)
{
	(void)signal(SIGHUP, SIG_IGN);
}

void ch_proc_end(int status)
{
	(void)fflush(stdout);
	_exit(status);
}

ch_err ch_proc_browse(const char *path)
{
	char name[CH_PATH_MAX];
	char program[] = "xdg-open";
	char *const argv[] = { program, name, NULL };
	const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
	posix_spawn_file_actions_t quiet;
	pid_t pid;
	int failed;

	if ((!x || !*x) && (!wayland || !*wayland))
		return CH_E_ABSENT;
	if (ch_path(name, "%s", path) != CH_OK || posix_spawn_file_actions_init(&quiet) != 0)
		return CH_E_ABSENT;
	(void)posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	(void)posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
	failed = posix_spawnp(&pid, program, &quiet, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&quiet);
	return failed ? CH_E_ABSENT : CH_OK;
}
