#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where the configuration comes from: the files' order, who may write them, and that each that comes, changes or goes is a miss.

load helper

more_teardown() {
	[ -z "${MINE-}" ] || rm -rf "$REAL_HOME/.config" "$REAL_HOME/xdg" "$REAL_HOME/.xdg" "$REAL_HOME/sbx"
	[ -z "${OUTSIDE-}" ] || rm -rf "$OUTSIDE"
}

# The user's own directory, as $MINE
own_config() {
	own_home
	MINE=$REAL_HOME/.config/sbx
	mkdir -p "$MINE/sbx.conf.d"
	export MINE
}

# A config file that leaves its mark in the environment
says() { # WORD FILE
	mkdir -p "$(dirname "$2")"
	echo "default = { env = { set = [ \"...\", \"SAID=$1\", \"SAID_$1=1\" ]; }; };" >"$2"
	chmod 644 "$2"
}
# shellcheck disable=SC2120  # options come in the code that is run elsewhere
said() { # [OPTION...]: the last word, and how many have been said
	"$SBX" "$@" env | awk -F= '$1 == "SAID" { last = $2 } /^SAID_/ { n++ } END { print last, n + 0 }'
}
export -f says said

@test "the order: /etc/sbx.conf, its directory by bytes, the user's file, the user's directory, --set" {
	only_root
	own_config
	with_own_etc '
		said
		says dirB /etc/sbx.conf.d/B.conf; said
		says dir9 /etc/sbx.conf.d/9.conf; said
		says dir10 /etc/sbx.conf.d/10.conf; said
		says etc /etc/sbx.conf; said
		says dira /etc/sbx.conf.d/a.conf; said
		says mine1 "$MINE/sbx.conf.d/1.conf"; said
		says mine "$MINE/sbx.conf"; said
		says mine2 "$MINE/sbx.conf.d/2.conf"; said
		said --set "env.set=[\"...\", \"SAID=set\"]"'
	expect_output " 0
dirB 1
dirB 2
dirB 3
dirB 4
dira 5
mine1 6
mine1 7
mine2 8
set 8"
}

@test "--config replaces them all, and sbx-policy reads the same" {
	only_root
	own_config
	says given given.conf
	with_own_etc '
		says etc /etc/sbx.conf
		says dir /etc/sbx.conf.d/1.conf
		says mine "$MINE/sbx.conf"
		says mine1 "$MINE/sbx.conf.d/1.conf"
		said -c given.conf
		"$POLICY" show | grep -o SAID_[a-z0-9]*
		"$POLICY" show -c given.conf | grep -o SAID_[a-z0-9]*
		"$POLICY" doctor | grep "sbx.conf"'
	expect_output "$(printf '%s\n' 'given 1' SAID_etc SAID_dir SAID_mine SAID_mine1 SAID_given "$(grep ^config <<<"$output")")"
	expect_line "/etc/sbx.conf, /etc/sbx.conf.d/1.conf, $MINE/sbx.conf, $MINE/sbx.conf.d/1.conf"
}

@test "the user's own files: a user has them, and root has root's" {
	own_config
	says mine "$MINE/sbx.conf"
	run said
	expect_output 'mine 1'
	says mine1 "$MINE/sbx.conf.d/1.conf"
	run said
	expect_output 'mine1 2'
	# HOME is only a variable
	mkdir -p fake/.config/sbx
	says fake fake/.config/sbx/sbx.conf
	HOME=$PWD/fake run --separate-stderr said
	expect_output 'mine1 2'
	expect_stderr "^sbx-wrap: policy: $PWD/fake/.config/sbx: not read: by the user database that isn't the caller's home\$"
}

@test "in a directory only *.conf counts, and nothing that begins with a dot" {
	own_config
	says a "$MINE/sbx.conf.d/a.conf"
	says b "$MINE/sbx.conf.d/b.conf~"
	says c "$MINE/sbx.conf.d/c"
	says d "$MINE/sbx.conf.d/.d.conf"
	says e "$MINE/sbx.conf.d/.conf"
	says f "$MINE/sbx.conf.d/f.CONF"
	says g "$MINE/sbx.conf.d/sub/g.conf"
	run said
	expect_output 'a 1'
}

@test "XDG_CONFIG_HOME counts in what has a dot in the home, and nowhere else" {
	own_config
	says mine "$MINE/sbx.conf"
	says xdg "$REAL_HOME/.xdg/sbx/sbx.conf"
	OUTSIDE=$(mktemp -d /tmp/sbx-outside.XXXXXX)
	says outside "$OUTSIDE/sbx/sbx.conf"
	says whole "$REAL_HOME/sbx/sbx.conf"
	ln -s "$OUTSIDE" "$REAL_HOME/.xdg/link"
	ln -s "$REAL_HOME/.xdg" inward
	local dir
	for dir in "$REAL_HOME/.xdg" "$REAL_HOME/../$(basename "$REAL_HOME")/.xdg/" "$PWD/inward"; do
		XDG_CONFIG_HOME=$dir run said
		expect_output 'xdg 1' || return 1
		[ "$(XDG_CONFIG_HOME=$dir "$POLICY" show | grep -o 'SAID_[a-z]*')" = SAID_xdg ]
	done
	for dir in "$OUTSIDE" "$REAL_HOME/.xdg/link" "$REAL_HOME/../../../..$OUTSIDE" "$REAL_HOME" "$REAL_HOME/absent" . .xdg ''; do
		XDG_CONFIG_HOME=$dir run --separate-stderr said
		expect_output 'mine 1' || fail "XDG_CONFIG_HOME=$dir" || return 1
		if [ -e "$dir/sbx/sbx.conf" ] && [ "${dir:0:1}" = / ]; then
			expect_stderr "^sbx-wrap: policy: .*/sbx: not read: " || return 1
		else
			expect_no_stderr || return 1
		fi
		[ "$(XDG_CONFIG_HOME=$dir "$POLICY" show | grep -o 'SAID_[a-z]*')" = SAID_mine ] || fail "sbx-policy: $dir" || return 1
	done
}

@test "XDG_CONFIG_HOME where a clone or a run could have written it is refused, if there is a configuration" {
	own_config
	says mine "$MINE/sbx.conf"
	mkdir -p "$REAL_HOME/xdg/clone/config"
	XDG_CONFIG_HOME=$REAL_HOME/xdg/clone/config run said
	expect_output 'mine 1'
	says clone "$REAL_HOME/xdg/clone/config/sbx/sbx.conf"
	ln -s "$REAL_HOME/xdg/clone/config" inward
	for dir in "$REAL_HOME/xdg/clone/config" "$REAL_HOME/.config/../xdg/clone/config" "$PWD/inward"; do
		XDG_CONFIG_HOME=$dir run "$SBX" true
		expect_refused '(/config|inward)/sbx: configuration counts in ~/.config or another dot directory of the home only' || return 1
		XDG_CONFIG_HOME=$dir run "$POLICY" show
		expect_status 1 || return 1
		expect_line '^sbx-policy: XDG_CONFIG_HOME: .*/config/sbx: configuration counts' || return 1
	done
	rm "$REAL_HOME/xdg/clone/config/sbx/sbx.conf"
	says clone "$REAL_HOME/xdg/clone/config/sbx/sbx.conf.d/1.conf"
	XDG_CONFIG_HOME=$REAL_HOME/xdg/clone/config run "$SBX" true
	expect_refused 'configuration counts'
	# it is the variable's, and another file is read instead of it
	run said
	expect_output 'mine 1'
	XDG_CONFIG_HOME=$REAL_HOME/xdg/clone/config run "$SBX" --config /dev/null true
	expect_no_line 'configuration counts'
	# ~/.config itself may be a link to where dot files are kept
	rm -r "$REAL_HOME/.config"
	ln -s xdg/clone/config "$REAL_HOME/.config"
	for dir in "$REAL_HOME/.config" ''; do
		XDG_CONFIG_HOME=$dir run said
		expect_output 'clone 1' || return 1
	done
}

@test "each file that comes, changes in place or goes is a miss, and what is refused isn't run from the cache" {
	own_config
	marked_build
	local file
	copy/sbx-wrap true
	for file in sbx.conf sbx.conf.d/a.conf sbx.conf.d/b.conf; do
		: >compiled
		says one "$MINE/$file"
		copy/sbx-wrap true
		[ "$(compiled)" = 1 ] || fail "$file came"
		copy/sbx-wrap true
		[ "$(compiled)" = 1 ] || fail "$file stayed"
		says two "$MINE/$file"
		copy/sbx-wrap true
		[ "$(compiled)" = 2 ] || fail "$file was edited in place"
		chmod 666 "$MINE/$file"
		run copy/sbx-wrap true
		expect_refused "$file: refused: others can write it" || return 1
		chmod 600 "$MINE/$file"
		copy/sbx-wrap true
		: >compiled
		mv "$MINE/$file" kept
		copy/sbx-wrap true
		mv kept "$MINE/$file"
		copy/sbx-wrap true
		[ "$(compiled)" -ge 1 ] || fail "$file went and came"
		rm "$MINE/$file"
		: >compiled
		copy/sbx-wrap env >out
		[ "$(grep -c ^SAID= out)" = 0 ] || fail "$file is gone"
	done
	# without the directory all is as it was at first, and so is the entry
	rmdir "$MINE/sbx.conf.d"
	copy/sbx-wrap true
	: >compiled
	XDG_CONFIG_HOME=$REAL_HOME/.config/sbx copy/sbx-wrap true
	[ "$(compiled)" = 1 ] || fail "another directory"
}

@test "the same for the machine's directory" {
	only_root
	marked_build
	with_own_etc '
		n() { copy/sbx-wrap "$@" && wc -l <compiled; }
		n true
		mkdir /etc/sbx.conf.d; n true; n true
		says one /etc/sbx.conf.d/1.conf; n true; n true
		says two /etc/sbx.conf.d/1.conf; n true; n true
		says one /etc/sbx.conf.d/2.conf; n true; n true
		rm /etc/sbx.conf.d/1.conf; n true; n true
		: >/etc/sbx.conf; n true; n true
		says mine mine.conf; n -c mine.conf true; says three /etc/sbx.conf; n -c mine.conf true'
	expect_output $'1\n2\n2\n3\n3\n4\n4\n5\n5\n6\n6\n7\n7\n8\n8'
}

@test "a file that changes while it is compiled leaves no entry behind" {
	own_config
	marked_build
	cat >copy/sbx-policy <<END
#!/bin/sh
echo ran >>"$PWD/compiled"
echo 'default = { env = { set = [ "SAID=raced" ]; }; };' >"$MINE/sbx.conf"
exec "$POLICY" "\$@"
END
	rm -rf "${CACHE:?}"
	copy/sbx-wrap env | grep -q ^SAID=raced
	rm "$MINE/sbx.conf"
	run "$SBX" env
	expect_no_line ^SAID=
}

@test "doctor tells of a copy of the built-in policy in /etc, and what differs; a few keys are no copy" {
	only_root
	[ -e "$TESTS/../conf/sbx.conf" ] || skip "not run from the source tree"
	export CONF=$TESTS/../conf/sbx.conf
	with_own_etc '
		umask 022
		sed "s/\"mincore\", //; s/tmp = \"auto\"/tmp = \"64M\"/" "$CONF" >/etc/sbx.conf
		"$POLICY" doctor; echo ------
		cp "$CONF" /etc/sbx.conf; "$POLICY" doctor; echo ------
		printf "%s\n" "default = { latch = \"auto\"; };" >/etc/sbx.conf; "$POLICY" doctor'
	local first=${output%%------*} rest=${output#*------} last=${output##*------}
	grep -qE '/etc/sbx.conf sets [0-9]+ of [0-9]+ keys: a copy' <<<"$first"
	grep -A1 '^limits.tmp$' <<<"$first" | grep -q '  - .*auto'
	grep -A2 '^limits.tmp$' <<<"$first" | grep -q '  + .*64M'
	grep -A1 '^seccomp.allow$' <<<"$first" | grep -q '  - .*mincore'
	grep -q '^nothing$' <<<"${rest%%------*}"
	run ! grep -q 'a copy of' <<<"$last"
}

@test "a directory that others can write is refused, also when it is empty" {
	own_config
	run "$SBX" true
	expect_status 0
	chmod 777 "$MINE/sbx.conf.d"
	run "$SBX" true
	expect_refused "sbx.conf.d: refused: others can write the directory"
	chmod 755 "$MINE/sbx.conf.d"
	chmod 757 "$MINE"
	run "$SBX" true
	expect_refused "others can write the directory $MINE"
	chmod 755 "$MINE"
	mkdir open
	chmod 777 open
	mkdir open/d
	rmdir "$MINE/sbx.conf.d"
	ln -s "$PWD/open/d" "$MINE/sbx.conf.d"
	run "$SBX" true
	expect_refused "others can write the directory $PWD/open"
	rm "$MINE/sbx.conf.d"
	if is_root; then
		mkdir "$MINE/sbx.conf.d"
		chown 65534 "$MINE/sbx.conf.d"
		run "$SBX" true
		expect_refused 'sbx.conf.d belongs to uid 65534'
	fi
}

@test "what can't be read as a file isn't passed over: a fifo, a directory, a link to nothing" {
	own_config
	mkfifo "$MINE/sbx.conf.d/a.conf"
	run timeout 20 "$SBX" true
	expect_refused 'a.conf: refused: not a regular file'
	rm "$MINE/sbx.conf.d/a.conf"
	mkdir "$MINE/sbx.conf.d/a.conf"
	run "$SBX" true
	expect_refused 'a.conf: refused: not a regular file'
	rmdir "$MINE/sbx.conf.d/a.conf"
	ln -s nothing "$MINE/sbx.conf.d/a.conf"
	run "$SBX" true
	expect_refused 'a.conf: No such file'
	rm "$MINE/sbx.conf.d/a.conf"
	ln -s nothing "$MINE/sbx.conf"
	run "$SBX" true
	expect_refused 'sbx.conf: No such file'
	rm "$MINE/sbx.conf"
	rmdir "$MINE/sbx.conf.d"
	: >"$MINE/sbx.conf.d"
	run "$SBX" true
	expect_refused 'sbx.conf.d: refused: Not a directory|sbx.conf.d: Not a directory|sbx.conf.d/..*Not a directory'
	rm "$MINE/sbx.conf.d"
	run "$SBX" true
	expect_status 0
}

@test "an error in any of the files is said with its line" {
	own_config
	printf 'default = {\n\n latch = 5;\n};\n' >"$MINE/sbx.conf.d/bad.conf"
	run "$SBX" touch ran
	expect_refused "$MINE/sbx.conf.d/bad.conf:3: latch"
	[ ! -e ran ]
	run "$POLICY" check
	expect_status 1
	expect_line "bad.conf:3: latch"
	run "$SBX" -c /dev/null true
	expect_refused '/dev/null'
}

@test "none of them is writable from inside, there or not" {
	own_config
	says mine "$MINE/sbx.conf"
	rmdir "$MINE/sbx.conf.d"
	mkdir -p "$REAL_HOME/.xdg/sbx" "$REAL_HOME/.xdg/other"
	local dir
	for dir in "$MINE" "$REAL_HOME/.config" "$MINE/sbx.conf"; do
		run "$SBX" --rw "$dir" sh -c "echo x >$MINE/sbx.conf; mkdir $MINE/sbx.conf.d; echo end"
		expect_refused "not granted writable" || return 1
		# also by a run that reads another file
		: >mine.conf
		run "$SBX" -c "$PWD/mine.conf" --rw "$dir" sh -c "echo x >$MINE/sbx.conf; echo end"
		expect_refused "not granted writable" || return 1
	done
	for dir in "$REAL_HOME/.xdg" "$REAL_HOME/.xdg/sbx"; do
		XDG_CONFIG_HOME=$REAL_HOME/.xdg run "$SBX" --rw "$dir" true
		expect_refused "not granted writable" || return 1
	done
	rmdir "$REAL_HOME/.xdg/sbx"
	XDG_CONFIG_HOME=$REAL_HOME/.xdg run "$SBX" --rw "$REAL_HOME/.xdg" mkdir "$REAL_HOME/.xdg/sbx"
	expect_refused "not granted writable"
	XDG_CONFIG_HOME=$REAL_HOME/.xdg run "$SBX" --rw "$REAL_HOME/.xdg/other" touch "$REAL_HOME/.xdg/other/f"
	expect_status 0
	[ -e "$REAL_HOME/.xdg/other/f" ]
	# shellcheck disable=SC2119  # without options
	[ "$(said)" = 'mine 1' ]
}

@test "a linked directory of files: where it leads is as little writable as it is" {
	own_config
	mkdir -p "$REAL_HOME/xdg/real"
	rmdir "$MINE/sbx.conf.d"
	ln -s "$REAL_HOME/xdg/real" "$MINE/sbx.conf.d"
	says linked "$REAL_HOME/xdg/real/1.conf"
	run said
	expect_output 'linked 1'
	run "$SBX" --rw "$REAL_HOME/xdg" touch "$REAL_HOME/xdg/real/2.conf"
	expect_refused "not granted writable"
	[ ! -e "$REAL_HOME/xdg/real/2.conf" ]
}

@test "--config in a directory that was moved is not writable from inside" {
	mkdir proj
	cd proj
	echo 'default = { fs = { write = [ "$PWD" ]; }; };' >my.conf
	run "$SBX" --config my.conf sh -c 'echo "# x" >>my.conf'
	[ "$status" -ne 0 ]
	cd ..
	mv proj moved
	cd moved
	run "$SBX" --config my.conf sh -c 'echo "# x" >>my.conf'
	[ "$status" -ne 0 ]
	[ "$(wc -l <my.conf)" = 1 ]
}

@test "control bytes in an option reach no terminal" {
	run "$POLICY" check --set $'x\e[2J=1'
	expect_status 1
	! grep -q $'\e' <<<"$output" || fail "they did"
}
