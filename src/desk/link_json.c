/* What a registry says in JSON: problems (RFC 9457) and lists. Duplicate keys are refused. */
#include "link_json.h"

#include <jansson.h>
#include <string.h>

#include "text.h"

#define LIST_MAX 100000
#define PROBLEM "urn:chancery:problem:"

/* What a problem type means to a person here; the registry's own title is not trusted with that. */
static const struct {
	const char *type, *text;
} sentences[] = {
	{ "not-enrolled", "the registry does not know this party yet; send its operator the file "
	    "of "
	    "chancery roster show -o FILE, and repeat when it is enrolled" },
	{ "not-signed-in", "the registry wants a sign-in, or ours has run out; repeat the "
	    "command" },
	{ "not-permitted", "the registry says that this delegate or party may not do that" },
	{ "bad-signature", "the registry found a signature or a quorum missing or wrong; nothing "
	    "was "
	    "registered" },
	{ "stale-roster", "a roster is past its date, or the registry has a newer one than we "
	    "used; chancery roster renew for our own, else chancery sync, then repeat" },
	{ "unknown-talks", "the registry does not know these talks; their charter may not be "
	    "posted "
	    "yet" },
	{ "wrong-serial", "another paper took that number; nothing was sent; send again" },
	{ "repeated", "the registry has seen this nonce, envelope or key with other bytes; nothing "
	    "was registered" },
	{ "no-envelope", "the registry does not hold the envelope yet; nothing was lost; repeat" },
	{ "already-ended", "this delivery has ended already" },
	{ "not-found", "the registry has no such thing" },
	{ "not-yet", "the registry does not have that yet; try again later" },
	{ "exercise-mismatch", "one side is an exercise and the other is not; nothing was done" },
	{ "disk-full", "the registry has no room left; nothing was lost; tell its operator and "
	    "repeat later" },
	{ "stopping", "the registry is just stopping; nothing was lost; repeat in a moment" },
	{ "too-large", "the registry refuses that much at once" },
	{ "lapse-out-of-range", "the registry refuses that lapse time" },
	{ "key-does-not-fit", "the registry says that the deposited key does not fit; nothing was "
	    "registered" },
};

static ch_err of_status(unsigned status)
{
	switch (status) {
	case 401:
	case 403:
		return CH_E_DENIED;
	case 404:
	case 410:
		return CH_E_ABSENT;
	case 409:
	case 422:
		return CH_E_CONFLICT;
	case 413:
		return CH_E_LIMIT;
	case 400:
	case 405:
		return CH_E_FORMAT;
	case 507:
		return CH_E_FULL;
	default:
		return status == 429 || status >= 500 ? CH_E_NET : CH_E_FORMAT;
	}
}

static json_t *load(const struct ch_link *l)
{
	return json_loadb((const char *)l->body.p, l->body.n, JSON_REJECT_DUPLICATES, NULL);
}

static void copy_type(char *out, size_t cap, const json_t *root)
{
	const char *type = json_string_value(json_object_get(root, "type"));

	out[0] = '\0';
	if (!type || strncmp(type, PROBLEM, strlen(PROBLEM)) != 0)
		return;
	type = &type[strlen(PROBLEM)];
	if (strlen(type) < cap && ch_text_is_token(ch_span_str(type)))
		memcpy(out, type, strlen(type) + 1);
}

static const char *sentence_for(const char *type)
{
	for (size_t i = 0; i < CH_COUNT(sentences); i++)
		if (strcmp(sentences[i].type, type) == 0)
			return sentences[i].text;
	return NULL;
}

ch_err ch_link_judge(const struct ch_link *l, struct ch_problem *why)
{
	ch_err e = of_status(l->status);
	const char *text, *title;
	json_t *root = load(l);

	if (!why || why->text[0] != '\0') {
		json_decref(root);
		return e;
	}
	why->status = l->status;
	copy_type(why->type, sizeof why->type, root);
	text = sentence_for(why->type);
	title = json_string_value(json_object_get(root, "title"));
	if (text)
		ch_problem_set(why, e, "%s (%s)", text, l->url);
	else if (title)
		ch_problem_about(why, e, "the registry refuses: ", ch_span_str(title), "");
	else
		ch_problem_set(why, e, "the registry at %s answered with status %u", l->url,
		    l->status);
	json_decref(root);
	return e;
}

ch_err ch_link_problem_string(char *out, size_t cap, const struct ch_link *l, const char *key)
{
	json_t *root = load(l), *v = json_object_get(root, key);
	ch_err e = CH_OK;

	memset(out, 0, cap);
	if (!root)
		e = CH_E_FORMAT;
	else if (!json_is_string(v))
		e = CH_E_ABSENT;
	else if (json_string_length(v) >= cap)
		e = CH_E_LIMIT;
	else
		memcpy(out, json_string_value(v), json_string_length(v));
	json_decref(root);
	return e;
}

ch_err ch_link_problem_number(uint64_t *out, const struct ch_link *l, const char *key)
{
	json_t *root = load(l), *v = json_object_get(root, key);
	ch_err e = CH_OK;

	*out = 0;
	if (!root || (json_is_integer(v) && json_integer_value(v) < 0))
		e = CH_E_FORMAT;
	else if (!json_is_integer(v))
		e = CH_E_ABSENT;
	else
		*out = (uint64_t)json_integer_value(v);
	json_decref(root);
	return e;
}

/* The list itself, or the only list in an object. */
static json_t *find_list(json_t *root)
{
	json_t *v, *found = NULL;
	const char *key;

	if (json_is_array(root))
		return root;
	json_object_foreach(root, key, v) {
		if (!json_is_array(v))
			continue;
		if (found)
			return NULL;
		found = v;
	}
	return found;
}

ch_err ch_link_get_list(struct ch_link_list *out, struct ch_link *l, const char *path,
    struct ch_problem *why)
{
	ch_span body;
	ch_err e;

	*out = (struct ch_link_list){ 0 };
	e = ch_link_get(&body, l, path, why);
	if (e != CH_OK)
		return e;
	out->root = load(l);
	out->items = find_list(out->root);
	out->n = json_array_size(out->items);
	if (!out->items || out->n > LIST_MAX) {
		ch_link_list_deinit(out);
		return ch_problem_set(why, CH_E_FORMAT, "the registry at %s answered with "
		    "something that is no list", l->url);
	}
	return CH_OK;
}

static json_t *item(const struct ch_link_list *list, size_t i, const char *key)
{
	return json_object_get(json_array_get(list->items, i), key);
}

ch_span ch_link_list_string(const struct ch_link_list *list, size_t i, const char *key)
{
	json_t *v = item(list, i, key);

	return json_is_string(v) ? ch_span_of(json_string_value(v), json_string_length(v))
	    : (ch_span){ 0 };
}

ch_err ch_link_list_number(uint64_t *out, const struct ch_link_list *list, size_t i,
    const char *key)
{
	json_t *v = item(list, i, key);

	*out = 0;
	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return CH_E_FORMAT;
	*out = (uint64_t)json_integer_value(v);
	return CH_OK;
}

ch_err ch_link_list_go(uint64_t *after, const struct ch_link_list *list, size_t i,
    struct ch_problem *why)
{
	uint64_t index;
	ch_err e = ch_link_list_number(&index, list, i, "index");

	if (e == CH_OK && *after != UINT64_MAX && index <= *after)
		e = CH_E_AUTH;
	if (e != CH_OK)
		return ch_problem_set(why, e, "the registry's list does not go on in the order of "
		    "its register; the rest of it was not read");
	*after = index;
	return CH_OK;
}

bool ch_link_list_true(const struct ch_link_list *list, size_t i, const char *key)
{
	return json_is_true(item(list, i, key));
}

void ch_link_list_deinit(struct ch_link_list *list)
{
	json_decref(list->root);
	*list = (struct ch_link_list){ 0 };
}
