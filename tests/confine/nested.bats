#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# sbx-wrap inside a sandbox of its own: it tightens in place what the outer one has made.

load ../cli/helper

more_setup() {
	make_pdf in.pdf
	echo other >other.txt
	# the programs, where nothing private is mounted over them
	OUTER=("$SBX" --rox "$BUILD" --rw .)
}

@test "a wrapped script wraps its own tools: outputs, status, standard streams" {
	needs_in_place
	pdftotext in.pdf plain.txt
	run "${OUTER[@]}" sh -c '"$SBX" pdftotext in.pdf out.txt'
	expect_status 0
	expect_output ""
	cmp plain.txt out.txt
	run "${OUTER[@]}" sh -c 'echo piped | "$SBX" cat; "$SBX" sh -c "exit 7"'
	expect_status 7
	expect_output piped
	run "${OUTER[@]}" sh -c '"$SBX" sh -c "kill -TERM \$\$"; echo $?'
	expect_line '^143$'
	run -127 "${OUTER[@]}" "$SBX" no-such-command
}

@test "inside, the inner profile holds: no exec, no file of the outer one's, no network" {
	needs_in_place
	run "${OUTER[@]}" sh -c '"$SBX" -q cat other.txt && "$SBX" -q sh -c "cat other.txt"'
	[ "$status" -ne 0 ]
	expect_line '^other$'
	[ "$(grep -c '^other$' <<<"$output")" = 1 ]
	echo sibling >sibling.txt
	run "${OUTER[@]}" sh -c 'SIBLING=sibling.txt "$SBX" -q -p pdfinfo "$TOOLS/exploit" in.pdf /dev/stdout'
	expect_none_ok "$output" fork mmap_exec socket_inet socket_unix sibling_read sibling_unlink input_write input_unlink
	# the outer sandbox alone lets the same through
	run "${OUTER[@]}" "$TOOLS/exploit" in.pdf out2.txt
	expect_all_ok "$(cat out2.txt)" fork mmap_exec input_write
}

@test "inside, filters and layers are stacked, and no namespace is asked for" {
	needs_in_place
	home_scratch sbx-nested # nothing is granted below /tmp there
	cd "$HOME_SCRATCH"
	run "${OUTER[@]}" sh -c 'grep Seccomp_filters /proc/self/status; "$SBX" sh -c "grep Seccomp_filters /proc/self/status"'
	[ "$(awk '{ print $2 }' <<<"$output" | xargs)" = '1 2' ] || fail "$output"
	run "${OUTER[@]}" sh -c '"$SBX" sh -c "echo x >/tmp/own && cat /tmp/own"; cat /tmp/own'
	expect_output $'x\nx'
}

@test "three deep, and what can't be stacked is an error" {
	needs_in_place
	run "${OUTER[@]}" "$SBX" --rox "$BUILD" "$SBX" --rox "$BUILD" "$SBX" echo deep
	expect_status 0
	expect_line '^deep$'
	local command=(echo deep)
	for _ in $(seq 18); do # a static program has one layer, the floor
		command=("$SBX" -q --rox "$BUILD" "${command[@]}")
	done
	run "${OUTER[@]}" "${command[@]}"
	expect_status 125
	expect_line 'landlock: .*: Argument list too long'
	expect_line '^hint: .*16 Landlock layers'
}

@test "what an inner policy can't have is an error" {
	needs_in_place
	run "${OUTER[@]}" "$SBX" --hide other.txt true
	expect_refused 'needs the mount namespace'
	run "${OUTER[@]}" "$SBX" --tmpfs /scratch true
	expect_refused 'needs the mount namespace'
	run "${OUTER[@]}" "$SBX" --set 'fs.hide=["/usr/share"]' true
	expect_refused 'fs.hide needs "mount"'
	run "${OUTER[@]}" "$SBX" --set children=true true
	expect_refused 'children: inside a sandbox there is no private root'
	gcc -Wl,--dynamic-linker="$BUILD/tools/hostile" -x c -o interp - <<<'int main(void) { return 0; }'
	run "${OUTER[@]}" --rox "$PWD/interp" "$SBX" --latch required ./interp
	expect_refused "its ELF interpreter is not the system's, and this profile requires the latch"
	run "${OUTER[@]}" "$SBX" --latch required "$BUILD/tools/hostile" <<<nothing # static: latched with exec
	expect_status 0
	expect_line '^end OK$'
}

@test "inside, what is asked of the latch is what comes" {
	needs_in_place
	run "${OUTER[@]}" "$SBX" -q --latch off grep Seccomp_filters /proc/self/status
	expect_line '	2$'
	run "${OUTER[@]}" "$SBX" -q --latch required grep Seccomp_filters /proc/self/status
	expect_line '	3$'
	# with nothing to execute there are no children
	run "${OUTER[@]}" "$SBX" --set children=true pdfinfo in.pdf
	expect_status 0
}

@test "inside, a Landlock that doesn't hold truncate(2) is no fence, and refused" {
	! holds_in_place || skip "Landlock here holds truncate"
	run "${OUTER[@]}" "$SBX" echo ran
	expect_refused 'layer landlock: inside a sandbox it must hold truncate.*start the command outside'
	run "${OUTER[@]}" "$SBX" -q --best-effort landlock echo ran
	expect_status 0
	expect_line '^ran$'
}

@test "inside is known by the outer loader's file: not by a variable, and not by a file that others can make" {
	# no user namespaces, and no mark
	run unshare -U --map-current-user --keep-caps sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$SBX" true'
	[[ $output != *'Operation not permitted'*unshare* ]] || skip "user namespaces can't be made here"
	expect_status 125
	expect_line 'clone: new namespaces: No space left'
	SBX_INSIDE=1 run unshare -U --map-current-user --keep-caps sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$SBX" true'
	expect_status 125
	# a mark on a file system that can be written
	run unshare -Um --map-current-user --keep-caps sh -c 'mount -t tmpfs tmpfs /run && mkdir /run/sbx && touch /run/sbx/inside &&
		echo 0 >/proc/sys/user/max_user_namespaces && exec "$SBX" true'
	expect_status 125
	expect_line 'clone: new namespaces'
}

# Who may exec can start sbx-wrap: what it wraps has the machine's policy, and nothing that was written inside counts.
@test "inside, the policy is the one outside: of the machine, of the user, of --config" {
	needs_in_place
	cp "$(command -v cat)" mytool
	echo 'profiles = { mine = { inherit = "parser"; match = [ "mytool" ]; args = { grants = false; }; }; };' >my.conf
	run "${OUTER[@]}" --rox . "$SBX" -q ./mytool other.txt
	expect_line '^other$'
	run "$SBX" -c my.conf --rox "$BUILD" --rox . "$SBX" -q ./mytool other.txt
	[ "$status" -ne 0 ]
	expect_no_line '^other$'
	own_home
	mkdir -p "$REAL_HOME/.config/sbx"
	cp my.conf "$REAL_HOME/.config/sbx/sbx.conf"
	run "${OUTER[@]}" --rox . "$SBX" -q ./mytool other.txt
	rm -r "$REAL_HOME/.config/sbx"
	[ "$status" -ne 0 ]
	expect_no_line '^other$'
}

@test "inside, configuration and cache that were written there count for nothing" {
	needs_in_place
	cat >hostile <<-'END'
		mkdir -p ~/.config/sbx ~/.cache/sbx /tmp/conf
		echo 'profiles = { pdfinfo = { inherit = "pdfinfo"; seccomp = { allow = [ "...", "socket" ]; }; };
			any = { match = [ "*" ]; fs = { read = [ "/" ]; }; }; };' >~/.config/sbx/sbx.conf
		chmod -R go-w ~/.config /tmp/conf
		cp ~/.config/sbx/sbx.conf /tmp/conf/sbx.conf
		before=$("$SBX" -q -v pdfinfo in.pdf 2>&1 | head -1)
		XDG_CONFIG_HOME=~/.config "$SBX" -q -v pdfinfo in.pdf 2>&1 | head -1
		echo "$before"
		"$SBX" -q cat other.txt >/dev/null || exit 1
		ls -A ~/.cache/sbx
	END
	run --separate-stderr "${OUTER[@]}" sh hostile
	expect_status 0
	[ "$(wc -l <<<"$output")" = 2 ] || fail "something was cached"
	expect_no_line 'profile any'
}

@test "inside, namespaces that an option asks for are an error" {
	needs_in_place
	run "${OUTER[@]}" "$SBX" --set 'namespaces=["user"]' true
	expect_refused 'none to be had inside a sandbox'
}
