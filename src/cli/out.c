/* Plain lines or one JSON object: see out.h. jansson makes the JSON, so that it is always right. */
#include "out.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "term.h"
#include "text.h"
#include "wr.h"

#define LABEL_WIDTH 18
#define MARKED_MAX ((size_t)1 << 20)

void ch_out_begin(struct ch_out *o, const struct ch_opts *opts)
{
	*o = (struct ch_out){ .json = opts->json };
	o->colours = !o->json && ch_term_colours(1);
	if (o->json)
		o->object = json_object();
}

/* Text that may hold anything, as something that cannot mislead a terminal. */
static void print_marked(FILE *to, ch_span text)
{
	uint8_t small[1024], *p = small;
	size_t cap = sizeof small;
	struct ch_wr w;

	if (text.n * 2 > cap && text.n < MARKED_MAX) {
		cap = text.n * 10;
		p = ch_alloc(cap);
		if (!p)
			return;
	}
	w = ch_wr_of(p, cap);
	ch_text_mark(&w, text);
	if (w.err == CH_OK)
		(void)fwrite(p, 1, w.n, to);
	else
		(void)fputs("(text that cannot be shown)", to);
	if (p != small)
		ch_free(p, cap);
}

static void vsay(const struct ch_out *o, bool bold, const char *fmt, va_list ap)
{
	if (o->json)
		return;
	if (bold && o->colours)
		(void)fputs("\033[1m", stdout);
	(void)vprintf(fmt, ap);
	if (bold && o->colours)
		(void)fputs("\033[0m", stdout);
	(void)putchar('\n');
}

void ch_out_say(struct ch_out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(o, false, fmt, ap);
	va_end(ap);
}

void ch_out_head(struct ch_out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(o, true, fmt, ap);
	va_end(ap);
}

void ch_out_text(struct ch_out *o, ch_span text)
{
	if (o->json)
		return;
	print_marked(stdout, text);
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		(void)putchar('\n');
}

void ch_out_pair(struct ch_out *o, const char *key, const char *label, ch_span value)
{
	if (o->json) {
		ch_out_put_string(o, key, value);
		return;
	}
	printf("%-*s ", LABEL_WIDTH, label);
	print_marked(stdout, value);
	(void)putchar('\n');
}

static void put(struct ch_out *o, const char *key, json_t *value)
{
	json_t *at = o->item ? o->item : o->object;

	if (!o->json)
		json_decref(value);
	else
		(void)json_object_set_new(at, key, value);
}

void ch_out_put_string(struct ch_out *o, const char *key, ch_span value)
{
	json_t *s = json_stringn(value.n ? (const char *)value.p : "", value.n);

	put(o, key, s ? s : json_null());
}

void ch_out_put_number(struct ch_out *o, const char *key, uint64_t value)
{
	put(o, key, json_integer((json_int_t)value));
}

void ch_out_put_bool(struct ch_out *o, const char *key, bool value)
{
	put(o, key, json_boolean(value));
}

void ch_out_list_begin(struct ch_out *o, const char *key)
{
	if (!o->json)
		return;
	o->list = json_array();
	(void)json_object_set_new(o->object, key, o->list);
}

void ch_out_list_item(struct ch_out *o)
{
	if (!o->json)
		return;
	o->item = json_object();
	(void)json_array_append_new(o->list, o->item);
}

void ch_out_list_end(struct ch_out *o)
{
	o->list = NULL;
	o->item = NULL;
}

void ch_out_warn(const char *fmt, ...)
{
	va_list ap;

	(void)fflush(stdout);
	(void)fputs("chancery: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

bool ch_out_confirm(const struct ch_opts *opts, const char *question)
{
	char line[16] = "";

	if (opts->yes)
		return true;
	if (!ch_term_is_tty(0))
		return false;
	(void)fprintf(stderr, "%s Type yes to go on: ", question);
	(void)fflush(stderr);
	if (!fgets(line, sizeof line, stdin))
		return false;
	return strcmp(line, "yes\n") == 0;
}

static const char *sentence(ch_err e, const struct ch_problem *why)
{
	return why && why->text[0] != '\0' ? why->text : ch_err_text(e);
}

static void end_json(struct ch_out *o, ch_err e, const struct ch_problem *why)
{
	if (e != CH_OK) {
		json_object_clear(o->object);
		ch_out_list_end(o);
		ch_out_put_string(o, "error", ch_span_str(sentence(e, why)));
		if (why && why->type[0] != '\0')
			ch_out_put_string(o, "type", ch_span_str(why->type));
		ch_out_put_number(o, "exit", (uint64_t)ch_exit_code(e));
	}
	(void)json_dumpf(o->object, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	(void)putchar('\n');
}

int ch_out_end(struct ch_out *o, ch_err e, const struct ch_problem *why)
{
	if (o->json)
		end_json(o, e, why);
	json_decref(o->object);
	*o = (struct ch_out){ 0 };
	/* Bytes that did not reach a full disk or a closed pipe were not said. */
	if (fflush(stdout) != 0 && e == CH_OK)
		e = CH_E_IO;
	if (e != CH_OK)
		(void)fprintf(stderr, "chancery: %s\n", sentence(e, why));
	return ch_exit_code(e);
}

int ch_out_usage(const char *command, const char *fmt, ...)
{
	va_list ap;

	(void)fputs("chancery: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fprintf(stderr, "; see chancery %s%s--help\n", command, command[0] ? " " : "");
	return CH_EXIT_USAGE;
}
