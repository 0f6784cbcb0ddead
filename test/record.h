/* What tests of the judge of records share: one delivery, its record, its judgement. */
#ifndef CH_TEST_RECORD_H
#define CH_TEST_RECORD_H

#include <stdio.h>

#include "world.h"

static struct ch_delivery_work work;

struct fix {
	struct world w;
	struct world_delivery d;
	ch_part part[32];
	size_t n;
	ch_delivery x;
};

static inline int start(void **state)
{
	static struct fix f;

	memset(&f.d, 0, sizeof f.d);
	world_start(&f.w, false);
	*state = &f;
	return 0;
}

static inline int stop(void **state)
{
	world_stop(&((struct fix *)*state)->w);
	return 0;
}

static inline ch_err judge(struct fix *f)
{
	ch_evidence ev = { f->part, f->n, f->w.exercise, &f->w.trust };
	struct ch_diag diag;
	ch_err e = ch_delivery_judge(&f->x, &work, &ev, &diag);

	if (e != CH_OK)
		assert_true(check_is_zero(&f->x, sizeof f->x));
	return e;
}

static inline bool found(const struct fix *f, ch_finding x)
{
	return f->x.findings >> x & 1;
}

static inline void no_conviction(const struct fix *f)
{
	for (unsigned i = 0; i < CH_FIND_COUNT; i++)
		if (ch_finding_convicts((ch_finding)i))
			assert_false(found(f, (ch_finding)i));
}

/* All that is signed from now on names the register as it is now. */
static inline void see(struct fix *f, unsigned by, int64_t when)
{
	char name[40];

	f->d.checkpoint = world_checkpoint(&f->w, by, when);
	f->d.seen = world_seen(&f->w, f->d.checkpoint);
	(void)snprintf(name, sizeof name, "checkpoint.%zu", f->w.n_log);
	f->d.checkpoint_name = world_str(&f->w, name);
}

/* The paper, and L in front of a checkpoint that both L and receipt name. */
static inline void begin_after(struct fix *f, unsigned by, int64_t when)
{
	see(f, by, when);
	world_paper(&f->w, &f->d, f->w.party[1].handle, NULL);
	world_submit(&f->w, &f->d);
}

#endif
