"""Words for people: plain, or translated when they are shown."""

from django.utils.functional import Promise

Words = str | Promise
