/* The JSON side of vectors.h: jansson, in tests only. */
#ifndef CH_TEST_VECTORS_JSON_H
#define CH_TEST_VECTORS_JSON_H

#include <jansson.h>

#include "vectors.h"

/* A whole JSON file; exits when it does not load. The caller decrefs. */
VEC_UNUSED static json_t *vec_json(const char *rel)
{
	size_t n;
	uint8_t *p = vec_read(&n, rel);
	json_error_t err;
	json_t *j = json_loadb((const char *)p, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &err);

	free(p);
	if (!j) {
		printf("%s:%d: %s\n", rel, err.line, err.text);
		exit(1);
	}
	return j;
}

/* The string at key; exits when there is none. */
VEC_UNUSED static const char *vec_str(const json_t *obj, const char *key)
{
	const char *s = json_string_value(json_object_get(obj, key));

	if (!s) {
		printf("no string \"%s\" in a vector\n", key);
		exit(1);
	}
	return s;
}

/* The bytes of the hexadecimal string at key, malloc'd. */
VEC_UNUSED static uint8_t *vec_bytes(size_t *n, const json_t *obj, const char *key)
{
	return vec_hex(n, vec_str(obj, key));
}

#endif
