"""Security: which pages may connect, and a token that has to come first, and soon."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .engine import Exercise
from .grading import Mistake, Vectors, kind, show

__all__ = ["EXERCISES"]

# 10A

GOOD = "good.example"

ORIGINS: list[tuple[str | None]] = [
    (f"https://{GOOD}",),
    (f"https://x-{GOOD}.evil.example",),
    (f"https://{GOOD}.evil.example",),
    (f"https://evil{GOOD}",),
    (f"http://{GOOD}",),
    (f"https://{GOOD}:8443",),
    ("HTTPS://GOOD.EXAMPLE",),
    (f"https://{GOOD}:443",),
    (None,),
    ("null",),
    ("",),
    (f"https://{GOOD}@evil.example",),
    (f"https://www.{GOOD}",),
    ("https://[::1",),
    (f"https://{GOOD}:port",),
]


def _allow(origin: str | None) -> bool:
    if origin is None:
        return True
    try:
        parts = urlsplit(origin.lower())
        return (parts.scheme, parts.netloc.removesuffix(":443")) == ("https", GOOD)
    except ValueError:
        return False


def _judge_origin(arguments: Sequence[Any], value: Any) -> str | None:
    (origin,) = arguments
    right = _allow(origin)
    if value is right:
        return None
    if not isinstance(value, bool):
        return f"gave {show(value)}, {kind(value)}; expected True or False."
    if right:
        return "gave False, and this page is welcome." if origin else "gave False; expected True."
    return "gave True, and this is another page's origin."


ALLOW = Vectors(
    "allow",
    ORIGINS,
    _judge_origin,
    [
        Mistake(
            "443 is the port of https: with it or without, it's the same origin.",
            lambda origin: origin is None or origin.lower() == f"https://{GOOD}",
        ),
        Mistake(
            "Scheme and host are the same in capitals: `.lower()` first.",
            lambda origin: origin is None or origin == f"https://{GOOD}",
        ),
        Mistake(
            "Another port is another origin, and another program may listen there.",
            lambda origin: (
                origin is None
                or (urlsplit(origin).scheme, urlsplit(origin).hostname) == ("https", GOOD)
            ),
        ),
        Mistake(
            "The scheme counts: a page that came by http may have been changed on its way.",
            lambda origin: origin is None or urlsplit(origin).netloc == GOOD,
        ),
        Mistake(
            f"That lets in whatever begins so: {GOOD}.evil.example is somebody else's.",
            lambda origin: origin is None or origin.startswith(f"https://{GOOD}"),
        ),
        Mistake(
            f"That looks at the end alone: evil{GOOD} ends so, too.",
            lambda origin: origin is None or origin.endswith(GOOD),
        ),
        Mistake(
            f"That looks for {GOOD} anywhere in the text; compare the whole host.",
            lambda origin: origin is None or GOOD in origin,
        ),
        Mistake(
            "Without an Origin it is no browser: there is no page that could be evil. Let it in, "
            "as Phoenix does, and ask for a token.",
            lambda origin: (
                origin is not None and origin.lower().removesuffix(":443") == f"https://{GOOD}"
            ),
        ),
    ],
)

# 10B

PATIENCE = 0.1  # seconds


@dataclass(slots=True)
class Client:
    """What a client sends: each message, and how many seconds after the one before."""

    messages: list[tuple[float, str]]

    async def __call__(self) -> str:
        """Wait for the next message, for ever if there is none."""
        if not self.messages:
            await asyncio.Event().wait()
        wait, text = self.messages.pop(0)
        await asyncio.sleep(wait)
        return text

    def __deepcopy__(self, _: object) -> Client:
        return Client(list(self.messages))

    @property
    def in_words(self) -> str:
        """What it does, for a sentence."""
        said = [
            f"{text!r}" + (f" after {wait:g} s" if wait else "") for wait, text in self.messages
        ]
        return " and then ".join(said) or "nothing at all"


RIGHT = json.dumps({"token": "s3cret"})

TALKS = [
    (Client([(0, RIGHT)]),),
    (Client([(0, '{"token": "guess"}')]),),
    (Client([(0, '{"body": "my token is s3cret"}')]),),
    (Client([(0, '{"body": "hi"}'), (0, RIGHT)]),),
    (Client([(0, "s3cret")]),),
    (Client([(0, "[1, 2]")]),),
    (Client([]),),
    (Client([(4 * PATIENCE, RIGHT)]),),
    (Client([(0, '{"token": "no s3cret"}')]),),
]

Receive = Callable[[], Awaitable[str]]


def _is_right(text: str) -> bool:
    try:
        message = json.loads(text)
    except ValueError:
        return False
    return isinstance(message, dict) and message.get("token") == "s3cret"


async def _authenticate(receive: Receive) -> bool:
    try:
        return _is_right(await asyncio.wait_for(receive(), PATIENCE))
    except TimeoutError:
        return False


def _judge_token(arguments: Sequence[Any], value: Any) -> str | None:
    (talk,) = arguments
    is_late = bool(talk.messages) and talk.messages[0][0] > PATIENCE
    right = bool(talk.messages) and not is_late and _is_right(talk.messages[0][1])
    if value is right:
        return None
    if not isinstance(value, bool):
        return f"gave {show(value)}, {kind(value)}, where a client sends {talk.in_words}."
    return f"gave {value}, expected {right}, where a client sends {talk.in_words}."


async def _waits_for_ever(receive: Receive) -> bool:
    return _is_right(await receive())


async def _any_message(receive: Receive) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            while not _is_right(await receive()):
                pass
            return True
    except TimeoutError:
        return False


async def _found_in_token(receive: Receive) -> bool:
    try:
        message = json.loads(await asyncio.wait_for(receive(), PATIENCE))
    except (TimeoutError, ValueError):
        return False
    return isinstance(message, dict) and "s3cret" in str(message.get("token"))


async def _found_in_text(receive: Receive) -> bool:
    try:
        return "s3cret" in await asyncio.wait_for(receive(), PATIENCE)
    except TimeoutError:
        return False


async def _trusts_json(receive: Receive) -> bool:
    return bool(json.loads(await receive())["token"] == "s3cret")


async def _not_json(receive: Receive) -> bool:
    return bool(json.loads(await receive()).get("token") == "s3cret")


async def _anybody(receive: Receive) -> bool:
    return True


async def _late(receive: Receive) -> bool:
    try:
        return _is_right(await asyncio.wait_for(receive(), 5 * PATIENCE))
    except TimeoutError:
        return False


def _raw(receive: Receive) -> object:
    return receive()


AUTHENTICATE = Vectors(
    "authenticate",
    TALKS,
    _judge_token,
    [
        Mistake(
            "Compare the token whole: `==`, and nothing before it or behind it.", _found_in_token
        ),
        Mistake(
            "The token may stand in anybody's text: read the JSON, and look at its key.",
            _found_in_text,
        ),
        Mistake(
            "The first message has to bring the token: whatever comes later is too late.",
            _any_message,
        ),
        Mistake("0.1 seconds is all that the client has.", _late),
        Mistake(
            "A stranger may say nothing for ever, and you would hold the connection for him: "
            "`asyncio.wait_for(receive(), 0.1)` gives up with TimeoutError.",
            _waits_for_ever,
        ),
        Mistake("A stranger may send anything: text that is no JSON is a no.", _not_json),
        Mistake("A stranger may send any JSON: look whether the key is there.", _trusts_json),
        Mistake("Look at what the client sends before you let it in.", _anybody),
    ],
    is_async=True,
)


EXERCISES = [
    Exercise(
        name="10A",
        title="which pages may connect",
        task="Write `allow(origin)`: whether a page of that origin may open a WebSocket.",
        answer="allow",
        stub='''\
def allow(origin):
    """Return True for pages of https://good.example, and for who has no Origin (None)."""
    ...
''',
        hints=(
            "Which three parts make an origin, and which of them does your comparison look at?",
            "Scheme, host and port. Capitals don't count, and 443 is the port of https, said or "
            "not. Nothing else may be there.",
            '`origin.lower().removesuffix(":443") == "https://good.example"`, and None is let in.',
        ),
        solution="""\
def allow(origin):
    if origin is None:
        return True
    return origin.lower().removesuffix(":443") == "https://good.example"
""",
        reached=f"{len(ORIGINS)} origins, and only the good one's pages came in.",
        grade=ALLOW.grade,
    ),
    Exercise(
        name="10B",
        title="a token, first and soon",
        task="Write `authenticate(receive)`: whether the first message brings the token in time.",
        answer="authenticate",
        stub='''\
async def authenticate(receive):
    """Return True if the first message is JSON with the key "token" and the value "s3cret".

    await receive() gives the next message, a str. The client has 0.1 seconds.
    """
    ...
''',
        hints=(
            "What may a stranger send, other than what you expect? And what if they send nothing?",
            "`asyncio.wait_for(receive(), 0.1)` raises TimeoutError. `json.loads` raises "
            "ValueError for what is no JSON, and JSON needn't be a dictionary.",
            '`isinstance(message, dict) and message.get("token") == "s3cret"`, inside '
            "`try: ... except (TimeoutError, ValueError): return False`.",
        ),
        solution="""\
import asyncio
import json


async def authenticate(receive):
    try:
        message = json.loads(await asyncio.wait_for(receive(), 0.1))
    except (TimeoutError, ValueError):
        return False
    return isinstance(message, dict) and message.get("token") == "s3cret"
""",
        reached=f"{len(TALKS)} strangers knocked, and only the one with the token came in.",
        grade=AUTHENTICATE.grade,
    ),
]
