from contextlib import closing, contextmanager

import psycopg2

from odoo import SUPERUSER_ID, api

from odoo.addons.autopay.tests.common import AutopayCommon
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID


class AutopayQueueCommon(AutopayCommon):
    """Two customers with cards, and a job runner that has not begun anything yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_customer("Second Customer")

    def setUp(self):
        super().setUp()
        self._enrol()
        self._enrol(customer=self.second)
        self.batches = self.env["autopay.queue.batch"].sudo()

    @contextmanager
    def _runner(self):
        """Hold the lock of a job runner, from a connection of its own, for a block."""
        with closing(psycopg2.connect(dbname=self.env.cr.dbname)) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [PG_ADVISORY_LOCK_ID])
            self.assertTrue(cursor.fetchone()[0], "another runner is there")
            yield

    def _hand_over(self):
        """Run the scheduled action while a runner is there; return the new batches."""
        known = self.batches.search([])
        with self._runner():
            self._run_autopay()
        return self.batches.search([], order="id") - known

    def _perform(self, batch):
        """Do the job of a batch as its user, and return what it says."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            answer = Job.load(env, batch.job_uuid).func()
        self.env.invalidate_all()
        return answer

    def _get_job(self, batch):
        return self.env["queue.job"].sudo().search([("uuid", "=", batch.job_uuid)])

    def _fail(self, batch):
        """Let a job end as one does whose process dies before anything is begun."""
        job = Job.load(self.env(su=True), batch.job_uuid)
        job.set_failed(exc_info="dead", exc_name="JobFoundDead", exc_message="dead")
        job.store()
