"""Questions about the agent's parts and the sentences they stand on: which, why, where, what is said.

- Every sentence is quoted verbatim with its place; where nothing demands an item, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.cobuilder.requests.facts import readers_of
from studio.cobuilder.requests.items import Item, shortened, stems_of
from studio.cobuilder.requests.kinds import Kind, NotMine, Outcome, Told, Turn
from studio.cobuilder.requests.wording import several
from studio.cobuilder.words.known_facts import compares
from studio.cobuilder.words.values import Value, states, values_in
from studio.domain.changeset import join_path
from studio.domain.condition import spell
from studio.domain.frozen import Json, to_json
from studio.domain.places import item_path, place_name
from studio.domain.request import Link
from studio.domain.source import Citation
from studio.domain.workflow import Decide, Handoff, Row, ToolCall, Verify, ways_out

_EMPTY = frozenset({"rul", "ther", "concern", "polic", "anyth"})


def _link(item: Item) -> tuple[Link, ...]:
    return (item.link,) if item.link else ()


def _rules(turn: Turn) -> Outcome:
    said = stems_of(shortened(turn.text("topic"))) - _EMPTY
    words = shortened(turn.text("topic")).casefold()
    if not words:
        return NotMine()
    rules = [i for i in turn.ground.index.items if i.kind == "rule"]
    found = [i for i in rules if said and said <= (i.words | i.more)]
    if not found:
        found = [i for i in rules if words in turn.agent.charter.rule(i.id).text.casefold()]
    if not found:
        found = list(turn.ground.index.find(turn.text("topic"), ("rule",)).items)
    if not found:
        return Told(f"No rule speaks of “{turn.text('topic')}”.")
    lines = [f"{i.id} {i.name}: {turn.agent.charter.rule(i.id).text}" for i in found]
    return Told(
        f"{len(found)} rule{'s' if len(found) > 1 else ''} speak{'s' if len(found) == 1 else ''} "
        f"of “{turn.text('topic')}”:\n" + "\n".join(f"· {line}" for line in lines),
        tuple(link for i in found for link in _link(i)),
    )


def _why(turn: Turn) -> Outcome:
    item = turn.item("demand")
    if not item.citations:
        return Told(
            f"No document demands {item.label}; somebody added it by hand or by a request.", _link(item)
        )
    quotes = [f"{c.source_name}, {c.anchor.label}: “{' '.join(c.quote.split())}”" for c in item.citations]
    cited = {c.fingerprint for c in item.citations}
    alike = [
        i
        for i in turn.ground.index.items
        if i.kind == "rule" and i is not item and any(c.fingerprint in cited for c in i.citations)
    ]
    same = f"\nThe same stands in {several([i.label for i in alike])}." if alike else ""
    return Told(
        f"{item.label} is there because of:\n" + "\n".join(f"· {q}" for q in quotes) + same,
        (*_link(item), *(link for i in alike for link in _link(i))),
        item.citations,
    )


# Where a value stands.


def _leaves(node: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json, str]]:
    if isinstance(node, dict):
        if "op" in node and "value" in node:
            name = str(node.get("field", node.get("id", "")))
            yield path, node["value"], name
            return
        if "maximum" in node and "argument" in node:
            yield path, node["maximum"], str(node["argument"])
            return
        for name, value in node.items():
            if name not in ("citations", "fingerprint", "digest", "parameters", "returns", "id", "place"):
                yield from _leaves(value, (*path, name))
    elif isinstance(node, list):
        for value in node:
            key = value.get("id", value.get("name")) if isinstance(value, dict) else None
            yield from _leaves(value, (*path, key) if isinstance(key, str) else path)
    else:
        yield path, node, ""


def _holding(path: tuple[str, ...]) -> str:
    """Return the item a leaf belongs to; a cell belongs to its row."""
    return item_path(join_path(*(path[: path.index("cells")] if "cells" in path else path)))


def _states(leaf: Json, name: str, value: Value | None, words: str) -> bool:
    if isinstance(leaf, str):
        return states(leaf, value) if value is not None else words.casefold() in leaf.casefold()
    if value is None or isinstance(leaf, bool) or not isinstance(leaf, int | float):
        return False
    unit = value.unit.removeprefix("working ")
    money = value.kind == "money" and re.search(r"amount|price|fee|cost|sum|total", name)
    span = (
        value.kind == "duration" and unit in name and ("working" in name) == value.unit.startswith("working")
    )
    return leaf == value.amount and bool(money or span or (value.kind == "count" and value.unit in name))


def _value(turn: Turn) -> Outcome:
    words = re.sub(r"^(?:the )?(?:value|amount|number|words?|term|sentence)\s+", "", turn.text("value"))
    value = next(
        (v for v in values_in(words) if v.kind != "date" and v.words.casefold() in words.casefold()), None
    )
    if (
        value is None
        and "“" not in turn.words.get("value", "")
        and turn.ground.index.find(words, ("fact", "system")).certain
    ):
        return NotMine()
    if value is not None and value.kind == "count" and len(words.split()) > 3:
        value = None
    tree = to_json(turn.agent)
    paths = dict.fromkeys(
        _holding(path) for path, leaf, name in _leaves(tree, ()) if path and _states(leaf, name, value, words)
    )
    names = list(dict.fromkeys(place_name((tree,), path) for path in paths))
    cited = _sentences(turn, words, value)
    if not names and not cited and value is None and "“" not in turn.words.get("value", ""):
        return NotMine()
    if not names and not cited:
        return Told(f"“{words}” stands nowhere in the agent or its documents.")
    by_path = turn.ground.index.by_path
    links = tuple(link for path in paths if path in by_path for link in _link(by_path[path]))
    told = f"“{words}” stands in {len(names)} place{'s' if len(names) != 1 else ''} of the agent"
    told += ":\n" + "\n".join(f"· {name}" for name in names) if names else ""
    if cited:
        told += f"\nand in {len(cited)} sentence{'s' if len(cited) != 1 else ''} of the documents."
    return Told(told, links, tuple(cited))


def _sentences(turn: Turn, words: str, value: Value | None = None, topic: bool = False) -> list[Citation]:
    """Return the blocks of current sources that state a value or hold all the words of a topic."""
    from studio.cobuilder.sketch.desk import (
        cite,  # it brings the reading engine with it; few questions need that
    )

    said = stems_of(words) - _EMPTY
    found: list[Citation] = []
    for source, _ in turn.ground.papers:
        text = source.current.document.text
        for block in source.current.document.blocks:
            if block.kind in ("heading", "code") or block.tracked == "deleted":
                continue
            quote = text[block.start : block.end]
            held = (
                states(block.text, value) if value is not None else words.casefold() in block.text.casefold()
            )
            if topic:
                held = bool(said) and said <= stems_of(block.text)
            if held:
                found.append(cite(source, quote, block.start, block.end, block.anchor))
    return found


def _sources(turn: Turn) -> Outcome:
    topic = shortened(turn.text("topic"))
    found = _sentences(turn, topic, topic=True)
    wanted = turn.found.get("source")
    if wanted is not None:
        found = [c for c in found if c.source_id == wanted.id]
    if not found:
        return Told(f"No document says anything about “{topic}”.")
    sources = {c.source_id: c.source_name for c in found}
    lines = [f"{c.source_name}, {c.anchor.label}: “{' '.join(c.quote.split())}”" for c in found[:8]]
    more = f"\n(and {len(found) - 8} more)" if len(found) > 8 else ""
    links = tuple(Link(page="sources", item=key, label=f"{key} “{name}”") for key, name in sources.items())
    head = f"{several(list(sources.values()))} speak{'s' if len(sources) == 1 else ''} of “{topic}”:\n"
    return Told(head + "\n".join(f"· {line}" for line in lines) + more, links, tuple(found[:8]))


def _used(turn: Turn) -> Outcome:
    item = turn.item("item")
    found: list[tuple[str, Link]] = []
    for flow in turn.agent.workflows:
        for step in flow.steps:
            how = _uses(item, step)
            if how:
                link = Link(
                    page="workflows", item=f"{flow.id}/{step.id}", label=f"“{step.title}” of “{flow.name}”"
                )
                found.append((f"{link.label} {how}", link))
    for rule in turn.agent.charter.rules:
        guard = rule.guard
        reads = guard and (
            item.id in guard.tools
            or item.id in {c.field for c in compares(guard.forbidden_when)}
            or guard.needs_disclosure == item.id
        )
        if reads and rule.id != item.id:
            found.append(
                (
                    f"{rule.id} “{rule.title}” guards it",
                    Link(page="charter", item=rule.id, label=f"{rule.id} “{rule.title}”"),
                )
            )
    for table in turn.agent.tables:
        if item.id in {each.id for each in table.inputs}:
            found.append(
                (
                    f"the decision “{table.name}” looks at it",
                    Link(page="workflows", item=f"/{table.id}", label=f"“{table.name}”"),
                )
            )
    if not found:
        return Told(f"Nothing uses {item.label}.", _link(item))
    lines = "\n".join(f"· {words}" for words, _ in found)
    return Told(f"{item.label} is used in {len(found)} places:\n{lines}", tuple(link for _, link in found))


def _uses(item: Item, step: object) -> str:
    if item.kind == "fact":
        if item.id in getattr(step, "slots", ()):
            return "asks for it"
        if isinstance(step, ToolCall | Verify) and any(a.fact == item.id for a in step.arguments):
            return f"gives it to “{step.tool.replace('_', ' ')}”"
        if isinstance(step, Handoff) and item.id in step.context:
            return f"passes it on to {step.queue}"
        if isinstance(step, Decide) and any(
            c.field == item.id for b in step.branches for c in compares(b.when)
        ):
            return "decides by it"
        said = " ".join(str(getattr(step, name, "")) for name in ("text", "say"))
        return "says it" if f"{{{item.id}}}" in said else ""
    wanted = {"system": "tool", "decision": "table", "workflow": "block", "rule": "rule"}.get(item.kind, "")
    return "uses it" if wanted and getattr(step, wanted, None) == item.id else ""


def _cells(row: Row) -> str:
    tests = [f"{cell.id.replace('_', ' ')} {cell.words}" for cell in row.cells if cell.op != "any"]
    return ", ".join(tests) or "in every other case"


def _show(turn: Turn) -> Outcome:
    item = turn.item("item")
    agent = turn.agent
    bare_words = stems_of(shortened(turn.text("item"))) - _EMPTY
    own = item.words | item.more | stems_of(item.holder_name)
    if item.id not in turn.text("item") and not bare_words <= own:
        return NotMine()  # a word that the item does not bear asks for something else
    if item.kind == "rule":
        rule = agent.charter.rule(item.id)
        text = (
            f"{rule.id} {rule.title}: {rule.text} (kind: {rule.kind}, severity {rule.severity}, "
            f"enforced by: {rule.enforced_by})"
        )
        return Told(text, _link(item), rule.citations)
    if item.kind == "step":
        flow = agent.workflow(item.holder)
        step = flow.step(item.id)
        titles = {s.id: s.title for s in flow.steps}
        said = str(getattr(step, "text", "") or getattr(step, "say", ""))
        ways = "; ".join(f"{label or 'then'} → “{titles.get(to, to)}”" for label, to in ways_out(step) if to)
        text = (
            f"“{step.title}” of “{flow.name}”."
            + (f" It says: “{said}”" if said else "")
            + (f" Ways on: {ways}." if ways else "")
        )
        return Told(text, _link(item), step.citations)
    if item.kind == "test":
        test = agent.scenario(item.id)
        facts = ", ".join(f"{f.id.replace('_', ' ')} {spell(f.value)}" for f in test.facts)
        return Told(
            f"{test.id} {test.title}. Goal: {test.goal or 'not said'}. Knows: {facts or 'nothing'}.",
            _link(item),
            test.citations,
        )
    if item.kind == "workflow":
        flow = agent.workflow(item.id)
        return Told(
            f"“{flow.name}”: {flow.intent}. {len(flow.steps)} steps: "
            f"{', '.join(s.title for s in flow.steps)}.",
            _link(item),
        )
    if item.kind == "decision":
        table = agent.table(item.id)
        rows = "\n".join(f"· {_cells(row)} → {row.then}" for row in table.rows)
        return Told(f"“{table.name}”:\n{rows}", _link(item))
    if item.kind == "system":
        tool = agent.tool(item.id)
        limits = "".join(f" {x.argument.replace('_', ' ')} at most {spell(x.maximum)}." for x in tool.limits)
        return Told(f"{item.label}: {tool.description}.{limits}", _link(item))
    readers = readers_of(agent, item.id)
    return Told(
        f"{item.label} is read by {several(readers)}." if readers else f"Nothing reads {item.label}.",
        _link(item),
    )


_ABOUT = (
    r"(?:concern(?:s|ing)?|about|on|for|have to do with|has to do with|deal(?:s)? with|mention(?:s)?"
    r"|speak(?:s)? of|cover(?:s)?|that concern)"
)
_DOCS = r"(?:sources?|documents?|polic(?:y|ies)|procedures?|guides?|papers?)"

KINDS: tuple[Kind, ...] = (
    Kind(
        "ask-rules",
        "Ask about rules and documents",
        "Which rules concern something.",
        ("Which rules concern refunds?", "are there rules about card numbers?"),
        (
            rf"(?:which|what) (?:of (?:our|the) )?rules? (?:are there |do we have |that )?{_ABOUT} {{topic}}",
            rf"(?:are there|do we have|is there)(?: any)?(?: a)? rules? {_ABOUT} {{topic}}",
            rf"(?:list|show|find|give me)(?: me)? (?:all )?(?:of )?(?:the )?rules? (?:that "
            rf")?{_ABOUT} {{topic}}",
            rf"(?:which|what) (?:of (?:our |the )?)?rules?(?: do we have| are there| exist| have we|"
            rf" is| are| we have)? ?(?:there )?(?:is |are )?(?:around|regarding|that (?:talk|speak) "
            rf"(?:about|of)|talk(?:s)? (?:about|of)|{_ABOUT}|against|that apply to|appl(?:y|ies) to|"
            rf"touch(?:es)?) {{topic}}",
            r"(?:is there |do we have |have we got )?(?:anything|something) (?:about|on|against|concerning|"
            r"regarding) {topic} in (?:the |our )?rules",
            r"(?:is there |do we have |have we got )(?:anything|something|a rule|any rules?) (?:about|"
            r"on|against|concerning|regarding|for) {topic}",
            r"what (?:are|is) the rules? (?:around|on|about|for|regarding|concerning|of) {topic}",
            r"(?:list|show|tell|give)(?: me)? (?:all |every )?(?:the )?rules? (?:around|about|on|for|"
            r"regarding|concerning) {topic}",
            r"what (?:do|does) <agent> say about {topic} in (?:the |our )?rules",
        ),
        _rules,
        False,
    ),
    Kind(
        "ask-why",
        "Ask about rules and documents",
        "Why a rule or a step is there: the sentence that demands it.",
        ("Why is R-04 there?", "which sentence demands the supervisor's approval?"),
        (
            r"why (?:is|do we have|does) (?:there )?{demand}(?: there| exist| here)?",
            r"where does {demand} come from",
            r"which (?:sentence|source|document|paragraph) (?:demands|requires|asks for|is behind"
            r"|justifies) {demand}",
            r"what is (?:the )?(?:reason|source|basis) (?:for|of) {demand}",
            r"who says (?:that )?{demand}",
            r"on what is {demand} based",
            r"why (?:do|does|must|should|can) <agent> {demand}",
            r"(?:what is |what's )?(?:the )?(?:justification|reason|source|basis|grounds?|evidence|"
            r"origin) (?:for|of|behind) {demand}",
            r"(?:on|with) what (?:basis|grounds?|authority) (?:do|does|is|are) (?:<agent> )?{demand}",
            r"why (?:do|does|must|should|can|can't|cannot|may|are|is|don't|doesn't) (?:<agent>|<customer>|"
            r"\w+)(?: only| not)? {demand}",
            r"which (?:sentence|source|document|paragraph|text) (?:says?|states?) (?:that )?{demand}",
            r"why (?P<demand>R-\d+)",
            r"who (?:demanded|demands|says|said|required) that {demand}",
        ),
        _why,
        False,
    ),
    Kind(
        "ask-value",
        "Ask about rules and documents",
        "Where a value or a word stands, in the agent and in its documents.",
        ("Where does 30 days appear?", "where do we mention £200?"),
        (
            r"where (?:does|do|is|are) {value} (?:appear|stand|occur|come up|used|mentioned|stated"
            r"|written|named)s?",
            r"where do <agent> (?:mention|state|say|use|name) {value}",
            r"in (?:which|what) places (?:does|do) {value} (?:appear|stand|occur)",
            r"in (?:which|what) places (?:is|are) {value} (?:mentioned|stated|used|written|named)",
            r"(?:find|show|list)(?: me)? (?:every|all|the) places? (?:that|which|where)(?: it)? "
            r"(?:says?|states?|mentions?) {value}",
            r"(?:which|what) (?:items?|places?|parts?|steps?|rules?) (?:states?|says?|mentions?"
            r"|contains?) {value}",
            r"where (?:is|are|stands?|does it say|do we say|is it (?:written|said))(?: written| mentioned|"
            r" stated| used)?(?: that)? {value}(?: in .+)?",
            r"where (?:does|do) {value} (?:come up|show up|stand|appear|occur|get mentioned)",
            r"show me (?:everywhere|every place|all places)(?: where)? {value} (?:is used|appears|stands|"
            r"comes up|occurs)",
            r"do <agent> (?:say|mention|state|use) {value} (?:anywhere|somewhere)",
        ),
        _value,
        False,
    ),
    Kind(
        "ask-sources",
        "Ask about rules and documents",
        "Which documents say something, in which words.",
        ("Which sources mention the return label?", "what do the documents say about bank transfers?"),
        (
            rf"(?:which|what) {_DOCS} (?:mentions?|says? something about|talks? about|speaks? of"
            rf"|deals? with|covers?|says?) {{topic}}",
            rf"what (?:does|do) (?:<the>){_DOCS} say (?:about|on) {{topic}}",
            r"what does {source} say (?:about|on) {topic}",
            rf"where in (?:<the>){_DOCS} (?:is|are) {{topic}} (?:mentioned|named|stated)",
            rf"(?:find|search|look up) {{topic}} in (?:<the>){_DOCS}",
            rf"(?:does|do|is there) (?:any |a |our |the )*{_DOCS} (?:that )?(?:mentions?|says? (?:something "
            rf"|anything )?(?:about|on)|talks? about|speaks? of|covers?|deals? with) {{topic}}",
            rf"(?:which|what) {_DOCS} (?:says?|tells? us|has|have) (?:something|anything|things) (?:about|"
            rf"on) {{topic}}",
            rf"where (?:exactly )?(?:do|does) (?:<the>){_DOCS} (?:talk|speak|say (?:something|anything)?|"
            rf"mention)(?: about| of)? {{topic}}",
            r"(?:find|show me) the (?:passage|paragraph|section|sentence)s? (?:about|on) {topic}",
            rf"what (?:is|stands) in (?:<the>){_DOCS} (?:on|about) {{topic}}",
        ),
        _sources,
        False,
    ),
    Kind(
        "ask-used",
        "Ask about rules and documents",
        "Where a question, a system, a decision or a rule is used.",
        ("Where is the order number used?", "which steps use issue_refund?"),
        (
            r"where is {item} (?:used|needed|asked(?: for)?|read|called)",
            r"which (?:steps?|workflows?|rules?) (?:use|uses|need|ask for|asks for|call|calls|read"
            r"|reads) {item}",
            r"where (?:does|do) <agent> (?:use|need|ask for|call) {item}",
            r"what is {item} (?:needed|used|good) for",
            r"who (?:uses|needs|reads|calls) {item}",
            r"what (?:uses|needs|calls|reads) {item}",
            r"where (?:do|does) (?:<agent>|<customer>) (?:use|need|ask for|call|read) {item}",
            r"what (?:do|does) <agent> need {item} for",
        ),
        _used,
        False,
    ),
    Kind(
        "ask-show",
        "Ask about rules and documents",
        "What a rule, step, test, decision, workflow or system says.",
        ("What does R-07 say?", "show me the step “Tell what the label costs”"),
        (
            r"what (?:does|is) {item}(?: say| do| check| mean| test)?",
            r"(?:show|open|display|read|explain)(?: me)? (?:<the>)?{item}",
            r"what (?:does|do|is) {item} (?:say|do|check|mean|test)?(?: exactly| precisely| again)?",
            r"(?:show|open|display|read|explain|give|tell)(?: me| us)?(?: what)? (?:<the>)?{item}(?: "
            r"is| says| does)?",
            r"what (?:is|stands) in {item}",
            r"(?P<item>[RT]-\d+)",
        ),
        _show,
        False,
    ),
)
