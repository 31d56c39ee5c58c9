#!/usr/bin/env python3
"""Builds ten years of a region once per machine, outside the clone, for benches alone: `make ten-years`.

usage: ten_years.py PROGRAM [--years N] [--postgres URL]

FOLDER is $IJWBENCH/ten-years (default: ijwbench in the folder for temporary files). 2021-01 to 2030-12, month after month, each
judged on its own last day, with the clock that the traffic has: notices are closed and what is payable is paid in every month, as a
region does. What was laid out for receivers goes again (the database has it). A month that was broken off is done again: what
is known is known. Prints a JSON line per year: seconds, messages, bytes.
"""
import argparse, calendar, json, os, shutil, subprocess, sys, tempfile, time

FIRST_YEAR = 2021
# A million messages and three million Prestaties in ten years; 15,000 young people a year.
SIZES = ["--clients", "16100", "--gemeenten", "11", "--aanbieders", "150", "--seed", "1"]


def say(command, codes=(0, 1)):
    """Runs ours; some of the traffic is wrong on purpose, so 1 (something was refused) is right as well."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode not in codes:
        sys.exit(f"{command[1:3]}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def main():
    asked = argparse.ArgumentParser(usage=__doc__)
    asked.add_argument("program")
    asked.add_argument("--years", type=int, default=10)
    asked.add_argument("--postgres")
    asked = asked.parse_args()
    program = os.path.abspath(asked.program)
    bench = os.environ.get("IJWBENCH", os.path.join(tempfile.gettempdir(), "ijwbench"))
    folder = os.path.join(bench, "ten-years")
    os.makedirs(folder, exist_ok=True)
    traffic = os.path.join(folder, f"traffic-{asked.years}")
    if not os.path.exists(os.path.join(traffic, "contracts.json")):
        shutil.rmtree(traffic, ignore_errors=True)
        begun = time.monotonic()
        say([program, "generate", "--out", traffic, "--months", str(12 * asked.years), "--start", f"{FIRST_YEAR}-01", *SIZES])
        print(json.dumps({"traffic": round(time.monotonic() - begun, 1)}), flush=True)
    engine = "postgres" if asked.postgres else "sqlite"
    # In memory where the machine can, and laid on the disk at the end: millions of small files come and go.
    data = os.path.join("/dev/shm" if os.path.isdir("/dev/shm") else folder, f"happyflow-{engine}-{asked.years}")
    config = os.path.join(folder, "postgres.toml" if asked.postgres else "sqlite.toml")
    with open(config, "w") as file:
        file.write('[betaling]\nopdrachtgever = "Voorbeeld"\n[betaling.rekening]\nnaam = "Voorbeeld"\niban = "NL13TEST0123456789"\n')
        file.write(f'[database]\nurl = "{asked.postgres}"\n' if asked.postgres else "")
    play(program, traffic, data, config, asked.years)
    shutil.rmtree(os.path.join(folder, engine), ignore_errors=True)
    shutil.copytree(data, os.path.join(folder, engine))
    shutil.rmtree(data)


def play(program, traffic, data, config, years):
    done = os.path.join(data, "months-done")
    at = int(open(done).read()) if os.path.exists(done) else 0
    months = sorted(name for name in os.listdir(traffic) if os.path.isdir(os.path.join(traffic, name)))
    assert len(months) == 12 * years, f"{len(months)} months"
    common = ["--data", data, "--config", config]
    begun, messages = time.monotonic(), 0
    for number, month in enumerate(months):
        if number < at:
            continue
        year, of_year = FIRST_YEAR + number // 12, number % 12 + 1
        today = ["--today", f"{year}-{of_year:02}-{calendar.monthrange(year, of_year)[1]}"]
        first = ["--contracts", os.path.join(traffic, "contracts.json")] if number == 0 else []
        source = os.path.join(traffic, month)
        say([program, "process", *first, *common, *today, source])
        close_notices(program, common + today)
        say([program, "pay", "--out", os.path.join(data, "bank"), "--date", today[1], *common, *today])
        for spool in ("out", "bank"):
            shutil.rmtree(os.path.join(data, spool), ignore_errors=True)
        messages += sum(len(files) for _, _, files in os.walk(source))
        with open(done, "w") as file:
            file.write(str(number + 1))
        if of_year == 12:
            database = os.path.join(data, "happyflow.db")
            size = os.path.getsize(database) if os.path.exists(database) else None
            told = {"year": year, "seconds": round(time.monotonic() - begun, 1), "messages": messages, "bytes": size}
            print(json.dumps(told), flush=True)


def close_notices(program, common):
    """What is only to be known is read, as an operator does on a Monday."""
    choice = [program, "work", "approve", "--all-matching", "soort=kennisnemen", "--by", "operator", "--why", "gelezen", "--json"]
    token = json.loads(say([*choice, "--check", *common])).get("token")
    if token:
        say([*choice, "--token", token, *common])


if __name__ == "__main__":
    main()
