"""Where the text for a model goes, in words that a user knows; it is this that a user confirms."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from studio.settings import ModelSettings

_HOSTS = {
    "anthropic": "api.anthropic.com",
    "cohere": "api.cohere.com",
    "deepseek": "api.deepseek.com",
    "gemini": "generativelanguage.googleapis.com",
    "groq": "api.groq.com",
    "mistral": "api.mistral.ai",
    "openai": "api.openai.com",
    "openrouter": "openrouter.ai",
    "xai": "api.x.ai",
}
_LOCAL = {"ollama": "localhost:11434", "ollama_chat": "localhost:11434"}


def destination_of(settings: ModelSettings) -> str:
    """Return host and port of where text would go, with a remark where it stays here or goes unencrypted."""
    if not settings.address:
        provider = settings.name.partition("/")[0]
        if provider in _LOCAL:
            return f"{_LOCAL[provider]} (a server on this computer)"
        return _HOSTS.get(provider, f"the servers of {provider}")
    parts = urlsplit(settings.address)
    if is_loopback(parts.hostname or ""):
        return f"{parts.netloc} (a server on this computer)"
    return parts.netloc if parts.scheme == "https" else f"{parts.netloc} (not encrypted)"


def is_loopback(host: str) -> bool:
    """Return whether a host is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
