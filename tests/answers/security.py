"""Known wrong answers of lesson 10, and the sentence that each earns, word for word."""

from __future__ import annotations

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "10A",
        """\
def allow(origin):
    return origin is None or origin.startswith('https://good.example')
""",
        "10A not yet: `allow('https://good.example.evil.example')` gave True, and "
        "this is another page's origin. That lets in whatever begins so: "
        "good.example.evil.example is somebody else's.",
    ),
    (
        "10A",
        """\
def allow(origin):
    return origin is None or 'good.example' in origin
""",
        "10A not yet: `allow('https://x-good.example.evil.example')` gave True, and "
        "this is another page's origin. That looks for good.example anywhere in the "
        "text; compare the whole host.",
    ),
    (
        "10A",
        """\
def allow(origin):
    return origin is None or origin.endswith('good.example')
""",
        "10A not yet: `allow('https://evilgood.example')` gave True, and this is "
        "another page's origin. That looks at the end alone: evilgood.example ends "
        "so, too.",
    ),
    (
        "10A",
        """\
from urllib.parse import urlsplit
def allow(origin):
    return origin is None or urlsplit(origin).netloc == 'good.example'
""",
        "10A not yet: `allow('http://good.example')` gave True, and this is another "
        "page's origin. The scheme counts: a page that came by http may have been "
        "changed on its way.",
    ),
    (
        "10A",
        """\
def allow(origin):
    return origin is None or origin == 'https://good.example'
""",
        "10A not yet: `allow('HTTPS://GOOD.EXAMPLE')` gave False, and this page is "
        "welcome. Scheme and host are the same in capitals: `.lower()` first.",
    ),
    (
        "10A",
        """\
def allow(origin):
    return origin is None or origin.lower() == 'https://good.example'
""",
        "10A not yet: `allow('https://good.example:443')` gave False, and this page "
        "is welcome. 443 is the port of https: with it or without, it's the same "
        "origin.",
    ),
    (
        "10A",
        """\
from urllib.parse import urlsplit
def allow(origin):
    scheme, host = urlsplit(origin or '').scheme, urlsplit(origin or '').hostname
    return origin is None or (scheme, host) == ('https', 'good.example')
""",
        "10A not yet: `allow('https://good.example:8443')` gave True, and this is "
        "another page's origin. Another port is another origin, and another program "
        "may listen there.",
    ),
    (
        "10A",
        """\
def allow(origin):
    return origin is not None and origin.lower().removesuffix(':443') == 'https://good.example'
""",
        "10A not yet: `allow(None)` gave False; expected True. Without an Origin it "
        "is no browser: there is no page that could be evil. Let it in, as Phoenix "
        "does, and ask for a token.",
    ),
    (
        "10A",
        """\
def allow(origin):
    return origin is None or 'maybe'
""",
        "10A not yet: `allow('https://good.example')` gave 'maybe', a str; expected True or False.",
    ),
    (
        "10B",
        """\
import asyncio
import json


async def authenticate(receive):
    try:
        message = json.loads(await asyncio.wait_for(receive(), 0.1))
    except (TimeoutError, ValueError):
        return False
    return isinstance(message, dict) and 's3cret' in message.get('token', '')
""",
        "10B not yet: `authenticate(a Client)` gave True, expected False, where a client "
        'sends \'{"token": "no s3cret"}\'. Compare the token whole: `==`, and nothing '
        "before it or behind it.",
    ),
    (
        "10B",
        """\
import asyncio
import json


async def authenticate(receive):
    try:
        return 's3cret' in await asyncio.wait_for(receive(), 0.1)
    except TimeoutError:
        return False
""",
        "10B not yet: `authenticate(a Client)` gave True, expected False, where a "
        'client sends \'{"body": "my token is s3cret"}\'. The token may stand in '
        "anybody's text: read the JSON, and look at its key.",
    ),
    (
        "10B",
        """\
import asyncio
import json


async def authenticate(receive):
    try:
        message = json.loads(await asyncio.wait_for(receive(), 1))
    except (TimeoutError, ValueError):
        return False
    return isinstance(message, dict) and message.get("token") == "s3cret"
""",
        "10B not yet: `authenticate(a Client)` had not ended after 1 s. Is there a "
        "loop that never ends, or an `await` for what never comes? A stranger may "
        "say nothing for ever, and you would hold the connection for him: "
        "`asyncio.wait_for(receive(), 0.1)` gives up with TimeoutError.",
    ),
    (
        "10B",
        """\
import asyncio
import json


async def authenticate(receive):
    return json.loads(await receive())['token'] == 's3cret'
""",
        "10B not yet: `authenticate(a Client)` raised KeyError in line 6 of its "
        "cell: 'token'. A stranger may send any JSON: look whether the key is there.",
    ),
    (
        "10B",
        """\
import asyncio
import json


async def authenticate(receive):
    return json.loads(await receive()).get('token') == 's3cret'
""",
        "10B not yet: `authenticate(a Client)` raised json.decoder.JSONDecodeError "
        "in line 6 of its cell: Expecting value: line 1 column 1 (char 0). A "
        "stranger may send anything: text that is no JSON is a no.",
    ),
    (
        "10B",
        """\
import asyncio
import json


async def authenticate(receive):
    try:
        message = json.loads(await receive())
    except ValueError:
        return False
    return isinstance(message, dict) and message.get('token') == 's3cret'
""",
        "10B not yet: `authenticate(a Client)` had not ended after 1 s. Is there a "
        "loop that never ends, or an `await` for what never comes? A stranger may "
        "say nothing for ever, and you would hold the connection for him: "
        "`asyncio.wait_for(receive(), 0.1)` gives up with TimeoutError.",
    ),
    (
        "10B",
        """\
import asyncio
import json


async def authenticate(receive):
    return True
""",
        "10B not yet: `authenticate(a Client)` gave True, expected False, where a "
        'client sends \'{"token": "guess"}\'. Look at what the client sends before you '
        "let it in.",
    ),
    (
        "10B",
        """\
import json


def authenticate(receive):
    return True
""",
        "10B not yet: `authenticate` is a plain function: write `async def authenticate`.",
    ),
    (
        "10B",
        """\
import asyncio
import json


async def authenticate(receive):
    while True:
        message = json.loads(await asyncio.wait_for(receive(), 0.1))
        if message.get('token') == 's3cret':
            return True
""",
        "10B not yet: `authenticate(a Client)` raised TimeoutError in line 7 of its cell.",
    ),
]
