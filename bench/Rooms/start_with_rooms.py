"""How long the service takes to shake hands with its server, and how large it is then, without rooms and with many in PostgreSQL.

bench/Rooms/start_with_rooms.py [ROOMS], after dotnet build -c Release services/muc. Debian's PostgreSQL, run as the tests run it.
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOMS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLACE = tempfile.mkdtemp(prefix="annex-start.")
os.chmod(PLACE, 0o711)
SQL_ROOMS = "insert into muc.rooms ({0}) select {1} from muc.rooms r, generate_series(1, {2}) g where r.room = 'first@muc.example.org'"


def serve_postgres():
    process = subprocess.Popen([f"{ROOT}/deploy/servers/serve", "postgres", "new", "create=rooms"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True, env={**os.environ, "SERVERS_OF_ANNEX": PLACE})
    facts = {}
    for line in process.stdout:
        if line.startswith("ready"):
            return process, facts
        key, _, value = line.strip().partition("=")
        facts[key] = value
    raise SystemExit(f"no PostgreSQL: {facts}")


postgres, facts = serve_postgres()
DATABASE = facts["database"] + ";Database=rooms"
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()


def sql(command):
    password = re.search(r"Password=(\w+)", DATABASE).group(1)
    return subprocess.run(["psql", "-qXAt", "-h", "127.0.0.1", "-p", facts["port"], "-U", "annex", "-d", "rooms", "-c", command],
                          env={**os.environ, "PGPASSWORD": password}, check=True, capture_output=True, text=True).stdout


def read_until(connection, end):
    buffer = b""
    while end not in buffer:
        buffer += connection.recv(65536)
    return buffer


def start():
    settings = {"Database": DATABASE, "LocalDomains": "example.org", "Muc__Component__Jid": "muc.example.org",
                "Muc__Component__Secret": "the-secret-of-this-measurement", "Muc__Component__Port": str(server.getsockname()[1]),
                "Muc__Ops__Listen": "127.0.0.1:0", "Muc__Rpc__Listen": "127.0.0.1:0", "Muc__MaxRooms": "0"}
    began = time.monotonic()
    process = subprocess.Popen(["dotnet", f"{ROOT}/services/muc/bin/Release/net10.0/Annex.Muc.dll"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env={**os.environ, **{f"ANNEX_{k}": v for k, v in settings.items()}})
    connection, _ = server.accept()
    read_until(connection, b"<stream:stream")
    connection.sendall(b"<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
                       b"xmlns='jabber:component:accept' id='x1'>")
    read_until(connection, b"</handshake>")
    connection.sendall(b"<handshake/>")
    return process, connection, time.monotonic() - began


def stop(process, connection):
    process.terminate()
    process.wait()
    connection.close()


def measure(what):
    for _ in range(3):
        process, connection, seconds = start()
        time.sleep(4)
        with open(f"/proc/{process.pid}/stat", encoding="ascii") as stat, open(f"/proc/{process.pid}/status", encoding="ascii") as status:
            cpu = sum(map(int, stat.read().split()[13:15])) / os.sysconf("SC_CLK_TCK")
            rss = int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024
        began = time.monotonic()
        connection.sendall(b"<iq type='get' id='d' from='a@example.org/x' to='muc.example.org'>"
                           b"<query xmlns='http://jabber.org/protocol/disco#items'/></iq>")
        read_until(connection, b"</iq>")
        print(f"{what}: handshake after {seconds:.2f} s, {cpu:.2f} s of CPU and {rss:.0f} MiB of RSS 4 s later, "
              f"first page of the list in {(time.monotonic() - began) * 1000:.0f} ms", flush=True)
        stop(process, connection)


def multiply(table, changed):
    columns = sql(f"select column_name from information_schema.columns where table_schema = 'muc' and table_name = '{table}'").split()
    sql(SQL_ROOMS.format(", ".join(columns), ", ".join(changed.get(c, f"r.{c}") for c in columns), ROOMS)
        .replace("muc.rooms", f"muc.{table}"))


try:
    measure("no rooms")
    made, link, _ = start()
    link.sendall(b"<presence from='a@example.org/x' to='first@muc.example.org/a'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
                 b"<iq type='set' id='c' from='a@example.org/x' to='first@muc.example.org'><query xmlns='http://jabber.org/protocol/muc#owner'>"
                 b"<x xmlns='jabber:x:data' type='submit'><field var='muc#roomconfig_persistentroom'><value>1</value></field></x></query></iq>"
                 b"<presence type='unavailable' from='a@example.org/x' to='first@muc.example.org/a'/>")
    while sql("select count(*) from muc.rooms").strip() != "1" or sql("select count(*) from muc.occupants").strip() != "0":
        time.sleep(0.2)
    stop(made, link)
    multiply("rooms", {"room": "'room' || g || '@muc.example.org'", "creator": "'user' || (g / 10) || '@example.org'"})
    multiply("affiliations", {"room": "'room' || g || '@muc.example.org'", "subject": "'user' || (g / 10) || '@example.org'"})
    sql("analyze")
    measure(f"{ROOMS} rooms")
finally:
    postgres.stdin.close()
    postgres.wait()
    shutil.rmtree(PLACE, ignore_errors=True)
