"""A flag sync server on grpcio, for tests: flagd.sync.v1 and the older sync.v1.

It prints one line {"ready": true, "port": N} and then answers each command line on stdin with one line on stdout. When stdin
ends, it exits. See COMMANDS at the end for what it understands, and --help for its options.
"""

import argparse
import json
import os
import queue
import sys
import threading
import time
from concurrent import futures

import grpc

sys.dont_write_bytecode = True
import sync_messages as messages  # noqa: E402

SYNC_SERVICE = "flagd.sync.v1.FlagSyncService"
LEGACY_SERVICE = "sync.v1.FlagSyncService"
EMPTY_SET = '{"flags":{}}'


def code_named(name):
    return grpc.StatusCode[name.upper()]


class Stream:
    """One open SyncFlags call; items are ("send", bytes) and ("end", code, message)."""

    def __init__(self, selector, legacy):
        self.selector = selector
        self.legacy = legacy
        self.items = queue.Queue()


class State:
    """What the server answers, and what it has seen."""

    def __init__(self, options):
        self.lock = threading.RLock()
        self.payloads = {"": EMPTY_SET}
        self.invalid_selectors = set()
        self.context = json.loads(options.context) if options.context else None
        self.metadata = json.loads(options.metadata) if options.metadata else None
        self.failure = None
        self.silent = False
        self.delay = 0.0
        self.metadata_delay = 0.0
        self.sync_offered = True
        self.legacy_offered = False
        self.first_state = "ALL"
        self.initial_metadata = []
        self.trailing_metadata = []
        self.streams = set()
        self.calls = []
        for entry in options.payload or []:
            selector, _, path = entry.rpartition("=")
            self.payloads[selector] = read(path)

    def payload(self, selector):
        return self.payloads.get(selector, EMPTY_SET)

    def sync_response(self, payload):
        response = messages.sync_v1["SyncFlagsResponse"](flag_configuration=payload)
        if self.context is not None:
            messages.fill_struct(response.sync_context, self.context)
        return response.SerializeToString()

    def legacy_response(self, payload, state):
        number = messages.SYNC_STATES.index(state)
        return messages.legacy_v1["SyncFlagsResponse"](flag_configuration=payload, state=number).SerializeToString()


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Service:
    """Both services; requests come as messages, responses go as bytes, so that one payload is encoded once."""

    def __init__(self, state):
        self.state = state

    def begin(self, method, request, context, offered):
        """Notes a call, and ends it if it is to fail. Gives back the call's record."""
        remaining = context.time_remaining()
        call = {
            "method": method,
            "providerId": getattr(request, "provider_id", ""),
            "selector": getattr(request, "selector", ""),
            "metadata": [[key, value.hex() if isinstance(value, bytes) else value]
                         for key, value in context.invocation_metadata()],
            "timeRemaining": remaining,
            "peer": context.peer(),
            "state": "open",
        }
        state = self.state
        with state.lock:
            state.calls.append(call)
            failure = state.failure
            if failure is not None and failure.get("count") is not None:
                failure["count"] -= 1
                if failure["count"] <= 0:
                    state.failure = None
            if state.trailing_metadata:
                context.set_trailing_metadata(state.trailing_metadata)
            if state.initial_metadata:
                context.send_initial_metadata(state.initial_metadata)
            delay = state.delay
        if delay:
            time.sleep(delay)
        if failure is not None:
            call["state"] = "failed"
            context.abort(code_named(failure["code"]), failure.get("message", ""))
        if not offered:
            call["state"] = "unimplemented"
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"unknown method {method}")
        if call["selector"] in state.invalid_selectors:
            call["state"] = "failed"
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"invalid selector {call['selector']!r}")
        return call

    def sync_flags(self, request, context, legacy=False):
        state = self.state
        service = LEGACY_SERVICE if legacy else SYNC_SERVICE
        offered = state.legacy_offered if legacy else state.sync_offered
        call = self.begin(f"/{service}/SyncFlags", request, context, offered)
        stream = Stream(self.selector(request, context, legacy), legacy)
        context.add_callback(lambda: stream.items.put(("gone",)))
        with state.lock:
            state.streams.add(stream)
            if not state.silent:
                payload = state.payload(stream.selector)
                first = state.legacy_response(payload, state.first_state) if legacy else state.sync_response(payload)
                stream.items.put(("send", first))
        try:
            yield from self.items(stream, call, context)
        finally:
            with state.lock:
                state.streams.discard(stream)
                if call["state"] == "open":
                    call["state"] = "gone"

    @staticmethod
    def items(stream, call, context):
        while True:
            item = stream.items.get()
            if item[0] == "send":
                yield item[1]
            elif item[0] == "end":
                call["state"] = "ended"
                if item[1] != "OK":
                    context.abort(code_named(item[1]), item[2])
                return
            else:
                return

    @staticmethod
    def selector(request, context, legacy):
        """flagd prefers the header, flagd-proxy and older servers read the body only."""
        header = dict(context.invocation_metadata()).get("flagd-selector")
        return header if header is not None and not legacy else request.selector

    def legacy_sync_flags(self, request, context):
        yield from self.sync_flags(request, context, legacy=True)

    def fetch_all_flags(self, request, context, legacy=False):
        state = self.state
        service = LEGACY_SERVICE if legacy else SYNC_SERVICE
        offered = state.legacy_offered if legacy else state.sync_offered
        call = self.begin(f"/{service}/FetchAllFlags", request, context, offered)
        classes = messages.legacy_v1 if legacy else messages.sync_v1
        with state.lock:
            payload = state.payload(self.selector(request, context, legacy))
        call["state"] = "ended"
        return classes["FetchAllFlagsResponse"](flag_configuration=payload).SerializeToString()

    def legacy_fetch_all_flags(self, request, context):
        return self.fetch_all_flags(request, context, legacy=True)

    def get_metadata(self, request, context):
        state = self.state
        offered = state.sync_offered and state.metadata is not None
        call = self.begin(f"/{SYNC_SERVICE}/GetMetadata", request, context, offered)
        time.sleep(state.metadata_delay)
        response = messages.sync_v1["GetMetadataResponse"]()
        messages.fill_struct(response.metadata, state.metadata)
        call["state"] = "ended"
        return response.SerializeToString()

    def handlers(self):
        sync, legacy = messages.sync_v1, messages.legacy_v1
        stream, unary = grpc.unary_stream_rpc_method_handler, grpc.unary_unary_rpc_method_handler
        return (
            grpc.method_handlers_generic_handler(SYNC_SERVICE, {
                "SyncFlags": stream(self.sync_flags, sync["SyncFlagsRequest"].FromString),
                "FetchAllFlags": unary(self.fetch_all_flags, sync["FetchAllFlagsRequest"].FromString),
                "GetMetadata": unary(self.get_metadata, sync["GetMetadataRequest"].FromString),
            }),
            grpc.method_handlers_generic_handler(LEGACY_SERVICE, {
                "SyncFlags": stream(self.legacy_sync_flags, legacy["SyncFlagsRequest"].FromString),
                "FetchAllFlags": unary(self.legacy_fetch_all_flags, legacy["FetchAllFlagsRequest"].FromString),
            }),
        )


class Listener:
    """The grpc server, which can be stopped and started again on the same address."""

    def __init__(self, options, state):
        self.options = options
        self.state = state
        self.port = options.port
        self.server = None

    def start(self):
        settings = [
            ("grpc.so_reuseport", 0),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_receive_message_length", -1),
        ]
        for entry in self.options.option or []:
            key, _, value = entry.partition("=")
            settings.append((key, int(value)))
        pool = futures.ThreadPoolExecutor(max_workers=self.options.workers)
        self.server = grpc.server(pool, handlers=Service(self.state).handlers(), options=settings)
        self.bind()
        self.server.start()

    def bind(self):
        options = self.options
        address = f"unix:{options.unix}" if options.unix else f"{options.host}:{self.port}"
        if options.tls_cert:
            authority = open(options.client_ca, "rb").read() if options.client_ca else None
            pair = (open(options.tls_key, "rb").read(), open(options.tls_cert, "rb").read())
            credentials = grpc.ssl_server_credentials([pair], authority, authority is not None)
            port = self.server.add_secure_port(address, credentials)
        else:
            port = self.server.add_insecure_port(address)
        if not options.unix:
            self.port = port

    def stop(self, grace):
        """Ends the server: open calls get `grace` seconds, and connections GOAWAY. Waits until it is over."""
        if self.server is not None:
            self.server.stop(grace).wait()
            self.server = None


def changed_text(command):
    if "file" in command:
        return read(command["file"])
    payload = command.get("payload", EMPTY_SET)
    return payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)


def command_push(state, listener, command):
    """file or payload; selector; state (sync.v1 only); store: keep it for later calls (default true unless a state is given)."""
    text, selector = changed_text(command), command.get("selector", "")
    legacy_state = command.get("state")
    with state.lock:
        if command.get("store", legacy_state in (None, "ALL")):
            state.payloads[selector] = text
        sync = state.sync_response(text) if legacy_state is None else None
        legacy = state.legacy_response(text, legacy_state or "ALL")
        reached = 0
        for stream in state.streams:
            wire = legacy if stream.legacy else sync
            if stream.selector == selector and wire is not None:
                for _ in range(command.get("times", 1)):
                    stream.items.put(("send", wire))
                reached += 1
    return {"streams": reached, "bytes": len(text.encode())}


def command_store(state, listener, command):
    """file or payload; selector: what later calls get; open streams get nothing."""
    with state.lock:
        state.payloads[command.get("selector", "")] = changed_text(command)
    return {}


def command_toggle(state, listener, command):
    """flag, variants (two): exchanges the flag's default variant and pushes the set."""
    selector = command.get("selector", "")
    with state.lock:
        flags = json.loads(state.payload(selector))
        flag = flags["flags"][command.get("flag", "changing-flag")]
        first, second = command.get("variants", ["foo", "bar"])
        flag["defaultVariant"] = second if flag["defaultVariant"] == first else first
    return command_push(state, listener, {"payload": flags, "selector": selector}) | {"variant": flag["defaultVariant"]}


def command_context(state, listener, command):
    """values: the sync_context of later messages; null: none."""
    with state.lock:
        state.context = command.get("values")
    return {}


def command_metadata(state, listener, command):
    """values: what GetMetadata answers; unimplemented: it is not offered."""
    with state.lock:
        state.metadata = None if command.get("unimplemented") else command.get("values", {})
    return {}


def command_mode(state, listener, command):
    """permissionDenied; fail {code, message, count}; silent: no first message; delayMs, and metadataDelayMs on top for GetMetadata;
    sync, legacy: offered or not; firstState; invalidSelectors; initialMetadata, trailingMetadata: [[name, value]]. Only what is
    named changes."""
    with state.lock:
        if "permissionDenied" in command:
            denied = {"code": "PERMISSION_DENIED", "message": "forbidden"}
            state.failure = denied if command["permissionDenied"] else None
        if "fail" in command:
            state.failure = command["fail"]
        state.silent = command.get("silent", state.silent)
        state.delay = command.get("delayMs", state.delay * 1000) / 1000
        state.metadata_delay = command.get("metadataDelayMs", state.metadata_delay * 1000) / 1000
        state.sync_offered = command.get("sync", state.sync_offered)
        state.legacy_offered = command.get("legacy", state.legacy_offered)
        state.first_state = command.get("firstState", state.first_state)
        state.invalid_selectors = set(command.get("invalidSelectors", state.invalid_selectors))
        state.initial_metadata = metadata(command.get("initialMetadata"), state.initial_metadata)
        state.trailing_metadata = metadata(command.get("trailingMetadata"), state.trailing_metadata)
    return {}


def metadata(pairs, old):
    """Pairs of name and text; a -bin value is hexadecimal."""
    if pairs is None:
        return old
    return [(name, bytes.fromhex(value) if name.endswith("-bin") else value) for name, value in pairs]


def command_end(state, listener, command):
    """code (default OK), message: ends all open streams."""
    with state.lock:
        ended = list(state.streams)
        for stream in ended:
            stream.items.put(("end", command.get("code", "OK"), command.get("message", "")))
    return {"streams": len(ended)}


def command_calls(state, listener, command):
    """clear: forget them after the answer. Gives the calls seen and the number of open streams."""
    with state.lock:
        answer = {"calls": [dict(call) for call in state.calls], "open": len(state.streams)}
        if command.get("clear"):
            state.calls.clear()
    return answer


def command_stop(state, listener, command):
    """grace (seconds, default 0): stops listening and ends every connection."""
    listener.stop(command.get("grace", 0))
    return {}


def command_start(state, listener, command):
    """Listens again, on the same port."""
    listener.start()
    return {"port": listener.port}


COMMANDS = {
    "push": command_push,
    "store": command_store,
    "toggle": command_toggle,
    "context": command_context,
    "metadata": command_metadata,
    "mode": command_mode,
    "end": command_end,
    "calls": command_calls,
    "stop": command_stop,
    "start": command_start,
}


def say(value):
    print(json.dumps(value), flush=True)


def serve_commands(state, listener):
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            command = json.loads(line)
            say({"ok": True} | COMMANDS[command["cmd"]](state, listener, command))
        except Exception as error:  # the peer must outlive a wrong command
            say({"ok": False, "error": f"{type(error).__name__}: {error}"})


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--unix", help="listen on this socket instead")
    parser.add_argument("--tls-cert")
    parser.add_argument("--tls-key")
    parser.add_argument("--client-ca", help="ask clients for a certificate of this authority")
    parser.add_argument("--payload", action="append", help="FILE, or SELECTOR=FILE")
    parser.add_argument("--context", help="sync_context as JSON")
    parser.add_argument("--metadata", help="what GetMetadata answers, as JSON; without: UNIMPLEMENTED")
    parser.add_argument("--option", action="append", help="grpc channel argument KEY=INTEGER")
    parser.add_argument("--workers", type=int, default=64, help="how many calls at a time")
    return parser.parse_args()


def main():
    options = parse_arguments()
    state = State(options)
    listener = Listener(options, state)
    try:
        listener.start()
    except Exception as error:
        say({"ready": False, "error": str(error)})
        return 1
    say({"ready": True, "port": listener.port, "grpc": grpc.__version__})
    serve_commands(state, listener)
    os._exit(0)  # open streams hold threads; the leash is gone, so nobody waits for them


if __name__ == "__main__":
    sys.exit(main())
