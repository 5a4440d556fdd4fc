"""Without a verb the window, with a verb the command line; `python -m studio` is `cobuilder`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run, and end the process with the exit code."""
    from studio.cli.handed_secrets import take

    take()  # before anything can start another process
    if sys.argv[1:2] == ["diff"]:  # as quick as `git diff`: before anything else is imported
        from studio.cli.comparing import quick

        code = quick(sys.argv[2:], os._exit)
        if code is not None:
            sys.exit(code)

    import gc

    # Nothing here is a plug-in of pydantic's; looking for some reads the metadata of every package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

    # Imports and parsed runs make millions of small objects that live on; looking for garbage among them
    # every 700 takes longer than making them.
    gc.set_threshold(50_000, 20, 20)

    if getattr(sys, "frozen", False):  # a child of a program that was packed as one file starts here, too
        import multiprocessing

        multiprocessing.freeze_support()
    from studio.cli.main import run

    code = run()
    if "PySide6" not in sys.modules:  # whose objects go in an order of their own
        gc.freeze()  # the process ends: nothing is looked through for what could be given back
    sys.exit(code)


if __name__ == "__main__":
    main()
