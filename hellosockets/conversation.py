"""Conversations: a recording's chunks in; handshakes, frames, messages and verdicts out.

One `Conversation` reads both directions of one connection. It reads each chunk once, when somebody
looks, so that a connection nobody looks at costs its recording and no more.
"""

from __future__ import annotations

import codecs
from collections import deque
from dataclasses import replace
from itertools import islice
from typing import Literal

from websockets.frames import Opcode

from . import deflate, rows, rules
from .events import End, Event, Gap, Message, size_of
from .frames import Frame, FrameReader, Speaker
from .handshake import HandshakeReader, Request, Response
from .recording import Chunk, Recording
from .rules import Verdict

__all__ = ["Conversation", "State"]

State = Literal["connecting", "open", "closing", "closed", "refused", "answered"]

DATA = frozenset([Opcode.CONT, Opcode.TEXT, Opcode.BINARY])

# A message that never ends would be held for ever: past these it is let go, with a verdict.
MOST_FRAGMENTS = 65_536
MOST_MESSAGE_BYTES = 16 * 2**20

# HTTP is read in pieces of so many bytes.
SLICE = 4096


class Conversation:
    """
    One connection, as both speakers said it.

    Args:
        recording: Its bytes. The conversation reads chunks before the recording drops them.
        number: Which connection of its server this is, counted from 1.
        secure: True where TLS wrapped the connection (``wss``).
        max_events: Most events held; the oldest make room.
        max_bytes: Most bytes held in events.

    Attributes:
        dropped_events: How many events were read and made room.

    """

    def __init__(
        self,
        recording: Recording,
        *,
        number: int = 1,
        secure: bool = False,
        max_events: int = 20_000,
        max_bytes: int = 16 * 2**20,
    ) -> None:
        self.recording = recording
        self.number = number
        self.secure = secure
        self.max_events = max_events
        self.max_bytes = max_bytes
        self.dropped_events = 0
        self._events: deque[Event] = deque()
        self._messages: deque[tuple[int, Message]] = deque()  # number of the last frame, message
        self._bytes = 0  # held in events
        self._next = 0  # number of the first unread chunk
        self._sides: dict[Speaker, _Side] = {
            "client": _Side("client", recording.max_chunks),
            "server": _Side("server", recording.max_chunks),
        }
        self._request: Request | None = None
        self._response: Response | None = None
        self._unanswered: deque[Request] = deque(maxlen=100)  # HTTP/1.1 may send several ahead
        self._agreement: deflate.Agreement | None = None
        self._close: Frame | None = None  # the first one
        recording.before_drop.append(self.read)

    def read(self) -> None:
        """Read the chunks that came since the last look; all properties do so by themselves."""
        if self._next == self.recording.end:
            return
        if self._next < self.recording.dropped_chunks:
            self._next = self.recording.dropped_chunks
            self._add(Gap(self.recording.dropped_bytes))
            for side in self._sides.values():
                side.is_deaf = True
        for chunk in self.recording.since(self._next):
            self._next += 1
            self._read_chunk(chunk)

    @property
    def events(self) -> list[Event]:
        """Handshakes, frames and ends of both directions, oldest first."""
        self.read()
        return list(self._events)

    def events_since(self, number: int) -> list[tuple[int, Event]]:
        """
        Return events with their numbers, oldest first.

        Args:
            number: The first event wanted, counted from 0. Events that made room are missing.

        """
        self.read()
        end = self.dropped_events + len(self._events)
        start = max(number, self.dropped_events)
        newest = list(islice(reversed(self._events), max(0, end - start)))
        return list(enumerate(reversed(newest), start))

    @property
    def size(self) -> int:
        """How many bytes its events hold; what is recorded and unread doesn't count."""
        return self._bytes

    @property
    def request(self) -> Request | None:
        """The opening handshake's request; the latest one, should there be several."""
        self.read()
        return self._request

    @property
    def response(self) -> Response | None:
        """The answer to `request`; None as long as there is none."""
        self.read()
        return self._response

    @property
    def frames(self) -> list[Frame]:
        """The frames of both directions, oldest first."""
        return [event for event in self.events if isinstance(event, Frame)]

    @property
    def messages(self) -> list[Message]:
        """The messages of both directions, in the order in which they were complete."""
        self.read()
        return [message for _, message in self._messages]

    @property
    def agreement(self) -> deflate.Agreement | None:
        """What both sides agreed on about compression; None without permessage-deflate."""
        self.read()
        return self._agreement

    @property
    def verdicts(self) -> list[Verdict]:
        """Every rule that any event breaks, oldest first."""
        found = [event.verdicts for event in self.events if not isinstance(event, End | Gap)]
        return [verdict for verdicts in found for verdict in verdicts]

    @property
    def state(self) -> State:
        """
        How far the connection has come.

        ``"connecting"``, ``"open"``, ``"closing"`` (a close frame was seen) and ``"closed"`` (both
        streams ended) are the RFC's words; a request that isn't granted ends as ``"refused"``, a
        plain HTTP request as ``"answered"``.

        """
        self.read()
        ended = all(side.has_ended for side in self._sides.values())
        if self._response is None:
            return "closed" if ended else "connecting"
        if self._response.status != 101:
            asked = self._request is not None and self._request.is_upgrade
            return "refused" if asked else "answered"
        if ended:
            return "closed"
        return "closing" if any(side.close for side in self._sides.values()) else "open"

    @property
    def close_code(self) -> int | None:
        """
        The code of the first close frame, whoever sent it (RFC 6455 §7.1.5).

        Returns:
            1005 if that frame has no code; 1006 if the connection ended without a close frame;
            None as long as neither has happened.

        """
        self.read()
        if self._close is not None:
            return 1005 if self._close.close_code is None else self._close.close_code
        return 1006 if self.state == "closed" else None

    def boundaries(self, speaker: Speaker) -> list[int]:
        """
        Say where TCP cut a speaker's stream.

        Returns:
            For each chunk the offset in that stream, in bytes, at which it ends; oldest first.
            ``frame.offset`` counts in the same stream.

        """
        self.read()
        return list(self._sides[speaker].boundaries)

    def as_curl(self) -> str:
        """
        Return a shell command that sends the same request.

        Raises:
            ValueError: If there is no request yet.

        """
        request = self.request
        if request is None:
            raise ValueError("there is no request yet: wait until a client has sent one")
        return request.as_curl(secure=self.secure)

    def __repr__(self) -> str:
        count = len(self.frames)
        return f"Conversation({self.state}, {count:,} frame{'' if count == 1 else 's'})"

    def _repr_html_(self) -> str:
        lines = [
            rows.make_row(event, number, self.number) for number, event in self.events_since(0)
        ]
        return rows.static_table(lines, dropped=self.dropped_events)

    # One chunk at a time.

    def _read_chunk(self, chunk: Chunk) -> None:
        side = self._sides[chunk.speaker]
        if not chunk.data:
            self._end(side, chunk.time)
            return
        side.offset += len(chunk.data)
        side.boundaries.append(side.offset)
        if side.is_deaf:
            return
        if side.frames is not None:
            for frame in side.frames.receive_data(chunk.data, chunk.time):
                self._add_frame(side, frame)
        else:
            self._read_handshake(side, chunk.data, chunk.time)

    def _read_handshake(self, side: _Side, data: bytes, time: float) -> None:
        # Usually one turn; more where several HTTP requests or answers share a chunk. Slice by
        # slice, as what follows a head is copied for the next one.
        start = 0
        while start < len(data) and side.frames is None and not side.is_deaf:
            piece = data[start : start + SLICE]
            start += len(piece)
            head = side.handshake.receive_data(piece, time)
            if head is not None:
                start -= len(side.handshake.rest)
                self._add_head(side, head)
        if side.frames is not None:
            for frame in side.frames.receive_data(data[start:], time):
                self._add_frame(side, frame)

    def _add_head(self, side: _Side, head: Request | Response) -> None:
        after = (head.offset or 0) + side.handshake.consumed
        side.is_deaf = not side.handshake.resumes  # where it ends, and what follows, can't be told
        side.handshake = HandshakeReader(side.speaker, offset=after)
        if isinstance(head, Request):
            self._request, self._response = head, None
            self._unanswered.append(head)
            if head.is_upgrade:
                side.read_frames_from(after)
        else:
            head = self._judged(head)
            if head.status >= 200 or head.status in (0, 101):  # 100 and 103 are not the answer yet
                self._response = head
                if self._unanswered:
                    self._unanswered.popleft()
            client = self._sides["client"]
            if head.status == 101:
                side.read_frames_from(after)
                if client.frames is None:
                    client.read_frames_from(client.offset)
                self._agreement = deflate.agreed(head.get("Sec-WebSocket-Extensions"))
                if self._agreement is not None:
                    for each in self._sides.values():
                        each.inflater = self._agreement.inflater(each.speaker)
            elif self._response is head and client.frames is not None:
                # Refused: what the client says next is HTTP again.
                client.handshake = HandshakeReader("client", offset=client.offset)
                client.frames = None
        # An answer to HEAD has no body, whatever it announces.
        asked = self._unanswered[0].method if self._unanswered else None
        self._sides["server"].handshake.method = asked
        self._add(head)

    def _judged(self, response: Response) -> Response:
        request = self._unanswered[0] if self._unanswered else self._request
        if request is None or request.skipped or response.status != 101:
            return response
        offer = request.get("Sec-WebSocket-Extensions")
        answer = response.get("Sec-WebSocket-Extensions")
        found = (*response.judge(request), *deflate.judge(offer, answer))
        return replace(response, context=(*response.context, *found)) if found else response

    def _add_frame(self, side: _Side, frame: Frame) -> None:
        is_early = self._response is None and side.speaker == "client"
        frame, message = side.place(frame, is_early)
        self._add(frame)
        if frame.opcode == Opcode.CLOSE and self._close is None:
            self._close = frame
        if message is not None:
            self._messages.append((self.dropped_events + len(self._events) - 1, message))

    def _end(self, side: _Side, time: float) -> None:
        if side.has_ended:
            return
        side.has_ended = True
        if not side.is_deaf:
            if side.frames is not None:
                for frame in side.frames.receive_eof(time):
                    self._add_frame(side, frame)
            elif (head := side.handshake.receive_eof(time)) is not None:
                self._add_head(side, head)
        self._add(End(side.speaker, time, side.offset))

    def _add(self, event: Event) -> None:
        self._events.append(event)
        self._bytes += size_of(event)
        while len(self._events) > self.max_events or (
            self._bytes > self.max_bytes and len(self._events) > 1
        ):
            self._bytes -= size_of(self._events.popleft())
            self.dropped_events += 1
        while self._messages and self._messages[0][0] < self.dropped_events:
            self._messages.popleft()


class _Side:
    """What has to be remembered of one speaker to judge the next frame."""

    def __init__(self, speaker: Speaker, max_chunks: int) -> None:
        self.speaker = speaker
        self.offset = 0  # bytes of this stream that were read
        self.boundaries: deque[int] = deque(maxlen=max_chunks)
        self.handshake = HandshakeReader(speaker)
        self.frames: FrameReader | None = None  # once HTTP is over
        self.inflater: deflate.Inflater | None = None
        self.close: Frame | None = None
        self.has_ended = False
        self.is_deaf = False  # after a gap nobody knows where a frame begins
        self._parts: list[Frame] = []  # of the message that isn't complete yet
        self._parts_bytes = 0
        self._is_passing = False  # the rest of this message is let pass
        self._utf8 = codecs.getincrementaldecoder("utf-8")()

    def read_frames_from(self, offset: int) -> None:
        self.frames = FrameReader(self.speaker, offset=offset)

    def place(self, frame: Frame, is_early: bool) -> tuple[Frame, Message | None]:
        """Judge a frame by its place; return it with verdicts, and the message it completes."""
        found: list[Verdict] = []
        if is_early:
            found.append(Verdict(rules.EARLY_DATA, "the client sent a frame before the answer"))
        if self.close is not None and not frame.is_control:
            found.append(
                Verdict(rules.AFTER_CLOSE, f"a {frame.opcode_name} frame follows a close frame")
            )
        message = None
        if frame.is_control:
            if frame.rsv1:
                what = f"RSV1 is 1 on a {frame.opcode_name} frame"
                found.append(Verdict(rules.RSV1_ON_CONTROL, what))
            if frame.opcode == Opcode.CLOSE and self.close is None:
                self.close = frame
        elif frame.opcode in DATA:
            frame, message = self._place_data(frame, found)
        if found:
            judged = replace(frame, context=tuple(found))
            if message is not None:
                message = Message((*message.frames[:-1], judged))
            elif self._parts and self._parts[-1] is frame:
                self._parts[-1] = judged
            frame = judged
        return frame, message

    def _place_data(self, frame: Frame, found: list[Verdict]) -> tuple[Frame, Message | None]:
        starts = frame.opcode != Opcode.CONT
        if starts:
            if self._parts or self._is_passing:
                what = f"a {frame.opcode_name} frame begins before the last message has ended"
                found.append(Verdict(rules.MESSAGE_INTERRUPTED, what))
                if self._parts and self._parts[0].rsv1 and self.inflater is not None:
                    self.inflater.interrupt()
            self._begin()
            if frame.rsv1 and self.inflater is None:
                what = "RSV1 is 1, but permessage-deflate was not agreed on"
                found.append(Verdict(rules.RSV1_WITHOUT_AGREEMENT, what))
        else:
            if frame.rsv1:
                what = "RSV1 is 1 on a continuation frame"
                found.append(Verdict(rules.RSV1_ON_CONTINUATION, what))
            if not self._parts and not self._is_passing:
                what = "a continuation frame, and no message to continue"
                found.append(Verdict(rules.CONTINUATION_WITHOUT_START, what))
                return frame, None
        frame = self._read_data(frame, found)
        if frame.missing and not frame.skipped:  # the stream's end cut it short
            return frame, None
        self._hold(frame, found)
        if not frame.fin:
            return frame, None
        message = Message(tuple(self._parts)) if self._parts else None
        self._begin()
        return frame, message

    def _begin(self) -> None:
        self._parts = []
        self._parts_bytes = 0
        self._is_passing = False
        self._utf8.reset()

    def _hold(self, frame: Frame, found: list[Verdict]) -> None:
        if self._is_passing:
            return
        self._parts.append(frame)
        self._parts_bytes += len(frame.data)
        limit = ""
        if len(self._parts) > MOST_FRAGMENTS:
            limit = f"{MOST_FRAGMENTS:,} fragments"
        elif self._parts_bytes > MOST_MESSAGE_BYTES:
            limit = f"{MOST_MESSAGE_BYTES:,} bytes"
        if frame.skipped or limit:
            if limit and not frame.skipped:
                what = f"a message of over {limit} was let pass"
                found.append(Verdict(rules.MESSAGE_LIMIT, what))
            if self._parts[0].rsv1 and self.inflater is not None:
                self.inflater.interrupt()
            self._parts = []
            self._is_passing = True

    def _read_data(self, frame: Frame, found: list[Verdict]) -> Frame:
        first = self._parts[0] if self._parts else frame
        if self._is_passing or frame.skipped:
            return frame
        if first.rsv1 and self.inflater is not None:
            inflated = self.inflater.inflate(frame.unmasked, frame.fin)
            if inflated.verdict is not None:
                found.append(inflated.verdict)
                return frame
            frame = replace(frame, inflated=inflated.data)
        elif first.rsv1:
            return frame
        if first.opcode == Opcode.TEXT:
            try:
                self._utf8.decode(frame.data, frame.fin and not frame.missing)
            except UnicodeDecodeError as error:
                what = f"the text isn't valid UTF-8: {error.reason}"
                found.append(Verdict(rules.TEXT_IS_UTF8, what))
                self._utf8.reset()
        return frame
