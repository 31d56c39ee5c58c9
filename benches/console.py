#!/usr/bin/env python3
"""Measures the console over ten years of a region (`make ten-years`): G11 without messages beside it.

usage: console.py PROGRAM DATA [--config FILE] [--seconds N] [--acts N]

Twenty operators, each with a session of its own, ask one page each per three seconds; which, a fixed seed says. GET only, on
loopback. With --acts one more then acts on that many work items (takes it, writes a note, decides, each a POST and the page that it leads to).
Prints a JSON line per kind of page (median, 95th percentile, longest, in milliseconds, from asking to the last byte), and
the most memory that the service had. DATA is copied first: it stays as it was built.
"""
import argparse, http.client, json, os, random, re, shutil, signal, socket, sqlite3, statistics, subprocess, sys, tempfile, threading, time, urllib.parse

OPERATORS = 20
PAUSE = 3.0


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Service:
    """`serve` over a data folder, with its console."""

    def __init__(self, program, data, config):
        self.port, folder = free_port(), tempfile.mkdtemp(prefix="console-")
        settings = open(config).read() if config else ""
        path = os.path.join(folder, "h.toml")
        with open(path, "w") as file:
            file.write(f'data = "{data}"\n' + settings + f'\n[http]\nlisten = "127.0.0.1:{free_port()}"\n')
            file.write(f'[console]\nlisten = "127.0.0.1:{self.port}"\nlogin = "ontwikkeling"\n')
        self.process = subprocess.Popen([program, "serve", "--config", path], stderr=open(os.path.join(folder, "log"), "w"))
        self.log, deadline = os.path.join(folder, "log"), time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
        sys.exit("serve does not answer:\n" + open(self.log).read()[-2000:])

    def memory_mb(self):
        fields = dict(line.split(":", 1) for line in open(f"/proc/{self.process.pid}/status"))
        return round(int(fields["VmHWM"].split()[0]) / 1024)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


class Operator:
    """A browser with a session."""

    def __init__(self, port, name):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {}
        body = self.ask("/inloggen")[1]
        key = re.search(r'name="sleutel" value="([^"]+)"', body).group(1)
        form = urllib.parse.urlencode({"sleutel": key, "naam": name, "rol": "operator", "partij": ""})
        self.http.request("POST", "/inloggen", form, {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"})
        answer = self.http.getresponse()
        answer.read()
        assert answer.status == 303, answer.status
        self.headers = {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}

    def send(self, path, fields):
        """Sends a form: status, where it leads to, how long until the page of that was there."""
        form = urllib.parse.urlencode(fields)
        headers = {**self.headers, "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        begun = time.perf_counter()
        self.http.request("POST", path, form, headers)
        answer = self.http.getresponse()
        answer.read()
        alone, place = (time.perf_counter() - begun) * 1000, answer.headers["Location"]
        if answer.status == 303:
            self.ask(place)
        return answer.status, alone, (time.perf_counter() - begun) * 1000

    def ask(self, path):
        begun = time.perf_counter()
        self.http.request("GET", path, headers=self.headers)
        answer = self.http.getresponse()
        body = answer.read()
        return answer.status, body.decode(), (time.perf_counter() - begun) * 1000


def questions(data):
    """Pages by kind, over all that the store has."""
    base = sqlite3.connect(f"file:{os.path.join(data, 'happyflow.db')}?mode=ro", uri=True)
    one = lambda sql: base.execute(sql).fetchall()
    top = one("SELECT max(aankomst) FROM inkomend")[0][0]
    parties = one("SELECT DISTINCT gemeente, aanbieder FROM toewijzing LIMIT 2000")
    g, a = sorted({f"{row[0]:04}" for row in parties}), sorted({f"{row[1]:08}" for row in parties})
    months = [f"{year}-{month:02}" for year in range(2021, 2031) for month in range(1, 13)]
    spread = lambda rows: [rows[len(rows) * part // 200] for part in range(200)] if rows else []
    claims = spread(one("SELECT aanbieder, nummer FROM declaratie ORDER BY 1, 2"))
    assigned = spread(one("SELECT gemeente, sleutel % 1000000000 FROM toewijzing ORDER BY 1, 2"))
    rejected = [row[0] for row in one("SELECT DISTINCT retourcode FROM bevinding WHERE retourcode IS NOT NULL")]
    items = [row[0] for row in one("SELECT id FROM werk ORDER BY id DESC LIMIT 500")]
    base.close()
    quote = urllib.parse.quote
    return {
        "overview": lambda r: "/",
        "messages": lambda r: "/berichten?" + urllib.parse.urlencode({"na": r.randrange(top), "gemeente": r.choice(g)}),
        "messages of an aanbieder": lambda r: f"/berichten?aanbieder={r.choice(a)}&maand={r.choice(months)}",
        "message": lambda r: f"/berichten/{r.randrange(1, top + 1)}",
        "rejections": lambda r: f"/afkeur?maand={r.choice(months)}",
        "rejections of a code": lambda r: f"/afkeur/{r.choice(rejected)}?maand={r.choice(months)}",
        "aanbieder": lambda r: f"/aanbieders/{r.choice(a)}",
        "aanbieders": lambda r: f"/aanbieders?maand={r.choice(months)}",
        "gemeente": lambda r: f"/gemeenten/{r.choice(g)}",
        "assignments": lambda r: f"/toewijzingen?gemeente={r.choice(g)}",
        "assignment": lambda r: "/toewijzingen/{:04}/{}".format(*r.choice(assigned)),
        "claims": lambda r: f"/declaraties?aanbieder={r.choice(a)}",
        "claim": lambda r: (lambda row: f"/declaraties/{row[0]:08}/{quote(str(row[1]), safe='')}")(r.choice(claims)),
        "search": lambda r: f"/zoek?q={quote(str(r.choice(claims)[1]))}",
        "work": lambda r: "/werk",
        "work item": lambda r: f"/werk/{r.choice(items)}" if items else "/werk",
        "terms": lambda r: "/termijnen",
        "limits": lambda r: "/limieten",
        "contracts": lambda r: "/contracten",
        "parked": lambda r: "/geparkeerd",
    }


def operate(port, kinds, seconds, took):
    """Twenty of them, spread over the three seconds."""
    names = sorted(kinds)
    until = time.monotonic() + seconds

    def one(number):
        browser, chance = Operator(port, f"operator {number}"), random.Random(number)
        time.sleep(PAUSE * number / OPERATORS)
        while time.monotonic() < until:
            begun, kind = time.monotonic(), names[chance.randrange(len(names))]
            path = kinds[kind](chance)
            status, _, ms = browser.ask(path)
            took.append((kind, status, ms, path))
            time.sleep(max(0.0, PAUSE - (time.monotonic() - begun)))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(OPERATORS)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]


def act(port, count, took):
    """Takes items, writes a note on each and decides on it."""
    browser = Operator(port, "wie besluit")
    rows = browser.ask("/werk.csv?reden=")[1].splitlines()[1:]
    ids = [row.split(";")[0] for row in rows if row.split(";")[0].isdigit()][:count]
    key = lambda page: re.search(r'name="sleutel" value="([^"]+)"', page)
    action = lambda page: re.search(r'class="formulier" action="([^"]+)"', page).group(1).replace("&#38;", "&")
    for item in ids:
        note, decision = browser.ask(f"/werk/{item}/notitie")[1], browser.ask(f"/werk/{item}/goedkeuren")[1]
        steps = [("take", f"/werk/{item}/oppakken", {}), ("note", f"/werk/{item}/notitie", {"sleutel": key(note).group(1), "tekst": "gemeten"})]
        if key(decision):
            steps.append(("decide", action(decision), {"sleutel": key(decision).group(1), "waarom": "gemeten"}))
        for kind, path, fields in steps:
            status, alone, whole = browser.send(path, fields)
            assert status == 303, (path, status)
            took += [(f"POST {kind}", 200, alone, path), (f"POST {kind} and its page", 200, whole, path)]


def tell(took):
    wrong = [(kind, status, path) for kind, status, _, path in took if status not in (200, 404)]
    assert not wrong, wrong[:5]
    for kind in sorted({kind for kind, *_ in took}) + [None]:
        ms = sorted(ms for other, _, ms, _ in took if kind in (None, other))
        told = {"page": kind or "all", "asked": len(ms), "median_ms": round(statistics.median(ms), 1), "p95_ms": round(ms[len(ms) * 95 // 100], 1), "longest_ms": round(ms[-1], 1)}
        print(json.dumps(told), flush=True)


def main():
    asked = argparse.ArgumentParser(usage=__doc__)
    asked.add_argument("program")
    asked.add_argument("data")
    asked.add_argument("--config")
    asked.add_argument("--seconds", type=int, default=120)
    asked.add_argument("--acts", type=int, default=0)
    asked = asked.parse_args()
    program = os.path.abspath(asked.program)
    kinds, took = questions(asked.data), []
    work = asked.data.rstrip("/") + "-console"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(asked.data, work, ignore=shutil.ignore_patterns("out", "in"))
    service = Service(program, work, asked.config)
    operate(service.port, kinds, asked.seconds, took)
    if asked.acts:
        act(service.port, asked.acts, took)
    tell(took)
    print(json.dumps({"memory_mb": service.memory_mb()}), flush=True)
    service.end()
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
