#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# tar, zip, unzip and 7z: alone and wrapped they end alike.

load same

setup_file() {
	PATH=/usr/bin:/bin
	mkdir "$BATS_FILE_TMPDIR/fixture"
	cd "$BATS_FILE_TMPDIR/fixture"
	mkdir -p tree/deep/er out
	seq 1 3000 >tree/numbers
	head -c 300000 /dev/zero >tree/deep/zeros
	echo run >tree/deep/er/script
	chmod 755 tree/deep/er/script
	ln -s ../numbers tree/deep/link
	echo 'with a space' >'tree/a name'
	find tree -exec touch -h -d '2009-01-02 03:04:05' {} +
	tar -cf in.tar tree
	tar -czf in.tgz tree
	tar -cjf in.tbz tree
	tar -cJf in.txz tree
	tar --zstd -cf in.tzst tree
	zip -qry in.zip tree
	# one wrong password in 256 passes an entry's own check: of the few entries none here
	until zip -qrP pass locked.zip tree && { unzip -qtP wrong locked.zip >/dev/null 2>&1; [ $? = 1 ]; }; do
		rm locked.zip
	done
	7z a -bd in.7z tree/numbers tree/deep/zeros "tree/a name" >/dev/null
	echo older >old.tar
	echo 'no archive' >bad.tar
	cp bad.tar bad.zip
	cp bad.tar bad.7z
	head -c 5000 in.tgz >cut.tgz
	touch -d '2009-01-02 03:04:05' in.*
}

more_setup() {
	FIXTURE=$BATS_FILE_TMPDIR/fixture
	PATH=/usr/bin:/bin
}

@test "tar: lists" {
	same_status 0 tar -tf in.tar
	same_status 0 tar tvf in.tar
	same_status 0 tar -tzf in.tgz
	same_status 0 tar tjf in.tbz
	same_status 0 tar --list -f in.txz
	SAME_STDIN=$FIXTURE/in.tar same_status 0 tar -t
}

@test "tar: extracts into the current directory, and with -C, from every compression" {
	local archive
	export SAME_TIMES=1
	for archive in in.tar in.tgz in.tbz in.txz in.tzst; do
		same_status 0 tar -xf "$archive" -C out
	done
	same_status 0 tar xf in.tar
	same_status 0 tar xzvf in.tgz
	same_status 0 tar --extract --file=in.tar --directory=out tree/numbers
	same_status 0 tar -xf in.tar --strip-components=1 -C out
	same_status 0 tar -xOf in.tar tree/numbers
	SAME_STDIN=$FIXTURE/in.tgz same_status 0 tar xz -C out
}

@test "tar: creates, with every compression, over what is there, into a pipe" {
	same_status 0 tar -cf new.tar tree
	same_status 0 tar czf out/new.tgz tree
	same_status 0 tar cvjf new.tbz tree/deep 'tree/a name'
	same_status 0 tar -cJf new.txz --exclude=zeros tree
	same_status 0 tar --create --file=old.tar tree
	same_status 0 tar -cf - tree
	same_status 0 tar -czf new.tgz -C tree deep
	same_status 0 tar -rf in.tar 'tree/a name'
}

@test "tar: errors" {
	same_status 2 tar -xf bad.tar
	same_status 2 tar -xf absent.tar
	same_status 2 tar -tzf cut.tgz
	same_status 2 tar -cf new.tar absent
	same_status 2 tar -tf in.tar absent
	same_status 2 tar
}

@test "zip: makes, adds to and deletes from an archive" {
	same_status 0 zip -qX new.zip tree/numbers
	same_status 0 zip -rX new.zip tree
	same_status 0 zip -qrX new tree -x '*zeros'
	same_status 0 zip -qX -j out/new.zip tree/numbers tree/deep/zeros
	same_status 0 zip -qX in.zip 'tree/a name'
	same_status 0 zip -q -d in.zip tree/numbers
	same_status 0 zip -qrX - tree
	same_status 12 zip -q new.zip absent
}

@test "unzip: lists, tests, prints, extracts" {
	export SAME_TIMES=1
	same_status 0 unzip -q -o in.zip
	same_status 0 unzip in.zip -d out
	same_status 0 unzip -q -o in.zip 'tree/n*' -d out
	same_status 0 unzip -l in.zip
	same_status 0 unzip -t in.zip
	same_status 0 unzip -p in.zip tree/numbers
	same_status 0 unzip -q -P pass locked.zip -d out
	same_status 1 unzip -q -P wrong locked.zip -d out
	same_status 9 unzip -q bad.zip
	same_status 9 unzip -q absent.zip
	same_status 11 unzip -q in.zip absent
}

@test "7z: lists, tests, extracts, adds" {
	local quiet='/(Oxide|CPU|processor|p7zip Version|^7-Zip)/d; /^(Physical Size|Created|Modified|Accessed|Path)/d'
	SAME_FILTER=$quiet same_status 0 7z l in.7z
	SAME_FILTER=$quiet same_status 0 7z t in.7z
	SAME_FILTER=$quiet same_status 0 7z x -bd -y in.7z
	SAME_FILTER=$quiet same_status 0 7z x -bd -oout in.7z
	SAME_FILTER=$quiet same_status 0 7z e -bd -y -oout in.7z
	SAME_FILTER=$quiet same_status 0 7z a -bd -mtm=off -mtc=off -mta=off -mmt=1 new.7z tree/numbers "tree/a name"
	SAME_FILTER=$quiet same_status 0 7z a -bd -tzip -mtc=off new.zip tree/numbers
	SAME_FILTER=$quiet same_status 0 7z d -bd in.7z tree/numbers
	SAME_FILTER=$quiet same_status 0 7z a -bd -mtm=off -mtc=off -mta=off -mmt=1 -v1k new.7z tree/numbers
	SAME_FILTER=$quiet same_status 0 7z a -bd -mtm=off -mtc=off -mta=off -mmt=1 new.7z tree/numbers -sdel
	SAME_FILTER=$quiet same_status 2 7z x -bd bad.7z
	SAME_FILTER=$quiet same_status 2 7z l absent.7z
}
