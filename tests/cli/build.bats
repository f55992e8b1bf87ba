#!/usr/bin/env bats
# What the three programs are made of, and what installing them does.

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

@test "the waiting sbx-wrap takes less than 300 kB of memory" {
	background "$SBX" sleep 1000
	wait_until grep -q . "/proc/$JOB/task/$JOB/children"
	wait_until grep -qz 1000 "/proc/$JOB/cmdline"
	sleep 0.5
	local rss
	rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$JOB/status")
	grep -E '^(VmRSS|RssAnon|RssFile)' "/proc/$JOB/status"
	[ "$rss" -lt 300 ] || fail "VmRSS is $rss kB"
}

@test "a cache hit executes nothing but the target" {
	"$SBX" true
	strace -f -o trace "$SBX" true || skip "strace doesn't work here"
	[ "$(grep -cE 'execve\(' trace)" = 2 ] || fail "$(grep execve trace)"
	# how many system calls it makes before that is for the benchmark; here it is only told
	awk '/execve\(/ { n++; if (n == 2) exit } { count++ } END { print "# system calls before exec: " count }' trace >&3
}

@test "install, run from there, uninstall" {
	[ -f "$TESTS/../Makefile" ] || skip "not run from the source tree"
	[ -w "$TESTS/../build" ] || skip "the build tree can't be written"
	local make=(make -s -C "$TESTS/.." BUILD="$BUILD" DESTDIR="$PWD/root" PREFIX=/usr/local)
	"${make[@]}" install
	[ "$(stat -c %a root/usr/local/lib/sbx/libsbx-shim.so)" = 644 ]
	[ -f root/etc/sbx.conf ]
	[ -f root/usr/local/share/man/man1/sbx-wrap.1 ]
	run root/usr/local/bin/sbx-wrap -p pdftotext --latch required cat /proc/self/status
	expect_status 0
	echo '# mine' >root/etc/sbx.conf
	"${make[@]}" install
	[ "$(cat root/etc/sbx.conf)" = '# mine' ]
	"${make[@]}" uninstall
	[ -z "$(find root -type f ! -name sbx.conf)" ]
}

@test "a PREFIX that LD_PRELOAD would split is refused" {
	[ -f "$TESTS/../Makefile" ] || skip "not run from the source tree"
	run make -s -C "$TESTS/.." BUILD="$BUILD" DESTDIR="$PWD/root" PREFIX='/usr/my local' install
	[ "$status" -ne 0 ]
	expect_line 'PREFIX'
	run make -s -C "$TESTS/.." BUILD="$BUILD" DESTDIR="$PWD/root" PREFIX='/usr/a:b' install
	[ "$status" -ne 0 ]
	expect_line 'PREFIX'
}

@test "a change of any source or profile changes the build id, on which the cache is keyed" {
	local before
	cp -r "$TESTS/../Makefile" "$TESTS/../shim" "$TESTS/../loader" "$TESTS/../conf" .
	make -s build/.id
	for file in conf/profiles/npm.conf loader/root/private_root.c shim/blob.h; do
		before=$(cat build/.id)
		echo >>"$file"
		make -s build/.id
		[ "$before" != "$(cat build/.id)" ] || fail "$file changed, and the id did not"
	done
}
