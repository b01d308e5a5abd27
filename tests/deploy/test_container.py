"""The Dockerfile, followed step by step on a fresh machine: it builds, runs as its own user, says that it is well."""

import subprocess
import time

import pytest

from tests.deploy.dockerfile import Image, build
from tests.deploy.proxies import DEPLOY
from tests.deploy.roots import Roots, roots
from tests.support import ports
from tests.support.live import HOUSE

__all__ = ["roots"]
pytestmark = [pytest.mark.mail]  # with the other tests of the running program


@pytest.fixture(scope="module")
def image(roots: Roots) -> Image:
    return build(DEPLOY / "Dockerfile", HOUSE, roots)


def test_image_is_slim_and_its_user_owns_nothing_but_the_data(image: Image) -> None:
    assert image.base == "debian:12-slim"
    assert (image.user, image.volumes, image.ports) == ("comity", ["/data"], [8400, 2525])
    assert image.root.run(["stat", "-c", "%U %a", "/data"]) == "comity 700\n"
    assert image.root.run(["find", "/opt/comity", "-user", "comity"]) == ""
    assert image.root.run(["find", "/opt/comity", "-path", "*/site-packages/comity/*/tests"]) == ""


def test_it_runs_and_its_health_is_asked(image: Image) -> None:
    port, smtp_port = ports.free(2)
    given = {"COMITY_PORT": str(port), "COMITY_SMTP_PORT": str(smtp_port), "COMITY_HOST": "127.0.0.1"}
    assert subprocess.run(image.healthcheck(**given), stderr=subprocess.PIPE, check=False).returncode == 1
    process = subprocess.Popen(image.command(**given), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        until = time.monotonic() + 150
        while subprocess.run(image.healthcheck(**given), stderr=subprocess.PIPE, check=False).returncode:
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.5)
        assert image.root.run(["stat", "-c", "%U", "/data/comity.sqlite3"]) == "comity\n"
        process.terminate()
        said, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, said
    assert "Sign in for the first time" in said
    assert "Traceback" not in said


def test_other_commands_are_given_after_its_name(image: Image) -> None:
    said = subprocess.run(image.command("--version"), capture_output=True, text=True, check=True).stdout
    assert said.startswith("Comity ")
