/* Listening to registries: see listen.h. What one says is a number, and believed by nobody. */
#include "listen.h"

#include "clock.h"
#include "thread.h"

#define WAIT_S    45u   /* for one answer; below what proxies and the client cut off */
#define WAIT_LEAST_S 5u
#define EVERY_MS  1000u /* one that answers at once, again and again, is asked no more often */
#define EARLY     4u
#define PAUSE_MS  100u

struct ch_listener {
	struct ch_thread thread;
	struct ch_http_server *http;
	struct ch_home home;            /* its own copy */
	char origin[CH_NAME_MAX + 1];
	_Atomic bool stop, ended, heard;
	ch_err err;                     /* once it ended */
};

/* ---- its thread ---- */

static void rest(const struct ch_listener *l, unsigned *early, uint64_t begun_ms)
{
	*early = ch_clock_ms() - begun_ms < EVERY_MS ? *early + 1 : 0;
	do
		ch_thread_rest(PAUSE_MS);
	while (!l->stop && *early > EARLY && ch_clock_ms() - begun_ms < EVERY_MS);
}

/* A line that breaks while nothing is said may be a proxy's patience: ask for less. */
static ch_err hear(struct ch_listener *l, struct ch_link *link)
{
	unsigned wait = WAIT_S, early = 0;
	uint64_t after = 0, size;
	ch_err e = CH_OK;

	while (e == CH_OK && !l->stop) {
		uint64_t begun = ch_clock_ms();
		struct ch_problem quiet = { 0 };

		e = ch_link_news(&size, link, after, wait, &quiet);
		if (e == CH_OK && size != after) {
			after = size;
			l->heard = true;
			ch_http_server_wake(l->http);
		} else if (e == CH_E_NET && wait / 2 >= WAIT_LEAST_S) {
			wait /= 2;
			e = CH_OK;
		}
		rest(l, &early, begun);
	}
	return e;
}

static void listen_main(void *ctx)
{
	struct ch_listener *l = ctx;
	struct ch_problem quiet = { 0 };
	struct ch_link link = { 0 };
	ch_err e = ch_link_open(&link, &l->home, ch_span_str(l->origin), &quiet);

	link.stop = &l->stop;
	if (e == CH_OK)
		e = ch_link_sign_in(&link, &quiet);
	if (e == CH_OK)
		e = hear(l, &link);
	ch_link_close(&link);
	ch_home_close(&l->home);
	l->err = e;
	l->ended = true;
	ch_http_server_wake(l->http);
}

/* ---- of the page's thread ---- */

static void begin(struct ch_desk_home *h, ch_desk_ear *ear, const char *origin)
{
	struct ch_listener *l = ch_alloc(sizeof *l);

	if (!l)
		return;
	l->http = h->desk->http;
	memcpy(l->origin, origin, strlen(origin) + 1);
	ch_home_twin(&l->home, &h->home);
	if (ch_thread_start(&l->thread, listen_main, l) == CH_OK) {
		ear->listener = l;
		return;
	}
	ch_home_close(&l->home);
	ch_free(l, sizeof *l);
}

static void take_in(ch_desk_ear *ear, const ch_desk_contact *c)
{
	struct ch_listener *l = ear->listener;

	ch_thread_join(&l->thread);
	ear->none = l->err == CH_E_ABSENT || l->err == CH_E_FORMAT;
	ear->ended = l->stop ? 0 : c->last_ok; /* again once a sync went well */
	ear->listener = NULL;
	ch_free(l, sizeof *l);
}

void ch_listen_tick(struct ch_desk_home *h)
{
	for (size_t i = 0; i < CH_DESK_REGISTRIES; i++) {
		const ch_desk_contact *c = &h->contact[i];
		ch_desk_ear *ear = &h->ear[i];

		if (ear->listener && ear->listener->ended)
			take_in(ear, c);
		if (!ear->listener && !ear->none && i < h->n_contacts && c->err == CH_OK &&
		    c->last_ok > ear->ended)
			begin(h, ear, c->origin);
	}
}

bool ch_listen_heard(struct ch_desk_home *h, size_t i)
{
	struct ch_listener *l = h->ear[i].listener;

	return l && atomic_exchange(&l->heard, false);
}

void ch_listen_stop(struct ch_desk_home *h)
{
	for (size_t i = 0; i < CH_DESK_REGISTRIES; i++) {
		if (h->ear[i].listener)
			h->ear[i].listener->stop = true;
		h->ear[i].none = false;
		h->ear[i].ended = 0;
	}
}

bool ch_listen_is_done(const struct ch_desk_home *h)
{
	for (size_t i = 0; i < CH_DESK_REGISTRIES; i++)
		if (h->ear[i].listener && !h->ear[i].listener->ended)
			return false;
	return true;
}

void ch_listen_free(struct ch_desk_home *h)
{
	ch_listen_stop(h);
	for (size_t i = 0; i < CH_DESK_REGISTRIES; i++)
		if (h->ear[i].listener)
			take_in(&h->ear[i], &h->contact[i]);
}
