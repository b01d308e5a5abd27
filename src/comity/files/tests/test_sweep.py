"""What nobody needs goes after a day; what somebody needs stays, whatever happens at that moment."""

import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from comity.core import clock
from comity.core.refusals import Refusal
from comity.events.testing import settle
from comity.files import actions, store
from comity.files.models import Reference, StoredFile
from comity.files.tests.make import BY, a_file, a_reference

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=25)


def age(digest: str) -> None:
    """Make content on the disk a day old, as the disk sees it."""
    then = time.time() - DAY.total_seconds()
    os.utime(store.path_of(digest), (then, then))


def test_a_file_without_a_reference_goes_after_a_day_and_not_before() -> None:
    file = a_file(b"nobody needs me")
    clock.shift(23 * 3600)
    assert actions.sweep() == 0

    clock.shift(DAY.total_seconds())
    assert actions.sweep() == 1
    assert not store.exists(file.digest)
    assert not StoredFile.objects.filter(pk=file.pk).exists()


def test_a_file_with_a_reference_stays() -> None:
    reference = a_reference(b"needed")
    clock.shift(30 * DAY.total_seconds())
    actions.sweep()
    assert store.exists(reference.file.digest)


def test_a_released_file_has_another_day() -> None:
    reference = a_reference(b"released")
    clock.shift(DAY.total_seconds())
    actions.release_owner(owner=reference.owner)
    assert actions.sweep() == 0
    clock.shift(2 * DAY.total_seconds())
    assert actions.sweep() == 1


def test_an_upload_that_no_message_took_goes_and_one_that_was_taken_stays() -> None:
    lost = actions.upload(content=b"lost", name="lost.txt", by=BY)
    taken = actions.upload(content=b"taken", name="taken.txt", by=BY)
    actions.hand_over(references=[taken.pk], owned_by=taken.owner, to="message:9")

    clock.shift(DAY.total_seconds())
    actions.sweep()  # lets go of the upload, whose content has a day from now
    clock.shift(3 * DAY.total_seconds())
    actions.sweep()

    assert list(Reference.objects.values_list("name", flat=True)) == ["taken.txt"]
    assert not store.exists(lost.file.digest)
    assert store.exists(taken.file.digest)


def test_content_that_a_crash_left_without_a_row_goes_when_it_is_a_day_old() -> None:
    staged = actions.stage(b"crashed before the row")
    store.place(staged)
    assert actions.sweep() == 0

    age(staged.digest)
    assert actions.sweep() == 1
    assert not store.exists(staged.digest)


def test_what_was_staged_and_never_kept_goes() -> None:
    staged = actions.stage(b"staged only")
    then = time.time() - DAY.total_seconds()
    os.utime(staged.path, (then, then))
    actions.sweep()
    assert not staged.path.exists()


def test_old_content_that_is_kept_again_before_its_row_commits_survives_the_sweep() -> None:
    staged = actions.stage(b"comes back")
    store.place(staged)
    age(staged.digest)

    actions.keep(content=b"comes back", by=BY)
    actions.sweep()

    assert store.exists(staged.digest)


def test_a_reference_to_a_swept_file_is_refused() -> None:
    file = a_file(b"too late")
    clock.shift(DAY.total_seconds())
    actions.sweep()
    with pytest.raises(Refusal, match="no longer here"):
        actions.refer(file=file, to="message:1", name="late.txt")


def test_the_daily_timer_sweeps() -> None:
    from comity.events.log import record

    file = a_file(b"by the timer")
    clock.shift(DAY.total_seconds())
    with transaction.atomic():
        record("files.sweep_due", subject="files:all", by=BY)
    settle()
    assert not store.exists(file.digest)


@pytest.mark.django_db(transaction=True)
def test_sweeping_and_keeping_the_same_content_at_once_never_leaves_a_row_without_a_file() -> None:
    stop, errors = threading.Event(), []

    def sweep() -> None:
        while not stop.is_set():
            try:
                with transaction.atomic():
                    StoredFile.objects.update(touched_at=clock.now() - DAY)
                for path in (Path(settings.DATA) / "files").glob("??/??/*"):
                    age(path.name)
                actions.sweep()
            except FileNotFoundError:
                pass  # the file went between looking and ageing it, in this test's own code
            except Exception as error:
                errors.append(error)
        connection.close()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        for number in range(60):
            with transaction.atomic():
                file = actions.keep(content=b"contended %d" % (number % 2), by=BY)
                reference = actions.refer(file=file, to="message:1", name="a.txt")
            assert store.exists(file.digest)
            actions.release(references=[reference])
    finally:
        stop.set()
        sweeper.join()
    assert errors == []
    assert all(store.exists(file.digest) for file in StoredFile.objects.all())
