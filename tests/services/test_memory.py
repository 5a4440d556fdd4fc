"""What was worked out is remembered once for all threads of the window."""

from __future__ import annotations

import threading

from studio.services.memory import Memory


def test_threads_that_ask_at_once_get_one_object() -> None:
    """Eight threads that ask for the same at the same moment all get the very same object."""
    memory: Memory[str, object] = Memory(2)
    together = threading.Barrier(8)
    found: list[object] = []

    def make() -> object:
        together.wait(60)  # all are making before any is done
        return object()

    threads = [threading.Thread(target=lambda: found.append(memory.get("key", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 8
    assert len({id(each) for each in found}) == 1


def test_only_the_last_few_are_remembered() -> None:
    """What was asked for longest ago is forgotten first; what was asked for again stays."""
    memory: Memory[str, str] = Memory(2)
    for key in ("a", "b", "a", "c"):
        memory.get(key, lambda key=key: key)  # type: ignore[misc]
    assert ["a" in memory, "b" in memory, "c" in memory] == [True, False, True]
