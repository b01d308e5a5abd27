"""The settings of a later version: one room more, which has a step to take."""

from comity.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.upgrade.later"]  # noqa: F405
