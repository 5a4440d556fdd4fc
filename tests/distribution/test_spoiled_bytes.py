"""Whatever byte of a repository is changed: the reader takes what was signed, or nothing."""

from __future__ import annotations

import random
from collections.abc import Callable

from studio.domain.errors import StudioError
from tests.distribution.depot import Depot, Site


def spoiled_pulls(
    depot: Depot, new_site: Callable[[str], Site], times: int, seed: int = 7
) -> tuple[int, int]:
    """Change bytes all over a repository, one place at a time; return how often it was refused, and taken.

    Taken means the very bytes that were published: what was changed then lies in no document that counts.
    """
    chance = random.Random(seed)
    files = sorted(
        path
        for place in ("metadata", "targets")
        for path in (depot.folder / place).rglob("*")
        if path.is_file()
    )
    right, refused, taken = depot.bundle(2), 0, 0
    for number in range(times):
        path = chance.choice(files)
        body = path.read_bytes()
        at = chance.randrange(len(body))
        kind = chance.randrange(4)
        byte = bytes([body[at] ^ (1 << chance.randrange(8))])
        changed = {
            0: body[:at] + byte + body[at + 1 :],
            1: body[:at],
            2: body[:at] + chance.randbytes(3) + body[at:],
            3: body[:at] + body[at : at + 40] + body[at:],
        }[kind]
        path.write_bytes(changed)
        site = new_site(f"site-{number}")
        try:
            file = site.pull().file
        except StudioError:
            refused += 1
            assert site.bundles() == []
        else:
            taken += 1
            with open(file, "rb") as pulled:
                assert pulled.read() == right
        finally:
            path.write_bytes(body)
    return refused, taken


def test_no_changed_byte_brings_another_bundle(depot: Depot, new_site: Callable[[str], Site]) -> None:
    """40 changes, seeded: each is refused in a sentence, or does not matter; none crashes the reader."""
    refused, taken = spoiled_pulls(depot, new_site, 40)
    assert refused + taken == 40 and refused >= 15
