/*
 * How the servers of the house come up: what they are told from outside, TLS when there is a
 * certificate, the port file for whoever started them, a renewed certificate at SIGHUP.
 */
#ifndef CH_SERVE_H
#define CH_SERVE_H

#include <stdio.h>

#include "problem.h"
#include "server.h"

typedef struct {
	const char *address;    /* NULL: 127.0.0.1 */
	uint16_t port;          /* 0: any */
	const char *port_file;  /* NULL: none; else gets the port and LF once ready */
	FILE *ready;            /* NULL: silent; else gets a line or two once ready */
	const char *cert, *key; /* PEM files for TLS, read anew at SIGHUP; both NULL: plain HTTP */
} ch_serve_opts;

#define CH_SERVE_URL_MAX 128

/*
 * Open the certificate into `tls`, which must outlive the server, and listen; address, port and
 * tls of cfg are set here. Errors as of both; `why` is set for those of the certificate only.
 */
CH_MUST_USE ch_err ch_serve_new(struct ch_http_server **out, struct ch_tls *tls,
    ch_http_config *cfg, const ch_serve_opts *o, struct ch_problem *why);

/* Where it listens, such as `https://127.0.0.1:8443`. */
void ch_serve_url(char out[CH_SERVE_URL_MAX], const struct ch_http_server *s,
    const ch_serve_opts *o);
/* Flush what was said to `ready`, and write the port file. */
CH_MUST_USE ch_err ch_serve_ready(const struct ch_http_server *s, const ch_serve_opts *o);

/* Read the certificate anew, if there is one, and say in the log how it went. */
void ch_serve_reload(struct ch_tls *tls);

#endif
