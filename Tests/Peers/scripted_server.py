"""A raw HTTP/2 server that answers each request by a script, for what a real gRPC server never does.

It prints {"ready": true, "port": N}, then answers each command line on stdin with one line, and exits when stdin ends.
Commands: {"cmd": "scripts", "scripts": [[STEP, …], …]} sets what the first, second, … request gets (the last one repeats);
{"cmd": "frames"} gives the frames received and the DATA bytes sent; {"cmd": "connections"} counts connections.

Steps: {"headers": [[name, value], …], "end": bool}, {"data": HEX, "end": bool, "chunk": bytes a frame, "interval": seconds},
{"message": length of the message to make, "chunk": …},
{"rst": code}, {"goaway": [last stream, code, text]}, {"sleep": seconds}, {"close": true}, {"reset": true} (RST at TCP level).
"""

import json
import os
import socket
import struct
import sys
import threading
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
NAMES = {0: "DATA", 1: "HEADERS", 3: "RST_STREAM", 4: "SETTINGS", 6: "PING", 7: "GOAWAY", 8: "WINDOW_UPDATE"}
END_STREAM, ACK, END_HEADERS = 1, 1, 4
FIRST_WINDOW = 65_535
MAXIMUM_FRAME = 16_384


def integer(value, bits, first):
    """RFC 7541 section 5.1."""
    limit = (1 << bits) - 1
    if value < limit:
        return bytes([first | value])
    encoded, value = [first | limit], value - limit
    while value >= 128:
        encoded.append(value & 127 | 128)
        value >>= 7
    return bytes(encoded + [value])


def header_block(fields):
    """Literal fields without indexing, without Huffman coding (RFC 7541 section 6.2.2)."""
    block = b""
    for name, value in fields:
        block += b"\0"
        for text in (name, value):
            raw = text.encode("latin-1")
            block += integer(len(raw), 7, 0) + raw
    return block


class Connection(threading.Thread):
    def __init__(self, server, sock):
        super().__init__(daemon=True)
        self.server = server
        self.socket = sock
        self.write_lock = threading.Lock()
        self.changed = threading.Condition()
        self.window = FIRST_WINDOW
        self.initial = FIRST_WINDOW
        self.stream_windows = {}
        self.is_open = True

    def send(self, kind, flags, stream, payload=b""):
        head = struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream)
        with self.write_lock:
            self.socket.sendall(head + payload)

    def read(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise ConnectionError("end")
            data += piece
        return data

    def run(self):
        try:
            if self.read(len(PREFACE)) != PREFACE:
                raise ConnectionError("no preface")
            self.send(SETTINGS, 0, 0)
            while True:
                self.frame()
        except OSError:
            pass
        with self.changed:
            self.is_open = False
            self.changed.notify_all()

    def frame(self):
        head = self.read(9)
        length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
        stream = int.from_bytes(head[5:], "big") & 0x7FFFFFFF
        payload = self.read(length)
        self.server.note(NAMES.get(kind, str(kind)), flags, stream, payload)
        if kind == SETTINGS and not flags & ACK:
            self.settings(payload)
        elif kind == PING and not flags & ACK:
            self.send(PING, ACK, 0, payload)
        elif kind == WINDOW_UPDATE:
            self.credit(stream, int.from_bytes(payload, "big"))
        elif kind == RST_STREAM:
            self.credit(stream, -(1 << 40))
        if kind == HEADERS:
            with self.changed:
                self.stream_windows[stream] = self.initial
        if kind in (DATA, HEADERS) and flags & END_STREAM:
            script = self.server.next_script()
            threading.Thread(target=self.play, args=(stream, script), daemon=True).start()

    def settings(self, payload):
        for offset in range(0, len(payload), 6):
            identifier, value = struct.unpack(">HI", payload[offset:offset + 6])
            if identifier == 4:
                with self.changed:
                    for stream in self.stream_windows:
                        self.stream_windows[stream] += value - self.initial
                    self.initial = value
                    self.changed.notify_all()
        self.send(SETTINGS, ACK, 0)

    def credit(self, stream, count):
        with self.changed:
            if stream == 0:
                self.window += count
            elif stream in self.stream_windows:
                self.stream_windows[stream] += count
            self.changed.notify_all()

    def play(self, stream, script):
        try:
            for step in script:
                self.step(stream, step)
        except OSError:
            pass

    def step(self, stream, step):
        end = END_STREAM if step.get("end") else 0
        if "headers" in step:
            self.send(HEADERS, END_HEADERS | end, stream, header_block(step["headers"]))
        elif "data" in step:
            self.data(stream, bytes.fromhex(step["data"]), step, end)
        elif "message" in step:
            length = step["message"]
            self.data(stream, b"\0" + struct.pack(">I", length) + b"x" * length, step, end)
        elif "rst" in step:
            self.send(RST_STREAM, 0, stream, struct.pack(">I", step["rst"]))
        elif "goaway" in step:
            last, code, text = step["goaway"]
            self.send(GOAWAY, 0, 0, struct.pack(">II", last, code) + text.encode())
        elif "sleep" in step:
            time.sleep(step["sleep"])
        elif "reset" in step:
            self.end(abort=True)
        elif "close" in step:
            self.end()

    def end(self, abort=False):
        if abort:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # A reader that is blocked would hold the socket beyond its close.
            self.socket.shutdown(socket.SHUT_RD)
            self.join(1)
        else:
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def data(self, stream, payload, step, end):
        """Sends DATA as the client's windows allow."""
        chunk, position = step.get("chunk", MAXIMUM_FRAME), 0
        while True:
            room = self.room(stream, min(chunk, len(payload) - position))
            piece = payload[position:position + room]
            position += room
            last = position >= len(payload)
            self.send(DATA, end if last else 0, stream, piece)
            self.server.sent(len(piece))
            if last:
                return
            if step.get("interval"):
                time.sleep(step["interval"])

    def room(self, stream, wanted):
        if wanted == 0:
            return 0
        with self.changed:
            while True:
                if not self.is_open or self.stream_windows[stream] < -(1 << 39):
                    raise ConnectionError("gone")
                room = min(self.window, self.stream_windows[stream], wanted)
                if room > 0:
                    self.window -= room
                    self.stream_windows[stream] -= room
                    return room
                self.changed.wait()


class Server:
    def __init__(self):
        self.lock = threading.Lock()
        self.scripts = [[]]
        self.used = 0
        self.frames = []
        self.bytes_sent = 0
        self.connections = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            sock, _ = self.socket.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.connections += 1
            Connection(self, sock).start()

    def note(self, name, flags, stream, payload):
        with self.lock:
            self.frames.append({"type": name, "flags": flags, "stream": stream, "length": len(payload),
                                "payload": payload[:64].hex()})

    def sent(self, count):
        with self.lock:
            self.bytes_sent += count

    def next_script(self):
        with self.lock:
            script = self.scripts[min(self.used, len(self.scripts) - 1)]
            self.used += 1
            return script

    def command(self, command):
        with self.lock:
            if command["cmd"] == "scripts":
                self.scripts, self.used = command["scripts"], 0
                self.frames, self.bytes_sent = [], 0
                return {}
            if command["cmd"] == "frames":
                return {"frames": self.frames, "sent": self.bytes_sent, "requests": self.used}
            if command["cmd"] == "connections":
                return {"connections": self.connections}
        raise ValueError(command["cmd"])


def main():
    server = Server()
    print(json.dumps({"ready": True, "port": server.port}), flush=True)
    for line in sys.stdin:
        try:
            answer = {"ok": True} | server.command(json.loads(line))
        except Exception as error:  # the peer must outlive a wrong command
            answer = {"ok": False, "error": repr(error)}
        print(json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
