/* All subcommands, in the order and groups in which --help shows them. */
#include "commands.h"

#define DAILY "Every day"
#define PUBLIC "In public, and for others"
#define ADMIN "Parties and talks"
#define FILES "Any file, without a home"

#include <stddef.h>

const ch_command_row ch_commands[] = {
	{ "desk", ch_cmd_desk, "open the page of this home in the browser", DAILY },
	{ "status", ch_cmd_status, "what this home holds, and what waits", DAILY },
	{ "sync", ch_cmd_sync, "send what waits, fetch what came", DAILY },
	{ "inbox", ch_cmd_inbox, "what waits for your signature", DAILY },
	{ "sign-for", ch_cmd_sign_for, "confirm delivery of a paper, and open it", DAILY },
	{ "decline", ch_cmd_decline, "decline delivery of a paper", DAILY },
	{ "show", ch_cmd_show, "a paper, its record, what you can show of it", DAILY },
	{ "send", ch_cmd_send, "seal a paper to a party, and submit it", DAILY },
	{ "outbox", ch_cmd_outbox, "our papers: waiting, sent, taken back", DAILY },
	{ "take-back", ch_cmd_take_back, "take back a paper that was not signed for", DAILY },
	{ "confirm", ch_cmd_confirm, "say in public that a paper was received or sent", PUBLIC },
	{ "contest", ch_cmd_contest, "contest a public statement of another party", PUBLIC },
	{ "statement", ch_cmd_statement, "say something in public, on the record", PUBLIC },
	{ "disclose", ch_cmd_disclose, "make passages of our own paper public", PUBLIC },
	{ "publish", ch_cmd_publish, "write the folder of what is public, for anyone", PUBLIC },
	{ "export", ch_cmd_export, "write a delivery record for a third party", PUBLIC },
	{ "party", ch_cmd_party, "make a party and its first delegate", ADMIN },
	{ "roster", ch_cmd_roster, "show, renew and publish the party's roster", ADMIN },
	{ "delegate", ch_cmd_delegate, "who may act for a party", ADMIN },
	{ "talks", ch_cmd_talks, "open talks, invite, join, sign the charter", ADMIN },
	{ "registry", ch_cmd_registry, "make and run the server in the middle", ADMIN },
	{ "witness", ch_cmd_witness, "cosign the registers of others, once each tree", ADMIN },
	{ "log", ch_cmd_log, "check and copy the logs of others, entry by entry", ADMIN },
	{ "seal", ch_cmd_seal, "seal a file in age's format, for keys or a passphrase", FILES },
	{ "unseal", ch_cmd_unseal, "open a file in age's format", FILES },
	{ "keygen", ch_cmd_keygen, "make a key pair for sealing, as age-keygen does", FILES },
	{ NULL, NULL, NULL, NULL },
};
