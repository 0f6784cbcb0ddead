/* Files of the pages, embedded in the program. CH_ASSET_DESK_CSS is an address such as
 * "/a/desk-0123456789ab.css"; the name changes with the content, so it may be kept for ever. */
#ifndef CH_ASSET_H
#define CH_ASSET_H

#include <stddef.h>

#include "asset_names.h"
#include "crypto.h"

typedef struct {
	const char *name, *type;
	const unsigned char *p;
	size_t n;
} ch_asset;

extern const ch_asset ch_assets[CH_ASSETS];

/*
 * All that a browser gets of the program itself, with its SHA-256, always in the same order: the
 * files above, the checking page, script and style of public pages, and by language the manual and
 * the sentences (each text with an LF behind it).
 */
typedef struct {
	void (*each)(void *ctx, const char *name, const ch_hash *sum);
	void *ctx;
} ch_asset_ear;
void ch_assets_list(const ch_asset_ear *ear);
/* Of that list, as the lines of sha256sum. */
void ch_assets_hash(ch_hash *out);

#endif
