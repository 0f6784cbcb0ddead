/* The JSON of a registry's answers; only link_json.c knows jansson. Inside the desk's link only. */
#ifndef CH_LINK_JSON_H
#define CH_LINK_JSON_H

#include "link.h"

/* From status and body of the last answer, which was no success: the ch_err and the sentence. */
ch_err ch_link_judge(const struct ch_link *l, struct ch_problem *why);

#endif
