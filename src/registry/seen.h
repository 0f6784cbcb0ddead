/*
 * Where older entries stand, so that one appended again gets its old place also after the newest
 * ones were overtaken (recent.h), and after a restart. A thread reads full tiles that are durable
 * files and keeps, in the folder `seen`, sorted files of what their leaves begin with; a filter in
 * memory answers for nearly every new entry that it is none of them. What the files say is a hint:
 * a place is answered only when all 256 bits of the leaf stand in the tile.
 *
 * The folder may be lost or damaged: it is made anew from the tiles, and until then an old entry
 * appended again may get a second place.
 *
 * Memory: 2 to 4 bytes an entry for the filter, at most 16 MiB, and half as much while it grows.
 * Disk: 12 bytes an entry.
 */
#ifndef CH_SEEN_H
#define CH_SEEN_H

#include "crypto.h"
#include "folder.h"

#define CH_SEEN_STEP 16384u /* entries that are taken in at once */

struct ch_seen;

/* From a register whose tiles are files up to `tiled`. The thread takes up what is there. */
CH_MUST_USE ch_err ch_seen_open(struct ch_seen **out, const struct ch_folder *folder,
    uint64_t tiled);
/* Accepts NULL. */
void ch_seen_close(struct ch_seen *s);

/* More tiles are files. `covered`: how far the index is; may be NULL. A fault: a tile or the index
 * could not be read or written; the program stops. */
CH_MUST_USE ch_err ch_seen_tell(uint64_t *covered, struct ch_seen *s, uint64_t tiled);

/*
 * The place of a leaf among those below `covered`.
 *   found   false: none
 * CONFLICT: the tile is not there   IO
 */
CH_MUST_USE ch_err ch_seen_find(bool *found, uint64_t *index, struct ch_seen *s,
    const ch_hash *leaf);

#endif
