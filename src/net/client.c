/* The HTTP client: a narrow face on libcurl. See client.h. Trusts nothing that comes back. */
#include "client_inner.h"

#include <stdio.h>

#include "wipe.h"

#define CH_CLIENT_STOP_MS 200 /* how soon it sees that it shall stop */

ch_err ch_client_global_init(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? CH_OK : CH_E_INTERNAL;
}

ch_err ch_client_init(struct ch_client *c)
{
	c->multi = NULL;
	c->easy = curl_easy_init();
	return c->easy ? CH_OK : CH_E_NOMEM;
}

void ch_client_deinit(struct ch_client *c)
{
	if (c->easy)
		curl_easy_cleanup(c->easy);
	if (c->multi)
		curl_multi_cleanup(c->multi);
	c->easy = c->multi = NULL;
}

static size_t ch_client_on_send(char *out, size_t size, size_t n, void *arg)
{
	struct ch_client_run *x = arg;
	size_t cap = size * n, got = 0;

	if (x->ask->file) {
		x->err = ch_infile_read((uint8_t *)out, &got, x->ask->file, cap);
		return x->err == CH_OK ? got : CURL_READFUNC_ABORT;
	}
	size_t left = ch_rd_left(&x->body);
	ch_span s = ch_rd_take(&x->body, left < cap ? left : cap);
	if (s.n)
		memcpy(out, s.p, s.n);
	return s.n;
}

/* libcurl begins again on a fresh connection when a kept one turns out to be dead. */
static int ch_client_on_rewind(void *arg, curl_off_t offset, int origin)
{
	struct ch_client_run *x = arg;

	if (origin != SEEK_SET || offset < 0)
		return CURL_SEEKFUNC_CANTSEEK;
	if (x->ask->file)
		return ch_infile_seek(x->ask->file, x->file_from + (uint64_t)offset) == CH_OK ?
		    CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
	x->body = ch_rd_of(x->ask->body);
	(void)ch_rd_take(&x->body, (size_t)offset);
	return x->body.err == CH_OK ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

static ch_err ch_client_store(struct ch_client_run *x, ch_span s)
{
	if (!x->to_file)
		return ch_buf_put(x->sink->buf, s);
	if (s.n > x->sink->file_max || x->n > x->sink->file_max - s.n)
		return CH_E_LIMIT;
	if (x->sink->on_bytes)
		x->sink->on_bytes(x->sink->arg, s);
	return ch_outfile_write(x->sink->file, s);
}

static size_t ch_client_on_receive(char *in, size_t size, size_t n, void *arg)
{
	struct ch_client_run *x = arg;
	ch_span s = ch_span_of(in, size * n);
	long status = 0;

	if (!x->begun) {
		(void)curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
		x->to_file = x->sink->file && status == 200;
		x->begun = true;
	}
	x->err = ch_client_store(x, s);
	if (x->err != CH_OK)
		return 0; /* not all taken: libcurl gives up */
	x->n += s.n;
	return s.n;
}

static ch_err ch_client_of_curl(CURLcode rc)
{
	switch (rc) {
	case CURLE_OK:
		return CH_OK;
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return CH_E_FORMAT;
	case CURLE_OUT_OF_MEMORY:
		return CH_E_NOMEM;
	default:
		return CH_E_NET;
	}
}

bool ch_client_options(struct ch_client_run *x)
{
	CURL *h = x->easy;
	const ch_client_ask *q = x->ask;
	CURLcode rc = CURLE_OK;

	/* rc gathers: libcurl's codes are small positive numbers, and only zero is good */
#define CH_CLIENT_SET(o, v) (rc = (CURLcode)(rc | curl_easy_setopt(h, (o), (v))))
	CH_CLIENT_SET(CURLOPT_URL, q->url);
	CH_CLIENT_SET(CURLOPT_PROTOCOLS_STR, "http,https");
	CH_CLIENT_SET(CURLOPT_FOLLOWLOCATION, 0L);
	CH_CLIENT_SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	CH_CLIENT_SET(CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
	CH_CLIENT_SET(CURLOPT_NOSIGNAL, 1L);
	CH_CLIENT_SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	CH_CLIENT_SET(CURLOPT_HTTP09_ALLOWED, 0L);
	CH_CLIENT_SET(CURLOPT_CONNECTTIMEOUT_MS, 5000L);
	CH_CLIENT_SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	CH_CLIENT_SET(CURLOPT_LOW_SPEED_TIME, 60L);
	CH_CLIENT_SET(CURLOPT_TIMEOUT_MS, (long)q->total_ms);
	CH_CLIENT_SET(CURLOPT_USERAGENT, "chancery");
	CH_CLIENT_SET(CURLOPT_WRITEFUNCTION, ch_client_on_receive);
	CH_CLIENT_SET(CURLOPT_WRITEDATA, x);
	CH_CLIENT_SET(CURLOPT_READFUNCTION, ch_client_on_send);
	CH_CLIENT_SET(CURLOPT_READDATA, x);
	CH_CLIENT_SET(CURLOPT_SEEKFUNCTION, ch_client_on_rewind);
	CH_CLIENT_SET(CURLOPT_SEEKDATA, x);

	uint64_t size = q->file ? q->file->size - q->file->at : q->body.n;
	if (strcmp(q->method, "HEAD") == 0) {
		CH_CLIENT_SET(CURLOPT_NOBODY, 1L);
	} else if (strcmp(q->method, "PUT") == 0) {
		CH_CLIENT_SET(CURLOPT_UPLOAD, 1L);
		CH_CLIENT_SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)size);
	} else if (strcmp(q->method, "POST") == 0) {
		CH_CLIENT_SET(CURLOPT_POST, 1L);
		CH_CLIENT_SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
	} else if (strcmp(q->method, "GET") != 0) {
		CH_CLIENT_SET(CURLOPT_CUSTOMREQUEST, q->method);
	}
#undef CH_CLIENT_SET
	/* For speed alone; libcurl may refuse these while it still holds a buffer. */
	(void)curl_easy_setopt(h, CURLOPT_BUFFERSIZE, 131072L);
	(void)curl_easy_setopt(h, CURLOPT_UPLOAD_BUFFERSIZE, 131072L);
	return rc == CURLE_OK;
}

/* "Name: value" lines for libcurl; NULL with *ok = false when memory is out. */
static struct curl_slist *ch_client_headers(bool *ok, const char *const *lines)
{
	struct curl_slist *list = NULL, *more;

	*ok = true;
	for (size_t i = 0; lines && lines[i] && *ok; i++) {
		more = curl_slist_append(list, lines[i]);
		*ok = more != NULL;
		if (*ok)
			list = more;
	}
	return list;
}

void ch_client_result(ch_client_answer *out, const struct ch_client_run *x)
{
	const char *type = NULL;
	struct curl_header *coding = NULL;
	long status = 0;

	(void)curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(x->easy, CURLINFO_CONTENT_TYPE, &type);
	if (curl_easy_header(x->easy, "Content-Encoding", 0, CURLH_HEADER, -1, &coding) ==
	    CURLHE_OK && strcmp(coding->value, "identity") != 0)
		snprintf(out->coding, sizeof out->coding, "%s", coding->value);
	out->status = (unsigned)status;
	out->n = x->n;
	if (type)
		snprintf(out->type, sizeof out->type, "%s", type);
}

/* As curl_easy_perform(), but ends when it is told to. */
static CURLcode ch_client_perform(struct ch_client *c, const _Atomic bool *stop)
{
	CURLcode rc = CURLE_ABORTED_BY_CALLBACK;
	CURLMcode m = CURLM_OK;
	const CURLMsg *msg;
	int running = 1, left;

	if (!stop)
		return curl_easy_perform(c->easy);
	if (!c->multi)
		c->multi = curl_multi_init();
	if (!c->multi || curl_multi_add_handle(c->multi, c->easy) != CURLM_OK)
		return CURLE_OUT_OF_MEMORY;
	while (running && m == CURLM_OK && !*stop) {
		m = curl_multi_perform(c->multi, &running);
		if (running && m == CURLM_OK)
			m = curl_multi_poll(c->multi, NULL, 0, CH_CLIENT_STOP_MS, NULL);
	}
	msg = curl_multi_info_read(c->multi, &left);
	if (msg && msg->msg == CURLMSG_DONE)
		rc = msg->data.result;
	(void)curl_multi_remove_handle(c->multi, c->easy);
	return rc;
}

ch_err ch_client_do(ch_client_answer *out, struct ch_client *c, const ch_client_ask *ask,
    const ch_client_sink *sink)
{
	struct ch_client_run x = { .easy = c->easy, .ask = ask, .sink = sink,
		.body = ch_rd_of(ask->body), .file_from = ask->file ? ask->file->at : 0 };
	size_t before = sink->buf->n;
	bool ok;

	memset(out, 0, sizeof *out);
	CH_ASSERT(c->easy);
	struct curl_slist *list = ch_client_headers(&ok, ask->headers);
	curl_easy_reset(c->easy); /* keeps the connection */
	ch_err e = CH_E_NOMEM;
	if (ok) {
		ok = ch_client_options(&x) &&
		    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, list) == CURLE_OK;
		e = ok ? ch_client_of_curl(ch_client_perform(c, ask->stop)) : CH_E_INTERNAL;
	}
	if (x.err != CH_OK)
		e = x.err;
	if (e == CH_OK) {
		ch_client_result(out, &x);
	} else if (sink->buf->n > before) { /* half an answer is none */
		ch_wipe(&sink->buf->p[before], sink->buf->n - before);
		sink->buf->n = before;
	}
	curl_slist_free_all(list);
	return e;
}
