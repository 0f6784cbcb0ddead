/* The one table from error code to words. */
#include "err.h"

const char *ch_err_text(ch_err e)
{
	switch (e) {
	case CH_OK:
		return "done";
	case CH_E_TRUNCATED:
		return "it ends too early";
	case CH_E_FORMAT:
		return "it is not in the one accepted form";
	case CH_E_LIMIT:
		return "it is larger than allowed";
	case CH_E_AUTH:
		return "a signature, hash or proof does not fit";
	case CH_E_ABSENT:
		return "not found";
	case CH_E_CONFLICT:
		return "it contradicts what is known";
	case CH_E_DENIED:
		return "not permitted";
	case CH_E_LOCKED:
		return "locked, or wrong passphrase";
	case CH_E_NOMEM:
		return "out of memory";
	case CH_E_RANDOM:
		return "no randomness from the system";
	case CH_E_IO:
		return "reading or writing failed";
	case CH_E_FULL:
		return "the disk is full";
	case CH_E_DB:
		return "the database failed";
	case CH_E_NET:
		return "the registry could not be reached";
	case CH_E_INTERNAL:
		return "a fault of ours";
	}
	return "unknown error";
}
