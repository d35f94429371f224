#!/usr/bin/env python3
"""A gateway that speaks JSON alone among gateways that speak FlatBuffers: units go to it and come back, each side is
SIGKILLed in the middle, the evidence of transfers in both encodings verifies offline, and its port answers what is no
exchange as HTTP has it."""

import http.client
import random
import ssl
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.kills import PHASES, RECIPIENT, SENDER, PointFailed, Route, Watch, kill_once, moved  # noqa: E402
from ustp_world.scenes import parser_of, seeded  # noqa: E402
from ustp_world.world import World  # noqa: E402

PATHS = ("/ustp/satp/v1/messages", "/ustp/satp/v1/hello", "/ustp/satp/v1/statements")
JWS, OCTETS = "application/ustp+jws", "application/octet-stream"


def ask(world, asked, caller, method, path, body=b"", media=JWS):
    """(status, code) as another gateway sees them, with its certificate."""
    pki = world.folder / "pki"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(pki / "ca.pem")
    context.load_cert_chain(pki / f"gateway-{caller.id}.pem", pki / f"gateway-{caller.id}.key.pem")
    connection = http.client.HTTPSConnection("127.0.0.1", asked.peer_port, context=context, timeout=20)
    connection.request(method, path, body, {"Content-Type": media})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    problem = answer.getheader("Content-Type") == "application/problem+json"
    return answer.status, text.split('"code":"')[1].split('"')[0] if problem else ""


def port_answers(world):
    """What is no exchange. gw-csd is down meanwhile, so that its place as the one who asks is free."""
    asked, caller = world.gw_corda, world.gw_csd
    cases = [("GET", PATHS[0], b"", JWS, (405, "method_not_allowed")), ("POST", "/ustp/v1", b"x", JWS, (404, "not_found")),
             ("POST", PATHS[0], b"x", "application/json", (415, "unsupported_media")),
             ("POST", PATHS[1], b"x" * 5000, JWS, (413, "body_too_large")),
             ("POST", PATHS[2], b"x" * 100_000, OCTETS, (413, "body_too_large"))]
    failed = 0
    for method, path, body, media, want in cases:
        got = ask(world, asked, caller, method, path, body, media)
        failed += got != want
        print(f"  {method} {path} {len(body)} octets: {got[0]} {got[1]}{'' if got == want else f' FAILED, not {want}'}", flush=True)
    # Nobody listens at gw-csd, so gw-corda has no link to it: ask again later, and nothing has taken effect.
    got = ask(world, asked, caller, "POST", PATHS[1], b"eyJ.e30.AA")
    failed += got != (429, "overloaded")
    print(f"  a hello while there is no way back: {got[0]} {got[1]}", flush=True)
    return failed


def evidence_verifies(world, gateway, transfer, json):
    bundle = world.folder / f"{transfer}.ustp"
    bundle.write_bytes(gateway.api().evidence(transfer))
    lines = world.tool("verify", bundle, "--authority", "association", "--authority-key", world.folder / "authority.pem.pub.pem")
    holds = "VALID" in lines and (b'"alg":"ES256"' in bundle.read_bytes()) == json
    print(f"  evidence of {gateway.id}, {'JSON' if json else 'FlatBuffers'}: {lines.strip().splitlines()[-1]}"
          f"{'' if holds else ' FAILED'}", flush=True)
    return 0 if holds else 1


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--keep", action="store_true", help="the folder with every log stays")
    options = parser.parse_args()
    seed = seeded(options)
    dice, failed, began = random.Random(seed), 0, time.monotonic()
    with World(options.build, seed=seed, ethereum="corda", https=["gw-corda"], keep=options.keep) as world:
        world.start()
        csd, eth, corda = world.gw_csd, world.gw_eth, world.gw_corda
        first = Route(world, csd, eth, "ALICE", world.bob, 500)
        failed += evidence_verifies(world, eth, moved(first), json=False)
        there, away = Route(world, csd, corda, "ALICE", "DAVE", 300), Route(world, eth, corda, world.bob, "DAVE", 40)
        transfer = moved(there)
        failed += evidence_verifies(world, csd, transfer, json=True) + evidence_verifies(world, corda, transfer, json=True)
        failed += evidence_verifies(world, corda, moved(away), json=True)  # with a notice to the home gateway in JSON
        home, back = Route(world, corda, csd, "DAVE", "CAROL", 7), Route(world, corda, eth, "DAVE", world.bob, 5)
        for route in (there, home, away, back):
            for side, states in (("sender", SENDER), ("recipient", RECIPIENT)):
                point, watch = f"{dice.choice(PHASES)}:{dice.choice(states)}", Watch()
                try:
                    outcome, seconds = kill_once(route, side, point, patience=60, watch=watch)
                    print(f"  {str(route):<20}{side:<10}{point:<26}{outcome:<10}{seconds:6.2f} s", flush=True)
                except (PointFailed, TimeoutError, RuntimeError, AssertionError, OSError) as e:
                    failed += 1
                    print(f"  {str(route):<20}{side:<10}{point:<26}FAILED  {e}  ({', '.join(watch.marks)})", flush=True)
                    return 1
        csd.process.stop()
        failed += port_answers(world)
        csd.start()
        moved(home)
        world.check()
    print(f"{failed} FAILED; {time.monotonic() - began:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
