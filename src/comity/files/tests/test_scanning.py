"""Where a scanner is set up, a file waits for it; what is dangerous is kept and never handed out."""

import pytest
from django.db import transaction

from comity.accounts.options import ORGANISATION, groups, save
from comity.events.testing import recorded, settle
from comity.files import actions, reactions
from comity.files.clamav import ClamAV
from comity.files.limits import SETTINGS, FileSettings, file_settings
from comity.files.models import ScanState, StoredFile
from comity.files.scanning import SCANNER, ScannerDown, Verdict
from comity.files.tests.make import BY, a_clamav, a_file

pytestmark = pytest.mark.django_db


def use(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setattr(SETTINGS, "_answers", [lambda: FileSettings(clamav_host="127.0.0.1", clamav_port=port)])


def state(file: StoredFile) -> str:
    file.refresh_from_db()
    return file.scan_state


def test_without_a_scanner_a_file_is_not_checked() -> None:
    file = a_file(b"plain")
    settle()
    assert state(file) == ScanState.UNKNOWN


def test_a_clean_file_waits_and_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_clamav() as port:
        use(monkeypatch, port)
        file = actions.keep(content=b"clean " * 50_000, by=BY)
        assert file.scan_state == ScanState.WAITING
        settle()
    assert state(file) == ScanState.CLEAN
    assert recorded() == ["file.kept", "file.scanned"]


def test_a_dangerous_file_is_named_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_clamav() as port:
        use(monkeypatch, port)
        file = actions.keep(content=b"here is EICAR inside", by=BY)
        settle(times=2)
    assert state(file) == ScanState.INFECTED
    assert file.scan_finding == "Test.Signature"
    assert not file.is_servable


def test_a_scanner_that_is_down_or_refuses_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_clamav(limit=10) as port:
        use(monkeypatch, port)
        file = actions.keep(content=b"more than ten bytes", by=BY)
        with pytest.raises(ScannerDown, match="ClamAV daemon"):
            settle()
    with pytest.raises(ScannerDown, match="did not answer"):
        settle()
    assert state(file) == ScanState.WAITING


def test_a_file_that_was_never_checked_is_checked_when_it_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    file = a_file(b"old EICAR")
    with a_clamav() as port:
        use(monkeypatch, port)
        actions.keep(content=b"old EICAR", by=BY)
        settle()
    assert state(file) == ScanState.INFECTED


def test_a_file_that_waits_is_let_go_when_the_scanner_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_clamav() as port:
        use(monkeypatch, port)
        file = actions.keep(content=b"waits", by=BY)
    monkeypatch.setattr(SETTINGS, "_answers", [FileSettings])
    settle()
    assert state(file) == ScanState.UNKNOWN


def test_any_scanner_may_answer_and_one_finding_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    class Strict:
        def is_on(self) -> bool:
            return True

        def scan(self, content: object) -> Verdict:
            return Verdict(is_infected=True, finding="Strict.Rule")

    monkeypatch.setattr(SCANNER, "_answers", [Strict(), ClamAV()])
    file = actions.keep(content=b"innocent", by=BY)
    settle()
    assert state(file) == ScanState.INFECTED


def test_the_settings_reach_the_store() -> None:
    values = {"largest_mb": 7, "clamav_host": " scan.example.org ", "clamav_port": 3311}
    save(group=groups["files"], level=ORGANISATION, values=values, by=BY)
    assert file_settings() == FileSettings(largest_mb=7, clamav_host="scan.example.org", clamav_port=3311)


def test_scanning_a_file_that_is_gone_does_nothing() -> None:
    from comity.events.models import Event

    file = a_file(b"gone")
    event = Event.objects.filter(type="file.kept").latest("pk")
    with transaction.atomic():
        file.delete()
    reactions.scan([event])
