"""Start-up, warm, as a user feels it: prints the time of `cobuilder --help` and of the first painted window.

- Each time runs from starting the process: to its end for `--help`, to the first paint of the shell and to
  Home being there for the window (offscreen, so without the display's own share).
- The median and the fastest of the rounds, after one that is not counted. Aims: help 0.3 s, window 0.7 s.
- Usage: python tests/benchmarks/start_up.py [ROUNDS]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

HELP = [sys.executable, "-m", "studio", "--help"]
WINDOW = """
import sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class FirstPaint(QObject):
    seen = False

    def eventFilter(self, watched, event):
        if not self.seen and event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
            self.seen = True
            QTimer.singleShot(0, lambda: print("painted", flush=True))
            self.wait_for_home(watched)
        return False

    def wait_for_home(self, window):
        if window.room == "home":
            QTimer.singleShot(0, lambda: (print("home", flush=True), window.close()))
        else:
            QTimer.singleShot(1, lambda: self.wait_for_home(window))

app = QApplication(["cobuilder"])
watch = FirstPaint()
app.installEventFilter(watch)
sys.argv = ["cobuilder"]
from studio.__main__ import main
main()
"""


def help_seconds(environment: dict[str, str]) -> list[float]:
    """Run `cobuilder --help` once, and return its time."""
    start = time.perf_counter()
    subprocess.run(HELP, env=environment, check=True, stdout=subprocess.DEVNULL)
    return [time.perf_counter() - start]


def window_seconds(environment: dict[str, str]) -> list[float]:
    """Open the window once, and return the times to its first paint and to Home."""
    start = time.perf_counter()
    times = []
    with subprocess.Popen(
        [sys.executable, "-c", WINDOW], env=environment, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.strip() in ("painted", "home"):
                times.append(time.perf_counter() - start)
    if len(times) != 2:
        raise SystemExit("the window did not open")
    return times


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as settings:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "COBUILDER_CONFIG": settings}
        for names, measure in (
            (("cobuilder --help",), help_seconds),
            (("first window", "home"), window_seconds),
        ):
            measure(environment)
            runs = [measure(environment) for _ in range(rounds)]
            for name, times in zip(names, zip(*runs, strict=True), strict=True):
                print(f"{name:18} median {statistics.median(times):.2f} s, fastest {min(times):.2f} s")


if __name__ == "__main__":
    main()
