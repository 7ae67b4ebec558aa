# SPDX-License-Identifier: Apache-2.0
#
# The rules of tidy.d/rules. Input: docs/rules.md, the documents that define rules, then src/ and
# the tests. A test file is src/**/test_*.c or anything in tests/.

BEGIN { ID = "[a-z]+\\.[0-9]+" }
FILENAME == "docs/rules.md" { if (/^\| *`[a-z]+\.[0-9]+` *\|/) read_row(); next }
FILENAME ~ /^docs\// { if (/^ *([-*]|[0-9]+\.) [*]*`[a-z]+\.[0-9]+`/) read_definition(); next }
FNR == 1 {
    is_test = FILENAME ~ /^tests\// || FILENAME ~ /\/test_[^\/]*\.c$/
    is_code = !is_test && FILENAME !~ /\/fuzz_[^\/]*\.c$/
}
/RULE/ { read_mentions($0) }
{ read_names() }
END { check_mentions(); check_rows(); check_definitions() }

function complain(place, what) {
    print place ": " what
}

function first_id(text) {
    return match(text, ID) ? substr(text, RSTART, RLENGTH) : ""
}

function read_row(    line, cell, n, id) {
    line = $0
    gsub(/\\\|/, "/", line)
    sub(/\| *$/, "", line)
    n = split(line, cell, "|")
    id = first_id(cell[2])
    if (id in row)
        return complain(FILENAME ":" FNR, "rule " id " has two rows: keep one")
    row[id] = FILENAME ":" FNR
    if (n != 6)
        return complain(row[id], "row of " id " has " n - 1 " cells, not 5: " \
                                "| id | paper | here | function | test |")
    read_cell(id, "function", cell[5])
    read_cell(id, "test", cell[6])
    if (built[id, "function"] != built[id, "test"])
        complain(row[id], "only one of function and test of " id " is built: both say " \
                 "`not built yet` or both name code")
}

# The names in backticks: an identifier must stand in the code as a word, other text as it is.
function read_cell(id, what, cell,    name, found) {
    built[id, what] = cell !~ /^[ `]*not built yet[ `]*$/
    if (!built[id, what])
        return
    while (match(cell, /`[^`]+`/)) {
        name = substr(cell, RSTART + 1, RLENGTH - 2)
        cell = substr(cell, RSTART + RLENGTH)
        sub(/\(\)$/, "", name)
        wanted[++wanted_count] = name
        wanted_what[wanted_count] = what
        wanted_row[wanted_count] = row[id]
        if (name !~ /^[A-Za-z0-9_]+$/)
            phrase[what, name] = name
        found = 1
    }
    if (!found)
        complain(row[id], "the " what " of " id " is no name in backticks: write it as `name`")
}

function read_definition(    id) {
    id = first_id($0)
    if (!(id in defined))
        defined[id] = FILENAME ":" FNR
    defined_count++
}

function read_mentions(text,    id, ids) {
    while (match(text, "(^|[^A-Za-z_])RULE " ID "(, " ID ")*")) {
        ids = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        while ((id = first_id(ids)) != "") {
            ids = substr(ids, RSTART + RLENGTH)
            if (!(id in mention))
                mention[id] = FILENAME ":" FNR
            if (is_code && !(id in code_mention))
                code_mention[id] = FILENAME ":" FNR
        }
    }
    if (text ~ /(^|[^A-Za-z_])RULE *$/)
        complain(FILENAME ":" FNR, "RULE without its id: write both on one line")
}

function read_names(    n, word, key, line) {
    for (n = split($0, word, /[^A-Za-z0-9_]+/); n > 0; n--)
        if (is_test)
            in_test[word[n]] = 1
        else
            in_code[word[n]] = 1
    for (key in phrase)
        if ((key ~ /^test/) == is_test && index($0, phrase[key])) {
            if (is_test)
                in_test[phrase[key]] = 1
            else
                in_code[phrase[key]] = 1
        }
    line = $0
    while (is_test && match(line, ID)) {
        tested[substr(line, RSTART, RLENGTH)] = 1
        line = substr(line, RSTART + RLENGTH)
    }
}

function check_mentions(    id) {
    for (id in mention)
        if (!(id in row))
            complain(mention[id], "RULE " id " is not in docs/rules.md: add its row or mend the id")
    for (id in code_mention)
        if (!(id in tested))
            complain(code_mention[id], "RULE " id " is in no test: write the test that fails " \
                     "without it and name the rule there")
}

function check_rows(    i, missing) {
    for (i = 1; i <= wanted_count; i++) {
        if (wanted_what[i] == "test")
            missing = !(wanted[i] in in_test)
        else
            missing = !(wanted[i] in in_code)
        if (missing)
            complain(wanted_row[i], "the " wanted_what[i] " `" wanted[i] "` does not exist: " \
                     "correct the name, or say `not built yet` for function and test")
    }
}

function check_definitions(    id) {
    for (id in defined)
        if (!(id in row))
            complain(defined[id], "rule " id " has no row in docs/rules.md: add it")
    for (id in row)
        if (!(id in defined) && defined_count)
            complain(row[id], "rule " id " is defined neither in protocol.md nor in market.md" \
                     ": define it there or remove the row")
}
