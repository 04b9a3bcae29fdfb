"""Conversations: a recording's chunks in; handshakes, frames, messages and verdicts out.

One `Conversation` reads both directions of one connection. It reads each chunk once, when somebody
looks, so that a connection nobody looks at costs its recording and no more.
"""

from __future__ import annotations

import codecs
from collections import deque
from dataclasses import replace
from itertools import islice, takewhile
from typing import Literal, NamedTuple

from . import deflate, rows, rules
from .events import End, Event, Gap, Message, size_of
from .filters import Frames
from .frames import BINARY, CLOSE, CONT, FIN, RSV1, TEXT, Frame, FrameReader, Speaker, not_utf8
from .handshake import HandshakeReader, Request, Response
from .recording import Recording
from .rules import Verdict

__all__ = ["Conversation", "Known", "State"]

State = Literal["connecting", "open", "closing", "closed", "refused", "answered"]

DATA = frozenset([CONT, TEXT, BINARY])

# Subprotocols whose specification wants all messages to be text: WAMP's, and RFC 7395 §3.2.
TEXT_SUBPROTOCOLS = frozenset(["wamp.2.json", "xmpp"])

# A message that never ends would be held for ever: past these it is let go, with a verdict.
MOST_FRAGMENTS = 65_536
MOST_MESSAGE_BYTES = 16 * 2**20

# Where nobody looks, so many chunks are read at once before the recording drops them: few enough
# that it takes milliseconds, and enough that it is seldom needed.
READ_AHEAD = 256

# HTTP is read in pieces of so many bytes.
SLICE = 4096


class Known(NamedTuple):
    """
    What a conversation has found out so far.

    Attributes:
        request: As `Conversation.request`.
        response: As `Conversation.response`.
        state: As `Conversation.state`.
        ended: When both streams had ended, in seconds since the recording began; None until then.

    """

    request: Request | None
    response: Response | None
    state: State
    ended: float | None


class Conversation:
    """
    One connection, as both speakers said it.

    Args:
        recording: Its bytes. The conversation reads chunks before the recording drops them.
        number: Which connection of its server this is, counted from 1.
        secure: True where TLS wrapped the connection (``wss``).
        connect_time: How long setting up the TCP connection took, in seconds; None if unknown.
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
        connect_time: float | None = None,
        max_events: int = 20_000,
        max_bytes: int = 16 * 2**20,
    ) -> None:
        self.recording = recording
        self.number = number
        self.secure = secure
        self.connect_time = connect_time
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
        self._ended_at: float | None = None  # when the last stream to end did
        recording.before_drop.append(self._read_in_time)

    def read(self, most: int | None = None) -> bool:
        """
        Read the chunks that came since the last look; all properties do so by themselves.

        Args:
            most: Most chunks to read now; by default all.

        Returns:
            True if there are more to read.

        """
        if self._next == self.recording.end:
            return False
        if self._next < self.recording.dropped_chunks:
            self._next = self.recording.dropped_chunks
            self._add(Gap(self.recording.dropped_bytes))
            for side in self._sides.values():
                side.is_deaf = True
        for time, speaker, data in self.recording.since(self._next, most):
            self._next += 1
            self._read_chunk(self._sides[speaker], data, time)
        return self._next < self.recording.end

    @property
    def events(self) -> list[Event]:
        """Handshakes, frames and ends of both directions, oldest first."""
        self.read()
        return list(self._events)

    def events_since(self, number: int, *, read: bool = True) -> list[tuple[int, Event]]:
        """
        Return events with their numbers, oldest first.

        Args:
            number: The first event wanted, counted from 0. Events that made room are missing.
            read: Whether to read on first; otherwise only what has been read counts.

        """
        if read:
            self.read()
        end = self.dropped_events + len(self._events)
        start = max(number, self.dropped_events)
        newest = list(islice(reversed(self._events), max(0, end - start)))
        return list(enumerate(reversed(newest), start))

    def messages_since(self, number: int, *, read: bool = True) -> list[tuple[int, Message]]:
        """
        Return messages with the numbers of the events that completed them, oldest first.

        Args:
            number: The first event that may have completed one, as `events_since` counts.
            read: Whether to read on first; otherwise only what has been read counts.

        """
        if read:
            self.read()
        newest = takewhile(lambda numbered: numbered[0] >= number, reversed(self._messages))
        return list(newest)[::-1]

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
    def frames(self) -> Frames:
        """The frames of both directions, oldest first."""
        self.read()
        return Frames(event for event in self._events if isinstance(event, Frame))

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
        return self.known().state

    def known(self) -> Known:
        """Return what has been found out so far, without reading on."""
        ended = self._ended_at if all(side.has_ended for side in self._sides.values()) else None
        state: State = "connecting" if ended is None else "closed"
        if self._response is not None and self._response.status != 101:
            asked = self._request is not None and self._request.is_upgrade
            state = "refused" if asked else "answered"
        elif self._response is not None and ended is None:
            state = "closing" if any(side.close for side in self._sides.values()) else "open"
        return Known(self._request, self._response, state, ended)

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

    def _read_in_time(self, number: int) -> None:
        """Read what the recording is about to drop: the chunks before ``number``."""
        if self._next < number:
            self.read(max(READ_AHEAD, number - self._next))

    def _read_chunk(self, side: _Side, data: bytes, time: float) -> None:
        if not data:
            self._end(side, time)
            return
        side.offset += len(data)
        side.boundaries.append(side.offset)
        if side.is_deaf:
            return
        if side.frames is not None:
            self._add_frames(side, side.frames.receive_data(data, time))
        else:
            self._read_handshake(side, data, time)

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
            self._add_frames(side, side.frames.receive_data(data[start:], time))

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
                text_only = _text_only(self._request, head)
                for each in self._sides.values():
                    each.messages.text_only = text_only
                    if self._agreement is not None:
                        each.messages.inflater = self._agreement.inflater(each.speaker)
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

    def _add_frames(self, side: _Side, frames: list[Frame]) -> None:
        is_early = self._response is None and side.speaker == "client"
        for frame in frames:
            placed, message = side.place(frame, is_early)
            self._add(placed)
            if self._close is None and side.close is not None:
                self._close = placed
            if message is not None:
                self._messages.append((self.dropped_events + len(self._events) - 1, message))

    def _end(self, side: _Side, time: float) -> None:
        if side.has_ended:
            return
        side.has_ended = True
        self._ended_at = time
        if not side.is_deaf:
            if side.frames is not None:
                self._add_frames(side, side.frames.receive_eof(time))
            elif (head := side.handshake.receive_eof(time)) is not None:
                self._add_head(side, head)
        self._add(End(side.speaker, time, side.offset))

    def _add(self, event: Event) -> None:
        self._events.append(event)
        self._bytes += size_of(event)
        if len(self._events) > self.max_events or self._bytes > self.max_bytes:
            self._make_room()

    def _make_room(self) -> None:
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
        self.messages = _Assembler()
        self.close: Frame | None = None
        self.has_ended = False
        self.is_deaf = False  # after a gap nobody knows where a frame begins

    def read_frames_from(self, offset: int) -> None:
        self.frames = FrameReader(self.speaker, offset=offset)

    def place(self, frame: Frame, is_early: bool) -> tuple[Frame, Message | None]:
        """Judge a frame by its place; return it with verdicts, and the message it completes."""
        found: list[Verdict] = []
        opcode = frame.raw[0] & 0b1111
        if is_early:
            found.append(Verdict(rules.EARLY_DATA, "the client sent a frame before the answer"))
        if opcode & 0b1000:
            if frame.rsv1:
                what = f"RSV1 is 1 on a {frame.opcode_name} frame"
                found.append(Verdict(rules.RSV1_ON_CONTROL, what))
            if opcode == CLOSE and self.close is None:
                self.close = frame
            return _judged(frame, found), None
        if self.close is not None:
            what = f"a {frame.opcode_name} frame follows a close frame"
            found.append(Verdict(rules.AFTER_CLOSE, what))
        if opcode not in DATA:
            return _judged(frame, found), None
        is_cut = self.has_ended and not frame.skipped and frame.missing > 0
        return self.messages.place(frame, is_cut, found)


class _Assembler:
    """Puts the data frames of one speaker together into messages (RFC 6455 §5.4)."""

    def __init__(self) -> None:
        self.inflater: deflate.Inflater | None = None
        self.text_only = ""  # what carries text alone; empty where binary messages may come
        self._first = 0  # the first byte of the message under way
        self._parts: list[Frame] = []  # its frames so far
        self._size = 0  # of their data, in bytes
        self._is_passing = False  # the rest of it is let pass
        self._cut = b""  # the start of a character that its next fragment completes

    def place(
        self, frame: Frame, is_cut: bool, found: list[Verdict]
    ) -> tuple[Frame, Message | None]:
        """
        Judge a data frame by what came before it.

        Args:
            frame: The frame.
            is_cut: True where the stream ended before the frame did.
            found: Verdicts on it; more are added.

        Returns:
            The frame, with its verdicts and inflated; and the message that it completes.

        """
        first = frame.raw[0]
        if first & 0b1111 == CONT:
            if first & RSV1:
                what = "RSV1 is 1 on a continuation frame"
                found.append(Verdict(rules.RSV1_ON_CONTINUATION, what))
            if not self._parts and not self._is_passing:
                what = "a continuation frame, and no message to continue"
                found.append(Verdict(rules.CONTINUATION_WITHOUT_START, what))
                return _judged(frame, found), None
        else:
            self._start(frame, first, found)
            if first & (FIN | RSV1) == FIN:  # a whole message, as it is: nearly all are
                frame = _judged(frame, found)
                return frame, None if is_cut or frame.skipped else Message((frame,))
        if not self._is_passing and not frame.skipped:
            frame = self._read(frame, is_cut, found)
        if is_cut:
            return _judged(frame, found), None
        is_held = self._has_room(frame, found)
        frame = _judged(frame, found)
        if is_held:
            self._parts.append(frame)
        if not first & FIN:
            return frame, None
        message = Message(tuple(self._parts)) if self._parts else None
        self._clear()
        return frame, message

    def _start(self, frame: Frame, first: int, found: list[Verdict]) -> None:
        if self._parts or self._is_passing:
            what = f"a {frame.opcode_name} frame begins before the last message has ended"
            found.append(Verdict(rules.MESSAGE_INTERRUPTED, what))
            self._let_go()
            self._clear()
        self._first = first
        self._cut = b""
        if self.text_only and first & 0b1111 == BINARY:
            what = f"a binary message, and {self.text_only} carries text alone"
            found.append(Verdict(rules.TEXT_ONLY, what))
        if first & RSV1 and self.inflater is None:
            what = "RSV1 is 1, but permessage-deflate was not agreed on"
            found.append(Verdict(rules.RSV1_WITHOUT_AGREEMENT, what))

    def _read(self, frame: Frame, is_cut: bool, found: list[Verdict]) -> Frame:
        if self._first & RSV1:
            if self.inflater is None:
                return frame
            inflated = self.inflater.inflate(frame.unmasked, frame.fin)
            if inflated.verdict is not None:
                found.append(inflated.verdict)
                return frame
            frame = Frame(
                frame.raw, frame.speaker, frame.time, frame.offset, inflated=inflated.data
            )
        if self._first & 0b1111 == TEXT:
            text = self._cut + frame.data
            try:
                _, size = codecs.utf_8_decode(text, "strict", frame.fin and not is_cut)
                self._cut = text[size:]
            except UnicodeDecodeError as error:
                found.append(not_utf8(error))
                self._cut = b""
        return frame

    def _has_room(self, frame: Frame, found: list[Verdict]) -> bool:
        if self._is_passing:
            return False
        self._size += frame.size
        limit = ""
        if len(self._parts) >= MOST_FRAGMENTS:
            limit = f"{MOST_FRAGMENTS:,} fragments"
        elif self._size > MOST_MESSAGE_BYTES:
            limit = f"{MOST_MESSAGE_BYTES:,} bytes"
        if not frame.skipped and not limit:
            return True
        if not frame.skipped:
            what = f"a message of over {limit} was let pass"
            found.append(Verdict(rules.MESSAGE_LIMIT, what))
        self._let_go()
        self._parts = []
        self._is_passing = True
        return False

    def _let_go(self) -> None:
        # The rest of the message stays unread, and with it what it adds to the window.
        if self.inflater is not None and self._first & RSV1 and not self._is_passing:
            self.inflater.interrupt()

    def _clear(self) -> None:
        self._parts = []
        self._size = 0
        self._is_passing = False


def _judged(frame: Frame, found: list[Verdict]) -> Frame:
    return replace(frame, context=tuple(found)) if found else frame


def _text_only(request: Request | None, response: Response) -> str:
    """Name what makes a connection carry text messages alone; empty where nothing does."""
    subprotocol = response.get("Sec-WebSocket-Protocol") or ""
    if subprotocol in TEXT_SUBPROTOCOLS:
        return f"the subprotocol {subprotocol}"
    if request is not None and request.path.endswith("/websocket"):  # Phoenix's
        version = request.query.get("vsn", "")
        if version.startswith("1."):
            return f"version {version} of Phoenix's messages"
    return ""
