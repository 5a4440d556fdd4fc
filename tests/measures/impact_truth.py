"""What must change when one fact of a sample's document changes: written by hand, from reading the samples.

- A case replaces words in one document. `linked` places cite the sentence, or are tied to what cites it by
  structure (a column, a guard, a queue, a test at the limit); `textual` ones only say the same in words.
- Places of a case are items: a rule, step, fact, row, limit, test. New tests and the pin of the document
  count neither way. A case without places must change nothing (the weightier document says otherwise).
- `adds` is a sentence that the document holds in both versions.
- The planted cases add places to the sample first: some of the matter, some with the same value of another.
"""

# ruff: noqa: E501 - a case is read in few lines
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

R, A = "returns_assistant", "appointment_desk"


@dataclass(frozen=True)
class Case:
    """One fact that changes in one document, and the places that depend on it."""

    kind: str
    project: str
    source: str
    swaps: tuple[tuple[str, str], ...]
    linked: str
    textual: str = ""
    plants: tuple[tuple[str, Any], ...] = ()
    adds: str = ""

    @property
    def name(self) -> str:
        """Return the change in a line."""
        old, new = self.swaps[0]
        return f"{' '.join(old.split())} → {' '.join(new.split())}{' (planted)' if self.plants else ''}"


def _one(kind: str, project: str, source: str, old: str, new: str, linked: str, textual: str = "") -> Case:
    return Case(kind, project, source, ((old, new),), linked, textual)


_RET, _STA, _VER = (
    "workflows/return-item/steps",
    "workflows/refund-status/steps",
    "workflows/verify-identity/steps",
)
_BOOK, _MOVE, _CANCEL = (
    "workflows/book-appointment/steps",
    "workflows/move-appointment/steps",
    "workflows/cancel-appointment/steps",
)


def _rules(*numbers: int) -> str:
    return " ".join(f"charter/rules/R-{number:02}" for number in numbers)


def _tests(*numbers: int) -> str:
    return " ".join(f"scenarios/T-{number:02}" for number in numbers)


CASES: tuple[Case, ...] = (
    _one(
        "number", R, "S-01", "30 days", "40 days",
        f"{_rules(3)} tables/return-eligibility/rows/in-time {_RET}/explain-window {_tests(2, 3)}",
    ),
    _one("number", R, "S-01", "£3.95", "£4.50", f"{_rules(8)} {_RET}/tell-label-cost"),
    _one(
        "number", R, "S-01", "£200", "£250",
        f"{_rules(7)} tables/refund-approval/rows/small tools/issue_refund/limits {_tests(6, 7)}",
    ),
    _one(
        "number", R, "S-01", "5 to 7 working days", "3 to 4 working days",
        f"{_rules(6)} {_RET}/tell-refund-time {_STA}/say-on-its-way",
    ),
    _one(
        "number", R, "S-01", "after 7 working days", "after 9 working days",
        f"{_rules(11)} tables/refund-progress/rows/overdue tables/refund-progress/rows/on-its-way {_tests(13)}",
    ),
    _one("number", R, "S-01", "two attempts", "three attempts", f"{_VER}/check-who"),
    _one("name", R, "S-01", "Complaints\ndesk", "Safety\ndesk",
         f"{_rules(13)} workflows/safety-complaint/steps/to-complaints {_tests(14)}"),
    _one("name", R, "S-01", "Payments team", "Tracing team", f"{_rules(11)} {_STA}/to-payments {_tests(13)}"),
    _one("name", R, "S-01", "Customer Care.", "Customer Service.", _tests(8),
         f"workflows/hand-to-person/steps/to-care workflows/hand-to-person/intent {_tests(9, 11)}"),
    _one("list", R, "S-01", "used, washed or assembled", "used, washed, assembled or engraved",
         f"{_rules(4)} {_RET}/explain-used", "workflows/return-item/slots/item_condition"),
    _one(
        "condition", R, "S-01", "arrived damaged", "arrived broken",
        f"{_rules(3, 4, 5)} workflows/return-item/slots/reason tables/return-eligibility/rows/damaged "
        f"{_RET}/label-cost {_tests(5)}",
        "workflows/return-item/examples",
    ),
    _one("list", R, "S-01", "an injury, a fire or legal action", "an injury, a fire, a flood or legal action",
         _rules(13), "workflows/safety-complaint/intent workflows/safety-complaint/name"),
    _one("condition", R, "S-01", "taken back, unless they arrived damaged",
         "taken back, unless they arrived damaged or incomplete", _rules(4)),
    _one("condition", R, "S-01", "order number and the email address on", "order number and the postcode on",
         _rules(2)),
    _one("name", R, "S-02", "Supervisor desk", "Approval desk", f"{_RET}/to-supervisor {_tests(7)}"),
    _one("number", R, "S-02", "more than 7 working days", "more than 8 working days", ""),
    _one("number", R, "S-02", "30 days from the date", "20 days from the date", ""),
    _one("number", R, "S-02", "within one working day", "within two working days", "", f"{_RET}/to-supervisor"),
    _one(
        "number", A, "S-01", "24 hours", "36 hours",
        f"{_rules(9)} tables/cancelling/rows/early tables/cancelling/rows/late {_CANCEL}/tell-fee {_tests(6)}",
    ),
    _one("number", A, "S-01", "£15", "£18",
         f"{_rules(10)} {_CANCEL}/tell-fee {_CANCEL}/cancel-with-fee tools/cancel_appointment/limits"),
    _one(
        "number", A, "S-01", "two times", "three times",
        f"{_rules(8)} tables/moving/rows/moved-less tables/moving/rows/moved-enough {_MOVE}/explain-moved "
        f"{_tests(5)}",
    ),
    _one("number", A, "S-01", "10 minutes", "20 minutes", f"{_rules(7)} {_BOOK}/arrive-early"),
    _one("number", A, "S-01", "two failed attempts", "three failed attempts", f"{_VER}/check-who"),
    _one("name", A, "S-01", "duty nurse", "emergency nurse",
         f"{_rules(6)} workflows/urgent-symptoms/steps/to-nurse {_tests(13)}"),
    _one("name", A, "S-01", "ring 999", "ring 112", f"{_rules(6)} workflows/urgent-symptoms/steps/tell-999"),
    _one("list", A, "S-01", "chest pain, trouble breathing or heavy bleeding",
         "chest pain, trouble breathing, fainting or heavy bleeding",
         _rules(6), "workflows/urgent-symptoms/intent"),
    _one(
        "name", A, "S-01", "front desk", "reception",
        f"{_rules(1, 4, 11)} {_BOOK}/route {_BOOK}/explain-child {_MOVE}/may-move {_MOVE}/explain-moved "
        "tables/booking-route/rows/child tables/moving/rows/moved-enough "
        f"workflows/hand-to-person/steps/to-desk {_tests(2, 3, 5, 10, 11, 12)}",
        f"charter/ai_disclosure workflows/hand-to-person/intent {_BOOK}/handed-over {_MOVE}/handed-over "
        f"{_CANCEL}/handed-over",
    ),
    _one("condition", A, "S-01", "the patient number and\nthe date of birth",
         "the patient number and\nthe postcode", _rules(2)),
    _one("number", A, "S-02", "less than 24 hours", "less than 12 hours", ""),
    _one("number", A, "S-02", "fee of £15", "fee of £18", ""),
    Case(
        "name", A, "S-02", (("five digits", "six digits"), ("BH-40718", "BH-407180")), "",
        "workflows/book-appointment/slots/patient_number workflows/move-appointment/slots/patient_number "
        "workflows/cancel-appointment/slots/patient_number workflows/verify-identity/slots/patient_number "
        + _tests(*range(1, 13)),
    ),
    # From here on, places were planted: some of the matter, some with the same value of another matter.
    Case(
        "number", R, "S-01", (("30 days", "40 days"),),
        f"{_rules(3)} tables/return-eligibility/rows/in-time {_RET}/explain-window {_tests(2, 3)}",
        "charter/capabilities workflows/return-item/slots/reason workflows/refund-status/examples "
        f"{_RET}/no-return",
        (
            ("charter/capabilities", "I book returns, within thirty days of purchase, and look up refunds."),
            ("workflows/return-item/slots/reason/prompt",
             "Why would you like to send it back? An item can be returned within 30 days of purchase."),
            ("workflows/refund-status/examples",
             ["Where is my refund?", "I returned it in the 30-day return window, where is my money?"]),
            (f"{_RET}/no-return/say", "Items are only returned within a 30-day window after purchase."),
            ("charter/rules/R-12/text", "Ask the maker about the warranty, which lasts 30 days."),
            (f"{_STA}/say-arrived/text", "Your refund has arrived. Bank statements stay visible for 30 days."),
            (f"{_STA}/to-payments/say", "The Payments team will trace it. The bank keeps a trace for 30 days."),
            ("scenarios/T-12/goal", "Know when the money comes, 30 days after moving house"),
            ("tools/get_refund/description", "Look up the refund of an order; records are kept thirty days"),
        ),
    ),
    Case(
        "number", R, "S-01", (("£200", "£250"),),
        f"{_rules(7)} tables/refund-approval/rows/small tools/issue_refund/limits {_tests(6, 7)}",
        f"charter/capabilities {_RET}/all-booked {_RET}/to-supervisor",
        (
            ("charter/capabilities", "I pay refunds of up to 200 pounds; above that a supervisor approves."),
            (f"{_RET}/all-booked/say", "Refunds up to £200 are issued at once, without a supervisor."),
            (f"{_RET}/to-supervisor/say", "Refunds of more than 200 GBP need a supervisor's approval."),
            ("charter/rules/R-12/text", "Gift cards are sold with a value of up to £200."),
            ("workflows/return-item/slots/order_id/prompt",
             "What is your order number? Orders of £200 have a green receipt."),
            ("scenarios/T-12/goal", "Know whether the £200 rug is still in stock"),
        ),
    ),
    Case(
        "number", R, "S-01", (("£3.95", "£4.50"),),
        f"{_rules(8)} {_RET}/tell-label-cost", f"{_RET}/explain-window",
        (
            (f"{_RET}/explain-window/text", "Returns end after 30 days. A return label would cost 3.95 pounds."),
            ("charter/rules/R-12/text", "Express delivery of a new order costs £3.95."),
            (f"{_STA}/say-none/text", "I do not see a refund. A gift wrap costs £3.95."),
        ),
    ),
    Case(
        "date", R, "S-01",
        (("until 15 September 2026", "until 30 September 2026"),),
        "charter/rules/R-12", f"{_RET}/all-booked workflows/return-item/intent",
        (
            ("charter/rules/R-12", {
                "id": "R-12", "kind": "allow", "title": "Summer orders until 15 September",
                "text": "Summer orders may be returned until 15 September 2026.",
                "guard": {"tools": ["create_return"], "forbidden_when": {
                    "kind": "compare", "field": "asked_on", "op": ">", "value": "2026-09-15"}},
                "citations": "Summer orders may be returned until 15 September 2026.",
            }),
            (f"{_RET}/all-booked/say", "Booked. Summer orders may be returned until September 15, 2026."),
            ("workflows/return-item/intent", "Send back summer orders, which may be returned until 15/09/2026"),
            (f"{_STA}/answered/say", "Thank you. Our summer fair is open until 15 September."),
        ),
        "Summer orders may be returned until 15 September 2026.",
    ),
    Case(
        "number", A, "S-01", (("£15", "£18"),),
        f"{_rules(10)} {_CANCEL}/tell-fee {_CANCEL}/cancel-with-fee tools/cancel_appointment/limits",
        f"workflows/cancel-appointment/slots/accepts_fee {_CANCEL}/kept",
        (
            ("workflows/cancel-appointment/slots/accepts_fee/prompt",
             "A late cancellation costs £15. Do you still want to cancel?"),
            (f"{_CANCEL}/kept/say", "It stays as it is, and the cancellation fee of fifteen pounds is not due."),
            ("charter/rules/R-05/text", "A sick note costs £15 and is written by the doctor."),
            (f"{_MOVE}/moved/say", "Your appointment is now on {time_text}. Parking costs £15."),
        ),
    ),
    Case(
        "number", A, "S-01", (("24 hours", "36 hours"),),
        f"{_rules(9)} tables/cancelling/rows/early tables/cancelling/rows/late {_CANCEL}/tell-fee {_tests(6)}",
        f"charter/capabilities workflows/cancel-appointment/intent {_CANCEL}/cancelled",
        (
            ("charter/capabilities", "I cancel appointments, free of charge until 24 hours before."),
            ("workflows/cancel-appointment/intent",
             "The patient cancels an appointment, free up to twenty-four hours before the appointment"),
            (f"{_CANCEL}/cancelled/say", "It is cancelled. Up to 24 hours before the appointment this is free."),
            ("workflows/urgent-symptoms/steps/to-nurse/say", "The duty nurse is there 24 hours a day."),
            ("charter/rules/R-05/text", "Test results are in the record within 24 hours."),
            (f"{_BOOK}/explain-child/text", "The front desk calls parents back within 24 hours."),
        ),
    ),
    Case(
        "number", A, "S-01", (("10 minutes", "20 minutes"),),
        f"{_rules(7)} {_BOOK}/arrive-early", f"{_BOOK}/booked",
        (
            (f"{_BOOK}/booked/say", "Your appointment is booked. Please arrive ten minutes early."),
            (f"{_MOVE}/explain-moved/text", "The front desk calls you back in 10 minutes."),
        ),
    ),
    Case(
        "number", A, "S-01", (("two times", "three times"),),
        f"{_rules(8)} tables/moving/rows/moved-less tables/moving/rows/moved-enough {_MOVE}/explain-moved "
        f"{_tests(5)}",
        "workflows/move-appointment/intent",
        (
            ("workflows/move-appointment/intent", "Another time; an appointment may be moved 2 times"),
            ("charter/rules/R-05/text", "The physiotherapist is in the house two times a week."),
        ),
    ),
    Case(
        "name", A, "S-01", (("duty nurse", "emergency nurse"),),
        f"{_rules(6)} workflows/urgent-symptoms/steps/to-nurse {_tests(13)}",
        f"charter/purpose {_BOOK}/ask-what",
        (
            ("charter/purpose", "Help patients, and bring in the duty nurses where it is urgent."),
            (f"{_BOOK}/ask-what/say", "If it is urgent, I bring in the duty nurse's team."),
            ("charter/rules/R-05/text", "The school nurse answers on duty days."),
        ),
    ),
)  # fmt: skip
"""All cases; the document is changed wherever it says the words."""
