# SPDX-License-Identifier: Apache-2.0
#
# One line a room from gcovr's CSV (file, lines, lines reached, %, branches, branches reached, ...).
# Complains, and exits with 1, about a room below its threshold or of which nothing was seen.

BEGIN {
    FS = ","
    lines_min = 95
    branches_min = 85
    split("core wire sampling", judged, " ")
}

FNR > 1 {
    split($1, path, "/")
    room = path[1]
    if (!(room in lines))
        rooms[++room_count] = room
    lines[room] += $2
    lines_hit[room] += $3
    branches[room] += $5
    branches_hit[room] += $6
}

# Rounded down, so that what is printed as the threshold has reached it.
function percent(hit, all) {
    return all ? sprintf("%.1f", int(1000 * hit / all) / 10) : "-"
}

function complain(room, hit, all, least, what) {
    if (100 * hit[room] >= least * all[room] && all[room] > 0)
        return
    printf "src/%s:1: %s %% of %s reached, at least %d wanted\n", room,
        percent(hit[room], all[room]), what, least
    failed = 1
}

END {
    printf "%-10s %8s %8s %10s %10s\n", "room", "lines", "branches", "of lines", "of branches"
    for (i = 1; i <= room_count; i++) {
        room = rooms[i]
        printf "%-10s %7s%% %7s%% %10d %10d\n", room, percent(lines_hit[room], lines[room]),
            percent(branches_hit[room], branches[room]), lines[room], branches[room]
    }
    for (i = 1; i in judged; i++) {
        complain(judged[i], lines_hit, lines, lines_min, "lines")
        complain(judged[i], branches_hit, branches, branches_min, "branches")
    }
    exit failed
}
