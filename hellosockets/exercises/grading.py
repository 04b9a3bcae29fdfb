"""Grading: call a stranger's function, compare what it gives, say in words where it went wrong.

An answer under test may do anything: raise, print, exit, return nonsense, never return. Whatever
it does becomes a `Call`, and a `Call` becomes a sentence.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import ctypes
import inspect
import io
import threading
import traceback
import types
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

__all__ = [
    "Call",
    "DeadlineError",
    "Mistake",
    "NotAttemptedError",
    "Vectors",
    "call",
    "call_async",
    "class_name",
    "expecting",
    "kind",
    "raised",
    "show",
    "watched",
]

# How much of a value a sentence shows.
BYTES_SHOWN = 16
CHARACTERS_SHOWN = 60
ITEMS_SHOWN = 6

# Seconds that an async answer has for one call.
DEADLINE = 1.0
# Seconds that it has to leave after that.
GRACE = 0.5


class NotAttemptedError(Exception):
    """The answer is still the stub."""


class DeadlineError(BaseException):
    """The answer took too long. An answer that catches every `Exception` doesn't catch this."""


@dataclass(frozen=True, slots=True)
class Call:
    """
    What one call of an answer did.

    Attributes:
        value: What it returned; None if it raised.
        error: What it raised, or None.
        line: Line of the learner's cell that raised, counted from 1; None if unknown.
        printed: True when it wrote to the standard output.

    """

    value: object = None
    error: BaseException | None = None
    line: int | None = None
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Mistake:
    """
    A known wrong answer, drawn from a misconception.

    Attributes:
        sentence: What helps whoever made it.
        wrong: A function that makes it: same arguments as the answer, same wrong result, or an
            exception of the same class.

    """

    sentence: str
    wrong: Callable[..., object]

    def explains(
        self,
        made: Call,
        arguments: Sequence[object],
        run: Callable[[Callable[..., Any], Sequence[object]], Call] | None = None,
    ) -> bool:
        """Tell whether an answer that makes this mistake would have done what ``made`` did."""
        known = (run or call)(self.wrong, copy.deepcopy(arguments))
        if known.error is not None or made.error is not None:
            same = type(known.error) is type(made.error)
            # These have many causes; their words tell which.
            words = isinstance(made.error, TypeError | zlib.error)
            return same and (not words or str(known.error) == str(made.error))
        return isinstance(made.value, type(known.value)) and bool(made.value == known.value)


Judge = Callable[[Sequence[Any], Any], str | None]


@dataclass(frozen=True, slots=True)
class Vectors:
    """
    Examples for a function to answer, and what to say where it answers wrongly.

    Attributes:
        name: The function's name.
        examples: The arguments of each call, in order; the first tells a stub from an answer.
        judge: Function of the arguments and the result: None if right, or the end of a sentence
            that begins with the call.
        mistakes: Known wrong answers; the first that explains a result adds its sentence.
        is_async: Whether the function is an ``async def``. It then runs on a loop of its own, and
            has `DEADLINE` seconds for each call.
        shows: Function that writes an argument down, where `show` says too little.
        is_pure: Whether the function has to leave its arguments as they are.

    """

    name: str
    examples: Sequence[Sequence[Any]]
    judge: Judge
    mistakes: Sequence[Mistake] = ()
    is_async: bool = False
    shows: Callable[[Any], str] | None = None
    is_pure: bool = False

    def grade(self, answer: object) -> str | None:
        """
        Return None if every example is answered rightly, or sentences on the first that isn't.

        Raises:
            NotAttemptedError: If the first example gets no answer at all.

        """
        if not callable(answer):
            return (
                f"`{self.name}` is {kind(answer)}, not a function: "
                f"run the cell that starts with `{self._def}`."
            )
        if self.is_async and not inspect.iscoroutinefunction(answer):
            return f"`{self.name}` is a plain function: write `{self._def}`."
        for number, arguments in enumerate(self.examples):
            run = call_async if self.is_async else call
            given = copy.deepcopy(arguments)  # an answer may change what it gets
            made = run(answer, given)
            if number == 0 and _is_stub(made):
                raise NotAttemptedError
            shown = f"`{self.name}({', '.join(map(self.shows or show, arguments))})`"
            trouble = self._trouble(made, arguments)
            if trouble is not None:
                known = (m.sentence for m in self.mistakes if m.explains(made, arguments, run))
                return " ".join([f"{shown} {trouble}", *[*known][:1]])
            if self.is_pure and (spoiled := _spoiled(arguments, given)) is not None:
                return f"{shown} changed the {spoiled} that it was given; leave it as it is."
        return None

    @property
    def _def(self) -> str:
        return f"{'async ' * self.is_async}def {self.name}"

    def _trouble(self, made: Call, arguments: Sequence[Any]) -> str | None:
        if made.error is not None:
            return _raised(made.error, made.line)
        if inspect.iscoroutine(made.value):
            made.value.close()  # nobody awaits it, and nobody is warned that nobody did
            return f"gave a coroutine: write `def {self.name}` without `async`."
        if inspect.isgenerator(made.value):
            return "gave a generator: use `return` in place of `yield`."
        trouble = self.judge(arguments, made.value)
        if trouble is not None and made.value is None and made.printed:
            return "printed something and returned None: put `return` where `print` is."
        return trouble


def _spoiled(arguments: Sequence[Any], given: Sequence[Any]) -> str | None:
    """Return the class of the first argument that isn't what it was."""
    changed = (old for old, new in zip(arguments, given, strict=True) if old != new)
    return next((class_name(type(old)) for old in changed), None)


def expecting(
    reference: Callable[..., object],
    returns: type,
    *,
    items: Sequence[str] = (),
    cure: Callable[[Any], str | None] = lambda value: None,
    too_early: str = "expected None.",
    too_late: str = "gave None;",
) -> Judge:
    """
    Make a judge that wants what another function gives.

    Args:
        reference: The function that is right.
        returns: The class of a right result other than None.
        items: Where a right result is a tuple: the names of its items.
        cure: Function of a result of another class: a sentence on how to make the right class of
            it, or None.
        too_early: What to say of a result where None is right.
        too_late: What to say of None where a result is right.

    """

    def judge(arguments: Sequence[Any], value: Any) -> str | None:
        expected: Any = reference(*arguments)
        if expected is None:
            return None if value is None else f"gave {show(value)}, {too_early}"
        if value is None:
            return f"{too_late} expected {_with_kind(expected)}."
        if not isinstance(value, returns):
            what = f"gave {_with_kind(value)}; expected {_with_kind(expected)}."
            return " ".join(filter(None, [what, cure(value)]))
        if value == expected:
            return None
        if items:
            return _wrong_items(items, value, expected)
        if isinstance(value, bytes) and len(value) > BYTES_SHOWN:
            return _first_difference(value, expected)
        return f"gave {show(value)}, expected {show(expected)}."

    return judge


def call(
    function: Callable[..., object],
    arguments: Sequence[object],
    *,
    blame: Callable[..., object] | None = None,
    listens: bool = True,
) -> Call:
    """
    Call a function that may do anything; what it prints is let go.

    Args:
        function: The function.
        arguments: Its arguments.
        blame: The function in whose cell the line of an error is looked for; by default the same.
        listens: Whether to take the standard output meanwhile; it belongs to the whole process.

    """
    ear = _Ear()
    try:
        with contextlib.redirect_stdout(ear) if listens else contextlib.nullcontext():
            value = function(*arguments)
    except BaseException as error:  # SystemExit and KeyboardInterrupt too
        return Call(error=error, line=_line(blame or function, error), printed=ear.heard)
    return Call(value=value, printed=ear.heard)


def call_async(
    function: Callable[..., Any], arguments: Sequence[object], seconds: float = DEADLINE
) -> Call:
    """
    Call an ``async def`` that may do anything, and wait for its end, but not for ever.

    It runs in a thread with an event loop of its own, where neither a loop that never ends nor a
    task left behind can hold up the caller's.

    Args:
        function: The function.
        arguments: Its arguments.
        seconds: How long it may take.

    Returns:
        What it did; its error is a `DeadlineError` where it took too long.

    """
    made: list[Call] = []
    errors: list[BaseException] = []

    async def guarded(awaitable: Awaitable[object]) -> object:
        try:
            return await watched(awaitable)
        except BaseException as error:  # SystemExit would tear the loop down
            errors.append(error)
            return None

    async def bounded() -> object:
        awaitable = function(*arguments)
        if not inspect.isawaitable(awaitable):
            return awaitable
        task = asyncio.ensure_future(guarded(awaitable))
        await asyncio.wait([task], timeout=seconds)
        if not task.done():
            raise DeadlineError
        if errors:
            raise errors[0]
        return task.result()

    def work() -> None:
        with contextlib.suppress(DeadlineError):  # it may strike at any line
            run = call(lambda: asyncio.run(bounded()), (), blame=function, listens=False)
            made.append(run)

    ear = _Ear()
    thread = threading.Thread(target=work, daemon=True)
    with contextlib.redirect_stdout(ear):  # here: a thread that never ends wouldn't give it back
        thread.start()
        thread.join(seconds + GRACE)
        if thread.is_alive() and thread.ident is not None:  # it never comes back to its loop
            strike = ctypes.pythonapi.PyThreadState_SetAsyncExc
            strike(ctypes.c_ulong(thread.ident), ctypes.py_object(DeadlineError))
            thread.join(GRACE)
    while _unfinished:
        # To destroy a coroutine that catches everything is to run it, and it may never end.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(_unfinished.pop()))
    return replace(made[0], printed=ear.heard) if made else Call(error=DeadlineError())


# Tasks in which a stranger's code has begun and not ended.
_unfinished: list[asyncio.Task[Any] | None] = []


async def watched(awaitable: Awaitable[object]) -> object:
    """Await something that a stranger wrote; see `call_async` on what never ends."""
    task = asyncio.current_task()
    _unfinished.append(task)
    result = await _outcome(awaitable)
    _unfinished.remove(task)
    if isinstance(result, _Raised):
        raise result.error
    return result


@dataclass(frozen=True, slots=True)
class _Raised:
    error: BaseException


async def _outcome(awaitable: Awaitable[object]) -> object:
    try:
        return await awaitable
    except BaseException as error:
        return _Raised(error)


def show(value: object, depth: int = 2) -> str:
    """Return a value in a few characters, the same at every run: bytes in hex, no address."""
    if isinstance(value, bytes):
        return _hex(value)
    if type(value) is str:
        more = "…" if len(value) > CHARACTERS_SHOWN else ""
        return repr(value[:CHARACTERS_SHOWN]) + more
    if type(value) is int and value.bit_length() > 64:
        return f"an int of {value.bit_length()} bits"
    if value is None or type(value) in (bool, int, float):
        return repr(value)
    if value is ...:
        return "..."
    if depth and type(value) in (list, tuple):
        items = [show(item, depth - 1) for item in value[:ITEMS_SHOWN]]  # type: ignore[index]
        items += ["…"] * (len(value) > ITEMS_SHOWN)  # type: ignore[arg-type]
        return f"({', '.join(items)})" if type(value) is tuple else f"[{', '.join(items)}]"
    return kind(value)


def kind(value: object) -> str:
    """Return the name of a value's class with its article, e.g. ``"an int"``."""
    name = class_name(type(value))
    if name == "bytes":
        return name  # a plural already
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def class_name(cls: type) -> str:
    """Return the name of a class, straight from ``type``: a metaclass may hide it or raise."""
    return str(type.__dict__["__name__"].__get__(cls))


class _Ear(io.TextIOBase):
    """A standard output that remembers only whether anything was said."""

    heard = False

    def write(self, text: str) -> int:
        self.heard = self.heard or bool(text)
        return len(text)


def _with_kind(value: object) -> str:
    shown, what = show(value), kind(value)
    return shown if value is None or shown == what else f"{shown}, {what}"


def _is_stub(made: Call) -> bool:
    if made.error is not None:
        return isinstance(made.error, NotImplementedError)
    return (made.value is None and not made.printed) or made.value is ...


def raised(error: BaseException, function: object) -> str:
    """Say what a function raised, and in which line of its cell."""
    return _raised(error, _line(function, error))


def _raised(error: BaseException, line: int | None) -> str:
    where = "" if line is None else f" in line {line} of its cell"
    if isinstance(error, KeyboardInterrupt):
        return f"was interrupted{where} before it answered. Is there a loop that never ends?"
    if isinstance(error, DeadlineError):
        return (
            f"had not ended after {DEADLINE:g} s. Is there a loop that never ends, "
            "or an `await` for what never comes?"
        )
    if isinstance(error, SystemExit):
        return f"left Python{where} by SystemExit: use `return` to give the answer."
    module = type(error).__module__
    name = class_name(type(error))
    if module not in ("builtins", "__main__"):
        name = f"{module}.{name}"
    says = str(error).strip()[: 2 * CHARACTERS_SHOWN]
    return f"raised {name}{where}{f': {says}' if says else ''}."


def _line(function: object, error: BaseException) -> int | None:
    if not isinstance(function, types.FunctionType):
        return None
    file = function.__code__.co_filename
    lines = [
        number
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == file
    ]
    return lines[-1] if lines else None


def _wrong_items(names: Sequence[str], value: Any, expected: Any) -> str:
    if len(value) != len(names):
        counts = f"gave a tuple of {len(value)}; expected {len(names)} items"
        return f"{counts}: {', '.join(names)}."
    # Python has True == 1, and so have we: only what differs is named.
    trios = zip(names, value, expected, strict=True)
    wrong = [f"{name} is {_against(a, b)}" for name, a, b in trios if a != b]
    return f"gave a wrong tuple: {'; '.join(wrong)}."


def _against(value: object, expected: object) -> str:
    if type(value) is int and value in (0, 1) and type(expected) is bool:
        expected = int(expected)  # who says 0 expects 1, not True
    if value is None or expected is None or isinstance(value, int | float):
        return f"{show(value)}, expected {show(expected)}"
    return f"{show(value)} ({kind(value)}), expected {show(expected)} ({kind(expected)})"


def _first_difference(value: bytes, expected: Any) -> str:
    if value.startswith(expected) or expected.startswith(value):
        return f"gave {len(value):,} bytes, expected {len(expected):,}."
    i = next(i for i, pair in enumerate(zip(value, expected, strict=False)) if pair[0] != pair[1])
    return (
        f"went wrong at byte {i:,} (the first is byte 0): "
        f"gave {value[i]:02x}, expected {expected[i]:02x}."
    )


def _hex(data: bytes) -> str:
    if not data:
        return "b''"
    more = f" … ({len(data):,} bytes)" if len(data) > BYTES_SHOWN else ""
    return data[:BYTES_SHOWN].hex(" ") + more
