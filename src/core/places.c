/* Trees and places of one log, compared: see places.h. */
#include "places.h"

/* False: another one is there already. */
static bool ch_places_add(struct ch_placed *row, unsigned *n, uint64_t at, const ch_hash *is)
{
	for (unsigned i = 0; i < *n; i++)
		if (row[i].at == at)
			return ch_hash_eq(&row[i].is, is);
	if (*n < CH_PLACES_MAX) {
		row[*n].at = at;
		row[*n].is = *is;
		*n += 1;
	}
	return true;
}

void ch_places_tree(ch_places *p, uint64_t size, const ch_hash *root)
{
	if (!ch_places_add(p->tree, &p->n_trees, size, root))
		p->two_trees = true;
}

void ch_places_entry(ch_places *p, uint64_t index, const ch_hash *entry)
{
	if (!ch_places_add(p->entry, &p->n_entries, index, entry))
		p->two_entries = true;
}
