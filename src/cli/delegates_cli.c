/* See delegates_cli.h. */
#include "delegates_cli.h"

#include <stdio.h>
#include <string.h>

void ch_delegates_print_powers(struct ch_cli *c, unsigned bits)
{
	char text[160];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_powers_put(&w, bits, CH_LIT(", "));
	ch_out_pair(&c->out, "powers", "Powers", ch_wr_span(&w));
}

static void on_published(void *ctx, ch_span origin, const char *not_yet)
{
	struct ch_delegates_told *t = ctx;
	size_t n = strlen(t->later);

	if (not_yet)
		(void)snprintf(&t->later[n], sizeof t->later - n, "%s%.*s: %s", n ? "\n" : "",
		    (int)origin.n, (const char *)origin.p, not_yet);
	else
		ch_out_say(&t->c->out, "Published at %.*s.", (int)origin.n, (const char *)origin.p);
}

ch_delegate_ears ch_delegates_ears(struct ch_delegates_told *t)
{
	return (ch_delegate_ears){ .published = on_published, .ctx = t };
}

void ch_delegates_tell_later(const struct ch_delegates_told *t)
{
	struct ch_rd r = ch_rd_of(ch_span_str(t->later));

	while (!ch_rd_at_end(&r)) {
		struct ch_rd look = r;
		ch_span line = ch_rd_line(&look);

		if (look.err != CH_OK)
			line = ch_rd_rest(&r);
		else
			r = look;
		ch_out_warn("not published yet at %.*s", (int)line.n, (const char *)line.p);
	}
}
