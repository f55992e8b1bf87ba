#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Nothing else changes: arguments, streams, descriptors, environment, directory, and what a process inherits.

load helper

# Run state.c unwrapped and wrapped through spawn.py and compare what it saw.
same() { # WHAT OPTION... : options of spawn.py
	local what=$1 native wrapped
	shift
	native=$("$PYTHON" "$SPAWN" "$@" -- "$TOOLS/state" "$what" 2>&1)
	wrapped=$("$PYTHON" "$SPAWN" "$@" -- "$SBX" "$TOOLS/state" "$what" 2>&1)
	diff <(echo "$native") <(echo "$wrapped")
}

@test "arguments arrive byte for byte" {
	same args --weird
}

@test "10,000 arguments and one of 100 kB" {
	same sum --args 10000
	same sum --big 100000
	same sum --args 10000 --big 100000
}

@test "more arguments than exec takes is an error, not a crash" {
	run bash -c '"$SBX" true $(seq 1000000)'
	[ "$status" -ne 0 ]
	[ "$status" -lt 128 ] || fail "status"
}

@test "an empty argv[0], and no argv at all, of sbx-wrap itself" {
	run "$PYTHON" "$SPAWN" --argv0 '' -- "$SBX" echo ran
	expect_line '^ran$'
	expect_line '^exited 0$'
	run "$PYTHON" "$SPAWN" --no-args -- "$SBX"
	expect_line '^exited 125$'
}

@test "an empty command name is not found" {
	run "$SBX" ''
	expect_status 127
	expect_line '^sbx-wrap: '
}

@test "standard streams are the caller's" {
	run bash -c 'echo input | "$SBX" sh -c "cat; echo err >&2" 2>err'
	expect_output input
	[ "$(cat err)" = err ]
	printf 'a\0b\377' | "$SBX" cat >out
	cmp out <(printf 'a\0b\377')
}

@test "standard streams that are closed stay closed" {
	local n
	for n in 0 1 2; do
		same fds --close $n
		run "$PYTHON" "$SPAWN" --close $n -- "$SBX" sh -c 'exit 7'
		expect_line '^exited 7$' || fail "closed $n"
	done
	run "$PYTHON" "$SPAWN" --close 0 --close 1 --close 2 -- "$SBX" sh -c 'exit 7'
	expect_line '^exited 7$'
	run "$PYTHON" "$SPAWN" --close 0 --close 1 --close 2 -- "$SBX" --no-such-option true
	expect_line '^exited 125$'
}

@test "a closed standard output is not filled with a file of ours" {
	run "$PYTHON" "$SPAWN" --close 1 -- "$SBX" sh -c 'echo lost; test -e /proc/self/fd/1 && exit 8; exit 0'
	expect_line '^exited 0$'
}

@test "descriptors above 2 are closed, unless kept" {
	echo text >file
	run "$PYTHON" "$SPAWN" --fd 7=file --fd 200=file -- "$SBX" "$TOOLS/state" fds
	expect_no_line '^fd ([3-9]|[0-9]{2,})$'
	run "$PYTHON" "$SPAWN" --fd 7=file --fd 8=file -- "$SBX" --keep-fd 7 "$TOOLS/state" fds
	expect_line '^fd 7$'
	expect_no_line '^fd 8$'
	run "$PYTHON" "$SPAWN" --fd 7=file -- "$SBX" --keep-fd 7 cat /proc/self/fd/7
	expect_line '^text$'
	run "$SBX" --keep-fd 77 true
	expect_refused '77'
}

@test "a high descriptor that the caller keeps isn't one of ours" {
	echo text >file
	local n
	for n in 10 11 12 13 14 15; do
		run "$PYTHON" "$SPAWN" --fd $n=file -- "$SBX" --keep-fd $n sh -c "cat /proc/self/fd/$n"
		expect_line '^text$' || fail "$n"
	done
}

@test "a descriptor of ours can't be kept by its number" {
	local n
	for n in 10 11 12; do
		run --separate-stderr bash -c "exec 3>status $n>&-; exec '$SBX' --status-fd 3 --keep-fd $n sh -c 'echo FORGED >&$n'"
		expect_refused "descriptor $n is not open"
		run ! grep FORGED status
		[ "$(jq -s 'map(.event) | join(" ")' status)" = '"end"' ] || fail "$(cat status)"
	done
}

@test "too few descriptors: that is said" {
	"$SBX" true
	run bash -c "ulimit -n 5; exec '$SBX' true"
	expect_status 125
	expect_line '^hint: the limit on open files is too low: raise ulimit -n$'
}

@test "/dev/stdout and /dev/stderr work when they are files" {
	"$SBX" sh -c 'echo out >/dev/stdout; echo err >/dev/stderr' >out 2>err
	[ "$(cat out)" = out ]
	[ "$(cat err)" = err ]
	# what appends can't be opened anew: nothing keeps that from cutting it
	"$SBX" sh -c 'echo more >>/dev/stdout || echo last' >>out 2>/dev/null
	[ "$(cat out)" = $'out\nlast' ]
	echo text >in
	run "$SBX" cat /dev/stdin <in
	expect_output text
	run --separate-stderr "$SBX" -p pdftotext cat /dev/stdin <in
	expect_output text
	"$SBX" sh -c 'echo x >/dev/stdin' <in || true
	[ "$(cat in)" = text ]
}

@test "/dev/stdout works when it is a pipe" {
	run bash -c '"$SBX" sh -c "echo piped >/dev/stdout" | cat'
	expect_output piped
}

@test "umask, nice, limits and signals are the caller's" {
	umask 027
	ulimit -Sn 512
	ulimit -Hn 4096 # as limits.open_files
	ulimit -f 100000
	same proc
	same proc --ignore SIGPIPE --ignore SIGINT --ignore SIGHUP --ignore SIGCHLD --block SIGUSR1 --block SIGTERM
	run nice -n 5 "$SBX" "$TOOLS/state" proc
	expect_line "^nice $(nice -n 5 nice)\$"
}

@test "core files are never written by what is inside" {
	ulimit -c unlimited || true
	run "$SBX" sh -c 'ulimit -c'
	expect_output 0
}

@test "SIGCHLD ignored by the caller doesn't lose the exit status" {
	run "$PYTHON" "$SPAWN" --ignore SIGCHLD -- "$SBX" sh -c 'exit 5'
	expect_line '^exited 5$'
	run "$PYTHON" "$SPAWN" --block SIGCHLD -- "$SBX" sh -c 'exit 5'
	expect_line '^exited 5$'
}

@test "the working directory is kept" {
	mkdir -p "sub/a b"
	cd "sub/a b"
	run "$SBX" pwd
	expect_output "$PWD"
	cd /usr/share
	run "$SBX" pwd
	expect_output /usr/share
	cd /
	run "$SBX" pwd
	expect_output /
}

@test "the working directory may be anywhere: /tmp, /var/tmp, the home, a dot directory, a protected place" {
	local base directory
	for base in /tmp/ /var/tmp/ "$REAL_HOME/" "$REAL_HOME/." /dev/shm/; do
		directory=$(mktemp -d "${base}sbx-cwd.XXXXXX")
		cd "$directory"
		run "$SBX" pwd
		cd /
		rmdir "$directory"
		expect_output "$directory" || fail "$directory"
	done
	for directory in /etc /proc /sys /dev /run /var /usr /home /etc/fonts; do
		cd "$directory"
		run "$SBX" pwd
		expect_output "$directory" || fail "$directory"
	done
}

@test "a working directory that was deleted" {
	export TMPDIR=$PWD
	run "$PYTHON" "$SPAWN" --gone -- "$SBX" sh -c 'echo ran'
	expect_line '^sbx-wrap: working directory: the current directory: No such file or directory$'
	expect_line '^hint: .*--chdir'
	expect_line '^exited 125$'
	expect_no_line '^ran$'
	run "$PYTHON" "$SPAWN" --gone -- "$SBX" --chdir / sh -c 'echo "ran in $PWD"'
	expect_output $'ran in /\nexited 0'
}

@test "no HOME, a wrong HOME, a HOME that isn't there" {
	run "$PYTHON" "$SPAWN" --unset HOME -- "$SBX" sh -c 'echo ran'
	expect_line '^ran$'
	HOME=/nonexistent run "$SBX" sh -c 'echo ran'
	expect_output ran
	HOME='' run "$SBX" sh -c 'echo ran'
	expect_output ran
}

@test "what looks like a secret is dropped from the environment, the rest is kept" {
	export MY_TOKEN=hunter2 DB_PASSWORD=hunter2 AWS_ACCESS_KEY_ID=hunter2 GITHUB_REPOSITORY=hunter2 API_KEY=hunter2 \
		CLIENT_SECRET=hunter2 SSH_AUTH_SOCK=hunter2 DBUS_SESSION_BUS_ADDRESS=hunter2 KUBECONFIG=hunter2 \
		DOCKER_HOST=hunter2 XDG_RUNTIME_DIR=hunter2 SBX_ANYTHING=hunter2 LD_AUDIT=hunter2 \
		DATABASE_URL=hunter2 APP_DATABASE_URL=hunter2 REDIS_URL=hunter2 MONGODB_URI=hunter2 SENTRY_DSN=hunter2 \
		SLACK_WEBHOOK_URL=hunter2 JWT=hunter2 COOKIE=hunter2 SSHPASS=hunter2 PASS=hunter2 MY_CREDS=hunter2 \
		UPSTREAM=https://user:hunter2@example.org/path CACHE=redis://:hunter2@localhost/0 \
		JDBC='jdbc:mysql://db/x?user=a&password=hunter2' PQ='host=db password=hunter2' \
		STORE='DefaultEndpointsProtocol=https;AccountKey=hunter2' BUS_CONNECTION_STRING=hunter2 \
		ORIGIN=https://hunter2@example.org/x.git REMOTE=git+https://hunter2@example.org FEED='https://example.org/?token=hunter2' \
		MAPS='https://example.org/x?a=b&key=hunter2' BLOB='https://example.org/x?sv=1&sig=hunter2' \
		S3='https://example.org/x?X-Amz-Signature=hunter2' SAS='SharedAccessSignature=hunter2' \
		SIGNING='-----BEGIN RSA PRIVATE KEY-----hunter2' GH=ghp_hunter2 GL=glpat-hunter2 BOT=xoxb-hunter2
	export PLAIN=kept KEYBOARD=kept LC_MESSAGES=C TZ=UTC SITE=https://example.org/a@b MAIL=user:x@example.org PASSAGE=kept \
		REPO=ssh://git@example.org/x SCOPED=https://example.org/@scope/x 'MEET=see https://example.org or mail x@example.org' \
		QUERY='https://example.org/x?page=2&at=x@y' CERT='-----BEGIN CERTIFICATE-----'
	run "$SBX" env
	expect_status 0
	expect_no_line 'hunter2'
	expect_line '^PLAIN=kept$'
	expect_line '^KEYBOARD=kept$'
	expect_line '^PASSAGE=kept$'
	expect_line '^SITE=https://example.org/a@b$'
	expect_line '^MAIL=user:x@example.org$'
	local name
	for name in REPO SCOPED MEET QUERY CERT; do
		expect_line "^$name=" || return 1
	done
	expect_line '^TZ=UTC$'
	expect_line '^PATH='
	expect_line '^HOME='
	run "$SBX" --keep-env UPSTREAM env
	expect_line '^UPSTREAM=https://user:hunter2@example.org/path$'
}

@test "no trace of sbx is in the environment" {
	local how
	for how in --latch=auto --latch=off --profile=pdftotext '--set=namespaces=[]'; do
		run "$SBX" "$how" env
		expect_status 0
		expect_no_line '^(SBX_|LD_PRELOAD)' || fail "$how: env"
		"$SBX" "$how" cat /proc/self/environ | tr '\0' '\n' >environ
		[ -s environ ]
		run ! grep -aE '^(SBX_|LD_PRELOAD)' environ
	done
}

@test "the environment is otherwise untouched: order, bytes, duplicates" {
	local native wrapped
	native=$(env -i A=1 EMPTY= B=$'line\nline' PATH="$PATH" "$TOOLS/state" env)
	wrapped=$(env -i A=1 EMPTY= B=$'line\nline' PATH="$PATH" "$SBX" "$TOOLS/state" env)
	[ "$native" = "$wrapped" ] || fail "native: $native, wrapped: $wrapped"
}

@test "an empty environment" {
	run env -i "$SBX" /bin/echo ran
	expect_output ran
	run env -i "$SBX" "$TOOLS/state" env
	expect_output ""
}

@test "the target's name is as typed" {
	run "$SBX" sh -c 'echo $0'
	expect_output sh
	run "$SBX" /bin/sh -c 'echo $0'
	expect_output /bin/sh
	run "$SBX" "$TOOLS/state"
	expect_line "^0 [0-9]+ $TOOLS/state\$"
}

@test "many runs at once" {
	local n rc jobs=()
	for n in $(seq 30); do
		"$SBX" sh -c "echo $n; exit $((n % 7))" >"out.$n" 2>"err.$n" 3>&- &
		jobs[n]=$!
	done
	for n in $(seq 30); do
		rc=0
		wait "${jobs[n]}" || rc=$?
		[ "$rc" = $((n % 7)) ] || fail "run $n: status $rc: $(cat "err.$n")"
		[ "$(cat "out.$n")" = "$n" ] || fail "run $n: $(cat "err.$n")"
	done
}

@test "who changes to another user or group isn't permitted to, as anywhere; one's own is no change" {
	cat >ids.py <<-'END'
		import errno, os
		def attempt(name, call, *args):
		    try:
		        call(*args)
		        print(name, "OK")
		    except OSError as error:
		        print(name, errno.errorcode[error.errno])
		open("/tmp/file", "w").close()
		uid, gid = os.getuid(), os.getgid()
		for name, ids in (("own", (uid, gid)), ("none", (-1, -1)), ("other", (54321, -1)), ("group", (-1, 54321))):
		    attempt("chown " + name, os.chown, "/tmp/file", *ids)
		    attempt("lchown " + name, os.lchown, "/tmp/file", *ids)
		    attempt("fchown " + name, os.fchown, os.open("/tmp/file", os.O_RDONLY), *ids)
		for name, call, own in (("uid", os.setuid, uid), ("gid", os.setgid, gid), ("euid", os.seteuid, uid), ("egid", os.setegid, gid)):
		    attempt(name + " own", call, own)
		    attempt(name + " other", call, 54321)
	END
	for map in '' --map-root; do
		# shellcheck disable=SC2086
		run "$SBX" -p default $map --ro ids.py "$PYTHON" ids.py
		expect_status 0
		expect_no_line ' (own|none) E| (other|group) (OK|EINVAL)'
		[ "$(grep -c ' EPERM$' <<<"$output")" = 10 ] || fail "not all are EPERM"
	done
	run "$SBX" -p default --set seccomp.action='"kill"' --ro ids.py "$PYTHON" ids.py
	expect_status 0
}

@test "who keeps capabilities over a change of user, as ping does, is let: there are none" {
	run "$SBX" "$PYTHON" -c '
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print(libc.prctl(8, 1, 0, 0, 0), ctypes.get_errno()) # PR_SET_KEEPCAPS
os.setuid(os.getuid())
print([line for line in open("/proc/self/status") if line.startswith("CapPrm")][0].strip())'
	expect_line '^0 0$'
	expect_line '^CapPrm:.0000000000000000$'
}

@test "java stays in the working directory, which it can't list" {
	[ -d /usr/lib/jvm ] || skip "no java here"
	run "$SBX" -p default sh -c 'test -f "/tmp/hsperfdata_$(id -un)"'
	expect_status 0
	[ -x /usr/bin/java ] || return 0
	echo 'class A { public static void main(String[] a) { System.out.println(System.getProperty("user.dir")); } }' >A.java
	run "$SBX" java -cp /usr/share/java -XshowSettings:properties -version
	expect_line "user.dir = $PWD\$"
	[ ! -x /usr/bin/javac ] || { run "$SBX" java A.java && expect_output "$PWD"; }
}
