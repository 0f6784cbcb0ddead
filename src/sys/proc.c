/* The process itself: see proc.h. */
#include "proc.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

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
