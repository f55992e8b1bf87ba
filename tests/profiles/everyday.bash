# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the suites of everyday commands work on, in a directory granted with --rw.

load same

SAME_OPTIONS=(--rw .)

more_setup() {
	mkdir "$FIXTURE"
	cd "$FIXTURE" || return 1
	mkdir -p text sub/deep/er a b empty-dir 'name with spaces'
	printf '%s\n' pear apple fig apple 'Émile' banana cherry apple date fig >text/words
	seq 40 -3 -20 >text/numbers
	printf '%s\t%s\t%s\n' 3 carol red 1 alice green 2 bob blue >text/table
	printf 'key=value\n# comment\n\n[section]\nother = 1\n' >text/config.ini
	printf 'naïve café\n€ 100\n' >text/utf8
	printf 'tab\there\r\nnul\0byte\n' >text/odd
	echo spaces >'name with spaces/a file'
	echo newline >'sub/new
line'
	echo dash >sub/-dash
	seq 1000 | sed 's/7/seven/' >sub/deep/er/lines
	awk 'BEGIN { for (i = 0; i < 5000; i++) printf "%c", i * 7 % 128 }' >sub/binary
	printf 'one\ntwo\nthree\n' >a/common
	printf 'one\n2\nthree\nfour\n' >b/common
	echo left >a/only-a
	echo right >b/only-b
	ln -s text/words link
	ln -s nowhere dangling
	ln -s deep sub/dirlink
	ln text/words sub/hard
	: >empty
	printf '#!/bin/sh\necho "$0 $# $*"\nexit 7\n' >run.sh
	printf '#!/bin/bash\ndeclare -a list=("$@")\nfor ((i = ${#list[@]}; i-- > 0;)); do echo "${list[i]}"; done\n' >reverse
	chmod 755 run.sh reverse
	chmod 600 text/config.ini
	find . -exec touch -h -d '2021-03-04 05:06:07.125 UTC' {} +
	touch -d '2001-01-01 UTC' text/table
	cd "$WORK" || return 1
}

shell() { # SCRIPT [ARG...]
	same bash -c "$1" bash "${@:2}"
}
