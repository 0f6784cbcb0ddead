/* The small world's parties at a real, new registry named register.example: admitted, signed in. */
#ifndef CH_BENCH_SETTING_H
#define CH_BENCH_SETTING_H

#include "world.h"

/* Start the world with the registry's keys, and admit its parties. */
void setting_meet(struct world *w, const char *dir, uint16_t port);
void setting_part(struct world *w);
void setting_sign_in(char token[65], struct world *w, int party);

/* One request; the answer lives in the world's memory. Another status ends the program. */
ch_span setting_ask(struct world *w, const char *method, const char *path, ch_span body,
    unsigned want);
/* The statement in a note; of the registry's answer to GET. */
ch_stmt setting_read(ch_span note, ch_kind kind);
ch_stmt setting_stmt(struct world *w, const char *path, ch_kind kind);

#endif
