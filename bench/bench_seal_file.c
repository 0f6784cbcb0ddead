/*
 * Seal or open a file through the sinks of the core, as the programs do: from standard input to
 * standard output. Stock age does the same beside it.
 *
 * Usage: bench_seal_file seal RECIPIENT | bench_seal_file open IDENTITY
 */
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "io.h"
#include "rng.h"
#include "seal_sink.h"

#define PIECE ((size_t)4 * CH_AGE_CHUNK)

static uint8_t piece[PIECE];
static struct ch_seal_sink seal_sink;
static struct ch_open_sink open_sink;

static void need(ch_err e)
{
	bench_need(e == CH_OK, ch_err_text(e));
}

static ch_err out(void *ctx, ch_span bytes)
{
	(void)ctx;
	return ch_io_write(STDOUT_FILENO, bytes);
}

static void pump(ch_err (*to)(void *ctx, ch_span bytes), void *ctx)
{
	size_t n;

	do {
		need(ch_io_read(piece, &n, STDIN_FILENO, sizeof piece));
		need(to(ctx, ch_span_of(piece, n)));
	} while (n == sizeof piece);
}

static void seal(const char *recipient)
{
	ch_age_recipient to;
	struct ch_secret32 wrap;
	struct ch_seal_random random = { .wrap = &wrap };

	need(ch_age_recipient_parse(&to, ch_span_str(recipient)));
	need(ch_random(wrap.b, sizeof wrap.b));
	need(ch_random(random.file_key.b, sizeof random.file_key.b));
	need(ch_random(random.nonce, sizeof random.nonce));
	need(ch_seal_sink_init(&seal_sink, out, NULL));
	need(ch_seal_sink_start(&seal_sink, &to, 1, &random));
	pump(ch_seal_sink_emit, &seal_sink);
	need(ch_seal_sink_finish(&seal_sink));
	ch_seal_sink_deinit(&seal_sink);
}

static void open_(const char *identity)
{
	struct ch_age_identity id;
	const struct ch_open_keys keys = { .ids = &id, .n_ids = 1 };

	need(ch_age_identity_parse(&id, ch_span_str(identity)));
	need(ch_open_sink_init(&open_sink, out, NULL, &keys));
	pump(ch_open_sink_emit, &open_sink);
	need(ch_open_sink_finish(&open_sink));
	ch_open_sink_deinit(&open_sink);
}

int main(int argc, char **argv)
{
	bench_need(argc == 3, "usage: bench_seal_file seal RECIPIENT | open IDENTITY");
	need(ch_crypto_init());
	if (strcmp(argv[1], "seal") == 0)
		seal(argv[2]);
	else
		open_(argv[2]);
	return 0;
}
