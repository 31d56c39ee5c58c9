#!/usr/bin/env python3
"""Measures what limits cost where they cost most: an import that changes them, and a claim of thousands of lines that waits.

usage: limits.py PROGRAM [ROUNDS] [PART...]      5 rounds unless said otherwise; parts: import claim; both unless named

import: a region in which over 15,000 assignments stand takes other contracts over: other rates, another amount, a limit
that comes, one that goes, and nothing at all, which is what reading the contracts costs by itself. Told is the median in
seconds, and that of making promises anew (less what nothing takes), which is to stay under 2.

claim: months of one aanbieder with 20,000 clients, decided without limits and with them, in turns: limits that signal, limits
that hold with room for all, limits that hold with room for nothing, and nights and fixed prices that are held over
aanbieders (plausibiliteit = hold). Told is the median of each against without limits, with its 95 % interval.

PostgreSQL: `HAPPYFLOW_TEST_PG` names a server (postgres://user@host:port/postgres); without it SQLite only.
`HAPPYFLOW_LIMITS_CLIENTS` makes the region smaller, to try it.
"""
import json, os, pathlib, sqlite3, statistics, subprocess, sys, tempfile, time

from loss import DATABASES, interval, once, sql, traffic

CLIENTS = int(os.environ.get("HAPPYFLOW_LIMITS_CLIENTS", "20000"))
TODAY = "2025-12-31"


def written(path, contracts):
    pathlib.Path(path).write_text(json.dumps(contracts))
    return str(path)


def without_limits(contracts):
    return {key: value for key, value in contracts.items() if key not in ("budgetten", "plafonds")}


def relaties(contracts):
    return sorted({(row["gemeente"], row["aanbieder"]) for row in contracts["contracten"]})


def limited(contracts, act, cents):
    """Every kind of limit: a ceiling per aanbieder, a budget per gemeente, one of its category, and those of clients."""
    changed = without_limits(contracts)
    acts = {"bedrag": cents, "bij_toewijzing": "niets", "bij_betaling": act}
    days = {"van": "2025-01-01", "tot": "2025-12-31", "bsn": None, "aanbieder": None}
    gemeenten = sorted({gemeente for gemeente, _ in relaties(contracts)})
    changed["plafonds"] = [{"gemeente": gemeente, "aanbieder": aanbieder, "jaar": 2025, **acts}
                           for gemeente, aanbieder in relaties(contracts)]
    changed["budgetten"] = [{"gemeente": gemeente, **days, **acts} for gemeente in gemeenten]
    changed["budgetten"] += [{"gemeente": gemeente, **days, **acts, "productcategorie": "45"} for gemeente in gemeenten]
    changed["budgetten"] += [{**row, **acts} for row in contracts.get("budgetten", [])]
    return changed


def held_over_aanbieders(contracts):
    """Nights of a child wherever it sleeps, lines over the same days, and trajectories at a fixed price, all held."""
    changed = {**limited(contracts, "hold", 10**11), "plausibiliteit": "hold"}
    changed["contracten"] = [{**row, "bij_betaling": "hold"} for row in contracts["contracten"]]
    return changed


def region(program, folder, months):
    given = f"{folder}/given"
    traffic(program, given, ["--clients", str(CLIENTS), "--months", months, "--gemeenten", "1", "--aanbieders", "1"])
    return given, json.loads(pathlib.Path(given, "contracts.json").read_text())


def tell(what, values, **more):
    low, high = interval(values)
    print(json.dumps({"what": what, "rounds": len(values), "median": round(statistics.median(values), 3),
                      "low": round(low, 3), "high": round(high, 3), **more}), flush=True)


# Import


class Office:
    """A store in which all assignments of a region stand."""

    def __init__(self, program, folder, given, server):
        self.program, self.folder, self.server, self.name = program, folder, server, None
        self.arguments = ["--data", f"{folder}/data"]
        if server:
            self.name = f"limits_{os.getpid()}_{next(DATABASES)}"
            sql(server, f"CREATE DATABASE {self.name}")
            url = server.rsplit("/", 1)[0] + "/" + self.name
            pathlib.Path(folder, "c.toml").write_text(f"data = '{folder}/data'\n[database]\nurl = '{url}'\n")
            self.arguments = ["--config", f"{folder}/c.toml"]
        self.run("migrate")
        self.run("process", "--today", TODAY, "--contracts", f"{given}/contracts.json", given)
        self.run("work", "due", "--today", TODAY)

    def run(self, command, *more):
        words = [self.program, command, *more]
        done = subprocess.run([*words, *self.arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{words}: exit {done.returncode}: {done.stderr[-800:]}")
        return done.stdout

    def imported(self, contracts):
        """Seconds of an import that replaces what there is."""
        path = written(f"{self.folder}/next.json", contracts)
        begun = time.perf_counter()
        self.run("contract", "import", path, "--volledig", "--by", "limits", "--why", "measured", "--today", TODAY)
        return time.perf_counter() - begun

    def assignments(self):
        if self.name:
            url = self.server.rsplit("/", 1)[0] + "/" + self.name
            done = subprocess.run(["psql", "-qtA", url, "-c", "SELECT count(*) FROM toewijzing"], check=True,
                                  stdout=subprocess.PIPE, text=True)
            return int(done.stdout)
        with sqlite3.connect(f"{self.folder}/data/happyflow.db") as store:
            return store.execute("SELECT count(*) FROM toewijzing").fetchone()[0]

    def close(self):
        if self.name:
            sql(self.server, f"DROP DATABASE {self.name} WITH (FORCE)")


def imports(program, rounds, server):
    engine = "PostgreSQL" if server else "SQLite"
    with tempfile.TemporaryDirectory(prefix="limits-") as folder:
        given, agreed = region(program, folder, "1")
        agreed = limited(agreed, "signal", 10**11)
        written(f"{given}/contracts.json", agreed)
        office = Office(program, folder, given, server)
        took = {}
        for number in range(1, rounds + 1):
            rates = json.loads(json.dumps(agreed))
            for row in rates["contracten"]:
                row["tarief"] = row["tarief"] and row["tarief"] + number
            more = json.loads(json.dumps(rates))
            for row in more["plafonds"]:
                row["bedrag"] += number
            gone = {**more, "plafonds": []}
            for what, contracts in (("other rates", rates), ("nothing", rates), ("another amount", more),
                                    ("limits that go", gone), ("limits that come", more)):
                took.setdefault(what, []).append(office.imported(contracts))
        count = office.assignments()
        for what, values in took.items():
            less = [one - other for one, other in zip(values, took["nothing"])]
            tell(f"import, {what}, {engine}", values, assignments=count, anew=round(statistics.median(less), 3))
        office.close()


# Claims


def claims(program, rounds, server):
    engine = "PostgreSQL" if server else "SQLite"
    with tempfile.TemporaryDirectory(prefix="limits-") as folder:
        given, agreed = region(program, folder, "2")
        kinds = {
            "without limits": without_limits(agreed),
            "limits that signal": limited(agreed, "signal", 10**11),
            "limits that hold, with room": limited(agreed, "hold", 10**11),
            "limits that hold, without room": limited(agreed, "hold", 0),
            "held over aanbieders": held_over_aanbieders(agreed),
        }
        took = {kind: [] for kind in kinds}
        for number in range(rounds):
            order = list(kinds) if number % 2 else list(reversed(kinds))
            for kind in order:
                written(f"{given}/contracts.json", kinds[kind])
                took[kind].append(once(program, given, server)[0])
        for kind, values in took.items():
            tell(f"claim, {kind}, {engine}", [one / other for one, other in zip(values, took["without limits"])],
                 seconds=round(statistics.median(values), 2))


PARTS = {"import": imports, "claim": claims}


def main():
    program = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    server = os.environ.get("HAPPYFLOW_TEST_PG")
    for part in sys.argv[3:] or PARTS:
        PARTS[part](program, rounds, None)
        if server:
            PARTS[part](program, rounds, server)


if __name__ == "__main__":
    main()
