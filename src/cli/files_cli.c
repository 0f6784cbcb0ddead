/* What seal, unseal and keygen share: see files_cli.h. */
#include "files_cli.h"

#include <string.h>

#include "wr.h"

static ch_err ask(struct ch_pass *out, void *ctx, const char *prompt, struct ch_problem *why)
{
	struct ch_cli *c = ctx;

	return ch_cli_pass_for(out, &c->opts, prompt, why);
}

static void say(void *ctx, const char *line)
{
	(void)ctx;
	ch_out_warn("%s", line);
}

void ch_files_ring(struct ch_ring *ring, struct ch_cli *c)
{
	ch_ring_init(ring, &(ch_ring_ui){ .ctx = c, .pass = ask, .say = say });
}

const char *ch_files_path(const char *named)
{
	return named && strcmp(named, "-") != 0 ? named : NULL;
}

unsigned ch_files_patience(uint64_t seconds)
{
	return (unsigned)(seconds > 86400 ? 86400 : seconds);
}

ch_err ch_files_json(struct ch_cli *c, const char *output)
{
	if (c->opts.json && !ch_files_path(output))
		return ch_problem_set(&c->why, CH_E_FORMAT, "--json and the file would both go to "
		    "standard output; say where the file goes with -o");
	return CH_OK;
}

/* What an error leaves behind. */
static const char *ch_files_left(const struct ch_flow *f)
{
	return f->spilled ? "what came out so far is right, but it is not all" :
	    "nothing was written";
}

ch_err ch_files_fault(struct ch_problem *why, const struct ch_flow *f, ch_err e, const char *in,
    const char *out)
{
	const char *name = f->side == CH_FLOW_OUTPUT ? out ? out : "standard output" :
	    in ? in : "standard input";

	if (f->armor_fault.what && f->side == CH_FLOW_CONTENT)
		return ch_problem_set(why, e, "%s, line %zu: %s; %s", name, f->armor_fault.at,
		    ch_flow_why(f, e), ch_files_left(f));
	return ch_problem_set(why, e, "%s: %s; %s", name, ch_flow_why(f, e), ch_files_left(f));
}
