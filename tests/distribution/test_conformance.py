"""Every check by its name: a real server on loopback, a forger behind it, and a pull that must hold."""

from __future__ import annotations

import pytest

from tests.distribution.conformance_checks import CHECKS, Case
from tests.distribution.depot import Depot, Forger, Site, serving


@pytest.mark.parametrize("name", CHECKS)
def test_pull_conforms(name: str, depot: Depot, site: Site) -> None:
    """The reader does what the specification says, whatever the server gives it."""
    with serving(depot.folder) as served:
        site.source = served.address
        CHECKS[name](Case(depot, served, Forger(depot, depot.folder), site))
