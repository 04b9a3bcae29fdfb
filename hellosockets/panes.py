"""Panes: one connection, or one message, from all sides, as HTML.

What a browser's Network panel shows of a request, and what it doesn't: how the accept key comes
about, what the extensions mean, whether the Origin fits. Everything that came over a wire is
escaped and cut to what a page can bear.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any
from urllib.parse import urlsplit

from . import picture
from .conversation import Conversation
from .cookies import Cookie, cookies_sent, cookies_set
from .deflate import parse_extensions
from .events import Message
from .handshake import Request, Response, accept_steps
from .messages import NotAMessage
from .replies import Exchange
from .timing import Phase, timing

__all__ = [
    "cookies_pane",
    "headers_pane",
    "judge_origin",
    "message_pane",
    "timing_pane",
]

MOST_TEXT = 10_000  # characters of a text or a raw head
MOST_VALUE = 2_000  # characters of a header's value
MOST_HEADERS = 200
MOST_BYTES = 2_048  # of a hex view, and of base64
MOST_NODES = 1_000  # values of a JSON tree
DEEPEST = 30  # levels of it
BYTES_IN_A_LINE = 16

Rows = Iterable[tuple[str, str, str]]  # name, value, meaning


# Headers


def headers_pane(conversation: Conversation) -> str:
    """Draw what the opening handshake says, in general, header by header, raw, and as a command."""
    request, response = conversation.request, conversation.response
    if request is None:
        return picture.document("<p>No request has come yet.</p>", sheet="panes")
    return picture.document(
        _section("General", _fields(_general(conversation, request, response))),
        _head("Response headers", response, "No answer has come yet."),
        _head("Request headers", request, ""),
        _accept(request, response),
        _section("Extensions", _fields(_extensions(conversation, request, response))),
        _curl(conversation),
        sheet="panes",
    )


def _general(conversation: Conversation, request: Request, response: Response | None) -> Rows:
    scheme = "wss" if conversation.secure else "ws"
    host = request.get("Host")
    url = f"{scheme}://{host}{request.target}" if host else request.target
    yield "Request URL", url, ""
    yield "Request method", request.method, ""
    if response is not None:
        status = f"{response.status} {response.reason}".strip()
        means = {
            101: "From here on the connection speaks frames.",
            403: "The server refuses this client.",
        }
        yield "Status code", status, means.get(response.status, "")
    yield "State", conversation.state, _closing(conversation)
    origin, sentence = judge_origin(request, response)
    yield "Origin", origin or "–", sentence
    offered, chosen = request.get("Sec-WebSocket-Protocol"), None
    if response is not None:
        chosen = response.get("Sec-WebSocket-Protocol")
    says = f"offered: {offered}" if offered else "The client offered none."
    yield "Subprotocol", chosen or "–", says


def _closing(conversation: Conversation) -> str:
    code = conversation.close_code
    return "" if code is None else f"close code {code}"


def judge_origin(request: Request, response: Response | None) -> tuple[str | None, str]:
    """
    Say how a request's ``Origin`` stands to whom it asks, and what became of it (RFC 6455 §10.2).

    Returns:
        The header's value, None where it is missing; and a sentence.

    """
    origin = request.get("Origin")
    if origin is None:
        return None, "Whoever sends no Origin is no web page; a check of Origin lets it in."
    try:
        own = urlsplit(f"//{request.get('Host') or ''}").hostname
        page = urlsplit(origin).hostname
    except ValueError:
        own, page = "", None
    is_own = bool(page) and page == own
    fits = "The page comes from the host that it asks" if is_own else "The page is another host's"
    match None if response is None else response.status:
        case None:
            ends = "; there is no answer yet."
        case 101:
            ends = ": let in." if is_own else ", and the server lets it in all the same."
        case 403:
            ends = "; something else was refused." if is_own else ": refused, as Phoenix does."
        case _:
            ends = "; the answer is about something else."
    return origin, fits + ends


def _extensions(conversation: Conversation, request: Request, response: Response | None) -> Rows:
    offer = request.get("Sec-WebSocket-Extensions")
    answer = None if response is None else response.get("Sec-WebSocket-Extensions")
    yield "Offered", offer or "–", _extension_names(offer)
    yield "Accepted", answer or "–", _extension_names(answer)
    agreement = conversation.agreement
    if agreement is None:
        yield "Agreement", "–", "Messages cross as they are."
        return
    for speaker in ("server", "client"):
        bits = getattr(agreement, f"{speaker}_max_window_bits")
        forgets = getattr(agreement, f"{speaker}_no_context_takeover")
        keeps = "begins each message anew" if forgets else "keeps its window between messages"
        says = f"It {keeps}, and looks back {2**bits:,} bytes at most."
        yield f"The {speaker} deflates", f"window of {bits} bits", says


def _extension_names(header: str | None) -> str:
    return ", ".join(extension.name for extension in parse_extensions(header or "")[:20])


def _head(title: str, head: Request | Response | None, missing: str) -> str:
    if head is None:
        return _section(title, f"<p>{missing}</p>")
    headers = head.headers
    rows = [(name, value, head.meaning(name)) for name, value in headers[:MOST_HEADERS]]
    more = _more(len(headers) - MOST_HEADERS, "headers")
    raw = head.raw.decode("latin-1").replace("\r\n", "␍␊\n")
    return _section(
        title,
        _fields(rows),
        f"<p>{more}</p>" if more else "",
        _fold("Raw: every byte of it, ␍␊ are the two at each line's end", _text(raw)),
        *[_verdict(str(verdict)) for verdict in head.verdicts],
    )


def _accept(request: Request, response: Response | None) -> str:
    key = request.get("Sec-WebSocket-Key")
    if key is None:
        return _section("Accept key", "<p>The request has no Sec-WebSocket-Key.</p>")
    steps = accept_steps(key)
    rows = [(f"{i}", result, sentence) for i, (sentence, result) in enumerate(steps, 1)]
    found = None if response is None else response.get("Sec-WebSocket-Accept")
    said = ""
    if found is not None and found == steps[-1][1]:
        said = '<p class="hs-fits">✓ The answer’s Sec-WebSocket-Accept says the same.</p>'
    elif found is not None:
        said = _verdict(f"The answer’s Sec-WebSocket-Accept says {found[:100]}")
    return _section("Accept key, step by step", _fields(rows), said)


def _curl(conversation: Conversation) -> str:
    command = conversation.as_curl()
    return _section(
        "The same request in a shell",
        f'<div class="hs-copy"><p><code>{_cut(command, MOST_TEXT)}</code></p>'
        '<button type="button" data-hs-copy>Copy as cURL</button></div>',
    )


# Timing


def timing_pane(conversation: Conversation) -> str:
    """Draw a connection's phases as a waterfall, with numbers beside the bars."""
    found = timing(conversation)
    if not found.phases:
        return picture.document("<p>No request has come yet.</p>", sheet="panes")
    start = min(phase.start for phase in found.phases)
    whole = max(*[found.now if p.end is None else p.end for p in found.phases], start) - start
    rows = "".join(_bar(phase, start, whole or 1.0, found.now) for phase in found.phases)
    head = "".join(
        f'<th scope="col"{style}>{name}</th>'
        for name, style in (
            ("phase", ""),
            ("began, ms", ' class="hs-num"'),
            ("took, ms", ' class="hs-num"'),
            ("", ""),
            ("what happens in it", ""),
        )
    )
    note = ""
    if conversation.connect_time is None:
        note = (
            '<p class="hs-note">How long TCP took to connect can’t be seen from here: a wire that '
            "is laid to the server (hs.tap) measures it.</p>"
        )
    return picture.document(
        f'<table class="hs-fields hs-waterfall"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>",
        note,
        sheet="panes",
    )


def _bar(phase: Phase, start: float, whole: float, now: float) -> str:
    end = now if phase.end is None else phase.end
    left, width = 100 * (phase.start - start) / whole, 100 * (end - phase.start) / whole
    took = f"{1e3 * (end - phase.start):,.2f}" + (" so far" if phase.end is None else "")
    return (
        f'<tr><th scope="row">{escape(phase.name)}</th>'
        f'<td class="hs-num">{1e3 * phase.start:,.2f}</td><td class="hs-num">{took}</td>'
        f'<td class="hs-bar"><span style="margin-left:{left:.2f}%;width:{width:.2f}%"></span></td>'
        f'<td class="hs-meaning">{escape(phase.says)}</td></tr>'
    )


# Cookies


def cookies_pane(conversation: Conversation) -> str:
    """Draw the cookies that the request brought and the answer set."""
    request, response = conversation.request, conversation.response
    sent = [] if request is None else cookies_sent(request)
    given = [] if response is None else cookies_set(response)
    return picture.document(
        _cookies("Request cookies", sent, "The client sent none."),
        _cookies("Response cookies", given, "The server set none."),
        '<p class="hs-note">A browser sends the cookies of the host that is asked, whichever page '
        "asks: that is why a server checks Origin, too.</p>",
        sheet="panes",
    )


def _cookies(title: str, cookies: list[Cookie], none: str) -> str:
    if not cookies:
        return _section(title, f"<p>{none}</p>")
    rows = [
        (
            cookie.name or "(no name)",
            cookie.value,
            "; ".join(f"{name}={value}" if value else name for name, value in cookie.attributes),
        )
        for cookie in cookies
    ]
    return _section(title, _fields(rows))


# A message


def message_pane(message: Message, exchange: Exchange | None = None) -> str:
    """
    Draw a message: Phoenix's slots, a tree of its JSON, its text, its bytes.

    Args:
        message: The message.
        exchange: Its place among Phoenix's messages, where it is one of them.

    """
    speaker = message.speaker or "client"
    size = f"{message.size:,} byte{'s' * (message.size != 1)}"
    frames = f"{len(message.frames):,} frame{'s' * (len(message.frames) != 1)}"
    title = f"{'Text' if message.is_text else 'Binary'} message, {size} in {frames}"
    parts = [
        f'<p class="hs-title"><span class="hs-{speaker}">{picture.SPEAKERS[speaker]}</span> '
        f"{title}, {message.wire_size:,} on the wire</p>",
        *[_verdict(str(verdict)) for verdict in message.verdicts],
    ]
    if exchange is not None:
        parts.append(_section("Phoenix", _fields(_slots(exchange)), _reply(exchange)))
    if message.is_text:
        parts += [_tree(message), _fold("Text", _text(message.text), is_open=not exchange)]
    start = message.start(MOST_BYTES)
    more = _more(message.size - len(start), "bytes")
    tail = f"<p>{more}</p>" if more else ""
    parts.append(
        _fold("Hex", f"<pre>{escape(_hex(start))}</pre>{tail}", is_open=not message.is_text)
    )
    encoded = base64.b64encode(start).decode()
    parts.append(_fold("Base64", f'<p class="hs-value"><code>{encoded}</code></p>{tail}'))
    return picture.document(*parts, sheet="panes")


def _slots(exchange: Exchange) -> Rows:
    phoenix = exchange.phoenix
    if isinstance(phoenix, NotAMessage):
        yield "not a message", "", phoenix.reason
        return
    stale = "of an earlier join of this topic" if exchange.is_stale else ""
    yield "join_ref", _slot(phoenix.join_ref), stale or "which join of the topic this belongs to"
    yield "ref", _slot(phoenix.ref), "the client's number for it, repeated by its reply"
    yield "topic", phoenix.topic, "what it is about"
    yield "event", phoenix.event, "what happened there"
    payload = phoenix.payload
    shown = f"{len(payload):,} bytes" if isinstance(payload, bytes) else _compact(payload)
    yield "payload", shown, "everything else"


def _reply(exchange: Exchange) -> str:
    """Say which message this one answers, or which one answers it, and how long that took."""
    took = "" if exchange.latency is None else f"{1e3 * exchange.latency:,.2f} ms"
    if exchange.push is not None:
        after = f", {took} after it" if took else ""
        return f"<p>↩ It answers <code>{_start(exchange.push)}</code> of the client{after}.</p>"
    if exchange.reply is not None:
        later = f", {took} later" if took else ""
        return f"<p>↪ Its reply came{later}: <code>{_start(exchange.reply)}</code></p>"
    phoenix = exchange.phoenix
    if isinstance(phoenix, NotAMessage) or exchange.message.speaker != "client":
        return ""
    if phoenix.ref is not None:
        return "<p>↪ No reply to it has come so far.</p>"
    return ""


def _start(message: Message) -> str:
    return _cut(message.text if message.is_text else "a binary message", 120)


def _slot(value: str | None) -> str:
    return "null" if value is None else value


def _tree(message: Message) -> str:
    try:
        value = json.loads(message.text) if message.size <= 2**20 else None
    except (ValueError, RecursionError):
        return ""
    if not isinstance(value, dict | list):
        return ""
    left = [MOST_NODES]
    return _fold("JSON", "".join(_node("", value, left, 0)), is_open=True)


def _node(name: str, value: Any, left: list[int], depth: int) -> Iterator[str]:
    """Draw a JSON value as nested details; ``left`` counts the values that may still be drawn."""
    left[0] -= 1
    label = f"<b>{_cut(name, 100)}</b> " if name else ""
    if not isinstance(value, dict | list) or not value:
        yield f'<div class="hs-leaf">{label}<code>{_cut(_compact(value), 500)}</code></div>'
        return
    named = value.items() if isinstance(value, dict) else enumerate(value)
    kind = "{…}" if isinstance(value, dict) else "[…]"
    count = f"{len(value):,} value{'s' * (len(value) != 1)}"
    yield (
        f'<details class="hs-node"{" open" * (depth < 3)}><summary>{label}<code>{kind}</code> '
        f'<span class="hs-meaning">{count}</span></summary>'
    )
    if depth >= DEEPEST:
        yield "<p>… deeper levels are not drawn</p>"
    else:
        for key, inner in named:
            if left[0] <= 0:
                yield "<p>… and more values</p>"
                break
            yield from _node(str(key), inner, left, depth + 1)
    yield "</details>"


def _compact(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "… nested too deep to be shown"
    return text if len(text) <= MOST_VALUE else f"{text[:MOST_VALUE]}…"


def _hex(data: bytes) -> str:
    lines = []
    for i in range(0, len(data), BYTES_IN_A_LINE):
        line = data[i : i + BYTES_IN_A_LINE]
        groups = "  ".join(line[j : j + 4].hex(" ") for j in range(0, len(line), 4))
        says = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in line)
        lines.append(f"{i:6,}   {groups:<53}{says}")
    return "\n".join(lines)


# Pieces


def _section(title: str, *parts: str) -> str:
    return f'<section class="hs-section"><h4>{escape(title)}</h4>{"".join(parts)}</section>'


def _fields(rows: Rows) -> str:
    lines = "".join(
        f'<tr><th scope="row">{_cut(name, 100)}</th>'
        f'<td class="hs-value"><code>{_cut(value, MOST_VALUE)}</code></td>'
        f'<td class="hs-meaning">{_cut(meaning, MOST_VALUE)}</td></tr>'
        for name, value, meaning in rows
    )
    return f'<table class="hs-fields"><tbody>{lines}</tbody></table>'


def _fold(title: str, inside: str, *, is_open: bool = False) -> str:
    return (
        f'<details class="hs-fold"{" open" * is_open}><summary>{escape(title)}</summary>'
        f"{inside}</details>"
    )


def _text(text: str) -> str:
    more = _more(len(text) - MOST_TEXT, "characters")
    return f"<pre>{_visible(text[:MOST_TEXT])}</pre>" + (f"<p>{more}</p>" if more else "")


def _cut(text: str, size: int) -> str:
    more = _more(len(text) - size, "characters")
    return _visible(text[:size]) + (f" {more}" if more else "")


def _more(count: int, what: str) -> str:
    return f"… and {count:,} more {what}" if count > 0 else ""


def _visible(text: str) -> str:
    """Escape a text for HTML; what would turn or hide other characters is shown as its code."""
    return escape(
        "".join(
            c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode()
            for c in text
        )
    )


def _verdict(sentence: str) -> str:
    return f'<p class="hs-verdict">✗ {_cut(sentence, MOST_VALUE)}</p>'
