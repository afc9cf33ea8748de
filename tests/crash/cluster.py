"""A PostgreSQL server of one's own, which may be restarted without asking anybody."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

OWNER = "postgres"
PORT = 5432  # names the socket only: the server does not listen on the network
SETTINGS = "-c listen_addresses= -c fsync=off -c max_connections=50"


def programs():
    """Return the folder of PostgreSQL's server programs, the newest one."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(found, key=lambda path: int(path.parts[-3])).parent


class PrivateCluster:
    """A server with one copy of a database."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="autopay_pg_")
        self._data = f"{self.folder}/data"
        self.server = {"host": self.folder, "port": PORT}

    @contextlib.contextmanager
    def running(self, database):
        """Give the server, with a copy of a database of the project's cluster."""
        try:
            if os.getuid() == 0:
                os.chown(self.folder, *pwd.getpwnam(OWNER)[2:4])
            role = os.environ["PGUSER"]
            options = ["-U", role, "-A", "trust", "-E", "UTF8", "--locale=C"]
            self._run("initdb", "-D", self._data, "--no-sync", *options)
            self._control("start")
            self._copy(database, role)
            yield self
        finally:
            if Path(self._data).exists():
                self._control("stop", "-m", "immediate")
            shutil.rmtree(self.folder)

    @contextlib.contextmanager
    def running_backup(self):
        """Give the server, with a copy of all files of the project's cluster."""
        try:
            if os.getuid() == 0:
                os.chown(self.folder, *pwd.getpwnam(OWNER)[2:4])
            source = ["-h", os.environ["PGHOST"], "-p", os.environ["PGPORT"]]
            source += ["-U", os.environ["PGUSER"]]
            options = ["--checkpoint=fast", "--no-sync", "-X", "stream"]
            self._run("pg_basebackup", *source, *options, "-D", self._data)
            self._control("start")
            yield self
        finally:
            if Path(self._data).exists():
                self._control("stop", "-m", "immediate")
            shutil.rmtree(self.folder)

    def restart(self, mode):
        """End every session and start again.

        :param mode: *fast*, or *immediate*: as if the machine had lost power
        """
        self._control("restart", "-m", mode)

    def _control(self, verb, *options):
        start = f"-k {self.folder} -p {PORT} {SETTINGS}"
        log = f"{self.folder}/server.log"
        more = ["-l", log, "-o", start] if verb != "stop" else []
        self._run("pg_ctl", "-s", "-w", "-D", self._data, *more, verb, *options)

    def _run(self, program, *args):
        command = [programs() / program, *args]
        if os.getuid() == 0:
            # PostgreSQL refuses to be run by the administrator.
            user = [f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups"]
            command = ["setpriv", *user, *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def _copy(self, database, role):
        where = ["-h", self.folder, "-p", str(PORT), "-U", role]
        subprocess.run(["createdb", *where, "-T", "template0", database], check=True)
        dump = subprocess.Popen(["pg_dump", "-Fc", database], stdout=subprocess.PIPE)
        restore = ["pg_restore", *where, "--no-owner", "-d", database]
        subprocess.run(restore, stdin=dump.stdout, check=True)
        assert dump.wait() == 0, "pg_dump failed"
