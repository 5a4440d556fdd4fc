"""The guards of `tests/conftest.py` bite: a test that breaks them fails."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

BREACHES = {
    "network": (
        "went for 192.0.2.1",
        """
        import socket
        def test_it():
            with socket.socket() as caller:
                caller.connect(("192.0.2.1", 9))
        """,
    ),
    "network in a child": (
        "went for 192.0.2.1",
        """
        import subprocess, sys
        def test_it():
            call = "import socket; socket.socket().connect(('192.0.2.1', 9))"
            subprocess.run([sys.executable, "-c", call], check=True)
        """,
    ),
    "look-up": (
        "looked up host.invalid",
        """
        import socket
        def test_it():
            socket.getaddrinfo("host.invalid", 80)
        """,
    ),
    "thread": (
        "threads left running",
        """
        import threading
        def test_it():
            threading.Thread(target=threading.Event().wait, args=(60,), daemon=True).start()
        """,
    ),
    "thread exception": (
        "ZeroDivisionError",
        """
        import threading
        def test_it():
            thread = threading.Thread(target=lambda: 1 / 0)
            thread.start()
            thread.join()
        """,
    ),
    "unraisable": (
        "RuntimeError: lost",
        """
        class Bad:
            def __del__(self):
                raise RuntimeError("lost")
        def test_it():
            Bad()
        """,
    ),
    "warning": (
        "DeprecationWarning: old",
        """
        import warnings
        def test_it():
            warnings.warn("old", DeprecationWarning)
        """,
    ),
    "Qt message": (
        "painter is not active",
        """
        from PySide6.QtCore import qWarning
        def test_it():
            qWarning("painter is not active")
        """,
    ),
}
CONFIGURATION = ("pyproject.toml", "tests/conftest.py")
FINE = """
    import socket
    import threading
    def test_it():
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()).close()
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()
    """


def _outcome(pytester: pytest.Pytester, repository: Path, source: str) -> pytest.RunResult:
    files = {name: (repository / name).read_text(encoding="utf-8") for name in CONFIGURATION}
    files["tests/test_it.py"] = textwrap.dedent(source)
    (pytester.path / "tests").mkdir()
    for name, text in files.items():
        (pytester.path / name).write_text(text, encoding="utf-8")
    return pytester.runpytest_subprocess("-p", "no:xdist", "-p", "no:cacheprovider")


@pytest.mark.parametrize(("reason", "source"), BREACHES.values(), ids=BREACHES.keys())
def test_a_breach_fails(pytester: pytest.Pytester, repository: Path, reason: str, source: str) -> None:
    """Whoever reaches out, leaks, or ignores an error in a test hears of it, and why."""
    result = _outcome(pytester, repository, source)
    counts = result.parseoutcomes()
    assert counts.get("failed", 0) + counts.get("errors", 0) == 1
    result.stdout.fnmatch_lines([f"*{reason}*"])


def test_loopback_and_finished_threads_pass(pytester: pytest.Pytester, repository: Path) -> None:
    """A test may serve itself on this machine and may use threads that end."""
    _outcome(pytester, repository, FINE).assert_outcomes(passed=1)
