#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make and the compiler, alone and under their profiles: the same objects, programs, messages and statuses.

load same

more_setup() {
	mkdir -p "$FIXTURE/lib" "$FIXTURE/include"
	cd "$FIXTURE" || return 1
	cat >Makefile <<'END'
CFLAGS := -O2 -g -Wall -Iinclude
OBJ := main.o twice.o

program: $(OBJ) lib/libsum.a
	$(CC) -o $@ $(OBJ) -Llib -lsum -lm

%.o: %.c include/version.h include/project.h
	$(CC) $(CFLAGS) -c -o $@ $<

include/version.h: VERSION
	printf '#define VERSION "%s"\n' "$$(cat $<)" >$@

lib/libsum.a: lib/sum.c include/project.h
	$(MAKE) -C lib

check: program
	@./program 20 && echo "the test passed" | tee check.log
	@[ "$$(./program 1)" = "1.0 2 1 1" ] || { echo wrong; exit 1; }

clean:
	rm -f $(OBJ) program include/version.h lib/*.o lib/*.a

broken: broken.o
.PHONY: check clean broken
END
	cat >lib/Makefile <<'END'
libsum.a: sum.o
	$(AR) rcs $@ $^
sum.o: sum.c
	$(CC) -O1 -I../include -c -o $@ $<
END
	echo 1.0 >VERSION
	printf 'int sum(int n);\nint twice(int n);\n' >include/project.h
	printf '#include "project.h"\nint sum(int n) { return n * (n + 1) / 2; }\n' >lib/sum.c
	printf '#include "project.h"\nint twice(int n) { return 2 * n; }\n' >twice.c
	cat >main.c <<'END'
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "project.h"
#include "version.h"
int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 0;
	return printf("%s %d %d %.0f\n", VERSION, twice(n), sum(n), sqrt(n)) < 0;
}
END
	printf 'int broken(void)\n{\n\tint unused;\n\treturn nowhere + "x";\n}\n' >broken.c
	printf '#include "absent.h"\n' >absent.c
	cd "$WORK" || return 1
}

@test "make: builds, runs what it built, builds nothing twice, cleans" {
	same_status 0 make
	[ "$(run/program 4)" = "1.0 8 10 2" ]
	same_status 0 make check
	same_status 0 make -s -j2 check CFLAGS='-O0 -Iinclude'
	SAME_OPTIONS=(-p make)
	same_status 0 sh -c 'make -s && make && make -q program && touch VERSION && make -n && make clean'
	same_status 0 sh -c 'make -s program && ./program 3'
}

@test "make: errors, -k, -C, another makefile, from standard input" {
	same_status 2 make broken
	same_status 2 make -k broken program
	same_status 2 make nowhere
	same_status 2 make -f absent.mk
	same_status 0 make -C lib
	SAME_STDIN=$FIXTURE/lib/Makefile
	same_status 2 make -f -
}

@test "the compiler: programs, objects, libraries, assembly, preprocessed" {
	echo '#define VERSION "2"' >"$FIXTURE/include/version.h"
	same_status 0 gcc -O2 -g -Iinclude -c main.c
	same_status 0 cc -O2 -flto -Iinclude -o program main.c twice.c lib/sum.c -lm
	same_status 0 gcc -shared -fPIC -Iinclude -o libx.so twice.c lib/sum.c
	same_status 0 gcc -static -save-temps -Iinclude -o static main.c twice.c lib/sum.c -lm
	same_status 0 gcc -S -Iinclude twice.c
	same_status 0 gcc -E -MMD -Iinclude -o twice.i twice.c
	touch "$FIXTURE/program"
	same_status 0 gcc -pipe -Iinclude -o program main.c twice.c lib/sum.c -lm
}

@test "the compiler: a big input, standard input, errors" {
	seq -f 'int f%.0f(int x) { return x * %.0f + 1; }' 3000 | sed 's/ \* [0-9]*/ * 7/' >"$FIXTURE/big.c"
	same_status 0 gcc -O1 -c big.c
	SAME_STDIN=$FIXTURE/twice.c
	same_status 0 gcc -Iinclude -x c -c -o stdin.o -
	same_status 1 gcc -c -Wall broken.c
	same_status 1 gcc -c absent.c
	same_status 1 gcc -Iinclude main.c
	same_status 1 gcc nowhere.c
	same_status 0 gcc -print-search-dirs
}

@test "what is built can't read beside the tree, talk or write home, and the compiler runs nothing that it wrote" {
	home_canary
	mkdir -p tree
	cd tree
	printf 'all:\n\t-cat "%s"\n\t-echo x >../beside\n\t-bash -c "echo x >/dev/tcp/127.0.0.1/80"\n\techo x >~/sbx-made\n' "$CANARY" >Makefile
	run "$SBX" make
	expect_status 0
	expect_line 'No such file or directory'
	expect_line 'Read-only file system|Permission denied'
	[ ! -e ../beside ] && [ ! -e "$REAL_HOME/sbx-made" ]
	expect_no_line '^the secret'
	run make -i
	expect_line '^the secret'
	[ -e ../beside ] && rm "$REAL_HOME/sbx-made"
	printf '#!/bin/sh\necho ran\n' >as
	chmod +x as
	echo 'int x;' >x.c
	run gcc -B./ -c x.c
	expect_output ran
	run "$SBX" gcc -B./ -c x.c
	expect_no_line '^ran$'
}
