#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every option and every policy key under every shipped profile: its effect is seen from inside, or the run was refused.
# The rows are held against the programs' own tables, so that what is new has a row, too.

load ../cli/helper

# NAME|ARGUMENTS OF SBX-WRAP|ARGUMENTS OF tests/tools/effects|PATTERN OF THE OUTPUT
# @PWD is the working directory. A name that is given twice has two rows; "-" for no attempt of its own, with the reason.
option_rows() {
	cat <<-END
		profile|-|every row names one
		config|--config my.conf|env FROM_FILE|^1$
		set|-|the rows of the keys
		ro|--ro d|read @d/f|^host$
		rw|--rw d|write @d/new|^OK$
		rox|--rox d|read @d/f|^host$
		rwx|--rwx d|write @d/new|^OK$
		ro-try|--ro-try d --ro-try no-such|read @d/f|^host$
		rw-try|--rw-try d --rw-try no-such|write @d/new|^OK$
		dev|$([ ! -r /dev/fuse ] || echo "--dev /dev/fuse|open @/dev/fuse|^OK$")
		dev|--dev /dev/no-such|read d/f|dev: .*No such file
		ro-bind|--ro-bind a @PWD/b|read b/f|^a$
		bind|--bind a @PWD/b|write @b/new|^OK$
		no-arg-grants|--no-arg-grants|read ../other|^2$
		size|--size 1M --tmpfs @PWD/d|size @d|^1048576$
		tmpfs|--tmpfs @PWD/d|read d/f|^2$
		tmpfs|--tmpfs @PWD/d|write @d/new|^OK$
		tmpfs-exec|--tmpfs-exec @PWD/d|write @d/new|^OK$
		hide|--ro . --hide d/f|read d/f|^13$
		hide|--hide /etc/passwd|read /etc/passwd|^2$
		no-guard|--rw d --no-guard .envrc|write @d/.envrc|^OK$
		share-net|--share-net|socket inet|^OK$
		allow-host|--allow-host example.org|socket inet|^OK$
		connect|--connect 443|socket inet|^OK$
		listen|--listen 8080|socket inet|^OK$
		unix-sockets|--unix-sockets|socket unix|^OK$
		chdir|--chdir @PWD/a|self cwd|/a$
		setenv|--setenv NEW 1|env NEW|^1$
		unsetenv|--unsetenv GIVEN|env GIVEN|^-$
		keep-env|--keep-env A_TOKEN|env A_TOKEN|^secret$
		keep-fd|--keep-fd 7|fd 7|^OK$
		hostname|--hostname box|self host|^box$
		die-with-parent|-|option_effects.bats
		map-root|--map-root|self uid|^0$
		as-pid-1|--as-pid-1|self pid|^1$
		latch|--latch off|map x|^OK$
		memory|-|limits.bats
		pids|-|limits.bats
		cpu|-|limits.bats
		timeout|-|limits.bats
		output-size|-|quota.bats
		output-files|-|quota.bats
		best-effort|--best-effort limits|read d/f|^host$
		try|--try|socket inet|^OK$
		stats|--stats|read d/f|memory
		status-fd|--status-fd 8|read d/f|"event": ?"end"
		timing|--timing|read d/f|exec
		dry-run|--dry-run|read d/f|^root: private
		verbose|--verbose|read d/f|profile
		quiet|-q|read d/f|^host$
		version|--version|read d/f|^sbx-wrap [0-9]
		help|--help|read d/f|^Usage
	END
}

key_rows() {
	cat <<-END
		fs.read|["...","@PWD/d"]|read @d/f|^host$
		fs.read|["...","\$PWD/d"]|read @d/f|^host$
		fs.write|["@PWD/d"]|write @d/new|^OK$
		fs.write|["\$PWD/d"]|write @d/new|^OK$
		fs.exec|["...","@PWD/d"]|read @d/f|^host$
		fs.hide|["@PWD/d"]|read d/f|^(2|13)$
		fs.tmpfs|["@PWD/d"]|read d/f|^2$
		fs.tmpfs|["\$PWD/d"]|write @d/new|^OK$
		fs.optional|-|views.bats
		fs.protect|["other"]|read ../other|^2$
		fs.secrets|["other"]|read ../other|^2$
		fs.guard|-|guard.bats
		args.grants|false|read ../other|^2$
		args.values|-|args.bats
		args.flags|-|args.bats
		args.inputs|[]|read ../other|^2$
		args.outputs|-|outputs.bats
		args.out|-|outputs.bats
		net.mode|"loopback"|socket inet|^OK$
		net.connect|-|net.bats
		net.bind|-|net.bats
		net.hosts|-|hosts.bats
		namespaces|-|inplace.bats
		seccomp.allow|["...","getpriority"]|call x|^OK$
		seccomp.deny|["...","getpriority"]|call x|^1$
		seccomp.action|"log"|read d/f|--try
		seccomp.log|["openat"]|read d/f|openat
		seccomp.ioctl|-|privs.bats
		map_exec|true|map x|^OK$
		unix_sockets|true|socket unix|^OK$
		huge_pages|true|huge x|^22$
		latch|"off"|map x|^OK$
		children|-|children.bats
		preload|-|preload.bats
		env.keep|["A_TOKEN"]|env A_TOKEN|^secret$
		env.drop|["GIVEN"]|env GIVEN|^-$
		env.set|["NEW=1"]|env NEW|^1$
		limits.tmp|"1M"|size @/tmp|^1048576$
		limits.home|"1M"|size @HOME|^1048576$
		limits.shm|"1M"|size @/dev/shm|^1048576$
		dev|["null"]|open @/dev/tty|^2$
		proc|"none"|list @/proc|^(2|0)$
		home|"none"|write @HOME/new|^(2|13|30)$
		map_root|true|self uid|^0$
		as_pid_1|true|self pid|^1$
		best_effort|["limits"]|read d/f|^host$
	END
	local key
	for key in tmp_inodes memory swap pids cpu io wall grace cpu_time file_size open_files core; do
		echo "limits.$key|-|limits.bats"
	done
	echo "limits.output|-|quota.bats"
	echo "limits.output_files|-|quota.bats"
}

more_setup() {
	mkdir -p d a b
	echo host >d/f
	echo host >d/.envrc
	echo a >a/f
	echo b >b/f
	echo other >../other
	echo 'default = { env = { set = [ "FROM_FILE=1" ]; }; };' >my.conf
	export GIVEN=1 A_TOKEN=secret
}

# One of each kind: many profiles differ in nothing but their grammar, which COMMON replaces.
profiles() {
	local name
	for name in $("$POLICY" list | awk '{ print $1 }'); do
		echo "$("$POLICY" show "$name" | sed '/^#/d; /args = {/,/};/d; /match = /d; /inherit/d; s/^\t'"$name"' = //' | md5sum) $name"
	done | sort -u -k 1,1 | awk '{ print $3 }'
}

# What arguments name counts as the default has it: a profile's own grammar reads the commands of its tool. Python's
# modules, which its profile maps beforehand, fit nothing but Python.
COMMON=(--set 'args.inputs=["existing"]' --set 'args.values=[]' --set 'args.flags=[]' --set 'args.outputs=[]' --set 'preload=[]')

attempt() { # PROFILE ARGUMENTS ATTEMPT PATTERN
	local home words attempt
	home=$(getent passwd "$(id -u)" | cut -d: -f6)
	read -ra words <<<"${2//@PWD/$PWD}"
	read -ra attempt <<<"${3//@HOME/@$home}"
	rm -f d/new b/new a/new
	run "$SBX" -p "$1" "${COMMON[@]}" "${words[@]}" "$TOOLS/effects" "${attempt[@]}" 7<d/f 8>status
	output+=$'\n'$(<status)
	[ "$status" != 125 ] || grep -q '^sbx-' <<<"$output" || fail "refused without a word" || return 1
	[ "$status" = 125 ] || [[ $3 == *@HOME* && $home == / ]] || grep -qE -- "$4" <<<"$output" ||
		fail "profile $1, $2: expected $3 to give $4"
}

@test "every option and every key has a row" {
	local name
	for name in $("$SBX" --help | sed -n 's/^  \(-.,\|   \) --\([a-z0-9-]*\).*/\2/p'); do
		grep -q "^$name|" <<<"$(option_rows)" || fail "no row for --$name"
	done
	for name in $("$POLICY" keys | sed -n 's/^\.It Ic //p'); do
		grep -q "^$name|" <<<"$(key_rows)" || fail "no row for the key $name"
	done
}

@test "every option has its effect under every profile, or is refused" {
	local profile name arguments attempt pattern bad=
	for profile in $(profiles); do
		while IFS='|' read -r name arguments attempt pattern; do
			[ -z "$pattern" ] || attempt "$profile" "$arguments" "$attempt" "$pattern" || bad=1
		done < <(option_rows)
	done
	[ -z "$bad" ]
}

@test "every key has its effect under every profile, or is refused" {
	local profile name value attempt pattern bad=
	for profile in $(profiles); do
		while IFS='|' read -r name value attempt pattern; do
			[ -z "$pattern" ] || attempt "$profile" "--set $name=$value" "$attempt" "$pattern" || bad=1
		done < <(key_rows)
	done
	[ -z "$bad" ]
}

@test "under the default profile no row is refused but what says so, and without it the effect isn't there" {
	local name arguments attempt pattern
	while IFS='|' read -r name arguments attempt pattern; do
		[ -n "$pattern" ] || continue
		attempt default "$arguments" "$attempt" "$pattern"
		[ "$status" != 125 ] || grep -qE -- "$pattern" <<<"$output" || fail "--$name was refused"
	done < <(option_rows)
	for name in '-p default|read @d/f' '-p default|write @d/new' '-p default|socket unix' '-p xmllint|socket inet' \
		'-p xmllint|map x'; do
		# shellcheck disable=SC2086
		run "$SBX" -q ${name%|*} "$TOOLS/effects" ${name#*|}
		expect_no_line '^(OK|host)$' || return 1
	done
}

# Of two for one path the later decides; reading stays where either gives it; nothing outdoes --hide.
@test "pairs of options on one path" {
	local -A writes=([ro]='' [rw]=1 [rox]='' [rwx]=1 [tmpfs]=1 [tmpfs-exec]=1 [ro-bind]='' [hide]='')
	local -A reads=([ro]=host [rw]=host [rox]=host [rwx]=host [tmpfs]=2 [tmpfs-exec]=2 [ro-bind]=a [hide]='')
	local one other option grants
	for one in "${!writes[@]}"; do
		for other in "${!writes[@]}"; do
			grants=()
			for option in "$one" "$other"; do
				[ "$option" != ro-bind ] || grants+=(--ro-bind a "$PWD/d")
				[ "$option" = ro-bind ] || grants+=("--$option" "$PWD/d")
			done
			run "$SBX" -q "${grants[@]}" "$TOOLS/effects" read @d/f
			if [ "$one" = hide ] || [ "$other" = hide ]; then
				[ "$one" = "$other" ] || expect_refused 'hidden by --hide' || return 1
				continue
			fi
			expect_output "${reads[$other]}" || fail "--$one, --$other"
			run "$SBX" -q "${grants[@]}" "$TOOLS/effects" write @d/new
			if [ -n "${writes[$other]}" ]; then
				expect_output OK || fail "--$one, --$other"
			else
				expect_no_line '^OK$' || fail "--$one, --$other"
			fi
			rm -f d/new a/new
		done
	done
}
