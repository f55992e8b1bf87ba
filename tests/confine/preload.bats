#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `preload`: libraries that are mapped before the latch, so that no executable memory is needed behind it.

load ../cli/helper

late() { # OPTION... -- ARGUMENT...
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	"$SBX" -p parser --config late.conf "${options[@]}" "$TOOLS/late" "$@"
}

more_setup() {
	LIBDIR=$(dirname "$(/sbin/ldconfig -p | sed -n 's/.*libgcc_s\.so\.1.* => //p' | grep -m1 '64\|aarch64')")
	LIBDIR=$(readlink -f "$LIBDIR")
	echo 'profiles = { };' >late.conf
}

@test "what is loaded late fails behind the latch, and works when it was mapped before" {
	run late -- libbz2.so.1.0 libgcc_s.so.1
	expect_status 0
	expect_no_line '^OK$'
	run late --set 'preload=["libbz2.so.1.0"]' -- libbz2.so.1.0 libgcc_s.so.1
	expect_status 0
	[ "${lines[0]}" = OK ]
	[ "${lines[1]}" != OK ] || fail "a library that isn't listed was loaded"
	run late --set 'map_exec=true' --rox "$LIBDIR" -- libbz2.so.1.0 libgcc_s.so.1
	expect_output $'OK\nOK'
}

@test "a thread can end with libgcc_s mapped" {
	run late -- --join
	[ "$status" -ne 0 ]
	run late --set 'preload=["libgcc_s.so.1"]' -- --join
	expect_status 0
	expect_output joined
}

@test "by name, by path, by pattern, and from the machine's library directory" {
	local entry
	for entry in libbz2.so.1.0 "$LIBDIR/libbz2.so.1.0" "$LIBDIR/libbz2.so.[0-9]*" '$LIB/libbz2.so.1.0' '$LIB/libbz2.so.*'; do
		run late --set "preload=[\"$entry\"]" -- libbz2.so.1.0 "$LIBDIR/libbz2.so.1.0"
		expect_output $'OK\nOK'
	done
}

@test "the environment is as the caller had it" {
	run late -- --env
	expect_no_line '^(LD_PRELOAD|SBX_)'
	run late --set 'preload=["libbz2.so.1.0", "libgcc_s.so.1"]' -- --env
	expect_no_line '^(LD_PRELOAD|SBX_)'
	export LD_PRELOAD=$LIBDIR/libbz2.so.1.0:$LIBDIR/libz.so.1
	run late --set 'preload=["libgcc_s.so.1"]' -- --env
	expect_line "^LD_PRELOAD=$LD_PRELOAD\$"
	expect_no_line '^SBX_'
	local preload=$LD_PRELOAD
	unset LD_PRELOAD
	run bash -c 'LD_PRELOAD=$1 "$SBX" -p parser --set "preload=[\"libgcc_s.so.1\"]" cat /proc/self/environ | tr "\0" "\n"' \
		bash "$preload"
	expect_line "^LD_PRELOAD=$preload\$"
	expect_no_line 'libgcc_s|^SBX_'
}

@test "its constructors run behind the latch" {
	run env LD_PRELOAD="$TOOLS/liblate.so" "$TOOLS/late"
	expect_output 'constructor map_exec OK'
	run late --set "preload=[\"$TOOLS/liblate.so\"]" --
	expect_output 'constructor map_exec EPERM'
	holds_in_place || return 0
	run late --set "preload=[\"$TOOLS/liblate.so\"]" --set 'namespaces=[]' --set latch=auto --
	expect_output 'constructor map_exec EPERM'
}

@test "what isn't there is an error, unless it may be absent" {
	run late --set 'preload=["libabsent.so.1"]' -- --env
	expect_refused 'preload: "libabsent.so.1": no such shared library.*fs.optional'
	run late --set 'preload=["/usr/absent/*.so"]' -- --env
	expect_refused 'preload: "/usr/absent/\*.so": no such'
	run late --set 'preload=["/etc/passwd"]' -- --env
	expect_refused 'preload: "/etc/passwd": no such'
	run --separate-stderr late --set 'preload=["libabsent.so.1", "$LIB/absent/*.so"]' \
		--set 'fs.optional=["...", "libabsent.so.1", "$LIB/absent/*.so"]' -- libz.so.1
	expect_status 0
	expect_no_stderr
}

@test "names that LD_PRELOAD would split or expand are refused" {
	local entry
	for entry in '/tmp/a b.so' '/tmp/a:b.so' '/tmp/$ORIGIN/x.so' '$LIB' 'lib/x.so' 'lib*.so' '../x.so'; do
		run late --set "preload=[\"$entry\"]" -- --env
		expect_refused 'preload: '
	done
	# a file of such a name that a pattern finds is passed over
	mkdir libs
	cp "$TOOLS/liblate.so" libs/a.so
	cp "$TOOLS/liblate.so" 'libs/b c.so'
	run --separate-stderr late --set "preload=[\"$PWD/libs/*.so\"]" --
	expect_output 'constructor map_exec EPERM'
	expect_no_stderr
}

@test "a library that comes or goes makes a kept policy stale" {
	mkdir libs
	cp "$TOOLS/liblate.so" libs/a.so
	keep() { late --set "preload=[\"$PWD/libs/*.so\"]" --; }
	run keep
	expect_output 'constructor map_exec EPERM'
	cp "$TOOLS/liblate.so" libs/b.so
	run keep
	expect_output $'constructor map_exec EPERM\nconstructor map_exec EPERM'
	rm libs/a.so libs/b.so
	run keep
	expect_refused 'preload: '
	optional() { late --set "preload=[\"$PWD/new/libx.so\"]" --set "fs.optional=[\"...\", \"$PWD/new/libx.so\"]" --; }
	run optional
	expect_output ""
	mkdir new
	cp "$TOOLS/liblate.so" new/libx.so
	run optional
	expect_output 'constructor map_exec EPERM'
}

@test "without the latch nothing is mapped" {
	run late --set "preload=[\"$TOOLS/liblate.so\"]" --set latch=off --
	expect_status 0
	expect_no_line EPERM
	run "$SBX" --set "preload=[\"$TOOLS/liblate.so\"]" "$TOOLS/hostile"
	expect_no_line '^constructor'
}
