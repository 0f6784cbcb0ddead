/* All pages. A path is below /h/<n>/ with CH_PAGE_HOME, else below /. Rows that have a nav stand in
 * the navigation in this order. */
#include "pages.h"

#include <stddef.h>

#define G CH_HTTP1_GET
#define P CH_HTTP1_POST
#define U CH_HTTP1_PUT
#define HOME (CH_PAGE_HOME | CH_PAGE_UNLOCKED)
#define WAITS CH_PAGE_WAITS
#define NO CH_M_COUNT

const ch_page_row ch_page_table[] = {
	/* the desk itself */
	{ G, "start", ch_page_start, CH_PAGE_OPEN, NO, "desk", NULL },
	{ P, "start", ch_page_start_post, CH_PAGE_OPEN, NO, NULL, NULL },
	{ G, "", ch_page_homes, 0, NO, NULL, NULL },
	{ P, "language", ch_page_language, 0, NO, NULL, NULL },
	{ G, "unlock", ch_page_unlock, CH_PAGE_HOME, NO, NULL, NULL },
	{ P, "unlock", ch_page_unlock_post, CH_PAGE_HOME, NO, NULL, NULL },
	{ P, "lock", ch_page_lock_post, CH_PAGE_HOME, NO, NULL, NULL },
	{ P, "sync", ch_page_sync_post, HOME, NO, "sync", NULL },
	{ G, "jobs/*", ch_page_job_show, CH_PAGE_HOME | CH_PAGE_ANY, NO, NULL, NULL },
	{ P, "jobs/*/cancel", ch_page_job_cancel, CH_PAGE_HOME | CH_PAGE_ANY, NO, NULL, NULL },

	/* talks */
	{ G, "talks", ch_page_talks_list, HOME, CH_M_NAV_TALKS, "inbox", NULL },
	{ G, "talks/*", ch_page_talks_show, HOME, NO, "talks show", NULL },
	{ G, "news", ch_page_news, CH_PAGE_HOME | CH_PAGE_ANY, NO, NULL, NULL },

	/* papers */
	{ G, "talks/*/papers/*", ch_page_paper_show, HOME, NO, "show", NULL },
	{ G, "talks/*/papers/*/record", ch_page_paper_record, HOME, NO, NULL, NULL },
	{ P, "talks/*/papers/*/check", ch_page_paper_check, HOME, NO, NULL, NULL },

	/* first run */
	{ G, "homes", ch_page_homes_list, 0, NO, NULL, NULL },
	{ G, "first", ch_page_first, 0, NO, NULL, NULL },
	{ G, "first/party", ch_page_first_party, 0, NO, "party new", NULL },
	{ P, "first/party", ch_page_first_party_post, 0, NO, NULL, NULL },
	{ G, "first/folder", ch_page_first_folder, 0, NO, NULL, NULL },
	{ P, "first/folder", ch_page_first_folder_post, 0, NO, NULL, NULL },
	{ G, "first/join", ch_page_ask, 0, NO, "delegate ask", NULL },
	{ P, "first/join", ch_page_ask_post, 0, NO, NULL, NULL },
	{ G, "wait", ch_page_wait, HOME | WAITS, NO, NULL, NULL },
	{ G, "wait/request", ch_page_wait_request, HOME | WAITS, NO, NULL, NULL },
	{ P, "wait/welcome", NULL, HOME | WAITS, NO, NULL, ch_page_wait_welcome },
	{ G, "wait/compare", ch_page_wait_compare, HOME | WAITS, NO, "delegate join", NULL },
	{ P, "wait/join", ch_page_wait_join, HOME | WAITS, NO, NULL, NULL },
	{ G, "first/practice", ch_page_first_practice, 0, NO, "registry init", NULL },
	{ P, "first/practice", ch_page_first_practice_post, 0, NO, NULL, NULL },
	{ G, "sheet", ch_page_sheet, HOME, NO, NULL, NULL },
	{ G, "backup", ch_page_backup, HOME, NO, NULL, NULL },
	{ G, "roster", ch_page_roster_file, HOME, NO, "roster show", NULL },
	{ G, "meet", ch_page_meet, HOME, NO, NULL, NULL },
	{ P, "meet", ch_page_meet_post, HOME, NO, NULL, NULL },
	{ P, "meet/trial", ch_page_meet_trial, HOME, NO, "registry run", NULL },
	{ G, "meet/compare", ch_page_meet_compare, HOME, NO, NULL, NULL },
	{ P, "meet/pin", ch_page_meet_pin, HOME, NO, NULL, NULL },
	{ G, "open", ch_page_open, HOME, NO, "talks open", NULL },
	{ P, "open", ch_page_open_post, HOME, NO, NULL, NULL },
	{ G, "join", ch_page_join, HOME, NO, "talks join", NULL },
	{ P, "join", ch_page_join_post, HOME, NO, NULL, NULL },
	{ G, "join/compare", ch_page_join_compare, HOME, NO, NULL, NULL },
	{ P, "join/take", ch_page_join_take, HOME, NO, NULL, NULL },
	{ G, "talks/*/invite/*", ch_page_invite, HOME, NO, "talks invite", NULL },
	{ G, "talks/*/invite/*/*", ch_page_invite, HOME, NO, NULL, NULL },
	{ P, "talks/*/answers", ch_page_answers_post, HOME, NO, "registry enrol", NULL },
	{ G, "talks/*/answer", ch_page_answer_file, HOME, NO, NULL, NULL },
	{ P, "talks/*/fetch", ch_page_fetch_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/charter", ch_page_charter, HOME, NO, NULL, NULL },
	{ P, "talks/*/sign", ch_page_sign_post, HOME, NO, "talks sign", NULL },

	/* compose, drafts */
	{ G, "talks/*/compose", ch_page_compose, HOME, NO, "send", NULL },
	{ P, "talks/*/compose", ch_page_compose_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/papers/*/answer", ch_page_answer_to, HOME, NO, NULL, NULL },
	{ G, "drafts", ch_page_drafts, HOME, CH_M_NAV_DRAFTS, NULL, NULL },
	{ G, "drafts/*", ch_page_draft, HOME, NO, NULL, NULL },
	{ P, "drafts/*", ch_page_draft_post, HOME, NO, NULL, NULL },
	{ G, "drafts/*/discard", ch_page_discard, HOME, NO, NULL, NULL },
	{ P, "drafts/*/discard", ch_page_discard_post, HOME, NO, NULL, NULL },
	{ U, "drafts/*/files", NULL, HOME, NO, NULL, ch_page_file_stream },
	{ P, "drafts/*/files", NULL, HOME, NO, NULL, ch_page_file_stream },
	{ U, "drafts/*/word", NULL, HOME, NO, NULL, ch_page_word_stream },
	{ P, "drafts/*/word", NULL, HOME, NO, NULL, ch_page_word_stream },
	{ P, "drafts/*/files/*/remove", ch_page_file_remove, HOME, NO, NULL, NULL },
	{ G, "drafts/*/review", ch_page_review, HOME, NO, NULL, NULL },
	{ P, "drafts/*/send", ch_page_send, HOME, NO, NULL, NULL },
	{ P, "drafts/*/keep", ch_page_draft_keep, HOME, NO, NULL, NULL },
	{ P, "drafts/*/again", ch_page_draft_again, HOME, NO, NULL, NULL },

	/* sign for, decline, take back */
	{ G, "talks/*/papers/*/sign-for", ch_page_sign_for, HOME, NO, "sign-for", NULL },
	{ P, "talks/*/papers/*/sign-for", ch_page_sign_for_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/papers/*/decline", ch_page_decline, HOME, NO, "decline", NULL },
	{ P, "talks/*/papers/*/decline", ch_page_decline_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/papers/*/take-back", ch_page_take_back, HOME, NO, "take-back", NULL },
	{ P, "talks/*/papers/*/take-back", ch_page_take_back_post, HOME, NO, NULL, NULL },

	/* outbox */
	{ G, "outbox", ch_page_outbox, HOME, CH_M_NAV_OUTBOX, "outbox", NULL },
	{ P, "outbox/*/cancel", ch_page_outbox_cancel, HOME, NO, NULL, NULL },
	{ P, "outbox/*/now", ch_page_outbox_now, HOME, NO, NULL, NULL },

	/* to be saved */
	{ G, "talks/*/papers/*/export", ch_page_export, HOME, NO, "export", NULL },
	{ P, "talks/*/papers/*/export", ch_page_export_post, HOME, NO, NULL, NULL },
	{ P, "talks/*/papers/*/attachments", ch_page_attachment_post, HOME, NO, NULL, NULL },
	{ G, "saved/*", ch_page_saved, HOME, NO, NULL, NULL },

	/* in public */
	{ G, "talks/*/papers/*/confirm", ch_page_confirm, HOME, NO, "confirm", NULL },
	{ P, "talks/*/papers/*/confirm", ch_page_confirm_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/papers/*/disclose", ch_page_disclose, HOME, NO, "disclose", NULL },
	{ P, "talks/*/papers/*/disclose", ch_page_disclose_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/papers/*/contest", ch_page_contest, HOME, NO, "contest", NULL },
	{ P, "talks/*/papers/*/contest", ch_page_contest_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/papers/*/statement", ch_page_statement, HOME, NO, NULL, NULL },
	{ P, "talks/*/papers/*/statement", ch_page_statement_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/statement", ch_page_statement, HOME, NO, "statement", NULL },
	{ P, "talks/*/statement", ch_page_statement_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/public/*/contest", ch_page_contest_said, HOME, NO, NULL, NULL },
	{ P, "talks/*/public/*/contest", ch_page_contest_said_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/public/*/statement", ch_page_statement_said, HOME, NO, NULL, NULL },
	{ P, "talks/*/public/*/statement", ch_page_statement_said_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/public", ch_page_public, HOME, NO, "publish", NULL },
	{ P, "talks/*/public", ch_page_public_post, HOME, NO, NULL, NULL },

	/* keys and delegates */
	{ G, "keys", ch_page_keys, HOME, CH_M_NAV_KEYS, "delegate list", NULL },
	{ G, "keys/passphrase", ch_page_passphrase, HOME, NO, "delegate passphrase", NULL },
	{ P, "keys/passphrase", ch_page_passphrase_post, HOME, NO, NULL, NULL },
	{ P, "keys/renew", ch_page_keys_renew, HOME, NO, "roster renew", NULL },
	{ G, "keys/add", ch_page_add, HOME, NO, "delegate add", NULL },
	{ P, "keys/add", ch_page_add_post, HOME, NO, NULL, NULL },
	{ G, "keys/add/compare", ch_page_add_compare, HOME, NO, NULL, NULL },
	{ P, "keys/add/sign", ch_page_add_sign, HOME, NO, NULL, NULL },
	{ G, "keys/welcome", ch_page_welcome, HOME, NO, NULL, NULL },
	{ G, "keys/welcome/file", ch_page_welcome_file, HOME, NO, NULL, NULL },
	{ G, "keys/recall/*", ch_page_recall, HOME, NO, "delegate recall", NULL },
	{ P, "keys/recall/*", ch_page_recall_post, HOME, NO, NULL, NULL },
	{ P, "keys/publish", ch_page_keys_publish, HOME, NO, "roster publish", NULL },

	/* register */
	{ G, "register", ch_page_register, HOME, CH_M_NAV_REGISTER, "status", NULL },
	{ P, "register", ch_page_register_post, HOME, NO, NULL, NULL },

	/* search */
	{ G, "search", ch_page_search, HOME, CH_M_NAV_SEARCH, NULL, NULL },

	/* help */
	{ G, "help", ch_page_help, CH_PAGE_HOME, CH_M_NAV_HELP, NULL, NULL },
	{ G, "help/*", ch_page_help_show, CH_PAGE_HOME, NO, NULL, NULL },
	{ G, "help", ch_page_help, 0, NO, NULL, NULL },
	{ G, "help/*", ch_page_help_show, 0, NO, NULL, NULL },
	{ P, "single-keys", ch_page_single_keys, 0, NO, NULL, NULL },

	{ 0, NULL, NULL, 0, NO, NULL, NULL },
};
