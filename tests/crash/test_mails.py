"""Customers get each mail once: a month of them, kill -9, two workers at once."""

from collections import Counter
from pathlib import Path

import pytest

from tests.crash.mailbox import Mailbox
from tests.crash.world import at, wait_for

# The people who get the reports to staff.
CLERK = "clerk"
# Events, and the mails that follow: customer or clerk, words of the subject.
MONTH = [
    (
        "charge",
        [
            (CLERK, "425.75 collected"),
            ("card", "100.00 received"),
            ("card", "250.50 received"),
            ("other", "75.25 received"),
            ("declining", "60.00 could not be collected"),
            ("debit", "410.10 is being collected"),
        ],
    ),
    ("report", [(CLERK, "Failed charges: 1")]),
    ("report", []),
    ("nothing", []),
    ("settle", [("debit", "410.10 received")]),
    ("retry", [("declining", "60.00 could not be collected"), (CLERK, "60.00 failed")]),
    ("refund", [("card", "100.00 returned"), (CLERK, "100.00")]),
    ("retry", [("declining", "60.00 could not be collected"), (CLERK, "60.00 failed")]),
    ("guard", [("guarded", "Please confirm"), (CLERK, "99.00 failed")]),
    ("dispute", [(CLERK, "75.25")]),
    ("answer", [(CLERK, "Answer by")]),
    ("plan", [("crowd0", "your payment plan")]),
    ("half_time", [("guarded", "Reminder: please confirm")]),
    ("lose", [("other", "75.25 returned")]),
    ("retry", [("declining", "Please pay"), (CLERK, "60.00 failed")]),
    ("retry", []),
    ("next_day", [(CLERK, "Failed charges: ")]),
    ("announce", [("crowd1", "11.00 will be collected on")]),
    ("look_again", []),
    ("come_due", [("crowd1", "11.00 received"), (CLERK, "11.00 collected")]),
    ("expire", [("crowd2", "save another payment method")]),
    ("expire", []),
    ("agree", [("crowd3", "you agreed to automatic payment")]),
    ("ask", [("crowd4", "Please save a payment method")]),
]
TOLD = Counter(name for name, _words in MONTH[0][1] if name != CLERK)

# The points at which a process dies: in the charge job or in the one that writes mails.
WRITING_POINTS = {
    "outcome not told": ("charge", "autopay.notification", "_notify", "kill_before"),
    "event not committed": ("charge", "autopay.notice", "_announce", "kill_after"),
    "telling not committed": (
        "charge",
        "autopay.notification",
        "_notify",
        "kill_after",
    ),
    "mail not written": ("write mails", "autopay.notice", "_queue", "kill_before"),
    "mail not kept": ("write mails", "autopay.notice", "_write_checked", "kill_after"),
    "mail not committed": ("write mails", "autopay.notice", "_queue", "kill_after"),
}
# The method in which a mail is called sent.
DONE = "_postprocess_sent_message"
# The points at which it dies while a mail is handed over: how many mails come at least.
SENDING_POINTS = {
    "mail not begun": ("mail.mail", "_send", "kill_before", 0),
    "mail not handed over": ("mail.mail", "_prepare_outgoing_list", "kill_after", 1),
    "mail not called sent": (
        "mail.mail",
        "_postprocess_sent_message",
        "kill_before",
        0,
    ),
    "mail not committed": ("mail.mail", "_postprocess_sent_message", "kill_after", 0),
}


def _with_some_every_day(points):
    """Return the points as cases: every other one is run with the long tests only."""
    return [
        pytest.param(point, marks=() if number % 2 else pytest.mark.full)
        for number, point in enumerate(points)
    ]


@pytest.fixture
def mailbox(world):
    """A mail server, and customers with addresses; invoices are due."""
    box = Mailbox()
    with box.listening() as port:
        with world.start() as process:
            process.call("act", deed="set_up_mail", port=port)
        world.make_due()
        yield box


def test_month_of_events_makes_exactly_its_mails(world, mailbox):
    happen = _Happenings(world)
    with world.start() as process:
        process.call("act", deed="set_up_staff")
        for event, wanted in MONTH:
            before = len(mailbox.mails)
            getattr(happen, event)(process)
            _tell(process)
            came = mailbox.read()[before:]
            left = [mail for mail in came if not _take(wanted, mail)]
            assert (left, wanted) == ([], []), event
    assert set(_read_states(world).values()) == {"sent"}
    assert all(message["From"] for _address, message in mailbox.mails)


@pytest.mark.parametrize("point", _with_some_every_day(WRITING_POINTS))
def test_each_event_is_mailed_once_after_a_kill_at(world, mailbox, point):
    job, *place = WRITING_POINTS[point]
    if job != "charge":
        world.run_job("charge")
    world.crash(job, at(*place))
    _go_on(world)
    assert Counter(name for name, _subject in mailbox.read()) == TOLD
    assert set(_read_states(world).values()) == {"sent"}


@pytest.mark.parametrize("point", _with_some_every_day(SENDING_POINTS))
def test_no_mail_comes_twice_after_a_kill_at(world, mailbox, point):
    *place, lost = SENDING_POINTS[point]
    world.run_job("charge")
    world.run_job("write mails")
    world.crash("send mails", at(*place))
    _go_on(world)
    assert Counter(mailbox.read()).most_common(1)[0][1] == 1
    came = Counter(name for name, _subject in mailbox.read())
    assert (TOLD - came).total() == lost
    states = Counter(_read_states(world).values())
    # Of a mail that was begun nobody knows whether it came: a person is told.
    assert states["failed"] == (point != "mail not begun")
    assert states["sent"] == TOLD.total() - states["failed"]


def test_charge_to_come_is_told_once_after_a_kill(world, mailbox):
    _Happenings(world).let_be_told()
    world.crash("write mails", at("autopay.notice.before", "_announce", "kill_after"))
    with world.start() as process:
        for _round in range(2):
            process.call("run_job", name="charge")
            world.sql("UPDATE res_company SET autopay_notice_look_date = NULL")
            _tell(process)
    told = Counter(name for name, subject in mailbox.read() if "will be" in subject)
    assert told == Counter(name for name in TOLD.elements() if name != "debit")
    assert {name for name, _subject in mailbox.read()} == set(TOLD)


@pytest.mark.parametrize("what", ["write", "send"])
def test_two_at_once_make_one_mail(world, mailbox, what, tmp_path):
    world.run_job("charge")
    if what == "send":
        world.run_job("write mails")
    model, method = {
        "write": ("autopay.notice", "_write_checked"),
        "send": ("ir.mail_server", "_connect__"),
    }[what]
    started, until = str(tmp_path / "started"), str(tmp_path / "until")
    files = {"started": started, "until": until}
    with world.start() as first, world.start() as second:
        first.call("interfere", **at(model, method, "wait_after", **files))
        first.begin(f"{what}_mails_directly")
        wait_for(Path(started).exists, "the first has not begun")
        second.call(f"{what}_mails_directly")
        Path(until).touch()
        first.end()
    _go_on(world)
    assert Counter(name for name, _subject in mailbox.read()) == TOLD


def _go_on(world):
    """Run all jobs as time goes by."""
    with world.start() as process:
        for _round in range(2):
            world.let_time_pass()
            world.sql(
                "UPDATE autopay_notice SET write_date = write_date - interval '1 day'"
            )
            process.call("run_job", name="resolve")
            process.call("run_job", name="charge")
            _tell(process)


def _tell(process):
    process.call("run_job", name="write mails")
    process.call("run_job", name="send mails")


def _take(wanted, mail):
    """Take a mail off those that are awaited; return whether it was among them."""
    name, subject = mail
    found = [row for row in wanted if row[0] == name and row[1] in subject]
    if found:
        wanted.remove(found[0])
    return bool(found)


def _read_states(world):
    rows = world.sql("SELECT event_key, state FROM autopay_notice")
    return {row["event_key"]: row["state"] for row in rows}


class _Happenings:
    """The events of customers within a month."""

    def __init__(self, world):
        self._world = world

    def charge(self, process):
        process.call("run_job", name="charge")

    def nothing(self, process):
        self._world.run_round(process)

    def settle(self, process):
        self._world.settle_debits()
        self._world.run_round(process)

    def retry(self, process):
        """Let the day come on which a refused charge is tried again."""
        self._world.sql(
            "UPDATE account_move SET autopay_retry_date = now()::date - 2"
            " WHERE autopay_retry_date IS NOT NULL"
        )
        process.call("run_job", name="charge")

    def guard(self, process):
        """Charge a card whose bank wants its holder to confirm."""
        self._world.make_due("guarded-1")
        process.call("run_job", name="charge")

    def report(self, process):
        process.call("run_job", name="report")

    def next_day(self, process):
        """Tell staff once more what failed since the day before."""
        self._world.sql(
            "UPDATE autopay_notice SET event_key = event_key || ':past',"
            " create_date = create_date - interval '1 day'"
            " WHERE kind = 'staff_failures'"
        )
        process.call("run_job", name="report")

    def answer(self, _process):
        """Let the last days come in which a dispute can be answered."""
        self._world.sql(
            "UPDATE autopay_notice SET due_date = now() - interval '1 h'"
            " WHERE kind = 'staff_answer'"
        )

    def half_time(self, _process):
        self._world.sql("UPDATE autopay_notice SET due_date = now() - interval '1 h'")

    def refund(self, process):
        intent = self._find_intent("card-1")
        self._world.stripe.v1.refunds.create({"payment_intent": intent})
        self._world.run_round(process)

    def dispute(self, process):
        intent = self._find_intent("other-1")
        self._dispute = self._world.admin.open_dispute(intent)["id"]
        self._world.run_round(process)

    def lose(self, process):
        self._world.admin.lose_dispute(self._dispute)
        self._world.run_round(process)

    def let_be_told(self):
        """Have nothing be charged to a card before its customer was told."""
        self._world.sql(
            "UPDATE res_company SET autopay_notice_days_card = 3,"
            " autopay_notice_gate = true, autopay_notice_look_date = NULL"
        )

    def announce(self, process):
        self._world.make_due("crowd1-1")
        self.let_be_told()
        process.call("run_job", name="charge")

    def look_again(self, process):
        self.let_be_told()
        process.call("run_job", name="charge")

    def come_due(self, process):
        """Let the days pass that lie between a mail and its charge."""
        self._world.sql(
            "UPDATE autopay_notice SET sent_date = sent_date - interval '3 days',"
            " charge_date = charge_date - 3 WHERE kind = 'before'"
        )
        process.call("run_job", name="charge")
        self._world.sql("UPDATE res_company SET autopay_notice_days_card = 0")

    def expire(self, _process):
        """Let a card expire before the next charge."""
        self._world.make_due("crowd2-1")
        self._world.sql(
            "UPDATE account_move SET autopay_date = now()::date + 20"
            " WHERE ref = 'crowd2-1'"
        )
        self._world.sql(
            "UPDATE payment_token SET autopay_expiry_date = now()::date + 10 FROM"
            " res_partner WHERE res_partner.id = partner_id AND name = 'crowd2'"
        )
        self._world.sql("UPDATE res_company SET autopay_expiry_look_date = NULL")

    def agree(self, process):
        process.call("act", deed="agree", name="crowd3")

    def ask(self, process):
        process.call("act", deed="ask", name="crowd4")

    def plan(self, process):
        process.call("act", deed="plan", ref="crowd0-1", days=[5, 35])

    def _find_intent(self, ref):
        attempts = self._world.read_state().attempts
        return next(row["object_ref"] for row in attempts if row["invoice"] == ref)
