"""Field words: what one changed field means, as the end of a sentence about the thing it belongs to.

- A clause follows the name of its thing: "“Ask for the order” + now asks at most 3 times (was 2)". Where no
  verb says it well, it names what changed: "how hard it is, is now complex (was simple)".
- New and old value stand in one phrase; nothing is called by the name of its field.
"""

from __future__ import annotations

from collections.abc import Callable

from studio.diff import charter_words
from studio.diff.naming import Names, clipped, listed, quoted, spaced
from studio.diff.record_words import mock_clause
from studio.diff.subjects import Subject
from studio.diff.text_words import text_clause
from studio.diff.value_words import (
    arguments_change,
    citation,
    condition,
    keyed_pairs,
    now_was,
    scalar,
    values_now,
)
from studio.domain.changeset import Change
from studio.domain.condition import spell
from studio.domain.frozen import Json, canonical
from studio.domain.money_words import money_sign
from studio.domain.property import Property
from studio.domain.readiness import Threshold

KINDS = {
    "allow": "permission",
    "never": "prohibition",
    "must": "duty",
    "disclose": "duty to tell",
    "escalate": "duty to hand over",
}
"""What a rule is called by its kind."""
KEPT = {
    "guard": "by code",
    "step": "by a step",
    "tool permission": "by what the systems permit",
    "text only": "by words only",
}
_TEXT_VERBS: dict[tuple[str, str], str] = {
    ("rule", "text"): "reads",
    ("step", "text"): "says",
    ("step", "say"): "says",
    ("tool", "description"): "is described as",
    ("workflow", "intent"): "starts when the customer wants",
    ("slot", "prompt"): "asks",
    ("slot", "example"): "has the example",
    ("scenario", "goal"): "has a customer who wants",
    ("scenario", "opening"): "begins with",
    ("charter", "purpose"): "says, on what the agent is for,",
    ("charter", "audience"): "says that the agent serves",
    ("charter", "channel"): "says that the agent speaks by",
    ("charter", "ai_disclosure"): "says, on being an AI,",
    ("charter", "capabilities"): "says, on what the agent can do,",
    ("charter", "cannot"): "says, on what the agent cannot do,",
    ("charter", "tone"): "says, on how the agent speaks,",
}
"""How texts are told; what is quoted stands behind."""
_YES_NO: dict[tuple[str, str], tuple[str, str]] = {
    ("workflow", "reusable"): (
        "can now be used in other workflows",
        "can no longer be used in other workflows",
    ),
    ("tool", "reversible"): ("can now be taken back", "can no longer be taken back"),
}
"""What it means that a field is now yes, and that it is now no."""
_VERBS: dict[tuple[str, str], str] = {
    ("rule", "severity"): "is now of {} weight",
    ("rule", "enforced_by"): "is now kept {}",
    ("rule", "kind"): "is now {}",
    ("rule", "not_meant"): "is now marked as not meaning {}",
    ("step", "tries"): "now tries at most {} times",
    ("step", "retries"): "now repeats a failed call at most {} times",
    ("step", "next"): "now leads to {}",
    ("step", "on_failure"): "now leads to {} if it fails",
    ("step", "otherwise"): "now leads to {} in all other cases",
    ("branch", "next"): "now leads to {}",
    ("branch", "when"): "is now taken when {}",
    ("step", "tool"): "now uses {}",
    ("step", "table"): "now decides by {}",
    ("step", "block"): "now runs workflow {}",
    ("step", "queue"): "now hands over to {}",
    ("step", "outcome"): "now ends the conversation as {}",
    ("step", "rule"): "now says what {} demands",
    ("slot", "type"): "is now {}",
    ("input", "type"): "is now {}",
    ("workflow", "start"): "now begins with {}",
    ("workflow", "open_to"): "is now open to {}",
    ("table", "hit_policy"): "is now read so that {}",
    ("row", "then"): "now answers {}",
    ("tool", "effect"): "now {}",
    ("tool", "data_class"): "now handles {} data",
    ("tool", "answers_within"): "is now given up after {} seconds",
    ("scenario", "workflow"): "now tests workflow {}",
    ("scenario", "today"): "now plays on {}",
    ("source", "version"): "is now used in version {}",
    ("source", "authority"): "now counts as {}",
    ("charter", "autonomy"): "now grants autonomy level {}",
    ("charter", "performance_owner"): "now names as owner of performance after launch: {}",
    ("owner", "name"): "is now {}",
    ("intent", "complexity"): "is now {}",
    ("intent", "emotion"): "is now {}",
    ("intent", "handling"): "is now handled so: {}",
    ("intent", "volume"): "now comes {} times a month",
    ("intent", "workflow"): "is now served by {}",
    ("threshold", "limit"): "is now {}",
    ("threshold", "baseline"): "is now compared with {} of people",
    ("threshold", "measure"): "now measures {}",
    ("threshold", "about"): "is now about {}",
    ("technology", "kind"): "is now {}",
    ("technology", "reach"): "now {}",
}
"""How single values are told; the new value stands at {}, the old one behind in brackets."""
_LISTS: dict[tuple[str, str], tuple[str, str]] = {
    ("step", "slots"): ("now also asks for {}", "no longer asks for {}"),
    ("step", "context"): ("now also passes on {}", "no longer passes on {}"),
    ("workflow", "examples"): ("now also starts with {}", "no longer starts with {}"),
    ("slot", "choices"): ("can now also be {}", "can no longer be {}"),
    ("scenario", "behaviours"): (
        "now has a customer who is or does: {}",
        "no longer has one who is or does: {}",
    ),
    ("scenario", "tags"): ("is now also marked {}", "is no longer marked {}"),
    ("scenario", "also"): ("now has a customer who also asks {}", "no longer has one who asks {}"),
    ("technology", "models"): ("may now also speak through {}", "may no longer speak through {}"),
    ("step", "results"): ("now also takes {}", "no longer takes {}"),
}
"""How lists are told: what came, and what went."""
_SCOPES = {"workflows": "in", "segments": "for", "regions": "in", "channels": "on"}
"""Where a rule counts: an empty list narrows nothing."""
_LABELS = {
    "pattern": "the accepted form",
    "parameters": "what goes in",
    "returns": "what comes out",
    "currency": "the currency",
    "records": "the records of its own",
    "columns": "the columns",
    "rows": "the records",
    "key": "the column that tells records apart",
    "manner": "the manner",
    "persona": "the customer’s manner",
    "measure": "the measure",
    "about": "what it is about",
    "label": "the name",
    "citations": "the sentences it stands on",
    "groups": "the frames around steps",
}


def clause(subject: Subject, field: str, change: Change, names: Names) -> str:
    """Return what one changed field of a thing means, as the end of a sentence about the thing."""
    key, before, after = (subject.kind, field), change.before, change.after
    if verb := _TEXT_VERBS.get(key):
        return text_clause(before, after, verb)
    if field in ("title", "name", "label") and subject.kind != "owner":
        return renamed(before, after)
    if key in _YES_NO:
        return _YES_NO[key][0 if after else 1]
    if subject.kind == "rule" and field in _SCOPES:
        return _scope(before, after, field, names)
    if key == ("tool", "limits"):
        return _limits(before, after, lambda each: money_sign(names.agents, change.segments[1], each))
    if (said := _special(subject, field, before, after, names)) is not None:
        return said
    if isinstance(before, list) or isinstance(after, list):
        return _list_clause(key, before, after, names)
    say = speaker(subject, field, names)
    old, new = ("" if value is None or value == "" else say(value) for value in (before, after))
    if template := _VERBS.get(key):
        return _filled(template, old, new)
    return (
        f"{label(subject, field)} is now {now_was(old, new)}"
        if new
        else f"{label(subject, field)} is gone (was {old})"
    )


def label(subject: Subject, field: str) -> str:
    """Return what a field is called inside a sentence."""
    known = charter_words.LABELS.get((subject.kind, field)) or _LABELS.get(field)
    return known or f"the {spaced(field)}"


def renamed(before: Json, after: Json) -> str:
    """Return that a thing has another name."""
    if not before or not after:
        return f"is now called {quoted(after)}" if after else f"is no longer called {quoted(before)}"
    return f"is now called {quoted(str(after))} (was {quoted(str(before))})"


def _filled(template: str, old: str, new: str) -> str:
    if not new:
        return f"{template.replace('now ', 'no longer ', 1).format(old)}"
    said = template.format(new).replace("at most 1 times", "at most once")
    was = "before: " if template in ("now {}", "is now read so that {}") else "was "
    return said + (f" ({was}{old})" if old else "")


def _scope(before: Json, after: Json, field: str, names: Names) -> str:
    """Return where a rule counts now."""
    glue = _SCOPES[field]
    say = names.workflow if field == "workflows" else quoted
    old, new = (listed(say(each) for each in value or ()) for value in (before, after))
    everywhere = {"workflows": "every workflow", "segments": "every customer", "regions": "every region"}
    whole = everywhere.get(field, "every channel")
    if not new:
        return f"now counts {glue} {whole} (was only {glue} {old})"
    return f"now counts only {glue} {new} (was {f'only {glue} {old}' if old else f'{glue} {whole}'})"


def _special(subject: Subject, field: str, before: Json, after: Json, names: Names) -> str | None:
    """Return the clause of a field that is told in its own way, or None."""
    match subject.kind, field:
        case _, "citations":
            return _stands_on(before, after)
        case "tool", "parameters" | "returns":
            return arguments_change(before, after, "takes" if field == "parameters" else "gives back")
        case "slot", "pattern":
            return (
                f"must now look in {'a certain' if not before else 'another'} way"
                if after
                else "may now look in any way"
            )
        case "step", "results" if before and after:
            return _results(before, after, names)
        case "rule", "formal":
            old, new = (_proved(each) for each in (before, after))
            return _filled("is now proved in this form: {}", old, new)
        case "threshold", "limit" | "baseline":
            return None
        case "records", "key" if before and after:
            key = now_was(quoted(spaced(str(before))), quoted(spaced(str(after))))
            return f"now tells its records apart by {key}"
        case _, "mock":
            return mock_clause(before, after)
        case _, "digest" | "records" | "columns" | "rows" | "key" | "groups":
            what = "is pinned to other content" if field == "digest" else f"changes {_LABELS[field]}"
            return what
        case _:
            return None


def _proved(value: Json) -> str:
    return clipped(Property.model_validate(value).words, 40) if value else ""


def _stands_on(before: Json, after: Json) -> str:
    """Return which sentences a thing now stands on."""
    old, new = ([citation(each) for each in value or ()] for value in (before, after))
    come = [each for each in new if each not in old]
    gone = [each for each in old if each not in new]
    said = [f"now stands on {listed(come)}"] if come else []
    said += [f"no longer stands on {listed(gone)}"] if gone else []
    return ", ".join(said) or "stands on the same sentences, read anew"


def _limits(before: Json, after: Json, sign: Callable[[str], str]) -> str:
    """Return what a system accepts at most; `sign` tells of which currency an argument is."""
    said = []
    for name, was, now in keyed_pairs(before, after, "argument"):
        value, money = quoted(spaced(name)), sign(name)
        if now is None:
            said.append(f"now accepts {value} without a limit (was at most {money}{scalar(was['maximum'])})")
        else:
            old = f"was {money}{scalar(was['maximum'])}" if was else "had no limit"
            said.append(f"now accepts {value} up to {money}{scalar(now['maximum'])} ({old})")
    return ", ".join(said) or "accepts the same as before"


def _results(before: Json, after: Json, names: Names) -> str:
    """Return where facts are taken from now."""
    said = []
    for name, was, now in keyed_pairs(before, after, "fact"):
        fact = names.fact(name)
        if now is None:
            said.append(f"no longer takes {fact}")
        elif was is None:
            said.append(f"now also takes {fact} from {quoted(spaced(now['result']))}")
        else:
            said.append(
                f"now takes {fact} from {quoted(spaced(now['result']))} (was {quoted(spaced(was['result']))})"
            )
    return ", ".join(said) or "takes the same facts"


def _list_clause(key: tuple[str, str], before: Json, after: Json, names: Names) -> str:
    """Return what came to a list and what went, or that its order is another."""
    kind, field = key
    old, new = ([_member(field, each, names) for each in value or ()] for value in (before, after))
    come = [each for each in dict.fromkeys(new) if each not in old]
    gone = [each for each in dict.fromkeys(old) if each not in new]
    called = label(Subject(kind, "", ()), field)
    if kind == "company_policy" and (before is None or after is None):
        limits = f"now limits {called} to {listed(new) or 'none'}"
        return limits if before is None else f"no longer limits {called} (was {listed(old) or 'none'})"
    plus, minus = _LISTS.get(key, (f"{called} now include {{}}", f"{called} no longer include {{}}"))
    said = [plus.format(listed(come))] if come else []
    said += [minus.format(listed(gone))] if gone else []
    if not said and _alike(before) != _alike(after):
        return f"{called} hold something else than before"
    return ", ".join(said) or f"{called} stand in another order"


def _alike(values: Json) -> list[bytes]:
    """Return the members of a list without their order."""
    return sorted(canonical(each) for each in values or ())


def _member(field: str, value: Json, names: Names) -> str:
    references: dict[str, Callable[[str], str]] = {
        "tools": names.tool, "workflows": names.workflow, "slots": names.fact, "context": names.fact,
    }  # fmt: skip
    match value:
        case str():
            return references.get(field, quoted)(value)
        case {"fact": fact, "result": result}:
            return names.fact(fact) + (f" from {quoted(spaced(result))}" if result != fact else "")
        case {"name": str(name)} | {"id": str(name)}:
            return quoted(spaced(value.get("title") or value.get("label") or name))
        case _:
            return scalar(value)


_WORDS: dict[tuple[str, str], dict[str, str]] = {
    ("rule", "kind"): {kind: f"a {words}" for kind, words in KINDS.items()},
    ("rule", "enforced_by"): KEPT,
    ("table", "hit_policy"): {"first": "the top row that fits counts", "unique": "only one row may fit"},
    ("tool", "effect"): {"read": "only looks things up", "write": "changes things"},
    ("slot", "type"): {},
    ("input", "type"): {},
    ("technology", "reach"): {"retrieves only": "only looks things up", "acts": "changes things in systems"},
}


def speaker(subject: Subject, field: str, names: Names) -> Callable[[Json], str]:
    """Return how the value of a single-valued field is said."""
    if field in ("next", "on_failure", "otherwise", "start"):
        return lambda value: names.step(subject.workflow, value)
    if field == "when":
        return condition
    if ours := charter_words.speaker(subject.kind, field):
        return ours
    if (subject.kind, field) in (("slot", "type"), ("input", "type")):
        return lambda value: value if value == "yes or no" else f"a {value}"
    if known := _WORDS.get((subject.kind, field)):
        return lambda value: known.get(str(value), spaced(str(value)))
    references: dict[str, Callable[[str], str]] = {
        "tool": names.tool,
        "table": names.table,
        "rule": names.rule,
        "block": names.workflow,
        "workflow": names.workflow,
        "queue": lambda value: quoted(spaced(value)),
    }
    if field in references:
        return references[field]
    plain = (subject.kind, field) in _VERBS and field not in ("outcome", "then", "not_meant", "name")
    return lambda value: spaced(value) if plain and isinstance(value, str) else scalar(value)


def threshold_words(value: Json) -> str:
    """Return a threshold as the end of a sentence."""
    said = Threshold.model_validate(value).words.rstrip(".")
    return said[:1].lower() + said[1:]


def fact_words(fact: Json) -> str:
    """Return a fact's value in a test."""
    wrong = fact.get("wrong")
    more = [f"at first given as {scalar(wrong)}"] if wrong is not None else []
    more += [f"{scalar(fact['another'])} for another person"] if fact.get("another") is not None else []
    more += [f"demands {scalar(fact['forbidden'])}"] if fact.get("forbidden") is not None else []
    return ", ".join([scalar(fact.get("value")), *more])


def reply_words(before: Json, after: Json) -> str:
    """Return what a rehearsed system answers otherwise."""
    return values_now((before or {}).get("reply"), (after or {}).get("reply"))


def number(value: Json) -> str:
    """Return a number as people write it."""
    return spell(int(value)) if isinstance(value, float) and value.is_integer() else spell(value)
