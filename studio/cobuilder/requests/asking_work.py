"""Questions about the work: what is untested, what is open, who decided, what changed, who owns what."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta

from studio.cobuilder.requests.kinds import Kind, No, Outcome, Told, Turn, Unsure
from studio.cobuilder.requests.wording import several
from studio.diff.agents import diff_agents, without_layout
from studio.domain.changeset import Change
from studio.domain.frozen import to_json
from studio.domain.places import item_path, place_name
from studio.domain.request import Choice, Link
from studio.domain.scenario import ExpectCall, ExpectDisclosure, ExpectStep

_ROLES = {"ops": "operations", "quality": "qa", "quality assurance": "qa"}


def _untested(turn: Turn) -> Outcome:
    agent = turn.agent
    expected = [e for test in agent.scenarios for e in test.expectations]
    told = {e.rule for e in expected if isinstance(e, ExpectDisclosure)}
    tools = {e.tool for e in expected if isinstance(e, ExpectCall)}
    steps = {e.step for e in expected if isinstance(e, ExpectStep)}
    cited = {c.fingerprint for test in agent.scenarios for c in test.citations}
    bare, links = [], []
    for rule in agent.charter.rules:
        held = rule.id in told or any(c.fingerprint in cited for c in rule.citations)
        held = held or bool(rule.guard and set(rule.guard.tools) & tools)
        held = held or any(
            s.id in steps and getattr(s, "rule", "") == rule.id for f in agent.workflows for s in f.steps
        )
        if not held:
            bare.append(f"{rule.id} {rule.title}")
            links.append(Link(page="charter", item=rule.id, label=f"{rule.id} “{rule.title}”"))
    tested = {test.workflow for test in agent.scenarios}
    flows = [f for f in agent.workflows if not f.reusable and f.id not in tested]
    links += [Link(page="workflows", item=f.id, label=f"“{f.name}”") for f in flows]
    states = [s for s in turn.ground.states() if s.state == "in the agent, not tested"]
    parts = []
    if bare:
        parts.append(
            f"No test expects anything of {len(bare)} rules:\n" + "\n".join(f"· {each}" for each in bare)
        )
    if flows:
        parts.append("No test covers " + several([f"“{f.name}”" for f in flows]) + ".")
    if states:
        quotes = "\n".join(f"· {s.source.id}: “{' '.join(s.quote.split())}”" for s in states[:6])
        more = f"\n(and {len(states) - 6} more)" if len(states) > 6 else ""
        parts.append(
            f"{len(states)} sentences of the documents are in the agent, but in no test:\n{quotes}{more}"
        )
    return Told("\n".join(parts) or "Every rule, workflow and cited sentence has a test.", tuple(links[:12]))


def _open(turn: Turn) -> Outcome:
    ground = turn.ground
    answered = {answer.id for answer in ground.answers}
    decided = {decision.id for decision in ground.decisions}
    lines, links = [], []
    for proposal in ground.proposals:
        questions = [q for q in proposal.questions if f"{proposal.id}/{q.id}" not in answered]
        waiting = [c for c in proposal.changes if f"{proposal.id}/{c.id}" not in decided]
        if waiting or questions:
            links.append(Link(page="review", item=proposal.id, label=f"{proposal.id} “{proposal.title}”"))
        if waiting:
            plural = "changes wait" if len(waiting) > 1 else "change waits"
            lines.append(f"· {proposal.id}: {len(waiting)} {plural} for a decision")
        lines += [f"· {proposal.id}/{q.id}: {q.text}" for q in questions]
    fresh = Counter(s.source for s in ground.states() if s.state == "not yet looked at")
    for source, number in fresh.items():
        lines.append(
            f"· {source.id} “{source.name}”: {number} sentence{'s' if number > 1 else ''} nobody "
            f"has looked at"
        )
        links.append(Link(page="sources", item=source.id, label=f"{source.id} “{source.name}”"))
    if not lines:
        return Told(
            "Nothing is open: every change is decided, every question answered, every sentence looked at."
        )
    return Told("Still open:\n" + "\n".join(lines[:14]), tuple(links[:8]))


def _decided(turn: Turn) -> Outcome:
    wanted = turn.text("topic").casefold()
    person = next((d.by for d in turn.ground.decisions if wanted and wanted in d.by.casefold()), "")
    lines, links = [], []
    changes = {f"{p.id}/{c.id}": (p, c) for p in turn.ground.proposals for c in p.changes}
    kinds = ("rule", "step", "test", "workflow")
    named = turn.ground.index.find(wanted, kinds) if wanted and not person else None
    for decision in reversed(turn.ground.decisions):
        if decision.id not in changes:
            continue
        proposal, change = changes[decision.id]
        about = (
            named is None
            or not named.items
            or any(i.path and change.change.path.startswith(i.path) for i in named.items)
        )
        if (
            not about
            or (person and decision.by != person)
            or ("reject" in turn.said.casefold() and decision.verdict != "rejected")
        ):
            continue
        when = decision.at.strftime("%d %b %Y")
        lines.append(
            f"· {decision.by} {decision.verdict} {proposal.id}/{change.id} “{change.title}” on {when}"
        )
        links.append(Link(page="review", item=proposal.id, label=f"{proposal.id} “{proposal.title}”"))
    if not lines:
        return Told(
            f"Nobody has decided anything about “{wanted}” yet."
            if wanted
            else "No such decision was made yet."
        )
    more = f"\n(and {len(lines) - 10} more)" if len(lines) > 10 else ""
    return Told("\n".join(lines[:10]) + more, tuple(dict.fromkeys(links))[:5])


_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()


def moment_in(text: str, now: datetime) -> datetime | None:
    """Return since when words mean ("since Monday", "this week", "in the last 3 days"), or None."""
    low = text.casefold()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    day = next((n for n, name in enumerate(_DAYS) if name in low), None)
    if day is not None:
        return today - timedelta(days=(today.weekday() - day) % 7 or 7 * ("last " in low))
    span = re.search(r"\b(?:last|past) (\d+) (day|week|month)s?\b", low)
    if span:
        return today - timedelta(days=int(span[1]) * {"day": 1, "week": 7, "month": 30}[span[2]])
    week = today - timedelta(days=today.weekday())
    told = (
        ("yesterday", today - timedelta(days=1)),
        ("today", today),
        ("this week", week),
        ("last week", week - timedelta(days=7)),
        ("this month", today.replace(day=1)),
    )
    return next((when for words, when in told if words in low), None)


def _since(turn: Turn, since: datetime) -> Outcome:
    """Tell what was done in the workspace since a moment, newest first."""
    if since.tzinfo is None:
        return Told("I do not know what day it is, so I cannot tell.")
    lines = [
        f"· {each.at.strftime('%a %d %b %H:%M')} {each.who}: {each.what}"
        for each in turn.ground.happened()
        if each.at >= since
    ]
    day = since.strftime("%A %d %B")
    if not lines:
        return Told(f"Nothing was done in this workspace since {day}.")
    more = f"\n(and {len(lines) - 12} more)" if len(lines) > 12 else ""
    counted = f"{len(lines)} thing{'s were' if len(lines) > 1 else ' was'} done"
    return Told(f"Since {day}, {counted}:\n" + "\n".join(lines[:12]) + more)


def _undo(turn: Turn) -> Outcome:
    last = turn.ground.undoable
    if not last:
        return No("There is nothing to undo: nothing was changed in this workspace that can be taken back.")
    made = (Choice(label=f"Undo “{last}”", request="undo the last change", deed="undo"),)
    return Unsure(f"The last change is: “{last}”. Undo takes back this, and nothing else.", made)


def _changed(turn: Turn) -> Outcome:
    ground = turn.ground
    since = moment_in(turn.said, ground.now)
    if since is not None:
        return _since(turn, since)
    found = without_layout(diff_agents(ground.live, ground.agent, "")).changes
    if not found:
        return Told(f"Nothing: the draft is the live version {ground.live_number}.")
    trees = (to_json(ground.agent), to_json(ground.live))
    names: dict[str, list[Change]] = {}
    for change in found:
        names.setdefault(item_path(change.path), []).append(change)
    lines, links = [], []
    by_path = ground.index.by_path
    for path, changes in names.items():
        whole = next((c for c in changes if c.path == path), None)
        verb = (
            "new"
            if whole and whole.before is None
            else "removed"
            if whole and whole.after is None
            else "changed"
        )
        lines.append(f"· {place_name(trees, path)}: {verb}")
        if path in by_path and (link := by_path[path].link):
            links.append(link)
    more = f"\n(and {len(lines) - 12} more)" if len(lines) > 12 else ""
    return Told(
        f"Since live version {ground.live_number}, {len(lines)} items changed:\n"
        + "\n".join(lines[:12])
        + more,
        tuple(links[:8]),
    )


def _owner(turn: Turn) -> Outcome:
    role = turn.text("role").lower()
    role = _ROLES.get(role, role)
    owners = {owner.id: owner.name for owner in turn.agent.charter.owners}
    shown = role.upper() if role in ("qa", "it") else role
    if role:
        name = next((name for key, name in owners.items() if key == role), None)
        return Told(f"{name} answers for {shown}." if name else f"Nobody is named for {shown} yet.")
    lines = [f"· {key.upper() if key in ('qa', 'it') else key}: {name}" for key, name in owners.items()]
    return Told("\n".join(lines) or "Nobody is named as owner yet.")


_ROLE = r"(?P<role>business|operations|ops|qa|quality(?: assurance)?|compliance|it|analytics)"

_LAST = (
    r"(?:the |my |our |your )?(?:last|latest|previous|most recent)(?: (?:change|step|thing|action|edit|one|"
    r"decision"
    r"|proposal|request))?(?: (?:i|we|you) (?:made|did))?"
)

KINDS: tuple[Kind, ...] = (
    Kind(
        "undo",
        "Ask about the work",
        "Say what an undo takes back, and offer it.",
        ("undo the last change",),
        (
            rf"(?:undo|revert|reverse|take back|roll back|cancel|withdraw) {_LAST}",
            r"(?:undo|revert|reverse|take back|roll back) (?:it|that|this|what (?:i|we|you) (?:just |last "
            r")?(?:did|"
            r"changed|made)|everything (?:i|we) just did)(?: again)?",
            r"(?:undo|go back(?: one step)?|ctrl ?\+ ?z|back one step)",
            r"(?:put|change|set) (?:it|that|this|everything) back(?: (?:to )?(?:how|as|the way) it was)?(?: "
            r"before)?",
        ),
        _undo,
        False,
    ),
    Kind(
        "ask-untested",
        "Ask about the work",
        "What no test covers: rules, workflows, sentences.",
        ("What is untested?", "which rules have no test yet?"),
        (
            r"(?:what|which .+) (?:is|are|has|have) (?:still |yet )?(?:untested|not (?:been "
            r")?tested|not covered|no tests?)(?: yet| by (?:a |any )?tests?)?",
            r"what (?:has|have) not been tested(?: yet)?",
            r"(?:is|are) there (?:anything|something|any .+|rules) (?:that )?(?:the )?tests? (?:do "
            r"not|don't|does not) cover",
            r"show (?:me )?(?:the )?gaps in (?:the |our )?tests?",
            r"do we have (?:any )?(?:rules|workflows|things|sentences) without (?:a )?tests?",
            r"what do (?:the |our )?tests not cover",
            r"(?:what|which)(?: .+?)? (?:is|are|has|have|do|does)(?: we)?(?: still| yet)?(?: not|n't)(?: "
            r"been| yet)* (?:tested|covered)(?: yet| so far| by .+)*",
            r"(?:which|what) (?:of .+ |rules |things )?(?:are|is) not covered .+",
            r"(?:list|show|tell)(?: me)? (?:the )?(?:rules|things|workflows|parts) (?:that|which) (?:no "
            r"tests? covers?|are not tested|have no tests?|tests? (?:do not|don't) cover)",
            r"what (?:have|has) (?:we|you|one) not (?:yet )?tested(?: yet)?",
            r"where (?:are|do) (?:we|there) (?:lack(?:ing)?|miss(?:ing)?|have no|still need)(?: any)? tests?",
        ),
        _untested,
        False,
    ),
    Kind(
        "ask-open",
        "Ask about the work",
        "What is open: changes to decide, questions to answer, sentences to look at.",
        ("What is still open?", "what do I still have to decide?"),
        (
            r"what(?:'s| is) (?:still |yet )?(?:open|undecided|unanswered|missing|left to (?:do"
            r"|decide)(?: .+)?)",
            r"(?:which|what) (?:questions?|changes?) (?:is|are|have) (?:still |yet )?(?:open|not "
            r"(?:been )?(?:answered|decided)|unanswered|undecided|waiting)(?: yet)?",
            r"what do (?:i|we) (?:still )?have to (?:decide|do|answer|review)",
            r"are there (?:any )?(?:open|unanswered|undecided) (?:questions|changes|points)",
            r"(?:show|list)(?: me)? what is (?:waiting(?: for .+)?|open|undecided)",
            r"(?:is there )?(?:anything|something|any change|a change) (?:left|open|waiting|pending)(?: "
            r"for (?:me|us|my decision|our decision))?(?: to (?:do|decide|answer|review))?",
            r"what (?:is|are) (?:left|waiting|pending|outstanding)(?: to (?:do|decide))?(?: for .+)?",
            r"(?:to-?dos?|open (?:points|questions|issues|items))",
            r"do i (?:still )?(?:need|have) to (?:decide|do|answer|review) (?:anything|something)",
        ),
        _open,
        False,
    ),
    Kind(
        "ask-decided",
        "Ask about the work",
        "Who decided what, and when.",
        ("Who decided what?", "who accepted the change to R-03?"),
        (
            r"who (?:has |have )?(?:decided|accepted|approved|rejected)(?: what| which changes| "
            r"changes| anything)?",
            r"who (?:has |have )?(?:decided|accepted|approved|rejected) (?:on "
            r")?(?:<the>)?(?:change (?:to|of|in) )?{topic}",
            r"(?:show|list)(?: me)? (?:the |all )*decisions(?: .+)?",
            r"what (?:was|has been) decided(?: so far)?(?: and by whom)?",
            r"(?:which|what) decisions (?:have been|were|was) (?:taken|made)(?:,? and)?(?: by whom| so far)*",
            r"who (?:has )?(?:signed off|approved|agreed|decided|accepted)(?: on)?(?: the)?(?: changes?|"
            r" what| anything| it)*(?: so far)?",
            r"(?:when|by whom) was {topic} (?:accepted|approved|decided|rejected)(?: .+)?",
        ),
        _decided,
        False,
    ),
    Kind(
        "ask-changed",
        "Ask about the work",
        "What changed since the live version.",
        ("What changed since the live version?", "how does the draft differ from what is live?"),
        (
            r"what (?:has |have )?(?:<agent> )?(?:changed|is new|been changed)(?: .+)?",
            r"how does the draft differ(?: from .+)?",
            r"(?:(?:what is )?the )?differences? (?:between|of) (?:the )?(?:draft|live)(?: version)? "
            r"(?:and|to) .+",
            r"(?:list|show)(?: me)? (?:the |all )*(?:changes|differences?) (?:since|between|to|from|in) .+",
            r"what is (?:different|new)(?: in the draft)?(?: .+)?",
            r"how does (?:the |our )?(?:current |new )?draft (?:compare|differ|look)(?: .+)?",
            r"what (?:is|are) (?:new|different|the differences?) (?:since|between|from|compared|in) .+",
            r"what (?:have|has|did) (?:we|you|i|they|somebody) (?:changed?|do|done)(?: .+)?",
            r"(?:anything|something) (?:new|changed)(?: .+)?",
            r"what happened (?:since|this|last|yesterday|today|on).*",
            r"(?:summari[sz]e|sum up|list|tell me)(?: the)? changes (?:since|from|after) .+",
            r"(?:show|tell|list)(?: me)? what (?:we|i|you|somebody|has|was)(?: have| been)? changed(?: .+)?",
        ),
        _changed,
        False,
    ),
    Kind(
        "ask-owner",
        "Ask about the work",
        "Who answers for what.",
        ("Who is responsible for compliance?", "who are the owners of this agent?"),
        (
            rf"who (?:is responsible for|owns|answers for|is in charge of|is the owner (?:of|for)) {_ROLE}",
            rf"who is (?:the |our )?{_ROLE} (?:owner|contact|lead)",
            r"who are (?:the )?owners(?: of .+)?",
            rf"whose job is {_ROLE}",
            rf"tell me who (?:owns|is responsible for) {_ROLE}",
            rf"who (?:looks after|is accountable for|takes care of|is in charge of|runs|manages|signs "
            rf"for|answers for) {_ROLE}(?: .+)?",
            rf"who (?:do|should|can) (?:i|we) (?:call|ask|contact|talk to|write to) (?:about|for|on|"
            rf"with) {_ROLE}(?: .+)?",
        ),
        _owner,
        False,
    ),
)
