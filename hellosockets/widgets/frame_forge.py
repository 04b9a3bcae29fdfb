"""FrameForge: a frame to break, bit by bit, and to send to a real server."""

from __future__ import annotations

import asyncio
from typing import Any

import traitlets

from .. import picture
from ..forge import flip_bit, reforge
from ..frames import OPCODE_NAMES, Frame, build_frame
from ..probe import HasUrl, Probe, probe
from ..rules import Verdict
from .base import Widget, styles
from .module import source
from .strings import FRAME_FORGE as STRINGS

__all__ = ["FrameForge"]

KEY = bytes.fromhex("37fa213d")  # RFC 6455 §5.7
BYTES_SHOWN = 256
MOST_PAYLOAD = 2**20  # bytes; a page isn't the place to write more


class FrameForge(Widget):
    """
    Take a frame, or make one; change any bit of it; send it, and see what the server does.

    The bytes are the truth: each change makes new ones, and the referee judges those. What the
    server does with them stands beside what the referee expects.

    Args:
        server: Where to send it: a server, a wire, or an address. A HelloSockets server is asked
            at its echo. None for a forge without a fire.
        frame: The frame to begin with; by default a client's masked ``Hello``.

    Attributes:
        raw: The frame's bytes as they are now.
        probe: What came of the last one that was sent; None until then.

    Raises:
        TypeError: If ``frame`` is no `Frame`.

    """

    _esm = source("frame_forge")
    _css = styles("frame_forge")
    _strings = traitlets.Dict(STRINGS).tag(sync=True)
    _opcodes: traitlets.List[str] = traitlets.List().tag(sync=True)

    def __init__(self, server: str | HasUrl | None = None, frame: Frame | None = None) -> None:
        if frame is not None and not isinstance(frame, Frame):
            raise TypeError(f"a forge begins with a Frame, got {type(frame).__name__}")
        self.raw = build_frame("Hello", masking_key=KEY) if frame is None else frame.raw
        self.probe: Probe | None = None
        self._server = getattr(server, "echo_url", server)
        self._is_hex = False
        self._sent: bytes | None = None
        self._task: asyncio.Task[None] | None = None
        named = {int(opcode): name for opcode, name in OPCODE_NAMES.items()}
        super().__init__(_opcodes=[f"{n}: {named.get(n, 'reserved')}" for n in range(16)])

    @property
    def frame(self) -> Frame:
        """The frame, as a client would send it."""
        return Frame(self.raw, "client")

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every rule that it breaks."""
        return self.frame.verdicts

    def flip(self, bit: int) -> None:
        """Flip a bit, counted from the first byte's most significant one."""
        self.raw = flip_bit(self.raw, bit)
        self._tell()

    def change(self, **changes: Any) -> None:
        """
        Build the frame anew with changes.

        Args:
            changes: As for `hellosockets.forge.forge`: payload, opcode, fin, masking_key, …

        Raises:
            ValueError: If there are no such bytes; the frame stays as it is.

        """
        self.raw = reforge(self.frame, **changes)
        self._tell()

    async def send_frame(self) -> Probe:
        """
        Send the frame over a raw socket, after an opening handshake of its own.

        Raises:
            ValueError: If the forge has no server.
            ConnectionError: If the server can't be reached.

        """
        if self._server is None:
            raise ValueError(STRINGS["no_server"])
        raw = self.raw
        self.probe = await probe(self._server, raw)
        self._sent = raw
        self._tell()
        return self.probe

    def __repr__(self) -> str:
        result = "" if self.probe is None else f", {self.probe.did}"
        return f"FrameForge({self.frame!r}{result})"

    def _repr_html_(self) -> str:
        html = self.frame._repr_html_()
        if self.probe is not None and self._sent == self.raw:
            html += picture.document(f"<p>{picture.prose(self.probe.comparison)}</p>")
        return html

    # From the page.

    def _heard(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "hello":
                self._tell()
            case "flip":
                self.flip(message["bit"])
            case "change":
                self._change(message["name"], message["value"])
            case "kind":
                self._is_hex = message["value"] == "hex"
                self._tell()
            case "send":
                self._soon(self._begin_to_send)

    def _change(self, name: str, value: str) -> None:
        """Take in what somebody typed; what can't be is answered with a sentence."""
        try:
            self.change(**{name: self._read(name, value)})
        except ValueError as error:
            self.send({"type": "bad", "name": name, "text": f"{error}"})

    def _read(self, name: str, value: str) -> Any:
        match name:
            case "opcode" | "length_form":
                return int(value)
            case "length":
                digits = value.replace(",", "").strip()
                if digits and not (digits.isascii() and digits.isdigit()):
                    raise ValueError(f"a length is a number of bytes, got {value[:20]!r}")
                return int(digits) if digits else None
            case "masking_key":
                return _read_hex("a masking key", value) if value.strip() else None
            case "payload":
                data = _read_hex("a payload", value) if self._is_hex else value.encode()
                if len(data) > MOST_PAYLOAD:
                    raise ValueError(f"a payload here has at most 1 MiB, got {len(data):,} bytes")
                return data
        raise ValueError(f"a frame has no {name!r}")

    def _begin_to_send(self) -> None:
        if self._task is not None and not self._task.done():
            return
        self._task = asyncio.get_running_loop().create_task(self._send_from_page())

    async def _send_from_page(self) -> None:
        self.send({"type": "sending"})
        try:
            await self.send_frame()
        except (ValueError, ConnectionError) as error:
            self.send({"type": "bad", "name": "send", "text": f"{error}"})
        except Exception as error:  # invisible otherwise: nobody awaits this task
            self._show_problem(error)

    # To the page.

    def _tell(self) -> None:
        frame = self.frame
        verdicts = frame.verdicts
        owed = next((v.rule.close_code for v in verdicts if v.rule.close_code is not None), None)
        key = frame.masking_key or b""
        says = frame.payload_length
        rest = len(frame.raw) - frame.header_size
        self.send(
            {
                "type": "draft",
                "bits": "".join(f"{byte:08b}" for byte in frame.raw[:2]),
                "names": _bit_names(frame),
                "bytes": [f"{byte:02x}" for byte in frame.raw[:BYTES_SHOWN]],
                "header": min(frame.header_size, len(frame.raw)),
                "hidden": max(0, len(frame.raw) - BYTES_SHOWN),
                "opcode": str(int(frame.opcode)),
                "length_form": str(frame.length_size),
                "length": "" if says == rest else str(says),
                "masking_key": key.hex(" "),
                "payload": self._payload(frame),
                "kind": "hex" if self._is_hex else "text",
                "verdicts": [str(verdict) for verdict in verdicts],
                "owed": owed,
                "can_send": self._server is not None,
                "result": "" if self.probe is None else self.probe.comparison,
                "is_old": self._sent != self.raw,
            }
        )

    def _payload(self, frame: Frame) -> str:
        key = frame.masking_key
        whole = Frame(reforge(frame, length=None, length_form=None, masking_key=None))
        data = whole.payload if key is None or len(key) == 4 else frame.payload
        return data.hex(" ") if self._is_hex else data.decode("utf-8", "replace")


def _bit_names(frame: Frame) -> list[str]:
    names = ["FIN", "RSV1", "RSV2", "RSV3", *["Opcode"] * 4, "MASK", *["Payload length"] * 7]
    return names[: 8 * min(2, len(frame.raw))]


def _read_hex(what: str, text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise ValueError(
            f"{what} in hex is pairs of 0-9 and a-f, like 37 fa, got {text[:20]!r}"
        ) from None
