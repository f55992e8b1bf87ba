#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a hostile command can make of outputs: existing ones are in its reach as they would be unwrapped, nothing else is.

load ../cli/helper
load outputs

@test "what a command does to an output that exists comes out as unwrapped" {
	local script wrapped native at
	for script in 'echo more >>$1' 'echo new >$1' ': >$1' 'echo x >t; mv t $1' 'rm $1' 'rm $1; echo new >$1' 'chmod 640 $1' \
		'touch -d 2001-02-03 $1' 'ln $1 t; rm $1; echo two >$1; rm t' 'mv $1 t; cat t >$1; rm t' 'exit 3' 'sed -i s/old/young/ $1'; do
		for at in native wrapped; do
			mkdir -p $at/d
			echo old >$at/d/out
			touch -d 2010-01-01 $at/d/out
			ln $at/d/out $at/other
			cd $at/d
			if [ $at = native ]; then
				run sh -c "$script" sh out
			else
				under one "$script" out
			fi
			cd ../..
			printf '%s' "$status$output" >$at/result
			(cd $at && stat -c '%n %a %s %h' d d/* other && cat d/* other && [ ! d/out -ef other ] && echo parted
				[ ! -e d/out ] || stat -c %y d/out | cut -c1-4) >$at/state 2>/dev/null || true
		done
		native=$(cat native/result native/state)
		wrapped=$(cat wrapped/result wrapped/state)
		[ "$native" = "$wrapped" ] || fail "$script: unwrapped: $native; wrapped: $wrapped"
		rm -rf native wrapped
	done
	clean
}

@test "an output is not replaced by what is no regular file" {
	local make
	for make in 'ln -s /etc/passwd $1' 'ln -s sibling $1' 'mkfifo $1' 'mkdir $1; echo x >$1/x'; do
		under one "rm \$1; $make" out
		expect_refused 'output'
		[ -f out ] && [ ! -L out ] && [ "$(cat out)" = old ] || fail "$make: $(ls -la)"
		under any "$make" 'new.x'
		[ ! -e new.x ] && [ ! -L new.x ]
		discard_kept
		under any "set -- new-1; $make" new
		expect_refused 'output'
		[ ! -e new-1 ] && [ ! -L new-1 ]
		[[ $make != mkdir* ]] || discard_kept
		clean
	done
	under one 'chmod 4755 $1; chmod 2755 $1; cp $1 t; chmod 6755 t; mv t $1' out
	[ -z "$(find . -perm /6000)" ]
	clean
}

@test "files that only lie beside an output are neither seen nor changed" {
	mkdir beside
	echo page >page-x.png
	under any 'ls; for f in sibling page-x.png .hidden beside/x ../work/sibling new; do echo x >$f; rm -f $f; echo y >$f; done; ln -s sibling page-1.png' page
	[ -z "$(ls beside)" ]
	[ "$(cat page-x.png)" = page ]
	[ ! -e new ] && [ ! -e .hidden ] && [ ! -L page-1.png ]
	expect_no_line '^(sibling|page-x.png|beside)$'
	discard_kept
	clean
}

# The stand-in makes each of the names, executable, in the tool's place; those before the bar are the tool's own, and
# "x:NAME" is the one that was named itself.
@test "what a tool derives from a name has the tool's own extensions, and is not executable" {
	cat >standin <<-'END'
		#!/usr/bin/python3
		import os
		os.umask(0)
		for name in os.environ["MAKE"].split():
		    os.close(os.open(name, os.O_CREAT | os.O_WRONLY, 0o777))
	END
	chmod 755 standin
	local profile arguments own others name
	while IFS='|' read -r profile arguments own others; do
		mkdir d
		cp standin d/
		cd d
		echo x >in.dat
		# shellcheck disable=SC2086
		MAKE="${own//x:/} $others" run "$SBX" -p $profile --latch off --rox /usr ./standin $arguments
		# what begins as an output does is kept, where its user alone gets at it
		[ "$status" -eq 0 ] || expect_refused 'not a named output'
		[ -z "$(find . -name '.sbx-kept-*' ! -perm 700)" ] || fail "$profile: $(ls -la)"
		for name in $own; do
			if [ "${name#x:}" = "$name" ]; then
				[ "$(stat -c %A "$name")" = -rw-rw-rw- ] || fail "$profile: $name: $(ls -l)"
			else
				[ -x "${name#x:}" ] || fail "$profile: $name: $(ls -l)"
			fi
		done
		for name in $others; do
			[ ! -e "$name" ] || fail "$profile: $name was delivered"
			expect_line "/$name: not a named output"
		done
		cd ..
		rm -r d
	done <<-'END'
		pdftoppm|in.dat page|page-1.png page-01.ppm page.jpg page1.tif|page-1.php page.php page-1.sh page-1.png.php page-1.2.php
		pdftoppm|-png in.dat up|up-1.png up.png|up.php up.html up.svg up
		tesseract|in.dat out pdf|out.pdf out.txt out.hocr out.tsv|out.php out.sh out out.txt.php
		mogrify|-format png in.dat|in.png in.jpg|in.php in.html in.svg in.sh
		magick-mogrify|mogrify -format png in.dat|in.png|in.php
		convert|in.dat out.png|x:out.png out-0.png|out-0.php out.png.php out-0.html
		ffmpeg|-i in.dat out.m3u8|x:out.m3u8 out0.ts out1.m4s|out0.php out0.sh out.ts
		ffmpeg|-i in.dat out%02d.png|out01.png|out01.php
		qpdf|--split-pages in.dat out.pdf|out-1.pdf out-01-10.pdf|out-1.php out-1
		gzip-suffix|-S .foo in.dat|x:in.dat.foo|in.dat.php in.dat.foo.php in.dat.sh
		gs|-o page%d.png in.dat|page1.png|page1.php page.png
	END
}

@test "existing files that fit a pattern are replaced and removed like any output" {
	echo 1 >page-1.png
	echo 2 >page-2.png
	echo 3 >page-3.png
	under any 'cat page-*; echo one >page-1.png; rm page-2.png; echo 4 >page-4.png' page
	expect_status 0
	expect_output $'1\n2\n3'
	[ "$(cat page-*)" = $'one\n3\n4' ]
	clean
}

@test "a file that fits a pattern stays as it is when it is an input, protected, or no regular file" {
	echo 1 >page-1.png
	echo key >page.pem
	ln -s sibling page-2.png
	mkdir page-3.png
	under any 'cat page-1.png page.pem page-2.png; echo x >page-1.png; rm -f page-1.png; mv page-1.png t' page page-1.png
	expect_line '^1$'
	expect_no_line '^(key|sibling)$'
	[ "$(cat page-1.png)" = 1 ]
	for file in page.pem page-2.png page-3.png; do
		under any "echo x >$file" page page-1.png
		expect_refused "$file"
		discard_kept
	done
	[ "$(cat page.pem)" = key ]
	[ -L page-2.png ]
	[ -d page-3.png ]
	rm page.pem
	under any 'echo x >page.pem' page
	expect_refused 'protected name'
	[ ! -e page.pem ]
	discard_kept
	clean
}

@test "the mount point of an input is never taken for an output" {
	echo in >page-1.png
	echo in2 >page-2.png
	under any 'echo out >page-9.png' page page-1.png page-2.png
	expect_status 0
	[ "$(cat page-1.png page-2.png page-9.png)" = $'in\nin2\nout' ]
	clean
}

@test "a symlink as output is followed to its target's directory, where its siblings are out of reach" {
	mkdir d
	mv out sibling d/
	ln -s d/out out
	under one 'cat $1; echo x >d/t; mv d/t $1; echo y >d/sibling; ls d' out
	[ "$(cat d/sibling)" = sibling ]
	[ -f d/out ] && [ ! -L d/out ]
	rm -r d/.sbx-kept-*
	mv d/sibling .
	clean
}

@test "an output that somebody else has replaced meanwhile" {
	mkfifo hold
	exec {HOLD}<>hold
	"$SBX" -c "$CONF" -p one sh -c 'rm $1; echo started; read -r line' sh out <hold >started 3>&- &
	local wrapper=$!
	wait_until grep -q started started
	echo theirs >other
	mv other out
	echo >&"$HOLD"
	wait $wrapper
	[ "$(cat out)" = theirs ]
	: >started
	"$SBX" -c "$CONF" -p one sh -c 'rm $1; echo mine >$1; echo started; read -r line' sh out <hold >started 3>&- &
	wrapper=$!
	wait_until grep -q started started
	rm out
	ln -s sibling out
	echo >&"$HOLD"
	wait $wrapper
	[ ! -L out ] && [ "$(cat out)" = mine ]
	exec {HOLD}>&-
	clean
}

@test "what can't be moved into place is kept, also over the next run" {
	mkfifo hold
	exec {HOLD}<>hold
	"$SBX" -c "$CONF" -p one sh -c 'echo mine >$1; echo started; read -r line' sh new <hold >started 2>message 3>&- &
	local wrapper=$!
	wait_until grep -q started started
	mkdir -p new/x
	echo >&"$HOLD"
	status=0
	wait $wrapper || status=$?
	expect_status 125
	exec {HOLD}>&-
	grep -q 'it is kept in .sbx-kept-' message
	under one 'echo x >$1' out
	expect_status 0
	[ "$(cat .sbx-kept-*/new)" = mine ]
}

@test "SIGKILL loses nothing of an output that exists" {
	mkfifo hold
	exec {HOLD}<>hold
	local script
	for script in 'rm $1' 'mv $1 t' 'echo x >t; mv t $1'; do
		: >started
		"$SBX" -c "$CONF" -p one sh -c "$script; echo started; read -r line" sh out <hold >started 3>&- &
		local wrapper=$!
		wait_until grep -q started started
		kill -9 $wrapper
		wait $wrapper || true
		[ "$(cat out)" = old ] || fail "$script"
	done
	exec {HOLD}>&-
	under one 'echo x >$1' out
	[ "$(cat out)" = x ]
	clean
}

@test "an output that can't be linked is there itself" {
	is_root || skip "only as root"
	run unshare -m sh -c 'mount --bind out out && exec "$@"' sh "$SBX" -c "$CONF" -p one sh -c 'cat $1; echo new >$1; rm $1' sh out
	expect_line '^old$'
	[ "$(cat out)" = new ]
	clean
}

@test "commands that refuse a file with several links" {
	local tool file
	seq 5000 >data
	touch -d 2001-02-03 data
	chmod 640 data
	truncate -s 3M sparse
	echo end >>sparse
	for tool in gzip bzip2 xz; do
		command -v $tool >/dev/null || continue
		for file in data sparse; do
			mkdir native wrapped
			cp -p $file native/
			cp -p $file wrapped/
			(cd native && $tool $file)
			(cd wrapped && "$SBX" -c "$CONF" -p copy $tool $file)
			[ "$(cd native && stat -c '%n %a %s %Y %h %U' ./*)" = "$(cd wrapped && stat -c '%n %a %s %Y %h %U' ./*)" ] || fail "$tool: $(ls -l native wrapped)"
			diff -r native wrapped
			(cd native && $tool -d $file.*)
			(cd wrapped && "$SBX" -c "$CONF" -p copy $tool -d $file.*)
			diff -r native wrapped
			cmp $file wrapped/$file
			rm -r native wrapped
		done
		cp -p data kept
		"$SBX" -c "$CONF" -p copy $tool -k kept
		cmp data kept
		rm kept*
		# refused unwrapped, refused wrapped
		cp data two
		ln two three
		run ! "$SBX" -c "$CONF" -p copy $tool two
		cmp data two
		rm two three
		echo garbage >bad.gz
		run ! "$SBX" -c "$CONF" -p copy $tool -d bad.gz
		[ "$(cat bad.gz)" = garbage ]
	done
	clean
}

@test "hostile names of outputs and inputs" {
	local name
	for name in $'new\nline' ' ' '-' '-rf' '--' '$(x)' '*' $'\e[31m' '...' '.sbx-stage-0123456789abcdef' "$(printf 'x%.0s' {1..255})"; do
		echo in >"./$name"
		under one 'cat -- "$2"; cat -- "$2" >$1' out "./$name"
		expect_status 0
		expect_output in
		[ "$(cat out)" = in ]
		under one 'cat "$1"; echo out >"$1"' "./$name"
		expect_status 0
		[ "$(cat "./$name")" = out ] || fail "$name"
		rm -f "./$name"
	done
	under one 'echo x >$1' ../work/../work/./out
	[ "$(cat out)" = x ]
	under one 'echo x >$1' /proc/self/cwd/out
	under one 'echo x >$1' out/
	clean
}

@test "a symlink on the way to an output is no symlink as output" {
	mkdir real a
	ln -s "$PWD/real" a/out
	under one 'echo x >$1' a/out/out
	expect_status 0
	[ "$(cat real/out)" = x ]
	mkdir sub
	ln -s sub/x dangling
	ln -s ../victim sub/x
	under one 'echo x >$1' dangling
	expect_line 'a symlink that leads nowhere'
	[ ! -e victim ]
	under one 'echo x >$1' sub/x
	expect_line 'a symlink that leads nowhere'
	[ ! -e victim ]
	clean
}

@test "what would lie in a directory that isn't there is no output: nothing is made" {
	local absent="/tmp/absent.$$"
	for path in "$absent/." "$absent/./." "$absent/x"; do
		run "$SBX" -q -p curl --set args.out=file -- true -o "$path"
		[ ! -e "$absent" ] || fail "$path" || return 1
	done
}

@test "an output that wasn't there is not put in place of what has come meanwhile" {
	mkfifo go
	local profile job
	for profile in one any; do # named, and fitting a pattern
		"$SBX" -c "$CONF" -p $profile --ro "$PWD/go" sh -c 'echo mine >new-1; cat go' sh "$([ $profile = one ] && echo new-1 || echo new)" 2>said &
		job=$!
		JOBS="$JOBS $job"
		echo theirs >new-1.tmp
		(exec 3>go; mv new-1.tmp new-1) # opens when the command reads
		status=0
		wait $job || status=$?
		[ "$status" = 125 ] || fail "$profile: $status: $(cat said; ls -A)"
		grep -q 'new-1: somebody else has made one meanwhile: it is not replaced (it is kept in .sbx-kept-' said
		[ "$(cat new-1)" = theirs ]
		[ "$(cat .sbx-kept-*/new-1)" = mine ]
		rm -rf new-1 .sbx-kept-*
	done
}

@test "a stage that a killed run has left in a sticky directory goes with the next run" {
	mkdir shared
	chmod 1777 shared
	mkdir shared/.sbx-stage-0123456789abcdef shared/.sbx-stage-short
	under one 'echo x >$1' shared/new
	expect_status 0
	[ "$(ls -A shared)" = $'.sbx-stage-short\nnew' ]
}
