#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What was written to the private home and /tmp is gone with them, and that is told: one note, a list with -v, counts.

load ../cli/helper

more_setup() {
	home_scratch sbx-left
	IN=$HOME_SCRATCH
	GONE='was written there and is gone'
	export IN
}

# What a run left, as its last line has it
left_by() { # JQ OPTION... CMD...
	local wanted=$1
	shift
	"$SBX" --status-fd 7 "$@" 7>status.json >out 2>err </dev/null || true
	jq -es ".[-1].left | $wanted" status.json >/dev/null || fail "not so: $wanted: $(cat status.json)"
}

@test "private: one note where it lies below a directory that exists, with a line to paste" {
	run --separate-stderr "$SBX" sh -c 'mkdir -p "$IN/new" && echo >"$IN/new/f" && echo >"$IN/g" && echo >"$IN/h"'
	expect_status 0
	[ "$(wc -l <<<"$stderr")" = 2 ] || fail "not one note and one hint"
	expect_stderr "^sbx-wrap: private home: $IN/g: $GONE, as are 2 more \(-v lists them\)$"
	expect_stderr "^hint: --rw $IN lets the command write there$"
	run --separate-stderr "$SBX" --rw "$IN" sh -c 'echo there >"$IN/g"'
	expect_no_stderr
	[ "$(cat "$IN/g")" = there ]
}

@test "private: a file right in the home, and the lines that keep it" {
	local name=sbx-left-$$-$BATS_TEST_NUMBER.log
	run --separate-stderr "$SBX" sh -c "echo >~/$name"
	expect_status 0
	expect_stderr "^sbx-wrap: private home: $REAL_HOME/$name: $GONE$"
	expect_stderr "^hint: --rw $REAL_HOME/$name lets the command write it, after: touch $REAL_HOME/$name$"
	touch "$REAL_HOME/$name"
	run --separate-stderr "$SBX" sh -c "echo >~/$name"
	local was=$stderr
	run --separate-stderr "$SBX" --rw "$REAL_HOME/$name" sh -c "echo kept >~/$name"
	local kept
	kept=$(cat "$REAL_HOME/$name")
	rm "$REAL_HOME/$name"
	expect_no_stderr
	[ "$kept" = kept ]
	stderr=$was expect_stderr "^hint: --rw $REAL_HOME/$name lets the command write it$"
}

@test "private: told whatever the status, and not with -q" {
	run --separate-stderr "$SBX" sh -c 'mkdir -p "$IN"; echo >"$IN/g"; exit 3'
	expect_status 3
	expect_stderr "$IN/g: $GONE$"
	run --separate-stderr "$SBX" sh -c 'mkdir -p "$IN"; echo >"$IN/g"; kill -TERM $$'
	expect_status 143
	expect_stderr "$IN/g: $GONE$"
	run --separate-stderr "$SBX" --timeout 0.5s sh -c 'mkdir -p "$IN"; echo >"$IN/g"; sleep 50'
	expect_status 124
	expect_stderr "$IN/g: $GONE$"
	run --separate-stderr "$SBX" --as-pid-1 sh -c 'mkdir -p "$IN"; echo >"$IN/g"'
	expect_stderr "$IN/g: $GONE$"
	run --separate-stderr "$SBX" -q sh -c 'mkdir -p "$IN"; echo >"$IN/g"'
	expect_no_stderr
}

@test "private: what programs keep for themselves is no note, what a caller asks for is" {
	local path
	for path in .viminfo .cache/x/y .config/x/y .local/share/x .local/state/x .npm/_logs/x .ssh/known_hosts .gnupg/trustdb.gpg \
		.python_history go/pkg/mod/x; do
		# shellcheck disable=SC2016  # expanded inside
		run --separate-stderr "$SBX" sh -c 'mkdir -p ~/"${1%/*}"; echo >~/"$1"' sh "$path" 2>&1
		[ "$path" != "${path#*/}" ] || run --separate-stderr "$SBX" sh -c "echo >~/$path"
		expect_status 0
		expect_no_stderr || return 1
	done
	for path in .bashrc .gitconfig .ssh/id_ed25519 .ssh/config .local/bin/x .local/lib/a/b/x .gnupg/private-keys-v1.d/x .config/systemd/user/x go/bin/x; do
		run --separate-stderr "$SBX" sh -c "mkdir -p \$(dirname ~/$path); echo >~/$path"
		expect_status 0
		expect_stderr "^sbx-wrap: private home: .*: $GONE" || return 1
		# protected: no line that would grant it
		[[ $path = go/* || $stderr != *hint* ]] || fail "a hint for $path"
	done
	run --separate-stderr "$SBX" sh -c 'mkdir -p ~/.gnupg/private-keys-v1.d ~/.local/bin "$IN"; mkfifo "$IN/fifo"'
	expect_no_stderr
	run --separate-stderr "$SBX" sh -c 'echo >/tmp/x; echo >/var/tmp/x; echo >/dev/shm/x'
	expect_no_stderr
}

@test "private: silence for everyday commands" {
	local ran=0 command
	echo text >t
	mkdir -p repo
	git init -q repo
	while read -r command; do
		command -v "${command%% *}" >/dev/null || continue
		# shellcheck disable=SC2086  # words
		run --separate-stderr timeout 60 "$SBX" $command </dev/null
		[[ $stderr != *"private home"* ]] || fail "$command" || return 1
		ran=$((ran + 1))
	done <<-'END'
		npm --version
		node -e 1
		python3 -c 1
		git -C repo status
		git --version
		gcc --version
		vim -es -c q
		perl -e 1
		ffmpeg -version
		gpg --list-keys
		ssh -V
		curl --version
		wget --version
		less t
		bash -ic true
		make --version
		tar -cf /dev/null t
		sqlite3 :memory: select(1)
		jq -n 1
		openssl rand -hex 8
		fc-list
		gs -v
		xmllint --version
		rsync --version
		cat t
		sort t
		file t
	END
	[ $ran -ge 10 ] || fail "no more than $ran are here"
}

@test "private: -v lists, --stats and --status-fd count" {
	# shellcheck disable=SC2016  # expanded inside
	local script='mkdir -p "$IN/new/a"; echo >"$IN/new/f"; echo >~/.some; head -c 5000 /dev/zero >/tmp/t; echo >/var/tmp/v'
	run --separate-stderr "$SBX" -v sh -c "$script"
	expect_stderr "^sbx-wrap: private home: $IN/new/: $GONE \(2 entries in it\)$"
	expect_stderr "^sbx-wrap: private home: $REAL_HOME/\.some: $GONE$"
	expect_stderr "^sbx-wrap: private directory: /tmp/t: $GONE$"
	expect_stderr "^sbx-wrap: private directory: /var/tmp/v: $GONE$"
	expect_stderr "^hint: --rw $IN lets the command write there$"
	run --separate-stderr "$SBX" --stats sh -c "$script"
	expect_stderr '^  left       in the private home 4 \(8K\), /tmp 1 \(8K\), /var/tmp 1 \(4K\)$'
	left_by '.home == { entries: 4, bytes: 8192 } and .tmp == { entries: 1, bytes: 8192 } and .var_tmp == { entries: 1, bytes: 4096 }' sh -c "$script"
	left_by '[.[]] == [{ entries: 0, bytes: 0 }, { entries: 0, bytes: 0 }, { entries: 0, bytes: 0 }]' true
	left_by '.home == { entries: 0, bytes: 0 }' -q sh -c 'echo >~/x; rm ~/x'
	left_by '.home == { entries: 1, bytes: 4096 }' -q sh -c 'echo >~/x'
	[ ! -s err ]
	left_by '.home == null' --set home=none true
	left_by '.home == null' no-such-command-here
	# a file of holes takes no room; one with two names is there twice and takes it once
	left_by '.home == { entries: 1, bytes: 0 }' sh -c 'truncate -s 1T ~/x'
	left_by '.home == { entries: 2, bytes: 4096 }' sh -c 'echo >~/x; ln ~/x ~/y'
}

@test "private: what sbx has made itself, and what is mounted there, was not written" {
	mkdir -p "$IN/a/b" "$IN/c"
	echo in >"$IN/c/in"
	left_by '.home == { entries: 0, bytes: 0 }' --rw "$IN/a/b" --ro "$IN/c" sh -c 'echo >"$IN/a/b/x"'
	[ ! -s err ] && [ -e "$IN/a/b/x" ]
	left_by '.home.entries == 1' --rw "$IN/a/b" --ro "$IN/c" sh -c 'echo >"$IN/a/b/x"; echo >"$IN/y"'
	grep -q "$IN/y: $GONE" err
	cd "$IN/a/b"
	run --separate-stderr "$SBX" cp x ../../copy
	expect_no_stderr
	[ -e "$IN/copy" ]
}

@test "private: a tmpfs that was asked for is no note" {
	run --separate-stderr "$SBX" --tmpfs "$IN" sh -c 'echo >"$IN/x"'
	expect_no_stderr
	run --separate-stderr "$SBX" --tmpfs "$REAL_HOME" sh -c 'echo >~/x'
	expect_no_stderr
	run --separate-stderr "$SBX" -v --tmpfs "$REAL_HOME" sh -c 'echo >~/x'
	expect_stderr "^sbx-wrap: private home: $REAL_HOME/x: $GONE$"
}

@test "private: names say nothing of their own" {
	# shellcheck disable=SC2016  # expanded inside
	local script='mkdir -p "$IN"; cd "$IN"; >"a
sbx-wrap: forged"; >"$(printf "b\033[31mred\r")"; >"c\$(id) \"q'"'"'"'
	for option in --no-arg-grants -v; do
		run --separate-stderr "$SBX" $option sh -c "$script"
		expect_status 0
		run ! grep -qE $'^sbx-wrap: forged|\033|\r' <<<"$stderr"
	done
	run --separate-stderr "$SBX" -v sh -c "$script"
	expect_stderr "/a\?sbx-wrap: forged: $GONE$"
	left_by '.home.entries == 3' sh -c "$script"
	[ "$(wc -l <status.json)" = 2 ]
	# the directory in the hint is a shell's word
	mkdir "$IN/\$(id) 'x"
	run --separate-stderr "$SBX" sh -c 'mkdir -p "$IN"; cd "$IN"; mkdir "\$(id) '"'"'x"; >"\$(id) '"'"'x/f"'
	expect_stderr "^hint: --rw "
	local line=${stderr##*hint: --rw }
	run bash -c "printf %s ${line% lets the*}"
	expect_output "$IN/\$(id) 'x"
}

@test "private: nothing is followed and nothing is opened that isn't a directory" {
	mkdir -p "$IN/deep"
	# shellcheck disable=SC2016  # expanded inside
	left_by '.home.entries == 6' sh -c 'mkdir -p "$IN"; cd "$IN"; mkfifo fifo; ln -s / root; ln -s /proc/self/fd fds; mkdir d; ln -s /etc d/etc; ln -s .. d/up'
	# the host has a link where a directory was made, and the other way round
	ln -s / "$IN/link"
	run --separate-stderr "$SBX" sh -c 'mkdir -p "$IN/link/etc"; echo >"$IN/link/etc/passwd"; ln -s / "$IN/deep"'
	expect_stderr "^sbx-wrap: private home: $IN/deep: $GONE, as is 1 more"
	# what may not be read is counted all the same
	left_by '.home.entries | IN(3, 4)' sh -c 'mkdir -p "$IN/d/e"; >"$IN/d/e/f"; chmod 0 "$IN/d/e"'
	left_by '.home.entries >= 1' sh -c '>~/f; chmod 0 ~'
}

@test "private: a file that is still open, and processes that still write" {
	left_by '.home.entries == 1' sh -c 'exec 5>~/x; (while :; do echo >>/tmp/x; done) & sleep 0.2'
	left_by '.home.entries == 0 and .home.bytes == 0' sh -c 'exec 5>~/x; head -c 1M /dev/zero >&5; rm ~/x'
}

@test "private: a hundred thousand entries, and ten thousand directories in one another" {
	# shellcheck disable=SC2016  # expanded inside
	local many='import os
os.makedirs(os.environ["IN"])
os.chdir(os.environ["IN"])
for i in range(100000): os.close(os.open(str(i), os.O_CREAT))' deep='import os
os.makedirs(os.environ["IN"])
os.chdir(os.environ["IN"])
for i in range(10000): os.mkdir("d"); os.chdir("d")'
	local options=(-p default --set limits.tmp_inodes=150000)
	run --separate-stderr timeout 120 "$SBX" "${options[@]}" "$PYTHON" -c "$many"
	expect_status 0
	expect_stderr ": $GONE, as are at least [0-9]{4} more \(-v lists them\)$"
	run --separate-stderr timeout 120 "$SBX" -v "${options[@]}" "$PYTHON" -c "$many"
	[ "$(grep -c "^sbx-wrap: private home: .*$GONE" <<<"$stderr")" = 20 ]
	expect_stderr "^sbx-wrap: private home: $REAL_HOME: 10000[0-9] entries are gone, more than are listed$"
	left_by '.home.entries > 99999 and .home.entries < 100010' "${options[@]}" "$PYTHON" -c "$many"
	run --separate-stderr timeout 120 "$SBX" "${options[@]}" "$PYTHON" -c "$deep"
	expect_stderr "^sbx-wrap: private home: $IN/d/: $GONE$"
	left_by '.home.entries > 9999 and .home.entries < 10010' "${options[@]}" "$PYTHON" -c "$deep"
	# thousands that programs keep for themselves hide nothing
	run --separate-stderr timeout 120 "$SBX" "${options[@]}" "$PYTHON" -c "import os
os.makedirs(os.environ['IN']); os.mkdir(os.path.expanduser('~/.npm')); open(os.environ['IN'] + '/result', 'w')
os.chdir(os.path.expanduser('~/.npm'))
for i in range(10000): os.close(os.open(str(i), os.O_CREAT))"
	expect_stderr "^sbx-wrap: private home: $IN/result: $GONE$"
}

@test "private: the command has none of the descriptors" {
	run "$SBX" --stats "$PYTHON" -c 'import os; print([fd for fd in range(3, 1000) if os.path.exists("/proc/self/fd/%d" % fd)])' 2>/dev/null
	expect_line '^\[\]$'
}
