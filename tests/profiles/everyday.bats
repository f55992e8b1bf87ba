#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The everyday commands under the default policy, in a directory granted with --rw: what they print, how they end and what
# they leave is what it is without sbx-wrap.

load everyday

@test "ls: long, recursive, sorted, of files, links and what isn't there" {
	same ls
	same ls -lAR --time-style=full-iso
	same ls -lLh text sub
	same ls -1SrF --group-directories-first . sub
	same ls -Q --quoting-style=c sub
	same_status 2 ls -l nowhere text/words
}

@test "cat and those that print a file some other way" {
	same cat text/words text/utf8
	same cat -A text/odd
	same tac text/words
	same nl -ba text/config.ini
	same rev text/words
	same od -c text/odd
	same od -An -tx1z sub/binary
	same hexdump -C sub/binary
	same base64 sub/binary
	same fold -w 20 sub/deep/er/lines
	same fmt text/words
	same pr -3 -t -l 30 sub/deep/er/lines
	same expand text/table
	same column -t text/table
	same_status 1 cat text/words nowhere empty-dir
}

@test "head, tail, wc" {
	same head -n 3 text/words text/numbers
	same head -c 10 sub/binary
	same tail -n 4 text/numbers
	same tail -n +990 sub/deep/er/lines
	same tail -c 100 sub/binary
	same wc text/words sub/deep/er/lines sub/binary
	same wc -l link
	same_status 1 wc nowhere
}

@test "standard input from a file" {
	export SAME_STDIN=$FIXTURE/text/words
	same cat
	same sort
	same wc -c
	same tr a-z A-Z
	same sh -c 'read -r first; echo "<$first>"; cat'
	same tee copy1 copy2
	same dd bs=7 count=3 status=none
	same cat /dev/stdin
	same cp /dev/stdin copied
}

@test "cp: files, trees, modes, times, links, sparse files, over what is there" {
	export SAME_TIMES=1
	shell 'cp -p text/words new && cp -a sub copy && cp -a link dangling copy/ && touch -d @0 copy'
	shell 'cp -aL link followed && cp -al sub linked && stat -c %h sub/hard'
	shell 'truncate -s 1M holes && printf x >>holes && cp --sparse=always holes h2 && cmp holes h2; touch -d @0 holes h2'
	shell 'cp -p --reflink=auto text/words text/utf8 b/ && cp -pb text/words b/words && cp -pu text/utf8 b/words && touch -d @0 b'
	unset SAME_TIMES
	same cp text/words text/utf8
	SAME_UNORDERED=1 same cp -rv text new
	same cp -n text/words text/utf8
	same_status 1 cp text nowhere/x
	same_status 1 cp text/words text/words
}

@test "mv: in a directory, across directories, over files, out of /tmp" {
	same mv text/words text/renamed
	same mv -v text/words text/utf8 'name with spaces' empty-dir/
	same mv sub/deep a/
	same mv -b text/words text/utf8
	same mv -n text/words text/utf8
	same mv a b/
	shell 'd=$(mktemp -d) && cp -a text $d/ && mv $d/text moved && rmdir $d && ls moved'
	same_status 1 mv text/words nowhere/x
	same_status 1 mv a a/a
}

@test "rm, rmdir, unlink" {
	same rm text/words dangling
	SAME_UNORDERED=1 same rm -rv sub
	same rmdir empty-dir
	same unlink link
	shell 'cd sub && rm ./-dash -- -x'
	same_status 1 rmdir sub
	same_status 1 rm empty-dir nowhere
	same rm -f nowhere
}

@test "ln, readlink, realpath" {
	same ln text/words again
	same ln -s ../b/common a/other
	same ln -sfn b sub/dirlink
	same ln -sr text/words sub/deep/relative
	same readlink link dangling
	shell 'readlink -f sub/dirlink/er/lines | sed "s,^$PWD,,"'
	same realpath --relative-to=. sub/dirlink/er
	same_status 1 ln text/words text/utf8
	same_status 1 readlink text/words
}

@test "mkdir, install, mktemp, mkfifo" {
	same mkdir -p new/er/est
	same mkdir -m 700 private
	same install -m 640 -D text/words etc/deep/words
	same install -d -m 711 one two
	same install -p -b text/utf8 text/words
	shell 'mkfifo pipe && { cat text/words >pipe & } && wc -l <pipe && wait && rm pipe'
	shell 'f=$(mktemp) && test -w "$f" && test "$(stat -c %a "$f")" = 600 && rm "$f" && echo ok'
	shell 'f=$(mktemp -p . made.XXXXXX) && test -s "$f"; echo $?; mv "$f" fixed'
	same_status 1 mkdir text
}

@test "touch and the times of files" {
	export SAME_TIMES=1
	shell 'touch -d "2010-10-10 10:10:10 UTC" text/words newfile'
	shell 'touch -r text/table text/utf8 && touch -m -d @86400 text/numbers && touch -h -d @1 dangling'
	shell 'touch -c nowhere && touch -a -d @5 empty && stat -c "%X %Y" empty'
	shell 'test text/table -ot text/words && test ! text/words -nt text/words; echo $?'
}

@test "chmod, chown to oneself, umask" {
	same chmod 640 text/words
	same chmod -R u=rwX,go= sub
	same chmod -v +x text/words
	shell 'chown "$(id -u):$(id -g)" text/words && chgrp "$(id -g)" sub && echo ok'
	shell 'umask 027 && touch f && mkdir d && umask -S'
	is_root || shell 'chmod 000 text/words; cat text/words; test -r text/words; echo $?; chmod 644 text/words'
	same_status 1 chmod 644 nowhere
}

@test "stat, file, du" {
	same stat -c '%n %s %a %F %h %N %Y %u %g %U %G' text/words sub link dangling run.sh
	same stat -f -c '%T %S' .
	same file text/words sub/binary run.sh link empty
	same du -ab --apparent-size sub
	same_status 1 stat nowhere
}

@test "sort, uniq, shuf, tsort" {
	same sort text/words
	same sort -u -r text/words
	same sort -n text/numbers
	same sort -t "$(printf '\t')" -k2,2 text/table
	same sort -c text/words
	same sort -o text/words text/words
	shell 'sort text/words | uniq -c | sort -k1,1nr -k2'
	same shuf --random-source=sub/binary text/words
	shell 'printf "a b\nb c\nc d\n" | tsort'
	shell 'LC_ALL=C sort text/words text/utf8; LC_ALL=C.UTF-8 sort -f text/words'
}

@test "sort of more than it keeps in memory" {
	shell 'awk "BEGIN { x = 1; for (i = 0; i < 300000; i++) { x = (x * 16807) % 2147483647; print x } }" >big
		sort -S 1M --parallel=2 -n big >sorted && sort -S 512K -T . -r big | cksum && sort -m sorted sorted | tail -1 && rm big'
}

@test "cut, paste, tr, join, comm" {
	same cut -f 2,3 text/table
	same cut -c 1-3 text/words
	same paste text/words text/numbers
	same paste -sd, text/numbers
	shell 'tr -d aeiou <text/words; tr -cs "[:alnum:]" "\n" <text/config.ini; tr "[:lower:]" "[:upper:]" <text/utf8'
	shell 'join <(sort a/common) <(sort b/common); join -a1 -v2 a/common b/common'
	shell 'comm <(sort a/common) <(sort b/common); comm -13 a/common b/common'
}

@test "sums: made and checked" {
	same sha256sum text/words sub/binary
	same md5sum --tag link
	same cksum text/words
	same b2sum text/words
	shell 'sha1sum text/* >sums && sha1sum -c sums && echo x >>text/words && sha1sum -c sums'
	[ "$(cat "$WORK/plain.status")" = 1 ]
}

@test "grep: recursive, counted, with context, with Perl's expressions, without a match" {
	same grep -r apple .
	same grep -rlZ e --include='*s' .
	same grep -rnE 'app|fig' text sub
	same grep -c seven sub/deep/er/lines
	same grep -n -B1 -A2 '^99' sub/deep/er/lines
	same grep -oP '(?<=\w)seven(?=\d)' sub/deep/er/lines
	same grep -iv APPLE text/words
	same grep -f text/words sub/hard
	same grep byte text/odd
	same_status 1 grep nothing text/words
	same_status 2 grep x nowhere
	same_status 2 grep '[' text/words
}

@test "find: tests, formats, -exec, -delete" {
	same find . -name '*s' -o -type l
	same find . -type f -size +2k -printf '%p %s %m %TY\n'
	same find sub -newer text/table -perm -600
	same find -L . -name words
	same find text -type f -exec wc -l {} \;
	same find text -type f -exec grep -c e {} +
	same find . -empty -delete
	same find . -execdir echo {} \;
	same find . -regex '.*/\(a\|b\)/.*' -prune -print
	same_status 1 find nowhere
}

@test "xargs: many arguments, in parallel, its statuses" {
	shell 'find . -type f -print0 | xargs -0 -n 2 ls -d'
	shell 'seq 20 | xargs -P 4 -I{} sh -c "echo {} >out.{}"; ls out.* | wc -l'
	shell 'seq 5000 | xargs -n 100 echo | cksum'
	shell 'seq 3 | xargs -I N cp text/words N'
	shell 'echo 1 | xargs false; echo $?; echo 1 | xargs sh -c "exit 255"; echo $?; echo | xargs nowhere; echo $?'
}

@test "sed: scripts, in place, with copies, writing files" {
	same sed -n '2,4p;$=' text/words
	same sed -E 's/(.)(.)/\2\1/;/^#/d' text/config.ini text/words
	same sed -i 's/apple/APPLE/g' text/words
	same sed -i.bak -e '1d' text/words text/utf8
	same sed -i --follow-symlinks '1i first' link
	same sed -n '/e/w with-e' text/words
	same sed '/fig/r text/utf8' text/words
	same_status 1 sed 's/x' text/words
	same_status 2 sed p nowhere
	same_status 4 sed -i p empty-dir
}

@test "awk: fields, arrays, printf, files, commands" {
	same awk -F'\t' '{ n[$3] += $1 } END { for (c in n) print c, n[c] | "sort" }' text/table
	same awk '{ print > ("split." (NR % 3)) }' text/words
	same awk 'BEGIN { "pwd -P | wc -l" | getline n; print n; system("echo from the shell"); printf "%.3f\n", atan2(0, -1) }'
	same awk 'FNR == NR { seen[$0]; next } !($0 in seen)' a/common b/common
	same_status 3 awk 'BEGIN { exit 3 }'
	same_status 2 awk '{ print }' nowhere
}

@test "perl: one-liners" {
	same perl -pe 's/(\w+)/\u$1/' text/words
	same perl -i.orig -ne 'print unless /apple/' text/words
	same perl -MList::Util=sum -lne 'push @n, $_; END { print sum @n }' text/numbers
	same perl -e 'open my $f, ">", "made" or die; print $f `cat text/utf8`; close $f; exit 5'
	same perl -MPOSIX -e 'my $p = fork; if (!$p) { exit 3 } waitpid $p, 0; print WEXITSTATUS($?), "\n"'
	same_status 2 perl -e 'open F, "nowhere" or die "no: $!\n"'
}

@test "tee, cat and redirections" {
	shell 'cat text/words | tee one two | wc -l; echo more | tee -a one; cat one'
	shell 'echo out; echo err >&2; { echo a; echo b >&2; } >both 2>&1; ls nowhere text 2>err >/dev/null; cat err'
	shell 'exec 3<text/words 4>four; read -r -u 3 x; echo "$x" >&4; cat <&3; exec 3<&- 4>&-; cat four'
	shell 'set -C; echo x >text/words; echo "status $?"; echo y >|text/words; cat text/words'
	shell 'exec 5<>text/utf8; echo xx >&5; cat <&5'
	shell 'cat </dev/fd/0 <text/words; echo to stdout >/dev/stdout; echo to stderr >/dev/stderr; head -c 5 /dev/zero | od -An -tx1'
	shell 'echo x >/dev/full; echo "status $?"; echo gone >/dev/null; cat /dev/null | wc -c'
}

@test "dd, truncate, fallocate, split, csplit" {
	same dd if=sub/binary of=part bs=100 skip=3 count=5 status=none
	shell 'dd if=text/words of=sub/binary bs=1 seek=50 conv=notrunc status=none'
	shell 'dd if=/dev/zero bs=64K count=100 status=none | cksum'
	shell 'truncate -s 5 text/words && truncate -s +100 text/utf8 && fallocate -l 5000 five'
	same split -l 300 -d sub/deep/er/lines piece.
	shell 'split -b 1000 sub/binary x && cat x?? | cmp - sub/binary && split -n l/3 --filter="wc -l" sub/deep/er/lines'
	same csplit -s sub/deep/er/lines /500/ '{1}'
}

@test "diff, cmp, patch" {
	same_status 1 diff -u a/common b/common
	same_status 1 diff -rq a b
	same_status 1 diff -y -W 40 a/common b/common
	same diff text/words link
	same_status 1 cmp a/common b/common
	same_status 2 diff nowhere a
	shell 'diff -u a/common b/common >d; patch a/common <d && cmp a/common b/common; patch -R -b a/common <d; cat a/common'
}

@test "tar of a tree, through a pipe and back" {
	export SAME_TIMES=1
	shell 'mkdir out && tar c text sub link dangling run.sh | tar x -C out && diff -r --no-dereference text out/text && touch -d @0 out'
	shell 'tar czf t.tgz --sort=name sub && tar tvzf t.tgz --full-time && mkdir x && tar xpf t.tgz -C x && rm t.tgz && touch -d @0 x'
	shell '(cd sub && tar cf - .) | (mkdir c && cd c && tar xf -); touch -d @0 c'
	shell 'tar cf - --exclude=deep sub | tar t | sort'
	unset SAME_TIMES
	same_status 2 tar tf text/words
	same_status 2 tar cf t.tar nowhere
}

@test "gzip and back, in place and through a pipe" {
	shell 'gzip -n text/words && zcat text/words.gz && gunzip text/words.gz && gzip -c9n sub/binary | gunzip | cmp - sub/binary'
	shell 'zgrep -c apple <(gzip -c text/words); gzip -t text/words; echo $?'
}

@test "small ones" {
	same echo -e 'a\tb' '*'
	same_status 1 expr 1 - 1
	same_status 1 test 1 -gt 2
	same env TZ=Europe/Berlin date -d '2024-07-01 12:00 UTC'
	same uname -a
	same id -un
	same iconv -f UTF-8 -t LATIN1 text/words
	shell 'env printf "%s|%5.2f|%x\n" a 3.14159 255; seq -w 8 12; expr 6 "*" 7; date -u -d @1000000000 "+%F %T %Z %A"
		factor 1234567890; numfmt --to=iec 1048576; basename /x/y.txt .txt; dirname /x/y.txt; true; echo $?; false; echo $?'
	shell 'nproc; getconf PAGESIZE; arch; hostname; id -u; id -g; whoami; logname 2>&1; tty; iconv -f UTF-8 -t UTF-16LE text/words'
	shell 'command -v sort; type -t cd ls; which awk'
}

@test "commands that run commands: env, nice, timeout, nohup, flock, setsid" {
	same env -i A=1 B=2 env
	same env A='x y' sh -c 'echo "$A"'
	same nice -n 5 nice
	same_status 124 timeout 0.2 sleep 60
	same timeout 60 echo in time
	same_status 125 timeout
	same nohup echo not a terminal
	same flock text/words sh -c 'flock -n text/words true; echo $?'
	same setsid -w echo another session
	same stdbuf -oL cat text/words
	same sh -c 'ulimit -n 64; ulimit -n; ulimit -f 1; dd if=/dev/zero of=big bs=1k count=4 2>/dev/null; echo $?; wc -c <big'
	same_status 127 env nowhere
}

@test "many files and long names" {
	shell 'mkdir many && cd many && seq 2000 | xargs touch && ls | wc -l && rm 1* && ls | sort -n | tail -3'
	shell 'n=$(printf "%0255d" 0); echo x >$n && ls $n && mv $n short; touch ${n}1; echo $?'
	shell 'd=.; for i in $(seq 60); do d=$d/a-name-of-some-length; done; mkdir -p $d && echo deep >$d/f && find . -name f | wc -c && rm -r a-name*'
}

@test "hard links and what cp -a makes of them" {
	shell 'ln text/words h1; ln h1 h2; rm text/words; cat h2; stat -c %h h1; cp -a h1 h2 a; stat -c %h a/h1'
}

@test "extended attributes" {
	(mkdir probe && setfattr -n user.color -v red probe) || skip "no extended attributes here"
	setfattr -n user.color -v red "$FIXTURE/text/words"
	shell 'getfattr -n user.color text/words; setfattr -n user.shape -v round text/utf8; cp -a text new; getfattr -d new/*'
}

@test "what lies beside the granted directory stays out of reach" {
	echo s3cret >secret
	run_in_copy wrapped "$SBX" --rw . sh -c 'echo x >../outside; mkdir ../dir; ls -A ..; cat ../secret'
	[ ! -e outside ] && [ ! -e dir ]
	grep -q "'\.\.': Permission denied" wrapped.err # not what happens to be there inside
	run ! grep -q 'secret\|s3cret' wrapped.out
	run_in_copy plain sh -c 'echo x >../outside; cat ../secret'
	[ -e outside ]
	grep -q s3cret plain.out
}
