#!/usr/bin/env python3
"""The examples against live gateways, as their pages say: a transfer by the SDK's client, its evidence checked offline."""

import argparse
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.kills import PointFailed, demand  # noqa: E402
from ustp_world.world import World  # noqa: E402


def example(world, name, *arguments):
    done = subprocess.run([str(world.bin / name), *map(str, arguments)], capture_output=True, text=True, timeout=60)
    print(done.stdout + done.stderr, end="")
    return done


def story(world):
    arguments = world.quickstart()
    done = example(world, "quickstart", *arguments)
    demand(done.returncode == 0, "quickstart failed")
    holdings = world.corda.holdings()[0]
    demand(holdings["DAVE"][0] == 10 * world.corda.ratio, f"the ledger holds {holdings['DAVE']} for DAVE")
    bundle = world.folder / "quickstart.ustp"
    bundle.write_bytes(world.gw_csd.api("bank-alice").evidence(done.stdout.split()[0]))
    authority = ("association", world.folder / "authority.pem.pub.pem")
    demand(example(world, "verify_evidence", bundle, *authority).returncode == 0, "the evidence does not hold")
    octets = bytearray(bundle.read_bytes())
    octets[world.random.randrange(len(octets))] ^= 1
    bundle.write_bytes(octets)
    demand(example(world, "verify_evidence", bundle, *authority).returncode in (1, 2), "one flipped bit was not seen")
    broke = list(arguments)
    broke[5] = "NOBODY"
    demand(example(world, "quickstart", *broke).returncode == 1, "an order from nobody's account was taken")
    world.check()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    options = parser.parse_args()
    with World(options.build, ethereum="corda") as world:
        world.start()
        try:
            story(world)
        except PointFailed as failed:
            print(f"FAILED: {failed}")
            return 1
    print("the examples did what their pages say")
    return 0


if __name__ == "__main__":
    sys.exit(main())
