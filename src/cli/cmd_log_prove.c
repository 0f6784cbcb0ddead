/* log prove: a proof of place of one entry, for whoever holds the entry. */
#include <stdint.h>

#include "common.h"
#include "hex.h"
#include "log_cli.h"

struct asked {
	uint64_t index;
	const char *entry, *hash, *out;
};

/* Which entry: exactly one of the three. */
static ch_err which(ch_log_which *out, const struct asked *a, struct ch_problem *why)
{
	struct ch_buf entry;
	ch_err e = CH_OK;

	*out = (ch_log_which){ .by_leaf = a->index == UINT64_MAX, .index = a->index };
	if (a->entry) {
		e = ch_cli_read_file(&entry, a->entry, why);
		if (e == CH_OK && entry.n > CH_ENTRY_MAX)
			e = ch_problem_set(why, CH_E_LIMIT, "%s is larger than an entry can be",
			    a->entry);
		ch_merkle_leaf(&out->leaf[0], ch_buf_span(&entry));
		out->leaf[1] = out->leaf[0];
		ch_buf_deinit(&entry);
	} else if (a->hash) {
		ch_span hex = ch_span_str(a->hash);

		e = ch_hex_parse(out->leaf[0].b, sizeof out->leaf[0].b, hex);
		if (e != CH_OK)
			return ch_problem_set(why, CH_E_FORMAT, "--hash wants 64 hex digits");
		ch_merkle_leaf(&out->leaf[1], ch_span_of(out->leaf[0].b, sizeof out->leaf[0].b));
	}
	return e;
}

static void say(struct ch_log_job *j, const ch_log_place *at, ch_span proof, const char *file)
{
	char hex[65] = { 0 };
	struct ch_wr w = ch_wr_of(hex, 64);

	ch_hex_put(&w, ch_span_of(at->leaf.b, sizeof at->leaf.b));
	ch_out_put_string(&j->out, "origin", j->log.key.name);
	ch_out_put_number(&j->out, "index", at->index);
	ch_out_put_number(&j->out, "size", at->size);
	ch_out_put_string(&j->out, "leaf", ch_wr_span(&w));
	ch_out_put_string(&j->out, "proof", proof);
	if (file)
		ch_out_say(&j->out, "Entry %llu of %llu: the proof is in %s.",
		    (unsigned long long)at->index, (unsigned long long)at->size, file);
}

static int run(struct ch_log_job *j, const struct asked *a)
{
	struct ch_buf proof;
	ch_log_which w;
	ch_log_place at;
	ch_err e;

	ch_buf_init(&proof, (size_t)2 * CH_LOG_NOTE_MAX);
	e = which(&w, a, &j->why);
	if (e == CH_OK)
		e = ch_log_job_open(j, j->opts.argv[0]);
	if (e == CH_OK)
		e = ch_log_prove(&proof, &at, &j->log, &w, &j->why);
	if (e == CH_OK && (a->out || !j->out.json))
		e = ch_cli_write_file(a->out ? a->out : "-", ch_buf_span(&proof), &j->opts,
		    &j->why);
	if (e == CH_OK)
		say(j, &at, ch_buf_span(&proof), a->out);
	ch_buf_deinit(&proof);
	return ch_log_job_end(j, e);
}

int ch_cmd_log_prove(int argc, char **argv)
{
	struct ch_log_job *j = ch_log_job_new();
	struct asked a = { .index = UINT64_MAX };
	int code;

	if (!j)
		return CH_EXIT_FAULT;
	const ch_opt opt[] = {
		CH_LOG_KEY_OPT(j),
		{ .name = "index", .arg = "N", .number = &a.index,
		    .help = "the entry at this place, the first is 0" },
		{ .name = "entry", .arg = "FILE", .value = &a.entry,
		    .help = "the entry that is these bytes" },
		{ .name = "hash", .arg = "HEX", .value = &a.hash,
		    .help = "the entry that is these 32 bytes, or whose leaf they are" },
		{ .name = "o", .arg = "FILE", .value = &a.out,
		    .help = "where to write the proof; else it is printed" },
		CH_LOG_POLICY_OPT(j),
	};
	const ch_usage u = {
		.usage = "log prove URL|DIR [--key VKEY] --index N|--entry FILE|--hash HEX",
		.about = "Makes a proof that an entry is in a log of any make\n"
		    "(c2sp.org/tlog-proof), under its newest checkpoint, and checks it before it\n"
		    "is given out. To look for an entry by what it is reads every tile of the\n"
		    "log. `chancery-verify --entry` checks such a proof without the log.",
		.example = "  chancery log prove https://registry.example/log --index 73894 \\\n"
		    "    --key registry.example+1a2b3c4d+AX… -o 73894.proof",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 1, .max = 1,
	};

	if ((code = ch_log_job_start(j, argc, argv, &u)) != CH_EXIT_GO_ON)
		return code;
	if ((a.index != UINT64_MAX) + (a.entry != NULL) + (a.hash != NULL) != 1)
		return ch_log_job_usage(j, "log prove", "one of --index, --entry and --hash says "
		    "which entry");
	return run(j, &a);
}
