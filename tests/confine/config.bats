#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What programs are configured by in /etc: there, as on the host, and nothing that is somebody's alone.

load ../cli/helper

# NAME CMD...: what it prints is the same outside and inside, and no error
alike() {
	local plain
	plain=$("$@" 2>&1) || return 0 # not installed
	run "$SBX" -q -p default --no-arg-grants "$@"
	expect_status 0
	[ "$output" = "$plain" ] || fail "differs: $*
$(diff <(echo "$plain") <(echo "$output") | head -5)"
}

@test "programs find their configuration" {
	ulimit -Sn 1024 # more than limits.open_files are none inside
	alike convert -list policy
	alike convert -list resource
	alike openssl list -providers
	alike sha256sum /etc/java-17-openjdk/security/java.security
	alike cat /etc/manpath.config /etc/groff/man.local
	alike cat /etc/services /etc/nsswitch.conf /etc/magic
	alike dpkg-vendor --query vendor
	alike groff -man -Tascii /usr/share/man/man1/ls.1
}

@test "with a network ssh finds its configuration, and no key of the host's" {
	diff <(ssh -G host.example) <("$SBX" -q -p default --share-net ssh -G host.example)
	run "$SBX" -q -p default --share-net ls /etc/ssh
	expect_no_line 'key|sshd'
}

@test "nothing else of /etc is there" {
	run "$SBX" -q -p default --no-arg-grants ls -a /etc
	expect_status 0
	for name in shadow gshadow sudoers ssh npmrc pip.conf wgetrc fstab environment machine-id cron.d systemd; do
		expect_no_line "^$name\$"
	done
	run "$SBX" -q -p default --no-arg-grants sh -c 'echo x >/etc/new; ls /etc/ssl'
	expect_no_line '^private$'
}

@test "a parser has nothing of other programs" {
	run "$SBX" -q -p parser --set latch=auto --no-arg-grants ls /etc
	expect_status 0
	expect_line '^nsswitch.conf$'
	expect_no_line '^(java-.*|dpkg|php|ImageMagick-.*|gitconfig)$'
}

@test "what not all may read, or others may write, stays out; what comes later is seen" {
	only_root
	with_own_etc 'rm -rf /etc/php /etc/nanorc /etc/foremost.conf
		"$SBX" -q -p default --no-arg-grants ls /etc/php 2>/dev/null; echo ------
		mkdir -p /etc/php/one /etc/php/two
		for n in 1 2 3 4; do echo $n >/etc/php/one/$n; echo $n >/etc/php/two/$n; done
		echo secret >/etc/php/two/2; chmod 640 /etc/php/two/2
		echo x >/etc/nanorc; chmod 666 /etc/nanorc
		echo y >/etc/foremost.conf
		"$SBX" -q -p default --no-arg-grants find /etc/php /etc/nanorc /etc/foremost.conf -type f 2>/dev/null; echo ------
		echo z >/etc/foremost.conf
		"$SBX" -q -p default --no-arg-grants cat /etc/foremost.conf'
	[[ ${output%%------*} = "" ]] || fail "something is there at first"
	expect_line '^/etc/php/one/1$'
	expect_line '^/etc/php/two/1$'
	expect_line '^/etc/foremost.conf$'
	expect_no_line '^/etc/php/two/2$'
	expect_no_line 'nanorc'
	expect_line '^z$'
}
