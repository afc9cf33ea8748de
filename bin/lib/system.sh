# Debian packages that cannot live in .local: PostgreSQL, Chromium and a few libraries.

has_library() { [[ $(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null) == *"$1"* ]]; }
has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_postgres() { command -v psql && compgen -G '/usr/lib/postgresql/*/bin/initdb'; }
has_venv() { python3 -c 'import ensurepip, venv' || /usr/bin/python3 -c 'import ensurepip, venv'; }

missing_packages() {
    has_venv >/dev/null 2>&1 || echo python3-venv
    has_postgres >/dev/null || echo postgresql
    has_browser >/dev/null || echo chromium
    has_library libmagic.so.1 || echo libmagic1
    has_library libcairo.so.2 || echo libcairo2
    [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
}

# The words to put before a command that needs root; fails when there is no way.
as_root() {
    [ "$(id -u)" != 0 ] || return 0
    sudo -n true 2>/dev/null || { [ -t 0 ] && [ -z "${CI:-}" ] && sudo true; } || return 1
    echo sudo
}

setup_system() {
    local missing sudo log=$LOCAL/apt.log
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -gt 0 ] || return 0
    local ask="ask an administrator to run: apt-get install ${missing[*]}"
    command -v apt-get >/dev/null || die "this machine lacks ${missing[*]} (Debian's names) and has no apt-get: install them and run this again."
    sudo=$(as_root) || die "this machine lacks ${missing[*]} and sudo is not available to $(id -un): $ask"
    say "installing ${missing[*]}"
    apt_get() {
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
            "$@" >>"$log" 2>&1 </dev/null 9>&-
    }
    : >"$log"
    apt_get update || say "the package lists could not be refreshed (see $log), trying with the old ones"
    apt_get install --no-install-recommends "${missing[@]}" ||
        die "apt-get could not install ${missing[*]} (see $log): check the mirror, or $ask"
}
