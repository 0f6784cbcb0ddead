/* See serve.h. */
#include "serve.h"

#include "dec.h"
#include "log.h"

ch_err ch_serve_new(struct ch_http_server **out, struct ch_tls *tls, ch_http_config *cfg,
    const ch_serve_opts *o, struct ch_problem *why)
{
	ch_err e;

	*out = NULL;
	cfg->address = o->address;
	cfg->port = o->port;
	if (o->cert) {
		if ((e = ch_tls_open(tls, o->cert, o->key, why)) != CH_OK)
			return e;
		cfg->tls = tls;
	}
	return ch_http_server_new(out, cfg);
}

void ch_serve_url(char out[CH_SERVE_URL_MAX], const struct ch_http_server *s,
    const ch_serve_opts *o)
{
	(void)snprintf(out, CH_SERVE_URL_MAX, "%s://%s:%u", o->cert ? "https" : "http",
	    o->address ? o->address : "127.0.0.1", ch_http_server_port(s));
}

ch_err ch_serve_ready(const struct ch_http_server *s, const ch_serve_opts *o)
{
	char text[16] = { 0 };
	struct ch_wr w = ch_wr_of(text, sizeof text - 1);

	if (o->ready)
		(void)fflush(o->ready);
	if (!o->port_file)
		return CH_OK;
	ch_dec_put(&w, ch_http_server_port(s));
	CH_WR_LIT(&w, "\n");
	return ch_file_write(o->port_file, ch_wr_span(&w), 0644);
}

void ch_serve_reload(struct ch_tls *tls)
{
	struct ch_problem why = { 0 };

	if (!tls->ctx)
		return;
	if (ch_tls_reload(tls, &why) == CH_OK)
		ch_log(CH_LOG_INFO, "certificate-read", "the certificate was read anew", NULL);
	else
		ch_log(CH_LOG_ERROR, "certificate-refused", "the certificate stays as it was",
		    CH_LOG_WITH(ch_log_text("why", ch_span_str(why.text))));
}
