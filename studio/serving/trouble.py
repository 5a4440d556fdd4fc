"""What a caller is told when a request is not answered, each kind with its own name and status."""

from __future__ import annotations

from studio.domain.errors import BrokenInput, Refused, StudioError, WrongUse
from studio.serving.contract import Problem

PREFIX = "urn:cobuilder:problem:"
KINDS: dict[str, tuple[int, str]] = {
    "not-readable": (400, "The request cannot be read"),
    "wrong-host": (421, "The request was meant for another host"),
    "no-token": (401, "The token is missing or wrong"),
    "not-found": (404, "There is no such place"),
    "no-conversation": (404, "There is no such conversation"),
    "wrong-method": (405, "The method is not for this place"),
    "too-slow": (408, "The request took too long"),
    "busy": (409, "A turn of this conversation is being answered"),
    "wrong-turn": (409, "This is not the turn that comes next"),
    "ended": (409, "The conversation has ended"),
    "too-large": (413, "The request is too large"),
    "wrong-type": (415, "The request must be JSON"),
    "too-many": (429, "Too many requests"),
    "fault": (500, "An internal fault"),
    "crowded": (503, "Too many connections are open"),
    "full": (503, "Too many conversations are open"),
    "not-ready": (503, "It cannot answer at present"),
    "stopping": (503, "The endpoint is stopping"),
}
RETRY_SECONDS = {"busy": 1, "crowded": 1, "too-many": 1, "full": 30, "not-ready": 5, "stopping": 5}


class Trouble(Exception):
    """A request that is not answered: `kind` is one of KINDS, `detail` a sentence on what to do."""

    def __init__(self, kind: str, detail: str) -> None:
        """Take the kind and the sentence."""
        super().__init__(detail)
        self.kind = kind
        self.status, self.title = KINDS[kind]
        self.detail = detail

    @property
    def problem(self) -> Problem:
        """Return the body of the answer."""
        return Problem(type=PREFIX + self.kind, title=self.title, status=self.status, detail=self.detail)

    @property
    def retry_after(self) -> int | None:
        """Return after how many seconds another try makes sense, or None where it does not."""
        return RETRY_SECONDS.get(self.kind)


def trouble_of(error: StudioError) -> Trouble:
    """Return what a caller is told of an error inside: that it is not ready, in the error's own words."""
    assert isinstance(error, BrokenInput | Refused | WrongUse | StudioError)
    return Trouble("not-ready", str(error))
