/* The first link and the language. */
#include "pages.h"
#include "wipe.h"

static void begin_session(struct ch_page *p, ch_span token)
{
	struct ch_session *s = ch_session_begin(p->desk, token);

	if (!s) {
		p->status = 403;
		ch_page_begin(p, CH_M_LINK_USED, NULL);
		ch_html_put(&p->html, "<p>");
		ch_html_say(&p->html, CH_M_LINK_USED_TEXT);
		ch_html_put(&p->html, "</p><p><a class=\"button\" href=\"/\">");
		ch_html_say(&p->html, CH_M_GO_ON);
		ch_html_put(&p->html, "</a></p>");
		return;
	}
	p->session = s;
	p->fresh_session = true;
	if (p->desk->link_file[0])
		(void)!ch_file_unlink(p->desk->link_file);
	p->desk->link_file[0] = '\0';
}

void ch_page_start(struct ch_page *p)
{
	begin_session(p, ch_page_query(p, "t"));
	if (p->fresh_session)
		ch_page_go(p, "/");
}

/* From the file that the browser was started with: a page of another site to the browser, so a
 * redirect would go without the strict cookie. Our own page leads on by itself. */
void ch_page_start_post(struct ch_page *p)
{
	begin_session(p, ch_page_form(p, "t"));
	if (!p->fresh_session)
		return;
	ch_page_begin(p, CH_M_WELCOME, NULL);
	ch_html_put(&p->html, "<meta http-equiv=\"refresh\" content=\"0; url=/\"><p><a class="
	    "\"button\" href=\"/\">");
	ch_html_say(&p->html, CH_M_GO_ON);
	ch_html_put(&p->html, "</a></p>");
}

void ch_page_language(struct ch_page *p)
{
	ch_span to = ch_page_form(p, "to");

	p->session->lang = ch_lang_find(ch_page_form(p, "lang"));
	p->session->lang_chosen = true;
	ch_page_go(p, "%.*s", CH_SPAN(to));
}
