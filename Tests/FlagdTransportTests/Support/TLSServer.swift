import FlagdTestSupport
import Foundation

@testable import FlagdTransport

/// A TLS server: a Python program, one for all tests, ends TLS and passes the bytes on to a ``RawServer``, whose script stays the same.
final class TLSServer: Sendable {
    /// How the server behaves.
    struct Options: Encodable, Sendable {
        var certificate = ""
        var key = ""
        /// Asks for a client certificate of this authority.
        var clientAuthority: String?
        var alpn: [String] = ["h2"]
        /// `TLSv1_2` or `TLSv1_3`, both as minimum and maximum.
        var version: String?
        var ciphers: String?
        /// The greatest number of bytes in one record.
        var record = 16_384
        /// Ends without close_notify when the backend ends.
        var truncates = false
        var backend = 0
        var id = 0
    }

    /// What the server saw of one connection.
    struct Seen: Decodable, Sendable {
        var id: Int
        var alpn: String?
        var sni: String?
        var version: String?
        var cipher: String?
        var peer: String?
        var error: String?
    }

    private struct Ready: Decodable {
        let id: Int
        let port: Int?
    }

    private static let process: Result<ChildProcess, any Error> = Result {
        atexit { (try? process.get())?.discard() }
        return try ChildProcess(try Tool.find("python3"), arguments: ["-c", program])
    }
    private static let count = Locked(0)

    let port: Int
    let backend: RawServer
    private let id: Int

    init(
        _ pair: TestCertificates.Pair, script: @escaping @Sendable (RawConnection) throws -> Void,
        _ change: (inout Options) -> Void = { _ in }
    ) async throws {
        backend = try RawServer(script: script)
        var options = Options(certificate: pair.certificate, key: pair.key)
        options.backend = backend.port
        change(&options)
        let id = Self.count.withLock { count in
            count += 1
            return count
        }
        self.id = id
        options.id = id
        let process = try Self.process.get()
        try process.send(String(decoding: try JSONEncoder().encode(options), as: UTF8.self))
        while true {
            let ready = try JSONDecoder().decode(Ready.self, from: Data(try await process.line().utf8))
            guard ready.id == id, let port = ready.port else { continue }
            self.port = port
            return
        }
    }

    /// The server on 127.0.0.1, under a name of the good certificate.
    var endpoint: Endpoint { .hostPort(host: "localhost", port: port) }

    /// What the server saw of the next connection.
    func seen() async throws -> Seen {
        while true {
            let line = try await Self.process.get().line(within: .seconds(10))
            let seen = try JSONDecoder().decode(Seen.self, from: Data(line.utf8))
            // Connections of earlier tests are of no interest.
            if seen.id == id { return seen }
        }
    }

    private static let program = """
        import json, os, select, socket, ssl, sys, threading
        lock = threading.Lock()
        class Server:
            def __init__(self, o):
                self.o = o
                c = self.c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                c.load_cert_chain(o["certificate"], o["key"])
                if o["alpn"]:
                    c.set_alpn_protocols(o["alpn"])
                if o.get("version"):
                    c.minimum_version = c.maximum_version = getattr(ssl.TLSVersion, o["version"])
                if o.get("ciphers"):
                    c.set_ciphers(o["ciphers"])
                if o.get("clientAuthority"):
                    c.verify_mode = ssl.CERT_REQUIRED
                    c.load_verify_locations(o["clientAuthority"])
                self.names = {}
                c.sni_callback = lambda s, n, _: self.names.__setitem__(id(s), n)
                self.l = socket.create_server(("127.0.0.1", 0))
                self.say(port=self.l.getsockname()[1])
            def say(self, **k):
                with lock:
                    print(json.dumps(dict(k, id=self.o["id"])), flush=True)
            def run(self):
                while True:
                    threading.Thread(target=self.serve, args=(self.l.accept()[0],), daemon=True).start()
            def serve(self, raw):
                raw.settimeout(20)
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    s = self.c.wrap_socket(raw, server_side=True)
                except (ssl.SSLError, OSError) as e:
                    self.say(error=str(e))
                    raw.close()
                    return
                peer = dict(x[0] for x in (s.getpeercert() or {}).get("subject", ())).get("commonName")
                self.say(alpn=s.selected_alpn_protocol(), sni=self.names.get(id(s)), version=s.version(),
                         cipher=s.cipher()[0], peer=peer)
                back = socket.create_connection(("127.0.0.1", self.o["backend"]))
                try:
                    self.relay(s, back)
                except (ssl.SSLError, OSError):
                    pass
                back.close()
                s.close()
            def relay(self, s, back):
                # One thread for both directions: an SSLSocket must not be read and written at the same time.
                s.setblocking(False)
                out = b""
                while True:
                    r = [s] if len(out) < 1 << 20 else []
                    if s.pending() == 0:
                        r, _, _ = select.select(r + [back], [s] if out else [], [])
                    try:
                        d = s.recv(65536)
                        if not d:
                            return
                        back.sendall(d)
                    except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                        pass
                    if back in r and len(out) < 1 << 20:
                        d = back.recv(65536)
                        if not d:
                            s.setblocking(True)
                            s.settimeout(2)
                            while out:
                                out = out[s.send(out[: self.o["record"]]):]
                            if not self.o["truncates"]:
                                s.unwrap()
                            return
                        out += d
                    try:
                        while out:
                            out = out[s.send(out[: self.o["record"]]):]
                    except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                        pass
        # The standard input is the leash: at its end the program ends.
        for line in sys.stdin:
            threading.Thread(target=Server(json.loads(line)).run, daemon=True).start()
        os._exit(0)
        """
}
