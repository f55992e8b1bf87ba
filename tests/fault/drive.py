#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""drive.py -- let every system call on the way to a target's main fail, one in each run, and compare what can be done.

Each configuration is run undisturbed first. Then, for each call of each process and for each error, it is run again
with that call failing (inject.c); the target (report.c) says what it can do. Such a run is

  the same   the report is that of the undisturbed run
  refused    sbx-wrap ended with 125 and a message, or the target never got to its main
  weaker     all else: something is possible that wasn't, is missing, or failed in silence
  hung       it had to be killed

A policy that such a run leaves in the cache must be as good: the next run, undisturbed, is judged like it. Runs in
which the call wasn't made, as another process was quicker, are not counted. The last line is
`N runs at N places: N the same, N refused, N weaker, N hung`; the status is 0 when none is weaker or hung.

Environment: SBX_BUILD; CONFIGS: names, all by default; COUNT: that many runs, chosen by SEED; PART: "2/4", the second
of four parts; RUN: one, as it is printed. Nobody else should use the cache meanwhile.
"""
import collections
import errno
import os
import random
import re
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

BUILD = os.path.abspath(os.environ.get("SBX_BUILD", "build"))
SBX = os.path.join(BUILD, "sbx-wrap")
INJECT = os.path.join(BUILD, "fault", "inject")
REPORT = os.path.join(BUILD, "fault", "report")
ERRORS = ["EPERM", "ENOSYS", "EINVAL", "ENOMEM", "EMFILE", "EINTR"]
MOVERS = {"read", "write", "pread64", "pwrite64", "readv", "writev", "getrandom", "sendfile", "copy_file_range"}
# They don't return, or never fail
UNFAILING = {"exit", "exit_group", "rt_sigreturn", "umask", "clock_gettime", "getpid", "gettid", "getppid", "getpgrp",
             "getuid", "geteuid", "getgid", "getegid"}
# Errors that are answers: no link; no link can be made here, or the directory can't be written, so that the output is
# shown as it is
ANSWERS = {("readlink", "EINVAL"), ("readlinkat", "EINVAL"), ("linkat", "EPERM"), ("linkat", "ENOSYS"),
           ("access", "EPERM")}
STATUS = 33
CACHE = "/var/cache/sbx" if os.getuid() == 0 else os.path.expanduser("~/.cache/sbx")

WRAPPED = "{sbx} --rox {report} %s -- {report} %s"


class Config:
    """How the target is run, whether the policy is compiled; an output: its name, what is there before, what after."""

    def __init__(self, options="", target="", command=WRAPPED, cold=False, output=None, before=None, after=None):
        self.command = command % (options, target) if command == WRAPPED else command
        self.cold = cold
        self.output, self.before, self.after = output, before, after


# `children` knows a profile by its program's name.
CONFIGS = {
    "default": Config(),
    "cold": Config(cold=True),
    "cold-output": Config("-p pdftotext --connect {port} --set seccomp.log=[\"mincore\"] --set children=true",
                          "{scratch}/in {out}/a.txt write", cold=True, output="a.txt", after="new"),
    "parser": Config("-p parser"),
    "named": Config(command="{sbx} -c {scratch}/named.conf --rox {scratch}/pdftotext -- {scratch}/link"),  # by its path
    "floor": Config("-p parser --latch off"),
    "in-place": Config("--set namespaces=[]"),
    "connect": Config("--connect {port}"),
    "children": Config("--set children=true"),
    "child": Config("--set children=true --rox {scratch}/pdftotext", "start {scratch}/pdftotext"),
    "asked": Config("--latch required --set seccomp.log=[\"mincore\"]"),
    "mounts": Config("--rw {scratch}/rw --hide /usr/share/doc --tmpfs /srv --ro-bind /etc/hostname /etc/x"),
    "pid-1": Config("--as-pid-1 --map-root"),
    "limits": Config("--pids 64 --timeout 1h --memory 1G --best-effort limits", "limits"),
    "cgroup": Config("--pids 40 --memory 64M", "limits"),  # where there is one
    "best-effort": Config("--best-effort net,ipc"),
    "nested": Config(command="{sbx} --rox {build} -- {sbx} --rox {report} -p parser -- {report}"),
    "alone": Config(command="/usr/bin/env LD_PRELOAD={shim}:{shim} SBX_POLICY={scratch}/alone.sbx {report}"),
    "staged": Config("-p pdftotext", "{scratch}/in {out}/a.txt write", output="a.txt", after="new"),
    "written": Config("-p pdftotext", "{scratch}/in {out}/a.txt write", output="a.txt", before="old", after="new"),
    "replaced": Config("-p pdftotext", "{scratch}/in {out}/a.txt replace", output="a.txt", before="old", after="new"),
    "removed": Config("-p pdftotext", "{scratch}/in {out}/a.txt remove", output="a.txt", before="old"),
    "copied": Config("-p pdftotext --set args.out=copy", "{scratch}/in {out}/a.txt write",
                     output="a.txt", before="old", after="new"),
    "page": Config("-p pdftoppm", "{scratch}/in {out}/a page", output="a-1.ppm", before="old", after="new"),
}

Run = collections.namedtuple("Run", "config place call error")
Result = collections.namedtuple("Result", "reported said status call")


def call_names():
    names = {}
    for header in ("x86_64-linux-gnu/asm/unistd_64.h", "asm-generic/unistd.h"):
        try:
            with open(os.path.join("/usr/include", header), encoding="ascii") as text:
                for name, number in re.findall(r"#define __NR_(\w+)\s+(\d+)", text.read()):
                    names.setdefault(int(number), name)
        except OSError:
            continue
        break
    return names


def error_number(error):
    return error if error == "short" else str(getattr(errno, error))


class Host:
    """What is outside: a scratch directory with something secret, and listeners."""

    def __init__(self):
        self.scratch = tempfile.mkdtemp(prefix="sbx-fault-")
        self.outside = os.path.join(self.scratch, "outside")
        self.out = os.path.join(self.scratch, "out")
        for name in ("outside", "rw", "work", "out"):
            os.mkdir(os.path.join(self.scratch, name))
        with open(os.path.join(self.scratch, "in"), "w", encoding="ascii") as file:
            file.write("input")
        with open(os.path.join(self.outside, "secret"), "w", encoding="ascii") as secret:
            secret.write("secret")
        shutil.copy(REPORT, os.path.join(self.scratch, "pdftotext"))
        os.symlink("pdftotext", os.path.join(self.scratch, "link"))
        with open(os.path.join(self.scratch, "named.conf"), "w", encoding="ascii") as file:
            file.write('profiles = { named = { inherit = "parser"; match = [ "%s/pdftotext" ];'
                       ' env = { set = [ "A=b" ]; }; }; };' % self.scratch)
        self.selector = selectors.DefaultSelector()
        self.port = self.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def listen(self):
        """Two ports side by side, and an abstract name that tells which."""
        while True:
            first, second = socket.socket(), socket.socket()
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                break
            except (OSError, OverflowError):
                pass
        abstract = socket.socket(socket.AF_UNIX)
        abstract.bind("\0sbx-fault.%d" % port)
        for sock in (first, second, abstract):
            sock.listen(64)
            self.selector.register(sock, selectors.EVENT_READ)
        return port

    def accept(self):
        while True:
            for key, _ in self.selector.select():
                key.fileobj.accept()[0].close()

    def environment(self):
        env = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}
        env.update(AWS_SECRET_X="1", SSH_AUTH_SOCK="/x")  # must not arrive
        env.update(FAULT_OUTSIDE=self.outside, FAULT_PORT=str(self.port), FAULT_PID=str(os.getpid()))
        for name in os.listdir("/proc/self/ns"):
            env["FAULT_" + name] = os.readlink("/proc/self/ns/" + name)
        return env


class Driver:
    def __init__(self):
        self.host = Host()
        self.env = self.host.environment()
        self.names = call_names()
        self.before = set(self.cache_files())  # not ours
        self.base = {}
        self.entries = {}

    # ---- one run

    def command(self, config):
        places = {"sbx": SBX, "build": BUILD, "report": REPORT, "shim": os.path.join(BUILD, "libsbx-shim.so"),
                  "port": self.host.port, "scratch": self.host.scratch, "out": self.host.out}
        return [word.format(**places) for word in CONFIGS[config].command.split()]

    def execute(self, config, *how):
        """Run it through inject.c; what it lists, and how it went."""
        file = os.path.join(self.host.scratch, "calls")
        self.set_output(CONFIGS[config])
        leak = os.open(self.host.outside, os.O_RDONLY)  # must not arrive, either
        done = subprocess.run([INJECT, file, *how, *self.command(config)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", check=False, env=self.env,
                              pass_fds=(leak,), cwd=os.path.join(self.host.scratch, "work"))
        os.close(leak)
        if done.returncode != 0:
            sys.exit("drive: %s" % done.stderr)
        with open(file, encoding="ascii") as text:
            *calls, end = text.read().splitlines()
        _, number, status = end.split()
        reported = re.sub(r"(\.sbx-stage)-[0-9a-f]{16}", r"\1", done.stdout).splitlines()
        if config == "alone":  # it sees the host's own directories, which others use
            reported = [line for line in reported if not line.startswith("entries_")]
        if not reported or not reported[-1].startswith("rulesets_left"):
            reported = []  # it was killed amid
        return calls, Result(reported, done.stderr, status,
                             None if number == "-1" else self.names.get(int(number), number))

    # ---- the output

    def set_output(self, config):
        shutil.rmtree(self.host.out)
        os.mkdir(self.host.out)
        if config.before is not None:
            with open(os.path.join(self.host.out, config.output), "w", encoding="ascii") as file:
                file.write(config.before)

    def lost_output(self, config, result):
        """What is wrong with it: it is delivered, or the run is refused and what was there still is."""
        config = CONFIGS[config]
        if config.output is None:
            return []
        found = {}
        for top, _, names in os.walk(self.host.out):
            for name in names:
                with open(os.path.join(top, name), encoding="ascii") as file:
                    found[os.path.relpath(os.path.join(top, name), self.host.out)] = file.read()
        now = found.pop(config.output, None)
        if now == config.after and not found:
            return []
        if result.status == str(STATUS) or now not in (config.before, config.after):
            return ["output: %s, beside it %s" % (now, found)]
        return []

    # ---- the cache

    def cache_files(self):
        try:
            return os.listdir(CACHE)
        except OSError:
            return []

    def read_entries(self):
        entries = {}
        for name in set(self.cache_files()) - self.before:
            with open(os.path.join(CACHE, name), "rb") as entry:
                entries[name] = entry.read()
        return entries

    def set_entries(self, wanted):
        """Only these are there, and as they were."""
        found = self.read_entries()
        for name in found.keys() - wanted.keys():
            os.unlink(os.path.join(CACHE, name))
        for name, entry in wanted.items() - found.items():
            with open(os.path.join(CACHE, name), "wb") as file:
                file.write(entry)

    # ---- comparison

    def prepare(self, config):
        """The undisturbed run, and all that can be made to fail in it."""
        if config == "alone":
            layer = os.path.join(self.host.scratch, "alone.sbx")
            subprocess.run([os.path.join(BUILD, "sbx-policy"), "compile", "-o", layer, "--set", "args.grants=false",
                            "parser"], check=True)
        if CONFIGS[config].cold:
            self.set_entries({})
        else:
            self.execute(config, "list")
        calls, first = self.execute(config, "list")
        if config == "cgroup" and "can't be held" in first.said:
            return
        self.entries.update(self.read_entries())
        for _ in range(2):
            _, again = self.execute(config, "list")
            lost = self.lost_output(config, again)
            if first.reported != again.reported or first.status != str(STATUS) or not first.reported or lost:
                print(*set(first.reported) ^ set(again.reported), *lost, first.said, first.status, sep="\n")
                sys.exit("drive: %s: the undisturbed run is not always the same" % config)
        self.base[config] = first.reported
        for line in calls:
            place, number = line.split()
            call = self.names.get(int(number), number)
            if call not in UNFAILING:
                yield from (Run(config, place, call, error) for error in ERRORS + ["short"] * (call in MOVERS))

    def judge(self, config, result, may_be_silent=False):
        """What kind of run it was, and why."""
        if result.status == "hung":
            return "hung", []
        if config == "best-effort" and "as best_effort says" in result.said:
            return "refused", []  # as far as it was wanted
        reported = result.reported
        if result.status == "125":  # PID 1 was being killed meanwhile: it denies as it goes
            reported = [re.sub(r"^(/proc/1/\w+) ESRCH$", r"\1 EACCES", line) for line in reported]
        base, now = collections.Counter(self.base[config]), collections.Counter(reported)
        differences = ["- " + line for line in base - now] + ["+ " + line for line in now - base]
        differences += self.lost_output(config, result)
        if differences and (result.reported or differences[-1].startswith("output")):
            return "weaker", differences
        if result.reported and result.status == str(STATUS):
            return "same", []
        # 126, 127 and signals: exec, ld.so or a libc has failed
        told = result.said or may_be_silent or int(result.status) > 127
        refused = told and (result.status == "125" or not result.reported and int(result.status) > 125)
        return "refused" if refused else "weaker", ["status %s%s" % (result.status, "" if told else ", not a word")]

    def run(self, run):
        self.set_entries({} if CONFIGS[run.config].cold else self.entries)
        _, result = self.execute(run.config, run.place, error_number(run.error))
        if result.call is None or result.call in UNFAILING:  # runs differ a little, and it was another call, or none
            return result, "missed", []
        if (result.call, run.error) in ANSWERS:
            return result, "same", []
        kind, why = self.judge(run.config, result, may_be_silent=result.call in MOVERS | {"execve"})
        if kind in ("same", "refused") and self.read_entries().items() - self.entries.items():
            _, after = self.execute(run.config, "list")
            later, why = self.judge(run.config, after)
            kind = kind if later == "same" else "weaker"
            why = ["in the next run: " + line for line in why]
        return result, kind, why


def show(run, result, kind, why):
    print("%s: %s: %s, status %s" % (kind, describe(run), result.call, result.status))
    for line in why[:20]:
        print("    " + line)
    for line in result.said.splitlines()[:5]:
        print("    | " + line)
    sys.stdout.flush()


def describe(run):
    return "%s at %s in %s" % (run.error, run.place, run.config)


def select(runs):
    if os.environ.get("RUN"):
        return [run for run in runs if describe(run) == os.environ["RUN"]]
    count, part = int(os.environ.get("COUNT") or 0), os.environ.get("PART") or "1/1"
    seed = os.environ.get("SEED") or str(random.SystemRandom().randrange(1 << 32))
    first, parts = map(int, part.split("/"))
    if count:
        print("seed %s" % seed)
        runs = random.Random(seed).sample(runs, min(count, len(runs)))
    return runs[first - 1::parts]


def main():
    driver = Driver()
    names = os.environ.get("RUN", "").split()[-1:] or os.environ.get("CONFIGS", "").split() or list(CONFIGS)
    kinds = collections.Counter()
    places = set()
    try:
        for run in select([run for name in names for run in driver.prepare(name)]):
            result, kind, why = driver.run(run)
            kinds[kind] += 1
            if kind == "missed":
                continue
            places.add((run.config, run.place))
            if kind in ("weaker", "hung") or os.environ.get("RUN"):
                show(run, result, kind, why)
    finally:
        driver.set_entries({})
        shutil.rmtree(driver.host.scratch)
    print("%d runs at %d places: %d the same, %d refused, %d weaker, %d hung" % (
        sum(kinds.values()) - kinds["missed"], len(places),
        kinds["same"], kinds["refused"], kinds["weaker"], kinds["hung"]))
    return 1 if kinds["weaker"] or kinds["hung"] else 0


if __name__ == "__main__":
    sys.exit(main())
