# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# As root: run something as root or as a user, each in a mount namespace of its own with an empty home and cache, on a
# copy of the tree that both can read; so nothing of the machine's homes is touched.

PRIVATE_USER=sbxtest # made when missing

# Copy the tree whose root is $top, with its build directory $build; the copy is $private_tree. Remove $private_scratch.
private_copy() {
	if ! id "$PRIVATE_USER" >/dev/null 2>&1; then
		useradd --create-home --shell /bin/bash "$PRIVATE_USER"
	fi
	private_scratch=$(mktemp -d /srv/sbx-test.XXXXXX)
	private_tree=$private_scratch/tree
	chmod 755 "$private_scratch"
	mkdir "$private_tree"
	cp -a "$top/Makefile" "$top/VERSION" "$top/CHANGELOG.md" "$top/shim" "$top/loader" "$top/conf" "$top/tests" "$private_tree/"
	cp -a "$build" "$private_tree/build"
	chown -R root:root "$private_scratch"
	chmod -R go+rX,go-w "$private_scratch"
}

# Run the command in $private_tree as WHO, who sees nothing of our environment but what is given here.
private_run() { # WHO [NAME=VALUE...] CMD...
	unshare --mount --propagation private \
		bash -c '. "$1/tests/private.bash" && private_enter "$@"' bash "$private_tree" "$@"
}

# The part of it that is in the namespace
private_enter() { # TREE WHO [NAME=VALUE...] CMD...
	local tree=$1 who=$2 home work uid gid
	shift 2
	set -e
	home=$(getent passwd "$who" | cut -d: -f6) uid=$(id -u "$who") gid=$(id -g "$who")
	mount -t tmpfs -o mode=755 tmpfs /var/cache
	mkdir /var/cache/fontconfig
	mount -t tmpfs -o "mode=700,uid=$uid,gid=$gid" tmpfs "$home"
	cd "$tree"
	work=$home/work
	[ "$who" != root ] || work=$tree/work
	mkdir -p "$work"
	chown "$uid:$gid" "$work"
	exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM="${TERM-dumb}" \
		HOME="$home" USER="$who" LOGNAME="$who" TMPDIR="$work" SBX_TEST_OWN_HOME=1 \
		setpriv --reuid="$uid" --regid="$gid" --init-groups env "$@"
}
