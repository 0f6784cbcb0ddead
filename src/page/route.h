/* From a request to its page; of the desk's own files only. */
#ifndef CH_ROUTE_H
#define CH_ROUTE_H

#include "page.h"

void ch_page_route(void *ctx, struct ch_http_req *r);
/* Headers of every answer; `start`: of the first link, which no referrer may carry on. */
const char *ch_page_headers(bool start);
void ch_page_cookie_name(char out[32], const struct ch_desk *k);

#endif
