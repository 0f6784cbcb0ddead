/* What the commands on logs share: the log's key, a policy, where the last check ended. */
#ifndef CH_LOG_CLI_H
#define CH_LOG_CLI_H

#include "logcheck.h"
#include "opts.h"
#include "out.h"

/* Rows of the option tables. */
#define CH_LOG_KEY_OPT(j) \
	{ .name = "key", .arg = "VKEY", .value = &(j)->key, \
	    .help = "the log's verifier key; else as this home knows it" }
#define CH_LOG_POLICY_OPT(j) \
	{ .name = "policy", .arg = "FILE", .value = &(j)->policy, \
	    .help = "whose cosignatures must be there (c2sp.org/tlog-policy)" }

/* Large: on the heap. */
struct ch_log_job {
	struct ch_opts opts;
	struct ch_out out;
	struct ch_problem why;
	const char *key, *policy, *state;
	bool keeps; /* a state, by default where programs keep theirs */
	struct ch_log log;
	ch_policy rules, own; /* own: the registry's own cosigner, by the home's card */
	struct ch_buf rules_text;
	char vkey[CH_VKEY_MAX + 1], cosigner[CH_VKEY_MAX + 1], file[CH_PATH_MAX];
};

/* A zeroed job, before its options are read into it; NULL: said, end with CH_EXIT_FAULT. */
CH_MUST_USE struct ch_log_job *ch_log_job_new(void);

/* Read the options and begin the output. CH_EXIT_GO_ON; or the code to end with, and the job is
 * released. */
int ch_log_job_start(struct ch_log_job *j, int argc, char **argv, const ch_usage *u);
/* Bad usage, in one line; the job is released. */
int ch_log_job_usage(struct ch_log_job *j, const char *command, const char *what);

/* Open the log at `where`, with the policy that was named, and go on where the state file ended.
 * Without --key: that of the registry at this address, as this home pinned it. FORMAT: none. */
CH_MUST_USE ch_err ch_log_job_open(struct ch_log_job *j, const char *where);
/* Check what is new; then the state is kept, or at CONFLICT the evidence. */
CH_MUST_USE ch_err ch_log_job_check(struct ch_log_job *j);
/* What was checked, in the words of these commands. */
void ch_log_job_say(struct ch_log_job *j);

/* ch_out_end() on j->why, and release the job; returns the exit code. */
int ch_log_job_end(struct ch_log_job *j, ch_err e);

int ch_cmd_log_follow(int argc, char **argv);
int ch_cmd_log_prove(int argc, char **argv);

#endif
