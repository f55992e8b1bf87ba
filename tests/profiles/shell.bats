#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Shell scripts under the default policy, in a directory granted with --rw: what they print, how they end and what they
# leave is what it is without sbx-wrap.

load everyday

@test "here-documents and here-strings, in sh and bash" {
	cat >"$FIXTURE/here" <<'END'
name=world
cat <<EOF
hello $name, $(echo command) $((6 * 7))
EOF
cat <<'EOF' >quoted
$name stays
EOF
cat <<-EOF | tr a-z A-Z
	without the tabs
	EOF
while read -r a b; do echo "$b $a"; done <<EOF
1 one
2 two
EOF
cat <<A - <<B
one
A
two
B
cat quoted
END
	same sh here
	same bash here
	same dash here
	shell 'cat <<<"$1"; tr a-z A-Z <<<"word"; awk "NR == 99999" <<<"$(seq 100000)"' 'an argument'
}

@test "process substitution, both ways" {
	shell 'diff <(sort text/words) <(sort sub/hard) && paste <(seq 3) <(seq 4 6) <(seq 7 9)'
	shell 'seq 100 | tee >(wc -l >lines) >(tail -1 >last) >/dev/null; while [ ! -s lines ] || [ ! -s last ]; do sleep 0.01; done; cat lines last'
	shell 'while read -r x; do n=$((n + x)); done < <(seq 10); echo $n'
	shell 'cat <(echo a) - <(echo c) <<<b'
}

@test "background jobs, wait and their statuses" {
	shell 'sleep 0.1 & p=$!; (exit 3) & q=$!; wait $p; echo $?; wait $q; echo $?'
	shell 'for i in 1 2 3; do (sleep 0.0$i; echo $i >job.$i) & done; wait; cat job.*'
	shell '(exit 9) & wait -n; echo $?; jobs; wait 99999999; echo $?'
	shell 'sleep 100 & kill $!; wait $! 2>/dev/null; echo $?; kill -0 $! 2>/dev/null; echo $?'
	shell 'coproc cat; echo through >&${COPROC[1]}; read -r x <&${COPROC[0]}; echo $x; exec {COPROC[1]}>&-; wait'
}

@test "traps and signals" {
	shell 'trap "echo bye" EXIT; echo hello; exit 4'
	shell 'trap "echo usr1" USR1; kill -USR1 $$; echo after'
	shell 'trap "" TERM; kill $$; echo alive; trap - TERM; sh -c "kill \$\$"; echo $?'
	shell 'trap "echo int; exit 9" INT; kill -INT $$'
	shell 'trap "echo err \$?" ERR; false; true; (exit 5)'
	shell '(trap "rm -f lock; echo cleaned" EXIT; touch lock; exit 1); ls lock'
	shell 'kill -TERM $$'
	[ "$(cat "$WORK/plain.status")" = 143 ]
	shell 'kill -KILL $$; echo never'
	[ "$(cat "$WORK/plain.status")" = 137 ]
}

@test "pipelines: statuses, pipefail, a reader that ends early" {
	shell 'false | true; echo $? "${PIPESTATUS[@]}"; true | (exit 3) | true; echo "${PIPESTATUS[@]}"'
	shell 'set -o pipefail; false | true; echo $?; yes | head -3; echo $?'
	shell 'seq 200000 | sort -rn | head -1000 | tail -1 | tr -d "\n" | wc -c'
	shell 'seq 300000 | grep 7 | sed s/7/8/ | awk "{ s += \$1 } END { print s }"'
	shell 'cat sub/binary sub/binary | tee copy | cksum; ! true; echo $?'
}

@test "scripts: by their first line, sourced, with functions, options and arithmetic" {
	same_status 7 ./run.sh one 'two words' '*'
	same ./reverse a 'b c' ''
	cat >"$FIXTURE/lib" <<'END'
max() { local m=$1 x; for x; do ((x > m)) && m=$x; done; echo "$m"; }
fact() { (($1 < 2)) && echo 1 || echo $(($1 * $(fact $(($1 - 1))))); }
END
	cat >"$FIXTURE/main" <<'END'
#!/usr/bin/env bash
set -euo pipefail
. ./lib
while getopts n:v opt; do
	case $opt in
	n) number=$OPTARG ;;
	v) echo verbose ;;
	*) exit 64 ;;
	esac
done
shift $((OPTIND - 1))
declare -A count=()
for word; do count[$word]=$((${count[$word]:-0} + 1)); done
for word in $(printf '%s\n' "${!count[@]}" | sort); do printf '%-5s %d\n' "$word" "${count[$word]}"; done
echo "$(max 3 9 4) $(fact "$number") $(basename "$0") ${BASH_SOURCE[0]}"
[[ ${1-} =~ ^([a-z])(.*)$ ]] && echo "${BASH_REMATCH[2]}"
case ${1-} in a* | b*) echo ab ;; *) echo else ;; esac
printf -v padded '%05d' "$number"; echo "$padded ${padded/0/x} ${padded: -2} ${#padded}"
END
	chmod +x "$FIXTURE/main"
	same_status 0 ./main -v -n 6 apple pear apple
	same_status 64 ./main -x
	same_status 1 ./main apple
	same bash -x reverse a b c
	same_status 2 bash -c 'if'
	same_status 127 bash -c 'nowhere-command'
	same_status 126 bash -c ./text/words
	same_status 127 bash -c 'set -u; echo $unset'
	same_status 3 sh -ec 'echo a; (exit 3); echo b'
}

@test "globs, loops, cd and subshells" {
	shell 'shopt -s globstar nullglob dotglob; printf "%s\n" **/* nothing*; echo text/[a-n]* {1..3}{a,b}'
	shell 'for f in *; do [ -d "$f" ] && echo "dir $f" || echo "file $f"; done'
	shell 'cd sub/dirlink && pwd | sed "s,.*/run/,," && pwd -P | sed "s,.*/run/,," && cd - >/dev/null && (cd text && ls) && basename "$PWD"'
	shell 'pushd text >/dev/null; ls | wc -l; popd >/dev/null; ls -d sub'
	shell 'while IFS== read -r k v; do echo "<$k|$v>"; done <text/config.ini'
	shell 'mapfile -t lines <text/words; echo ${#lines[@]} "${lines[@]:2:3}"'
	shell 'cd nowhere; echo $?; cd text/words; echo $?'
}

@test "tests of files" {
	# what is writable is executable only when that is granted, too
	local SAME_OPTIONS=(--rwx .)
	shell 'for f in text/words link dangling sub run.sh empty nowhere /dev/null; do
		for t in e f d L h r w x s p c b O G; do [ -$t $f ] && printf %s $t; done; echo " $f"; done'
	shell '[ text/words -ef sub/hard ] && [ -t 1 ]; echo $?'
}
