/* All subcommands, in the order and groups in which --help shows them. */
#include "commands.h"

#define DAILY "Every day"
#define ADMIN "Parties and talks"

#include <stddef.h>

const ch_command_row ch_commands[] = {
	{ "status", ch_cmd_status, "what this home holds, and what waits", DAILY },
	{ "party", ch_cmd_party, "make a party and its first delegate", ADMIN },
	{ "roster", ch_cmd_roster, "show, renew and publish the party's roster", ADMIN },
	{ "delegate", ch_cmd_delegate, "who may act for a party", ADMIN },
	{ "talks", ch_cmd_talks, "open talks, invite, join, sign the charter", ADMIN },
	{ "registry", ch_cmd_registry, "make and run the server in the middle", ADMIN },
	{ NULL, NULL, NULL, NULL },
};
