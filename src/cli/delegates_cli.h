/* Shared by the cmd_delegate*.c files only. */
#ifndef CH_DELEGATES_CLI_H
#define CH_DELEGATES_CLI_H

#include "common.h"

/* "send, sign-for" */
void ch_delegates_put_powers(struct ch_wr *w, unsigned bits);

/* Tells each registry as it has the roster; one that must wait is a warning. */
ch_delegate_ears ch_delegates_ears(struct ch_cli *c);

#endif
