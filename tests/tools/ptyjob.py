#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ptyjob.py SCENARIO SBX_WRAP [TOOL] -- job control and windows through a real terminal.

Starts an interactive shell on a new pseudo-terminal and types at it, as a person would. Exit 0 when everything came as
expected; else the whole dialogue goes to standard output. Times are only guards against hanging.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

GUARD = 60
# a number of seconds that no other process has as its argument
SLEEP = "9%07d" % os.getpid()


class Terminal:
    """A shell on a terminal of its own, and what has been said."""

    def __init__(self):
        self.seen = ""
        self.new = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(PS1="PROMPT> ", TERM="dumb", HISTFILE="/dev/null")
            os.execv("/bin/bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"])
        self.expect("PROMPT> ")
        # "Stopped" and the like, whatever the language
        self.run("export LC_ALL=C; stty -echo")

    def expect(self, pattern):
        end = time.monotonic() + GUARD
        while not re.search(pattern, self.new):
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError("waited in vain for %r" % pattern)
            try:
                got = os.read(self.fd, 4096).decode(errors="replace")
            except OSError:
                got = ""
            if not got:
                raise AssertionError("the terminal ended before %r" % pattern)
            self.seen += got
            self.new += got
        found = re.search(pattern, self.new)
        said, self.new = self.new[:found.end()], self.new[found.end():]
        return said

    def type(self, text):
        os.write(self.fd, text.encode())

    def run(self, command):
        """Type a command and wait for the next prompt; what it printed."""
        self.type(command + "\n")
        return self.expect("PROMPT> ")

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def states(word, program="sleep"):
    """The states of all processes of a program that have `word` among their arguments."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as cmdline:
                words = cmdline.read().split(b"\0")
            with open("/proc/%s/stat" % pid) as stat:
                state = stat.read().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if words[0].endswith(program.encode()) and word.encode() in words:
            found.append(state)
    return found


def wait_for(program, word):
    end = time.monotonic() + GUARD
    while not states(word, program):
        if time.monotonic() > end:
            raise AssertionError("%s isn't there" % program)


def wait_states(word, wanted):
    end = time.monotonic() + GUARD
    while states(word) != wanted:
        if time.monotonic() > end:
            raise AssertionError("states are %r, not %r" % (states(word), wanted))
        time.sleep(0.02)


def stop_and_continue(shell, sbx, _):
    shell.type("%s sleep %s\n" % (sbx, SLEEP))
    wait_states(SLEEP, ["S"])
    shell.type("\x1a")
    shell.expect("Stopped(?s:.*)PROMPT> ")
    wait_states(SLEEP, ["T"])
    assert "Stopped" in shell.run("jobs"), "the job isn't listed as stopped"
    shell.type("fg\n")
    wait_states(SLEEP, ["S"])
    shell.type("\x1a")
    shell.expect("Stopped(?s:.*)PROMPT> ")
    wait_states(SLEEP, ["T"])
    shell.run("bg")
    wait_states(SLEEP, ["S"])
    assert "Running" in shell.run("jobs"), "the job isn't listed as running"
    shell.type("fg\n")
    shell.expect("sleep")
    time.sleep(0.3)
    shell.type("\x03")
    shell.expect("PROMPT> ")
    assert "rc=130" in shell.run("echo rc=$?"), "Ctrl-C after fg"
    wait_states(SLEEP, [])


def stop_before_exec(shell, sbx, _):
    # at different moments of the set-up, and a little after it
    for delay in (0, 0.001, 0.002, 0.003, 0.005, 0.008):
        shell.type("%s sleep %s\n" % (sbx, SLEEP))
        wait_for("sbx-wrap", SLEEP)
        time.sleep(delay)
        shell.type("\x1a")
        shell.expect("Stopped(?s:.*)PROMPT> ")
        shell.type("fg\n")
        wait_states(SLEEP, ["S"])
        shell.type("\x03")
        shell.expect("PROMPT> ")
        assert "rc=130" in shell.run("echo rc=$?"), "Ctrl-C after fg"
        wait_states(SLEEP, [])


def interrupt_before_exec(shell, sbx, _):
    shell.type("%s sleep %s\n" % (sbx, SLEEP))
    wait_for("sbx-wrap", SLEEP)
    shell.type("\x03")
    shell.expect("PROMPT> ")
    assert "rc=130" in shell.run("echo rc=$?"), "Ctrl-C"
    wait_states(SLEEP, [])


def background(shell, sbx, _):
    shell.run("%s sleep %s &" % (sbx, SLEEP))
    wait_states(SLEEP, ["S"])
    shell.run("kill -STOP %1; kill -CONT %1")
    assert "rc=143" in shell.run("kill %1; wait %1; echo rc=$?")
    wait_states(SLEEP, [])


def interrupt(shell, sbx, _):
    shell.type("%s sleep %s\n" % (sbx, SLEEP))
    wait_states(SLEEP, ["S"])
    shell.type("\x03")
    shell.expect("PROMPT> ")
    assert "rc=130" in shell.run("echo rc=$?")
    wait_states(SLEEP, [])
    shell.type("%s sleep %s\n" % (sbx, SLEEP))
    wait_states(SLEEP, ["S"])
    shell.type("\x1c")
    shell.expect("PROMPT> ")
    assert "rc=131" in shell.run("echo rc=$?")


def interrupt_loop(shell, sbx, _):
    for loop in ("while :; do %s sleep %s; done", "bash -c 'while :; do %s sleep %s; done'"):
        shell.type(loop % (sbx, SLEEP) + "\n")
        wait_states(SLEEP, ["S"])
        shell.type("\x03")
        shell.expect("PROMPT> ")
        assert "alive" in shell.run("echo alive")
        wait_states(SLEEP, [])


def trapped_interrupt(shell, sbx, _):
    # a target that handles the signal and goes on makes the wrapper go on too
    shell.type("%s sh -c 'trap \"echo caught\" INT; echo ready; sleep 1; sleep 1; exit 7'\n" % sbx)
    shell.expect("ready")
    shell.type("\x03")
    shell.expect("caught")
    shell.expect("PROMPT> ")
    assert "rc=7" in shell.run("echo rc=$?")


def window(shell, sbx, _):
    shell.resize(33, 77)
    assert "33 77" in shell.run("%s stty size" % sbx)
    shell.type("%s sh -c 'trap \"stty size\" WINCH; echo ready; while :; do sleep 0.1; done'\n" % sbx)
    shell.expect("ready")
    shell.resize(44, 99)
    shell.expect("44 99")
    shell.type("\x03")
    shell.expect("PROMPT> ")


def typing(shell, sbx, _):
    shell.type("%s sed -u 's/^/got /'\n" % sbx)
    time.sleep(0.2)
    shell.type("hello\n")
    shell.expect("got hello")
    shell.type("\x04")
    shell.expect("PROMPT> ")
    assert "rc=0" in shell.run("echo rc=$?")
    # the terminal is the shell's again
    assert "again" in shell.run("echo again")
    assert "to the terminal" in shell.run("%s sh -c 'echo to the terminal >/dev/tty'" % sbx)


def injection(shell, sbx, tool):
    said = shell.run("%s %s tty" % (sbx, tool))
    for name in ("TIOCSTI", "TIOCSTI_high", "TIOCLINUX", "TIOCLINUX_high", "TIOCSETD"):
        assert "%s EPERM" % name in said, said
    outside = shell.run("%s tty" % tool)
    assert "TIOCSTI EPERM" not in outside, outside


def stopped_itself(shell, sbx, _):
    # the target stops itself, and the shell sees the job as stopped
    shell.type("%s sh -c 'kill -STOP $$; echo resumed; exit 5'\n" % sbx)
    shell.expect("Stopped")
    shell.expect("PROMPT> ")
    shell.type("fg\n")
    shell.expect("resumed")
    shell.expect("PROMPT> ")
    assert "rc=5" in shell.run("echo rc=$?")


SCENARIOS = dict(stop=stop_and_continue, early=stop_before_exec, early_interrupt=interrupt_before_exec, background=background, interrupt=interrupt, loop=interrupt_loop,
                 trap=trapped_interrupt, window=window, typing=typing, injection=injection, self=stopped_itself)

terminal = Terminal()
try:
    SCENARIOS[sys.argv[1]](terminal, sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
except AssertionError as error:
    print("FAILED: %s\n---- the dialogue:\n%s" % (error, terminal.seen))
    sys.exit(1)
finally:
    os.kill(terminal.pid, signal.SIGHUP)
    os.kill(terminal.pid, signal.SIGCONT)
    os.close(terminal.fd)
