import re
from urllib.parse import urlsplit

from odoo.tools import mute_logger

from ..portal.common_pages import PagesCommon


class ConfirmationCommon(PagesCommon):
    """A customer whose bank wants his word before a charge, and who has the link."""

    # === SCENERY === #

    def _create_waiting(self, amount=100.0, method="pm_card_authenticationRequired"):
        """Return the attempt on a due invoice that waits for its customer."""
        self._enrol(method)
        invoice = self._create_due_invoice(amount)
        self._run_autopay()
        attempt = invoice.sudo().autopay_attempt_ids
        self.assertEqual(attempt.state, "action_required")
        return attempt

    def _get_link(self, attempt):
        return urlsplit(attempt.sudo().confirm_url).path

    # === ACTS === #

    def _send_form(self, path, **values):
        """Press a button of a page in a browser that follows nowhere by itself."""
        token = re.search(r'csrf_token: "(\w+)"', self.url_open("/web/login").text)
        values.setdefault("csrf_token", token[1])
        self.env.flush_all()
        with mute_logger("odoo.http", "odoo.sql_db", "werkzeug"):
            answer = self.url_open(path, data=values, allow_redirects=False)
        self.env.invalidate_all()
        return answer

    def _press_confirm(self, link):
        """Press Confirm with the Bank; return where the browser is sent."""
        answer = self._send_form(link)
        self.assertEqual(answer.status_code, 303)
        return answer.headers["Location"]

    def _confirm(self, link, deed="pass"):
        """Confirm on the bank's page; return the page to which that leads back."""
        back = urlsplit(self.admin.visit(self._press_confirm(link), deed))
        return self._open(f"{back.path}?{back.query}")

    # === FACTS === #

    def _count_sent(self, attempt, what="confirm"):
        """Return how many requests of a kind reached the provider for a charge."""
        path = f"/v1/payment_intents/{attempt.object_ref}/{what}"
        return sum(row["path"] == path for row in self.admin.requests())

    def _assert_collected_once(self, attempt):
        invoice = attempt.move_ids
        self.assertEqual(attempt.state, "succeeded")
        self.assertTrue(attempt.booked_date)
        self.assertEqual(set(invoice.mapped("payment_state")), {"paid"})
        self.assertEqual(self._count_taken(), 1)
        self.assertEqual(len(self.stripe.v1.payment_intents.list().data), 1)

    def _assert_nothing_taken(self, attempt, state="action_required"):
        self.assertEqual(self._count_taken(), 0)
        self.assertEqual(attempt.state, state)
