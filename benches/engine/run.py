#!/usr/bin/env python3
"""Measures the engine on PostgreSQL and RabbitMQ: ours and a peer in turns in one run, medians, ratios.

usage: run.py postgres|workers|broker|hour [ROUNDS or SECONDS]

postgres  G4 large, G6 small, G8 the same on a slow disk; SQLite's G6 and G8 as well
workers   G4b, and two workers that are held to one thread each
broker    G7, and the time to an answer at half of what was reached
hour      memory of a worker under an hour's load; the samples are printed

Needs what benches/goals/run.py needs, and its own part (`cargo build --release --benches`). Starts a
PostgreSQL and a RabbitMQ of its own on loopback with the peers' scripts and ends them; bounded in time.
"""
import glob, json, os, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time, urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "goals"))
import run as goals
from run import BENCH, PEERS, PRODUCT, ROUNDS, TARGET, figures, json_lines, note, process, ratio, run

PORT = os.environ.get("PGPORT", "54329")
AMQP_PORT = os.environ.get("MQ_PORT", "46721")
CLUSTER = os.path.join(BENCH, "pg")
PEER = f"host=127.0.0.1 port={PORT} user=postgres dbname=postgres"
BROKER_URL = f"amqp://guest:guest@127.0.0.1:{AMQP_PORT}/%2f"
names = iter(range(1_000_000))


def postgres(action=None, slow=False):
    """Starts or stops the cluster; slow: every fdatasync takes 4 ms."""
    environment = dict(os.environ)
    if slow:
        environment["LD_PRELOAD"] = slow_disk()
    command = ["bash", os.path.join(PEERS, "pg_up.sh"), CLUSTER, PORT] + ([action] if action else [])
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def slow_disk():
    library = os.path.join(BENCH, "slow_disk.so")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "slow_disk.c")
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    os.chmod(library, 0o755)
    return library


def broker(action):
    subprocess.run(["bash", os.path.join(PEERS, "mq_up.sh"), action], check=True, stdout=subprocess.DEVNULL)


def sql(text):
    run(["psql", "-qtA", "-h", "127.0.0.1", "-p", PORT, "-U", "postgres", "-c", text, "postgres"])


def settle():
    """What was written before is on disk, also what the system keeps to itself, and is not measured."""
    sql("CHECKPOINT")
    os.sync()


class Installation:
    """A database with its settings. What leaves stands in the outbox, for the broker of whoever serves."""

    def __init__(self, template=None):
        self.name = f"bench_{os.getpid()}_{next(names)}"
        sql(f"CREATE DATABASE {self.name}" + (f" TEMPLATE {template.name}" if template else ""))
        self.folder = tempfile.mkdtemp(prefix="engine-", dir=os.path.join(BENCH, "work"))
        self.config = self.write("")
        if not template:
            run([PRODUCT, "migrate", "--config", self.config])

    def write(self, more, name="happyflow"):
        path = os.path.join(self.folder, name + ".toml")
        more = more or f"[broker]\nurl = 'amqp://guest@127.0.0.1:{AMQP_PORT}/%2f'\n"
        text = f"data = '{self.folder}/data'\n[database]\nurl = 'postgres://postgres@127.0.0.1:{PORT}/{self.name}'\n"
        with open(path, "w") as file:
            file.write(text + more)
        return path

    def drop(self):
        sql(f"DROP DATABASE {self.name} WITH (FORCE)")

    def listed(self, files):
        """A folder with these files in this order; making it is not measured."""
        listing = tempfile.mkdtemp(prefix="files-", dir=self.folder)
        for number, path in enumerate(files):
            os.symlink(path, os.path.join(listing, f"{number:06}.xml"))
        return listing, len(files)

    def start(self, listed, contracts=None, prefix=()):
        listing, count = listed
        options = ["--contracts", contracts] if contracts else []
        command = [*prefix, PRODUCT, "process", "--json", "--today", "2031-01-01", "--config", self.config, *options, listing]
        output = tempfile.TemporaryFile("w+", dir=self.folder)
        return subprocess.Popen(command, stdout=output), output, count

    def process(self, files, contracts=None):
        """Seconds for these files; all must be accepted."""
        listed = self.listed(files)
        begun = time.perf_counter()
        check(self.start(listed, contracts))
        return time.perf_counter() - begun


def check(started):
    """Waits for a run; CPU seconds that it used."""
    child, output, count = started
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, f"exit {child.returncode}"
    output.seek(0)
    lines = json_lines(output.read())
    assert len(lines) == count, f"{len(lines)} answers on {count} messages"
    refused = [line for line in lines if line["verdict"] != "accepted"]
    assert not refused, f"{len(refused)} not accepted, first: {refused[0]}"
    return usage.ru_utime + usage.ru_stime


def several(name, gemeenten, *options):
    """Traffic of several gemeenten, each with aanbieders of its own: month after month that of all."""
    parts = [
        goals.traffic(f"{name}-{gemeente}", *options, "--gemeenten", gemeente, "--agb", str(65_650_000 + 1_000 * place))
        for place, gemeente in enumerate(gemeenten)
    ]
    rows = [row for part in parts for row in json.load(open(part[1]))["contracten"]]
    contracts = os.path.join(BENCH, name + ".json")
    json.dump({"contracten": rows}, open(contracts, "w"))
    assigned = [path for part in parts for path in part[2]]
    return contracts, assigned, [path for claims in zip(*(part[3] for part in parts)) for path in claims]


def installed(name, gemeenten, *options):
    """A database that holds the assignments, and the claims on them."""
    contracts, assigned, claims = several(name, gemeenten, *options)
    template = Installation()
    template.process(assigned, contracts)
    settle()
    return template, claims


# Claims of 20,000 lines, of 5 and of 5,000: several aanbieders at several gemeenten, as in every month of a region.
FOUR = ("0148", "0160", "0193", "0384")
LARGE = (FOUR, "--clients", "4000", "--prestaties", "5", "--months", "4", "--aanbieders", "1", "--start", "2026-01")
SMALL = (FOUR, "--clients", "1", "--prestaties", "5", "--months", "24", "--aanbieders", "100", "--start", "2025-01")
BROKER = (FOUR, "--clients", "1", "--prestaties", "5", "--months", "70", "--aanbieders", "18", "--start", "2021-01")
SIDE_BY_SIDE = (FOUR, "--clients", "1000", "--prestaties", "5", "--months", "8", "--aanbieders", "2", "--start", "2026-01")


def peer(threads, mode, field, seconds=4):
    return json_lines(run([os.path.join(BENCH, "target", "release", "pg"), PEER, str(seconds), str(threads), mode]))[0][field]


def on_sqlite(name, gemeenten, *options):
    """A data folder that holds the assignments, its contracts, and the claims on them."""
    contracts, assigned, claims = several(name, gemeenten, *options)
    base = os.path.join(BENCH, name + "-data")
    shutil.rmtree(base, ignore_errors=True)
    process(base, contracts, assigned)
    return base, contracts, claims


def measure_postgres():
    postgres()
    large, small = installed("large", *LARGE), installed("small", *SMALL)
    small_sqlite = on_sqlite("small", *SMALL)
    for turn in range(ROUNDS):
        for name, (template, claims), unit, threads, mode, field in (
            ("large Prestaties/s", large, 20_000, 1, "unnest-5000", "rows_per_s"),
            ("small messages/s", small, 1, 8, "unnest-7", "commits_per_s"),
        ):
            fsync = goals.fsync_us()
            work = Installation(template)
            settle()
            note(f"postgres {name}", len(claims) * unit / work.process(claims), turn=turn, fsync_us=fsync)
            work.drop()
            note(f"pg {mode} x{threads}", peer(threads, mode, field), turn=turn, fsync_us=goals.fsync_us())
        base, contracts, claims = small_sqlite
        for slow in (False, True):
            work = goals.fresh("slow", base)
            if slow:
                os.environ["LD_PRELOAD"] = slow_disk()
            seconds = process(work, contracts, claims)
            os.environ.pop("LD_PRELOAD", None)
            note("sqlite small messages/s" + (", slow disk" if slow else ""), len(claims) / seconds, turn=turn)
        note("sqlite FULL 7", goals.peer_sqlite(7, "commits_per_s"), turn=turn)
        postgres("stop")
        postgres(slow=True)
        template, claims = small
        work = Installation(template)
        note("postgres small messages/s, slow disk", len(claims) / work.process(claims), turn=turn)
        work.drop()
        postgres("stop")
        postgres()
    postgres("stop")
    ratio("G4 large Prestaties/s / pg unnest-5000, 1 thread", "postgres large Prestaties/s", "pg unnest-5000 x1")
    ratio("G6 small messages/s / pg unnest-7, 8 threads", "postgres small messages/s", "pg unnest-7 x8")
    ratio("G8 small messages/s on a slow disk / on this one", "postgres small messages/s, slow disk", "postgres small messages/s")
    ratio("G6 on SQLite / sqlite FULL 7", "sqlite small messages/s", "sqlite FULL 7")
    ratio("G8 on SQLite", "sqlite small messages/s, slow disk", "sqlite small messages/s")


def busy_seconds():
    """Seconds that all processors together were busy since the machine started."""
    fields = [int(field) for field in open("/proc/stat").readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def side_by_side(template, parts, prefix):
    """Seconds and processor seconds of the machine for as many workers as there are parts."""
    work = Installation(template)
    settle()
    parts = [work.listed(part) for part in parts]
    busy, begun = busy_seconds(), time.perf_counter()
    workers = [work.start(part, prefix=prefix(number)) for number, part in enumerate(parts)]
    for worker in workers:
        check(worker)
    seconds, busy = time.perf_counter() - begun, busy_seconds() - busy
    work.drop()
    return seconds, busy


def measure_workers():
    postgres()
    template, claims = installed("side", *SIDE_BY_SIDE)
    count = len(claims) * 5_000
    aanbieder = lambda path: re.search(r"Afzender>(\d+)<", open(path).read(4000)).group(1)
    codes = sorted({aanbieder(path) for path in claims})
    halves = [[path for path in claims if codes.index(aanbieder(path)) % 2 == half] for half in (0, 1)]
    for turn in range(ROUNDS):
        for name, prefix in (
            ("", lambda number: ()),
            # A process that may use one processor makes one thread of every kind.
            (", one thread each", lambda number: ("taskset", "-c", str(number))),
        ):
            for workers, parts in (("one worker", [claims]), ("two workers", halves)):
                seconds, busy = side_by_side(template, parts, prefix)
                note(f"{workers}{name} Prestaties/s", count / seconds, turn=turn)
                note(f"{workers}{name} us of processor per Prestatie", busy * 1e6 / count, turn=turn)
    postgres("stop")
    ratio("G4b two workers / one", "two workers Prestaties/s", "one worker Prestaties/s")
    ratio("G4b processor per Prestatie, two workers / one", "two workers us of processor per Prestatie", "one worker us of processor per Prestatie")
    ratio("two workers / one, one thread each", "two workers, one thread each Prestaties/s", "one worker, one thread each Prestaties/s")


def engine_bench():
    found = [path for path in glob.glob(os.path.join(TARGET, "release", "deps", "engine-*")) if not path.endswith(".d")]
    return max(found, key=os.path.getmtime)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Service:
    """A running `serve` on the broker."""

    def __init__(self, installation, prefix, receivers, number=0):
        self.port = free_port()
        codes = ", ".join(f"'{code}'" for code in receivers)
        more = (
            f"[broker]\nurl = 'amqp://guest@127.0.0.1:{AMQP_PORT}/%2f'\nprefix = '{prefix}'\ntrusted_hubs = ['guest']\nreceivers = [{codes}]\n"
            f"[http]\nlisten = '127.0.0.1:{self.port}'\n[telemetry]\nlog_format = 'text'\n"
        )
        config = installation.write(more, f"serve-{number}")
        self.log = open(os.path.join(installation.folder, f"serve-{number}.log"), "w")
        environment = {**os.environ, "HAPPYFLOW_BROKER_PASSWORD": "guest"}
        self.child = subprocess.Popen([PRODUCT, "serve", "--config", config], stdout=self.log, stderr=self.log, env=environment)
        deadline = time.time() + 60
        while not self.page("/health/ready"):
            assert time.time() < deadline and self.child.poll() is None, open(self.log.name).read()[-2000:]
            time.sleep(0.1)

    def page(self, path):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5).read().decode()
        except OSError:
            return None

    def rss_mib(self):
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{self.child.pid}/status").read()).group(1)) / 1024

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        assert self.child.wait(60) == 0


def through(template, listing, receivers, rate):
    """One run of messages through the broker and back."""
    work, prefix = Installation(template), f"bench{next(names)}"
    service = Service(work, prefix, receivers)
    found = json_lines(run([engine_bench(), "files", BROKER_URL, prefix, listing, str(rate)]))[0]
    service.stop()
    work.drop()
    return found


def measure_broker():
    postgres()
    broker("up")
    template, claims = installed("broker", *BROKER)
    listing = tempfile.mkdtemp(prefix="files-", dir=os.path.join(BENCH, "work"))
    for number, path in enumerate(claims):
        os.symlink(path, os.path.join(listing, f"{number:06}.xml"))
    aanbieder = lambda path: re.search(r"Afzender>(\d+)<", open(path).read(4000)).group(1)
    receivers = sorted({aanbieder(path) for path in claims})
    for turn in range(ROUNDS):
        found = through(template, listing, receivers, 0)
        note("small messages/s through RabbitMQ", found["messages_per_s"], turn=turn, **found)
        text = run([os.path.join(BENCH, "target", "release", "mq"), BROKER_URL, "quorum", "4096", "20000", "both-100"])
        note("mq quorum both-100", json_lines(text)[0]["end_to_end_per_s"], turn=turn)
    ratio("G7 through RabbitMQ and back / the peer's quorum queue", "small messages/s through RabbitMQ", "mq quorum both-100")
    half = statistics.median(figures["small messages/s through RabbitMQ"]) / 2
    for turn in range(ROUNDS):
        found = through(template, listing, receivers, half)
        note("ms to 99 of 100 answers at half load", found["p99_ms"], turn=turn, **found)
    print(f"p99 at {half:,.0f} messages/s: {statistics.median(figures['ms to 99 of 100 answers at half load']):.0f} ms", flush=True)
    broker("stop")
    postgres("stop")


def measure_hour():
    """A steady load for so many seconds, and the memory of the worker every ten of them."""
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 3600
    rate, aanbieders = 50, 50
    postgres()
    broker("up")
    region = os.path.join(BENCH, "work", "region")
    run([engine_bench(), "region", region, str(aanbieders)])
    work = Installation()
    work.process(sorted(glob.glob(os.path.join(region, "in", "*.xml"))), os.path.join(region, "contracts.json"))
    service = Service(work, "hour", [str(12_340_000 + number) for number in range(aanbieders)])
    load = subprocess.Popen([engine_bench(), "steady", BROKER_URL, "hour", str(rate), str(seconds), str(aanbieders)], stdout=subprocess.PIPE, text=True)
    begun, samples = time.time(), []
    while load.poll() is None:
        samples.append(service.rss_mib())
        note("memory of a worker, MiB", samples[-1], second=round(time.time() - begun))
        time.sleep(10)
    found = json_lines(load.stdout.read())[0]
    assert load.returncode == 0
    note("messages/s over the whole time", found["messages_per_s"], **found)
    service.stop()
    broker("stop")
    postgres("stop")
    tenth = max(1, len(samples) // 10)
    first, last = statistics.median(samples[tenth:2 * tenth] or samples), statistics.median(samples[-tenth:])
    print(f"memory after a tenth of the time: {first:.0f} MiB, at its end: {last:.0f} MiB, most: {max(samples):.0f} MiB", flush=True)


if __name__ == "__main__":
    goals.main({"postgres": measure_postgres, "workers": measure_workers, "broker": measure_broker, "hour": measure_hour})
