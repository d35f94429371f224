#!/usr/bin/env python3
"""Bad input against real processes: each has its answer, every process lives on, and no ledger has moved."""

import argparse
import json
import shutil
import socket
import ssl
import subprocess
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import hostile_journal  # noqa: E402
from ustp_world.api import Api, ApiError, admin  # noqa: E402
from ustp_world.kills import PointFailed, Route, demand  # noqa: E402
from ustp_world.world import World  # noqa: E402


class Checks:
    def __init__(self, world):
        self.world, self.count, self.failed = world, 0, 0
        self.picture = None

    def settle(self):
        """From here on no ledger may move."""
        self.picture = self.world.picture()

    def __call__(self, name, holds, detail=""):
        self.count += 1
        self.failed += not holds
        if not holds:
            print(f"  FAILED {name}  {detail}", flush=True)

    def unmoved(self, name):
        for process in [*self.world.gateways, *self.world.ledgers]:
            self(f"{process.id} lives after {name}", process.process.running())
        self(f"no ledger moved by {name}", self.world.picture() == self.picture)
        for gateway in self.world.gateways:
            self(f"{gateway.id} is ready after {name}", admin(gateway.admin_port, "/health/ready")[0] == 200)


def order_of(world, **changes):
    body = {"instrument": world.instrument, "quantity": "1", "originator": "ALICE", "beneficiary": world.bob,
            "target_ledger": world.eth.id}
    body.update(changes)
    return body


def answer_of(api, order, key=None, headers=None):
    """(status, code, where) of an order that is sent once."""
    try:
        api.call("POST", "/v1/transfers", order, {"Idempotency-Key": key or str(uuid.uuid4())} | (headers or {}))
    except ApiError as e:
        return e.status, e.code, e.problem.get("pointer", "")
    return 201, "", ""


# ---- orders

def orders(check, world):
    """Each is refused at the order, with the field that is at fault."""
    api = world.gw_csd.api("bank-alice")
    lot = {"quantity": "1", "restriction": "lock_up"}
    cases = [
        ("an unknown account", {"beneficiary": "NOBODY"}, 422, "unknown_account", "/beneficiary"),
        ("a blocked account", {"beneficiary": "MALLORY"}, 422, "account_blocked", "/beneficiary"),
        ("somebody else's account", {"originator": "CAROL"}, 403, "account_not_owned", "/originator"),
        ("an unknown instrument", {"instrument": "US0378331005"}, 422, "unknown_instrument", "/instrument"),
        ("an ISIN with a wrong digit", {"instrument": "US0378331006"}, 422, "invalid_isin", "/instrument"),
        ("zero", {"quantity": "0"}, 422, "quantity_zero", "/quantity"),
        ("more than was issued", {"quantity": "1000001"}, 422, "quantity_too_large", "/quantity"),
        ("half a share", {"quantity": "0.5"}, 422, "inexact", "/quantity"),
        ("a number", {"quantity": 1}, 400, "malformed_text", "/quantity"),
        ("a negative quantity", {"quantity": "-1"}, 400, "malformed_text", "/quantity"),
        ("more than 128 bits", {"quantity": "9" * 60}, 422, "overflow", "/quantity"),
        ("the same ledger", {"target_ledger": world.csd.id, "beneficiary": "CAROL"}, 422, "same_ledger",
         "/target_ledger"),
        ("an unknown ledger", {"target_ledger": "moon-1"}, 422, "unknown_ledger", "/target_ledger"),
        ("a vote within 0 ms", {"vote_within_ms": 0}, 400, "out_of_range", "/vote_within_ms"),
        ("a vote within 8 days", {"vote_within_ms": 8 * 86_400_000}, 400, "out_of_range", "/vote_within_ms"),
        ("an unknown field", {"surprise": 1}, 400, "unknown_field", "/surprise"),
        ("a restriction nobody knows", {"lots": [lot | {"restriction": "moon"}]}, 400, "unknown_tag",
         "/lots/0/restriction"),
        ("lots that add up to something else", {"lots": [{"quantity": "2"}]}, 422, "lots_sum", "/lots")]
    for name, change, *expected in cases:
        got = answer_of(api, order_of(world, **change))
        check(name, got == tuple(expected), f"{got} instead of {tuple(expected)}")


def restricted(check, world):
    """A restricted lot may not go where lots are not carried: the CSD."""
    bob = world.gw_eth.api("bank-bob")
    order = order_of(world, originator=world.bob, beneficiary="CAROL", target_ledger=world.csd.id)
    for restriction in ("lock_up", "private_placement", "insider", "regulatory"):
        got = answer_of(bob, order | {"lots": [{"quantity": "1", "restriction": restriction}]})
        check(f"a lot restricted by {restriction} to the CSD", got == (422, "lot_restricted", "/lots"), str(got))


def ends_aborted(check, world, name, gateway, participant, order, code):
    """Form and rules are in order: the other side or the ledger refuses, and both sides end without an effect."""
    started = gateway.api(participant).start(order)
    ended = gateway.api(participant).wait(started["id"], ("completed", "aborted"), 20)
    check(name, ended["status"] == "aborted" and (ended["reason"] or {}).get("code") == code, str(ended["reason"]))


def refused_later(check, world):
    ends_aborted(check, world, "more than the account holds", world.gw_csd, "bank-alice",
                 order_of(world, quantity="900000"), "insufficient_available")
    ends_aborted(check, world, "a return beyond what is outstanding", world.gw_corda, "bank-dave",
                 order_of(world, quantity="1", originator="DAVE", beneficiary="CAROL", target_ledger=world.csd.id),
                 "outstanding_exceeded")
    ends_aborted(check, world, "a vote within 1 ms", world.gw_csd, "bank-alice", order_of(world, vote_within_ms=1),
                 "deadline_expired")


def idempotency(check, world):
    api, key = world.gw_csd.api("bank-alice"), str(uuid.uuid4())
    try:
        api.call("POST", "/v1/transfers", order_of(world))
        check("no Idempotency-Key", False)
    except ApiError as e:
        check("no Idempotency-Key", (e.status, e.code) == (400, "idempotency_key_missing"), str(e))
    refusal = order_of(world, quantity="900000")  # is aborted at the lock: nothing moves
    started = api.start(refusal, key)
    api.wait(started["id"], ("aborted",), 20)
    check("the same key with another body", answer_of(api, order_of(world, quantity="2"), key)[:2] ==
          (422, "idempotency_payload"))
    check("the same key of another participant is another key",
          answer_of(world.gw_csd.api("bank-carol"), order_of(world, quantity="2"), key)[1] == "account_not_owned")
    try:
        world.gw_csd.api("bank-carol").call("GET", f"/v1/transfers/{started['id']}")
        check("somebody else's transfer", False)
    except ApiError as e:
        check("somebody else's transfer", (e.status, e.code) == (404, "not_found"), str(e))
    for path in (f"/v1/transfers/{started['id']}/evidence", f"/v1/transfers/{uuid.uuid4().hex}"):
        try:
            world.gw_csd.api("bank-carol").call("GET", path)
            check(path, False)
        except ApiError as e:
            check(path, e.status == 404, str(e))


# ---- octets

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


# ---- who

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


def prepare(world):
    """A stranger's certificate, a blocked account, and some units on Ethereum's side."""
    subprocess.run([str(world.source / "tools/pki"), str(world.folder / "pki"), "--participant", "stranger"], check=True,
                   capture_output=True, timeout=60)
    world.announce([world.account_body("bank-bob", world.eth, "MALLORY", status="blocked")])
    route = Route(world, world.gw_csd, world.gw_eth, "ALICE", world.bob, 10)
    started = route.api().start(route.body())
    for api in (route.api(), route.target.api()):
        demand(api.wait(started["id"], ("completed", "aborted"), 30)["status"] == "completed", "the first transfer")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    began = time.monotonic()
    with World(options.build, seed=options.seed, ethereum="corda") as world:
        print(f"seed {world.seed}")
        world.start()
        prepare(world)
        check = Checks(world)
        check.settle()
        for part in (identities, orders, restricted, refused_later, idempotency, bodies, garbage):
            before = check.count
            try:
                part(check, world)
            except (PointFailed, ApiError, TimeoutError, OSError) as e:
                check(part.__name__, False, repr(e))
            check.unmoved(part.__name__)
            print(f"  {part.__name__:<16}{check.count - before:>4} checks  {time.monotonic() - began:6.1f} s", flush=True)
        for part in hostile_journal.PARTS:
            before = check.count
            try:
                part(check, world)
            except (PointFailed, ApiError, TimeoutError, RuntimeError, OSError) as e:
                check(part.__name__, False, repr(e))
            print(f"  {part.__name__:<16}{check.count - before:>4} checks  {time.monotonic() - began:6.1f} s", flush=True)
    print(f"{check.count} checks, {check.failed} FAILED; {time.monotonic() - began:.1f} s")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
