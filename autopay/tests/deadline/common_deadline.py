from datetime import timedelta

from ..common_resolve import ResolveCommon

# Moments of a charge that its deadline may count from.
MOMENTS = ("reserved_date", "prepared_date", "charging_date", "outcome_date")
MOMENTS += ("confirm_deadline",)


class DeadlineCommon(ResolveCommon):
    """Things that wait, made older than they are, and the calls about them."""

    def _run_cron(self, xml_id):
        """Override: these tests write before and read after."""
        self.env.flush_all()
        res = super()._run_cron(xml_id)
        self.env.invalidate_all()
        return res

    def _press(self, button, record, user=None):
        """Press a button whose work is committed in steps."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = self.env(cr=cr, user=user or self.biller, su=False)
            getattr(record.with_env(env), button)()
        self.env.invalidate_all()

    def _age(self, record, **delay):
        """Make what happened to a record happen that much earlier."""
        names = [name for name in MOMENTS if name in record._fields and record[name]]
        delay = timedelta(**delay)
        record.sudo().write({name: record[name] - delay for name in names})

    def _count_queries(self, finder):
        """Return how many queries it takes to find what waits, with nothing in memory.

        :param str finder: a method of ``autopay.deadline``
        """
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        getattr(self.env["autopay.deadline"].sudo(), finder)()
        return self.env.cr.sql_log_count - before

    def _get_calls(self, record):
        """Return the open calls about a record that waits."""
        return self.env["mail.activity"].search(
            [
                ("autopay_wait", "!=", False),
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
            ]
        )

    def _assert_called_once(self, record, words):
        """Look twice: one call, to the person in charge, that says these words."""
        self._resolve_autopay()
        self._run_autopay()
        call = self._get_calls(record)
        self.assertEqual(len(call), 1)
        self.assertEqual(call.user_id, self.company._get_autopay_responsible())
        self.assertIn(words, f"{call.summary} {call.note}")
        return call

    def _assert_not_called(self, record):
        self._resolve_autopay()
        self._run_autopay()
        self.assertFalse(self._get_calls(record))
