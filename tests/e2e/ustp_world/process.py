"""Child processes that never outlive their parent, and free ports."""

import ctypes
import os
import signal
import socket
import subprocess
import time


def free_ports(count):
    """Ports that were free a moment ago, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]
    finally:
        for s in sockets:
            s.close()


def wait_until(what, condition, seconds):
    """Polls until the condition gives something true, which is returned. TimeoutError names what was awaited."""
    end = time.monotonic() + seconds
    pause = 0.005
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Process:
    """One program with its output in a file. `ready` is a text its standard output must show first."""

    def __init__(self, name, command, log, ready=None, env=None):
        self.name, self.command, self.log = name, [str(c) for c in command], log
        with open(log, "ab") as out:
            offset = out.tell()
            self.child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                          preexec_fn=_die_with_parent, env=env)
        if ready:
            wait_until(f"{name} ready", lambda: self._shows(ready, offset), 30)

    def _shows(self, text, offset):
        if self.child.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.child.returncode}; see {self.log}:\n{self.tail()}")
        with open(self.log, "rb") as f:
            f.seek(offset)
            return text.encode() in f.read()

    def tail(self, lines=12):
        with open(self.log, "rb") as f:
            return b"\n".join(f.read().splitlines()[-lines:]).decode(errors="replace")

    def running(self):
        return self.child.poll() is None

    def kill(self):
        if self.running():
            self.child.kill()
        return self.child.wait(10)

    def stop(self, seconds=15):
        """SIGTERM, then SIGKILL; the exit status."""
        if self.running():
            self.child.terminate()
            try:
                return self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.child.kill()
        return self.child.wait(10)
