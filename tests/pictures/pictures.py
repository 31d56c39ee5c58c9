"""Pictures of every page of the console at three widths, dark, with forced colours and on paper, in a real browser, with the
role that sees most; and those of docs/console.md.

    pictures.py PROGRAM OUT [DOCS]

Plays a small region with `demo --serve`, drives Debian's Chromium by its own driver (WebDriver, standard library only), and
walks from the first page along its doors: one picture of each kind of page in each way. With DOCS it answers the two
questions of docs/console.md and puts the pages on the way there. Fails when a page is wider than the window (at 320 points,
which is 1280 at 400 %), or when the browser reports an error.
"""

import base64
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

WIDTHS = (320, 800, 1400)
# Name, medium and what somebody prefers; on paper a page is as wide as A4 on its side.
OTHERWISE = (
    ("donker", "screen", {"prefers-color-scheme": "dark"}, 1400),
    ("contrast", "screen", {"forced-colors": "active"}, 1400),
    ("papier", "print", {}, 1020),
)
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]
PLAY = ["--clients", "60", "--months", "3", "--gemeenten", "3", "--aanbieders", "6", "--faults", "0.2"]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Driver:
    def __init__(self, port, folder):
        self.base = f"http://127.0.0.1:{port}"
        options = {"args": FLAGS + [f"--user-data-dir={folder}"], "binary": "/usr/bin/chromium"}
        wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options,
                                                   "goog:loggingPrefs": {"browser": "ALL"}}}}
        deadline = time.monotonic() + 30
        while True:
            try:
                self.session = self.call("POST", "/session", wanted)["sessionId"]
                return
            except (ConnectionError, urllib.error.URLError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def call(self, method, path, body=None):
        data = json.dumps(body if body is not None else {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def at(self, method, path, body=None):
        return self.call(method, f"/session/{self.session}{path}", body)

    def go(self, url):
        self.at("POST", "/url", {"url": url})

    def script(self, text):
        return self.at("POST", "/execute/sync", {"script": text, "args": []})

    def find(self, css):
        return next(iter(self.at("POST", "/element", {"using": "css selector", "value": css}).values()))

    def type(self, css, text):
        self.at("POST", f"/element/{self.find(css)}/value", {"text": text})

    def click(self, css):
        self.at("POST", f"/element/{self.find(css)}/click")

    def size(self, width, height):
        self.at("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}})

    def media(self, medium, preferences):
        features = [{"name": name, "value": value} for name, value in preferences.items()]
        self.at("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia",
                                              "params": {"media": medium, "features": features}})

    def part(self, css, path, width):
        """A picture of one part of a page."""
        self.size(width, 900)
        self.script(f"document.querySelector({css!r}).scrollIntoView()")
        path.write_bytes(base64.b64decode(self.at("GET", f"/element/{self.find(css)}/screenshot")))

    def top(self, path, width, height):
        """A picture of the top of a page."""
        self.size(width, height)
        self.script("scrollTo(0, 0)")
        path.write_bytes(base64.b64decode(self.at("GET", "/screenshot")))

    def picture(self, path, width):
        self.size(width, 900)
        tall = self.script("return document.documentElement.scrollHeight")
        wide = self.script("return document.documentElement.scrollWidth")
        self.size(width, max(900, min(tall, 3000)))
        path.write_bytes(base64.b64decode(self.at("GET", "/screenshot")))
        return wide


def kind(path):
    return re.sub(r"/[^/]*\d[^/]*", "/N", path.split("?")[0].split("#")[0])


def main():
    program, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    docs = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        port, started = free_port(), []
        try:
            demo = subprocess.Popen([program, "demo", "--dir", "spel", *PLAY, "--serve", "--port", str(port)], cwd=folder,
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            started.append(demo)
            for line in demo.stdout:
                if "http://" in line:
                    break
            driver_port = free_port()
            started.append(subprocess.Popen(["chromedriver", f"--port={driver_port}"], stdout=subprocess.DEVNULL))
            driver, base = Driver(driver_port, f"{folder}/profiel"), f"http://127.0.0.1:{port}"
            faults = take(driver, base, out)
            if docs is not None:
                docs.mkdir(parents=True, exist_ok=True)
                questions(driver, base, docs)
                acting(driver, base, docs)
                others(driver, base, docs)
            return faults
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait()


def take(driver, base, out):
    faults = []

    def shoot(name):
        for width in WIDTHS:
            wide = driver.picture(out / f"{name}-{width}.png", width)
            if wide > width:
                faults.append(f"{name}: {wide} wide in a window of {width}")
        for way, medium, preferences, width in OTHERWISE:
            driver.media(medium, preferences)
            driver.picture(out / f"{name}-{way}.png", width)
        driver.media("", {})
        for entry in driver.at("POST", "/se/log", {"type": "browser"}):
            # A page that is not there is shown as well.
            if entry["level"] == "SEVERE" and "404 (Not Found)" not in entry["message"]:
                faults.append(f"{name}: {entry['message']}")

    driver.go(f"{base}/inloggen")
    shoot("inloggen")
    driver.type("[name=naam]", "A. de Vries")
    driver.click("option[value=auditor]")
    driver.click("main button")
    waiting, seen = ["/", "/zoek", "/zoek/bsn", "/help", "/uitloggen", "/toegang", "/keten", "/berichten/999999"], set()
    while waiting:
        path = waiting.pop(0)
        if kind(path) in seen or re.search(r"\.(csv|xlsx)", path):
            continue
        seen.add(kind(path))
        driver.go(base + path)
        doors = driver.script("return [...document.querySelectorAll('a[href^=\"/\"]')].map(a => a.getAttribute('href'))")
        waiting.extend(door for door in doors if kind(door) not in seen)
        if path == "/berichten/999999":
            seen.discard(kind(path))
        shoot(kind(path).strip("/").replace("/", "-") or "overzicht")
    print(f"{len(list(out.glob('*.png')))} pictures of {len(seen)} kinds of pages in {out}")
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


def log_in(driver, base, role):
    driver.at("DELETE", "/cookie")
    driver.go(f"{base}/inloggen")
    driver.type("[name=naam]", "A. de Vries")
    driver.click(f"option[value={role}]")
    driver.click("main button")


def others(driver, base, docs):
    """The last page of every other job, in the role that has it."""
    wide = 1000
    log_in(driver, base, "operator")
    driver.go(f"{base}/rapporten/budget")
    driver.top(docs / "budget.png", wide, 560)
    driver.go(f"{base}/geparkeerd")
    driver.click("main tbody a[href^='/geparkeerd/']")
    driver.top(docs / "geparkeerd.png", wide, 600)
    driver.go(f"{base}/zoek/bsn")
    driver.top(docs / "zoeken-op-bsn.png", wide, 480)
    log_in(driver, base, "penningmeester")
    driver.go(f"{base}/betalingen/voorstel")
    driver.top(docs / "betaalvoorstel.png", wide, 700)
    log_in(driver, base, "auditor")
    driver.go(f"{base}/toegang")
    driver.top(docs / "toegang.png", wide, 560)


def acting(driver, base, docs):
    """What an operator sees before something is confirmed."""
    wide = 800
    log_in(driver, base, "operator")
    driver.go(f"{base}/werk")
    items = driver.script("return [...document.querySelectorAll('#werk tbody a[href^=\"/werk/\"]')].map(a => a.getAttribute('href'))")
    for item in items:
        driver.go(f"{base}{item}/goedkeuren")
        if driver.script("return document.body.innerText.includes('Een JW301 gaat naar')"):
            driver.part("main", docs / "besluit.png", wide)
            break
    driver.go(f"{base}/werk/bulk?besluit=gezien&keuze=soort=kennisnemen")
    driver.part("main", docs / "in-een-keer.png", wide)
    for item in items:
        driver.go(f"{base}{item}/stil")
        if driver.script("return !!document.querySelector('[name=tot]')"):
            driver.part("main", docs / "stil.png", wide)
            break
    for item in items:
        driver.go(f"{base}{item}/client?naar=goedkeuren")
        if driver.script("return !!document.querySelector('[name=naamgebruik]')"):
            driver.part("main", docs / "clientgegevens.png", wide)
            break


def questions(driver, base, docs):
    """Why was this rejected, and was it paid: the pages on the way."""
    wide = 1100
    driver.go(base + "/")
    driver.part("#aanbieders", docs / "overzicht.png", wide)
    driver.click("#aanbieders tbody a")
    driver.part("#herstel", docs / "aanbieder.png", wide)
    driver.click("#herstel tbody a")
    driver.click("dl a[href^='/berichten?']")
    driver.click("#berichten tbody a")
    driver.top(docs / "bevindingen.png", wide, 690)
    driver.go(base + "/declaraties?maand=2025-01")
    driver.click("#declaraties tbody a")
    driver.top(docs / "declaratie.png", wide, 460)


if __name__ == "__main__":
    sys.exit(main())
