/* See setting.h. */
#include "setting.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "client.h"
#include "registry.h"

static struct ch_client client;
static uint16_t port;

ch_span setting_ask(struct world *w, const char *method, const char *path, ch_span body,
    unsigned want)
{
	char url[256];
	ch_client_answer a;
	struct ch_buf b;
	ch_client_sink sink = { .buf = &b };
	const ch_client_ask q = { .method = method, .url = url, .body = body };
	ch_span kept;

	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u%s", port, path);
	ch_buf_init(&b, 1u << 20);
	bench_need(ch_client_do(&a, &client, &q, &sink) == CH_OK, "the registry does not answer");
	kept = world_keep(w, ch_buf_span(&b));
	ch_buf_deinit(&b);
	if (a.status != want)
		(void)fprintf(stderr, "%s %s: %.*s\n", method, path, (int)kept.n, kept.p);
	bench_need(a.status == want, "another status");
	return kept;
}

ch_stmt setting_read(ch_span note, ch_kind kind)
{
	ch_note n;
	ch_stmt s;

	check_ok(ch_note_parse(&n, note, CH_NOTE_TEXT_MAX));
	check_ok(ch_stmt_parse_as(&s, n.text, kind, false));
	return s;
}

ch_stmt setting_stmt(struct world *w, const char *path, ch_kind kind)
{
	return setting_read(setting_ask(w, "GET", path, (ch_span){ 0 }, 200), kind);
}

void setting_meet(struct world *w, const char *dir, uint16_t to)
{
	ch_stmt self;
	const char *why = "";

	port = to;
	check_ok(ch_client_global_init());
	check_ok(ch_client_init(&client));
	world_start_hybrid(w, false);
	self = setting_stmt(w, "/v1/registry", CH_K_REGISTRY);

	w->now = (int64_t)time(NULL) - 3600;
	w->registry.text = self.v[CH_RG_VKEY];
	w->cosigner.text = self.v[CH_RG_COSIGNER];
	for (int p = 0; p < WORLD_PARTIES; p++) {
		w->party[p].version = 0;
		w->party[p].enrolled = 1;
		world_enrol(w, p);
		check_ok(ch_registry_enrol(dir, w->party[p].roster, &why));
		(void)setting_ask(w, "POST", "/v1/rosters", w->party[p].roster, 200);
	}
}

void setting_sign_in(char token[65], struct world *w, int party)
{
	const struct world_party *x = &w->party[party];
	ch_stmt s = { .kind = CH_K_SIGN_IN };
	ch_span answer = setting_ask(w, "POST", "/v1/challenges", (ch_span){ 0 }, 200);

	s.v[CH_SI_PARTY] = x->handle;
	s.v[CH_SI_ROSTER] = world_ref(w, x->ref.n, &x->ref.hash);
	s.v[CH_SI_REGISTRY] = w->origin;
	s.v[CH_SI_CHALLENGE] = world_keep(w, ch_span_of(answer.p + 14, 64));
	s.v[CH_SI_TIME] = world_when(w, (int64_t)time(NULL));
	answer = setting_ask(w, "POST", "/v1/tokens",
	    world_sign_key(w, &x->d[0].sign_in, world_format(w, &s)), 200);
	memcpy(token, answer.p + 10, 64);
}

void setting_part(struct world *w)
{
	world_stop(w);
	ch_client_deinit(&client);
}
