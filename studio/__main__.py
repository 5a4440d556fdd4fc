"""Without a verb the window, with a verb the command line; `python -m studio` is `cobuilder`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run, and end the process with the exit code."""
    import multiprocessing

    multiprocessing.freeze_support()
    from studio.cli.main import run

    sys.exit(run())


if __name__ == "__main__":
    main()
