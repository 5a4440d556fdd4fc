"""A repository of releases: what becomes visible, when, and what never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.distribution.depot import Depot, Site


def test_what_is_published_is_pulled(depot: Depot, site: Site) -> None:
    """The release of the channel arrives, byte for byte, judged by IT's policy; again changes nothing."""
    pulled = site.pull(policy=depot.kit.policy)
    assert (pulled.release_sequence, pulled.new, pulled.policy) == (2, True, "file")
    assert (site.folder / "bundles" / "desk-2.cobundle").read_bytes() == depot.bundle(2)
    assert pulled.verification is not None and pulled.verification.ok
    again = site.pull(policy=depot.kit.policy)
    assert not again.new and site.bundles() == ["desk-2.cobundle"]
