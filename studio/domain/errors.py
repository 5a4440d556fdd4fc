"""One tree of errors, sorted by whose move is next; each message is a sentence that says what to do.

- `exit_code` is what the command line returns: 1 the answer is no, 2 wrong use, 3 broken input.
- `whose` names who can mend it: author, reviewer, it or provider.
"""

from __future__ import annotations

from typing import ClassVar, Literal

Whose = Literal["author", "reviewer", "it", "provider"]


class StudioError(Exception):
    """Base of every error a user may see: what is wrong and where, then what to do."""

    exit_code: ClassVar[int] = 4
    whose: ClassVar[Whose] = "author"

    def __init__(self, what: str, todo: str = "") -> None:
        """Take one sentence on what is wrong and where, and one on what to do next."""
        super().__init__(f"{what} {todo}".strip())
        self.what = what
        self.todo = todo


class WrongUse(StudioError):
    """The request itself cannot be carried out: no such item, wrong order, missing argument."""

    exit_code = 2


class BrokenInput(StudioError):
    """A file or message that was handed in is damaged, too large, or not what it should be."""

    exit_code = 3


class Refused(StudioError):
    """The answer is no: a check failed, a signature is missing, a rule forbids it."""

    exit_code = 1


class Stale(Refused):
    """A change was made for a text that is no longer there."""

    whose = "reviewer"


class NotApproved(Refused):
    """Approvals are missing or do not count."""

    whose = "reviewer"


class BundleRefused(Refused):
    """IT's verifier or registry refuses a bundle."""

    whose = "it"


class BundleBroken(BrokenInput):
    """A bundle's bytes are not a bundle."""

    whose = "it"


class ProviderFailed(StudioError):
    """A system outside (a language model, a key store, a database) did not do its part."""

    exit_code = 3
    whose = "provider"


class Cancelled(StudioError):
    """The user asked a job to stop; nothing was recorded."""

    exit_code = 1

    def __init__(self, what: str = "Stopped as you asked.", todo: str = "Nothing was recorded.") -> None:
        """Say that the job stopped and left no trace."""
        super().__init__(what, todo)
