/* A proof of place (c2sp.org/tlog-proof) of an entry that the asker holds. See doc/verify.md. */
#include "verify.h"

#include "proof.h"

static struct ch_proof_facts facts;

bool ch_verify_is_proof(ch_span in)
{
	struct ch_rd r = ch_rd_of(in);

	return ch_rd_starts(&r, CH_LIT("c2sp.org/tlog-proof@"));
}

/* Under whichever trusted key the checkpoint has; NULL: proven, and in `facts`. */
static const char *ch_proof_flaw(const struct ch_verify *v, ch_span in)
{
	static const char *const why[] = {
		"its log is not among those that you trust, or did not sign its checkpoint",
		"it is of another entry or another tree, or a signature does not verify",
		"its checkpoint lacks the cosigners that your policy asks",
	};
	const ch_trust *t = v->trust;
	ch_err e = CH_E_ABSENT;

	for (size_t i = 0; e == CH_E_ABSENT && i < t->n_registries; i++)
		e = ch_proof_verify(&facts, in, v->entry, &t->registry[i], NULL);
	if (e != CH_OK)
		return why[e == CH_E_ABSENT ? 0 : 1];
	if (t->policy && ch_policy_check(&facts.cosigners, t->policy, &facts.note) != CH_OK)
		return why[2];
	return NULL;
}

static void ch_proof_tell(struct ch_tell *o, const char *why, ch_span name)
{
	ch_tell_span(o, name);
	ch_tell(o, ": a proof of place\nShown:\n");
	if (why) {
		ch_tell(o, "  The place of the entry in a log: NOT SHOWN, ");
		ch_tell(o, why);
		ch_tell(o, "\nNOT PROVEN in every point: see above.\n");
		return;
	}
	ch_tell(o, "  The entry is at place ");
	ch_tell_dec(o, facts.proof.index);
	ch_tell(o, " of the log ");
	ch_tell_span(o, facts.tree.origin);
	ch_tell(o, ", in a tree of ");
	ch_tell_dec(o, facts.tree.size);
	ch_tell(o, " entries that its key signed\nNot shown:\n"
	    "  - what the entry says, by whom it is, and when it came\n"
	    "  - that the log shows everybody the same tree\n"
	    "PROVEN as far as said above.\n");
}

static void ch_proof_json(struct ch_tell *o, const char *why, ch_span name)
{
	ch_tell(o, "{\"file\": ");
	ch_tell_json_string(o, name);
	ch_tell(o, ", \"kind\": \"proof\", \"proven\": ");
	ch_tell(o, why ? "false, \"why\": " : "true, \"registry\": ");
	ch_tell_json_string(o, why ? ch_span_str(why) : facts.tree.origin);
	if (!why) {
		ch_tell(o, ", \"index\": ");
		ch_tell_dec(o, facts.proof.index);
		ch_tell(o, ", \"size\": ");
		ch_tell_dec(o, facts.tree.size);
	}
	ch_tell(o, "}");
}

int ch_verify_proof(struct ch_verify *v, const char *path, ch_span in)
{
	const char *why;
	ch_proof p;

	if (!v->has_entry || ch_proof_parse(&p, in) != CH_OK) {
		ch_verify_complain(path, v->has_entry ? "not a proof in its exact form"
		    : "a proof of place of an entry that is not given",
		    v->has_entry ? "ask for it again" : "give the entry with --entry FILE");
		return CH_EXIT_INPUT;
	}
	why = ch_proof_flaw(v, in);
	if (v->json) {
		ch_tell(&v->out, v->n_items++ ? ",\n" : "[\n");
		ch_proof_json(&v->out, why, ch_span_str(path));
	} else {
		ch_proof_tell(&v->out, why, ch_span_str(path));
	}
	return why ? CH_EXIT_NOT : CH_EXIT_PROVEN;
}
