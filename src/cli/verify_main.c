/* chancery-verify: see doc/verify.md. */
#include "verify.h"

#ifndef CH_VERSION
#define CH_VERSION "0"
#endif

static ch_trust trust;
static ch_policy policy;
static struct ch_verify_item item;

static const char help[] =
    "usage: chancery-verify [--trust FILE] [--policy FILE] [--entry FILE] [--exercise-ok]\n"
    "                       [--json] FILE|FOLDER...\n"
    "\n"
    "Says what an extract, a delivery record, a public statement, a published folder or a\n"
    "split view shows, by whom, between which times, and what it does not show. Needs no\n"
    "network.\n"
    "\n"
    "  --trust FILE    whose keys you believe: lines `registry <key>`, `party <handle> <key>`.\n"
    "                  A published folder brings its own trust.txt; compare it before you use it.\n"
    "  --policy FILE   which cosigners of the register you ask for (c2sp.org/tlog-policy)\n"
    "  --entry FILE    the entry of a log whose proof of place (c2sp.org/tlog-proof) is given\n"
    "  --exercise-ok   a drill that holds counts as proven; it is still said to be a drill\n"
    "  --json          the same for programs\n"
    "  --version, --help\n"
    "\n"
    "example: chancery-verify --trust trust.txt 0001-confirmation.txt\n"
    "\n"
    "exit: 0 proven, 1 not proven, 2 bad input or usage, 5 our fault\n";

static int ch_main_usage(const char *what)
{
	fprintf(stderr, "chancery-verify: %s; `chancery-verify --help` shows an example\n", what);
	return CH_EXIT_INPUT;
}

static bool ch_main_read_trust(struct ch_verify *v, const char *path)
{
	const ch_policy *given = trust.policy;
	struct ch_diag diag;
	ch_span text;
	ch_err e;

	if (!ch_verify_read(&text, path, CH_TRUST_TEXT_MAX))
		return false;
	e = ch_trust_parse(&trust, text, &diag);
	trust.policy = given;
	if (e != CH_OK) {
		char what[160];

		(void)snprintf(what, sizeof what, "byte %zu: %s", diag.at,
		    diag.what ? diag.what : "not a trust file");
		ch_verify_complain(path, what, "correct the line");
		return false;
	}
	v->has_trust = true;
	return true;
}

static bool ch_main_read_policy(const char *path)
{
	struct ch_diag diag = { 0 };
	ch_span text;

	if (!ch_verify_read(&text, path, CH_POLICY_TEXT_MAX))
		return false;
	if (ch_policy_parse(&policy, text, &diag) != CH_OK) {
		char what[160];

		(void)snprintf(what, sizeof what, "byte %zu: %s", diag.at,
		    diag.what ? diag.what : "not a policy");
		ch_verify_complain(path, what, "correct the line");
		return false;
	}
	trust.policy = &policy;
	return true;
}

static bool ch_main_exists(char path[CH_VERIFY_PATH], const char *dir, const char *name)
{
	FILE *f = ch_verify_join(path, dir, name) ? fopen(path, "rb") : NULL;

	if (f)
		(void)fclose(f);
	return f != NULL;
}

static void ch_main_place(struct ch_verify_place *place, const struct ch_verdict *v)
{
	place->paper = ch_verdict_paper(v);
	place->exercise = v->exercise;
	place->proven = v->holds;
	place->has_index = ch_verdict_place(&place->index, v);
	if (v->kind != CH_PACK_RECORD && ch_verdict_registry(v).n)
		ch_sha256(&place->registry, ch_verdict_registry(v));
}

int ch_verify_item(struct ch_verify *v, struct ch_verify_item *it,
    struct ch_verify_place *place, bool quiet)
{
	struct ch_verdict *d = &it->verdict;
	ch_span name = ch_span_str(it->path);
	ch_err e;

	*place = (struct ch_verify_place){ 0 };
	d->own_trust = v->own_trust;
	e = ch_verdict_judge(d, v->trust);
	if (e != CH_OK) {
		if (!quiet)
			ch_verify_complain(it->path, d->what, d->advice);
		return e == CH_E_AUTH && d->kind != CH_PACK_RECORD ? CH_EXIT_NOT : CH_EXIT_INPUT;
	}
	ch_main_place(place, d);
	if (quiet && v->brief)
		ch_verdict_story(&v->out, d);
	else if (!quiet && v->json) {
		ch_tell(&v->out, v->n_items++ ? ",\n" : "[\n");
		ch_verdict_json(&v->out, d, name);
	} else if (!quiet)
		ch_verdict_tell(&v->out, d, name);
	return d->holds && (!d->exercise || v->exercise_ok) ? CH_EXIT_PROVEN : CH_EXIT_NOT;
}

static int ch_main_no_trust(const char *path)
{
	ch_verify_complain(path, "no keys to judge it by",
	    "give --trust FILE with lines `registry <key>` and `party <handle> <key>`");
	return CH_EXIT_INPUT;
}

/* A published folder, with its own keys and policy unless others were given. */
static int ch_main_folder(struct ch_verify *v, const char *dir)
{
	struct ch_verify mine = *v;
	char path[CH_VERIFY_PATH];
	int rc;

	if (!v->has_trust) {
		if (!ch_main_exists(path, dir, "trust.txt"))
			return ch_main_no_trust(dir);
		if (!ch_main_read_trust(&mine, path))
			return CH_EXIT_INPUT;
		mine.own_trust = true;
		if (!v->json)
			ch_tell(&v->out, "The keys are those of the folder itself (trust.txt)."
			    " Compare them with a source that you trust.\n");
	}
	if (!trust.policy && ch_main_exists(path, dir, "policy") && !ch_main_read_policy(path))
		return CH_EXIT_INPUT;
	rc = ch_verify_folder(&mine, dir);
	v->n_items = mine.n_items;
	v->out = mine.out;
	return rc;
}

static int ch_main_file(struct ch_verify *v, const char *path)
{
	struct ch_verify_place place;
	ch_span in;

	if (!ch_verify_read(&in, path, CH_PACK_MAX))
		return CH_EXIT_INPUT;
	if (ch_verify_is_proof(in))
		return ch_verify_proof(v, path, in);
	return ch_verify_take_pack(&item, path, in) ? ch_verify_item(v, &item, &place, false)
						    : CH_EXIT_INPUT;
}

static int ch_main_one(struct ch_verify *v, const char *path)
{
	struct ch_verify_place place;
	char probe[CH_VERIFY_PATH];
	const ch_policy *given = trust.policy;
	size_t keep = ch_verify_pool_used();
	bool is_dir;
	int rc;

	if (!ch_verify_is_dir(path, &is_dir))
		return CH_EXIT_INPUT;
	if (is_dir && !ch_main_exists(probe, path, "submission.txt")) {
		rc = ch_main_folder(v, path);
		trust.policy = given;
	} else if (!v->has_trust) {
		rc = ch_main_no_trust(path);
	} else if (!is_dir) {
		rc = ch_main_file(v, path);
	} else {
		rc = ch_verify_open_record_dir(&item, path)
		    ? ch_verify_item(v, &item, &place, false) : CH_EXIT_INPUT;
	}
	ch_verify_pool_clear(keep);
	return rc;
}

/* Options first to last; returns the exit code, or -1 to go on with argv[*first]. */
static int ch_main_options(struct ch_verify *v, int argc, char **argv, int *first)
{
	const char *policy_path = NULL;
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			ch_tell(&v->out, help);
			return CH_EXIT_PROVEN;
		} else if (strcmp(argv[i], "--version") == 0) {
			ch_tell(&v->out, "chancery-verify " CH_VERSION "\n");
			return CH_EXIT_PROVEN;
		} else if (strcmp(argv[i], "--json") == 0) {
			v->json = true;
		} else if (strcmp(argv[i], "--exercise-ok") == 0) {
			v->exercise_ok = true;
		} else if (strcmp(argv[i], "--trust") == 0 && i + 1 < argc) {
			if (v->has_trust)
				return ch_main_usage("--trust stands there twice");
			if (!ch_main_read_trust(v, argv[++i]))
				return CH_EXIT_INPUT;
		} else if (strcmp(argv[i], "--policy") == 0 && i + 1 < argc) {
			policy_path = argv[++i];
		} else if (strcmp(argv[i], "--entry") == 0 && i + 1 < argc) {
			if (!ch_verify_read(&v->entry, argv[++i], CH_ENTRY_MAX))
				return CH_EXIT_INPUT;
			v->has_entry = true;
		} else if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		} else {
			return ch_main_usage("an unknown option, or one without its file");
		}
	}
	if (policy_path && !ch_main_read_policy(policy_path))
		return CH_EXIT_INPUT;
	*first = i;
	return i < argc ? -1 : ch_main_usage("no file given");
}

static ch_err ch_main_emit(void *ctx, ch_span bytes)
{
	(void)ctx;
	return fwrite(bytes.p, 1, bytes.n, stdout) == bytes.n ? CH_OK : CH_E_IO;
}

static void ch_main_flush(struct ch_verify *v)
{
	if (fflush(stdout) != 0)
		v->out.err = CH_E_IO;
}

int main(int argc, char **argv)
{
	struct ch_verify v = { .trust = &trust, .out = { .emit = ch_main_emit } };
	int first = 1, rc, all = CH_EXIT_PROVEN;

	if (ch_crypto_init() != CH_OK) {
		fprintf(stderr,
		    "chancery-verify: libsodium or OpenSSL does not start; reinstall them\n");
		return CH_EXIT_FAULT;
	}
	rc = ch_main_options(&v, argc, argv, &first);
	if (rc >= 0) {
		ch_main_flush(&v);
		return rc;
	}
	for (int i = first; i < argc; i++) {
		if (i > first && !v.json)
			ch_tell(&v.out, "\n");
		rc = ch_main_one(&v, argv[i]);
		all = rc > all ? rc : all;
	}
	if (v.json)
		ch_tell(&v.out, v.n_items ? "\n]\n" : "[]\n");
	ch_main_flush(&v);
	if (v.out.err != CH_OK) {
		fprintf(stderr,
		    "chancery-verify: standard output: cannot be written; check the disk\n");
		return CH_EXIT_FAULT;
	}
	return all;
}
