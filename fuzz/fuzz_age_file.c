/*
 * Files of keys: the first byte chooses recipients or identities. Every key lies in its line, is
 * native (and written again to the same text) or of a plugin with a good name; an error sticks.
 */
#include "age_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static ch_age_key_text key;
static ch_age_recipient to;
static struct ch_age_identity id;
static struct ch_diag why;

/* The key's line, found by counting LFs. */
static void fuzz_line(ch_span in, size_t line)
{
	struct ch_rd r = ch_rd_of(in);

	for (size_t i = 1; i < line; i++)
		(void)ch_rd_until(&r, '\n');
	CH_ASSERT(ch_rd_starts(&r, key.text));
	(void)ch_rd_take(&r, key.text.n);
	CH_ASSERT(ch_rd_at_end(&r) || ch_rd_starts(&r, CH_LIT("\n")) ||
	    ch_rd_starts(&r, CH_LIT("\r")));
}

static void fuzz_key(bool secret)
{
	static uint8_t text[CH_AGE_LINE_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	size_t n = strlen(key.plugin);

	CH_ASSERT(key.text.n > 0 && key.text.n <= CH_AGE_LINE_MAX);
	CH_ASSERT(n <= CH_AGE_PLUGIN_NAME_MAX && !strchr(key.plugin, '/'));
	CH_ASSERT((n > 0) == ((secret ? id.type : to.type) == CH_AGE_NONE));
	if (n > 0)
		return;
	if (secret)
		ch_age_identity_put(&w, &id);
	else
		ch_age_recipient_put(&w, &to);
	CH_ASSERT(ch_wr_done(&w) == CH_OK && ch_span_eq(ch_wr_span(&w), key.text));
}

static ch_err fuzz_next(struct ch_age_file *f, bool secret)
{
	if (secret)
		return ch_age_file_identity(&key, &id, &why, f);
	return ch_age_file_recipient(&key, &to, &why, f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ch_rd r = ch_rd_of(ch_span_of(data, n));
	bool secret = ch_rd_u8(&r) & 1;
	ch_span in = ch_rd_rest(&r);
	struct ch_age_file f = ch_age_file_of(in);
	size_t line = 0, n_keys = 0;
	ch_err e;

	if (ch_crypto_init() != CH_OK)
		return 0;
	while ((e = fuzz_next(&f, secret)) == CH_OK) {
		CH_ASSERT(why.at > line && !why.what);
		line = why.at;
		n_keys++;
		fuzz_line(in, line);
		fuzz_key(secret);
	}
	CH_ASSERT((e == CH_E_ABSENT) == !why.what && (e != CH_E_ABSENT || n_keys > 0));
	CH_ASSERT(key.text.n == 0 && key.plugin[0] == 0 && n_keys <= CH_AGE_FILE_KEYS);
	CH_ASSERT(fuzz_next(&f, secret) == e);
	(void)ch_age_file_is_sealed(in);
	return 0;
}
