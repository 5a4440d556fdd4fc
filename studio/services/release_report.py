"""The report that goes into a bundle: what changes, why, for whom, on what evidence, in words for people.

- It is drawn with the parts of a review's report, and stands alone: nothing runs, nothing is fetched.
- The same draft gives the same bytes: no time of making, no name of a computer, and no approval, for those
  are given on it; `cobuilder bundle report` shows them below it.
- Each thing that changes is one card: how it was and is, then every reason, sentence and decision behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studio.diff.summary import changes_counted, counted
from studio.domain.bundle import Evidence, LineageFile
from studio.domain.changeset import Change, ChangeSet, join_path, split_path
from studio.domain.frozen import to_json
from studio.domain.places import place_name
from studio.services.change_forms import PATIENT, forms_of, table_form, workflow_pair
from studio.services.planning import ReleasePlan
from studio.services.proofs import found_whole
from studio.services.release_evidence_part import (
    check_blocks,
    consequence_blocks,
    gate_blocks,
    plan_blocks,
    run_blocks,
    scaling_blocks,
    signing_blocks,
    source_blocks,
)
from studio.services.release_reasons import ChangeReason, reason_of
from studio.services.report_parts.as_html import page_of
from studio.services.report_parts.blocks import (
    Block,
    Document,
    Heading,
    Items,
    Quotation,
    Run,
    Runs,
    Tone,
    para,
    plain,
    points,
)
from studio.services.report_parts.marks import sheet_blocks, table_blocks, text_blocks
from studio.services.report_parts.workflow_part import workflow_blocks
from studio.services.scaling import scaling
from studio.services.sheets import thing_path
from studio.services.standing import Standing
from studio.services.told_changes import groups_between


def report_html(
    stand: Standing, changeset: ChangeSet, evidence: Evidence, lineage: LineageFile, planned: ReleasePlan
) -> str:
    """Return the report's page."""
    number = stand.live_number + 1
    total = changes_counted(changeset.changes)
    line = (
        f"{total:,} change{'' if total == 1 else 's'} for {planned.environment}, "
        f"valid until {planned.not_after:%Y-%m-%d}"
    )
    blocks = tuple(_blocks(stand, changeset, evidence, lineage, planned))
    return page_of(Document(f"{stand.draft.name} · release {number}", line, blocks))


def _blocks(
    stand: Standing, changeset: ChangeSet, evidence: Evidence, lineage: LineageFile, planned: ReleasePlan
) -> Iterator[Block]:
    if planned.introduction:
        yield Heading(1, "From the author")
        for part in planned.introduction.split("\n\n"):
            if words := " ".join(part.split()):
                yield para(words)
    yield from _in_words(stand, changeset.changes)
    yield from consequence_blocks(evidence)
    yield from _drawn(stand, changeset.changes)
    yield from _one_by_one(stand, changeset.changes)
    yield from check_blocks(evidence)
    yield from run_blocks(evidence)
    yield from gate_blocks(evidence)
    yield from scaling_blocks(scaling(stand, evidence.gates.gates, found_whole(stand)))
    yield from source_blocks(lineage)
    yield from plan_blocks(stand.draft, planned)
    yield from signing_blocks(stand, planned)
    yield Heading(1, "Exact content")
    yield para(f"Live version {stand.live_digest}", "muted")
    yield para(f"This release {stand.draft_digest}", "muted")


def _in_words(stand: Standing, changes: tuple[Change, ...]) -> Iterator[Block]:
    """Yield each change in one sentence, under what it is about."""
    yield Heading(1, "In words")
    if total := counted(changes):
        yield para(f"This release touches {total}.", "strong")
    for group in groups_between(stand.live, stand.draft, changes):
        yield Heading(2, group.heading)
        yield points(group.sentences)


def _drawn(stand: Standing, changes: tuple[Change, ...]) -> Iterator[Block]:
    """Yield every workflow that changes, drawn whole, and every table that differs."""
    both = (stand.live, stand.draft)
    pairs = {}
    tables = {}
    for change in changes:
        pair = workflow_pair(change, both)
        if pair is not None and pair.before != pair.after:
            known = pair.after or pair.before
            pairs[known.id if known else ""] = pair
        name = split_path(change.path)[:2][-1]
        if name not in tables and (form := table_form(change, both, PATIENT)) is not None:
            tables[name] = form
    if not pairs and not tables:
        return
    yield Heading(1, "What changes, drawn")
    yield para(
        "New is a thick frame with +, taken away a dashed frame with −, changed a double frame with ~, "
        "moved a dotted frame with ↕. Words that went are struck through; words that came "
        "are bold and underlined.",
        "muted",
    )
    for pair in pairs.values():
        yield from workflow_blocks(pair, whole=True)
    for table in tables.values():
        yield from table_blocks(table)


def _thing(change: Change) -> str:
    """Return the path of the thing that a change is about: what one card is made for."""
    segments = split_path(change.path)
    thing = segments[:2] if segments[0] == "tables" else thing_path(change.path)
    return join_path(*(thing or segments))


def _one_by_one(stand: Standing, changes: tuple[Change, ...]) -> Iterator[Block]:
    """Yield a card for each thing that changes, in the order of the first change of it."""
    yield Heading(1, "Change by change")
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(_thing(change), []).append(change)
    for path, group in found.items():
        yield from _card(stand, path, group)


def _card(stand: Standing, path: str, changes: list[Change]) -> Iterator[Block]:
    trees = (to_json(stand.draft), to_json(stand.live))
    reasons = [reason_of(stand, change) for change in changes]
    yield Heading(3, place_name(trees, path), _tone(path, changes))
    for warning in _once(words for each in reasons for words in each.warnings):
        yield para(f"Accepted in spite of a warning: {warning}", "warn")
    if split_path(path)[0] != "tables":
        yield from _looks(stand, changes)
    yield from _why(reasons)


def _tone(path: str, changes: list[Change]) -> Tone:
    whole = next((change for change in changes if change.path == path), None)
    if whole is None or (whole.before is not None and whole.after is not None):
        return "changed"
    return "added" if whole.before is None else "removed"


def _looks(stand: Standing, changes: list[Change]) -> Iterator[Block]:
    """Yield how the thing was and is: the whole thing once, and each text that has no sheet."""
    both = (stand.live, stand.draft)
    told: set[object] = set()
    for change in changes:
        forms = forms_of(change, both, both)
        if forms.texts is not None and forms.texts not in told:
            told.add(forms.texts)
            yield from text_blocks(forms.texts)
        if forms.sheet and forms.sheet not in told:
            told.add(forms.sheet)
            yield from sheet_blocks(forms.sheet)


def _why(reasons: list[ChangeReason]) -> Iterator[Block]:
    for words in _once(each.reason for each in reasons):
        yield para(words)
    quotes = dict.fromkeys(quote for each in reasons for quote in each.quotes)
    for text, where in quotes:
        yield Quotation(plain(text, "strong"), where)
    for words in _once(each.read_by for each in reasons):
        yield para(words, "muted")
    decided: list[Runs] = [
        (Run("Accepted by ", "muted"), Run(name)) for name in _once(each.decided_by for each in reasons)
    ]
    if decided:
        yield Items(tuple(decided))


def _once(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]
