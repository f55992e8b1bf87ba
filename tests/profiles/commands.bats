#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Commands that make what they are named: files, directories, links. Alone and wrapped, without any option of sbx-wrap.

load same

more_setup() {
	mkdir -p "$FIXTURE"/{sub,src/deep}
	seq 30 >"$FIXTURE/a.txt"
	seq 9 >"$FIXTURE/b.txt"
	echo 1 >"$FIXTURE/src/f"
	ln -s f "$FIXTURE/src/l"
	chmod 640 "$FIXTURE/b.txt"
}

@test "cp: to a name, over a file, into a directory, trees" {
	same_status 0 cp a.txt new
	same_status 0 cp a.txt b.txt
	same_status 0 cp -p b.txt sub
	same_status 0 cp a.txt b.txt sub/
	same_status 0 cp -t sub a.txt b.txt
	same_status 0 cp --target-directory=sub a.txt
	same_status 0 cp -r src new
	same_status 0 cp -a src sub/
	same_status 0 cp -b a.txt b.txt
	same_status 1 cp a.txt nowhere/x
	same_status 1 cp src new
}

@test "mv: to a name, over a file, into a directory" {
	same_status 0 mv a.txt new
	same_status 0 mv a.txt b.txt
	same_status 0 mv a.txt b.txt sub
	same_status 0 mv -t sub a.txt
	same_status 1 mv nowhere new
}

@test "mv: directories and links, which leave their place" {
	mkdir "$FIXTURE/empty"
	same_status 0 mv src new
	same_status 0 mv src/ new
	same_status 0 mv src sub
	same_status 0 mv a.txt src sub/
	same_status 0 mv -t sub a.txt src
	same_status 0 mv -T src empty
	same_status 0 mv src/deep .
	same_status 0 mv src/deep src/other
	same_status 0 mv src/l l2
	same_status 0 mv src/l sub/
	same_status 0 mv -b a.txt b.txt
	same_status 1 mv src a.txt
	same_status 1 mv src/l src/deep nowhere
}

@test "rm, rmdir, unlink, shred: what is named goes, and no more" {
	ln -s ../a.txt "$FIXTURE/sub/up"
	mkdir "$FIXTURE/empty"
	mkfifo "$FIXTURE/fifo"
	same_status 0 rm a.txt b.txt
	same_status 0 rm -v -- a.txt sub/up fifo
	same_status 0 rm -f a.txt nowhere
	same_status 0 rm -r src a.txt
	same_status 0 rm -rf src sub nowhere
	same_status 0 rm -rf src/deep ./sub/
	same_status 0 rm -d empty
	same_status 0 rmdir empty src/deep
	same_status 0 unlink sub/up
	same_status 0 shred -n 1 -u a.txt
	same_status 1 rm nowhere
	same_status 1 rm src a.txt
	same_status 1 rmdir src
	cp -r "$FIXTURE/." .
	run "$SBX" -p rm-tree sh -c 'rm -f b.txt ../b.txt; echo x >src/new; ln -sf /etc src/f; rm -r src/deep' sh src a.txt
	[ -f a.txt ] && [ -f b.txt ] && [ ! -e src/new ] && [ ! -L src/f ]
	expect_status 125
	expect_line '^sbx-wrap: output: .*/src: what the command made in it is not moved into place'
	rm -rf .sbx-kept-*
}

@test "rm -r: what has come since, and what is hidden, stays" {
	mkdir -p tree/deep
	echo 1 >tree/deep/f
	mkfifo in out
	exec {write}<>in {read}<>out
	"$SBX" -p rm-tree sh -c 'echo; read -r x; rm -r "$1"' sh tree <in >out 2>err 3>&- &
	read -r -u "$read" _
	echo new >tree/deep/new
	echo >&"$write"
	status=0
	wait $! || status=$?
	[ "$status" = 125 ] || fail "$status: $(cat err)"
	[ "$(find tree -type f)" = tree/deep/new ]
	grep -q '^sbx-wrap: output: .*/tree: something else is in it by now: it stays' err
	echo 1 >tree/deep/f
	run "$SBX" --hide tree/deep rm -r tree
	expect_status 1
	expect_line 'holds what is protected'
	[ -f tree/deep/f ]
}

@test "trees into trees: cp -r, rsync" {
	mkdir -p "$FIXTURE/dest/src/deep"
	echo old >"$FIXTURE/dest/src/f"
	echo kept >"$FIXTURE/dest/src/kept"
	echo 2 >"$FIXTURE/src/deep/g"
	SAME_UNORDERED=1
	same_status 0 cp -r src dest
	same_status 0 cp -rv src/. dest/src
	same_status 0 cp -r src/. sub
	same_status 0 cp -a src/. dest/
	if command -v rsync >/dev/null; then
		same_status 0 rsync -a src/ new/
		same_status 0 rsync -a src new
		same_status 0 rsync -a src/ dest/src
		same_status 0 rsync -a src a.txt dest
		same_status 0 rsync -a --exclude=deep src/ sub/
		same_status 0 rsync -a --delete src/ dest/src/
	fi
	cp -r "$FIXTURE/." .
	run "$SBX" -p cp-tree sh -c 'echo x >dest/src/kept; echo x >dest/new; cat dest/src/kept' sh src dest
	[ "$(cat dest/src/kept)" = kept ]
	[ ! -e dest/new ]
	rm -rf .sbx-kept-* dest/.sbx-kept-*
}

@test "cp -l of what is setuid: the file that the link is of keeps its mode" {
	mkdir -p tree
	echo 1 >tree/f
	chmod 4755 tree/f
	run "$SBX" cp -l tree/f tree/new
	expect_status 125
	expect_line 'new: setuid, and a link to another file: it is not moved into place'
	run "$SBX" cp -rl tree copy
	expect_status 125
	expect_line 'copy: setuid, and a link to another file: it is not moved into place'
	[ "$(stat -c %a tree/f)" = 4755 ]
	[ ! -e tree/new ]
	[ ! -e copy ]
	rm -rf .sbx-kept-* tree/.sbx-kept-*
}

@test "patch and cpio with the names inside, mktemp, venv" {
	sed s/3/three/ "$FIXTURE/b.txt" >"$WORK/changed"
	(cd "$FIXTURE" && diff -u b.txt "$WORK/changed" | sed 's|^+++ .*|+++ b.txt|' >change.diff) || true
	(cd "$FIXTURE/src" && find . | cpio -o --quiet >../src.cpio)
	SAME_STDIN=$FIXTURE/change.diff
	same_status 0 patch -p0
	same_status 0 patch
	SAME_STDIN=$FIXTURE/src.cpio
	same_status 0 cpio -id --quiet -D sub
	same_status 0 cpio --extract --quiet --make-directories
	unset SAME_STDIN
	same_status 0 patch -p0 -i change.diff
	same_status 2 patch -p0 -i nowhere
	run "$SBX" mktemp ./x.XXXXXX
	expect_status 0
	[ -f "$output" ]
	run "$SBX" mktemp -d -p . y.XXXXXX
	[ -d "$output" ]
	run "$SBX" "$PYTHON" -m venv --without-pip venv
	expect_status 0
	[ -L venv/bin/python3 ]
}

@test "chmod, chown, chgrp" {
	same_status 0 chmod 600 a.txt
	same_status 0 chmod +x a.txt b.txt
	same_status 0 chmod -R go-rwx src
	same_status 0 chmod 700 sub
	same_status 0 chmod --reference=b.txt a.txt
	same_status 0 chmod 600 src/l
	same_status 0 chown "$(id -u)" a.txt
	same_status 0 chgrp -R "$(id -g)" src
	same_status 1 chmod 600 nowhere
	cp -r "$FIXTURE/." .
	run "$SBX" -p chmod sh -c 'chmod 777 b.txt; chmod 777 src' sh 600 a.txt
	[ "$(stat -c %a b.txt)" != 777 ]
	[ "$(stat -c %a src)" != 777 ]
	[ ! -e 600 ]
}

@test "links: copied as such, made, replaced" {
	ln -s a.txt "$FIXTURE/link"
	ln -s sub "$FIXTURE/dirlink"
	same_status 0 cp -P link new
	same_status 0 cp -a link sub/
	same_status 0 cp -s a.txt new
	same_status 0 cp -l a.txt new
	same_status 0 cp -al src new
	same_status 0 cp -r src/f src/l sub
	same_status 0 ln -sf b.txt link
	same_status 0 ln -sf a.txt b.txt
	same_status 0 ln -sfn src dirlink
	same_status 0 ln -sf ../a.txt dirlink
	same_status 0 ln -f a.txt b.txt
	same_status 0 ln -s nowhere new
}

@test "mv: of several at once, one has the file" {
	local run jobs=() won=0
	cp "$FIXTURE/a.txt" job
	for run in 1 2 3 4 5 6; do
		"$SBX" -q mv job "claim.$run" 3>&- 2>/dev/null &
		jobs+=($!)
	done
	for run in "${jobs[@]}"; do
		if wait "$run"; then won=$((won + 1)); fi
	done
	[ "$won" = 1 ] || fail "$won have it"
	[ "$(find . -maxdepth 1 -name 'claim.*' | wc -l)" = 1 ]
	[ ! -e job ]
}

# How many of twelve runs at once fail
fail_at_once() { # CMD...
	local run jobs=() failed=0
	for run in 1 2 3 4 5 6 7 8 9 10 11 12; do
		"$SBX" -q "${@//RUN/$run}" 3>&- 2>>err &
		jobs+=($!)
	done
	for run in "${jobs[@]}"; do wait "$run" || failed=$((failed + 1)); done
	echo $failed
}

@test "one name by many at once: directories are merged, empty files are one, a lock is one's" {
	[ "$(fail_at_once mkdir -p new/deep)" = 0 ]
	[ "$(fail_at_once mkdir -p more/RUN/deep)" = 0 ]
	[ "$(find more -name deep | wc -l)" = 12 ]
	[ "$(fail_at_once touch t)" = 0 ]
	[ "$(fail_at_once install -d x/y/z)" = 0 ]
	[ -z "$(find . -name '.sbx-*')" ] || fail "$(find . -name '.sbx-*') $(cat err)"
	[ "$(fail_at_once mkdir lock)" = 11 ]
	rm -rf .sbx-kept-*
}

@test "a way through a directory and back, <(...) and >(...)" {
	ln -s sub/.. "$FIXTURE/here"
	same_status 0 cat src/../a.txt
	same_status 0 head -2 ./sub/./../src/../a.txt
	same_status 0 cat here/a.txt
	same_status 0 cp src/../a.txt sub/../new
	same_status 0 sort a.txt --output=src/deep/../new
	same_status 0 rm -r sub/../src
	same_status 0 mkdir -p src/../new/er
	same_status 1 cat nowhere/../a.txt
	same_status 1 rm -rf src/..
	cp -r "$FIXTURE/." .
	diff <("$SBX" diff <(cat a.txt) <(cat b.txt)) <(diff <(cat a.txt) <(cat b.txt))
	[ "$("$SBX" cat <(echo in))" = in ]
	echo out | "$SBX" tee >(cat >copy) >/dev/null
	wait_until grep -q out copy
	# a pipe that no argument names is not for the command, nor is a file that is open
	run "$SBX" sh -c 'ls /proc/self/fd/' x 8< <(echo x) 7<a.txt
	expect_no_line '^[78]$'
	run "$SBX" sh -c 'cat /dev/fd/7' sh /dev/fd/7 7<a.txt
	expect_no_line '^30$'
}

@test "split: what exists and fits the names is neither read nor changed" {
	echo old >xconfig
	printf '#!/bin/sh\ncat xconfig; echo new >xconfig; rm -f xaa; echo piece >xab\n' >evil
	chmod +x evil
	echo kept >xaa
	run "$SBX" -p split ./evil evil
	expect_no_line '^old$'
	[ "$(cat xconfig xaa)" = $'old\nkept' ]
	rm -rf .sbx-kept-*
}

@test "ln, install, mkdir, touch, truncate" {
	same_status 0 ln a.txt hard
	same_status 0 ln -s a.txt soft
	same_status 0 ln -s ../a.txt sub/
	same_status 0 install -m 755 a.txt new
	same_status 0 install -D -m 600 a.txt new/deep/er
	same_status 0 install -D -t new/deep a.txt
	same_status 0 install -d new/deep
	same_status 0 install a.txt b.txt sub
	same_status 0 mkdir new sub/new
	same_status 0 mkdir -p new/deep/er new/other
	same_status 0 mkdir -m 555 new
	same_status 1 mkdir new/deep
	same_status 1 mkdir sub
	same_status 0 touch new a.txt
	same_status 0 truncate -s 5 new a.txt
}

@test "tee, sort, shuf, uniq, dd, split, csplit" {
	SAME_STDIN=$FIXTURE/b.txt
	same_status 0 tee new a.txt
	same_status 0 tee -a a.txt
	same_status 0 sort -r -o new a.txt
	same_status 0 sort -nro a.txt a.txt
	same_status 0 sort -osorted.txt a.txt
	same_status 0 sort --output=sub/new a.txt
	same_status 0 shuf --random-source=a.txt -o new a.txt
	same_status 0 uniq a.txt new
	same_status 0 dd if=a.txt of=new bs=7 count=2 status=none
	same_status 0 split -l 10 a.txt
	same_status 0 split -b 20 a.txt sub/part.
	same_status 0 csplit -s a.txt 10 20
	same_status 0 csplit -s -f cut a.txt 10
}

@test "sed -i, patch" {
	same_status 0 sed -i s/1/X/ a.txt b.txt
	same_status 0 sed -i.bak s/1/X/ a.txt
	same_status 0 sed -i -e 1d -e 2d a.txt
	sed s/3/three/ "$FIXTURE/b.txt" >"$WORK/changed"
	diff -u "$FIXTURE/b.txt" "$WORK/changed" >"$FIXTURE/change.diff" || true
	SAME_STDIN=$FIXTURE/change.diff
	same_status 0 patch b.txt
	unset SAME_STDIN
	same_status 0 patch -o new b.txt change.diff
}

@test "git init, ssh-keygen" {
	same_status 0 git init -q new
	same_status 0 git init -q
	same_status 0 git init -q sub
	run "$SBX" ssh-keygen -q -t ed25519 -N '' -f key
	expect_status 0
	[ "$(stat -c %a key)" = 600 ]
	ssh-keygen -y -f key | cut -d' ' -f1,2 | diff - <(cut -d' ' -f1,2 key.pub)
}

@test "the current directory is read by what reads it when it is named none" {
	local SAME_UNORDERED=1
	for line in ls 'ls -A' dir vdir du 'du -d 1' find 'find -type f' 'find -name f -exec cat {} +' 'find -L -type f' \
		'find ( -name f -o -name l )' 'grep -r 1' 'grep -rne 1' 'rgrep 1'; do
		# shellcheck disable=SC2086  # words
		SAME_FILTER='s/^total .*//' same_status 0 $line
	done
	# what is named is read, and no more
	cp -r "$FIXTURE/." .
	for line in 'ls src' 'find src' 'grep -r 1 src' 'grep -r -e 1 src' 'du src' 'find -L src'; do
		# shellcheck disable=SC2086  # words
		run "$SBX" --dry-run $line
		expect_no_line "from $WORK\$"
	done
	run "$SBX" ls
	expect_line '^a.txt$'
}

@test "what exists and wasn't named can't be reached by them" {
	cp -r "$FIXTURE/." .
	for profile in cp mv sort tee split; do
		run "$SBX" -p $profile sh -c 'ls; echo x >b.txt; echo x >sub/b; echo x >../b' sh a.txt new
		expect_no_line '^b.txt$'
		[ "$(cat b.txt)" = "$(seq 9)" ]
		[ ! -e sub/b ]
		rm -rf .sbx-kept-*
	done
}
