"""Sentences end where a reader pauses, and every one can be quoted."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cobuilder.words.sentences import cuts, sentences
from studio.readers.markdown import read_markdown


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("E.g. a shirt costs $5.00. See sec. 4.2 for more. Done!", 3),
        ('Say "Please hold on. I will be right back." and wait. Then go on.', 2),
        ("Send the message 'YOU ARE BEING TRANSFERRED. PLEASE HOLD.' to the user.", 1),
        ("We are open (Mon. to Fri. 9 a.m. to 5 p.m.) and closed on Sunday. Call us.", 2),
        ("Dr. Osei works for Acme Inc. The office is small.", 2),
        ("Collect the following:", 1),
        ("no full stop at the end", 1),
        ("Wait… Then ask again. Really?! Yes.", 4),
    ],
)
def test_full_stops_that_end_a_sentence(text: str, count: int) -> None:
    """Abbreviations, amounts, section numbers and quoted speech do not cut a sentence."""
    assert len(cuts(text)) == count


def test_links_and_emphasis_leave_readable_words_and_verbatim_spans() -> None:
    """The quote is the file's own text; the words are what a person reads."""
    text = "# T\n\nPlease [contact us](mailto:a@b.co). **Never** call at night. _Thanks_ a lot.\n"
    document = read_markdown(text, "a.md")
    found = sentences(document, document.blocks[1])
    assert [item.text for item in found] == ["Please contact us.", "Never call at night.", "Thanks a lot."]
    for item in found:
        assert document.text[item.start : item.end]
    assert "mailto" in document.text[found[0].start : found[0].end]
    assert "mailto" not in document.text[found[1].start : found[1].end]


@given(st.text(alphabet=st.sampled_from(list("aB. !?\"'(),:\n")), max_size=120))
def test_sentences_cover_all_words_once(text: str) -> None:
    """No word is lost between two sentences, and none is in two."""
    spans = cuts(text)
    assert all(first < last for first, last in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    covered = "".join(text[first:last] for first, last in spans)
    assert covered.replace(" ", "").replace("\n", "") == "".join(text.split())


def test_a_tracked_deletion_has_no_sentences() -> None:
    """Text that somebody struck out in a Word file binds nobody, though it is shown."""
    document = read_markdown("# Rules\n\nNever refund in cash.\n", "rules.md")
    struck = [block.model_copy(update={"tracked": "deleted"}) for block in document.blocks]
    assert [sentences(document, block) for block in struck] == [[], []]


def test_a_shortened_not_and_a_named_letter_end_a_sentence() -> None:
    """“… if you don't. A message …” is two sentences, and so is “… for category C. Light fares …”."""
    text = (
        "It can't if you don't. A message runs. None for category C. Light fares get one. Ask Mr. T. Smith."
    )
    spans = cuts(text)
    assert [text[start:end] for start, end in spans] == [
        "It can't if you don't.",
        "A message runs.",
        "None for category C.",
        "Light fares get one.",
        "Ask Mr. T. Smith.",
    ]
