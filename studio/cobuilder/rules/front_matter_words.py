"""Front matter words: how documents label what governs them, and the names that scopes use.

- A label names one field; a document says its kind by a class word (“policy”, “working instruction”).
"""

from __future__ import annotations

import re

from studio.domain.governance import SuggestedField
from studio.domain.source import Authority

_LABELS: dict[SuggestedField, str] = {
    "owner": r"(?:(?:policy|document|process|content|business|procedure|article) )?owner|owned by|kept by"
    r"|maintained by|maintainer|responsible(?: person| owner)?|accountable(?: person)?",
    "authority": r"document type|type of document|doc(?:ument)? class|type|authority",
    "effective_from": r"effective(?: date| from| as of| since| on)?|(?:in force|valid|applies|applicable)"
    r"(?: from| since| as of)|with effect from|date of entry into force|entry into force|commencement date"
    r"|effective_from|effective_date|valid_from",
    "effective_until": r"(?:effective|valid|in force|applies) (?:until|till|through)"
    r"|valid to|expires?(?: on)?"
    r"|expiry(?: date)?|expiration(?: date)?|end date|effective_until|valid_until|expiry_date",
    "review_by": r"(?:next|due for|scheduled) review(?: date| by| on| due)?|review (?:by|due|date|on|before)"
    r"|to be reviewed by|review_by|review_date|next_review",
    "audience": r"(?:intended |target )?audience|intended (?:for|readers)|readers",
    "permission": r"(?:security |information |document |data )?classification|confidentiality|visibility"
    r"|distribution|access|permission",
    "supersedes": r"supersedes|replaces|supersedes document",
    "regions": r"regions?|countr(?:y|ies)|markets?|territor(?:y|ies)|jurisdictions?|locations?",
    "segments": r"(?:customer )?segments?|customer (?:groups?|types?)",
    "channels": r"channels?",
    "products": r"products?(?: lines?)?",
}
_APPLIES = r"applies to|applies_to|applicable (?:to|in)|applicability|scope"
LABEL = re.compile(
    r"[\s*_>#-]*(?:"
    + "|".join(f"(?P<{field}>{pattern})" for field, pattern in _LABELS.items())
    + rf"|(?P<applies>{_APPLIES}))[\s*_]*[:=][\s*_]*(?P<value>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
"""A labelled value: “Owner: Jane Doe”; `applies` names no single field."""

NAME = re.compile(
    r"[\s*_]*(?:"
    + "|".join(f"(?P<{field}>{pattern})" for field, pattern in _LABELS.items())
    + rf"|(?P<applies>{_APPLIES}))[\s*_:]*",
    re.IGNORECASE,
)
"""A label alone, as the left cell of a table has it."""

CLASSES: tuple[tuple[Authority, str], ...] = (
    (Authority.REGULATION, r"regulations?|directive|statute|ordinance|act|law"),
    (
        Authority.SOP,
        r"sop|(?:standard )?operating procedures?|procedures?|work(?:ing)? instructions?"
        r"|process (?:guide|description)"
        r"|runbook|playbook|call script",
    ),
    (
        Authority.ARTICLE,
        r"knowledge (?:base )?article|kb article|help (?:centre |center )?article|faqs?|how[- ]to",
    ),
    (Authority.NOTE, r"(?:release |meeting |internal )?notes?|memo(?:randum)?|minutes"),
    (Authority.POLICY, r"polic(?:y|ies)|code of conduct"),
)
_ANY_CLASS = "|".join(f"(?P<{authority.name}>{words})" for authority, words in CLASSES)
NUMBERED_CLASS = re.compile(
    rf"(?:[A-Z][\w’'-]+ ){{0,2}}\b(?i:{_ANY_CLASS})\b[ ,]*(?:(?i:no\.?|number) ?)?"
    r"(?P<number>[A-Z]{1,6}[-/ ]?\d[\w.-]*)"
)
"""A document's class with its number: “Customer policy CP-07”."""
ADDRESSED_CLASS = re.compile(
    rf"(?:^|[·|;\n]) *(?:{_ANY_CLASS}) +(?:to|for) +(?:all|every|the|our|staff|agents|advisors)\b",
    re.IGNORECASE,
)
"""A document's class with its readers, at the start of a line under the title: “Note to all staff”."""
TITLE_CLASS = re.compile(rf"\b(?:{_ANY_CLASS})\b", re.IGNORECASE)

INTERNAL = re.compile(
    r"(?:strictly |for )?(?:internal(?: use)?(?: only)?|confidential|company[- ]confidential|restricted"
    r"|staff only)(?:[ ,/–—-]+(?:internal(?: use)?(?: only)?|confidential|do not (?:distribute|share)\b.*"
    r"|not for (?:customers|distribution)|staff only))*"
    r"|(?:not for (?:external )?(?:distribution|publication|customers)|do not share with customers)",
    re.IGNORECASE,
)
QUOTABLE = re.compile(
    r"public(?:ly available)?|external|customer[- ]facing|for (?:publication|customers)"
    r"|may be (?:quoted|shown)(?: to customers)?",
    re.IGNORECASE,
)

_REGIONS = (
    "EU|EEA|UK|US|USA|U\\.S\\.|U\\.K\\.|EMEA|APAC|LATAM|DACH|Benelux|Nordics|Europe|European Union"
    "|United Kingdom|Great Britain|England|Scotland|Wales|Northern Ireland|Ireland|United States|Canada"
    "|Mexico|Brazil|Argentina|Chile|Colombia|Peru|Germany|Austria|Switzerland|Liechtenstein|France|Belgium"
    "|(?:the )?Netherlands|Luxembourg|Spain|Portugal|Italy|Malta|Greece|Cyprus|Denmark|Sweden|Norway|Finland"
    "|Iceland|Poland|Czech Republic|Czechia|Slovakia|Hungary|Slovenia|Croatia|Romania|Bulgaria|Estonia|Latvia"
    "|Lithuania|Ukraine|Turkey|Israel|United Arab Emirates|UAE|Saudi Arabia|Egypt|South Africa|Nigeria|Kenya"
    "|India|Pakistan|China|Hong Kong|Taiwan|Japan|South Korea|Singapore|Malaysia|Thailand|Vietnam|Indonesia"
    "|Philippines|Australia|New Zealand|North America|South America|Latin America|Asia|Africa"
)
REGION = re.compile(rf"(?<![\w-])(?:{_REGIONS})(?![\w-])")
CHANNEL = re.compile(
    r"(?:live |web )?chat|(?:tele)?phone(?: calls?)?|e-?mail|sms|text messages?|social media|website|web"
    r"|(?:mobile )?app"
    r"|in[- ]store|stores?|shops?|branch(?:es)?|whatsapp|voice|online",
    re.IGNORECASE,
)
