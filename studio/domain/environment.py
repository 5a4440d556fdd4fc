"""Environments: who must approve, how a release is rolled out, how traffic is split, and what runs.

- The approval policy is IT's and comes from IT, never from a bundle; a person signs in one role per release.
- Rollout plans use Argo Rollouts' words: steps `setWeight` and `pause`, guard metrics with `failureLimit`.
- A pointer says what runs; its generation only grows, also when it points back to an older release.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from studio.domain.frozen import Frozen


def _to_second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


Moment = Annotated[AwareDatetime, AfterValidator(_to_second)]
"""A point in time in UTC, to the second, so that it has one spelling in signed bytes."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Percent = Annotated[int, Field(ge=0, le=100)]

AUTHOR, COMPLIANCE, IT = "author", "compliance", "it"
STAGING, PRODUCTION = "staging", "production"


class Person(Frozen):
    """Someone who may approve, in the roles that IT gave."""

    id: Label
    name: Label
    roles: tuple[Word, ...]


class TrustedKey(Frozen):
    """A public key (PEM, SPKI) of one person; it counts between two moments and until it is revoked."""

    person: Label
    public_pem: str
    valid_from: Moment
    valid_until: Moment
    revoked_at: Moment | None = None


class Threshold(Frozen):
    """How many different people must approve in one role."""

    role: Word
    count: Annotated[int, Field(ge=1, le=20)] = 1


class EnvironmentRules(Frozen):
    """What an environment demands before a release may run there; `id` is the environment."""

    id: Word
    thresholds: Annotated[tuple[Threshold, ...], Field(min_length=1)]


DEFAULT_RULES = (
    EnvironmentRules(id=STAGING, thresholds=(Threshold(role=AUTHOR), Threshold(role=COMPLIANCE))),
    EnvironmentRules(
        id=PRODUCTION, thresholds=(Threshold(role=AUTHOR), Threshold(role=COMPLIANCE), Threshold(role=IT))
    ),
)


class ApprovalPolicy(Frozen):
    """IT's list of who may approve releases of one agent, with which keys, and how many are needed."""

    id: Word
    version: Annotated[int, Field(ge=1)] = 1
    agent: Label
    people: tuple[Person, ...]
    keys: tuple[TrustedKey, ...]
    environments: tuple[EnvironmentRules, ...] = DEFAULT_RULES

    def person(self, person_id: str) -> Person | None:
        """Return the person with this id, or None."""
        return next((person for person in self.people if person.id == person_id), None)

    def rules(self, environment: str) -> EnvironmentRules | None:
        """Return what this environment demands, or None for an unknown one."""
        return next((rules for rules in self.environments if rules.id == environment), None)


class SetWeight(Frozen):
    """Send this share of conversations, in percent, to the new release."""

    kind: Literal["setWeight"] = "setWeight"
    weight: Percent


class Pause(Frozen):
    """Wait: for hours, for a number of conversations (whichever is later), or for a person."""

    kind: Literal["pause"] = "pause"
    hours: Annotated[int, Field(ge=0)] | None = None
    conversations: Annotated[int, Field(ge=0)] | None = None


RolloutStep = Annotated[SetWeight | Pause, Field(discriminator="kind")]


class GuardMetric(Frozen):
    """A measure that stops the rollout: more than `failureLimit` readings past the bound roll it back.

    The reading is the new release minus the stable one when `against` is "stable", else its own value.
    More than `inconclusiveLimit` (by default 0) readings without a value pause the rollout. A stage goes on
    after `count` (by default 1) readings within the bound, which lie at least `interval` minutes apart.
    What is not said (None) is left out of the canonical JSON.
    """

    id: Word
    title: Label
    bound: float
    worse_when: Literal["above", "below"] = "above"
    against: Literal["nothing", "stable"] = "nothing"
    failureLimit: Annotated[int, Field(ge=0)] = 0
    inconclusiveLimit: Annotated[int, Field(ge=0, le=1000)] | None = None
    interval: Annotated[int, Field(ge=1, le=10_080)] | None = None
    count: Annotated[int, Field(ge=1, le=1000)] | None = None


class RolloutPlan(Frozen):
    """The stages of a release and the measures that guard them.

    With `staging`, no conversation is answered before IT's registry has played all tests of the bundle again
    and found no difference from its evidence.
    """

    steps: tuple[RolloutStep, ...]
    guards: tuple[GuardMetric, ...] = ()
    staging: Literal["replay"] | None = None

    @property
    def weights(self) -> tuple[int, ...]:
        """Return the shares of the stages in order; the last is always 100."""
        found = [step.weight for step in self.steps if isinstance(step, SetWeight)]
        return tuple(found if found and found[-1] == 100 else [*found, 100])


DEFAULT_ROLLOUT = RolloutPlan(
    steps=(
        SetWeight(weight=5),
        Pause(hours=24, conversations=500),
        SetWeight(weight=50),
        Pause(hours=48),
        SetWeight(weight=100),
    ),
    guards=(
        GuardMetric(id="rule-broken", title="Conversations in which a rule was broken", bound=0),
        GuardMetric(
            id="escalation-rate",
            title="Escalations, in points over the stable release",
            bound=2,
            against="stable",
        ),
    ),
)
USUAL_ROLLOUT = DEFAULT_ROLLOUT.model_copy(update={"staging": "replay"})
"""The plan that authors begin with."""


class HashVector(Frozen):
    """What the traffic engine must answer for one conversation id."""

    id: str
    bucket: Annotated[int, Field(ge=0, le=9999)]


class TrafficEngine(Frozen):
    """The hash that splits traffic, pinned by name, version and test vectors."""

    name: str
    version: str
    seed: str
    vectors: tuple[HashVector, ...]


class Pointer(Frozen):
    """What runs in an environment: the stable release, and the one being rolled out with its share.

    Releases are named by their id (the digest of the manifest, or of the agent for the first one).
    """

    environment: Word
    generation: int
    stable: Sha256
    candidate: Sha256 | None = None
    weight: Percent = 0


Phase = Literal["Healthy", "Progressing", "Paused", "Degraded"]
"""Argo Rollouts' phases: nothing rolls out, it goes on, it waits, it was taken back."""


class Measured(Frozen):
    """What was read of one guard: failures since the rollout began, the rest since its stage began."""

    guard: Word
    successful: int = 0
    failed: int = 0
    inconclusive: int = 0
    at: Moment | None = None


class Rollout(Frozen):
    """How far a release came in its plan.

    - `stage` counts the plan's shares from 0 and began at `since`; `ended` is empty while it goes on.
    - `paused_by` is a person, or "metrics"; `resumed` is whether a person ended the plan's own pause.
    - `conversations` is the highest number that was told, `conversations_before` what it was when the
      stage began.
    """

    release: Sha256
    stage: int
    since: Moment
    ended: Literal["", "Healthy", "Degraded"] = ""
    message: str = ""
    paused_by: str = ""
    resumed: bool = False
    conversations: int = 0
    conversations_before: int = 0
    measured: tuple[Measured, ...] = ()


class RolloutView(Frozen):
    """A rollout at one moment, ready to be shown: its phase, why it waits, and what comes next."""

    phase: Phase
    message: str = ""
    waits: str = ""
    next_weight: int | None = None
    state: Rollout | None = None


class EnvironmentState(Frozen):
    """What the importer knows about an environment when it judges a bundle.

    - `known`: manifest digests by release sequence, as imported; `sequence_floor`: the highest of them.
    - `running_digest`: the digest of the agent that runs, or None where the base is not to be checked.
    """

    environment: Word
    agent: Label
    sequence_floor: int = 0
    known: dict[int, Sha256] = Field(default_factory=dict)
    withdrawn: tuple[Sha256, ...] = ()
    running_digest: Sha256 | None = None


class ReleaseRow(Frozen):
    """One release in the registry, as it is listed."""

    id: Sha256
    sequence: int
    label: str
    environment: Word | None = None
    base_digest: Sha256 | None = None
    result_digest: Sha256
    not_after: Moment | None = None
    imported_at: Moment
    withdrawn: bool = False
    withdrawn_reason: str = ""
    rollout: RolloutPlan = RolloutPlan(steps=())


class EnvironmentRow(Frozen):
    """What runs in one environment, ready to be shown."""

    pointer: Pointer
    stable: ReleaseRow
    candidate: ReleaseRow | None = None
    rollout: RolloutView = RolloutView(phase="Healthy")
    flag_file: str


class RegistryStatus(Frozen):
    """A registry at one moment; of its releases the newest are listed, `releases_total` counts them all.

    `clock_behind` is the latest time that was seen, where this computer's clock stands before it.
    """

    registry: str
    agent: Label
    policy_id: Word
    policy_version: int
    environments: tuple[EnvironmentRow, ...]
    releases: tuple[ReleaseRow, ...]
    releases_total: int = 0
    log_length: int
    head_file: str = ""
    clock_behind: Moment | None = None


class RegistryClock(Frozen):
    """This computer's time, the latest that a registry has seen, and what was taken back of it just now."""

    here: Moment
    seen: Moment | None = None
    taken_back: Moment | None = None

    @property
    def behind(self) -> bool:
        """Return whether this computer's time does not count, because a later one was seen."""
        return self.seen is not None and self.seen > self.here


class RehearsedStep(Frozen):
    """One step of a rehearsal: what the copy pointed to after it, and the digest of its flag file."""

    sentence: str
    pointer: Pointer
    flags_digest: Sha256


class Rehearsal(Frozen):
    """The certificate of a rehearsal on a copy: forward, back, forward; and what cannot be taken back."""

    registry: str = ""
    environment: Word
    release: Sha256
    label: str = ""
    back_to: str = ""
    time: Moment | None = None
    steps: tuple[str, ...]
    rehearsed: tuple[RehearsedStep, ...] = ()
    irreversible: tuple[str, ...] = ()


class Move(Frozen):
    """What a promotion or rollback did; `changed` is false where it was done already.

    `signed_head` is the signed end of the log, where a key was given: to be kept elsewhere. `unheard` says
    which readings came and could not count.
    """

    pointer: Pointer
    changed: bool
    sentence: str
    rehearsal: Rehearsal | None = None
    rollout: RolloutView | None = None
    signed_head: str = ""
    unheard: tuple[str, ...] = ()
    flag_file: str
