"""One reading of a document gives statements, procedures and questions, and the neutral report."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from studio.cobuilder.analysis import analyze, as_report
from studio.readers.markdown import read_markdown

GOLD = Path(__file__).resolve().parents[3] / "shared" / "gold" / "cases" / "dev"

SOP = """# Lamp returns

You must check the order before any refund. Never refund gift cards. Tell the customer when the money arrives.

## Steps

1. Ask for the order number.
2. Look up the order.
3. Refund the order.
"""
STORY = """# Chapter Three

Margaret had never liked the house by the sea. She walked along the gravel, her hands deep in her
pockets, and thought of what he had said. "You must not go back there," he had told her. She laughed
then, but now she felt cold. He was waiting at the door. His coat was wet and his face was pale. "I
should have told you," he said. She looked at him for a long time and did not answer. They went
inside, and the rooms smelled of salt.
"""
CODE = """# util

import os

def must(x):
    if x:
        return x
    raise ValueError("must be set")

y = must(1)
"""
PRICES = """# Prices

| Item | Price |
|---|---|
| Espresso | 2.40 |
| Tea | 2.10 |

Large cups cost 0.80 more.
"""


def test_the_report_has_the_neutral_shape() -> None:
    """The JSON that others build on has rules, workflows and questions with verbatim quotes."""
    report = as_report(analyze(read_markdown(SOP, "a.md"), ()))
    assert set(report) == {"rules", "workflows", "questions"}
    assert [(rule["kind"], rule["source_quote"]) for rule in report["rules"]] == [
        ("must", "You must check the order before any refund."),
        ("never", "Never refund gift cards."),
        ("disclose", "Tell the customer when the money arrives."),
    ]
    for workflow in report["workflows"]:
        for step in workflow["steps"]:
            assert set(step) == {"kind", "text", "tool", "inputs", "condition", "source_quote"}
            assert step["source_quote"] in SOP
    json.dumps(report)


@pytest.mark.parametrize("text", [STORY, CODE, PRICES], ids=["story", "code", "prices"])
def test_documents_that_are_no_sops_propose_nothing(text: str) -> None:
    """A page of a novel, source code and a price list give no rules, workflows or questions."""
    report = as_report(analyze(read_markdown(text, "a.md"), ()))
    assert str(report.pop("declined")).startswith("It is no procedure")
    assert report == {"rules": [], "workflows": [], "questions": []}


def test_a_repeated_sentence_is_one_rule() -> None:
    """What a document says in three chapters is proposed once."""
    text = "# Desk\n\n## One\n\nNever share the code.\n\n## Two\n\nNever share the code.\n"
    assert len(as_report(analyze(read_markdown(text, "a.md"), ()))["rules"]) == 1


def test_the_same_document_gives_the_same_analysis() -> None:
    """Reading is deterministic, so decisions taken on it stay valid."""
    first, second = (analyze(read_markdown(SOP, "a.md"), ()) for _ in range(2))
    assert first == second


@pytest.mark.skipif(not GOLD.exists(), reason="the shared dev set is not here")
def test_every_quote_of_the_dev_set_is_verbatim() -> None:
    """Whatever the engine says about real documents can be traced to a quote of at most 400 characters."""
    for path in sorted(GOLD.glob("*/*/sop.md")):
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        report = as_report(analyze(read_markdown(text, "sop.md"), ()))
        for item in [*report["rules"], *report["questions"]]:
            assert item["source_quote"] in text
            assert 0 < len(item["source_quote"]) <= 400


@pytest.mark.parametrize(
    "body",
    [
        "if you can, and " * 3000,
        "(a) must (b) may " * 2000,
        "- must do this thing\n" * 1000,
        "(" * 3000 + " must",
    ],
    ids=["conditions", "enumeration", "list", "brackets"],
)
def test_text_without_an_end_is_read_in_bounded_time(body: str) -> None:
    """A hostile or broken file cannot keep the engine busy, and quotes stay short and verbatim."""
    document = read_markdown(f"# T\n\n{body}\n", "a.md")
    for item in analyze(document, ()).statements:
        assert document.text[item.start : item.end] == item.quote
        assert len(item.quote) <= 400


@pytest.mark.parametrize(
    "words",
    ["get internal", "if", "when the order is open if", "contains", "with prior", "before the refund"],
)
def test_a_sentence_without_end_takes_no_time(words: str) -> None:
    """50,000 characters without a full stop are read in seconds, and the rule before them is found."""
    first, second = words.rsplit(" ", 1) if " " in words else ("", words)
    endless = f"The agent must {first} {f'{second} ' * (50_000 // (len(second) + 1))}"
    text = "# Rules\n\nThe agent must refund within 5 days.\n\n" + endless
    begin = time.process_time()
    found = analyze(read_markdown(text, "rules.md"), ())
    assert time.process_time() - begin < 60
    assert any("5 days" in statement.quote for statement in found.statements)
