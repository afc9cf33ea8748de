"""Random stories over real Odoo and the simulator; see tests/model/replay.py."""

import pytest

from tests.crash.stories import RealStory
from tests.model.replay import make_settings, run_machine

STORIES = [5, pytest.param(40, marks=pytest.mark.full)]
STEPS = {5: 8, 40: 14}


@pytest.mark.parametrize("stories", STORIES)
def test_money_and_books_agree_whatever_people_banks_and_processes_do(
    simulator, processes, stories
):
    settings = make_settings(stories, STEPS[stories])
    movements = []

    run_machine(lambda: RealStory(simulator, processes, movements), settings)

    assert len(movements) >= stories
    assert any(movements), "no story has moved any money"
