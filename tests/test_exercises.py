"""The exercises: stub, solution, known wrong answers, and answers that do their worst."""

from __future__ import annotations

import base64
import gc
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import websockets.utils
from answers import KNOWN_WRONG
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Opcode
from websockets.http11 import Request as LibraryRequest
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

import hellosockets
from hellosockets import exercises
from hellosockets.exercises import (
    SUBJECTS,
    channels,
    check,
    engine,
    frame_header,
    grading,
    heartbeat,
    hint,
    http_upgrade,
    reset,
    solution,
    start,
    tester,
)
from hellosockets.exercises.engine import Exercise, ExerciseBook
from hellosockets.exercises.grading import Vectors, call, kind, show
from hellosockets.exercises.outcome import Hint, Listing, Outcome, one_line
from hellosockets.frames import apply_mask, build_frame
from hellosockets.heartbeat import CLIENT_HEARTBEAT
from hellosockets.messages import PhoenixMessage, decode_message

EXERCISES = [exercise for subject in SUBJECTS for exercise in subject.EXERCISES]
VECTORS = [
    each for subject in SUBJECTS for each in vars(subject).values() if isinstance(each, Vectors)
]
BY_NAME = {exercise.name: exercise for exercise in EXERCISES}
VECTORS_OF = {vectors.name: vectors for vectors in VECTORS}
FUNCTIONS = [exercise for exercise in EXERCISES if exercise.stub.startswith("def ")]
BANNED = re.compile(r"\b(simply|just|obviously|of course|trivial|trivially|easy|easily)\b", re.I)

each = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
each_function = pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda exercise: exercise.name)


def notebook() -> dict[str, Any]:
    """Return the names that every lesson has from its first cell on."""
    return {"hs": hellosockets}


def check_source(name: str, source: str) -> Outcome:
    """Check an answer as a cell would, in a book that remembers nothing yet."""
    namespace = notebook()
    exec(source, namespace)
    return ExerciseBook(EXERCISES).check(name, namespace)


def reached(exercise: Exercise) -> str:
    """Return what an exercise says of its own solution."""
    namespace = notebook()
    exec(exercise.solution, namespace)
    if callable(exercise.reached):
        return exercise.reached(namespace[exercise.answer])
    return exercise.reached


def check_answer(exercise: Exercise, answer: object) -> Outcome:
    return ExerciseBook(EXERCISES).check(exercise.name, {exercise.answer: answer})


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for what never comes: many answers here are wrong in that way."""
    monkeypatch.setattr(tester, "PATIENCE", 0.3)
    monkeypatch.setattr(tester, "SECONDS", 3)


# Stub, solution, known wrong answers


@each
def test_nothing_defined_is_not_attempted(exercise: Exercise) -> None:
    outcome = ExerciseBook(EXERCISES).check(exercise.name, {})
    assert repr(outcome) == (
        f"{exercise.name} not attempted: run the cell that defines `{exercise.answer}`."
    )


@each
def test_a_stub_is_not_attempted(exercise: Exercise) -> None:
    outcome = check_source(exercise.name, exercise.stub)
    assert outcome.standing == "not attempted"
    assert not outcome.solved
    assert f"`{exercise.answer}`" in outcome.sentence


@each
@pytest.mark.parametrize("answer", [None, ...])
def test_a_name_without_a_value_is_not_attempted(exercise: Exercise, answer: object) -> None:
    assert check_answer(exercise, answer).standing == "not attempted"


@each_function
@pytest.mark.parametrize("body", ["pass", "return", "return ...", "raise NotImplementedError"])
def test_an_empty_function_is_not_attempted(exercise: Exercise, body: str) -> None:
    source = f"def {exercise.answer}(*arguments):\n    {body}"
    assert check_source(exercise.name, source).standing == "not attempted"


@each
def test_the_solution_solves(exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tester, "PATIENCE", 5)  # it always answers, however busy the machine is
    monkeypatch.setattr(tester, "SECONDS", 30)
    outcome = check_source(exercise.name, exercise.solution)
    assert repr(outcome) == f"{exercise.name} solved: {reached(exercise)}"
    assert outcome.solved


@pytest.mark.parametrize(("name", "source", "says"), KNOWN_WRONG)
def test_a_known_wrong_answer_gets_its_sentence(name: str, source: str, says: str) -> None:
    assert repr(check_source(name, source)) == says


@each
def test_each_exercise_knows_wrong_answers(exercise: Exercise) -> None:
    assert sum(name == exercise.name for name, _, _ in KNOWN_WRONG) >= 4


@pytest.mark.parametrize("vectors", VECTORS, ids=lambda vectors: vectors.name)
def test_each_known_mistake_is_found_out_by_its_own_sentence(vectors: Any) -> None:
    for mistake in vectors.mistakes:
        assert vectors.grade(mistake.wrong).endswith(mistake.sentence)


# Wrong types, crashes, and worse


@each_function
@pytest.mark.parametrize(
    ("answer", "is_what"),
    [(1, "an int"), ("text", "a str"), (b"raw", "bytes"), ([], "a list"), ({}, "a dict")],
)
def test_a_value_is_not_a_function(exercise: Exercise, answer: object, is_what: str) -> None:
    assert repr(check_answer(exercise, answer)) == (
        f"{exercise.name} not yet: `{exercise.answer}` is {is_what}, not a function: "
        f"run the cell that starts with `def {exercise.answer}`."
    )


@pytest.mark.parametrize("name", ["0A", "2B", "3C", "5B"])
@pytest.mark.parametrize("answer", [1.5, 1 + 2j, [], (), {1, 2}, object(), len, int])
def test_a_value_of_the_wrong_class_gets_a_sentence(name: str, answer: object) -> None:
    outcome = check_answer(BY_NAME[name], answer)
    assert outcome.standing == "not yet"
    assert outcome.sentence.startswith(f"`{BY_NAME[name].answer}` is ")


@each_function
@pytest.mark.parametrize("result", [0, 1.5, "text", b"raw", [1], (1,), {}, {1}, object(), len])
def test_a_result_of_any_class_gets_a_sentence(exercise: Exercise, result: object) -> None:
    outcome = check_answer(exercise, lambda *arguments: result)
    assert outcome.standing == "not yet"
    assert outcome.sentence.startswith(f"`{exercise.answer}(")


@each_function
def test_a_crash_is_named_with_its_input_and_line(exercise: Exercise) -> None:
    source = f"def {exercise.answer}(*arguments):\n    value = 1\n    return value / 0"
    outcome = check_source(exercise.name, source)
    first = outcome.sentence.partition(" raised ")[0]
    assert re.fullmatch(rf"`{exercise.answer}\(.+\)`", first)
    assert outcome.sentence.endswith(
        "raised ZeroDivisionError in line 3 of its cell: division by zero."
    )


@pytest.mark.parametrize(
    ("raised", "says"),
    [
        ("SystemExit(1)", "left Python in line 2 of its cell by SystemExit: use `return`"),
        ("KeyboardInterrupt", "was interrupted in line 2 of its cell before it answered."),
        ("GeneratorExit", "raised GeneratorExit in line 2 of its cell."),
        (r"ValueError('two\nlines')", "raised ValueError in line 2 of its cell: two lines."),
        (r"ValueError('\ud800\x1b[31m')", "raised ValueError in line 2 of its cell: ��[31m."),
        ("ValueError(object())", "of its cell: <object object>."),  # and no address
        ("ValueError('long ' * 100)", "long long"),
    ],
)
def test_whatever_is_raised_becomes_one_line(raised: str, says: str) -> None:
    outcome = check_source("3A", f"def unmask(payload, key):\n    raise {raised}")
    assert says in repr(outcome)
    assert "\n" not in repr(outcome)
    assert len(repr(outcome)) < 600


def test_endless_recursion_is_named() -> None:
    outcome = check_source("3A", "def unmask(payload, key):\n    return unmask(payload, key)")
    assert "raised RecursionError in line 2 of its cell" in repr(outcome)


def test_what_an_answer_prints_is_let_go(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = check_source(
        "3A", "def unmask(payload, key):\n    print(payload)\n    return payload"
    )
    assert "still masked" in repr(outcome)
    assert capsys.readouterr().out == ""


@each_function
def test_arguments_cannot_be_spoiled(exercise: Exercise) -> None:
    vectors = VECTORS_OF[exercise.answer]
    before = repr(vectors.examples)

    def spoil(*arguments: Any) -> None:
        for each in arguments:
            getattr(each, "clear", lambda: None)()
        print("and say something, or it's a stub")

    assert check_answer(exercise, spoil).standing == "not yet"
    assert repr(vectors.examples) == before


@pytest.mark.parametrize("answer", [apply_mask, websockets.utils.apply_mask])
def test_3a_takes_a_library_s_function(answer: object) -> None:
    assert check_answer(BY_NAME["3A"], answer).solved


def test_1_and_0_are_as_good_as_true_and_false() -> None:
    source = BY_NAME["3B"].solution.replace(" >> 7 == 1", " >> 7")
    assert check_source("3B", source).solved


def test_only_the_items_that_differ_are_named() -> None:
    source = BY_NAME["3B"].solution.replace("length, size\n", "7, size\n").replace("7 == 1", "7")
    assert repr(check_source("3B", source)) == (
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "payload_length is 7, expected 5."
    )


def test_a_known_mistake_is_found_among_others() -> None:
    source = (
        BY_NAME["3B"]
        .solution.replace("data[0] & 0b0000_1111", "99")
        .replace("data[1] & 0b0111_1111", "data[1]")
    )
    assert repr(check_source("3B", source)) == (
        "3B not yet: `parse_header(81 85 37 fa 21 3d 7f 9f 4d 51 58)` gave a wrong tuple: "
        "opcode is 99, expected 1; payload_length is 133, expected 5. "
        "The MASK bit is still in the length: take the low 7 bits, `& 0b0111_1111`."
    )


def test_a_named_tuple_is_a_tuple() -> None:
    source = BY_NAME["3B"].solution.replace(
        "return fin, opcode, masked, length, size",
        "from hellosockets.exercises.frame_header import Header\n"
        "    return Header(fin, opcode, masked, length, size)",
    )
    assert check_source("3B", source).solved


class RaisesOnEverything:
    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError("attribute")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("==")

    def __hash__(self) -> int:
        raise RuntimeError("hash")

    def __repr__(self) -> str:
        raise RuntimeError("repr")

    def __bool__(self) -> bool:
        raise RuntimeError("bool")


class Namesake(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise RuntimeError("name")


class RaisesOnItsName(metaclass=Namesake):
    pass


class AgreesWithAll(bytes):
    def __eq__(self, other: object) -> Any:
        return RaisesOnEverything()

    __hash__ = bytes.__hash__


class SpeechlessError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("str")


def raise_speechless(*arguments: object) -> None:
    raise SpeechlessError


# By name, as pytest itself looks at what stands in its tables.
HOSTILE: dict[str, Callable[[], object]] = {
    "an object that raises on everything": RaisesOnEverything,
    "an object that raises on its class's name": RaisesOnItsName,
    "a class that raises on its name": lambda: RaisesOnItsName,
    "bytes that agree with all": lambda: AgreesWithAll(b"raw"),
    "a dict that holds such an object": lambda: {"A": RaisesOnEverything()},
    "a dict that holds such bytes": lambda: {"A": "Connection", "B": AgreesWithAll()},
    "a list that holds such an object": lambda: [RaisesOnEverything()],
    "a tuple of such objects": lambda: (RaisesOnEverything(),) * 5,
    "a function that raises what can't be printed": lambda: raise_speechless,
}


@each
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_are_not_yet_right(exercise: Exercise, name: str) -> None:
    outcome = check_answer(exercise, HOSTILE[name]())
    assert outcome.standing == "not yet"
    assert "\n" not in repr(outcome)
    assert outcome._repr_html_()


@each_function
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_results_are_not_yet_right(exercise: Exercise, name: str) -> None:
    hostile = HOSTILE[name]()
    assert check_answer(exercise, lambda *arguments: hostile).standing == "not yet"


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.complex_numbers()
    | st.just(...)
    | st.functions(returns=st.binary()),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@each
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(value=values)
def test_check_never_raises(exercise: Exercise, value: Any) -> None:
    for answer in (value, lambda *arguments: value):
        outcome = check_answer(exercise, answer)
        assert outcome.standing in ("not attempted", "not yet", "solved")
        assert "\n" not in repr(outcome)
        assert repr(outcome).encode()  # no lone surrogate: it can be printed anywhere
        assert repr(outcome) == repr(check_answer(exercise, answer))


@given(name=st.text() | st.integers() | st.none() | st.lists(st.text()))
def test_no_name_makes_the_four_raise(name: Any) -> None:
    for ask in (check, hint, solution, reset):
        assert "\n" not in repr(ask(name)) or name.strip().upper() in BY_NAME


# Hints, solution, reset


@each
def test_hints_come_one_by_one_and_the_last_stays(exercise: Exercise) -> None:
    book = ExerciseBook(EXERCISES)
    hints = [book.hint(exercise.name) for _ in range(4)]
    assert all(isinstance(found, Hint) for found in hints)
    assert [repr(found).partition(": ")[0] for found in hints] == [
        f"{exercise.name} hint {number} of 3" for number in (1, 2, 3, 3)
    ]
    assert hints[2] == hints[3]
    assert len({repr(found) for found in hints}) == 3
    assert f'hs.hint("{exercise.name}")' in repr(hints[0])
    assert f'hs.solution("{exercise.name}")' in repr(hints[2])


@each
def test_there_are_exactly_three_hints_and_the_first_asks(exercise: Exercise) -> None:
    assert len(exercise.hints) == 3
    assert exercise.hints[0].endswith("?")
    assert not exercise.hints[2].endswith("?")


@each
def test_a_solution_prints_as_source_that_solves(exercise: Exercise) -> None:
    shown = ExerciseBook(EXERCISES).solution(exercise.name)
    assert isinstance(shown, Listing)
    assert exercise.solution.rstrip() in repr(shown)
    assert check_source(exercise.name, repr(shown)).solved


@each
def test_a_stub_is_valid_python_and_reset_prints_it(exercise: Exercise) -> None:
    shown = ExerciseBook(EXERCISES).reset(exercise.name)
    assert isinstance(shown, Listing)
    assert exercise.stub.rstrip() in repr(shown)
    assert check_source(exercise.name, repr(shown)).standing == "not attempted"


@each
def test_after_three_failed_checks_help_is_named_until_reset(exercise: Exercise) -> None:
    book = ExerciseBook(EXERCISES)
    wrong = {exercise.answer: 1}
    helps = [f'hs.solution("{exercise.name}")' in repr(book.check(exercise.name, wrong))]
    helps += [f'hs.solution("{exercise.name}")' in repr(book.check(exercise.name, wrong))]
    helps += [f'hs.solution("{exercise.name}")' in repr(book.check(exercise.name, wrong))]
    assert helps == [False, False, True]
    book.hint(exercise.name)
    book.reset(exercise.name)
    assert f'hs.solution("{exercise.name}")' not in repr(book.check(exercise.name, wrong))
    assert "hint 1 of 3" in repr(book.hint(exercise.name))


LONGEST = {
    name: max((each for each in KNOWN_WRONG if each[0] == name), key=lambda each: len(each[2]))
    for name in BY_NAME
}


@pytest.mark.parametrize(("name", "source", "says"), LONGEST.values(), ids=LONGEST)
def test_help_pushes_no_sentence_off_the_line(name: str, source: str, says: str) -> None:
    namespace = notebook()
    exec(source, namespace)
    book = ExerciseBook(EXERCISES)
    third = [repr(book.check(name, namespace)) for _ in range(3)][-1]
    assert third.startswith(f"{says} ")
    assert third.endswith(f'and `hs.solution("{name}")`.')


def test_checks_of_a_stub_are_no_tries() -> None:
    book = ExerciseBook(EXERCISES)
    outcomes = {repr(book.check("2A", {})) for _ in range(10)}
    assert len(outcomes) == 1
    assert book.tries == {}


@pytest.mark.parametrize("ask", [check, hint, solution, reset])
def test_an_unknown_exercise_is_told_how_they_are_named(ask: Callable[[Any], object]) -> None:
    says = (
        "unknown: an exercise is named like `2A`, by its lesson and a letter; `hs.progress()` "
        "lists all."
    )
    assert repr(ask("9Z")) == f"9Z {says}"
    assert repr(ask(2)) == f"an int {says}"


def test_check_looks_into_the_caller_s_globals() -> None:
    assert repr(check(" 2a ")) == "2A not attempted: run the cell that defines `accept`."
    namespace: dict[str, Any] = {"hs_check": exercises.check}
    exec(f"{BY_NAME['2A'].solution}\noutcome = hs_check('2A')", namespace)
    assert namespace["outcome"].solved


# Words


def sentences() -> list[str]:
    found = [says for _, _, says in KNOWN_WRONG]
    for exercise in EXERCISES:
        found += [exercise.title, exercise.task, reached(exercise), *exercise.hints]
        found += [exercise.stub, exercise.solution]
        for vectors in [getattr(exercise.grade, "__self__", None)]:
            found += [mistake.sentence for mistake in vectors.mistakes] if vectors else []
    found += [*http_upgrade.MISREADINGS.values(), *start.WRONG_SIZES.values()]
    return found


@pytest.mark.parametrize("sentence", sentences())
def test_no_sentence_talks_down(sentence: str) -> None:
    assert not BANNED.search(sentence)


def test_no_file_of_the_room_talks_down() -> None:
    for path in Path(engine.__file__).parent.glob("*.py"):
        assert not BANNED.search(path.read_text(encoding="utf-8")), path.name


@each
def test_tasks_name_the_answer_and_end_as_sentences(exercise: Exercise) -> None:
    assert f"`{exercise.answer}" in exercise.task
    assert exercise.task.endswith(".")
    assert reached(exercise).endswith(".")


# What is shown


def test_html_has_sign_word_and_code_and_is_escaped() -> None:
    outcome = Outcome("2A", "not yet", "`accept` gave '<b>'.")
    html = outcome._repr_html_()
    assert "<strong>✗ 2A not yet:</strong> <code>accept</code> gave &#x27;&lt;b&gt;&#x27;." in html
    assert 'class="hs-outcome hs-not-yet"' in html
    assert "<b>" not in html


@each
def test_html_is_the_same_at_every_run(exercise: Exercise) -> None:
    for shown in (
        ExerciseBook(EXERCISES).check(exercise.name, {}),
        ExerciseBook(EXERCISES).hint(exercise.name),
        ExerciseBook(EXERCISES).solution(exercise.name),
        ExerciseBook(EXERCISES).reset(exercise.name),
    ):
        html = shown._repr_html_()
        assert html.startswith('<div class="hs">')
        assert html == shown._repr_html_()
        assert exercise.name in html


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"", "b''"),
        (b"\x37\xfa", "37 fa"),
        (bytes(20), "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 … (20 bytes)"),
        ("Hello", "'Hello'"),
        ("a" * 61, repr("a" * 60) + "…"),
        (True, "True"),
        (None, "None"),
        (..., "..."),
        (2**70, "an int of 71 bits"),
        ((True, b"\x01"), "(True, 01)"),
        ([1] * 7, "[1, 1, 1, 1, 1, 1, …]"),
        ([[[1]]], "[[a list]]"),
        ({1: 2}, "a dict"),
        (object(), "an object"),
        (len, "a builtin_function_or_method"),
    ],
)
def test_values_are_shown_in_few_characters(value: object, shown: str) -> None:
    assert show(value) == shown


def test_kinds_have_their_article() -> None:
    assert [kind(value) for value in (1, "", b"", [])] == ["an int", "a str", "bytes", "a list"]


def test_a_line_is_cut() -> None:
    assert one_line("word " * 200).endswith("…")
    assert len(one_line("word " * 200)) == 500


def test_a_call_knows_only_the_line_of_the_answer_s_own_cell() -> None:
    assert call(int, ["x"]).line is None
    assert isinstance(call(int, ["x"]).error, ValueError)
    assert call(len, [b"abc"]).value == 3


# Independent judges: the exercises ask for what a real library asks


@pytest.mark.parametrize("letter", "ABC")
def test_a_real_server_refuses_the_broken_requests(letter: str) -> None:
    raw = http_upgrade.BROKEN[letter]
    assert answer_of_a_real_server(raw).status_code in (400, 426)


@pytest.mark.parametrize(
    ("letter", "broken", "repaired"),
    [
        ("A", b"Connection: keep-alive", b"Connection: keep-alive, Upgrade"),
        ("B", b"dGhlIHNhbXBsZQ==", b"dGhlIHNhbXBsZSBub25jZQ=="),
        ("C", b"Origin:", b"Sec-WebSocket-Version: 13\r\nOrigin:"),
    ],
)
def test_one_repair_makes_a_real_server_accept(letter: str, broken: bytes, repaired: bytes) -> None:
    raw = http_upgrade.BROKEN[letter]
    assert raw.count(broken) == 1
    assert answer_of_a_real_server(raw.replace(broken, repaired)).status_code == 101


@pytest.mark.parametrize(
    ("status", "is_open"), [(b"200 OK", False), (b"101 Switching Protocols", True)]
)
def test_a_real_client_refuses_the_broken_answer_for_its_status_alone(
    status: bytes, is_open: bool
) -> None:
    client = ClientProtocol(parse_uri("ws://localhost:4000/echo"))
    client.key = http_upgrade.SAMPLE_KEY
    client.send_request(client.connect())
    client.receive_data(http_upgrade.BROKEN["D"].replace(b"200 OK", status))
    client.receive_eof()
    assert (client.handshake_exc is None) is is_open


def answer_of_a_real_server(raw: bytes) -> Any:
    server = ServerProtocol()
    server.receive_data(raw)
    (request,) = server.events_received()
    assert isinstance(request, LibraryRequest)
    return server.accept(request)


def test_the_solution_s_request_opens_a_real_server() -> None:
    namespace: dict[str, Any] = {}
    exec(BY_NAME["2C"].solution, namespace)
    raw = namespace["build_request"]("localhost", "/echo", http_upgrade.SAMPLE_KEY)
    assert answer_of_a_real_server(raw).status_code == 101


def test_2c_falls_back_on_the_dissector_s_verdicts() -> None:
    source = BY_NAME["2C"].solution.replace('"", ""]', '"no colon here", "", ""]')
    assert " breaks a rule: " in check_source("2C", source).sentence


def test_keys_are_16_bytes() -> None:
    assert {len(base64.b64decode(key)) for key in http_upgrade.KEYS} == {16}


KEY = bytes.fromhex("37fa213d")


def close_code_of_a_real_server(frame: bytes) -> int | None:
    server = ServerProtocol()
    server.receive_data(http_upgrade.BROKEN["A"].replace(b"keep-alive", b"Upgrade"))
    (request,) = server.events_received()
    assert isinstance(request, LibraryRequest)
    server.send_response(server.accept(request))
    server.receive_data(frame)
    return None if server.close_sent is None else int(server.close_sent.code)


@pytest.mark.parametrize("first", range(256))
def test_3c_agrees_with_a_real_server_on_every_first_byte(first: int) -> None:
    frame = bytes([first]) + build_frame("Hello", masking_key=KEY)[1:]
    is_refused = close_code_of_a_real_server(frame) == 1002
    assert check_answer(BY_NAME["3C"], frame).solved == is_refused


@pytest.mark.parametrize(
    ("first", "says"),
    [
        (
            0xA1,
            "RSV2 is 1 (RFC 6455 §5.2: reserved bits are 0 unless an extension defines them).",
        ),
        (
            0x83,
            "the opcode is 3 (RFC 6455 §5.2: opcodes 3-7 and 11-15 are reserved and end the "
            "connection).",
        ),
        (
            0xC1,
            "RSV1 is 1, but permessage-deflate was not agreed on (RFC 6455 §5.2: RSV1 is 0 unless "
            "permessage-deflate was agreed on). permessage-deflate compresses; nobody agreed on "
            "it here.",
        ),
        (
            0x80,
            "a continuation frame, and no message to continue (RFC 6455 §5.4: a continuation frame "
            "follows the first frame of its message). After a frame with FIN 0 it would be legal.",
        ),
        (
            0x09,
            "the FIN bit of a ping frame is 0 (RFC 6455 §5.5: a control frame is never "
            "fragmented: its FIN bit is 1).",
        ),
        (
            0xB3,
            "RSV2 is 1 (RFC 6455 §5.2: reserved bits are 0 unless an extension defines them). "
            "Wrong as well: RSV3 is 1; the opcode is 3.",
        ),
    ],
)
def test_3c_names_the_rule_that_is_broken(first: int, says: str) -> None:
    frame = bytes([first]) + build_frame("Hello", masking_key=KEY)[1:]
    assert repr(check_answer(BY_NAME["3C"], frame)) == (
        f"3C solved: {says} A server has to close with 1002, protocol error."
    )


@pytest.mark.parametrize("length", ["fe 00 05", "ff 00 00 00 00 00 00 00 05"])
def test_3c_takes_a_length_in_more_bytes_than_it_needs(length: str) -> None:
    frame = b"\x81" + bytes.fromhex(length) + KEY + apply_mask(b"Hello", KEY)
    assert check_answer(BY_NAME["3C"], frame).solved


def test_3b_covers_every_boundary_and_every_split() -> None:
    whole = {frame_header.parse_header(data) for data in frame_header.HEADERS}
    for length in (0, 125, 126, 127, 65535, 65536):
        assert {found[2] for found in whole if found and found[3] == length} == {False, True}
    short = [data for data in frame_header.HEADERS if len(data) < 14]
    for data in frame_header.HEADERS:
        size = frame_header.Frame(data).header_size
        if len(data) >= size:
            assert all(data[:end] in short or end == 14 for end in range(size + 1))


def test_3b_s_judge_agrees_with_the_library() -> None:
    for opcode in (Opcode.CONT, Opcode.TEXT, Opcode.BINARY):
        for size in (0, 125, 126, 65535, 65536):
            data = build_frame(bytes(size), opcode, masking_key=KEY)
            found = frame_header.parse_header(data)
            assert found == (True, opcode, True, size, len(data) - size)


def test_5a_has_every_reason_to_drop_a_message_and_none() -> None:
    judge = channels.REPLY_TO.judge
    reasons = {judge(arguments, ("maybe", 1)) for arguments in channels.SCHEDULE}
    said = " ".join(filter(None, reasons))
    for reason in ("event is 'shout'", "event is 'phx_close'", "the request '12'", "the join '1'"):
        assert reason in said
    assert "expected ('ok', {'n': 12})" in said


def test_5b_takes_a_reply_before_the_shout() -> None:
    source = (
        BY_NAME["5B"]
        .solution.replace("            return {}\n", "")
        .replace(
            "            self.broadcast(",
            "            self.reply(self.socket_ref())\n            self.broadcast(",
        )
    )
    assert "socket_ref" in source
    assert check_source("5B", source).solved


def test_5b_takes_the_keys_of_a_payload_in_any_order() -> None:
    source = BY_NAME["5B"].solution.replace(
        '{"name": self.name, "body": payload["body"]}', '{**payload, "name": self.name}'
    )
    assert "**payload" in source
    assert check_source("5B", source).solved


def test_5b_lets_go_what_a_channel_prints(capsys: pytest.CaptureFixture[str]) -> None:
    source = BY_NAME["5B"].solution.replace("self.name =", "print(payload)\n        self.name =")
    assert check_source("5B", source).solved
    assert capsys.readouterr().out == ""


def test_5c_s_solution_is_read_by_the_server() -> None:
    namespace: dict[str, Any] = {}
    exec(BY_NAME["5C"].solution, namespace)
    for arguments in channels.PUSHES:
        encoded = namespace["encode_push"](*arguments)
        assert decode_message(encoded, "client") == PhoenixMessage(*arguments)


@pytest.mark.parametrize(("arrivals", "timeout"), heartbeat.TIMELINES)
def test_7a_agrees_with_a_clock_that_ticks(arrivals: tuple[int, ...], timeout: int) -> None:
    second = silent = 0
    while silent < timeout:
        second += 1
        silent = 0 if second in arrivals else silent + 1
    assert heartbeat.CLOSING_TIME.judge((arrivals, timeout), second) is None


def test_7a_has_no_arrival_at_a_deadline() -> None:
    for arrivals, timeout in heartbeat.TIMELINES:
        assert list(arrivals) == sorted(set(arrivals))
        gaps = [b - a for a, b in zip((0, *arrivals), arrivals, strict=False)]
        assert timeout not in gaps


def test_7b_asks_for_every_step_of_the_client_s_table() -> None:
    table = {(state, event) for state, event in CLIENT_HEARTBEAT.steps}
    assert table < set(heartbeat.STEPS)
    assert len(heartbeat.STEPS) == len(set(heartbeat.STEPS)) == 8


# Answers to be awaited


ASYNC = Vectors(
    "wait_for_it",
    [(1,), (2,)],
    lambda arguments, value: None if value == arguments[0] else f"gave {show(value)}.",
    is_async=True,
)


def async_answer(body: str) -> object:
    namespace: dict[str, Any] = {}
    exec(f"import asyncio, time\nasync def wait_for_it(n):\n    {body}", namespace)
    return namespace["wait_for_it"]


def test_an_async_answer_is_awaited() -> None:
    assert ASYNC.grade(async_answer("return await asyncio.sleep(0, n)")) is None


@pytest.mark.parametrize("body", ["...", "pass", "return ...", "raise NotImplementedError"])
def test_an_async_stub_is_not_attempted(body: str) -> None:
    with pytest.raises(grading.NotAttemptedError):
        ASYNC.grade(async_answer(body))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return 7", "`wait_for_it(1)` gave 7."),
        ("return 1 / 0", "`wait_for_it(1)` raised ZeroDivisionError in line 3 of its cell: "),
        ("raise SystemExit", "`wait_for_it(1)` left Python in line 3 of its cell by SystemExit"),
        ("print(n)", "`wait_for_it(1)` printed something and returned None"),
    ],
)
def test_an_async_answer_that_is_wrong(body: str, says: str) -> None:
    assert str(ASYNC.grade(async_answer(body))).startswith(says)


@pytest.mark.parametrize(
    "body",
    [
        "await asyncio.Event().wait()",
        "while True: pass",
        "while True: await asyncio.sleep(0)",
        "time.sleep(1)",
        "while True:\n        try: await asyncio.sleep(9)\n        except BaseException: pass",
    ],
)
def test_an_async_answer_that_never_ends_becomes_a_sentence(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grading, "GRACE", 0.1)
    stdout = sys.stdout
    made = grading.call_async(async_answer(body), (1,), 0.1)
    assert sys.stdout is stdout
    assert isinstance(made.error, grading.DeadlineError)
    gc.collect()  # to destroy what catches everything would run it, here and for ever
    assert grading._unfinished == []


def test_what_took_too_long_is_said_with_its_likely_cause() -> None:
    vectors = Vectors("f", [(1,)], lambda arguments, value: None)
    trouble = vectors._trouble(grading.Call(error=grading.DeadlineError()), (1,))
    assert trouble == (
        "had not ended after 1 s. Is there a loop that never ends, or an `await` for what never "
        "comes?"
    )


def test_a_plain_function_is_asked_to_be_async() -> None:
    assert ASYNC.grade(lambda n: n) == (
        "`wait_for_it` is a plain function: write `async def wait_for_it`."
    )


async def test_an_async_answer_is_graded_while_a_loop_runs() -> None:
    assert ASYNC.grade(async_answer("return await asyncio.sleep(0, n)")) is None
