from datetime import timedelta

from psycopg2.extras import Json

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_before import BeforeCommon

LOGS = (
    "odoo.addons.autopay.models.notice.autopay_notice_mail",
    "odoo.addons.autopay.models.request.autopay_request_mail",
    "odoo.addons.mail.models.mail_mail",
    "odoo.addons.mail.models.mail_render_mixin",
)
CODE = "<b>{{ 7 * 7 }}</b>"

# Troubles between an event and its mail, and what becomes of the mails of each kind:
# how many come, and the state in the end.
SENT, SKIPPED, FAILED = (1, "sent"), (0, "skipped"), (0, "failed")
EXPECTED = {
    "nothing": {"": SENT},
    "no_address": {"": SKIPPED, "request": (0, None)},
    "bounced": {"": (1, "failed")},
    "spoilt_template": {"": FAILED, "request": (0, None)},
    "code_in_name": {"": SENT},
    "server_down": {"": SENT},
    # Its template speaks the language that the customer has, or says that it cannot.
    "no_such_language": {"": SENT, "request": (0, None)},
    "merged": {"": SENT},
    # A customer who is asked is written to at once, and was chosen by a person.
    "archived": {"": SKIPPED, "consent": SENT, "request": SENT},
    "clock_back": {"": SENT},
}


@tagged("post_install", "-at_install")
class TestAutopayNoticeBadInput(BeforeCommon):
    """Nothing is lost or told twice, with any trouble between an event and its mail."""

    def test_every_new_kind_with_every_bad_input(self):
        for kind in ("before", "expiring", "consent", "request"):
            for trouble, expected in EXPECTED.items():
                with self.subTest(kind=kind, trouble=trouble), mute_logger(*LOGS):
                    with self.env.cr.savepoint() as savepoint:
                        self._live_through(
                            kind, trouble, *expected.get(kind, expected[""])
                        )
                        savepoint.rollback()
                    self.env.invalidate_all()

    def _live_through(self, kind, trouble, count, state):
        customer = self._create_customer("Kettle Works", email="kettle@example.com")
        token = self._create_stored_token(customer)
        customer.with_company(self.company).autopay_token_id = token
        happen = getattr(self, f"_happen_{kind}")
        spoil = getattr(self, f"_let_{trouble}", None)
        came = 0
        if kind == "request":
            # It is written at once.
            customer = spoil(kind, customer) or customer if spoil else customer
            notice = happen(customer, token)
        else:
            notice = happen(customer, token)
            customer = spoil(kind, customer) or customer if spoil else customer
        for _round in range(3):
            self.env.flush_all()
            self.notices.sudo()._queue(notice.filtered(lambda rec: rec.state == "due"))
            if trouble == "server_down" and not _round:
                notice.sudo().mail_id._postprocess_sent_message(
                    [], [], "no route", "mail_smtp"
                )
                self.assertEqual(notice.state, "due")
                notice.sudo().due_date = False
                continue
            self._run_queue()
            came += len(self._get_told())
            if trouble == "bounced":
                customer._message_receive_bounce(customer.email, customer)
        self.assertEqual(came, count, self._get_why(kind, notice, customer))
        self.assertEqual(notice.state if notice else None, state, notice.failure)
        if not count:
            self.assertTrue(self._get_why(kind, notice, customer))

    def _get_why(self, kind, notice, customer):
        """Return the sentence that says why nothing came."""
        if kind != "request":
            return notice.failure
        request = self.env["autopay.method.request"].search(
            [("partner_id", "=", customer.id)]
        )
        return request.failure or request.state == "no_address"

    # === EVENTS === #

    def _create_stored_token(self, customer):
        """Create a saved method as Odoo keeps it: nothing is charged here."""
        return self.token.copy(
            {
                "partner_id": customer.id,
                "autopay_expiry_date": self._in_days(10),
            }
        )

    def _happen_before(self, customer, _token):
        invoice = self._create_coming(2, customer=customer)
        self.env["autopay.notice.before"].sudo()._announce(
            invoice.with_company(self.company)
        )
        return self._get_told_of(invoice)

    def _happen_expiring(self, customer, token):
        self._create_coming(20, customer=customer)
        self.env["autopay.notice.expiring"].sudo()._notify_company(self.company)
        return self._get_notices(token)

    def _happen_consent(self, customer, token):
        authorization = self.env["autopay.authorization"]._record(
            customer, self.company, token, "portal", text="I agree.", lang=customer.lang
        )
        self.env["autopay.saved.method"]._mail_copy(authorization, customer.browse())
        return self._get_notices(authorization)

    def _happen_request(self, customer, _token):
        requests = self.env["autopay.method.request"].with_user(self.biller)
        request = requests._ask(self.company, customer)
        request._send_soon()
        return self._get_notices(request)

    # === TROUBLE === #

    def _let_no_address(self, _kind, customer):
        customer.email = False

    def _let_spoilt_template(self, kind, _customer):
        template = self.env.ref(self.notices._get_kinds()[kind].template)
        self._force(template, body_html=Json({"en_US": '<t t-out="1 / 0"/>'}))

    def _let_code_in_name(self, _kind, customer):
        customer.name = CODE

    def _let_no_such_language(self, _kind, customer):
        self._force(customer, lang="tlh")

    def _let_merged(self, _kind, customer):
        other = self._create_customer("Brisk Bakery", email="new@example.com")
        merge = self.env["base.partner.merge.automatic.wizard"].sudo()
        merge.create({})._merge((customer | other).ids, other)
        return other

    def _let_archived(self, _kind, customer):
        customer.active = False

    def _let_clock_back(self, _kind, _customer):
        ahead = fields.Datetime.now() + timedelta(days=2)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE autopay_notice SET create_date = %s, write_date = %s",
            [ahead, ahead],
        )
        self.env.invalidate_all()
