"""Faults: heartbeat answers that a wire swallows, drops or brings late, frame by frame.

The weather is the network's: it delays everything. A fault is a peer's: of all that it says, the
answers to heartbeats alone fail to come. That is how a dead program on a living machine looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from ..frames import Frame, Speaker
from ..messages import PHOENIX, REPLY, PhoenixMessage, decode_message

__all__ = ["Fault", "Faults", "Sieve"]

Mode = Literal["pass", "swallow", "delay"]

LONGEST_ANSWER = 4096  # bytes of a frame; no heartbeat's answer is longer
LONGEST_HEAD = 2**16
TEXT, PONG = 1, 10


class Fault:
    """
    What happens to one sort of answer.

    Args:
        name: Which answers, e.g. ``"pongs"``.

    Attributes:
        mode: ``"pass"``, ``"swallow"`` or ``"delay"``.
        seconds: How late a delayed answer comes.
        lost: How many answers never arrived.

    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.mode: Mode = "pass"
        self.seconds = 0.0
        self.lost = 0
        self._drops = 0

    @property
    def is_on(self) -> bool:
        """Whether anything but passing may happen to the next answer."""
        return self.mode != "pass" or self._drops > 0

    def let_pass(self) -> None:
        """Let every answer pass, and forget those that were still to be dropped."""
        self.mode, self._drops = "pass", 0

    def swallow(self) -> None:
        """From now on, let none pass."""
        self.mode = "swallow"

    def delay(self, seconds: float) -> None:
        """
        From now on, bring each one late. Other frames may pass it: the peer answers late.

        Args:
            seconds: How late, above 0.

        Raises:
            ValueError: If it isn't above 0.

        """
        if not seconds > 0:
            raise ValueError(f"an answer is delayed by seconds above 0, got {seconds}")
        self.mode, self.seconds = "delay", float(seconds)

    def drop_next(self) -> None:
        """Lose the next answer alone; called twice, the next two."""
        self._drops += 1

    @contextmanager
    def swallowed(self) -> Iterator[None]:
        """Swallow for a block; afterwards it is as it was before."""
        before = self.mode
        self.swallow()
        try:
            yield
        finally:
            self.mode = before

    def decide(self) -> float | None:
        """Say of an answer that has come how many seconds late it is to arrive; None for never."""
        if self._drops:
            self._drops -= 1
        elif self.mode == "pass":
            return 0.0
        elif self.mode == "delay":
            return self.seconds
        self.lost += 1
        return None

    def __repr__(self) -> str:
        how = f"delay by {self.seconds:g} s" if self.mode == "delay" else self.mode
        return f"Fault({self.name}: {how}, {self.lost:,} lost)"


class Faults:
    """
    The faults of one wire.

    Attributes:
        pongs: Pong frames, whoever sends them (RFC 6455 §5.5.3).
        replies: Phoenix's replies to its clients' heartbeats: ``phx_reply`` on the topic
            ``phoenix``, as text, in one frame that isn't deflated.

    """

    def __init__(self) -> None:
        self.pongs = Fault("pongs")
        self.replies = Fault("replies")

    @property
    def is_on(self) -> bool:
        """Whether there is anything to look for."""
        return self.pongs.is_on or self.replies.is_on

    def may_concern(self, opcode: int, size: int) -> bool:
        """Say of a frame whose header has come whether its whole must be awaited."""
        if size > LONGEST_ANSWER:
            return False
        return (opcode == PONG and self.pongs.is_on) or (opcode == TEXT and self.replies.is_on)

    def judge(self, raw: bytes, speaker: Speaker) -> Fault | None:
        """Say which fault a whole frame meets; None for none."""
        frame = Frame(raw, speaker)
        if frame.opcode == PONG:
            return self.pongs
        if speaker != "server" or frame.opcode != TEXT or frame.rsv1 or not frame.fin:
            return None
        text = frame.unmasked.decode("utf-8", "replace")
        for vsn in (2, 1):
            message = decode_message(text, "server", 2 if vsn == 2 else 1)
            if isinstance(message, PhoenixMessage):
                is_beat = message.topic == PHOENIX and message.event == REPLY
                return self.replies if is_beat else None
        return None


class Sieve:
    """
    One direction of one connection: knows where frames begin, and takes out those that fail.

    As long as no fault is on, it lets everything pass as it comes, and counts.

    Args:
        speaker: Who speaks.
        faults: The wire's.
        deliver: Called with what passes, in order.
        later: Called with seconds and a function to call then.

    """

    def __init__(
        self,
        speaker: Speaker,
        faults: Faults,
        deliver: Callable[[bytes], None],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._speaker = speaker
        self._faults = faults
        self._deliver = deliver
        self._later = later
        self._head: bytearray | None = bytearray()  # of HTTP; None once frames come
        self._is_http = False  # for good: there will be no frames
        self._passing = 0  # bytes of the current frame that may pass at once
        self._held = bytearray()  # the beginning of a frame that isn't judged yet
        self._seen = bytearray()  # the beginning of a header that has passed, not whole yet
        self._is_over = False
        self._late: list[bytes] = []  # frames whose time came in the middle of another

    def feed(self, data: bytes) -> None:
        """Take in what the speaker said."""
        if self._head is not None and data:
            data = self._pass_head(data)
        if self._is_http:
            if data:
                self._deliver(data)
            return
        if data:
            self._sift(data)

    def flush(self) -> None:
        """Let go of what is held: the stream ends. What is late comes too late."""
        self._is_over = True
        if self._held:
            self._deliver(bytes(self._held))
            self._held.clear()

    def _pass_head(self, data: bytes) -> bytes:
        """Let HTTP pass; return what comes after it."""
        assert self._head is not None
        before = len(self._head)
        self._head += data
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            self._is_http = len(self._head) > LONGEST_HEAD
            if self._is_http:
                self._head = None
            self._deliver(data)
            return b""
        status = self._head.split(b" ", 2)[1:2]
        if self._speaker == "server" and status != [b"101"]:
            self._is_http = True  # a refusal: what follows is its body
        used = end + 4 - before
        self._head = None
        self._deliver(data[:used])
        return data[used:]

    def _sift(self, data: bytes) -> None:
        """Go through the frames: pass on in one piece what lies together."""
        start = at = 0  # what of ``data`` isn't delivered yet; how far it is understood
        if self._held:
            data, self._held = bytes(self._held) + data, bytearray()
        while at < len(data):
            if self._passing:
                step = min(self._passing, len(data) - at)
                self._passing -= step
                at += step
                if not self._passing:
                    start = self._bring_late(data, start, at)
                continue
            header = bytes(self._seen) + data[at : at + 14 - len(self._seen)]
            frame = Frame(header)
            size = frame.header_size + frame.payload_length
            is_whole_header = len(header) >= frame.header_size and len(header) >= 2
            if self._faults.is_on and not self._seen:
                if not is_whole_header or (
                    self._faults.may_concern(frame.opcode, size) and len(data) - at < size
                ):
                    break  # held until it is whole
                if self._faults.may_concern(frame.opcode, size):
                    raw = data[at : at + size]
                    fault = self._faults.judge(raw, self._speaker)
                    at += size
                    if fault is not None and fault.is_on:
                        self._pass(data[start : at - size])
                        self._meet(fault, raw)
                        start = at
                    continue
            elif not is_whole_header:
                self._seen += data[at:]  # passes now, is remembered
                at = len(data)
                break
            self._passing = size - len(self._seen)
            self._seen.clear()
        self._pass(data[start:at])
        self._held += data[at:]

    def _pass(self, data: bytes) -> None:
        if data:
            self._deliver(data)

    def _meet(self, fault: Fault, raw: bytes) -> None:
        seconds = fault.decide()
        if seconds is None:
            return
        if seconds:
            self._later(seconds, lambda: self._arrive(raw))
        else:
            self._deliver(raw)

    def _arrive(self, raw: bytes) -> None:
        """Deliver a late frame, between two others."""
        if self._is_over:
            return
        if self._passing or self._seen or self._held:
            self._late.append(raw)
        else:
            self._deliver(raw)

    def _bring_late(self, data: bytes, start: int, at: int) -> int:
        """Deliver what came in the middle of the frame that ends here; return the new start."""
        if not self._late:
            return start
        self._pass(data[start:at])
        for raw in self._late:
            self._deliver(raw)
        self._late.clear()
        return at
