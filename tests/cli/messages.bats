#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What names may do in messages: nothing. No control character of theirs reaches a terminal, no line is forged, and what a
# hint says can be pasted.

load helper

more_setup() {
	make_pdf in.pdf 'Text'
	cat >check.py <<-'PY'
		# UTF-8 without anything that a terminal obeys but tabs, and no line that a name has begun
		import re, sys
		seen = sys.stdin.buffer.read()
		text = seen.decode("utf-8")
		bad = re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|^forged", text, re.M)
		if not seen.strip() or bad:
		    sys.exit(f"{sys.argv[1]}: {seen}")
	PY
}

# What is in the names: CSI and OSC, raw C1, C1 in UTF-8, other directions, line ends
NASTY=($'\e]0;OWNED\a' $'\x9b31m' $'\u009b31m' $'\u202e' $'\u2066' $'\u2028' $'\r\nforged: line' $'\x7f\x01' $'\xc0\x9b' $'\xe2\x80')

expect_harmless() { # WHAT CMD...: its words on standard output and standard error
	local what=$1
	shift
	"$@" >said 2>&1 || true
	"$PYTHON" check.py "$what" <said || fail "$what"
}

@test "sbx-wrap: no name in any message has a control character" {
	local b
	for b in "${NASTY[@]}"; do
		cp /bin/true "t$b"
		cp /bin/sh "s$b"
		cp in.pdf "a$b.pdf"
		echo key >"k$b.pem"
		mkdir "d$b"
		expect_harmless "command of --dry-run" "$SBX" --dry-run "./t$b"
		expect_harmless "output of --dry-run" "$SBX" -p pdftotext --dry-run /bin/true "a$b.pdf" "out$b"
		expect_harmless "outputs of --dry-run" "$SBX" -p pdftoppm --dry-run /bin/true "a$b.pdf" "out$b"
		expect_harmless "mounts of --dry-run" "$SBX" --ro "a$b.pdf" --ro-bind "d$b" "/x$b" --dry-run true
		expect_harmless "variables of --dry-run" env "SECRET_TOKEN$b=x" "$SBX" --dry-run true
		expect_harmless "-v" "$SBX" -v --ro "a$b.pdf" "./t$b"
		expect_harmless "--stats" "$SBX" --stats "./t$b"
		expect_harmless "end" "$SBX" "./s$b" -c 'kill -SEGV $$'
		expect_harmless "a note, and its hint" "$SBX" true "k$b.pem"
		expect_harmless "a call that is named" "$SBX" --try "./t$b"
		expect_harmless "a call that kills" "$SBX" --set seccomp.action=kill -p jq "./s$b" -c '/bin/true & wait'
		expect_harmless "a path that isn't there" "$SBX" --ro "none$b" true
		expect_harmless "a command that isn't there" "$SBX" "./none$b"
		expect_harmless "an option" "$SBX" "--x$b" true
		expect_harmless "a value" "$SBX" --set "x$b=1" true
		expect_harmless "a profile" "$SBX" -p "x$b" true
		expect_harmless "a config file" "$SBX" -c "x$b" true
		expect_harmless "a place" "$SBX" --ro-bind "a$b.pdf" "x$b" true
		expect_harmless "a directory" "$SBX" --chdir "none$b" true
		expect_harmless "in place" "$SBX" --set 'namespaces=[]' --ro "none$b" true
	done
}

@test "sbx-wrap: nor has a name that the command has chosen" {
	local b
	for b in "${NASTY[@]}"; do
		run "$SBX" --setenv NAME "x$b" -p pdftotext sh -c ': >"$NAME"; : >out.txt' in.pdf out.txt
		expect_line 'not a named output'
		expect_harmless "what is not moved into place" \
			"$SBX" --setenv NAME "x$b" -p pdftotext sh -c ': >"$NAME"; : >out.txt' in.pdf out.txt
	done
}

@test "sbx-policy: no name in any message has a control character" {
	local b
	for b in "${NASTY[@]}"; do
		printf 'profile "x%s" : default { }\n' "$b" >"c$b.conf"
		expect_harmless "an unknown profile" "$POLICY" show "x$b"
		expect_harmless "a second one" "$POLICY" diff default "x$b"
		expect_harmless "a command" "$POLICY" "x$b"
		expect_harmless "an option" "$POLICY" show "--x$b"
		expect_harmless "a value" "$POLICY" check --set "x$b=1"
		expect_harmless "a file that isn't there" "$POLICY" check -c "none$b"
		expect_harmless "a file with mistakes" "$POLICY" check -c "c$b.conf"
		printf 'profiles = { p = { match = [ "m%s" ]; fs = { read = [ "/x%s" ]; }; }; };\n' "$b" "$b" >"c$b.conf"
		expect_harmless "a list" "$POLICY" list -c "c$b.conf"
		expect_harmless "a profile" "$POLICY" show -c "c$b.conf" p
		expect_harmless "its origins" "$POLICY" show --origin -c "c$b.conf" p
		expect_harmless "a comparison" "$POLICY" diff -c "c$b.conf" default p
		chmod a+w "c$b.conf"
		expect_harmless "a file that others can write" "$POLICY" check -c "c$b.conf"
		expect_harmless "doctor" env "HOME=/x$b" "PATH=/x$b:$PATH" "$POLICY" doctor
	done
}

@test "--status-fd: what a terminal obeys is escaped, and the lines are JSON" {
	local b
	for b in "${NASTY[@]}"; do
		cp /bin/true "t$b"
		"$SBX" --status-fd 3 "./t$b" "an \"argument\"\\$b" 3>said
		"$PYTHON" check.py status <said
		"$PYTHON" - "$b" <<-'PY' || fail "$(cat -v said)"
			import json, os, sys
			lines = [json.loads(line) for line in open("said", encoding="utf-8")]
			name = os.fsencode(sys.argv[1]).decode("utf-8", "replace")
			assert len(lines) == 2 and lines[0]["arguments"][1].startswith("an \"argument\"\\"), lines
			assert "\ufffd" in name or lines[0]["arguments"][1].endswith(name), lines
		PY
		"$SBX" --status-fd 3 --ro "none$b" true 3>said 2>/dev/null || true
		"$PYTHON" check.py status <said
		"$PYTHON" -c 'import json; [json.loads(line) for line in open("said", encoding="utf-8")]'
	done
}

@test "what a hint grants can be pasted into a shell" {
	home_canary
	local name hint
	for name in plain "it's here" 'two  words' '$(touch pwned)' '`touch pwned`' '"quoted"' 'back\slash' 'semi;colon' '*' '~' \
		'=ls' '!!' '#' 'a&b' $'tab\tand\nnewline' $'\e[31m' $'\x9b\xff' $'\u202e' 'ünï' "'" "mixed'"$'\a'"\\'"; do
		mkdir -p "$HOME_SCRATCH/$name"
		echo "contents" >"$HOME_SCRATCH/$name/$name"
		run --separate-stderr "$SBX" cat "$HOME_SCRATCH/$name/$name"
		[ "$status" != 0 ] || fail "$name: granted"
		hint=$(sed -n 's/^hint: \(--ro .*\)/\1/p' <<<"$stderr")
		[ -n "$hint" ] || fail "no hint"
		[ "$(wc -l <<<"$hint")" = 1 ] || fail "$hint"
		run --separate-stderr bash -c "\"\$SBX\" $hint cat \"\$1\"" bash "$HOME_SCRATCH/$name/$name"
		expect_status 0
		expect_output contents
		[ ! -e pwned ] || fail "$hint"
	done
}

@test "a hint names what is bare without quotes" {
	home_canary
	run --separate-stderr "$SBX" cat "$CANARY"
	expect_stderr "^hint: --ro ${CANARY//./[.]}\$"
}

@test "what a hint says about the network helps, and nothing is said without cause" {
	cat >npm <<-'END'
		#!/bin/sh
		exit 0
	END
	chmod +x npm
	run "$SBX" -p npm ./npm install some-package
	expect_line '^sbx-wrap: network: npm: some-package can.t be fetched: there is no network$'
	expect_line '^hint: --allow-host HOST gives it that one, --share-net the host.s network$'
	run "$SBX" -p npm --allow-host localhost:9 ./npm install some-package
	expect_no_line 'network'
	run "$SBX" -p npm git clone ssh://me@git.example:2222/x.git
	expect_line '^hint: --allow-host git.example:2222 gives it that one'
	run "$SBX" -p npm git clone http://git.example/x.git
	expect_line '^hint: --allow-host git.example:80 gives it that one'
	run "$SBX" -p npm --share-net ./npm install some-package
	expect_no_line 'network'
	touch package.tgz
	run "$SBX" -p npm ./npm install package.tgz ./dir --offline
	expect_no_line 'network'
	[ "$(landlock_abi)" -ge 4 ] || return 0
	run "$SBX" --connect 443 true
	expect_line '^sbx-wrap: network: no name can be looked up: .*--connect 53 adds it$'
	run "$SBX" --connect 443 --connect 53 true
	expect_output ''
}

@test "no hint blames what isn't at fault: PATH for a path, the command for what it was denied" {
	run -127 "$SBX" ./nope
	expect_no_line 'PATH'
	run -127 "$SBX" nope-no-such
	expect_line '^hint: no such command along PATH$'
	run "$SBX" sh -c 'kill -ABRT $$'
	expect_no_line "fault of the command's own"
	expect_line '^hint: --try lets through what is denied'
	run "$SBX" sh -c 'kill -SEGV $$'
	expect_line "a fault of the command's own"
}

@test "in a chroot the message says so, and what it advises works" {
	only_root
	needs_in_place
	local part
	mkdir -p tree/{sbx,dev,proc}
	for part in usr bin lib lib64 etc; do mkdir "tree/$part"; done
	# shellcheck disable=SC2016
	local enter='for part in usr bin lib lib64 etc dev proc; do mount --rbind "/$part" "tree/$part"; done
		mount --bind "$BUILD" tree/sbx; exec chroot tree /sbx/sbx-wrap "$@"'
	BUILD=$BUILD run unshare -m sh -c "$enter" sh true
	expect_status 125
	expect_line '^hint: in a chroot\(2\) the kernel makes no user namespaces'
	BUILD=$BUILD run unshare -m sh -c "$enter" sh --set 'namespaces=[]' echo ran
	expect_status 0
	expect_line '^ran$'
}
