# SPDX-License-Identifier: BSD-3-Clause
# Counts login shells; gawk's own functions.
{ count[$7]++ }
END {
    n = asorti(count, names)
    for (i = 1; i <= n; i++)
        print names[i], count[names[i]]
    print sin(1), strftime("%Y", 0, 1), 2 ^ 53, gensub(/(a)(b)/, "\\2\\1", "g", "abab")
}
