/* The person at the terminal: see term.h. */
#include "term.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "wipe.h"

void ch_pass_wipe(struct ch_pass *p)
{
	ch_wipe(p, sizeof *p);
}

bool ch_term_is_tty(int fd)
{
	return isatty(fd) == 1;
}

bool ch_term_colours(int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if ((no && no[0]) || term == NULL || strcmp(term, "dumb") == 0)
		return false;
	return ch_term_is_tty(fd);
}

unsigned ch_term_width(int fd)
{
	struct winsize ws = { 0 };

	if (ioctl(fd, TIOCGWINSZ, &ws) < 0 || ws.ws_col == 0)
		return 80;
	return ws.ws_col < 20 ? 20 : ws.ws_col > 400 ? 400 : ws.ws_col;
}

/* Read up to the first LF, a byte at a time: what follows belongs to others. */
static ch_err ch_pass_line(struct ch_pass *out, int fd)
{
	for (;;) {
		uint8_t c;
		ssize_t k = read(fd, &c, 1);

		if (k < 0) /* EINTR too: at a prompt that is the person's answer */
			return errno == EINTR ? CH_E_DENIED : CH_E_IO;
		if (k == 0 || c == '\n')
			break;
		if (out->n == sizeof out->b) {
			ch_wipe(&c, 1);
			return CH_E_LIMIT;
		}
		out->b[out->n++] = c;
		ch_wipe(&c, 1);
	}
	if (memchr(out->b, 0, out->n) || memchr(out->b, '\r', out->n))
		return CH_E_FORMAT;
	return CH_OK;
}

ch_err ch_pass_from_fd(struct ch_pass *out, int fd)
{
	memset(out, 0, sizeof *out);
	ch_err e = ch_pass_line(out, fd);
	if (e == CH_OK && out->n == 0)
		e = CH_E_FORMAT;
	if (e != CH_OK)
		ch_pass_wipe(out);
	return e;
}

ch_err ch_pass_from_file(struct ch_pass *out, const char *path)
{
	struct ch_infile f;
	ch_err e = ch_infile_open(&f, path);

	memset(out, 0, sizeof *out);
	if (e == CH_OK)
		e = ch_pass_from_fd(out, f.fd);
	ch_infile_close(&f);
	return e;
}

/*
 * While a prompt waits, these signals only interrupt read(); the terminal is restored, and the
 * signal is then raised again for whoever was to have it. The handler stores a number, no more.
 */
static const int ch_pass_signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP };
static volatile sig_atomic_t ch_pass_got;

static void ch_pass_on_signal(int sig)
{
	ch_pass_got = sig;
}

static ch_err ch_pass_ask(struct ch_pass *out, int fd, const char *prompt, bool echo)
{
	struct sigaction act = { .sa_handler = ch_pass_on_signal };
	struct sigaction old[CH_COUNT(ch_pass_signals)];
	struct termios was, now;

	if (tcgetattr(fd, &was) < 0)
		return CH_E_ABSENT;
	now = was;
	now.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	now.c_lflag |= ICANON | ISIG | (echo ? ECHO : 0u);
	ch_pass_got = 0;
	for (size_t i = 0; i < CH_COUNT(old); i++)
		(void)sigaction(ch_pass_signals[i], &act, &old[i]);
	ch_err e = tcsetattr(fd, TCSAFLUSH, &now) == 0 ? CH_OK : CH_E_IO;
	if (e == CH_OK)
		e = ch_io_write(fd, ch_span_str(prompt));
	if (e == CH_OK)
		e = ch_pass_line(out, fd);
	(void)tcsetattr(fd, TCSAFLUSH, &was);
	if (!echo || ch_pass_got)
		(void)!ch_io_write(fd, CH_LIT("\n"));
	for (size_t i = 0; i < CH_COUNT(old); i++)
		(void)sigaction(ch_pass_signals[i], &old[i], NULL);
	if (ch_pass_got) {
		raise(ch_pass_got);
		e = CH_E_DENIED;
	}
	return e;
}

ch_err ch_term_ask(struct ch_pass *out, const char *prompt, bool echo)
{
	memset(out, 0, sizeof *out);
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return CH_E_ABSENT;
	ch_err e = ch_pass_ask(out, fd, prompt, echo);
	close(fd);
	if (e != CH_OK)
		ch_pass_wipe(out);
	return e;
}

ch_err ch_term_tell(const char *text)
{
	int fd = open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return CH_E_ABSENT;
	ch_err e = ch_io_write(fd, ch_span_str(text));
	close(fd);
	return e;
}

ch_err ch_pass_prompt(struct ch_pass *out, const char *prompt)
{
	ch_err e = ch_term_ask(out, prompt, false);

	return e == CH_OK && out->n == 0 ? CH_E_FORMAT : e;
}

void ch_progress_begin(struct ch_progress *p, const char *what, uint64_t total)
{
	*p = (struct ch_progress){ .what = what, .total = total, .begun_ms = ch_clock_ms(),
		.tty = ch_term_is_tty(STDERR_FILENO) };
}

void ch_progress_step(struct ch_progress *p, uint64_t done)
{
	uint64_t now = p->tty ? ch_clock_ms() : 0;
	unsigned long long mib = done >> 20, all = p->total >> 20;

	if (!p->tty || now - p->begun_ms < 1000 || (p->shown && now - p->shown_ms < 100))
		return;
	p->shown = true;
	p->shown_ms = now;
	if (p->total && done <= p->total) {
		double part = (double)done / (double)p->total;

		fprintf(stderr, "\r\033[K%s %3.0f %% (%llu of %llu MiB)", p->what, part * 100,
		    mib, all);
	} else {
		fprintf(stderr, "\r\033[K%s %llu MiB", p->what, mib);
	}
	fflush(stderr);
}

void ch_progress_end(struct ch_progress *p)
{
	if (p->shown) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
	}
	*p = (struct ch_progress){ 0 };
}
