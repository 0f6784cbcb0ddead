#!/bin/sh
# Run a program under valgrind; any use of a secret in a branch or an address fails.
# Usage: run.sh suppressions program argument. Without valgrind: a failure with CI=true, else a
# skip by name.
if ! command -v valgrind >/dev/null; then
    echo "SKIP ct: no valgrind"
    [ "${CI:-}" = true ] && exit 1
    exit 77
fi
exec valgrind -q --error-exitcode=9 --suppressions="$1" "$2" "$3"
