# The environment of every other command (.local/env) and Odoo's configuration files.

# Odoo warns about a folder without add-ons, so the checkout counts once it holds one.
addons_path_of() {
    local path
    path=$(odoo_addons_of "$1")
    compgen -G "$ROOT/*/__manifest__.py" >/dev/null && path=$ROOT,$path
    echo "$path"
}

odoo_conf() {
    local addons_path=$1 http_port=$2 gevent_port=$3 cron_threads=$4
    cat <<CONF
[options]
addons_path = $addons_path
data_dir = $LOCAL/data
db_host = $PG_SOCKET
db_port = $PG_PORT
db_user = $PG_ROLE
http_interface = 127.0.0.1
http_port = $http_port
gevent_port = $gevent_port
log_handler = :INFO,werkzeug:WARNING
max_cron_threads = $cron_threads
screenshots = $LOCAL/screenshots
CONF
}

environment() {
    local name
    cat <<ENV
export PGHOST='$PG_SOCKET' PGPORT='$PG_PORT' PGUSER='$PG_ROLE'
export PYTHONPYCACHEPREFIX='$PYTHONPYCACHEPREFIX'
export VIRTUAL_ENV='$VENV'
export PATH='$VENV/bin:$(pg_bin)':"\$PATH"
ENV
    for name in HTTP_PORT GEVENT_PORT TEST_HTTP_PORT TEST_GEVENT_PORT DEMO_HTTP_PORT \
        DEMO_GEVENT_PORT SIMULATOR_PORT; do
        echo "export AUTOPAY_$name=${!name}"
    done
}

write_config() {
    local addons_path
    addons_path=$(addons_path_of "$1")
    odoo_conf "$addons_path" $HTTP_PORT $GEVENT_PORT 1 | write_file "$LOCAL/odoo.conf"
    odoo_conf "$addons_path" $TEST_HTTP_PORT $TEST_GEVENT_PORT 0 | write_file "$LOCAL/test.conf"
    odoo_conf "$addons_path" $DEMO_HTTP_PORT $DEMO_GEVENT_PORT 1 | write_file "$LOCAL/demo.conf"
    environment | write_file "$LOCAL/env"
}
