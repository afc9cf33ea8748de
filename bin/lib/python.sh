# The virtual environment: pinned packages, Odoo's tree on the path, a launcher.

# Debian's own interpreter comes before the first one on the path: a version manager's is
# compiled on the machine, often without optimization, and takes up to 1.8 times as long.
choose_python() {
    local candidate
    for candidate in /usr/bin/python3 python3; do
        is_usable "$candidate" && echo "$candidate" && return
    done
    echo python3
}

is_usable() {
    "$1" -c '
import ensurepip, sys, venv
sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

create_venv() {
    local key="$VENV $1 $("$1" -V)"
    is_stamped venv "$key" && return
    say "creating the virtual environment"
    rm -rf "$VENV" && "$1" -m venv "$VENV" ||
        die "$1 -m venv failed: install python3-venv."
    stamp venv "$key"
}

pip_install() {
    "$VENV/bin/python" -m pip --disable-pip-version-check --no-input -q \
        install --no-cache-dir --no-compile --prefer-binary "$@" >>"$LOCAL/pip.log" 2>&1
}

install_requirements() {
    : >"$LOCAL/pip.log"
    pip_install -r "$ROOT/requirements-dev.txt" &&
        pip_install --no-deps -r "$ROOT/requirements-nodeps.txt"
}

# "python -m odoo" loses the websocket server of a multi-worker Odoo (its child dies on a
# relative import), so the environment gets a launcher script. Its first line is read by
# the shell, since the path of the interpreter may be long or hold a space.
link_odoo() {
    "$VENV/bin/python" - "$1" <<'PY'
import pathlib
import sys
import sysconfig

pathlib.Path(sysconfig.get_path("purelib"), "odoo.pth").write_text(sys.argv[1] + "\n")
launcher = pathlib.Path(sysconfig.get_path("scripts"), "odoo")
launcher.write_text(f"""#!/bin/sh
'''exec' "{sys.executable}" "$0" "$@"
' '''
import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
""")
launcher.chmod(0o755)
PY
}

# Odoo looks for its PDF program under its own name.
link_pdf_program() {
    local program=$VENV/bin/wkhtmltopdf-pack
    [ ! -x "$program" ] || ln -sf "$program" "$VENV/bin/wkhtmltopdf"
}

setup_python() {
    local tree=$1 python key
    python=$(choose_python)
    is_usable "$python" ||
        die "Odoo 19 runs on Python 3.10 to 3.13, this machine's python3 is $(python3 -V): install one of those."
    key=$(echo "$python" && "$python" -V && key_of "$ROOT"/requirements*.txt "$ROOT/bin/lib/python.sh")-$tree
    [ -x "$VENV/bin/odoo" ] && is_stamped python "$key" && return
    create_venv "$python"
    say "installing Python packages"
    install_requirements ||
        die "pip could not install the pinned packages (see $LOCAL/pip.log): check its package index, or put the packages of requirements-dev.txt where pip finds them."
    link_odoo "$tree"
    link_pdf_program
    stamp python "$key"
}
