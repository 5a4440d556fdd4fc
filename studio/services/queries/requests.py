"""What can be asked for in plain words: the documented family, the same for help, dock and tests."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.request import RequestFamily
from studio.ports import UnitOfWork


def request_families() -> tuple[RequestFamily, ...]:
    """Return every kind of request that is understood, in its groups; needs no workspace."""
    from studio.cobuilder.requests.registry import families

    return families()


@dataclass(frozen=True, slots=True)
class ListRequestFamilies:
    """Ask what CoBuilder understands."""

    def answer(self, unit: UnitOfWork) -> tuple[RequestFamily, ...]:
        """Return one row a kind of request."""
        return request_families()
