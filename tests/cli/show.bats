#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sbx-policy show, diff and list: what is in force, where it comes from, what two profiles grant differently.

load helper

config() { # NAME TEXT
	printf '%s\n' "$2" >"$1"
	chmod 600 "$1"
}

@test "show --origin: each value has the file and line, the option or the built-in file that it comes from" {
	config my.conf $'default = {\n  fs = { write = [ "/tmp" ]; };\n  limits = { shm = "1M"; };\n};'
	run "$POLICY" show --origin -c my.conf --set latch=off
	expect_status 0
	expect_line '^		write = \[ "/tmp" \]; # my.conf:2$'
	expect_line '^		shm = "1M"; # my.conf:3$'
	expect_line '^	latch = "off"; # --set latch=off$'
	expect_line '^	proc = "new"; # built-in sbx.conf:[0-9]+$'
	run bash -o pipefail -c '"$POLICY" show --origin -c my.conf | grep -E " = [^{[]|\[ .*;|\];" | grep -vE " # (my.conf|built-in sbx.conf):[0-9]+$|^		*\];$"'
	expect_output ''
}

@test "show --origin: each item of a list that comes from several places" {
	config my.conf $'default = {\n  fs = { read = [ "/a",\n    "...", "/b", "/c" ]; };\n};\nprofiles = {\n  p = { fs = { read = [ "...", "/p" ]; }; };\n};'
	run "$POLICY" show --origin -c my.conf --set 'fs.read=["/s","..."]' p
	expect_status 0
	expect_line '^			"/s", # --set fs.read=\["/s","\.\.\."\]$'
	expect_line '^			"/a", # my.conf:2$'
	expect_line '^			"/b", "/c", # my.conf:3$'
	expect_line '^			"/p" # my.conf:6$'
	expect_no_line '"\.\.\."(,| *#)'
}

@test "show --origin can be read again, whatever a file is called" {
	local name=$'odd\nlatch = "off"; #.conf' profile
	config "$name" 'default = { fs = { read = [ "...", "/usr" ]; }; net = { mode = "host"; connect = [ 443 ]; }; };'
	for profile in default npm; do
		"$POLICY" show -c "$name" $profile >plain
		"$POLICY" show --origin -c "$name" $profile >origins
		chmod 600 origins
		run "$POLICY" show -c origins
		expect_output "$(sed "s/^# profile .*/# profile default/" plain)"
	done
	run cat origins
	expect_line 'odd\\x0alatch = "off"; #.conf:1$'
}

@test "diff: nothing, and 0, for what is the same" {
	run "$POLICY" diff unzip unzip
	expect_status 0
	expect_output ''
	config my.conf 'profiles = { a = { inherit = "unzip"; fs = { read = [ "/usr/lib/locale", "/usr/share" ]; }; limits = { memory = "1048576K"; }; };
		b = { inherit = "unzip"; limits = { memory = "1G"; }; }; };'
	run "$POLICY" diff -c my.conf b a
	expect_status 0
	expect_output ''
}

@test "diff: values, items and system calls, and 1" {
	config my.conf 'profiles = { a = { inherit = "parser"; }; b = { inherit = "a"; latch = "auto"; fs = { read = [ "...", "/srv" ]; };
		net = { mode = "host"; bind = [ 8080 ]; }; seccomp = { deny = [ "...", "@chown" ]; allow = [ "...", "@network-io" ]; }; }; };'
	run "$POLICY" diff -c my.conf a b
	expect_status 1
	grep -vE '^  . (shut|send|recv|get|set|sock|bind|conn|list|acc)' <<<"$output" >seen
	diff seen - <<'END'
fs.read
  + "/srv"
net.mode
  - "none"
  + "host"
net.bind
  - "any"
  + 8080
seccomp.allow
  + "@network-io"
seccomp.deny
  + "@chown"
latch
  - "required"
  + "auto"
system calls that are allowed
END
	expect_line '^  \+ connect$'
	run "$POLICY" diff -c my.conf b a
	expect_status 1
	expect_line '^  - connect$'
}

@test "diff: one profile is compared with the default; 2 for what can't be compared" {
	run "$POLICY" diff parser
	expect_status 1
	expect_line '^  - "@system-service"$'
	run "$POLICY" diff default parser
	expect_line '^  - "@system-service"$'
	run "$POLICY" diff parser parsr
	expect_status 2
	expect_line 'no profile "parsr"; did you mean "parser"'
	run "$POLICY" diff
	expect_status 2
	run "$POLICY" diff a b c
	expect_status 2
	run "$POLICY" diff -c absent.conf parser
	expect_status 2
}

@test "list: where each profile comes from" {
	config my.conf $'profiles = {\n  mine = { match = [ "my-*", "own -m x*" ]; inherit = "parser"; };\n};'
	run "$POLICY" list -c my.conf
	expect_line '^mine +my-\*, own -m x\*  < parser  # my.conf:2$'
	expect_line '^pdftotext .*  # built-in profiles/pdftotext.conf:[0-9]+$'
}

@test "an option that takes no value gets none" {
	run "$POLICY" show --origin=yes
	expect_status 2
	expect_line 'takes no value'
}

@test "no control character reaches the terminal, in errors or in what is shown: ASCII's nor UTF-8's" {
	local csi=$'\302\233' value
	run "$POLICY" show -c /dev/null --set "env.${csi}31m"$'\033''=1'
	[[ $output == *'env.??31m?'* ]]
	: >empty.conf
	value="A=${csi}31m"$'\033'
	run "$POLICY" show -c empty.conf --set "env.set=[\"$value\"]"
	expect_status 0
	[[ $output == *'"A=\xc2\x9b31m\x1b"'* ]]
	# and it is read as what it was
	run "$POLICY" show -c empty.conf --set 'env.set=["A=\xc2\x9b31m\x1b"]'
	[[ $output == *'"A=\xc2\x9b31m\x1b"'* ]]
}

@test "the requests of ioctl that a profile allows are shown, those that come with /dev as well" {
	run "$POLICY" show default
	expect_line '^	+# @terminal: TCGETS '
	expect_line '^	+# @pty, with ptmx in dev: TIOCSCTTY '
	run "$POLICY" show parser
	expect_line '^	+# @terminal: TCGETS '
	expect_no_line '# (@pty|@attributes|@socket)'
}
