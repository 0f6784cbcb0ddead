/* What most commands do first and last: passphrase, home, registry, files. */
#ifndef CH_CLI_COMMON_H
#define CH_CLI_COMMON_H

#include "delegates.h"
#include "dossier.h"
#include "home.h"
#include "opts.h"
#include "out.h"
#include "serve.h"
#include "talks.h"
#include "token.h"
#include "watch.h"

/* The passphrase by --passphrase-file, --passphrase-fd or the terminal. Twice when `fresh`, with
 * a warning when it is short. The caller wipes. */
CH_MUST_USE ch_err ch_cli_pass(struct ch_pass *out, const struct ch_opts *o, bool fresh,
    struct ch_problem *why);

/* The same, once, after a prompt of the caller's. */
CH_MUST_USE ch_err ch_cli_pass_for(struct ch_pass *out, const struct ch_opts *o, const char *text,
    struct ch_problem *why);

/* Ask once more and compare. LOCKED: it differs. */
CH_MUST_USE ch_err ch_cli_pass_again(const struct ch_pass *first, struct ch_problem *why);
/* LOCKED and its sentence for what a prompt answered; CH_OK for CH_OK. */
ch_err ch_cli_pass_fault(struct ch_problem *why, ch_err e);

/* The argument of --suite. FORMAT: neither `hybrid` nor `classic`. */
CH_MUST_USE ch_err ch_cli_suite(bool *hybrid, const char *word, struct ch_problem *why);

/* The file of --token, for a suite. The caller wipes. FORMAT, LIMIT: no such key; and of files. */
CH_MUST_USE ch_err ch_cli_token(struct ch_token *out, const char *path, bool hybrid,
    struct ch_problem *why);

typedef enum {
	CH_CLI_LOOK = 0,       /* only read what is not sealed */
	CH_CLI_LOCK = 1,       /* hold the lock                 */
	CH_CLI_UNLOCK = 2,     /* ask for the passphrase        */
	CH_CLI_SIGN_IN = 4,    /* the talks' registry, signed in, and a look at its register */
	CH_CLI_TALKS = 8,      /* load the talks; they must be in force */
	CH_CLI_KEEP_PASS = 16, /* leave the passphrase in `pass` (party key) */
	CH_CLI_WAITING = 32,   /* a home that waits for a welcome will do, too */
} ch_cli_want;

/* All that a command on talks works with. */
struct ch_cli {
	struct ch_opts opts;
	struct ch_out out;
	struct ch_problem why;
	struct ch_pass pass;
	struct ch_home home;
	struct ch_talks talks;
	struct ch_link link;
	struct ch_watch watch;
};

/* Begin a command: a zeroed ch_cli on the heap (pointers into it stay), options read, output begun.
 * CH_EXIT_GO_ON; or the code to end with, and *out is NULL. */
int ch_cli_start(struct ch_cli **out, int argc, char **argv, const ch_usage *u);

/* Open in order: home, lock, keys, talks, registry. `want` is a sum of ch_cli_want. */
CH_MUST_USE ch_err ch_cli_open(struct ch_cli *c, unsigned want);
/* To a registry by origin, signed in or not, with a look at its register. */
CH_MUST_USE ch_err ch_cli_registry(struct ch_cli *c, ch_span origin, bool sign_in);

/* The paper of that number; one that waits for the hardware key is fetched, opened and kept first.
 * The home was opened with its talks, and unlocked. */
CH_MUST_USE ch_err ch_cli_paper(struct ch_dossier *d, struct ch_cli *c, const char *number);

/* The talks that --talks asks for, or all of this home. ABSENT: there are none of that name. */
CH_MUST_USE ch_err ch_cli_talks_names(struct ch_dir *names, struct ch_cli *c);

/* ch_out_end() on c->why, wipe and release everything; returns the exit code. */
int ch_cli_close(struct ch_cli *c, ch_err e);

/* A file of the person: "-" is standard input or output. The sentence names the file. */
CH_MUST_USE ch_err ch_cli_read_file(struct ch_buf *out, const char *path, struct ch_problem *why);
/* CONFLICT: it exists and --yes was not given. Mode 0600. */
CH_MUST_USE ch_err ch_cli_write_file(const char *path, ch_span bytes, const struct ch_opts *o,
    struct ch_problem *why);

/* The options of a command that serves, as the first rows of its table; then begin: the log has its
 * format, and NULL, or the sentence that says what does not fit. Does not copy `s`: it must not
 * move. */
struct ch_cli_serve {
	ch_serve_opts o;
	const char *listen, *log;
	bool with_parent;
	char address[64];
};
#define CH_CLI_SERVE_OPTS(s) \
	{ .name = "listen", .arg = "ADDRESS:PORT", .value = &(s)->listen, \
	    .help = "default 127.0.0.1 and any free port" }, \
	{ .name = "tls-cert", .arg = "FILE", .value = &(s)->o.cert, \
	    .help = "speak TLS 1.3 with this certificate chain, PEM; read anew at SIGHUP" }, \
	{ .name = "tls-key", .arg = "FILE", .value = &(s)->o.key, .help = "its key, PEM" }, \
	{ .name = "port-file", .arg = "FILE", .value = &(s)->o.port_file, \
	    .help = "gets the port once it listens" }, \
	{ .name = "log", .arg = "FORMAT", .value = &(s)->log, \
	    .help = "plain or json; else json, but on a terminal and in the journal plain" }, \
	{ .name = "with-parent", .flag = &(s)->with_parent, \
	    .help = "stop when the program that started this one ends" }
const char *ch_cli_serve_begin(struct ch_cli_serve *s);

/* The same ch_problem_set for a failed file or other fault without a sentence of its own. */
ch_err ch_cli_fault(struct ch_problem *why, ch_err e, const char *what);

#endif
