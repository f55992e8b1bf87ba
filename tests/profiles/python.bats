#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A script in Python, alone and under python3's profile.

load same

more_setup() {
	mkdir "$FIXTURE"
	cd "$FIXTURE" || return 1
	cat >report.py <<'END'
import argparse, csv, collections, datetime, decimal, hashlib, json, re, statistics, sys, zlib, bz2, lzma, base64, struct, unicodedata
parser = argparse.ArgumentParser()
parser.add_argument("file", type=argparse.FileType("r", encoding="utf-8"))
parser.add_argument("--top", type=int, default=3)
options = parser.parse_args()
words = collections.Counter(re.findall(r"\w+", options.file.read()))
for word, count in sorted(words.most_common(options.top)):
    print(f"{word:<10}{count:>5} {unicodedata.normalize('NFD', word)!r}")
print(hashlib.sha3_256(b"x").hexdigest(), hashlib.md5(b"x").hexdigest())
print(json.dumps({"a": [1, None, "ä"]}, sort_keys=True), decimal.Decimal(1) / 7, statistics.median([3, 1, 2]))
data = bytes(range(256)) * 1000
for module in zlib, bz2, lzma:
    assert module.decompress(module.compress(data)) == data
print(datetime.datetime.fromtimestamp(0, datetime.timezone.utc).isoformat(), struct.pack("<IH", 1, 2), base64.b64encode(b"abc"))
csv.writer(sys.stdout).writerows([[1, "two, three"], ['"', ""]])
print("to stderr", file=sys.stderr)
END
	cat >parallel.py <<'END'
import asyncio, concurrent.futures, multiprocessing, queue, signal, sqlite3, tempfile, threading, mmap, os, ssl, ctypes, uuid, zoneinfo, datetime
def square(n):
    return n * n
async def later(n):
    await asyncio.sleep(n / 100)
    return n
async def all_later():
    return await asyncio.gather(*(later(n) for n in (3, 1, 2)))
if __name__ == "__main__":
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        print(list(pool.map(square, range(5))))
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        print(list(pool.map(square, range(5))))
    with multiprocessing.Pool(2) as pool:
        print(pool.map(square, range(5)))
    print(asyncio.run(all_later()))
    base = sqlite3.connect(":memory:")
    base.execute("create table t (n)")
    base.executemany("insert into t values (?)", [(n,) for n in range(1000)])
    print(base.execute("select sum(n) from t").fetchone())
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * 10000)
        file.flush()
        print(len(mmap.mmap(file.fileno(), 0)))
    signal.signal(signal.SIGUSR1, lambda *_: print("signal"))
    os.kill(os.getpid(), signal.SIGUSR1)
    print(ssl.create_default_context().verify_mode, ctypes.CDLL(None).abs(-5), uuid.uuid5(uuid.NAMESPACE_DNS, "x"))
    print(datetime.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")).utcoffset())
END
	cat >every.py <<'END'
import importlib, sys, warnings
warnings.simplefilter("ignore")
for name in sorted(sys.stdlib_module_names):
    # those that speak, need a display or a device
    if name not in ("antigravity", "this", "idlelib", "nis", "ossaudiodev", "tkinter", "turtle", "turtledemo", "_tkinter") and name[:3] != "_xx":
        try:
            importlib.import_module(name)
        except Exception as error:
            print(name, type(error).__name__, error)
END
	printf 'import sys\nfor line in sys.stdin: print(line.rstrip()[::-1])\n' >reverse.py
	printf 'print("before")\nraise ValueError("no")\n' >raises.py
	printf 'def f(:\n' >syntax.py
	printf 'import helper, shutil\nhelper.save("out.json")\nshutil.copy2("helper.py", "copy.py")\nshutil.copytree("dir", "tree")\n' >saves.py
	mkdir dir && echo x >dir/x && chmod 640 dir/x
	printf 'import json\ndef save(name):\n\twith open(name, "w") as out: json.dump([1, 2], out)\n' >helper.py
	printf 'Zoë met Zoë and Émile; %.0s' $(seq 20000) >big.txt
	cd "$WORK" || return 1
}

@test "python3: a script reads what is named; text, numbers, compression" {
	same_status 0 python3 report.py big.txt
	same_status 0 /usr/bin/python3 report.py --top 1 raises.py
	same_status 0 python3 -W error -X utf8 report.py reverse.py
	same_status 0 python3 -m json.tool --help
	same_status 0 python3 -c 'import sys; print(sys.argv, sys.flags.isolated)' a 'b c'
}

@test "python3: threads, processes, asyncio, databases, temporary files, signals" {
	same_status 0 python3 parallel.py
}

@test "python3: every module of the standard library" {
	same_status 0 python3 every.py
}

@test "python3: standard input" {
	# shellcheck disable=SC2034  # same reads it
	SAME_STDIN=$FIXTURE/raises.py
	same_status 0 python3 reverse.py
	same_status 1 python3 -
	same_status 1 python3 -m json.tool /dev/null
	echo '{ "a": [ 1, 2.5, null ] }' >"$FIXTURE/data.json"
	SAME_STDIN=$FIXTURE/data.json same_status 0 python3 -m json.tool --compact
}

@test "python3: errors" {
	same_status 1 python3 raises.py
	same_status 1 python3 syntax.py
	same_status 2 python3 absent.py
	same_status 2 python3 report.py
	same_status 2 python3 --no-such-option
	same_status 3 python3 -c 'import sys; sys.exit(3)'
	same python3 -c 'import os, signal; os.kill(os.getpid(), signal.SIGTERM)'
	SAME_OPTIONS+=(-q) # no line of sbx's about the fault
	same python3 -c 'import os; os.abort()'
}

@test "python3: with the directory granted, its modules and outputs, existing and not" {
	SAME_OPTIONS=(--rw .)
	export PYTHONDONTWRITEBYTECODE=1
	same_status 0 python3 saves.py
	[ "$(cat run/out.json)" = '[1, 2]' ]
	echo 'old and longer' >"$FIXTURE/out.json"
	same_status 0 python3 saves.py
}

@test "python3: no other file, program, peer or executable memory" {
	home_canary
	cp "$FIXTURE/helper.py" .
	cat >evil.py <<'END'
import ctypes, errno, mmap, os, socket, subprocess
def attempt(name, f):
    try:
        f()
        print(name, "OK")
    except OSError as error:
        print(name, errno.errorcode[error.errno])
attempt("canary", lambda: open(os.environ["CANARY"]))
attempt("sibling", lambda: open("helper.py"))
attempt("write", lambda: open("new", "w"))
attempt("self", lambda: open(__file__, "a"))
attempt("exec", lambda: subprocess.run(["/bin/true"], check=True))
attempt("inet", lambda: socket.socket())
attempt("unix", lambda: socket.socket(socket.AF_UNIX))
attempt("code", lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC))
END
	cp evil.py kept.py
	run "$SBX" -p python3 python3 evil.py
	expect_none_ok "$output" canary sibling write self exec inet unix code
	[ ! -e new ]
	cmp evil.py kept.py
	run python3 evil.py
	expect_all_ok "$output" canary sibling write self exec inet unix code
}

@test "python3: by its name it starts programs, and libraries call back" {
	same_status 0 python3 -c 'import subprocess; print(subprocess.check_output(["echo", "started"]))'
	same_status 0 python3 -c 'import ctypes; print(ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 5)())'
	run "$SBX" -p python3 python3 -c 'import subprocess; print(subprocess.check_output(["echo", "started"]))'
	[ "$status" -ne 0 ]
	expect_no_line '^b.started'
}

@test "python3 -m venv makes what it is told" {
	run "$SBX" --dry-run python3 -m venv env
	expect_line '^profile: python3-venv$'
	run "$SBX" --rw . python3 -m venv --without-pip env
	expect_status 0
	[ -L env/bin/python3 ]
}
