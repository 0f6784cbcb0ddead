/* Shared by the cmd_delegate*.c files only. */
#ifndef CH_DELEGATES_CLI_H
#define CH_DELEGATES_CLI_H

#include "common.h"

void ch_delegates_print_powers(struct ch_cli *c, unsigned bits);

/* Says each registry as it has the roster, and at the end, when all went well, which must wait. */
struct ch_delegates_told {
	struct ch_cli *c;
	char later[1024];
};

ch_delegate_ears ch_delegates_ears(struct ch_delegates_told *t);
void ch_delegates_tell_later(const struct ch_delegates_told *t);

#endif
