"""The built program, a Radicale and an ICS server on loopback, and a line between them that can be cut."""
import base64
import contextlib
import http.client
import http.server
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BIN = os.path.abspath(os.environ.get("ONWARD_BIN", os.path.join(ROOT, "build", "onward")))
WAIT_S = 20


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what, ready, seconds=WAIT_S):
    """The first true answer, or the suite ends."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := ready():
            return found
        time.sleep(0.05)
    raise SystemExit(f"waited {seconds} s in vain: {what}")


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class House:
    """A serving Onward; what it logs is kept."""

    def __init__(self, *arguments):
        self.data = tempfile.mkdtemp(prefix="onward-calendars-")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.arguments = arguments
        self.log = open(os.path.join(self.data, "log"), "ab")
        self.start()
        done = subprocess.run([BIN, "key", "create", "--data", self.data, "--role", "owner"], capture_output=True,
                              text=True, timeout=60, check=True)
        self.key = done.stdout.strip()

    def start(self):
        self.child = subprocess.Popen(
            [BIN, "serve", "--data", self.data, *self.arguments, "--listen", f"127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.child.stdout.readline()
        assert "Onward is ready" in line, line

    def kill(self):
        self.child.kill()
        self.child.wait(timeout=60)

    def stop(self):
        self.child.terminate()
        self.child.wait(timeout=60)
        self.log.close()
        shutil.rmtree(self.data, ignore_errors=True)

    def everything_kept(self):
        """All bytes on disk: the database with its journal, and the log."""
        out = b""
        for name in os.listdir(self.data):
            if name != "secret.key":
                with open(os.path.join(self.data, name), "rb") as f:
                    out += f.read()
        return out

    def get(self, path, headers=None):
        request = urllib.request.Request(self.url + path, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def api(self, method, path, body=None, key=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=data, method=method, headers={
            "Authorization": f"Bearer {key or self.key}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def must(self, method, path, body=None, key=None):
        status, answer = self.api(method, path, body, key)
        assert status in (200, 201), (method, path, status, answer)
        return answer

    def settled(self, calendar):
        """The calendar after the attempt that was asked for."""
        def look():
            c = self.must("GET", f"/calendars/{calendar}")
            return c["next_at"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) and c
        return until("the calendar is read", look)

    def refreshed(self, calendar):
        self.must("POST", f"/calendars/{calendar}/refresh")
        return self.settled(calendar)


class Radicale:
    USERS = {"ann": "ann's secret: pw", "bob": "bob-pw"}

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="onward-radicale-")
        self.port = free_port()
        users = os.path.join(self.folder, "users")
        with open(users, "w") as f:
            f.writelines(f"{user}:{password}\n" for user, password in self.USERS.items())
        config = os.path.join(self.folder, "config")
        with open(config, "w") as f:
            f.write(f"[server]\nhosts = 127.0.0.1:{self.port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {users}\n"
                    f"htpasswd_encryption = plain\ndelay = 0\n[rights]\ntype = owner_only\n"
                    f"[storage]\nfilesystem_folder = {self.folder}/collections\n")
        self.child = subprocess.Popen(["/usr/bin/python3", "-m", "radicale", "--config", config],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("Radicale listens", lambda: answers(self.port))

    def stop(self):
        self.child.terminate()
        self.child.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, method, path, user, body=b"", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        credentials = base64.b64encode(f"{user}:{self.USERS[user]}".encode()).decode()
        connection.request(method, path, body=body, headers={"Authorization": f"Basic {credentials}", **(headers or {})})
        answer = connection.getresponse()
        out = answer.status, answer.read()
        connection.close()
        return out

    def make(self, user, name="work"):
        path = f"/{user}/{name}/"
        status, body = self.ask("MKCALENDAR", path, user)
        assert status == 201, (status, body)
        return path

    def put(self, path, user, name, text):
        status, body = self.ask("PUT", f"{path}{name}.ics", user, text.encode(), {"Content-Type": "text/calendar"})
        assert status in (201, 204), (status, body)

    def objects(self, path, user):
        """What the collection holds, as texts."""
        folder = os.path.join(self.folder, "collections", "collection-root", *path.strip("/").split("/"))
        out = []
        for name in sorted(os.listdir(folder)):
            if name.endswith(".ics"):
                with open(os.path.join(folder, name), newline="") as f:
                    out.append(f.read())
        return out


class Line:
    """Between Onward and a server: forwards requests, remembers them, and loses what it is told to lose."""

    def __init__(self, to_port):
        line = self
        self.mode, self.seen, self.only = "open", [], None

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                mode = line.mode if line.only is None or self.command in line.only else "open"
                if mode == "cut":
                    return self.hang_up()
                connection = http.client.HTTPConnection("127.0.0.1", to_port, timeout=30)
                headers = {k: v for k, v in self.headers.items() if k.lower() not in ("connection",)}
                connection.request(self.command, self.path, body=body, headers=headers)
                answer = connection.getresponse()
                text = answer.read()
                line.seen.append((self.command, self.path, answer.status))
                if mode == "deaf":
                    return self.hang_up()
                if line.mode == "no REPORT" and self.command == "REPORT":
                    answer.status, text = 501, b""
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "server", "date"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def hang_up(self):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def log_message(self, *_):
                pass

        for method in ("GET", "PUT", "DELETE", "PROPFIND", "REPORT"):
            setattr(Handler, f"do_{method}", Handler.pass_on)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @contextlib.contextmanager
    def broken(self, mode, only=None):
        self.mode, self.only = mode, only
        try:
            yield
        finally:
            self.mode, self.only = "open", None

    def count(self, method, good=True):
        return sum(1 for m, _, status in self.seen if m == method and (status < 300) == good)


class IcsServer:
    """Serves one text with an ETag; or redirects."""

    def __init__(self):
        serving = self
        self.text, self.redirect, self.full, self.unchanged = "", None, 0, 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                etag = f'"{hash(serving.text)}"'
                if serving.redirect and self.path.startswith("/secret"):
                    self.send_response(302)
                    self.send_header("Location", serving.redirect)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif self.headers.get("If-None-Match") == etag:
                    serving.unchanged += 1
                    self.send_response(304)
                    self.end_headers()
                else:
                    serving.full += 1
                    data = serving.text.encode()
                    self.send_response(200)
                    self.send_header("ETag", etag)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
