"""A workflow as a vector picture for a web page: told by sign, shape of the frame and colour."""

from __future__ import annotations

from html import escape

from studio.diff.flow_picture import Box, Course, FlowPicture
from studio.services.report_parts.blocks import SIGN_WORDS, SIGNS, shown

INKS = {
    "same": ("#5b6472", "#ffffff"), "added": ("#0e6b4c", "#e6f6ee"), "removed": ("#b03127", "#fdeceb"),
    "changed": ("#2f4bc0", "#edf0fd"), "moved": ("#8a4a07", "#fdf3e3"),
}  # fmt: skip
"""Frame and ground by status; each pair is told apart in grey, too."""
FAINT = 0.45
DASHES = {"removed": "5 3", "moved": "1.5 3"}
LETTER = 0.55
"""Width of a letter as a share of its height, on average."""


def svg(picture: FlowPicture) -> str:
    """Return the picture as an element of a page."""
    width, height = f"{picture.width:.0f}", f"{picture.height:.0f}"
    name = escape(shown(f"Workflow {picture.name}, live and with this proposal"), quote=True)
    body = "".join((*map(_course, picture.courses), *map(_box, picture.boxes)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{name}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">{body}</svg>'
    )


def fitted(text: str, width: float, size: float) -> str:
    """Return a text cut to a width."""
    most = max(4, int(width / (size * LETTER)))
    flat = " ".join(shown(text).split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"


def two_lines(text: str, width: float, size: float) -> list[str]:
    """Return a text in at most two lines of a width, the second one cut."""
    most = max(4, int(width / (size * LETTER)))
    words = " ".join(shown(text).split()).split(" ")
    first = words.pop(0)
    while words and len(first) + 1 + len(words[0]) <= most:
        first += f" {words.pop(0)}"
    lines = [fitted(first, width, size)]
    return [*lines, fitted(" ".join(words), width, size)] if words else lines


def _box(box: Box) -> str:
    ink, ground = INKS[box.status]
    faint = f' opacity="{FAINT}"' if box.dim else ""
    dash = f' stroke-dasharray="{DASHES[box.status]}"' if box.status in DASHES else ""
    thick = 2.4 if box.status in ("added", "removed", "moved") else 1.2
    words = ". ".join(
        part for part in (box.kind, box.title, box.subtitle, SIGN_WORDS.get(box.status, "")) if part
    )
    parts = [
        f"<title>{escape(shown(words))}</title>",
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="7" '
        f'fill="{ground}" stroke="{ink}" stroke-width="{thick}"{dash}/>',
    ]
    if box.status == "changed":
        parts.append(
            f'<rect x="{box.x + 3:.1f}" y="{box.y + 3:.1f}" width="{box.width - 6:.1f}" '
            f'height="{box.height - 6:.1f}" rx="5" fill="none" stroke="{ink}" stroke-width="1.2"/>'
        )
    room = box.width - 20 - (22 if box.status != "same" else 0)
    strike = ' text-decoration="line-through"' if box.status == "removed" else ""
    lines = two_lines(box.title, room, 12.4)
    at = box.y + (18 if len(lines) == 1 else 14)
    for line in lines:
        parts.append(_text(box.x + 11, at, 12, line, f'font-weight="600"{strike}'))
        at += 11.5
    below = fitted(f"{box.kind} · {box.subtitle}" if box.subtitle else box.kind, box.width - 22, 9.6)
    parts.append(_text(box.x + 11, at + (4.5 if len(lines) == 1 else 1), 9.5, below, 'fill="#4a5361"'))
    if box.status != "same":
        parts.append(_badge(box, ink))
    return f"<g{faint}>{''.join(parts)}</g>"


def _badge(box: Box, ink: str) -> str:
    x, y = box.x + box.width - 17, box.y + 14
    mark = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8.5" fill="{ink}"/>' if box.status in ("removed", "moved") else
        f'<rect x="{x - 8:.1f}" y="{y - 8:.1f}" width="16" height="16" rx="2" fill="{ink}"/>'
    )  # fmt: skip
    sign = _text(x, y + 4.6, 14, SIGNS[box.status], 'fill="#ffffff" font-weight="700" text-anchor="middle"')
    return mark + sign


def _course(course: Course) -> str:
    ink = INKS[course.status][0]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in course.points)
    dash = ' stroke-dasharray="5 3"' if course.status == "removed" else ""
    thick = 2.4 if course.status != "same" else 1.2
    line = f'<polyline points="{points}" fill="none" stroke="{ink}" stroke-width="{thick}"{dash}/>'
    head = f'<polygon points="{arrow(course)}" fill="{ink}"/>'
    sign = f"{SIGNS[course.status]} " if course.status != "same" else ""
    label = ""
    if course.label or sign:
        x, y = course.label_at
        anchor = ' text-anchor="end"' if course.label_right else ""
        words = fitted(f"{sign}{course.label}", 76, 10)
        label = _text(x, y - 3, 10, words, f'fill="{ink}" paint-order="stroke" stroke="#ffffff" '
                      f'stroke-width="3"{anchor}')  # fmt: skip
    faint = f' opacity="{FAINT}"' if course.dim else ""
    return f"<g{faint}>{line}{head}{label}</g>"


def arrow(course: Course) -> str:
    """Return the corners of the head of an arrow, as a web page reads them; it points down into its step."""
    x, y = course.points[-1]
    return f"{x:.1f},{y:.1f} {x - 4:.1f},{y - 7:.1f} {x + 4:.1f},{y - 7:.1f}"


def _text(x: float, y: float, size: float, words: str, more: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" {more}>{escape(words)}</text>'
