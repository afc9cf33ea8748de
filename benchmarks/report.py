"""Prints figures for people; says on what machine they were found."""

import os
import platform

HEADINGS = ("figure", "stock", "autopay", "ratio", "must", "aim", "verdict")


def get_machine():
    """Return what figures depend on besides the code."""
    return {
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "machine": platform.machine(),
    }


def format_table(figures):
    """Return the figures as a table in Markdown."""
    rows = [HEADINGS, *(_format_row(figure) for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_format_line(row, widths) for row in rows]
    lines.insert(1, "|".join(["", *("-" * (width + 2) for width in widths), ""]))
    return "\n".join(lines)


def _format_line(row, widths):
    cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return f"| {' | '.join(cells)} |"


def _format_row(figure):
    ratio, meaning = figure["ratio"], figure["meaning"]
    return (
        figure["figure"],
        _format_number(figure["stock"]),
        _format_number(figure["autopay"]),
        f"{_format_number(ratio)} {meaning}",
        _format_number(figure["must"]),
        _format_number(figure["aim"]),
        get_verdict(figure),
    )


def _format_number(number):
    return "" if number is None else f"{number:.3g}"


def get_verdict(figure):
    """Return whether a figure reaches the aim, what it must, or less."""
    at_most = figure["must"] >= figure["aim"]
    ratio = -figure["ratio"] if at_most else figure["ratio"]
    for name in ("aim", "must"):
        limit = -figure[name] if at_most else figure[name]
        if ratio >= limit:
            return name
    return "short"
