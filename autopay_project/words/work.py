"""Words on a task or project about its collection; they name no amounts."""

from odoo.tools import format_list

from odoo.addons.autopay.words.days import say_day
from odoo.addons.autopay.words.invoices.standing import (
    is_halted,
    say_halted,
    say_standing,
)


def say_work(env, work, completion):
    """Return what becomes, or became, of what a task or project has earned.

    :param work: a task or a project, read by the superuser
    :param completion: its ``autopay.completion``, perhaps none
    :return: a sentence or two; "" when there is nothing to say
    """
    if completion and completion.state != "withdrawn":
        return SENTENCES[completion.state](env, completion)
    day = work.autopay_on_date and work._get_autopay_done_day()
    if day:
        return env._("Will be collected with Autopay on %s.", say_day(env, day))
    if work.autopay_on_date:
        return env._("Nothing is collected yet: set the date.")
    if not work.stage_id.autopay_collect:
        return ""
    if completion.problem:
        # Why it was taken back, as the last line of its story.
        return completion.problem
    return env._(
        "This stage collects with Autopay what is moved into it. This was not moved "
        "into it, or is moved out again: nothing is collected."
    )


def _say_waiting(env, completion):
    if completion.kind == "date" or completion.ready_date <= env.cr.now():
        return env._("Will be collected with Autopay within a minute or two.")
    return env._(
        "Will be collected with Autopay within a few minutes. Move it out of this "
        "stage to undo that."
    )


def _say_asked(env, completion):
    return env._("Not collected with Autopay: %s", completion.problem or "")


def _say_collecting(env, completion):
    if completion.problem:
        return env._(
            "Being collected with Autopay, but it needs attention: %s",
            completion.problem,
        )
    moves = completion.move_ids
    halted = moves.filtered(lambda move: move._is_autopay_open() and is_halted(move))
    sentences = [say_halted(env, halted)]
    if going := moves - halted:
        parts = [say_standing(env, move) for move in going]
        words = env._("Being collected with Autopay: %s.", format_list(env, parts))
        sentences.insert(0, words)
    return " ".join(filter(None, sentences))


def _say_paid(env, completion):
    names = completion.move_ids.mapped("name")
    return env._("Paid by %s.", format_list(env, names))


def _say_void(_env, completion):
    return completion.problem or ""


SENTENCES = {
    "waiting": _say_waiting,
    "asked": _say_asked,
    "collecting": _say_collecting,
    "paid": _say_paid,
    "void": _say_void,
}
