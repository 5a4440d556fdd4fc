"""What a person does to tests in the window: a wish becomes one edit of the draft, told in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.desktop.actions import Desk
from studio.domain.edit import FieldEdit
from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.domain.changeset import ChangeSet
    from studio.domain.scenario_edit import ScenarioEdit
    from studio.services.queries.tests import TestRows


class TestDeeds:
    """Does them; `rows` gives the tests as they stand."""

    __test__ = False

    def __init__(self, desk: Desk, rows: Callable[[], TestRows]) -> None:
        self._desk, self._rows = desk, rows

    def fulfil(self, wish: FieldEdit | ScenarioEdit) -> str:
        """Carry out a wish; return the id of the test that it made, or nothing."""
        from studio.services.authoring.fields import fulfil
        from studio.services.authoring.scenarios import fulfil_tests

        rows = self._rows()
        if isinstance(wish, FieldEdit):
            return self._do(lambda: fulfil(rows.draft, wish))
        return self._do(lambda: fulfil_tests(rows.draft, wish, rows.taken), tell=True)

    def write(self, kind: str, name: str) -> str:
        """Write a test for what none exercises; return its id, or nothing."""
        from studio.services.authoring.gap_tests import gap_test

        rows = self._rows()
        try:
            made = gap_test(rows.draft, kind, name, rows.taken)
        except StudioError as error:
            self._desk.tell(str(error), "warn")
            return ""
        test = self._do(lambda: made.changeset)
        if test:
            how = f"The draft does not pass it: {made.fails}" if made.fails else "The draft passes it."
            self._told(f"{made.changeset.title}. {how}", "warn" if made.fails else "ok")
        return test

    def _do(self, make: Callable[[], ChangeSet], tell: bool = False) -> str:
        from studio.services.authoring.scenarios import made_test
        from studio.services.commands import EditAgent

        try:
            changeset = make()
        except StudioError as error:
            self._desk.tell(str(error), "warn")
            return ""
        if not changeset.changes or self._desk.session.do(EditAgent(changeset)) is None:
            return ""
        if tell:
            self._told(f"{changeset.title}.", "ok")
        return made_test(changeset)

    def _told(self, words: str, tone: str) -> None:
        self._desk.tell(
            words, "warn" if tone == "warn" else "ok", "Undo", lambda: self._desk.run_action("edit.undo")
        )
