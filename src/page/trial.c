/* A registry on trial: see trial.h. */
#include "trial.h"

#include <stdio.h>

#include "clock.h"
#include "dec.h"
#include "hex.h"
#include "registry.h"
#include "rng.h"
#include "thread.h"

#define AGAIN_MS 10000u
#define WAIT_MS  15000u
#define SELF "/proc/self/exe"

static ch_err path_of(char out[CH_PATH_MAX], const struct ch_trial *t, const char *name)
{
	return ch_path(out, "%s/%s", t->dir, name);
}

static unsigned read_port(const struct ch_trial *t, const char *name)
{
	uint8_t text[16];
	char path[CH_PATH_MAX];
	uint64_t port = 0;
	size_t n;
	struct ch_rd r;

	if (path_of(path, t, name) != CH_OK ||
	    ch_file_read_into(text, &n, sizeof text, path) != CH_OK)
		return 0;
	r = ch_rd_of(ch_span_of(text, n));
	if (ch_dec_parse(&port, ch_rd_line1(&r), UINT16_MAX) != CH_OK || r.err != CH_OK)
		return 0;
	return (unsigned)port;
}

static ch_err read_origin(struct ch_trial *t)
{
	static const char *const none = "";
	const char *said = none;
	char path[CH_PATH_MAX];
	ch_registry_facts *f = ch_alloc(sizeof *f);
	ch_err e = f ? path_of(path, t, "registry") : CH_E_NOMEM;

	if (e == CH_OK)
		e = ch_registry_status(f, path, &said);
	if (e == CH_OK)
		memcpy(t->origin, f->origin, sizeof t->origin);
	ch_free(f, sizeof *f);
	return e;
}

static ch_err place(struct ch_trial *t)
{
	struct ch_dir d;
	struct ch_problem why = { 0 };
	ch_err e = ch_home_list(&d, t->dir, "trial", &why);

	ch_dir_deinit(&d);
	return e;
}

void ch_trial_find(struct ch_trial *t)
{
	char path[CH_PATH_MAX];
	uint64_t size;

	if (place(t) == CH_OK && path_of(path, t, "registry/registry.txt") == CH_OK &&
	    ch_file_size(&size, path) == CH_OK && read_origin(t) == CH_OK)
		t->wanted = true;
}

static void start(struct ch_trial *t)
{
	char dir[CH_PATH_MAX], ready[CH_PATH_MAX], log[CH_PATH_MAX], listen_at[40];
	const char *const argv[] = { "chancery", "registry", "run", dir, "--listen", listen_at,
		"--port-file", ready, "--with-parent", "--log", "plain", NULL };

	t->next_ms = ch_clock_ms() + AGAIN_MS;
	if (path_of(dir, t, "registry") != CH_OK || path_of(ready, t, "ready") != CH_OK ||
	    path_of(log, t, "log") != CH_OK)
		return;
	(void)!ch_file_unlink(ready);
	(void)snprintf(listen_at, sizeof listen_at, "127.0.0.1:%u", read_port(t, "port"));
	t->runs = ch_child_serve(&t->child, SELF, argv, log) == CH_OK;
}

/* The port stays what it was the first time: it stands in charters. */
static void see_ready(struct ch_trial *t)
{
	char path[CH_PATH_MAX], line[16];
	unsigned port = read_port(t, "ready");

	if (port == 0 || path_of(path, t, "port") != CH_OK)
		return;
	(void)snprintf(line, sizeof line, "%u\n", port);
	if (read_port(t, "port") == port || ch_file_write(path, ch_span_str(line), 0600) == CH_OK)
		t->port = port;
}

void ch_trial_tick(struct ch_trial *t)
{
	if (!t->wanted)
		return;
	if (t->runs && ch_child_is_over(&t->child)) {
		/* Another desk may have it: it is reached there as well as here. */
		t->runs = false;
		t->port = read_port(t, "port");
	}
	if (!t->runs && ch_clock_ms() >= t->next_ms)
		start(t);
	if (t->runs && t->port == 0)
		see_ready(t);
}

void ch_trial_end(struct ch_trial *t)
{
	int status;

	if (t->runs)
		ch_child_end(&t->child, &status, 0);
	t->runs = false;
}

/* ---- for jobs ---- */

static ch_err make(struct ch_trial *t, struct ch_problem *why)
{
	char origin[40] = "exercise.trial-", path[CH_PATH_MAX];
	struct ch_wr w = ch_wr_of(&origin[15], 8);
	const char *said = "";
	uint8_t id[4];
	ch_err e = ch_random(id, sizeof id);

	ch_hex_put(&w, ch_span_of(id, sizeof id));
	if (e == CH_OK)
		e = place(t);
	if (e == CH_OK)
		e = ch_dir_make(t->dir);
	if (e == CH_OK)
		e = path_of(path, t, "registry");
	if (e == CH_OK)
		e = ch_registry_init(path, ch_span_str(origin), (ch_span){ 0 }, &said);
	if (e == CH_OK)
		e = read_origin(t);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the trial registry could not be made in %s: %s",
		    t->dir, said[0] ? said : ch_err_text(e));
	t->wanted = true;
	return CH_OK;
}

ch_err ch_trial_have(struct ch_trial *t, struct ch_http_server *http, struct ch_problem *why)
{
	uint64_t end = ch_clock_ms() + WAIT_MS;
	ch_err e = t->wanted ? CH_OK : make(t, why);

	while (e == CH_OK && t->port == 0) {
		if (ch_clock_ms() > end)
			return ch_problem_set(why, CH_E_NET, "the trial registry does not start; "
			    "what it said stands in %s/log", t->dir);
		ch_http_server_wake(http);
		ch_thread_rest(20);
	}
	return e;
}

void ch_trial_url(char out[CH_LINK_URL_MAX], const struct ch_trial *t)
{
	(void)snprintf(out, CH_LINK_URL_MAX, "http://127.0.0.1:%u", (unsigned)t->port);
}

bool ch_trial_is(const struct ch_trial *t, ch_span origin)
{
	return t->wanted && ch_span_eq(origin, ch_span_str(t->origin));
}

ch_err ch_trial_admit(const struct ch_trial *t, ch_span roster, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	const char *said = "";
	ch_err e = path_of(path, t, "registry");

	if (e == CH_OK)
		e = ch_registry_enrol(path, roster, &said);
	if (e != CH_OK)
		ch_problem_set(why, e, "the trial registry did not admit the party: %s",
		    said[0] ? said : ch_err_text(e));
	return e;
}
