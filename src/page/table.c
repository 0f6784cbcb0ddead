/* All pages. A path is below /h/<n>/ with CH_PAGE_HOME, else below /. Rows that have a nav stand in
 * the navigation in this order. */
#include "pages.h"

#include <stddef.h>

#define G CH_HTTP1_GET
#define P CH_HTTP1_POST
#define HOME (CH_PAGE_HOME | CH_PAGE_UNLOCKED)
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

	/* papers */
	{ G, "talks/*/papers/*", ch_page_paper_show, HOME, NO, "show", NULL },
	{ P, "talks/*/papers/*/check", ch_page_paper_check, HOME, NO, NULL, NULL },

	/* first run */
	{ G, "homes", ch_page_homes_list, 0, NO, NULL, NULL },
	{ G, "first", ch_page_first, 0, NO, NULL, NULL },
	{ G, "first/party", ch_page_first_party, 0, NO, "party new", NULL },
	{ P, "first/party", ch_page_first_party_post, 0, NO, NULL, NULL },
	{ G, "first/folder", ch_page_first_folder, 0, NO, NULL, NULL },
	{ P, "first/folder", ch_page_first_folder_post, 0, NO, NULL, NULL },
	{ G, "sheet", ch_page_sheet, HOME, NO, NULL, NULL },
	{ G, "backup", ch_page_backup, HOME, NO, NULL, NULL },
	{ G, "roster", ch_page_roster_file, HOME, NO, NULL, NULL },

	/* compose, drafts */

	/* sign for, decline, take back */
	{ G, "talks/*/papers/*/sign-for", ch_page_sign_for, HOME, NO, "sign-for", NULL },
	{ P, "talks/*/papers/*/sign-for", ch_page_sign_for_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/papers/*/decline", ch_page_decline, HOME, NO, "decline", NULL },
	{ P, "talks/*/papers/*/decline", ch_page_decline_post, HOME, NO, NULL, NULL },
	{ G, "talks/*/papers/*/take-back", ch_page_take_back, HOME, NO, "take-back", NULL },
	{ P, "talks/*/papers/*/take-back", ch_page_take_back_post, HOME, NO, NULL, NULL },

	/* outbox */

	/* in public */

	/* keys and delegates */

	/* register */

	/* search */

	/* help */

	{ 0, NULL, NULL, 0, NO, NULL, NULL },
};
