"""Reads a unit of systemd and runs its command as systemd would, as far as that can be done without it."""

import shlex
from configparser import ConfigParser
from pathlib import Path

from tests.deploy.roots import Root


class Unit:
    """The `[Service]` of a unit; `instance` is what stands behind the @."""

    def __init__(self, path: Path, instance: str = "") -> None:
        parser = ConfigParser(strict=False, interpolation=None, delimiters=("=",))
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
        parser.read_string(path.read_text().replace("%i", instance))
        self.service = dict(parser["Service"])
        self.state = f"/var/lib/{self.service['StateDirectory']}"

    def command(self, root: Root, **env: str) -> list[str]:
        """Return what runs it: as its user, with its capability, and with nothing to write to but its folder.

        `env` wins over the unit's own variables, so that a test can choose the ports.
        """
        service, owner = self.service, self.service["User"]
        assert (service["ProtectSystem"], service["PrivateTmp"], service["NoNewPrivileges"]) == ("strict", "yes", "yes")
        assert service["AmbientCapabilities"] == service["CapabilityBoundingSet"]
        capability = service["CapabilityBoundingSet"].removeprefix("CAP_").lower()
        kinds = ("bounding-set", "inh-caps", "ambient-caps")
        limits = ["--no-new-privs", *(f"--{kind}=-all,+{capability}" for kind in kinds)]
        state = f"{root.path}{self.state}"
        first = (
            f"chroot {root.path} install -d -m {service['StateDirectoryMode']} -o {owner} -g {owner} {self.state}\n"
            f"mount --bind {state} {state}\n"
            f"mount -o remount,bind,ro {root.path}\n"
            f"umask {service['UMask']}"
        )
        given = {
            **_variables(service["Environment"]),
            **_variables(root.run(["cat", service["EnvironmentFile"]])),
            **env,
        }
        words = shlex.split(service["ExecStart"])
        return root.command(words, user=owner, cwd=service["WorkingDirectory"], env=given, limits=limits, first=first)


def _variables(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if line and line[0] != "#"]
    return dict(line.split("=", 1) for line in lines)
