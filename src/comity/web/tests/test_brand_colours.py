"""Any colour that a brand picks keeps AA contrast: 200 random ones, computed by Chromium in both themes."""

import random
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
PAIRS = [
    ("--brand-on-solid", "--brand-solid", 4.5),
    ("--brand-on-solid", "--brand-solid-hover", 4.5),
    ("--brand-on-field", "--brand-field", 4.5),
    ("--brand-ink", "--sheet", 4.5),
    ("--brand-ink", "--ground", 4.5),
    ("--brand-ink", "--brand-tint", 4.5),
    ("--brand-ink", "--brand-tint-2", 4.5),
    ("--ink-3", "--brand-tint", 4.5),
    ("--ink", "--brand-tint-2", 4.5),
    ("--focus", "--sheet", 3.0),
    ("--focus", "--ground", 3.0),
]
MEASURE = """([colours, pairs]) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const luminance = (text) => {
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const probe = document.body.appendChild(document.createElement("div"));
  probe.dataset.brand = "";
  const colour = (name) => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
  const low = [];
  for (const brand of colours) {
    probe.style.setProperty("--brand", brand);
    for (const [over, under, least] of pairs) {
      const [a, b] = [luminance(colour(over)), luminance(colour(under))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < least) low.push(`${brand} ${over} on ${under}: ${ratio.toFixed(2)}`);
    }
  }
  return low;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_hundred_random_colours_keep_their_contrast(open_page: OpenPage, scheme: str) -> None:
    chance = random.Random(20261122)
    colours = ["#000000", "#ffffff", "#ffff00", *(f"#{chance.randrange(1 << 24):06x}" for _ in range(200))]
    page = open_page(email="", color_scheme=scheme)
    page.goto("/account/sign-in")

    assert page.evaluate(MEASURE, [colours, PAIRS]) == []
