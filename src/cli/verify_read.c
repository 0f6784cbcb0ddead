/* Files and folders, into one bounded pool. Nothing read here is trusted. */
#include "verify.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "text.h"

static uint8_t pool[CH_VERIFY_POOL];
static size_t pool_used;
static char name_pool[CH_VERIFY_ITEMS_MAX * 128];
static const char *name_list[CH_VERIFY_ITEMS_MAX];

void ch_verify_complain(const char *path, const char *what, const char *advice)
{
	static uint8_t b[3 * CH_VERIFY_PATH]; /* static: callers' frames hold paths already */
	struct ch_wr w = ch_wr_of(b, sizeof b);

	ch_text_mark(&w, ch_span_str(path));
	fflush(stdout);
	fprintf(stderr, "chancery-verify: %.*s: %s; %s\n", (int)ch_wr_span(&w).n,
	    (const char *)ch_wr_span(&w).p, what, advice);
}

void ch_verify_pool_clear(size_t keep)
{
	pool_used = keep;
}

size_t ch_verify_pool_used(void)
{
	return pool_used;
}

bool ch_verify_read(ch_span *out, const char *path, size_t max)
{
	size_t room = sizeof pool - pool_used, n;
	FILE *f = fopen(path, "rb");
	bool ok;

	*out = (ch_span){ 0 };
	if (!f) {
		ch_verify_complain(path, strerror(errno), "check the name");
		return false;
	}
	if (max < room)
		room = max + 1;
	n = fread(pool + pool_used, 1, room, f);
	ok = !ferror(f);
	(void)fclose(f);
	if (!ok) {
		ch_verify_complain(path, "it cannot be read", "check the file");
	} else if (n > max || n == sizeof pool - pool_used) {
		ch_verify_complain(path, "larger than such a file can be", "check the name");
		ok = false;
	} else {
		*out = ch_span_of(pool + pool_used, n);
		pool_used += n;
	}
	return ok;
}

bool ch_verify_is_dir(const char *path, bool *is_dir)
{
	struct stat st;

	*is_dir = false;
	if (stat(path, &st) != 0) {
		ch_verify_complain(path, strerror(errno), "check the name");
		return false;
	}
	*is_dir = S_ISDIR(st.st_mode);
	if (!*is_dir && !S_ISREG(st.st_mode)) {
		ch_verify_complain(path, "neither a file nor a folder", "check the name");
		return false;
	}
	return true;
}

bool ch_verify_join(char out[CH_VERIFY_PATH], const char *dir, const char *name)
{
	int n = snprintf(out, CH_VERIFY_PATH, "%s/%s", dir, name);

	return n > 0 && (size_t)n < CH_VERIFY_PATH;
}

/* Keep the list sorted as it grows: folders are short. */
static void ch_verify_insert(size_t n, const char *name)
{
	size_t i = n;

	while (i > 0 && strcmp(name_list[i - 1], name) > 0) {
		name_list[i] = name_list[i - 1];
		i--;
	}
	name_list[i] = name;
}

bool ch_verify_list(const char *const **names, size_t *n, const char *dir)
{
	DIR *d = opendir(dir);
	size_t used = 0;
	struct dirent *e;

	*names = name_list;
	*n = 0;
	if (!d) {
		ch_verify_complain(dir, strerror(errno), "check the name");
		return false;
	}
	while ((e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name) + 1;

		if (e->d_name[0] == '.')
			continue;
		if (*n == CH_VERIFY_ITEMS_MAX || len > sizeof name_pool - used) {
			(void)closedir(d);
			ch_verify_complain(dir, "too many files", "give them one by one");
			return false;
		}
		memcpy(name_pool + used, e->d_name, len);
		ch_verify_insert((*n)++, name_pool + used);
		used += len;
	}
	(void)closedir(d);
	return true;
}

bool ch_verify_open_pack(struct ch_verify_item *it, const char *path)
{
	ch_span in;

	return ch_verify_read(&in, path, CH_PACK_MAX) && ch_verify_take_pack(it, path, in);
}

bool ch_verify_take_pack(struct ch_verify_item *it, const char *path, ch_span in)
{
	memset(it, 0, sizeof *it);
	it->path = path;
	if (ch_verdict_open(&it->verdict, in) != CH_OK) {
		ch_verify_complain(path, it->verdict.what, it->verdict.advice);
		return false;
	}
	return true;
}

/* `handover.proof.txt` is the part `handover.proof`, `keybox.age` is `keybox`. */
static ch_span ch_verify_stem(const char *name)
{
	size_t n = strlen(name);

	if (n > 4 && (strcmp(name + n - 4, ".txt") == 0 || strcmp(name + n - 4, ".age") == 0))
		n -= 4;
	return ch_span_of(name, n);
}

/* A record in a folder has no type line: its submission says whether it is a drill. */
static bool ch_verify_submission_is_exercise(const struct ch_verdict *v)
{
	const ch_part *p = ch_pack_find(v->part, v->n, CH_LIT("submission"));
	struct ch_rd r = ch_rd_of(p ? p->bytes : (ch_span){ 0 });

	return ch_rd_starts(&r, CH_LIT("chancery-exercise/"));
}

/* What lies beside a record and is no part of it: the sealed envelope, what export adds for people,
 * what a desk keeps for itself. */
static bool ch_verify_is_beside(const char *name)
{
	static const char *const whole[] = {
		"README.txt", "cover.age", "envelope.age", "key.age", "paper", "policy",
		"trust.txt",
	};

	for (size_t i = 0; i < CH_COUNT(whole); i++)
		if (strcmp(name, whole[i]) == 0)
			return true;
	return strncmp(name, "export.", 7) == 0 || strncmp(name, "pending.", 8) == 0;
}

bool ch_verify_open_record_dir(struct ch_verify_item *it, const char *dir)
{
	struct ch_verdict *v = &it->verdict;
	char path[CH_VERIFY_PATH];
	const char *const *names;
	size_t n;

	memset(it, 0, sizeof *it);
	it->path = dir;
	v->kind = CH_PACK_RECORD;
	if (!ch_verify_list(&names, &n, dir))
		return false;
	for (size_t i = 0; i < n; i++) {
		ch_span stem = ch_verify_stem(names[i]);

		if (ch_verify_is_beside(names[i]))
			continue;
		if (v->n == CH_PACK_PARTS_MAX || !ch_verify_join(path, dir, names[i])) {
			ch_verify_complain(dir, "too many files", "give the record as one file");
			return false;
		}
		v->part[v->n].name = stem;
		if (!ch_verify_read(&v->part[v->n].bytes, path, CH_PACK_MAX))
			return false;
		v->n++;
	}
	v->exercise = ch_verify_submission_is_exercise(v);
	return true;
}
