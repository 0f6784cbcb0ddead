/* registry restore: after a backup was put in place of a registry. */
#include "commands.h"
#include "common.h"
#include "registry.h"

static void say(struct ch_out *out, const ch_registry_restored *r)
{
	ch_out_put_number(out, "from", r->from);
	ch_out_put_number(out, "to", r->to);
	if (r->n_silent > 0)
		ch_out_say(out, "%u witnesses were not reached: whether they hold more is unknown.",
		    r->n_silent);
	if (r->from == r->to) {
		ch_out_say(out, "Nothing is missing: %llu entries here and in the copy.",
		    (unsigned long long)r->to);
		return;
	}
	ch_out_say(out, "The register was taken forward from %llu to %llu entries, under the same "
	    "key.", (unsigned long long)r->from, (unsigned long long)r->to);
	ch_out_say(out, "Lost: what was said in the entries %llu to %llu. Only their places are "
	    "known; the parties hold the words.", (unsigned long long)r->from,
	    (unsigned long long)r->to - 1);
	ch_out_say(out, "Keys of papers that waited here are erased: they may have been handed "
	    "over. Their authors hold the papers.");
	ch_out_say(out, "This registry takes raw entries and cosignatures and answers what is "
	    "asked; it takes no more papers. For those, make another under another name, and let "
	    "the parties agree on it.");
}

int ch_cmd_registry_restore(int argc, char **argv)
{
	const char *from = NULL, *why = "";
	const ch_opt opt[] = {
		{ .name = "from", .arg = "FOLDER|URL", .value = &from,
		    .help = "a copy of the log: `checkpoint` and `tile/...`" },
	};
	const ch_usage u = {
		.usage = "registry restore DIR --from FOLDER|URL",
		.about = "After a backup was put in place: takes the register forward to the state "
		    "of a\n"
		    "copy of its log, checked entry by entry, so that it can go on without a "
		    "second\n"
		    "history. What the lost entries said is not in the copy, so the registry "
		    "takes no\n"
		    "more papers afterwards. Nothing is changed when the copy does not fit.",
		.example = "  chancery registry restore /srv/registry --from /srv/mirror",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 1, .max = 1,
	};
	ch_registry_restored r;
	struct ch_problem problem = { 0 };
	struct ch_opts o;
	struct ch_out out;
	ch_err e;
	int code = ch_opts_read(&o, argc, argv, &u);

	if (code != CH_EXIT_GO_ON)
		return code;
	if (!from)
		return ch_out_usage("registry restore", "--from is missing");
	ch_out_begin(&out, &o);
	if ((e = ch_registry_restore(&r, o.argv[0], from, &why)) == CH_OK)
		say(&out, &r);
	else
		e = ch_problem_set(&problem, e, "%s", why);
	return ch_out_end(&out, e, &problem);
}
