"""HAR 1.2 as a JSON schema: what http://www.softwareishard.com/blog/har-12-spec/ asks for.

Stricter than the specification where it leaves room: names that it doesn't know must begin with an
underscore, as it advises ("Custom fields ... must start with an underscore").
"""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
SIZE = {"type": "integer", "minimum": -1}
SPAN = {"type": "number", "minimum": 0}
SPAN_OR_UNKNOWN = {"type": "number", "anyOf": [{"minimum": 0}, {"const": -1}]}
DATE = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}


def record(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional, "comment": TEXT},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


def list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


PAIR = record({"name": TEXT, "value": TEXT})
COOKIE = record(
    {"name": TEXT, "value": TEXT},
    path=TEXT,
    domain=TEXT,
    expires=DATE,
    httpOnly=FLAG,
    secure=FLAG,
    sameSite=TEXT,  # Chrome's, without an underscore
)
POST_DATA = record({"mimeType": TEXT, "params": list_of(PAIR), "text": TEXT})
CONTENT = record(
    {"size": SIZE, "mimeType": TEXT},
    compression={"type": "integer"},
    text=TEXT,
    encoding=TEXT,
)
REQUEST = record(
    {
        "method": TEXT,
        "url": {"type": "string", "pattern": "^(http|ws)s?://[!-~]+$"},
        "httpVersion": TEXT,
        "cookies": list_of(COOKIE),
        "headers": list_of(PAIR),
        "queryString": list_of(PAIR),
        "headersSize": SIZE,
        "bodySize": SIZE,
    },
    postData=POST_DATA,
)
RESPONSE = record(
    {
        "status": {"type": "integer", "minimum": 0, "maximum": 599},
        "statusText": TEXT,
        "httpVersion": TEXT,
        "cookies": list_of(COOKIE),
        "headers": list_of(PAIR),
        "content": CONTENT,
        "redirectURL": TEXT,
        "headersSize": SIZE,
        "bodySize": SIZE,
    }
)
TIMINGS = record(
    {"send": SPAN, "wait": SPAN, "receive": SPAN},
    blocked=SPAN_OR_UNKNOWN,
    dns=SPAN_OR_UNKNOWN,
    connect=SPAN_OR_UNKNOWN,
    ssl=SPAN_OR_UNKNOWN,
)
# What Chrome added, in its own words.
MESSAGE = {
    "type": "object",
    "required": ["type", "time", "opcode", "data"],
    "properties": {
        "type": {"enum": ["send", "receive"]},
        "time": {"type": "number", "minimum": 0},
        "opcode": {"enum": [1, 2]},
        "data": TEXT,
    },
    "additionalProperties": False,
}
ENTRY = record(
    {
        "startedDateTime": DATE,
        "time": SPAN,
        "request": REQUEST,
        "response": RESPONSE,
        "cache": record({}),
        "timings": TIMINGS,
    },
    connection=TEXT,
    _resourceType={"const": "websocket"},
    _webSocketMessages=list_of(MESSAGE),
)
LOG = record(
    {
        "version": {"const": "1.2"},
        "creator": record({"name": TEXT, "version": TEXT}),
        "entries": list_of(ENTRY),
    },
    pages={"type": "array", "maxItems": 0},
)
HAR = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["log"],
    "properties": {"log": LOG},
    "additionalProperties": False,
}
