"""The rooms of the window, in the order of the rail; each page is imported when it is first entered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """One room: its id, title, icon, and the page class as `module:Class`."""

    id: str
    title: str
    icon: str
    page: str


def _room(name: str) -> Room:
    return Room(name, name.capitalize(), name, f"studio.desktop.pages.{name}:{name.capitalize()}Page")


ROOMS = tuple(
    _room(name)
    for name in (
        "home", "sources", "charter", "workflows", "tests",
        "review", "simulate", "release", "insights", "settings",
    )
)  # fmt: skip
