#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Bind mounts give what is protected other names, by which it is protected as well: proc(5), mountinfo.

load ../cli/helper

# Run SCRIPT with expect_denied and what follows in a mount namespace of its own, as the same user without privileges.
in_mounts() { # MOUNT_SCRIPT SCRIPT
	local become=() private=(--mount --propagation private)
	is_root || become=(setpriv --inh-caps=-all --ambient-caps=-all)
	is_root || private+=(--user --map-current-user --keep-caps)
	run unshare "${private[@]}" bash -euc "$1"$'\n''exec "${@:2}" bash -uc "$1"' bash "$2" "${become[@]}"
}

more_setup() {
	home_canary
	echo plain >"$WORK/notes"
	PARENT=$(dirname "$REAL_HOME")
	INNER=${HOME_SCRATCH#"${PARENT%/}"}
	export HOME_SCRATCH WORK PARENT INNER
	mkdir alias part tree tree/sub 'a b\c'
}

BIND='mount --rbind "$PARENT" alias'

@test "a dot file isn't granted by the other name that a mount gives it, but by an option that names it" {
	in_mounts "$BIND" '"$SBX" cat "alias$INNER/secret"'
	[ "$status" -ne 0 ]
	expect_line 'a (dot file of a home directory|protected path), not granted' # root's home is one
	expect_line "^hint: --ro $WORK/alias$INNER/secret"
	expect_no_line '^the secret'
	in_mounts "$BIND" '"$SBX" --ro "alias$INNER/secret" cat "alias$INNER/secret"'
	expect_output "the secret of $REAL_HOME"
}

@test "a mount of a part of what is protected" {
	in_mounts 'mount --bind "$HOME_SCRATCH" part' '"$SBX" cat part/secret'
	[ "$status" -ne 0 ]
	expect_line 'a protected path, not granted'
	expect_no_line '^the secret'
	in_mounts 'mount --bind "$WORK" part' '"$SBX" cat part/notes'
	expect_output plain
}

@test "a mount that another one has covered later" {
	mkdir -p "part${INNER%/*}"
	in_mounts 'mount --bind tree "part${INNER%/*}"; mount --rbind "$PARENT" part' '"$SBX" cat "part$INNER/secret"'
	[ "$status" -ne 0 ]
	expect_line 'a (dot file of a home directory|protected path), not granted'
	expect_no_line '^the secret'
}

@test "a file that is mounted over another" {
	in_mounts 'mount --bind "$HOME_SCRATCH/secret" notes; ln -s "$WORK/notes" link' '"$SBX" cat notes link'
	[ "$status" -ne 0 ]
	expect_line 'a protected path, not granted'
	expect_no_line '^the secret'
}

@test "a mount point with a blank and a backslash in its name" {
	in_mounts 'mount --bind "$HOME_SCRATCH" "a b\\c"' '"$SBX" cat "a b\\c/secret"'
	[ "$status" -ne 0 ]
	expect_no_line '^the secret'
}

@test "below a granted directory it is hidden" {
	local grant
	for grant in '--ro alias' '--ro "alias${INNER%/*}"' "--set 'fs.read=[\"'\"\$WORK\"'/alias\"]'"; do
		in_mounts "$BIND" "\"\$SBX\" $grant sh -c 'ls \"alias\${INNER%/*}\" >/dev/null && echo seen; cat \"alias\$INNER/secret\"'"
		expect_line '^seen$'
		expect_no_line '^the secret'
	done
	in_mounts 'mount --rbind "$PARENT" tree/sub' '"$SBX" --ro tree sh -c "ls tree/sub >/dev/null && cat tree/sub$INNER/secret"'
	[ "$status" -ne 0 ]
	expect_no_line '^the secret'
}

@test "sbx's own cache, and a home as a whole, aren't writable by another name" {
	"$SBX" true # there is a cache
	export CACHE
	in_mounts 'mount --rbind "$(dirname "$CACHE")" part' '"$SBX" --rw part/sbx true'
	expect_status 125
	expect_line "it would reach sbx's own"
	in_mounts 'mount --rbind "$(dirname "$CACHE")" tree/sub' '"$SBX" --rw tree true'
	expect_status 125
	expect_line "it would reach sbx's own"
	in_mounts "$BIND" '"$SBX" --rw "alias${INNER%/*}" true'
	expect_status 125
	expect_line 'a home is not granted writable as a whole'
	in_mounts 'mount --bind tree part' '"$SBX" --rw part sh -c "echo made >part/sub/new"; cat tree/sub/new'
	expect_output made
}

@test "sbx's own programs stay read-only by another name" {
	is_root || skip "only as root" # nobody else can write there
	export BUILD
	in_mounts 'mount --bind "$BUILD" part' '"$SBX" --rw part sh -c "cd part; : >probe; rm probe && echo writable; : >>sbx-policy"'
	expect_line '^writable$'
	expect_line 'Read-only file system'
}

@test "what --hide names is hidden by its other names" {
	mkdir tree/hidden
	echo 'the secret' >tree/hidden/file
	echo plain >tree/file
	in_mounts 'mount --bind tree part' '"$SBX" --hide tree/hidden --ro part sh -c "cat part/file part/hidden/file"'
	expect_line '^plain$'
	expect_no_line '^the secret'
	in_mounts 'mount --bind tree part' '"$SBX" --hide tree/hidden cat part/hidden/file'
	[ "$status" -ne 0 ]
	expect_line 'hidden by --hide'
	in_mounts 'mount --bind tree/hidden part' '"$SBX" --hide tree cat part/file'
	[ "$status" -ne 0 ]
	expect_no_line '^the secret'
	in_mounts 'mount --bind tree part' '"$SBX" --ro part cat part/hidden/file'
	expect_output 'the secret'
}

@test "the root and the system's directories by another name" {
	in_mounts 'mount --rbind / part' '"$SBX" ls part'
	[ "$status" -ne 0 ]
	expect_line 'the root directory, not granted'
	only_root
	in_mounts 'mount --rbind /usr part' '"$SBX" --set "args.outputs=[\"last\"]" cp notes part/share/sbx.new'
	[ "$status" -ne 0 ]
	expect_line 'a directory of the system, not granted'
	[ ! -e /usr/share/sbx.new ]
}

@test "in place, a directory that holds one is refused" {
	needs_in_place
	in_mounts "$BIND" '"$SBX" --set "namespaces=[]" --ro alias true'
	expect_status 125
	expect_line 'without a mount namespace nothing hides the protected'
	in_mounts "$BIND" '"$SBX" --set "namespaces=[]" cat "alias$INNER/secret"'
	[ "$status" -ne 0 ]
	expect_no_line '^the secret'
}

@test "no mounts are looked at where nothing is granted" {
	command -v strace >/dev/null || skip "strace is not installed"
	strace -qq -o log "$SBX" true
	[ "$(grep -c mountinfo log)" = 0 ]
	strace -qq -o log "$SBX" cat notes
	grep -q mountinfo log
}
