"""`brainspec` and `python -m brainspec_conformance`."""

import sys
import traceback

from .exits import OURS


def main() -> None:
    """Run the command line; a fault of ours exits with 4, so that no script takes it for a verdict."""
    try:
        from .cli import cli

        cli(prog_name="brainspec")
    except Exception:
        traceback.print_exc()
        print(
            "brainspec: this is a fault of ours, not a verdict; please report it with the lines above", file=sys.stderr
        )
        sys.exit(OURS)


if __name__ == "__main__":
    main()
