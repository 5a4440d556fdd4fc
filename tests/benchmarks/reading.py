"""Reading 20 pages (10,000 words) that bind: processor seconds of each stage, with and without tools.

- The text is made from our own labelled documents, one after the other, none of them held out; the tools are
  theirs, some from each. A document that spells tools out is passed over, so that every clause is weighed.
- Seconds are processor time, which counts where other programs run beside; each of the five rounds has a
  process of its own, so that nothing is remembered from the round before. Aim: 2 s for the whole.
- Usage: python tests/benchmarks/reading.py [WORDS]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import chain, zip_longest
from pathlib import Path
from typing import TypeVar

FOLDER = Path(__file__).parents[1] / "measures" / "documents"
KINDS = ("procedure", "policy", "handbook", "knowledge")
TOOLS, ROUNDS, WORDS = 12, 5, 10_000
Result = TypeVar("Result")


def material(words: int) -> tuple[str, bytes]:
    """Return a text of so many words, and the JSON of twelve tools."""
    split = json.loads((FOLDER / "SPLIT.json").read_text(encoding="utf-8"))
    names = [n for kind in KINDS for n, half in split.items() if half == "tuned" and n.startswith(kind)]
    texts: list[str] = []
    tools: list[list[dict[str, object]]] = []
    for name in names:
        text = (FOLDER / name / "sop.md").read_text(encoding="utf-8")
        own = json.loads((FOLDER / name / "tools.json").read_text(encoding="utf-8"))
        if any(tool["name"] in text for tool in own):
            continue
        left = words - sum(len(each.split()) for each in texts)
        if left <= 0:
            break
        lines = text.splitlines()
        while len(" ".join(lines).split()) > left:
            lines.pop()
        texts.append("\n".join(lines))
        tools.append(own)
    mixed = [tool for tool in chain.from_iterable(zip_longest(*tools)) if tool]
    known = {str(tool["name"]): tool for tool in reversed(mixed)}
    chosen = [tool for name, tool in reversed(known.items())][:TOOLS]
    return "\n\n".join(texts) + "\n", json.dumps(chosen).encode()


def one_round(words: int) -> dict[str, float]:
    """Read the text once, stage by stage and as a whole; return the processor seconds of each."""
    from studio.cobuilder.analysis import analyze
    from studio.cobuilder.procedures.procedures import read_procedures
    from studio.cobuilder.questions.questions import read_questions
    from studio.cobuilder.rules.statements import read_bound
    from studio.readers.markdown import read_markdown
    from studio.services.agent_file import read_tools

    text, listed = material(words)
    tools = read_tools(listed, "tools.json")
    seconds: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Result]) -> Result:
        start = time.process_time()
        result = work()
        seconds[name] = time.process_time() - start
        return result

    if WHOLE in sys.argv:
        document = read_markdown(text, "pages.md")
        given = tools if sys.argv[-1] == "tools" else ()
        timed(f"whole analysis, {len(given)} tools", lambda: analyze(document, given))
        return seconds
    document = timed("parse", lambda: read_markdown(text, "pages.md"))
    statements = timed("statements", lambda: read_bound(document).statements)
    timed("procedures", lambda: read_procedures(document, tools))
    timed("questions", lambda: read_questions(document, statements, tools))
    return seconds


WHOLE, STAGES = "--whole", "--stages"
CHILDREN = ((STAGES,), (WHOLE, "none"), (WHOLE, "tools"))


def main() -> None:
    """Measure and print; a child measures one round and prints it for its parent."""
    sizes = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    words = sizes[0] if sizes else WORDS
    if WHOLE in sys.argv or STAGES in sys.argv:
        print(json.dumps(one_round(words)))
        return
    text, listed = material(words)
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for child in CHILDREN:
            command = [sys.executable, __file__, str(words), *child]
            answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            for name, seconds in json.loads(answer).items():
                found.setdefault(name, []).append(seconds)
    print(f"{len(text.split()):,} words, {len(json.loads(listed))} tools; seconds of processor time")
    for name, rounds in found.items():
        print(f"{name:<26} median {statistics.median(rounds):.2f} s, worst {max(rounds):.2f} s")


if __name__ == "__main__":
    main()
