# SPDX-License-Identifier: Apache-2.0
#
# The rules of check_layers. Input: tools/layers.txt, then the C files of src/; -v pure="rooms".

BEGIN {
    add(pure_room, pure)
    add(harmless, "assert.h stdbool.h stddef.h stdint.h string.h limits.h inttypes.h")
}
FILENAME == ARGV[1] { read_layer(); next }
FNR == 1 { end_file(); start_file() }
/^[ \t]*#[ \t]*include/ { check_include($0) }
is_header && !guard_line && /^[ \t]*#[ \t]*ifndef/ { guard_line = FNR; guard = $NF }
is_header && guard_line && FNR <= guard_line + 1 && /^[ \t]*#[ \t]*define/ { defined = $NF }
END { end_file() }

function add(set, words,    list, i) {
    for (i = split(words, list, " "); i > 0; i--)
        set[list[i]] = 1
}

function complain(line, what) {
    print path ":" line ": " what
}

function read_layer(    below, i, room) {
    path = FILENAME
    if (/^[ \t]*(#|$)/)
        return
    room = $1
    if (!sub(/:$/, "", room))
        return complain(FNR, "`" $0 "` is no layer: write `room: the rooms it may include`")
    may[room, room] = 1
    for (i = 2; i <= NF; i++) {
        may[room, $i] = 1
        if (!($i in known))
            complain(FNR, room " may include " $i ", which stands not above it: lowest rooms first")
    }
    known[room] = 1
}

function start_file(    part, n) {
    path = FILENAME
    n = split(path, part, "/")
    own = n > 2 ? part[2] : ""
    if (!(own in known))
        complain(1, "not in a room of tools/layers.txt: move it to src/ROOM/ or add the room there")
    is_test = part[n] ~ /^(test|fuzz)_.*\.[ch]$/
    is_header = path ~ /\.h$/
    guard_line = 0
    guard = defined = ""
}

function end_file(    wanted) {
    if (!is_header)
        return
    wanted = toupper(path)
    sub(/^SRC\//, "PEERWATT_", wanted)
    gsub(/[^A-Z0-9]/, "_", wanted)
    if (guard != wanted || defined != wanted)
        complain(guard_line ? guard_line : 1, "no include guard " wanted ": #ifndef and #define it")
    is_header = 0
}

function check_include(line,    name) {
    name = line
    sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
    if (match(name, /^"[^"]*"/))
        check_quoted(substr(name, 2, RLENGTH - 2))
    else if (match(name, /^<[^>]*>/))
        check_system(substr(name, 2, RLENGTH - 2))
    else
        complain(FNR, "include of a macro: name the file")
}

function check_quoted(name,    room, shown) {
    shown = "include \"" name "\""
    room = name
    if (name ~ /(^|\/)\.\.?\//)
        return complain(FNR, shown " uses a relative path: write \"ROOM/FILE.h\"")
    if (!sub(/\/.*/, "", room))
        return complain(FNR, shown " names no room: write \"ROOM/" name "\"")
    if (room == "tests") {
        if (!is_test)
            complain(FNR, shown " outside test_*.c and fuzz_*.c: move the code there")
    } else if (name ~ /\/test_[^\/]*$/ && !is_test)
        complain(FNR, shown " in a file that is no test: only tests include test_*.h")
    else if (!(room in known))
        complain(FNR, shown " names no room of tools/layers.txt: correct it or add the room")
    else if (!((own, room) in may))
        complain(FNR, shown " points up, " own " may not include " room \
                 ": move the code up or pass in what it needs (tools/layers.txt)")
}

function check_system(name) {
    if (!(own in pure_room) || is_test || name in harmless)
        return
    if (own == "crypto" && (name == "openssl/sha.h" || name ~ /^sodium(\.h$|\/)/))
        return
    complain(FNR, "include <" name "> in the pure room " own \
             ": what it offers comes in as an argument, or the code belongs in a room that does")
}
