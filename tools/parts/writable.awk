# SPDX-License-Identifier: Apache-2.0
#
# Finds what can be written in the objects of an archive. Input: `nm -f sysv` of the archive, a
# line "=", then `size -A`; -v archive=NAME. Constant tables of pointers (.data.rel.ro) are fine.

$0 == "=" { sizes = 1; next }
!sizes && /^Symbols from / { object = $NF; gsub(/.*\[|\].*/, "", object) }
!sizes && split($0, column, "|") == 7 { note_symbol() }
sizes && /\(ex .*\):$/ { object = $1 }
sizes && NF == 3 && $2 > 0 { check_section($1) }

function note_symbol(    name, section) {
    name = column[1]
    section = column[7]
    gsub(/ /, "", name)
    gsub(/[ \t]/, "", section)
    if (section == "*COM*")
        complain(section, name)
    else if (column[4] ~ /OBJECT|TLS/)
        names[object, section] = names[object, section] " " name
}

function check_section(section) {
    if (section ~ /^\.gnu\.lto_/)
        lto()
    else if (section ~ /^\.(data|bss|tdata|tbss)(\.|$)/ && section !~ /^\.data\.rel\.ro(\.|$)/)
        complain(section, names[object, section])
}

function complain(section, name) {
    sub(/^ /, "", name)
    print archive ":" object ": has memory that can be written, " (name == "" ? "" : name " in ") \
          section ": a pure room keeps nothing between calls; make it const or the caller's"
}

function lto() {
    if (!lto_said++)
        print archive ":" object ": is compiled for link-time optimisation, which hides symbols: " \
              "check the dev preset"
}
