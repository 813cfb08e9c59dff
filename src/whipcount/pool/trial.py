"""A cluster on this machine to try: `python -m whipcount.pool.trial --workers 2 --port 8786`, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading

from whipcount.errors import WhipcountError

from .deployments import LOOPBACK, PORT, local_workers, started_scheduler


def main() -> int:
    """Start a scheduler and workers, say where they are, and end them with Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="0: a scheduler alone")
    parser.add_argument("--port", type=int, default=PORT, help="0: any that is free")
    asked = parser.parse_args()
    try:
        with contextlib.ExitStack() as stack, contextlib.suppress(KeyboardInterrupt):
            address = started_scheduler(stack, LOOPBACK, asked.port)
            if asked.workers:
                local_workers(stack, address, asked.workers)
            sys.stdout.write(f"{address}\nTry: whipcount run two-bodies --cluster {address}\nCtrl-C ends it.\n")
            sys.stdout.flush()
            threading.Event().wait()
    except WhipcountError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
