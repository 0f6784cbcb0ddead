/* JSON out, for lists and problems. There is no JSON in. */
#include "dec.h"
#include "hex.h"
#include "reg.h"

void ch_json_key(struct ch_wr *w, const char *key)
{
	bool first = w->n == 0 || w->p[w->n - 1] == '[' || w->p[w->n - 1] == '}';

	if (w->n && w->p[w->n - 1] == '}')
		CH_WR_LIT(w, ",\n");
	ch_wr_str(w, first ? "{\"" : ",\"");
	ch_wr_str(w, key);
	CH_WR_LIT(w, "\":");
}

void ch_json_hash(struct ch_wr *w, const char *key, const ch_hash *h)
{
	ch_json_key(w, key);
	CH_WR_LIT(w, "\"");
	ch_hex_put(w, ch_span_of(h->b, sizeof h->b));
	CH_WR_LIT(w, "\"");
}

/* Text of our formats: UTF-8 without control characters but LF. */
void ch_json_text(struct ch_wr *w, const char *key, ch_span text)
{
	ch_json_key(w, key);
	CH_WR_LIT(w, "\"");
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n') {
			CH_WR_LIT(w, "\\n");
			continue;
		}
		if (text.p[i] == '"' || text.p[i] == '\\')
			CH_WR_LIT(w, "\\");
		ch_wr_u8(w, text.p[i]);
	}
	CH_WR_LIT(w, "\"");
}

void ch_json_dec(struct ch_wr *w, const char *key, uint64_t v)
{
	ch_json_key(w, key);
	ch_dec_put(w, v);
}
