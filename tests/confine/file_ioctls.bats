#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2089,SC2090  # the variables and quotes are those of the inner shell and of Python
# What ioctl(2) does to files of ext4 and btrfs that are open for reading: keys, versions, verity, subvolumes, snapshots.

load ../cli/helper

# FS_IOC_*, EXT4_IOC_* and BTRFS_IOC_*, on what argument 1 names
ASK='import fcntl, os, struct, sys
def ask(name, fd, request, arg):
    arg = bytearray(arg)
    try: fcntl.ioctl(fd, request, arg); print(name, "OK"); return bytes(arg)
    except OSError as e: print(name, os.strerror(e.errno))
here = os.open(sys.argv[1], os.O_RDONLY)
def key(): return struct.pack("II32sII8I", 2, 0, b"", 64, 0, *[0] * 8) + b"k" * 64
def volume(name, fd=0): return struct.pack("q4088s", fd, name)
'
ALL='ask("ADD_KEY", here, 0xc0506617, key())
ask("REMOVE_KEY", here, 0xc0406618, struct.pack("II32s", 2, 0, bytes.fromhex(sys.argv[2])) + bytes(24))
ask("REMOVE_KEY_ALL", here, 0xc0406619, struct.pack("II32s", 2, 0, bytes.fromhex(sys.argv[2])) + bytes(24))
ask("SET_POLICY", here, 0x800c6613, struct.pack("BBBB16s4x", 2, 1, 4, 0, bytes.fromhex(sys.argv[2])))
file = os.open(sys.argv[1] + "/file", os.O_RDONLY)
ask("SETVERSION", file, 0x40086604, struct.pack("q", 7))
ask("VERITY", file, 0x40806685, struct.pack("III", 1, 1, 4096) + bytes(116))'

# an encrypted directory "locked" with a key, "letter" in it, "plain" beside it; prints the id of the key
SETUP='i = ask("add", here, 0xc0506617, key())[8:24]
d = os.open(sys.argv[1] + "/locked", os.O_RDONLY)
ask("policy", d, 0x800c6613, struct.pack("BBBB4x16s", 2, 1, 4, 0, i))
print("ID", i.hex())'

# SCRIPT, on a new file system of that kind.
on_image() { # TYPE OPTIONS SCRIPT
	only_root
	rm -rf image disk
	truncate -s 200M image
	# shellcheck disable=SC2086  # words
	"mkfs.$1" -q $2 image 2>/dev/null || skip "no mkfs.$1 here"
	mkdir disk
	run unshare -m --propagation private bash -c 'mount -o loop image disk 2>/dev/null || exit 77; cd disk; eval "$1"' bash "$3"
	[ "$status" != 77 ] || skip "no loop devices here"
}

# The same on ext4 in a directory with "file", and "letter" in the encrypted "locked", whose key is $id.
on_ext4() { # SCRIPT
	export ASK ALL SETUP
	local script='mkdir locked && echo text >file
		id=$("$PYTHON" -c "$ASK$SETUP" . | sed -n "s/^ID //p"); [ -n "$id" ] || { echo "no keys"; id=$(printf %032d 0); }
		{ echo dear >locked/letter; } 2>/dev/null || echo "no cipher"; sync; '"$1"
	if [ -n "${SBX_TEST_DISK-}" ]; then
		DIR=$(mktemp -d "$SBX_TEST_DISK/sbx-ioctl.XXXXXX")
		run bash -c 'cd "$1" && eval "$2"' bash "$DIR" "$script"
	else
		on_image ext4 '-O encrypt,^metadata_csum' "$script"
	fi
}

more_teardown() {
	[ -z "${DIR-}" ] || rm -rf "$DIR"
}

@test "fscrypt's keys, ext4's versions and verity are out of reach, rooted and in place" {
	local wrap name
	for wrap in '' namespaces=[] 'seccomp.ioctl=["@descriptor","@terminal","@file"]'; do
		[[ $wrap != *namespaces* || $(landlock_abi) -ge 3 ]] || continue
		export WRAP=$wrap
		on_ext4 '"$SBX" -q -p default --set "${WRAP:-best_effort=[]}" --ro "$PWD" "$PYTHON" -c "$ASK$ALL" "$PWD" $id; cat locked/letter'
		for name in ADD_KEY REMOVE_KEY REMOVE_KEY_ALL SET_POLICY SETVERSION VERITY; do
			expect_line "^$name (Inappropriate ioctl for device|Operation not permitted)" || return 1
		done
		expect_line '^(dear|no cipher)$' || return 1
	done
}

@test "unwrapped, the directory is locked" {
	on_ext4 '"$PYTHON" -c "$ASK$ALL" "$PWD" $id; cat locked/letter; ls locked'
	expect_line '^(REMOVE_KEY OK|no keys)$'
	expect_line '^SETVERSION OK'
	expect_line 'Required key not available|No such file|^dear'
}

@test "no subvolume of btrfs is made, copied or removed" {
	local try='ask("SUBVOL_CREATE", here, 0x5000940e, volume(b"made"))
w = os.open(sys.argv[1] + "/work", os.O_RDONLY)
ask("SNAP_CREATE", w, 0x50009401, volume(b"copy", here))
ask("SNAP_DESTROY", here, 0x5000940f, volume(b"victim"))
ask("SUBVOL_SETFLAGS", here, 0x4008941a, struct.pack("Q", 2))
ask("CLONE_RANGE", w, 0x4020940d, bytes(32))
print(open(sys.argv[1] + "/work/copy/private/key").read())'
	export try ASK
	local make='"$PYTHON" -c "$ASK
ask(\"make\", here, 0x5000940e, volume(b\"sub\"))" . && cd sub && "$PYTHON" -c "$ASK
ask(\"make\", here, 0x5000940e, volume(b\"victim\"))" . && mkdir private work && echo TOP >private/key;'
	on_image btrfs '' "$make"'"$SBX" -q -p default --ro "$PWD" --hide "$PWD/private" --rw "$PWD/work" "$PYTHON" -c "$ASK$try" "$PWD"; ls'
	for name in SUBVOL_CREATE SNAP_CREATE SNAP_DESTROY SUBVOL_SETFLAGS; do
		expect_line "^$name Inappropriate ioctl for device" || return 1
	done
	expect_no_line '^(TOP|made)'
	expect_line '^victim'
	on_image btrfs '' "$make"'"$PYTHON" -c "$ASK$try" "$PWD"; ls'
	expect_line '^SNAP_CREATE OK'
	expect_line '^TOP'
	expect_line '^made'
}
