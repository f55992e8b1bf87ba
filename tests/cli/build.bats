#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the programs are made of.

load helper

@test "the shim needs no library and comes first" {
	run readelf -d "$SHIM"
	expect_status 0
	expect_no_line 'NEEDED'
	expect_line 'INITFIRST'
	expect_no_line 'TEXTREL'
}

@test "the shim exports nothing" {
	[ -z "$(nm -D "$SHIM" 2>/dev/null)" ]
}

@test "the shim's code is smaller than 8 kB, it has no variables, and two mappings" {
	run size -A "$SHIM"
	[ "$(awk '$1 == ".text" { print $2 }' <<<"$output")" -lt 8192 ]
	[ "$(awk '$1 == ".data" || $1 == ".bss" { sum += $2 } END { print sum + 0 }' <<<"$output")" = 0 ]
	run readelf -lW "$SHIM"
	[ "$(grep -c ' LOAD ' <<<"$output")" = 2 ]
	expect_no_line 'GNU_RELRO' # its change of protection costs every program more than the latch does
	expect_line 'GNU_STACK.* RW '
}

@test "sbx-wrap is static" {
	run ldd "$SBX"
	expect_line 'not a dynamic executable|statically linked'
	run readelf -lW "$SBX"
	expect_no_line 'INTERP'
	expect_line 'GNU_STACK.* RW '
}

@test "sbx-policy is hardened" {
	run readelf -hldW "$POLICY"
	expect_line 'DYN'
	expect_line 'BIND_NOW|NOW'
	expect_line 'GNU_RELRO'
}

@test "the waiting sbx-wrap takes less than 450 kB of memory, 130 of its own" {
	background "$SBX" sleep 1000
	wait_until grep -q . "/proc/$JOB/task/$JOB/children"
	wait_until grep -qz 1000 "/proc/$JOB/cmdline"
	sleep 0.5
	local rss own
	rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$JOB/status")
	grep -E '^(VmRSS|RssAnon|RssFile)' "/proc/$JOB/status"
	[ "$rss" -lt 450 ] || fail "VmRSS is $rss kB"
	own=$(awk '/^RssAnon/ { print $2 }' "/proc/$JOB/status")
	[ "$own" -le 130 ] || fail "RssAnon is $own kB"
}

@test "a cache hit executes nothing but the target" {
	"$SBX" true
	strace -f -o trace "$SBX" true || skip "strace doesn't work here"
	[ "$(grep -cE 'execve\(' trace)" = 2 ] || fail "$(grep execve trace)"
	# how many system calls it makes before that is for the benchmark; here it is only told
	awk '/execve\(/ { n++; if (n == 2) exit } { count++ } END { print "# system calls before exec: " count }' trace >&3
}

@test "a change of any source or profile changes the build id, on which the cache is keyed" {
	local before
	cp -r "$TESTS/../Makefile" "$TESTS/../VERSION" "$TESTS/../shim" "$TESTS/../loader" "$TESTS/../conf" .
	make -s build/.id
	for file in conf/profiles/npm.conf loader/root/private_root.c shim/blob.h; do
		before=$(cat build/.id)
		echo >>"$file"
		make -s build/.id
		[ "$before" != "$(cat build/.id)" ] || fail "$file changed, and the id did not"
	done
}
