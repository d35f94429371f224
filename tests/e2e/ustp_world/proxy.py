"""A hostile stretch of network: a TCP proxy in front of a gateway's peer port that delays, throttles, stalls one way,
corrupts and cuts. TLS runs through it end to end, so whatever it changes ends the connection, and nothing else."""

import random
import select
import socket
import threading
import time


class Proxy:
    """`weather` chooses for each connection how it goes wrong; fair() lets everything through from now on."""

    def __init__(self, port, seed):
        self.target, self.random = port, random.Random(seed)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.counts = {}
        self._fair = self._over = False
        self._pairs = []
        threading.Thread(target=self._accept, daemon=True).start()

    def fair(self):
        """Calm from here on: what is stalled is cut, so that it comes again."""
        self._fair = True
        for pair in self._pairs:
            for s in pair:
                self._close(s)

    def close(self):
        self._over = True
        self._close(self.listener)
        self.fair()

    @staticmethod
    def _close(s):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        s.close()

    def _accept(self):
        while not self._over:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target), 5)
            except OSError:  # the gateway is down
                near.close()
                continue
            weather = "fair" if self._fair else self.random.choice(
                ("delay", "throttle", "cut", "corrupt", "one way", "flap"))
            self.counts[weather] = self.counts.get(weather, 0) + 1
            pair = (near, far)
            self._pairs.append(pair)
            seed = self.random.random()
            threading.Thread(target=self._carry, args=(*pair, weather, seed), daemon=True).start()

    def _carry(self, near, far, weather, seed):
        dice = random.Random(seed)
        budget = dice.randrange(2_000, 60_000)  # octets until it happens
        stalled_until = 0.0
        try:
            while True:
                ready, _, _ = select.select((near, far), (), (), 0.2)
                now = time.monotonic()
                if weather == "one way" and 0 < stalled_until < now:
                    return
                for s in ready:
                    if now < stalled_until and s is near:
                        time.sleep(0.01)
                        continue
                    octets = s.recv(16384)
                    if not octets:
                        return
                    budget -= len(octets)
                    if weather == "delay":
                        time.sleep(dice.random() * 0.03)
                    elif weather == "throttle":
                        time.sleep(len(octets) / 400_000)
                    if budget < 0 and weather in ("cut", "delay", "throttle"):
                        return
                    elif budget < 0 and weather == "corrupt":
                        at = dice.randrange(len(octets))
                        octets = octets[:at] + bytes([octets[at] ^ 0x55]) + octets[at + 1:]
                        budget = 10**9
                    elif budget < 0 and weather in ("one way", "flap"):  # one direction is silent for a while
                        stalled_until = now + (0.3 if weather == "flap" else 2.5)
                        budget = dice.randrange(2_000, 60_000) if weather == "flap" else 10**9
                    (far if s is near else near).sendall(octets)
        except (OSError, ValueError):  # closed meanwhile
            pass
        finally:
            self._close(near)
            self._close(far)
