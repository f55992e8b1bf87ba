# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The measure of every profile: a command, run as it is and run under sbx-wrap, in the same directory from the same
# files, ends alike: standard output, standard error, exit status, and every file it leaves, byte for byte.

load "${BASH_SOURCE[0]%/*}/../cli/helper"

# What a case starts from: a directory that the suite fills.
FIXTURE=${BATS_TEST_TMPDIR-}/fixture

# One line for each file: type, mode, size or link, name, sum; with $SAME_TIMES also when a file was modified.
tree_of() { # DIR
	(
		cd "$1" || exit
		find . -mindepth 1 -printf '%y %m %l %P\n' -type f -exec sha256sum {} + | sort
		[ -z "${SAME_TIMES-}" ] || find . -type f -printf '%Ts %P\n' | sort
	)
}

# Run "$@" in a fresh copy of $FIXTURE at $WORK/run; what came of it goes to $WORK/$1.{out,err,status,tree}
run_in_copy() { # NAME CMD...
	local name=$1 status=0
	shift
	rm -rf "$WORK/run"
	cp -a "$FIXTURE" "$WORK/run"
	(cd "$WORK/run" && "$@" >"$WORK/$name.out" 2>"$WORK/$name.err" <"${SAME_STDIN:-/dev/null}") ||
		status=$?
	echo $status >"$WORK/$name.status"
	tree_of "$WORK/run" >"$WORK/$name.tree"
}

# The command alone and under sbx-wrap (with $SAME_OPTIONS, an array) end alike. $SAME_FILTER, a sed script, takes out of
# both outputs what differs from run to run (a time, a speed); $SAME_UNORDERED compares them as sets of lines, for a
# command that goes through a tree in the order of its inode numbers, which no two copies have alike. $SAME_STDIN is a
# file. The plain run's results stay in $WORK/plain.*, the wrapped one's in $WORK/wrapped.*, the files of the last in
# $WORK/run.
same() { # CMD...
	local part
	run_in_copy plain "$@"
	run_in_copy wrapped "$SBX" "${SAME_OPTIONS[@]}" "$@"
	for part in status out err tree; do
		[ -z "${SAME_FILTER-}" ] || sed -i -E "$SAME_FILTER" "$WORK/plain.$part" "$WORK/wrapped.$part"
		if [ -n "${SAME_UNORDERED-}" ]; then
			sort -o "$WORK/plain.$part" "$WORK/plain.$part"
			sort -o "$WORK/wrapped.$part" "$WORK/wrapped.$part"
		fi
		cmp -s "$WORK/plain.$part" "$WORK/wrapped.$part" ||
			fail "$part differs for: $*
$(diff -a "$WORK/plain.$part" "$WORK/wrapped.$part" | head -40)
stderr: $(head -c 2000 "$WORK/wrapped.err")" || return 1
	done
}

# The same, and the command must have ended with that status: a case that fails on both sides alike proves nothing else.
same_status() { # STATUS CMD...
	local wanted=$1
	shift
	same "$@" || return 1
	[ "$(cat "$WORK/plain.status")" = "$wanted" ] || fail "expected status $wanted from: $*
$(head -c 2000 "$WORK/plain.err")"
}
