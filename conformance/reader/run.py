#!/usr/bin/env python3
"""Runs the second reader for ctest: its packages into a folder of the build, the vectors through it, and what it builds
through the first reader.

  run.py FOLDER USTP_VECTORS     exit status 77, with a line that begins SKIPPED, when its packages cannot be had
"""
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VECTORS = HERE.parents[1] / "spec" / "vectors"
SKIPPED = 77
sys.path.insert(0, str(HERE.parents[1] / "tools"))
import pinned_packages  # noqa: E402


def main(folder, ustp_vectors):
    try:
        python = pinned_packages.interpreter(Path(folder), HERE / "requirements.txt")
    except pinned_packages.Unavailable as why:
        print(f"SKIPPED second reader: {why}")
        return SKIPPED
    reader, built = HERE / "reader.py", Path(folder) / "built.json"
    for command in ([python, reader, "read", VECTORS], [python, reader, "build", VECTORS, built],
                    [ustp_vectors, "check", built]):
        if subprocess.run(command).returncode != 0:
            return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
