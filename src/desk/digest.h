/* The SHA-256 and the size of a file, in constant memory. */
#ifndef CH_DIGEST_H
#define CH_DIGEST_H

#include "crypto.h"
#include "file.h"

/* Errors as ch_infile_open() and ch_infile_read(); NOMEM. Both outputs are set on CH_OK only. */
CH_MUST_USE ch_err ch_digest_file(ch_hash *out, uint64_t *size, const char *path);

#endif
