import hashlib
import json
from pathlib import Path

from odoo import api, models
from odoo.sql_db import connection_info_for
from odoo.tools import SQL, ormcache

CACHE_KEY = "autopay.database"
MACHINE_FILE = Path("/etc/machine-id")
LOOPBACK = ("", "localhost", "127.0.0.1", "::1")


class AutopayDatabase(models.AbstractModel):
    """Tells the database that charges from its copies, however they were made.

    Odoo gives a copy that it makes another `database.uuid`; PostgreSQL's own tools give
    it none. What they cannot copy is where it lies: an object id of its own in the same
    cluster, another cluster's system identifier elsewhere. A copy of a cluster's files
    has both; it has another port or folder on the same machine, and on another machine
    that machine's own id, where Odoo runs beside PostgreSQL.

    A fact that cannot be read says nothing: servers of several machines work on one
    database, and rights of roles differ.
    """

    _name = "autopay.database"
    _description = "Identity of the Database"

    @api.model
    def _get_facts(self):
        """Return what this database has of its own: {name: text or None}.

        They are read once for each transaction: a database can be put in the place of
        another while Odoo runs.
        """
        cache = self.env.cr.cache
        if CACHE_KEY not in cache:
            cache[CACHE_KEY] = self._read_facts()
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return {"uuid": uuid, **cache[CACHE_KEY]}

    @api.model
    def _get_digest(self):
        """Return a short text that differs between this database and its copies."""
        text = json.dumps(self._get_facts(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @api.model
    def _is_elsewhere(self, facts):
        """Return whether the facts are those of another database than this one.

        :param dict facts: what :meth:`_get_facts` returned there
        """
        here = self._get_facts()
        return any(
            value and here.get(name) and value != here[name]
            for name, value in (facts or {}).items()
        )

    @api.model
    def _read_facts(self):
        """Return the facts that PostgreSQL and the machine know."""
        # On a standby that answers queries, the place is not that of the database.
        [row] = self.env.execute_query_dict(
            SQL(
                "SELECT d.oid::text, d.datname::text AS name, %s AS cluster,"
                "       pg_is_in_recovery() AS is_standby,"
                "       current_setting('port') AS port,"
                # Those without the right to read it do not see the row.
                "       (SELECT s.setting FROM pg_settings s"
                "         WHERE s.name = 'data_directory') AS folder,"
                "       coalesce(inet_server_addr() = inet_client_addr(), TRUE)"
                "         AS is_near"
                "  FROM pg_database d WHERE d.datname = current_database()",
                self._get_cluster_query(),
            )
        )
        is_near, is_standby = row.pop("is_near"), row.pop("is_standby")
        row["machine"] = self._read_machine() if is_near else None
        if is_standby:
            row.update(port=None, folder=None, machine=None)
        return row

    @api.model
    def _get_cluster_query(self):
        """Return the SQL of the cluster's identifier, NULL where it may not be read."""
        if not self._may_read_cluster():
            return SQL("NULL")
        return SQL("(SELECT c.system_identifier::text FROM pg_control_system() c)")

    @api.model
    @ormcache()
    def _may_read_cluster(self):
        """Return whether PostgreSQL lets this role read the cluster's identifier."""
        [[allowed]] = self.env.execute_query(
            SQL("SELECT has_function_privilege('pg_control_system()', 'execute')")
        )
        return allowed

    @api.model
    def _read_machine(self):
        """Return a digest of the machine's id, None when PostgreSQL is elsewhere.

        Between the two may be a pool of connections, so both ends have to be near.
        """
        host = connection_info_for(self.env.cr.dbname)[1].get("host") or ""
        if host not in LOOPBACK and not host.startswith("/"):
            return None
        try:
            text = MACHINE_FILE.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None
        # The id itself is not for others to read.
        digest = hashlib.sha256(f"autopay {text}".encode()).hexdigest()
        return digest[:16] if text else None
