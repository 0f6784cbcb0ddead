/* Whom the judges' targets believe: the small world of test/world.h, so that seeds verify. */
#ifndef CH_FUZZ_JUDGE_TRUST_H
#define CH_FUZZ_JUDGE_TRUST_H

#include "trust.h"

static const char judge_trust_text[] =
    "registry register.example+5992a668+ATyYP1Mp3zI0z2q75p1/C1onX6o9vGi034kU9L4I3+yt\n"
    "party alpha.example alpha.example+fedc2a3e+AbfbqGbsI9AttO5vSKIrSWlQrAbMilfscl3QG"
    "gXGtNMB\n"
    "party bravo.example bravo.example+ebe58fb8+AYgkSWxnNyCk2oV6A+XQR8oOPhktbujek01p+"
    "es0w06l\n"
    "registry exercise.register.example+f9bb3807+AYs+ERLXz5vC6+eqa7tuT/9ViO0bUrzEelaF"
    "kBO0oLth\n";

static inline const ch_trust *judge_trust(void)
{
	static ch_trust t;

	if (t.n_parties == 0) {
		CH_ASSERT(ch_crypto_init() == CH_OK);
		CH_ASSERT(ch_trust_parse(&t, ch_span_str(judge_trust_text), NULL) == CH_OK);
	}
	return &t;
}

#endif
