/*
 * Looking over many papers without opening each. What stands here is derived: it may be removed at
 * any time, and no signature, receipt or export rests on it; `show` always judges the record.
 */
#ifndef CH_SHELF_H
#define CH_SHELF_H

#include "dossier.h"

/* Every L on file, sorted: the index of one run. */
struct ch_shelf {
	struct ch_arena *a; /* borrowed */
	ch_hash *l;
	size_t n;
};

/* Add those of these talks. NOMEM, LIMIT, IO as of a folder that cannot be listed. */
CH_MUST_USE ch_err ch_shelf_add(struct ch_shelf *s, const struct ch_home *home,
    const struct ch_talks *talks);
bool ch_shelf_has(const struct ch_shelf *s, const ch_hash *l);

/*
 * A paper that is settled: it ended, nothing more can come of it, and each of its places has its
 * bound. settled.txt in its folder says so, with a hash of the names and sizes of the files beside
 * it, so that one that was lost or cut is looked after again.
 */
typedef struct {
	bool ours, told;
	ch_state state;
	ch_step last; /* opened, defect or key-missing of a delivered one */
	char addressee[CH_HANDLE_MAX + 1];
} ch_settled;

/* `name`: of the folder. False: not marked, or the files are others. */
bool ch_shelf_settled(ch_settled *out, const struct ch_home *home, const struct ch_talks *talks,
    const char *name);
/* Whether the registry can still have news of it. */
bool ch_shelf_is_over(const ch_delivery *v);
/* Whether each statement that is here has its proof of place; one that was lost is asked for. */
bool ch_shelf_is_placed(const ch_delivery *v);
/* Mark it if it is settled. `v` judged d as it lies there. */
CH_MUST_USE ch_err ch_shelf_mark(const struct ch_dossier *d, const ch_delivery *v);

#endif
