#!/bin/sh
# Stock age and age-keygen against ours, both ways, around the borders of chunks.
# Usage: age.sh path-of-age_tool. Without age: a failure with CI=true, else a skip by name.
set -eu
tool=$1

for need in age age-keygen; do
    if ! command -v "$need" >/dev/null; then
        echo "SKIP interop age: no $need"
        [ "${CI:-}" = true ] && exit 1
        exit 77
    fi
done

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
ran=0
fail() { echo "FAILED: $*"; exit 1; }
same() { cmp -s "$1" "$2" || fail "$3"; ran=$((ran + 1)); }

age-keygen -o "$dir/stock.key" 2>/dev/null
stock_id=$(grep '^AGE-SECRET-KEY-1' "$dir/stock.key")
stock_to=$(age-keygen -y "$dir/stock.key")

# Ours as text: stock age-keygen derives the same recipient from our identity.
"$tool" keygen "$(od -An -vtx1 -N32 /dev/urandom | tr -d ' \n')" >"$dir/ours"
our_id=$(sed -n 1p "$dir/ours")
our_to=$(sed -n 2p "$dir/ours")
echo "$our_id" >"$dir/our.key"
[ "$(age-keygen -y "$dir/our.key")" = "$our_to" ] || fail "recipient of our identity"
ran=$((ran + 1))

for n in 0 1 65519 65535 65536 65537 131072 131073 1000000; do
    head -c "$n" /dev/urandom >"$dir/text"

    "$tool" seal "$our_to" "$stock_to" <"$dir/text" >"$dir/by_us"
    age -d -i "$dir/stock.key" "$dir/by_us" >"$dir/out" || fail "stock opens ours, $n"
    same "$dir/text" "$dir/out" "stock opens ours, $n"
    age -d -i "$dir/our.key" "$dir/by_us" >"$dir/out" || fail "stock opens ours by our key, $n"
    same "$dir/text" "$dir/out" "stock opens ours by our key, $n"

    age -r "$stock_to" -r "$our_to" -o "$dir/by_stock" "$dir/text"
    "$tool" open "$our_id" <"$dir/by_stock" >"$dir/out" || fail "we open stock's, $n"
    same "$dir/text" "$dir/out" "we open stock's, $n"
    "$tool" open "$stock_id" <"$dir/by_stock" >"$dir/out" || fail "we open stock's by its key, $n"
    same "$dir/text" "$dir/out" "we open stock's by its key, $n"
done

# One byte changed, one cut off: neither side opens to the end.
size=$(wc -c <"$dir/by_us")
head -c "$((size - 1))" "$dir/by_us" >"$dir/cut"
"$tool" open "$our_id" <"$dir/cut" >/dev/null 2>&1 && fail "we open a cut file"
age -d -i "$dir/our.key" "$dir/cut" >/dev/null 2>&1 && fail "stock opens a cut file"
ran=$((ran + 2))

# Passphrases: stock age asks on a terminal only, so script(1) plays one when it is there.
if command -v script >/dev/null; then
    "$tool" seal-pass "open sesame" 12 <"$dir/text" >"$dir/by_us"
    (sleep 1; printf 'open sesame\n'; sleep 1) |
        script -qec "age -d -o $dir/out $dir/by_us" /dev/null >/dev/null
    same "$dir/text" "$dir/out" "stock opens ours by passphrase"
    rm -f "$dir/by_stock"
    (sleep 1; printf 'open sesame\n'; sleep 1; printf 'open sesame\n'; sleep 2) |
        script -qec "age -p -o $dir/by_stock $dir/text" /dev/null >/dev/null
    "$tool" open-pass "open sesame" 20 <"$dir/by_stock" >"$dir/out" || fail "we open stock's by passphrase"
    same "$dir/text" "$dir/out" "we open stock's by passphrase"
    "$tool" open-pass "open sesam" 20 <"$dir/by_stock" >/dev/null 2>&1 && fail "wrong passphrase"
    ran=$((ran + 1))
    want=42
else
    echo "skip passphrases: no script(1)"
    want=39
fi
echo "$ran ran"
[ "$ran" -eq "$want" ]
