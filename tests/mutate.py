#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which faults does no test notice? Make one at a time in a copy of the tree, build it, run the suites that fit its room.

SEED and COUNT choose the faults, FILES (patterns) where, SUITES (paths) the bats suites instead of the table's, WHO the
users they run as (as root: root and sbxtest), LIMIT the seconds that one fault may take. What fails without a fault
counts for nothing. Survivors are printed as they are found; the last line is the sum.
"""
import fnmatch
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

# Whose fault shows where, the likeliest first; the unit tests run for all of them.
SUITES = [
    ("shim/landlock*", "confine/files confine/latch confine/net"),
    ("shim/seccomp.c", "confine/latch confine/dropped confine/children"),
    ("shim/children.c", "confine/children"),
    ("shim/enter.c shim/alone.c shim/environ.c shim/fail.c", "confine/latch cli/standalone confine/preload"),
    ("shim/*", "confine/files confine/latch confine/children cli/standalone cli/config"),
    ("loader/argv/*", "cli/args cli/outputs confine/outputs"),
    ("loader/output/*", "confine/outputs cli/outputs confine/shared_dirs"),
    ("loader/plan/*", "confine/attacks confine/files confine/views confine/attacks2 confine/attacks3 cli/inplace"),
    ("loader/grants/*", "confine/attacks cli/args confine/files confine/views"),
    ("loader/policy/*", "cli/cache cli/match cli/sources confine/nested confine/attacks"),
    ("loader/root/*", "confine/proc confine/views confine/privs confine/attacks"),
    ("loader/limits/*", "limits/limits limits/lifecycle limits/status"),
    ("loader/seccomp/*", "confine/asked confine/dropped"),
    ("loader/run/*", "cli/exit confine/jobs cli/tty confine/latch cli/fidelity"),
    ("loader/*", "cli/options cli/fidelity confine/files confine/attacks"),
    ("conf/config/*", "cli/config cli/check cli/show cli/sources cli/match"),
    ("conf/commands/*", "cli/show cli/check"),
    ("conf/*", "confine/files confine/net confine/latch confine/children cli/standalone cli/config"),
]
SWAPS = {"&&": "||", "||": "&&", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
IN_ROOT = """mount -t tmpfs -o mode=755 tmpfs /srv && mkdir /srv/tree && mount --bind "$1" /srv/tree &&
. /srv/tree/tests/private.bash && private_enter /srv/tree "$2" BATS_TEST_TIMEOUT=60 UNIT= FUZZ= TESTS="$3" bash tests/run-suites"""


def blank(text):
    """The code with comments, literals and preprocessor lines as spaces: the same length, the same lines."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^[ \t]*#(?:\\\n|[^\n])*'
    return re.sub(pattern, lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.S | re.M)


def closing(code, at):
    """Where the parenthesis that opens at `at` is closed."""
    depth = 0
    for i in range(at, len(code)):
        depth += {"(": 1, ")": -1}.get(code[i], 0)
        if not depth:
            return i
    return None


def mutations(code):
    """By kind: (from, to, replacement); None in it stands for what was there."""
    kinds = {"negate": [], "swap": [], "drop": [], "return": [], "zero": []}
    for found in re.finditer(r"\bif (\()", code):
        end = closing(code, found.start(1))
        if end:
            kinds["negate"].append((found.end(), end, "!(%s)"))
    for found in re.finditer(r"(?<= )(&&|\|\||[<>=!]=|[<>])(?=\s)", code):
        kinds["swap"].append((*found.span(), SWAPS[found[0]]))
    for found in re.finditer(r"^\t+(?!return\b|if\b|while\b|for\b|switch\b|sizeof\b)([a-z]\w*\()", code, re.M):
        end = closing(code, found.end() - 1)
        if end and code[end + 1:end + 2] == ";":
            kinds["drop"].append((found.start(1), end + 1, ""))
    for found in re.finditer(r"^([a-z][^;{}=\n]*\([^;{}]*\))\n\{\n", code, re.M):
        void = re.match(r"(static )?(inline )?void (?!\*)", found[1])
        kinds["return"].append((found.end(), found.end(), "\treturn;\n" if void else "\treturn 0;\n"))
    for found in re.finditer(r"(?<![\w.\[])([1-9]\d*u?|[A-Z][A-Z0-9]*_[A-Z0-9_]+)\b(?!\s*[\](]|:(?!:))", code):
        if not re.search(r"\bcase\s+$", code[:found.start()]):
            kinds["zero"].append((*found.span(), "0"))
    return kinds


def choose(files, seed, count):
    """Files by the number of their lines, kinds evenly."""
    rng = random.Random(seed)
    texts = {name: open(name, encoding="utf-8").read() for name in files}
    sites = {name: mutations(blank(text)) for name, text in texts.items()}
    chosen, tries = [], 0
    while len(chosen) < count and tries < 100 * count:
        tries += 1
        name = rng.choices(files, [texts[name].count("\n") for name in files])[0]
        of_kind = sites[name][rng.choice(list(sites[name]))]
        if of_kind:
            one = (name, *rng.choice(of_kind))
            if one not in chosen:
                chosen.append(one)
    return [(name, texts[name], start, end, new % texts[name][start:end] if "%s" in new else new)
            for name, start, end, new in chosen]


def suites_of(name):
    if os.environ.get("SUITES"):
        return os.environ["SUITES"].split()
    for patterns, suites in SUITES:
        if any(fnmatch.fnmatch(name, pattern) for pattern in patterns.split()):
            return ["tests/%s.bats" % suite for suite in suites.split()]
    return []


class Tree:
    """The copy. What runs in it is a process group of its own, ended as a whole."""

    def __init__(self, top):
        self.root = tempfile.mkdtemp(prefix="sbx-mutate.", dir="/tmp")
        os.chmod(self.root, 0o755)
        self.tree = os.path.join(self.root, "tree")
        self.known = {}
        skip = shutil.ignore_patterns(".git", "san", "cov", "fuzz", "aarch64", "vm")
        shutil.copytree(top, self.tree, symlinks=True, ignore=skip)
        os.environ.pop("MAKEFLAGS", None)

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def write(self, name, text):
        with open(os.path.join(self.tree, name), "w", encoding="utf-8") as file:
            file.write(text)

    def run(self, command, deadline, wanted=lambda line: False):
        """(status, lines); None as status: no time left, True: a line was wanted, and the rest isn't."""
        lines, status = [], None
        child = subprocess.Popen(command, cwd=self.tree, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
        def ring(*_):
            raise TimeoutError
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, max(deadline - time.monotonic(), 0.1))
        try:
            for line in child.stdout:
                lines.append(line.rstrip("\n"))
                if wanted(lines[-1]):
                    status = True
                    break
            else:
                status = child.wait()
        except TimeoutError:
            pass
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
                time.sleep(0.5)
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        return status, lines

    def build(self, deadline):
        make = ["make", "-s", "-j%d" % os.cpu_count(), "CI=", "WERROR=", "all", "unit", "tools"]
        return self.run(make, deadline)[0] == 0

    def unit(self):
        """The unit test that fails, or None."""
        for test in sorted(os.listdir(os.path.join(self.tree, "build/unit"))):
            if self.run(["build/unit/" + test], time.monotonic() + 60)[0] != 0:
                return test
        return None

    def suite(self, suite, who, deadline, wanted=lambda line: False):
        command = ["env", "UNIT=", "FUZZ=", "BATS_TEST_TIMEOUT=60", "TESTS=" + suite, "bash", "tests/run-suites"]
        if os.geteuid() == 0:
            command = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc",
                       "bash", "-c", IN_ROOT, "bash", self.tree, who, suite]
        return self.run(command, deadline, wanted)

    def baseline(self, suite, who):
        """The tests that fail without a fault, and the seconds that all take."""
        start = time.monotonic()
        _, lines = self.suite(suite, who, start + 900)
        self.known[suite, who] = ({line.split(" ", 3)[3] for line in lines if line.startswith("not ok ")},
                                  time.monotonic() - start)
        if not any(line.startswith("ok ") for line in lines):
            sys.exit("%s as %s: nothing passes without a fault:\n%s" % (suite, who, "\n".join(lines[-20:])))

    def noticed(self, name, users, limit):
        """By what a fault in the file, which is built, is noticed; or None."""
        deadline = time.monotonic() + limit
        test = self.unit()
        if test:
            return test
        for suite, who in [(suite, who) for suite in suites_of(name) for who in users]:
            known, seconds = self.known[suite, who]
            until = time.monotonic() + 60 + 4 * seconds
            status, _ = self.suite(suite, who, min(until, deadline), lambda line: line.startswith("not ok ") and
                                   line.split(" ", 3)[3] not in known)
            if status is True or (status is None and until < deadline):
                return "%s as %s%s" % (suite, who, "" if status else ", which hangs")
            if status is None:
                print("%s: not every suite was run in %d seconds" % (name, limit))
                return None
        return None


def main():
    top = os.getcwd()
    tracked = subprocess.run(["git", "ls-files", "*.c"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    patterns = os.environ.get("FILES", "loader/* shim/* conf/*").split()
    files = [name for name in tracked if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
    users = os.environ.get("WHO", "root sbxtest" if os.geteuid() == 0 else "me").split()
    limit = int(os.environ.get("LIMIT") or 300)
    chosen = choose(files, os.environ.get("SEED", "1"), int(os.environ.get("COUNT") or 20))
    killed = survived = unbuilt = 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    tree = Tree(top)
    try:
        if not tree.build(time.monotonic() + 900):
            sys.exit("the tree does not build")
        if tree.unit():
            sys.exit("%s fails without a fault" % tree.unit())
        for suite, who in sorted({(suite, who) for one in chosen for suite in suites_of(one[0]) for who in users}):
            tree.baseline(suite, who)
        for name, text, start, end, new in chosen:
            what = "%s:%d: %s -> %s" % (name, text.count("\n", 0, start) + 1, " ".join(text[start:end].split()) or "(nothing)",
                                        " ".join(new.split()) or "(nothing)")
            tree.write(name, text[:start] + new + text[end:])
            if not tree.build(time.monotonic() + limit):
                unbuilt += 1
                print("not built: " + what, flush=True)
            else:
                by = tree.noticed(name, users, limit)
                killed, survived = killed + (by is not None), survived + (by is None)
                print("killed by %s: %s" % (by, what) if by else "SURVIVED: " + what, flush=True)
            tree.write(name, text)
    finally:
        tree.remove()
    print("%d killed, %d survived, %d did not build" % (killed, survived, unbuilt))


if __name__ == "__main__":
    main()
