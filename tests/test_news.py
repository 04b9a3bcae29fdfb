"""News by four transports: the formula is what was counted on the wire."""

import pytest

from hellosockets.costs import TRANSPORTS, costs, request_head
from hellosockets.handshake import HandshakeReader
from hellosockets.news import NewsServer, measure_transports
from hellosockets.probe import ask


@pytest.mark.parametrize(
    ("ticks", "news_at"), [(1, []), (1, [0]), (12, [4, 9]), (5, [0, 1, 2, 3, 4]), (60, [7])]
)
@pytest.mark.parametrize("body", ["goal: 1:0", "x" * 200])
async def test_the_formula_agrees_with_the_wire(ticks, news_at, body):
    assert await measure_transports(ticks, news_at, body) == costs(len(news_at), ticks, body)


async def test_news_outside_the_ticks_are_refused():
    with pytest.raises(ValueError, match="news come at ticks from 0 to 2, got"):
        await measure_transports(3, [3])


async def test_an_unknown_path_is_not_found():
    async with NewsServer() as server:
        answer = await ask(f"ws://127.0.0.1:{server.port}/", b"GET /x HTTP/1.1\r\n\r\n")
        assert answer.status == 404
        assert server.listening == 0


def test_quiet_makes_polling_dearest_and_busy_does_not():
    assert max(costs(0, 60).of, key=lambda name: costs(0, 60)[name].total) == "polling"
    assert costs(2, 12).cheapest == "Server-Sent Events"
    assert set(costs(0, 1).of) == set(TRANSPORTS)


def test_more_updates_than_ticks_are_refused():
    with pytest.raises(ValueError, match="updates are from 0 to ticks, 3, got 4"):
        costs(4, 3)


@pytest.mark.parametrize("upgrade", [False, True])
def test_requests_are_requests(upgrade):
    request = HandshakeReader("client").receive_data(request_head("/x", upgrade=upgrade))
    assert request.is_upgrade is upgrade
    assert not request.verdicts


def test_the_picture_says_in_words_what_it_shows():
    html = costs(2, 12)._repr_html_()
    assert 'aria-label="Costs(2 updates, 12 polls: polling' in html
    assert "↑ 3,324" in html
