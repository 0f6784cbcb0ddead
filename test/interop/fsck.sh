#!/bin/sh
# A log as Tessera sees it: its own fsck rebuilds the tree from the entries and compares each tile.
#
# Usage: test/interop/fsck.sh BASE VKEY
#
# Without Go: a skip by name (77). With Go and CI=true a build that fails is a failure; elsewhere
# it is a skip, for it needs the module proxy the first time.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: $0 BASE VKEY" >&2
    exit 2
fi
if ! command -v go >/dev/null 2>&1; then
    echo "SKIP interop/fsck: no go"
    exit 77
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if ! GOBIN=$tmp go install github.com/transparency-dev/tessera/cmd/fsck@v1.0.4 2>"$tmp/log"; then
    tail -n 5 "$tmp/log" >&2
    if [ "${CI:-}" = true ]; then
        echo "FAIL interop/fsck: Tessera's fsck does not build" >&2
        exit 1
    fi
    echo "SKIP interop/fsck: Tessera's fsck does not build"
    exit 77
fi
echo "$2" >"$tmp/key"
"$tmp/fsck" --N=8 --ui=false --storage_url="${1%/}/" --public_key="$tmp/key" >"$tmp/log" 2>&1 || {
    cat "$tmp/log" >&2
    exit 1
}
grep "Successfully fsck'd" "$tmp/log" || {
    cat "$tmp/log" >&2
    exit 1
}
