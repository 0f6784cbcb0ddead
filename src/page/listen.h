/*
 * Waiting for news: a registry that offers it (GET /v1/news) tells at once when its register holds
 * something new of our party, so that a paper is here within a second and not at the next minute.
 * One thread for each registry of an unlocked home, with keys of its own to sign in; it learns that
 * there is something and nothing else: what it is, the sync finds out. Where a registry has no
 * such thing, or the line breaks, the interval of the sync goes on as ever.
 *
 * All of the page's thread; of background.c and desk.c only.
 */
#ifndef CH_LISTEN_H
#define CH_LISTEN_H

#include "desk.h"

/* One for each registry that answers and has none; take in what ended. */
void ch_listen_tick(struct ch_desk_home *h);
/* Whether registry i told of something since this was asked last. */
bool ch_listen_heard(struct ch_desk_home *h, size_t i);
/* Asked to end, keys and all: within a quarter of a second, unless the system lets it wait. */
void ch_listen_stop(struct ch_desk_home *h);
bool ch_listen_is_done(const struct ch_desk_home *h);
/* Waits for the end. */
void ch_listen_free(struct ch_desk_home *h);

#endif
