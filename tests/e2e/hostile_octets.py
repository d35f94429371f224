"""Octets and certificates that are not what they should be, on every port. Part of hostile.py."""

import json
import shutil
import socket
import ssl
import subprocess
import uuid

from ustp_world.api import Api


def order_of(world, **changes):
    body = {"instrument": world.instrument, "quantity": "1", "originator": "ALICE", "beneficiary": world.bob,
            "target_ledger": world.eth.id}
    body.update(changes)
    return body


def raw(api, octets, wait=3.0):
    """The status and the problem code of one HTTP request as octets on an authenticated connection."""
    with socket.create_connection(("127.0.0.1", api.port), timeout=wait) as plain:
        with api.context.wrap_socket(plain) as s:
            s.sendall(octets)
            answer = b""
            try:
                while b"}" not in answer:
                    part = s.recv(65536)
                    if not part:
                        break
                    answer += part
            except (TimeoutError, OSError):
                pass
    head, _, body = answer.partition(b"\r\n\r\n")
    try:
        return int(head.split()[1]), json.loads(body).get("code", "")
    except (ValueError, IndexError):
        return 0, answer[:80].decode(errors="replace")


def post(body, more=""):
    return (f"POST /v1/transfers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {uuid.uuid4()}\r\n{more}Content-Length: {len(body)}\r\n\r\n").encode() + body


def bodies(check, world):
    api = world.gw_csd.api("bank-alice")
    order = json.dumps(order_of(world))
    cases = [
        ("a body of 1 MiB", post(b" " * (1 << 20)), (413, "body_too_large")),
        ("nesting", post(b"[" * 64 + b"]" * 64), (400, "nesting_too_deep")),
        ("a repeated name", post(order.replace('{"', '{"quantity": "2", "', 1).encode()), (400, "duplicate_field")),
        ("invalid UTF-8", post(b'{"instrument": "\xff\xfe"}'), (400, "malformed_text")),
        ("octets after the value", post(order.encode() + b"{}"), (400, "malformed_text")),
        ("a repeated key field", post(order.encode(), "Idempotency-Key: second\r\n"), (400, "duplicate_field")),
        ("two lengths", post(order.encode(), "Content-Length: 5\r\n"), (400, "malformed_text")),
        ("length and chunks", post(order.encode(), "Transfer-Encoding: chunked\r\n"), (400, "malformed_text")),
        ("a header of 64 KiB", post(order.encode(), f"X-Long: {'a' * 65536}\r\n"), (431, "header_too_large")),
        ("no HTTP", b"\x16\x03\x01garbage\r\n\r\n", (400, "malformed_text")),
        ("an unknown path", b"GET /etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", (404, "not_found")),
        ("a path that climbs", b"GET /v1/../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", (400, "malformed_text")),
        ("another method", b"DELETE /v1/transfers HTTP/1.1\r\nHost: x\r\n\r\n", (405, "method_not_allowed"))]
    for name, octets, expected in cases:
        got = raw(api, octets)
        check(name, got == expected, f"{got} instead of {expected}")


def garbage(check, world):
    """Noise, half-open and abandoned connections on every port; while they stand, the gateway answers others."""
    noise = world.random.randbytes(4096)
    ports = [p for g in world.gateways for p in (g.peer_port, g.api_port, g.admin_port)]
    ports += [world.eth.port, world.corda.port]
    held = []
    for port in ports:
        for first in (noise, b"\x16\x03\x01\x40\x00" + noise, b"GET / HTTP/1.1\r\n", b""):
            s = socket.create_connection(("127.0.0.1", port), timeout=5)
            try:
                s.sendall(first)
            except OSError:
                pass
            held.append(s)
    for gateway in world.gateways:
        check(f"{gateway.id} answers beside half-open connections",
              "transfers" in gateway.api().call("GET", "/v1/transfers"))
    for i, s in enumerate(held):
        if i % 2:  # half of them end with a reset
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        s.close()


def handshake(port, ca, certificate=None, request=b""):
    """What a TLS client gets to see: the answer's first line, or "refused"."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(ca)
    if certificate:
        context.load_cert_chain(f"{certificate}.pem", f"{certificate}.key.pem")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
            with context.wrap_socket(plain) as s:
                s.sendall(request)
                got = s.recv(4096)
                return got.split(b"\r\n")[0].decode(errors="replace") if got else "refused"
    except OSError:
        return "refused"


def identities(check, world):
    pki, other = world.folder / "pki", world.folder / "other-pki"
    subprocess.run([str(world.source / "tools/pki"), str(other), "--gateway", "gw-csd", "--participant", "bank-alice"],
                   check=True, capture_output=True, timeout=60)
    ca, gateway = pki / "ca.pem", world.gw_eth
    get = b"GET /v1/transfers HTTP/1.1\r\nHost: x\r\n\r\n"
    upgrade = (b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
    for name, port, certificate, request, expected in [
            ("no certificate at the API", gateway.api_port, None, get, "refused"),
            ("no certificate at the peer port", gateway.peer_port, None, upgrade, "refused"),
            ("another CA's participant at the API", gateway.api_port, other / "participant-bank-alice", get, "refused"),
            ("another CA's gateway at the peer port", gateway.peer_port, other / "gateway-gw-csd", upgrade, "refused"),
            ("a participant at the peer port", gateway.peer_port, pki / "participant-bank-alice", upgrade, "refused"),
            ("a gateway at the API", gateway.api_port, pki / "gateway-gw-csd", get, "HTTP/1.1 403"),
            ("a stranger of the right CA", gateway.api_port, pki / "participant-stranger", get, "HTTP/1.1 403"),
            ("a participant at the API", gateway.api_port, pki / "participant-bank-bob", get, "HTTP/1.1 200")]:
        got = handshake(port, ca, certificate, request)
        check(name, got.startswith(expected), f"{got!r} instead of {expected}")
    old = Api(gateway.api_port, ca, pki / "participant-bank-bob.pem", pki / "participant-bank-bob.key.pem")
    old.context.minimum_version = ssl.TLSVersion.TLSv1_2
    old.context.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        old.call("GET", "/v1/transfers")
        check("TLS 1.2", False)
    except OSError:
        check("TLS 1.2", True)
    shutil.rmtree(other)
