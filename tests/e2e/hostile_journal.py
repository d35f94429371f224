"""Journals that are not what they should be: used twice at once, damaged, older than what peers have seen. Part of
hostile.py; each part leaves the network as it found it, the last one does not."""

import re
import shutil
import subprocess

from ustp_world.api import ApiError, admin
from ustp_world.kills import Route, demand
from ustp_world.process import Process, wait_until


def second_process(check, world):
    """Another process on the same journal, with ports of its own, is refused; the first one goes on."""
    gateway = world.gw_eth
    config = gateway.folder / "second.toml"
    text = gateway.config.read_text()
    for port in (gateway.peer_port, gateway.api_port, gateway.admin_port):
        text = text.replace(str(port), str(world.port()))
    config.write_text(text)
    second = subprocess.run([world.bin / "ustp-gateway", "--config", config], capture_output=True, text=True, timeout=20)
    check("a second process on one journal", second.returncode == 1 and "journal_fenced" in second.stdout + second.stderr,
          f"status {second.returncode}: {second.stderr[-300:]}")
    check("the first one goes on", admin(gateway.admin_port, "/health/ready")[0] == 200)


def records(folder):
    """(file, offset, length, position) of every record of a segment journal: marked, and with the journal's salt."""
    salt = (folder / "identity").read_bytes()[20:28]
    for file in sorted(folder.glob("*.segment")):
        octets, at = file.read_bytes(), 0
        while (at := octets.find(b"USTR", at)) >= 0:
            if octets[at + 8:at + 16] == salt:
                yield file, at, 40 + int.from_bytes(octets[at + 4:at + 8], "big"), int.from_bytes(octets[at + 16:at + 24], "big")
            at += 1


def damaged(check, world):
    """One flipped bit in one stored block: the start ends with status 1 and names the position."""
    gateway = world.gw_corda
    gateway.process.stop()
    stored = list(records(gateway.folder / "data/journal"))
    for _ in range(6):
        file, at, length, position = world.random.choice(stored)
        flipped = at + world.random.randrange(length)
        with open(file, "r+b") as f:
            f.seek(flipped)
            before = f.read(1)
            f.seek(flipped)
            f.write(bytes([before[0] ^ 1 << world.random.randrange(8)]))
        log = gateway.folder / f"damaged-{position}.log"
        status = Process(gateway.id, [world.bin / "ustp-gateway", "--config", gateway.config], log).child.wait(20)
        told = log.read_text()
        check(f"a flipped bit at position {position}", status == 1 and re.search(rf"position {position}\b", told) is not None,
              f"status {status}: {told[-300:]}")
        with open(file, "r+b") as f:
            f.seek(flipped)
            f.write(before)
    gateway.start()


def other_kind(check, world):
    """The configuration names the other kind of journal: refused, and not begun anew beside the one that is there."""
    gateway = world.gw_corda
    gateway.process.stop()
    text = gateway.config.read_text()
    gateway.config.write_text(text.replace('kind = "segments"\nsegment_octets = 1048576', 'kind = "sqlite"'))
    log = gateway.folder / "other-kind.log"
    status = Process(gateway.id, [world.bin / "ustp-gateway", "--config", gateway.config], log).child.wait(20)
    told = log.read_text()
    check("a journal of the other kind", status == 1 and "config_invalid" in told and "kind segments" in told and
          not (gateway.folder / "data/journal.db").exists(), f"status {status}: {told[-300:]}")
    gateway.config.write_text(text)
    gateway.start()


def restored(check, world):
    """Yesterday's data folder is put back: peers have seen more. It recovers only, starts nothing, presumes nothing."""
    gateway = world.gw_csd
    gateway.process.stop()
    data, copy = gateway.folder / "data", gateway.folder / "yesterday"
    shutil.copytree(data, copy)
    gateway.start()
    route = Route(world, world.gw_csd, world.gw_eth, "ALICE", world.bob)
    started = route.api().start(route.body())
    for api in (route.api(), route.target.api()):
        demand(api.wait(started["id"], ("completed", "aborted"), 30)["status"] == "completed", "a transfer after the copy")
    picture = world.picture()
    gateway.process.stop()
    shutil.rmtree(data)
    shutil.move(copy, data)
    gateway.start(wait=False)
    wait_until("recovery only", lambda: admin(gateway.admin_port, "/health/ready")[0] == 503 and
               "recovery only" in admin(gateway.admin_port, "/health/ready")[1], 20)
    check("an older journal is noticed", True)
    check("it lives", admin(gateway.admin_port, "/health/live")[0] == 200)
    try:
        route.api().call("POST", "/v1/transfers", route.body(), {"Idempotency-Key": "after-the-restore"})
        check("a new order in recovery", False)
    except ApiError as e:
        check("a new order in recovery", (e.status, e.code) == (503, "recovery_only"), str(e))
    back = Route(world, world.gw_eth, world.gw_csd, world.bob, "CAROL")
    asked = back.api().start(back.body(vote_within_ms=1500))
    ended = back.api().wait(asked["id"], ("completed", "aborted"), 20)
    check("a transfer to a gateway in recovery", ended["status"] == "aborted", ended["status"])
    check("no ledger moved", world.picture() == picture)
    check("it still runs", gateway.process.running())


PARTS = (second_process, damaged, other_kind, restored)
