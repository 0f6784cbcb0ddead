/*
 * TLS 1.3 for the server, by OpenSSL (RFC 8446; ALPN http/1.1, RFC 7301). Nothing older is spoken
 * and no session is resumed, so no key outlives its connection. The registry reads sealed papers
 * only; what TLS adds is that a stranger on the line sees neither tokens nor who asks for what.
 */
#ifndef CH_TLS_H
#define CH_TLS_H

#include "file.h"
#include "problem.h"

struct ch_tls {
	void *ctx;                             /* SSL_CTX */
	char cert[CH_PATH_MAX], key[CH_PATH_MAX];
};

/*
 * Take a certificate chain (PEM, the server's own first) and its key (PEM, without passphrase).
 * FORMAT: not to be read, not PEM, or the key of another certificate    NOMEM
 */
CH_MUST_USE ch_err ch_tls_open(struct ch_tls *t, const char *cert, const char *key,
    struct ch_problem *why);

/* Read the same files anew, for connections from now on. On an error the old ones stay in use. */
CH_MUST_USE ch_err ch_tls_reload(struct ch_tls *t, struct ch_problem *why);

/* Accepts a zeroed struct. */
void ch_tls_close(struct ch_tls *t);

#endif
