#!/usr/bin/env bash
# order.sh -- writes loader/order.ld anew: which functions of sbx-wrap's a run in place calls, then a run with a private root, by first use.
#
# What is no longer called costs a few bytes there, and what isn't listed yet a page fault: run it now and then. Needs an x86-64 machine.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
build=${SBX_BUILD:-$top/build}
work=$(mktemp -d /tmp/sbx-order.XXXXXX)
trap 'rm -rf "$work"' EXIT
libc=$(echo 'int main(void) { return 0; }' | "${MUSL_CC:-musl-gcc}" -static -Wl,--trace -o "$work/empty" -x c - | grep -m1 'libc\.a$')

"${CC:-gcc}" -O2 -D_GNU_SOURCE -o "$work/order" "$top/bench/order.c"
for options in '--set namespaces=[]' ''; do
	# shellcheck disable=SC2086
	"$build/sbx-wrap" $options /usr/bin/true # compiles the policy
	# shellcheck disable=SC2086
	"$work/order" "$build/sbx-wrap" $options /usr/bin/true
done >"$work/addresses"

nm -n "$build/sbx-wrap" | sed -n 's/^0*\([0-9a-f]*\) [tTwW] \([^.]*\).*/\1 \2/p' >"$work/symbols"
for kind in Ww Tt; do # the last one counts: what is weak may stand in another part as well
	nm -A "$libc" 2>/dev/null | sed -n "s/^.*:\\([^:]*\\):[0-9a-f]* [$kind] \\(.*\\)/\\2 \\1/p"
done >"$work/members"
nm "$build"/musl/{loader,shim}/*.o | sed -n 's/^[0-9a-f]* [tT] \([^.]*\).*/\1/p' | sort -u >"$work/own"

# By the address the function; by the function its section, or the part of libc that it is in.
"${PYTHON:-python3}" - "$work" "$top/loader/order.ld" <<'END'
import bisect, pathlib, sys

work, order = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
words = lambda name: [line.split() for line in (work / name).read_text().splitlines()]
symbols = [(int(at, 16), name) for at, name in words("symbols")]
starts = [at for at, _ in symbols]
members, own = dict(words("members")), {name for name, in words("own")}
patterns = {}
called = [symbols[bisect.bisect_right(starts, int(address, 16)) - 1][1] for address, in words("addresses")]
for name in called + ["sbx_signals_read", "after_stop"]:  # stepping interrupts the wait before these two
    if name in own:
        patterns[f"*(.text.{name} .text.{name}.* .text.startup.{name})"] = None
    elif name in members:
        patterns[f"*libc.a:{members[name]}(.text .text.*)"] = None
lines = "\n".join(f"\t\t{pattern}" for pattern in patterns)
order.write_text(f"""/*
 * order.ld -- what every run calls stands together, in front of the constants, and all else behind them: a page that is never touched is
 * never mapped. Written by bench/order.sh. A name that isn't there any more does no harm. ld(1), INSERT.
 */
SECTIONS
{{
	.text.first : {{
		*crt*.o(.text .text.*)
{lines}
	}}
}} INSERT BEFORE .text;
SECTIONS
{{
	.text.rest : {{ *(.text .text.*) }}
}} INSERT AFTER .rodata;
""")
END
