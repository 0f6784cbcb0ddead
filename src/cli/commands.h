/*
 * Every subcommand: one file, one function, one row in the table of main.c. A function gets its
 * own name in argv[0] (for `talks open`: "open") and returns the exit code.
 */
#ifndef CH_COMMANDS_H
#define CH_COMMANDS_H

typedef int (*ch_command)(int argc, char **argv);

typedef struct {
	const char *name;
	ch_command run;
	const char *help;  /* one line */
	const char *group; /* heading in --help */
} ch_command_row;

/* Look a verb up in a table that ends with a NULL name and run it; for `party new` and its like.
 * Prints the verbs with --help, or a suggestion for an unknown one. */
int ch_command_sub(const char *noun, const ch_command_row *rows, int argc, char **argv);

/* The row of that name, or NULL; the name nearest to a mistyped one, or NULL; all rows. */
const ch_command_row *ch_command_find(const ch_command_row *rows, const char *name);
const char *ch_command_guess(const ch_command_row *rows, const char *name);
void ch_command_print(const ch_command_row *rows);

/* The table of all subcommands (table.c), ended by a NULL name. */
extern const ch_command_row ch_commands[];

int ch_cmd_confirm(int argc, char **argv);
int ch_cmd_contest(int argc, char **argv);
int ch_cmd_decline(int argc, char **argv);
int ch_cmd_delegate(int argc, char **argv);
int ch_cmd_delegate_add(int argc, char **argv);
int ch_cmd_delegate_ask(int argc, char **argv);
int ch_cmd_delegate_join(int argc, char **argv);
int ch_cmd_delegate_key(int argc, char **argv);
int ch_cmd_delegate_pass(int argc, char **argv);
int ch_cmd_delegate_recall(int argc, char **argv);
int ch_cmd_desk(int argc, char **argv);
int ch_cmd_disclose(int argc, char **argv);
int ch_cmd_export(int argc, char **argv);
int ch_cmd_inbox(int argc, char **argv);
int ch_cmd_keygen(int argc, char **argv);
int ch_cmd_outbox(int argc, char **argv);
int ch_cmd_party(int argc, char **argv);
int ch_cmd_publish(int argc, char **argv);
int ch_cmd_registry(int argc, char **argv);
int ch_cmd_registry_restore(int argc, char **argv);
int ch_cmd_roster(int argc, char **argv);
int ch_cmd_seal(int argc, char **argv);
int ch_cmd_send(int argc, char **argv);
int ch_cmd_show(int argc, char **argv);
int ch_cmd_sign_for(int argc, char **argv);
int ch_cmd_statement(int argc, char **argv);
int ch_cmd_status(int argc, char **argv);
int ch_cmd_sync(int argc, char **argv);
int ch_cmd_take_back(int argc, char **argv);
int ch_cmd_talks(int argc, char **argv);
int ch_cmd_unseal(int argc, char **argv);
int ch_cmd_log(int argc, char **argv);
int ch_cmd_witness(int argc, char **argv);

#endif
