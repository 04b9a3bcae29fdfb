"""Known wrong answers of lesson 06, and the sentence that each earns, word for word."""

from __future__ import annotations

KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "6A",
        """\
import zlib
def inflate(payloads):
    window = zlib.decompressobj(wbits=-15)
    return [window.decompress(payload) for payload in payloads]
""",
        "6A not yet: `inflate([f2 48 cd c9 c9 07 00, f2 00 11 00 00])` raised "
        "zlib.error in line 4 of its cell: Error -3 while decompressing data: "
        "invalid stored block lengths. The end is missing: the sender took `00 00 ff "
        "ff` off each message; put it back before you inflate.",
    ),
    (
        "6A",
        "import zlib\n"
        "def inflate(payloads):\n"
        "    window = zlib.decompressobj(wbits=-15)\n"
        "    return [zlib.decompressobj(wbits=-15).decompress(payload + "
        'b"\\x00\\x00\\xff\\xff") for payload in payloads]\n',
        "6A not yet: `inflate([f2 48 cd c9 c9 07 00, f2 00 11 00 00])` raised "
        "zlib.error in line 4 of its cell: Error -3 while decompressing data: "
        "invalid distance too far back. The second message copies from the first, so "
        "keep one `decompressobj` for all of them: make it before the loop.",
    ),
    (
        "6A",
        "import zlib\n"
        "def inflate(payloads):\n"
        "    window = zlib.decompressobj()\n"
        '    return [window.decompress(payload + b"\\x00\\x00\\xff\\xff") for payload in '
        "payloads]\n",
        "6A not yet: `inflate([f2 48 cd c9 c9 07 00])` raised zlib.error in line 4 "
        "of its cell: Error -3 while decompressing data: incorrect header check. "
        "That waits for zlib's own header, which a WebSocket leaves out: "
        "`zlib.decompressobj(wbits=-15)`.",
    ),
    (
        "6A",
        """\
import zlib
def inflate(payloads):
    return [zlib.decompress(payload) for payload in payloads]
""",
        "6A not yet: `inflate([f2 48 cd c9 c9 07 00])` raised zlib.error in line 3 "
        "of its cell: Error -3 while decompressing data: incorrect header check. "
        "That waits for zlib's own header, which a WebSocket leaves out: "
        "`zlib.decompressobj(wbits=-15)`.",
    ),
    (
        "6A",
        "import zlib\n"
        "def inflate(payloads):\n"
        "    window = zlib.decompressobj(wbits=-15)\n"
        '    return [window.decompress(b"".join(p + b"\\x00\\x00\\xff\\xff" for p in '
        "payloads))]\n",
        "6A not yet: `inflate([f2 48 cd c9 c9 07 00, f2 00 11 00 00])` gave [48 65 "
        "6c 6c 6f 48 65 6c 6c 6f], expected [48 65 6c 6c 6f, 48 65 6c 6c 6f]. Each "
        "payload is a message of its own: return one item for each.",
    ),
    (
        "6A",
        """\
def inflate(payloads):
    return payloads
""",
        "6A not yet: `inflate([f2 48 cd c9 c9 07 00])` gave [f2 48 cd c9 c9 07 00], "
        "expected [48 65 6c 6c 6f]. Those are the payloads as they came: inflate "
        "them.",
    ),
    (
        "6A",
        "import zlib\n"
        "def inflate(payloads):\n"
        "    window = zlib.decompressobj(wbits=-15)\n"
        '    found = [window.decompress(payload + b"\\x00\\x00\\xff\\xff") for payload '
        "in payloads]\n"
        "    return found[-1] if found else b''\n",
        "6A not yet: `inflate([f2 48 cd c9 c9 07 00])` gave 48 65 6c 6c 6f, bytes; "
        "expected [48 65 6c 6c 6f], a list. Return them all, in a list.",
    ),
    (
        "6A",
        "import zlib\n"
        "def inflate(payloads):\n"
        "    window = zlib.decompressobj(wbits=-15)\n"
        '    print([window.decompress(payload + b"\\x00\\x00\\xff\\xff") for payload in '
        "payloads])\n",
        "6A not yet: `inflate([f2 48 cd c9 c9 07 00])` printed something and "
        "returned None: put `return` where `print` is.",
    ),
    (
        "6A",
        "import zlib\n"
        "def inflate(payloads):\n"
        "    window = zlib.decompressobj(wbits=-15)\n"
        '    return b"".join([window.decompress(payload + b"\\x00\\x00\\xff\\xff") for '
        "payload in payloads])\n",
        "6A not yet: `inflate([f2 48 cd c9 c9 07 00])` gave 48 65 6c 6c 6f, bytes; "
        "expected [48 65 6c 6c 6f], a list. Return them all, in a list.",
    ),
    (
        "6B",
        "import zlib\n"
        "def inflate_at_most(payload, limit):\n"
        "    window = zlib.decompressobj(wbits=-15)\n"
        '    data = window.decompress(payload + b"\\x00\\x00\\xff\\xff", limit + 1)\n'
        "    return None if len(data) > limit - 1 else data\n",
        "6B not yet: `inflate_at_most(f2 48 cd c9 c9 07 00, 5)` gave None; expected "
        "48 65 6c 6c 6f: it isn't longer than the limit. A message of exactly the "
        "limit is allowed: refuse what is longer.",
    ),
    (
        "6B",
        "import zlib\n"
        "def inflate_at_most(payload, limit):\n"
        "    window = zlib.decompressobj(wbits=-15)\n"
        '    data = window.decompress(payload + b"\\x00\\x00\\xff\\xff")\n'
        "    return None if len(payload) > limit else data\n",
        "6B not yet: `inflate_at_most(4a 4c a4 3d 00 00, 50)` gave 61 61 61 61 61 61 "
        "61 61 61 61 61 61 61 61 61 61 … (100 bytes), expected None: it is longer "
        "than the limit. That compares the payload as it came. A bomb is small until "
        "it is inflated.",
    ),
    (
        "6B",
        "import zlib\n"
        "def inflate_at_most(payload, limit):\n"
        "    window = zlib.decompressobj(wbits=-15)\n"
        '    data = window.decompress(payload + b"\\x00\\x00\\xff\\xff")\n'
        "    return data\n",
        "6B not yet: `inflate_at_most(f2 48 cd c9 c9 07 00, 4)` gave 48 65 6c 6c 6f, "
        "expected None: it is longer than the limit. Nothing is refused there; look "
        "at the limit.",
    ),
    (
        "6B",
        "import zlib\n"
        "def inflate_at_most(payload, limit):\n"
        "    window = zlib.decompressobj(wbits=-15)\n"
        '    data = window.decompress(payload + b"\\x00\\x00\\xff\\xff", limit or 1)\n'
        "    return data\n",
        "6B not yet: `inflate_at_most(f2 48 cd c9 c9 07 00, 4)` gave 48 65 6c 6c, "
        "expected None: it is longer than the limit. That cuts the message off at "
        "the limit, and half a message is none. Ask for one byte more than the "
        "limit, and see whether it comes.",
    ),
    (
        "6B",
        "import zlib\n"
        "def inflate_at_most(payload, limit):\n"
        "    window = zlib.decompressobj(wbits=-15)\n"
        '    data = window.decompress(payload + b"\\x00\\x00\\xff\\xff")\n'
        "    return None if len(data) > limit else data\n",
        "6B not yet: `inflate_at_most` refuses the bomb, but only after it had "
        "10,000,000 bytes in memory, with a limit of 1,000,000. `decompress(data, "
        "most)` stops after `most` bytes.",
    ),
    (
        "6B",
        "def inflate_at_most(payload, limit):\n"
        "    import zlib\n"
        "    window = zlib.decompressobj(wbits=-15)\n"
        '    data = window.decompress(payload + b"\\x00\\x00\\xff\\xff")\n'
        "    return None if len(data) > limit else data\n",
        "6B not yet: `inflate_at_most` refuses the bomb, but only after it had "
        "10,000,000 bytes in memory, with a limit of 1,000,000. `decompress(data, "
        "most)` stops after `most` bytes.",
    ),
    (
        "6B",
        "from zlib import decompressobj as inflater\n"
        "def inflate_at_most(payload, limit):\n"
        '    data = inflater(wbits=-15).decompress(payload + b"\\x00\\x00\\xff\\xff")\n'
        "    return None if len(data) > limit else data\n",
        "6B not yet: `inflate_at_most` refuses the bomb, but only after it had "
        "10,000,000 bytes in memory, with a limit of 1,000,000. `decompress(data, "
        "most)` stops after `most` bytes.",
    ),
    (
        "6B",
        "import zlib\n"
        "def inflate_at_most(payload, limit):\n"
        "    window = zlib.decompressobj(wbits=-15)\n"
        '    data = window.decompress(payload + b"\\x00\\x00\\xff\\xff", limit + 1)\n'
        "    return '' if len(data) > limit else data\n",
        "6B not yet: `inflate_at_most(f2 48 cd c9 c9 07 00, 4)` gave '', expected "
        "None: it is longer than the limit.",
    ),
    (
        "6C",
        "smaller = True",
        "6C not yet: `smaller` is a bool; put True or False behind each letter.",
    ),
    (
        "6C",
        "smaller = {'A': False, 'B': False, 'C': False, 'D': False, 'E': True, 'F': False}",
        "6C not yet: Look at A again, the same news again, context takeover on: it "
        "copies all of it from the window.",
    ),
    (
        "6C",
        "smaller = {'A': True, 'B': True, 'C': False, 'D': False, 'E': True, 'F': False}",
        "6C not yet: Look at B again, a photo, already a JPEG: a JPEG is compressed "
        "already, and what is left hardly repeats.",
    ),
    (
        "6C",
        "smaller = {'A': True, 'B': False, 'C': True, 'D': False, 'E': True, 'F': False}",
        "6C not yet: Look at C again, the word Hello, the first message of all: "
        "no 3 bytes of it repeat, and its block's beginning and end cost 2 bytes.",
    ),
    (
        "6C",
        "smaller = {'A': True, 'B': False, 'C': False, 'D': True, 'E': True, 'F': False}",
        "6C not yet: Look at D again, 64 KiB of random bytes: random bytes hardly repeat.",
    ),
    (
        "6C",
        "smaller = {'A': True, 'B': False, 'C': False, 'D': False, 'E': False, 'F': False}",
        "6C not yet: Look at E again, a JSON list of 200 users: its keys are the same 200 times.",
    ),
    (
        "6C",
        "smaller = {'A': True, 'B': False, 'C': False, 'D': False, 'E': True, 'F': True}",
        "6C not yet: Look at F again, a ping: control frames are never compressed (RFC 7692 §6).",
    ),
    (
        "6C",
        "smaller = {'A': True, 'B': False, 'C': False, 'D': False, 'E': True, 'F': ...}",
        "6C not yet: Right so far. Still open: F.",
    ),
    (
        "6C",
        "smaller = {'A': 'yes', 'B': False, 'C': False, 'D': False, 'E': True, 'F': False}",
        "6C not yet: `smaller['A']` is 'yes', a str; put True or False there.",
    ),
    (
        "6C",
        "smaller = {'A': True}",
        "6C not yet: `smaller` has no 'B': a photo, already a JPEG.",
    ),
]
