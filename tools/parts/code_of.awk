# SPDX-License-Identifier: Apache-2.0
#
# Prints `path:line:code` for each line of the given C files: comments are gone, strings and
# characters are empty, the indentation is as it was. A literal ends with its line.

FNR == 1 { in_comment = 0 }
{ print FILENAME ":" FNR ":" code_of($0) }

function code_of(line,    code, mark) {
    code = ""
    while (line != "") {
        if (in_comment) {
            line = after_comment(line)
            continue
        }
        if (!match(line, /["']|\/\*|\/\//))
            return code line
        mark = substr(line, RSTART, 2)
        code = code substr(line, 1, RSTART - 1)
        if (mark == "//")
            return code
        in_comment = mark == "/*"
        line = substr(line, RSTART + (in_comment ? 2 : 1))
        if (!in_comment) {
            mark = substr(mark, 1, 1)
            code = code mark mark
            line = after_literal(line, mark)
        }
    }
    return code
}

function after_comment(line,    at) {
    at = index(line, "*/")
    if (!at)
        return ""
    in_comment = 0
    return substr(line, at + 2)
}

function after_literal(line, mark) {
    while (match(line, "[\\\\" mark "]")) {
        if (substr(line, RSTART, 1) == mark)
            return substr(line, RSTART + 1)
        line = substr(line, RSTART + 2)
    }
    return ""
}
