"""Every kind of request there is: the one list that help, tests and matching read.

- Where two kinds read a request equally well, the earlier one is taken.
"""

from __future__ import annotations

import re
from functools import cache

from studio.cobuilder.requests import (
    amounts,
    asking_amounts,
    asking_behaviour,
    asking_sources,
    asking_tests,
    asking_work,
    branches,
    decisions,
    facts,
    handing,
    permissions,
    profile,
    rules,
    scoped,
    speech,
    steps,
    trials,
)
from studio.cobuilder.requests.kinds import MACROS, Kind, Outcome, Told, Turn
from studio.cobuilder.requests.other_words import with_other_words
from studio.cobuilder.requests.wording import verb_words
from studio.domain.request import RequestFamily


def _family(turn: Turn) -> Outcome:
    groups: dict[str, list[str]] = {}
    for kind in KINDS:
        groups.setdefault(kind.group, []).append(f"“{kind.examples[0]}”")
    lines = [f"· {group}: {'; '.join(examples[:3])}" for group, examples in groups.items()]
    return Told(f"I understand {len(KINDS)} kinds of request. For example:\n" + "\n".join(lines))


HELP = Kind(
    "ask-kinds",
    "Ask about the work",
    "What you can ask and say.",
    ("What can I ask?",),
    (
        r"what can (?:i|we) (?:ask|say|do)(?: you)?(?: here)?",
        r"help(?: me)?",
        r"what (?:kinds? of "
        r")?(?:requests?"
        r"|questions?) (?:do"
        r"|can) you (?:understand|answer|handle)",
        r"what (?:can|do) you (?:do|understand)",
        r"(?:show|give)(?: me)? "
        r"examples(?: of .+)?",
        r"how (?:do|can|should) "
        r"i (?:talk"
        r"|speak|write) to you",
        r"what (?:sorts?|kinds?|types?) of (?:requests|things|questions) .+",
        r"what can (?:i|you|we) (?:ask|do|help)(?: .+)?",
    ),
    _family,
    False,
)

_PLAINLY: tuple[Kind, ...] = (
    *rules.KINDS,
    *scoped.KINDS,
    *amounts.KINDS,
    *handing.KINDS,
    *profile.KINDS,
    *speech.KINDS,
    *steps.KINDS,
    *branches.KINDS,
    *facts.KINDS,
    *decisions.KINDS,
    *permissions.KINDS,
    *trials.KINDS,
    *asking_behaviour.KINDS,
    *asking_sources.KINDS,
    *asking_amounts.KINDS,
    *asking_tests.KINDS,
    *asking_work.KINDS,
    HELP,
)

KINDS: tuple[Kind, ...] = with_other_words(_PLAINLY)


def families() -> tuple[RequestFamily, ...]:
    """Return the family as people are told of it, in its groups."""
    return tuple(
        RequestFamily(id=k.id, group=k.group, does=k.does, examples=k.examples, changes=k.changes)
        for k in KINDS
    )


@cache
def spoken_words() -> frozenset[str]:
    """Return the words that the patterns are made of; a typing error is mended to one of them."""
    found = set(verb_words())
    for kind in KINDS:
        texts = [*kind.patterns, *kind.examples, *MACROS.values()]
        for text in texts:
            bald = re.sub(r"\(\?P<\w+>|<\w+>|\{\w+!?\}|\\\w", " ", text)
            found |= {word.lower() for word in re.findall(r"[A-Za-z]{3,}", bald)}
    return frozenset(found)
