"""The pinned packages of requirements.txt, in a virtual environment below the build folder."""

import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent


def interpreter(folder):
    """A Python that has them. Ends the test, failed, where they cannot be had: it would show nothing."""
    folder = Path(folder)
    python, wanted, mark = folder / "bin" / "python", HERE / "requirements.txt", folder / "packages"
    if mark.exists() and mark.read_text() == wanted.read_text():
        return python
    venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "3", "--timeout",
                    "15", "-r", wanted], check=True)
    mark.write_text(wanted.read_text())
    return python


if __name__ == "__main__":
    # packages.py FOLDER SCRIPT ARGUMENTS…: runs the script with them.
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(subprocess.run([interpreter(sys.argv[1]), *sys.argv[2:]]).returncode)
