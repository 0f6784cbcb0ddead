/* Shared by the cmd_talks*.c files only. */
#ifndef CH_TALKS_CLI_H
#define CH_TALKS_CLI_H

#include "common.h"

int ch_talks_cmd_open(int argc, char **argv);
int ch_talks_cmd_invite(int argc, char **argv);
int ch_talks_cmd_join(int argc, char **argv);
int ch_talks_cmd_sign(int argc, char **argv);

/* Add the registry to our roster if it is not there, and publish. That the operator has not
 * enrolled us yet is told, and is no failure. */
CH_MUST_USE ch_err ch_talks_enter(struct ch_cli *c, ch_span origin);

/* The terms, in words. */
CH_MUST_USE ch_err ch_talks_print_terms(struct ch_cli *c, const ch_stmt *charter);

const char *ch_talks_state_name(ch_talks_state s);

#endif
