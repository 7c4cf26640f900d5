"""Plots as SVG: lines over two axes, and bars. Colours follow the reader's light or dark setting."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 40, 52, 52
_LEGEND_LINE = 20

# The colours of Okabe and Ito, which people of all kinds of colour vision tell apart; the lighter ones
# are for a dark ground.
_LIGHT = ("#0072b2", "#d55e00", "#009e73", "#8f4a80", "#7a6000", "#555555")
_DARK = ("#56b4e9", "#ff9d5c", "#2ed3a5", "#e39ac8", "#f0e442", "#b0b0b0")
_DASHES = ("", "7 4", "2 3", "9 3 2 3", "", "4 4")

# A bar with its label beside it.
_BAR, _BAR_GAP, _BAR_LEFT, _BAR_RIGHT = 18, 10, 320, 90

_TICKS = 6
_ROUND_STEPS = (1, 2, 2.5, 5, 10)


class Line(NamedTuple):
    """A line of a plot, through its points in ascending order."""

    label: str
    points: Sequence[tuple[float, float]]


class Bar(NamedTuple):
    """A bar of a chart.

    :ivar colour: number of its colour.
    """

    label: str
    value: float
    colour: int


def line_plot(title: str, across: str, upward: str, lines: Sequence[Line]) -> str:
    """Lines over axes that both begin at 0, with a legend.

    :param across: what the x axis is, and ``upward`` the y axis, with units.
    """
    ticks_x, ticks_y = (ticks(max(point[axis] for line in lines for point in line.points)) for axis in (0, 1))
    height = _HEIGHT + len(lines) * _LEGEND_LINE
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return _LEFT + wide * point[0] / ticks_x[-1], _HEIGHT - _BOTTOM - high * point[1] / ticks_y[-1]

    parts = [_text(_WIDTH / 2, 26, title, "title")]
    parts += _axes(ticks_x, ticks_y, place)
    parts.append(_text(_LEFT + wide / 2, _HEIGHT - 12, across))
    parts.append(_text(14, _TOP + high / 2, upward, turned=True))
    for number, line in enumerate(lines):
        parts += _line(number, [place(point) for point in line.points])
        parts += _legend(number, line.label, _HEIGHT + number * _LEGEND_LINE + 8)
    return _document(height, title, parts)


def bar_chart(title: str, bars: Sequence[Bar], unit: str) -> str:
    """Bars from left to right, each with its label and its value."""
    height = _TOP + len(bars) * (_BAR + _BAR_GAP) + _BAR_GAP
    longest = max(bar.value for bar in bars)
    parts = [_text(_WIDTH / 2, 26, title, "title")]
    for number, bar in enumerate(bars):
        top = _TOP + number * (_BAR + _BAR_GAP)
        width = max(1.0, (_WIDTH - _BAR_LEFT - _BAR_RIGHT) * bar.value / longest)
        parts.append(_text(_BAR_LEFT - 8, top + 14, bar.label, "end"))
        parts.append(
            f'<rect class="f{bar.colour}" x="{_BAR_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR}"/>'
        )
        parts.append(_text(_BAR_LEFT + width + 6, top + 14, f"{bar.value:.2f} {unit}", "start"))
    return _document(height, title, parts)


def ticks(largest: float) -> list[float]:
    """Round numbers from 0 up to the first that is not below a number, about six of them."""
    rough = largest / (_TICKS - 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(step * power for step in _ROUND_STEPS if step * power >= rough)
    return [number * step for number in range(math.ceil(largest / step - 1e-9) + 1)]


def _axes(
    ticks_x: Sequence[float],
    ticks_y: Sequence[float],
    place: Callable[[tuple[float, float]], tuple[float, float]],
) -> Iterator[str]:
    """The grid and the numbers at it."""
    for tick in ticks_x:
        x, y = place((tick, 0))
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{y:.1f}"/>'
        yield _text(x, y + 18, _number(tick))
    for tick in ticks_y:
        x, y = place((0, tick))
        yield f'<line class="grid" x1="{x:.1f}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield _text(x - 8, y + 4, _number(tick), "end")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or not value % 1 else f"{value:g}"


def _line(number: int, points: Sequence[tuple[float, float]]) -> Iterator[str]:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline class="s{number}" points="{places}"/>'
    for x, y in points:
        yield f'<circle class="f{number}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'


def _legend(number: int, label: str, y: float) -> Iterator[str]:
    yield f'<line class="s{number}" x1="{_LEFT}" x2="{_LEFT + 34}" y1="{y - 4}" y2="{y - 4}"/>'
    yield f'<circle class="f{number}" cx="{_LEFT + 17}" cy="{y - 4}" r="3.5"/>'
    yield _text(_LEFT + 44, y, label, "start")


def _text(x: float, y: float, words: str, kind: str = "", *, turned: bool = False) -> str:
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{turn}>{escape(words)}</text>'


def _document(height: float, title: str, parts: Sequence[str]) -> str:
    """The file; it has a ground of its own, so that it can be read on any page."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">'
    ground = f'<rect class="ground" width="{_WIDTH}" height="{height}"/>'
    return "\n".join((head, f"<title>{escape(title)}</title>", _style(), ground, *parts, "</svg>", ""))


def _style() -> str:
    dark = _colours("#15181c", "#e6e6e6", "#3a3f45", _DARK)
    dashes = "".join(f".s{n}{{stroke-dasharray:{dash}}}" for n, dash in enumerate(_DASHES) if dash)
    return (
        "<style>text{font:13px system-ui,sans-serif;text-anchor:middle}.title{font-weight:600;font-size:15px}"
        ".end{text-anchor:end}.start{text-anchor:start}polyline{fill:none}"
        f"polyline,line{{stroke-width:2}}.grid{{stroke-width:1}}{dashes}"
        f"{_colours('#ffffff', '#1c1e21', '#d9dce0', _LIGHT)}"
        f"@media (prefers-color-scheme:dark){{{dark}}}</style>"
    )


def _colours(ground: str, text: str, grid: str, lines: Sequence[str]) -> str:
    pairs = "".join(f".s{n}{{stroke:{line}}}.f{n}{{fill:{line}}}" for n, line in enumerate(lines))
    return f".ground{{fill:{ground}}}text{{fill:{text}}}.grid{{stroke:{grid}}}{pairs}"
