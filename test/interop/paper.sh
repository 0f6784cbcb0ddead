#!/bin/sh
# Papers against their published vectors, byte for byte, and against stock tar and sha256sum:
# paper.sh PAPER_MAKE VECTORS
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

mkdir "$tmp/v"
"$1" "$tmp/v"
diff -r "$2" "$tmp/v" -x README.md
[ "$(find "$2" -type f ! -name README.md | wc -l)" -eq 16 ] || { echo 'FAIL: not 16 files'; exit 1; }
(cd "$2" && sha256sum -c --quiet SHA256SUMS)

if ! command -v tar >/dev/null; then
    echo 'SKIP stock tar: not here'
    exit 77
fi
for set in '' exercise-; do
    mkdir "$tmp/${set}b"
    tar -xf "$2/${set}bundle.tar" -C "$tmp/${set}b"
    (cd "$tmp/${set}b" && sha256sum -c --quiet SHA256SUMS)
    cmp "$tmp/${set}b/paper.txt" "$2/${set}paper.txt"
    cmp "$tmp/${set}b/seeds" "$2/${set}seeds"
    cmp "$tmp/${set}b/signature" "$2/${set}signature"
    tar -tf "$2/${set}bundle.tar" >"$tmp/names"
    printf '%s\n' paper.txt SHA256SUMS seeds signature attachments/01.txt attachments/02.bin |
        cmp - "$tmp/names"
done
TZ=UTC tar -tvf "$2/outer.tar" >"$tmp/list" 2>"$tmp/err"
[ ! -s "$tmp/err" ] || { cat "$tmp/err"; exit 1; }
[ "$(grep -c -- '^-rw-r--r-- 0/0 .* 1970-01-01 00:00 ' "$tmp/list")" -eq 2 ] ||
    { cat "$tmp/list"; exit 1; }
mkdir "$tmp/o"
tar -xf "$2/outer.tar" -C "$tmp/o"
cmp "$tmp/o/cover.txt" "$2/exercise-cover.txt"

# A spoiled twin must fail: one bit of the second attachment's line, one of a header.
cp "$2/bundle.tar" "$tmp/bad.tar"
printf 'X' | dd of="$tmp/bad.tar" bs=1 seek=520 conv=notrunc 2>/dev/null
mkdir "$tmp/bad"
tar -xf "$tmp/bad.tar" -C "$tmp/bad"
if (cd "$tmp/bad" && sha256sum -c --status SHA256SUMS 2>/dev/null); then
    echo 'FAIL: paper.txt was spoiled and went unnoticed'
    exit 1
fi
