#!/bin/sh
# The verifier over the published records, extracts and split views: published.sh VERIFIER VECTORS
set -u
verify=$1
vectors=$2
failed=0
cases=0

for folder in delivery extract split-view; do
    dir=$vectors/$folder
    file=
    while read -r key value; do
        case $key in
        file) file=$value ;;
        exit)
            case $file in
            exercise-record.txt | exercise-disclosure.txt | exercise-two-sizes.txt) trust=exercise-trust.txt ;;
            *) trust=trust.txt ;;
            esac
            "$verify" --exercise-ok --trust "$dir/$trust" "$dir/$file" >/dev/null 2>&1
            rc=$?
            cases=$((cases + 1))
            if [ "$rc" != "$value" ]; then
                echo "FAIL $folder/$file: exit $rc, not $value"
                failed=1
            fi ;;
        esac
    done <"$dir/index"
done
[ "$cases" -eq 54 ] || { echo "FAIL: $cases cases, not 54"; failed=1; }
exit $failed
