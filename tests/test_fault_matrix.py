"""The page says what the tests said, and a row is green only when all of it is."""

import pytest

from tests.fault_matrix import ROWS, Row
from tools import fault_matrix

PATH = "tests/test_fault_matrix.py"
NAME = "test_row_is_green_only_when_all_its_tests_passed"
JUNIT = """<testsuites><testsuite>
  <testcase classname="tests.test_fault_matrix" name="{name}[one]"/>
  <testcase classname="tests.test_fault_matrix" name="{name}[two]">{failure}</testcase>
</testsuite></testsuites>"""
ROW = Row(1, "S", "a fault", "an outcome")
MARKED = """
@parametrize("point", ["a text"])
@fault(3, "one", "two")
def test_a(point): ...

class TestB:
    @fault(3)
    @fault(4)
    def test_b(self): ...
"""


@pytest.fixture
def results(tmp_path):
    """A function that reads a report in which the second case ended like this."""

    def read(failure=""):
        report = tmp_path / "results.xml"
        report.write_text(JUNIT.format(name=NAME, failure=failure))
        return fault_matrix.read_results([report, tmp_path / "never-written.xml"])

    return read


def mark(name, *cases):
    return fault_matrix.Mark(PATH, "", name, cases)


@pytest.mark.parametrize(
    ("test", "failure", "result"),
    [
        (mark(NAME), "", "passed (2)"),
        (mark(NAME), "<failure/>", "FAILED"),
        (mark(NAME), "<error/>", "FAILED"),
        (mark(NAME, "one"), "<failure/>", "passed (1)"),
        (mark(NAME, "two"), "<failure/>", "FAILED"),
        (mark(NAME, "three"), "", "FAILED"),
        (mark("test_that_was_not_run"), "", "FAILED"),
    ],
)
def test_row_is_green_only_when_all_its_tests_passed(results, test, failure, result):
    assert fault_matrix.get_result(ROW, results(failure), [test]) == result


def test_part_that_no_test_shows_is_told_beside_the_result(results):
    row = Row(1, "S", "a fault", "an outcome", "a mail")

    result = fault_matrix.get_result(row, results(), [mark(NAME)])

    assert result == "passed (2); without: a mail"


def test_row_without_test_or_reason_is_a_problem():
    problems = list(fault_matrix.find_problems_of(ROW, []))

    assert problems == ["Row 1 needs tests, or a reason to have none."]


def test_case_that_does_not_exist_is_a_problem():
    # Not written out: a text of the file counts as one of its cases.
    case = "".join(["no", "case"])

    assert list(fault_matrix.find_problems_of(ROW, [mark(NAME, case)])) == [
        f"Row 1: there is no case {case} of {NAME}."
    ]


def test_marks_are_found_with_row_class_and_cases(tmp_path, monkeypatch):
    monkeypatch.setattr(fault_matrix, "ROOT", tmp_path)
    path = tmp_path / "test_marks.py"
    path.write_text(MARKED)

    assert list(fault_matrix.find_marks_in(path)) == [
        (3, fault_matrix.Mark("test_marks.py", "", "test_a", ("one", "two"))),
        (3, fault_matrix.Mark("test_marks.py", "TestB::", "test_b")),
        (4, fault_matrix.Mark("test_marks.py", "TestB::", "test_b")),
    ]
    assert not fault_matrix.is_case("test_marks.py", "one")
    assert fault_matrix.is_case("test_marks.py", "a text")


def test_row_that_no_test_shows_any_more_is_a_problem(monkeypatch):
    shown = fault_matrix.find_marks()
    left = {number: marks for number, marks in shown.items() if number != 28}
    monkeypatch.setattr(fault_matrix, "find_marks", lambda: {**left, 999: []})

    problems = list(fault_matrix.find_problems())

    assert "Row 28 needs tests, or a reason to have none." in problems
    assert "Tests show row 999, and there is none." in problems


def test_page_with_a_failed_row_is_a_problem(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    monkeypatch.setattr(fault_matrix, "PAGE", page)
    page.write_text(fault_matrix.format_page({}))

    shown = fault_matrix.find_marks()
    tested = [row.number for row in ROWS if row.number in shown]
    assert list(fault_matrix.find_problems_of_page()) == [
        f"page.md: row {number} FAILED." for number in tested
    ]
