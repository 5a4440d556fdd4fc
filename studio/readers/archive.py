"""The door for zipped XML formats (DOCX, XLSX): sizes are checked before anything is unpacked.

- Members, their sizes, their total and their ratio are bounded by `limits`; what a member really unpacks to
  is bounded again while it is read, because a zip's directory may lie.
- Document type definitions are refused, so no entity is ever defined, expanded or fetched.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from studio.domain.errors import BrokenInput
from studio.readers import limits
from studio.readers.signature import Kind, damaged, protected

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARATIONS = tuple(
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)


class Archive:
    """A checked zip of XML parts."""

    def __init__(self, data: bytes, name: str, kind: Kind) -> None:
        """Open a zip and check its directory; raises BrokenInput."""
        self.name = name
        self.kind = kind
        self._unpacked = 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise damaged(name, kind) from error
        self._check_directory()

    def __contains__(self, part: str) -> bool:
        return part in self._zip.NameToInfo

    def _check_directory(self) -> None:
        members = self._zip.infolist()
        if len(members) > limits.MEMBERS:
            raise limits.too_large(self.name, f"{len(members):,} parts inside", f"{limits.MEMBERS:,}")
        if any(member.flag_bits & 1 for member in members):
            raise protected(self.name)
        total = sum(member.file_size for member in members)
        worst = max(
            (
                member.file_size / max(1, member.compress_size)
                for member in members
                if member.file_size > limits.RATIO_FROM_BYTES
            ),
            default=0.0,
        )
        largest = max((member.file_size for member in members if _is_xml(member.filename)), default=0)
        if (
            total > limits.TOTAL_BYTES
            or largest > limits.MEMBER_BYTES
            or worst > limits.RATIO
            or len({member.filename for member in members}) < len(members)
        ):
            raise self._bomb(total)

    def _bomb(self, total: int) -> BrokenInput:
        return BrokenInput(
            f"“{self.name}” would unpack to {total / limits.MEBIBYTE:,.0f} MB in a way that no ordinary "
            "document does.",
            "Ask its author for a clean copy, or save its text in a new document and add that.",
        )

    def check_parts(self) -> None:
        """Unpack every XML part once, for a library that opens the file itself; raises BrokenInput."""
        for member in self._zip.infolist():
            if _is_xml(member.filename):
                self.read(member.filename)

    def names(self) -> list[str]:
        """Return the names of the parts."""
        return self._zip.namelist()

    def read(self, part: str) -> bytes:
        """Return the bytes of an XML part; raises BrokenInput."""
        try:
            with self._zip.open(part) as stream:
                content = stream.read(limits.MEMBER_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, OSError) as error:
            raise damaged(self.name, self.kind, f"its part {part} cannot be unpacked") from error
        except (NotImplementedError, RuntimeError) as error:
            raise protected(self.name) from error
        self._unpacked += len(content)
        if len(content) > limits.MEMBER_BYTES or self._unpacked > limits.TOTAL_BYTES:
            raise self._bomb(self._unpacked)
        if any(word in content for word in _DECLARATIONS):
            raise BrokenInput(
                f"“{self.name}” defines text of its own in {part}, as attacks do and documents never need.",
                "Ask its author for a clean copy, or save its text in a new document and add that.",
            )
        return content

    def xml(self, part: str) -> _Element:
        """Return the root element of a part; raises BrokenInput."""
        from lxml import etree

        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            return etree.fromstring(self.read(part), parser)
        except etree.XMLSyntaxError as error:
            if "depth" in str(error).lower():
                raise limits.too_large(self.name, "parts nested hundreds of levels deep", "256") from error
            raise damaged(self.name, self.kind, f"its part {part} breaks off or is no XML") from error


def _is_xml(part: str) -> bool:
    return part.endswith((".xml", ".rels", ".vml"))
