/*
 * Envelopes that came in whole, on their way to the disk. A thread of its own flushes all that wait
 * at once, gives them their names and flushes the folder; only then do their operations join a
 * batch. So no batch waits for the bytes of an envelope.
 */
#ifndef CH_UPLOAD_H
#define CH_UPLOAD_H

#include "reg.h"

/* Faults. */
CH_MUST_USE ch_err ch_uploads_start(struct ch_reg *reg);
/* All that was put is done first; nobody takes it any more. NULL is fine. */
void ch_uploads_stop(struct ch_reg *reg);

/* op->named was laid, or is NULL where the file was there before; `run` is what a batch is to do
 * when its name is durable, or op->err says why it is not. */
void ch_uploads_put(struct ch_reg *reg, struct ch_op *op, ch_handler run);
/* At a turn: put into the batch what has its name. */
void ch_uploads_gather(struct ch_reg *reg);

#endif
