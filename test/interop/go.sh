#!/bin/sh
# A log as Go sees it: tlogcheck (go/main.go) reads checkpoint, tiles and entries of a log and
# recomputes everything with golang.org/x/mod/sumdb.
#
# Usage: test/interop/go.sh BASE VKEY [folder of *.proof]
# BASE is a URL or a folder under which `checkpoint` and `tile/` lie.
#
# Without Go: a skip by name (77). With Go and CI=true a build that fails is a failure; elsewhere
# it is a skip, for it needs the module proxy the first time.
set -eu

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
    echo "usage: $0 BASE VKEY [folder of *.proof]" >&2
    exit 2
fi
if ! command -v go >/dev/null 2>&1; then
    echo "SKIP interop/go: no go"
    exit 77
fi
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if ! (cd "$here/go" && go build -mod=readonly -o "$tmp/tlogcheck" .); then
    if [ "${CI:-}" = true ]; then
        echo "FAIL interop/go: tlogcheck does not build" >&2
        exit 1
    fi
    echo "SKIP interop/go: tlogcheck does not build"
    exit 77
fi
"$tmp/tlogcheck" ${3:+-proofs "$3"} "$1" "$2"
