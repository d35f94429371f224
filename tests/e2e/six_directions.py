#!/usr/bin/env python3
"""All six directions between three ledgers, one of them a real Ethereum node; in each a gateway, a side and a boundary
chosen at random are killed, and the transfer ends by itself. Exit 77: the node is not installed."""

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.kills import PHASES, RECIPIENT, SENDER, PointFailed, Route, Watch, kill_once  # noqa: E402
from ustp_world.ledgers import Ethereum  # noqa: E402
from ustp_world.world import World  # noqa: E402

SKIPPED = 77


def routes(world):
    """In an order in which every account has units when its turn comes."""
    csd, eth, corda = world.gw_csd, world.gw_eth, world.gw_corda
    return [Route(world, csd, eth, "ALICE", world.bob, 1000), Route(world, csd, corda, "ZOE", "DAVE", 1000),
            Route(world, eth, csd, world.bob, "CAROL", 100), Route(world, corda, csd, "DAVE", "CAROL", 100),
            Route(world, eth, corda, world.bob, "DAVE", 50), Route(world, corda, eth, "DAVE", world.bob, 70)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    if not Ethereum.program(Path(__file__).resolve().parents[2]).exists():
        print("SKIPPED six directions: no anvil in adapters/ethereum/contracts/node_modules")
        return SKIPPED
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    dice, failed, began = random.Random(seed), 0, time.monotonic()
    print(f"seed {seed}")
    with World(options.build, seed=seed) as world:
        world.start()
        for route in routes(world):
            side = dice.choice(("sender", "recipient"))
            point = f"{dice.choice(PHASES)}:{dice.choice(SENDER if side == 'sender' else RECIPIENT)}"
            watch = Watch()
            try:
                outcome, seconds = kill_once(route, side, point, patience=60, watch=watch)
            except (PointFailed, TimeoutError, RuntimeError, AssertionError, OSError) as e:
                failed += 1
                print(f"  {str(route):<20}{side:<10}{point:<26}FAILED  {e}  ({', '.join(watch.marks)})", flush=True)
                break  # what did not end would be in the way of the others
            print(f"  {str(route):<20}{side:<10}{point:<26}{outcome:<10}{seconds:6.2f} s", flush=True)
        else:
            home = {e["ledger"]: int(e["quantity"])
                    for e in world.gw_csd.api().positions(world.instrument)["outstanding_elsewhere"]}
            elsewhere = {ledger.id: sum(units for account, (units, _, _) in ledger.holdings()[0].items()
                                        if account != ledger.custody) for ledger in (world.eth, world.corda)}
            same = home == elsewhere
            failed += not same
            print(f"  the home gateway's book {home}{'' if same else f' FAILED: the ledgers say {elsewhere}'}")
    print(f"{failed} FAILED; {time.monotonic() - began:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
