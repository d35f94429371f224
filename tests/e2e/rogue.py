#!/usr/bin/env python3
"""A peer with the right certificate and key that does wrong (ustp-rogue-peer in gw-csd's place), towards a real gateway:
each attack has its answer, the transfer stays as it ended, no ledger moves, and what was refused stands in the journal."""

import argparse
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.api import admin  # noqa: E402
from ustp_world.kills import Route, both_ended  # noqa: E402
from ustp_world.world import World  # noqa: E402

ANSWERED, LINK = "answered", "link"
# (scenario of the reference list, attack, how it ends, what the journal then says of it)
ATTACKS = [
    (0, "honest", ANSWERED, ""),
    (8, "abort_after_final", ANSWERED, "unexpected_message"),
    (9, "replayed_frame", ANSWERED, ""),
    (9, "replayed_messages", ANSWERED, "sequence_replayed"),
    (9, "other_session", ANSWERED, "conflict"),
    (10, "skipped_number", LINK, "sequence_gap"),
    (10, "broken_chain", LINK, "chain_broken"),
    (10, "skipped_step", ANSWERED, "unknown_transfer"),
    (11, "other_body", ANSWERED, "conflict"),
    (14, "other_key", LINK, "unknown_key"),
    (14, "other_sender", LINK, "wrong_channel"),
    (14, "hello_of_another", LINK, "unknown_key"),
    (15, "zero_transfer", ANSWERED, "zero_hash"),
    (15, "zero_hash", ANSWERED, "zero_hash"),
    (15, "zero_root", LINK, "zero_hash")]


class Rogue:
    def __init__(self, world):
        self.world, self.victim, self.honest = world, world.gw_eth, world.gw_csd
        pki = world.folder / "pki"
        world.new_key(world.folder / "stranger.pem")
        self.command = [
            world.bin / "ustp-rogue-peer", "--self", self.honest.id, "--peer", self.victim.id, "--endpoint",
            f"wss://127.0.0.1:{self.victim.peer_port}", "--ca", pki / "ca.pem", "--certificate",
            pki / f"gateway-{self.honest.id}.pem", "--key", pki / f"gateway-{self.honest.id}.key.pem", "--signing-key",
            self.honest.signing_key, "--other-key", world.folder / "stranger.pem", "--peer-key",
            Path(f"{self.victim.signing_key}.pub.pem").read_text(), "--journal", self.honest.folder / "data/journal"]

    def attack(self, *names):
        """{name: (how it ended, what was said)}"""
        done = subprocess.run([str(c) for c in (*self.command, *names)], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"ustp-rogue-peer: {done.stdout}{done.stderr}")
        lines = (line.split(" ", 2) for line in done.stdout.splitlines())
        return {line[0]: (line[1], line[2] if len(line) > 2 else "") for line in lines}

    def journal(self, what, *more):
        return self.world.tool("journal", what, self.victim.folder / "data/journal", *more).splitlines()

    def refused(self):
        return Counter(line.split()[2] for line in self.journal("refusals"))


def metric(gateway, name):
    text = admin(gateway.admin_port, "/metrics")[1]
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(name + " "))


class Checks:
    failed = count = 0

    def __call__(self, name, holds, detail=""):
        self.count += 1
        self.failed += not holds
        if not holds:
            print(f"  FAILED {name}: {detail}", flush=True)


def attacks(check, world, rogue, transfer):
    """All of them, before and after the victim's restart: what it knows, it knows from its journal."""
    picture = world.picture()
    for run in ("before", "after"):
        for scenario, name, ending, code in ATTACKS:
            before, log = rogue.refused(), rogue.victim.process.log.stat().st_size
            how, said = rogue.attack(name).get(name, ("", ""))
            check(f"{name} ends as it must", how == ending, f"{how} {said}")
            if ending == LINK:
                with open(rogue.victim.process.log, "rb") as f:
                    f.seek(log)
                    told = f.read().decode()
                check(f"{name} is {code}", code in told, f"{said}; {told[-500:]}")
            elif code:
                new = rogue.refused() - before
                check(f"{name} is kept as {code}", new[code] > 0 or code == "sequence_replayed", str(new))
            state = rogue.victim.api().transfer(transfer)["status"]
            check(f"{name} leaves the transfer alone", state == "completed", state)
            check(f"{name} moves no ledger", world.picture() == picture)
        if run == "before":
            rogue.victim.process.stop()
            rogue.victim.start()
    world.check()


def equivocation(check, world, rogue):
    """Refused, alarmed, counted, kept over a restart, and both signed frames can be exported."""
    check("nothing kept before", rogue.journal("equivocations") == ["equivocations: 0"])
    out = world.folder / "evidence"
    out.mkdir()
    kept = None
    for again in range(3):  # the second adds nothing; neither does one after a restart
        how, said = rogue.attack("equivocation")["equivocation"]
        check("an equivocation ends the link", how == LINK, f"{how} {said}")
        lines = rogue.journal("equivocations")
        kept = kept or lines
        check("it is kept once", len(lines) == 3 and lines == kept, str(lines))
        check("it is counted", metric(rogue.victim, "ustp_peer_equivocations_total") == 1)
        if again == 1:
            rogue.victim.process.kill()
            rogue.victim.start()
    log = rogue.victim.process.log.read_text()
    check("it is alarmed", '"peer_alarm"' in log and "equivocation" in log)
    rogue.journal("equivocations", "--out", out)
    frames = [f.read_bytes() for f in sorted(out.iterdir())]
    check("both frames are exported and differ", len(frames) == 2 and frames[0] != frames[1], str(list(out.iterdir())))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    began, check = time.monotonic(), Checks()
    with World(options.build, seed=options.seed, ethereum="corda") as world:
        print(f"seed {world.seed}")
        world.start()
        route = Route(world, world.gw_csd, world.gw_eth, "ALICE", world.bob, 10)
        transfer = route.api().start(route.body())["id"]
        both_ended(route, transfer, 60)
        world.gw_csd.process.stop()
        rogue = Rogue(world)
        equivocation(check, world, rogue)
        attacks(check, world, rogue, transfer)
    print(f"{check.count} checks, {check.failed} FAILED; {time.monotonic() - began:.1f} s")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
