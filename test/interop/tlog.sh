#!/bin/sh
# Logs written by our core, read by Go: tlog.sh TLOG_MAKE FOLDER-FOR-TOOLS. Three sizes; a spoiled
# twin must fail, whoever of the two readers reads. Then the published log and its proofs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
check=$("$here/go_tools.py" "$2" tlogcheck) || exit $?
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

for n in 0 1 300 3000; do
    step=0
    [ "$n" -eq 0 ] || step=$((n / 7 + 1))
    vkey=$("$1" "$tmp/log$n" "$n" "$step")
    if [ "$step" -gt 0 ]; then
        "$check" -proofs "$tmp/log$n/proofs" "$tmp/log$n" "$vkey"
    else
        "$check" "$tmp/log$n" "$vkey"
    fi
done
# One byte of a hash, of an entry, of a proof.
spoil() {
    cp -r "$tmp/log3000" "$tmp/bad"
    printf '\377\376\375' | dd of="$tmp/bad/$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
    for by in $readers; do
        if "$check" -by "$by" -proofs "$tmp/bad/proofs" "$tmp/bad" "$vkey" >/dev/null 2>&1; then
            echo "FAIL: $1 was spoiled and $by does not notice" >&2
            exit 1
        fi
    done
    rm -r "$tmp/bad"
}
readers='sumdb torchwood'
spoil checkpoint 60
spoil tile/0/003 1000
spoil tile/entries/011.p/184 700
spoil tile/1/000.p/11 40
case $("$check" "$tmp/log0" "$("$1" "$tmp/log0" 0)") in *'no proofs'*) readers=sumdb ;; esac
spoil proofs/0.proof 120
echo 'tlog: 4 logs agree, 5 spoiled ones are noticed'

vectors=$here/../../doc/formats/vectors/register
published=$(sed -n 's/^log //p' "$vectors/policy")
"$check" -proofs "$vectors" -policy "$vectors/policy" -cosigned "$vectors/log" "$published"
"$check" -index "$vectors/index" -policy "$vectors/policy" "$published"
