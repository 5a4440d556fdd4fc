"""A report that would run or fetch something, or that hides from its own policy; signed by everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.release import layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit

BODIES = {
    "script": "<script>alert(1)</script>",
    "script in capitals": "<SCRIPT SRC=x></SCRIPT>",
    "handler": '<p onclick="x()">a</p>',
    "picture from elsewhere": '<img src="https://example.org/a.png">',
    "frame": '<iframe src="data:text/html,x"></iframe>',
    "link away": '<a href="https://example.org">a</a>',
    "link to a script": '<a href="javascript:x()">a</a>',
    "form": '<form action="https://example.org"><input name="a"></form>',
    "refresh": '<meta http-equiv="refresh" content="0;url=https://example.org">',
    "base": '<base href="https://example.org/">',
    "style sheet": '<link rel="stylesheet" href="https://example.org/a.css">',
    "import in a style": "<style>@import 'https://example.org/a.css';</style>",
    "address in a style": "<style>p{background:url(https://example.org/a)}</style>",
    "address in a set of pictures": "<style>p{background:image-set('https://example.org/a' 1x)}</style>",
    "escaped address in a style": "<style>p{background:\\75rl(https://example.org/a)}</style>",
    "style attribute": '<p style="background:red">a</p>',
    "drawing that loads": '<svg xmlns="http://www.w3.org/2000/svg"><use href="https://example.org/a"/></svg>',
    "drawing with a script": '<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>',
    "other language of drawings": "<math><mtext>a</mtext></math>",
    "comment": "<!-- <p> -->",
    "declaration": "<!DOCTYPE html SYSTEM 'https://example.org/a.dtd'>",
    "instruction": "<?xml-stylesheet href='https://example.org/a.css'?>",
    "section": "<![CDATA[a]]>",
    "template": "<template><p>a</p></template>",
}


def attempts(kit: Kit) -> list[Attempt]:
    """Return every way in which a page can do more than be read."""
    files = kit.files()
    sound = files[layout.REPORT].decode()

    def signed(html: str) -> dict[str, bytes]:
        return kit.resign(kit.forge({**files, layout.REPORT: html.encode()}))

    cases = {label: sound.replace("<p>Two", f"{body}<p>Two") for label, body in BODIES.items()}
    words = dict.fromkeys(cases, "holds something that a report does not need")
    opening = {
        "no policy": sound.replace("default-src", "default"),
        "a weaker policy": sound.replace("default-src &#x27;none&#x27;", "default-src *"),
        "something before the policy": "<p>a</p>" + sound,
        "no page": "All is well.",
    }
    words |= dict.fromkeys(opening, "does not begin with the policy")
    return [
        kit.attempt(label, signed(html), "files", words[label])
        for label, html in {**cases, **opening}.items()
    ]
