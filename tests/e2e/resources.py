#!/usr/bin/env python3
"""Scenario 25: whoever wants to use up a gateway's memory, sockets or time, while honest orders run. Each attack keeps on
for some seconds; the gateway's memory stays bounded, every honest order ends, and its 99th percentile stays low. Honest
orders come on a connection of their own each, so that they need what the attack wants to take away."""

import argparse
import resource
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world import attackers  # noqa: E402
from ustp_world.api import Api, ApiError, admin  # noqa: E402
from ustp_world.attackers import Attack, WebSocket, again, drip, half_open, talk, tls_context, unread_pipeline  # noqa: E402
from ustp_world.kills import PointFailed, Route, both_ended, demand  # noqa: E402
from ustp_world.load import Load  # noqa: E402
from ustp_world.process import wait_until  # noqa: E402
from ustp_world.world import World  # noqa: E402

# Measured on two cores that also run the attackers, then given room.
RSS_MIB = 256       # of one gateway under any attack: 1,024 connections take 0.11 each, whatever is sent on them
P99_SECONDS = 3.0   # of an honest order, from the connect to the answer
FLOOD_SECONDS = 8.0  # the same while the queue of the listening socket is kept full: the system drops a SYN or two
LINK_SECONDS = 30   # until a peer that comes back has its link, while half-open sockets are opened all the time
SOCKETS = 10_000
FLOODS = ("half-open sockets", "unfinished handshakes")


class Honest(Load):
    """20 orders a second on one route, each on a new connection; how long each took."""

    def __init__(self, world):
        super().__init__(world, 20)
        self.routes = self.routes[:1]
        self.took = []

    def _order(self, api, route, key):
        began = time.monotonic()
        super()._order(api, route, key)
        self.took.append((began, time.monotonic() - began))

    def p99(self, since):
        """Of the orders given since then: (how many, seconds)."""
        took = sorted(seconds for began, seconds in list(self.took) if began >= since)
        return (len(took), took[min(len(took) - 1, int(len(took) * 0.99))]) if took else (0, 99.0)


def api_attacks(world):
    """(name, what goes on, whether it met what it should): towards the gateway that takes the honest orders, by a participant of
    its own or by nobody."""
    port, pki = world.gw_csd.api_port, world.folder / "pki"
    nobody, carol = tls_context(pki / "ca.pem"), tls_context(pki / "ca.pem", pki / "participant-bank-carol")
    hello = attackers.client_hello(nobody)
    head = b"POST /v1/transfers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: a\r\n"
    get = b"GET /v1/transfers?limit=100 HTTP/1.1\r\nHost: x\r\n\r\n"
    slow = get[:-2] + b"X-Slow: " + b"a" * 4000

    def bodies(_, stop):
        return again(stop, lambda: (
            talk(port, carol, [head + b"Content-Length: 1073741824\r\n\r\n", *[b" " * 65536] * 16384]),
            talk(port, carol, [head + b"Transfer-Encoding: chunked\r\n\r\n", *[b"10000\r\n" + b" " * 65536 + b"\r\n"] * 16384]),
            talk(port, carol, [head + b"Content-Length: 100000\r\n\r\n", b"[" * 100_000])))

    def headers(_, stop):
        return again(stop, lambda: (
            talk(port, carol, [get[:-2], *[b"X-Many: 1\r\n"] * 200_000]),
            talk(port, carol, [get[:-2] + b"X-Long: ", *[b"a" * 65536] * 1024])))

    def refused_bodies(seen):
        declared, chunked, deep = seen["last"]
        # Who goes on sending after the answer loses the connection, and sometimes the answer with it.
        return all(("413" in line or not line) and octets < 4 << 20 for octets, line in (declared, chunked)) and \
            "400" in deep[1]

    def refused_headers(seen):
        return all(("431" in line or not line) and octets < 4 << 20 for octets, line in seen["last"])

    return [("slow headers", Attack(drip, port, carol, 64, slow), lambda seen: seen["opened"] >= 64),
            ("half-open sockets", Attack(half_open, port, SOCKETS), lambda seen: seen["most"] >= 0.8 * SOCKETS),
            ("unfinished handshakes", Attack(half_open, port, 2_000, hello), lambda seen: seen["most"] >= 500),
            ("bodies of 1 GB, deep JSON", Attack(bodies, port), refused_bodies),
            ("header floods", Attack(headers, port), refused_headers),
            ("answers nobody reads", Attack(unread_pipeline, port, carol, 64, get), lambda seen: seen["opened"] >= 32)]


def peer_attacks(world):
    """Towards the gateway at the far end of the honest transfers, by nobody or with the key of a third gateway."""
    port, pki = world.gw_eth.peer_port, world.folder / "pki"
    corda = tls_context(pki / "ca.pem", pki / "gateway-gw-corda")
    hello = attackers.client_hello(tls_context(pki / "ca.pem"))

    def link(act):
        def run(_, stop):
            def once():
                far = WebSocket(port, corda)
                try:
                    return far.answer.split(" ", 1)[1][:3], act(far), far.ended(1)
                finally:
                    far.close()
            return again(stop, once)
        return run

    def upgrade(_, stop):
        return drip(port, stop, corda, 64, WebSocket.UPGRADE[:-2] + b"X-Slow: " + b"a" * 4000)

    def ended(seen):
        answer, taken, over = seen["last"]
        return answer == "101" and over and (taken or 0) < 8 << 20

    def flooded(seen):
        return seen["last"][0] == "101" and seen["last"][1] > 100_000

    return [("half-open sockets", Attack(half_open, port, SOCKETS), lambda seen: seen["most"] >= 0.8 * SOCKETS),
            ("unfinished handshakes", Attack(half_open, port, 500, hello), lambda seen: seen["most"] >= 300),
            ("slow upgrades", Attack(upgrade, port), lambda seen: seen["opened"] >= 32),
            ("a frame of 1 GB", Attack(link(lambda s: s.frame(2, b"", declared=1 << 30)), port), ended),
            ("endless fragments", Attack(link(lambda s: s.flood(2, b"a" * 65536, 10, False, 0)), port), ended),
            ("a flood of pings", Attack(link(lambda s: s.flood(9, b"a" * 125, 2)), port), flooded)]


class Bounds:
    def __init__(self, world, load, seconds):
        self.world, self.load, self.seconds, self.failed, self.worst = world, load, seconds, 0, 0.0

    def served(self, where):
        """A handshake is through at once: nothing of the attack before waits in front of it."""
        pki, began = self.world.folder / "pki", time.monotonic()
        port, who = {"api": (self.world.gw_csd.api_port, "participant-bank-carol"),
                     "peer": (self.world.gw_eth.peer_port, "gateway-gw-corda")}[where]
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as plain:
                tls_context(pki / "ca.pem", pki / who).wrap_socket(plain).close()
        except OSError:
            return False
        return time.monotonic() - began < 0.3

    def relink(self, gateway, victim):
        """Half-open sockets on the peer port do not keep a peer out that comes back."""
        gateway.process.stop()
        with Attack(half_open, victim.peer_port, SOCKETS):
            time.sleep(1)
            began = time.monotonic()
            gateway.start(wait=False)
            wait_until("the link", lambda: admin(victim.admin_port, "/metrics")[1].find(
                f'ustp_peer_link_up{{peer="{gateway.id}"}} 1') >= 0, LINK_SECONDS)
            print(f"  peer a link beside them came up after {time.monotonic() - began:.1f} s", flush=True)

    def during(self, where, victim, name, attack, took_place):
        pid = victim.process.child.pid
        wait_until("quiet after the attack before", lambda: attackers.descriptors(pid) < 60 and self.served(where), 60)
        since = time.monotonic()
        attackers.forget_peak(pid)
        with attack:
            time.sleep(self.seconds)  # the length of the attack
            wait_until("the attack in full", lambda: attack.stop.so_far is None or took_place(attack.stop.so_far), 60)
            held = attackers.descriptors(pid)
        peak = attackers.resident(pid, "VmHWM")
        count, p99 = self.load.p99(since)
        self.worst = max(self.worst, peak)
        bound = FLOOD_SECONDS if name in FLOODS else P99_SECONDS
        good = count > 0 and peak < RSS_MIB and p99 < bound and attack.error is None and victim.process.running() and \
            took_place(attack.seen)
        self.failed += not good
        print(f"  {where:<5}{name:<28}peak {peak:6.1f} MiB, {held:>5} descriptors, {count:>4} honest orders, p99 "
              f"{p99 * 1000:6.0f} ms; {attack.error or attack.seen}{'' if good else '  FAILED'}", flush=True)


def answers_still(world):
    """What each kind of bad request is answered with, once it is quiet again; and that a new link comes up."""
    pki = world.folder / "pki"
    api = Api(world.gw_csd.api_port, pki / "ca.pem", pki / "participant-bank-carol.pem",
              pki / "participant-bank-carol.key.pem")
    demand("transfers" in api.again("GET", "/v1/transfers"), "the attacker itself is served when it behaves")
    for gateway in world.gateways:
        demand(admin(gateway.admin_port, "/health/ready")[0] == 200, f"{gateway.id} is not ready")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--seconds", type=float, default=2, help="of each attack")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", help="part of an attack's name")
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = min(hard, SOCKETS * 2 + 1000) if hard != resource.RLIM_INFINITY else SOCKETS * 2 + 1000
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    began, status = time.monotonic(), 0
    with World(options.build, seed=options.seed, ethereum="corda") as world:
        world.start()
        print(f"seed {world.seed}; {limit} descriptors (were {soft}); bounds: {RSS_MIB} MiB, {P99_SECONDS:g} s")
        route = Route(world, world.gw_csd, world.gw_eth, "ALICE", world.bob)
        both_ended(route, route.api().start(route.body())["id"], 60)
        world.gw_corda.process.stop()  # its key is the attacker's
        load = Honest(world)
        bounds = Bounds(world, load, options.seconds)
        load.start()
        try:
            for where, victim, attacks in (("api", world.gw_csd, api_attacks(world)), ("peer", world.gw_eth, peer_attacks(world))):
                for name, attack, took_place in attacks:
                    if options.only is None or options.only in name:
                        bounds.during(where, victim, name, attack, took_place)
            load.stop()
            bounds.relink(world.gw_corda, world.gw_eth)
            outcomes = load.settle(60)
            answers_still(world)
            print(f"{len(load.answered)} honest orders {load.refused or ''}: {outcomes}; most memory {bounds.worst:.1f} MiB")
            demand(not load.refused and set(outcomes) == {"completed"}, f"honest orders: {load.refused} {outcomes}")
        except (PointFailed, TimeoutError, RuntimeError, AssertionError, OSError, ApiError) as e:
            print(f"FAILED {str(e)[:800]}")
            for gateway in world.gateways:
                told = list(gateway.api().statuses().values())
                print(f"  {gateway.id}: { {status: told.count(status) for status in set(told)} }, "
                      f"{admin(gateway.admin_port, '/health/ready')}")
            status = 1
    print(f"{bounds.failed} attacks beyond the bounds; {time.monotonic() - began:.1f} s")
    return 1 if status or bounds.failed else 0


if __name__ == "__main__":
    sys.exit(main())
