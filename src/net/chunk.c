/*
 * Chunked bodies (RFC 9112 section 7.1) and the phrases of statuses: see http1.h. Extensions and
 * trailers are refused: nobody who speaks to us needs them, and readers differ about them.
 */
#include "http1.h"

enum {
	CH_CHUNK_SIZE, /* digits of a size */
	CH_CHUNK_SIZE_LF,
	CH_CHUNK_DATA,
	CH_CHUNK_DATA_CR,
	CH_CHUNK_DATA_LF,
	CH_CHUNK_LAST_CR, /* the empty line after the last chunk */
	CH_CHUNK_LAST_LF,
	CH_CHUNK_END,
};

static bool ch_chunk_digit(struct ch_http1_chunks *c, uint8_t b)
{
	unsigned v;

	if (b >= '0' && b <= '9')
		v = b - '0';
	else if (b >= 'a' && b <= 'f')
		v = b - 'a' + 10u;
	else if (b >= 'A' && b <= 'F')
		v = b - 'A' + 10u;
	else
		return false;
	if (c->digits == 8)
		return false;
	c->digits++;
	c->left = c->left << 4 | v;
	return true;
}

/* One byte between the data; false when it does not belong there. */
static bool ch_chunk_step(struct ch_http1_chunks *c, uint8_t b)
{
	switch (c->state) {
	case CH_CHUNK_SIZE:
		if (b != '\r')
			return ch_chunk_digit(c, b);
		c->state = CH_CHUNK_SIZE_LF;
		return c->digits > 0;
	case CH_CHUNK_SIZE_LF:
		c->state = c->left ? CH_CHUNK_DATA : CH_CHUNK_LAST_CR;
		return b == '\n';
	case CH_CHUNK_DATA_CR:
		c->state = CH_CHUNK_DATA_LF;
		return b == '\r';
	case CH_CHUNK_DATA_LF:
		c->state = CH_CHUNK_SIZE;
		c->digits = 0;
		return b == '\n';
	case CH_CHUNK_LAST_CR:
		c->state = CH_CHUNK_LAST_LF;
		return b == '\r';
	case CH_CHUNK_LAST_LF:
		c->state = CH_CHUNK_END;
		return b == '\n';
	default:
		return false;
	}
}

ch_err ch_http1_chunk(ch_span *data, size_t *used, bool *end, struct ch_http1_chunks *c,
    ch_span in)
{
	struct ch_rd r = ch_rd_of(in);

	*data = (ch_span){ 0 };
	*used = 0;
	*end = false;
	while (c->state != CH_CHUNK_END && !ch_rd_at_end(&r)) {
		if (c->state == CH_CHUNK_DATA) {
			size_t n = ch_rd_left(&r);

			*data = ch_rd_take(&r, n < c->left ? n : (size_t)c->left);
			c->left -= data->n;
			if (c->left == 0)
				c->state = CH_CHUNK_DATA_CR;
			break;
		}
		if (!ch_chunk_step(c, ch_rd_u8(&r)))
			return CH_E_FORMAT;
	}
	*used = r.at;
	*end = c->state == CH_CHUNK_END;
	return CH_OK;
}

const char *ch_http1_reason(unsigned status)
{
	static const struct {
		unsigned status;
		const char *reason;
	} table[] = {
		{ 100, "Continue" },
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 411, "Length Required" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" },
		{ 425, "Too Early" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
		{ 507, "Insufficient Storage" },
	};

	for (size_t i = 0; i < CH_COUNT(table); i++)
		if (table[i].status == status)
			return table[i].reason;
	return "Unknown";
}
