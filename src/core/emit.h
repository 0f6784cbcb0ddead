/*
 * Where a stream of bytes goes: a tar writer, a sealing sink or a file can follow one another
 * without knowing of each other. The bytes live only during the call. An error stops the stream
 * and passes up unchanged.
 */
#ifndef CH_EMIT_H
#define CH_EMIT_H

#include "err.h"
#include "span.h"

typedef ch_err (*ch_emit)(void *ctx, ch_span bytes);

#endif
