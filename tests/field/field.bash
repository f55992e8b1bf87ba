# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Commands as people type them: plain, and with sbx-wrap before them and no option. What each comes to is one of
#   same  the same status, output and files
#   told  it fails where the plain one doesn't, and says what would let it work
#   mute  it fails where the plain one doesn't, and nothing says what to do
#   lost  its status is the plain one's, or 0, and something isn't there, or is another

load ../profiles/same

# What the commands work on; made once for a suite.
field_fixture() { # DIR
	local tree='tree/one.txt tree/deep/two.txt tree/deep/three.txt'
	local file
	mkdir -p "$1" && cd "$1" || return 1
	mkdir -p sub dest tree/deep proj
	printf '%s\n' pear apple 'Émile' apple banana >a.txt
	printf '%s\n' pear apple cherry apple banana >c.txt
	seq 1000 >lines.txt
	echo within >sub/in.txt
	for file in $tree; do echo "$file" >"$file"; done
	chmod 755 tree/one.txt
	ln -s one.txt tree/link
	diff -u a.txt c.txt >d.patch || true
	printf 'define(x, 1)x y\n' >in.m4
	printf '{"a": [1, 2]}\n' >in.json
	printf '<r><a>1</a></r>\n' >in.xml
	cat >style.xsl <<-'XSL'
		<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
		<xsl:output method="text"/><xsl:template match="/">[<xsl:value-of select="r/a"/>]</xsl:template>
		</xsl:stylesheet>
	XSL
	printf '# Title\n\nSome *text*.\n' >in.md
	printf 'import sys\nopen(sys.argv[1], "w").write("python\\n")\n' >write.py
	printf 'require("fs").writeFileSync(process.argv[2], "node\\n")\n' >write.js
	printf '#!/bin/sh\necho script >"$1"\n' >write.sh
	chmod 755 write.sh
	printf '%%!PS\n100 100 moveto 200 200 lineto stroke showpage\n' >in.ps
	make_pdf in.pdf one two three
	gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -o two.pdf in.ps in.ps
	convert -size 60x40 gradient:red-blue -strip in.png
	convert in.png in.jpg
	printf '%%!PS\n9 9 scale 4 4 8 [4 0 0 4 0 0] {<00112233445566778899aabbccddeeff>} image showpage\n' >picture.ps
	gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -o picture.pdf picture.ps
	printf '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="5" height="5"/></svg>\n' >in.svg
	echo 'digraph { a -> b }' >in.dot
	"$PYTHON" - <<-'WAV'
		import wave
		w = wave.open("in.wav", "wb")
		w.setnchannels(1); w.setsampwidth(2); w.setframerate(8000)
		w.writeframes(bytes(i * 7 % 251 for i in range(16000)))
	WAV
	printf 'int main(void) { return 0; }\n' >main.c
	printf '.globl x\nx:\t.long 1\n' >x.s
	as -o x.o x.s
	gcc -g -o program main.c
	printf 'all: out.txt ../built.txt\nout.txt:\n\techo made >$@\n../built.txt:\n\techo beside >$@\n' >proj/Makefile
	printf 'all:\n\techo made >made.txt\n' >Makefile
	tar -cf in.tar tree
	zip -qrX in.zip tree
	7z a -bd in.7z tree >/dev/null
	gzip -nc a.txt >packed.txt.gz
	gpg --enarmor <a.txt >in.asc 2>/dev/null
	sqlite3 data.db 'create table t(a); insert into t values(1),(2);'
	git -c init.defaultBranch=main init -q --template= repo
	echo tracked >repo/file
	git -C repo add file
	git -C repo -c user.name=A -c user.email=a@example.com commit -q -m first
	find . -exec touch -h -d '2021-03-04 05:06:07 UTC' {} +
}

# Empty what is random: its name and mode are compared all the same.
blank() { # FILE...
	local file
	for file; do [ ! -s "$file" ] || : >"$file"; done
}
export -f blank

# One run in a copy of the fixture; what came to be below /tmp and in the home is moved into the copy.
field_run() { # NAME LINE
	local status=0 file
	rm -rf "$WORK/run"
	cp -a "$FIXTURE" "$WORK/run"
	(cd "$WORK/run" && bash -c "$2" >"$WORK/$1.out" 2>"$WORK/$1.err" </dev/null) || status=$?
	echo $status >"$WORK/$1.status"
	for file in "$IN_TMP"* "$IN_HOME"*; do
		[ ! -e "$file" ] || mv "$file" "$WORK/run/elsewhere.${file##*.}"
	done
	# what holds the time of the run or the number of an inode
	find "$WORK/run" -path '*/.git/index' -delete -o -path '*/.git/logs/*' -delete -o -name pyvenv.cfg -delete
	tree_of "$WORK/run" >"$WORK/$1.tree"
}

# What a line comes to, in $came_to; @ stands for sbx-wrap, $TMP and $HOME_ begin names there.
field_measure() { # LINE
	local part differs=
	field_run plain "${1//@ /}"
	field_run wrapped "${1//@ /\"$SBX\" }"
	for part in status out tree; do
		cmp -s "$WORK/plain.$part" "$WORK/wrapped.$part" || differs+=" $part"
	done
	case $differs in
	'') came_to=same ;;
	*status*)
		came_to=mute
		! grep -qE '^sbx-wrap: ' "$WORK/wrapped.err" || ! grep -qE -e '--[a-z]|hint:' "$WORK/wrapped.err" || came_to=told
		[ "$(cat "$WORK/wrapped.status")" != 0 ] || came_to=lost
		;;
	*) came_to=lost ;;
	esac
}

# Is the first word worse than the second? A line that is told and does better is to be listed as same; the others are
# debts, and whatever is better will do.
field_is_wrong() { # CAME_TO LISTED
	case "$2:$1" in
	same:same | told:told | mute:same | mute:told | mute:mute | lost:*) return 1 ;;
	esac
}

# The lines of a section of the table come to what they are said to; $FIELD_LIST is a file for what each came to.
field() { # SECTION
	local mark line tool wrong=0 count=0
	declare -A came=([same]=0 [told]=0 [mute]=0 [lost]=0)
	IN_TMP=/tmp/sbx-field.$$.$BASHPID. IN_HOME=$REAL_HOME/sbx-field.$$.$BASHPID.
	export IN_TMP IN_HOME
	while read -r mark line; do
		tool=${line#*@ }
		tool=${tool%% *}
		if [ "${tool%/*}" = "$tool" ] && ! command -v "$tool" >/dev/null; then
			echo "# not here: $line" >&3
			continue
		fi
		count=$((count + 1))
		field_measure "$line"
		came[$came_to]=$((came[$came_to] + 1))
		[ -z "${FIELD_LIST-}" ] || echo "$came_to" "$line" >>"$FIELD_LIST"
		field_is_wrong "$came_to" "$mark" || continue
		echo "$came_to instead of $mark: $line"
		diff -a "$WORK/plain.tree" "$WORK/wrapped.tree" | head -5
		echo "status $(cat "$WORK/plain.status"), wrapped $(cat "$WORK/wrapped.status"): $(head -c 600 "$WORK/wrapped.err")"
		wrong=$((wrong + 1))
	done < <(awk -v section="== $1" '/^== / { on = $0 == section; next } on && NF && !/^#/' "$TESTS/field/commands")
	echo "# $1: ${came[same]} same, ${came[told]} told, ${came[mute]} mute, ${came[lost]} lost" >&3
	[ $count -gt 0 ] && [ $wrong = 0 ]
}
