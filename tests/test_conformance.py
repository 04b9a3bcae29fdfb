"""Autobahn's short cases against our server and client; `make conformance` runs all of them."""

from __future__ import annotations

import pytest

from tools.check_conformance import CHOICES, Run, check_client, check_server, page

# Chapters 9, 12 and 13 take minutes; of each, one case that is quick.
SHORT = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*", "9.1.1", "12.1.1", "13.7.1"]


def failed_and_known(run: Run) -> list[str]:
    assert len(run.results) > 200
    assert run.unexplained == []
    return run.failed


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "compressed"])
async def test_the_server_conforms(compress: bool) -> None:
    run = await check_server(SHORT, compress=compress)
    assert failed_and_known(run) == ["7.1.5"]
    inflated = {each.case_id for each in run.tried if each.case_id[:3] in ("12.", "13.")}
    assert inflated == ({"12.1.1", "13.7.1"} if compress else set())


async def test_the_client_conforms() -> None:
    assert failed_and_known(await check_client(SHORT)) == ["7.1.5"]


async def test_the_page_says_what_failed_and_why() -> None:
    text = page([await check_server(["1.1.1", "7.1.5"], compress=False)])
    assert "| 1 Framing | 1 of 1 |" in text
    assert "| All | 1 of 2 |" in text
    assert f"- **7.1.5** (server, without compression). {CHOICES['7.1.5']}" in text
