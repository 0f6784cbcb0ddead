/* Tables of commands: running a row, printing the rows, guessing at a slip of the finger. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "opts.h"
#include "out.h"

#define NAME_MAX_ 32

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edits between two short names; SIZE_MAX for long ones. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_ + 1], n = strlen(a), m = strlen(b);

	if (n > NAME_MAX_ || m > NAME_MAX_)
		return SIZE_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t above = row[j];

			row[j] = least(least(above, row[j - 1]) + 1,
			    diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[m];
}

const char *ch_command_guess(const ch_command_row *rows, const char *name)
{
	const char *best = NULL;
	size_t near = 3;

	for (const ch_command_row *r = rows; r->name; r++) {
		size_t d = distance(r->name, name);

		if (d < near) {
			near = d;
			best = r->name;
		}
	}
	return best;
}

const ch_command_row *ch_command_find(const ch_command_row *rows, const char *name)
{
	for (const ch_command_row *r = rows; r->name; r++)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

void ch_command_print(const ch_command_row *rows)
{
	const char *group = "";

	for (const ch_command_row *r = rows; r->name; r++) {
		if (r->group && strcmp(group, r->group) != 0)
			printf("\n%s\n", r->group);
		group = r->group ? r->group : group;
		printf("  %-12s %s\n", r->name, r->help);
	}
}

int ch_command_sub(const char *noun, const ch_command_row *rows, int argc, char **argv)
{
	const ch_command_row *r;
	const char *guess;

	if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
		printf("Usage: chancery %s COMMAND\n\n", noun);
		ch_command_print(rows);
		return CH_EXIT_OK;
	}
	if (argc < 2)
		return ch_out_usage(noun, "%s wants a command after it", noun);
	r = ch_command_find(rows, argv[1]);
	if (r)
		return r->run(argc - 1, &argv[1]);
	guess = ch_command_guess(rows, argv[1]);
	if (guess)
		return ch_out_usage(noun, "%s has no such command; did you mean %s", noun, guess);
	return ch_out_usage(noun, "%s has no such command", noun);
}
