/* The log of a server: see log.h. */
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "dec.h"
#include "io.h"
#include "term.h"
#include "text.h"
#include "when.h"

static ch_log_format ch_log_form = CH_LOG_PLAIN; /* set once at the start, as is this */
static bool ch_log_journal;

/* sd_journal_stream_fd(3): the journal says which file it is, by `device:inode`. */
static bool is_journal(void)
{
	const char *says = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (!says || fstat(STDERR_FILENO, &st) != 0)
		return false;
	(void)snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)st.st_dev,
	    (unsigned long long)st.st_ino);
	return strcmp(own, says) == 0;
}

void ch_log_set_format(ch_log_format format)
{
	ch_log_form = format;
	ch_log_journal = is_journal();
}

ch_log_format ch_log_fitting(void)
{
	return ch_term_is_tty(STDERR_FILENO) || is_journal() ? CH_LOG_PLAIN : CH_LOG_JSON;
}

bool ch_log_is_json(void)
{
	return ch_log_form == CH_LOG_JSON;
}

/* One code point, so that it neither ends the value nor misleads who reads it. */
static void put_point(struct ch_wr *w, int32_t cp, ch_span bytes)
{
	if (cp == '\n') {
		CH_WR_LIT(w, "<U+000A>");
	} else if (cp == '\t') {
		CH_WR_LIT(w, "<U+0009>");
	} else {
		if (cp == '"' || cp == '\\')
			CH_WR_LIT(w, "\\");
		ch_text_mark(w, bytes);
	}
}

/* As much of it as has room; a `~` stands for the rest. */
static void put_value(struct ch_wr *out, ch_span text)
{
	uint8_t room[16];
	size_t begun = out->n;

	CH_WR_LIT(out, "\"");
	for (size_t at = 0, k; at < text.n; at += k) {
		struct ch_wr one = ch_wr_of(room, sizeof room);
		int32_t cp = -1;

		k = ch_text_decode(&cp, text, at);
		if (k == 0) /* not UTF-8 */
			k = 1;
		put_point(&one, cp, ch_span_of(&text.p[at], k));
		if (out->n - begun + one.n > CH_LOG_VALUE_MAX) {
			CH_WR_LIT(out, "~");
			break;
		}
		ch_wr_put(out, ch_wr_span(&one));
	}
	CH_WR_LIT(out, "\"");
}

static void put_fields(struct ch_wr *w, bool json, const ch_log_field *with)
{
	for (size_t i = 0; with && i < CH_LOG_FIELDS_MAX && with[i].name; i++) {
		ch_wr_str(w, json ? ",\"" : " ");
		ch_wr_str(w, with[i].name);
		ch_wr_str(w, json ? "\":" : "=");
		if (with[i].is_number)
			ch_dec_put(w, with[i].number);
		else
			put_value(w, with[i].text);
	}
}

static const char *name_of(ch_log_level level)
{
	static const char *const names[] = { "info", "warn", "error" };

	return names[level];
}

static void put_json(struct ch_wr *w, int64_t time, ch_log_level level, const char *event,
    const char *sentence)
{
	CH_WR_LIT(w, "{\"time\":\"");
	ch_when_put(w, time);
	CH_WR_LIT(w, "\",\"level\":\"");
	ch_wr_str(w, name_of(level));
	CH_WR_LIT(w, "\",\"event\":\"");
	ch_wr_str(w, event);
	CH_WR_LIT(w, "\",\"text\":");
	put_value(w, ch_span_str(sentence));
}

void ch_log_put(struct ch_wr *w, ch_log_format format, bool journal, int64_t time,
    ch_log_level level, const char *event, const char *sentence, const ch_log_field *with)
{
	static const char *const priority[] = { "<6>", "<4>", "<3>" }; /* sd-daemon(3) */

	if (journal)
		ch_wr_str(w, priority[level]);
	if (format == CH_LOG_JSON) {
		put_json(w, time, level, event, sentence);
		put_fields(w, true, with);
		CH_WR_LIT(w, "}\n");
		return;
	}
	if (!journal) {
		ch_when_put(w, time);
		CH_WR_LIT(w, " ");
		ch_wr_str(w, name_of(level));
		CH_WR_LIT(w, " ");
	}
	ch_wr_str(w, event);
	CH_WR_LIT(w, ": ");
	ch_wr_str(w, sentence);
	put_fields(w, false, with);
	CH_WR_LIT(w, "\n");
}

void ch_log(ch_log_level level, const char *event, const char *sentence,
    const ch_log_field *with)
{
	char line[CH_LOG_LINE_MAX];
	struct ch_wr w = ch_wr_of(line, sizeof line);

	ch_log_put(&w, ch_log_form, ch_log_journal, ch_clock_wall(), level, event, sentence, with);
	if (ch_wr_done(&w) == CH_OK)
		(void)!ch_io_write(STDERR_FILENO, ch_wr_span(&w));
}
