/* The table of kinds: see kinds.h. Adding a key is a new version of the type, never an edit. */
#include "kinds.h"

#include "err.h"

#define REQ(k, t)       { k, CH_T_##t, false, 0, NULL }
#define OPT(k, t)       { k, CH_T_##t, true, 0, NULL }
#define TEXT(k, m)      { k, CH_T_TEXT, false, m, NULL }
#define OPTTEXT(k, m)   { k, CH_T_TEXT, true, m, NULL }
#define LIST(k, m, s)   { k, CH_T_LIST, false, m, &s }
#define SCHEMA(n, f)    { n, CH_COUNT(f), f }

/* Items of lists. */
static const struct ch_field roster_registry_f[] =
    { REQ("registry", ORIGIN), REQ("mailbox", HEX16) };
static const struct ch_schema roster_registry = SCHEMA("registry", roster_registry_f);

static const struct ch_field delegate_f[] = {
	REQ("delegate", KEYNAME), REQ("person", TOKEN), OPTTEXT("title", 256),
	OPT("powers", TOKENS), REQ("key", VKEY), REQ("key-proof", SIG), REQ("sign-in", VKEY),
	REQ("sign-in-proof", SIG), REQ("cosign", VKEY), REQ("cosign-proof", SIG),
	REQ("seal", RECIPIENT), OPT("auth", KEY), OPT("post-quantum", KEY), OPT("recalled", WHEN),
};
static const struct ch_schema delegate = SCHEMA("delegate", delegate_f);

static const struct ch_field charter_party_f[] = {
	REQ("party", HANDLE), REQ("code", CODE), OPTTEXT("party-title", 256), OPTTEXT("tie", 1024),
	REQ("party-key", VKEY), REQ("roster", REF),
};
static const struct ch_schema charter_party = SCHEMA("party", charter_party_f);

static const struct ch_field charter_registry_f[] = {
	REQ("registry", ORIGIN), REQ("vkey", VKEY), OPT("cosigner", VKEY), REQ("url", URL),
};
static const struct ch_schema charter_registry = SCHEMA("registry", charter_registry_f);

static const struct ch_field holiday_f[] = { REQ("holiday", DATE) };
static const struct ch_schema holiday = SCHEMA("holiday", holiday_f);
static const struct ch_field offset_f[] = { REQ("offset-from", WHEN), TEXT("offset-minutes", 8) };
static const struct ch_schema offset = SCHEMA("offset", offset_f);
static const struct ch_field neutral_f[] = { REQ("neutral", VKEY) };
static const struct ch_schema neutral = SCHEMA("neutral", neutral_f);
static const struct ch_field observer_f[] = { REQ("observer", HANDLE) };
static const struct ch_schema observer = SCHEMA("observer", observer_f);
static const struct ch_field info_f[] = { REQ("info", HANDLE) };
static const struct ch_schema info = SCHEMA("info", info_f);
static const struct ch_field position_f[] = { TEXT("position", 4096) };
static const struct ch_schema position = SCHEMA("position", position_f);
static const struct ch_field attachment_f[] = {
	REQ("attachment", TOKEN), REQ("media-type", MEDIA), REQ("size", DEC), REQ("sha256", HASH),
	TEXT("name", 256),
};
static const struct ch_schema attachment = SCHEMA("attachment", attachment_f);
static const struct ch_field l_registry_f[] = { REQ("registry", ORIGIN) };
static const struct ch_schema l_registry = SCHEMA("registry", l_registry_f);
static const struct ch_field layer_f[] = { REQ("layer", HASH) };
static const struct ch_schema layer = SCHEMA("layer", layer_f);
static const struct ch_field signer_f[] = { REQ("signer", VKEY) };
static const struct ch_schema signer = SCHEMA("signer", signer_f);
static const struct ch_field recalled_f[] = { REQ("recalled", KEYNAME) };
static const struct ch_schema recalled = SCHEMA("recalled", recalled_f);
static const struct ch_field chain_f[] = { REQ("from", HANDLE), REQ("pair", REF) };
static const struct ch_schema chain = SCHEMA("chain", chain_f);

/* Statements of parties. */
static const struct ch_field roster_f[] = {
	OPT("talks", HASH), REQ("party", HANDLE), OPTTEXT("title", 256), REQ("version", DEC),
	OPT("previous", HASH), REQ("party-key", VKEY), REQ("time", WHEN), REQ("valid-until", WHEN),
	REQ("suite", TOKEN), REQ("quorum-send", DEC), REQ("quorum-sign-for", DEC),
	REQ("quorum-bind", DEC), REQ("quorum-disclose", DEC), REQ("quorum-speak", DEC),
	REQ("quorum-enrol", DEC), LIST("registries", 16, roster_registry),
	LIST("delegates", 64, delegate),
};
static const struct ch_field charter_f[] = {
	OPT("talks", HASH), REQ("party", HANDLE), REQ("version", DEC), OPT("previous", HASH),
	REQ("name", TOKEN), OPTTEXT("title", 256), REQ("time", WHEN), REQ("word-set", TOKEN),
	OPT("languages", TOKENS), OPT("prevails", TOKEN), REQ("mode", TOKEN), REQ("basis", TOKEN),
	REQ("bases", TOKENS), REQ("package", TOKEN), REQ("confirm", TOKEN), REQ("level", TOKEN),
	OPT("answer-days", DEC), REQ("lapse-days", DEC), OPT("rounds", DEC), OPTTEXT("order", 1024),
	OPT("effective-on-registration", TOKENS), OPT("effective-on-notice", TOKENS),
	OPT("effective-on-receipt", TOKENS), OPT("deemed-days", DEC), OPT("working-days", TOKENS),
	OPT("cut-off", TOKEN), REQ("outage-extends", TOKEN), LIST("holidays", 512, holiday),
	LIST("offsets", 64, offset), LIST("parties", 64, charter_party),
	LIST("registries", 16, charter_registry), LIST("neutrals", 16, neutral),
	LIST("observers", 64, observer), OPT("agenda", HASH),
};
static const struct ch_field enrolment_f[] = {
	OPT("talks", HASH), REQ("party", HANDLE), REQ("purpose", TOKEN), REQ("key", VKEY),
};
static const struct ch_field sign_in_f[] = {
	OPT("talks", HASH), REQ("party", HANDLE), REQ("roster", REF), REQ("registry", ORIGIN),
	OPT("tls-name", TOKEN), REQ("challenge", HASH), REQ("time", WHEN),
};
static const struct ch_field paper_f[] = {
	REQ("talks", HASH), REQ("party", HANDLE), REQ("roster", REF), REQ("mode", TOKEN),
	REQ("head", HASH), REQ("body", HASH),
};
static const struct ch_field paper_text_f[] = {
	REQ("talks", HASH), REQ("number", NUMBER), OPT("copy", COPY), REQ("from", HANDLE),
	REQ("by", KEYNAME), REQ("to", HANDLE), LIST("info", 64, info), REQ("form", TOKEN),
	REQ("act", TOKEN), REQ("basis", TOKEN), OPT("re", RE), OPT("effective", TOKEN),
	OPTTEXT("subject", 256), OPTTEXT("title", 1024), REQ("date", DATE),
	    OPT("languages", TOKENS),
	OPTTEXT("caveat", 1024), OPT("characterise", TOKEN), OPT("may-confirm", TOKENS),
	OPT("answer-by", WHEN), OPTTEXT("operative", 4096), REQ("text", HASH),
	LIST("positions", 512, position), LIST("attachments", 99, attachment),
};
static const struct ch_field seeds_f[] = {
	REQ("talks", HASH), REQ("party", HANDLE), REQ("head", HASH), REQ("body", HASH),
	REQ("text", HASH),
};
static const struct ch_field deposit_f[] = {
	REQ("talks", HASH), REQ("party", HANDLE), REQ("submission", HASH), TEXT("identity", 256),
};
static const struct ch_field submission_f[] = {
	REQ("talks", HASH), REQ("party", HANDLE), REQ("roster", REF), REQ("addressee", HANDLE),
	REQ("addressee-roster", REF), LIST("registries", 16, l_registry), REQ("mailbox", HEX16),
	REQ("serial", DEC), REQ("envelope", HASH), REQ("size", DEC), REQ("key", HASH),
	REQ("paper", HASH), REQ("cover", HASH), REQ("lapse", WHEN), LIST("layers", 16, layer),
	OPT("checkpoint", SEEN), OPT("pair", REF), REQ("nonce", HASH),
};
#define DELIVERY_F                                                                             \
	REQ("talks", HASH), REQ("party", HANDLE), REQ("roster", REF), REQ("registry", ORIGIN), \
	    REQ("submission", HASH), REQ("paper", HASH), REQ("cover", HASH),                    \
	    OPT("checkpoint", SEEN), REQ("pair", REF)
static const struct ch_field receipt_f[] = { DELIVERY_F };
static const struct ch_field decline_f[] = { DELIVERY_F, OPTTEXT("reason", 1024) };
static const struct ch_field opened_f[] = { DELIVERY_F, REQ("handover", HASH) };
static const struct ch_field defect_f[] = { DELIVERY_F, REQ("handover", HASH),
	REQ("cause", TOKEN) };
static const struct ch_field confirmation_f[] = {
	REQ("talks", HASH), REQ("party", HANDLE), REQ("roster", REF), REQ("paper", HASH),
	OPT("receipt", HASH), OPT("leaves", TOKENS), REQ("sentence", TOKEN), OPTTEXT("note", 4096),
	OPT("checkpoint", SEEN), REQ("time", WHEN),
};
static const struct ch_field disclosure_f[] = {
	REQ("talks", HASH), REQ("party", HANDLE), REQ("roster", REF), REQ("paper", HASH),
	OPT("leaves", TOKENS), OPT("passages", NUMBERS), OPT("attachments", NUMBERS),
	OPTTEXT("note", 4096), OPT("checkpoint", SEEN), REQ("time", WHEN),
};
static const struct ch_field statement_f[] = {
	REQ("talks", HASH), REQ("party", HANDLE), REQ("roster", REF), REQ("what", TOKEN),
	OPT("about", HASH), OPT("paper", HASH), TEXT("text", 4096), OPT("checkpoint", SEEN),
	REQ("time", WHEN),
};
static const struct ch_field contestation_f[] = {
	REQ("talks", HASH), REQ("party", HANDLE), REQ("roster", REF), REQ("about", HASH),
	OPT("paper", HASH), TEXT("text", 4096), OPT("checkpoint", SEEN), REQ("time", WHEN),
};

/* Statements of a registry. */
static const struct ch_field registry_f[] = {
	OPT("talks", HASH), REQ("registry", ORIGIN), REQ("vkey", VKEY), REQ("cosigner", VKEY),
	REQ("time", WHEN),
};
static const struct ch_field deposit_key_f[] = {
	OPT("talks", HASH), REQ("registry", ORIGIN), REQ("epoch", DEC), REQ("recipient", RECIPIENT),
	REQ("from", WHEN), REQ("until", WHEN),
};
#define EVENT_F                                                                              \
	REQ("talks", HASH), REQ("registry", ORIGIN), REQ("submission", HASH), REQ("time", WHEN), \
	    OPTTEXT("etsi", 8)
static const struct ch_field registered_f[] = { EVENT_F, REQ("pair", REF) };
static const struct ch_field rejected_f[] = { EVENT_F, REQ("reason", TOKEN) };
static const struct ch_field notice_f[] = { EVENT_F, REQ("pair", REF), REQ("roster", REF),
	REQ("delegate", KEYNAME) };
static const struct ch_field handover_f[] = {
	EVENT_F, REQ("pair", REF), REQ("receipt", HASH), REQ("roster", REF), REQ("keybox", HASH),
	LIST("signers", 32, signer), LIST("recalls", 64, recalled),
};
static const struct ch_field ended_f[] = {
	EVENT_F, REQ("pair", REF), REQ("end", TOKEN), OPT("statement", HASH), REQ("reason", TOKEN),
	OPT("checkpoint", SEEN),
};
static const struct ch_field heads_f[] = {
	REQ("talks", HASH), REQ("registry", ORIGIN), REQ("party", HANDLE), REQ("time", WHEN),
	OPT("checkpoint", SEEN), LIST("chains", 64, chain),
};

/* The way into a party. */
static const struct ch_field request_f[] = {
	OPT("talks", HASH), REQ("party", HANDLE), REQ("suite", TOKEN), REQ("time", WHEN),
	LIST("delegates", 1, delegate),
};
static const struct ch_field welcome_f[] = {
	OPT("talks", HASH), REQ("party", HANDLE), REQ("roster", REF), REQ("delegate", KEYNAME),
	REQ("key", VKEY), REQ("holdings", HASH), REQ("time", WHEN),
};

static const struct ch_schema kinds[CH_K_COUNT] = {
	[CH_K_ROSTER] = SCHEMA("roster", roster_f),
	[CH_K_CHARTER] = SCHEMA("charter", charter_f),
	[CH_K_ENROLMENT] = SCHEMA("enrolment", enrolment_f),
	[CH_K_SIGN_IN] = SCHEMA("sign-in", sign_in_f),
	[CH_K_PAPER] = SCHEMA("paper", paper_f),
	[CH_K_PAPER_TEXT] = SCHEMA("paper-text", paper_text_f),
	[CH_K_SEEDS] = SCHEMA("seeds", seeds_f),
	[CH_K_DEPOSIT] = SCHEMA("deposit", deposit_f),
	[CH_K_SUBMISSION] = SCHEMA("submission", submission_f),
	[CH_K_RECEIPT] = SCHEMA("receipt", receipt_f),
	[CH_K_DECLINE] = SCHEMA("decline", decline_f),
	[CH_K_TAKE_BACK] = SCHEMA("take-back", decline_f),
	[CH_K_OPENED] = SCHEMA("opened", opened_f),
	[CH_K_DEFECT] = SCHEMA("defect", defect_f),
	[CH_K_KEY_MISSING] = SCHEMA("key-missing", defect_f),
	[CH_K_CONFIRMATION] = SCHEMA("confirmation", confirmation_f),
	[CH_K_DISCLOSURE] = SCHEMA("disclosure", disclosure_f),
	[CH_K_STATEMENT] = SCHEMA("statement", statement_f),
	[CH_K_CONTESTATION] = SCHEMA("contestation", contestation_f),
	[CH_K_REGISTRY] = SCHEMA("registry", registry_f),
	[CH_K_DEPOSIT_KEY] = SCHEMA("deposit-key", deposit_key_f),
	[CH_K_REGISTERED] = SCHEMA("registered", registered_f),
	[CH_K_REJECTED] = SCHEMA("rejected", rejected_f),
	[CH_K_NOTICE] = SCHEMA("notice", notice_f),
	[CH_K_HANDOVER] = SCHEMA("handover", handover_f),
	[CH_K_ENDED] = SCHEMA("ended", ended_f),
	[CH_K_HEADS] = SCHEMA("heads", heads_f),
	[CH_K_REQUEST] = SCHEMA("delegate-request", request_f),
	[CH_K_WELCOME] = SCHEMA("delegate-welcome", welcome_f),
};

_Static_assert(CH_COUNT(charter_f) == CH_CHARTER_FIELDS, "charter keys");
_Static_assert(CH_COUNT(charter_f) <= CH_FIELDS_MAX, "room for every key");
_Static_assert(CH_COUNT(roster_f) == CH_ROSTER_FIELDS, "roster keys");
_Static_assert(CH_COUNT(delegate_f) == CH_DEL_COLUMNS, "delegate keys");
_Static_assert(CH_COUNT(delegate_f) <= CH_COLUMNS_MAX, "room for every column");
_Static_assert(CH_COUNT(paper_text_f) == CH_H_KEYS, "head keys");
_Static_assert(CH_COUNT(submission_f) == CH_L_NONCE + 1, "submission keys");
_Static_assert(CH_COUNT(receipt_f) == CH_D_PAIR + 1, "receipt keys");
_Static_assert(CH_COUNT(defect_f) == CH_D_CAUSE + 1, "defect keys");
_Static_assert(CH_COUNT(confirmation_f) == CH_CONF_TIME + 1, "confirmation keys");
_Static_assert(CH_COUNT(disclosure_f) == CH_DISC_TIME + 1, "disclosure keys");
_Static_assert(CH_COUNT(statement_f) == CH_ST_TIME + 1, "statement keys");
_Static_assert(CH_COUNT(contestation_f) == CH_CON_TIME + 1, "contestation keys");
_Static_assert(CH_COUNT(handover_f) == CH_HO_RECALLED + 1, "handover keys");
_Static_assert(CH_COUNT(ended_f) == CH_EN_CHECKPOINT + 1, "ended keys");
_Static_assert(CH_COUNT(heads_f) == CH_HD_CHAINS + 1, "heads keys");
_Static_assert(CH_COUNT(request_f) == CH_RQ_DELEGATES + 1, "request keys");
_Static_assert(CH_COUNT(welcome_f) == CH_WE_TIME + 1, "welcome keys");

const struct ch_schema *ch_kind_schema(ch_kind k)
{
	CH_ASSERT(k < CH_K_COUNT);
	return &kinds[k];
}

bool ch_head_is_cover(unsigned i)
{
	switch (i) {
	case CH_H_COPY:
	case CH_H_INFO:
	case CH_H_TITLE:
	case CH_H_DATE:
	case CH_H_LANGUAGES:
	case CH_H_TEXT:
	case CH_H_POSITIONS:
	case CH_H_ATTACHMENTS:
		return false;
	default:
		return i < CH_H_KEYS;
	}
}
