"""The benchmarks still run: each on numbers too small to mean anything."""

import json
import subprocess
import sys

import pytest

from tools.environment import ROOT

BENCHMARKS = {
    "charge": "--rounds 1 --charges 10 --stock-charges 2 --memory-charges 20",
    "combine": "--customers 5 --invoices 2",
    "decide": "--invoices 40 --customers 10 --rounds 1 --naive 2",
    "mails": "--charges 10 --customers 5 --rounds 1",
    "overview": "--invoices 1000 --rounds 1",
    "presence": "--rounds 1 --only customer",
    "scale": "--channels 1 --charges 10 --stock-charges 2 --sizes 20,40",
    "select": "--invoices 2000 --due 10 --rounds 1",
}


@pytest.mark.full
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs_and_writes_its_figures(name, tmp_path):
    path = tmp_path / "figures.json"
    command = [sys.executable, "-m", f"benchmarks.{name}", *BENCHMARKS[name].split()]
    done = subprocess.run(
        [*command, "--json", str(path)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    # Figures so small may well miss what they must reach.
    assert done.returncode in (0, 1), done.stderr
    figures = json.loads(path.read_text(encoding="utf-8"))["figures"]
    assert figures, done.stderr
    assert all(figure["autopay"] is not None for figure in figures)
    assert "| verdict |" in done.stdout


def test_no_benchmark_is_left_out():
    names = {path.stem for path in ROOT.glob("benchmarks/*.py")}
    script = (ROOT / "bin/bench").read_text(encoding="utf-8")
    named = script.split("bin/bench ")[1].split(" ")[0].split("|")
    assert set(BENCHMARKS) == set(named) <= names
