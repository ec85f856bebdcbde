"""A link between two network namespaces that holds every packet back for a while.

Each namespace gets a TUN device; packets read from one are written to the other after the delay, in
their order. `tc netem` does the same in kernels that have it. Root only, no packages.

Prints "ready" when both devices are there, and goes on until it is ended.
"""

import argparse
import ctypes
import fcntl
import os
import random
import select
import socket
import struct
import time
from collections import deque

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
MAX_PACKET_BYTES = 65536
# select() wakes late by about this much; the rest is waited out awake.
WAKE_MARGIN_SECONDS = 0.0002

libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    with open(f"/run/netns/{namespace}") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")


def tun_device(namespace, name):
    """A TUN device stays with its descriptor when the process leaves the namespace."""
    enter(namespace)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def is_syn(packet):
    """Whether it begins a TCP connection; IPv6 extension headers are not looked behind."""
    is_v6 = packet[0] >> 4 == 6
    protocol, size = (packet[6], 40) if is_v6 else (packet[9], (packet[0] & 15) * 4)
    return protocol == socket.IPPROTO_TCP and len(packet) > size + 13 and packet[size + 13] & 0x12 == 0x02


class Direction:
    """What is on its way to one device: (time of arrival, packet), the earliest first."""

    def __init__(self, source, target, loss, seed):
        self.source = source
        self.target = target
        self.loss = loss
        # The same SYNs are lost in every run with a seed, however many packets come between them.
        self.syns = random.Random(f"syn {seed}")
        self.others = random.Random(f"other {seed}")
        self.queue = deque()

    def take_in(self, delay, jitter, chance):
        while True:
            try:
                packet = os.read(self.source, MAX_PACKET_BYTES)
            except BlockingIOError:
                return
            if (self.syns if is_syn(packet) else self.others).random() < self.loss:
                continue
            arrival = time.monotonic() + delay + chance.uniform(0, jitter)
            if self.queue:
                arrival = max(arrival, self.queue[-1][0])
            self.queue.append((arrival, packet))

    def hand_out(self):
        while self.queue and self.queue[0][0] <= time.monotonic():
            _, packet = self.queue.popleft()
            try:
                os.write(self.target, packet)
            except OSError:
                pass  # The device is down or full: the packet is lost, as on any link.

    def next_arrival(self):
        return self.queue[0][0] if self.queue else None


def main():
    parser = argparse.ArgumentParser()
    for end in ("client", "server"):
        parser.add_argument(f"--{end}", nargs=2, metavar=("NAMESPACE", "DEVICE"), required=True)
    parser.add_argument("--delay-ms", type=float, required=True)
    parser.add_argument("--jitter-ms", type=float, default=0)
    parser.add_argument("--loss", type=float, default=0, help="share of packets, 0 to 1")
    parser.add_argument("--loss-towards", choices=["both", "server"], default="both")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    # A busy machine must not make the way longer.
    os.setpriority(os.PRIO_PROCESS, 0, -10)
    client = tun_device(*options.client)
    server = tun_device(*options.server)
    back = options.loss if options.loss_towards == "both" else 0
    directions = [
        Direction(client, server, options.loss, f"there {options.seed}"),
        Direction(server, client, back, f"back {options.seed}"),
    ]
    chance = random.Random(options.seed)
    print("ready", flush=True)

    while True:
        arrivals = [arrival for arrival in (d.next_arrival() for d in directions) if arrival is not None]
        wait = max(0, min(arrivals) - time.monotonic() - WAKE_MARGIN_SECONDS) if arrivals else None
        select.select([client, server], [], [], wait)
        for direction in directions:
            direction.take_in(options.delay_ms / 1000, options.jitter_ms / 1000, chance)
            direction.hand_out()


main()
