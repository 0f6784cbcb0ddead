/* Languages: see lang.h. */
#include "lang.h"

#include "http1.h"

static bool is_lang(ch_span code, unsigned *at)
{
	for (unsigned i = 0; i < CH_LANGS; i++)
		if (ch_span_eq(code, ch_span_str(ch_langs[i].code))) {
			*at = i;
			return true;
		}
	return false;
}

unsigned ch_lang_find(ch_span code)
{
	unsigned at = 0;

	(void)is_lang(code, &at);
	return at;
}

unsigned ch_lang_word_set(ch_span name)
{
	for (unsigned i = 0; i < CH_WORD_SETS; i++)
		if (ch_span_eq(name, ch_span_str(ch_word_sets[i])))
			return i;
	return 0;
}

unsigned ch_lang_accept(ch_span header)
{
	const char *codes[CH_LANGS];

	for (unsigned i = 0; i < CH_LANGS; i++)
		codes[i] = strcmp(ch_langs[i].code, "xx") == 0 ? "" : ch_langs[i].code;
	return ch_http1_language(header, codes, CH_LANGS);
}

void ch_lang_put(struct ch_wr *w, ch_tongue t, ch_msg id, const ch_args *args)
{
	for (const char *c = ch_lang_text(t, id); *c;) {
		size_t n = strcspn(c, "{");

		ch_wr_put(w, ch_span_of(c, n));
		c += n;
		if (*c && c[1] >= '0' && c[1] < '0' + CH_LANG_ARGS && c[2] == '}') {
			ch_wr_str(w, args->v[c[1] - '0'] ? args->v[c[1] - '0'] : "");
			c += 3;
		} else if (*c) {
			CH_WR_LIT(w, "{");
			c++;
		}
	}
}
