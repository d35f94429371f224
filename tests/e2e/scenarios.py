#!/usr/bin/env python3
"""Scenarios of the reference list that no table of kills shows: votes that outlive everybody, clocks that are wrong, keys
that change, callbacks that come twice, disks that fail. Real gateways, ledgers, TLS and journal files."""

import argparse
import random
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.api import ApiError, admin  # noqa: E402
from ustp_world.kills import (Order, PointFailed, Route, TERMINAL, armed, both_ended, demand, see_it_die)  # noqa: E402
from ustp_world.load import Load  # noqa: E402
from ustp_world.process import wait_until  # noqa: E402
from ustp_world.world import World, b64  # noqa: E402

PATIENCE = 120  # for the end of everything; a loaded machine is slow


def fill(world, units=5_000):
    """Something on every ledger, and one completed transfer to ask about later."""
    ids = []
    for target, originator, beneficiary in ((world.gw_eth, "ALICE", world.bob), (world.gw_corda, "ZOE", "DAVE")):
        route = Route(world, world.gw_csd, target, originator, beneficiary, units)
        ids.append(route.api().start(route.body())["id"])
        both_ended(route, ids[-1], PATIENCE)
    return ids


def vote_is_honoured(world):
    """3, 6: the recipient voted and died, the sender decided and died. Alone and past every deadline the recipient stays in
    doubt: it neither assigns nor undoes; with the sender back both commit."""
    route = Route(world, world.gw_csd, world.gw_eth, "ALICE", world.bob, 7)
    before = route.balances()
    armed(route.source, "durable:extinguishing")
    window = 4000
    order = Order(route.api(), route.body(vote_within_ms=window), PATIENCE)
    began = time.monotonic()
    see_it_die(route.source, "durable:extinguishing", PATIENCE)  # it has the vote
    route.target.process.kill()
    demand(order.answered(), "the order was not answered before the decision")
    transfer = order.answer["id"]
    route.target.start()
    seen = set()
    while time.monotonic() - began < window / 1000 + 2:  # the time in which it could do wrong is what is looked at
        seen.add(route.target.api().transfer(transfer)["status"])
        time.sleep(0.05)
    demand(seen <= {"open", "in_doubt"} and "in_doubt" in seen, f"alone it was {seen}")
    demand(route.units_at(route.target, world.bob) == before[1], "something was assigned without the decision")
    demand(world.eth.holdings()[1] == 7, "the create was undone without the decision")
    route.source.start()
    outcome = both_ended(route, transfer, PATIENCE)
    demand(outcome == "committed", outcome)
    world.check()
    return f"{', '.join(sorted(seen))} while alone for {window / 1000 + 2:.0f} s, then {outcome}"


def clocks(world):
    """7: clocks apart by more than the bound get no vote and nothing stays locked; within it, deadlines that pass during
    the vote end the same way on both sides."""
    route = Route(world, world.gw_csd, world.gw_eth, "ALICE", world.bob, 1)
    told = {}
    for apart in (3000, -3000, 1500, -1500):
        before = route.balances()
        route.target.process.stop()
        route.target.start("ustp-gateway-faulty", ["--clock-ms", str(apart)])
        if abs(apart) > 2000:
            transfer = route.api().start(route.body())["id"]
            demand(both_ended(route, transfer, PATIENCE) == "aborted", f"{apart} ms apart, and it was committed")
            reason = (route.api().transfer(transfer)["reason"] or {}).get("code")
            demand(reason == "clock_skew", f"{apart} ms apart: {reason}")
            demand(route.balances() == before, "an abort moved something")
            told[apart] = reason
            continue
        outcomes = {}
        for window in [*range(5, 155, 10), 5000]:
            transfer = route.api().start(route.body(vote_within_ms=window if window < 5000 else 60_000))["id"]
            outcome = both_ended(route, transfer, PATIENCE)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
        demand(outcomes.get("committed", 0) > 0, f"{apart} ms apart: {outcomes}")
        told[apart] = outcomes
    route.target.process.stop()
    route.target.start()
    demand(world.csd.holdings()[0]["ALICE"][1] == 0, "a lock is left")
    world.check()
    return str(told)


def cancelled_too_late(world):
    """8: what is committed cannot be cancelled; the answer says so, and nothing moves. (The peer's abort: rogue.py.)"""
    route = Route(world, world.gw_csd, world.gw_eth, "ALICE", world.bob, 3)
    transfer = route.api().start(route.body())["id"]
    both_ended(route, transfer, PATIENCE)
    picture = world.picture()
    try:
        route.api().call("POST", f"/v1/transfers/{transfer}:cancel")
        code = "no error"
    except ApiError as e:
        code = f"{e.status} {e.code}"
    demand(code.startswith("409"), code)
    demand(both_ended(route, transfer, 10) == "committed" and world.picture() == picture, "the cancel changed something")
    return code


def twice(world):
    """21: every callback of the CSD and of the Corda-like ledgers comes twice, a third of them late: each operation took
    effect once, each transfer moved once."""
    load = Load(world, 60)
    load.start()
    time.sleep(4)
    load.stop()
    return f"{len(load.answered)} orders: {load.settle(PATIENCE)}"


def verifies(world, gateway, transfer):
    bundle = world.folder / f"bundle-{gateway.id}-{transfer[:8]}"
    bundle.write_bytes(gateway.api().evidence(transfer))
    return world.tool("verify", bundle, "--authority-key", world.folder / "authority.pem.pub.pem", "--authority", "association")


def rotated_key(world, old_transfer):
    """20: a gateway's key changes under load. In the overlap both are good, so what is on its way arrives; then the old one
    is revoked: evidence made with it stays good, a gateway that still uses it is refused."""
    gateway, load = world.gw_csd, Load(world, 40)
    old = gateway.public_key
    load.start()
    time.sleep(1)
    new_key = gateway.folder / "signing-2.pem"
    spki = world.new_key(new_key)
    body = {"kind": "key", "gateway": gateway.id, "algorithm": "es256"}
    world.announce([body | {"spki": b64(spki)}])
    config = gateway.config.read_text()
    gateway.process.kill()  # with messages on their way
    gateway.config.write_text(config.replace('signing_key = "signing.pem"', 'signing_key = "signing-2.pem"'))
    gateway.start()
    time.sleep(1)
    load.stop()
    outcomes = load.settle(PATIENCE)
    world.announce([body | {"spki": b64(old), "revoked": True}])
    for other in (world.gw_eth, world.gw_corda):
        wait_until(f"the revocation at {other.id}", lambda other=other: statements(other) == statements(gateway), 20)
    route = Route(world, world.gw_csd, world.gw_eth, "ALICE", world.bob, 1)
    demand(both_ended(route, route.api().start(route.body())["id"], PATIENCE) == "committed", "with the new key")
    verifies(world, world.gw_eth, old_transfer)
    world.check()
    gateway.process.stop()
    mark = world.gw_eth.process.log.stat().st_size
    gateway.config.write_text(config)
    gateway.start(wait=False)

    def refused():
        with open(world.gw_eth.process.log, "rb") as f:
            f.seek(mark)
            return re.search(rb'"frame_refused".*(unknown_key|key_revoked)', f.read())
    found = wait_until("the old key is refused", refused, 20)
    return f"{outcomes}; after the revocation {found.group(1).decode()}"


def statements(gateway):
    text = admin(gateway.admin_port, "/metrics")[1]
    return next((line for line in text.splitlines() if line.startswith("ustp_statements ")), "")


def failing_disk(world):
    """24: an fsync that fails, a full disk and a torn write under load: the gateway stops at once with a named error and
    nothing leaves it any more; a restart goes on, and nothing that was answered is lost."""
    load, told = Load(world, 60), []
    load.start()
    for kind in ("sync", "full", "short"):
        victim = world.random.choice(world.gateways)
        victim.process.stop()
        mark = victim.process.log.stat().st_size
        at = world.random.randrange(20, 120)
        victim.start("ustp-gateway-faulty", ["--disk-fault", f"{kind}:{at}"], wait=False)
        status = victim.process.child.wait(PATIENCE)
        with open(victim.process.log, "rb") as f:
            f.seek(mark)
            lines = [line for line in f.read().decode().splitlines() if '"gateway_failed"' in line]
        demand(status == 1 and lines, f"{victim.id}: {kind} ended with {status}: {victim.process.tail(3)}")
        code = re.search(r'"code":"(\w+)"', lines[-1])
        demand(code is not None, lines[-1])
        told.append(f"{kind} {victim.id} {code.group(1)}")
        victim.start()
    time.sleep(0.5)
    load.stop()
    outcomes = load.settle(PATIENCE)
    for gateway in world.gateways:
        demand("intact" in world.tool("journal", "verify", gateway.folder / "data/journal"), gateway.id)
    return f"{', '.join(told)}; {len(load.answered)} orders: {outcomes}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--only")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--keep", action="store_true", help="the folders with every log stay")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    failed = 0
    for faults, parts in (("", (vote_is_honoured, clocks, cancelled_too_late, failing_disk, rotated_key)),
                          ("twice=100,late=30", (twice,))):
        parts = [part for part in parts if options.only in (None, part.__name__)]
        if not parts:
            continue
        with World(options.build, seed=seed, ethereum="corda", faults=faults, keep=options.keep) as world:
            world.start()
            old = fill(world)
            for part in parts:
                began = time.monotonic()
                try:
                    told = part(world, old[0]) if part is rotated_key else part(world)
                except (PointFailed, TimeoutError, RuntimeError, AssertionError, OSError, ApiError) as e:
                    failed += 1
                    told = f"FAILED {str(e)[:600]} (again: --seed {seed} --only {part.__name__})"
                    for gateway in world.gateways:
                        gateway.process.stop()
                        gateway.start()
                print(f"  {part.__name__:<20}{told}  {time.monotonic() - began:.1f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
