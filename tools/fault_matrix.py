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
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.fault_matrix import POINTS, ROWS
from tools.environment import ROOT

# The variable is for tests: they leave the page of this checkout alone.
PAGE = Path(os.environ.get("AUTOPAY_MATRIX_PAGE") or ROOT / "docs" / "fault-matrix.md")
TEST_FOLDERS = (
    "autopay",
    "autopay_contract",
    "autopay_project",
    "autopay_queue_job",
    "autopay_sale",
    "tests",
)
# The decorator of tests, see tests/fault_matrix/row.py.
MARK = "fault"
HEADINGS = ("#", "where", "fault", "what has to come of it", "shown by", "result")
ROW_LINE = re.compile(r"^\| (\d+) \| (.*) \|$", re.MULTILINE)
RESULT = re.compile(r"(passed \(\d+\)|not tested)(: .+|; without: .+)?")
INTRODUCTION = """# Faults, and what becomes of each

What can go wrong between an invoice that falls due and a payment in the books, step
by step, and while a customer saves a payment method, and the tests that show what comes
of it. They charge through real HTTP requests to the Stripe simulator and look at its
ledger of the money that moved.

    bin/test --matrix

runs exactly these tests and writes this page anew; it fails unless every row is green.
A test names the row that it shows with `@fault(28)`.
*Passed* counts the cases of all tests of the row.
"""


# === THE TABLE === #


@dataclass(frozen=True)
class Mark:
    """A test that shows what becomes of a fault.

    :param scope: the name of its class with two colons; empty for a function
    :param cases: the cases that show it; all of them when it is empty
    """

    path: str
    scope: str
    name: str
    cases: tuple[str, ...] = ()

    def get_node_ids(self):
        """Return the names that pytest knows these cases by."""
        node_id = f"{self.path}::{self.scope}{self.name}"
        return [f"{node_id}[{case}]" for case in self.cases] or [node_id]

    def get_names(self):
        """Return the names that people know them by."""
        return [f"{self.name}[{case}]" for case in self.cases] or [self.name]


@functools.cache
def find_marks():
    """Return {number of a row: its marks}, in the order of files and lines."""
    found = defaultdict(list)
    for folder in TEST_FOLDERS:
        for path in sorted((ROOT / folder).rglob("test_*.py")):
            for number, mark in find_marks_in(path):
                found[number].append(mark)
    return dict(found)


def find_marks_in(path):
    """Yield the marks of a file, with the numbers of their rows."""
    text = path.read_text(encoding="utf-8")
    if f"@{MARK}(" not in text:
        return
    tree = ast.parse(text)
    scopes = [("", tree.body)]
    scopes += [
        (f"{node.name}::", node.body)
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    ]
    relative = path.relative_to(ROOT).as_posix()
    for scope, body in scopes:
        for node in body:
            for number, *cases in get_marks_of(node):
                yield number, Mark(relative, scope, node.name, tuple(cases))


def get_marks_of(node):
    """Return what the marks of a test were called with."""
    return [
        [argument.value for argument in call.args]
        for call in getattr(node, "decorator_list", ())
        if is_mark(call)
    ]


def is_mark(call):
    return isinstance(call, ast.Call) and getattr(call.func, "id", "") == MARK


def is_case(path, case):
    """Return whether a file has a case of this name: each part is a text or a number.

    Only pytest knows for sure: when it does not, the run of the matrix fails.
    """
    texts = get_texts(path)
    parts = [case] if case in texts else case.split("-")
    return all(part.isdigit() or part in texts for part in parts)


@functools.cache
def get_texts(path):
    """Return the texts in a file that stand in none of its marks."""
    nodes = [ast.parse((ROOT / path).read_text(encoding="utf-8"))]
    texts = set()
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value)
        nodes += [each for each in ast.iter_child_nodes(node) if not is_mark(each)]
    return texts


def find_problems():
    """Yield what is wrong with the table or its page, as sentences."""
    if [row.number for row in ROWS] != list(range(1, len(ROWS) + 1)):
        yield "The rows are not numbered from 1 without gaps."
    for row in ROWS:
        yield from find_problems_of(row)
    for number in sorted(find_marks().keys() - {row.number for row in ROWS}):
        yield f"Tests show row {number}, and there is none."
    yield from find_problems_of_page()


def find_problems_of(row, marks=None):
    """Yield what is wrong with a row and the tests that show it.

    :param marks: those of the row; by default as they stand in the tests
    """
    marks = find_marks().get(row.number, []) if marks is None else marks
    if row.point not in POINTS:
        yield f"Row {row.number}: there is no point {row.point}."
    if not marks and not row.left_out:
        yield f"Row {row.number} needs tests, or a reason to have none."
    for mark in marks:
        for case in mark.cases:
            if not is_case(mark.path, case):
                yield f"Row {row.number}: there is no case {case} of {mark.name}."


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
    marks = [mark for of_row in find_marks().values() for mark in of_row]
    targets = sorted({each for mark in marks for each in mark.get_node_ids()})
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


def get_result(row, results, marks=None):
    """Return the last cell of a row.

    :param marks: those of the row; by default as they stand in the tests
    """
    marks = find_marks().get(row.number, []) if marks is None else marks
    if not marks:
        return f"not tested: {row.left_out}"
    verdicts = [verdict for mark in marks for verdict in get_verdicts(mark, results)]
    if not all(verdicts):
        return "FAILED"
    rest = f"; without: {row.left_out}" if row.left_out else ""
    return f"passed ({len(verdicts)}){rest}"


def get_verdicts(mark, results):
    """Return whether each case of a test passed; what was not run did not pass."""
    found = results.get((mark.path, mark.name), {})
    if mark.cases:
        return [found.get(case, False) for case in mark.cases]
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
    marks = find_marks().get(row.number, [])
    tests = [name for mark in marks for name in mark.get_names()]
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
