/* Every page: one file, one handler or a few, a row each in table.c. */
#ifndef CH_PAGES_H
#define CH_PAGES_H

#include "page.h"

/* page_desk.c */
void ch_page_start(struct ch_page *p);
void ch_page_start_post(struct ch_page *p);
void ch_page_language(struct ch_page *p);
/* page_first.c, page_sheet.c, page_practice.c */
void ch_page_homes(struct ch_page *p);
void ch_page_homes_list(struct ch_page *p);
void ch_page_first(struct ch_page *p);
void ch_page_first_party(struct ch_page *p);
void ch_page_first_party_post(struct ch_page *p);
void ch_page_first_folder(struct ch_page *p);
void ch_page_first_folder_post(struct ch_page *p);
void ch_page_first_practice(struct ch_page *p);
void ch_page_first_practice_post(struct ch_page *p);
void ch_page_sheet(struct ch_page *p);
void ch_page_backup(struct ch_page *p);
void ch_page_roster_file(struct ch_page *p);
/* page_ask.c: on the machine of a new delegate */
void ch_page_ask(struct ch_page *p);
void ch_page_ask_post(struct ch_page *p);
void ch_page_wait(struct ch_page *p);
void ch_page_wait_request(struct ch_page *p);
void ch_page_wait_welcome(struct ch_page *p);
void ch_page_wait_compare(struct ch_page *p);
void ch_page_wait_join(struct ch_page *p);
/* page_meet.c, page_open.c, page_join.c */
void ch_page_meet(struct ch_page *p);
void ch_page_meet_post(struct ch_page *p);
void ch_page_meet_trial(struct ch_page *p);
void ch_page_meet_compare(struct ch_page *p);
void ch_page_meet_pin(struct ch_page *p);
void ch_page_open(struct ch_page *p);
void ch_page_open_post(struct ch_page *p);
void ch_page_join(struct ch_page *p);
void ch_page_join_post(struct ch_page *p);
void ch_page_join_compare(struct ch_page *p);
void ch_page_join_take(struct ch_page *p);
/* page_forming.c, page_charter.c */
void ch_page_invite(struct ch_page *p);
void ch_page_answer_file(struct ch_page *p);
void ch_page_answers_post(struct ch_page *p);
void ch_page_fetch_post(struct ch_page *p);
void ch_page_charter(struct ch_page *p);
void ch_page_sign_post(struct ch_page *p);
/* page_keys.c */
void ch_page_keys(struct ch_page *p);
void ch_page_keys_renew(struct ch_page *p);
void ch_page_passphrase(struct ch_page *p);
void ch_page_passphrase_post(struct ch_page *p);
void ch_page_keys_publish(struct ch_page *p);
/* page_delegate.c, page_recall.c: where the party key is */
void ch_page_add(struct ch_page *p);
void ch_page_add_post(struct ch_page *p);
void ch_page_add_compare(struct ch_page *p);
void ch_page_add_sign(struct ch_page *p);
void ch_page_welcome(struct ch_page *p);
void ch_page_welcome_file(struct ch_page *p);
void ch_page_recall(struct ch_page *p);
void ch_page_recall_post(struct ch_page *p);
/* page_unlock.c */
void ch_page_unlock(struct ch_page *p);
void ch_page_unlock_post(struct ch_page *p);
void ch_page_lock_post(struct ch_page *p);
void ch_page_sync_post(struct ch_page *p);
/* page_job.c */
void ch_page_job_show(struct ch_page *p);
void ch_page_job_cancel(struct ch_page *p);
/* page_talks.c, page_paper.c */
void ch_page_talks_list(struct ch_page *p);
void ch_page_talks_show(struct ch_page *p);
void ch_page_news(struct ch_page *p);
void ch_page_paper_show(struct ch_page *p);
void ch_page_paper_record(struct ch_page *p);
void ch_page_paper_check(struct ch_page *p);
/* page_sign.c */
void ch_page_sign_for(struct ch_page *p);
void ch_page_sign_for_post(struct ch_page *p);
void ch_page_decline(struct ch_page *p);
void ch_page_decline_post(struct ch_page *p);
void ch_page_take_back(struct ch_page *p);
void ch_page_take_back_post(struct ch_page *p);
/* page_save.c */
void ch_page_export(struct ch_page *p);
void ch_page_export_post(struct ch_page *p);
void ch_page_attachment_post(struct ch_page *p);
void ch_page_saved(struct ch_page *p);
/* page_disclose.c, page_state.c */
void ch_page_confirm(struct ch_page *p);
void ch_page_confirm_post(struct ch_page *p);
void ch_page_disclose(struct ch_page *p);
void ch_page_disclose_post(struct ch_page *p);
void ch_page_contest(struct ch_page *p);
void ch_page_contest_post(struct ch_page *p);
void ch_page_contest_said(struct ch_page *p);
void ch_page_contest_said_post(struct ch_page *p);
void ch_page_statement_said(struct ch_page *p);
void ch_page_statement_said_post(struct ch_page *p);
void ch_page_statement(struct ch_page *p);
void ch_page_statement_post(struct ch_page *p);
/* page_public.c, page_register.c */
void ch_page_public(struct ch_page *p);
void ch_page_public_post(struct ch_page *p);
void ch_page_register(struct ch_page *p);
void ch_page_register_post(struct ch_page *p);
/* page_search.c, page_help.c */
void ch_page_search(struct ch_page *p);
/* page_compose.c, page_draft.c, page_draft_file.c, page_review.c, page_outbox.c */
void ch_page_compose(struct ch_page *p);
void ch_page_compose_post(struct ch_page *p);
void ch_page_answer_to(struct ch_page *p);
void ch_page_drafts(struct ch_page *p);
void ch_page_draft(struct ch_page *p);
void ch_page_draft_post(struct ch_page *p);
void ch_page_discard(struct ch_page *p);
void ch_page_discard_post(struct ch_page *p);
void ch_page_file_stream(struct ch_page *p);
void ch_page_word_stream(struct ch_page *p);
void ch_page_file_remove(struct ch_page *p);
void ch_page_review(struct ch_page *p);
void ch_page_send(struct ch_page *p);
void ch_page_outbox(struct ch_page *p);
void ch_page_outbox_cancel(struct ch_page *p);
void ch_page_outbox_now(struct ch_page *p);
void ch_page_draft_keep(struct ch_page *p);
void ch_page_draft_again(struct ch_page *p);
void ch_page_help(struct ch_page *p);
void ch_page_help_show(struct ch_page *p);
void ch_page_single_keys(struct ch_page *p);

#endif
