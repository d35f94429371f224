"""The Python packages that a requirements.txt pins, in a virtual environment below the build folder. Imported by what needs
them: the documentation site, the second reader, the tests of the API's description."""

import subprocess
import venv


class Unavailable(Exception):
    """They cannot be had here; the text says why."""


def interpreter(folder, requirements):
    """A Python that has exactly these packages; made once, and anew when the pins change."""
    python, mark = folder / "bin" / "python", folder / "packages"
    wanted = requirements.read_text()
    if mark.exists() and mark.read_text() == wanted:
        return python
    try:
        venv.create(folder, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"no virtual environment can be made here ({error})") from error
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "2",
                           "--timeout", "30", "-r", requirements], capture_output=True, text=True)
    if done.returncode != 0:
        raise Unavailable(f"its packages cannot be installed ({done.stderr.strip().splitlines()[-1:]})")
    mark.write_text(wanted)
    return python
