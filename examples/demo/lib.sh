# Common ground of the demos: a drill on loopback with a registry and some homes. Bash.
# Everything happens in $WORK, which is made anew; nothing outside it is touched.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CHANCERY=$ROOT/build/chancery
WORK=$ROOT/demo
WORK_FACTOR=10          # of scrypt: a drill's passphrases protect nothing
ORIGIN=exercise.registry.example
export NO_COLOR=${NO_COLOR-1}

if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold= dim= plain=; fi
step_number=0
step() { step_number=$((step_number + 1)); printf '%s%2d  %s%s\n' "$bold" "$step_number" "$1" "$plain"; }
note() { printf '    %s%s%s\n' "$dim" "$1" "$plain"; }
quote() { sed 's/^/      | /'; }
fail() { printf 'demo: %s\n' "$1" >&2; exit 1; }

# home NAME COMMAND...: run a command of that party's delegate.
home() {
	local who=$1 verb=$2
	shift 2
	local noun=
	case $verb in party|delegate|roster|talks) noun=$1; shift ;; esac
	"$CHANCERY" "$verb" ${noun:+"$noun"} --home "$WORK/homes/$who" --passphrase-file "$WORK/passphrase" "$@"
}

# verify ARGS: the verifier, for which a drill that holds is enough here.
verify() { "$ROOT/build/chancery-verify" --exercise-ok "$@"; }

# age_version: of the stock age here, as 1.3.2; 0 when there is none that says so.
age_version() {
	local v
	v=$(age --version 2>/dev/null || true)
	v=${v#v}
	case $v in [0-9]*.[0-9]*) printf '%s\n' "$v" ;; *) echo 0 ;; esac
}

# choose_opener: how an age file to a hybrid party is opened here, into $OPENER.
choose_opener() {
	if [ "$(printf '1.3\n%s\n' "$(age_version)" | sort -V | head -n 1)" = 1.3 ]; then
		OPENER=(age -d)
		opener_said="stock age $(age_version)"
	else
		OPENER=("$CHANCERY" unseal)
		opener_said="chancery unseal; stock age does the same from version 1.3 on"
	fi
}

# must_fail WHAT COMMAND...: the command has to refuse.
must_fail() {
	local what=$1 out
	shift
	if out=$("$@" 2>&1); then fail "$what: it was not refused"; fi
	printf '%s\n' "$out" | tail -n 1 | quote
}

# The virtual clock of the drill: one instant for every home and the registry.
tick() {
	local f
	now=$1
	for f in "$WORK"/registry "$WORK"/homes/*; do
		[ -d "$f" ] && printf '%s\n' "$1" > "$f/clock"
	done
	return 0
}

start_registry() {
	rm -f "$WORK/port"
	"$CHANCERY" registry run "${1:-$WORK/registry}" --listen "127.0.0.1:${PORT:-0}" --port-file "$WORK/port" \
		> "$WORK/registry.log" 2>&1 &
	REGISTRY=$!
	for _ in $(seq 100); do
		[ -s "$WORK/port" ] && break
		kill -0 "$REGISTRY" 2>/dev/null || { cat "$WORK/registry.log" >&2; fail "the registry did not start"; }
		sleep 0.05
	done
	PORT=$(cat "$WORK/port")
	URL=http://127.0.0.1:$PORT
}

stop_registry() {
	kill "$REGISTRY" 2>/dev/null || true
	wait "$REGISTRY" 2>/dev/null || true
}

begin() {
	[ -x "$CHANCERY" ] || fail "build first: make"
	rm -rf "$WORK"
	mkdir -p "$WORK/homes" "$WORK/desk" "$WORK/published"
	printf 'a drill has no secrets\n' > "$WORK/passphrase"
	trap 'stop_registry' EXIT
	"$CHANCERY" registry init "$WORK/registry" --origin "$ORIGIN" > /dev/null
}

# party HANDLE TITLE: a home with its first delegate, enrolled at the registry.
party() {
	mkdir -p "$WORK/homes/$1"
	tick "$now"
	home "$1" party new "$1" --person first.delegate --title "$2" --exercise --work-factor "$WORK_FACTOR" > /dev/null
	home "$1" roster show -o "$WORK/$1.roster.txt" > /dev/null
	"$CHANCERY" registry enrol "$WORK/registry" "$WORK/$1.roster.txt" > /dev/null
}

# agree NAME OPENER CODE OTHER CODE: talks between two, from draft to force.
agree() {
	local name=$1 a=$2 ca=$3 b=$4 cb=$5
	home "$a" talks open "$name" --with "$b" --code "$ca" --codes "$b=$cb" --registry "$URL" --confirm free --yes > /dev/null
	home "$a" talks invite "$b" -o "$WORK/invitation" > /dev/null
	home "$b" talks join "$WORK/invitation" -o "$WORK/answer" --yes > /dev/null
	home "$a" talks sign "$WORK/answer" --yes > /dev/null
	home "$b" talks sign --yes > /dev/null
	home "$a" sync > /dev/null
}
