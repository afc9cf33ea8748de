"""Counts the processor's instructions of the work of a day, in valgrind.

Time differs by a tenth from one run to the next on a machine that others use as well;
instructions by less than a hundredth.
"""

import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tools.environment import ROOT, CommandError

COMMAND = ("valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no")
LABEL = re.compile(r"^desc: Trigger: dump (.+)$", re.M)
COUNT = re.compile(r"^totals: (\d+)", re.M)
WARM_UP = 3


def count_instructions(ways, only):
    """Return {label of a work: {way: {"instructions": int}}}.

    :param str only: words of the labels
    :raises CommandError: where valgrind is not installed
    """
    if not shutil.which(COMMAND[0]):
        raise CommandError("valgrind counts instructions: apt-get install valgrind.")
    counts = {}
    for way in ways:
        for label, count in _run(way, only).items():
            counts.setdefault(label, {})[way] = {"instructions": count}
    return counts


def _run(way, only):
    """Do the work in a process of its own; return {label: count}."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "callgrind")
        command = [*COMMAND, f"--callgrind-out-file={file}", sys.executable, "-m"]
        subprocess.run([*command, __name__, way, only], cwd=ROOT, check=True)
        texts = [part.read_text() for part in Path(folder).glob("callgrind.*")]
    # The last one tells of the process as a whole, and of no work.
    named = [(LABEL.search(text), COUNT.search(text)) for text in texts]
    return {label[1]: int(count[1]) for label, count in named if label}


def main(way, only):
    """Do each work a few times, and once while instructions are counted."""
    # The benchmark imports this module.
    from benchmarks.presence import set_up
    from benchmarks.presence_work import WORKS

    with ExitStack() as stack:
        desk = set_up(stack, way)
        gc.collect()
        gc.disable()
        for work in WORKS:
            if only in work.label:
                for _number in range(WARM_UP):
                    _do(work, desk)
                _control("--instr=on")
                _do(work, desk)
                _control("--instr=off")
                _control(f"--dump={work.label}")


def _do(work, desk):
    with desk.open() as env:
        done = work.do(env, desk, work.count)
        env.cr.flush()
    if done != work.count:
        raise RuntimeError(f"{work.label}: {done} of {work.count} were done.")


def _control(option):
    command = ["callgrind_control", option, str(os.getpid())]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(*sys.argv[1:])
