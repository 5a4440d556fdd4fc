"""What the checks of `pull` work with, and the list of them.

- Each check takes the depot (a repository with release 2 in production), its server, a forger who writes what
  he likes into the served folder, and a reader with no memory yet.
- `refused` says that a pull fails in these words, and that nothing new was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from securesystemslib.signer import SSlibKey

from studio.distribution import tuf_keys
from studio.domain.errors import StudioError
from tests.distribution.depot import Depot, Forger, Served, Site


@dataclass
class Case:
    """What a check works with."""

    depot: Depot
    served: Served
    forger: Forger
    site: Site

    def refused(self, words: str, site: Site | None = None) -> None:
        """Assert that a pull is refused in these words, and leaves no new bundle."""
        reader = site or self.site
        before = reader.bundles()
        try:
            reader.pull()
        except StudioError as error:
            assert re.search(words, str(error)), str(error)
        else:
            raise AssertionError(f"the pull was not refused; expected: {words}")
        assert reader.bundles() == before

    def pulled(self, sequence: int = 2) -> None:
        """Assert that a pull brings this release."""
        assert self.site.pull().release_sequence == sequence

    def seen(self, *roles: str) -> list[int]:
        """Return the versions that the reader trusts."""
        return [self.site.seen(role) for role in roles]

    def key(self, name: str) -> SSlibKey:
        """Return the public half of a signer."""
        return tuf_keys.tuf_key(self.depot.signer(name).public_pem)


Check = Callable[[Case], None]
CHECKS: dict[str, Check] = {}


def check(do: Check) -> Check:
    """Put a check on the list, under its own name."""
    CHECKS[do.__name__] = do
    return do
