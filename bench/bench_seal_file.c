/*
 * Seal or open a file with the pipeline that the commands use, and nothing around it.
 *
 * Usage: bench_seal_file seal RECIPIENT | open IDENTITY   [THREADS [INPUT [OUTPUT]]]
 */
#include <string.h>

#include "bench.h"
#include "dec.h"
#include "flow.h"
#include "proc.h"
#include "rng.h"

static struct ch_flow flow;
static uint8_t head[CH_AGE_HEADER_MAX + CH_AGE_NONCE];

static int end(ch_err e)
{
	if (e != CH_OK)
		fprintf(stderr, "bench_seal_file: %s\n", ch_flow_why(&flow, e));
	ch_flow_end(&flow);
	return e == CH_OK ? 0 : e == CH_E_IO || e == CH_E_FULL ? 5 : 1;
}

static ch_err seal(const char *recipient, const char *to)
{
	struct ch_wr w = ch_wr_of(head, sizeof head);
	ch_age_recipient r;
	struct ch_secret32 wrap;
	struct ch_seal_random random = { .wrap = &wrap };
	struct ch_seal s;
	ch_err e = ch_flow_output(&flow, to, 0644);

	if (e != CH_OK)
		return e;
	bench_need(ch_age_recipient_parse(&r, ch_span_str(recipient)) == CH_OK, "recipient");
	bench_need(ch_random(wrap.b, sizeof wrap.b) == CH_OK, "random");
	bench_need(ch_random(random.file_key.b, sizeof random.file_key.b) == CH_OK, "random");
	bench_need(ch_random(random.nonce, sizeof random.nonce) == CH_OK, "random");
	bench_need(ch_seal_init(&s) == CH_OK, "cipher");
	bench_need(ch_seal_start(&s, &w, &r, 1, &random) == CH_OK, "header");
	ch_seal_deinit(&s);
	return ch_flow_seal(&flow, ch_wr_span(&w), &random);
}

static ch_err open_(const char *identity, const char *to)
{
	struct ch_age_identity id;
	const struct ch_open_keys keys = { .ids = &id, .n_ids = 1 };
	struct ch_file_key key;
	const uint8_t *nonce;
	struct ch_open o;
	ch_span header;
	ch_err e = ch_flow_header(&header, &nonce, &flow);

	if (e != CH_OK)
		return e;
	bench_need(ch_age_identity_parse(&id, ch_span_str(identity)) == CH_OK, "identity");
	bench_need(ch_open_init(&o) == CH_OK, "cipher");
	e = ch_open_start(&o, &key, header, nonce, &keys);
	ch_open_deinit(&o);
	if (e == CH_OK)
		e = ch_flow_output(&flow, to, 0600);
	return e == CH_OK ? ch_flow_open(&flow, &key) : e;
}

int main(int argc, char **argv)
{
	const char *to = argc > 5 ? argv[5] : NULL;
	uint64_t threads = 0;
	ch_err e;

	bench_need(argc >= 3 && argc <= 6, "usage: bench_seal_file seal RECIPIENT | open IDENTITY "
	    "[THREADS [INPUT [OUTPUT]]]");
	bench_need(ch_proc_start(false) == CH_OK && ch_crypto_init() == CH_OK, "start");
	bench_need(argc < 4 || ch_dec_parse(&threads, ch_span_str(argv[3]), 8) == CH_OK,
	    "threads");
	ch_flow_begin(&flow);
	flow.threads = (unsigned)threads;
	e = ch_flow_input(&flow, argc > 4 && strcmp(argv[4], "-") != 0 ? argv[4] : NULL);
	if (e == CH_OK)
		e = strcmp(argv[1], "seal") == 0 ? seal(argv[2], to) : open_(argv[2], to);
	return end(e);
}
