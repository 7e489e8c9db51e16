"""Makes sure that the Python is new enough; written so that a Python 3.6 can read it."""

import os
import shutil
import sys

OLDEST = (3, 11)


def require(script):
    """Go on with a newer Python of this machine if this one is too old; explain and exit if there is none."""
    if sys.version_info >= OLDEST:
        return
    for minor in (13, 12, 11):
        newer = shutil.which(f"python3.{minor}")
        if newer and not os.environ.get("BRAINSPEC_PYTHON_TRIED"):
            os.environ["BRAINSPEC_PYTHON_TRIED"] = "1"
            os.execv(newer, [newer, script, *sys.argv[1:]])
    found = "{}.{}".format(*sys.version_info)
    sys.exit(
        f"brainspec: Python {found} is too old, and no python3.11, 3.12 or 3.13 is on the PATH: install one of them"
    )
