"""The demo's main job, from a fresh copy of the sample to a promoted release: prints its time.

- One process, as a user starts it, without the window; the aim is 30 s.
- Usage: python tests/benchmarks/main_job.py [ROUNDS]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def seconds(folder: Path) -> float:
    """Run the demo into a folder, and return its time."""
    demo = [sys.executable, "-m", "studio", "demo", "--no-window", "--dir", str(folder / "demo")]
    environment = {**os.environ, "COBUILDER_CONFIG": str(folder / "settings")}
    start = time.perf_counter()
    done = subprocess.run(demo, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the demo ended with {done.returncode}:\n{done.stderr}")
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    times = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            times.append(seconds(Path(name)))
    print(f"cobuilder demo     {', '.join(f'{each:.1f}' for each in times)} s")


if __name__ == "__main__":
    main()
