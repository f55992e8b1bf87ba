# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What every suite uses. A test gets a fresh, empty directory as its working directory: $BATS_TEST_TMPDIR/work.

bats_require_minimum_version 1.5.0

BUILD=${SBX_BUILD:-$(cd "$BATS_TEST_DIRNAME/../../build" && pwd)}
TESTS=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
SBX=$BUILD/sbx-wrap
POLICY=$BUILD/sbx-policy
SHIM=$BUILD/libsbx-shim.so
TOOLS=$BUILD/tools
PYTHON=/usr/bin/python3
SPAWN="$TESTS/tools/spawn.py"
export SBX POLICY SHIM TOOLS PYTHON SPAWN

# The home that sbx goes by: the passwd database's, whatever HOME says.
REAL_HOME=$(getent passwd "$(id -u)" | cut -d: -f6)
# where compiled policies are kept
if [ "$(id -u)" = 0 ]; then
	CACHE=/var/cache/sbx
else
	CACHE=$REAL_HOME/.cache/sbx
fi
export REAL_HOME CACHE

setup() {
	WORK=$BATS_TEST_TMPDIR/work
	mkdir -p "$WORK"
	cd "$WORK" || return 1
	declare -F more_setup >/dev/null && more_setup
	return 0
}

teardown() {
	local job
	for job in ${JOBS-}; do
		kill -9 "$job" 2>/dev/null || true
	done
	if [ -n "${HOME_SCRATCH-}" ]; then
		rm -rf "$HOME_SCRATCH"
	fi
	declare -F more_teardown >/dev/null && more_teardown
	return 0
}

# Run a command in the background as $JOB; it is killed after the test if it still runs. bats waits for whoever
# holds its descriptor 3.
background() {
	"$@" 3>&- &
	JOB=$!
	JOBS="${JOBS-} $JOB"
}

# A directory of this test's own in the home, as $HOME_SCRATCH. With a leading dot it is protected by its name.
home_scratch() { # PREFIX
	[ -w "$REAL_HOME" ] || skip "the home $REAL_HOME is not writable"
	HOME_SCRATCH=$(mktemp -d "$REAL_HOME/$1.XXXXXX")
}

# The home may be filled as a test likes: it is gone afterwards.
own_home() {
	[ -n "${SBX_TEST_OWN_HOME-}" ] || skip "the home is not the test's own"
}

# A script behind a private copy of /etc, so that nothing that succeeds harms the machine
with_own_etc() { # SCRIPT
	cp -a /etc "$WORK/etc"
	rm -rf "$WORK/etc/sbx.conf" "$WORK/etc/sbx.conf.d"
	run unshare --mount --propagation private bash -c 'mount --bind "$1/etc" /etc && exec bash -c "$2"' bash "$WORK" "$1"
}

# A file that nothing but an explicit grant may open, as $CANARY.
home_canary() {
	home_scratch .sbx-canary
	CANARY=$HOME_SCRATCH/secret
	echo "the secret of $REAL_HOME" >"$CANARY"
	export CANARY
}

is_root() { [ "$(id -u)" = 0 ]; }
only_root() { is_root || skip "only as root"; }
only_user() { ! is_root || skip "only as an unprivileged user"; }
only_x86() { [ "$(uname -m)" = x86_64 ] || skip "only on x86-64"; }

# Fail with the reason and what was seen.
fail() {
	echo "$*"
	echo "status: ${status-}"
	echo "output: ${output-}"
	[ -z "${stderr-}" ] || echo "stderr: $stderr"
	return 1
}

# after `run`: the exit status
expect_status() {
	[ "$status" -eq "$1" ] || fail "expected status $1"
}

# after `run`: the output is exactly this
expect_output() {
	[ "$output" = "$1" ] || fail "expected the output: $1"
}

# after `run`: some line matches the extended regular expression; no line does
expect_line() {
	grep -qE -- "$1" <<<"$output" || fail "expected a line that matches: $1"
}
expect_no_line() {
	! grep -qE -- "$1" <<<"$output" || fail "expected no line that matches: $1"
}

# after `run --separate-stderr`
expect_stderr() {
	# shellcheck disable=SC2154  # bats sets it
	grep -qE -- "$1" <<<"$stderr" || fail "expected on stderr: $1"
}
expect_no_stderr() {
	[ -z "$stderr" ] || fail "expected nothing on stderr"
}

# The run must fail with sbx's own status and name the step or reason.
expect_refused() { # PATTERN
	expect_status 125
	grep -qE '^sbx-(wrap|policy): ' <<<"$output${stderr-}" || fail "expected a message of sbx"
	grep -qE -- "$1" <<<"$output${stderr-}" || fail "expected the message to match: $1"
}

# "attempt errno" lines: what `name` came to in text $1
outcome() { # TEXT NAME
	sed -n "s/^$2 //p" <<<"$1"
}

# Every attempt of the list ended in an errno that only the fence gives (EPERM, EACCES and so on): none is OK.
expect_none_ok() { # TEXT NAME...
	local text=$1 name
	shift
	for name in "$@"; do
		case $(outcome "$text" "$name") in
		"" | OK) fail "$name was not stopped: '$(outcome "$text" "$name")' in: $text" || return 1 ;;
		esac
	done
}
expect_all_ok() { # TEXT NAME...
	local text=$1 name
	shift
	for name in "$@"; do
		[ "$(outcome "$text" "$name")" = OK ] || fail "$name: expected OK in: $text" || return 1
	done
}

# A time for sleep(1) that no other process on this machine sleeps for, whoever else runs these suites
own_seconds() { printf '6%d.%d\n' "$BASHPID" "$RANDOM$RANDOM"; }

# Wait until a command succeeds: a guard against hanging, not a measurement.
wait_until() {
	local tries
	for ((tries = 0; tries < 600; tries++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	fail "waited in vain for: $*"
}

# Is the compiler run? A copy of the build whose compiler leaves a mark.
marked_build() {
	mkdir copy
	cp "$SBX" "$SHIM" copy/
	cat >copy/sbx-policy <<END
#!/bin/sh
echo ran >>"$PWD/compiled"
exec "$POLICY" "\$@"
END
	chmod +x copy/sbx-policy
	: >compiled
}
compiled() {
	wc -l <compiled
}

# Make a PDF with one page of text.
make_pdf() { # FILE [TEXT...]
	"$PYTHON" "$TESTS/tools/mkpdf.py" "$@"
}

# The kernel is of that version or a later one.
kernel_from() { # MAJOR.MINOR
	[ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ]
}

# In place Landlock has to hold truncate(2) as well, or the run is refused.
holds_in_place() { [ "$(landlock_abi)" -ge 3 ]; }
needs_in_place() {
	holds_in_place || skip "Landlock here doesn't hold truncate"
}

# A virtual machine has what the suites need, without the biggest.
needs_npm() {
	[ -z "${SBX_VM-}" ] || skip "this machine has no npm"
}

# Is Landlock in this kernel at least at that ABI?
landlock_abi() {
	"$PYTHON" - <<'END'
import ctypes
print(ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, 1))
END
}
