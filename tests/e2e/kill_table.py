#!/usr/bin/env python3
"""A gateway is killed at every journal boundary and around every effect of a transfer, at both sides, and the network
comes to one outcome by itself: nothing lost, nothing doubled (decisions 2, 8, 14, 28). Prints one line per point."""

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.api import admin  # noqa: E402
from ustp_world.kills import (NOTIFYING, PHASES, RECIPIENT, RECIPIENT_BACK, SENDER, SENDER_BACK,  # noqa: E402
                              PointFailed, Route, Watch, kill_on_the_way_back, kill_once)
from ustp_world.process import wait_until  # noqa: E402
from ustp_world.world import World  # noqa: E402

FAILURES = (PointFailed, TimeoutError, RuntimeError, AssertionError, OSError)
SLOW = 5  # seconds; such a point is shown with where the time went
PATIENCE = 60  # for what must come; a loaded machine is slow
# Where a journal that was not synced must show: something had left the gateway that the journal then does not know.
TELLING = [("sender", "executed:extinguishing"), ("recipient", "done:ready"), ("recipient", "done:assigned")]


def all_points():
    states = {"sender": (*SENDER, *SENDER_BACK), "recipient": (*RECIPIENT, NOTIFYING, *RECIPIENT_BACK)}
    return [(side, f"{phase}:{state}") for side in states for state in states[side] for phase in PHASES]


class Table:
    def __init__(self, world, extra, patience):
        self.world, self.extra, self.patience = world, extra, patience
        self.outcomes, self.slowest = {}, 0.0
        self.failed = []

    def route(self, point):
        w = self.world
        if point.endswith(NOTIFYING):
            return Route(w, w.gw_eth, w.gw_corda, w.bob, "DAVE")
        return Route(w, w.gw_csd, w.gw_eth, "ALICE", w.bob)

    def run(self, side, point):
        route, watch = self.route(point), Watch()
        try:
            kill = kill_on_the_way_back if point.split(":")[1] in (*SENDER_BACK, *RECIPIENT_BACK) else kill_once
            outcome, seconds = kill(route, side, point, self.extra, self.patience, watch)
        except FAILURES as e:
            text = str(e).strip().replace("\n", " | ")
            print(f"  {side:<10}{point:<26}FAILED    {text[:400]}  ({', '.join(watch.marks)})", flush=True)
            self.failed.append((side, point))
            return False
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        self.slowest = max(self.slowest, seconds)
        where = "  " + ", ".join(watch.marks) if seconds > SLOW else ""
        print(f"  {side:<10}{point:<26}{outcome:<10}{seconds:6.2f} s{where}", flush=True)
        return True


def fill(world):
    """Units on eth-1 for the points that start there."""
    route = Route(world, world.gw_csd, world.gw_eth, "ALICE", world.bob, 100)
    started = route.api().start(route.body())
    route.api().wait(started["id"], ("completed",), PATIENCE)
    route.target.api().wait(started["id"], ("completed",), PATIENCE)


def admits_loss(gateway):
    status, text = admin(gateway.admin_port, "/health/ready")
    return status == 503 and "recovery only" in text


def without_sync(options, seed):
    """The proof that the table can fail: a journal that is not synced, on a disk that forgets (decision 28). At each point
    the synced one passes first; then the other fails, because its peer has seen what its journal does not hold."""
    missed = 0
    for side, point in TELLING:
        with World(options.build, seed=seed, ethereum="corda", journal=options.journal) as world:
            world.start()
            missed += not Table(world, ["--lossy-disk"], PATIENCE).run(side, point)
            table = Table(world, ["--lossy-disk", "--synchronous-off"], 3)
            victim = table.route(point).source if side == "sender" else table.route(point).target
            try:
                caught = not table.run(side, point) and wait_until("recovery", lambda: admits_loss(victim), 20)
            except TimeoutError:
                caught = False  # it failed, but for another reason
            missed += not caught
            print(f"  {side:<10}{point:<26}without sync {'was caught' if caught else 'was NOT caught: FAILED'}", flush=True)
    return 1 if missed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--lossy-disk", action="store_true", help="unsynced writes of the victim are lost with it")
    parser.add_argument("--synchronous-off", action="store_true", help="must be caught: the status is 0 only then")
    parser.add_argument("--journal", default="segments", choices=("segments", "sqlite"))
    parser.add_argument("--faults", default="", help='of the ledgers: "late=20,twice=20,unknown=20"')
    parser.add_argument("--https", default="", help="ids of gateways that speak JSON with everybody: gw-eth,…")
    parser.add_argument("--points", type=int, help="as many, chosen at random")
    parser.add_argument("--only", help="SIDE:PHASE:STATE, one point")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--keep", action="store_true", help="the folder with every log stays")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    points = all_points()
    if options.only:
        points = [tuple(options.only.split(":", 1))]
    if options.points and options.points < len(points):
        chosen = set(random.Random(seed).sample(points, options.points))
        points = [p for p in points if p in chosen]
    began = time.monotonic()
    print(f"seed {seed}, journal {options.journal}, faults {options.faults or 'none'}, disk {'lossy' if options.lossy_disk or options.synchronous_off else 'real'}")
    if options.synchronous_off:
        return without_sync(options, seed)
    with World(options.build, seed=seed, ethereum="corda", faults=options.faults, keep=options.keep,
               journal=options.journal, https=filter(None, options.https.split(","))) as world:
        if options.keep:
            print(f"kept: {world.folder}")
        world.start()
        fill(world)
        table = Table(world, ["--lossy-disk"] if options.lossy_disk else [], PATIENCE)
        for side, point in points:
            if not table.run(side, point) and len(table.failed) >= 3:
                print("  the rest is left out")
                break
            for gateway in world.gateways:  # what failed may have left one down
                if not gateway.process.running():
                    gateway.start()
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(table.outcomes.items()))
    print(f"{len(points)} points: {counts or 'none'}, {len(table.failed)} FAILED; slowest {table.slowest:.2f} s;"
          f" {time.monotonic() - began:.1f} s")
    for side, point in table.failed:
        print(f"  again: --seed {seed} --only {side}:{point}")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
