#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Configuration files: what they change, and every way in which a bad one is refused with its file and line.

load helper

config() { # TEXT: my.conf
	printf '%s\n' "$1" >my.conf
	chmod 600 my.conf
}

# my.conf is refused, with its line and a word, by sbx-wrap and by sbx-policy check
refused() { # LINE PATTERN
	run "$SBX" -c my.conf touch ran
	expect_status 125
	expect_line "my.conf:$1: " || return 1
	expect_line "$2" || return 1
	[ ! -e ran ]
	run "$POLICY" check my.conf
	expect_status 1
	expect_line "my.conf:$1: " || return 1
	expect_line "$2"
}

@test "no configuration file is needed" {
	config ''
	run "$SBX" -c my.conf echo ran
	expect_output ran
}

@test "the shipped files are what is built in" {
	run "$POLICY" check
	expect_status 0
	local show
	show=$("$POLICY" show)
	[ -n "$show" ]
	[ -e "$TESTS/../conf/sbx.conf" ] || return 0
	cp "$TESTS/../conf/sbx.conf" my.conf
	chmod 600 my.conf
	run "$POLICY" check my.conf
	expect_status 0
	run "$POLICY" show --config my.conf
	expect_output "$show"
}

@test "the installed file says nothing until something in it is uncommented, and then the same" {
	local show
	show=$("$POLICY" show)
	[ -e "$BUILD/share/sbx.conf" ] || return 0
	grep -v '^ *#' "$BUILD/share/sbx.conf" | grep -v '^\s*#' | grep '=' | grep -v '= {$' >keys || true
	[ ! -s keys ]
	config "$(cat "$BUILD/share/sbx.conf")"
	run "$POLICY" show --config my.conf
	expect_output "$show"
	config "$(sed -E 's/^(\t+)# ([a-z_]+ = |\t)/\1\2/' "$BUILD/share/sbx.conf")"
	[ "$(grep -cE '^\s+[a-z_]+ = [^{]' my.conf)" -gt 40 ]
	run "$POLICY" show --config my.conf
	expect_output "$show"
}

@test "what is shown can be read again and shows the same" {
	local profile
	for profile in default pdftotext unzip npm; do
		"$POLICY" show "$profile" >shown.conf || fail "$profile"
		[ -s shown.conf ]
		chmod 600 shown.conf
		run "$POLICY" show --config shown.conf
		expect_status 0
		expect_output "$(sed '1s/ [^ ]*$/ default/' shown.conf)"
	done
}

@test "a grant in the file is in force" {
	mkdir data
	echo text >data/file
	config "default = { fs = { read = [\"$PWD/data\"]; }; };"
	run "$SBX" -c my.conf --set args.grants=false /bin/cat data/file
	expect_output text
	config 'default = { fs = { read = []; }; };'
	run "$SBX" -c my.conf --set args.grants=false /bin/cat data/file
	expect_status 1
	# some versions print the path of the program, some do not
	local wrapped=$output
	run /bin/cat data/absent
	[ "$wrapped" = "${output/absent/file}" ] || fail "expected the output: $wrapped"
}

@test "an empty list grants nothing" {
	mkdir data
	: >data/file
	local set=(--set "fs.read=[\"$PWD/data\"]" --set 'fs.exec=["/usr"]')
	# the shell is its own ls: it is granted because it is the command
	run "$SBX" "${set[@]}" sh -c 'echo data/*; echo /usr/share/d*'
	expect_status 0
	expect_line '^data/file$'
	expect_line '/usr/share/doc( |$)'
	run "$SBX" "${set[@]}" --set 'fs.read=[]' --set 'fs.exec=[]' sh -c 'echo data/*; echo /usr/share/d*'
	expect_status 0
	expect_output $'data/*\n/usr/share/d*'
}

@test "an unknown key has file, line and a suggestion" {
	config $'default = {\n  fs = {\n    reed = [];\n  };\n};'
	refused 3 'did you mean "read"'
}

@test "a wrong type says what is expected" {
	config $'default = {\n  latch = 5;\n};'
	refused 2 'latch: a number, expected a string$'
	config $'default = {\n  fs = { read = "/srv"; };\n};'
	refused 2 'fs\.read: a string, expected a list of paths$'
}

@test "a wrong value has a suggestion" {
	config $'default = {\n  latch = "requird";\n};'
	refused 2 'did you mean "required"'
	config $'default = {\n  namespaces = [ "user", "mnt" ];\n};'
	refused 2 'mount'
	config $'default = {\n\n  seccomp = { allow = [ "@baisc-io" ]; };\n};'
	refused 3 'did you mean "@basic-io"'
}

@test "a relative path, an empty path, a syntax error" {
	config $'default = {\n  fs = { read = [ "srv" ]; };\n};'
	refused 2 'absolute'
	config $'default = {\n  fs = { read = [ "" ]; };\n};'
	refused 2 'empty'
	config $'default = {\n  fs = { read = [ "/srv" };\n};'
	refused 2 'syntax'
}

@test "unknown and circular inheritance, and a duplicate profile" {
	config $'profiles = {\n  a = { inherit = "pdftotxt"; };\n};'
	refused 2 'did you mean "pdftotext"'
	config $'profiles = {\n  a = { inherit = "b"; };\n  b = { inherit = "a"; };\n};'
	run "$SBX" -c my.conf -p a touch ran
	expect_status 125
	expect_line 'my.conf:[23]: '
	config $'profiles = {\n  a = { };\n  a = { };\n};'
	refused 3 'a'
}

@test "every error of a file is reported, not only the first" {
	config $'default = {\n  latch = 5;\n  nett = "none";\n  fs = { reed = []; };\n};'
	run "$POLICY" check my.conf
	expect_status 1
	expect_line 'my.conf:2: '
	expect_line 'my.conf:3: '
	expect_line 'my.conf:4: '
}

@test "a file that others can write is refused" {
	config ''
	chmod 666 my.conf
	run "$SBX" -c my.conf touch ran
	expect_refused 'my.conf'
	chmod 602 my.conf
	run "$SBX" -c my.conf touch ran
	expect_refused 'my.conf'
	chmod 600 my.conf
	run "$SBX" -c my.conf true
	expect_status 0
}

# The caller's group is private here: called as the user is, with nobody else in it
private_group() {
	[ "$(id -gn)" = "$(id -un)" ] && [ -z "$(getent group "$(id -g)" | cut -d: -f4)" ] &&
		[ "$(getent passwd | cut -d: -f4 | grep -cx "$(id -g)")" = 1 ]
}

@test "a group whose only member is the caller is not others" {
	private_group || skip "the caller's group isn't private"
	mkdir dir
	config ''
	mv my.conf dir/
	chmod 775 dir
	chmod 664 dir/my.conf
	run "$SBX" -c dir/my.conf true
	expect_status 0
	chmod 666 dir/my.conf
	run "$SBX" -c dir/my.conf true
	expect_refused 'others can write it'
}

@test "a group with another member, another's primary group, and one that is called otherwise are others" {
	only_root
	config ''
	chmod 664 my.conf
	with_own_etc '
		judge() { "$SBX" -c my.conf true 2>&1 | grep -c "others can write it"; cp "$WORK/passwd" "$WORK/group" /etc/; }
		cp /etc/passwd /etc/group "$WORK/"
		judge
		sed -i "s/^root:x:0:.*/root:x:0:nobody/" /etc/group; judge
		echo "other:x:12345:0::/:/bin/sh" >>/etc/passwd; judge
		sed -i "s/^root:x:0:/wheel:x:0:/" /etc/group; judge
		chgrp 12345 my.conf; judge'
	expect_output $'0\n1\n1\n1\n1'
}

@test "with an access control list, the private group's bits are more than the group's" {
	private_group || skip "the caller's group isn't private"
	config ''
	chmod 664 my.conf
	"$SBX" -c my.conf true
	# user::rw-, user:65534:rw-, group::rw-, mask::rw-, other::r--
	setfattr -n system.posix_acl_access -v \
		0x0200000001000600ffffffff02000600feff000004000600ffffffff10000600ffffffff20000400ffffffff my.conf ||
		skip "the file system has no access control lists"
	run "$SBX" -c my.conf true
	expect_refused 'others can write it'
}

@test "one message names all that others can write, in a line that mends it when pasted" {
	mkdir -p "open dir/-in"
	config ''
	mv my.conf "open dir/-in/"
	chmod 777 "open dir" "open dir/-in"
	chmod 666 "open dir/-in/my.conf"
	run "$SBX" -c "open dir/-in/my.conf" true
	expect_refused 'others can write it, the directory .*/open dir/-in, the directory .*/open dir; chmod go-w '
	bash -c "$(grep -o 'chmod go-w .*' <<<"$output")"
	run "$SBX" -c "open dir/-in/my.conf" true
	expect_status 0
}

@test "a link of somebody else's leads to no configuration, nor to its directory" {
	only_root
	mkdir shared
	chmod 1777 shared
	echo 'default = { limits = { open_files = 100; }; };' >shared/own.conf
	ln -s own.conf shared/link.conf
	ln -s . shared/dir
	run "$SBX" --config "$PWD/shared/dir/link.conf" --dry-run true
	expect_status 0
	chown -h 65534 shared/link.conf
	run "$SBX" --config "$PWD/shared/link.conf" true
	expect_refused 'the link .*/shared/link\.conf belongs to uid 65534'
	chown -h 65534 shared/dir
	run "$SBX" --config "$PWD/shared/dir/own.conf" true
	expect_refused 'the link .*/shared/dir belongs to uid 65534'
}

@test "a file that somebody else owns is refused" {
	only_root
	config ''
	chown 65534 my.conf
	run "$SBX" -c my.conf true
	expect_refused 'my.conf'
}

@test "a file below a directory that others can write is refused" {
	mkdir open
	config ''
	mv my.conf open/
	chmod 777 open
	run "$SBX" -c open/my.conf true
	expect_refused 'open'
	chmod 755 open
	run "$SBX" -c open/my.conf true
	expect_status 0
}

@test "a file that is absent, a directory, a fifo, rubbish or binary is refused" {
	run "$SBX" -c absent.conf true
	expect_refused 'absent.conf'
	mkdir directory
	run "$SBX" -c directory true
	expect_refused 'directory'
	mkfifo fifo
	run timeout 20 "$SBX" -c fifo true
	expect_refused 'fifo'
	head -c 5000 /dev/urandom >rubbish
	chmod 600 rubbish
	run "$SBX" -c rubbish true
	expect_refused 'rubbish'
	run "$SBX" -c /dev/null true
	expect_refused '/dev/null'
}

@test "a file can't include others" {
	echo 'default = { latch = "off"; };' >other.conf
	config '@include "other.conf"'
	run "$SBX" -c my.conf true
	expect_refused 'include|syntax'
}

@test "a path that the policy grants and that is absent is an error, unless optional" {
	config $'default = {\n  fs = { read = [ "/nonexistent/sbx" ]; };\n};'
	run "$SBX" -c my.conf true
	expect_refused '/nonexistent/sbx'
	config $'default = {\n  fs = { read = [ "/nonexistent/sbx" ]; optional = [ "/nonexistent/sbx" ]; };\n};'
	run "$SBX" -c my.conf true
	[ "$status" -ne 125 ] || fail "optional"
}

@test "a profile of one's own, chosen by the command's name" {
	config 'profiles = { mine = { match = [ "my-*" ]; env = { drop = [ "...", "NOT_MINE" ]; }; }; };'
	cp /usr/bin/env my-env
	NOT_MINE=1 run "$SBX" -c my.conf ./my-env
	expect_no_line '^NOT_MINE'
	NOT_MINE=1 run "$SBX" -c my.conf env
	expect_line '^NOT_MINE=1$'
}

@test "one that gives something, chosen by the command's path" {
	config "profiles = { mine = { match = [ \"$WORK/my-*\" ]; env = { set = [ \"FROM_PROFILE=yes\" ]; }; }; };"
	cp /usr/bin/env my-env
	run "$SBX" -c my.conf ./my-env
	expect_line '^FROM_PROFILE=yes$'
	run "$SBX" -c my.conf env
	expect_no_line '^FROM_PROFILE'
	run "$SBX" -c my.conf -p mine env
	expect_line '^FROM_PROFILE=yes$'
}

@test "sbx-policy: list, check, show, doctor, and a wrong command" {
	run "$POLICY" list
	expect_status 0
	expect_line 'pdftotext'
	run "$POLICY" doctor
	expect_status 0
	local layer
	for layer in landlock seccomp user mount pid net; do
		grep -qiE "\b$layer\b" <<<"$output" || fail "$layer"
	done
	run "$POLICY" chek
	expect_status 2
	run "$POLICY"
	expect_status 2
	run "$POLICY" --help
	expect_status 0
}

@test "the configuration can't be written from inside, even below a read-write grant" {
	home_scratch sbx-config
	config ''
	mv my.conf "$HOME_SCRATCH/"
	run "$SBX" -c "$HOME_SCRATCH/my.conf" --rw "$HOME_SCRATCH" sh -c "
		echo x >$HOME_SCRATCH/my.conf; rm -f $HOME_SCRATCH/my.conf; mv $HOME_SCRATCH/my.conf $HOME_SCRATCH/moved; echo end"
	expect_line '^end$'
	[ -f "$HOME_SCRATCH/my.conf" ]
	[ ! -s "$HOME_SCRATCH/moved" ]
	[ "$(cat "$HOME_SCRATCH/my.conf")" = '' ]
}
