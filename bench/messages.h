/* The messages of registered deliveries between the small world's parties, and what it takes to
 * make them. */
#ifndef CH_BENCH_MESSAGES_H
#define CH_BENCH_MESSAGES_H

#include "load.h"
#include "world.h"

enum { PUT, SUBMIT, FETCH, RECEIPT, KINDS };

struct messages {
	struct world *w;
	char token[WORLD_PARTIES][65];
	ch_age_recipient deposit_key;
};

/* At a real, new registry: admit both parties, sign them in, ask where deposits go. */
void messages_meet(struct messages *m, struct world *w, const char *dir, uint16_t port);
/* Another time makes other talks. */
void messages_talks(struct messages *m, int64_t time);
/* Up to the fetching of E, of the next delivery of these talks; it leaves L in `d`. */
void messages_of_author(struct load_ask out[KINDS], const struct messages *m,
    struct world_delivery *d);
void messages_of_addressee(struct load_ask out[KINDS], const struct messages *m,
    struct world_delivery *d);

#endif
