"""Replies: which Phoenix message answers which, and after how long."""

import pytest
from test_beats import Talk

from hellosockets.messages import NotAMessage
from hellosockets.replies import MOST_WAITING, Replies, exchanges

JOIN = '["1","1","room:a","phx_join",{}]'
OK = '["1","1","room:a","phx_reply",{"response":{},"status":"ok"}]'


def test_a_reply_is_paired_with_its_push():
    talk = Talk()
    talk.up(JOIN)
    talk.down('[null,null,"room:a","shout",{}]')
    talk.down(OK)
    asked, shout, reply = exchanges(talk.conversation)
    assert reply.push is asked.message
    assert reply.latency == 0.5
    assert (asked.push, shout.push) == (None, None)
    assert asked.reply is reply.message
    assert asked.latency == 0.5
    assert (shout.reply, shout.latency) == (None, None)
    assert asked.phoenix.topic == "room:a"


def test_the_same_ref_on_another_topic_answers_nothing():
    talk = Talk()
    talk.up(JOIN)
    talk.down(OK.replace("room:a", "room:b"))
    assert exchanges(talk.conversation)[1].push is None


def test_unanswered_pushes_are_known_and_bounded():
    talk = Talk()
    replies = Replies()
    for ref in range(MOST_WAITING + 10):
        talk.up(f'["1","{ref}","room:a","shout",{{}}]')
    for message in talk.conversation.messages:
        replies.feed(message)
    assert len(replies.unanswered) == MOST_WAITING
    assert '"10"' in replies.unanswered[0].text


def test_a_join_ref_of_an_earlier_join_is_stale():
    talk = Talk()
    talk.up(JOIN)
    talk.up('["2","2","room:a","phx_join",{}]')
    talk.down('["1",null,"room:a","shout",{}]')
    talk.down('["2",null,"room:a","shout",{}]')
    assert [each.is_stale for each in exchanges(talk.conversation)] == [False, False, True, False]


def test_version_1():
    talk = Talk("1.0.0")
    talk.up('{"topic":"room:a","event":"phx_join","payload":{},"ref":"1"}')
    talk.down('{"topic":"room:a","event":"phx_reply","payload":{"status":"ok"},"ref":"1"}')
    assert exchanges(talk.conversation)[1].latency == 0.25


@pytest.mark.parametrize("text", ["", "null", "[", "[1]", '["\\ud800"]', "[" * 10_000])
def test_what_is_no_message_says_why(text):
    talk = Talk()
    talk.up(text)
    (found,) = exchanges(talk.conversation)
    assert isinstance(found.phoenix, NotAMessage)
    assert found.phoenix.reason


def test_other_connections_have_no_exchanges():
    talk = Talk()
    talk.conversation.request  # noqa: B018, it has been read
    assert exchanges(talk.conversation) == []
