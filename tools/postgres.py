"""Databases of this checkout's cluster: read, copied and dropped."""

import os
import shutil
import subprocess

import psycopg2
from psycopg2 import sql

from tools.environment import FILESTORE


def execute(query, params=None, database="postgres"):
    """Run one statement, committed by itself, and return its rows."""
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    try:
        cursor = connection.cursor()
        cursor.execute(query, params)
        return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def database_names():
    """Return the names of the databases of this checkout's cluster."""
    return [name for (name,) in execute("SELECT datname FROM pg_database")]


def comment_of(name):
    """Return what was written down about a database, empty when it is not there."""
    rows = execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE datname = %s",
        [name],
    )
    return (rows[0][0] or "") if rows else ""


def set_comment(name, text):
    """Write down about a database what :func:`comment_of` returns."""
    query = sql.SQL("COMMENT ON DATABASE {} IS {}")
    execute(query.format(sql.Identifier(name), sql.Literal(text)))


def copy_database(source, target):
    """Copy a database that nobody is connected to, with its files."""
    subprocess.run(["createdb", "-T", source, target], check=True)
    # Files of the store are never changed, so links to them are as good as copies.
    if (FILESTORE / source).is_dir():
        shutil.copytree(FILESTORE / source, FILESTORE / target, copy_function=os.link)
    set_comment(target, "")
    # Keys of requests are made from it: two databases must not share them.
    execute(
        "UPDATE ir_config_parameter SET value = gen_random_uuid()::text"
        " WHERE key = 'database.uuid'",
        database=target,
    )


def drop_database(name):
    """Remove a database and its files, whoever is connected to it."""
    if name in database_names():
        subprocess.run(["dropdb", "--force", "--if-exists", name], check=True)
    shutil.rmtree(FILESTORE / name, ignore_errors=True)
