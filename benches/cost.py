#!/usr/bin/env python3
"""Counts what a message costs, exactly: two programs decide the same messages, and nothing of it is a time.

usage: cost.py BEFORE AFTER [CASE...]      BEFORE and AFTER are programs; all cases unless some are named

Told per message, of BEFORE, of AFTER and as a ratio: statements, rows written and bytes of WAL on PostgreSQL;
statements and pages written on SQLite; instructions of our own program on either (counted by valgrind, so large
cases take minutes). A figure that differs from run to run says by how much: every case is counted twice.

PostgreSQL: `HAPPYFLOW_COST_PG` names a server that nobody else uses and that loads pg_stat_statements
(postgres://user@host:port/postgres); without it SQLite only. `HAPPYFLOW_COST_TOP=N` also lists the N statements that
were sent most, of each program. `HAPPYFLOW_COST_INSTRUCTIONS=no` leaves the instructions out.
"""
import json, os, pathlib, re, subprocess, sys, tempfile

SERVER = os.environ.get("HAPPYFLOW_COST_PG")
TOP = int(os.environ.get("HAPPYFLOW_COST_TOP", "0"))
INSTRUCTIONS = os.environ.get("HAPPYFLOW_COST_INSTRUCTIONS", "yes") != "no"

# Traffic of a region, and what its contracts say of limits.
SMALL = ["--clients", "60", "--months", "4", "--gemeenten", "4", "--aanbieders", "12"]
LARGE = ["--clients", "1500", "--months", "2", "--gemeenten", "1", "--aanbieders", "1"]
CASES = {
    "small": (SMALL, None),
    "large": (LARGE, None),
    "small, limits that signal": (SMALL, "signal"),
    "large, limits that signal": (LARGE, "signal"),
}


def generated(program, folder, size, limits):
    """The messages in order, and a contract file: without limits, or with those of the region that only signal."""
    subprocess.run([program, "generate", "--out", folder, "--seed", "7", *size], check=True, stdout=subprocess.DEVNULL)
    path = pathlib.Path(folder, "contracts.json")
    contracts = json.loads(path.read_text())
    for key in ("budgetten", "plafonds"):
        rows = contracts.get(key, [])
        if limits is None:
            contracts.pop(key, None)
        for row in rows:
            row["bij_overschrijding"] = limits
            row.pop("bij_toewijzing", None)
            row.pop("bij_betaling", None)
    path.write_text(json.dumps(contracts))
    return path


def sql(text, database=None):
    url = SERVER.rsplit("/", 1)[0] + "/" + (database or "postgres")
    done = subprocess.run(["psql", "-qtA", url, "-c", text], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def messages(given):
    return sum(1 for path in pathlib.Path(given).rglob("*.xml"))


def process(program, arguments, given, prefix=()):
    command = [*prefix, program, "process", *arguments, "--today", "2025-12-31", "--contracts", f"{given}/contracts.json", given]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{program}: exit {done.returncode}: {done.stderr[-800:]}")
    return done.stderr


def on_postgres(program, given):
    name = f"cost_{os.getpid()}"
    sql(f"CREATE DATABASE {name}")
    with tempfile.TemporaryDirectory(prefix="cost-") as folder:
        pathlib.Path(folder, "c.toml").write_text(
            f"data = '{folder}/data'\n[database]\nurl = '{SERVER.rsplit('/', 1)[0]}/{name}'\n")
        arguments = ["--config", f"{folder}/c.toml"]
        subprocess.run([program, "migrate", *arguments], check=True, stdout=subprocess.DEVNULL)
        sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", name)
        sql("CHECKPOINT")
        sql("SELECT pg_stat_statements_reset()", name)
        begun = sql("SELECT pg_current_wal_insert_lsn()")
        process(program, arguments, given)
        wal = int(sql(f"SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '{begun}')"))
        of_us = f"FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = '{name}'"
        counted = sql(f"SELECT sum(calls), sum(rows) FILTER (WHERE query ~* 'insert|update|delete'), sum(wal_records) {of_us}", name)
        calls, rows, records = (int(float(part or 0)) for part in counted.split("|"))
        if TOP:
            print(sql(f"SELECT calls, rows, wal_bytes, round(total_exec_time) || ' ms', "
                      f"left(regexp_replace(query, '\\s+', ' ', 'g'), 150) {of_us} ORDER BY total_exec_time DESC LIMIT {TOP}", name))
    sql(f"DROP DATABASE {name} WITH (FORCE)")
    return {"pg statements": calls, "pg rows": rows, "pg WAL records": records, "pg WAL bytes": wal}


def on_sqlite(program, given):
    """Statements as the driver logs them; pages as the file and its log grow."""
    with tempfile.TemporaryDirectory(prefix="cost-") as folder:
        arguments = ["--data", f"{folder}/data"]
        os.environ["HAPPYFLOW_LOG"] = "sqlx::query=trace"
        try:
            logged = process(program, arguments, given)
        finally:
            os.environ.pop("HAPPYFLOW_LOG")
        statements = len(re.findall(r" TRACE summary=", logged))
        written = sum(os.path.getsize(path) for path in pathlib.Path(folder, "data").glob("happyflow.db*"))
        return {"sqlite statements": statements, "sqlite bytes": written}


def instructions(program, given):
    with tempfile.TemporaryDirectory(prefix="cost-") as folder:
        out = f"{folder}/counted"
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--error-exitcode=0"]
        process(program, ["--data", f"{folder}/data"], given, tool)
        counted = [int(line.split()[1]) for path in pathlib.Path(folder).glob("counted*")
                   for line in path.read_text().splitlines() if line.startswith(("totals:", "summary:"))]
        return {"instructions": max(counted)}


def counted(program, given):
    found = {}
    if SERVER:
        found |= on_postgres(program, given)
    found |= on_sqlite(program, given)
    if INSTRUCTIONS:
        found |= instructions(program, given)
    return found


def main():
    before, after = (os.path.abspath(program) for program in sys.argv[1:3])
    for case in sys.argv[3:] or CASES:
        size, limits = CASES[case]
        with tempfile.TemporaryDirectory(prefix="cost-") as folder:
            given = f"{folder}/given"
            generated(before, given, size, limits)
            count = messages(given)
            one, other = counted(before, given), counted(after, given)
            again = counted(after, given)
        for name, value in one.items():
            ratio = other[name] / value if value else float("nan")
            print(json.dumps({"case": case, "messages": count, "what": name, "before": round(value / count, 2),
                              "after": round(other[name] / count, 2), "ratio": round(ratio, 4),
                              "again": round(again[name] / other[name], 4) if other[name] else None}), flush=True)


if __name__ == "__main__":
    main()
