/* See place.h. */
#include "place.h"

#include "rd.h"

ch_err ch_place_open(struct ch_place *p, const char *at)
{
	struct ch_rd r = ch_rd_of(ch_span_str(at));
	size_t n;
	ch_err e;

	memset(p, 0, sizeof *p);
	p->remote = ch_rd_starts(&r, CH_LIT("http://")) || ch_rd_starts(&r, CH_LIT("https://"));
	if ((e = ch_path(p->at, "%s", at)) != CH_OK)
		return e;
	for (n = strlen(p->at); n > 1 && p->at[n - 1] == '/'; n--)
		p->at[n - 1] = '\0';
	return p->remote ? ch_client_init(&p->client) : CH_OK;
}

void ch_place_forget(struct ch_place *p)
{
	ch_ahead_free(p->ahead);
	p->ahead = NULL;
}

void ch_place_close(struct ch_place *p)
{
	ch_client_deinit(&p->client);
	ch_place_forget(p);
	memset(p, 0, sizeof *p);
}

void ch_place_ahead(struct ch_place *p, const char *path, size_t max, unsigned total_ms)
{
	char full[CH_PATH_MAX];

	if (p->remote && ch_path(full, "%s/%s", p->at, path) == CH_OK &&
	    (p->ahead || ch_ahead_new(&p->ahead) == CH_OK))
		ch_ahead_want(p->ahead, full, max, total_ms);
}

ch_err ch_place_get(struct ch_buf *out, unsigned *status, struct ch_place *p, const char *path,
    unsigned total_ms)
{
	char full[CH_PATH_MAX];
	const ch_client_ask ask = { .method = "GET", .url = full, .total_ms = total_ms };
	const ch_client_sink sink = { .buf = out };
	ch_client_answer a;
	ch_err e;

	*status = 0;
	ch_buf_reset(out);
	if ((e = ch_path(full, "%s/%s", p->at, path)) != CH_OK)
		return e;
	if (!p->remote)
		return ch_file_read(out, full);
	if (!p->ahead || ch_ahead_take(&a, out, p->ahead, full) != CH_OK)
		e = ch_client_do(&a, &p->client, &ask, &sink);
	if (e != CH_OK)
		return e;
	*status = a.status;
	if (a.status == 200 && a.coding[0] != '\0') {
		memcpy(p->coding, a.coding, sizeof p->coding);
		return CH_E_FORMAT;
	}
	if (a.status == 200)
		return CH_OK;
	return a.status == 404 || a.status == 410 ? CH_E_ABSENT : CH_E_NET;
}
