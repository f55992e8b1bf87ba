#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# exiftool, sqlite3 and pandoc: alone and wrapped they end alike.

load same

setup_file() {
	PATH=/usr/bin:/bin
	mkdir "$BATS_FILE_TMPDIR/fixture"
	cd "$BATS_FILE_TMPDIR/fixture"
	convert -size 64x48 gradient:red-blue -strip picture.jpg
	exiftool -q -overwrite_original -Artist='A. N. Other' -DateTimeOriginal='2009:01:02 03:04:05' picture.jpg
	cp picture.jpg other.jpg
	touch -d '2009-01-02 03:04:05' picture.jpg other.jpg
	sqlite3 data.db 'create table t(a integer primary key, b text); insert into t(b) values("x"),("y"),("z");'
	seq 1 20000 | sed 's/.*/insert into t(b) values("row &");/; 1s/^/begin;/; $s/$/ commit;/' >many.sql
	printf '# Title\n\nSome *text* and a [link](http://example.com/).\n\n- one\n- two\n' >in.md
	printf 'a,b\n1,2\n' >in.csv
	printf '![p](picture.jpg)\n' >picture.md
	pandoc picture.md -o picture.docx
	echo older >old.html
	echo 'no picture' >not.jpg
	mkdir sub
}

more_setup() {
	FIXTURE=$BATS_FILE_TMPDIR/fixture
	PATH=/usr/bin:/bin
}

@test "exiftool: reads, in several forms" {
	local times='/(File Access|File Inode Change)/d; /"(FileAccessDate|FileInodeChangeDate)"/d; /<System:FileAccess|<System:FileInode/d'
	SAME_FILTER=$times same_status 0 exiftool picture.jpg
	same_status 0 exiftool -Artist -s3 picture.jpg other.jpg
	SAME_FILTER=$times same_status 0 exiftool -json -n picture.jpg
	SAME_FILTER=$times same_status 0 exiftool -X picture.jpg
	same_status 0 exiftool -p '$FileName: $Artist' picture.jpg
	same_status 0 exiftool -b -Artist picture.jpg
	same_status 1 exiftool absent.jpg
	same_status 0 exiftool -ver
}

@test "exiftool: writes, keeps the original or not, into another file" {
	same_status 0 exiftool -Artist=Somebody picture.jpg
	same_status 0 exiftool -overwrite_original -all= picture.jpg other.jpg
	same_status 0 exiftool -o sub/new.jpg -Comment=made picture.jpg
	same_status 0 exiftool -P -Artist=Somebody other.jpg
	same_status 1 exiftool -Artist=Somebody not.jpg
	same_status 0 exiftool picture.jpg -Artist=Somebody
	same_status 0 exiftool '-Comment<Artist' picture.jpg
	same_status 0 exiftool -tagsFromFile picture.jpg -Artist other.jpg
	same_status 0 exiftool picture.jpg -Artist=Somebody -o new.jpg
	same_status 0 exiftool -o sub/ picture.jpg
	same_status 0 exiftool -Artist -w txt picture.jpg other.jpg
}

# A directory of databases that were left in the midst of a transaction, or with a log that isn't in them yet.
databases() { # DIR
	mkdir -p "$1"
	/usr/bin/python3 - "$1" <<-'END'
		import os, shutil, sqlite3, sys
		os.chdir(sys.argv[1])
		log = sqlite3.connect("source.db", isolation_level=None)
		log.execute("pragma journal_mode = wal")
		log.execute("create table t(x)")
		log.execute("pragma wal_checkpoint(truncate)")
		log.execute("insert into t values(42)")
		for end in ("", "-wal"):
		    shutil.copy("source.db" + end, "log.db" + end)
		hot = sqlite3.connect("source2.db", isolation_level=None)
		hot.execute("create table t(x)")
		hot.executemany("insert into t values(?)", [(1,)] * 2000)
		hot.execute("pragma cache_size = 5")
		hot.execute("begin")
		hot.execute("update t set x = 7")
		for end in ("", "-journal"):
		    shutil.copy("source2.db" + end, "hot.db" + end)
	END
	rm "$1"/source*
}

@test "sqlite3: what a database's journal says counts, or it is an error" {
	FIXTURE=$WORK/databases
	databases "$FIXTURE"
	same_status 0 sqlite3 -readonly log.db 'select sum(x) from t'
	same_status 8 sqlite3 -readonly hot.db 'select sum(x) from t'
	same_status 0 sqlite3 hot.db 'select sum(x) from t'
	cd "$FIXTURE"
	# a command that knows nothing of it: no old sum
	run "$SBX" -p python3 python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("select sum(x) from t").fetchone())' hot.db
	expect_no_line '^\('
	expect_line 'readonly database'
	# somebody else's beside it, or a link, is none
	mv log.db-wal other
	ln -s other log.db-wal
	run "$SBX" --dry-run cat log.db
	expect_no_line 'log.db-wal'
	rm log.db-wal
	mv other log.db-wal
	run "$SBX" --dry-run cat log.db
	expect_line 'log.db-wal'
}

@test "sqlite3: queries, changes, new databases, scripts on standard input, errors" {
	same_status 0 sqlite3 data.db 'select * from t'
	same_status 0 sqlite3 -header -csv data.db 'select a, b from t where a > 1'
	same_status 0 sqlite3 data.db 'insert into t(b) values("w"); delete from t where a = 1; select count(*) from t'
	same_status 0 sqlite3 new.db 'create table n(x); insert into n values(1)'
	same_status 0 sqlite3 sub/new.db 'create table n(x)'
	same_status 0 sqlite3 -readonly data.db '.dump'
	SAME_STDIN=$FIXTURE/many.sql same_status 0 sqlite3 data.db
	same_status 0 sqlite3 data.db 'pragma journal_mode=wal; insert into t(b) values("v"); select count(*) from t'
	same_status 0 sqlite3 :memory: 'select 6 * 7'
	same_status 1 sqlite3 data.db 'select * from absent'
	same_status 1 sqlite3 absent/new.db 'create table n(x)'
	same_status 26 sqlite3 not.jpg 'select * from sqlite_master'
}

@test "pandoc: formats, options, standard output and input, an old output, errors" {
	same_status 0 pandoc in.md -o out.html
	same_status 0 pandoc -s --metadata title=T in.md -o old.html
	same_status 0 pandoc in.md -t rst
	same_status 0 pandoc -f csv in.csv -t markdown
	same_status 0 pandoc -t json in.md -o sub/out.json
	same_status 0 pandoc in.md -t latex --output=out.tex
	SOURCE_DATE_EPOCH=1000000000 same_status 0 pandoc in.md -o out.docx
	SAME_STDIN=$FIXTURE/in.md same_status 0 pandoc -t plain
	same_status 0 pandoc -so out.html -M title=Foo in.md
	same_status 0 pandoc -Mtitle=Foo in.md -oout.html
	same_status 0 pandoc in.md -o out.html --log=log.json
	same_status 0 pandoc picture.docx --extract-media=sub -o out.md
	same_status 1 pandoc absent.md -o out.html
	same_status 21 pandoc -f nonsense in.md -o out.html
}
