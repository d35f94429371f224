#!/usr/bin/env python3
"""Real gateways under load while they are killed, stopped past every deadline, and cut off by a hostile network: nothing
lost, nothing doubled, everything ends the same way on both sides. One line per scenario."""

import argparse
import random
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.api import admin  # noqa: E402
from ustp_world.kills import PointFailed, Route, both_ended, demand  # noqa: E402
from ustp_world.load import Load  # noqa: E402
from ustp_world.process import wait_until  # noqa: E402
from ustp_world.proxy import Proxy  # noqa: E402
from ustp_world.world import World  # noqa: E402

PATIENCE = 120  # for the end of everything; a loaded machine is slow


def fill(world):
    """Something on every ledger for the routes that start there."""
    for target, originator, beneficiary in ((world.gw_eth, "ALICE", world.bob), (world.gw_corda, "ZOE", "DAVE")):
        route = Route(world, world.gw_csd, target, originator, beneficiary, 20_000)
        both_ended(route, route.api().start(route.body())["id"], PATIENCE)


def links_up(world):
    """Every gateway greets both others again."""
    def up(gateway):
        status, text = admin(gateway.admin_port, "/metrics")
        links = [line.split()[-1] for line in text.splitlines() if line.startswith("ustp_peer_link_up{")]
        return status == 200 and links == ["1", "1"]
    for gateway in world.gateways:
        wait_until(f"links of {gateway.id}", lambda gateway=gateway: up(gateway), PATIENCE)


def snapshots(world):
    """What the runs that are up made and archived; the sum over the gateways of failures must be 0."""
    made = archived = 0
    for gateway in world.gateways:
        text = admin(gateway.admin_port, "/metrics")[1]
        value = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        demand(value.get("ustp_snapshot_failures_total") == "0", f"{gateway.id}: snapshots failed")
        made += int(value.get("ustp_snapshot_position", 0)) > 0
        archived += int(value["ustp_transfers_archived"])
    demand(archived > 0, "nothing that ended left memory")
    return f"{made} of 3 gateways made snapshots since their last start, {archived} transfers are archived"


def killed_under_load(options, seed):
    """SIGKILL of a gateway chosen at random, again and again, under load (scenarios: crash, restart, replay)."""
    with World(options.build, seed=seed, ethereum="corda", keep=options.keep) as world:
        world.start()
        fill(world)
        load = Load(world, options.rate)
        load.start()
        for _ in range(options.kills):
            time.sleep(world.random.uniform(0.3, 1.2))
            victim = world.random.choice(world.gateways)
            victim.process.kill()
            time.sleep(world.random.uniform(0.0, 0.4))
            victim.start()
        time.sleep(1)
        load.stop()
        outcomes = load.settle(PATIENCE)
        return f"{options.kills} kills, {len(load.answered)} orders answered {load.refused or ''}: {outcomes}; {snapshots(world)}"


def stopped_past_deadlines(options, seed):
    """SIGSTOP of each gateway for longer than every order's vote deadline, under load: aborts by deadline, doubt that is
    asked about and never guessed away, and no commit on one side alone."""
    with World(options.build, seed=seed, ethereum="corda", keep=options.keep) as world:
        world.start()
        fill(world)
        load = Load(world, options.rate, more={"vote_within_ms": 1500})
        load.start()
        for victim in world.gateways:
            time.sleep(1.0)
            victim.process.child.send_signal(signal.SIGSTOP)
            time.sleep(3.5)
            victim.process.child.send_signal(signal.SIGCONT)
        time.sleep(1)
        load.stop()
        outcomes = load.settle(PATIENCE)
        return f"3 stops of 3.5 s against deadlines of 1.5 s, {len(load.answered)} orders answered " \
               f"{load.refused or ''}: {outcomes}"


def hostile_network(options, seed):
    """Every link between gateways runs through a proxy that delays, throttles, stalls, corrupts and cuts."""
    with World(options.build, seed=seed, ethereum="corda", keep=options.keep) as world:
        proxies = [Proxy(gateway.peer_port, seed + i) for i, gateway in enumerate(world.gateways)]
        for gateway, proxy in zip(world.gateways, proxies):
            gateway.endpoint_port = proxy.port
        try:
            world.start()
            fill(world)
            load = Load(world, options.rate / 2)
            load.start()
            time.sleep(options.seconds)
            load.stop()
            for proxy in proxies:
                proxy.fair()
            links_up(world)
            outcomes = load.settle(PATIENCE)
            weather = {}
            for proxy in proxies:
                for kind, count in proxy.counts.items():
                    weather[kind] = weather.get(kind, 0) + count
        finally:
            for proxy in proxies:
                proxy.close()
        return f"{sum(weather.values())} connections ({weather}), {len(load.answered)} orders answered " \
               f"{load.refused or ''}: {outcomes}"


SCENARIOS = {"killed": killed_under_load, "stopped": stopped_past_deadlines, "network": hostile_network}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--only", choices=SCENARIOS)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=12, help="of hostile network")
    parser.add_argument("--rate", type=float, default=100, help="orders per second")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--keep", action="store_true", help="the folders with every log stay")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"seed {seed}, {options.rate:g} orders/s")
    failed = 0
    for name, scenario in SCENARIOS.items():
        if options.only not in (None, name):
            continue
        began = time.monotonic()
        try:
            told = scenario(options, seed)
        except (PointFailed, TimeoutError, RuntimeError, AssertionError, OSError) as e:
            failed += 1
            told = f"FAILED {str(e)[:600]} (again: --seed {seed} --only {name})"
        print(f"  {name:<10}{told}  {time.monotonic() - began:.1f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
