/* Hashing a file: attachments on their way out, envelopes on their way in. See digest.h. */
#include "digest.h"

#define PIECE ((size_t)128 << 10)

ch_err ch_digest_file(ch_hash *out, uint64_t *size, const char *path)
{
	struct ch_infile f = { 0 };
	struct ch_sha256 s;
	uint8_t *piece = ch_alloc(PIECE);
	size_t n = PIECE;
	ch_err e = piece ? ch_infile_open(&f, path) : CH_E_NOMEM;

	*size = 0;
	ch_sha256_init(&s);
	while (e == CH_OK && n == PIECE) {
		e = ch_infile_read(piece, &n, &f, PIECE);
		ch_sha256_update(&s, ch_span_of(piece, n));
		*size += n;
	}
	ch_sha256_final(&s, out);
	ch_infile_close(&f);
	ch_free(piece, PIECE);
	if (e != CH_OK) {
		memset(out, 0, sizeof *out);
		*size = 0;
	}
	return e;
}
