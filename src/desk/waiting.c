/* Papers that wait for a hardware key: see waiting.h. arrive.c puts them there. */
#include "waiting.h"

#include "arrive.h"

ch_err ch_waiting_text(char out[CH_PATH_MAX], const struct ch_talks *talks, const char *number)
{
	return ch_path(out, "talks %s\nnumber %s\n", talks->name, number);
}

static ch_err list(struct ch_dir *d, const struct ch_home *home)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, home, "waiting");

	*d = (struct ch_dir){ 0 };
	if (e == CH_OK)
		e = ch_dir_list(d, path, CH_DOSSIER_LIST_MAX);
	return e == CH_E_ABSENT ? CH_OK : e;
}

size_t ch_waiting_n(const struct ch_home *home)
{
	struct ch_dir d;
	size_t n = list(&d, home) == CH_OK ? d.n : 0;

	ch_dir_deinit(&d);
	return n;
}

static bool is_wanted(const struct ch_home *home, const char *hex, const char *want)
{
	char path[CH_PATH_MAX];
	uint8_t text[CH_PATH_MAX];
	size_t n;

	return ch_home_path(path, home, "waiting/%s/number.txt", hex) == CH_OK &&
	    ch_file_read_into(text, &n, sizeof text, path) == CH_OK &&
	    ch_span_eq(ch_span_of(text, n), ch_span_str(want));
}

ch_err ch_waiting_take(char number[CH_NUMBER_MAX + 1], struct ch_watch *w,
    const struct ch_talks *talks, ch_span asked, struct ch_problem *why)
{
	char whole[CH_NUMBER_MAX + 1], want[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = ch_dossier_number(whole, asked);

	memset(number, 0, CH_NUMBER_MAX + 1);
	if (e == CH_OK)
		e = ch_waiting_text(want, talks, whole);
	if (e == CH_OK)
		e = list(&d, w->home);
	if (e == CH_OK)
		e = CH_E_ABSENT;
	for (size_t i = 0; e == CH_E_ABSENT && i < d.n; i++)
		if (is_wanted(w->home, d.names[i], want))
			e = ch_arrive(number, w, talks, 1, ch_span_str(d.names[i]), why);
	ch_dir_deinit(&d);
	return e == CH_E_FORMAT ? CH_E_ABSENT : e;
}
