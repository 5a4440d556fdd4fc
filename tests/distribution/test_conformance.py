"""Every check by its name: a real server on loopback, a forger behind it, and a pull that must hold."""

from __future__ import annotations

import pytest

from tests.distribution import conformance_flow, conformance_keys
from tests.distribution.conformance_case import CHECKS, Case
from tests.distribution.depot import Depot, Forger, Site, serving

FILES = (conformance_flow, conformance_keys)  # each puts its checks on the list


@pytest.mark.parametrize("name", CHECKS)
def test_pull_conforms(name: str, depot: Depot, site: Site) -> None:
    """The reader does what the specification says, whatever the server gives it."""
    with serving(depot.folder) as served:
        site.source = served.address
        CHECKS[name](Case(depot, served, Forger(depot, depot.folder), site))


def test_the_list_is_whole() -> None:
    """Every check of both files is on the list, under a name of its own."""
    told = [name for file in FILES for name in vars(file) if name in CHECKS]
    assert sorted(told) == sorted(CHECKS) and len(CHECKS) >= 45
