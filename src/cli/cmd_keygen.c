/* keygen: a key pair for sealing, or the recipients of identities; as age-keygen has it. */
#include <stdio.h>

#include "clock.h"
#include "commands.h"
#include "files_cli.h"
#include "io.h"
#include "rng.h"
#include "when.h"
#include "wipe.h"

#define TEXT_MAX (2 * CH_AGE_RECIPIENT_MAX + CH_AGE_IDENTITY_MAX + 128)

/* Large and secret: from ch_alloc(). */
struct keygen {
	struct ch_age_identity id;
	struct ch_ring ring;
	char to[CH_AGE_RECIPIENT_MAX + 1];
	uint8_t text[TEXT_MAX];
};

static ch_err recipient_text(char out[CH_AGE_RECIPIENT_MAX + 1], const ch_age_recipient *r)
{
	struct ch_wr w = ch_wr_of(out, CH_AGE_RECIPIENT_MAX);

	ch_age_recipient_put(&w, r);
	out[w.err == CH_OK ? w.n : 0] = '\0';
	return w.err;
}

/* The lines of a key file. */
static ch_err key_lines(struct ch_wr *w, struct keygen *k, ch_age_type type)
{
	struct ch_secret32 seed;
	ch_err e = ch_random(&seed, sizeof seed);

	if (e == CH_OK)
		e = ch_age_identity_make(&k->id, type, &seed);
	ch_wipe(&seed, sizeof seed);
	if (e == CH_OK)
		e = recipient_text(k->to, &k->id.recipient);
	if (e != CH_OK)
		return e;
	CH_WR_LIT(w, "# created: ");
	ch_when_put(w, ch_clock_wall());
	CH_WR_LIT(w, "\n# public key: ");
	ch_wr_str(w, k->to);
	CH_WR_LIT(w, "\n");
	ch_age_identity_put(w, &k->id);
	CH_WR_LIT(w, "\n");
	return w->err;
}

static ch_err generate(struct keygen *k, struct ch_cli *c, const char *output, bool hybrid)
{
	struct ch_wr w = ch_wr_of(k->text, sizeof k->text);
	const char *path = ch_files_path(output);
	ch_err e = ch_files_json(c, output);

	if (e == CH_OK)
		e = key_lines(&w, k, hybrid ? CH_AGE_HYBRID : CH_AGE_X25519);
	if (e == CH_OK && !path && ch_file_is_open_to_all(1))
		ch_out_warn("standard output is a file that every user of this machine can read");
	if (e == CH_OK)
		e = path ? ch_file_create(path, ch_wr_span(&w), 0600) :
		    ch_io_write(1, ch_wr_span(&w));
	if (e == CH_E_CONFLICT)
		return ch_problem_set(&c->why, e, "%s exists and is untouched: a key is never "
		    "written over a file; choose another name", path);
	if (e != CH_OK)
		return ch_cli_fault(&c->why, e, "no key was made");
	if (!c->opts.json && (path || !ch_term_is_tty(1)))
		(void)fprintf(stderr, "Public key: %s\n", k->to);
	ch_out_put_string(&c->out, "recipient", ch_span_str(k->to));
	if (path)
		ch_out_put_string(&c->out, "file", ch_span_str(path));
	return CH_OK;
}

static ch_err convert(struct keygen *k, struct ch_cli *c, const char *output)
{
	const char *in = c->opts.argc ? c->opts.argv[0] : "-", *path = ch_files_path(output);
	struct ch_buf lines;
	ch_err e = ch_ring_identities(&k->ring, in, &c->why);

	if (e == CH_OK)
		e = ch_ring_to_own(&k->ring, &c->why);
	ch_buf_init(&lines, CH_RING_FILE_MAX * 4);
	ch_out_list_begin(&c->out, "recipients");
	for (size_t i = 0; e == CH_OK && i < k->ring.n_to; i++) {
		e = recipient_text(k->to, &k->ring.to[i]);
		ch_out_list_item(&c->out);
		ch_out_put_string(&c->out, "recipient", ch_span_str(k->to));
		if (e == CH_OK)
			e = ch_buf_str(&lines, k->to);
		if (e == CH_OK)
			e = ch_buf_str(&lines, "\n");
	}
	ch_out_list_end(&c->out);
	if (e == CH_OK && (path || !c->opts.json))
		e = ch_cli_write_file(path ? path : "-", ch_buf_span(&lines), &c->opts, &c->why);
	ch_buf_deinit(&lines);
	return e;
}

static ch_err keygen(struct ch_cli *c, const char *output, bool hybrid, bool to)
{
	struct keygen *k;
	ch_err e;

	if (to && hybrid)
		return ch_problem_set(&c->why, CH_E_FORMAT, "-y shows what is there and makes "
		    "nothing, so it takes no --pq; nothing was done");
	if (!to && c->opts.argc > 0)
		return ch_problem_set(&c->why, CH_E_FORMAT, "a new key is made of randomness "
		    "alone: only -y takes a file; nothing was made");
	k = ch_alloc(sizeof *k);
	if (!k)
		return CH_E_NOMEM;
	ch_files_ring(&k->ring, c);
	e = to ? convert(k, c, output) : generate(k, c, output, hybrid);
	ch_ring_deinit(&k->ring);
	ch_free(k, sizeof *k);
	return e;
}

int ch_cmd_keygen(int argc, char **argv)
{
	const char *output = NULL;
	bool hybrid = false, to = false;
	const ch_opt own[] = {
		{ .name = "output", .brief = 'o', .arg = "FILE", .value = &output,
		    .help = "write there, not to standard output; never over a file" },
		{ .name = "pq", .flag = &hybrid,
		    .help = "a hybrid key: X25519 and ML-KEM-768 (also written -pq)" },
		{ .name = "y", .flag = &to, .help = "show the recipients of the identities in "
		    "FILE" },
	};
	const ch_usage u = {
		.usage = "keygen [--pq] [-o FILE] | keygen -y [FILE]",
		.about = "Makes a key pair for sealing, in age's own form: an identity (secret, "
		    "what opens),\n"
		    "with its recipient (public, for whom is sealed) as a comment above it.\n"
		    CH_FILES_WHO,
		.example = "  chancery keygen --pq -o key.txt\n"
		    "  chancery keygen -y key.txt",
		.opts = own, .n_opts = CH_COUNT(own), .min = 0, .max = 1, .alone = true,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);

	if (end != CH_EXIT_GO_ON)
		return end;
	return ch_cli_close(c, keygen(c, output, hybrid, to));
}
