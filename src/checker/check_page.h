/*
 * The checking page in one file (web/public), as it was put into the program while building. Where
 * `folder` stands in it belongs what lies beside the page, as JSON, or {}.
 */
#ifndef CH_CHECK_PAGE_H
#define CH_CHECK_PAGE_H

#include "span.h"

/* What stands before and behind the place; both empty when it was built without the checker. */
ch_span ch_check_page_head(void);
ch_span ch_check_page_tail(void);

/* The style of published folders and of a registry's front page. */
ch_span ch_site_style(void);
/* `sha256-…` of the style, for a policy. */
const char *ch_site_style_source(void);
/* The script of a registry's front page. */
ch_span ch_front_script(void);
const char *ch_front_script_source(void);

#endif
