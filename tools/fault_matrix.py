"""The fault matrix: which test shows what becomes of which fault.

python -m tools.fault_matrix          checks the table and its page
bin/test --matrix                     runs its tests and writes docs/fault-matrix.md
"""

import ast
import functools
import os
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

from tests.fault_matrix import POINTS, ROWS
from tools.environment import ROOT

# The variable is for tests: they leave the page of this checkout alone.
PAGE = Path(os.environ.get("AUTOPAY_MATRIX_PAGE") or ROOT / "docs" / "fault-matrix.md")
HEADINGS = ("#", "where", "fault", "what has to come of it", "shown by", "result")
ROW_LINE = re.compile(r"^\| (\d+) \| (.*) \|$", re.MULTILINE)
RESULT = re.compile(r"(passed \(\d+\)|not tested)(: .+|; without: .+)?")
INTRODUCTION = """# Faults, and what becomes of each

What can go wrong between an invoice that falls due and a payment in the books, step
by step, and the tests that show what comes of it. They charge through real HTTP
requests to the Stripe simulator and look at its ledger of the money that moved.

    bin/test --matrix

runs exactly these tests and writes this page anew; it fails unless every row is green.
*Passed* counts the cases of all tests of the row.
"""


# === THE TABLE === #


@functools.cache
def find_tests(path):
    """Return {name of a test: its node id in pytest} for one file."""
    if not (ROOT / path).exists():
        return {}
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    scopes = [("", tree.body)]
    scopes += [
        (f"{node.name}::", node.body)
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    ]
    return {
        node.name: f"{path}::{scope}{node.name}"
        for scope, body in scopes
        for node in body
        if isinstance(node, ast.FunctionDef)
    }


def split_test(test):
    """Return path, name and case of a test; the case is empty when all are meant."""
    path, _colons, name = test.partition("::")
    name, _bracket, case = name.partition("[")
    return path, name, case.removesuffix("]")


def find_node_id(test):
    """Return the node id of a test for pytest, or None when there is no such test."""
    path, name, case = split_test(test)
    node_id = find_tests(path).get(name)
    if not node_id or not case:
        return node_id
    return f"{node_id}[{case}]" if is_case(path, case) else None


def is_case(path, case):
    """Return whether a file has a case of this name: each part is a text or a number.

    Only pytest knows for sure: when it does not, the run of the matrix fails.
    """
    text = (ROOT / path).read_text(encoding="utf-8")
    parts = [case] if f'"{case}"' in text else case.split("-")
    return all(part.isdigit() or f'"{part}"' in text for part in parts)


def find_problems():
    """Yield what is wrong with the table or its page, as sentences."""
    if [row.number for row in ROWS] != list(range(1, len(ROWS) + 1)):
        yield "The rows are not numbered from 1 without gaps."
    for row in ROWS:
        yield from find_problems_of(row)
    yield from find_problems_of_page()


def find_problems_of(row):
    if row.point not in POINTS:
        yield f"Row {row.number}: there is no point {row.point}."
    if not row.tests and not row.left_out:
        yield f"Row {row.number} needs tests, or a reason to have none."
    for test in row.tests:
        if not find_node_id(test):
            yield f"Row {row.number}: there is no test {test}."


def find_problems_of_page():
    """Yield where the page does not show the table, or shows that a row failed."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    written = {int(number): cells for number, cells in ROW_LINE.findall(text)}
    for row in ROWS:
        cells, _bar, result = written.get(row.number, "").rpartition(" | ")
        if cells != " | ".join(get_cells(row)[1:]):
            yield f"{PAGE.name}: row {row.number} is another; run bin/test --matrix."
        elif not RESULT.fullmatch(result):
            yield f"{PAGE.name}: row {row.number} {result}."


# === A RUN === #


def run(run_tests):
    """Run the tests of all rows and write the page.

    :param run_tests: a function that runs pytest with a list of arguments
    :return: pytest's exit status, or 1 when a row is not green
    """
    with tempfile.TemporaryDirectory() as folder:
        reports = []
        for targets in get_parts():
            reports.append(Path(folder) / f"results-{len(reports)}.xml")
            run_tests(["--full", f"--junitxml={reports[-1]}", "-q", *targets])
        results = read_results(reports)
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(format_page(results), encoding="utf-8")
    print(f"written: {os.path.relpath(PAGE, ROOT)}")
    problems = list(find_problems())
    print("\n".join(problems), end="\n" if problems else "")
    return int(bool(problems))


def get_parts():
    """Return the node ids in parts: Odoo's own tests end all processes of others."""
    targets = sorted({find_node_id(test) for row in ROWS for test in row.tests})
    parts = defaultdict(list)
    for target in targets:
        parts[target.split("/")[0]].append(target)
    return parts.values()


def read_results(reports):
    """Return {(path, name): {case: whether it passed}} of all tests that were run.

    :param reports: files in JUnit's format, as pytest writes them
    """
    results = defaultdict(dict)
    for report in reports:
        if not report.exists():
            continue
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - our own
            name, _bracket, parameters = case.get("name").partition("[")
            key = find_path(case.get("classname")), name
            failed = [*case.iter("failure"), *case.iter("error")]
            passed = results[key].get(parameters.removesuffix("]"), True)
            results[key][parameters.removesuffix("]")] = passed and not failed
    return results


def find_path(dotted):
    """Return the file that JUnit's class name is in: path with dots, then the class."""
    whole = Path(*dotted.split("."))
    candidates = (whole, whole.parent)
    paths = [f"{path}.py" for path in candidates if (ROOT / f"{path}.py").exists()]
    return paths[0] if paths else dotted


def get_result(row, results):
    """Return the last cell of a row."""
    if not row.tests:
        return f"not tested: {row.left_out}"
    verdicts = [
        verdict for test in row.tests for verdict in get_verdicts(test, results)
    ]
    if not all(verdicts):
        return "FAILED"
    rest = f"; without: {row.left_out}" if row.left_out else ""
    return f"passed ({len(verdicts)}){rest}"


def get_verdicts(test, results):
    """Return whether each case of a test passed; what was not run did not pass."""
    path, name, case = split_test(test)
    found = results.get((path, name), {})
    if case:
        return [found.get(case, False)]
    return list(found.values()) or [False]


# === THE PAGE === #


def format_page(results):
    """Return the page, with a table of all rows."""
    lines = [
        INTRODUCTION,
        f"| {' | '.join(HEADINGS)} |",
        f"|{'|'.join('---' for _heading in HEADINGS)}|",
        *(
            f"| {' | '.join([*get_cells(row), get_result(row, results)])} |"
            for row in ROWS
        ),
    ]
    return "\n".join(lines) + "\n"


def get_cells(row):
    """Return the cells of a row, all but its result."""
    tests = [test.partition("::")[2] for test in row.tests]
    return [
        str(row.number),
        POINTS[row.point],
        row.fault,
        row.outcome,
        "<br>".join(f"`{test}`" for test in tests) or "-",
    ]


if __name__ == "__main__":
    problems = list(find_problems())
    print("\n".join(problems))
    sys.exit(bool(problems))
