# SPDX-License-Identifier: Apache-2.0
#
# The links of check_docs. Input: the list of the repository's files on /dev/stdin, then all *.md
# files twice: once for their headings, once for their links.

FILENAME == "/dev/stdin" { add_file($0); next }
FNR == 1 { pass[FILENAME]++; fence = ""; last = ""; delete used }
fenced($0) { last = ""; next }
pass[FILENAME] == 1 { read_headings(); next }
{ read_links($0) }

function complain(target, what) {
    print FILENAME ":" FNR ": link to " target " " what
}

function add_file(path) {
    exists[path] = 1
    while (sub(/\/[^\/]*$/, "", path))
        exists[path] = 1
    exists["."] = 1
}

function fenced(line,    mark) {
    if (!match(line, /^ *(```+|~~~+)/))
        return fence != ""
    mark = substr(line, 1, RLENGTH)
    gsub(/ /, "", mark)
    if (fence == "")
        fence = mark
    else if (index(mark, fence) == 1)
        fence = ""
    return 1
}

function read_headings(    text) {
    text = $0
    if (sub(/^ ? ? ?#+[ \t]+/, "", text)) {
        sub(/[ \t]+#+[ \t]*$/, "", text)
        add_heading(text)
    } else if ($0 ~ /^(==+|--+) *$/ && last != "")
        add_heading(last)
    last = $0
    while (match(text, /(id|name)="[^"]+"/)) {
        anchor[FILENAME, unquoted(substr(text, RSTART, RLENGTH))] = 1
        text = substr(text, RSTART + RLENGTH)
    }
}

function unquoted(text) {
    sub(/^[^"]*"/, "", text)
    sub(/".*/, "", text)
    return text
}

# As GitHub does it: lower case, only letters, digits, _ and -, a number for what comes again.
function add_heading(text,    slug) {
    while (match(text, /!?\[[^]]*\]\([^)]*\)/))
        text = substr(text, 1, RSTART - 1) link_text(substr(text, RSTART, RLENGTH)) \
               substr(text, RSTART + RLENGTH)
    gsub(/\342[\200-\277][\200-\277]/, "", text) # dashes, quotes, arrows: U+2000 to U+2FFF
    gsub(/\302[\200-\277]/, "", text)            # signs: U+0080 to U+00BF
    gsub(/<[^>]*>/, "", text)
    text = tolower(text)
    gsub(/[^a-z0-9_ \200-\377-]/, "", text)
    gsub(/ /, "-", text)
    slug = text
    if (used[text])
        slug = text "-" used[text]
    used[text]++
    anchor[FILENAME, slug] = 1
}

function link_text(link) {
    sub(/\]\(.*/, "", link)
    sub(/^!?\[/, "", link)
    return link
}

function read_links(line,    target) {
    gsub(/``[^`]*`[^`]*``|`[^`]*`/, "``", line)
    while (match(line, /\]\([^()]*(\([^()]*\)[^()]*)*\)|^ *\[[^]]+\]: *[^ ]+|(src|href)="[^"]*"/)) {
        target = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        if (target ~ /^(src|href)=/)
            target = unquoted(target)
        else if (sub(/^\]\(/, "", target)) {
            sub(/\)$/, "", target)
            sub(/[ \t]+["'(].*$/, "", target)
        } else
            sub(/^ *\[[^]]+\]: */, "", target)
        gsub(/^<|>$/, "", target)
        check_link(target)
    }
}

function check_link(target,    path, wanted, at) {
    if (target ~ /^[A-Za-z][A-Za-z0-9+.-]*:|^\/\//)
        return
    path = target
    gsub(/%20/, " ", path)
    at = index(path, "#")
    wanted = at ? substr(path, at + 1) : ""
    path = resolve(at ? substr(path, 1, at - 1) : path)
    if (path == "..")
        complain(target, "leaves the repository: link to a file in it")
    else if (!(path in exists))
        complain(target, "leads to no file of the repository: correct the path")
    else if (wanted != "" && path ~ /\.md$/ && !((path, wanted) in anchor))
        complain(target, "leads to no heading of " path ": correct the anchor")
}

# The path from the root of what a link in FILENAME says; ".." if it lies outside.
function resolve(path,    part, n, i, depth, stack) {
    sub(/\?.*/, "", path)
    if (path == "")
        return FILENAME
    if (!sub(/^\//, "", path) && index(FILENAME, "/")) {
        n = FILENAME
        sub(/\/[^\/]*$/, "", n)
        path = n "/" path
    }
    n = split(path, part, "/")
    for (i = 1; i <= n; i++) {
        if (part[i] == "..") {
            if (--depth < 0)
                return ".."
        } else if (part[i] != "." && part[i] != "")
            stack[++depth] = part[i]
    }
    path = depth ? stack[1] : "."
    for (i = 2; i <= depth; i++)
        path = path "/" stack[i]
    return path
}
