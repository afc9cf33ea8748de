from unittest.mock import patch

from ...models.collect.autopay_move_collect import AutopayMoveCollect
from ..common import AutopayCommon

SOURCE = "sale:12:delivered"
WHY = "Sales order S00012 was delivered."


class CollectCommon(AutopayCommon):
    """Drafts to be collected, and what follows their payment."""

    def setUp(self):
        super().setUp()
        self._enrol()

    def _create_draft(self, amount=100.0, **values):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    (0, 0, {"name": "Work", "price_unit": amount, "tax_ids": []})
                ],
                **values,
            }
        )

    def _collect(self, moves, source=SOURCE, **options):
        return moves._autopay_collect(source, why=WHY, **options)

    def _get_rows(self, moves):
        return self.env["autopay.collect.source"].search([("move_id", "in", moves.ids)])

    def _pay(self, move, **values):
        """Pay an invoice by a bank transfer."""
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(values)._create_payments()

    def _follow(self, hook):
        """Run the resolver's job with something that follows a paid invoice."""
        with patch.object(AutopayMoveCollect, "_autopay_on_collected", hook):
            self._run_cron("autopay.ir_cron_resolve_open_attempts")
