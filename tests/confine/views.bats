#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What can be seen: binds at other places, tmpfs, /dev, and that the skeleton takes no writes.

load ../cli/helper

@test "--ro-bind and --bind put a directory elsewhere" {
	mkdir source
	echo text >source/file
	run "$SBX" --ro-bind "$PWD/source" /mnt/there sh -c 'cat /mnt/there/file; echo x >/mnt/there/new'
	expect_line '^text$'
	[ ! -e source/new ]
	run "$SBX" --bind "$PWD/source" /mnt/there sh -c 'echo x >/mnt/there/new'
	expect_status 0
	[ -e source/new ]
}

@test "--tmpfs makes an empty writable directory, --size bounds it" {
	run "$SBX" --size 1M --tmpfs /mnt/scratch sh -c 'echo x >/mnt/scratch/f && head -c 2M /dev/zero >/mnt/scratch/big'
	[ "$status" -ne 0 ]
	expect_line 'No space left'
	run "$SBX" --size 4M --tmpfs /mnt/scratch sh -c 'head -c 2M /dev/zero >/mnt/scratch/big && echo fits'
	expect_status 0
	expect_output fits
}

@test "the skeleton is read-only" {
	local path
	for path in / /etc /run /dev /usr /var /home /run/sbx; do
		run "$SBX" sh -c "echo x >$path/sbx-new || mkdir $path/sbx-new"
		[ "$status" -ne 0 ] || fail "$path can be written"
	done
}

@test "nothing of the host's /run is there" {
	run "$SBX" sh -c 'ls -A /run | grep -vx sbx'
	expect_output ""
}

@test "/etc holds only what programs need" {
	run "$SBX" sh -c 'ls -A /etc'
	expect_status 0
	expect_line '^passwd$'
	expect_no_line '^(shadow|gshadow|sudoers|ssh|sbx.conf|crontab)$'
}

@test "passwd knows root, the caller and nobody, and nobody else" {
	run "$SBX" sh -c 'cut -d: -f1 /etc/passwd; id -un'
	expect_status 0
	expect_line '^root$'
	expect_line '^nobody$'
	expect_line "^$(id -un)\$"
	[ "$(sort -u <<<"$output" | wc -l)" -le 3 ] || fail "more users than three"
}

@test "/dev has only the devices that are always harmless" {
	# not find -type: readdir(3) tells the types of what is below the mounts
	run "$SBX" sh -c 'for f in /dev/* /dev/*/*; do if [ ! -L $f ] && { [ -b $f ] || [ -c $f ]; }; then echo $f; fi; done'
	expect_status 0
	local device
	for device in null zero full random urandom; do
		expect_line "^/dev/$device\$" || return 1
	done
	expect_no_line '^/dev/(mem|kmsg|sd.*|vd.*|nvme.*|loop.*|kvm|fuse|tty[0-9].*|net/tun|console|port|input/.*)$'
	[ "$(grep -vcE '^/dev/(null|zero|full|random|urandom|tty|ptmx|pts/ptmx|pts/[0-9]+)$' <<<"$output")" = 0 ]
}

@test "the devices do what they are for" {
	run "$SBX" sh -c 'head -c 3 /dev/zero | od -An -tx1; echo x >/dev/null; echo x >/dev/full; head -c 4 /dev/urandom | wc -c'
	expect_line '00 00 00'
	expect_line 'No space left|I/O error'
	expect_line '^4$'
}

@test "/dev/zero can't be replaced, created over, or written where that has no use" {
	run "$SBX" sh -c 'exec 3>/dev/zero'
	[ "$status" -ne 0 ]
	run "$SBX" sh -c 'rm -f /dev/zero; mv /dev/null /dev/zero; ln -sf /tmp/x /dev/zero; test -c /dev/zero && echo still'
	expect_line '^still$'
	run "$SBX" sh -c 'exec 3>/dev/null && echo writable'
	expect_output writable
	run sh -c 'exec 3>/dev/zero && echo writable'
	expect_output writable
}

@test "no device node can be made" {
	run "$SBX" --rw "$PWD" sh -c 'mknod null c 1 3 || mknod /tmp/null c 1 3'
	[ "$status" -ne 0 ]
	[ ! -e null ]
}

@test "a device node in a granted directory can't be opened" {
	only_root
	mknod null c 1 3
	run sh -c 'echo x >null && echo opened'
	expect_output opened
	run "$SBX" --rw "$PWD" sh -c 'echo x >null && echo opened'
	expect_no_line '^opened$'
}

@test "a setuid program in a granted directory gives nothing" {
	cp /usr/bin/id id
	chmod u+s id
	run "$SBX" --rox "$PWD" sh -c './id -u; grep NoNewPrivs /proc/self/status'
	expect_status 0
	[ "${lines[0]}" = "$(id -u)" ]
}

@test "shared memory is private" {
	run "$SBX" sh -c 'echo text >/dev/shm/sbx-shm && cat /dev/shm/sbx-shm'
	expect_output text
	[ ! -e /dev/shm/sbx-shm ]
}

@test "a symlinked directory on a granted path is reproduced and its target is there" {
	mkdir -p real/deep
	echo text >real/deep/file
	ln -s real alias
	run "$SBX" --ro "$PWD/alias/deep" sh -c 'cat alias/deep/file real/deep/file; readlink alias'
	expect_status 0
	expect_output $'text\ntext\nreal'
}

@test "merged /usr looks as it does on the host" {
	local link
	for link in /bin /sbin /lib /lib64; do
		[ -L "$link" ] || continue
		run "$SBX" readlink "$link"
		expect_output "$(readlink "$link")"
	done
}

@test "uname and hostname are not changed by being inside, and can't be from there" {
	run "$SBX" uname -n
	expect_output "$(uname -n)"
	run "$SBX" hostname sbx-changed
	[ "$status" -ne 0 ]
	[ "$(uname -n)" != sbx-changed ]
}

@test "System V and POSIX IPC of the host are not there" {
	local id
	id=$(ipcmk -M 4096 | grep -oE '[0-9]+$')
	run ipcs -m -i "$id"
	expect_status 0
	run "$SBX" ipcs -m -i "$id"
	ipcrm -m "$id"
	expect_no_line "Shared memory Segment shmid=$id"
}

# ---- what a home's dot links lead to ----

@test "what a home's dot link leads to is hidden, in a directory of the system's too" {
	only_root
	# shellcheck disable=SC2016  # for the inner shell
	run unshare --mount --propagation private bash -c '
		set -e
		mount -t tmpfs none /opt
		mkdir -p /opt/keys/u /opt/free "$1/u"
		echo SECRET | tee /opt/keys/u/key >/opt/free/file
		chown -R 1500:1500 /opt/keys/u "$1/u"
		ln -s /opt/keys/u "$1/u/.ssh"
		{ cat /etc/passwd; echo "u:x:1500:1500::$1/u:/bin/sh"; } >"$1/passwd"
		mount --bind "$1/passwd" /etc/passwd
		cd /
		mount --bind /opt /usr/local # below what every profile shows
		mount --bind /usr/local/keys /opt/keys
		rm "$1/u/.ssh"; ln -s /usr/local/keys/u "$1/u/.ssh"
		"$SBX" --no-arg-grants sh -c "cat /usr/local/free/file; cat /usr/local/keys/u/key" || true
		rm "$1/u/.ssh"; ln -s /opt/keys/u "$1/u/.ssh"
		"$SBX" --set "fs.read=[\"...\",\"/opt\"]" sh -c "cat /opt/free/file; cat /opt/ke*s/u/key" || true' bash "$WORK"
	[ "$(grep -c '^SECRET$' <<<"$output")" = 2 ] || fail "hidden, and what isn't isn't"
}
