"""TwoSeats without a browser: what it sends, what it prints, what it leaves behind."""

import json

import pytest
from test_lanes import ANSWER, GET, HELLO, Seats

from hellosockets.frames import build_frame
from hellosockets.lanes import Call
from hellosockets.widgets import TwoSeats


def seats():
    found = Seats()
    found.cross("client", GET)
    found.cross("server", ANSWER)
    found.cross("client", HELLO)
    return found


def talk(widget, monkeypatch, **message):
    sent = []
    monkeypatch.setattr(
        widget, "send", lambda content: sent.append(json.loads(json.dumps(content)))
    )
    widget._handle_custom_msg(message, [])
    return sent


def test_steps_reach_the_page(monkeypatch):
    both = seats()
    (message,) = talk(TwoSeats(both.server, both.client), monkeypatch, type="hello")
    assert message["sees_both"]
    assert [step["label"] for step in message["steps"]] == [
        "GET /echo",
        "101 Switching Protocols",
        "text: Hello",
    ]
    assert [(step["sent"], step["arrived"]) for step in message["steps"]][2] == (0.25, 0.375)


def test_selected_is_the_step(monkeypatch):
    both = seats()
    widget = TwoSeats(both.server, both.client)
    talk(widget, monkeypatch, type="select", key="frame 2")
    assert widget.selected == widget.steps[2]
    both.cross("server", build_frame("Hi"))
    talk(widget, monkeypatch, type="select", key="frame 2")
    assert widget.selected.label == "text: Hello"


def test_new_steps_are_sent_without_a_loop_at_once(monkeypatch):
    both = seats()
    widget = TwoSeats(both.server)
    sent = talk(widget, monkeypatch, type="hello")
    both.cross("server", build_frame("Hi"))
    assert len(sent) == 2
    assert sent[-1]["steps"][-1]["label"] == "text: Hi"


def test_a_clients_seat_brings_its_calls():
    both = seats()

    class Client:
        class seat:  # noqa: N801
            conversation = both.client
            calls = (Call(50.0, "connect"),)

    assert TwoSeats(both.server, Client).steps[0].label == "connect"


def test_forms_are_the_same_at_every_run():
    first, second = ((TwoSeats(each.server, each.client)) for each in (seats(), seats()))
    forms = [each._repr_mimebundle_()[0] for each in (first, second)]
    assert forms[0]["text/html"] == forms[1]["text/html"]
    assert forms[0]["text/plain"] == "TwoSeats(Conversation(open, 1 frame), both seats)"


@pytest.mark.parametrize("end", ["detach", "close"])
def test_it_leaves_no_listener(end):
    both = seats()
    widget = TwoSeats(both.server)
    assert len(both.server.recording.listeners) == 1
    getattr(widget, end)()
    getattr(widget, end)()
    assert both.server.recording.listeners == []


def test_what_is_no_conversation_is_refused():
    with pytest.raises(TypeError, match="those of one Conversation, got int"):
        TwoSeats(42)
