#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gzip, gunzip, zcat, bzip2, xz and zstd: alone and wrapped they end alike, times and modes too.

load same

setup_file() {
	PATH=/usr/bin:/bin
	mkdir "$BATS_FILE_TMPDIR/fixture"
	cd "$BATS_FILE_TMPDIR/fixture"
	seq 1 2000 >plain.txt
	seq 1 300000 >big.txt
	echo secret >private.txt
	chmod 600 private.txt
	touch -d '2009-01-02 03:04:05' plain.txt private.txt
	cp -p plain.txt 'a name; $(odd)'
	mkdir sub tree tree/deep
	cp -p plain.txt sub/in.txt
	cp -p plain.txt tree/one
	cp -p plain.txt tree/deep/two
	for tool in gzip bzip2 xz zstd; do
		"$tool" -k plain.txt 2>/dev/null
	done
	tar -czf packed.tgz plain.txt
	gzip -c plain.txt >packed.foo
	gzip -c plain.txt >packed-gz
	xz --format=lzma -c plain.txt >other.lzma
	mkdir samples
	for n in $(seq 12); do seq "$n" $((n + 400)) >samples/"$n"; done
	echo 'not compressed' >bad.gz
	cp bad.gz bad.bz2
	cp bad.gz bad.xz
	cp bad.gz bad.zst
	head -c 200 plain.txt.gz >cut.gz
	echo older >there.txt.gz
	echo new >there.txt
}

more_setup() {
	FIXTURE=$BATS_FILE_TMPDIR/fixture
	PATH=/usr/bin:/bin
	export SAME_TIMES=1
}

@test "gzip: replaces, keeps, several operands, suffixes, other directories" {
	same_status 0 gzip big.txt
	same_status 0 gzip -9 private.txt 'a name; $(odd)'
	same_status 0 gzip -k sub/in.txt
	same_status 0 gzip -d plain.txt.gz -f
	same_status 0 gzip -d packed.tgz
	same_status 0 gzip -v -f there.txt
}

@test "gzip and xz: suffixes of one's own, added and removed" {
	same_status 0 gzip -S .foo plain.txt
	same_status 0 gzip plain.txt -S .foo
	same_status 0 gzip -d -S .foo packed.foo
	same_status 0 gzip -dS .foo packed.foo
	same_status 0 gzip -d packed-gz
	same_status 0 xz -S .foo plain.txt
	same_status 0 xz plain.txt -S.foo
	same_status 0 unxz other.lzma
}

@test "xz: lzip's files" {
	# made by lzip 1.22 from "lzip\n"
	base64 -d >"$FIXTURE/made.lz" <<<'TFpJUAEMADYeiVawAbab///9kDAA7k2OFgUAAAAAAAAAKQAAAAAAAAA='
	same_status 0 xz -d made.lz
	same_status 0 xz -dk made.lz
	same_status 0 unxz made.lz
}

@test "gzip: standard output and input, tests, lists" {
	same_status 0 gzip -c plain.txt
	same_status 0 gzip -dc plain.txt.gz
	same_status 0 gzip -t plain.txt.gz
	same_status 0 gzip -l plain.txt.gz
	SAME_STDIN=$FIXTURE/plain.txt same_status 0 gzip -n
	SAME_STDIN=$FIXTURE/plain.txt.gz same_status 0 gzip -d
}

@test "gzip: errors, an output that exists" {
	same_status 1 gzip -d bad.gz
	same_status 1 gzip absent
	same_status 2 gzip there.txt
	same_status 1 gzip -d cut.gz
	same_status 1 gzip -t cut.gz
	same_status 0 gzip plain.txt.gz
}

@test "gzip -r: a tree that is named" {
	same_status 0 gzip -r tree
}

@test "gunzip and zcat: scripts that start gzip" {
	same_status 0 gunzip -f plain.txt.gz
	same_status 0 gunzip -c plain.txt.gz
	same_status 0 zcat plain.txt.gz
	same_status 0 zcat packed.tgz
	same_status 1 gunzip bad.gz
	same_status 1 zcat cut.gz
	SAME_STDIN=$FIXTURE/plain.txt.gz same_status 0 zcat
}

@test "bzip2, bunzip2, bzcat" {
	same_status 0 bzip2 big.txt
	same_status 0 bzip2 -k private.txt sub/in.txt
	same_status 0 bunzip2 -f plain.txt.bz2
	same_status 0 bzcat plain.txt.bz2
	same_status 0 bzip2 -dc plain.txt.bz2
	same_status 0 bzip2 -tv plain.txt.bz2
	same_status 1 bunzip2 absent.bz2
	same_status 2 bunzip2 bad.bz2
	SAME_STDIN=$FIXTURE/plain.txt same_status 0 bzip2
}

@test "xz, unxz, xzcat, lzma" {
	same_status 0 xz -1 big.txt
	same_status 0 xz -T2 -k private.txt
	same_status 0 xz --threads=2 --check=crc32 sub/in.txt
	same_status 0 unxz -f plain.txt.xz
	same_status 0 xzcat plain.txt.xz
	same_status 0 xz -l plain.txt.xz
	same_status 0 xz -t plain.txt.xz
	same_status 0 lzma 'a name; $(odd)'
	same_status 1 unxz bad.xz
	same_status 1 xz absent
	SAME_STDIN=$FIXTURE/plain.txt same_status 0 xz -c
}

@test "zstd, unzstd, zstdcat" {
	same_status 0 zstd -q big.txt
	same_status 0 zstd -q --rm private.txt
	same_status 0 zstd -q -T2 -19 sub/in.txt -o sub/out.zst
	same_status 0 unzstd -q -f plain.txt.zst
	same_status 0 zstdcat plain.txt.zst
	same_status 0 zstd -q -t plain.txt.zst
	same_status 0 zstd -q -dc plain.txt.zst
	same_status 0 zstd -qfo new plain.txt
	same_status 0 zstd -qdfo new plain.txt.zst
	same_status 0 zstd -q plain.txt.zst -d -f
	same_status 0 zstd -q private.txt --rm
	same_status 0 zstd -q plain.txt big.txt --output-dir-flat=sub
	same_status 0 zstd -q plain.txt big.txt --output-dir-flat sub
	same_status 0 zstd -q --patch-from=plain.txt private.txt -o new.zst
	SAME_TIMES='' same_status 0 zstd -q --train samples/1 samples/2 samples/3 samples/4 samples/5 samples/6 samples/7 samples/8 --maxdict=1024
	SAME_TIMES='' same_status 0 zstd -q --train samples/1 samples/2 samples/3 samples/4 samples/5 samples/6 samples/7 samples/8 --maxdict=1024 -o new
	same_status 1 unzstd -q bad.zst
	same_status 1 zstd -q absent
	SAME_STDIN=$FIXTURE/plain.txt same_status 0 zstd -q -c
}

@test "compressors: a suffix of one's own, whatever it is" {
	local options
	for options in 'gzip -S .f-f' 'gzip -kS .f-f' 'gzip -S.f' 'gzip --suffix .f-f' 'gzip --suffix=.f-f' 'xz -S .f-f' 'xz --suffix=.f-f'; do
		# shellcheck disable=SC2086  # words
		same_status 0 $options plain.txt || return 1
	done
}

@test "compressors: what they write under a name that nobody knows does not cost the original" {
	local tool
	for tool in 'gzip -N -d n.gz' 'xz --suff=.f-f plain.txt' 'gzip --suff=.f-f plain.txt'; do
		mkdir "$WORK/d"
		cd "$WORK/d"
		cp "$FIXTURE/plain.txt" plain.txt
		gzip -c plain.txt >n.gz
		# shellcheck disable=SC2086  # words
		run "$SBX" $tool
		[ "$status" -eq 0 ] || expect_refused 'removed by the command'
		[ -e "${tool##* }" ] || fail "$tool: $(ls -A)"
		cmp plain.txt "$FIXTURE/plain.txt"
		cd ..
		rm -r d
	done
}

@test "one's own file of another's group, and another's in one's own directory" {
	only_root
	local tool file made
	OTHERS=$(mktemp -d /srv/sbx-others.XXXXXX)
	chown 64242:64242 "$OTHERS"
	cd "$OTHERS"
	for tool in gzip bzip2 xz 'zstd -q --rm'; do
		seq 100 >group
		chown 64242:60 group
		seq 100 >root
		for file in group root; do
			# shellcheck disable=SC2086 # a command and its options
			run setpriv --reuid=64242 --regid=64242 --clear-groups env HOME=/nonexistent "$SBX" -q $tool "$file"
			expect_status 0
			[ ! -e "$file" ]
			made=$(echo "$file".*)
			[ -s "$made" ]
			[ "$(stat -c %u "$made")" = 64242 ]
			rm "$made"
		done
	done
}

more_teardown() {
	rm -rf "${OTHERS:-$WORK/others}"
}
