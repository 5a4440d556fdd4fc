"""Requests about the agent as a whole: autonomy, owners, purpose, audience, channel, what it can do."""

from __future__ import annotations

from studio.cobuilder.requests.kinds import Done, Kind, No, NotMine, Outcome, Turn
from studio.cobuilder.requests.wording import bare, count, sentence
from studio.domain.charter import Owner

_ROLES = {
    "business": "business",
    "operations": "operations",
    "ops": "operations",
    "qa": "qa",
    "quality": "qa",
    "quality assurance": "qa",
    "compliance": "compliance",
    "it": "it",
    "analytics": "analytics",
}
_ROLE = r"(?P<role>business|operations|ops|qa|quality(?: assurance)?|compliance|it|analytics)"
_FIELDS = {
    "purpose": "purpose",
    "audience": "audience",
    "channel": "channel",
    "what it can do": "capabilities",
    "capabilities": "capabilities",
    "abilities": "capabilities",
}
_FIELD = r"(?P<field>purpose|audience|channel|what it can do|capabilities|abilities)"
_WORDS = {"capabilities": "what the agent says it can do"}
_LEVELS = {"lowest": 1, "highest": 3, "full": 3, "middle": 2, "medium": 2}


def _autonomy(turn: Turn) -> Outcome:
    level = count(turn.text("level")) or _LEVELS.get(turn.text("level").lower(), 0)
    if level not in (1, 2, 3):
        return No(
            "There are three levels of autonomy: 1 asks before it acts, 2 acts within limits, 3 acts alone."
        )
    now = turn.agent.charter.autonomy
    if now == level:
        return No(f"The autonomy level is {level} already.")
    title = f"Autonomy level {now} → {level}"
    turn.sketch.put("charter/autonomy", level, turn.why(title))
    return Done(f"I propose autonomy level {level} (now {now}).", title)


def _owner(turn: Turn) -> Outcome:
    role = _ROLES[(turn.text("role") or turn.text("role2")).lower()]
    name = bare(turn.text("name"))
    if not name[:1].isupper():
        return NotMine()
    now = next((owner for owner in turn.agent.charter.owners if owner.id == role), None)
    if now is not None and now.name == name:
        return No(f"{name} is the {role} owner already.")
    shown = role.upper() if role in ("qa", "it") else role
    title = f"{shown} owner: {now.name if now else 'nobody'} → {name}"
    turn.sketch.put(
        f"charter/owners/{role}", Owner.model_validate({"id": role, "name": name}), turn.why(title)
    )
    return Done(f"I propose {name} as {shown} owner (now {now.name if now else 'nobody'}).", title)


def _text(turn: Turn) -> Outcome:
    name, text = _FIELDS[turn.text("field").lower()], turn.text("text")
    now = getattr(turn.agent.charter, name)
    text = sentence(text) if name != "channel" and str(now).endswith(".") else text[:1].upper() + text[1:]
    if text == now:
        return No("It says exactly that already.")
    shown = _WORDS.get(name, f"the {name}")
    title = f"{shown[:1].upper()}{shown[1:]}: new text"
    turn.sketch.put(f"charter/{name}", text, turn.why(title))
    return Done(f"I propose for {shown}: “{text}”", title)


_LEVEL = r"(?P<level>\d|one|two|three|four|lowest|highest|full|middle|medium)"

KINDS: tuple[Kind, ...] = (
    Kind(
        "autonomy",
        "The agent",
        "Set how much the agent does on its own: level 1, 2 or 3.",
        ("Set the autonomy level to 1", "reduce autonomy to one"),
        (
            rf"(?:<change>) (?:the )?(?:autonomy(?: level)?|level of autonomy)(?: from \w+)? to "
            rf"(?:level )?{_LEVEL}",
            rf"(?:the )?(?:autonomy(?: level)?|level of autonomy) (?:<must>) be {_LEVEL}",
            rf"(?:let|make) <agent> (?:work|run|act) (?:at|on|with) (?:autonomy(?: level)?|level "
            rf"of autonomy) {_LEVEL}",
            rf"give <agent> (?:the )?(?:\w+ )?(?:autonomy level|level of autonomy|autonomy),? {_LEVEL}",
            rf"(?:the )?(?:autonomy(?: level)?|level of autonomy)(?: down| up| back)?(?: is| =|:|->)?(?: "
            rf"now)?(?: to| at)?(?: level)? {_LEVEL}",
            rf"(?:take|bring|put|turn) (?:the )?(?:autonomy(?: level)?)(?: down| up| back)? to (?:level "
            rf")?{_LEVEL}",
            rf"(?:the )?{_LEVEL} (?:level of )?autonomy(?: level)?",
        ),
        _autonomy,
    ),
    Kind(
        "owner",
        "The agent",
        "Say who answers for the agent in a role.",
        ("Make Sara Lind the compliance owner", "the owner for QA is now Jonas Weber"),
        (
            rf"(?:make|appoint|name) {{name}} (?:as )?(?:the )?(?:new )?{_ROLE} owner",
            rf"(?:the )?(?:owner (?:for|of) {_ROLE}|{_ROLE.replace('role', 'role2')} owner) is "
            rf"(?:now )?{{name}}",
            rf"replace .+ (?:with|by) {{name}} (?:as|for) (?:the )?{_ROLE}(?: owner)?",
            rf"{{name}} takes over (?:as|from .+ as) (?:the )?{_ROLE}(?: owner)?",
            rf"(?:<change>) (?:the )?{_ROLE} owner to {{name}}",
            rf"{_ROLE} is (?:now )?owned by {{name}}(?: now)?",
            rf"(?:the )?(?:new )?{_ROLE} owner(?: is|:| will be| shall be| should be)(?: now)? "
            r"(?P<name>(?!who)[^?]+?)(?: now)?",
            rf"put {{name}} (?:down )?as (?:the |our )?(?:new )?{_ROLE} owner",
            rf"{{name}} (?:is|becomes|will be|should be|shall be) (?:now )?(?:the |our )?(?:new )?{_ROLE} "
            rf"owner(?: now)?",
            rf"{{name}} (?:now )?owns {_ROLE}(?: now)?",
            rf"{{name}} is (?:now )?responsible for {_ROLE}(?: now)?",
            rf"{{name}} (?:has taken|has|took|takes|is taking) over(?: the)? {_ROLE}(?: .+)?",
        ),
        _owner,
    ),
    Kind(
        "charter-text",
        "The agent",
        "Change the purpose, the audience, the channel, or what the agent says it can do.",
        ("Change the purpose to “Help customers return items”", "the channel is now email"),
        (
            rf"(?:<change>) (?:<the>)?(?:agent's )?{_FIELD} (?:<become>):? {{text}}",
            rf"(?:<the>)?(?:agent's )?{_FIELD} (?:(?:<must>) be|is)(?: now)?:? {{text}}",
            r"(?:<the>)?(?P<field>purpose|audience|channel) of (?:<agent>|this (?:agent|assistant)) "
            r"(?:is|(?:<must>) be)(?: now)?:? {text}",
        ),
        _text,
    ),
)
