"""Alignment pairs: which units of two versions of a document are the same sentence.

- Equal words first: those that stand once on each side, then repeated ones by what stands around them.
- Then splits and merges, then rewording: the most alike first, and never one of two that are equally alike.
- What stands between the same neighbours needs less likeness than what turned up elsewhere; a sentence
  with another number, date, modality or negation needs more, and its neighbours.
- Between “the same” and “another” lies doubt, which is told and never decided here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from studio.cobuilder.alignment.units import Unit
from studio.cobuilder.words.matching import Weights
from studio.cobuilder.words.sense import turns
from studio.diff.anchors import heaviest_chain
from studio.domain.pulse import beat

Pair = tuple[int, int]

_WINDOW = 3
_REPEATS = 2500
_RARE = 24
_GAP = 400
_NEAR = 0.1
_SAME = (0.72, 0.54, 0.45)
"""The least likeness of one sentence in two versions with no, one or both neighbours the same."""
_TURNED = (2.0, 0.74, 0.6)
"""The same where a number, date, modality or negation differs."""
_DOUBT = (0.6, 0.48, 0.38)
_MARGIN = 0.06
_BARE = 5


@dataclass(frozen=True, slots=True)
class Link:
    """Units of the old version, neighbours, and those that are the same in the new one."""

    old: tuple[int, ...]
    new: tuple[int, ...]
    score: float
    equal: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Maybe:
    """Two units that may be the same, and why that is not safe to say."""

    old: int
    new: int
    score: float
    why: str


@dataclass(slots=True)
class Pairs:
    """Two sequences of units and the links found between them so far."""

    left: Sequence[Unit]
    right: Sequence[Unit]
    weights: Weights = field(init=False)
    links: list[Link] = field(default_factory=list)
    doubts: list[Maybe] = field(default_factory=list)
    to_right: dict[int, int] = field(default_factory=dict)
    to_left: dict[int, int] = field(default_factory=dict)
    _likeness: dict[Pair, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Weigh the words of both texts by their rarity."""
        self.weights = Weights(unit.text for unit in (*self.left, *self.right))

    def add(self, old: tuple[int, ...], new: tuple[int, ...], score: float, equal: bool = False) -> None:
        """Link some units."""
        self.links.append(Link(old, new, score, equal))
        # The first old unit stands for the group before it, the last for the group behind it.
        for i in old:
            self.to_right[i] = new[0]
        for j in new:
            self.to_left[j] = old[0]

    def likeness(self, i: int, j: int) -> float:
        """Return how alike two units are in wording, 0 to 1, blind to their values."""
        if (i, j) not in self._likeness:
            beat()
            self._likeness[i, j] = self.weights.likeness(self.left[i].text, self.right[j].text)
        return self._likeness[i, j]

    def free(self) -> tuple[list[int], list[int]]:
        """Return the units without a link, on each side."""
        return (
            [i for i in range(len(self.left)) if i not in self.to_right],
            [j for j in range(len(self.right)) if j not in self.to_left],
        )

    def held(self) -> Hold:
        """Return what holds each unit in its place just now."""
        return Hold(self)


class Hold:
    """The nearest linked neighbours of every unit; the ends of a document are neighbours, too."""

    def __init__(self, pairs: Pairs) -> None:
        """Look around once in both directions."""
        self.old = _nearest(len(pairs.left), pairs.to_right)
        self.new = _nearest(len(pairs.right), {j: j for j in pairs.to_left})
        self.same = {(i, j) for link in pairs.links for i in link.old for j in link.new}
        self.count = len(pairs.left), len(pairs.right)

    def place(self, i: int, j: int) -> int:
        """Return how many of two units' nearest linked neighbours are the same: none, one or both."""
        found = 0
        for at in (0, 1):
            x, y = self.old[i][at], self.new[j][at]
            edges = x < 0 or x >= self.count[0], y < 0 or y >= self.count[1]
            found += edges == (True, True) or (x, y) in self.same
        return found


def _nearest(count: int, linked: dict[int, int]) -> list[Pair]:
    before, behind = [-1] * count, [count] * count
    last = -1
    for at in range(count):
        before[at] = last
        last = at if at in linked else last
    last = count
    for at in range(count - 1, -1, -1):
        behind[at] = last
        last = at if at in linked else last
    return list(zip(before, behind, strict=True))


def pair_units(left: Sequence[Unit], right: Sequence[Unit]) -> Pairs:
    """Link the units of two versions; what is not linked or doubtful came or went."""
    pairs = Pairs(left, right)
    _equal(pairs)
    for old, new in ((1, 2), (1, 3), (2, 1), (3, 1)):
        _joined(pairs, old, new)
    _alike(pairs)
    _doubtful(pairs)
    return pairs


def in_order(pairs: Pairs) -> list[Link]:
    """Return the links in the old version's order, marked as moved where they left the common order."""
    links = sorted(pairs.links, key=lambda link: link.old[0])
    weights = [sum(pairs.left[i].weight for i in link.old) for link in links]
    still = {i for i, _ in heaviest_chain([(link.old[0], link.new[0]) for link in links], weights)}
    return [
        link if link.old[0] in still else Link(link.old, link.new, link.score, link.equal, moved=True)
        for link in links
    ]


def _equal(pairs: Pairs) -> None:
    """Link units of equal words: single ones, then repeated ones by their surroundings."""
    places: tuple[dict[str, list[int]], dict[str, list[int]]] = (defaultdict(list), defaultdict(list))
    for side, sequence in enumerate((pairs.left, pairs.right)):
        for at, unit in enumerate(sequence):
            places[side][unit.key].append(at)
    repeated = []
    for key, olds in places[0].items():
        news = places[1].get(key, [])
        if len(olds) == len(news) == 1:
            pairs.add((olds[0],), (news[0],), 1.0, equal=True)
        elif news:
            repeated.append((olds, news))
    while _by_surroundings(pairs, repeated):
        pass


def _by_surroundings(pairs: Pairs, repeated: list[tuple[list[int], list[int]]]) -> bool:
    """Link the repeated units that stand among the same neighbours; return whether any did."""
    scored = []
    for olds, news in repeated:
        olds = [i for i in olds if i not in pairs.to_right]
        news = [j for j in news if j not in pairs.to_left]
        if len(olds) * len(news) > _REPEATS:
            scored += [(0.0, i, j) for i, j in zip(olds, news, strict=False)]
        else:
            beat()
            scored += [(_surroundings(pairs, i, j), i, j) for i in olds for j in news]
    scored.sort(key=lambda each: (-each[0], abs(each[1] - each[2]), each[1], each[2]))
    found = False
    for score, i, j in scored:
        # Each round takes the best third, so that the next one sees more neighbours.
        if score < 0.67 * scored[0][0]:
            break
        if i not in pairs.to_right and j not in pairs.to_left:
            pairs.add((i,), (j,), 1.0, equal=True)
            found = True
    return found


def _surroundings(pairs: Pairs, i: int, j: int) -> float:
    """Return how far the neighbours of two places agree."""
    old, new = pairs.left[i], pairs.right[j]
    score = 0.8 * (old.section == new.section) + 0.1 * (old.kind == new.kind)
    for step in (*range(-_WINDOW, 0), *range(1, _WINDOW + 1)):
        x, y = i + step, j + step
        if not (0 <= x < len(pairs.left) and 0 <= y < len(pairs.right)):
            continue
        if pairs.to_right.get(x) == y:
            score += 1 / abs(step)
        elif pairs.left[x].key == pairs.right[y].key:
            score += 0.6 / abs(step)
    return score


def _joined(pairs: Pairs, old: int, new: int) -> None:
    """Link one unit with the two or three that it was split into, or that were merged into it."""
    free_left, free_right = pairs.free()
    lefts = list(_runs(free_left, old))
    rights = list(_runs(free_right, new))
    near = _by_rare_words(pairs, [run[0] for run in lefts], [run[0] for run in rights], old, new)
    hold = pairs.held()
    found = []
    for i, j in near:
        olds, news = tuple(range(i, i + old)), tuple(range(j, j + new))
        score = _join_score(pairs, olds, news)
        if score and (score >= 0.8 or hold.place(olds[0], news[0])):
            found.append((score, olds, news))
    for score, olds, news in sorted(found, key=lambda each: (-each[0], each[1], each[2])):
        if not any(i in pairs.to_right for i in olds) and not any(j in pairs.to_left for j in news):
            pairs.add(olds, news, round(score, 3))


def _runs(free: list[int], length: int) -> Iterator[tuple[int, ...]]:
    held = set(free)
    for at in free:
        run = tuple(range(at, at + length))
        if all(each in held for each in run):
            yield run


def _by_rare_words(pairs: Pairs, lefts: list[int], rights: list[int], old: int, new: int) -> list[Pair]:
    """Return the places whose units, `old` and `new` from there on, share a rare stem."""
    by_stem: dict[str, list[int]] = defaultdict(list)
    for j in rights:
        for stem in sorted(frozenset().union(*(pairs.right[y].topic for y in range(j, j + new)))):
            by_stem[stem].append(j)
    found: dict[Pair, None] = {}
    for i in lefts:
        for stem in sorted(frozenset().union(*(pairs.left[x].topic for x in range(i, i + old)))):
            if len(by_stem.get(stem, ())) <= _RARE:
                found.update(dict.fromkeys((i, j) for j in by_stem.get(stem, ())))
    return list(found)


def _join_score(pairs: Pairs, olds: tuple[int, ...], news: tuple[int, ...]) -> float:
    """Return how alike a unit and its parts are; 0 where one part alone is as good or a part is foreign."""
    beat()
    whole = pairs.left[olds[0]] if len(olds) == 1 else pairs.right[news[0]]
    parts = [pairs.right[j] for j in news] if len(olds) == 1 else [pairs.left[i] for i in olds]
    weigh = pairs.weights
    for part in parts:
        known = part.topic & whole.topic
        if len(known) < 1 or weigh.covered(part.topic, whole.topic) < 0.6:
            return 0.0
    both = frozenset().union(*(part.topic for part in parts))
    if weigh.covered(whole.topic, both) < 0.75:
        return 0.0
    joined = weigh.likeness(whole.text, " ".join(part.text for part in parts))
    single = max(weigh.likeness(whole.text, part.text) for part in parts)
    return joined if joined > single + 0.04 and joined >= 0.6 else 0.0


def _alike(pairs: Pairs) -> None:
    """Link reworded units, best first, until nothing more is safe."""
    candidates = _candidates(pairs)
    while True:
        hold = pairs.held()
        scored = [
            (pairs.likeness(i, j) + _NEAR * hold.place(i, j), i, j)
            for i, j in candidates
            if i not in pairs.to_right and j not in pairs.to_left
        ]
        rivals = _rivals(scored)
        linked = 0
        for score, i, j in sorted(scored, key=lambda each: (-each[0], each[1], each[2])):
            if i in pairs.to_right or j in pairs.to_left:
                continue
            if score - max(rivals[0][i, j], rivals[1][i, j]) >= _MARGIN and _safe(pairs, hold, i, j):
                pairs.add((i,), (j,), round(pairs.likeness(i, j), 3))
                linked += 1
        if not linked:
            return


def _safe(pairs: Pairs, hold: Hold, i: int, j: int) -> bool:
    """Return whether two units are alike enough for their place to be the same sentence."""
    old, new = pairs.left[i], pairs.right[j]
    place = hold.place(i, j)
    if place == 0 and min(len(old.topic), len(new.topic)) < _BARE:
        return False
    if (old.kind == "heading") != (new.kind == "heading"):
        return False
    limits = _TURNED if turns(old.text, new.text) else _SAME
    return pairs.likeness(i, j) >= limits[place]


def _candidates(pairs: Pairs) -> list[Pair]:
    """Return the free units worth comparing: between the same neighbours, or with a rare stem in common."""
    lefts, rights = pairs.free()
    found = dict.fromkeys(_by_rare_words(pairs, lefts, rights, 1, 1))
    hold = pairs.held()
    by_place: dict[tuple[int, int], list[int]] = defaultdict(list)
    for j in rights:
        for at in (0, 1):
            by_place[at, hold.new[j][at]].append(j)
    for i in lefts:
        for at in (0, 1):
            edge = hold.old[i][at]
            other = pairs.to_right.get(edge, -1 if edge < 0 else len(pairs.right))
            near = by_place.get((at, other), [])
            found.update(dict.fromkeys((i, j) for j in near[:_GAP]))
    return list(found)


def _rivals(scored: list[tuple[float, int, int]]) -> tuple[dict[Pair, float], dict[Pair, float]]:
    """Return for each pair the best score that each of its two units has with another one."""
    best: tuple[dict[int, list[tuple[float, int]]], dict[int, list[tuple[float, int]]]] = (
        defaultdict(list),
        defaultdict(list),
    )
    for score, i, j in scored:
        best[0][i].append((score, j))
        best[1][j].append((score, i))
    for side in best:
        for at, found in side.items():
            side[at] = sorted(found, reverse=True)[:2]

    def other(found: list[tuple[float, int]], mine: int) -> float:
        return next((score for score, at in found if at != mine), 0.0)

    return (
        {(i, j): other(best[0][i], j) for _, i, j in scored},
        {(i, j): other(best[1][j], i) for _, i, j in scored},
    )


def _doubtful(pairs: Pairs) -> None:
    """Note the free units that are alike, but not safely the same."""
    hold = pairs.held()
    scored = []
    for i, j in _candidates(pairs):
        place = hold.place(i, j)
        alike = pairs.likeness(i, j)
        if alike >= _DOUBT[place] and pairs.left[i].kind != "heading" != pairs.right[j].kind:
            scored.append((alike + _NEAR * place, i, j))
    taken: Counter[tuple[int, int]] = Counter()
    for score, i, j in sorted(scored, key=lambda each: (-each[0], each[1], each[2])):
        if taken[0, i] or taken[1, j]:
            continue
        taken[0, i] += 1
        taken[1, j] += 1
        pairs.doubts.append(Maybe(i, j, round(min(1.0, score), 3), _why(pairs, hold, i, j)))


def _why(pairs: Pairs, hold: Hold, i: int, j: int) -> str:
    if turns(pairs.left[i].text, pairs.right[j].text):
        where = "" if hold.place(i, j) else " and it stands elsewhere"
        return f"The wording is alike, but a number, date, limit or word of force differs{where}."
    if hold.place(i, j):
        return "It stands in the same place, but most of its words are new."
    return "The wording is alike, but it stands elsewhere, or another sentence is just as near."
