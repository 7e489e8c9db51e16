"""Makes sure that the Python is new enough; written so that any Python 3 can read it."""

import os
import shutil
import sys

OLDEST = (3, 11)


def require(script):
    """Go on with a newer Python of this machine if this one is too old; explain and exit if there is none."""
    if sys.version_info >= OLDEST:
        return
    for minor in (13, 12, 11):
        newer = shutil.which("python3.%d" % minor)
        if newer and not os.environ.get("BRAINSPEC_PYTHON_TRIED"):
            os.environ["BRAINSPEC_PYTHON_TRIED"] = "1"
            os.execv(newer, [newer, script] + sys.argv[1:])
    found = "%d.%d" % sys.version_info[:2]
    sys.exit("brainspec: Python %s is too old, and no python3.11, 3.12 or 3.13 is on the PATH: install one of them" % found)
