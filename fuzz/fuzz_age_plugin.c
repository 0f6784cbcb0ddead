/*
 * What a plugin may say: first byte which conversation, second how its bytes come in pieces.
 * Pieces make no difference; what it gives is stanzas of the strict form, and nothing of the other
 * conversation.
 */
#include "age_plugin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const uint8_t grease[CH_PLUGIN_GREASE] = { 1, 2, 3 };
static uint8_t said[2 * CH_AGE_HEADER_MAX];
static struct ch_plugin one, two;

static void begin(struct ch_plugin *p, struct ch_wr *w, bool wrapping)
{
	static const struct ch_file_key key = { { 7 } };

	*w = ch_wr_of(said, sizeof said);
	if (wrapping)
		ch_plugin_wrap(w, p, CH_LIT("age1x1text"), false, &key, grease);
	else
		ch_plugin_unwrap(w, p, CH_LIT("AGE-PLUGIN-X-1TEXT"), CH_LIT("-> X25519 a\n\n"),
		    grease);
	CH_ASSERT(w->err == CH_OK);
}

static void answer(struct ch_wr *w, const struct ch_plugin *p, ch_plugin_event ev)
{
	CH_ASSERT(p->n_text <= sizeof p->text && p->n_yes <= sizeof p->yes &&
	    p->n_no <= sizeof p->no);
	if (ev == CH_PLUGIN_CHOICE)
		ch_plugin_answer_choice(w, p->has_no);
	else if (ev == CH_PLUGIN_SHOW || ev == CH_PLUGIN_PUBLIC || ev == CH_PLUGIN_SECRET)
		ch_plugin_answer(w, ev != CH_PLUGIN_PUBLIC, CH_LIT("1234"));
}

static ch_plugin_event converse(struct ch_plugin *p, bool wrapping, ch_span in, size_t piece)
{
	struct ch_rd r = ch_rd_of(in);
	ch_plugin_event ev = CH_PLUGIN_MORE;
	struct ch_wr w;

	begin(p, &w, wrapping);
	for (;;) {
		size_t room, k = piece < ch_rd_left(&r) ? piece : ch_rd_left(&r);
		ch_err e;

		while ((e = ch_plugin_next(&ev, &w, p)) == CH_OK && ev != CH_PLUGIN_MORE) {
			answer(&w, p, ev);
			w = ch_wr_of(said, sizeof said);
			if (ev == CH_PLUGIN_DONE || ev == CH_PLUGIN_ERROR)
				return ev;
		}
		if (e != CH_OK || ch_rd_at_end(&r))
			return CH_PLUGIN_MORE;
		uint8_t *at = ch_plugin_room(&room, p);

		k = k < room ? k : room;
		ch_rd_copy(&r, at, k);
		ch_plugin_came(p, k);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));
	bool wrapping = ch_rd_u8(&r) & 1;
	size_t piece = 1 + ch_rd_u8(&r) % 64u;
	ch_span in = ch_rd_rest(&r);
	ch_plugin_event a = converse(&one, wrapping, in, SIZE_MAX);
	ch_plugin_event b = converse(&two, wrapping, in, piece);
	ch_age_stanza s;
	size_t k = 0;

	CH_ASSERT(a == b && one.err == two.err);
	CH_ASSERT(one.n_stanzas == two.n_stanzas && one.has_key == two.has_key);
	CH_ASSERT(ch_span_eq(ch_wr_span(&one.out), ch_wr_span(&two.out)));
	CH_ASSERT(wrapping ? !one.has_key : one.n_stanzas == 0 && !one.has_labels);
	CH_ASSERT(ch_plugin_labels_eq(ch_wr_span(&one.labels), ch_wr_span(&two.labels)));
	r = ch_rd_of(ch_wr_span(&one.out));
	while (!ch_rd_at_end(&r) && r.err == CH_OK) {
		ch_age_stanza_rd(&s, &r);
		k++;
	}
	CH_ASSERT(r.err == CH_OK && (one.out.err != CH_OK || k == one.n_stanzas));
	return 0;
}
