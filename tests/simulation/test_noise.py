"""Noise: slips, haste and habits touch plain words only, and look like those of real keyboards."""

from __future__ import annotations

import re

import pytest

from studio.simulation import noise
from studio.simulation.voices import Voice

WORDS = (
    "Please return ORDER-4471 for ada.finch@mail.example because a parcel with {value} doesn't work, thanks."
)


def changes(seed: int) -> list[str]:
    """What each kind of noise makes of the words."""
    voice = Voice(str(seed))
    return [
        noise.typos(WORDS, voice, "key"),
        noise.slang(WORDS, voice, "key"),
        noise.careless(WORDS),
        noise.short(WORDS),
        noise.aloud(WORDS, voice, "key"),
        noise.basic(WORDS),
    ]


def test_values_and_places_are_spared() -> None:
    """A code, an address and the place of a value stay as they are, whatever happens to the words."""
    for seed in range(50):
        for spoilt in changes(seed):
            assert spoilt != WORDS
            assert "ada.finch@mail.example" in spoilt
            assert "ORDER-4471" in spoilt
            assert "{value}" in spoilt


def test_a_slip_is_one_of_four_kinds() -> None:
    """Swapped, the neighbouring key, lost or doubled: never the first letter, never more than one."""
    kinds = set()
    for seed in range(200):
        spoilt = noise.slip("return", seed, seed >> 2, seed >> 5)
        assert spoilt[0] == "r"
        if sorted(spoilt) == sorted("return"):
            kinds.add("swapped")
        elif len(spoilt) == 5:
            kinds.add("lost")
        elif len(spoilt) == 7:
            kinds.add("doubled")
        else:
            differs = [(a, b) for a, b in zip("return", spoilt, strict=True) if a != b]
            assert len(differs) == 1
            assert differs[0][1] in noise.BESIDE[differs[0][0]]
            kinds.add("neighbour")
    assert kinds == {"swapped", "lost", "doubled", "neighbour"}


def test_haste_drops_capitals_stops_and_apostrophes() -> None:
    """Typed in haste, words lose what takes a second key, and nothing else."""
    assert noise.careless("I don't have it. It's {value}.") == "i dont have it. its {value}"


@pytest.mark.parametrize(
    ("kind", "sign"), [(1, r"\b(?:pls|plz|u|ur|cos|bc|thx|ta|cheers)\b"), (3, r"\b(?:pls|thx|u)\b")]
)
def test_slang_and_text_messages_abbreviate(kind: int, sign: str) -> None:
    """Friends and thumbs shorten words."""
    assert all(re.search(sign, changes(seed)[kind]) for seed in range(30))


def test_the_same_customer_slips_in_the_same_way() -> None:
    """Noise is drawn from the voice: the same seed, the same slips; others, others."""
    assert changes(3) == changes(3)
    assert len({noise.typos(WORDS, Voice(str(seed)), "key") for seed in range(40)}) > 20
