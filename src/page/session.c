/* Sessions and the one-time token: see desk.h. */
#include "clock.h"
#include "desk.h"
#include "rng.h"
#include "wipe.h"

#define SESSION_MS ((uint64_t)12 * 3600 * 1000)

ch_err ch_secret_text(char out[CH_SECRET_TEXT + 1])
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint8_t raw[CH_SECRET_TEXT];
	ch_err e = ch_random(raw, sizeof raw);

	memset(out, 0, CH_SECRET_TEXT + 1);
	for (unsigned i = 0; e == CH_OK && i < CH_SECRET_TEXT; i++)
		out[i] = digit[raw[i] & 63];
	ch_wipe(raw, sizeof raw);
	return e;
}

static bool is_same(const char *ours, ch_span theirs)
{
	return ours[0] != '\0' && theirs.n == CH_SECRET_TEXT &&
	    ch_ct_equal(ours, theirs.p, CH_SECRET_TEXT);
}

struct ch_session *ch_session_begin(struct ch_desk *k, ch_span token)
{
	struct ch_session *s = &k->session[0];

	if (!is_same(k->first, token))
		return NULL;
	ch_wipe(k->first, sizeof k->first);
	for (unsigned i = 1; i < CH_DESK_SESSIONS; i++)
		if (k->session[i].used_ms < s->used_ms)
			s = &k->session[i];
	memset(s, 0, sizeof *s);
	s->used_ms = ch_clock_ms();
	if (ch_secret_text(s->token) != CH_OK || ch_secret_text(s->csrf) != CH_OK) {
		memset(s, 0, sizeof *s);
		return NULL;
	}
	return s;
}

struct ch_session *ch_session_find(struct ch_desk *k, ch_span cookie)
{
	uint64_t now = ch_clock_ms();

	for (unsigned i = 0; i < CH_DESK_SESSIONS; i++) {
		struct ch_session *s = &k->session[i];

		if (s->token[0] && now - s->used_ms > SESSION_MS)
			memset(s, 0, sizeof *s);
		if (!is_same(s->token, cookie))
			continue;
		s->used_ms = now;
		return s;
	}
	return NULL;
}
