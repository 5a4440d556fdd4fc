"""Signs by which instructions are found: titles of columns, lead-ins of lists, marks, words that point on."""

from __future__ import annotations

import re

LIST_LEAD = re.compile(
    r"\b(?:steps?|procedure|process|follow|proceed|you must|do the following|as follows|in (?:this|the "
    r"following) order|"
    r"to [a-z]+[^.]{0,60}:$|complete the following|workflow|protocol|flow)\b",
    re.IGNORECASE,
)
GO_TO = re.compile(
    r"^(?:then |and |please |just )*(?:go|repeat|restart|skip|jump|return|proceed|move|continue|head|"
    r"advance)\b(?:[^.]{0,25}?\b(?:to |with |on to |onto )?"
    r"(?:the )?(?:step|next|following|previous|section|steps?)\b| forward\b|\W*$)",
    re.IGNORECASE,
)
SECOND_CLAUSE = re.compile(
    r",\s+(?:and|so|but)\s+(?P<rest>(?:you|the agent|agents|we)\s+(?:must|should|need to|have to|will need "
    r"to|can)\s)",
    re.IGNORECASE,
)
ARROW = re.compile(r"\s*→\s*(?P<rest>(?=\w))")
OFFERS = re.compile(
    r"\b(?:can|may|able to|allowed to|includ\w+|such as|contain\w*|consist\w*|attributes|types of|"
    r"applies)\b[^.]*:$",
    re.IGNORECASE,
)
STEPS_BELOW = re.compile(
    r"\b(?:these|following|the) steps\b[^.]*:?$|\bin (?:this|the following|that) order\b[^.]*:?$",
    re.IGNORECASE,
)
SEQUEL = re.compile(r"^(?:after|before|during|once|for)\b", re.IGNORECASE)
ACTION_COLUMN = re.compile(
    r"\b(?:action|instruction|what to do|task|activity|do|description|procedure|details)\b", re.IGNORECASE
)
CONDITION_COLUMN = re.compile(r"\b(?:condition|if|when|case|situation|scenario|trigger)\b", re.IGNORECASE)
INPUT_COLUMN = re.compile(
    r"\b(?:required|inputs?|information|data|fields?|ask for|you need|needed|collect)\b", re.IGNORECASE
)
STEP_COLUMN = re.compile(r"^(?:step|steps|no\.?|#|nr\.?|number)$", re.IGNORECASE)
EXAMPLE = re.compile(
    r"^(?:for example|e\.g\.|example|note|tip|possible options?|options?|hint|reminder|reason)\b",
    re.IGNORECASE,
)
LEADS_TO = re.compile(r"(?:,\s+so|;)\s+(?=\w)", re.IGNORECASE)
LEADS_TO_END = re.compile(r"(?:,\s+so|;)\s+$", re.IGNORECASE)
SECTION_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)+\.?|[A-Z]\d{1,2}[.):]?|[→►▶✓✔☐-])\s+(?=[A-Z“\"])")
NO_ORDER = re.compile(r"^[A-Z]\w+ (?:of|is|are|was|were|has|have|means|can|may|cannot|needs?)\b")
REPORTED = re.compile(r"^(?P<who>[A-Z][a-z]+|The [a-z]+) (?:then |also |always |first )?(?P<verb>[a-z]+s)\b")
PASSIVELY = 0.5
"""How probable it has to be that a sentence means a tool which tells nobody to act."""
REPORTS = re.compile(
    r"(?:^|, |and )(?P<who>[A-Z][a-z]+|[Tt]he (?:agent|assistant|bot|clerk|desk|team)) "
    r"(?:then |also |always |first |never )?(?P<verb>[a-z]+s|doesn['’]t)\b"
)
COUNTED = re.compile(r"^(?:step|stage)\s*\d+\s*[.:)–—-]?\s+|^\d+[.)]\s+", re.IGNORECASE)
TICKED = frozenset({"☐", "☑", "☒", "□", "✓", "✔", "[ ]", "[x]", "[X]"})
TABLE = re.compile(r"\b(?:table|matrix|below|these cases|depends on)\b", re.IGNORECASE)
NOBODY = frozenset(
    {"It", "This", "That", "He", "She", "Who", "What", "The customer", "The user", "The caller", "The member"}
)
HEAD_ONLY = re.compile(r":\s*$")
REQUIRED = re.compile(
    r"^(?:(?:required|necessary|needed) (?:information|details|data|inputs?)|"
    r"(?:information|details|data|inputs?) (?:needed|required|to (?:be )?collect(?:ed)?|to ask for)|"
    r"what (?:you|we|the \w+|they) (?:need|needs|has to|have to|must)(?: to)?"
    r"(?: (?:give|know|have|provide|tell))?(?: (?:you|us|first))?|(?:to )?have ready|"
    r"ask for|collect|you(?:['’]ll| will)? need)\s*:\s*",
    re.IGNORECASE,
)
"""What opens a list of the information that is to be asked for."""
BELOW = re.compile(
    r"\b(?:below|following|these|fields|items|information|details|need|provide|ask|collect|confirm)\b|:\s*$",
    re.IGNORECASE,
)
