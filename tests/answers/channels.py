"""Known wrong answers of lesson 05, and the sentence that each earns, word for word."""

from __future__ import annotations

from . import changed


def request(*changes: tuple[str, str]) -> str:
    return changed(REQUEST, changes)


REQUEST = r"""def build_request(host, path, key):
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "",
        "",
    ]
    return "\r\n".join(lines).encode()
"""

MATCH = """\
import json
def reply_to(text, ref, join_ref):
    its_join_ref, its_ref, topic, event, payload = json.loads(text)
    if event != "phx_reply" or its_ref != ref or its_join_ref not in (None, join_ref):
        return None
    return payload["status"], payload["response"]
"""

NAMED_ROOM = """\
class NamedRoom(hs.Channel):
    def join(self, payload):
        if "name" not in payload:
            return hs.Reply({"reason": "no name"}, "error")
        self.name = payload["name"]
    def handle_in(self, event, payload):
        if event == "shout":
            self.broadcast("shout", {"name": self.name, "body": payload["body"]})
            return {}
        if event == "typing":
            self.broadcast_from("typing", {"name": self.name})
"""

REFUSE = """\
        if "name" not in payload:
            return hs.Reply({"reason": "no name"}, "error")
"""

ENCODE = """\
def encode_push(join_ref, ref, topic, event, data):
    strings = [text.encode() for text in (join_ref, ref, topic, event)]
    return bytes([0, *map(len, strings)]) + b"".join(strings) + data
"""


def match(*changes: tuple[str, str]) -> str:
    return changed(MATCH, changes)


def named_room(*changes: tuple[str, str]) -> str:
    return changed(NAMED_ROOM, changes)


def encode(*changes: tuple[str, str]) -> str:
    return changed(ENCODE, changes)


KNOWN_WRONG: list[tuple[str, str, str]] = [
    (
        "5A",
        match((" or its_ref != ref", "")),
        "5A not yet: "
        '`reply_to(\'["1","3","room:42","phx_reply",{"response":{"tea":1},"status\'…, '
        "'2', '1')` gave ('ok', {'tea': 1}), expected None: it answers the request '3', not '2'.",
    ),
    (
        "5A",
        match(('event != "phx_reply" or ', "")),
        '5A not yet: `reply_to(\'["1","1","room:42","phx_close",{}]\', \'1\', \'1\')` raised '
        "KeyError in line 6 of its cell: 'status'. That takes whatever repeats the ref for a "
        "reply: look at the event first.",
    ),
    (
        "5A",
        match((" or its_join_ref not in (None, join_ref)", "")),
        "5A not yet: "
        '`reply_to(\'["1","8","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'8', '7')` gave ('ok', {}), expected None: it belongs to the join '1', and yours is '7'.",
    ),
    (
        "5A",
        match(("not in (None, join_ref)", "!= join_ref")),
        "5A not yet: "
        '`reply_to(\'[null,"1","room:42","phx_reply",{"response":{"reason":"unmat\'…, '
        "'1', '1')` gave None; expected ('error', {'reason': 'unmatched topic'}). Its join_ref "
        "is null: no channel answers there, and that is an answer too. So compare join_ref with "
        "both: `in (None, join_ref)`.",
    ),
    (
        "5A",
        match(('return payload["status"], payload["response"]', "return payload")),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` gave {'response': a dict, 'status': 'ok'}, a dict; expected ('ok', {}), a "
        "tuple. That is the whole payload: return two of its values, status and response.",
    ),
    (
        "5A",
        match(('return payload["status"], payload["response"]', 'return payload["response"]')),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` gave {}, a dict; expected ('ok', {}), a tuple. The status is missing: return "
        "status and response.",
    ),
    (
        "5A",
        match(('payload["status"], payload["response"]', 'payload["response"], payload["status"]')),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` gave ({}, 'ok'), expected ('ok', {}). The status comes first, then the "
        "response.",
    ),
    (
        "5A",
        match(
            ('payload["status"], payload["response"]', '[payload["status"], payload["response"]]')
        ),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` gave a list; `return status, response` without brackets makes a tuple.",
    ),
    (
        "5A",
        match(('payload["status"], payload["response"]', 'payload["status"], topic, payload')),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` gave a tuple of 3; expected 2 items: status, response.",
    ),
    (
        "5A",
        match(("its_ref != ref", "ref not in text")),
        "5A not yet: "
        '`reply_to(\'["1","3","room:42","phx_reply",{"response":{"tea":1},"status\'…, '
        "'2', '1')` gave ('ok', {'tea': 1}), expected None: it answers the request '3', not '2'.",
    ),
    (
        "5A",
        match(('return payload["status"], payload["response"]', "print(payload)")),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` printed something and returned None: put `return` where `print` is.",
    ),
    (
        "5A",
        match(('payload["response"]', '{"tea": 1, "milk": 2, "sugar": 3}')),
        "5A not yet: "
        '`reply_to(\'["1","2","room:42","phx_reply",{"response":{},"status":"ok"}\'…, '
        "'2', '1')` gave ('ok', a dict), expected ('ok', {}).",
    ),
    (
        "5B",
        named_room(('hs.Reply({"reason": "no name"}, "error")', '{"reason": "no name"}')),
        "5B not yet: eve says 'phx_join' with {}. eve gets "
        '`["1","1","room:42","phx_reply",{"response":{"reason":"no name"},"status":"ok"}]`, '
        'expected `["1","1","room:42","phx_reply",{"response":{"reason":"no '
        'name"},"status":"error"}]`. Refuse by `return hs.Reply({"reason": "no name"}, "error")`.',
    ),
    (
        "5B",
        named_room((REFUSE, "")),
        "5B not yet: eve says 'phx_join' with {}, and `NamedRoom` raises KeyError: 'name'. "
        '`payload.get("name")` is None where there is no name.',
    ),
    (
        "5B",
        named_room(("return hs.Reply(", "return self.reply(self.socket_ref(), ")),
        "5B not yet: eve says 'phx_join' with {}, and `NamedRoom` raises ValueError: the client "
        "sent no ref with this event, so it can't get a reply. `join` itself sends nothing yet: "
        'what it returns is the answer. Refuse by `return hs.Reply({"reason": "no name"}, '
        '"error")`.',
    ),
    (
        "5B",
        named_room(('hs.Reply({"reason": "no name"}, "error")', "no_name")),
        "5B not yet: eve says 'phx_join' with {}, and `NamedRoom` raises NameError: name "
        "'no_name' is not defined.",
    ),
    (
        "5B",
        named_room((REFUSE, ""), ('payload["name"]', 'payload.get("name")')),
        "5B not yet: eve says 'phx_join' with {}. eve gets "
        '`["1","1","room:42","phx_reply",{"response":{},"status":"ok"}]`, expected '
        '`["1","1","room:42","phx_reply",{"response":{"reason":"no name"},"status":"error"}]`. '
        'Refuse by `return hs.Reply({"reason": "no name"}, "error")`.',
    ),
    (
        "5B",
        named_room(('"no name"', '"who are you?"')),
        "5B not yet: eve says 'phx_join' with {}. eve gets "
        '`["1","1","room:42","phx_reply",{"response":{"reason":"who are '
        'you?"},"status":"error"}]`, expected '
        '`["1","1","room:42","phx_reply",{"response":{"reason":"no name"},"status":"error"}]`. '
        'Refuse by `return hs.Reply({"reason": "no name"}, "error")`.',
    ),
    (
        "5B",
        named_room(('if "name" not in payload', "if True")),
        "5B not yet: ada says 'phx_join' with {'name': 'ada'}. ada gets "
        '`["1","1","room:42","phx_reply",{"response":{"reason":"no name"},"status":"error"}]`, '
        'expected `["1","1","room:42","phx_reply",{"response":{},"status":"ok"}]`.',
    ),
    (
        "5B",
        named_room(('self.name = payload["name"]', 'self.broadcast("joined", payload)')),
        "5B not yet: ada says 'phx_join' with {'name': 'ada'}, and `NamedRoom` raises "
        "RuntimeError: a channel can broadcast only while it is joined: within join use "
        "after_join, and stop tasks in terminate.",
    ),
    (
        "5B",
        named_room(('{"name": self.name, "body": payload["body"]}', "payload")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada gets "
        '`[null,null,"room:42","shout",{"body":"hi bob"}]`, expected '
        '`[null,null,"room:42","shout",{"name":"ada","body":"hi bob"}]`.',
    ),
    (
        "5B",
        named_room(('self.broadcast("shout"', 'self.broadcast_from("shout"')),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada doesn't get "
        '`[null,null,"room:42","shout",{"name":"ada","body":"hi bob"}]`. `broadcast` tells all, '
        "the shouting one too.",
    ),
    (
        "5B",
        named_room(('self.broadcast("shout"', 'self.push("shout"')),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada gets "
        '`["1",null,"room:42","shout",{"name":"ada","body":"hi bob"}]`, expected '
        '`[null,null,"room:42","shout",{"name":"ada","body":"hi bob"}]`. `push` tells this '
        "client alone; `broadcast` tells all.",
    ),
    (
        "5B",
        named_room(("self.name", "NamedRoom.name")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada gets "
        '`[null,null,"room:42","shout",{"name":"bob","body":"hi bob"}]`, expected '
        '`[null,null,"room:42","shout",{"name":"ada","body":"hi bob"}]`. Each member has a '
        "channel object of its own: keep its name in `self.name`.",
    ),
    (
        "5B",
        named_room(("            return {}\n", "")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada doesn't get "
        '`["1","2","room:42","phx_reply",{"response":{},"status":"ok"}]`. Return `{}`: that is '
        "an ok.",
    ),
    (
        "5B",
        named_room(("return {}", "return payload")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada gets "
        '`["1","2","room:42","phx_reply",{"response":{"body":"hi bob"},"status":"ok"}]`, '
        'expected `["1","2","room:42","phx_reply",{"response":{},"status":"ok"}]`.',
    ),
    (
        "5B",
        named_room(('payload["body"]', "body")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}, and `NamedRoom` raises NameError: "
        "name 'body' is not defined.",
    ),
    (
        "5B",
        named_room(('broadcast_from("typing"', 'broadcast("typing"')),
        "5B not yet: bob says 'typing' with {}. bob gets "
        '`[null,null,"room:42","typing",{"name":"bob"}]`, expected nothing of the kind. Tell the '
        "others alone, by `broadcast_from`, and return nothing.",
    ),
    (
        "5B",
        named_room(
            ('if event == "typing":', "else:"),
            ('self.broadcast_from("typing", {"name": self.name})', "return {}"),
        ),
        "5B not yet: bob says 'typing' with {}. ada doesn't get "
        '`[null,null,"room:42","typing",{"name":"bob"}]`. `broadcast_from` tells the others.',
    ),
    (
        "5B",
        named_room(
            (
                'self.broadcast_from("typing", {"name": self.name})',
                'self.broadcast_from("typing", b"bob")',
            )
        ),
        "5B not yet: bob says 'typing' with {}. ada gets a binary message, expected "
        '`[null,null,"room:42","typing",{"name":"bob"}]`. `broadcast_from` tells the others.',
    ),
    (
        "5B",
        named_room(
            (
                "            return {}",
                "            payload = {**payload, 'name': self.name}\n"
                '            self.broadcast("shout", payload)\n'
                "            return {}",
            )
        ),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}. ada gets "
        '`[null,null,"room:42","shout",{"name":"ada","body":"hi bob"}]` more often than once.',
    ),
    (
        "5B",
        named_room(("def handle_in", "def handle")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}, and `NamedRoom` raises "
        "NotImplementedError: NamedRoom got 'shout' and has no handle_in: write one.",
    ),
    (
        "5B",
        named_room(("def handle_in", "async def handle_in")),
        "5B not yet: ada says 'shout' with {'body': 'hi bob'}, and `NamedRoom` raises TypeError: "
        "join and handle_in are plain functions: write `def`, not `async def`; to answer later, "
        "keep self.socket_ref() and call self.reply(...) from a task.",
    ),
    (
        "5B",
        named_room(("hs.Channel", "object")),
        "5B not yet: `NamedRoom` is a class named NamedRoom and no channel: write `class "
        "NamedRoom(hs.Channel):`.",
    ),
    (
        "5B",
        "NamedRoom = hs.Channel()",
        "5B not yet: `NamedRoom` is a Channel, not a class: run the cell that defines it.",
    ),
    (
        "5B",
        "def NamedRoom(payload):\n    return {}",
        "5B not yet: `NamedRoom` is a function, not a class: run the cell that defines it.",
    ),
    (
        "5C",
        encode(("len, strings", "len, (join_ref, ref, topic, event)")),
        "5C not yet: `encode_push('10', '11', 'room:café', 'zeichne', 00 01 02 03 04 05 06 07 08 "
        "09 0a 0b 0c 0d 0e 0f … (256 bytes))` went wrong at byte 3 (the first is byte 0): gave "
        "09, expected 0a. Those lengths count characters; count the bytes, after `.encode()`: é "
        "takes two.",
    ),
    (
        "5C",
        encode(("text.encode()", 'text.encode("latin-1")')),
        "5C not yet: `encode_push('10', '11', 'room:café', 'zeichne', 00 01 02 03 04 05 06 07 08 "
        "09 0a 0b 0c 0d 0e 0f … (256 bytes))` went wrong at byte 3 (the first is byte 0): gave "
        "09, expected 0a. Phoenix's strings are UTF-8: `.encode()` without a name.",
    ),
    (
        "5C",
        encode(("text.encode()", 'text.encode("ascii")')),
        "5C not yet: `encode_push('10', '11', 'room:café', 'zeichne', 00 01 02 03 04 05 06 07 08 "
        "09 0a 0b 0c 0d 0e 0f … (256 bytes))` raised UnicodeEncodeError in line 2 of its cell: "
        "'ascii' codec can't encode character '\\xe9' in position 8: ordinal not in range(128). "
        "Phoenix's strings are UTF-8: `.encode()` without a name.",
    ),
    (
        "5C",
        encode(("text.encode()", "bytes(text)")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` raised TypeError in line "
        "2 of its cell: string argument without an encoding. `bytes(text)` can't know the "
        "encoding: `text.encode()` makes the bytes of a str.",
    ),
    (
        "5C",
        encode(("*map(len, strings)", "*(join_ref, ref, topic, event)")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` raised TypeError in line "
        "3 of its cell: 'str' object cannot be interpreted as an integer. `bytes([...])` takes "
        "numbers alone: `text.encode()` makes the bytes of a str.",
    ),
    (
        "5C",
        encode(("[0, ", "[")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 0 "
        "(the first is byte 0): gave 01, expected 00. The first byte is missing: 0, which says "
        "that this is a push.",
    ),
    (
        "5C",
        encode(("*map(len, strings)", "*map(len, strings), len(data) % 256")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 5 "
        "(the first is byte 0): gave 02, expected 31. The data has no length: it goes on to the "
        "end of the message.",
    ),
    (
        "5C",
        encode(
            (
                'bytes([0, *map(len, strings)]) + b"".join(strings)',
                'b"\\0" + b"".join(bytes([len(s)]) + s for s in strings)',
            )
        ),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 2 "
        "(the first is byte 0): gave 31, expected 01. All four lengths come first, and then the "
        "four strings.",
    ),
    (
        "5C",
        encode(
            (
                "bytes([0, *map(len, strings)])",
                'b"\\0" + b"".join(len(s).to_bytes(2, "big") for s in strings)',
            )
        ),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 1 "
        "(the first is byte 0): gave 00, expected 01. A length is one byte here, not two.",
    ),
    (
        "5C",
        encode(("[0, ", "[1, ")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 0 "
        "(the first is byte 0): gave 01, expected 00. That begins with 1, which is a reply's; a "
        "push begins with 0.",
    ),
    (
        "5C",
        encode(("[0, ", "[2, ")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 0 "
        "(the first is byte 0): gave 02, expected 00. That begins with 2, which is a "
        "broadcast's; a push begins with 0.",
    ),
    (
        "5C",
        encode(("join_ref, ref, topic, event)]", "join_ref, topic, event)]")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 2 "
        "(the first is byte 0): gave 08, expected 01. The ref is missing: a server's push has "
        "none, a client's has four strings.",
    ),
    (
        "5C",
        encode((" + data", "")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` gave 19 bytes, expected "
        "21. The data is missing: it follows the strings.",
    ),
    (
        "5C",
        encode(("bytes([0, *map(len, strings)])", "bytes(1)")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 1 "
        "(the first is byte 0): gave 31, expected 01. The lengths are missing: without them "
        "nobody can tell where a string ends.",
    ),
    (
        "5C",
        encode(("text.encode()", "text")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` raised TypeError in line "
        "3 of its cell: sequence item 0: expected a bytes-like object, str found. Text and bytes "
        "can't be joined: `.encode()` makes bytes of a str.",
    ),
    (
        "5C",
        encode(
            ("bytes([0, *map(len, strings)])", 'f"0{len(ref)}"'),
            ('b"".join(strings) + data', "ref + data.hex()"),
        ),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` gave '015ffd8', a str; "
        "expected 00 01 01 08 04 31 35 71 75 69 65 74 3a 34 32 64 … (21 bytes), bytes. Bytes "
        "begin as bytes: `bytes([0, ...])`, then `.encode()` for each string.",
    ),
    (
        "5C",
        encode(("(join_ref, ref, topic, event)]", "(topic, event, join_ref, ref)]")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` went wrong at byte 1 "
        "(the first is byte 0): gave 08, expected 01. The strings keep the order of the slots: "
        "join_ref, ref, topic, event.",
    ),
    (
        "5C",
        encode(("return ", "return list("), (" + data", " + data)")),
        "5C not yet: `encode_push('1', '5', 'quiet:42', 'draw', ff d8)` gave [0, 1, 1, 8, 4, 49, "
        "…], a list; expected 00 01 01 08 04 31 35 71 75 69 65 74 3a 34 32 64 … (21 bytes), "
        "bytes. `bytes(...)` around it makes bytes of its numbers.",
    ),
]
