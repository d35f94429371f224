#!/usr/bin/env python3
"""The SDK as a stranger gets it: installed and found, taken into another build, as .deb files. Python's standard library."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import command_pages

SOURCE = Path(__file__).resolve().parents[2]
MOST_EXPOSED = 15  # in tenths: what `systemd-analyze security` may say of the unit at most
PROGRAMS = {"ustp": 1, "ustp-journal": 8, "ustp-gateway": 8}  # and the section of each one's manual page
EXAMPLES = ("verify_evidence", "own_ledger", "quickstart", "follow_events")


def run(*command, expect=0, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=800, **options)
    if done.returncode != expect:
        sys.exit(f"exit {done.returncode}, expected {expect}: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def demand(holds, what):
    if not holds:
        sys.exit(f"FAILED: {what}")
    print(f"ok: {what}")


def octets(parts):
    """As spec/vectors/README.md writes them: texts in hexadecimal and pairs [octet, times]."""
    return b"".join(bytes.fromhex(p) if isinstance(p, str) else bytes.fromhex(p[0]) * p[1] for p in parts)


def build(source, folder, *options):
    run("cmake", "-S", source, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=None", *options)
    run("ninja", "-C", folder, "-j2")


def use(prefix, work, libraries=None):
    """Builds every example against what is installed below `prefix` and runs those that need no gateway."""
    environment = dict(os.environ, LD_LIBRARY_PATH=str(libraries or ""))
    for example in EXAMPLES:
        build(SOURCE / "sdk/examples" / example, work / example, f"-DCMAKE_PREFIX_PATH={prefix}")
    told = run(work / "own_ledger/own_ledger", env=environment)
    demand(" 0 failed" in told, "the example's ledger passes the contract: " + told.splitlines()[-1])
    vectors = json.loads((SOURCE / "spec/vectors/bundles.json").read_text())["vectors"]
    bundle = work / "bundle"
    bundle.write_bytes(octets(vectors[0]["input"]["file"]))
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", work / "key.pem")
    run("openssl", "pkey", "-in", work / "key.pem", "-pubout", "-out", work / "pub.pem")
    told = run(work / "verify_evidence/verify_evidence", bundle, "association", work / "pub.pem", expect=1, env=environment)
    demand("NOT verified" in told, "a bundle of another authority is read and not believed")
    told = run(work / "verify_evidence/verify_evidence", work / "pub.pem", "association", work / "pub.pem", expect=2,
               env=environment)
    run(work / "quickstart/quickstart", expect=1, env=environment)
    run(work / "follow_events/follow_events", expect=1, env=environment)
    demand(True, "quickstart and follow_events run and explain their use")


def with_pkg_config(prefix, work):
    config = dict(os.environ, PKG_CONFIG_PATH=str(next(prefix.rglob("ustp.pc")).parent))
    flags = run("pkg-config", f"--define-variable=prefix={prefix}", "--cflags", "--libs", "--static", "ustp-client", "ustp",
                env=config).split()
    run("g++", SOURCE / "tests/packaging/consumer/main.cpp", "-o", work / "consumer", *flags)
    demand("3 kinds" in run(work / "consumer"), "pkg-config gives what a program needs")


def installed(options, work):
    prefix = work / "prefix"
    run("cmake", "--install", options.build, "--component", "sdk", "--prefix", prefix)
    foreign = [h for h in prefix.rglob("*.hpp") for line in h.read_text().splitlines()
               if line.startswith("#include <") and "/" in line and "<ustp/" not in line]
    demand(not foreign, "no installed header includes a third party's")
    use(prefix, work)
    with_pkg_config(prefix, work)


def shared(options, work):
    build(SOURCE / "tests/packaging/consumer", work / "consumer", f"-DUSTP_SOURCE={SOURCE}")
    demand("3 kinds" in run(work / "consumer/consumer"), "another project's build takes the tree and links shared libraries")
    prefix = work / "prefix"
    run("cmake", "--install", work / "consumer", "--component", "sdk", "--prefix", prefix)
    names = sorted(p.name for p in prefix.rglob("libustp_protocol.so*"))
    demand(len(names) == 3, f"versions of a shared library: {', '.join(names)}")
    use(prefix, work, next(prefix.rglob("libustp_protocol.so")).parent)


def packages(options, work):
    run("cpack", "--config", options.build / "CPackConfig.cmake", "-G", "DEB", "-B", work, cwd=work)
    files = {p.name.split("_")[0]: p for p in work.glob("*.deb")}
    demand(sorted(files) == ["libustp-dev", "ustp-gateway", "ustp-tools"], f"packages {', '.join(sorted(files))}")
    for name, path in files.items():
        fields = run("dpkg-deb", "-f", path, "Package", "Version", "Architecture", "Depends")
        demand(f"Package: {name}" in fields and "Depends: " in fields, " · ".join(fields.split("\n")[:3]))
        run("dpkg-deb", "-x", path, work / "root")
    for program in PROGRAMS:
        run(work / "root/usr/bin" / program, "--help")
    demand(True, "the packaged programs run")
    command_pages.check(work / "root/usr", PROGRAMS)
    service(work / "root", files["ustp-gateway"], work)
    use(work / "root/usr", work)


def service(root, package, work):
    """The unit: what systemd thinks of it, where there is systemd; the package's scripts are shell."""
    unit = root / "usr/lib/systemd/system/ustp-gateway.service"
    text = unit.read_text()
    demand("Type=notify" in text and "/usr/bin/ustp-gateway --config" in text, "the unit starts the packaged gateway")
    demand((root / "usr/lib/sysusers.d/ustp-gateway.conf").exists(), "the unit's user comes with it")
    run("dpkg-deb", "-e", package, work / "control")
    for name in ("postinst", "prerm", "postrm"):
        run("sh", "-n", work / "control" / name)
        demand(os.access(work / "control" / name, os.X_OK), f"{name} can be run")
    if not shutil.which("systemd-analyze"):
        print("SKIPPED the unit's score: no systemd-analyze here")
        return
    score = run("systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED}", unit)
    demand(True, "systemd's opinion: " + score.strip().splitlines()[-1].strip("→ "))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=("installed", "shared", "packages"))
    parser.add_argument("--build", required=True, type=lambda text: Path(text).resolve())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ustp-packaging-") as folder:
        {"installed": installed, "shared": shared, "packages": packages}[options.way](options, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
