"""Clients that want to use up a server: each attack runs until it is told to stop and gives what it saw."""

import contextlib
import os
import select
import socket
import ssl
import struct
import threading
import time


def tls_context(ca, certificate=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(ca)
    if certificate:
        context.load_cert_chain(f"{certificate}.pem", f"{certificate}.key.pem")
    return context


def client_hello(context):
    """The first flight of a handshake that is never finished."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing)
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def closed(s):
    """Whether the other side ended a connection that we never read from; what came is thrown away."""
    try:
        return s.recv(65536) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def half_open(port, stop, count, first=b"", pause=0.0):
    """`count` connections that say `first` and nothing more, opened again as fast as they are closed. {opened, most}: in
    all, and before those are looked at that the other side has closed."""
    held, opened, most, failed = [], 0, 0, 0
    while not stop.is_set():
        while len(held) < count and not stop.is_set():
            s = socket.socket()
            s.setblocking(False)
            try:
                s.connect_ex(("127.0.0.1", port))
                held.append(s)
                opened += 1
            except OSError:
                failed += 1
                s.close()
                break
            if len(held) % 200 == 0 or pause:
                time.sleep(pause or 0.005)  # the attacker shares the machine with those it attacks
                if first:
                    greet(held[-200:], first)
        greet(held, first)
        most = max(most, len(held))
        stop.so_far = {"opened": opened, "most": most}
        held = [s for s in held if not (closed(s) and not s.close())]
        stop.wait(0.2)
    for s in held:
        s.close()
    return {"opened": opened, "most": most, **({"failed": failed} if failed else {})}


def greet(sockets, octets):
    for s in sockets:
        with contextlib.suppress(OSError):
            if octets:
                s.send(octets)


def drip(port, stop, context, count, request, beat=0.1):
    """Slowloris: TLS connections that say one octet of a request in each beat. {opened, ended}"""
    held, opened, ended, at = [], 0, 0, {}
    while not stop.is_set():
        while len(held) < count and not stop.is_set():
            try:
                s = context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=2))
            except OSError:
                break
            s.setblocking(False)
            held.append(s)
            at[s] = 0
            opened += 1
        for s in list(held):
            try:
                s.send(request[at[s] % len(request):][:1])
                at[s] += 1
                if not s.recv(4096):
                    raise OSError("ended")
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                continue
            except OSError:
                held.remove(s)
                del at[s]
                s.close()
                ended += 1
        stop.wait(beat)
    for s in held:
        s.close()
    return {"opened": opened, "ended": ended}


def talk(port, context, parts, patience=20):
    """One connection that sends the parts one after the other for as long as the other side takes them. (octets taken, the
    first line that came back)"""
    sent, answer = 0, b""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as plain:
        try:
            with context.wrap_socket(plain) as s:
                for part in parts:
                    s.sendall(part)
                    sent += len(part)
                    if select.select((s,), (), (), 0)[0] or s.pending():
                        answer += s.recv(65536)
                        break
                while b"\r\n" not in answer:
                    got = s.recv(65536)
                    if not got:
                        break
                    answer += got
        except OSError:
            pass
    return sent, answer.split(b"\r\n")[0].decode(errors="replace")


def again(stop, attack):
    """The attack again and again, and the last thing it gave, with how often."""
    times, last = 0, None
    while not stop.is_set():
        with contextlib.suppress(OSError):
            last = attack()
            times += 1
    return {"times": times, "last": last}


def unread_pipeline(port, stop, context, count, request):
    """Requests that are sent as long as they are taken and whose answers nobody reads. {opened, octets taken}"""
    held, opened, taken = [], 0, 0
    while not stop.is_set():
        while len(held) < count and not stop.is_set():
            plain = socket.socket()
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            plain.settimeout(2)
            try:
                plain.connect(("127.0.0.1", port))
                s = context.wrap_socket(plain)
            except OSError:
                plain.close()
                break
            s.setblocking(False)
            held.append(s)
            opened += 1
        for s in list(held):
            try:
                taken += s.send(request * 50)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                continue
            except OSError:
                held.remove(s)
                s.close()
        stop.wait(0.05)
    for s in held:
        s.close()
    return {"opened": opened, "octets taken": taken}


class WebSocket:
    """The peer port as a gateway with the right certificate sees it, by hand."""

    UPGRADE = (b"GET /ustp/v1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
               b"Sec-WebSocket-Protocol: ustp.v1\r\n\r\n")

    def __init__(self, port, context):
        self.plain = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.s = context.wrap_socket(self.plain)
        self.s.sendall(self.UPGRADE)
        self.answer = self.s.recv(4096).split(b"\r\n")[0].decode()

    def frame(self, opcode, payload, last=True, declared=None):
        size = len(payload) if declared is None else declared
        head = bytes([(0x80 if last else 0) | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65536:
            head += bytes([0x80 | 126]) + struct.pack("!H", size)
        else:
            head += bytes([0x80 | 127]) + struct.pack("!Q", size)
        self.s.sendall(head + b"\0\0\0\0" + payload)  # a mask of zeros changes nothing

    def flood(self, opcode, payload, seconds, last=True, following=None):
        """Frames until the other side ends it or the time is up; the octets that were taken."""
        taken, end = 0, time.monotonic() + seconds
        self.s.settimeout(max(0.5, seconds))
        try:
            while time.monotonic() < end:
                self.frame(opcode, payload, last)
                taken += len(payload)
                opcode = opcode if following is None else following
        except OSError:
            pass
        return taken

    def ended(self, seconds=5):
        self.s.settimeout(seconds)
        try:
            while self.s.recv(65536):
                pass
            return True
        except TimeoutError:
            return False
        except OSError:
            return True

    def close(self):
        self.s.close()


class Attack:
    """One attack in a thread, as `with Attack(...) as a`; then a.seen."""

    def __init__(self, function, *arguments):
        self.stop, self.seen, self.error = threading.Event(), None, None
        self.stop.so_far = None  # what an attack that takes its time tells meanwhile
        self.thread = threading.Thread(target=self._run, args=(function, arguments), daemon=True)

    def _run(self, function, arguments):
        try:
            self.seen = function(*arguments[:1], self.stop, *arguments[1:])
        except Exception as e:  # told where the attack is judged
            self.error = e

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join(30)


def resident(pid, what="VmRSS"):
    """MiB."""
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(what)) / 1024


def forget_peak(pid):
    with open(f"/proc/{pid}/clear_refs", "w") as f:
        f.write("5")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))
