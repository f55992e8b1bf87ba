#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The grammar of arguments: which are inputs and outputs, what is derived from them, what is left alone.

load helper

more_setup() {
	printf '#!/bin/sh\nfor f in $NAMES; do [ "$f" = see ] || [ ! -r "$f" ] || { [ -w "$f" ] && echo "rw $f" || echo "r $f"; }; done\n' >see
	printf '#!/bin/sh\nexec 2>/dev/null; for f in $MAKE; do echo made >$f; done; exit 0\n' >maker
	chmod +x see maker
	touch a b c d
}

grammar() { # SETTINGS... : of args; what they don't say is the least
	printf 'profiles = { g = { args = { inputs = [ "existing" ]; outputs = [ ]; }; }; h = { inherit = "g"; args = { %s }; }; };\n' "$*" >"$BATS_TEST_TMPDIR/g.conf"
	chmod 600 "$BATS_TEST_TMPDIR/g.conf"
}

# What a command with these arguments is shown in its directory.
sees() { # EXPECTED ARGUMENT...
	local expected=$1 names=(*)
	shift
	NAMES=${names[*]} run "$SBX" -c "$BATS_TEST_TMPDIR/g.conf" -p h ./see "$@"
	expect_status 0
	[ "$(xargs <<<"$output")" = "$expected" ] || fail "with $*, expected to see: $expected"
}

# What is left in the directory when a command with these arguments has made the files $MAKE.
makes() { # EXPECTED ARGUMENT...
	local expected=$1 file left=
	shift
	run "$SBX" -q -c "$BATS_TEST_TMPDIR/g.conf" -p h ./maker "$@"
	[ "$status" = 0 ] || expect_status 125 # something is kept aside: that is said
	[ -z "$output" ] || ! grep -qvE '^sbx-wrap: output: (.*: not a named output|and [0-9]+ more$)' <<<"$output" ||
		fail "said: $output"
	rm -rf .sbx-kept-*
	for file in *; do
		if [ -f "$file" ] && [ "$(cat "$file")" = made ]; then
			left+="$file "
			rm "$file"
		fi
	done
	[ "${left% }" = "$expected" ] || fail "with $* and $MAKE, expected: $expected, there is: $left"
	[ -z "$(find . -name '.sbx-*')" ] || fail "a stage is left: $(ls -A)"
}

@test "existing: operands, and values of the options that take one" {
	grammar 'values = [ "-v", "--val" ];'
	sees 'r a r b' a b
	sees 'r a' -v a
	sees 'r a' --val a
	sees '' -x=a --val=a
	sees 'r b' -a b
	sees 'r a' -- a -v
	sees '' - -
	sees 'r a' ./a "$PWD/absent"
}

@test "inputs that are named grant nothing else" {
	grammar 'inputs = [ "-i" ];'
	sees 'r b' a -i b c
	sees '' a b c -i
	grammar 'inputs = [ "2" ];'
	sees 'r b' a b c
	grammar 'inputs = [ "2..." ];'
	sees 'r b r c' a b c
	grammar 'inputs = [ "last" ];'
	sees 'r c' a b c
	sees 'r a' a
	grammar 'inputs = [ "--in=", "within: if=", "after: -*f" ];'
	sees 'r a r b r c' --in=a if=b -xzf c d
	sees '' --inx=a of=b --xf d
	grammar 'inputs = [ "after: x*f" ];'
	sees 'r a' xzf a b
	sees '' y xzf a
	grammar 'inputs = [ ];'
	sees '' a b
}

@test "flags take no value, but what stands behind them can be meant" {
	grammar 'values = [ "-*" ]; flags = [ "-y" ]; inputs = [ "1" ];'
	sees 'r b' -x a b
	sees 'r a' -y a b
	sees 'r b' -- b -x a
	grammar 'flags = [ "-f" ]; inputs = [ "2...", "-f" ];'
	sees 'r a r b' -f a b
	sees 'r b' a b
}

@test "derived inputs" {
	touch s.shp s.shx s.dbf img001.png img002.png imgx.png
	grammar 'inputs = [ "1", "1>.shx" ];'
	sees 'r s.shp r s.shx' s.shp
	grammar 'inputs = [ "-i#" ];'
	sees 'r img001.png r img002.png' -i img%03d.png
	grammar 'inputs = [ "existing", "existing:", "existing[" ];'
	sees 'r a r b r c' png:a 'b[0]' 'x:c'
	sees '' png:- 'png:' 'x[y' "file://$PWD/a"
}

@test "a URL is left alone, also where a file is called like it" {
	mkdir -p http:/h
	touch http:/h/f
	grammar 'inputs = [ "existing", "existing:" ]; outputs = [ "2" ];'
	sees '' http://h/f
	MAKE=x makes '' a http://h/new
	[ ! -e http:/h/new ]
}

@test "outputs by place" {
	export MAKE='x y z'
	grammar 'outputs = [ "2" ];'
	makes 'y' a y
	makes '' y
	grammar 'outputs = [ "2..." ];'
	makes 'x z' a x z
	grammar 'outputs = [ "last" ];'
	makes 'z' a z
	makes '' z
	grammar 'outputs = [ "-o", "--out=", "within: of=" ];'
	makes 'x y z' -o x --out=y of=z
	makes '' x y z
	grammar 'outputs = [ "after: -*f", "after: c*f" ];'
	makes 'x' -czf x y
	makes 'y' czf y z
	makes '' a czf y
}

@test "outputs whose names are derived" {
	export MAKE='in.txt in.txt.gz in in.pdf.gz'
	touch in.pdf
	grammar 'outputs = [ "1>.txt" ];'
	makes 'in.txt' in.pdf
	makes '' in.pdf other
	grammar 'outputs = [ "1...+.gz" ];'
	makes 'in.pdf.gz in.txt.gz' in.txt in.pdf
	grammar 'outputs = [ "1...-.gz" ];'
	makes 'in.txt' in.txt.gz in.pdf
	grammar 'outputs = [ "2>.*" ];'
	MAKE='o.a o.docx o.a.b o.- o ox.a' makes 'o.a o.docx' in.pdf o.x
	grammar 'outputs = [ "2+.*" ];'
	MAKE='o.x.a o.x.txt o.a o.x' makes 'o.x.a o.x.txt' in.pdf o.x
}

@test "outputs: one known extension, an extension removed, a name that no argument spells out" {
	export MAKE='in.txt in.x.txt in.pdf.txt made in'
	touch in.pdf in.x
	grammar 'outputs = [ "1.pdf>.txt" ];'
	makes 'in.txt' in.pdf
	makes 'in.x.txt' in.x
	makes '' in.pdf other
	grammar 'outputs = [ "1...-.*" ];'
	makes 'in' in.x
	grammar 'outputs = [ "name: made", "-p+-0.log" ];'
	makes 'made' in.x
	MAKE='x-0.log made x' makes 'made x-0.log' -p x
}

@test "a group of options: what is in it is no operand, and . no directory" {
	grammar 'values = [ "--pages ... --" ]; outputs = [ "2" ];'
	sees 'r a r b rw c' a --pages b . 1 -- c
	sees 'r a r b' --pages b -x -- a
	sees 'r b r c' --pages b --x=y c
	grammar 'values = [ "--pages ... --" ]; inputs = [ ]; outputs = [ "2" ];'
	MAKE='x y' makes 'x' a x --pages y --
	MAKE='x y' makes 'x' --pages a y -- a x
}

@test "short options that stand together: none that is the value of one in front" {
	grammar 'values = [ "-H" ]; inputs = [ ]; outputs = [ "after: -*o" ];'
	export MAKE='x y'
	makes 'x' -ao x
	makes 'x' -o x
	makes '' -Hello x
	makes '' -aHo x
	makes 'x' -H-o -o x
}

@test "numbered outputs" {
	grammar 'outputs = [ "2#" ];'
	export MAKE='page-1.png page-02.ppm page3.png page-1-2.png page.1 page- page-x.png page-1.x.png page-1.toolongtobe
		pages-1.png spage-1.png page.png page.png-1'
	makes 'page.1' a page
	makes 'page-1-2.png page-1.png page.png-1 page3.png' a page.png
	grammar 'outputs = [ "2#.{ppm,png}" ];'
	makes 'page-02.ppm page-1-2.png page-1.png page3.png' a page
	MAKE='page-1.tif page-1.tiff page-1.ppm' makes 'page-1.ppm page-1.tif' a page.tif
	MAKE='out1.png out001.png out.png outx.png out1.jpg xout1.png' makes 'out001.png out1.png' a out%03d.png
}

@test "outputs named by a URL" {
	grammar 'outputs = [ "1...@" ];'
	export MAKE='f.tgz f.tgz?x=1 index.html g'
	makes 'f.tgz f.tgz?x=1' 'http://h/d/f.tgz?x=1#frag'
	makes 'index.html' http://h/d/
	makes 'index.html' http://h
	makes '' f.tgz
	MAKE='a%20b.txt a.txt' makes 'a%20b.txt' http://h/a%20b.txt
	# nothing leaves the directory
	MAKE='x' makes '' http://h/.. 'http://h/%2e%2e' 'http://h/..%2fx' 'http://h/%2fx'
}

@test "outputs behind a prefix" {
	grammar 'outputs = [ "last", "last:" ];'
	MAKE='x png:x y' makes 'png:x x' a png:x
	MAKE='x y' makes '' a https://x
}

@test "the current directory, when no output is named" {
	grammar 'outputs = [ "-d", "." ]; out = "directory";'
	mkdir sub
	MAKE='x y' makes 'x y' a
	MAKE='x sub/x' run "$SBX" -c "$BATS_TEST_TMPDIR/g.conf" -p h ./maker -d sub
	[ ! -e x ]
	[ -f sub/x ]
	grammar 'outputs = [ "." ]; out = "file";'
	run "$SBX" -c "$BATS_TEST_TMPDIR/g.conf" -p h ./maker
	expect_refused 'args.outputs: "." needs args.out = "directory" or "stage"'
	grammar 'outputs = [ "1#" ]; out = "file";'
	run "$SBX" -c "$BATS_TEST_TMPDIR/g.conf" -p h ./maker
	expect_refused 'known by a pattern'
	# never a home
	[ -w "$REAL_HOME" ] || return 0
	grammar 'outputs = [ "." ]; out = "directory";'
	cd "$REAL_HOME"
	MAKE=sbx-made run "$SBX" -c "$BATS_TEST_TMPDIR/g.conf" -p h "$WORK/maker"
	[ ! -e "$REAL_HOME/sbx-made" ]
}

@test "an input that holds an output's directory shows what is in it" {
	command -v tar
	grammar 'outputs = [ "after: -*f" ];'
	mkdir -p t/sub/deep
	echo 1 >t/one
	echo 2 >t/sub/two
	echo 3 >t/sub/deep/three
	echo k >t/sub/key.pem
	ln -s ../one t/sub/link
	ln -s /etc/shadow t/sub/out
	cd t
	for out in all.tar sub/all.tar; do
		run "$SBX" -c "$BATS_TEST_TMPDIR/g.conf" -p h tar -cf $out .
		expect_status 0
		tar -tf $out | sort >../wrapped
		rm $out
		tar -cf $out .
		tar -tf $out | sort >../native
		rm $out
		diff ../native ../wrapped
	done
}

@test "arguments without end" {
	local names
	grammar 'outputs = [ "1#" ];'
	mkdir many
	mapfile -t names < <(seq -f 'many/f%g' 10000)
	touch "${names[@]}"
	MAKE=page-1 makes 'page-1' page "${names[@]}"
	[ "$(find many -size 0 | grep -c f)" = 10000 ]
}

@test "more named files than one run can have are said before anything starts" {
	only_root # who can write where no rule of the policy's own covers the files, as those of /tmp and the home do
	local deep names
	HOME_SCRATCH=$(mktemp -d /srv/sbx-many.XXXXXX) # removed afterwards
	deep=$HOME_SCRATCH/$(printf "%0200d/" 1 2 3 4)
	mkdir -p "$deep"
	cd "$deep"
	mapfile -t names < <(seq 2000)
	touch "${names[@]}"
	run "$SBX" -p parser sh -c 'echo started' "${names[@]}"
	expect_refused '^sbx-wrap: grant: [0-9]+ paths named'
	expect_line '^hint: .*--no-arg-grants --ro DIR'
	expect_no_line started
	run "$SBX" --no-arg-grants --ro . cat "${names[@]}"
	expect_status 0
}

@test "more mounts than there may be are no reason to compile the policy anew" {
	strace -f -o /dev/null true 2>/dev/null || skip "strace doesn't work here"
	touch a
	run strace -f -qq -o trace -e trace=move_mount -e inject=move_mount:error=ENOSPC:when=8 "$SBX" cat a
	expect_refused '^sbx-wrap: private root: .*: No space left on device$'
	expect_line '^hint: more mounts than a namespace may have \(fs\.mount-max\): grant their directory instead'
	expect_no_line 'compile'
}

@test "thousands of arguments that are no files, or files that the policy covers" {
	local deep names
	deep=$(printf "%0200d/" 1 2 3 4)
	mkdir -p "$deep"
	cd "$deep"
	mapfile -t names < <(seq 2000)
	touch "${names[@]}"
	run "$SBX" --no-arg-grants --ro . cat "${names[@]}"
	expect_status 0
	# arguments that are no files are no paths
	mapfile -t names < <(seq 3000 40000)
	run "$SBX" -p parser sh -c 'echo $#' sh "${names[@]}"
	expect_output 37001
}

@test "twenty thousand files are named, thousands beside outputs" {
	mkdir many into
	seq -f 'many/f%05g' 20000 | while read -r file; do echo "$file" >"$file"; done
	cat many/* >all
	(cd many && "$SBX" -q cat f* | cmp ../all -)
	run "$SBX" -q --hide many/f00007 cat many/*
	expect_status 1
	expect_line 'many/f00007: No such file or directory'
	[ "$(grep -c '^many/f' <<<"$output")" = 19999 ] || fail "more than what is hidden is missing"
	(cd many && "$SBX" -q sort -o sorted f00*)
	cat many/f00* | cmp - many/sorted
	"$SBX" -q cp many/f00* into
	cat into/* | cmp - many/sorted
}

@test "ten thousand paths are hidden below what is granted" {
	local hide
	mkdir many
	seq -f 'many/f%05g' 20000 | while read -r file; do echo "$file" >"$file"; done
	mapfile -t hide < <(seq -f '--hide
many/f%05g' 10000)
	run "$SBX" -q --rw . "${hide[@]}" sh -c 'cat many/* 2>/dev/null | tee seen | wc -l; echo x 2>/dev/null >many/f00001 || echo shut'
	expect_output $'10000\nshut'
	seq -f 'many/f%05g' 10001 20000 | cmp - seen
	run "$SBX" -q "${hide[@]}" --ro many/f00009 true
	expect_refused '^sbx-wrap: grant: --ro many/f00009: hidden by --hide .*/many/f00009: leave one of them out$'
}
