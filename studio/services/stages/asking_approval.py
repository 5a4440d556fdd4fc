"""Asking for approvals: the present content as a bundle that is not approved yet, to be sent to who signs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.domain.bundle import SUFFIX, BundleContent
from studio.domain.frozen import digest
from studio.ports import Progress, UnitOfWork
from studio.release import bundle as bundles
from studio.release.gates import APPROVED, require
from studio.services.approvals import current_signatures, gates
from studio.services.commands import Command, RecordExport
from studio.services.jobs import Tools
from studio.services.release_content import release_content
from studio.services.stages.exporting import Exported, bundle_path
from studio.services.standing import standing
from studio.services.whole_file import write_whole


@dataclass(frozen=True, slots=True)
class AskApproval:
    """Write what is to be approved to a folder, or to a file of this name."""

    target: Path

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "Writing what is to be approved"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Exported]:
        """Read the content, and refuse where a gate but that of the approvals is not met."""
        stand = standing(unit)
        require(tuple(gate for gate in gates(stand) if gate.id != APPROVED))
        content = release_content(stand)
        envelopes = [s.envelope.encode() for s in current_signatures(stand) if s.decision == "approve"]
        return lambda progress: self._work(content, envelopes, progress)

    def _work(self, content: BundleContent, envelopes: list[bytes], progress: Progress) -> Exported:
        progress(0.1, "Putting together what is to be approved")
        manifest = bundles.manifest_of(content)
        data = bundles.assemble(content, envelopes)
        name = f"{bundles.file_name(manifest).removesuffix(SUFFIX)}-to-approve{SUFFIX}"
        path = bundle_path(self.target, name)
        progress(0.8, "Writing it")
        write_whole(path, data)
        progress(1.0, f"Wrote {path.name}")
        return Exported(path, digest(manifest), len(data))

    def record(self, result: Exported) -> Command:
        """Return the command that notes what was written."""
        return RecordExport(result.path.name, result.manifest_digest, result.size)
