/* Files of the pages, embedded in the program. CH_ASSET_DESK_CSS is an address such as
 * "/a/desk-0123456789ab.css"; the name changes with the content, so it may be kept for ever. */
#ifndef CH_ASSET_H
#define CH_ASSET_H

#include <stddef.h>

#include "asset_names.h"

typedef struct {
	const char *name, *type;
	const unsigned char *p;
	size_t n;
} ch_asset;

extern const ch_asset ch_assets[CH_ASSETS];

#endif
