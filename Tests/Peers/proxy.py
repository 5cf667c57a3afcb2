"""A proxy between client and gRPC server: nginx, haproxy or nghttpx, or a relay that hands on one byte at a time.

It prints {"ready": true, "port": N}, then answers each command line on stdin with one line, and ends the proxy when stdin ends.
Commands: {"cmd": "stop"} asks the proxy to end gracefully, as its service manager would.
"""

import argparse
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

NGINX = """
daemon off;
user root;
worker_processes 1;
pid {folder}/pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/client;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} http2{tls};
        location / {{
            grpc_pass grpc://127.0.0.1:{backend};
            grpc_connect_timeout 1s;
            grpc_read_timeout {idle}ms;
        }}
    }}
}}
"""

HAPROXY = """
global
    maxconn 100
defaults
    mode http
    retries 0
    timeout connect 1s
    timeout client {client_idle}ms
    timeout server {idle}ms
frontend front
    bind 127.0.0.1:{port} {tls}
    default_backend back
backend back
    server one 127.0.0.1:{backend} proto h2
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def nginx(options, port, folder):
    tls = ""
    if options.tls_cert:
        tls = f" ssl;\n        ssl_certificate {options.tls_cert};\n        ssl_certificate_key {options.tls_key}"
    text = NGINX.format(folder=folder, port=port, tls=tls, backend=options.backend, idle=options.idle)
    return [options.program, "-c", write(f"{folder}/nginx.conf", text), "-e", "stderr"]


def haproxy(options, port, folder):
    tls = "proto h2"
    if options.tls_cert:
        pair = "".join(open(path, encoding="utf-8").read() for path in (options.tls_cert, options.tls_key))
        tls = f"ssl crt {write(f'{folder}/pair.pem', pair)} alpn h2"
    text = HAPROXY.format(port=port, tls=tls, backend=options.backend, idle=options.idle,
                          client_idle=options.client_idle)
    return [options.program, "-db", "-f", write(f"{folder}/haproxy.conf", text)]


def nghttpx(options, port, folder):
    arguments = [
        options.program, f"--conf={write(f'{folder}/nghttpx.conf', '')}", "--workers=1", "--errorlog-file=/dev/stderr",
        f"--frontend=127.0.0.1,{port}" + ("" if options.tls_cert else ";no-tls"),
        f"--backend=127.0.0.1,{options.backend};;proto=h2", f"--backend-read-timeout={options.idle}ms",
        f"--frontend-http2-read-timeout={options.client_idle}ms",
    ]
    return arguments + ([options.tls_key, options.tls_cert] if options.tls_cert else [])


PROXIES = {"nginx": (nginx, signal.SIGQUIT), "haproxy": (haproxy, signal.SIGUSR1), "nghttpx": (nghttpx, signal.SIGQUIT)}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Proxy:
    """A proxy as a child process."""

    def __init__(self, options, folder):
        build, self.graceful = PROXIES[options.kind]
        for _ in range(3):
            self.port = free_port()
            self.process = subprocess.Popen(build(options, self.port, folder), stdin=subprocess.DEVNULL,
                                            stdout=sys.stderr, preexec_fn=die_with_parent, start_new_session=True)
            if self.listens():
                return
            self.end()
        raise OSError("the proxy does not listen")

    def listens(self):
        """Another process may have taken the port in the meantime; then the proxy ends."""
        limit = time.monotonic() + 10
        while time.monotonic() < limit and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.01)
        return False

    def stop(self):
        self.process.send_signal(self.graceful)

    def end(self):
        """Ends its workers too."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


class Relay:
    """Hands bytes on one by one, unless the system joins them."""

    def __init__(self, options, folder):
        self.backend = options.backend
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            front = self.listener.accept()[0]
            back = socket.create_connection(("127.0.0.1", self.backend))
            for sock in (front, back):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for pair in ((front, back), (back, front)):
                threading.Thread(target=self.copy, args=pair, daemon=True).start()

    @staticmethod
    def copy(source, target):
        try:
            while data := source.recv(4096):
                for index in range(len(data)):
                    target.send(data[index:index + 1])
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def stop(self):
        self.listener.close()

    def end(self):
        pass


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=[*PROXIES, "bytes"])
    parser.add_argument("--program", help="the proxy's program")
    parser.add_argument("--backend", type=int, required=True, help="the server's port on 127.0.0.1")
    parser.add_argument("--idle", type=int, default=60_000, help="milliseconds the server may be silent")
    parser.add_argument("--client-idle", type=int, default=60_000, help="milliseconds the client may be silent")
    parser.add_argument("--tls-cert")
    parser.add_argument("--tls-key")
    return parser.parse_args()


def main():
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        proxy = (Relay if options.kind == "bytes" else Proxy)(options, folder)
        print(json.dumps({"ready": True, "port": proxy.port}), flush=True)
        for line in sys.stdin:
            if json.loads(line)["cmd"] == "stop":
                proxy.stop()
            print(json.dumps({"ok": True}), flush=True)
        proxy.end()


if __name__ == "__main__":
    main()
