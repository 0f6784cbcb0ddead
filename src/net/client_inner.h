/* Of the HTTP client, what one request at a time and several at once have in common. */
#ifndef CH_CLIENT_INNER_H
#define CH_CLIENT_INNER_H

#include <curl/curl.h>

#include "client.h"
#include "rd.h"

/* The state of one transfer: its handle, question and sink, which outlive it. Errors of ours stop
 * it and are the answer. */
struct ch_client_run {
	CURL *easy;
	const ch_client_ask *ask;
	const ch_client_sink *sink;
	struct ch_rd body;
	ch_err err;
	bool to_file, begun;
	uint64_t n, file_from;
};

/* Options of every transfer, on a handle as new. A refusal of any of them is a fault of the
 * build. */
CH_MUST_USE bool ch_client_options(struct ch_client_run *x);
/* Of a transfer that libcurl calls whole. */
void ch_client_result(ch_client_answer *out, const struct ch_client_run *x);

#endif
