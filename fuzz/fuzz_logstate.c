/* Files of a log's watch and of an audit under way: what is read is written back byte for byte. */
#include "logcheck.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct ch_log_edge edge;
	static uint8_t out[sizeof(struct ch_log_edge) + CH_LOG_NOTE_MAX + 128];
	static const ch_hash whose; /* of the key of the corpus */
	struct ch_wr w = ch_wr_of(out, sizeof out);
	ch_span in = ch_span_of(data, n), note;
	ch_hash root;

	if (ch_log_state_take(&edge, &note, in) == CH_OK) {
		ch_log_state_put(&w, &edge, note);
		CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_span_eq(ch_wr_span(&w), in));
	} else if (ch_log_part_take(&edge, in, &whose) == CH_OK) {
		ch_log_part_put(&w, &edge, &whose);
		CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_span_eq(ch_wr_span(&w), in));
	} else {
		CH_ASSERT(edge.size == 0 && note.n == 0);
		return 0;
	}
	CH_ASSERT(ch_log_edge_root(&root, &edge) == CH_OK || edge.size >> 63);
	return 0;
}
