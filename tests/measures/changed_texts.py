"""Two versions of a long document whose truth is known: which words were kept, moved, or are new.

- Made-up words with the frequencies of a real language; paragraphs are lines, as in most Markdown.
- By `sentences`, that share of the sentences is edited (words changed, a sentence added, replaced or gone)
  and two sections change place; by `words`, that share of all words is changed, dropped or added.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

COMMON = "the a of to and in for that is must may with on by within not be an any this".split()


@dataclass
class Sentence:
    """A sentence after: its words, which words before each one is (-1: none), and whether it has moved."""

    words: list[str]
    origin: list[int]
    moved: bool = False

    @property
    def new(self) -> bool:
        """Return whether no word of it stood in the text before."""
        return max(self.origin) < 0


Section = tuple[str, list[list[Sentence]]]
"""A heading, and paragraphs of sentences."""


@dataclass
class Versions:
    """Both texts, and every sentence of the second in order."""

    before: str = ""
    after: str = ""
    told: list[Sentence] = field(default_factory=list)


def vocabulary(rng: random.Random) -> list[str]:
    """Return made-up words, few common and many rare."""
    syllables = "ba co di fe gu la mi no pu re sa te vi wo ka lo".split()
    rare = sorted({"".join(rng.choices(syllables, k=rng.randint(2, 4))) for _ in range(9000)})
    return COMMON * 450 + [word for rank, word in enumerate(rare) for _ in range(1 + 3000 // (rank + 10))]


def versions(size: int, seed: int, by: str = "sentences", share: float = 0.2) -> Versions:
    """Return two versions of a document of `size` words."""
    rng = random.Random(seed)
    words = vocabulary(rng)
    sections: list[Section] = []
    written = 0
    while written < size:
        section = []
        for _ in range(rng.randint(5, 15)):
            paragraph = []
            for _ in range(rng.randint(2, 6)):
                said = rng.choices(words, k=rng.randint(8, 28))
                said[0], said[-1] = said[0].capitalize(), said[-1] + "."
                paragraph.append(Sentence(said, list(range(written, written + len(said)))))
                written += len(said)
            section.append(paragraph)
        sections.append((f"## {' '.join(rng.choices(words, k=3))} {len(sections) + 1}", section))
    edit = _edited if by == "sentences" else _reworded
    after = [
        (name, [[new for old in paragraph for new in edit(rng, words, old, share)] for paragraph in section])
        for name, section in sections
    ]
    if by == "sentences":
        for _ in range(2):
            gone = after.pop(rng.randrange(len(after)))
            for paragraph in gone[1]:
                for each in paragraph:
                    each.moved = True
            after.insert(rng.randrange(len(after)), gone)
    told = [each for _, section in after for paragraph in section for each in paragraph]
    return Versions(_text(sections), _text(after), told)


def _edited(rng: random.Random, words: list[str], old: Sentence, share: float) -> list[Sentence]:
    if rng.random() >= share:
        return [Sentence(old.words, old.origin)]
    kind = rng.random()
    fresh = rng.choices(words, k=rng.randint(8, 28))
    fresh[0], fresh[-1] = fresh[0].capitalize(), fresh[-1] + "."
    new = Sentence(fresh, [-1] * len(fresh))
    if kind < 0.15:
        return []
    if kind < 0.45:
        return [Sentence(old.words, old.origin), new] if kind < 0.30 else [new]
    said, origin = list(old.words), list(old.origin)
    for _ in range(rng.randint(1, max(1, len(said) // 4))):
        at = rng.randrange(1, len(said) - 1)
        said[at], origin[at] = rng.choice(words), -1
    return [Sentence(said, origin)]


def _reworded(rng: random.Random, words: list[str], old: Sentence, share: float) -> list[Sentence]:
    said: list[str] = []
    origin: list[int] = []
    for word, place in zip(old.words, old.origin, strict=True):
        kind = rng.random() / share
        if kind >= 1 or word[-1] == "." or word[0].isupper():
            said.append(word)
            origin.append(place)
        elif kind < 0.5:
            said.append(rng.choice(words))
            origin.append(-1)
        elif kind >= 0.75:
            said += [word, rng.choice(words)]
            origin += [place, -1]
    return [Sentence(said, origin)]


def _text(sections: list[Section]) -> str:
    blocks = []
    for name, section in sections:
        blocks.append(name)
        blocks += [" ".join(" ".join(each.words) for each in paragraph) for paragraph in section if paragraph]
    return "\n\n".join(blocks) + "\n"
