/*
 * A published folder: trust.txt, policy, checkpoint, README.txt, and items 0001-<kind>.txt. They
 * are said in the order of the register, which nobody can bend, and not in that of their names.
 */
#include "verify.h"

struct ch_folder_item {
	char path[256]; /* the name alone */
	struct ch_verify_place place;
	bool sound;
};

static struct ch_folder_item folder_item[CH_VERIFY_ITEMS_MAX];
static size_t folder_n;
static struct ch_verify_item folder_pack;

/* `0001-confirmation.txt` */
static bool ch_folder_is_item(const char *name)
{
	size_t n = strlen(name);

	if (n < 10 || n >= sizeof folder_item[0].path || strcmp(name + n - 4, ".txt") != 0)
		return false;
	for (size_t i = 0; i < 4; i++)
		if (name[i] < '0' || name[i] > '9')
			return false;
	return name[4] == '-';
}

static bool ch_folder_list(const char *dir)
{
	const char *const *names;
	size_t n;

	folder_n = 0;
	if (!ch_verify_list(&names, &n, dir))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!ch_folder_is_item(names[i]))
			continue;
		struct ch_folder_item *it = &folder_item[folder_n++];

		memset(it, 0, sizeof *it);
		memcpy(it->path, names[i], strlen(names[i]) + 1);
	}
	if (folder_n == 0)
		ch_verify_complain(dir, "neither 0001-confirmation.txt nor submission.txt or the"
		    " like stands in it",
		    "give a published folder, or a folder that is a delivery record");
	return folder_n > 0;
}

/* By register, then place; what has no place comes last, in the order of names. */
static bool ch_folder_before(const struct ch_folder_item *a, const struct ch_folder_item *b)
{
	if (a->place.has_index != b->place.has_index)
		return a->place.has_index;
	if (!a->place.has_index)
		return false;
	int c = ch_span_cmp(ch_span_of(a->place.registry.b, sizeof a->place.registry.b),
	    ch_span_of(b->place.registry.b, sizeof b->place.registry.b));

	return c != 0 ? c < 0 : a->place.index < b->place.index;
}

static void ch_folder_sort(void)
{
	for (size_t i = 1; i < folder_n; i++)
		for (size_t k = i; k > 0 && ch_folder_before(&folder_item[k], &folder_item[k - 1]);
		     k--) {
			struct ch_folder_item t = folder_item[k];

			folder_item[k] = folder_item[k - 1];
			folder_item[k - 1] = t;
		}
}

static int ch_folder_one(struct ch_verify *v, const char *dir, struct ch_folder_item *it,
    bool quiet)
{
	char path[CH_VERIFY_PATH];
	size_t keep = ch_verify_pool_used();
	int rc = CH_EXIT_INPUT;

	if (ch_verify_join(path, dir, it->path) && ch_verify_open_pack(&folder_pack, path)) {
		folder_pack.path = it->path;
		rc = ch_verify_item(v, &folder_pack, &it->place, quiet);
	}
	it->sound = rc == CH_EXIT_PROVEN || rc == CH_EXIT_NOT;
	ch_verify_pool_clear(keep);
	return rc;
}

static void ch_folder_say_checkpoint(struct ch_verify *v, const char *dir)
{
	static ch_note note;
	ch_checkpoint cp;
	char path[CH_VERIFY_PATH];
	ch_span in;
	FILE *probe;

	if (v->json || !ch_verify_join(path, dir, "checkpoint") || !(probe = fopen(path, "rb")))
		return;
	(void)fclose(probe);
	if (!ch_verify_read(&in, path, CH_NOTE_TEXT_MAX))
		return;
	for (size_t i = 0; i < v->trust->n_registries; i++) {
		if (ch_checkpoint_open(&cp, &note, in, &v->trust->registry[i]) != CH_OK)
			continue;
		ch_tell(&v->out, "The register of ");
		ch_tell_span(&v->out, cp.origin);
		ch_tell(&v->out, " had ");
		ch_tell_dec(&v->out, cp.size);
		ch_tell(&v->out, " places when this folder was published.\n\n");
		return;
	}
	ch_tell(&v->out,
	    "The file `checkpoint` is not signed by a registry of the trust file.\n\n");
}

/* Which earlier item of the list is about the same paper; i when none is. */
static size_t ch_folder_same(size_t i)
{
	static const ch_hash none;

	if (ch_hash_eq(&folder_item[i].place.paper, &none))
		return i;
	for (size_t k = 0; k < i; k++)
		if (folder_item[k].sound &&
		    ch_hash_eq(&folder_item[k].place.paper, &folder_item[i].place.paper))
			return k;
	return i;
}

static void ch_folder_say_same(struct ch_verify *v, size_t i)
{
	size_t k = ch_folder_same(i);

	if (k == i)
		return;
	ch_tell(&v->out, "(about the same paper as ");
	ch_tell_span(&v->out, ch_span_str(folder_item[k].path));
	ch_tell(&v->out, ")\n");
}

/* The chronology: numbered sentences. Places without proof are not numbered. */
static void ch_folder_say_story(struct ch_verify *v, const char *dir)
{
	ch_tell(&v->out, "In short:\n");
	v->brief = true;
	for (size_t i = 0; i < folder_n; i++) {
		if (!folder_item[i].sound)
			continue;
		ch_tell(&v->out, "  ");
		if (folder_item[i].place.has_index)
			ch_tell_dec(&v->out, i + 1);
		else
			ch_tell(&v->out, "cannot be ordered");
		ch_tell(&v->out, folder_item[i].place.exercise ? ". EXERCISE: " : ". ");
		(void)ch_folder_one(v, dir, &folder_item[i], true);
		if (ch_folder_same(i) != i) {
			ch_tell(&v->out, " (the paper of ");
			ch_tell_dec(&v->out, ch_folder_same(i) + 1);
			ch_tell(&v->out, ")");
		}
		ch_tell(&v->out, ".\n");
	}
	v->brief = false;
	ch_tell(&v->out, "\n");
}

static int ch_folder_worse(int a, int b)
{
	return a > b ? a : b;
}

/* The last line, which is all that some will look at. */
static void ch_folder_say_sum(struct ch_verify *v, size_t bad)
{
	if (bad == 0) {
		ch_tell(&v->out, "Every item holds as far as said above.\n");
		return;
	}
	ch_tell_dec(&v->out, bad);
	ch_tell(&v->out, " of ");
	ch_tell_dec(&v->out, folder_n);
	ch_tell(&v->out, " items do NOT hold: see above.\n");
}

int ch_verify_folder(struct ch_verify *v, const char *dir)
{
	int rc = CH_EXIT_PROVEN;
	size_t unplaced = 0, bad = 0;

	if (!ch_folder_list(dir))
		return CH_EXIT_INPUT;
	for (size_t i = 0; i < folder_n; i++)
		(void)ch_folder_one(v, dir, &folder_item[i], true);
	ch_folder_sort();
	if (!v->json) {
		ch_tell(&v->out,
		    "What follows stands in the order of the register, the earliest first.\n");
		ch_folder_say_checkpoint(v, dir);
		ch_folder_say_story(v, dir);
	}
	for (size_t i = 0; i < folder_n; i++) {
		if (!v->json && folder_item[i].sound && !folder_item[i].place.has_index &&
		    unplaced++ == 0)
			ch_tell(&v->out, "These have no proven place and cannot be ordered:\n\n");
		rc = ch_folder_worse(rc, ch_folder_one(v, dir, &folder_item[i], false));
		bad += !folder_item[i].sound || !folder_item[i].place.proven;
		if (!v->json && folder_item[i].sound) {
			ch_folder_say_same(v, i);
			ch_tell(&v->out, "\n");
		}
	}
	if (!v->json)
		ch_folder_say_sum(v, bad);
	return rc;
}
