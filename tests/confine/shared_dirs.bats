#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Directories that others write into, like /tmp: what the kernel would not follow or open there for the caller, sbx doesn't
# follow or open in the command's stead. fs.protected_symlinks and its kin, proc_sys_fs(5).

load ../cli/helper
load outputs

somebody() { # COMMAND... : as somebody who isn't the caller
	setpriv --reuid=54321 --regid=54321 --clear-groups "$@"
}
shared() { # a directory that is sticky and everybody's
	[ "$(cat /proc/sys/fs/protected_symlinks)" = 1 ] || skip "fs.protected_symlinks is off here"
	[ "$(id -u)" = 0 ] || skip "only as root"
	SHARED=$(mktemp -d /tmp/sbx-shared.XXXXXX)
	HOME_SCRATCH=$SHARED # is removed at the end
	chmod 1777 "$SHARED"
}

@test "a symlink that somebody planted is followed neither for reading nor for writing" {
	shared
	echo private >victim
	somebody ln -s "$PWD/victim" "$SHARED/link"
	run cat "$SHARED/link"
	expect_status 1
	run "$SBX" cat "$SHARED/link"
	expect_status 1
	expect_line "somebody else's symlink in a shared directory"
	expect_no_line private
	under one 'echo gone >$1' "$SHARED/link"
	[ "$status" -ne 0 ]
	[ "$(cat victim)" = private ]
	local option
	for option in --ro --rw --rox --rwx; do
		run "$SBX" "$option" "$SHARED/link" true
		expect_refused "somebody else's symlink"
	done
	# one that leads nowhere yet is no way to make a file
	somebody ln -s "$PWD/absent" "$SHARED/nowhere"
	under one 'echo x >$1' "$SHARED/nowhere"
	[ ! -e absent ]
}

@test "nor one to a directory, nor one behind another, nor as a command or interpreter" {
	shared
	mkdir there
	echo private >there/file
	somebody ln -s "$PWD/there" "$SHARED/dir"
	ln -s "$SHARED/dir" mine
	run "$SBX" ls "$SHARED/dir/" mine
	expect_no_line '^file$'
	run "$SBX" --rw "$SHARED/dir" true
	expect_refused "somebody else's symlink"
	somebody ln -s /bin/true "$SHARED/true"
	run "$SBX" "$SHARED/true"
	expect_status 126
	printf '#!%s\n' "$SHARED/true" >script
	chmod +x script
	run "$SBX" ./script
	expect_status 126
	run "$SBX" --set "fs.read=[\"$SHARED/dir\"]" true
	expect_refused 'Permission denied'
}

@test "nor does anything get into the directory that it leads to" {
	shared
	mkdir there mine
	echo x >mine/file
	somebody ln -s "$PWD/there" "$SHARED/dir"
	local words
	for words in 'cp mine/file DIR/' 'cp mine/file DIR' 'cp -t DIR mine/file' 'cp -r mine DIR/' 'mv mine/file DIR/' \
		'ln mine/file DIR/' 'mkdir -p DIR/new/deep' 'install -D mine/file DIR/new/file' 'install -t DIR mine/file'; do
		# shellcheck disable=SC2086  # these are several
		run "$SBX" ${words//DIR/$SHARED\/dir}
		[ "$status" -ne 0 ] || fail "$words succeeds" || return 1
		[ -z "$(ls there)" ] || fail "$words went there" || return 1
		[ -e mine/file ] || fail "$words took it away" || return 1
	done
	# nor is it lost in the private /tmp
	run "$SBX" mkdir -p "$SHARED/dir/new"
	expect_refused 'what is written there would be lost'
	ln -s "$PWD/there" "$SHARED/own"
	run "$SBX" cp mine/file "$SHARED/own/"
	expect_status 0
	[ "$(cat there/file)" = x ]
}

@test "one's own symlink there, one of the directory's owner, and one elsewhere are followed" {
	shared
	echo text >file
	ln -s "$PWD/file" "$SHARED/own"
	run "$SBX" cat "$SHARED/own"
	expect_output text
	chown 54321 "$SHARED"
	somebody ln -s "$PWD/file" "$SHARED/owners"
	run "$SBX" cat "$SHARED/owners"
	expect_output text
	mkdir plain
	chmod 777 plain
	ln -s "$PWD/file" plain/link
	chown -h 54321 plain/link
	run "$SBX" cat plain/link
	expect_output text
	# the kernel looks at the last part alone: what lies behind a link to a directory is reached
	mkdir there
	echo below >there/file
	chown 0 "$SHARED"
	somebody ln -s "$PWD/there" "$SHARED/dir"
	run cat "$SHARED/dir/file"
	local native=$output
	run "$SBX" cat "$SHARED/dir/file"
	expect_output "$native"
}

@test "a file that somebody put there is no output" {
	shared
	[ "$(cat /proc/sys/fs/protected_regular)" -ge 1 ] || skip "fs.protected_regular is off here"
	somebody sh -c ': >"$1"; chmod 666 "$1"' sh "$SHARED/file"
	run sh -c 'echo x >"$1"' sh "$SHARED/file"
	[ "$status" -ne 0 ]
	under one 'echo x >$1' "$SHARED/file"
	[ "$status" -ne 0 ]
	[ ! -s "$SHARED/file" ]
	run "$SBX" --rw "$SHARED/file" true
	expect_refused "somebody else's file"
	run "$SBX" cat "$SHARED/file"
	expect_status 0
	: >"$SHARED/mine"
	under one 'echo x >$1' "$SHARED/mine"
	expect_status 0
	[ "$(cat "$SHARED/mine")" = x ]
}

@test "nor may a configuration write to a file or a fifo that somebody put there" {
	shared
	[ "$(cat /proc/sys/fs/protected_regular)" -ge 1 ] || skip "fs.protected_regular is off here"
	somebody sh -c ': >"$1"; chmod 666 "$1"' sh "$SHARED/file"
	run "$SBX" --set "fs.write=[\"$SHARED/file\"]" sh -c 'echo x >>"$1"' sh "$SHARED/file"
	expect_refused "Permission denied; somebody else's symlink or file"
	[ ! -s "$SHARED/file" ]
	run "$SBX" --set "fs.read=[\"$SHARED/file\"]" cat "$SHARED/file"
	expect_status 0
	local policy="fs.write=[\"$SHARED/mine\"]"
	: >"$SHARED/mine"
	run "$SBX" --set "$policy" sh -c 'echo x >"$1"' sh "$SHARED/mine"
	expect_status 0
	[ "$(cat "$SHARED/mine")" = x ]
	rm "$SHARED/mine" # and the policy is in the cache
	somebody sh -c ': >"$1"; chmod 666 "$1"' sh "$SHARED/mine"
	run "$SBX" --set "$policy" sh -c 'echo x >>"$1"' sh "$SHARED/mine"
	expect_refused "Permission denied; somebody else's symlink or file"
	[ ! -s "$SHARED/mine" ]
	[ "$(cat /proc/sys/fs/protected_fifos)" -ge 1 ] || return 0
	somebody mkfifo -m 666 "$SHARED/fifo"
	run "$SBX" --set "fs.write=[\"$SHARED/fifo\"]" true
	expect_refused "Permission denied; somebody else's symlink or file"
}
