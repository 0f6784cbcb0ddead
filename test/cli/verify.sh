#!/bin/sh
# The verifier as a person meets it: verify.sh VERIFIER MAKE_SAMPLES
set -u
verify=$1
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
"$2" "$dir" || exit 99
t=$dir/trust.txt
failed=0
cases=0

# want CODE, WORDS (grep -F, `!` in front: must be absent), then the command
want() {
	code=$1; words=$2; shift 2
	cases=$((cases + 1))
	out=$("$verify" "$@" 2>&1); rc=$?
	if [ $rc != "$code" ]; then
		echo "exit $rc, not $code: $*"; echo "$out"; failed=1
	fi
	case $words in
	!*) if printf '%s' "$out" | grep -qF -e "${words#!}"; then
		echo "says '${words#!}': $*"; echo "$out"; failed=1; fi ;;
	*) if ! printf '%s' "$out" | grep -qF -e "$words"; then
		echo "does not say '$words': $*"; echo "$out"; failed=1; fi ;;
	esac
}

want 0 'example:' --help
want 0 'chancery-verify ' --version
want 2 'no file given'
want 2 'unknown option' --frob
want 2 'No such file' --trust "$t" "$dir/none"
want 2 'no keys to judge it by; give --trust FILE' "$dir/record.txt"
want 0 'How it ended: delivered' --trust "$t" "$dir/record.txt"
want 0 'at place 5 of the register' --trust "$t" "$dir/record.txt"
want 0 'published, not yet cosigned by both sides or a neutral' --trust "$t" "$dir/record.txt"
want 0 'not after  2026-11-25' --trust "$t" "$dir/record.txt"
want 0 'the text of the paper: a record of delivery never holds it' --trust "$t" "$dir/record.txt"
want 0 'How it ended: delivered' --trust "$t" "$dir/record"
want 1 'the keybox that the handover names is not here' --trust "$t" "$dir/record-no-keybox.txt"
want 1 '!PROOF AGAINST' --trust "$t" "$dir/record-no-keybox.txt"
want 0 'We confirm that we received this paper and signed for it.' --trust "$t" "$dir/confirmation.txt"
want 0 'no passage of it' --trust "$t" "$dir/confirmation.txt"
want 0 "the date is the author's claim" --trust "$t" "$dir/confirmation.txt"
want 0 'disclosed by its author' --trust "$t" "$dir/disclosure.txt"
want 0 '!shown by a holder' --trust "$t" "$dir/disclosure.txt"
want 0 'passages 3 to 4, of 4 in all' --trust "$t" "$dir/disclosure.txt"
want 0 'delivery' --trust "$t" "$dir/disclosure.txt"
want 0 'shown by a holder, not disclosed by its author' --trust "$t" "$dir/shown.txt"
want 0 'No<U+202E> ship<U+009B> sails.' --trust "$t" "$dir/shown.txt"
want 0 'cannot be ordered' "$dir/published"
want 0 'Compare them with a source that you trust' "$dir/published"
want 0 '(about the same paper as 0002-confirmation.txt)' --trust "$t" "$dir/published"
want 0 '!come from the folder itself' --trust "$t" "$dir/published"
want 1 'EXERCISE' --trust "$dir/drill/trust.txt" "$dir/drill/record.txt"
want 0 'EXERCISE' --trust "$dir/drill/trust.txt" --exercise-ok "$dir/drill/record.txt"
want 1 'EXERCISE' --trust "$dir/drill/trust.txt" "$dir/drill/confirmation.txt"
want 1 '"exercise": true' --json --trust "$dir/drill/trust.txt" "$dir/drill/confirmation.txt"
want 1 'NOT SHOWN' --trust "$dir/drill/trust.txt" "$dir/record.txt"
want 0 '"disclosed_by_author": true' --json --trust "$t" "$dir/disclosure.txt"

# The register's order, whatever the names say.
first=$("$verify" "$dir/published" | grep -n 'confirmation.txt: part' | cut -d: -f1)
second=$("$verify" "$dir/published" | grep -n 'disclosure.txt: part' | cut -d: -f1)
[ "${first:-9}" -lt "${second:-0}" ] || { echo "order: $first, $second"; failed=1; }

# No byte of the input reaches the terminal unmarked: printable ASCII, LF and honest letters only.
if "$verify" --trust "$t" "$dir/shown.txt" | LC_ALL=C grep -q '[^ -~]'; then
	echo "a hidden character came through"; failed=1
fi

# JSON is JSON.
if command -v python3 >/dev/null; then
	"$verify" --json --trust "$t" "$dir/record.txt" "$dir/disclosure.txt" "$dir/published" |
	    python3 -c 'import json,sys; assert len(json.load(sys.stdin)) == 5' || failed=1
fi

# A flipped or cut file never exits 0.
for f in record confirmation disclosure; do
	size=$(wc -c < "$dir/$f.txt")
	for at in 40 700 1500 3000 $((size / 2)) $((size - 300)); do
		{ head -c "$at" "$dir/$f.txt"; printf '~'; tail -c +$((at + 2)) "$dir/$f.txt"; } > "$dir/bent.txt"
		cmp -s "$dir/bent.txt" "$dir/$f.txt" && continue
		"$verify" --trust "$t" "$dir/bent.txt" >/dev/null 2>&1 && { echo "$f flipped at $at"; failed=1; }
		head -c "$at" "$dir/$f.txt" > "$dir/bent.txt"
		"$verify" --trust "$t" "$dir/bent.txt" >/dev/null 2>&1 && { echo "$f cut at $at"; failed=1; }
	done
done
echo "$cases cases"
exit $failed
