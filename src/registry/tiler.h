/*
 * Full tiles on their way to the disk. The register hands them over in memory when their last leaf
 * is published; a thread writes them, makes whole runs of them durable with one flush, and says up
 * to which size of the register they are files. Until then they are served from here, so neither
 * an append nor a checkpoint waits for a tile.
 *
 * A crash may leave torn files of tiles that were not yet reported: what lies beyond the reported
 * size is written anew at the next start, before anything is served.
 */
#ifndef CH_TILER_H
#define CH_TILER_H

#include "flush.h"
#include "folder.h"
#include "thread.h"
#include "tile.h"

/* One that is late: no file yet. `size`: of the register that completed it. */
struct ch_late {
	struct ch_late *next;
	ch_tile tile;
	uint64_t size;
	size_t n;
	uint8_t bytes[CH_TILE_BYTES + 2 * CH_TILE_WIDTH];
};

struct ch_tiler {
	const struct ch_folder *folder; /* borrowed */
	struct ch_monitor monitor;
	struct ch_thread thread;
	struct ch_flush flush;
	struct ch_late *first, *last;   /* of the register's thread */
	unsigned n;
	/* Under the monitor: */
	struct ch_late *todo, *todo_last; /* not durable yet */
	struct ch_late *laid;             /* the last of them that is written; or NULL */
	uint64_t tiled;
	ch_err err;
	bool full, stop;
	bool on;                        /* started: the monitor and the flush are there */
};

/* Where a full tile or bundle lies. */
CH_MUST_USE ch_err ch_tile_file(char out[CH_PATH_MAX], const struct ch_folder *folder,
    const ch_tile *tile);
/* Write one, visible at once, durable after a flush of the folder. */
CH_MUST_USE ch_err ch_tile_lay(const struct ch_folder *folder, const struct ch_late *l);

/* From a register whose tiles are files up to `tiled`. */
CH_MUST_USE ch_err ch_tiler_start(struct ch_tiler *t, const struct ch_folder *folder,
    uint64_t tiled);

/* Take over a chain, in order of their sizes. */
void ch_tiler_give(struct ch_tiler *t, struct ch_late *chain);

/*
 * How far it is, and let go of what is on the disk. `full`: waiting for room, nothing is lost.
 * IO and other faults: a write failed; the program stops.
 */
CH_MUST_USE ch_err ch_tiler_look(uint64_t *tiled, bool *full, struct ch_tiler *t);

/* The tile if it is late, or NULL. */
const struct ch_late *ch_tiler_find(const struct ch_tiler *t, const ch_tile *tile);

/* Write what is there, then end. A zeroed struct is fine, and left. A fault as above. */
ch_err ch_tiler_stop(struct ch_tiler *t);

#endif
