/* A split view in plain sentences: what two checkpoints of one log show together, and what not. */
#include "verdict.h"

#include "b64.h"

/* As it stands in the checkpoint. */
static void ch_split_tell_hash(struct ch_tell *o, const char *words, const ch_hash *h)
{
	uint8_t text[44];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_b64_put(&w, ch_span_of(h->b, sizeof h->b), CH_B64_PADDED);
	ch_tell(o, words);
	ch_tell_span(o, ch_wr_span(&w));
	ch_tell(o, "\n");
}

static void ch_split_tell_tree(struct ch_tell *o, const ch_split *s, unsigned i)
{
	ch_tell(o, i == 0 ? "    one of " : "    another of ");
	ch_tell_dec(o, s->tree[i].size);
	ch_split_tell_hash(o, " entries, with the root ", &s->tree[i].root);
	if (s->cosigned[i] > 0) {
		ch_tell(o, "      signed not after  ");
		ch_tell_when(o, (int64_t)s->cosigned[i]);
		ch_tell(o, "  (on the word of a cosigner of your policy)\n");
	}
}

static void ch_split_tell_shown(struct ch_tell *o, const ch_split *s)
{
	uint8_t text[CH_VKEY_MAX];
	struct ch_wr key = ch_wr_of(text, sizeof text);

	ch_vkey_put(&key, &s->log);
	ch_tell(o, "  The key of this log signed two trees that cannot both be of one log:\n");
	ch_split_tell_tree(o, s, 0);
	ch_split_tell_tree(o, s, 1);
	if (s->tree[0].size < s->tree[1].size) {
		ch_tell(o, "      whose first ");
		ch_tell_dec(o, s->tree[0].size);
		ch_split_tell_hash(o, " entries have another root, ", &s->prefix);
	}
	ch_tell(o, "    under the key ");
	ch_tell_span(o, ch_wr_span(&key));
	ch_tell(o, "\nPROOF AGAINST THE LOG: keep this file, and show it to all who use it.\n");
}

void ch_verdict_tell_split(struct ch_tell *o, const struct ch_verdict *v)
{
	const ch_split *s = &v->split;

	ch_tell(o, ": a split view of the log ");
	ch_tell_span(o, s->log.name);
	ch_tell(o, "\nShown:\n");
	if (s->why) {
		ch_tell(o, "  Two trees of one log that contradict each other: NOT SHOWN, ");
		ch_tell(o, s->why);
		ch_tell(o, "\n");
		return;
	}
	ch_split_tell_shown(o, s);
	ch_tell(o, "Not shown:\n  - which of the two is right, or that either is\n"
	    "  - whether by intent: a restored backup or a stolen key looks the same\n"
	    "  - what the entries say, and which of them differ\n");
	if (s->cosigned[0] == 0 || s->cosigned[1] == 0)
		ch_tell(o, "  - when each was signed\n");
}
