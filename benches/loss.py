#!/usr/bin/env python3
"""Measures what a change costs: the program before against the program after, in pairs, on both engines.

usage: loss.py BEFORE AFTER [PAIRS]      BEFORE and AFTER are programs; 11 pairs unless said otherwise

Each pair decides the same messages in a new store with both programs, in turns; which comes first changes with every
pair. A region's months, and claims of thousands of lines, on SQLite and on PostgreSQL. Told is the median
of after / before in time, with its 95 % interval (of the order statistics); pairs in which a fdatasync before and after
differs 1.5 times are void. More than 1 is slower.

PostgreSQL: `HAPPYFLOW_TEST_PG` names a server (postgres://user@host:port/postgres); without it SQLite only.
"""
import json, os, pathlib, statistics, subprocess, sys, tempfile, time

DATABASES = iter(range(1_000_000))


def fdatasync_seconds(folder):
    """The median of twenty small durable writes."""
    times = []
    with open(os.path.join(folder, "probe"), "wb") as file:
        for _ in range(20):
            begun = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begun)
    return statistics.median(times)


KINDS = {
    "small messages": ["--clients", "400", "--months", "6", "--gemeenten", "11", "--aanbieders", "40"],
    "large claims": ["--clients", "4000", "--months", "3", "--gemeenten", "1", "--aanbieders", "1"],
}


def traffic(program, folder, size):
    """A region's months, and contracts."""
    subprocess.run([program, "generate", "--out", folder, "--seed", "7", *size], check=True, stdout=subprocess.DEVNULL)


def sql(server, text):
    subprocess.run(["psql", "-q", server, "-c", text], check=True, stdout=subprocess.DEVNULL)


def once(program, given, server):
    """Seconds to decide all that is given, into a new store."""
    with tempfile.TemporaryDirectory(prefix="loss-") as folder:
        arguments, name = ["--data", f"{folder}/data"], None
        if server:
            name = f"loss_{os.getpid()}_{next(DATABASES)}"
            sql(server, f"CREATE DATABASE {name}")
            url = server.rsplit("/", 1)[0] + "/" + name
            pathlib.Path(folder, "c.toml").write_text(f"data = '{folder}/data'\n[database]\nurl = '{url}'\n")
            arguments = ["--config", f"{folder}/c.toml"]
        subprocess.run([program, "migrate", *arguments], check=True, stdout=subprocess.DEVNULL)
        os.sync()
        probe = fdatasync_seconds(folder)
        begun = time.perf_counter()
        done = subprocess.run([program, "process", *arguments, "--today", "2025-12-31", "--contracts",
                               f"{given}/contracts.json", given], stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - begun
        if done.returncode not in (0, 1):
            raise SystemExit(f"{program}: exit {done.returncode}")
        probe = (probe, fdatasync_seconds(folder))
        if name:
            sql(server, f"DROP DATABASE {name} WITH (FORCE)")
        return seconds, probe


def checked(program, given, _):
    """Seconds of levels 1 and 2 on all that is given, and nothing else."""
    begun = time.perf_counter()
    done = subprocess.run([program, "check", given], stdout=subprocess.DEVNULL)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{program}: exit {done.returncode}")
    return time.perf_counter() - begun, (1, 1)


def interval(ratios):
    """95 % of the median, from the order statistics (11 pairs: the 2nd and the 10th)."""
    ratios = sorted(ratios)
    count = len(ratios)
    low = max(0, int((count - 1.96 * count**0.5) / 2))
    return ratios[low], ratios[count - 1 - low]


def measure(name, before, after, given, server, pairs, once=once):
    ratios, void = [], 0
    while len(ratios) < pairs and void <= pairs:
        order = (before, after) if len(ratios) % 2 else (after, before)
        took = {program: once(program, given, server) for program in order}
        probes = [probe for _, pair in took.values() for probe in pair]
        if max(probes) > 1.5 * min(probes):
            void += 1
            continue
        ratios.append(took[after][0] / took[before][0])
    if not ratios:
        print(json.dumps({"what": name, "void": void}))
        return
    low, high = interval(ratios)
    print(json.dumps({"what": name, "pairs": len(ratios), "void": void, "median": round(statistics.median(ratios), 3),
                      "low": round(low, 3), "high": round(high, 3)}), flush=True)


def main():
    before, after = (os.path.abspath(program) for program in sys.argv[1:3])
    pairs = int(sys.argv[3]) if len(sys.argv) > 3 else 11
    server = os.environ.get("HAPPYFLOW_TEST_PG")
    for kind, size in KINDS.items():
        with tempfile.TemporaryDirectory(prefix="loss-") as folder:
            given = f"{folder}/given"
            traffic(before, given, size)
            measure(f"{kind}, levels 1 and 2", before, after, given, None, pairs, checked)
            measure(f"{kind}, SQLite", before, after, given, None, pairs)
            if server:
                measure(f"{kind}, PostgreSQL", before, after, given, server, pairs)


if __name__ == "__main__":
    main()
