/* Counting and telling: see metrics.h. */
#include "metrics.h"

#include "clock.h"
#include "dec.h"
#include "handlers.h"
#include "news.h"
#include "witnesses.h"

static const uint64_t batch_bound[CH_METRICS_BOUNDS] = { 1, 4, 16, 64, 256, 1024, 4096, 16384 };
static const uint64_t flush_bound[CH_METRICS_BOUNDS] = { 200, 500, 1000, 2000, 5000, 20000,
	100000, 1000000 };

static void put(struct ch_histogram *h, const uint64_t bound[CH_METRICS_BOUNDS], uint64_t v)
{
	unsigned i = 0;

	while (i < CH_METRICS_BOUNDS && v > bound[i])
		i++;
	h->count[i]++;
	h->sum += v;
}

void ch_metrics_answer(struct ch_metrics *m, unsigned status)
{
	m->answers[status / 100 < CH_COUNT(m->answers) ? status / 100 : 0]++;
}

void ch_metrics_batch(struct ch_metrics *m, uint64_t operations)
{
	put(&m->batch, batch_bound, operations);
}

void ch_metrics_flush(struct ch_metrics *m, uint64_t us)
{
	put(&m->flush, flush_bound, us);
}

/* ---- the text ---- */

static void say_type(struct ch_wr *w, const char *name, const char *type, const char *help)
{
	CH_WR_LIT(w, "# HELP ");
	ch_wr_str(w, name);
	CH_WR_LIT(w, " ");
	ch_wr_str(w, help);
	CH_WR_LIT(w, "\n# TYPE ");
	ch_wr_str(w, name);
	CH_WR_LIT(w, " ");
	ch_wr_str(w, type);
	CH_WR_LIT(w, "\n");
}

static void say(struct ch_wr *w, const char *name, const char *type, const char *help,
    uint64_t value)
{
	say_type(w, name, type, help);
	ch_wr_str(w, name);
	CH_WR_LIT(w, " ");
	ch_dec_put(w, value);
	CH_WR_LIT(w, "\n");
}

/* A decimal of millionths where `us`. */
static void put_value(struct ch_wr *w, uint64_t v, bool us)
{
	ch_dec_put(w, us ? v / 1000000 : v);
	if (!us)
		return;
	CH_WR_LIT(w, ".");
	for (uint64_t unit = 100000; unit > 0; unit /= 10)
		ch_dec_put(w, v / unit % 10);
}

static void say_histogram(struct ch_wr *w, const char *name, const char *help,
    const struct ch_histogram *h, const uint64_t bound[CH_METRICS_BOUNDS], bool us)
{
	uint64_t n = 0;

	say_type(w, name, "histogram", help);
	for (unsigned i = 0; i <= CH_METRICS_BOUNDS; i++) {
		n += h->count[i];
		ch_wr_str(w, name);
		CH_WR_LIT(w, "_bucket{le=\"");
		if (i < CH_METRICS_BOUNDS)
			put_value(w, bound[i], us);
		else
			CH_WR_LIT(w, "+Inf");
		CH_WR_LIT(w, "\"} ");
		ch_dec_put(w, n);
		CH_WR_LIT(w, "\n");
	}
	ch_wr_str(w, name);
	CH_WR_LIT(w, "_sum ");
	put_value(w, h->sum, us);
	CH_WR_LIT(w, "\n");
	ch_wr_str(w, name);
	CH_WR_LIT(w, "_count ");
	ch_dec_put(w, n);
	CH_WR_LIT(w, "\n");
}

static void say_answers(struct ch_wr *w, const struct ch_metrics *m)
{
	const char *name = "chancery_answers_total";

	say_type(w, name, "counter", "Answers by the hundred of their status.");
	for (uint64_t i = 1; i < CH_COUNT(m->answers); i++) {
		ch_wr_str(w, name);
		CH_WR_LIT(w, "{status=\"");
		ch_dec_put(w, i);
		CH_WR_LIT(w, "xx\"} ");
		ch_dec_put(w, m->answers[i]);
		CH_WR_LIT(w, "\n");
	}
}

static void say_used(struct ch_wr *w, const struct ch_metrics *m)
{
	static const char *const what[] = { "signatures", "deposit", "envelope", "keybox" };
	const char *name = "chancery_crew_used_total";

	say_type(w, name, "counter", "Work that a batch found done by all hands.");
	for (unsigned i = 0; i < CH_USED_COUNT; i++) {
		ch_wr_str(w, name);
		CH_WR_LIT(w, "{work=\"");
		ch_wr_str(w, what[i]);
		CH_WR_LIT(w, "\"} ");
		ch_dec_put(w, m->used[i]);
		CH_WR_LIT(w, "\n");
	}
}

/* Key names of witnesses have no blanks; quotes and backslashes are escaped. */
static void say_label(struct ch_wr *w, const char *name, ch_span witness)
{
	ch_wr_str(w, name);
	CH_WR_LIT(w, "{witness=\"");
	for (size_t i = 0; i < witness.n; i++) {
		if (witness.p[i] == '"' || witness.p[i] == '\\')
			CH_WR_LIT(w, "\\");
		ch_wr_put(w, ch_span_of(&witness.p[i], 1));
	}
	CH_WR_LIT(w, "\"} ");
}

static void say_witnesses(struct ch_wr *w, const struct ch_reg *reg, int64_t now)
{
	static const struct { const char *name, *help; } row[] = {
		{ "chancery_witness_size", "Leaves of the checkpoint it cosigned last." },
		{ "chancery_witness_failures", "Since it last answered well." },
		{ "chancery_witness_age_seconds", "Since its last cosignature, by its own time." },
	};
	ch_witness_facts f[CH_WITNESSES_MAX];
	size_t n = ch_witnesses_facts(f, reg), failing = 0;

	for (unsigned r = 0; r < CH_COUNT(row) && n > 0; r++) {
		say_type(w, row[r].name, "gauge", row[r].help);
		for (size_t i = 0; i < n; i++) {
			if (r == 2 && (f[i].time == 0 || f[i].time > now))
				continue;
			say_label(w, row[r].name, f[i].name);
			ch_dec_put(w, r == 0 ? f[i].size : r == 1 ? f[i].failures :
			    (uint64_t)(now - f[i].time));
			CH_WR_LIT(w, "\n");
		}
	}
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		failing += f[i].failures > 0;
	say(w, "chancery_witnesses", "gauge", "Witnesses of the policy.", n);
	say(w, "chancery_witnesses_failing", "gauge", "Those that did not answer well.", failing);
	say(w, "chancery_witnessed_entries", "gauge",
	    "Leaves of the newest checkpoint that has its quorum.", ch_witnesses_size(reg));
}

static void say_log(struct ch_wr *w, const struct ch_reg *reg)
{
	const struct ch_register *g = reg->log;

	say(w, "chancery_register_entries", "gauge", "Leaves of the published log.", g->done.size);
	say(w, "chancery_register_tiled", "gauge", "Leaves whose full tiles are durable files.",
	    g->tiled);
	say(w, "chancery_register_tiles_waiting", "gauge", "Full tiles that are in memory only.",
	    g->tiler.n);
	say(w, "chancery_raw_entries_total", "counter", "Raw entries that came, repeats too.",
	    reg->metrics.raw);
}

bool ch_get_metrics(struct ch_reg *reg, struct ch_op *op)
{
	enum { ROOM = 65536 };
	uint64_t open, free = 0;
	uint8_t *room = ch_op_alloc(op, ROOM);
	struct ch_wr w = ch_wr_of(room, ROOM);
	ch_err e;

	if (!room)
		return false;
	if ((e = ch_store_open_count(&open, reg->store)) != CH_OK)
		return ch_fault(op, e);
	say_log(&w, reg);
	say(&w, "chancery_submissions_open", "gauge", "Submissions without an end.", open);
	say(&w, "chancery_batches_total", "counter", "Transactions.", reg->turns);
	say_histogram(&w, "chancery_batch_operations", "Operations of a batch.",
	    &reg->metrics.batch, batch_bound, false);
	say_histogram(&w, "chancery_flush_seconds", "From the last write of a batch to durable.",
	    &reg->metrics.flush, flush_bound, true);
	say_answers(&w, &reg->metrics);
	say_used(&w, &reg->metrics);
	say(&w, "chancery_waiting_for_news", "gauge", "Requests that wait.", ch_news_waiting(reg));
	if (ch_disk_free(&free, reg->folder.dir) == CH_OK)
		say(&w, "chancery_disk_free_bytes", "gauge", "Room on the file system.", free);
	say(&w, "chancery_disk_full", "gauge", "1: no new work is taken.", ch_reg_is_full(reg));
	say_witnesses(&w, reg, ch_clock_wall());
	if (w.err != CH_OK)
		return ch_fault(op, CH_E_INTERNAL);
	return ch_give_text(op, 200, "text/plain; version=0.0.4; charset=utf-8", ch_wr_span(&w));
}
