# Sourced by scripts/demo and scripts/test from the repository's root, as `. scripts/setup.sh`.
#
#   setup run      .venv with what asyncwhy needs to run         (locks/run.txt)
#   setup dev      .venv with everything that the tests need     (locks/dev.txt)
#   web            web/node_modules and tests/real/node/node_modules, if npm is there
#   side_venvs     .venvs/3.9 to .venvs/3.13 with uvloop, for the interpreters found
#
# Needs CPython 3.11 or newer with its venv module; nothing outside the repository is touched.
# A stamp in each environment holds what it was made from, so that a second call returns at once.

say() { printf '%s\n' "setup: $*" >&2; }

is_host_python() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# The interpreter VERSION (3.12): on the path, or one of pyenv's.
find_python() {
    for candidate in "python$1" "$HOME/.pyenv/versions/$1".*/bin/python "$HOME/.pyenv/versions/$1/bin/python"; do
        # A pyenv shim exists for versions that are not active, and then fails: so each one is tried.
        "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null || continue
        "$candidate" -c 'import sys; print(sys.executable)'
        return 0
    done
    return 1
}

find_host_python() {
    for version in 3.11 3.13 3.12; do
        find_python "$version" && return 0
    done
    if is_host_python python3; then
        python3 -c 'import sys; print(sys.executable)'
        return 0
    fi
    return 1
}

# stamp_of NAME FILE...: what an environment is made from: the place, the set, the files that say what is in it.
stamp_of() {
    name=$1
    shift
    printf '%s %s %s\n' "$name" "$PWD" "$(cat "$@" | cksum)"
}

is_made() {
    [ "$(cat "$1/.stamp" 2>/dev/null)" = "$2" ] && "$1/bin/python" -c '' 2>/dev/null
}

# make_venv FOLDER PYTHON LOCK: what is there of the same version is kept and brought up to the lock.
make_venv() {
    say "making $1 with $2 (once)"
    rm -f "$1/.stamp"
    # A half-made one has no pip.
    if [ "$("$1/bin/python" -V 2>/dev/null)" != "$("$2" -V)" ] || ! "$1/bin/python" -c 'import pip' 2>/dev/null; then
        rm -rf "$1"
        "$2" -m venv "$1" || {
            say "$2 cannot make a virtual environment: its venv module is missing (Debian: python3-venv)"
            exit 1
        }
    fi
    "$1/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes -r "$3" || {
        say "could not install $3 into $1"
        exit 1
    }
}

setup() {
    # The lock of `dev` holds all of `run`: what has the larger one needs no smaller one.
    is_made .venv "$(stamp_of dev locks/dev.txt pyproject.toml)" && return 0
    stamp=$(stamp_of "$1" "locks/$1.txt" pyproject.toml)
    is_made .venv "$stamp" && return 0
    host=$(find_host_python) || {
        say "no Python 3.11 or newer was found (tried python3.11, python3.13, python3.12, python3)"
        exit 1
    }
    make_venv .venv "$host" "locks/$1.txt"
    # The lock has the build backend, so nothing more is fetched.
    .venv/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation \
        --editable . || exit 1
    printf '%s\n' "$stamp" >.venv/.stamp
}

# The version of .venv needs no second environment.
side_venvs() {
    missing=
    host=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    for version in 3.9 3.10 3.11 3.12 3.13; do
        [ "$version" != "$host" ] || continue
        stamp=$(stamp_of "side-$version" locks/side.txt)
        is_made ".venvs/$version" "$stamp" && continue
        if python=$(find_python "$version"); then
            make_venv ".venvs/$version" "$python" locks/side.txt
            printf '%s\n' "$stamp" >".venvs/$version/.stamp"
        else
            missing="$missing $version"
        fi
    done
    [ -z "$missing" ] || say "not on this machine, so nothing is observed on CPython$missing"
}

# node_modules FOLDER: what its package-lock.json says.
node_modules() {
    stamp=$(stamp_of "$1" "$1/package-lock.json")
    [ "$(cat "$1/node_modules/.stamp" 2>/dev/null)" != "$stamp" ] || return 0
    say "making $1/node_modules (once)"
    npm --prefix "$1" ci --silent --no-fund --no-audit || {
        say "could not install $1/package-lock.json"
        exit 1
    }
    printf '%s\n' "$stamp" >"$1/node_modules/.stamp"
}

# What the page is built with, the servers of npm that the tests observe, and Debian's Chromium where the tests run as
# root in CI or in a container that lacks it.
web() {
    command -v npm >/dev/null || {
        say "npm was not found, so web/ is neither built nor checked (Debian: nodejs npm)"
        return 0
    }
    node_modules web
    node_modules tests/real/node
    command -v chromium >/dev/null && return 0
    if [ "$(id -u)" = 0 ] && { [ -n "${CI:-}" ] || [ -e /.dockerenv ]; } && command -v apt-get >/dev/null; then
        say "installing chromium with apt-get (root, in CI or a container)"
        { apt-get update && apt-get install -y --no-install-recommends chromium; } >/dev/null 2>&1 || true
    fi
    command -v chromium >/dev/null || say "chromium was not found: the page is not opened (Debian: chromium)"
}
