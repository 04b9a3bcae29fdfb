"""Beats: heartbeats and their answers, found in what crossed the wire.

Two sorts live side by side on a Phoenix connection: WebSocket's own ping and pong frames, and the
messages ``heartbeat`` and ``phx_reply`` of Phoenix's clients.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Literal

from .conversation import Conversation
from .events import Message
from .frames import CLOSE, PING, PONG, Frame, Speaker
from .messages import HEARTBEAT, PHOENIX, REPLY, NotAMessage, decode_message
from .replies import phoenix_version

__all__ = ["Beat", "Beats", "Ending", "beats"]

MOST_BEATS = 1_000
LONGEST = 4096  # bytes of a message; no heartbeat is longer

BeatKind = Literal["ping", "heartbeat"]
Ending = Literal["open", "expired", "given up", "closed"]


@dataclass(frozen=True, slots=True)
class Beat:
    """
    One heartbeat.

    Attributes:
        kind: ``"ping"`` for a ping frame, ``"heartbeat"`` for Phoenix's message.
        speaker: Who sent it.
        sent: When, in seconds since the recording began.
        answered: When its answer came; None as long as there is none.
        key: The ping's payload, or the message's ref: what the answer repeats.

    """

    kind: BeatKind
    speaker: Speaker
    sent: float
    answered: float | None = None
    key: bytes | str = ""

    @property
    def round_trip(self) -> float | None:
        """Seconds from beat to answer; None without one."""
        return None if self.answered is None else self.answered - self.sent


class Beats:
    """
    Reads one conversation's beats as they come; bounded, the newest 1,000 are kept.

    Args:
        conversation: The conversation.

    Attributes:
        heard: When each speaker's last frame came, in seconds since the recording began.

    """

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.heard: dict[Speaker, float] = {}
        self._beats: deque[Beat] = deque(maxlen=MOST_BEATS)
        self._next = 0
        self._closed_by: Speaker | None = None

    def read(self) -> None:
        """Read what came since the last look."""
        messages = dict(self.conversation.messages_since(self._next))
        vsn = phoenix_version(self.conversation.request)
        for number, event in self.conversation.events_since(self._next, read=False):
            self._next = number + 1
            if isinstance(event, Frame) and event.speaker is not None:
                self.heard[event.speaker] = event.time or 0.0
                self._read_frame(event, event.speaker)
                if vsn is not None and number in messages:
                    self._read_message(messages[number], event.speaker, vsn)

    @property
    def all(self) -> list[Beat]:
        """The beats, oldest first."""
        self.read()
        return list(self._beats)

    def of(self, kind: BeatKind) -> list[Beat]:
        """Return the beats of a kind, oldest first."""
        return [beat for beat in self.all if beat.kind == kind]

    @property
    def ending(self) -> Ending:
        """
        Say how the connection stands.

        ``"expired"`` where the server closed it with 1000 or ended it unasked, as it does with who
        is silent; ``"given up"`` where the client closed it while a beat had no answer;
        ``"closed"`` where neither shows.

        """
        self.read()
        state = self.conversation.state
        if state not in ("closing", "closed"):
            return "open"
        unanswered = any(beat.answered is None for beat in self._beats)
        if self._closed_by == "server":
            return "expired"
        return "given up" if unanswered else "closed"

    def _read_frame(self, frame: Frame, speaker: Speaker) -> None:
        if frame.opcode == CLOSE and self._closed_by is None:
            self._closed_by = speaker
        elif frame.opcode == PING:
            self._beats.append(Beat("ping", speaker, frame.time or 0.0, None, frame.unmasked))
        elif frame.opcode == PONG:
            self._answer_pings(frame.unmasked, speaker, frame.time or 0.0)

    def _answer_pings(self, payload: bytes, speaker: Speaker, now: float) -> None:
        # "An endpoint may elect to send a Pong frame for only the most recently processed Ping":
        # a pong answers its ping, and those before it (RFC 6455 §5.5.3).
        waiting = [
            i
            for i, beat in enumerate(self._beats)
            if beat.kind == "ping" and beat.answered is None and beat.speaker != speaker
        ]
        own = [i for i in waiting if self._beats[i].key == payload]
        if own:
            for i in waiting[: waiting.index(own[-1]) + 1]:
                self._beats[i] = replace(self._beats[i], answered=now)

    def _read_message(self, message: Message, speaker: Speaker, vsn: Literal[1, 2]) -> None:
        if not message.is_text or message.size > LONGEST:
            return
        phoenix = decode_message(message.text, speaker, vsn)
        if isinstance(phoenix, NotAMessage) or phoenix.topic != PHOENIX or phoenix.ref is None:
            return
        now = message.time or 0.0
        if speaker == "client" and phoenix.event == HEARTBEAT:
            self._beats.append(Beat("heartbeat", speaker, now, None, phoenix.ref))
        elif speaker == "server" and phoenix.event == REPLY:
            for i, beat in enumerate(self._beats):
                if beat.kind == "heartbeat" and beat.key == phoenix.ref and beat.answered is None:
                    self._beats[i] = replace(beat, answered=now)


def beats(conversation: Conversation) -> list[Beat]:
    """Return every heartbeat of a conversation that is still held, oldest first."""
    return Beats(conversation).all
