#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What make does: packages, flags, installing.

load helper

more_setup() {
	TREE=$(cd "$TESTS/.." && pwd)
	[ -d "$BUILD/musl" ] || skip "not run from the source tree"
}

# make in the tree that the tests run in, which need not be the caller's to write
in_tree() {
	make -s -C "$TREE" BUILD="$BUILD" "$@"
}

# The sources alone, to build or to change
own_tree() { # DIR
	mkdir "$1"
	cp -r "$TREE/Makefile" "$TREE/VERSION" "$TREE/shim" "$TREE/loader" "$TREE/conf" "$TREE/tests" "$1/"
}

# Commands in front of the machine's: a dpkg that knows the packages in ./installed, an apt-get that tells and must be alone
fake_apt() {
	mkdir bin
	: >installed
	cat >bin/dpkg-query <<-'END'
		#!/bin/sh
		for package; do :; done
		grep -qx "$package" "$FAKE/installed" && echo installed
	END
	cat >bin/apt-get <<-'END'
		#!/bin/sh
		mkdir "$FAKE/alone" || { echo "E: Could not get lock" >&2; touch "$FAKE/raced"; exit 100; }
		echo "$*" >>"$FAKE/calls"
		sleep 0.2
		rmdir "$FAKE/alone"
	END
	printf '#!/bin/sh\n[ "$1" = -l ] || exec "$@"\n' >bin/sudo
	chmod +x bin/*
	export FAKE=$PWD PATH=$PWD/bin:$PATH
}

@test "install, run from there, uninstall" {
	in_tree DESTDIR="$PWD/root" PREFIX=/usr/local install
	[ "$(stat -c %a root/usr/local/lib/sbx/libsbx-shim.so)" = 644 ]
	[ -f root/etc/sbx.conf ]
	[ -f root/usr/local/share/man/man1/sbx-wrap.1 ]
	run root/usr/local/bin/sbx-wrap -p pdftotext --latch required cat /proc/self/status
	expect_status 0
	echo '# mine' >root/etc/sbx.conf
	in_tree DESTDIR="$PWD/root" PREFIX=/usr/local install
	[ "$(cat root/etc/sbx.conf)" = '# mine' ]
	in_tree DESTDIR="$PWD/root" PREFIX=/usr/local uninstall
	[ -z "$(find root -type f ! -name sbx.conf)" ]
}

@test "install leaves the tree as it is, and what it makes is readable whatever the umask" {
	state() { find "$TREE" -printf '%p %T@ %C@ %u\n' | grep -v "/work/\| $TREE/work" | sort; }
	state >before
	(umask 077 && in_tree DESTDIR="$PWD/root" install)
	state >after
	cmp before after
	[ -z "$(find root -type f ! -perm -444)" ]
	[ -z "$(find root -type f -perm /022)" ]
}

@test "below a home, without root: what isn't installed is said, and the programs run" {
	only_user
	[ ! -w /etc ] && [ ! -e /etc/sbx.conf ] || skip "only as an unprivileged user"
	run in_tree PREFIX="$PWD/.local" install
	expect_status 0
	expect_line "/etc/sbx.conf can't be written"
	expect_line ".config/sbx/sbx.conf; begin with a copy of $PWD/.local/share/sbx/sbx.conf"
	run .local/bin/sbx-wrap -p pdftotext --latch required true
	expect_status 0
}

@test "a PREFIX that LD_PRELOAD would split is refused, and so is one with a space in BUILD" {
	run in_tree DESTDIR="$PWD/root" PREFIX='/usr/my local' install
	[ "$status" -ne 0 ]
	expect_line 'PREFIX must be one word'
	run in_tree DESTDIR="$PWD/root" PREFIX='/usr/a:b' install
	[ "$status" -ne 0 ]
	expect_line 'PREFIX'
	run make -s -C "$TREE" BUILD="$PWD/my build" all
	[ "$status" -ne 0 ]
	expect_line 'BUILD must be one word'
}

@test "the shim's directory and sbx.conf's are those that were given" {
	own_tree tree
	mkdir tree/build
	cp -a "$BUILD"/{musl,free,glibc,generated,share,sbx-*,libsbx-shim.so,.help-*,.keys,.id} tree/build/
	make -s -C tree NO_APT=1 PREFIX=/usr LIBDIR=/usr/lib/any-linux BINDIR=/usr/games SYSCONFDIR="$PWD/etc" DESTDIR="$PWD/root" install
	[ -f root/usr/lib/any-linux/sbx/libsbx-shim.so ]
	run root/usr/games/sbx-wrap -p pdftotext --latch required true
	expect_status 0
	run root/usr/games/sbx-policy doctor
	expect_line "shim +ok .*/lib/any-linux/sbx/libsbx-shim.so"
	mkdir etc
	echo 'default = { env = { set = [ "SAID=here" ]; }; };' >etc/sbx.conf
	run root/usr/games/sbx-wrap env
	expect_line '^SAID=here$'
	run "$SBX" env
	expect_no_line '^SAID='
}

@test "the caller's flags are honoured; a space in the path; the same bytes wherever it is built" {
	only_root # once is enough
	own_tree "a tree"
	own_tree other
	local flags=(CFLAGS='-O1 -g -fexceptions' CPPFLAGS='-DNDEBUG -D_FORTIFY_SOURCE=1' LDFLAGS='-Wl,-z,relro -Wl,--as-needed')
	run make -C "a tree" -j2 "${flags[@]}" all
	expect_status 0
	[ "$(grep -c -- '-DNDEBUG' <<<"$output")" -gt 100 ]
	[ "$(grep -c -- '--as-needed' <<<"$output")" = 5 ]
	make -s -C other -j2 "${flags[@]}" BUILD="$PWD/elsewhere" all
	local program
	for program in sbx-wrap sbx-policy sbx-scope sbx-relay libsbx-shim.so; do
		cmp "a tree/build/$program" "elsewhere/$program"
	done
	run "a tree/build/sbx-wrap" -p pdftotext --latch required true
	expect_status 0
}

@test "what a full disk or a kill leaves is not taken for good" {
	only_root # once is enough
	own_tree tree
	local object=tree/build/free/shim/glob.o
	printf '#!/bin/sh\n. "$FAIL"\n' >cc
	chmod +x cc
	# killed: what the compiler is writing is cut short, and make has no time to remove it
	cat >killed <<-'END'
		gcc "$@"
		while [ "$1" != -o ]; do shift; done
		truncate -s 100 "$2"
		kill -9 $PPID
	END
	run env FAIL="$PWD/killed" make -s -C tree NO_APT=1 CC="$PWD/cc" build/free/shim/glob.o
	[ "$status" -ne 0 ]
	make -s -C tree NO_APT=1 build/free/shim/glob.o
	readelf -s $object | grep -q sbx_glob
	# a full disk: the list of what the object depends on is cut short, and the object is the old one
	cat >full <<-'END'
		while [ $# -gt 0 ]; do
			case $1 in -MF) deps=$2 ;; -o) : >"${deps-${2%.*}.d}" ;; esac
			shift
		done
		exit 1
	END
	echo 'extern int sbx_changed; __attribute__((used)) static int *sbx_user = &sbx_changed;' >>tree/shim/glob.h
	run env FAIL="$PWD/full" make -s -C tree NO_APT=1 CC="$PWD/cc" build/free/shim/glob.o
	[ "$status" -ne 0 ]
	make -s -C tree NO_APT=1 build/free/shim/glob.o
	readelf -s $object | grep -q sbx_changed
	# and a program
	make -s -C tree NO_APT=1 build/libsbx-shim.so
	rm tree/build/libsbx-shim.so
	run env FAIL="$PWD/killed" make -s -C tree NO_APT=1 CC="$PWD/cc" build/libsbx-shim.so
	[ "$status" -ne 0 ]
	make -s -C tree NO_APT=1 build/libsbx-shim.so
	readelf -d tree/build/libsbx-shim.so | grep -q INITFIRST
}

@test "without libsystemd sbx-scope is left out, with a word" {
	own_tree tree
	printf '#!/bin/sh\ncase "$*" in *libsystemd*) exit 1 ;; esac\nexec pkg-config "$@"\n' >pc
	chmod +x pc
	run make -s -C tree NO_APT=1 PKG_CONFIG="$PWD/pc" build/sbx-scope
	expect_status 0
	expect_line 'sbx-scope is left out.*libsystemd'
	[ ! -e tree/build/sbx-scope ]
}

@test "packages: NO_APT names what is missing and goes on" {
	own_tree tree
	fake_apt
	run make -s -C tree NO_APT=1 deps
	expect_status 0
	expect_line 'NO_APT is set; not installed:.* musl-tools'
	[ ! -e calls ]
	# and the next make looks again
	make -s -C tree deps
	grep -q 'install.* musl-tools' calls
}

@test "packages: jobs of one make don't race for apt's locks, and wait for another's" {
	own_tree tree
	fake_apt
	mkdir alone
	background sh -c 'until [ -e raced ]; do sleep 0.1; done; rmdir alone'
	run make -s -j8 -C tree build/.deps-build build/.deps-test build/.deps-lint
	expect_status 0
	expect_line 'waiting for another apt'
	[ "$(grep -c ' install \|^install ' calls)" = 3 ]
	[ "$(grep -c 'Lock::Timeout' calls)" = 6 ]
	rm raced
	rm -rf tree/build
	make -s -j8 -C tree build/.deps-build build/.deps-test build/.deps-lint
	[ ! -e raced ]
}

@test "packages: what a goal needs is installed at once, or named at once" {
	own_tree tree
	fake_apt
	make -s -j8 -C tree deps build/.deps-build build/.deps-lint
	[ "$(wc -l <calls)" = 2 ]
	grep -q 'install.* musl-tools .* bats .* cppcheck' calls
	printf '#!/bin/sh\nexit 1\n' >bin/sudo
	printf '#!/bin/sh\nexit 1\n' >bin/apt-get
	rm -r tree/build
	run make -s -k -C tree tour
	[ "$status" -ne 0 ]
	[ "$(grep -c 'apt-get install ' <<<"$output")" = 1 ] || fail "$output"
	expect_line 'as root.*apt-get update && apt-get install .* musl-tools .* poppler-utils'
}

@test "packages: pkgconf will do for pkg-config; who can't install is told what to" {
	own_tree tree
	fake_apt
	sed -n "s/^	build) need '\(.*\)'.*/\1/p" tree/tests/tools/deps.sh | tr ' ' '\n' | sed 's/.*|//' >installed
	grep -qx pkgconf installed
	make -s -C tree build/.deps-build
	[ ! -e calls ]
	printf '#!/bin/sh\necho "you may not" >&2; exit 1\n' | tee bin/sudo >bin/apt-get
	sed -i /musl-tools/d installed
	rm -r tree/build
	run make -s -C tree build/.deps-build
	[ "$status" -ne 0 ]
	expect_line 'you may not'
	expect_line 'as root.*apt-get install .*musl-tools'
	is_root || expect_line "$(id -un) may not call apt-get by sudo"
}

@test "the changelog's newest version is VERSION's, and makes a Debian changelog" {
	[ -e "$TREE/CHANGELOG.md" ] || skip "not run from the source tree"
	export MAINTAINER='Some One <one@example.org>'
	run awk -f "$TREE/conf/debian/changelog.awk" "$TREE/CHANGELOG.md"
	expect_status 0
	[ "${lines[0]}" = "sbx ($(cat "$TREE/VERSION")) unstable; urgency=medium" ]
	expect_line '^ -- .*<.*>  [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} '
	run ! grep -qE '^.{81}' <<<"$output"
}

@test "a tarball that git can't make is an error" {
	own_tree tree
	mkdir bin tree/.git
	printf '#!/bin/sh\necho "dubious ownership" >&2; exit 128\n' >bin/git
	chmod +x bin/git
	run env PATH="$PWD/bin:$PATH" make -s -C tree dist
	[ "$status" -ne 0 ]
	expect_line 'dubious ownership'
	[ -z "$(find tree/build -name '*.gz')" ]
}

@test "the package's maintainer is the one that Debian's tools are told" {
	local named fake
	own_tree tree
	mkdir -p bin tree/bench
	touch tree/{LICENSE,CONTRIBUTING.md,README.md,SECURITY.md}
	echo "## $(cat tree/VERSION) (2026-01-31)" >tree/CHANGELOG.md
	for fake in dpkg dpkg-buildpackage lintian; do
		printf '#!/bin/sh\n>../any.deb\n' >bin/$fake
	done
	chmod +x bin/*
	maintainer_with() { # NAME=VALUE...
		env -u DEBFULLNAME -u DEBEMAIL "$@" PATH="$PWD/bin:$PATH" sh tree/conf/debian/build "$PWD/out" >&2
		named=$(sed -n 's/^Maintainer: //p' out/sbx-*/debian/control)
		grep -qF -- " -- $named  " out/sbx-*/debian/changelog
	}
	maintainer_with
	[ "$named" = 'sbx authors <sbx@example.org>' ]
	maintainer_with DEBFULLNAME='Ä. Packager' DEBEMAIL=packager@example.net
	[ "$named" = 'Ä. Packager <packager@example.net>' ]
	maintainer_with DEBEMAIL=packager@example.net
	[ "$named" = 'sbx authors <packager@example.net>' ]
	maintainer_with DEBEMAIL='A & B <packager@example.net>'
	[ "$named" = 'A & B <packager@example.net>' ]
}

@test "where nothing can be built, the variable that says where else is named" {
	own_tree tree
	: >tree/build # as good as a read-only file system, and no matter to whom
	run make -s -C tree NO_APT=1 all
	[ "$status" -ne 0 ]
	expect_line 'BUILD=DIRECTORY'
}
