/* A register in a folder of its own, opened, filled and opened again. */
#ifndef CH_TEST_REGISTER_FIXTURE_H
#define CH_TEST_REGISTER_FIXTURE_H

#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "register.h"
#include "registry.h"

#define REGISTER_FIXTURE __attribute__((unused))

struct fixture {
	char root[200], dir[224];
	struct ch_folder folder;
	struct ch_store *store;
	struct ch_register *g;
};

REGISTER_FIXTURE static ch_err reopen(struct fixture *f)
{
	char path[CH_PATH_MAX];

	ch_register_close(f->g);
	ch_store_close(f->store);
	f->store = NULL;
	check_ok(ch_path(path, "%s/db.sqlite", f->dir));
	check_ok(ch_store_open(&f->store, path));
	return ch_register_open(f->g, f->store, &f->folder, 1795600000);
}

REGISTER_FIXTURE static struct fixture *start(void)
{
	struct fixture *f = calloc(1, sizeof *f);
	const char *why;

	assert_non_null(f);
	check_ok(ch_crypto_init());
	check_folder(f->root, sizeof f->root, "register");
	(void)snprintf(f->dir, sizeof f->dir, "%s/r", f->root);
	check_ok(ch_registry_init(f->dir, CH_LIT("registry.example"), (ch_span){ 0 }, &why));
	check_err(ch_registry_init(f->dir, CH_LIT("registry.example"), (ch_span){ 0 }, &why),
	    CH_E_CONFLICT);
	check_ok(ch_folder_open(&f->folder, f->dir));
	f->g = calloc(1, sizeof *f->g);
	assert_non_null(f->g);
	check_ok(reopen(f));
	return f;
}

REGISTER_FIXTURE static void stop(struct fixture *f)
{
	char cmd[256];

	ch_register_close(f->g);
	ch_store_close(f->store);
	(void)snprintf(cmd, sizeof cmd, "rm -rf %s", f->root);
	assert_int_equal(system(cmd), 0);
	free(f->g);
	free(f);
}

/* One batch of n entries; the text of entry i is its number. */
REGISTER_FIXTURE static void batch(struct fixture *f, size_t n)
{
	uint64_t index;

	check_ok(ch_store_begin(f->store));
	for (size_t i = 0; i < n; i++) {
		char text[32];

		(void)snprintf(text, sizeof text, "%llu\n",
		    (unsigned long long)f->g->next.size);
		check_ok(ch_register_add(&index, f->g, CH_K_STATEMENT, ch_span_str(text),
		    ch_span_str(text), NULL));
		assert_int_equal(index + 1, f->g->next.size);
	}
	check_ok(ch_register_seal(f->g, 1795600000));
	check_ok(ch_store_commit(f->store));
	check_ok(ch_register_publish(f->g));
	assert_int_equal(f->g->done.size, f->g->next.size);
}

#endif
