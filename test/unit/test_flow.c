/* sealing/flow: files of every length around a chunk and a batch, on one thread and more. */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dir.h"
#include "flow.h"

#define MOST ((size_t)1 << 20)

static char base[CH_PATH_MAX];
static struct ch_flow flow;
static const struct ch_seal_random fresh = { .file_key = { { 1 } }, .nonce = { 2 } };
static uint8_t plain[MOST], got[2 * MOST], wrong[2 * MOST];

static const char *at(const char *name)
{
	static char paths[4][CH_PATH_MAX];
	static unsigned k;
	char *p = paths[k++ % 4];

	check_ok(ch_path(p, "%s/%s", base, name));
	return p;
}

static int begin(void **state)
{
	(void)state;
	check_ok(ch_crypto_init());
	for (size_t i = 0; i < MOST; i++)
		plain[i] = (uint8_t)(i * 7 + i / 251);
	return ch_path(base, "%s", "/tmp/ch-test-XXXXXX") == CH_OK && mkdtemp(base) ? 0 : -1;
}

static int end(void **state)
{
	char cmd[CH_PATH_MAX + 16];

	(void)state;
	snprintf(cmd, sizeof cmd, "rm -rf %s", base);
	return system(cmd);
}

static void put(const char *name, const void *p, size_t n)
{
	check_ok(ch_file_write(at(name), ch_span_of(p, n), 0600));
}

static size_t get(uint8_t *out, const char *name)
{
	size_t n;

	check_ok(ch_file_read_into(out, &n, 2 * MOST, at(name)));
	return n;
}

/* Only these names are in the folder: nothing was left behind. */
static void check_names(const char *want)
{
	char all[256] = "", cmd[CH_PATH_MAX + 32];
	FILE *f;

	snprintf(cmd, sizeof cmd, "ls -A %s | tr '\\n' ' '", base);
	f = popen(cmd, "r");
	assert_non_null(f);
	(void)!fread(all, 1, sizeof all - 1, f);
	assert_int_equal(pclose(f), 0);
	assert_string_equal(all, want);
}

static ch_err seal(unsigned threads, bool armor, const char *from, const char *to)
{
	static uint8_t head[CH_AGE_HEADER_MAX];
	struct ch_wr w = ch_wr_of(head, sizeof head);
	struct ch_age_identity id = { 0 };
	struct ch_seal_random random = fresh;
	const struct ch_secret64 wrap = { { 9 } };
	const struct ch_secret32 seed = { { 7 } };
	struct ch_seal s;
	ch_err e;

	check_ok(ch_age_identity_make(&id, CH_AGE_X25519, &seed));
	random.wrap = &wrap;
	check_ok(ch_seal_init(&s));
	check_ok(ch_seal_start(&s, &w, &id.recipient, 1, &random));
	ch_seal_deinit(&s);
	ch_flow_begin(&flow);
	flow.threads = threads;
	flow.armor = armor;
	e = ch_flow_input(&flow, from);
	if (e == CH_OK)
		e = ch_flow_output(&flow, to, 0640);
	return e == CH_OK ? ch_flow_seal(&flow, ch_wr_span(&w), &random) : e;
}

static ch_err open_(unsigned threads, const char *from, const char *to)
{
	const uint8_t *nonce;
	ch_span header;
	ch_err e;

	ch_flow_begin(&flow);
	flow.threads = threads;
	e = ch_flow_input(&flow, from);
	if (e == CH_OK)
		e = ch_flow_header(&header, &nonce, &flow);
	if (e == CH_OK)
		e = ch_flow_output(&flow, to, 0600);
	return e == CH_OK ? ch_flow_open(&flow, &fresh.file_key) : e;
}

static void done(ch_err e, ch_err want)
{
	if (e != CH_OK)
		assert_true(strlen(ch_flow_why(&flow, e)) > 5);
	ch_flow_end(&flow);
	check_err(e, want);
}

static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 262143, 262144, 262145, 524288,
	786433, MOST };

static void lengths(void **state)
{
	static const struct ch_open_keys keys = { .file_key = &fresh.file_key };
	struct stat st;

	(void)state;
	for (size_t i = 0; i < CH_COUNT(sizes); i++) {
		for (unsigned threads = 0; threads < 4; threads++) {
			struct ch_wr w = ch_wr_of(wrong, sizeof wrong);
			size_t n;

			put("plain", plain, sizes[i]);
			done(seal(threads, false, at("plain"), at("sealed")), CH_OK);
			n = get(got, "sealed");
			check_ok(ch_open_buffer(&w, NULL, ch_span_of(got, n), &keys));
			assert_int_equal(w.n, sizes[i]);
			assert_memory_equal(wrong, plain, w.n);
			done(open_(threads, at("sealed"), at("opened")), CH_OK);
			assert_int_equal(get(got, "opened"), sizes[i]);
			assert_memory_equal(got, plain, sizes[i]);
		}
	}
	assert_int_equal(stat(at("sealed"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	check_names("opened plain sealed ");
}

static void armored(void **state)
{
	(void)state;
	for (size_t i = 0; i < CH_COUNT(sizes); i++) {
		put("plain", plain, sizes[i]);
		done(seal(2, true, at("plain"), at("sealed")), CH_OK);
		(void)get(got, "sealed");
		assert_memory_equal(got, "-----BEGIN AGE ENCRYPTED FILE-----\n", 35);
		done(open_(2, at("sealed"), at("opened")), CH_OK);
		assert_int_equal(get(got, "opened"), sizes[i]);
		assert_memory_equal(got, plain, sizes[i]);
	}
}

/* A fault leaves the old file as it was, and no other. */
static void refuse(const uint8_t *p, size_t n, ch_err want)
{
	put("wrong", p, n);
	put("opened", "old", 3);
	for (unsigned threads = 1; threads < 4; threads++)
		done(open_(threads, at("wrong"), at("opened")), want);
	assert_int_equal(get(got, "opened"), 3);
	assert_memory_equal(got, "old", 3);
	check_names("opened plain sealed wrong ");
}

static void faults(void **state)
{
	static const size_t sealed[] = { 0, 65536, 65537, 262144, 300000, 524288 };

	(void)state;
	for (size_t i = 0; i < CH_COUNT(sealed); i++) {
		size_t head, n, seen = 0;

		put("plain", plain, sealed[i]);
		done(seal(2, false, at("plain"), at("sealed")), CH_OK);
		n = get(wrong, "sealed");
		check_ok(ch_age_header_find(&head, &seen, ch_span_of(wrong, n)));
		head += CH_AGE_NONCE;
		refuse(wrong, 10, CH_E_TRUNCATED);
		refuse(wrong, head - 1, CH_E_TRUNCATED);
		refuse(wrong, head, CH_E_TRUNCATED);
		refuse(wrong, n - 1, n - head <= CH_AEAD_TAG ? CH_E_TRUNCATED : CH_E_AUTH);
		for (size_t k = head + CH_AGE_SEALED; k < n; k += CH_AGE_SEALED)
			refuse(wrong, k, CH_E_TRUNCATED);
		wrong[n] = 'x';
		refuse(wrong, n + 1, sealed[i] % CH_AGE_CHUNK || sealed[i] == 0 ? CH_E_AUTH :
		    CH_E_FORMAT);
		wrong[n - 1] ^= 1;
		refuse(wrong, n, CH_E_AUTH);
		wrong[n - 1] ^= 1;
		wrong[head] ^= 1;
		refuse(wrong, n, CH_E_AUTH);
		wrong[head] ^= 1;
		wrong[head - CH_AGE_NONCE - 5] ^= 1; /* in the MAC: our key no longer fits */
		refuse(wrong, n, CH_E_AUTH);
	}
	refuse(plain, 5000, CH_E_FORMAT);
	refuse(plain, 0, CH_E_TRUNCATED);
}

/* An empty last chunk behind others can only be made on purpose. */
static void empty_last(void **state)
{
	size_t head, n, seen = 0;
	struct ch_aead a;

	(void)state;
	put("plain", plain, CH_AGE_CHUNK);
	done(seal(1, false, at("plain"), at("sealed")), CH_OK);
	n = get(wrong, "sealed");
	check_ok(ch_age_header_find(&head, &seen, ch_span_of(wrong, n)));
	head += CH_AGE_NONCE;
	check_ok(ch_aead_init(&a));
	ch_age_stream_key(&a, &fresh.file_key, fresh.nonce);
	check_ok(ch_age_stream_seal(&a, &wrong[head], 0, false, ch_span_of(plain, CH_AGE_CHUNK)));
	check_ok(ch_age_stream_seal(&a, &wrong[n], 1, true, (ch_span){ 0 }));
	ch_aead_deinit(&a);
	refuse(wrong, n + CH_AEAD_TAG, CH_E_FORMAT);
}

static void places(void **state)
{
	struct stat st;

	(void)state;
	put("plain", plain, 1000);
	done(seal(1, false, at("plain"), at("plain")), CH_E_CONFLICT);
	done(seal(1, false, at("none"), at("x")), CH_E_ABSENT);
	done(seal(1, false, at("plain"), at("none/x")), CH_E_ABSENT);
	done(seal(1, false, base, at("x")), CH_E_FORMAT);
	done(seal(1, false, at("plain"), base), CH_E_FORMAT);
	done(seal(1, false, at("plain"), at("..")), CH_E_FORMAT);
	done(seal(1, false, at("plain"), "/dev/null"), CH_OK);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	done(seal(1, false, at("plain"), "/dev/full"), CH_E_FULL);

	/* A link to a file is not followed and not replaced; one to a device is followed. */
	assert_int_equal(symlink("sealed", at("link")), 0);
	done(seal(1, false, at("plain"), at("link")), CH_E_FORMAT);
	assert_int_equal(symlink("nowhere", at("loose")), 0);
	done(seal(1, false, at("plain"), at("loose")), CH_E_FORMAT);
	assert_int_equal(symlink("/dev/null", at("null")), 0);
	done(seal(1, false, at("plain"), at("null")), CH_OK);
	assert_int_equal(lstat(at("null"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	done(seal(1, false, at("link"), at("x")), CH_OK); /* reading through a link is fine */

	/* A replaced file keeps its mode. */
	assert_int_equal(chmod(at("x"), 0604), 0);
	done(seal(1, false, at("plain"), at("x")), CH_OK);
	assert_int_equal(stat(at("x"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0604);
	check_names("link loose null opened plain sealed wrong x ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(armored),
		cmocka_unit_test(faults),
		cmocka_unit_test(empty_last),
		cmocka_unit_test(places),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
