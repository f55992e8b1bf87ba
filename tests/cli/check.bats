#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016  # the variables are those of the policy
# sbx-policy check on broken configurations: the one thing that is wrong, in these words, with its line, and exit status 1.

load helper

broken() { # CONFIG LINE MESSAGE
	printf '%s\n' "$1" >my.conf
	chmod 600 my.conf
	run "$POLICY" check my.conf
	expect_status 1 || return 1
	expect_output "sbx-policy: my.conf:$2: $3"
}

# a value of the default policy, on line 3
key() { # SETTINGS MESSAGE
	broken $'default = {\n\n  '"$1"$'\n};' 3 "$2"
}

good() { # CONFIG
	printf '%s\n' "$1" >my.conf
	chmod 600 my.conf
	run "$POLICY" check my.conf
	expect_status 0 || return 1
	expect_output ''
}

@test "the frame of a file" {
	good $'default = {\n};\nprofiles = {\n};'
	broken 'defautl = { };' 1 'unknown key "defautl"; did you mean "default"?'
	broken $'\nlatch = "off";' 2 '"latch" stands outside of a policy; write default = { latch = … };'
	broken 'profiles = ( { name = "x"; } );' 1 'profiles: expected a group, profiles = { … };'
	broken $'default = { };\n@include "/etc/passwd"' 2 '@include is not supported'
	key 'fs = [ "/srv" ];' 'fs: expected a group, fs = { … };'
	key 'inherit = "parser";' 'inherit: only a profile has that'
	key 'match = [ "x" ];' 'match: only a profile has that'
}

@test "syntax" {
	local hint='syntax error; is a quote, a bracket, a ; or a , missing here or before?'
	key 'fs = { read = [ "/srv" };' "$hint"
	broken $'default = {\n  latch = "auto;\n};' 4 "$hint"
	key 'fs = { read += [ "/srv" ]; };' \
		'syntax error; there is no +=, the item "..." in a list stands for the list that is inherited'
	broken $'default = {\n  latch = "auto";\n  latch = "off";\n};' 3 \
		'duplicate setting name; the group has one of that name already'
	key 'net = { mode = "host"; connect = [ "...", 8080 ]; };' \
		'mismatched element type in array; brackets hold only strings or only numbers, write ( … ) for a list of both'
}

@test "names of keys" {
	key 'fs = { raed = [ ]; };' 'unknown key "fs.raed"; did you mean "read"?'
	key 'read = [ ];' 'unknown key "read"; did you mean "fs.read"?'
	key 'chlidren = true;' 'unknown key "chlidren"; did you mean "children"?'
	key 'quux = 1;' 'unknown key "quux"'
	broken $'profiles = {\n  a = { inhert = "parser"; };\n};' 2 'unknown key "inhert"; did you mean "inherit"?'
}

@test "types of values" {
	key 'latch = 5;' 'latch: a number, expected a string'
	key 'children = "yes";' 'children: a string, expected true or false'
	key 'fs = { read = "/srv"; };' 'fs.read: a string, expected a list of paths'
	key 'fs = { read = ( "/usr", 5 ); };' 'fs.read: a number in the list, expected a list of paths'
	key 'env = { keep = [ "" ]; };' 'env.keep: an empty string in the list, expected a list of strings'
	key 'limits = { tmp = "256 MB"; };' 'limits.tmp: "256 MB", expected a size such as 4096, "256M" or "1.5G", a percentage of the machine'"'"'s memory, or "auto"'
	key 'limits = { tmp_inodes = 0; };' 'limits.tmp_inodes: 0, expected a positive number'
	key 'preload = "libz.so.1";' 'preload: a string, expected a list of shared libraries'
}

@test "words, calls, settings, libraries" {
	key 'latch = "requird";' 'latch: unknown value "requird", expected auto, required or off; did you mean "required"?'
	key 'seccomp = { action = "allow"; };' 'seccomp.action: unknown value "allow", expected errno, kill or log'
	key 'seccomp = { log = [ "opne" ]; };' 'seccomp.log: unknown system call "opne"; did you mean "open"?'
	key 'seccomp = { ioctl = [ "TIOCGWINSIZE" ]; };' 'seccomp.ioctl: unknown request "TIOCGWINSIZE"; did you mean "TIOCGWINSZ"?'
	key 'seccomp = { ioctl = [ "@terminals" ]; };' 'seccomp.ioctl: unknown group "@terminals"; did you mean "@terminal"?'
	key 'seccomp = { ioctl = [ "...", "0x5412" ]; };' 'seccomp.ioctl: "0x5412" is hard-denied: no policy can allow it'
	key 'seccomp = { allow = [ "@basic_io" ]; };' 'seccomp.allow: unknown group "@basic_io"; did you mean "@basic-io"?'
	key 'seccomp = { allow = [ "...", "ptrace" ]; };' 'seccomp.allow: "ptrace" is hard-denied: no policy can allow it'
	key 'env = { set = [ "LD_PRELOAD=/x" ]; };' 'env.set: "LD_PRELOAD=/x": LD_* and SBX_* belong to the sandbox'
	key 'env = { set = [ "NAME" ]; };' 'env.set: "NAME", expected a list of "NAME=VALUE"'
	key 'preload = [ "../libz.so" ];' \
		'preload: "../libz.so" is neither a name that the dynamic linker finds nor an absolute path'
	key 'preload = [ "libz.so:libx.so" ];' \
		'preload: "libz.so:libx.so": the dynamic linker takes no space, colon or $ in a name'
}

@test "hosts" {
	local expected='expected a list of hosts such as "example.org", "example.org:22", "192.0.2.0/24:80" or "localhost:5432"'
	key 'net = { mode = "hosts"; hosts = [ "example.org:" ]; };' \
		'net.hosts: "example.org:" has no port from 1 to 65535 behind its colon'
	key 'net = { mode = "hosts"; hosts = [ "*.example.org" ]; };' \
		"net.hosts: \"*.example.org\" names no single host; patterns aren't supported yet: list the names"
	key 'net = { mode = "hosts"; hosts = [ "https://example.org" ]; };' \
		'net.hosts: "https://example.org" has no port from 1 to 65535 behind its colon'
	key 'net = { mode = "hosts"; hosts = [ 443 ]; };' "net.hosts: a number in the list, $expected"
	key 'net = { hosts = [ "example.org" ]; };' 'net.hosts needs net.mode = "hosts"'
	key 'net = "hosts";' 'net: "hosts" needs somebody in net.hosts'
	# who chooses another network needn't know of the hosts that the default policy has
	echo 'default = { net = { mode = "hosts"; hosts = [ "example.org" ]; }; }; profiles = { x = { net = "none"; }; };' >my.conf
	run "$POLICY" check my.conf
	expect_status 0
}

@test "ports" {
	local expected='expected a list of port numbers up to 65535, or [ "any" ]'
	key 'net = { mode = "host"; connect = [ 443, 70000 ]; };' "net.connect: \"70000\", $expected"
	key 'net = { mode = "host"; bind = [ -1 ]; };' "net.bind: \"-1\", $expected"
	key 'net = { mode = "host"; connect = [ 0 ]; };' "net.connect: \"0\", $expected"
	key 'net = { mode = "host"; connect = [ "https" ]; };' "net.connect: \"https\", $expected"
	key 'net = { mode = "host"; connect = 443; };' "net.connect: a number, $expected"
	key 'net = { connect = [ 443 ]; };' 'net.connect: a list of ports needs net.mode = "host"'
	key 'net = { mode = "host"; connect = ( "any", 443 ); };' \
		'net.connect: "any" is every port and stands alone; leave it out to name ports'
	# a profile without the host's network needn't know of the lists that the default policy has
	echo 'default = { net = { mode = "host"; connect = [ 443 ]; bind = [ 0 ]; }; }; profiles = { x = { net = "none"; }; };' >my.conf
	run "$POLICY" check my.conf
	expect_status 0
}

@test "arguments" {
	key 'args = { out = "staged"; };' 'args.out: unknown value "staged", expected stage, file, directory or copy; did you mean "stage"?'
	key 'args = { grants = 1; };' 'args.grants: a number, expected true or false'
	run ! key 'args = { inputs = [ "existing", "/first" ]; };' ''
	expect_line '^output: sbx-policy: my.conf:3: args.inputs: "/first", expected '
	run ! key 'args = { outputs = [ "urls" ]; };' ''
	expect_line '^output: sbx-policy: my.conf:3: args.outputs: "urls", expected '
}

@test "paths" {
	local variables='a path may begin with ~, $HOME, $PWD or $ARG(n), n from 1 to 999, and have $UID as a part' path
	for path in '$ARG(0)' '$ARG(1' '$ARG(1000)' '$ARG(01)' '$ARG' '$TMPDIR/x' '$HOMEX'; do
		key "fs = { read = [ \"$path\" ]; };" "fs.read: \"$path\": unknown variable at \"$path\"; $variables"
	done
	key 'fs = { read = [ "/x/$ARG(1)" ]; };' "fs.read: \"/x/\$ARG(1)\": unknown variable at \"\$ARG(1)\"; $variables"
	key 'fs = { write = [ "$ARG(1)/../x" ]; };' 'fs.write: "$ARG(1)/../x" has a . or .. in it'
	key 'fs = { read = [ "~bob/x" ]; };' 'fs.read: "~bob/x": only the caller'\''s own ~ is known'
	key 'fs = { read = [ "srv" ]; };' \
		'fs.read: "srv" is not an absolute path; write "/…", "~/…", "$PWD/…" or "$ARG(1)"'
	key 'fs = { hide = [ "$ARG(1)" ]; };' 'fs.hide: "$ARG(1)": $ARG(n) can'\''t be used here'
	key 'fs = { read = [ "/nonexistent/a" ]; };' \
		'fs.read: "/nonexistent/a": No such file or directory; list it in fs.optional too if it may be absent, or take it out'
	key 'fs = { read = [ "/run/$UID/x" ]; };' \
		'fs.read: "/run/$UID/x": a protected path, which no variable may grant; write the path out'
	key 'fs = { read = [ "/$UID" ]; };' \
		'fs.read: "/$UID": that is a whole home or a top-level directory, which no variable may grant; name what is needed in it'
	key 'fs = { write = [ "/proc/sys" ]; };' 'fs.write: "/proc/sys": /proc is the sandbox'\''s own; see the key proc'
}

@test "lists that extend, profiles that amend" {
	good $'default = { fs = { read = [ "...", "/usr" ]; }; };\nprofiles = { unzip = { inherit = "unzip"; match = [ "...", "x" ]; }; };'
	broken $'default = {\n  fs = { read = [ "...", "/usr",\n    "..." ]; };\n};' 3 'fs.read: "..." stands in the list twice'
	broken $'profiles = {\n  a = { match = [ "..." ]; };\n};' 2 \
		'match: there is no list that "..." could stand for: the profile doesn'\''t amend one of its name in an earlier file'
	broken $'profiles = {\n  a = { inherit = "a"; };\n};' 2 'profile inherits from itself: a -> a'
	broken $'profiles = {\n  a = { inherit = "pdftotxt"; };\n};' 2 'no profile "pdftotxt"; did you mean "pdftotext"?'
	broken $'profiles = {\n  a = { };\n  a = { };\n};' 3 'duplicate setting name; the group has one of that name already'
	broken $'profiles = {\n  default = { };\n};' 2 'a profile can'\''t be called "default": that is the policy all inherit from'
	broken $'profiles = {\n  a = { match = "a"; };\n};' 2 'match: a string, expected a list of command names or patterns'
}

@test "keys that conflict" {
	key 'latch = "off"; children = true;' 'children: what the command starts can'\''t latch with latch = "off"'
	broken $'profiles = {\n  a = { namespaces = [ "user", "mount" ]; };\n};' 2 \
		'namespaces: "mount" and "pid" only go together'
	good $'profiles = {\n  a = { namespaces = [ ];\n seccomp = { log = [ "@chown" ]; }; };\n};'
}
