"""What a workspace allows a language model: policy, consent, and the ledger line of each run."""

from __future__ import annotations

from studio.domain.errors import WrongUse
from studio.domain.frozen import to_json
from studio.domain.history import RecordChange
from studio.domain.model import ModelConsent, ModelPolicy
from studio.services.commands import ConfirmDestination, NoteModelUse, SetModelPolicy, TakeBackConsents
from studio.services.effects import Effect, Surroundings
from studio.services.events import Event, Kind
from studio.services.model_terms import POLICY_ID, consents, keep_consents

MODEL: frozenset[Kind] = frozenset({"model_policy"})


def set_policy(command: SetModelPolicy, around: Surroundings) -> Effect:
    """Keep the policy; it holds from the next question on."""
    _check_shapes(command.policy)
    before = around.unit.model_policies.find(POLICY_ID)
    record = RecordChange(
        kind="model_policy",
        id=POLICY_ID,
        before=None if before is None else to_json(before),
        after=to_json(command.policy),
    )
    sentence = (
        "Forbade language models in this workspace"
        if command.policy.forbidden
        else f"Set what may leave for a language model: {', '.join(command.policy.contents) or 'nothing'}; "
        f"masked before: {', '.join(command.policy.masked) or 'nothing'}"
    )
    event = Event("ModelPolicySet", sentence, MODEL)
    return Effect(title=sentence, events=(event,), records=(record,))


def _check_shapes(policy: ModelPolicy) -> None:
    for shape in policy.id_shapes:
        if sum(shape.count(sign) for sign in "#@") < 3 or len(shape) > 60:
            raise WrongUse(
                f"“{shape}” says too little about how an account number looks.",
                "Write # for a digit and @ for a letter, at least three of them, as in ORD-######.",
            )


def confirm_destination(command: ConfirmDestination, around: Surroundings) -> Effect:
    """Keep someone's word that they have seen what leaves this computer, and for where."""
    given = ModelConsent(id=command.destination, model=command.model, by=around.who, at=around.now)
    kept = [each for each in consents(around.unit) if each.id != given.id]
    keep_consents(around.unit, (*kept, given))
    sentence = f"Confirmed that text may go to {command.destination} for {command.model}"
    return Effect(title=sentence, events=(Event("DestinationConfirmed", sentence, MODEL, (given.id,)),))


def take_back_consents(command: TakeBackConsents, around: Surroundings) -> Effect:
    """Forget every confirmation."""
    names = ", ".join(each.id for each in consents(around.unit)) or "none was given"
    keep_consents(around.unit, ())
    sentence = f"Took back what was confirmed about language models: {names}"
    return Effect(title=sentence, events=(Event("ConsentsTakenBack", sentence, MODEL),))


def note_use(command: NoteModelUse, around: Surroundings) -> Effect:
    """Note how much a run sent, where to and at what cost; never what."""
    use = command.use
    cost = "cost not known" if use.cost is None else f"{use.cost:.4f} US dollars"
    calls = f"{use.calls} question{'' if use.calls == 1 else 's'}"
    sentence = (
        f"{command.run}: asked {use.model} at {use.destination}: {calls}, "
        f"{use.input_tokens:,} tokens sent, {use.output_tokens:,} received, {cost}"
    )
    return Effect(title=sentence, events=(Event("ModelAsked", sentence, MODEL),))
