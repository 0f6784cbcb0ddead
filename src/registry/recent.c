/* Sets of eight places, chosen by bits of the entry: see recent.h. */
#include "recent.h"

static unsigned set_of(const ch_hash *entry)
{
	return (entry->b[0] | (unsigned)entry->b[1] << 8 | (unsigned)entry->b[2] << 16) %
	    CH_RECENT_SETS;
}

/* Whether a place still says where its entry is: not overtaken, nor undone. */
static bool holds(const struct ch_recent *r, uint64_t place, unsigned set, uint64_t size)
{
	return place != 0 && place <= size && size - place < CH_RECENT_MANY &&
	    set_of(&r->entry[(place - 1) % CH_RECENT_MANY]) == set;
}

void ch_recent_add(struct ch_recent *r, const ch_hash *entry, uint64_t index)
{
	unsigned set = set_of(entry);
	uint64_t *p = r->place[set], *to = p;

	for (unsigned i = 0; i < CH_RECENT_WAYS; i++) {
		if (!holds(r, p[i], set, index)) {
			to = &p[i];
			break;
		}
		if (p[i] < *to)
			to = &p[i]; /* else the oldest gives way */
	}
	r->entry[index % CH_RECENT_MANY] = *entry;
	*to = index + 1;
}

bool ch_recent_find(uint64_t *index, const struct ch_recent *r, const ch_hash *entry,
    uint64_t size)
{
	unsigned set = set_of(entry);

	for (unsigned i = 0; i < CH_RECENT_WAYS; i++) {
		uint64_t place = r->place[set][i];

		if (!holds(r, place, set, size) ||
		    !ch_hash_eq(&r->entry[(place - 1) % CH_RECENT_MANY], entry))
			continue;
		*index = place - 1;
		return true;
	}
	return false;
}
