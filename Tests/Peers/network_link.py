"""A network link with faults, for tests: what is sent to its far address comes back to its near address, late, or not at all.

It is one TUN device. A packet from the near to the far address is handed in again with both addresses exchanged, so that a
client of the far address reaches a server that listens on the near one, and each sees packets of a network between them. That
needs neither a namespace nor the kernel's own emulation; it needs root (CAP_NET_ADMIN) and /dev/net/tun.

It prints {"ready": true, "near": ADDRESS, "far": ADDRESS} or {"ready": false, "error": TEXT}, then answers each command line on
stdin with one line, and takes the device away when stdin ends. A command sets what it names:
{"delay": milliseconds in each direction, "loss": share of packets lost, "up": false to lose all}.
"""

import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
MTU = 9000


class Link:
    def __init__(self):
        self.descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        name = fcntl.ioctl(self.descriptor, TUNSETIFF, struct.pack("16sH22x", b"", IFF_TUN | IFF_NO_PI))
        self.name = name[:16].rstrip(b"\0").decode()
        # 198.18.0.0/15 is for tests of networks (RFC 2544); the process's number keeps runs beside each other apart.
        base = f"198.18.{os.getpid() >> 6 & 255}.{(os.getpid() & 63) << 2}".rsplit(".", 1)
        self.near, self.far = f"{base[0]}.{int(base[1]) + 1}", f"{base[0]}.{int(base[1]) + 2}"
        for arguments in (
            ["addr", "add", f"{self.near}/30", "dev", self.name],
            ["link", "set", self.name, "mtu", str(MTU), "txqueuelen", "10000", "up"],
        ):
            subprocess.run(["ip", *arguments], check=True, capture_output=True)
        self.delay, self.loss, self.up = 0.0, 0.0, True
        self.waiting = []
        self.count = 0
        # The same packets are lost in each run, as far as the kernel sends the same ones.
        self.random = random.Random(1)

    def receive(self):
        while True:
            try:
                packet = os.read(self.descriptor, 65536)
            except BlockingIOError:
                return
            if not self.up or packet[0] >> 4 != 4 or (self.loss and self.random.random() < self.loss):
                continue
            # Source and destination change places; the checksums do not notice.
            packet = packet[:12] + packet[16:20] + packet[12:16] + packet[20:]
            self.count += 1
            heapq.heappush(self.waiting, (time.monotonic() + self.delay, self.count, packet))

    def deliver(self):
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            try:
                os.write(self.descriptor, self.waiting[0][2])
            except BlockingIOError:
                return
            heapq.heappop(self.waiting)

    def time_out(self):
        return max(0, self.waiting[0][0] - time.monotonic()) if self.waiting else None

    def command(self, command):
        self.delay = command.get("delay", self.delay * 1000) / 1000
        self.loss = command.get("loss", self.loss)
        self.up = command.get("up", self.up)


def say(value):
    print(json.dumps(value), flush=True)


def main():
    try:
        link = Link()
    except (OSError, subprocess.CalledProcessError) as error:
        say({"ready": False, "error": str(error)})
        return
    say({"ready": True, "near": link.near, "far": link.far})
    text = b""
    while True:
        readable, _, _ = select.select([link.descriptor, 0], [], [], link.time_out())
        if link.descriptor in readable:
            link.receive()
        link.deliver()
        if 0 in readable:
            data = os.read(0, 65536)
            if not data:
                return
            text += data
            *lines, text = text.split(b"\n")
            for line in lines:
                link.command(json.loads(line))
                say({"ok": True})


if __name__ == "__main__":
    main()
