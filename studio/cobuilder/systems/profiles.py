"""What a tool's name and description say about it, as stems: verb, objects, qualifiers, labels.

- `find_user_by_email`: verb find, object user, qualifier email; `evidence.upload`: verb upload.
- `issue_refund`: under a verb that says little, the noun tells what is done.
- A description may quote a label of the tool: "Button [Pull up Account]".
"""

from __future__ import annotations

import re

from studio.cobuilder.words.vocabulary import families, is_base_verb, name_words, stem, stems, words_of
from studio.domain.tool import Tool

_LABEL = re.compile(r"\[([^\[\]\n]{2,50})\]|\"([^\"\n]{2,50})\"")
_QUALIFIER = frozenset({"by", "via", "using", "with"})
_HAND_OVER = frozenset({"transfer", "escalat", "handoff", "handov", "rout", "redirect", "hand", "hand_over"})
_GROUPS = frozenset({"queue", "desk", "department", "unit", "hr", "colleagu"})
_LIGHT = frozenset(
    stem(verb) for verb in "issue make do perform create process submit send give start run".split()
)
PEOPLE = frozenset(
    {"human", "agent", "person", "representativ", "specialist", "supervisor", "manager", "team"}
)


class ToolProfile:
    """What a tool's name and description say about it, as stems."""

    def __init__(self, tool: Tool) -> None:
        words = name_words(tool.name)
        first = tool.description.split(".")[0].split("\n\n")[0]
        self.tool = tool
        self.words = words
        self.name_stems = [stem(word) for word in words]
        named = bool(words) and is_base_verb(words[0]) and len(words) > 1
        lead = words_of(first)[:1]
        self.verb = stem(words[0]) if named else stem(lead[0]) if lead and is_base_verb(lead[0]) else ""
        closes = not named and len(words) > 1 and is_base_verb(words[-1])
        if closes:
            self.verb = stem(words[-1])
        rest = words[1:] if named else words[:-1] if closes else words
        cut = next((i for i, word in enumerate(rest) if word in _QUALIFIER), len(rest))
        self.objects = stems(" ".join(rest[:cut]))
        self.qualifiers = stems(" ".join(rest[cut + 1 :]))
        self.described = frozenset(stems(first))
        self.families = families(self.verb) if self.verb else frozenset()
        light = [word for word in self.objects if families(word)] if self.verb in _LIGHT else []
        told = [stem(word) for word in lead if is_base_verb(word)]
        self.done_nouns = frozenset(light)
        """Nouns that tell what is done: the refund of `issue_refund`."""
        self.doings = frozenset([self.verb, *light, *told])
        self.labels = _labels(tool)

    @property
    def hands_over(self) -> bool:
        """Tell whether the tool passes the customer to a person."""
        about = set(self.name_stems) | self.described
        named = set(self.name_stems) & _HAND_OVER and about & PEOPLE
        return bool(named or (about & _HAND_OVER and about & _GROUPS))


def _labels(tool: Tool) -> list[tuple[str, ...]]:
    labels = [tuple(stem(word) for word in name_words(tool.name))]
    for match in _LABEL.finditer(tool.description):
        label = tuple(stem(word) for word in words_of((match[1] or match[2]).replace("/", " ")))
        if label and label not in labels:
            labels.append(label)
    return labels
