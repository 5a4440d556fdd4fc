"""Exporting: the present content and its approvals as one bundle, written to a file at once or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.domain.bundle import SUFFIX, BundleContent, Gate
from studio.domain.errors import WrongUse
from studio.domain.frozen import digest
from studio.ports import Progress, UnitOfWork
from studio.release import bundle as bundles
from studio.release.gates import require
from studio.services.approvals import current_signatures, gates
from studio.services.commands import Command, RecordExport
from studio.services.jobs import Tools
from studio.services.release_content import release_content
from studio.services.standing import standing
from studio.services.whole_file import write_whole


@dataclass(frozen=True, slots=True)
class Exported:
    """The file that was written."""

    path: Path
    manifest_digest: str
    size: int


def bundle_path(target: Path, name: str) -> Path:
    """Return where a bundle goes: into a folder under its own name, or to the file that was named.

    A name without an ending is a folder, made where it is missing: nobody means a bundle called “outbox”.
    """
    if target.suffix and not target.is_dir():
        return target
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUse(f"{target} is no folder: {error.strerror}.", f"Name a {SUFFIX} file.") from error
    return target / name


@dataclass(frozen=True, slots=True)
class Export:
    """Write the bundle to a folder, or to a file of this name; `replace` says that one may be overwritten."""

    target: Path
    replace: bool = True

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "Exporting the signed bundle"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Exported]:
        """Read content and approvals, and refuse where a gate is not met; return the writing."""
        stand = standing(unit)
        met: tuple[Gate, ...] = gates(stand)
        require(met)
        content = release_content(stand)
        envelopes = [s.envelope.encode() for s in current_signatures(stand) if s.decision == "approve"]
        return lambda progress: self._work(content, envelopes, progress)

    def _work(self, content: BundleContent, envelopes: list[bytes], progress: Progress) -> Exported:
        progress(0.1, "Putting the bundle together")
        manifest = bundles.manifest_of(content)
        data = bundles.assemble(content, envelopes)
        progress(0.7, "Writing the bundle")
        path = bundle_path(self.target, bundles.file_name(manifest))
        if path.exists() and not self.replace and path.read_bytes() != data:
            raise WrongUse(
                f"{path} is there already, and is another bundle.",
                "Choose another name, or say that it may be replaced.",
            )
        progress(0.9, "Writing the bundle")  # whoever asks to stop is heard before anything is written
        write_whole(path, data)
        progress(1.0, f"Wrote {path.name}")
        return Exported(path, digest(manifest), len(data))

    def record(self, result: Exported) -> Command:
        """Return the command that notes the export."""
        return RecordExport(result.path.name, result.manifest_digest, result.size)
