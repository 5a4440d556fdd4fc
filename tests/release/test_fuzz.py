"""A small, seeded part of the fuzzing that `tests/measures/release_fuzz.py` does; and what stays text."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.errors import BundleRefused
from studio.release.html_page import check_page
from studio.release.verification import verify_bundle
from studio.services.report_parts.as_html import page_of
from studio.services.report_parts.blocks import Document, Heading, Label, Quotation, para, plain, points
from tests.measures.bundle_mutants import mutants

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

COUNT = 240
FLIPS = 120
HOSTILE = "<script>alert(1)</script><img src=x onerror=y>\"'&</style><!--"


def test_mutants_are_refused_on_every_level(kit: Kit) -> None:
    """Container, JSON, base64, DSSE: whatever is changed, the verdict is no, and never an error of ours."""
    for number, (level, data) in enumerate(mutants(kit.bundle(), COUNT, seed=8)):
        verdict = verify_bundle(data, kit.policy, kit.now, kit.state())
        assert not verdict.ok, f"mutant {number} ({level})"


def test_flipped_bytes_of_a_bundle_are_refused(kit: Kit) -> None:
    """A seeded sample of all bytes, each with one bit flipped."""
    sound = kit.bundle()
    chance = random.Random(8)
    for at in chance.sample(range(len(sound)), FLIPS):
        changed = bytearray(sound)
        changed[at] ^= 1 << chance.randrange(8)
        assert not verify_bundle(bytes(changed), kit.policy, kit.now).ok, at


@given(st.text(max_size=40) | st.just(HOSTILE))
def test_text_of_a_document_stays_text_in_the_report(text: str) -> None:
    """Whatever a document or a person wrote, the page that tells it runs and fetches nothing."""
    blocks = (Heading(1, text), Heading(3, text), para(text), Label(text), points([text]))
    check_page(page_of(Document(text, text, (*blocks, Quotation(plain(text, "strong"), text)))), "The report")


def test_a_page_in_another_spelling_is_refused() -> None:
    """What we would not write is not interpreted but refused: no browser can read it in another way."""
    sound = page_of(Document("Title", "line", (para("text"),)))
    check_page(sound, "The report")
    folded = "<main><details><summary>more</summary><p>a</p></details>"
    check_page(sound.replace("<main>", folded), "The report")
    with pytest.raises(BundleRefused, match="ontoggle"):
        check_page(
            sound.replace("<main>", folded.replace("<details", '<details ontoggle="a()"')), "The report"
        )
    for body in (
        "<P>a</P>",
        "<p class=a>a</p>",
        "<p class='a'>a</p>",
        "<p\n>a</p>",
        "a < b",
        "<style >p{}</style >",
    ):
        with pytest.raises(BundleRefused, match="does not need"):
            check_page(sound.replace("<main>", f"<main>{body}"), "The report")
