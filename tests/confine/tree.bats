#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A command outside /usr has the tree that it is part of: bin, lib and so on beside it, never a home, never what a link
# in it leads out to.

load ../cli/helper

more_setup() {
	mkdir -p tool/{bin,lib,share,libexec,etc}
	echo of-lib >tool/lib/file
	echo of-share >tool/share/file
	echo of-etc >tool/etc/file
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nfor part in "$@"; do cat "%s/$part"; done\n' "$PWD/tool" >tool/bin/show
	printf '#!/bin/sh\necho helped\n' >tool/libexec/helper
	chmod +x tool/bin/show tool/libexec/helper
}

venv() { # OPTION... : in ./venv, with a module of its own
	"$PYTHON" -m venv --without-pip "$@" venv
	echo 'print("of the venv")' >"$(echo venv/lib/python3*/site-packages)/own_module.py"
}

@test "what stands beside the command's directory can be read and executed, and nothing else of it" {
	run "$SBX" tool/bin/show lib/file share/file etc/file
	expect_line '^of-lib$'
	expect_line '^of-share$'
	expect_no_line 'of-etc'
	printf '#!/bin/sh\nexec %s/tool/libexec/helper\n' "$PWD" >tool/bin/start
	chmod +x tool/bin/start
	run "$SBX" tool/bin/start
	expect_output helped
	run "$SBX" sh -c 'cat tool/lib/file' # which is no command of it
	[ "$status" -ne 0 ]
	run "$SBX" --hide tool/lib tool/bin/show lib/file share/file
	expect_no_line 'of-lib'
	expect_line '^of-share$'
	run "$SBX" sh -c 'echo x >tool/lib/new'
	[ ! -e tool/lib/new ]
}

@test "a venv's interpreter has the venv's modules: by name, by shebang, copied" {
	local options
	for options in --symlinks --copies; do
		rm -rf venv
		venv $options
		run venv/bin/python -c 'import own_module, sys; print(sys.prefix)'
		local plain=$output
		run "$SBX" venv/bin/python -c 'import own_module, sys; print(sys.prefix)'
		expect_status 0
		expect_output "$plain"
		printf '#!%s/venv/bin/python\nimport own_module\n' "$PWD" >script
		chmod +x script
		run "$SBX" ./script
		expect_output 'of the venv'
	done
	run "$SBX" "$PYTHON" -c 'import own_module'
	[ "$status" -ne 0 ]
}

@test "a link out of the tree grants nothing, nor does a pyvenv.cfg what is no Python's" {
	mkdir -p private/{bin,lib}
	echo hidden >private/lib/file
	rm -r tool/lib
	ln -s ../private/lib tool/lib
	run "$SBX" tool/bin/show lib/file
	expect_no_line 'hidden'
	rm tool/lib
	printf 'home = %s/private/bin\n' "$PWD" >tool/pyvenv.cfg
	run "$SBX" tool/bin/show ../private/lib/file
	expect_no_line 'hidden'
	# a script's text names an interpreter of another tree
	cp /bin/cat private/bin/reader
	printf '#!%s/private/bin/reader\n' "$PWD" >script
	chmod +x script
	run "$SBX" ./script "$PWD/private/lib/../lib/absent"
	run "$SBX" --no-arg-grants ./script private/lib/file
	expect_no_line 'hidden'
}

@test "no home is a tree, nor what is in a writable grant" {
	home_scratch sbx-tree
	echo of-home >"$HOME_SCRATCH/file"
	run env HOME="$PWD/tool" "$SBX" tool/bin/show lib/file share/file
	expect_no_line 'of-'
	run env HOME="$PWD/tool/lib" "$SBX" tool/bin/show share/file # nor a directory that holds one
	expect_no_line 'of-'
	run env HOME="$PWD" "$SBX" tool/bin/show lib/file share/file # what is directly in one: many share that
	expect_line '^of-lib$'
	expect_no_line 'of-share'
	run "$SBX" --rw . sh -c 'tool/libexec/helper' # with --rw nothing that can be written runs
	expect_no_line helped
	run "$SBX" --rw . tool/bin/show lib/file
	expect_line '^of-lib$'
	run "$SBX" --rw . tool/bin/start
	expect_no_line helped
}

@test "a static tool under a parser reads its tree, and executes none of it" {
	gcc -D_GNU_SOURCE -static -O1 -w -x c -o tool/bin/static - <<-'END'
		#include <stdio.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			char text[64] = "", *none[] = { "x", 0 };
			FILE *file = fopen(argv[1], "r");
			printf("%s", file && fgets(text, sizeof(text), file) ? text : "nothing\n"), fflush(stdout);
			execve(argv[2], none, 0);
			puts("not executed");
		}
	END
	run "$SBX" -p pdftotext --no-arg-grants tool/bin/static "$PWD/tool/lib/file" "$PWD/tool/libexec/helper"
	expect_output $'of-lib\nnot executed'
	cp /bin/true tool/bin/dynamic
	run "$SBX" -p pdftotext --no-arg-grants tool/bin/static "$PWD/tool/lib/file" "$PWD/tool/bin/dynamic"
	expect_line '^not executed$'
}
