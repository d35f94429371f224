"""Runs a script with the pinned packages of requirements.txt. Where they cannot be had it fails: skipped, it would show nothing.

  packages.py FOLDER SCRIPT ARGUMENTS…
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tools"))
import pinned_packages  # noqa: E402

if len(sys.argv) < 3:
    sys.exit(__doc__)
try:
    python = pinned_packages.interpreter(Path(sys.argv[1]), HERE / "requirements.txt")
except pinned_packages.Unavailable as why:
    sys.exit(f"FAILED: {why}")
sys.exit(subprocess.run([python, *sys.argv[2:]]).returncode)
