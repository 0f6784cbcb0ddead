/* Plain lines or one JSON object: see out.h. jansson makes the JSON, so that it is always right. */
#include "out.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "term.h"
#include "text.h"
#include "wr.h"

#define LABEL_WIDTH 18
#define PIECE 96u
#define SENTENCE_MAX 4096u

void ch_out_begin(struct ch_out *o, const struct ch_opts *opts)
{
	*o = (struct ch_out){ .json = opts->json };
	o->colours = !o->json && ch_term_colours(1);
	if (o->json)
		o->object = json_object();
}

/* Text that may hold anything, as something that cannot mislead a terminal: piece by piece, cut
 * between code points. */
static void print_marked(FILE *to, ch_span text)
{
	uint8_t marked[PIECE * 10];

	for (size_t at = 0; at < text.n;) {
		size_t n = text.n - at < PIECE ? text.n - at : PIECE;
		struct ch_wr w = ch_wr_of(marked, sizeof marked);

		for (unsigned back = 0; back < 3 && at + n < text.n && n > 1 &&
		    (text.p[at + n] & 0xc0) == 0x80; back++)
			n--;
		ch_text_mark(&w, ch_span_of(&text.p[at], n));
		if (w.err == CH_OK)
			(void)fwrite(marked, 1, w.n, to);
		at += n;
	}
}

/* One line for stderr. A file's name in it may hold anything, line ends too. */
static void print_sentence(const char *text)
{
	char line[SENTENCE_MAX];
	size_t n = 0;

	for (; n < sizeof line && text[n] != '\0'; n++)
		line[n] = text[n] == '\n' ? ' ' : text[n];
	(void)fputs("chancery: ", stderr);
	print_marked(stderr, ch_span_of(line, n));
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

	put(o, key, s ? s : json_string("(text that is not UTF-8)"));
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
	char text[SENTENCE_MAX];
	va_list ap;

	(void)fflush(stdout);
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	print_sentence(text);
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

/* What the caller said; of a full disk always with what is safe and what to do. */
static const char *sentence(char room[SENTENCE_MAX], ch_err e, const struct ch_problem *why)
{
	const char *said = why && why->text[0] != '\0' ? why->text : ch_err_text(e);

	if (e != CH_E_FULL || strstr(said, "nothing was lost"))
		return said;
	(void)snprintf(room, SENTENCE_MAX, "%s; nothing was lost that was acknowledged; make room "
	    "and repeat", said);
	return room;
}

static void end_json(struct ch_out *o, ch_err e, const struct ch_problem *why)
{
	char room[SENTENCE_MAX];

	if (e != CH_OK) {
		json_object_clear(o->object);
		ch_out_list_end(o);
		ch_out_put_string(o, "error", ch_span_str(sentence(room, e, why)));
		if (why && why->type[0] != '\0')
			ch_out_put_string(o, "type", ch_span_str(why->type));
		ch_out_put_number(o, "exit", (uint64_t)ch_exit_code(e));
	}
	(void)json_dumpf(o->object, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	(void)putchar('\n');
}

int ch_out_end(struct ch_out *o, ch_err e, const struct ch_problem *why)
{
	char room[SENTENCE_MAX];

	if (o->json)
		end_json(o, e, why);
	json_decref(o->object);
	*o = (struct ch_out){ 0 };
	/* Bytes that did not reach a full disk or a closed pipe were not said. */
	if (fflush(stdout) != 0 && e == CH_OK)
		e = CH_E_IO;
	if (e != CH_OK && ch_log_is_json()) {
		ch_log(CH_LOG_ERROR, "ended", "the program ended",
		    CH_LOG_WITH(ch_log_text("why", ch_span_str(sentence(room, e, why))),
			ch_log_number("exit", (uint64_t)ch_exit_code(e))));
	} else if (e != CH_OK) {
		print_sentence(sentence(room, e, why));
		(void)fputc('\n', stderr);
	}
	return ch_exit_code(e);
}

/* Said before any command knows its options. */
static bool usage_in_json;

void ch_out_expect(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		usage_in_json = usage_in_json || strcmp(argv[i], "--json") == 0;
}

int ch_out_usage(const char *command, const char *fmt, ...)
{
	char text[SENTENCE_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (usage_in_json) {
		struct ch_out o = { .json = true, .object = json_object() };
		struct ch_problem why = { 0 };

		end_json(&o, ch_problem_set(&why, CH_E_FORMAT, "%s", text), &why);
		json_decref(o.object);
	}
	print_sentence(text);
	(void)fprintf(stderr, "; see chancery %s%s--help\n", command, command[0] ? " " : "");
	return CH_EXIT_USAGE;
}
