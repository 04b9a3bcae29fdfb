"""Phoenix's messages: what WebSocket leaves out, in five slots.

A WebSocket carries messages and knows no rooms, replies or errors. Phoenix puts all three into each
message: ``[join_ref, ref, topic, event, payload]``. Text is JSON; a payload of bytes travels as a
binary message with the same strings before it (version 2 of its serializer). Version 1, which a
client gets that asks for none, is a JSON object and knows text only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from .frames import Speaker, preview

__all__ = [
    "CLOSE",
    "ERROR",
    "HEARTBEAT",
    "JOIN",
    "LEAVE",
    "PHOENIX",
    "REPLY",
    "NotAMessage",
    "PhoenixMessage",
    "Version",
    "decode_message",
]

# The events that Phoenix itself uses; all others are the application's.
JOIN = "phx_join"
LEAVE = "phx_leave"
REPLY = "phx_reply"
CLOSE = "phx_close"
ERROR = "phx_error"

# The topic and the event of a client's heartbeat.
PHOENIX = "phoenix"
HEARTBEAT = "heartbeat"

# Which serializer the ``vsn`` of the URL chose.
Version: TypeAlias = Literal[1, 2]

# The first byte of a binary message.
PUSH_KIND, REPLY_KIND, BROADCAST_KIND = 0, 1, 2

# The strings that stand before the data, by who speaks and by kind.
LAYOUTS: dict[tuple[Speaker, int], tuple[str, ...]] = {
    ("client", PUSH_KIND): ("join_ref", "ref", "topic", "event"),
    ("server", PUSH_KIND): ("join_ref", "topic", "event"),
    ("server", REPLY_KIND): ("join_ref", "ref", "topic", "status"),
    ("server", BROADCAST_KIND): ("topic", "event"),
}

# In a binary message a string's length is one byte.
LONGEST_STRING = 255  # bytes


@dataclass(frozen=True, slots=True)
class PhoenixMessage:
    """
    One message of Phoenix's protocol.

    Attributes:
        join_ref: Which join of the topic this belongs to; None where that says nothing.
        ref: The client's number for it, which the reply repeats; None where no reply is due.
        topic: What it is about, such as ``"room:lobby"``.
        event: What happened there, such as ``"shout"``; Phoenix's own begin with ``phx_``.
        payload: A JSON value, or bytes. A reply's is ``{"response": ..., "status": "ok"}``, where
            the response may be bytes.

    """

    join_ref: str | None
    ref: str | None
    topic: str
    event: str
    payload: Any = field(default_factory=dict)

    def encode(self, speaker: Speaker, vsn: Version = 2) -> str | bytes:
        """
        Return the message as it goes over the wire: str for a text message, bytes for a binary one.

        Args:
            speaker: Who sends it; both speak the same text, and different binary layouts.
            vsn: Version of the serializer.

        Raises:
            TypeError: If the payload holds what JSON can't, or if another slot is no string.
            ValueError: If it holds what JSON has no word for (NaN, half a character), if a string
                is longer than 255 bytes in a binary message, or if version 1 gets bytes.

        """
        _check_strings(self)
        binary = _binary_form(self, speaker)
        if vsn == 1:
            if binary is not None:
                raise ValueError(
                    "version 1 has no binary messages: connect with vsn=2.0.0, or send JSON"
                )
            # Its keys stand in alphabetical order, and it has no join_ref.
            return _to_json(
                {
                    "event": self.event,
                    "payload": self.payload,
                    "ref": self.ref,
                    "topic": self.topic,
                }
            )
        if binary is None:
            return _to_json([self.join_ref, self.ref, self.topic, self.event, self.payload])
        kind, data = binary
        status = self.payload["status"] if kind == REPLY_KIND and speaker == "server" else ""
        strings = []
        for name in LAYOUTS[speaker, kind]:
            text = status if name == "status" else getattr(self, name) or ""
            encoded = _whole(text)
            if len(encoded) > LONGEST_STRING:
                raise ValueError(
                    f"{name} must be at most {LONGEST_STRING} bytes in a binary message, "
                    f"got {len(encoded)}: shorten it, or send JSON"
                )
            strings.append(encoded)
        return bytes([kind, *map(len, strings)]) + b"".join(strings) + data


@dataclass(frozen=True, slots=True)
class NotAMessage:
    """
    What came over the wire and is none of Phoenix's messages.

    Attributes:
        data: The WebSocket message: str if it was text, bytes if it was binary.
        reason: What is wrong with it, as the end of a sentence that begins with "not a message:".

    """

    data: str | bytes
    reason: str

    def __repr__(self) -> str:
        is_text = isinstance(self.data, str)
        data = (
            self.data if isinstance(self.data, bytes) else self.data[:240].encode(errors="replace")
        )
        return f"NotAMessage({self.reason}: {preview(data[:240], is_text)})"


def decode_message(
    data: str | bytes, speaker: Speaker, vsn: Version = 2
) -> PhoenixMessage | NotAMessage:
    """
    Read one WebSocket message as Phoenix's. Whatever it holds, this doesn't raise.

    Args:
        data: A text message as str, or a binary one as bytes.
        speaker: Who sent it.
        vsn: Version of the serializer.

    Returns:
        The message, or what is wrong with it. A binary message can't tell a missing ``join_ref``
        from an empty one: it is ``""`` then.

    """
    try:
        if vsn == 1:
            return _decode_object(data)
        return _decode_array(data) if isinstance(data, str) else _decode_binary(data, speaker)
    except _NotThatError as error:
        return NotAMessage(data, str(error))


class _NotThatError(Exception):
    """What was read is no message; the text says why."""


# Text.


def _check_strings(message: PhoenixMessage) -> None:
    for name in ("topic", "event"):
        value = getattr(message, name)
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a string, got {type(value).__name__}")
    for name in ("join_ref", "ref"):
        value = getattr(message, name)
        if not isinstance(value, str | None):
            raise TypeError(f"{name} must be a string or None, got {type(value).__name__}")


def _whole(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ValueError(
            "a text must be whole characters: it holds half of one, a lone surrogate"
        ) from None


def _to_json(value: object) -> str:
    try:
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except TypeError as error:
        raise TypeError(
            f"a payload must be JSON (dict, list, str, number, True, False, None) or bytes: {error}"
        ) from None
    except RecursionError:
        raise ValueError("a payload must not contain itself, or be nested that deeply") from None
    except ValueError as error:
        raise ValueError(f"a payload must be JSON: {error}") from None
    _whole(text)
    return text


def _from_json(data: str) -> Any:
    try:
        data.encode()
    except UnicodeEncodeError:
        raise _NotThatError("it holds half a character, a lone surrogate") from None
    try:
        value = json.loads(data, parse_constant=_refuse, parse_float=_finite)
        if "\\ud" in data or "\\uD" in data:
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise _NotThatError("its JSON is nested too deeply") from None
    except UnicodeEncodeError:
        raise _NotThatError("its JSON spells half a character, a lone surrogate") from None
    except ValueError as error:
        # The standard library's sentence ends with where it stands, and that's a help.
        raise _NotThatError(f"it is no JSON ({error})") from None
    return value


def _refuse(name: str) -> None:
    raise ValueError(f"JSON has no {name}")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return number


def _decode_array(data: str) -> PhoenixMessage:
    value = _from_json(data)
    if not isinstance(value, list):
        raise _NotThatError(f"it is {_kind(value)} where an array of five belongs")
    if len(value) != 5:
        raise _NotThatError(f"its array has {len(value)} elements where five belong")
    return _message(*value)


def _decode_object(data: str | bytes) -> PhoenixMessage:
    if isinstance(data, bytes):
        raise _NotThatError("it is binary, and version 1 knows text only")
    value = _from_json(data)
    if not isinstance(value, dict):
        raise _NotThatError(f"it is {_kind(value)} where version 1 has an object")
    missing = [key for key in ("topic", "event", "payload", "ref") if key not in value]
    if missing:
        raise _NotThatError(f"its object has no {missing[0]!r}")
    return _message(
        value.get("join_ref"), value["ref"], value["topic"], value["event"], value["payload"]
    )


def _message(join_ref: Any, ref: Any, topic: Any, event: Any, payload: Any) -> PhoenixMessage:
    for name, value in (("join_ref", join_ref), ("ref", ref)):
        if not isinstance(value, str | None):
            raise _NotThatError(f"its {name} is {_kind(value)} where a string or null belongs")
    for name, value in (("topic", topic), ("event", event)):
        if not isinstance(value, str):
            raise _NotThatError(f"its {name} is {_kind(value)} where a string belongs")
    return PhoenixMessage(join_ref, ref, topic, event, payload)


def _kind(value: object) -> str:
    """Name a JSON value as JSON does."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


# Binary.


def _binary_form(message: PhoenixMessage, speaker: Speaker) -> tuple[int, bytes] | None:
    """Return kind and data of what travels as a binary message; None for what is JSON."""
    payload = message.payload
    if isinstance(payload, bytes | bytearray | memoryview):
        is_broadcast = speaker == "server" and message.join_ref is None
        return (BROADCAST_KIND if is_broadcast else PUSH_KIND), bytes(payload)
    if speaker == "server" and message.event == REPLY and isinstance(payload, dict):
        response = payload.get("response")
        if isinstance(response, bytes | bytearray | memoryview):
            status = payload.get("status")
            if not isinstance(status, str):
                raise TypeError(f"a reply's status must be a string, got {type(status).__name__}")
            return REPLY_KIND, bytes(response)
    return None


def _decode_binary(data: bytes, speaker: Speaker) -> PhoenixMessage:
    if not data:
        raise _NotThatError("it is empty")
    layout = LAYOUTS.get((speaker, data[0]))
    if layout is None:
        raise _NotThatError(f"its first byte is {data[0]}, and no kind of the {speaker}'s")
    start = 1 + len(layout)
    if len(data) < start:
        raise _NotThatError(f"it ends within its {len(layout)} lengths")
    values: dict[str, str] = {}
    for name, length in zip(layout, data[1:start], strict=True):
        raw = data[start : start + length]
        if len(raw) < length:
            raise _NotThatError(f"it ends within its {name}: {len(raw)} of {length} bytes")
        try:
            values[name] = raw.decode()
        except UnicodeDecodeError:
            raise _NotThatError(f"its {name} isn't valid UTF-8") from None
        start += length
    rest = data[start:]
    if "status" in values:
        payload: Any = {"response": rest, "status": values["status"]}
        return PhoenixMessage(values["join_ref"], values["ref"], values["topic"], REPLY, payload)
    return PhoenixMessage(
        values.get("join_ref"), values.get("ref"), values["topic"], values["event"], rest
    )
