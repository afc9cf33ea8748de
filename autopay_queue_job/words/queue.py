"""The sentences on how the queue is, for staff."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

TROUBLE = {
    "no_runner": _lt(
        "No job runner is at work, so due invoices are charged by the scheduled "
        "action, one batch after the other. Have an administrator start Odoo with "
        "queue_job among its server-wide modules."
    ),
    "standstill": _lt(
        "Jobs of Autopay were waiting and none was begun, so due invoices are charged "
        "by the scheduled action. Have an administrator look at the job runner, the "
        "capacity of the channel root.autopay, and the jobs that have failed."
    ),
}


def get_trouble_words(env, complaint):
    """Return what is wrong with the queue, as a sentence.

    :param str complaint: *no_runner* or *standstill*
    """
    return env._(TROUBLE[complaint])
