"""The e-mail reader: the message's own text, with its subject as the title.

- Plain text is preferred to HTML; quoted replies and the signature stay, as text.
- Attachments are not opened; each is named at the end, so that nothing is silently missing.
"""

from __future__ import annotations

import email
import email.policy
import html
from email.message import MIMEPart
from itertools import islice

from studio.domain.errors import BrokenInput
from studio.domain.source import SourceDocument
from studio.readers.composition import clean
from studio.readers.signature import damaged
from studio.readers.text import read_text
from studio.readers.web import read_markup

MEDIA_TYPE = "message/rfc822"
_MOST_PARTS = 200


def read_eml(data: bytes, name: str) -> SourceDocument:
    """Return an e-mail as blocks; raises BrokenInput."""
    message = email.message_from_bytes(data.lstrip(), policy=email.policy.default)
    parts = sum(1 for _ in islice(message.walk(), _MOST_PARTS))
    if not message.keys() or parts == _MOST_PARTS:
        raise damaged(name, "eml")
    body = message.get_body(("plain", "html"))
    if body is None:
        raise BrokenInput(
            f"“{name}” has no text in it.", "Add the file that is attached to it, or paste the text."
        )
    notes = [
        f"[Attachment, not read: {part.get_filename() or 'without a name'}]"
        for part in message.iter_attachments()
    ]
    content = _content(body, name)
    if body.get_content_subtype() == "html":
        extra = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
        document = read_markup(content + extra, name)
    else:
        text = clean("\n\n".join([content.rstrip(), *notes]))
        if not text.strip():
            raise BrokenInput(f"“{name}” has no text in it.", "Paste the text instead.")
        document = read_text(text, name, MEDIA_TYPE)
    subject = clean(str(message.get("subject", ""))).strip()
    return document.model_copy(update={"title": subject or document.title, "media_type": MEDIA_TYPE})


def _content(body: MIMEPart, name: str) -> str:
    try:
        content = body.get_content()
    except (LookupError, UnicodeError, ValueError):
        raw = body.get_payload(decode=True)
        content = raw.decode("cp1252", "replace") if isinstance(raw, bytes) else ""
    if not isinstance(content, str):
        raise damaged(name, "eml")
    return content
