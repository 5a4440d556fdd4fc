"""What was typed into a form and cannot be taken, kept while something else is shown in it.

- It waits under the thing it belongs to, and stands in its fields again when they are shown again.
- Who leaves it behind is told so in a sentence.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from studio.desktop.widgets.form import Form

_SHOWN = 60


class WaitingDrafts:
    """The drafts of one form by what they belong to."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._waiting: dict[Hashable, dict[str, Any]] = {}

    def keep(self, of: Hashable) -> str:
        """Keep what cannot be taken; return a sentence that says so, "" where everything was told."""
        left = self._form.untold()
        if not left:
            return ""
        drafts = {key: each.draft for key, each in left.items()}
        self._waiting[of] = {**self._waiting.get(of, {}), **drafts}
        first = next(iter(left.values()))
        shown = first.words if len(first.words) <= _SHOWN else f"{first.words[:_SHOWN]}…"
        return f"“{shown}” under “{first.name}” is not complete. It waits there for you to mend it."

    def put_back(self, of: Hashable) -> None:
        """Let what waits stand in the fields that are shown now."""
        waiting = self._waiting.pop(of, {})  # first: what is told on the way shows the form again
        here = self._form.put_back(waiting)
        left = {key: draft for key, draft in waiting.items() if key not in here}
        if left:
            self._waiting[of] = {**left, **self._waiting.get(of, {})}
