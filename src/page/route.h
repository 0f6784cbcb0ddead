/* From a request to its page; of the desk's own files only. */
#ifndef CH_ROUTE_H
#define CH_ROUTE_H

#include "page.h"

void ch_page_route(void *ctx, struct ch_http_req *r);
/* Headers of every answer; `start`: of the first link, which no referrer may carry on. */
const char *ch_page_headers(bool start);
/* The plainest answer, one line: where no page can be shown or none would be looked at. `s` may be
 * NULL; then the browser says in which language. */
void ch_page_refuse(struct ch_http_req *r, const struct ch_session *s, unsigned status,
    ch_msg said);
void ch_page_cookie_name(char out[32], const struct ch_desk *k);

#endif
