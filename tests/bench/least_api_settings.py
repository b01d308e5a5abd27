"""The settings of the least API: those of the least page, with another address."""

from .floor_settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.least_api"
