#!/usr/bin/env python3
"""Webhooks at a receiver that fails, does not answer, refuses and recovers, with the gateway killed meanwhile: every event comes,
signed, in order, under its id; what is given up is a dead letter and comes again by a replay (USTP-HOK-001 to 004)."""

import base64
import hashlib
import hmac
import http.server
import json
import secrets
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.api import admin  # noqa: E402
from ustp_world.kills import Route, both_ended, demand  # noqa: E402
from ustp_world.process import wait_until  # noqa: E402
from ustp_world.scenes import parser_of, play, seeded  # noqa: E402
from ustp_world.world import World  # noqa: E402

PATIENCE = 90


class Receiver:
    """HTTPS, one certificate of the world's CA. `mode`: ok, 500, 302, hang; `poison`: an id that is never taken."""

    def __init__(self, world):
        self.secret = secrets.token_bytes(32)
        self.mode, self.poison = "ok", None
        self.taken, self.tried, self.faults = [], 0, []
        self.lock, self.over = threading.Lock(), threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.judge(self.path, self.headers, body)
                if status is None:
                    receiver.over.wait(3)
                    self.close_connection = True
                    return
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # connections that a kill cut off
        self.port = self.server.server_address[1]
        self.world = world

    def start(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        pki = self.world.folder / "pki"
        context.load_cert_chain(pki / "gateway-gw-eth.pem", pki / "gateway-gw-eth.key.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def judge(self, path, headers, body):
        """As a receiver that is written by the book: signature over id, time and body; five minutes."""
        id_, at = headers["webhook-id"], headers["webhook-timestamp"]
        signature = "v1," + base64.b64encode(hmac.new(self.secret, f"{id_}.{at}.".encode() + body, hashlib.sha256).digest()).decode()
        with self.lock:
            self.tried += 1
            if path != "/hook?desk=1" or headers["Content-Type"] != "application/json":
                self.faults.append(f"{path} {headers['Content-Type']}")
            if not hmac.compare_digest(signature, headers["webhook-signature"]) or abs(time.time() - int(at)) > 300:
                self.faults.append(f"{id_}: signature")
            if self.mode == "hang":
                return None
            if self.mode != "ok":
                return int(self.mode)
            if id_ == self.poison:
                return 422
            self.taken.append((id_, json.loads(body)))
            return 204

    def ids(self):
        with self.lock:
            return [i for i, _ in self.taken]


def config(world, receiver):
    (world.folder / "secret").write_text("whsec_" + base64.b64encode(receiver.secret).decode() + "\n")
    return (f'\n[webhook-desk]\nparticipant = "bank-alice"\nurl = "https://127.0.0.1:{receiver.port}/hook?desk=1"\n'
            f'secret = "{world.folder}/secret"\nca = "{world.folder}/pki/ca.pem"\ntimeout_ms = 400\nfirst_retry_ms = 20\n'
            f'longest_retry_ms = 200\ngive_up_after_s = 60\n')


def events(api):
    out, after = [], ""
    while True:
        page = api.again("GET", f"/v1/events?limit=1000{after}")
        out += page["events"]
        if not page["more"]:
            return out
        after = f"&after={page['next']}"


def all_come(world, receiver, begin=0):
    """Every event of the participant, first times in order, nobody else's; gives how many came more than once."""
    api = world.gw_csd.api("bank-alice")
    want = [f"gw-csd.{e['sequence']}" for e in events(api)]
    wait_until("every event came", lambda: set(want) <= set(receiver.ids()), PATIENCE)
    ids = receiver.ids()[begin:]
    first = list(dict.fromkeys(ids))
    demand([i for i in want if i in set(first)] == first, "the first times are not in order, or of somebody else")
    demand(not receiver.faults, str(receiver.faults[:3]))
    return len(ids) - len(first)


def transfers(world, count):
    route = Route(world, world.gw_csd, world.gw_corda, "ALICE", "DAVE")
    for _ in range(count):
        both_ended(route, route.api().start(route.body())["id"], PATIENCE)


def fails_and_recovers(world, receiver):
    transfers(world, 3)
    all_come(world, receiver)
    by_id = dict(receiver.taken)
    for event in events(world.gw_csd.api("bank-alice")):
        body = by_id[f"gw-csd.{event['sequence']}"]
        demand(body["type"] == "transfer.state" and body["data"] == event and body["timestamp"] == event["at"], str(body))
    for mode in ("500", "302", "hang"):
        receiver.mode, tried = mode, receiver.tried
        transfers(world, 1)
        wait_until(f"tried again under {mode}", lambda tried=tried: receiver.tried >= tried + 3, PATIENCE)
        receiver.mode = "ok"
        all_come(world, receiver)
    demand("ustp_webhook_delivered_total" in admin(world.gw_csd.admin_port, "/metrics")[1], "no metrics")
    return f"{len(receiver.ids())} messages in {receiver.tried} tries"


def killed(world, receiver):
    """The gateway is killed while it sends; the receiver is in every mode."""
    for i in range(6):
        receiver.mode = ("ok", "500", "hang")[i % 3]
        transfers(world, 1)
        time.sleep(world.random.uniform(0.0, 0.2))
        world.gw_csd.process.kill()
        receiver.mode = "ok"
        world.gw_csd.start()
    again = all_come(world, receiver)
    return f"6 kills, {len(receiver.ids())} messages, {again} of them again"


def dead_letters(world, receiver):
    gateway = world.gw_csd
    command = [world.bin / "ustp-gateway", "webhooks", gateway.config]

    def tool(*more):
        done = subprocess.run([*command, *more], capture_output=True, text=True, timeout=30)
        demand(done.returncode == 0, done.stderr)
        return done.stdout
    last = events(gateway.api("bank-alice"))[-1]["sequence"]
    wait_until("at rest", lambda: f"gw-csd.{last}" in receiver.ids(), PATIENCE)
    gateway.process.stop()
    gateway.config.write_text(gateway.config.read_text().replace("give_up_after_s = 60", "give_up_after_s = 1"))
    gateway.start()
    receiver.poison = f"gw-csd.{last + 2}"
    transfers(world, 1)
    wait_until("a dead letter", lambda: tool("--dead", "desk"), PATIENCE)
    wait_until("behind it", lambda: f"gw-csd.{last + 3}" in receiver.ids(), PATIENCE)
    letter = json.loads(tool("--dead", "desk").splitlines()[0])
    demand(letter["id"] == receiver.poison and letter["why"] == "status 422" and letter["message"]["data"]["sequence"] == last + 2, str(letter))
    demand(receiver.poison not in receiver.ids(), "it was taken")
    listed = tool().split()
    demand(listed[:2] == ["desk", "bank-alice"] and listed[4:] == ["1", "dead"], str(listed))
    receiver.poison, begin = None, len(receiver.ids())
    tool("--replay", "desk", "--after", letter["replay_after"])
    wait_until("the letter came", lambda: letter["id"] in receiver.ids(), PATIENCE)
    demand(receiver.ids()[begin] == letter["id"], f"the replay began with {receiver.ids()[begin]}")
    all_come(world, receiver, begin)
    log = (gateway.folder / "log").read_text(errors="replace")
    demand(base64.b64encode(receiver.secret).decode() not in log, "the log holds the secret")
    return f"{letter['id']} given up after {letter['tries']} tries, then replayed"


def main():
    options = parser_of(__doc__).parse_args()
    with World(options.build, seed=seeded(options), ethereum="corda") as world:
        receiver = Receiver(world)
        world.gw_csd.more_config = config(world, receiver)
        world.start()
        receiver.start()
        failed = play((fails_and_recovers, killed, dead_letters), world, receiver)
        receiver.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
