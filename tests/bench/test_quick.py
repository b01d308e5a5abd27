"""The benches run: with few rows and mails, once, which says nothing about speed."""

from pathlib import Path

import pytest

from tests.bench import chat, footprint, ingest, live, pages
from tests.bench.mails import mails

pytestmark = [pytest.mark.chaos]


def test_the_same_seed_writes_the_same_mails_and_three_of_ten_are_replies() -> None:
    first, again = mails(400, to="help@shop.test"), mails(400, to="help@shop.test")
    assert first == again
    assert 80 < sum(mail.is_reply for mail in first) < 140
    assert 60 < sum(len(mail.content) > 60_000 for mail in first) < 100


def test_pages_are_measured_beside_their_floor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["bench/pages", "--quick", "--kept-in", str(tmp_path)])
    assert pages.main() == 0
    assert "conversation opened in the list" in capsys.readouterr().out


def test_intake_is_measured_on_both_databases(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.argv", ["bench/ingest", "--quick"])
    monkeypatch.setattr(ingest, "KEPT_IN", tmp_path)
    assert ingest.main() == 0
    assert "PostgreSQL" in capsys.readouterr().out


def test_streams_and_workspaces_are_measured_on_both_databases(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["bench/live", "--quick"])
    assert live.main() == 0
    assert capsys.readouterr().out.count("PostgreSQL") == 2


def test_start_and_memory_are_measured(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench/footprint", "--quick"])
    assert footprint.main() == 0
    assert "idle memory" in capsys.readouterr().out


def test_chats_are_measured_on_both_databases(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["bench/chat", "--quick"])
    assert chat.main() == 0
    assert capsys.readouterr().out.count("PostgreSQL") == 3
