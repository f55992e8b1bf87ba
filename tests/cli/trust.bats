#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A profile that allows more than the default is for the command, not for any file that is called so; what a file of one's
# own gets, and what is said of it.

load helper

more_setup() {
	mkdir -p bin sub
	printf '#!/bin/sh\necho ran\n' >curl
	chmod 755 curl
	cp -p curl sub/curl
	cp -p curl bin/curl
}

# The command has the profile `default`, is told why, and runs.
withheld() { # PROFILE WHY CMD...
	local profile=$1 why=$2
	shift 2
	run "$SBX" --dry-run "$@"
	expect_line '^profile: default$'
	expect_line "has the profile default, not $profile: $why.* -p $profile\$"
}

# It has PROFILE, and nothing is said.
chosen() { # PROFILE CMD...
	local profile=$1
	shift
	run "$SBX" --dry-run "$@"
	expect_line "^profile: $profile\$"
	expect_no_line 'has the profile'
}

OWN="it isn't a command of the system's"
OTHERS='others than root can replace it'

@test "a file that is called as the command is: by a relative path, an absolute one, a link" {
	withheld curl "$OWN" ./curl
	withheld curl "$OWN" sub/curl
	withheld curl "$OWN" "$WORK/curl"
	withheld curl "$OWN" "$WORK/sub/../curl"
	printf '#!/bin/sh\n' >tool
	chmod 755 tool
	ln -s ../tool bin/wget
	withheld wget "$OWN" bin/wget
}

@test "the note: one line, not with -q, and none where the profile is named" {
	run --separate-stderr "$SBX" ./curl
	expect_output ran
	[ "$(wc -l <<<"$stderr")" = 1 ]
	expect_stderr "^sbx-wrap: policy: \./curl: has the profile default, not curl: $OWN; if it is what its name says: -p curl\$"
	run --separate-stderr "$SBX" -q ./curl
	expect_no_stderr
	run "$SBX" --dry-run -p curl ./curl
	expect_line '^profile: curl$'
	expect_no_line 'has the profile'
}

@test "the command itself: by its name, by any path that leads to it, by a link to it" {
	chosen curl curl
	chosen curl /usr/bin/curl
	chosen curl /bin/curl
	chosen curl //usr/./bin//curl
	cd /
	chosen curl usr/bin/curl
	cd "$WORK"
	ln -s /usr/bin/curl alias
	chosen curl ./alias
	PATH=/usr/bin:/bin:$WORK/bin chosen curl curl
}

@test "what somebody else's link leads to is executed by its own path: the link may lead elsewhere by then" {
	ln -s /usr/bin/curl alias
	LD_SHOW_AUXV=1 run "$SBX" ./alias --version
	expect_status 0
	expect_line '^AT_EXECFN: */usr/bin/curl$'
	LD_SHOW_AUXV=1 run "$SBX" /bin/curl --version
	expect_line '^AT_EXECFN: */bin/curl$'
}

@test "a directory of PATH: not a relative one, and not one that others than root can write" {
	PATH=:/usr/bin:/bin withheld curl "$OWN" curl
	PATH=.:/usr/bin:/bin withheld curl "$OWN" curl
	PATH=bin:/usr/bin:/bin withheld curl "$OWN" curl
	chmod 777 bin
	PATH=$WORK/bin:/usr/bin:/bin withheld curl "$OTHERS" curl
	chmod 755 bin
	chmod 666 bin/curl
	chmod +x bin/curl
	PATH=$WORK/bin:/usr/bin:/bin withheld curl "$OTHERS" curl
}

@test "as a user: an own directory of PATH is not the system's" {
	only_user
	PATH=$WORK/bin:/usr/bin:/bin withheld curl "$OWN" curl
	# what is not wider than the default is for whatever has its name
	printf '#!/bin/sh\n' >jq
	chmod 755 jq
	chosen jq ./jq
}

@test "as root: a directory of PATH that is root's alone, and nothing of a user's" {
	only_root
	local PATH=$WORK/bin:/usr/bin:/bin
	chosen curl curl
	chosen curl "$WORK/bin/curl"
	chosen curl bin/curl
	chown 1 bin/curl
	withheld curl "$OTHERS" curl
	chown 0 bin/curl
	chown 1 bin
	withheld curl "$OTHERS" curl
	chown 0 bin
	chosen curl curl
	# through a link in a directory of somebody else's, there is only what it leads to
	mkdir theirs
	ln -s "$WORK/sub/curl" theirs/curl
	chown 1 theirs
	PATH=$WORK/theirs:/usr/bin:/bin withheld curl . curl
}

@test "as root: a group without members is nobody, as of /usr/local on older systems; one that isn't known is somebody" {
	only_root
	local PATH=$WORK/bin:/usr/bin:/bin
	chgrp staff bin
	chmod 2775 bin
	chosen curl curl
	chgrp 987654 bin
	chmod 2775 bin
	withheld curl "$OTHERS" curl
}

@test "as root: a group with members is somebody, and who is in it is asked anew" {
	only_root
	with_own_etc '
		PATH=$PWD/bin:/usr/bin:/bin
		chgrp staff bin && chmod 2775 bin
		profile() { "$SBX" -q --dry-run curl | grep "^profile"; }
		profile
		sed -i "s/^staff:.*/&nobody/" /etc/group
		profile
		sed -i "s/^\(staff:.*\)nobody/\1/" /etc/group
		sed -i "s/^\(nobody:[^:]*:[0-9]*\):[0-9]*:/\1:50:/" /etc/passwd
		profile'
	expect_output $'profile: curl\nprofile: default\nprofile: default'
}

@test "a path in match is the caller's word for a file of their own, which nobody else can replace" {
	cat >my.conf <<-END
		profiles = { wide = { match = [ "$WORK/s*/curl" ]; net = "host"; }; };
	END
	chosen wide -c my.conf sub/curl
	withheld curl "$OWN" -c my.conf ./curl
	chmod 777 sub
	withheld wide "$OTHERS" -c my.conf sub/curl
	chmod 755 sub
	if is_root; then
		chown 1 sub/curl
		withheld wide "$OTHERS" -c my.conf sub/curl
	fi
}

@test "as a user: with umask 0002 a directory of the user's own group is the user's own" {
	only_user
	cat >my.conf <<-END
		profiles = { wide = { match = [ "$WORK/sub/curl" ]; net = "host"; }; };
	END
	chmod 775 sub
	chosen wide -c my.conf sub/curl
}

@test "~ in match is the home of the passwd database, whatever HOME says" {
	own_home
	mkdir -p "$REAL_HOME/tools/v1/bin"
	cp -p curl "$REAL_HOME/tools/v1/bin/curl"
	echo 'profiles = { wide = { match = [ "~/tools/*/bin/curl" ]; net = "host"; }; };' >my.conf
	HOME=$WORK chosen wide -c my.conf "$REAL_HOME/tools/v1/bin/curl"
	mkdir -p tools/v1/bin
	cp -p curl tools/v1/bin/curl
	HOME=$WORK withheld curl "$OWN" -c my.conf tools/v1/bin/curl
	rm -r "$REAL_HOME/tools"
}

@test "as root: what root has unpacked below the system's directories is no command, by whatever path it is named" {
	only_root
	run unshare --mount --propagation private bash -c '
		mount -t tmpfs -o mode=755 none /usr/local/src && mount -t tmpfs -o mode=755 none /opt || exit
		mkdir -p /opt/tool/bin && cp -p curl /usr/local/src/curl && cp -p curl /opt/tool/bin/curl && cd /usr/local/src || exit
		for uid in 0 64242; do
			for file in ./curl /usr/local/src/curl /opt/tool/bin/curl; do
				setpriv --reuid=$uid --regid=$uid --clear-groups "$SBX" -q --dry-run "$file" | grep "^profile:"
			done
			export PATH=/opt/tool/bin:$PATH
			setpriv --reuid=$uid --regid=$uid --clear-groups "$SBX" -q --dry-run curl | grep "^profile:"
			cd /opt/tool
			setpriv --reuid=$uid --regid=$uid --clear-groups "$SBX" -q --dry-run bin/curl | grep "^profile:"
			cd /usr/local/src
			PATH=${PATH#*:}
		done'
	local found=$'profile: default\nprofile: default\nprofile: default\nprofile: curl\nprofile: curl'
	expect_output "$found"$'\n'"$found"
}

@test "another name of a command's own file is that command: a hard link" {
	only_root
	mkdir system
	cp -p curl system/curl
	ln system/curl sub/wget
	ln -f system/curl sub/curl
	PATH=$WORK/system:/usr/bin:/bin chosen curl sub/curl
	PATH=$WORK/system:/usr/bin:/bin withheld wget "$OWN" sub/wget
	chmod 777 system
	PATH=$WORK/system:/usr/bin:/bin withheld curl "$OWN" sub/curl
}

@test "as root: a script is trusted no further than its interpreter, and that one's interpreter" {
	only_root
	local PATH=$WORK/bin:/usr/bin:/bin
	cp /bin/sh sub/sh
	printf '#!%s/sub/sh\necho ran\n' "$WORK" >bin/curl
	chosen curl curl
	chown 1 sub/sh
	withheld curl "$OTHERS or its interpreter" curl
	chown 0 sub/sh
	chmod 777 sub
	withheld curl "$OTHERS or its interpreter" curl
	chmod 755 sub
	ln -s sh sub/link
	printf '#!%s/sub/link\n' "$WORK" >sub/script
	chmod 755 sub/script
	printf '#!%s/sub/script\necho ran\n' "$WORK" >bin/curl
	chosen curl curl
	chown -h 1 sub/link
	withheld curl "$OTHERS or its interpreter" curl
	printf '#!sub/sh\necho ran\n' >bin/curl
	withheld curl "$OWN" curl
}

@test "as root: what env finds along PATH is judged as an interpreter is, and its own interpreter" {
	only_root
	local PATH=$WORK/bin:/usr/bin:/bin line
	mkdir -m 777 theirs
	cp /bin/sh sub/shell
	cp /bin/sh theirs/shell
	ln -s /usr/bin/env sub/other
	for line in '/usr/bin/env shell' '/usr/bin/env -S shell -e' '/usr/bin/env -S X=1 shell' '/usr/bin/env -vS -- shell' \
		'/usr/bin/nohup shell' "$WORK/sub/other shell"; do
		printf '#!%s\necho ran\n' "$line" >bin/curl
		PATH=$PATH:$WORK/sub chosen curl curl
		PATH=$PATH:$WORK/theirs withheld curl "$OTHERS or its interpreter" curl
		# one that can still come, and one that is found where the caller stands
		PATH=$WORK/theirs/none:$PATH:$WORK/sub withheld curl "$OTHERS or its interpreter" curl
		cd sub
		PATH=$PATH:. withheld curl "$OTHERS or its interpreter" curl
		cd "$WORK"
		PATH=/tmp/none:$PATH:$WORK/sub withheld curl "$OTHERS or its interpreter" curl
		# nor one that isn't there
		withheld curl "$OTHERS or its interpreter" curl
	done
	printf '#!/usr/bin/env -S -i shell\n' >bin/curl
	PATH=$PATH:$WORK/sub withheld curl "$OTHERS or its interpreter" curl
	printf '#!%s/sub/sbx-script\n' "$WORK" >bin/curl
	printf '#!/usr/bin/env shell\n' >sub/sbx-script
	chmod 755 sub/sbx-script
	PATH=$PATH:$WORK/sub chosen curl curl
	PATH=$PATH:$WORK/theirs withheld curl "$OTHERS or its interpreter" curl
	printf '#!/usr/bin/env sbx-script\n' >bin/curl
	PATH=$PATH:$WORK/sub chosen curl curl
	chown 1 sub/shell
	PATH=$PATH:$WORK/sub withheld curl "$OTHERS or its interpreter" curl
}

@test "a file that env finds in a directory of others runs with the default policy" {
	cat >my.conf <<-END
		profiles = { wide = { match = [ "$WORK/bin/tool" ]; fs = { write = [ "\$PWD" ]; exec = [ "...", "\$PWD" ]; }; }; };
	END
	printf '#!/usr/bin/env helper\n' >bin/tool
	printf '#!/bin/sh\ntouch made && echo made\n' >sub/helper
	chmod 755 bin/tool sub/helper
	cd sub
	PATH=$WORK/sub:$PATH run "$SBX" -c "$WORK/my.conf" "$WORK/bin/tool"
	expect_output made
	rm made
	chmod 777 .
	PATH=$WORK/sub:$PATH withheld wide "$OTHERS or its interpreter" -c "$WORK/my.conf" "$WORK/bin/tool"
	PATH=$WORK/sub:$PATH run -127 "$SBX" -c "$WORK/my.conf" "$WORK/bin/tool"
	[ ! -e made ]
	chmod 755 .
	PATH=.:$PATH run -127 "$SBX" -c "$WORK/my.conf" "$WORK/bin/tool"
	[ ! -e made ]
}

@test "an interpreter of one's own is enough for a path in match, one that others can replace is not" {
	cp /bin/sh sub/sh
	printf '#!%s/sub/sh\necho ran\n' "$WORK" >bin/tool
	chmod 755 bin/tool
	cat >my.conf <<-END
		profiles = { wide = { match = [ "$WORK/bin/tool" ]; net = "host"; }; };
	END
	chosen wide -c my.conf bin/tool
	chmod 777 sub
	withheld wide "$OTHERS or its interpreter" -c my.conf bin/tool
}

@test "a profile for certain arguments is as little for a file that is only called so" {
	printf '#!/bin/sh\n' >git
	chmod 755 git
	withheld git-clone "$OWN" ./git clone a b
	chosen git-clone git clone a b
	withheld git "$OWN" ./git frobnicate
	chosen git git frobnicate
}

@test "by a link of /proc, a file is what it is" {
	run bash -c 'exec "$SBX" --dry-run /proc/self/fd/0 <curl'
	expect_line '^profile: default$'
	run bash -c 'exec "$SBX" --dry-run "/proc/$$/cwd/curl"'
	expect_line '^profile: default$'
	run bash -c 'exec "$SBX" --dry-run /proc/self/fd/0 </usr/bin/curl'
	expect_line '^profile: curl$'
}

@test "as root: a link of /proc that says the command's path leads to a file of a mount that is gone" {
	only_root
	mkdir -p root/usr/bin
	cp -p curl root/usr/bin/curl
	mount --bind root/usr root/usr
	exec 9<root/usr/bin/curl
	umount -l root/usr
	[ "$(readlink /proc/self/fd/9)" = /bin/curl ]
	run "$SBX" --dry-run /proc/self/fd/9
	exec 9<&-
	expect_line '^profile: default$'
}
