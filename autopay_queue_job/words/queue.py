"""The sentences on how the queue is, for staff."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.autopay.words.filled import fill_in

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

OWN_TROUBLE = _lt(
    "Jobs of Autopay for %(company)s fail, or are not begun while others are, so its "
    "due invoices are charged by the scheduled action. Have an administrator look at "
    "the jobs of the channel root.autopay that have failed."
)

# Why a job charges nothing, by the state of what was handed to it.
NOTHING = {
    "waiting": _lt("Nothing was charged: another run of this job is at it."),
    "begun": _lt("Nothing was charged: another run of this job is at it."),
    "done": _lt("Nothing was charged: this job has had its run, and has one only."),
    "missed": _lt(
        "Nothing was charged: what was handed to this job was taken back, as it had "
        "not begun. These invoices are due again without it."
    ),
    "returned": _lt(
        "Nothing was charged: Autopay charges nothing here, or the provider did not "
        "answer other jobs. What is due is left to the next run."
    ),
}
FORGOTTEN = _lt("Nothing was charged: what was handed to this job is known no more.")


def get_nothing_words(env, state):
    """Return why a job charges nothing, as a sentence for whoever looks at the job.

    :param state: a key of ``BATCH_STATES``; False when the batch is gone
    """
    return env._(NOTHING.get(state, FORGOTTEN))


def get_trouble_words(env, complaint):
    """Return what is wrong with the queue, as a sentence.

    :param str complaint: *no_runner* or *standstill*
    """
    return env._(TROUBLE[complaint])


def get_own_trouble_words(env, company):
    """Return that the jobs of a company come to nothing, as a sentence."""
    return fill_in(env, OWN_TROUBLE, company=company.sudo().name)
