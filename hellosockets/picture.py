"""Pictures: bytes, fields and tables as HTML that reads without a kernel and without colours.

Plain values in, one string of HTML out. Whatever came over a wire is escaped here, in one place.
The same words stand in the picture for those who see no colour: arrows, names, marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path

__all__ = [
    "BYTES_SHOWN",
    "KEY_MARKS",
    "SPEAKERS",
    "character",
    "css",
    "document",
    "frame",
    "headers",
    "payload_table",
    "prose",
    "table",
]

# How many bytes of a payload a picture shows, one column each.
BYTES_SHOWN = 24

# The key's four bytes have a mark each, so that the XOR reads without colour.
KEY_MARKS = "●▲■◆"

# One arrow and one word for each speaker, the same wherever they appear.
SPEAKERS = {"client": "↑ client", "server": "↓ server"}


@cache
def css(name: str = "picture") -> str:
    """Return a style sheet of this folder: by default the one that every picture shares."""
    return Path(__file__).with_name(f"{name}.css").read_text(encoding="utf-8")


def document(*parts: str, sheet: str = "") -> str:
    """
    Join pieces of HTML into one picture that brings its style sheet.

    Args:
        parts: The pieces.
        sheet: Name of a further style sheet that the picture needs, without ``.css``.

    """
    styles = css() + (css(sheet) if sheet else "")
    return f'<div class="hs"><style>{styles}</style>{"".join(parts)}</div>'


def prose(text: str) -> str:
    """Escape a sentence for HTML; what stands in backticks is set in the code font."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[tuple[str, Sequence[str], Sequence[str]]],
    numeric: Sequence[str] = (),
    code: Sequence[str] = (),
    who: Sequence[str] = (),
    wide: Sequence[str] = (),
) -> str:
    """
    Draw a table of texts.

    Args:
        caption: What the table shows.
        columns: The columns' names.
        rows: For each row its speaker (or ``""``), one text for each column, and sentences on
            what is wrong with it.
        numeric: Names of the columns that hold numbers, aligned to the right.
        code: Names of the columns that hold bytes or payloads, in the code font.
        who: Names of the columns that say the row's speaker, in that one's colour.
        wide: Names of the columns whose texts may take several lines.

    """
    named = {"hs-num": numeric, "hs-code": code, "hs-who": who, "hs-wide": wide}
    kinds = [" ".join(kind for kind, names in named.items() if c in names) for c in columns]
    head = "".join(
        f'<th scope="col"{_class(k)}>{escape(c)}</th>' for c, k in zip(columns, kinds, strict=True)
    )
    body = "".join(
        f"<tr{_class(f'hs-{speaker}' if speaker else '')}>"
        + "".join(
            f"<td{_class(k)}>{escape(text)}</td>" for text, k in zip(texts, kinds, strict=True)
        ).removesuffix("</td>")
        + "".join(f' <span class="hs-verdict">✗ {escape(verdict)}</span>' for verdict in verdicts)
        + "</td></tr>"
        for speaker, texts, verdicts in rows
    )
    return (
        f'<table class="hs-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def frame(
    title: str,
    speaker: str,
    fields: Sequence[tuple[str, int, str, str]],
    key: bytes | None,
    payload: bytes,
    plain: bytes,
    hidden: int,
    verdicts: Sequence[str],
) -> str:
    """
    Draw a frame: its header bit by bit, then its payload byte by byte.

    Args:
        title: The caption.
        speaker: ``"client"`` or ``"server"``; it gives arrow, word and colour.
        fields: Name, size in bits, data and meaning of each field, in order.
        key: Masking key, 4 bytes, or None.
        payload: First bytes of the payload as sent, at most ``BYTES_SHOWN``.
        plain: The same bytes without the mask.
        hidden: How many bytes of the payload come after those.
        verdicts: Sentences on what is wrong with the frame.

    """
    bits = [field for field in fields if field[1] < 8]
    longer = [field for field in fields if field[1] >= 8 and field[0] != "Payload data"]
    parts = [
        f'<p class="hs-title"><span class="hs-{speaker}">{SPEAKERS[speaker]}</span> '
        f"{escape(title)}</p>",
        _bits_table(bits) if bits else "",
        _longer_fields(longer, key),
        payload_table(key, payload, plain, hidden) if payload else "",
        *[f'<p class="hs-verdict">✗ {escape(verdict)}</p>' for verdict in verdicts],
    ]
    return document(f'<div class="hs-frame hs-{speaker}-frame">{"".join(parts)}</div>')


def headers(
    title: str,
    speaker: str,
    start_line: str,
    rows: Sequence[tuple[str, str, str]],
    hidden: int,
    body: str,
    verdicts: Sequence[str],
) -> str:
    """
    Draw the head of a request or a response: its first line, then a row for each header.

    Args:
        title: The caption.
        speaker: ``"client"`` or ``"server"``; it gives arrow, word and colour.
        start_line: The first line.
        rows: Name, value and meaning of each header, in order.
        hidden: How many headers come after those.
        body: What the body says, or its beginning; empty where there is none.
        verdicts: Sentences on what is wrong with it.

    """
    head = "".join(f'<th scope="col">{name}</th>' for name in ("header", "value", "what it says"))
    lines = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        f'<td class="hs-value"><code>{escape(value)}</code></td>'
        f'<td class="hs-meaning">{escape(meaning)}</td></tr>'
        for name, value, meaning in rows
    )
    more = f'<p class="hs-meaning">… and {hidden:,} more headers</p>' if hidden else ""
    parts = [
        f'<p class="hs-title"><span class="hs-{speaker}">{SPEAKERS[speaker]}</span> '
        f"{escape(title)}</p>",
        f'<p class="hs-value"><code>{escape(start_line)}</code></p>',
        f'<table class="hs-fields"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>'
        if rows
        else "",
        more,
        f'<p class="hs-value"><code>{escape(body)}</code></p>' if body else "",
        *[f'<p class="hs-verdict">✗ {escape(verdict)}</p>' for verdict in verdicts],
    ]
    return document(f'<div class="hs-frame hs-{speaker}-frame">{"".join(parts)}</div>')


def _bits_table(fields: Sequence[tuple[str, int, str, str]]) -> str:
    names = "".join(
        f'<th scope="colgroup" colspan="{size}">{escape(name)}</th>' for name, size, _, _ in fields
    )
    digits = [
        f'<td class="hs-bit{" hs-first" * (i == 0)}">{digit}</td>'
        for _, _, data, _ in fields
        for i, digit in enumerate(data)
    ]
    meanings = "".join(
        f'<td colspan="{size}" class="hs-meaning">{escape(meaning)}</td>'
        for _, size, _, meaning in fields
    )
    text = "".join(data for _, _, data, _ in fields)
    octets = "".join(
        f'<td colspan="8" class="hs-octet">byte {i // 8}: '
        f"<code>{int(text[i : i + 8], 2):02x}</code></td>"
        for i in range(0, len(text), 8)
    )
    return (
        '<table class="hs-bits"><caption>Header, bit by bit</caption>'
        f"<thead><tr>{names}</tr></thead><tbody>"
        f"<tr>{''.join(digits)}</tr><tr>{meanings}</tr><tr>{octets}</tr></tbody></table>"
    )


def _longer_fields(fields: Sequence[tuple[str, int, str, str]], key: bytes | None) -> str:
    rows = []
    for name, _, data, meaning in fields:
        shown = f"<code>{escape(data)}</code>"
        if name == "Masking-key" and key is not None:
            shown = " ".join(
                f'<code class="hs-key-{i}">{KEY_MARKS[i]} {byte:02x}</code>'
                for i, byte in enumerate(key)
            )
        rows.append(
            f'<tr><th scope="row">{escape(name)}</th><td>{shown}</td>'
            f'<td class="hs-meaning">{escape(meaning)}</td></tr>'
        )
    return f'<table class="hs-fields"><tbody>{"".join(rows)}</tbody></table>' if rows else ""


def payload_table(key: bytes | None, payload: bytes, plain: bytes, hidden: int) -> str:
    """
    Draw a payload byte by byte.

    Args:
        key: Masking key, 4 bytes, or None.
        payload: First bytes as sent, at most ``BYTES_SHOWN``.
        plain: The same bytes without the mask.
        hidden: How many bytes come after those.

    """
    more = f", the first {len(payload)} of {len(payload) + hidden:,} bytes" if hidden else ""
    lines = [("on the wire", [f"<code>{byte:02x}</code>" for byte in payload])]
    if key is not None and len(key) == 4:
        marked = [f"{KEY_MARKS[i % 4]} {key[i % 4]:02x}" for i in range(len(payload))]
        codes = [f'<code class="hs-key-{i % 4}">{text}</code>' for i, text in enumerate(marked)]
        lines.append(("XOR key", codes))
        lines.append(("unmasked", [f"<code>{byte:02x}</code>" for byte in plain]))
    lines.append(("as text", [f"<code>{escape(character(byte))}</code>" for byte in plain]))
    body = "".join(
        f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for name, cells in lines
    )
    numbers = "".join(f'<th scope="col">{i}</th>' for i in range(len(payload)))
    return (
        f'<table class="hs-payload"><caption>Payload data, byte by byte{more}</caption>'
        f'<thead><tr><th scope="col">byte</th>{numbers}</tr></thead><tbody>{body}</tbody></table>'
    )


def character(byte: int) -> str:
    """Return an ASCII byte's character: ``␣`` for a space, ``·`` for what has none."""
    return chr(byte) if 0x21 <= byte <= 0x7E else "␣" if byte == 0x20 else "·"


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""
