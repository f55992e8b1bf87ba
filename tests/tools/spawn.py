#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""spawn.py [OPTION...] -- CMD [ARG...]: run a command in an unusual way and say how it really ended.

Prints `exited N` or `signaled N` on descriptor 2's original, after the command's own output.
  --close N        start with descriptor N closed (again for more)
  --fd N=FILE      start with FILE open for reading at N
  --argv0 NAME     argv[0] of the command
  --args N         N more arguments: 0 1 2 ...
  --big BYTES      one more argument of that size
  --weird          more arguments with every byte but 0, empty ones, a newline, options, quotes
  --no-args        an argv without even argv[0]
  --unset NAME     without that environment variable
  --ignore SIG     with that signal ignored
  --block SIG      with that signal blocked
  --gone           from a working directory that is deleted
  --kill SIG MS    send it SIG after that many milliseconds
"""
import ctypes
import os
import signal
import sys
import time

options, command = sys.argv[1:], []
if "--" in options:
    cut = options.index("--")
    options, command = options[:cut], options[cut + 1:]
WEIRD = [b"", b"-", b"--", b"-p", b"a b", b"'\"`$(x)\\", b"line\nline", bytes(range(1, 256)), b"", b"*?[", b"\xff\xfe"]

program = command[0]
argv = [os.fsencode(word) for word in command]
close, files, ignored, blocked, kills = [], [], [], [], []
while options:
    option = options.pop(0)
    if option == "--close":
        close.append(int(options.pop(0)))
    elif option == "--fd":
        number, name = options.pop(0).split("=", 1)
        files.append((int(number), name))
    elif option == "--argv0":
        argv[0] = os.fsencode(options.pop(0))
    elif option == "--args":
        argv += [b"%d" % n for n in range(int(options.pop(0)))]
    elif option == "--big":
        argv.append(b"x" * int(options.pop(0)))
    elif option == "--weird":
        argv += WEIRD
    elif option == "--no-args":
        argv = []
    elif option == "--unset":
        os.environ.pop(options.pop(0), None)
    elif option == "--ignore":
        ignored.append(getattr(signal, options.pop(0)))
    elif option == "--block":
        blocked.append(getattr(signal, options.pop(0)))
    elif option == "--gone":
        directory = os.path.join(os.environ.get("TMPDIR", "/tmp"), "sbx-gone-%d" % os.getpid())
        os.mkdir(directory)
        os.chdir(directory)
        os.rmdir(directory)
    elif option == "--kill":
        kills.append((getattr(signal, options.pop(0)), int(options.pop(0)) / 1000))
    else:
        sys.exit("spawn: unknown option " + option)

say = os.dup(2)
os.set_inheritable(say, False)
child = os.fork()
if child == 0:
    # Python ignores these for itself
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
    # what else the caller has open isn't meant
    for fd in set(range(3, 1024)) - {say}:
        try:
            os.close(fd)
        except OSError:
            pass
    for number, name in files:
        fd = os.open(name, os.O_RDONLY)
        os.dup2(fd, number, inheritable=True)
    for number in close:
        try:
            os.close(number)
        except OSError:
            pass
    # os.execv takes no empty argv[0] and no empty argv
    libc = ctypes.CDLL(None, use_errno=True)
    libc.execv(os.fsencode(program), (ctypes.c_char_p * (len(argv) + 1))(*argv, None))
    os.write(say, ("spawn: %s\n" % os.strerror(ctypes.get_errno())).encode())
    os._exit(99)
for number, delay in kills:
    time.sleep(delay)
    os.kill(child, number)
_, status = os.waitpid(child, 0)
if os.WIFSIGNALED(status):
    os.write(say, b"signaled %d\n" % os.WTERMSIG(status))
else:
    os.write(say, b"exited %d\n" % os.WEXITSTATUS(status))
