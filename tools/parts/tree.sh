# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What all checks share: the tree to look at, its files, and how a check ends. Source it from a
# bash script that has `set -euo pipefail`; it sets LC_ALL=C and offers
#
#   enter_tree [ROOT]        go to the tree, by default the folder above tools/
#   tree_files               its files, one a line, without what git ignores
#   c_files, test_files      those in C (generated *.pb-c.* left out), those that are tests
#   conclude NAME COUNT ...  run a check: fail if it prints complaints, else say that all is well

export LC_ALL=C
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE # set inside a git hook, wrong for the copy of selftest

TOOLS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PARTS=$TOOLS/parts
PURE_ROOMS='base crypto wire sampling core ledger agent' # room(... PURE) in the CMakeLists.txt of src/
readonly TOOLS PARTS PURE_ROOMS
export PARTS PURE_ROOMS

enter_tree() {
    cd "${1:-$TOOLS/..}" || exit 2
}

tree_files() {
    local top
    if top=$(git rev-parse --show-toplevel 2>/dev/null) && [ "$top" -ef . ]; then
        git ls-files -z -co --exclude-standard | tr '\0' '\n' | existing | sort -u
    else
        find . \( -path ./build -o -name node_modules -o -name .git \) -prune -o -type f -print |
            sed 's|^\./||' | sort
    fi
}

existing() { # git also lists a file that is deleted but not yet committed
    local path
    while IFS= read -r path; do
        [ ! -f "$path" ] || printf '%s\n' "$path"
    done
}

matching() { # REGEX: like grep -E, but nothing found is no failure
    grep -E -- "$1" || [ $? -eq 1 ]
}

c_files() {
    tree_files | awk '/^(src|tests)\/.*\.[ch]$/ && !/\.pb-c\.[ch]$/'
}

test_files() {
    tree_files | awk '/^src\/.*\/test_[^\/]*\.c$/ || /^tests\/.*\.(c|ts)$/'
}

conclude() { # NAME COUNT CHECK [ARGUMENT...]
    local name=$1 count=$2 complaints result
    shift 2
    set +e # only so that a check that breaks off is not taken for one that found nothing
    complaints=$(set -e; "$@")
    result=$?
    set -e
    if [ -n "$complaints" ]; then
        printf '%s\n' "$complaints" | sort -u | sort -s -t : -k 1,1 -k 2,2n >&2
        exit 1
    elif [ "$result" -ne 0 ]; then
        echo "$0:1: the check itself broke off ($result): mend it" >&2
        exit 1
    fi
    printf '%s: %s files, ok\n' "$name" "$count"
}
