#!/usr/bin/env python3
"""Measures the goals of docs/performance.md: ours and a peer in turns in one run, medians, ratios.

usage: run.py parse|store|growth|replay|people [ROUNDS]

Needs the peers built under $IJWBENCH (default: ijwbench in the folder for temporary files) and the
release binaries of this project (`cargo build --release --benches`). Prints one JSON line per
measurement and a table at the end; bounded in time, touches loopback only.
"""
import glob, json, os, re, shutil, sqlite3, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BENCH = os.environ.get("IJWBENCH", os.path.join(tempfile.gettempdir(), "ijwbench"))
PEERS = os.environ.get("IJWPEERS", os.path.join(ROOT, "..", "shared", "peers"))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
PYTHON = os.path.join(ROOT, "target", "venv", "bin", "python3")
PRODUCT = os.path.join(TARGET, "release", "happyflow")
figures = {}


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def note(name, value, **more):
    figures.setdefault(name, []).append(value)
    print(json.dumps({"measure": name, "value": round(value, 3), **more}), flush=True)


def json_lines(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def judge_bench():
    found = [path for path in glob.glob(os.path.join(TARGET, "release", "deps", "judge-*")) if not path.endswith(".d")]
    return max(found, key=os.path.getmtime)


def parse():
    """G1, G1m: against a bare scan. G2: against libxml2's schema check. G3: against libxml2 and libxslt."""
    xsd = os.path.join(BENCH, "xsd", "jw323.xsd")
    for turn in range(ROUNDS):
        for size in ("small", "medium", "large"):
            path = os.path.join(BENCH, "data", f"jw323_{size}.xml")
            outputs = [
                run([os.path.join(BENCH, "target", "release", "bounds"), path, "1", "qx_slice"]),
                run([judge_bench(), path, "1"]),
            ]
            if size == "large":
                outputs.append(run([os.path.join(BENCH, "xsdstream"), xsd, path, "1"]))
                outputs.append(run([PYTHON, os.path.join(PEERS, "bench_py.py"), xsd, path, "1"]))
            for line in json_lines("\n".join(outputs)):
                note(f"{line['impl']} {size} MB/s", line["mbps"], turn=turn)
    ratio("G1 large: levels 1+2 / bare scan", "happyflow-level1+2 large MB/s", "rust-qx_slice large MB/s")
    ratio("G1m medium: levels 1+2 / bare scan", "happyflow-level1+2 medium MB/s", "rust-qx_slice medium MB/s")
    ratio("G2 large: levels 1+2 / libxml2 schema check", "happyflow-level1+2 large MB/s", "c-libxml2-xsd-stream large MB/s")
    ratio("G3 large: levels 1+2 / libxml2+libxslt levels 1+2", "happyflow-level1+2 large MB/s", "libxml2+libxslt parse+L1+L2 large MB/s")


def traffic(name, *options):
    """Traffic of the peers' generator, and a contract file with the rates that it claims."""
    out = os.path.join(BENCH, name)
    if not os.path.exists(os.path.join(out, "manifest.jsonl")):
        run([sys.executable, os.path.join(PEERS, "gen_ijw.py"), "jaar", "--credit-rate", "0", "--churn", "0", *options, "--out", out])
        # Its assignments name requests that nobody made; a back office must refuse those (TR379).
        for path in glob.glob(os.path.join(out, "*", "*.xml")):
            text = open(path).read()
            if "jw301:Bericht" in text[:200]:
                open(path, "w").write(re.sub(r"\s*<jw301:ReferentieAanbieder>.*?</jw301:ReferentieAanbieder>", "", text))
    manifest = [json.loads(line) for line in open(os.path.join(out, "manifest.jsonl"))]
    claims = [os.path.join(out, row["file"]) for row in manifest if row["kind"] == "JW323"]
    assigned = [os.path.join(out, row["file"]) for row in manifest if row["kind"] == "JW301"]
    rates = {}
    line = re.compile(r"ProductCategorie>(\w+)<.*?ProductCode>(\w+)<.*?Eenheid>(\w+)<.*?ProductTarief>(\d+)<", re.S)
    seen = set()
    for row in manifest:
        relatie = (row["ontvanger"], row["afzender"])
        if row["kind"] == "JW323" and relatie not in seen:
            seen.add(relatie)
            for found in line.findall(open(os.path.join(out, row["file"])).read()):
                rates[relatie + found[:3]] = int(found[3])
    contracts = os.path.join(out, "contracts.json")
    rows = [dict(gemeente=g, aanbieder=a, productcategorie=c, productcode=p, eenheid=e, tarief=t, geldig_van="2020-01-01", geldig_tot=None)
            for (g, a, c, p, e), t in sorted(rates.items())]
    json.dump({"contracten": rows}, open(contracts, "w"))
    return out, contracts, assigned, claims


def process(data, contracts, files):
    """Seconds, verdicts counted and lines granted of one run over these files."""
    listing = tempfile.mkdtemp(prefix="goals-")
    for number, path in enumerate(files):
        os.symlink(path, os.path.join(listing, f"{number:06}.xml"))
    start = time.perf_counter()
    output = run([PRODUCT, "process", "--json", "--today", "2031-01-01", "--data", data, "--contracts", contracts, listing])
    seconds = time.perf_counter() - start
    shutil.rmtree(listing)
    lines = json_lines(output)
    assert len(lines) == len(files), f"{len(lines)} answers on {len(files)} messages"
    refused = [line for line in lines if line["verdict"] != "accepted"]
    assert not refused, f"{len(refused)} not accepted, first: {refused[0]}"
    return seconds


def fresh(name, base):
    """A copy of a data folder that never was there before. ext4 passes over every inode that was freed
    in the last seconds when it makes a file, so a run right after a removal measures that removal."""
    path = os.path.join(BENCH, "work", f"{name}-{len(os.listdir(os.path.join(BENCH, 'work')))}")
    shutil.copytree(base, path)
    os.sync()
    return path


def fsync_us():
    text = run([sys.executable, os.path.join(PEERS, "fsync_probe.py"), os.path.join(BENCH, "fsync")])
    return float(re.search(r"p50[^0-9]*([0-9.]+)", text).group(1)) if re.search(r"p50[^0-9]*([0-9.]+)", text) else 0.0


def peer_sqlite(batch, field):
    text = run([os.path.join(BENCH, "target", "release", "sqlite"), os.path.join(BENCH, "peer.db"), "4", "FULL", str(batch)])
    return json_lines(text)[0][field]


def prepared(name, *options):
    """A data folder that holds the assignments, and the claims on them."""
    out, contracts, assigned, claims = traffic(name, *options)
    base = os.path.join(BENCH, name + "-data")
    shutil.rmtree(base, ignore_errors=True)
    process(base, contracts, assigned)
    return base, contracts, claims


def store():
    """G5: large claims into SQLite. G6: small ones."""
    large = prepared("large", "--clients", "4000", "--prestaties", "5", "--months", "4", "--aanbieders", "1", "--gemeenten", "0384", "--start", "2026-01")
    small = prepared("small", "--clients", "1", "--prestaties", "5", "--months", "12", "--aanbieders", "400", "--gemeenten", "0384", "--start", "2026-01")
    for turn in range(ROUNDS):
        for name, (base, contracts, claims), unit, batch, field in (
            ("large Prestaties/s", large, 20_000, 20_000, "rows_per_s"),
            ("small messages/s", small, 1, 7, "commits_per_s"),
        ):
            work = fresh("store", base)
            before = fsync_us()
            note(f"happyflow {name}", len(claims) * unit / process(work, contracts, claims), turn=turn, fsync_us=before)
            note(f"sqlite FULL {batch}", peer_sqlite(batch, field), turn=turn, fsync_us=fsync_us())
    ratio("G5 large Prestaties/s / sqlite FULL 20000", "happyflow large Prestaties/s", "sqlite FULL 20000")
    ratio("G6 small messages/s / sqlite FULL 7", "happyflow small messages/s", "sqlite FULL 7")


def growth():
    """G9: cost of a line when 2,000,000 are booked against 20,000."""
    base, contracts, claims = prepared("growth", "--clients", "4000", "--prestaties", "5", "--months", "104", "--aanbieders", "1", "--gemeenten", "0384", "--start", "2021-01")
    work = fresh("growth", base)
    process(work, contracts, claims[:1])
    little = fresh("little", work)
    process(work, contracts, claims[1:100])
    for turn in range(ROUNDS):
        for name, origin, files in (("20,000", little, claims[1:5]), ("2,000,000", work, claims[100:104])):
            part = fresh("part", origin)
            note(f"us per line at {name} booked", process(part, contracts, files) * 1e6 / (len(files) * 20_000), turn=turn)
    ratio("G9 cost per line, 2,000,000 / 20,000 booked", "us per line at 2,000,000 booked", "us per line at 20,000 booked")


def measured(*arguments):
    """Seconds, most memory in use (MiB) and the last JSON line of one run of ours that must find nothing wrong."""
    start = time.perf_counter()
    child = subprocess.Popen([PRODUCT, *arguments], stdout=subprocess.PIPE, text=True)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    lines = json_lines(output)
    assert child.returncode == 0, f"{arguments}: exit {child.returncode}, first: {lines[:1]}"
    return seconds, usage.ru_maxrss / 1024, lines[-1]


def replayed(name, data, turn):
    """Lines decided again per second, start of the program and reading of the store included."""
    seconds, memory, last = measured("replay", "--json", "--data", data)
    summary = last["summary"]
    assert summary["faults"] == 0, summary
    rate = summary["prestaties"] / seconds
    note(f"replay {name} Prestaties/s", rate, turn=turn, seconds=round(seconds, 2), **summary)
    note(f"replay {name} peak MiB", memory, turn=turn)


def replay():
    """G10: a journal decided again in memory, on all cores, against a bare scan of the same bytes on as many.
    And, once, a year of a region and a national month: time and memory."""
    base, contracts, claims = prepared("replay", "--clients", "4000", "--prestaties", "5", "--months", "12", "--aanbieders", "1", "--gemeenten", "0384", "--start", "2026-01")
    process(base, contracts, claims)
    cores = os.cpu_count()
    for turn in range(ROUNDS):
        text = run([os.path.join(BENCH, "target", "release", "bounds"), claims[turn % len(claims)], "1", "qx_slice"])
        per_line = statistics.mean(os.path.getsize(path) for path in claims) / 20_000
        note("bare scan, all cores Prestaties/s", json_lines(text)[0]["mbps"] * 1e6 / per_line * cores, turn=turn)
        replayed("large", base, turn)
    ratio("G10 large: decided again, parse included / bare scan of the same bytes x cores", "replay large Prestaties/s", "bare scan, all cores Prestaties/s")

    region = os.path.join(BENCH, "region-year")
    if not os.path.exists(os.path.join(region, "contracts.json")):
        run([PRODUCT, "generate", "--out", region, "--seed", "1", "--clients", "16100", "--months", "12", "--gemeenten", "11", "--aanbieders", "100", "--start", "2026-01"])
    data = os.path.join(BENCH, "region-year-data")
    shutil.rmtree(data, ignore_errors=True)
    start = time.perf_counter()
    done = subprocess.run([PRODUCT, "process", "--today", "2027-01-31", "--data", data, "--contracts", os.path.join(region, "contracts.json"), region], stdout=subprocess.DEVNULL)
    assert done.returncode in (0, 1), done.returncode  # some of its faults are parked
    note("process a region's year, seconds", time.perf_counter() - start)
    replayed("a region's year", data, 0)
    for option in ("--verify-state", "--verify-chain"):
        seconds, memory, _ = measured("replay", option, "--json", "--data", data)
        note(f"replay {option} a region's year, seconds", seconds, peak_mib=round(memory))

    base, contracts, claims = prepared("national", "--clients", "35", "--prestaties", "10", "--months", "1", "--aanbieders", "2000", "--gemeenten", "0384", "--start", "2026-01")
    note("process a national month, seconds", process(base, contracts, claims))
    replayed("a national month", base, 0)


def numbers(data):
    """Numbers that people know things by, spread over all that a store has; by kind."""
    base = sqlite3.connect(os.path.join(data, "happyflow.db"))
    asked = {
        "declaratie": "SELECT nummer, aanbieder FROM declaratie",
        "prestatie": "SELECT referentie, aanbieder FROM prestatie",
        "toewijzing": "SELECT sleutel % 1000000000, NULL FROM toewijzing",
        "bericht": "SELECT identificatie, NULL FROM uitkomst WHERE identificatie IS NOT NULL",
        "verzonden": "SELECT zendnummer, NULL FROM uitgaand",
        "werkitem": "SELECT id, NULL FROM werk",
    }
    found = {}
    for kind, select in asked.items():
        rows = base.execute(f"SELECT * FROM ({select}) ORDER BY 1, 2").fetchall()
        found[kind] = [rows[len(rows) * part // 25] for part in range(25)] if rows else []
    base.close()
    return found


def timed(*arguments):
    """Milliseconds of a whole command that must find something."""
    start = time.perf_counter()
    done = subprocess.run([PRODUCT, *map(str, arguments)], stdout=subprocess.DEVNULL)
    assert done.returncode == 0, f"{arguments}: exit {done.returncode}"
    return (time.perf_counter() - start) * 1000


def people():
    """What a person waits for, in a quarter of ten years of a region: `status` by every kind of number, start of the
    program included, and an import of rates that reaches back half a year."""
    region = os.path.join(BENCH, "region-quarter")
    if not os.path.exists(os.path.join(region, "contracts.json")):
        run([PRODUCT, "generate", "--out", region, "--seed", "1", "--clients", "16100", "--months", "30", "--gemeenten", "11", "--aanbieders", "100", "--start", "2026-01"])
    data = os.path.join(BENCH, "region-quarter-data")
    if not os.path.exists(data):
        done = subprocess.run([PRODUCT, "process", "--today", "2028-07-31", "--data", data, "--contracts", os.path.join(region, "contracts.json"), region], stdout=subprocess.DEVNULL)
        assert done.returncode in (0, 1), done.returncode
    start = [timed("--version") for _ in range(25)]
    note("start of the program alone, ms", statistics.median(start))
    all_of_them = []
    for kind, rows in numbers(data).items():
        took = []
        for number, aanbieder in rows:
            of = ["--van", f"{aanbieder:08}"] if aanbieder else []
            took.append(timed("status", number, "--soort", kind, "--json", "--data", data, *of))
        if took:
            took.sort()
            all_of_them += took
            note(f"status of a {kind}, ms", statistics.median(took), longest=round(took[-1], 1), asked=len(took))
    all_of_them.sort()
    note("status, 95th percentile, ms", all_of_them[len(all_of_them) * 95 // 100], longest=round(all_of_them[-1], 1))
    work = fresh("reaching-back", data)
    milliseconds = timed("contract", "index", "--percent", "4", "--from", "2028-01-01", "--by", "maat", "--why", "maat", "--data", work, "--today", "2028-07-31")
    note("import of rates that reaches back half a year, seconds", milliseconds / 1000)


def ratio(name, ours, theirs):
    a, b = statistics.median(figures[ours]), statistics.median(figures[theirs])
    print(f"{name}: {a:,.1f} / {b:,.1f} = {a / b:.2f}", flush=True)


def main(measurements):
    shutil.rmtree(os.path.join(BENCH, "work"), ignore_errors=True)
    os.makedirs(os.path.join(BENCH, "work"))
    time.sleep(6)  # what was just removed must not weigh on the first round
    measurements[sys.argv[1]]()
    shutil.rmtree(os.path.join(BENCH, "work"))


if __name__ == "__main__":
    main({"parse": parse, "store": store, "growth": growth, "replay": replay, "people": people})
