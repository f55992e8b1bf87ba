#!/bin/sh
# SPDX-License-Identifier: MIT
# calls.sh BUILD RESULTS -- how many system calls sbx-wrap makes for a run with a cached policy, up to the command's exec, and
# which; in all its processes.
set -eu

build=$1 results=$2
command -v strace >/dev/null || {
	echo "calls: no strace"
	exit 0
}

# count NAME OPTION...
count() {
	name=$1
	shift
	trace=$results/calls-$name.strace
	(cd / && "$build/sbx-wrap" "$@" /usr/bin/true && strace -f -qq -o "$trace" "$build/sbx-wrap" "$@" /usr/bin/true)
	awk -v name="$name" -v csv="$results/calls-$name.csv" '
		/execve\(.*\/usr\/bin\/true", \["\/usr\/bin\/true/ { total[$1]++; exit }
		/resumed>/ || !match($0, /^[0-9]+ +[a-z_0-9]+\(/) { next }
		{ call = $2; sub(/\(.*/, "", call); calls[call]++; sum++ }
		END {
			print "call,count" >csv
			sort = "sort -t, -k2,2nr >>" csv
			for (call in calls)
				print call "," calls[call] | sort
			close(csv)
			close(sort)
			printf "  %-14s %4d system calls up to exec\n", name, sum
		}' "$trace"
	rm -f "$trace"
	sed -n '2,13p' "$results/calls-$name.csv" | awk -F, '{ printf "%s %s %d", NR == 1 ? "                " : ",", $1, $2 } END { print "" }'
}

printf '\nSystem calls of a run with a cached policy\n'
count inplace --set 'namespaces=[]'
count full
