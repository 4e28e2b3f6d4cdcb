# Reads what was counted, a line for each operation, size and round, and prints the medians.
#
# An operation is within the bound when it reads at most 1.3 times the buffers, or when it reads at
# most one more for each statement and each record that it shows: each is found by a key, and an
# index of a hundred times as many keys is one page higher. Ends with 1 when one is not.

function median(name, size, what,    list, count, i, j, value) {
    count = rounds[name, size]
    for (i = 1; i <= count; i++) {
        value = seen[name, size, what, i]
        for (j = i - 1; j > 0 && list[j] > value; j--) list[j + 1] = list[j]
        list[j + 1] = value
    }
    if (count == 0) return 0
    return (list[int((count + 1) / 2)] + list[int(count / 2) + 1]) / 2
}

function ratio(small, large) { return small > 0 ? sprintf("%.2f", large / small) : "–" }

function verdict(small, large, spare) {
    if (large <= 1.3 * small) return "yes"
    if (large - small <= spare) return "+" sprintf("%.0f", large - small) " of " spare
    above++
    return "**no**"
}

function row(name, called, records,    small, large, cpu_small, cpu_large, statements) {
    small = median(name, "small", "buffers"); large = median(name, "large", "buffers")
    cpu_small = median(name, "small", "server") + median(name, "small", "database")
    cpu_large = median(name, "large", "server") + median(name, "large", "database")
    statements = sprintf("%.0f", median(name, "large", "calls"))
    printf "| %s | %s | %.1f | %.1f | %s | %s | %.2f + %.2f | %.2f + %.2f | %s |\n", called,
        statements, small, large, ratio(small, large),
        verdict(small, large, statements + records),
        median(name, "small", "server"), median(name, "small", "database"),
        median(name, "large", "server"), median(name, "large", "database"),
        ratio(cpu_small, cpu_large)
}

{
    n = ++rounds[$1, $2]
    seen[$1, $2, "buffers", n] = $5 / $4
    seen[$1, $2, "calls", n] = $6 / $4
    seen[$1, $2, "server", n] = $7 / 1000000 / $4
    seen[$1, $2, "database", n] = $8 / 1000000 / $4
}

END {
    print "| operation | statements | buffers, small | large | ratio | within |" \
        " CPU ms, small: server + database | large | ratio |"
    print "| --- | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: |"
    count = split(ENVIRON["ASKED"], lines, "\n")
    for (i = 1; i <= count; i++) {
        split(lines[i], part, "|")
        if (rounds[part[1], "large"] > 0) row(part[1], part[2], part[5])
    }
    printf "\nBy itself, per second: %.1f buffers, small; %.1f, large.\n",
        median("idle", "small", "buffers"), median("idle", "large", "buffers")
    exit above > 0 ? 1 : 0
}
