"""How well requests in plain words are understood: done, asked back, missed and wrong, on sets of our own.

- The first half was written for developing; the second was written before anything was built,
  and is only measured.
- A request counts as found when it is taken for its kind, the change or answer touches what it names, and
  the change holds the value it names; asked back with the right kind counts apart; anything done for a
  request outside the family is wrong.
- The voices are for developing too; the third to the eighth set were written and committed
  before they were ever run; their errors were then seen and what they showed was mended, so that none of
  them is blind any more.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path

from studio.cobuilder.requests.conversing import reply
from studio.cobuilder.requests.items import Index, items_of
from studio.cobuilder.requests.kinds import Ground
from studio.domain.agent import Agent
from studio.domain.frozen import digest
from studio.domain.request import Choice, Reply
from studio.domain.source import Authority, Source, SourceVersion
from studio.readers.markdown import read_markdown

FOLDER = Path(__file__).parent
SAMPLES = FOLDER.parents[1] / "sample_projects"
AGENTS = {
    "r": SAMPLES / "returns_assistant",
    "c": SAMPLES / "appointment_desk",
    "g": FOLDER / "third_desk",
}
HALVES = {"first (for developing)": "first", "second (held back)": "second"}
VOICES = {
    "voices (for developing)": "voices",
    "third (seen once, then mended)": "third",
    "fourth (seen once, then mended)": "fourth",
    "fifth (seen once, then mended)": "fifth",
    "sixth (seen once, then mended)": "sixth",
    "seventh (seen once, then mended)": "seventh",
    "eighth (seen once, then mended)": "eighth",
}
NOBODYS = ("none", "model")
"""What stands for a kind where nothing may be done: nobody's request, and what has to be written anew."""
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A request to an agent, the kind it is of ("" for none), and what its change or answer must touch."""

    agent: str
    request: str
    kind: str = ""
    touches: str = "-"
    value: str = ""

    @property
    def kinds(self) -> list[set[str]]:
        """Return the kinds it may be taken for, one set for each thing it asks."""
        return [set(part.strip().split("/")) for part in self.kind.split(" + ")]


@dataclass
class Figures:
    """What came of one half."""

    right: int = 0
    asked: int = 0
    wrong: int = 0
    harm: int = 0
    missed: int = 0
    done: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    slowest: float = 0.0


def cases(half: str) -> Iterator[Case]:
    """Yield the paraphrases of a half."""
    for line in (FOLDER / f"requests_{half}.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            agent, kind, touches, request = (part.strip() for part in line.split("|", 3))
            where, _, value = touches.partition("= ")
            yield Case(agent, request, kind, where.strip() or "-", value)


def strangers(half: str) -> Iterator[Case]:
    """Yield the requests of a half that belong to no kind."""
    for line in (FOLDER / f"requests_not_{half}.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            agent, request = (part.strip() for part in line.split("|", 1))
            yield Case(agent, request)


@cache
def ground(letter: str) -> Ground:
    """Return a sample agent with its documents, as a workspace would give them."""
    folder = AGENTS[letter]
    project = json.loads((folder / "project.json").read_text())
    agent = Agent.model_validate_json((folder / project["agent"]).read_bytes())
    sources = tuple(_source(folder, entry) for entry in project["sources"])
    index = Index(items_of(agent, sources))
    return Ground(agent, agent, 1, index, papers=tuple((source, None) for source in sources), now=NOW)


def _source(folder: Path, entry: dict[str, str]) -> Source:
    data = (folder / entry["file"]).read_bytes()
    name = Path(entry["file"]).name
    version = SourceVersion(
        number=1,
        file_name=name,
        digest=digest(data),
        size=len(data),
        added_at=NOW,
        document=read_markdown(data.decode(), name),
    )
    return Source(
        id=entry["id"], name=entry["name"], authority=Authority(entry["authority"]), versions=(version,)
    )


def said_to(letter: str, request: str) -> Reply:
    """Return the reply to a request; of a conversation ("first >> second"), to what is said last."""
    *before, last = request.split(" >> ")
    here = ground(letter)
    for earlier in before:
        said = reply(earlier, here)
        here = replace(here, last=said.about or here.last, listed=said.listed or here.listed)
    return reply(last, here)


def touched(said: Reply, touches: str) -> bool:
    """Return whether a reply changes, or speaks of, what the request names."""
    if touches == "-" or said.verdict in ("refused", "needs a language model", "unsure"):
        return True
    if said.proposal is None:
        where = said.text + " ".join(link.label + link.item for link in said.links)
        where += " ".join(citation.quote for citation in said.citations)
        return touches.casefold() in where.casefold()
    paths = [change.change.path for change in said.proposal.changes]
    if any(path.startswith(touches) or touches in path for path in paths):
        return True
    last = touches.split("/")[-1]
    return any(
        last in json.dumps([c.change.path, c.change.before, c.change.after]) for c in said.proposal.changes
    )


def holds(said: Reply, value: str) -> bool:
    """Return whether what is proposed holds the value that was named; a removal, what it takes away."""
    if not value or said.proposal is None:
        return True
    gone = (said.kind or "").endswith(("-remove", "-hold-back"))
    edits = [c.change.before if gone else c.change.after for c in said.proposal.changes]
    return value.casefold() in json.dumps(edits, ensure_ascii=False).casefold()


def as_meant(case: Case, said: Reply) -> bool:
    """Return whether a request was taken for every kind it is of."""
    kinds = (said.kind or "").split(" + ")
    return len(kinds) == len(case.kinds) and all(
        kind in may for kind, may in zip(kinds, case.kinds, strict=True)
    )


def run(half: str, every: int = 1) -> Figures:
    """Return the figures of a half, or of every so many of its requests."""
    figures = Figures()
    for case in islice(cases(half), 0, None, every):
        if case.kind in NOBODYS:
            continue
        began = time.perf_counter()
        said = said_to(case.agent, case.request)
        figures.slowest = max(figures.slowest, time.perf_counter() - began)
        meant = as_meant(case, said)
        places = any(touched(said, each) for each in case.touches.split("/")) or touched(said, case.touches)
        if meant and said.verdict != "unsure" and places and holds(said, case.value):
            figures.right += 1
            figures.done[said.verdict] += 1
        elif said.verdict in ("unsure", "not understood", "refused", "needs a language model"):
            named = meant or any(each.request and _same(case, each) for each in said.choices)
            figures.asked += named
            figures.missed += not named
            figures.told.append(_line("MISSED", case, said))
        else:
            figures.wrong += 1
            figures.harm += said.proposal is not None
            figures.told.append(_line("WRONG", case, said))
    return figures


def _same(case: Case, choice: Choice) -> bool:
    """Return whether a close match that is offered, once chosen, does what was meant."""
    said = reply(choice.request, ground(case.agent))
    return (
        as_meant(case, said)
        and said.verdict != "unsure"
        and said.understood
        and touched(said, case.touches)
        and holds(said, case.value)
    )


def run_strangers(half: str) -> Figures:
    """Return how many requests outside the family were done or answered."""
    figures = Figures()
    others = strangers(half) if half in HALVES.values() else (c for c in cases(half) if c.kind in NOBODYS)
    for case in others:
        said = said_to(case.agent, case.request)
        if said.understood:
            figures.wrong += 1
            figures.harm += said.proposal is not None
            figures.told.append(_line("TAKEN", case, said))
        else:
            figures.right += 1
    return figures


def _line(word: str, case: Case, said: Reply) -> str:
    return f"  {word} [{case.kind}] {case.request}\n      {said.verdict} {said.kind}: {said.text[:150]}"


def measure(verbose: bool = False) -> None:
    """Print how many requests are done or offered, and how many changes are wrong."""
    ground("r"), ground("c")
    print(
        "requests in plain words         cases  done  asked back  missed  wrong  done+offered  "
        "wrong changes  left"
    )
    for name, half in {**HALVES, **VOICES}.items():
        figures, others = run(half), run_strangers(half)
        total = figures.right + figures.asked + figures.missed + figures.wrong
        harm, every = figures.harm + others.harm, total + others.right + others.wrong
        print(
            f"{name:<31} {total:>5} {figures.right:>5} {figures.asked:>11} {figures.missed:>7} "
            f"{figures.wrong + others.wrong:>6} {(figures.right + figures.asked) / total:>16.3f} "
            f"{harm:>6} ({harm / every:.1%}) {others.right:>5}/{others.right + others.wrong}"
            f"   slowest {figures.slowest * 1000:.0f} ms"
        )
        if verbose and "for developing" in name:
            print("\n".join([*figures.told, *others.told]))


if __name__ == "__main__":
    measure("--verbose" in sys.argv)
