"""What python-tuf objects to, in sentences: what is wrong with the copy, and what to do."""

from __future__ import annotations

from tuf.api import exceptions

from studio.domain.errors import BundleRefused, ProviderFailed, StudioError

_TELL = "Nothing was taken. Tell who runs the repository"


def refusal(error: Exception, what: str) -> StudioError:
    """Return the error to show for one of python-tuf's; `what` names the repository."""
    said = str(error).strip().rstrip(".")
    told = f" ({said})" if said else ""
    if isinstance(error, exceptions.ExpiredMetadataError):
        return BundleRefused(
            f"{what} is an old copy: it counts no longer{told}.",
            "Nothing was taken. Whoever runs it must refresh it; if that was done, somebody holds this back.",
        )
    if isinstance(error, exceptions.BadVersionNumberError):
        return BundleRefused(f"{what} is older than what was seen before, or mixed{told}.", f"{_TELL}.")
    if isinstance(error, exceptions.UnsignedMetadataError):
        return BundleRefused(f"{what} is not signed by enough trusted keys{told}.", f"{_TELL}.")
    if isinstance(error, exceptions.LengthOrHashMismatchError):
        return BundleRefused(f"{what} gives other bytes than were signed{told}.", f"{_TELL}.")
    if isinstance(error, exceptions.RepositoryError):
        return BundleRefused(f"{what} is broken or was tampered with{told}.", f"{_TELL}.")
    if isinstance(error, exceptions.DownloadLengthMismatchError):
        return BundleRefused(f"{what} sends more bytes than were signed{told}.", f"{_TELL}.")
    if isinstance(error, exceptions.SlowRetrievalError):
        return ProviderFailed(f"{what} is too slow.", "Nothing was taken; try again, or ask who runs it.")
    if isinstance(error, exceptions.DownloadHTTPError):
        return ProviderFailed(f"{what} lacks a file{told}.", "Check the address; ask who runs it.")
    return ProviderFailed(f"{what} cannot be reached{told}.", "Check the address and the network.")
