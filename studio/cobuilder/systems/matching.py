"""Which tool a piece of text means: by its name first, else by verb and object.

- A name is found as written, with other separators or inflections, or as the label a description quotes.
- Meaning needs both: a verb of the tool's family and the things that its name speaks of.
- When two tools fit equally well, none is chosen: a wrong tool costs as much as a missing one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from studio.cobuilder.systems.likeness import Clause, ToolLikeness
from studio.cobuilder.systems.pieces import Piece
from studio.cobuilder.systems.profiles import PEOPLE, ToolProfile
from studio.cobuilder.words.vocabulary import (
    GENERIC_OBJECTS,
    STOP_WORDS,
    families,
    is_base_verb,
    is_verb_form,
    name_words,
    stem,
    stems,
    words_of,
)
from studio.domain.tool import Tool

_MARKED = re.compile(
    r"\[(?P<square>[^\[\]\n]{2,50})\]"
    r"|(?<!\w)['‘](?P<single>[^'‘’\n]{2,50})['’](?!\w)"
    r"|[\"“](?P<double>[^\"“”\n]{2,50})[\"”]"
)
_DETERMINERS = frozenset(
    "the a an their his her its your our my this that any each of no every another".split()
)
_TOKEN = re.compile(r"[A-Za-z0-9]+")
_PRONOUN = re.compile(r"\b(?:it|its|this|these)\b", re.IGNORECASE)
_KEYS = frozenset(
    {"id", "ids", "number", "code", "ref", "reference", "key", "no", "email", "username", "identifier"}
)
_ASKING = frozenset({"ask", "tel", "inform", "explain", "remind", "advis", "say", "apolog", "thank"})
_SUBJECT = re.compile(
    r"^(?:you|we|agents?|the \w+|it) (?:\w+ly )?(?:must|should|shall|will|need to|needs to|have to|has to|"
    r"are to|is to)\s+",
    re.IGNORECASE,
)
_PREPOSITIONS = frozenset(
    "for of to in on at by with from into using via about if whether that and or before after".split()
)
_PRESS = re.compile(r"\b(?:click|press|select|choose|tap|toggle|use|open|run)\b", re.IGNORECASE)


class ToolMention(NamedTuple):
    """A place in a text that means a tool; `literal` when the text names it."""

    tool: str
    start: int
    end: int
    literal: bool
    confidence: float


class ToolMatcher:
    """Finds the tools of one agent in texts."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self._profiles = [ToolProfile(tool) for tool in tools]
        self._by_name = {profile.tool.name: profile for profile in self._profiles}
        self._weights = self._object_weights()
        self._found: dict[str, list[ToolMention]] = {}
        self._spelt: dict[str, list[ToolProfile]] = {}
        for profile in self._profiles:
            if len(profile.name_stems) > 1 and profile.verb:
                self._spelt.setdefault(profile.name_stems[0], []).append(profile)
        names = sorted(
            (re.escape(tool.name) for tool in tools if _is_technical(tool.name)), key=len, reverse=True
        )
        self._names = (
            re.compile(rf"(?<![\w-])(?:{'|'.join(names)})(?![\w-])", re.IGNORECASE) if names else None
        )
        self._spelling = {tool.name.lower(): tool.name for tool in tools}
        self._likeness = ToolLikeness(self._profiles)
        self._spells_out = False

    def tool(self, name: str) -> Tool:
        """Return the tool of this name."""
        return self._by_name[name].tool

    @property
    def only_tool(self) -> str | None:
        """Return the one tool there is, when there is just one."""
        return self._profiles[0].tool.name if len(self._profiles) == 1 else None

    @property
    def hand_over_tool(self) -> str | None:
        """Return the tool that passes a customer to a person: the plainest of them."""
        found = [profile for profile in self._profiles if profile.hands_over]
        return min(found, key=lambda p: len(p.words)).tool.name if found else None

    @property
    def spells_out(self) -> bool:
        """Tell whether the document that was compared calls tools by their names."""
        return self._spells_out

    @property
    def guesses(self) -> bool:
        """Tell whether tools are to be guessed: there are some, and the document names none of them."""
        return len(self._profiles) > 1 and not self._spells_out

    def hand_over_to(self, clause: str) -> str | None:
        """Return the tool that passes the customer to whom a clause names."""
        said = set(stems(clause))
        found = [p for p in self._profiles if p.hands_over and said & (set(p.objects) - {"user"}) & PEOPLE]
        if not found:
            return None
        return min(found, key=lambda p: (-len(said & set(p.objects)), len(p.words))).tool.name

    def _object_weights(self) -> dict[str, float]:
        count = len(self._profiles)
        seen: dict[str, int] = {}
        for profile in self._profiles:
            for word in set(profile.objects) | set(profile.qualifiers):
                seen[word] = seen.get(word, 0) + 1
        return (
            {word: math.log(1 + count / n) / math.log(1 + count) for word, n in seen.items()} if count else {}
        )

    def _weight(self, word: str) -> float:
        if word in GENERIC_OBJECTS or word == "user":
            return 0.2
        return max(0.3, self._weights.get(word, 1.0))

    # -- by name ---------------------------------------------------------------------------------

    def named(self, text: str) -> list[ToolMention]:
        """Return the tools that a text names, in reading order, overlaps resolved for the longest."""
        if text not in self._found:
            self._found[text] = self._named(text)
        return self._found[text]

    def _named(self, text: str) -> list[ToolMention]:
        found = [*self._exact(text), *self._labelled(text), *self._spelt_out(text)]
        found.sort(key=lambda m: (-m.confidence, m.start - m.end, m.start))
        kept: list[ToolMention] = []
        for mention in found:
            if all(mention.end <= other.start or mention.start >= other.end for other in kept):
                kept.append(mention)
        return sorted(kept, key=lambda m: m.start)

    def _exact(self, text: str) -> Iterable[ToolMention]:
        if self._names is not None:
            for match in self._names.finditer(text):
                yield ToolMention(self._spelling[match[0].lower()], match.start(), match.end(), True, 0.97)

    def _labelled(self, text: str) -> Iterable[ToolMention]:
        for match in _MARKED.finditer(text):
            label = match["square"] or match["single"] or match["double"]
            words = tuple(stem(word) for word in words_of(label.replace("_", " ").replace("/", " ")))
            for profile in self._profiles:
                if words in profile.labels:
                    yield ToolMention(profile.tool.name, match.start(), match.end(), True, 0.95)
                    break
            else:
                near = self._nearest_label(words) if match["square"] else None
                if near:
                    yield ToolMention(near, match.start(), match.end(), True, 0.7)

    def _nearest_label(self, words: tuple[str, ...]) -> str | None:
        """Return the one tool whose label shares most words, or alone begins with the same verb."""
        scored = [
            (max(_jaccard(words, label) for label in profile.labels), profile.tool.name)
            for profile in self._profiles
        ]
        best = max(scored, default=(0.0, ""))
        if best[0] >= 0.5 and sum(score == best[0] for score, _ in scored) == 1:
            return best[1]
        same_verb = [
            p for p in self._profiles if words and any(label[0] == words[0] for label in p.labels if label)
        ]
        return same_verb[0].tool.name if len(same_verb) == 1 and len(words) > 1 else None

    def _spelt_out(self, text: str) -> Iterable[ToolMention]:
        if not self._spelt or self._spelt.keys().isdisjoint(map(stem, _TOKEN.findall(text))):
            return
        tokens = [(m.start(), m.end(), stem(m[0])) for m in _TOKEN.finditer(text)]
        for at, (start, _, first) in enumerate(tokens):
            for profile in self._spelt.get(first, ()):
                size = len(profile.name_stems)
                said = [word for _, _, word in tokens[at : at + size]]
                if said == profile.name_stems:
                    yield ToolMention(profile.tool.name, start, tokens[at + size - 1][1], False, 0.85)

    # -- by meaning ------------------------------------------------------------------------------

    def meant(self, clause: str, context: str = "", demand: float = 0.6) -> list[ToolMention]:
        """Return the tool a clause means without naming it; several only as alternatives of one look-up."""
        said = set(stems(clause))
        known = said | (set(stems(context)) if _PRONOUN.search(clause) else set())
        verbs = _verbs_of(clause)
        aimed = _direct_object(clause)
        scored = [(self._score(profile, verbs, said, known, aimed), profile) for profile in self._profiles]
        scored = sorted(((s, p) for s, p in scored if s >= demand), key=lambda pair: -pair[0])
        if not scored:
            return self._pressed(clause, said)
        top = scored[0]
        peers = [p for s, p in scored if p.qualifiers and top[1].qualifiers and p.objects == top[1].objects]
        if len(peers) < 2 and len(scored) > 1 and scored[1][0] > top[0] - 0.04:
            return []
        chosen = peers if len(peers) > 1 else [top[1]]
        low = clause.lower()
        chosen.sort(key=lambda p: min((low.find(q) for q in p.qualifiers if q in low), default=0))
        return [ToolMention(p.tool.name, 0, len(clause), False, round(min(0.9, top[0]), 2)) for p in chosen]

    def _score(
        self, profile: ToolProfile, verbs: Collection[str], said: set[str], known: set[str], aimed: set[str]
    ) -> float:
        if profile.hands_over or not profile.objects or not profile.verb:
            return 0.0
        exact = bool(profile.doings & set(verbs))
        if not exact and not any(families(verb) & profile.families for verb in verbs):
            return 0.0
        if not self._qualified(profile, said):
            return 0.0
        objects = [word for word in profile.objects if word != profile.verb]
        telling = [word for word in objects if word not in GENERIC_OBJECTS and word != "user"]
        if not telling and not profile.qualifiers:
            return self._score_generic(profile, objects, exact, said)
        objects = telling or objects
        total = sum(self._weight(word) for word in objects)
        covered = sum(self._weight(word) for word in objects if word in known) / total
        things = aimed or [word for word in said if word not in verbs and word != "user"]
        shared = sum(word in profile.described or word in profile.name_stems for word in things)
        described = shared / len(things) if things else 0.0
        done = profile.done_nouns & set(verbs)
        about = {*profile.name_stems, "user"} | (profile.described if done else frozenset())
        if aimed and not aimed & about:
            described -= 1.2
        return 0.0 if covered < 0.65 else 0.55 * covered + 0.25 * described + (0.2 if exact else 0.08)

    def _qualified(self, profile: ToolProfile, said: set[str]) -> bool:
        """Tell whether the text says by what to look up, where several tools differ only in that."""
        if all(word in said for word in profile.qualifiers):
            return True
        alike = [p for p in self._profiles if p.objects == profile.objects and p.families & profile.families]
        return len(alike) == 1

    @staticmethod
    def _score_generic(profile: ToolProfile, objects: list[str], exact: bool, said: set[str]) -> float:
        """Score a tool like `get_user_details`, whose every word is common: all of them must be said."""
        details = {"detail", "information", "record", "profil", "account", "data", "identit", "who"}
        about = [word for word in objects if word not in GENERIC_OBJECTS]
        told = details | set(stems(" ".join(" ".join(name_words(a)) for a in profile.tool.argument_names)))
        if not about or not all(word in said for word in about) or not said & (told - set(about)):
            return 0.0
        return 0.68 if exact else 0.62

    def _pressed(self, clause: str, said: set[str]) -> list[ToolMention]:
        """Return the tool of a "click the X switch", where X stands in one tool's name only."""
        if not _PRESS.match(clause.strip()) or not re.search(
            r"\b(?:button|switch|toggle|tab|icon|menu|link|action)\b", clause, re.IGNORECASE
        ):
            return []
        found = {
            profile.tool.name
            for profile in self._profiles
            for word in profile.name_stems[1:]
            if word in said and self._weights.get(word, 0.0) >= 0.99 and word not in GENERIC_OBJECTS
        }
        return [ToolMention(found.pop(), 0, len(clause), False, 0.6)] if len(found) == 1 else []

    def compare(self, pieces: Iterable[Piece]) -> None:
        """Compare the tools with every clause of a document, for `likely`."""
        if self._profiles:
            read = list(pieces)
            self._spells_out = any(m.literal for piece in read for m in self.named(piece.text))
            self._likeness = ToolLikeness(self._profiles, [Clause.of(p.text, p.around) for p in read])

    def likely(self, clause: str, around: str, demand: float) -> ToolMention | None:
        """Return the tool that a clause probably means, where that is as probable as demanded.

        A document that calls any tool by its name calls all of them so; nothing is guessed there.
        """
        if self._spells_out:
            return None
        found = self._likeness.likely(Clause.of(clause, around))
        if found is None or found.probability < demand:
            return None
        return ToolMention(found.tool, 0, len(clause), False, round(min(0.85, found.probability), 2))

    def for_task(self, heading: str, around: str = "", body: str = "") -> ToolMention | None:
        """Return the tool that does what a heading announces; `around` are the headings above it.

        Words of the `body` count half; where two tools still fit alike, there is none.
        """
        own = [word for word in stems(heading) if word != "user"]
        known = set(own) | set(stems(around)) | set(stems(heading))
        verbs = {word for word in [*own, *stems(around)] if is_verb_form(word)}
        told = set(stems(body))
        scored = []
        for profile in self._profiles:
            score = self._task_score(profile, own, known, verbs, told)
            if score >= 0.6:
                scored.append((round(score, 3), -len(profile.words), profile.tool.name))
        scored.sort(reverse=True)
        if len(scored) > 1 and scored[1][0] >= scored[0][0] - 0.02 and scored[1][1] == scored[0][1]:
            return None
        if not scored:
            return None
        return ToolMention(scored[0][2], 0, len(heading), False, round(min(0.85, scored[0][0]), 2))

    def _task_score(
        self, profile: ToolProfile, own: list[str], known: set[str], verbs: set[str], told: set[str]
    ) -> float:
        if profile.hands_over or not profile.verb or not own:
            return 0.0
        exact = profile.verb in verbs
        if not exact and not any(families(verb) & profile.families - {"read"} for verb in verbs):
            return 0.0
        objects = [word for word in profile.objects if word != profile.verb]
        total = sum(self._weight(word) for word in objects)
        share = {word: 1.0 if word in known else 0.5 if word in told else 0.0 for word in objects}
        covered = sum(self._weight(word) * share[word] for word in objects) / total if total else 0.0
        named = sum(
            1.0
            if word in profile.name_stems or families(word) & profile.families
            else 0.6
            if word in profile.described
            else 0.0
            for word in own
        ) / len(own)
        lone = exact and sum(p.verb == profile.verb for p in self._profiles) == 1 and profile.verb in own
        return 0.45 * covered + 0.4 * named + (0.15 if exact else 0.0) + (0.2 if lone else 0.0)

    # -- relations between tools -----------------------------------------------------------------

    def look_up_for(self, action: str) -> str | None:
        """Return the tool that shows the object of an action: it reads by an argument of the action."""
        target = self._by_name[action]
        keys = {key for key in target.tool.argument_names if name_words(key)[-1] in _KEYS}
        found = []
        for profile in self._profiles:
            arguments = profile.tool.argument_names
            if (
                profile is target
                or "read" not in profile.families
                or len(arguments) != 1
                or arguments[0] not in keys
            ):
                continue
            shared = len(set(profile.objects) & set(target.objects) - GENERIC_OBJECTS - {"user"})
            found.append(
                (shared, -target.tool.argument_names.index(arguments[0]), -len(profile.words), profile)
            )
        found.sort(key=lambda row: row[:3], reverse=True)
        return found[0][3].tool.name if found and found[0][0] else None

    def look_up_by(self, inputs: Sequence[str]) -> str | None:
        """Return the look-up that takes most of these inputs, and nothing else."""
        given = {tuple(sorted(stems(name))) for name in inputs}
        found: list[tuple[int, str]] = []
        for profile in self._profiles:
            needed = {tuple(sorted(stems(" ".join(name_words(a))))) for a in profile.tool.required_arguments}
            if profile.families & {"read", "verify"} and needed and needed <= given:
                found.append((len(needed), profile.tool.name))
        best = max(found, default=(0, ""))
        return best[1] if sum(size == best[0] for size, _ in found) == 1 else None

    def about(self, name: str, text: str) -> bool:
        """Tell whether a text speaks of a thing that a tool's name speaks of."""
        things = set(self._by_name[name].objects) - {"user", "id", "ids", "detail"}
        return bool(things & set(stems(text)))

    def is_done(self, name: str, condition: str) -> bool:
        """Tell whether a condition says that a tool's work is done ("the appointment is booked")."""
        profile = self._by_name[name]
        things = [word for word in profile.objects if word not in GENERIC_OBJECTS]
        said = set(stems(condition))
        happened = re.search(r"\b(?:is|are|has been|have been|was)\b", condition)
        return bool(happened) and profile.verb in said and bool(things) and set(things) <= said

    def is_action(self, name: str) -> bool:
        """Tell whether a tool changes something rather than shows it."""
        profile = self._by_name[name]
        return profile.tool.effect == "write" or not profile.families & {"read", "calculate"}


def _is_technical(name: str) -> bool:
    """Tell whether a name cannot be an ordinary word."""
    return bool(re.search(r"[_\d]|[a-z][A-Z]|\w[-./]\w", name))


def _jaccard(left: Iterable[str], right: Iterable[str]) -> float:
    a, b = set(left), set(right)
    return len(a & b) / len(a | b) if a | b else 0.0


def _direct_object(clause: str) -> set[str]:
    """Return the stems of what the first verb is about: the words up to the next preposition."""
    words = words_of(_SUBJECT.sub("", clause))[1:]
    if words and _PRONOUN.fullmatch(words[0]):
        return set()
    end = next((at for at, word in enumerate(words) if at and word in _PREPOSITIONS), len(words))
    return set(stems(" ".join(words[:end]))) - {"all"}


def _verbs_of(clause: str) -> set[str]:
    """Return the stems of the verbs that tell what to do: the first, and those joined to it."""
    words = words_of(_SUBJECT.sub("", clause))
    found: set[str] = set()
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        leads = at == 0 or (at <= 2 and not found and word not in STOP_WORDS)
        joined = before in {"and", "or", "to", "then"} and is_base_verb(word)
        gerund = before in {"by", "via", "for", "when", "after"} and word.endswith("ing")
        if (leads or joined or gerund) and is_verb_form(word) and before not in _DETERMINERS:
            found.add(stem(word))
        if leads and stem(word) in _ASKING:
            return set()
    return found
