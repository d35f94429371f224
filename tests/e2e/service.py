#!/usr/bin/env python3
"""A gateway as an operator meets it: checked before the start, its values with their origin, ready and stopping told to the
service manager, what the environment and flags say."""

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.kills import PointFailed, demand  # noqa: E402
from ustp_world.process import Process, wait_until  # noqa: E402
from ustp_world.world import World  # noqa: E402


def gateway(world, *words, environment=None, program="ustp-gateway"):
    done = subprocess.run([str(world.bin / program), *map(str, words)], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, **(environment or {})))
    return done.returncode, done.stdout, done.stderr


def checked(world):
    config = world.gw_csd.config
    demand(gateway(world, "check-config", config)[0] == 0, f"a good configuration: {gateway(world, 'check-config', config)}")
    text = config.read_text()
    broken = world.gw_csd.folder / "broken.toml"
    broken.write_text(text.replace('id = "gw-csd"', 'id = "gw-eth"').replace("[timing]", "[timing]\nrechek_ms = 1"))
    status, out, _ = gateway(world, "check-config", broken)
    demand(status == 1 and "did you mean 'recheck_ms'" in out and "names gateway gw-csd, gateway.id is gw-eth" in out, out)
    # The wrong key of the authority, and a signing key that no statement knows, before there is a journal.
    other = world.gw_csd.folder / "other.pem"
    world.new_key(other)
    broken.write_text(text.replace(f"{world.folder}/authority.pem.pub.pem", f"{other}.pub.pem"))
    status, out, _ = gateway(world, "check-config", broken)
    demand(status == 1 and "broken.toml:" in out and "gateway.statements: " in out, out)
    broken.write_text(text.replace('"signing.pem"', '"other.pem"').replace('data = "data"', 'data = "fresh"'))
    status, out, _ = gateway(world, "check-config", broken)
    demand(status == 1 and "gateway.signing_key: key " in out and "by no statement" in out, out)
    demand(not (world.gw_csd.folder / "fresh").exists(), "check-config made the data folder")
    print("ok     check-config tells what is wrong, with its place, and makes nothing")


def shown(world):
    config = world.gw_csd.config
    status, out, _ = gateway(world, "config", "show", "--origin", config, "--set", "log.level=warning",
                             environment={"USTP_GATEWAY_LIMITS_API_CONNECTIONS": "33", "USTP_GATEWAY_LOG_LEVEL": "error"})
    demand(status == 0, out)
    for line in ('level = "warning"  # --set log.level', "api_connections = 33  # environment USTP_GATEWAY_LIMITS_API_CONNECTIONS",
                 f'id = "gw-csd"  # {config}:2', "messages_per_batch = 1024  # default"):
        demand(line in out, f"{line} is not in\n{out}")
    status, _, err = gateway(world, "check-config", config, environment={"USTP_GATEWAY_TIMING_REQUERY": "5"})
    demand(status == 1, "an unknown variable is taken")
    demand(gateway(world, "--config", config, "--set", "nonsense")[0] == 2, "a flag of no form is taken")
    print("ok     config show tells each value and where it comes from")


def told(world):
    """As systemd starts a service of Type=notify."""
    one = world.gw_csd
    one.process.stop()
    path = world.folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.settimeout(30)
        one.process = Process(one.id, [world.bin / "ustp-gateway", "--config", one.config], one.folder / "log",
                              env=dict(os.environ, NOTIFY_SOCKET=str(path)))
        demand(manager.recv(100) == b"READY=1", "not told that it is ready")
        demand(one.api().statuses() == {}, "it was not ready")
        one.process.child.terminate()
        demand(manager.recv(100) == b"STOPPING=1", "not told that it stops")
        wait_until("its end", lambda: not one.process.running(), 20)
        demand(one.process.child.returncode == 0, f"it ended with {one.process.child.returncode}")
    one.start()
    print("ok     the service manager hears of ready and stopping")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev")
    options = parser.parse_args()
    with World(options.build, ethereum="corda") as world:
        world.start()
        try:
            for part in (checked, shown, told):
                part(world)
        except PointFailed as failed:
            print(f"FAILED: {failed}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
