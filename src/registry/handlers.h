/* The handlers of the table in routes.c, by the file they stand in. */
#ifndef CH_HANDLERS_H
#define CH_HANDLERS_H

#include "reg.h"

/* about.c */
bool ch_get_registry(struct ch_reg *reg, struct ch_op *op);
bool ch_get_deposit_key(struct ch_reg *reg, struct ch_op *op);
bool ch_get_checkpoint(struct ch_reg *reg, struct ch_op *op);
bool ch_get_tile(struct ch_reg *reg, struct ch_op *op);
bool ch_get_health(struct ch_reg *reg, struct ch_op *op);

/* metrics.c */
bool ch_get_metrics(struct ch_reg *reg, struct ch_op *op);

/* signin.c */
bool ch_post_challenge(struct ch_reg *reg, struct ch_op *op);
bool ch_post_token(struct ch_reg *reg, struct ch_op *op);

/* parties.c */
bool ch_post_roster(struct ch_reg *reg, struct ch_op *op);
bool ch_get_roster(struct ch_reg *reg, struct ch_op *op);
bool ch_post_charter(struct ch_reg *reg, struct ch_op *op);
bool ch_get_charter(struct ch_reg *reg, struct ch_op *op);
bool ch_get_charters(struct ch_reg *reg, struct ch_op *op);

/* envelopes.c; PUT is a stream and has ch_envelope_put() */
bool ch_get_envelope(struct ch_reg *reg, struct ch_op *op);

/* submit.c, receive.c, ends.c */
bool ch_post_submission(struct ch_reg *reg, struct ch_op *op);
bool ch_post_receipt(struct ch_reg *reg, struct ch_op *op);
bool ch_post_decline(struct ch_reg *reg, struct ch_op *op);
bool ch_post_take_back(struct ch_reg *reg, struct ch_op *op);
bool ch_post_opened(struct ch_reg *reg, struct ch_op *op);
bool ch_post_defect(struct ch_reg *reg, struct ch_op *op);
bool ch_post_key_missing(struct ch_reg *reg, struct ch_op *op);

/* lists.c */
bool ch_get_mailbox(struct ch_reg *reg, struct ch_op *op);
bool ch_get_sent(struct ch_reg *reg, struct ch_op *op);
bool ch_get_delivery(struct ch_reg *reg, struct ch_op *op);
bool ch_get_heads(struct ch_reg *reg, struct ch_op *op);

/* raw.c */
bool ch_post_entries(struct ch_reg *reg, struct ch_op *op);

/* publics.c */
bool ch_post_statement(struct ch_reg *reg, struct ch_op *op);
bool ch_get_statements(struct ch_reg *reg, struct ch_op *op);
bool ch_get_statement(struct ch_reg *reg, struct ch_op *op);

/* extracts.c */
bool ch_put_extract(struct ch_reg *reg, struct ch_op *op);
bool ch_get_extract(struct ch_reg *reg, struct ch_op *op);

/* publics.c */
bool ch_post_cosignatures(struct ch_reg *reg, struct ch_op *op);
bool ch_get_front(struct ch_reg *reg, struct ch_op *op);
bool ch_get_check(struct ch_reg *reg, struct ch_op *op);
bool ch_get_cosigned(struct ch_reg *reg, struct ch_op *op);

#endif
