#!/usr/bin/env bash
# order.sh -- writes loader/order.ld anew: which functions of sbx-wrap's a run in place calls, the constants that go with them, then what runs
# with a private root, a latch and files for arguments call besides; by first use.
#
# What is no longer called costs a few bytes there, and what isn't listed yet a page fault: run it now and then. Needs an x86-64 machine.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
build=${SBX_BUILD:-$top/build}
work=$(mktemp -d /tmp/sbx-order.XXXXXX)
trap 'rm -rf "$work"' EXIT
libc=$(echo 'int main(void) { return 0; }' | "${MUSL_CC:-musl-gcc}" -static -Wl,--trace -o "$work/empty" -x c - | grep -m1 'libc\.a$')

"${CC:-gcc}" -O2 -D_GNU_SOURCE -o "$work/order" "$top/bench/order.c"
trace() { # FILE OPTION... COMMAND...
	"$build/sbx-wrap" "${@:2}" # compiles the policy
	"$work/order" "$build/sbx-wrap" "${@:2}" >"$work/$1"
}
trace inplace --set 'namespaces=[]' /usr/bin/true
trace rooted /usr/bin/true
trace latched --set map_exec=false /usr/bin/true
trace words /usr/bin/sort "$work/inplace" -o "$work/sorted"

nm -n "$build/sbx-wrap" | sed -n 's/^0*\([0-9a-f]*\) [tTwW] \([^.]*\).*/\1 \2/p' >"$work/symbols"
for kind in Ww Tt; do # the last one counts: what is weak may stand in another part as well
	nm -A "$libc" 2>/dev/null | sed -n "s/^.*:\\([^:]*\\):[0-9a-f]* [$kind] \\(.*\\)/\\2 \\1/p"
done >"$work/members"
nm "$build"/musl/{loader,loader/*,shim}/*.o | sed -n 's/^[0-9a-f]* [tT] \([^.]*\).*/\1/p' | sort -u >"$work/own"

# By the address the function; by the function its section, or the part of libc that it is in.
"${PYTHON:-python3}" - "$work" "$top/loader/order.ld" <<'END'
import bisect, pathlib, sys

work, order = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
words = lambda name: [line.split() for line in (work / name).read_text().splitlines()]
symbols = [(int(at, 16), name) for at, name in words("symbols")]
starts = [at for at, _ in symbols]
members, own = dict(words("members")), {name for name, in words("own")}
called = lambda name: [symbols[bisect.bisect_right(starts, int(address, 16)) - 1][1] for address, in words(name)]
placed = set()


def code(functions):
    for name in dict.fromkeys(functions):
        if name in placed:
            continue
        placed.add(name)
        if name in own:
            yield f"*(.text.{name} .text.{name}.* .text.startup.{name})"
        elif name in members and members[name] not in placed:
            placed.add(members[name])
            yield f"*libc.a:{members[name]}(.text .text.*)"


inplace = called("inplace")
first = list(code(inplace))
texts = [f"*(.rodata.{name} .rodata.{name}.str*)" for name in dict.fromkeys(inplace) if name in own]
texts += [f"*libc.a:{member}(.rodata .rodata.*)" for member in dict.fromkeys(members[name] for name in inplace if name in members)]
second = list(code(called("rooted") + ["sbx_signals_read", "after_stop"] + called("latched") + called("words")))  # stepping interrupts the wait before these two
lines = lambda patterns: "\n".join(f"\t\t{pattern}" for pattern in patterns)
order.write_text(f"""/*
 * order.ld -- what every run calls stands together, in front, with its constants; then what most runs call; behind them all else: what is
 * never touched is never mapped, and the kernel maps 64 kB at a time. Written by bench/order.sh. A name that isn't there any more does
 * no harm. ld(1), INSERT.
 */
SECTIONS
{{
	.text.first : {{
		*crt*.o(.text .text.*)
{lines(first)}
	}}
	.rodata.first : {{
{lines(texts)}
		*options.o(.rodata.str1.1) *environment.o(.rodata.*.str*)
		*(EXCLUDE_FILE(*strerror.lo *strsignal.lo *vfprintf.lo) .rodata.*[!18])
	}}
	.text.second : {{
{lines(second)}
	}}
}} INSERT BEFORE .text;
SECTIONS
{{
	.text.rest : {{ *(.text .text.*) }}
}} INSERT AFTER .rodata;
SECTIONS
{{
	. = ALIGN(CONSTANT(MAXPAGESIZE));
}} INSERT BEFORE .tdata;
SECTIONS
{{
	.bss.rest : {{ *libc.a:stdout.lo(.bss .bss.*) *libc.a:malloc.lo(.bss .bss.*) }}
}} INSERT AFTER .bss;
""")
END
