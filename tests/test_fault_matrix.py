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


@pytest.fixture
def results(tmp_path):
    """A function that reads a report in which the second case ended like this."""

    def read(failure=""):
        report = tmp_path / "results.xml"
        report.write_text(JUNIT.format(name=NAME, failure=failure))
        return fault_matrix.read_results([report, tmp_path / "never-written.xml"])

    return read


@pytest.mark.parametrize(
    ("test", "failure", "result"),
    [
        (NAME, "", "passed (2)"),
        (NAME, "<failure/>", "FAILED"),
        (NAME, "<error/>", "FAILED"),
        (f"{NAME}[one]", "<failure/>", "passed (1)"),
        (f"{NAME}[two]", "<failure/>", "FAILED"),
        (f"{NAME}[three]", "", "FAILED"),
        ("test_that_was_not_run", "", "FAILED"),
    ],
)
def test_row_is_green_only_when_all_its_tests_passed(results, test, failure, result):
    row = Row(1, "S", "a fault", "an outcome", (f"{PATH}::{test}",))

    assert fault_matrix.get_result(row, results(failure)) == result


def test_part_that_no_test_shows_is_told_beside_the_result(results):
    row = Row(1, "S", "a fault", "an outcome", (f"{PATH}::{NAME}",), "a mail")

    assert fault_matrix.get_result(row, results()) == "passed (2); without: a mail"


def test_row_without_test_or_reason_is_a_problem():
    problems = list(fault_matrix.find_problems_of(Row(1, "S", "a fault", "nothing")))

    assert problems == ["Row 1 needs tests, or a reason to have none."]


def test_test_that_does_not_exist_is_a_problem():
    row = Row(1, "S", "a fault", "an outcome", (f"{PATH}::test_nothing",))

    assert list(fault_matrix.find_problems_of(row)) == [
        f"Row 1: there is no test {PATH}::test_nothing."
    ]


def test_page_with_a_failed_row_is_a_problem(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    monkeypatch.setattr(fault_matrix, "PAGE", page)
    page.write_text(fault_matrix.format_page({}))

    tested = [row.number for row in ROWS if row.tests]
    assert list(fault_matrix.find_problems_of_page()) == [
        f"page.md: row {number} FAILED." for number in tested
    ]
