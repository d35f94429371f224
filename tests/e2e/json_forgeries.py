#!/usr/bin/env python3
"""Signed messages of the JSON binding forged in every way that has broken a JWS reader before (scenario 13), by somebody who
holds the certificate of a gateway: each is refused with its own code, nothing of it takes effect, the gateway lives on.
At the end the same message signed as it should be is taken, so none was refused for anything else."""

import hashlib
import hmac
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ustp_world.api import admin  # noqa: E402
from ustp_world.json_peer import ORDER, JsonPeer, canonical, es256  # noqa: E402
from ustp_world.kills import Route, moved  # noqa: E402
from ustp_world.process import wait_until  # noqa: E402
from ustp_world.scenes import parser_of, seeded  # noqa: E402
from ustp_world.tokens import Issuer, raw_signature, url64  # noqa: E402
from ustp_world.world import World  # noqa: E402

PAYLOAD = b"{}"  # what is wrong with it is found only behind the signature


def forgeries(peer, world):
    """(name, what is sent as a function of the header that would be right, the code it is refused with)"""
    key, spki, own = peer.role.signing_key, peer.role.public_key, Issuer(world.folder, "attacker")
    pem = Issuer.openssl("pkey", "-in", key, "-pubout")
    curve = world.folder / "p384.pem"
    Issuer.openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", curve)
    own_kid = hashlib.sha256(Issuer.openssl("pkey", "-in", own.key, "-pubout", "-outform", "DER")).hexdigest()

    def good(octets):
        return es256(key, octets)

    def mac(secret):
        return lambda octets: hmac.new(secret, octets, hashlib.sha256).digest()

    def p384(octets):
        der = Issuer.openssl("dgst", "-sha256", "-sign", curve, given=octets)
        return raw_signature(der, 48)

    def with_header(sign, **members):
        return lambda h: peer.signed(canonical(h | members), PAYLOAD, sign)

    def with_octets(change):
        return lambda h: peer.signed(change(canonical(h)), PAYLOAD, good)

    def respelt(change):
        return lambda h: change(peer.jws(h, PAYLOAD))

    def loose(jws):
        """The same octets with other bits behind the last whole octet."""
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        return jws[:-1] + alphabet[alphabet.index(jws[-1]) ^ 1]

    def flattened(jws):
        protected, payload, signature = jws.split(".")
        return canonical({"payload": payload, "protected": protected, "signature": signature}).decode()

    return [
        ("alg none", with_header(lambda _: b"", alg="none"), "jws_algorithm"),
        ("alg none, signed", with_header(good, alg="none"), "jws_algorithm"),
        ("alg nOnE", with_header(lambda _: b"", alg="nOnE"), "jws_algorithm"),
        ("alg HS256 under the public key, DER", with_header(mac(spki), alg="HS256"), "jws_algorithm"),
        ("alg HS256 under the public key, PEM", with_header(mac(pem), alg="HS256"), "jws_algorithm"),
        ("a MAC under the public key, alg ES256", with_header(mac(spki)), "bad_signature"),
        ("alg ES384", with_header(p384, alg="ES384"), "jws_algorithm"),
        ("P-384 under alg ES256", with_header(p384), "bad_signature"),
        ("alg EdDSA", with_header(good, alg="EdDSA"), "jws_algorithm"),
        ("a key in the header", with_header(lambda octets: es256(own.key, octets), jwk=own.jwk), "jws_header"),
        ("where a key would be", with_header(good, jku="https://attacker.example/jwks"), "jws_header"),
        ("crit", with_header(good, crit=["b64"], b64=False), "jws_header"),
        ("another key, its own kid", with_header(lambda octets: es256(own.key, octets), kid=own_kid), "unknown_key"),
        ("another key, the right kid", with_header(lambda octets: es256(own.key, octets)), "bad_signature"),
        ("zeros for a signature", with_header(lambda _: bytes(64)), "bad_signature"),
        ("r and s of the order", with_header(lambda _: ORDER.to_bytes(32, "big") * 2), "bad_signature"),
        ("the higher s", with_header(lambda octets: es256(key, octets, low=False)), "bad_signature"),
        ("a signature in DER", with_header(lambda octets: Issuer.openssl("dgst", "-sha256", "-sign", key, given=octets)), "bad_signature"),
        ("a header changed behind the signature", lambda h: ".".join((url64(canonical(h | {"typ": "ustp+jws"}).replace(b"1.0", b"1.1")),
                                                                     *peer.jws(h, PAYLOAD).split(".")[1:])), "bad_signature"),
        ("a payload changed behind the signature", respelt(lambda jws: jws.replace(url64(PAYLOAD), url64(b'{"a":1}'))), "bad_signature"),
        ("alg twice", with_octets(lambda octets: octets.replace(b'{"alg"', b'{"alg":"none","alg"')), "duplicate_field"),
        ("white space", with_octets(lambda octets: octets + b" "), "json_not_canonical"),
        ("a number beyond measure", with_octets(lambda octets: octets.replace(b'"channel":0', b'"channel":1e999999999')), "json_number"),
        ("loose bits in base64url", respelt(loose), "base64_form"),
        ("padding", respelt(lambda jws: jws + "=="), "base64_form"),
        ("JSON serialisation", respelt(flattened), "jws_form"),
        ("two texts", respelt(lambda jws: jws.rpartition(".")[0]), "jws_form"),
        ("another sender", lambda h: peer.jws(h | {"ustp": h["ustp"] | {"sender": "gw-eth"}}, PAYLOAD), "wrong_channel"),
        ("another recipient", lambda h: peer.jws(h | {"ustp": h["ustp"] | {"recipient": "gw-eth"}}, PAYLOAD), "wrong_channel"),
        ("a gap", lambda h: peer.jws(h | {"ustp": h["ustp"] | {"sequence": "999"}}, PAYLOAD), "sequence_gap"),
        ("another chain", lambda h: peer.jws(h | {"ustp": h["ustp"] | {"previous": "ab" * 32}}, PAYLOAD), "chain_broken"),
    ]


def heard(peer, make):
    """The answer once the link is up: a refusal ends it, and hellos bring it back."""
    def answered():
        if peer.theirs is None:
            return None
        got = peer.post(make(peer.next()))
        return None if got[1] in ("overloaded", "unexpected_message") else got
    return wait_until("an answer", answered, 30)


def durable(gateway):
    text = admin(gateway.admin_port, "/metrics")[1]
    return next(line.split()[1] for line in text.splitlines() if line.startswith("ustp_journal_durable_position "))


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--keep", action="store_true", help="the folder with every log stays")
    options = parser.parse_args()
    failed, began = 0, time.monotonic()
    with World(options.build, seed=seeded(options), ethereum="corda", https=["gw-corda"], keep=options.keep) as world:
        world.start()
        csd, corda = world.gw_csd, world.gw_corda
        there = Route(world, csd, corda, "ALICE", "DAVE", 30)

        moved(there)
        csd.process.stop()
        peer = JsonPeer(world, csd, corda)
        before = durable(corda)
        for name, make, code in forgeries(peer, world):
            got = heard(peer, make)
            wrong = got[1] != code or not 400 <= got[0] < 500
            failed += wrong
            print(f"  {name}: {got[0]} {got[1]}{f' FAILED, not {code}' if wrong else ''}", flush=True)
        if durable(corda) != before:
            failed += 1
            print("  FAILED: the journal tells of a forgery")
        peer.stop()
        csd.start()
        moved(there)  # honest traffic goes on
        world.check()
        csd.process.stop()
        peer = JsonPeer(world, csd, corda)
        got = heard(peer, lambda header: peer.jws(header, PAYLOAD))
        failed += got != (200, "")
        print(f"  signed as it should be: {got[0]}{'' if got == (200, '') else f' {got[1]} FAILED'}", flush=True)
        peer.stop()
    print(f"{failed} FAILED; {time.monotonic() - began:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
