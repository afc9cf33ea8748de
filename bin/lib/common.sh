# Names every script shares: where things are, and which ports this checkout uses.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
LOCAL=$ROOT/.local
VENV=$LOCAL/venv
export PYTHONPYCACHEPREFIX=$LOCAL/pycache # keeps the checkout and ODOO_SOURCE clean

# Two checkouts on one machine differ in their path, hence in their ports and clusters.
CHECKOUT_ID=$(printf %s "$ROOT" | sha1sum | cut -c1-8)
PORT_BASE=$((10000 + 16#$CHECKOUT_ID % 2000 * 10))
HTTP_PORT=$PORT_BASE           # bin/odoo
GEVENT_PORT=$((PORT_BASE + 1)) # its websocket server when it runs several workers
TEST_HTTP_PORT=$((PORT_BASE + 2))
TEST_GEVENT_PORT=$((PORT_BASE + 3))
DEMO_HTTP_PORT=$((PORT_BASE + 4))
DEMO_GEVENT_PORT=$((PORT_BASE + 5))
SIMULATOR_PORT=$((PORT_BASE + 6))

say() { echo "[$(basename "$0")] $*" >&2; }

# One clear sentence, then out.
die() {
    say "$*"
    exit 1
}

# Hash of the given words and of the contents of the given files: the key of a stamp.
key_of() {
    { printf '%s\n' "$ROOT" && cat "$@"; } | sha1sum | cut -c1-40
}

is_stamped() { [ "$(cat "$LOCAL/stamps/$1" 2>/dev/null)" = "$2" ]; }

stamp() { mkdir -p "$LOCAL/stamps" && echo "$2" >"$LOCAL/stamps/$1"; }

# Write standard input to a file only when it differs, so that nobody reads half a file.
write_file() {
    local new=$1.new.$$
    cat >"$new"
    if cmp -s "$new" "$1"; then rm "$new"; else mv "$new" "$1"; fi
}
