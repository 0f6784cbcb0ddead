/*
 * Writes the tables of src/checker/unicode from libutf8proc, so that the browser judges text by the
 * same Unicode version as the programs. Run while building; prints C on standard output.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { LAST = 0x10ffff, CLASSES = 256 };

static struct { int category, ccc; bool pair; } class_[CLASSES];
static unsigned n_class;

static bool is_hangul(int32_t cp)
{
	return cp >= 0xac00 && cp <= 0xd7a3;
}

/* The canonical decomposition in full; 0 when cp has none, or is a Hangul syllable. */
static int decompose(int32_t out[8], int32_t cp)
{
	int bound = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char(cp, out, 8,
	    UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, &bound);

	if (n < 1 || n > 8)
		exit(1);
	return is_hangul(cp) || (n == 1 && out[0] == cp) ? 0 : (int)n;
}

static unsigned class_of(int32_t cp)
{
	const utf8proc_property_t *p = utf8proc_get_property(cp);
	int32_t d[8];
	bool pair = decompose(d, cp) > 0;

	for (unsigned i = 0; i < n_class; i++)
		if (class_[i].category == p->category && class_[i].ccc == p->combining_class &&
		    class_[i].pair == pair)
			return i;
	if (n_class == CLASSES)
		exit(1);
	class_[n_class].category = p->category;
	class_[n_class].ccc = p->combining_class;
	class_[n_class].pair = pair;
	return n_class++;
}

static void put_runs(void)
{
	unsigned n = 0, before = CLASSES;

	printf("const ch_uni_run ch_uni_runs[] = {\n");
	for (int32_t cp = 0; cp <= LAST; cp++) {
		unsigned c = class_of(cp);

		if (c != before)
			printf("\t0x%x,\n", (unsigned)cp << 8 | c);
		n += c != before;
		before = c;
	}
	printf("};\nconst unsigned ch_uni_n_runs = %u;\n\n", n);
	printf("const utf8proc_property_t ch_uni_class[] = {\n");
	for (unsigned i = 0; i < n_class; i++)
		printf("\t{ %d, %d, %s },\n", class_[i].category, class_[i].ccc,
		    class_[i].pair ? "0" : "UINT16_MAX");
	printf("};\n\n");
}

/* The code point that decomposes into these. Some are not put together again, so that composing
 * them does not find it. */
static int32_t find(const int32_t *d, int n)
{
	int32_t e[8];

	for (int32_t cp = 0; n > 1 && cp <= LAST; cp++)
		if (decompose(e, cp) == n && memcmp(d, e, (size_t)n * sizeof d[0]) == 0)
			return cp;
	if (n != 1)
		exit(1);
	return d[0];
}

/* One step: all but the last, put together again, and the last. */
static void put_pair(int32_t cp, const int32_t *d, int n)
{
	int32_t two[2] = { n > 1 ? find(d, n - 1) : d[0], n > 1 ? d[n - 1] : 0 };
	int32_t back[2] = { two[0], two[1] };

	bool again = n > 1 &&
	    utf8proc_normalize_utf32(back, 2, UTF8PROC_COMPOSE | UTF8PROC_STABLE) == 1 &&
	    back[0] == cp;

	printf("\tCH_UNI_PAIR(0x%x, 0x%x, 0x%x, %d),\n", (unsigned)cp, (unsigned)two[0],
	    (unsigned)two[1], again);
}

static void put_pairs(void)
{
	unsigned n_pairs = 0;

	printf("const ch_uni_pair ch_uni_pairs[] = {\n");
	for (int32_t cp = 0; cp <= LAST; cp++) {
		int32_t d[8];
		int n = decompose(d, cp);

		if (n > 0)
			put_pair(cp, d, n);
		n_pairs += n > 0;
	}
	printf("};\nconst unsigned ch_uni_n_pairs = %u;\n", n_pairs);
}

int main(void)
{
	printf("/* Unicode %s, by libutf8proc %s. */\n#include \"tables.h\"\n\n",
	    utf8proc_unicode_version(), utf8proc_version());
	put_runs();
	put_pairs();
	return 0;
}
