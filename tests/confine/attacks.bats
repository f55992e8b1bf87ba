#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Attacks that once got through, on files: each with its honest twin, which has to keep working. More in attacks2.bats.

load ../cli/helper

more_teardown() {
	[ -z "${ALT-}" ] || rm -rf "$ALT"
}

# Every file below the working directory with its text, to compare before and after.
snapshot() {
	find . -type f -exec grep -H . {} + | sort
}

# ---- homes and caches behind symlinks ----

# A home that the passwd database reaches through a symlink: $ALT/link/NAME, really $ALT/data/NAME.
linked_home() { # NAME
	ALT=$(mktemp -d /srv/sbx-alt.XXXXXX)
	chmod 755 "$ALT"
	mkdir -p "$ALT/data/$1/.ssh" "$ALT/data/$1/.cache" "$ALT/data/$1/w"
	ln -s data "$ALT/link"
	echo "the secret" >"$ALT/data/$1/.ssh/config"
	echo "the secret" >"$ALT/data/$1/.netrc"
	echo honest >"$ALT/data/$1/w/file"
	chown -R "$1:" "$ALT/data/$1"
	sed "s#^\($1:.*:\)[^:]*\(:[^:]*\)\$#\1$ALT/link/$1\2#" /etc/passwd >"$ALT/passwd"
}
# Run a shell script in there, with that passwd database; $1 is the canonical home, $2 the linked one
in_linked_home() { # NAME SCRIPT
	run unshare --mount --propagation private sh -c 'mount --bind "$1/passwd" /etc/passwd && cd "$1/data/$2/w" &&
		exec setpriv --reuid="$2" --regid="$(id -g "$2")" --init-groups sh -c "$3" sh "$1/data/$2" "$1/link/$2"' \
		sh "$ALT" "$1" "$2"
}
linked_home_is_protected() { # NAME
	linked_home "$1"
	in_linked_home "$1" '"$SBX" cat "$2/w/file" "$1/w/file" file'
	expect_output $'honest\nhonest\nhonest' || return 1
	in_linked_home "$1" '"$SBX" cat ../.ssh/config ../.netrc "$1/.ssh/config" "$2/.ssh/config"'
	[ "$status" -ne 0 ] || fail "status" || return 1
	expect_no_line 'the secret' || return 1
	in_linked_home "$1" '"$SBX" --ro "$1" cat "$1/.ssh/config" "$1/.netrc"; "$SBX" --ro "$2" cat "$2/.ssh/config"'
	expect_no_line 'the secret' || return 1
	in_linked_home "$1" '"$SBX" --ro "$1" cat "$1/w/file"; "$SBX" --ro "$2" cat "$2/w/file"'
	expect_output $'honest\nhonest' || return 1
	in_linked_home "$1" 'for home in "$1" "$2"; do
			"$SBX" --rw "$home" sh -c "echo x >$home/.bashrc; echo x >$home/.cache/sbx/x"
			"$SBX" --rw "$home/.cache" sh -c "echo x >$home/.cache/sbx/x"
		done; ls -A "$1" "$1/.cache/sbx"; "$SBX" --ro "$2/.ssh/config" cat "$2/.ssh/config"'
	expect_no_line '^\.bashrc$|^x$' || return 1
	expect_line '^the secret$'
}

@test "a home behind a symlink is as protected as any: a user's" {
	only_root
	linked_home_is_protected sbxtest
}

@test "a home behind a symlink is as protected as any: root's" {
	only_root
	linked_home_is_protected root
}

@test "a protected directory that is a symlink into the home stays hidden, and its target with it" {
	own_home
	mkdir -p "$REAL_HOME/dotfiles/ssh"
	echo "the secret" >"$REAL_HOME/dotfiles/ssh/config"
	echo honest >"$REAL_HOME/dotfiles/readme"
	ln -s dotfiles/ssh "$REAL_HOME/.ssh"
	run "$SBX" --ro "$REAL_HOME" sh -c 'cat ~/.ssh/config ~/dotfiles/ssh/config; cat ~/dotfiles/readme'
	local found=$output
	run "$SBX" cat "$REAL_HOME/.ssh/config"
	found+=$output
	run "$SBX" --ro "$REAL_HOME/.ssh/config" cat "$REAL_HOME/.ssh/config"
	rm -rf "$REAL_HOME/.ssh" "$REAL_HOME/dotfiles"
	expect_output 'the secret' || return 1
	output=$found
	expect_no_line 'the secret'
	expect_line '^honest'
}

@test "a cache behind a symlink can't be written through its target" {
	own_home
	only_user
	mkdir "$REAL_HOME/real"
	mv "$REAL_HOME/.cache" "$REAL_HOME/real/cache" 2>/dev/null || mkdir "$REAL_HOME/real/cache"
	ln -s real/cache "$REAL_HOME/.cache"
	"$SBX" true
	mkdir "$REAL_HOME/real/other"
	local found
	run "$SBX" --rw "$REAL_HOME/real" sh -c 'touch ~/real/cache/sbx/poison'
	found=$output
	run "$SBX" --rw "$REAL_HOME/real/cache/sbx" sh -c 'touch ~/real/cache/sbx/poison'
	found+=$(ls "$REAL_HOME/real/cache/sbx")
	run "$SBX" --rw "$REAL_HOME/real/other" sh -c 'touch ~/real/other/honest && echo written'
	rm "$REAL_HOME/.cache"
	mv "$REAL_HOME/real/cache" "$REAL_HOME/.cache"
	rm -rf "$REAL_HOME/real"
	expect_output written || return 1
	output=$found
	expect_no_line poison
	expect_line 'not granted writable'
}

# ---- between the look and the mount ----

@test "exchanging a directory and a symlink while the sandbox is built leaks nothing" {
	home_scratch .sbx-canary
	echo "the secret" >"$HOME_SCRATCH/config"
	mkdir d
	echo honest >d/config
	ln -s "$HOME_SCRATCH" link
	run "$SBX" cat d/config
	expect_output honest
	background "$PYTHON" -c 'import ctypes
exchange = ctypes.CDLL(None).renameat2
while True: exchange(-100, b"d", -100, b"link", 2)'
	run "$PYTHON" -c 'import os, subprocess
seen = b""
for i in range(300):
    seen += subprocess.run([os.environ["SBX"], "-q", "cat", "d/config"], capture_output=True).stdout
print(seen.count(b"honest"), seen.count(b"secret"))'
	[ "${output% *}" -gt 0 ] || fail "the honest file was never seen"
	[ "${output#* }" = 0 ] || fail "leaked"
}

# ---- what a file names as its interpreter ----

@test "a directory named as ELF interpreter is not granted" {
	home_canary
	mkdir plain
	echo text >plain/text
	local dir
	for dir in "$HOME_SCRATCH" "$CANARY" "$PWD/plain"; do
		gcc -Wl,--dynamic-linker="$dir" -x c -o evil - <<<'int main(void) { return 0; }'
		run "$SBX" ./evil
		expect_status 126
		! holds_in_place || run "$SBX" --set namespaces=[] ./evil
		expect_status 126
		run "$SBX" --dry-run ./evil
		expect_no_line "bind +$dir"
	done
	gcc -x c -o good - <<<'int main(void) { return 7; }'
	run "$SBX" ./good
	expect_status 7
}

@test "a #! line can't name a protected file, and a relative one means what it means to the command" {
	home_canary
	cp /bin/echo "$HOME_SCRATCH/interp"
	printf '#!%s\n' "$HOME_SCRATCH/interp" >protected
	printf '#!%s\n' "$HOME_SCRATCH" >directory
	printf '#!interp\n' >relative
	chmod +x protected directory relative
	run ./protected
	expect_output ./protected
	run "$SBX" ./protected
	expect_status 126
	expect_line "^sbx-wrap: target: $HOME_SCRATCH/interp, which it names as interpreter: a (protected path|dot file of a home directory): Permission denied\$"
	run "$SBX" ./directory
	expect_status 126
	expect_line "^sbx-wrap: target: $HOME_SCRATCH: Is a directory\$"
	mkdir there
	cp /bin/echo there/interp
	run "$SBX" --chdir there "$PWD/relative"
	expect_status 0
	expect_output "$PWD/relative"
	gcc -Wl,--dynamic-linker="$HOME_SCRATCH" -x c -o interp - <<<'int main(void) { return 0; }'
	run "$SBX" --chdir there "$PWD/relative"
	expect_status 0
	expect_output "$PWD/relative"
}

# ---- stricter grants inside wider ones ----

make_project() {
	mkdir -p p/.git/hooks
	echo original >p/.git/hooks/hook
}
EVIL='cd p; echo evil >.git/hooks/hook; mv .git/hooks .git/gone; mv .git gone; mkdir -p .git/hooks; echo evil >.git/hooks/hook'
project_is_intact() {
	[ "$(snapshot)" = './p/.git/hooks/hook:original' ] || fail "$(snapshot)"
}

@test "a read-only grant below a writable one holds, in either order and by either name" {
	make_project
	run "$SBX" --bind "$PWD/p" "$PWD/p" --ro-bind "$PWD/p/.git" "$PWD/p/.git" sh -c "$EVIL"
	project_is_intact
	run "$SBX" --ro-bind "$PWD/p/.git" "$PWD/p/.git" --bind "$PWD/p" "$PWD/p" sh -c "$EVIL"
	project_is_intact
	run "$SBX" --rw "$PWD/p" --ro "$PWD/p/.git/hooks" sh -c "$EVIL"
	project_is_intact
	run "$SBX" --ro "$PWD/p/.git/hooks" --rw "$PWD/p" sh -c "$EVIL"
	project_is_intact
	run "$SBX" --rw "$PWD/p" --ro "$PWD/p/.git" sh -c 'cat p/.git/hooks/hook && echo x >p/new && mkdir p/dir && mv p/new p/dir/'
	expect_status 0
	expect_output original
	[ -e p/dir/new ]
}

@test "what was hidden is at no other name, and stays when an ancestor is renamed" {
	make_project
	run "$SBX" --hide "$PWD/p/.git/hooks" cat p/.git/hooks/hook
	expect_no_line original
	run "$SBX" --ro "$PWD/p" --ro-bind "$PWD/p" /mnt/x --hide "$PWD/p/.git/hooks" sh -c 'cat /mnt/x/.git/hooks/hook p/.git/hooks/hook'
	expect_no_line original
	run "$SBX" --ro-bind "$PWD/p/.git/hooks" /mnt/x --hide "$PWD/p/.git" cat /mnt/x/hook
	expect_no_line original
	run "$SBX" --rw "$PWD/p" --hide "$PWD/p/.git/hooks" sh -c "$EVIL; cat gone/hooks/hook .git/gone/hook"
	expect_no_line original
	project_is_intact
	run "$SBX" --rw "$PWD/p" --set "fs.hide=[\"$PWD/p/.git/hooks\"]" sh -c "$EVIL; cat .git/hooks/hook"
	expect_no_line original
	project_is_intact
	run "$SBX" --rw "$PWD/p" --hide "$PWD/p/.git/hooks" sh -c 'echo x >p/new && cat p/new && ls -d p/.git'
	expect_status 0
	expect_output $'x\np/.git'
}

# ---- the host's own files ----

@test "root: --rw /etc is refused, and the host's is as it was" {
	only_root
	with_own_etc '"$SBX" --rw /etc true; echo "status $?"; "$SBX" --bind /etc /mnt/etc sh -c "echo x >/mnt/etc/sbx.conf"'
	expect_line '^status 125$'
	expect_line 'not granted writable'
	[ ! -e etc/sbx.conf ]
	[ ! -e etc/sbx.conf.d ]
	cmp /etc/passwd etc/passwd
	cmp /etc/group etc/group
	run "$SBX" --ro /etc cat /etc/profile
	expect_output "$(cat /etc/profile)"
}

@test "a directory that takes the place of /etc is not written to" {
	mkdir e
	echo precious >e/passwd
	run "$SBX" --bind "$PWD/e" /etc true
	[ "$(snapshot)" = './e/passwd:precious' ] || fail "$(snapshot)"
	[ "$(ls -A e)" = passwd ]
	run "$SBX" --bind "$PWD/e" /mnt/e cat /mnt/e/passwd
	expect_output precious
}

@test "no mount point is made on the host through a symlink" {
	own_home
	mkdir "$REAL_HOME/real"
	echo honest >"$REAL_HOME/real/file"
	ln -s "$REAL_HOME/real" "$REAL_HOME/link"
	run "$SBX" --ro-bind /etc/profile "$REAL_HOME/link/injected" cat "$REAL_HOME/link/file"
	run "$SBX" --ro-bind /etc/profile "$REAL_HOME/link/injected" --ro "$REAL_HOME/link/file" true
	local found
	found=$(ls -A "$REAL_HOME/real")
	run "$SBX" --ro "$REAL_HOME/link/file" --ro-bind /etc/profile "$REAL_HOME/link/injected" cat "$REAL_HOME/link/"{file,injected}
	rm -rf "$REAL_HOME/real" "$REAL_HOME/link"
	[ "$found" = file ] || fail "made on the host: $found"
	expect_output "honest"$'\n'"$(cat /etc/profile)"
}

# ---- sbx's own files ----

@test "a configuration below a writable grant, by its own name or by a symlink, can't be replaced" {
	local conf grant
	mkdir other
	for conf in proj/sbx.conf real/my.conf way/my.conf "$PWD/proj/sbx.conf" "$PWD/way/my.conf"; do
		for grant in "$PWD" "$PWD/proj" "$PWD/real"; do
			rm -rf real proj way gone
			mkdir real proj
			echo 'default = { };' >real/my.conf
			chmod 644 real/my.conf
			ln -s ../real/my.conf proj/sbx.conf
			ln -s real way
			run "$SBX" -c "$conf" --rw "$grant" sh -c 'cd "$2" && echo evil >"$1"; rm -f "$1" && echo evil >"$1"
				mv "$(dirname "$1")" gone; mkdir -p "$(dirname "$1")" && echo evil >"$1"' sh "$conf" "$PWD"
			[ "$(cat "$conf")" = 'default = { };' ] || fail "$conf $grant: $(find .)" || return 1
		done
	done
	rm -rf gone
	run "$SBX" -c proj/sbx.conf --rw "$PWD/other" --ro "$PWD/proj" sh -c 'touch other/made && readlink proj/sbx.conf'
	expect_status 0
	expect_output ../real/my.conf
	[ -e other/made ]
}

@test "sbx's own programs below a writable grant stay what they are" {
	local option before
	mkdir -p tree/bin
	cp "$SBX" "$POLICY" "$SHIM" tree/bin
	before=$(cd tree/bin && sha256sum ./*)
	for option in "--rw $PWD/tree" "--rwx $PWD/tree/bin" "--bind $PWD/tree /mnt/t"; do
		# shellcheck disable=SC2086
		run tree/bin/sbx-wrap $option sh -c 'for dir in '"$PWD"'/tree /mnt/t; do
			cd $dir 2>/dev/null || continue
			touch "bin/honest$1" && echo made
			mv bin gone && echo moved
			for file in sbx-wrap sbx-policy libsbx-shim.so; do
				rm -f bin/$file && echo removed
				echo evil >bin/$file && echo written
				mv bin/$file bin/gone && echo renamed
			done
		done' sh "${#option}"
		expect_line '^made$' || fail "$option" || return 1
		expect_no_line '^(moved|removed|written|renamed)$' || fail "$option" || return 1
		rm tree/bin/honest*
		[ "$(cd tree/bin && sha256sum ./*)" = "$before" ] || fail "$option" || return 1
	done
	run tree/bin/sbx-wrap --rw "$PWD/tree/bin/sbx-policy" true
	expect_refused "sbx's own"
}

@test "what is or holds sbx's cache or configuration is never granted writable" {
	"$SBX" true
	local path
	for path in "$CACHE" "$(dirname "$CACHE")" /etc /; do
		run "$SBX" --rw "$path" sh -c "touch $CACHE/poison"
		expect_refused 'not granted writable' || fail "$path" || return 1
		run "$SBX" --bind "$path" /mnt/x sh -c "touch /mnt/x/poison /mnt/x/sbx/poison"
		expect_refused 'not granted writable' || fail "$path" || return 1
	done
	[ ! -e "$CACHE/poison" ]
	HOME_SCRATCH=$(mktemp -d "$(dirname "$CACHE")/sbx-other.XXXXXX")
	run "$SBX" --rw "$HOME_SCRATCH" sh -c 'touch "$1/made" && echo written' sh "$HOME_SCRATCH"
	expect_output written
	[ -e "$HOME_SCRATCH/made" ]
}
