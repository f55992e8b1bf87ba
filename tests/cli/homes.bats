#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Whose home is whose: what HOME protects, users of other name services, and what is said of configuration not read.

load helper

# A home that no database knows, with what programs keep in one.
more_setup() {
	OWN=$PWD/own
	mkdir -p "$OWN/.aws" "$OWN/src"
	echo key >"$OWN/.aws/credentials"
	echo rc >"$OWN/.bashrc"
	echo plain >"$OWN/notes"
	export OWN
}

@test "HOME protects like a home of the database's" {
	HOME=$OWN run --separate-stderr "$SBX" cat "$OWN/.aws/credentials" "$OWN/notes"
	expect_output plain
	expect_stderr 'own/.aws/credentials: a dot file of a home directory, not granted'
	# shellcheck disable=SC2016  # expanded inside
	HOME=$OWN run "$SBX" --ro "$OWN" sh -c 'cat "$OWN/.aws/credentials"; cat "$OWN/.bashrc"; cat "$OWN/notes"'
	expect_no_line '^(key|rc)$'
	expect_line '^plain$'
	HOME=$OWN run "$SBX" --rw "$OWN" sh -c 'echo evil >>"$OWN/.bashrc"'
	expect_refused "own: HOME, not granted writable as a whole; name directories in "
	[ "$(cat "$OWN/.bashrc")" = rc ]
	HOME=$OWN run "$SBX" --rw "$OWN/src" sh -c 'echo x >"$OWN/src/x" && cat "$OWN/src/x"'
	expect_output x
	# what is written out is granted, here as there
	HOME=$OWN run "$SBX" --ro "$OWN/.aws" cat "$OWN/.aws/credentials"
	expect_output key
	# it is HOME that did it
	HOME=$REAL_HOME run "$SBX" --rw "$OWN" cat "$OWN/.aws/credentials"
	expect_output key
}

@test "HOME through a symlink, with a slash at its end; what its dot links lead to" {
	ln -s own link
	mkdir dotfiles
	echo key >dotfiles/netrc
	ln -s ../dotfiles "$OWN/.secret"
	local paths=("$OWN/.aws/credentials" "$PWD/link/.aws/credentials")
	is_root || paths+=("$PWD/dotfiles/netrc") # what is the system's needs no link's protection
	for home in "$PWD/link" "$PWD/link/" "$OWN//"; do
		for path in "${paths[@]}"; do
			HOME=$home run "$SBX" cat "$path"
			expect_no_line '^key$' || return 1
		done
		HOME=$home run "$SBX" cat "$OWN/notes"
		expect_output plain || return 1
	done
}

@test "a HOME that is no home changes nothing" {
	for home in '' relative /nonexistent /etc/passwd "$OWN/notes" "/$(printf 'x%.0s' {1..5000})"; do
		HOME=$home run "$SBX" --rw "$OWN" cat "$OWN/notes"
		expect_output plain || return 1
	done
	run env -u HOME "$SBX" --rw "$OWN" cat "$OWN/notes"
	expect_output plain
}

@test "HOME in a directory that others use too: what has a dot is protected, the directory stays one to grant" {
	HOME_SCRATCH=$(mktemp -d /tmp/.sbx-homes.XXXXXX)
	echo key >"$HOME_SCRATCH/key"
	HOME=/tmp run "$SBX" cat "$HOME_SCRATCH/key"
	expect_no_line '^key$'
	HOME=/tmp run "$SBX" --rw /tmp sh -c "cat '$HOME_SCRATCH/key'; echo ran"
	expect_no_line '^key$'
	expect_line '^ran$'
	HOME=/var/tmp run "$SBX" --rw /tmp cat "$HOME_SCRATCH/key"
	expect_output key
}

@test "HOME grants nothing: ~ and the configuration are the database's, and what isn't read is told" {
	mkdir -p "$OWN/.config/sbx"
	echo 'default = { env = { set = [ "SAID=own" ]; }; };' >"$OWN/.config/sbx/sbx.conf"
	HOME=$OWN run --separate-stderr "$SBX" sh -c 'echo "said ${SAID-}"'
	expect_output 'said '
	expect_stderr 'own/.config/sbx: not read: by the user database'
	HOME=$OWN run --separate-stderr "$SBX" -q sh -c 'echo "said ${SAID-}"'
	expect_output 'said '
	expect_no_stderr
	HOME=$OWN run "$SBX" --no-arg-grants --set 'fs.optional=["~/notes"]' --set 'fs.read=["~/notes"]' cat "$OWN/notes"
	expect_no_line '^plain$'
}

# As a user whom /etc/passwd doesn't know, in a machine that has a name service of the tests' own
as_unlisted() { # SCRIPT
	HOME_SCRATCH=$(mktemp -d /srv/sbx-homes.XXXXXX)
	chmod 755 "$HOME_SCRATCH"
	mv "$OWN" "$HOME_SCRATCH/"
	OWN=$HOME_SCRATCH/own
	chown -R 64242:64242 "$OWN"
	as() { setpriv --reuid=64242 --regid=64242 --clear-groups env HOME="$OWN" "$@"; }
	export -f as
	with_own_etc 'sed -i "s/^passwd:.*/passwd: files sbxtest/" /etc/nsswitch.conf
		echo "$TOOLS" >/etc/ld.so.conf.d/000-sbxtest.conf
		/sbin/ldconfig -X || exit
		cd "$OWN" || exit
	'"$1"
}
listed='echo "remote:x:64242:64242:R:$OWN:/bin/bash" >/etc/sbxtest'

@test "a user of another name service has a home, a configuration and a cache" {
	only_root
	mkdir -p "$OWN/.config/sbx"
	echo 'default = { env = { set = [ "SAID=own" ]; }; };' >"$OWN/.config/sbx/sbx.conf"
	as_unlisted "$listed"'
		as "$POLICY" caller
		as "$SBX" sh -c "echo \"said \$SAID\"; cd; pwd; id -un"
		as "$SBX" true
		ls .cache/sbx | wc -l
		HOME=/nonexistent as "$SBX" cat .aws/credentials
		as env HOME=/nonexistent "$SBX" cat "$OWN/.aws/credentials"
		sed -i s/remote/renamed/ /etc/sbxtest
		as "$SBX" id -un'
	expect_line "^remote:x:64242:64242::$OWN:/bin/bash$"
	expect_line '^said own$'
	expect_line "^$OWN$"
	expect_line '^remote$'
	expect_line '^2$'
	expect_no_line '^key$'
	expect_line '^renamed$'
}

@test "a uid that no service knows: HOME protects, nothing else of it counts, and that is told" {
	only_root
	mkdir -p "$OWN/.config/sbx"
	echo 'default = { env = { set = [ "SAID=own" ]; }; };' >"$OWN/.config/sbx/sbx.conf"
	as_unlisted ': >/etc/sbxtest
		as "$SBX" sh -c "echo \"said \$SAID.\""
		as "$SBX" cat .aws/credentials notes
		as "$SBX" --ro "$OWN" cat .bashrc
		as "$SBX" --rw "$OWN" true
		as "$SBX" --set "fs.read=[\"~/notes\"]" true
		as "$POLICY" doctor
		[ -e .cache ] || echo none kept'
	expect_line '^said \.$'
	expect_line 'own/.config/sbx: not read: the user database knows no home of the caller'
	expect_line '^plain$'
	expect_no_line '^(key|rc)$'
	expect_line 'not granted writable as a whole'
	expect_line '"~/notes": the user database has no home for the caller, and HOME grants nothing'
	expect_line '^cache +-- +the user database has no home for uid 64242: ~ means nothing'
	expect_line '^none kept$'
}

@test "a name service that doesn't answer is an error, not an unknown user" {
	only_root
	as_unlisted 'as "$SBX" echo ran; echo "status $?"
		as "$POLICY" caller; echo "status $?"
		"$SBX" echo local'
	expect_no_line '^ran$'
	expect_line '^status 125$'
	expect_line '^status 1$'
	expect_line '^sbx-policy: the user database: No such file or directory; a service that nsswitch.conf\(5\) names'
	expect_line '^local$'
}
