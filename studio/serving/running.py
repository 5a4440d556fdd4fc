"""What runs now, as the registry says it at each new conversation; the last good answer where it does not.

- A release's program is made once; conversations that began with it keep it.
- An agent whose digest is not the approved one never answers.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from studio.domain.agent import Agent
from studio.domain.environment import EnvironmentRow, ReleaseRow
from studio.domain.errors import BrokenInput, StudioError
from studio.domain.frozen import digest
from studio.release.materials import Releases
from studio.release.traffic import Routing, explain
from studio.runtime import Program

KEPT_PROGRAMS = 4


class RunningNow:
    """Answers which release runs for a conversation; used by several threads."""

    def __init__(self, releases: Releases, environment: str) -> None:
        """Ask the registry for the first time; raises StudioError where it cannot say."""
        self.environment = environment
        self.trouble = ""
        self._releases = releases
        self._lock = threading.Lock()
        self._programs: OrderedDict[str, Program] = OrderedDict()
        self._last = releases.environment(environment)
        self.agent: Agent = self.program(self._last.stable).agent

    def row(self) -> EnvironmentRow:
        """Return what runs; where the registry does not answer, what ran last, and `trouble` says why."""
        try:
            row = self._releases.environment(self.environment)
            self._last, self.trouble = row, ""
        except StudioError as error:
            self.trouble = str(error)
        return self._last

    def route(self, conversation: str | None) -> tuple[Routing, ReleaseRow]:
        """Return the decision for a new conversation, and the release that answers it."""
        row = self.row()
        routing = explain(row, self.agent.id, conversation or "")
        chosen = row.candidate if routing.answers == "canary" and row.candidate else row.stable
        return routing, chosen

    def program(self, release: ReleaseRow) -> Program:
        """Return a release's agent, ready to run; raises StudioError where it cannot be had."""
        with self._lock:
            found = self._programs.get(release.id)
            if found is None:
                found = Program.of(self._approved(release))
                self._programs[release.id] = found
                while len(self._programs) > KEPT_PROGRAMS:
                    self._programs.popitem(last=False)
            self._programs.move_to_end(release.id)
            return found

    def _approved(self, release: ReleaseRow) -> Agent:
        agent = self._releases.agent(release.id)
        if digest(agent) != release.result_digest:
            raise BrokenInput(
                f"The registry's agent of release {release.sequence} is not the one that was approved.",
                "Look at `cobuilder registry verify-log`, and restore the registry.",
            )
        return agent
