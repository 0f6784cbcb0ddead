/*
 * What stands behind a command's name: options common to all, options of its own, operands, and
 * the --help that is made of the same table.
 */
#ifndef CH_OPTS_H
#define CH_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define CH_OPTS_MANY 64

/* Exit codes, the same in both programs. */
enum {
	CH_EXIT_OK = 0,     /* done, or proven                           */
	CH_EXIT_NO = 1,     /* no, or not proven                         */
	CH_EXIT_USAGE = 2,  /* bad input or usage                        */
	CH_EXIT_NET = 3,    /* registry not reached: safe to repeat      */
	CH_EXIT_LOCKED = 4, /* locked, or wrong passphrase               */
	CH_EXIT_FAULT = 5,  /* our fault, or the disk's                  */
	CH_EXIT_GO_ON = -1, /* of ch_opts_read(): nothing to end here    */
};

int ch_exit_code(ch_err e);

/* Common to all commands. */
struct ch_opts {
	const char *home, *talks, *pass_file;
	int pass_fd;              /* -1: not given */
	bool json, yes, verbose;
	int argc;                 /* operands */
	char **argv;
};

/* An option that may be given several times. */
struct ch_opt_many {
	size_t n;
	const char *v[CH_OPTS_MANY];
};

/* One option of a command: exactly one of flag, value, number, many is set. */
typedef struct {
	const char *name; /* without the dashes; one letter makes a short option */
	char brief;       /* the same as one letter; 0 for none                  */
	const char *arg;  /* how its argument is called in the help; NULL for a flag */
	const char *help;
	bool *flag;
	const char **value;
	uint64_t *number; /* decimal, checked */
	struct ch_opt_many *many;
} ch_opt;

typedef struct {
	const char *usage;   /* "talks open NAME --with HANDLE[,HANDLE…]" */
	const char *about;   /* a few sentences                            */
	const char *example; /* lines, each beginning with "chancery "     */
	const ch_opt *opts;
	size_t n_opts;
	int min, max;        /* operands; max -1: any number               */
	bool alone;          /* works without a home                       */
} ch_usage;

/*
 * Read argv[1..] after the command's own name in argv[0]. An option of two letters may also be
 * written with a single dash (-pq), as age-keygen has it.
 * Returns CH_EXIT_GO_ON, or the exit code to end with: --help was printed (0), or bad usage was
 * reported in one line (2).
 */
int ch_opts_read(struct ch_opts *o, int argc, char **argv, const ch_usage *u);

#endif
