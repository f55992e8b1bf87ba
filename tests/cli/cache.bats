#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The cache of compiled policies: whatever is wrong with an entry makes it a miss, never a weaker sandbox.

load helper

more_setup() {
	rm -rf "${CACHE:?}"
}
more_teardown() {
	chmod -R u+w "$CACHE" 2>/dev/null || true
	rm -rf "${CACHE:?}"
}

entries() {
	find "$CACHE" -type f 2>/dev/null
}

# The run must work and be as tight as ever.
tight() {
	home_canary
	run "$SBX" sh -c 'cat "$CANARY" /etc/shadow; grep Seccomp: /proc/self/status; grep NoNewPrivs /proc/self/status; echo end'
	rm -rf "$HOME_SCRATCH"
	expect_line '^end$'
	expect_line '^Seccomp:	2$'
	expect_line '^NoNewPrivs:	1$'
	expect_no_line 'the secret|^root:'
}

@test "the first run compiles, the second doesn't" {
	marked_build
	copy/sbx-wrap true
	[ "$(compiled)" = 1 ]
	copy/sbx-wrap true
	copy/sbx-wrap true "$PWD"
	[ "$(compiled)" = 1 ] || fail "compiled $(compiled) times"
	[ "$(entries | wc -l)" -ge 1 ]
}

@test "what changes the policy is a miss" {
	marked_build
	copy/sbx-wrap true
	copy/sbx-wrap --latch off true
	[ "$(compiled)" = 2 ]
	copy/sbx-wrap -p pdftotext cat /dev/null
	[ "$(compiled)" = 3 ]
	copy/sbx-wrap --ro "$PWD" true
	[ "$(compiled)" = 3 ] || fail "a path grant is no part of the key"
	echo 'default = { };' >my.conf
	chmod 600 my.conf
	copy/sbx-wrap -c my.conf true
	[ "$(compiled)" = 4 ]
	copy/sbx-wrap -c my.conf true
	[ "$(compiled)" = 4 ]
	echo 'default = { latch = "off"; };' >my.conf
	copy/sbx-wrap -c my.conf true
	[ "$(compiled)" = 5 ] || fail "a changed file must be a miss"
}

@test "entries and their directory belong to the caller and are private" {
	"$SBX" true
	local entry
	while read -r entry; do
		[ "$(stat -c %u "$entry")" = "$(id -u)" ]
		[ $((0$(stat -c %a "$entry") & 022)) -eq 0 ] || fail "$entry is writable by others"
	done < <(entries)
	[ $((0$(stat -c %a "$CACHE") & 022)) -eq 0 ]
}

@test "a link that changes while a policy is compiled leads where it leads then" {
	marked_build
	mkdir -p a1/sub a2/sub b1/sub b2/sub
	echo one >a1/file
	echo two >a2/file
	ln -s a1 A
	ln -s b1 B
	local read="fs.read=[\"$PWD/A/sub\",\"$PWD/B/sub\",\"/usr\"]"
	run copy/sbx-wrap --set "$read" cat "$PWD/A/file"
	expect_line '^one$'
	ln -sfn b2 B # the entry that is there has gone stale, which shows behind A
	sed -i "2i ln -sfn a2 $PWD/A" copy/sbx-policy
	run copy/sbx-wrap --set "$read" cat "$PWD/A/file"
	expect_status 0
	expect_line '^two$'
	[ "$(compiled)" = 2 ]
}

@test "a damaged entry is a miss" {
	local entry size at
	"$SBX" true
	entry=$(entries | head -1)
	size=$(stat -c %s "$entry")
	for at in 0 8 20 64 $((size / 2)) $((size - 9)); do
		cp "$entry" saved
		printf '\xa5\x5a\xa5' | dd of="$entry" bs=1 seek="$at" conv=notrunc status=none
		tight || fail "damaged at $at"
		cp saved "$entry"
	done
}

@test "an entry that is cut short or too long is a miss" {
	local entry size at
	"$SBX" true
	entry=$(entries | head -1)
	cp "$entry" saved
	size=$(stat -c %s saved)
	for at in 0 1 7 32 200 $((size / 2)) $((size - 1)); do
		head -c "$at" saved >"$entry"
		tight || fail "cut at $at"
	done
	cat saved saved >"$entry"
	tight
}

@test "an entry of another policy under this one's name is a miss" {
	"$SBX" true
	local strict loose
	strict=$(entries | head -1)
	"$SBX" --latch off --set net=host true
	loose=$(entries | grep -vxF "$strict" | head -1)
	[ -n "$loose" ]
	cp "$loose" "$strict"
	tight
	run "$SBX" sh -c 'tail -n +3 /proc/net/dev | wc -l'
	expect_line '^1$'
}

@test "an entry that others can write is a miss" {
	marked_build
	copy/sbx-wrap true
	chmod 666 "$(entries | head -1)"
	copy/sbx-wrap true
	[ "$(compiled)" = 2 ]
}

@test "an entry that somebody else owns is a miss" {
	only_root
	marked_build
	copy/sbx-wrap true
	chown 65534 "$(entries | head -1)"
	copy/sbx-wrap true
	[ "$(compiled)" = 2 ]
}

@test "a cache directory that others can write, or own, isn't used" {
	marked_build
	copy/sbx-wrap true
	chmod 777 "$CACHE"
	copy/sbx-wrap true
	[ "$(compiled)" = 2 ]
	if is_root; then
		chmod 700 "$CACHE"
		chown 65534 "$CACHE"
		copy/sbx-wrap true
		[ "$(compiled)" = 3 ]
	fi
}

@test "an entry that is a symlink, a fifo or a directory is a miss" {
	local entry
	"$SBX" true
	entry=$(entries | head -1)
	mv "$entry" saved
	ln -s "$PWD/saved" "$entry"
	tight
	rm -f "$entry"
	mkfifo "$entry"
	tight
	rm -rf "$entry"
	mkdir "$entry"
	tight
	rm -rf "$entry"
}

@test "no cache directory: every run compiles, none is weaker" {
	marked_build
	if is_root; then
		mkdir -p "$(dirname "$CACHE")"
		ln -s /proc/self/nothing "$CACHE"
	else
		mkdir -p "$(dirname "$CACHE")"
		: >"$CACHE"
	fi
	copy/sbx-wrap true
	copy/sbx-wrap true
	[ "$(compiled)" = 2 ]
	tight
	rm -rf "${CACHE:?}"
}

@test "a read-only cache directory with entries is used, without is no error" {
	only_user
	marked_build
	mkdir -p "$CACHE"
	chmod 500 "$CACHE"
	copy/sbx-wrap true
	copy/sbx-wrap true
	[ "$(compiled)" = 2 ]
	chmod 700 "$CACHE"
	copy/sbx-wrap true
	chmod 500 "$CACHE"
	copy/sbx-wrap true
	[ "$(compiled)" = 3 ]
}

@test "a full disk in the cache directory is no error, and leaves no half entry" {
	only_root
	mkdir -p "$CACHE"
	mount -t tmpfs -o size=4k,mode=700 tmpfs "$CACHE" || skip "no mounts here"
	# one page: not even one entry fits
	head -c 4096 /dev/zero >"$CACHE/filler"
	run --separate-stderr "$SBX" echo ran
	local left
	left=$(find "$CACHE" -type f ! -name filler)
	umount "$CACHE"
	expect_status 0
	expect_output ran
	[ -z "$left" ] || fail "left: $left"
}

@test "20 first runs at once" {
	local n jobs=()
	for n in $(seq 20); do
		"$SBX" echo "$n" >"out.$n" 2>&1 3>&- &
		jobs+=($!)
	done
	for n in "${jobs[@]}"; do
		wait "$n"
	done
	for n in $(seq 20); do
		[ "$(cat "out.$n")" = "$n" ] || fail "run $n: $(cat "out.$n")"
	done
	tight
	[ -z "$(find "$CACHE" -type f -name '*tmp*')" ] || fail "temporary files are left"
}

@test "a symlink on a path of the policy that leads elsewhere now is a miss, not an error" {
	mkdir one two
	echo 1 >one/f
	echo 2 >two/f
	ln -s one link
	marked_build
	run copy/sbx-wrap --set "fs.read=[\"$PWD/link/f\"]" sh -c "cat $PWD/link/f"
	expect_output 1
	ln -sfn two link
	run copy/sbx-wrap --set "fs.read=[\"$PWD/link/f\"]" sh -c "cat $PWD/link/f"
	expect_output 2
	[ "$(compiled)" = 2 ] || fail "compiled $(compiled) times"
}

@test "what is bound and has become of another kind, has gone or has come, is a miss" {
	mkdir dir
	look() { # EXPECTED
		run "$SBX" -q --no-arg-grants --set "fs.read=[\"...\", \"$PWD/dir/conf\"]" \
			--set "fs.optional=[\"...\", \"$PWD/dir/conf\"]" sh -c "cat $PWD/dir/conf || ls $PWD/dir"
		expect_line "$1" || fail "for $1" || return 1
	}
	look 'No such file'
	echo file >dir/conf # it comes
	look '^file$'
	echo linked >dir/other
	ln -sf other dir/conf # as with systemd-resolved
	look '^linked$'
	look '^linked$'
	rm dir/conf
	mkdir dir/conf
	look 'Is a directory'
	rmdir dir/conf
	look 'No such file'
	echo again >dir/conf
	look '^again$'
}

@test "what holds the cache, or is in it, is never granted writable; what stands beside it is" {
	"$SBX" true
	local parent dir
	parent=$(dirname "$CACHE")
	for dir in "$parent" "$CACHE" "$CACHE/$(basename "$(entries | head -1)")"; do
		run "$SBX" --rw "$dir" sh -c "echo x >$CACHE/planted; rm -rf $CACHE"
		expect_status 125
		expect_line "not granted writable, it would reach sbx's own"
	done
	[ ! -e "$CACHE/planted" ]
	[ "$(entries | wc -l)" -ge 1 ] || fail "entries are gone"
	mkdir -p "$parent/sbx-test-beside"
	run "$SBX" --rw "$parent/sbx-test-beside" sh -c "echo x >$parent/sbx-test-beside/x; cat $CACHE/*"
	[ "$(cat "$parent/sbx-test-beside/x")" = x ] || fail "not written"
	rm -r "$parent/sbx-test-beside"
	expect_line 'No such file|Permission denied'
}

@test "the cache can't be made from inside where it is absent" {
	"$SBX" true
	local parent
	parent=$(dirname "$CACHE")
	rm -rf "${CACHE:?}"
	run "$SBX" --rw "$parent" sh -c "mkdir -p $CACHE; echo x >$CACHE/planted; echo end"
	expect_status 125
	[ ! -e "$CACHE/planted" ]
	tight
}

@test "an entry that no longer fits what a path is goes, and the next run works" {
	mkdir -p place other
	"$SBX" --set "fs.read=[\"$PWD/place\"]" true
	rmdir place
	ln -s "$PWD/other" place
	run "$SBX" --set "fs.read=[\"$PWD/place\"]" true
	expect_status 0
}
