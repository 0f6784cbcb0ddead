/*
 * A register behind the one request that Tessera's load program knows: POST /add answers the index
 * in decimal. The registry's own server, store, register and batches, but no accounts; an entry is
 * the digest of what was posted. A fault ends the program: this is no server for anybody.
 *
 * Usage: bench_add DIR PORT-FILE     the port and the log's key are written there, with a LF
 */
#include <string.h>

#include "bench.h"
#include "clock.h"
#include "dec.h"
#include "register.h"
#include "server.h"

#define BODY_MAX 65536
#define BATCH_MAX 8192

static struct ch_folder folder;
static struct ch_store *store;
static struct ch_register reg;
static struct ch_http_server *server;
static struct ch_http_req *waiting[BATCH_MAX];
static ch_hash entry[BATCH_MAX];
static uint64_t place[BATCH_MAX];
static size_t n_waiting;

static void must(ch_err e)
{
	if (e != CH_OK)
		(void)fprintf(stderr, "bench: %s\n", ch_err_text(e));
	bench_need(e == CH_OK, "the register failed");
}

static void answer(struct ch_http_req *r, unsigned status, ch_span body)
{
	const ch_http_answer_head h = { .status = status, .type = "text/plain; charset=utf-8" };

	ch_http_answer(r, &h, body);
}

/* All that waits: one transaction, one flush, then the answers. */
static void commit(void)
{
	uint8_t text[24];

	must(ch_register_look(&reg));
	if (n_waiting == 0)
		return;
	must(ch_store_begin(store));
	must(ch_register_append(place, &reg, entry, n_waiting));
	must(ch_register_seal(&reg, (int64_t)time(NULL)));
	must(ch_store_commit(store));
	must(ch_register_publish(&reg));
	for (size_t i = 0; i < n_waiting; i++) {
		struct ch_wr w = ch_wr_of(text, sizeof text);

		ch_dec_put(&w, place[i]);
		answer(waiting[i], 200, ch_wr_span(&w));
	}
	n_waiting = 0;
}

static void on_turn(void *ctx)
{
	(void)ctx;
	commit();
}

static void on_body(void *ctx, struct ch_http_req *r, ch_span body)
{
	(void)ctx;
	if (n_waiting == BATCH_MAX)
		commit();
	ch_sha256(&entry[n_waiting], body);
	waiting[n_waiting++] = r;
}

static void on_head(void *ctx, struct ch_http_req *r)
{
	const ch_http1_head *h = ch_http_head(r);
	ch_span bytes;
	ch_tile t;

	(void)ctx;
	if (h->method == CH_HTTP1_POST && ch_span_eq(h->path, CH_LIT("/add")))
		ch_http_take_body(r, BODY_MAX, on_body);
	else if (ch_span_eq(h->path, CH_LIT("/checkpoint")))
		answer(r, 200, ch_register_checkpoint(&reg));
	else if (h->path.n > 1 &&
	    ch_tile_parse(&t, ch_span_of(&h->path.p[1], h->path.n - 1)) == CH_OK &&
	    ch_register_fetch(&reg, &t, &bytes) == CH_OK)
		answer(r, 200, bytes);
	else
		answer(r, 404, (ch_span){ 0 });
}

static void announce(const char *path)
{
	uint8_t text[512];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_dec_put(&w, ch_http_server_port(server));
	CH_WR_LIT(&w, " ");
	ch_vkey_put(&w, &folder.vkey);
	CH_WR_LIT(&w, "\n");
	must(ch_file_write(path, ch_wr_span(&w), 0644));
}

int main(int argc, char **argv)
{
	const ch_http_config cfg = { .max_conns = 16384, .on_head = on_head, .on_turn = on_turn };
	char path[CH_PATH_MAX];

	bench_need(argc == 3, "usage: bench_add DIR PORT-FILE");
	must(ch_folder_open(&folder, argv[1]));
	must(ch_path(path, "%s/db.sqlite", folder.dir));
	must(ch_store_open(&store, path));
	must(ch_register_open(&reg, store, &folder, (int64_t)time(NULL)));
	must(ch_http_server_new(&server, &cfg));
	announce(argv[2]);
	must(ch_http_server_run(server));
	ch_http_server_free(server);
	ch_register_close(&reg);
	ch_store_close(store);
	ch_folder_close(&folder);
	return 0;
}
