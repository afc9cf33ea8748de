# Where Odoo 19 comes from: ODOO_SOURCE, else .local/odoo, else Debian's package, else git.

ODOO_DEST=$LOCAL/odoo
APT_HOME=$LOCAL/apt
SID_PACKAGES=(odoo-19 fonts-roboto-unhinted fonts-montserrat fonts-ocr-b
    libjs-jquery libjs-underscore libjs-jquery-form)
# Sid has moved the files Odoo links to: these two come from the machine's own release.
OWN_PACKAGES=(fonts-font-awesome fonts-inconsolata)

# The directory to put on sys.path for a checkout or an unpacked package.
tree_of() {
    local candidate
    for candidate in "$1" "$1/usr/lib/python3/dist-packages"; do
        [ -f "$candidate/odoo/release.py" ] && (cd "$candidate" && pwd) && return
    done
    return 1
}

is_odoo_19() { grep -qE '^version_info *= *\(19, *0' "$1/odoo/release.py"; }

# One-line and deb822 sources, for a machine that never ran "apt-get update".
sources_uris() {
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
        sed -nE 's/^deb +(\[[^]]*\] +)?([^ ]+) .*/\2/p; s/^URIs: *([^ ]+).*/\1/p'
}

# The archives apt already uses, Debian's own first, without security and backports.
mirrors() {
    local uris
    uris=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null)
    [ -n "$uris" ] || uris=$(sources_uris)
    uris=$(grep '://' <<<"$uris" | grep -vE 'security|backports' | sort -u)
    grep -E '/debian/?$' <<<"$uris"
    grep -vE '/debian/?$' <<<"$uris"
}

# apt-get with lists, cache and state of its own: works as an ordinary user, touches nothing.
private_apt() {
    apt-get -q -o Dir::Etc::sourcelist="$APT_HOME/sid.list" \
        -o Dir::Etc::sourceparts="$APT_HOME/empty" \
        -o Dir::Etc::preferencesparts="$APT_HOME/empty" -o Dir::Etc::preferences=/dev/null \
        -o Dir::State="$APT_HOME/state" -o Dir::State::lists="$APT_HOME/lists" \
        -o Dir::State::status="$APT_HOME/status" -o Dir::Cache="$APT_HOME/cache" \
        -o Dir::Cache::pkgcache="" -o Dir::Cache::srcpkgcache="" \
        -o APT::Sandbox::User="" -o Debug::NoLocking=1 \
        -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false \
        -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false "$@"
}

# download_debs MIRROR: the packages into $APT_HOME/deb, signatures checked.
download_debs() {
    local key=/usr/share/keyrings/debian-archive-keyring.gpg log=$LOCAL/odoo.log
    rm -rf "$APT_HOME"
    mkdir -p "$APT_HOME"/{lists/partial,cache/archives/partial,state,deb,empty}
    : >"$APT_HOME/status"
    echo "deb $([ ! -f $key ] || echo "[signed-by=$key]") $1 sid main" >"$APT_HOME/sid.list"
    private_apt update >>"$log" 2>&1 || return 1
    cd "$APT_HOME/deb" || return 1
    private_apt download "${SID_PACKAGES[@]}" >>"$log" 2>&1 || return 1
    # Without these two only a few unused font links dangle.
    apt-get -q download "${OWN_PACKAGES[@]}" >>"$log" 2>&1 || true
}

# The package holds a second, incomplete copy of the add-ons; translations are 70% of it.
unpack_debs() {
    local deb
    for deb in "$APT_HOME"/deb/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$1" --no-same-owner --exclude=./etc \
            --exclude=./usr/lib/python3/dist-packages/addons \
            --exclude='*/i18n/*.po' --exclude='*/i18n_extra/*.po' || return 1
    done
}

# Debian leaves out a file that mail's manifest names: the backend bundle then logs an error
# and every backend tour fails. It serves the background blur of video calls only.
stub_selfie_segmentation() {
    local stub=$1/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
    [ -e "$stub" ] && return
    mkdir -p "$(dirname "$stub")"
    echo '/* left out by Debian; serves background blur in video calls */' >"$stub"
}

# The metadata asks for two packages by names that pip would have to build.
fix_metadata() {
    sed -i -E -e 's/^Requires-Dist: psycopg2\b.*/Requires-Dist: psycopg2-binary/' \
        -e 's/^Requires-Dist: PyPDF2\b.*/Requires-Dist: pypdf/' "$1"/odoo-*.egg-info/PKG-INFO
}

from_debian() {
    command -v apt-get dpkg-deb >/dev/null || return 1
    local mirror new=$ODOO_DEST.new
    : >"$LOCAL/odoo.log"
    for mirror in $(mirrors); do
        say "downloading Odoo 19 from $mirror"
        (download_debs "$mirror") || continue
        rm -rf "$new" && mkdir -p "$new"
        unpack_debs "$new" || continue
        stub_selfie_segmentation "$new/usr/lib/python3/dist-packages"
        fix_metadata "$new/usr/lib/python3/dist-packages"
        rm -rf "$ODOO_DEST" "$APT_HOME" && mv "$new" "$ODOO_DEST" && return
    done
    return 1
}

from_git() {
    command -v git >/dev/null || return 1
    say "no Debian mirror has odoo-19: cloning Odoo 19.0"
    rm -rf "$ODOO_DEST.new"
    git clone -q --depth 1 -b 19.0 https://github.com/odoo/odoo.git "$ODOO_DEST.new" \
        >>"$LOCAL/odoo.log" 2>&1 && rm -rf "$ODOO_DEST" && mv "$ODOO_DEST.new" "$ODOO_DEST"
}

# Prints the directory that holds the package "odoo".
setup_odoo_source() {
    local tree
    if [ -n "${ODOO_SOURCE:-}" ]; then
        tree=$(tree_of "$ODOO_SOURCE") && is_odoo_19 "$tree" ||
            die "ODOO_SOURCE=$ODOO_SOURCE is not a checkout of Odoo 19.0."
    elif ! tree=$(tree_of "$ODOO_DEST"); then
        from_debian || from_git ||
            die "Odoo 19.0 could not be had from a Debian mirror or by git (see $LOCAL/odoo.log): set ODOO_SOURCE to a checkout of Odoo 19.0."
        tree=$(tree_of "$ODOO_DEST")
    fi
    echo "$tree"
}

# A git checkout keeps its add-ons in two places, the package in one.
odoo_addons_of() {
    local folders=("$1/odoo/addons")
    [ ! -d "$1/addons" ] || folders=("$1/addons" "${folders[@]}")
    (IFS=, && echo "${folders[*]}")
}
