"""The guards of `tests/conftest.py` bite: a test that breaks them fails."""

from __future__ import annotations

import textwrap
from pathlib import Path
from xml.etree import ElementTree

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


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never ends is known after a second."""
    monkeypatch.setenv("SETTLING_SECONDS", "1")


def test_a_breach_fails(pytester: pytest.Pytester, repository: Path) -> None:
    """Whoever reaches out, leaks, or ignores an error in a test hears of it, and why; others pass."""
    sources = {name: source for name, (_, source) in BREACHES.items()} | {"fine": FINE}
    files = {name: (repository / name).read_text(encoding="utf-8") for name in CONFIGURATION}
    files |= {
        f"tests/test_{number}.py": textwrap.dedent(text) for number, text in enumerate(sources.values())
    }
    (pytester.path / "tests").mkdir()
    for name, text in files.items():
        (pytester.path / name).write_text(text, encoding="utf-8")
    plain = ("-p", "no:xdist", "-p", "no:cacheprovider", "-o", "junit_logging=all")
    pytester.runpytest_subprocess(*plain, "--junitxml=said.xml")
    said: dict[str, dict[str, str]] = {}
    for case in ElementTree.parse(pytester.path / "said.xml").iter("testcase"):
        told = said.setdefault(case.attrib["classname"], {})
        told |= {part.tag: told.get(part.tag, "") + (part.text or "") for part in case}
    for number, name in enumerate(sources):
        told = said[f"tests.test_{number}"]
        assert len(told.keys() & {"failure", "error"}) == (name in BREACHES), (name, told)
        assert name == "fine" or BREACHES[name][0] in " ".join(told.values()), (name, told)
