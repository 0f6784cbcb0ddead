/* See ahead.h. One multi handle of libcurl; each flight has its own easy handle and its buffer. */
#include "ahead.h"

#include "client_inner.h"

typedef enum { CH_AT_REST, CH_ON_ITS_WAY, CH_HERE } ch_flight_state;

struct flight {
	ch_flight_state state;
	struct ch_client_run run;
	ch_client_ask ask;
	ch_client_sink sink;
	char url[CH_PATH_MAX];
	struct ch_buf body;
};

struct ch_ahead {
	CURLM *multi;
	struct flight flight[CH_AHEAD_MAX];
};

ch_err ch_ahead_new(struct ch_ahead **out)
{
	struct ch_ahead *a = ch_alloc(sizeof *a);

	*out = NULL;
	if (!a)
		return CH_E_NOMEM;
	if (!(a->multi = curl_multi_init())) {
		ch_free(a, sizeof *a);
		return CH_E_NOMEM;
	}
	*out = a;
	return CH_OK;
}

void ch_ahead_free(struct ch_ahead *a)
{
	if (!a)
		return;
	for (unsigned i = 0; i < CH_AHEAD_MAX; i++) {
		struct flight *f = &a->flight[i];

		if (f->state == CH_ON_ITS_WAY)
			(void)curl_multi_remove_handle(a->multi, f->run.easy);
		curl_easy_cleanup(f->run.easy);
		ch_buf_deinit(&f->body);
	}
	(void)curl_multi_cleanup(a->multi);
	ch_free(a, sizeof *a);
}

static struct flight *find(struct ch_ahead *a, const char *url)
{
	for (unsigned i = 0; i < CH_AHEAD_MAX; i++)
		if (a->flight[i].state != CH_AT_REST && strcmp(a->flight[i].url, url) == 0)
			return &a->flight[i];
	return NULL;
}

static struct flight *idle(struct ch_ahead *a)
{
	for (unsigned i = 0; i < CH_AHEAD_MAX; i++)
		if (a->flight[i].state == CH_AT_REST)
			return &a->flight[i];
	return NULL;
}

/* Let the transfers go on, and mark those that ended. */
static bool go_on(struct ch_ahead *a)
{
	const CURLMsg *m;
	int left;

	if (curl_multi_perform(a->multi, &left) != CURLM_OK)
		return false;
	while ((m = curl_multi_info_read(a->multi, &left))) {
		bool whole = m->data.result == CURLE_OK;
		unsigned i = 0;

		while (a->flight[i].run.easy != m->easy_handle)
			i++;
		(void)curl_multi_remove_handle(a->multi, m->easy_handle); /* m is gone with it */
		a->flight[i].state = whole ? CH_HERE : CH_AT_REST;
	}
	return true;
}

static bool begin(struct ch_ahead *a, struct flight *f, size_t max, unsigned total_ms)
{
	CURL *easy = f->run.easy ? f->run.easy : curl_easy_init();

	if (!easy)
		return false;
	curl_easy_reset(easy);
	ch_buf_reset(&f->body);
	f->body.max = max; /* its room stays */
	f->ask = (ch_client_ask){ .method = "GET", .url = f->url, .total_ms = total_ms };
	f->sink = (ch_client_sink){ .buf = &f->body };
	f->run = (struct ch_client_run){ .easy = easy, .ask = &f->ask, .sink = &f->sink };
	return ch_client_options(&f->run) && curl_multi_add_handle(a->multi, easy) == CURLM_OK;
}

void ch_ahead_want(struct ch_ahead *a, const char *url, size_t max, unsigned total_ms)
{
	struct flight *f = idle(a);

	if (!f || find(a, url) || ch_path(f->url, "%s", url) != CH_OK ||
	    !begin(a, f, max, total_ms))
		return;
	f->state = CH_ON_ITS_WAY;
	(void)go_on(a); /* the question leaves now */
}

ch_err ch_ahead_take(ch_client_answer *out, struct ch_buf *body, struct ch_ahead *a,
    const char *url)
{
	struct flight *f = find(a, url);
	ch_err e = CH_E_ABSENT;
	bool ok = f != NULL;

	*out = (ch_client_answer){ 0 };
	while (ok && f->state == CH_ON_ITS_WAY) {
		ok = go_on(a);
		if (ok && f->state == CH_ON_ITS_WAY)
			ok = curl_multi_poll(a->multi, NULL, 0, 1000, NULL) == CURLM_OK;
	}
	if (!f)
		return e;
	if (f->state == CH_ON_ITS_WAY)
		(void)curl_multi_remove_handle(a->multi, f->run.easy);
	if (f->state == CH_HERE) {
		ch_client_result(out, &f->run);
		e = out->status == 200 ? ch_buf_put(body, ch_buf_span(&f->body)) : CH_E_ABSENT;
	}
	f->state = CH_AT_REST;
	if (e == CH_OK)
		return e;
	*out = (ch_client_answer){ 0 };
	return CH_E_ABSENT;
}
