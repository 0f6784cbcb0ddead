/*
 * transparency-dev/merkle: 98 proofs of trees, 161 of subtrees. The register speaks of whole trees
 * only, but a subtree [start, end) is a tree of its own, and one that begins at 0 is a smaller one
 * of the same log; what is left of those cases is the rule which ranges are subtrees at all.
 */
#include <dirent.h>

#include "check.h"

#include "b64.h"
#include "merkle.h"
#include "vectors_json.h"

struct counts {
	unsigned run, other_size, subtree, refused;
};

/* 32 bytes of base64; false when it is base64 of another length. */
static bool hash_of(ch_hash *out, const json_t *j)
{
	const char *s = json_string_value(j);

	assert_non_null(s);
	return ch_b64_parse_n(out->b, sizeof out->b, ch_span_str(s), CH_B64_PADDED) == CH_OK;
}

static uint64_t number(const json_t *j, const char *key)
{
	/* Numbers reach 2^64-1 and jansson holds 63 bits: load() made texts of them. */
	const json_t *v = json_object_get(j, key);

	assert_true(json_is_string(v));
	return strtoull(json_string_value(v), NULL, 10);
}

static bool proof_of(ch_hash *out, size_t *n, const json_t *j)
{
	const json_t *list = json_object_get(j, "proof");

	*n = json_array_size(list);
	assert_true(*n <= 70);
	for (size_t i = 0; i < *n; i++)
		if (!hash_of(&out[i], json_array_get(list, i)))
			return false;
	return true;
}

/* "start is a multiple of the smallest power of two that is not below end - start" */
static bool is_subtree(uint64_t start, uint64_t end)
{
	uint64_t unit = 1;

	if (start > end)
		return false;
	while (unit != 0 && unit < end - start)
		unit *= 2;
	return unit == 0 ? start == 0 : start % unit == 0;
}

static ch_err in_subtree(const json_t *j)
{
	ch_hash root, leaf, proof[70];
	uint64_t start = number(j, "start"), end = number(j, "end"), at = number(j, "leafIdx");
	size_t n;

	if (!hash_of(&root, json_object_get(j, "root")) ||
	    !hash_of(&leaf, json_object_get(j, "leafHash")) || !proof_of(proof, &n, j) ||
	    !is_subtree(start, end) || at < start)
		return CH_E_AUTH;
	return ch_merkle_verify_inclusion(&root, end - start, at - start, &leaf, proof, n);
}

static ch_err of_subtree(const json_t *j)
{
	ch_hash r1, r2, empty, proof[70];
	uint64_t start = number(j, "start"), end = number(j, "end"), size = number(j, "size");
	size_t n;

	if (!hash_of(&r1, json_object_get(j, "root1")) || !proof_of(proof, &n, j) ||
	    !is_subtree(start, end) || end > size)
		return CH_E_AUTH;
	ch_merkle_empty(&empty);
	if (start == end) /* whatever the tree is */
		return n == 0 && ch_hash_eq(&r1, &empty) ? CH_OK : CH_E_AUTH;
	assert_true(start == 0);
	if (!hash_of(&r2, json_object_get(j, "root2")))
		return CH_E_AUTH;
	return ch_merkle_verify_consistency(end, &r1, size, &r2, proof, n);
}

static void subtree(struct counts *c, const char *name, const json_t *j)
{
	ch_err e = (strstr(name, "/subtreeinclusion") ? in_subtree : of_subtree)(j);

	if ((e != CH_OK) != json_is_true(json_object_get(j, "wantErr")))
		fail_msg("%s", name);
	c->subtree++;
	c->refused += e != CH_OK;
}

static void inclusion(struct counts *c, const char *name, const json_t *j)
{
	ch_hash root, leaf, proof[70];
	bool sized = hash_of(&root, json_object_get(j, "root"));
	size_t n;

	sized = hash_of(&leaf, json_object_get(j, "leafHash")) && sized;
	sized = proof_of(proof, &n, j) && sized;
	ch_err e = sized ? ch_merkle_verify_inclusion(&root, number(j, "treeSize"),
	    number(j, "leafIdx"), &leaf, proof, n) : CH_E_AUTH;
	if (!sized && json_is_false(json_object_get(j, "wantErr"))) {
		vec_skip(name, "hashes that are not of 32 bytes, yet accepted upstream");
		c->other_size++;
		return;
	}
	if ((e != CH_OK) != json_is_true(json_object_get(j, "wantErr")))
		fail_msg("%s", name);
	c->run++;
}

static void consistency(struct counts *c, const char *name, const json_t *j)
{
	ch_hash r1, r2, proof[70];
	bool sized = hash_of(&r1, json_object_get(j, "root1"));
	size_t n;

	sized = hash_of(&r2, json_object_get(j, "root2")) && sized;
	sized = proof_of(proof, &n, j) && sized;
	ch_err e = sized ? ch_merkle_verify_consistency(number(j, "size1"), &r1,
	    number(j, "size2"), &r2, proof, n) : CH_E_AUTH;
	if (!sized && json_is_false(json_object_get(j, "wantErr"))) {
		vec_skip(name, "hashes that are not of 32 bytes, yet accepted upstream");
		c->other_size++;
		return;
	}
	if ((e != CH_OK) != json_is_true(json_object_get(j, "wantErr")))
		fail_msg("%s", name);
	c->run++;
}

/* Put quotes around every bare number of the text, which has no nested ones. */
static json_t *load(const char *rel)
{
	size_t n, k = 0;
	uint8_t *p = vec_read(&n, rel);
	char *q = malloc(2 * n + 1);
	bool in_text = false, in_number = false;
	json_error_t err;

	assert_non_null(q);
	for (size_t i = 0; i < n; i++) {
		bool digit = !in_text && p[i] >= '0' && p[i] <= '9';

		if (p[i] == '"')
			in_text = !in_text;
		if (digit != in_number)
			q[k++] = '"';
		in_number = digit;
		q[k++] = (char)p[i];
	}
	json_t *j = json_loadb(q, k, 0, &err);
	free(p);
	free(q);
	assert_non_null(j);
	return j;
}

static void walk(struct counts *c, const char *rel)
{
	char sub[1024], at[4096];
	struct dirent *d;
	DIR *dir;

	snprintf(at, sizeof at, "%s", vec_path(rel));
	dir = opendir(at);
	assert_non_null(dir);
	while ((d = readdir(dir))) {
		size_t len = strlen(d->d_name);

		if (d->d_name[0] == '.')
			continue;
		snprintf(sub, sizeof sub, "%s/%s", rel, d->d_name);
		if (len < 5 || strcmp(d->d_name + len - 5, ".json") != 0) {
			if (d->d_type == DT_DIR)
				walk(c, sub);
			continue;
		}
		json_t *j = load(sub);
		(strstr(rel, "subtree") ? subtree : strstr(rel, "/inclusion") ? inclusion
		    : consistency)(c, sub, j);
		json_decref(j);
	}
	closedir(dir);
}

static void test_all(void **state)
{
	struct counts c = { 0 };

	(void)state;
	walk(&c, "tlog-merkle");
	printf("%u run, %u of another hash size, %u of subtrees, %u of these refused\n", c.run,
	    c.other_size, c.subtree, c.refused);
	assert_int_equal(c.run + c.other_size, 98);
	assert_int_equal(c.subtree, 161);
	assert_int_equal(c.refused, 147);
	assert_int_equal(c.other_size, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all) };

	vec_require("tlog-merkle");
	if (ch_crypto_init() != CH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
