"""Signed replies: who is proven, who is not, and what an unsigned file cannot do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_p256
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.environment import ApprovalPolicy, Person, TrustedKey
from studio.domain.errors import BrokenInput, Refused, WrongUse
from studio.domain.frozen import canonical, digest
from studio.domain.review_package import ReplyWord, ReviewReply
from studio.ports import Signer
from studio.release import container, dsse, key_statements, keys
from studio.services import commands as do
from studio.services.planning import keep_policy
from studio.services.queries.review_package import MergePage, ShowApprovals, ShowMerge
from studio.services.review_files import REPLY_TYPE, SIGNATURE, open_reply, reply_bytes
from studio.services.review_signing import sign_reply
from studio.services.workbench import Workbench
from studio.signing.key_file import FileSigner
from tests.services.conftest import NOON
from tests.services.test_review_package import Open, decided, opened, packed, proposed, reply
from tests.services.test_review_replies import role_gate

__all__ = ["opened", "proposed"]  # fixtures

CARL, MIA = FileSigner(Ed25519PrivateKey.generate()), FileSigner(new_p256(SECP256R1()))
PLAIN = reply_bytes(ReviewReply(package="0" * 64, reviewer="Carl", made_at=NOON))


def print_of(signer: Signer) -> str:
    return keys.fingerprint(signer.key_id)


def policy(bench: Workbench, *people: tuple[str, Signer], revoked: bool = False) -> None:
    """IT's policy names these people with their keys."""
    entries = tuple(
        TrustedKey(
            person=name.casefold(),
            public_pem=signer.public_pem,
            valid_from=NOON - timedelta(days=30),
            valid_until=NOON + timedelta(days=3650),
            revoked_at=NOON if revoked else None,
        )
        for name, signer in people
    )
    known = tuple(Person(id=name.casefold(), name=name, roles=("compliance",)) for name, _ in people)
    with bench.outside.workspace.unit(writing=True) as unit:
        keep_policy(unit, ApprovalPolicy(id="it", agent="desk", people=known, keys=entries))
        unit.ledger.note(NOON, "IT", "ReleasePlanned", "Policy")  # as the command does, which asks for more
        unit.commit()


def approved(bench: Workbench, opened: Open, who: str = "Carl") -> bytes:
    """A reviewer's reply that approves for compliance, not signed; the gate asks for that role."""
    bench.do(do.SetReviewPolicy(("compliance",), signed=False))
    bench.do(do.AcceptRemaining("P-01"))
    desk = opened(packed(bench), who)
    desk.do(do.ApproveReview(role="compliance"))
    return reply(desk)


def look(bench: Workbench, data: bytes, compared: str = "") -> MergePage:
    return bench.ask(ShowMerge(data, "Ana", compared))


def ask_for_signatures(bench: Workbench) -> None:
    bench.do(do.SetReviewPolicy(("compliance",), signed=True))


@pytest.mark.parametrize("signer", [CARL, MIA], ids=["Ed25519", "P-256"])
def test_the_merge_says_whose_key_signed(bench: Workbench, opened: Open, signer: Signer) -> None:
    """By IT's policy, by comparing, by nobody: each is a sentence, and proves or does not."""
    data = sign_reply(approved(bench, opened), signer)
    page = look(bench, data)
    assert page.seal == "unknown" and print_of(signer) in page.signed and "nobody here knows" in page.signed
    assert page.unsigned
    page = look(bench, data, print_of(signer).lower().replace("-", " "))
    assert page.seal == "known" and not page.unsigned
    assert page.signed.startswith("Signed by Carl with the key")
    assert "Ana compared it" in page.signed
    policy(bench, ("Carl", signer))
    page = look(bench, data)
    assert page.seal == "known" and page.signed.endswith("which IT's policy names.")


def test_a_key_of_somebody_else_is_refused(bench: Workbench, opened: Open) -> None:
    """A reply that speaks for Carl under Mia's known key is not merged at all."""
    policy(bench, ("Mia", MIA))
    data = sign_reply(approved(bench, opened), MIA)
    with pytest.raises(Refused, match=r"speaks for Carl, but is signed with the key .* of Mia"):
        look(bench, data)
    with pytest.raises(Refused, match="of Mia"):
        bench.do(do.MergeReply(data))


def test_a_revoked_key_proves_nobody(bench: Workbench, opened: Open) -> None:
    """What a revoked key signed counts as not signed, and a comparison does not help."""
    policy(bench, ("Carl", CARL), revoked=True)
    data = sign_reply(approved(bench, opened), CARL)
    page = look(bench, data)
    assert page.seal == "void" and "was revoked on 21 Nov 2026" in page.signed
    assert [line.state for line in page.lines if line.what == "approval"] == ["held"]
    with pytest.raises(Refused, match="was revoked"):
        look(bench, data, print_of(CARL))


def test_another_fingerprint_is_not_believed(bench: Workbench, opened: Open) -> None:
    """What Carl reads out is another key's: nothing is merged, nothing is remembered."""
    data = approved(bench, opened)
    with pytest.raises(WrongUse, match="not signed, so there is no fingerprint"):
        bench.do(do.MergeReply(data, print_of(CARL)))
    with pytest.raises(Refused, match="Group 1 differs"):
        bench.do(do.MergeReply(sign_reply(data, CARL), print_of(MIA)))
    assert not bench.ask(ShowApprovals("Ana")).keys and not role_gate(bench).ok


def test_the_gate_asks_for_signatures_where_it_is_told_to(bench: Workbench, opened: Open) -> None:
    """An unsigned approval is kept and does not count; the same, signed by a compared key, does."""
    plain = approved(bench, opened)
    ask_for_signatures(bench)
    bench.do(do.MergeReply(plain))
    (row,) = bench.ask(ShowApprovals("Ana")).history
    assert not role_gate(bench).ok and row.void.startswith("Does not count")
    bench.do(do.MergeReply(sign_reply(plain, CARL)))
    assert not role_gate(bench).ok
    effect = bench.do(do.MergeReply(sign_reply(plain, CARL), print_of(CARL)))
    assert "merged already" in effect.title and "known as that of Carl" in effect.title
    assert role_gate(bench).ok and bench.ask(ShowApprovals("Ana")).history[0].void == ""
    bench.undo()
    assert not role_gate(bench).ok
    bench.redo()
    (key,) = bench.ask(ShowApprovals("Ana")).keys
    bench.do(do.ForgetReviewerKey(key.key_id))
    assert not role_gate(bench).ok
    bench.do(do.SetReviewPolicy(("compliance",), signed=False))
    assert role_gate(bench).ok


def test_a_file_that_repeats_an_approval_takes_nothing_away(bench: Workbench, opened: Open) -> None:
    """What was approved here counts without a key, also after an unsigned reply came with a copy of it."""
    bench.do(do.SetReviewPolicy(("qa",), signed=True))
    bench.do(do.AcceptRemaining("P-01"))
    Workbench(replace(bench.outside, who="Quinn")).do(do.ApproveReview(role="qa"))
    assert role_gate(bench).ok
    with bench.outside.workspace.unit() as unit:
        given = unit.role_approvals.all()
    desk = opened(packed(bench))
    desk.do(do.CommentOnChange("P-01", "C-01", "Who pays?"))
    forged = open_reply(reply(desk)).reply.model_copy(update={"approvals": given})
    bench.do(do.MergeReply(reply_bytes(forged)))
    assert role_gate(bench).ok


def test_an_approval_that_an_earlier_program_merged_is_told_apart(bench: Workbench, opened: Open) -> None:
    """Which approvals a file brought was not noted once: one of unknown origin counts when signed or anew."""
    plain = approved(bench, opened)
    bench.do(do.MergeReply(plain))
    with bench.outside.workspace.unit(writing=True) as unit:
        (merged,) = unit.merged_replies.all()
        assert merged.brought is not None
        unit.merged_replies.put(merged.id, merged.model_copy(update={"brought": None}))
        unit.ledger.note(NOON, "an earlier program", "ReplyMerged", "As it kept a merge then")
        unit.commit()
    assert role_gate(bench).ok, "nobody asks for signatures yet"
    ask_for_signatures(bench)
    (row,) = bench.ask(ShowApprovals("Ana")).history
    assert not role_gate(bench).ok and "did not note whether it was given here" in row.void
    bench.do(do.MergeReply(sign_reply(plain, CARL), print_of(CARL)))
    assert role_gate(bench).ok and bench.ask(ShowApprovals("Ana")).history[0].void == ""
    bench.undo()
    assert not role_gate(bench).ok
    carl = Workbench(replace(bench.outside, who="Carl", clock=lambda: NOON + timedelta(days=1)))
    carl.do(do.ApproveReview(role="qa"))
    carl.do(do.ApproveReview("compliance", "request changes", "Say it shorter."))
    old = [each for each in bench.ask(ShowApprovals("Ana")).history if each.at == row.at]
    assert old[0].void, "what was given here is for another role, or another word"
    carl.do(do.ApproveReview(role="compliance"))
    assert role_gate(bench).ok, "given here: the ledger has it"


def test_a_key_that_is_revoked_later_counts_no_more(bench: Workbench, opened: Open) -> None:
    """The gate judges the key as it is known now, not as it was when the reply was merged."""
    policy(bench, ("Carl", CARL))
    data = sign_reply(approved(bench, opened), CARL)
    ask_for_signatures(bench)
    bench.do(do.MergeReply(data))
    assert role_gate(bench).ok
    policy(bench, ("Carl", CARL), revoked=True)
    assert not role_gate(bench).ok


def test_an_unsigned_file_takes_nobodys_place(bench: Workbench, opened: Open) -> None:
    """In the name of Ana, who works here, an unsigned file changes and approves nothing; signed, it does."""
    policy(bench, ("Carl", CARL))
    bench.do(do.SetReviewPolicy(("qa",), ()))
    desk = opened(packed(bench), "Ana")
    desk.do(do.RejectChange("P-01", "C-04"))
    bench.do(do.AcceptRemaining("P-01"))
    data = reply(desk)
    (line,) = look(bench, data).lines
    assert line.state == "different" and "as an unsigned file says; here Ana accepted it" in line.sentence
    bench.do(do.MergeReply(data))
    assert decided(bench)["C-04"] == "accepted"
    bench.undo()
    signed = sign_reply(data, MIA)
    bench.do(do.MergeReply(signed, print_of(MIA)))
    assert decided(bench)["C-04"] == "rejected"


def test_a_stripped_signature_approves_nothing(bench: Workbench, opened: Open) -> None:
    """Carl's key is known here: a file in his name without it is held, whatever the workspace asks for."""
    policy(bench, ("Carl", CARL))
    data = approved(bench, opened)
    (line,) = [line for line in look(bench, data).lines if line.what == "approval"]
    assert line.state == "held" and "has not signed this" in line.sentence
    bench.do(do.MergeReply(data))
    assert not role_gate(bench).ok
    bench.do(do.MergeReply(sign_reply(data, CARL)))
    assert role_gate(bench).ok


def test_what_others_say_in_a_signed_file_is_not_theirs(bench: Workbench, opened: Open) -> None:
    """Carl's key proves Carl; what his file says in Quinn's name is told, and no more than that."""
    policy(bench, ("Carl", CARL), ("Quinn", MIA))
    bench.do(do.AcceptRemaining("P-01"))
    desk = opened(packed(bench))
    Workbench(replace(desk.outside, who="Quinn")).do(do.ApproveReview(role="qa"))
    page = look(bench, sign_reply(reply(desk), CARL))
    (told,) = page.unsigned
    assert told.startswith("Quinn: not signed by Quinn") and "Carl says" in told
    assert [line.state for line in page.lines] == ["held"]


def _other_type() -> bytes:
    payload = canonical(_word(CARL))
    kind = key_statements.PAYLOAD_TYPE
    return dsse.seal(payload, CARL.key_id, CARL.sign(dsse.pae(kind, payload)), kind)


def _word(signer: Signer, **other: object) -> ReplyWord:
    word = ReplyWord(
        package="0" * 64,
        reply=digest(open_reply(PLAIN).reply),
        reviewer="Carl",
        public_pem=signer.public_pem,
    )
    return word.model_copy(update=other)


def _sealed(word: ReplyWord, signer: Signer, key_id: str = "", said_as: str = REPLY_TYPE) -> bytes:
    payload = canonical(word)
    signature = signer.sign(dsse.pae(said_as, payload))
    return dsse.seal(payload, key_id or signer.key_id, signature, REPLY_TYPE)


@pytest.mark.parametrize(
    "forged",
    [
        lambda: _sealed(_word(CARL, reply="1" * 64), CARL),
        lambda: _sealed(_word(CARL, package="1" * 64), CARL),
        lambda: _sealed(_word(CARL, reviewer="Mia"), CARL),
        lambda: _sealed(_word(CARL), MIA),
        lambda: _sealed(_word(CARL), CARL, MIA.key_id),
        lambda: _sealed(_word(CARL), CARL, said_as=key_statements.PAYLOAD_TYPE),
        lambda: _sealed(_word(CARL, public_pem="nonsense"), CARL),
        lambda: _other_type(),
        lambda: key_statements.possession(CARL, "carl", "carl", "", NOON),
        lambda: b"{}",
    ],
)
def test_a_signature_that_does_not_fit_refuses_the_reply(forged: Callable[[], bytes]) -> None:
    """Another reply, package, name, key or kind of document: the whole reply is refused, in a sentence."""
    assert open_reply(reply_bytes(open_reply(PLAIN).reply, _sealed(_word(CARL), CARL))).public_pem
    with pytest.raises(BrokenInput, match="not a sound reply"):
        open_reply(reply_bytes(open_reply(PLAIN).reply, forged()))


SIGNED = sign_reply(PLAIN, CARL)


@given(at=st.integers(0, len(SIGNED) - 1), bit=st.integers(0, 7))
def test_no_bit_of_a_signed_reply_is_free(at: int, bit: int) -> None:
    """Whatever single bit is changed, the reply is refused."""
    data = bytearray(SIGNED)
    data[at] ^= 1 << bit
    with pytest.raises(BrokenInput):
        open_reply(bytes(data))


def test_a_reply_signed_again_bears_one_signature() -> None:
    """Signing anew puts the new key in the place of the old; what is said stays as it was."""
    twice = sign_reply(SIGNED, MIA)
    assert open_reply(twice).public_pem == MIA.public_pem
    assert open_reply(twice).reply == open_reply(PLAIN).reply
    assert SIGNATURE in container.unpack(twice)


def test_a_signed_reply_merges_once(bench: Workbench, opened: Open) -> None:
    """The same reply, unsigned and then signed, adds nothing the second time, and is undone one by one."""
    data = approved(bench, opened)
    bench.do(do.MergeReply(data))
    page = look(bench, sign_reply(data, CARL))
    assert {line.state for line in page.lines} == {"known"}
    bench.do(do.MergeReply(sign_reply(data, CARL)))
    assert len(bench.ask(ShowApprovals("Ana")).history) == 1
    bench.undo()
    assert len(bench.ask(ShowApprovals("Ana")).history) == 1
