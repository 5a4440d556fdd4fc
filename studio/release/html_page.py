"""A page that stands alone: its frame, and the policy by which it may fetch and run nothing."""

from __future__ import annotations

from html import escape

_CSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def whole_page(title: str, body: str, style: str, scheme: str = "light dark") -> str:
    """Return a page; title and body are HTML already, `scheme` says in which lights it can be shown."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_CSP)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="{scheme}"><title>{title}</title>'
        f"<style>{style}</style></head>\n<body><main>{body}</main></body></html>\n"
    )
