#!/bin/sh
# Logs written by our core, read by Go: tlog.sh TLOG_MAKE. Three sizes; a spoiled twin must fail.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

for n in 0 1 300 3000; do
    step=0
    [ "$n" -eq 0 ] || step=$((n / 7 + 1))
    vkey=$("$1" "$tmp/log$n" "$n" "$step")
    if [ "$step" -gt 0 ]; then
        "$here/go.sh" "$tmp/log$n" "$vkey" "$tmp/log$n/proofs"
    else
        "$here/go.sh" "$tmp/log$n" "$vkey"
    fi
done
# The published log and its proofs.
vectors=$here/../../doc/formats/vectors/register
published=$(sed -n 's/^log //p' "$vectors/policy")
"$here/go.sh" "$vectors/log" "$published" "$vectors"
if "$here/go.sh" "$vectors/log" "$published" "$vectors/bad" 2>/dev/null; then
    echo 'FAIL: the published bad proofs pass' >&2
    exit 1
fi
# One byte of a hash, of an entry and of a proof.
spoil() {
    cp -r "$tmp/log3000" "$tmp/bad"
    printf '\377\376\375' | dd of="$tmp/bad/$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
    if "$here/go.sh" "$tmp/bad" "$vkey" "$tmp/bad/proofs" 2>/dev/null; then
        echo "FAIL: $1 was spoiled and went unnoticed" >&2
        exit 1
    fi
    rm -r "$tmp/bad"
}
spoil tile/0/003 1000
spoil tile/entries/011.p/184 700
spoil tile/1/000.p/11 40
spoil proofs/0.proof 120
echo "tlog: 4 logs agree, 4 spoiled ones are noticed"
