# A private PostgreSQL cluster per checkout: socket only, no fsync (its data are throw-away).

PG_PORT=5432 # only names the socket file, which lies in a folder of its own
PG_ROLE=odoo

# PostgreSQL refuses to run as root, and its owner could not reach a checkout below /root.
if [ "$(id -u)" = 0 ]; then
    PG_HOME=/var/lib/autopay-$CHECKOUT_ID
else
    PG_HOME=$LOCAL/postgres
fi
PG_DATA=$PG_HOME/data
PG_SOCKET=$PG_HOME/socket
# The path of a socket must stay below 108 bytes.
[ ${#PG_SOCKET} -lt 90 ] || PG_SOCKET=${TMPDIR:-/tmp}/autopay-$(id -u)-$CHECKOUT_ID

pg_bin() { dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -1)"; }

as_postgres() (
    cd /
    [ "$(id -u)" = 0 ] || exec "$@"
    exec setpriv --reuid=postgres --regid=postgres --clear-groups env HOME=/ "$@"
)

pg_owner() { if [ "$(id -u)" = 0 ]; then echo postgres; else id -un; fi; }

# The version of an existing cluster wins over the newest one installed.
pg_ctl() {
    local bin=/usr/lib/postgresql/$(cat "$PG_DATA/PG_VERSION")/bin
    as_postgres "$bin/pg_ctl" -s -w -D "$PG_DATA" "$@" 9>&-
}

is_running() { [ -f "$PG_DATA/PG_VERSION" ] && pg_ctl status >/dev/null 2>&1; }

create_cluster() {
    say "creating a PostgreSQL cluster in $PG_HOME"
    install -d -m 700 -o "$(pg_owner)" "$PG_HOME"
    rm -rf "$PG_DATA.new"
    as_postgres "$(pg_bin)/initdb" -D "$PG_DATA.new" -U "$PG_ROLE" -A trust -E UTF8 \
        --locale=C --no-sync >"$LOCAL/postgres.log" 2>&1 || return 1
    as_postgres tee -a "$PG_DATA.new/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
shared_buffers = 256MB
autovacuum_naptime = 15s
max_wal_size = 2GB
CONF
    mv "$PG_DATA.new" "$PG_DATA"
}

setup_postgres() {
    [ -f "$PG_DATA/PG_VERSION" ] || create_cluster ||
        die "initdb failed: see $LOCAL/postgres.log."
    install -d -m 700 -o "$(pg_owner)" "$PG_SOCKET"
    ! is_running || return 0
    pg_ctl -l "$PG_DATA/server.log" -o "-k '$PG_SOCKET' -p $PG_PORT" start >"$LOCAL/postgres.log" 2>&1 ||
        die "PostgreSQL did not start: see $PG_DATA/server.log."
}

stop_postgres() { ! is_running || pg_ctl -m fast stop; }
