#!/usr/bin/env python3
"""Bearer tokens at a real gateway: an order, its answer and its end without any client certificate, with curl's own means and
with `ustp`; roles, other participants' objects, keys that are rolled while it runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.api import Api, ApiError, admin  # noqa: E402
from ustp_world.kills import Route, both_ended, demand  # noqa: E402
from ustp_world.process import wait_until  # noqa: E402
from ustp_world.tokens import Issuer, take_tokens  # noqa: E402
from ustp_world.scenes import parser_of, play, seeded  # noqa: E402
from ustp_world.world import World  # noqa: E402

PATIENCE = 60


def refusal(api, method, path, body=None, headers=None):
    try:
        api.call(method, path, body, headers)
        return 200, ""
    except ApiError as e:
        return e.status, e.code


def access(world, issuer):
    gateway, ca = world.gw_csd, world.folder / "pki/ca.pem"

    def who(participant, *roles, by=issuer, **more):
        return Api(gateway.api_port, ca, token=by.token(participant, list(roles), gateway.id, **more))
    route = Route(world, gateway, world.gw_corda, "ALICE", "DAVE", 3)
    trader, reader, stranger = who("bank-alice", "trader"), who("bank-alice", "reader"), who("bank-carol", "trader")
    demand(refusal(reader, "POST", "/v1/transfers", route.body(), {"Idempotency-Key": "k"}) == (403, "forbidden"), "a reader ordered")
    transfer = trader.start(route.body())["id"]
    demand(both_ended(route, transfer, PATIENCE) == "committed", "the transfer was not committed")
    demand(reader.transfer(transfer)["status"] == "completed", "the reader does not see it")
    for path in ("", "/evidence"):
        demand(refusal(stranger, "GET", f"/v1/transfers/{transfer}{path}") == (404, "not_found"), f"another's {path}")
    demand(refusal(stranger, "POST", f"/v1/transfers/{transfer}:cancel") == (404, "not_found"), "another's cancel")
    demand(refusal(Api(gateway.api_port, ca), "GET", "/v1/ledgers") == (401, "unauthenticated"), "without a token")
    demand(refusal(who("bank-alice", "reader", seconds=-60), "GET", "/v1/ledgers") == (401, "token_expired"), "expired")
    demand(refusal(who("bank-nobody", "reader"), "GET", "/v1/ledgers") == (403, "unknown_participant"), "not admitted")
    both = gateway.api("bank-carol")
    both.token = trader.token
    demand(refusal(both, "GET", "/v1/ledgers") == (403, "tls_identity_mismatch"), "certificate and token of two")
    # The command line, with a token alone.
    file = world.folder / "token"
    file.write_text(trader.token + "\n")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("USTP_")}
    shown = subprocess.run([world.bin / "ustp", "transfer", "show", transfer, "--json", "--api", f"https://127.0.0.1:{gateway.api_port}",
                            "--ca", ca, "--token", file], env=environment, capture_output=True, text=True, timeout=60)
    demand(shown.returncode == 0 and json.loads(shown.stdout)["id"] == transfer, f"ustp --token: {shown.stderr}")
    # A second key, then only the second one; the gateway runs on.
    second = Issuer(world.folder, "issuer-2")
    demand(refusal(who("bank-alice", "reader", by=second), "GET", "/v1/ledgers") == (401, "token_key"), "a key nobody trusts")
    take_tokens(gateway, issuer, second)
    wait_until("the second key is taken", lambda: refusal(who("bank-alice", "reader", by=second), "GET", "/v1/ledgers")[0] == 200, 20)
    demand(refusal(reader, "GET", "/v1/ledgers")[0] == 200, "the first key went too early")
    (gateway.folder / "jwks.json").write_text("{")
    wait_until("told", lambda: "ustp_api_token_keys_refused_total 1" in admin(gateway.admin_port, "/metrics")[1], 20)
    demand(refusal(reader, "GET", "/v1/ledgers")[0] == 200, "a broken file changed the keys")
    take_tokens(gateway, second)
    wait_until("the first key is gone", lambda: refusal(reader, "GET", "/v1/ledgers") == (401, "token_key"), 20)
    # No token, and nothing that a token is made of, stands in the log.
    log = (gateway.folder / "log").read_text(errors="replace")
    demand(trader.token.split(".")[2] not in log and "Bearer" not in log, "the log holds a token")
    return f"transfer {transfer} by token; three key sets while it ran"


def main():
    options = parser_of(__doc__).parse_args()
    with World(options.build, seed=seeded(options), ethereum="corda") as world:
        issuer = Issuer(world.folder)
        take_tokens(world.gw_csd, issuer)
        world.start()
        return 1 if play((access,), world, issuer) else 0


if __name__ == "__main__":
    sys.exit(main())
